//! Extracts the text of a page without building a tree, for pages that are nested too deeply and pages without an article.
//!
//! Takes linear time on any input, without recursion.
//!
//! Why this is hand-made: html5gum gives the same text, but takes twice the instructions on HTML in fields of records and four
//! times on pages.

use html_escape::decode_html_entities;

/// Elements without an end tag, or closed by the next element of the same kind. They do not add to the depth.
const FLAT: &[&str] = &[
    "area", "base", "basefont", "br", "col", "dd", "dt", "embed", "frame", "hr", "image", "img", "input",
    "li", "link", "meta", "option", "p", "param", "path", "source", "tbody", "td", "th", "tr", "track",
    "wbr",
];
/// Elements whose content is not markup.
const RAW: &[&str] = &["iframe", "noembed", "noframes", "script", "style", "textarea", "xmp"];
/// Shortest tag whose attributes are counted, in bytes. A shorter one cannot have many.
const LONG_TAG: usize = 1024;
/// Elements around an article.
const AROUND: &[&str] = &[
    "aside",
    "button",
    "dialog",
    "figcaption",
    "footer",
    "form",
    "head",
    "header",
    "nav",
    "noscript",
    "select",
    "svg",
    "template",
];
/// Elements that do not start a new line.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "img", "ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Open(&'a str),
    Close(&'a str),
}

/// Iterates over text and tags in order. Comments, declarations and raw content are skipped.
struct Pieces<'a> {
    rest: &'a str,
    /// Most attributes of a long tag so far.
    attributes: usize,
    /// Names of elements with raw content that have no further end tag.
    unclosed: Vec<&'a str>,
}

impl<'a> Pieces<'a> {
    fn of(page: &'a str) -> Self {
        Self { rest: page, attributes: 0, unclosed: Vec::new() }
    }

    /// Skips the content of an element with raw content. In XHTML it may be an empty one, without an end tag.
    fn skip_raw(&mut self, name: &'a str, is_empty: bool) {
        let found = if is_one_of(name, &self.unclosed) { None } else { after_raw(self.rest, name) };
        match found {
            Some(rest) => self.rest = rest,
            None if is_empty && !is_one_of(name, &self.unclosed) => self.unclosed.push(name),
            None if is_empty => {}
            None => self.rest = "",
        }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            let rest = self.rest;
            let Some(at) = memchr::memchr(b'<', rest.as_bytes()) else {
                self.rest = "";
                return (!rest.is_empty()).then_some(Piece::Text(rest));
            };
            if at > 0 {
                self.rest = &rest[at..];
                return Some(Piece::Text(&rest[..at]));
            }
            if let Some(comment) = rest.strip_prefix("<!--") {
                self.rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
                continue;
            }
            let inner = &rest[1..];
            let close = inner.starts_with('/');
            let name_from = usize::from(close);
            let first = inner.as_bytes().get(name_from).copied().unwrap_or(b' ');
            if first == b'!' || first == b'?' {
                self.rest = inner.find('>').map_or("", |end| &inner[end + 1..]);
                continue;
            }
            if !first.is_ascii_alphabetic() {
                self.rest = inner;
                return Some(Piece::Text("<"));
            }
            let end = tag_end(inner.as_bytes());
            let tag = &inner[name_from..end];
            if end > LONG_TAG {
                self.attributes = self.attributes.max(attributes(tag.as_bytes()));
            }
            self.rest = inner.get(end + 1..).unwrap_or("");
            let stop = |c: char| c.is_ascii_whitespace() || c == '/' || c == '>';
            let name = &tag[..tag.find(stop).unwrap_or(tag.len())];
            if close {
                return Some(Piece::Close(name));
            }
            if is_one_of(name, RAW) {
                self.skip_raw(name, tag.ends_with('/'));
                continue;
            }
            return Some(Piece::Open(name));
        }
    }
}

/// Returns the position of the tag's `>` outside quotes, or the end of the page.
fn tag_end(tag: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr::memchr3(b'>', b'"', b'\'', &tag[at..]) {
        at += found;
        let byte = tag[at];
        if byte == b'>' {
            return at;
        }
        // A quote starts a value only after `=`. Elsewhere it is stray.
        let opens = tag[..at].trim_ascii_end().last() == Some(&b'=');
        at += 1;
        if opens {
            match memchr::memchr(byte, &tag[at..]) {
                Some(close) => at += close + 1,
                None => return tag.len(),
            }
        }
    }
    tag.len()
}

/// Returns what follows the end tag of an element with raw content; `None` if it has no end tag.
fn after_raw<'a>(rest: &'a str, name: &str) -> Option<&'a str> {
    let bytes = rest.as_bytes();
    for at in memchr::memmem::find_iter(bytes, b"</") {
        let found = &bytes[at + 2..];
        if found.len() >= name.len() && found[..name.len()].eq_ignore_ascii_case(name.as_bytes()) {
            let end = tag_end(found);
            return Some(rest.get(at + 2 + end + 1..).unwrap_or(""));
        }
    }
    None
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Measures that decide whether a tree can be built for a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Nesting depth of the elements, at least that of the tree (elements that close implicitly not counted).
    pub depth: usize,
    /// Approximate number of attributes of the element with most, if it has many; else 0.
    pub attributes: usize,
}

/// Measures a page.
pub(super) fn shape(page: &str) -> Shape {
    let mut depth = 0_usize;
    let mut deepest = 0;
    let mut pieces = Pieces::of(page);
    for piece in &mut pieces {
        match piece {
            Piece::Open(name) if !is_one_of(name, FLAT) => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            Piece::Close(name) if !is_one_of(name, FLAT) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Shape { depth: deepest, attributes: pieces.attributes }
}

/// Returns an upper estimate of the number of attributes in a tag, from its names and unquoted values.
fn attributes(tag: &[u8]) -> usize {
    let mut count = 0;
    let (mut quote, mut inside) = (None, true);
    for &byte in tag {
        match quote {
            Some(open) => quote = quote.filter(|_| byte != open),
            None if matches!(byte, b'"' | b'\'') => (quote, inside) = (Some(byte), false),
            None if byte.is_ascii_whitespace() || byte == b'/' => inside = false,
            None => {
                count += usize::from(!inside);
                inside = true;
            }
        }
    }
    count
}

/// Returns the text of a page, one line for each block, without the elements around an article. If nothing else is left, they
/// are included.
pub(super) fn text(page: &str) -> String {
    words_of(page, usize::MAX)
}

/// Returns the text of an HTML fragment in a field. Blank lines separate paragraphs as well; without block elements, every line
/// end does.
pub(super) fn fragment(source: &str) -> String {
    let blocks =
        Pieces::of(source).any(|piece| matches!(piece, Piece::Open(name) if !is_one_of(name, INLINE)));
    words_of(source, if blocks { 2 } else { 1 })
}

fn words_of(page: &str, line_ends: usize) -> String {
    let inner = words(page, AROUND, line_ends);
    if inner.is_empty() { words(page, &["head", "template"], line_ends) } else { inner }
}

/// Returns the text of the first `<title>`.
pub(super) fn title(page: &str) -> Option<String> {
    let mut pieces =
        Pieces::of(page).skip_while(|p| !matches!(p, Piece::Open(n) if n.eq_ignore_ascii_case("title")));
    pieces.next()?;
    match pieces.next()? {
        Piece::Text(text) => wirecopy_core::document::one_line(&decode_html_entities(text)),
        _ => None,
    }
}

/// Returns the text outside the elements `without`. `line_ends` line ends between two words start a new line.
fn words(page: &str, without: &[&str], line_ends: usize) -> String {
    let mut out = String::new();
    // The excluded element, and how many elements of its name are open.
    let mut outside: Option<(&str, usize)> = None;
    let mut blank = false;
    let mut ends = 0;
    for piece in Pieces::of(page) {
        if let Some((name, open)) = &mut outside {
            match piece {
                Piece::Open(inner) if inner.eq_ignore_ascii_case(name) => *open += 1,
                Piece::Close(inner) if inner.eq_ignore_ascii_case(name) => *open -= 1,
                _ => {}
            }
            if *open == 0 {
                outside = None;
            }
            continue;
        }
        match piece {
            Piece::Open(name) if is_one_of(name, without) => outside = Some((name, 1)),
            Piece::Open(name) | Piece::Close(name) => {
                if !is_one_of(name, INLINE) && !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                    blank = false;
                    ends = 0;
                }
            }
            Piece::Text(text) => {
                for c in decode_html_entities(text).chars() {
                    if c.is_whitespace() {
                        blank = true;
                        ends += usize::from(c == '\n');
                        continue;
                    }
                    if blank && !out.is_empty() && !out.ends_with('\n') {
                        out.push(if ends >= line_ends { '\n' } else { ' ' });
                    }
                    blank = false;
                    ends = 0;
                    out.push(c);
                }
            }
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn elements_around_the_article_are_excluded() {
        let page = "<html><head><title>T &amp; U</title><style>p{}</style></head><body><nav>Home</nav>\
            <p>One <b>bold</b>\n word&nbsp;here.<p>Two 1 < 2<script>if (a</b) '<p>'</script><br>three</p><!-- <p>no -->\
            <FOOTER>c<footer>d</footer></FOOTER></body></html>";
        assert_eq!(text(page), "One bold word here.\nTwo 1 < 2\nthree");
        assert_eq!(title(page).as_deref(), Some("T & U"));
        assert_eq!(text("<form><p>All in a form</form>"), "All in a form");
        assert_eq!(text("<p>One<iframe src='a'/><script/><p>two<iframe/>three"), "One\ntwothree");
    }

    #[test]
    fn attributes_are_counted_in_long_tags() {
        let of = |tag: &str| shape(&format!("<p>one</p><p{tag}>two</p>")).attributes;
        for many in [" a=b", " a=\"b c\"", "/a", "\na='<'"] {
            assert!(of(&many.repeat(1000)) >= 1000, "{many}");
        }
        assert!(of(&format!(" title=\"{}\"", "word ".repeat(500))) < 3);
        assert_eq!(of(&" a=b".repeat(5)), 0);
        assert_eq!(of(&format!(">{}<p", "a ".repeat(1000))), 0);
        assert_eq!(shape(&format!("1 < 2 <!-- {} -->", "a ".repeat(1000))).attributes, 0);
    }

    #[test]
    fn only_nesting_elements_count_towards_the_depth() {
        let depth = |page: &str| shape(page).depth;
        assert_eq!(depth("<p><p><p><br><img src='>'>"), 0);
        assert_eq!(depth(&"<div>".repeat(1000)), 1000);
        assert_eq!(depth(&"<div></div>".repeat(1000)), 1);
        assert_eq!(depth(&"<b a=\"</b>\">".repeat(50)), 50);
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(page in "[<>/!?a-c\"'= &;-]{0,80}") {
            let _ = (shape(&page), text(&page), title(&page));
        }
    }
}
