//! Reduces the markup of an article to its text: no captions, no header that repeats what the form has said already.
//!
//! In: HTML, XHTML or NITF, and what the header says. Out: HTML. Elements of HTML remain, blocks of NITF become those of HTML,
//! tags of other elements are removed. Takes linear time on any input.

use std::collections::HashSet;

use memchr::memmem;

use super::words::{BLOCK, INLINE, has_word, plain, tag_end};

/// Elements whose text is not part of the article.
const NOT_TEXT: &[&str] = &[
    "abstract",
    "alt-code",
    "audio",
    "body.end",
    "body.head",
    "button",
    "byline",
    "canvas",
    "copyrite",
    "dateline",
    "distributor",
    "figcaption",
    "head",
    "hedline",
    "key-list",
    "media",
    "nitf-table-metadata",
    "note",
    "noscript",
    "object",
    "rights",
    "select",
    "series",
    "svg",
    "template",
    "title",
    "tobject",
    "video",
];
/// Elements whose content is not markup.
const RAW: &[&str] = &["iframe", "noembed", "noframes", "script", "style", "textarea", "xmp"];
/// Elements without an end tag.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
/// Blocks of NITF and of other forms, and those of HTML that they become.
const RENAMED: &[(&str, &str)] = &[
    ("block", "div"),
    ("bq", "blockquote"),
    ("element", "p"),
    ("fn", "div"),
    ("hl1", "h1"),
    ("hl2", "h2"),
    ("list-item", "li"),
    ("nitf-table", "div"),
    ("para", "p"),
    ("paragraph", "p"),
];
/// What makes a figure part of the text.
const FIGURES_OF_TEXT: &[&str] = &["blockquote", "li", "pre", "table"];
/// Elements of HTML that can repeat a line of the header.
const LINES: &[&str] = &["div", "h1", "h2", "h3", "h4", "h5", "h6", "p"];
/// Classes of a paragraph that repeats the description of an item.
const TEASERS: &[&str] = &["abstract", "description", "summary", "teaser"];
/// Most elements within each other that are remembered. Tags of deeper ones are kept as they are.
const DEPTH: usize = 256;

/// What the header of an item says, which its text need not say again.
#[derive(Clone, Debug, Default)]
pub(super) struct Repeats {
    lines: HashSet<String>,
    teasers: HashSet<String>,
    /// Bytes of the longest.
    longest: usize,
}

impl Repeats {
    /// Adds a headline, a byline or another line of the header.
    pub(super) fn line(&mut self, line: Option<&str>) {
        if let Some(key) = line.and_then(key) {
            self.longest = self.longest.max(key.len());
            self.lines.insert(key);
        }
    }

    /// Adds a description, which repeats only a paragraph that is marked as such.
    pub(super) fn teaser(&mut self, teaser: Option<&str>) {
        if let Some(key) = teaser.and_then(key) {
            self.longest = self.longest.max(key.len());
            self.teasers.insert(key);
        }
    }

    /// Returns whether a line of the header is the same text.
    pub(super) fn has_line(&self, text: &str) -> bool {
        key(text).is_some_and(|key| self.lines.contains(&key))
    }
}

/// Returns the letters and digits of a text in lower case; `None` if it has none.
fn key(text: &str) -> Option<String> {
    let key: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    (!key.is_empty()).then_some(key)
}

/// The text of an article as HTML.
#[derive(Debug)]
pub(super) struct Cleaned {
    pub html: String,
    /// Whether there are letters or digits.
    pub has_words: bool,
    /// Whether elements separate parts of the text.
    pub has_blocks: bool,
}

/// Returns the text of `markup` without what is not the article.
pub(super) fn cleaned(markup: &str, repeats: &Repeats) -> Cleaned {
    let mut cleaner = Cleaner {
        out: String::with_capacity(markup.len()),
        open: Vec::new(),
        special: 0,
        seen: Seen::default(),
        repeats,
    };
    let mut rest = markup;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        let (before, from) = rest.split_at(at);
        cleaner.text(before);
        let length = match from.as_bytes().get(1) {
            Some(b'!' | b'?') => declaration_end(from),
            Some(byte) if byte.is_ascii_alphabetic() || *byte == b'/' => cleaner.tag(from),
            _ => {
                cleaner.text("<");
                1
            }
        };
        rest = from.get(length..).unwrap_or("");
    }
    cleaner.text(rest);
    while let Some(element) = cleaner.open.pop() {
        cleaner.finish(&element);
    }
    let seen = cleaner.seen;
    Cleaned { html: cleaner.out, has_words: seen.first.is_some(), has_blocks: seen.has_blocks }
}

fn declaration_end(text: &str) -> usize {
    if text.starts_with("<!--") {
        return memmem::find(text.as_bytes(), b"-->").map_or(text.len(), |at| at + 3);
    }
    memchr::memchr(b'>', text.as_bytes()).map_or(text.len(), |at| at + 1)
}

/// What has been written so far.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// Where the first text with a word begins in the output.
    first: Option<usize>,
    /// Whether a block has begun or ended after it.
    is_new_block: bool,
    /// Whether a text follows in another block.
    has_blocks: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Keep,
    Drop,
    /// A header is dropped if it has a heading.
    Header,
    /// A figure is dropped unless it is text.
    Figure,
}

/// An element that is open.
struct Open {
    /// Its name in lower case.
    name: String,
    /// The name of its end tag in the output; `None` if its tags are removed.
    end: Option<String>,
    /// Where it begins in the output, and what was there then.
    at: usize,
    seen: Seen,
    fate: Fate,
    is_teaser: bool,
    /// Whether there is a heading in a header, or text in a figure.
    has_mark: bool,
}

struct Cleaner<'a> {
    out: String,
    open: Vec<Open>,
    /// How many of these are headers and figures.
    special: usize,
    seen: Seen,
    repeats: &'a Repeats,
}

impl Cleaner<'_> {
    fn text(&mut self, text: &str) {
        if has_word(text) {
            self.seen.has_blocks |= self.seen.is_new_block && self.seen.first.is_some();
            self.seen.is_new_block = false;
            self.seen.first.get_or_insert(self.out.len());
        }
        self.out.push_str(text);
    }

    /// Handles the tag that a text begins with. Returns its length, with content that is not markup.
    fn tag(&mut self, text: &str) -> usize {
        let length = tag_end(text);
        let tag = text.get(..length).unwrap_or(text);
        let inner = tag.trim_start_matches(['<', '/']).trim_end_matches('>');
        let ends = |c: char| c.is_ascii_whitespace() || c == '/';
        let name = inner.split(ends).next().unwrap_or_default();
        let name = crate::xml::local(name).to_ascii_lowercase();
        if tag.starts_with("</") {
            self.close(&name);
            return length;
        }
        if RAW.contains(&name.as_str()) {
            return length + raw_length(text.get(length..).unwrap_or(""), &name);
        }
        let is_closed = inner.ends_with('/');
        self.start(&name, tag);
        if is_closed && !VOID.contains(&name.as_str()) {
            self.close(&name);
        }
        length
    }

    fn start(&mut self, name: &str, tag: &str) {
        let is_block = self.handle_block(name);
        if is_block && self.open.last().is_some_and(|open| open.name == "p") && name != "br" {
            // A paragraph ends where the next block begins.
            self.close("p");
        }
        self.mark(name);
        let renamed = RENAMED.iter().find(|(from, _)| *from == name).map(|(_, to)| *to);
        let is_kept = renamed.is_none() && (BLOCK.contains(&name) || INLINE.contains(&name));
        let (at, seen) = (self.out.len(), self.seen);
        let has_prefix = !tag.get(1..).is_some_and(|tag| starts_with(tag, name));
        match renamed.or((is_kept && has_prefix).then_some(name)) {
            Some(name) => {
                self.out.push('<');
                self.out.push_str(name);
                self.out.push('>');
            }
            None if is_kept => self.out.push_str(tag),
            None => {}
        }
        if VOID.contains(&name) || self.open.len() >= DEPTH {
            return;
        }
        let fate = match name {
            "figure" => Fate::Figure,
            "header" => Fate::Header,
            name if NOT_TEXT.contains(&name) => Fate::Drop,
            _ => Fate::Keep,
        };
        self.special += usize::from(matches!(fate, Fate::Header | Fate::Figure));
        let end = renamed.or(is_kept.then_some(name)).map(str::to_owned);
        let is_teaser = has_class(tag, TEASERS);
        self.open.push(Open { name: name.to_owned(), end, at, seen, fate, is_teaser, has_mark: false });
    }

    /// Notes that a block begins or ends. Returns whether the element is one.
    fn handle_block(&mut self, name: &str) -> bool {
        let is_block = BLOCK.contains(&name) || RENAMED.iter().any(|(from, _)| *from == name);
        self.seen.is_new_block |= is_block;
        is_block
    }

    /// Notes a heading in the header and text in the figure around it.
    fn mark(&mut self, name: &str) {
        let is_heading = matches!(name, "h1" | "h2" | "h3" | "hl1");
        let is_text = FIGURES_OF_TEXT.contains(&name);
        if self.special == 0 || (!is_heading && !is_text) {
            return;
        }
        for open in self.open.iter_mut().rev() {
            open.has_mark |=
                (is_heading && open.fate == Fate::Header) || (is_text && open.fate == Fate::Figure);
        }
    }

    fn close(&mut self, name: &str) {
        self.handle_block(name);
        let Some(at) = self.open.iter().rposition(|open| open.name == name) else {
            return;
        };
        while self.open.len() > at {
            if let Some(element) = self.open.pop() {
                self.finish(&element);
            }
        }
    }

    /// Ends an element: writes its end tag, or takes back what it has written.
    fn finish(&mut self, element: &Open) {
        self.special -= usize::from(matches!(element.fate, Fate::Header | Fate::Figure));
        let is_dropped = match element.fate {
            Fate::Drop => true,
            Fate::Header => element.has_mark,
            Fate::Figure => !element.has_mark,
            Fate::Keep => {
                element.end.as_deref().is_some_and(|end| LINES.contains(&end)) && self.is_repeated(element)
            }
        };
        if is_dropped {
            self.out.truncate(element.at);
            self.seen = Seen { is_new_block: true, ..element.seen };
        } else if let Some(end) = &element.end {
            self.out.push_str("</");
            self.out.push_str(end);
            self.out.push('>');
        }
    }

    /// Returns whether an element is the first one with text, and repeats the header.
    fn is_repeated(&self, element: &Open) -> bool {
        let written = self.out.get(element.at..).unwrap_or_default();
        // Tags and entities take space, too.
        if element.seen.first.is_some()
            || self.seen.first.is_none()
            || written.len() > 4 * self.repeats.longest + 400
        {
            return false;
        }
        key(&plain(written)).is_some_and(|key| {
            self.repeats.lines.contains(&key) || (element.is_teaser && self.repeats.teasers.contains(&key))
        })
    }
}

fn starts_with(text: &str, name: &str) -> bool {
    text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

/// Returns the length of content that is not markup, with its end tag.
fn raw_length(text: &str, name: &str) -> usize {
    for at in memmem::find_iter(text.as_bytes(), b"</") {
        if text.get(at + 2..).is_some_and(|found| starts_with(found, name)) {
            return at + text.get(at..).map_or(0, tag_end);
        }
    }
    text.len()
}

/// Returns whether one of the classes of a tag is one of `classes`.
fn has_class(tag: &str, classes: &[&str]) -> bool {
    let Some(at) = memmem::find(tag.as_bytes(), b"class=") else { return false };
    let value = tag.get(at + "class=".len()..).unwrap_or_default();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let value = match quote {
        Some(quote) => value.trim_start_matches(quote).split(quote).next(),
        None => value.split([' ', '>', '/']).next(),
    };
    value.unwrap_or_default().split_ascii_whitespace().any(|class| classes.contains(&class))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn repeats() -> Repeats {
        let mut repeats = Repeats::default();
        repeats.line(Some("Ferry sails again"));
        repeats.line(Some("By Jo Roe"));
        repeats.teaser(Some("The ferry sails."));
        repeats
    }

    fn html(markup: &str) -> String {
        cleaned(markup, &repeats()).html
    }

    #[test]
    fn what_is_not_the_article_is_removed() {
        for (markup, expected) in [
            ("<html><head><title>T</title></head><body><p>A</p></body></html>", "<p>A</p>"),
            ("<figure><img src='a'/><figcaption>C</figcaption></figure><p>A</p>", "<p>A</p>"),
            (
                "<figure><table><tr><td>A</td></tr></table></figure>",
                "<figure><table><tr><td>A</td></tr></table></figure>",
            ),
            ("<header><h1>H</h1><p>Monday</p></header><p>A</p>", "<p>A</p>"),
            ("<header><p>Lead</p></header>", "<header><p>Lead</p></header>"),
            ("<p>A<script>if (a < b) x('</p>')</script> b</p>", "<p>A b</p>"),
            ("<!-- wp:p --><p class=\"a\">A &amp; b</p>", "<p class=\"a\">A &amp; b</p>"),
            (
                "<block id='1'><hl2>H</hl2><p>A <person>B</person></p><media><media-caption>C</media-caption></media></block>",
                "<div><h2>H</h2><p>A B</p></div>",
            ),
            ("<x:p>1 < 2</x:p>", "<p>1 < 2</p>"),
            ("<p/><P>A</P>", "<p/></p><P>A</p>"),
            ("A</b> B", "A B"),
        ] {
            assert_eq!(html(markup), expected, "{markup}");
        }
    }

    #[test]
    fn header_is_not_repeated() {
        for (markup, expected) in [
            ("<h1>Ferry  sails <b>again</b></h1><p>By Jo&nbsp;Roe</p><p>A</p>", "<p>A</p>"),
            ("<p>A</p><p>Ferry sails again</p>", "<p>A</p><p>Ferry sails again</p>"),
            ("<p class='x teaser'>The ferry sails.</p><p>A</p>", "<p>A</p>"),
            ("<p>The ferry sails.</p><p>A</p>", "<p>The ferry sails.</p><p>A</p>"),
            ("<div><h1>Ferry sails again</h1></div>A", "<div></div>A"),
        ] {
            assert_eq!(html(markup), expected, "{markup}");
        }
        assert!(!cleaned("<h1>Ferry sails again</h1>", &repeats()).has_words);
    }

    #[test]
    fn separate_blocks_are_noticed() {
        let has_blocks = |markup: &str| cleaned(markup, &repeats()).has_blocks;
        assert!(has_blocks("<p>A</p><p>B</p>") && has_blocks("A<br>B") && has_blocks("<p>A<p>B"));
        assert!(!has_blocks("<h1>Ferry sails again</h1><p>A <b>b</b>\n c</p><p> </p>") && !has_blocks("A"));
    }

    #[test]
    fn output_of_hostile_input_is_bounded() {
        for part in
            ["<p>", "<figure>", "<header><h1>", "<a href=\"", "<!--", "<b", "</p>", "<p>a</b>", "<script>"]
        {
            let markup = part.repeat(200_000 / part.len());
            assert!(cleaned(&markup, &repeats()).html.len() <= 3 * markup.len() + 1024, "{part}");
        }
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(
            markup in "(<|</|>|/|p|figure|header|h1|media|script|class=|teaser|\"|'|!--|--|\\?| |é|a|&amp;){0,30}",
        ) {
            let _ = cleaned(&markup, &repeats());
        }
    }
}
