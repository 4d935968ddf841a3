//! Splits HTML into tags and texts, without building a tree.
//!
//! Why this is hand-made: an export is one flat list of up to thousands of articles, in pages of up to many megabytes, partly with
//! broken nesting. A scan keeps one article in memory, takes linear time whatever the nesting, and never recurses. The articles
//! are found by the marks of their service, so that a tree is not needed.

use std::borrow::Cow;

use memchr::memmem;
use quick_xml::escape::resolve_html5_entity;

/// Longest name of a character that is looked up, such as `CounterClockwiseContourIntegral`.
const LONGEST_NAME: usize = 32;

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event<'a> {
    Open(Tag<'a>),
    /// The name in lower case.
    Close(String),
    Text(Cow<'a, str>),
    Comment(&'a str),
}

/// A start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// In lower case.
    pub name: String,
    attributes: &'a str,
}

impl Tag<'_> {
    /// Returns the value of an attribute, whose name is given in lower case.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        while !rest.is_empty() {
            let (key, value, after) = attribute(rest);
            if key.eq_ignore_ascii_case(name) {
                return value.map(|value| decoded(value).into_owned());
            }
            rest = after;
        }
        None
    }

    /// Returns the classes of the element, separated by spaces; empty if there are none.
    pub(super) fn classes(&self) -> String {
        self.attribute("class").unwrap_or_default()
    }

    /// Returns whether the element never has content.
    pub(super) fn is_void(&self) -> bool {
        const VOID: [&str; 12] =
            ["br", "hr", "img", "meta", "link", "input", "source", "wbr", "area", "base", "col", "embed"];
        VOID.contains(&self.name.as_str())
    }
}

/// Returns whether classes, separated by spaces, contain one. Case is ignored: older pages write it differently.
pub(super) fn has_class(classes: &str, class: &str) -> bool {
    classes.split_whitespace().any(|of| of.eq_ignore_ascii_case(class))
}

/// Returns whether an element begins a line of its own.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "table"
            | "tr"
            | "td"
            | "th"
            | "li"
            | "ul"
            | "ol"
            | "dl"
            | "dd"
            | "dt"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "aside"
            | "main"
            | "nav"
            | "blockquote"
            | "pre"
            | "hr"
            | "form"
            | "body"
            | "html"
            | "head"
            | "title"
            | "figure"
            | "figcaption"
            | "center"
            | "address"
            | "caption"
            | "text"
    )
}

/// The parts of a page, in order.
pub(super) struct Events<'a> {
    html: &'a str,
    at: usize,
    /// The element whose content is text up to its end tag.
    raw: Option<&'static str>,
}

impl<'a> Events<'a> {
    pub(super) fn of(html: &'a str) -> Self {
        Self { html, at: 0, raw: None }
    }

    fn rest(&self) -> &'a str {
        self.html.get(self.at..).unwrap_or_default()
    }

    /// Skips the content of a script or a style.
    fn skip_raw(&mut self, name: &str) {
        let rest = self.rest();
        let mut from = 0;
        let end = loop {
            let Some(at) = memmem::find(rest.get(from..).unwrap_or_default().as_bytes(), b"</") else {
                break rest.len();
            };
            let after = from + at + 2;
            if rest.get(after..after + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
                break from + at;
            }
            from = after;
        };
        self.at += end;
    }
}

impl<'a> Iterator for Events<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        loop {
            if let Some(name) = self.raw.take() {
                self.skip_raw(name);
            }
            let rest = self.rest();
            let bytes = rest.as_bytes();
            if bytes.is_empty() {
                return None;
            }
            if !is_markup(bytes) {
                // A `<` that does not begin a tag is text.
                let end = memchr::memchr_iter(b'<', bytes)
                    .find(|at| *at > 0 && bytes.get(*at..).is_some_and(is_markup))
                    .unwrap_or(bytes.len());
                self.at += end;
                return Some(Event::Text(decoded(rest.get(..end)?)));
            }
            if let Some(comment) = rest.strip_prefix("<!--") {
                let end = memmem::find(comment.as_bytes(), b"-->");
                self.at += 4 + end.map_or(comment.len(), |end| end + 3);
                return Some(Event::Comment(comment.get(..end.unwrap_or(comment.len()))?));
            }
            let is_declaration = rest.starts_with("<!") || rest.starts_with("<?");
            let inside = rest.get(1..)?;
            let end = if is_declaration {
                memchr::memchr(b'>', inside.as_bytes()).unwrap_or(inside.len())
            } else {
                tag_end(inside)
            };
            self.at += (end + 2).min(rest.len());
            let inside = inside.get(..end)?;
            if is_declaration {
                continue;
            }
            if let Some(name) = inside.strip_prefix('/') {
                return Some(Event::Close(name_of(name).to_ascii_lowercase()));
            }
            let name = name_of(inside).to_ascii_lowercase();
            self.raw = ["script", "style", "noscript", "template"].into_iter().find(|raw| *raw == name);
            let attributes = inside.get(name.len()..).unwrap_or_default();
            return Some(Event::Open(Tag { name, attributes }));
        }
    }
}

/// Returns whether bytes begin with a tag, a comment or a declaration.
fn is_markup(bytes: &[u8]) -> bool {
    match bytes {
        [b'<', b'/' | b'!' | b'?', ..] => true,
        [b'<', next, ..] => next.is_ascii_alphabetic(),
        _ => false,
    }
}

fn name_of(inside: &str) -> &str {
    let end = inside.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).unwrap_or(inside.len());
    inside.get(..end).unwrap_or_default()
}

/// Returns the position of the `>` that ends a tag: one outside the quoted value of an attribute.
fn tag_end(inside: &str) -> usize {
    let bytes = inside.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'>', b'=', rest)) {
        at += found;
        if bytes.get(at) == Some(&b'>') {
            return at;
        }
        at += 1;
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        if let Some(quote @ (b'"' | b'\'')) = bytes.get(at).copied() {
            let value = bytes.get(at + 1..).unwrap_or_default();
            match memchr::memchr(quote, value) {
                Some(end) => at += end + 2,
                None => return bytes.len(),
            }
        }
    }
    bytes.len()
}

/// Returns the name and the value of the first attribute, and what follows.
fn attribute(text: &str) -> (&str, Option<&str>, &str) {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\''));
    let end = text.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(text.len());
    let (key, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let Some(value) = rest.trim_start().strip_prefix('=') else {
        // Progress is certain also for a sign without a name.
        return (key, None, if key.is_empty() { "" } else { rest });
    };
    let value = value.trim_start();
    match value.chars().next() {
        Some(quote @ ('"' | '\'')) => match value.get(1..).and_then(|inside| inside.split_once(quote)) {
            Some((value, rest)) => (key, Some(value), rest),
            None => (key, value.get(1..), ""),
        },
        _ => {
            let end = value.find(char::is_whitespace).unwrap_or(value.len());
            let (value, rest) = value.split_at_checked(end).unwrap_or((value, ""));
            (key, Some(value), rest)
        }
    }
}

/// Resolves the characters that are written as names or numbers.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let end = after.bytes().take(LONGEST_NAME).position(|byte| byte == b';');
        let resolved = end.and_then(|end| Some((resolve(after.get(..end)?)?, after.get(end + 1..)?)));
        match resolved {
            Some((resolved, after)) => {
                out.push_str(&resolved);
                rest = after;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn resolve(name: &str) -> Option<Cow<'static, str>> {
    let Some(number) = name.strip_prefix('#') else { return resolve_html5_entity(name).map(Cow::Borrowed) };
    let number = match number.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
        None => number.parse().ok()?,
    };
    if let Ok(byte @ 0x80..=0x9f) = u8::try_from(number) {
        // Browsers read these as Windows-1252, and producers mean that.
        return Some(Cow::Owned(encoding_rs::WINDOWS_1252.decode(&[byte]).0.into_owned()));
    }
    char::from_u32(number).filter(|c| *c != '\0').map(|c| Cow::Owned(c.to_string()))
}

/// Collects texts into lines: white space becomes single spaces; marks inside a line do not split words.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub lines: Vec<String>,
    line: String,
    /// Whether a space is due before the next word.
    space: bool,
}

impl Lines {
    pub(super) fn text(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() || c == '\u{200b}' {
                self.space = true;
            } else {
                if self.space && !self.line.is_empty() {
                    self.line.push(' ');
                }
                self.space = false;
                self.line.push(c);
            }
        }
    }

    /// Ends the line. A blank line is kept if `keep_blank`.
    pub(super) fn end(&mut self, keep_blank: bool) {
        self.space = false;
        if keep_blank || !self.line.is_empty() {
            self.lines.push(std::mem::take(&mut self.line));
        }
    }

    /// Returns the line so far.
    pub(super) fn open(&self) -> &str {
        &self.line
    }

    /// Removes the line so far.
    pub(super) fn clear(&mut self) {
        self.line.clear();
    }

    /// Ends the line and returns all.
    pub(super) fn take(&mut self) -> Vec<String> {
        self.end(false);
        std::mem::take(&mut self.lines)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(html: &str) -> Vec<String> {
        Events::of(html)
            .map(|event| match event {
                Event::Open(tag) => format!("<{}>", tag.name),
                Event::Close(name) => format!("</{name}>"),
                Event::Text(text) => text.into_owned(),
                Event::Comment(text) => format!("!{text}"),
            })
            .collect()
    }

    #[test]
    fn tags_and_texts_are_split() {
        let html = "<!DOCTYPE html><P CLASS=\"c1\">a &amp; b &lt; 3 < 4<BR/>c</P><!-- x > y --><style>p > a {}</style>d";
        assert_eq!(
            shown(html),
            ["<p>", "a & b < 3 < 4", "<br>", "c", "</p>", "! x > y ", "<style>", "</style>", "d"]
        );
    }

    #[test]
    fn attributes_are_read_with_all_kinds_of_quotes() {
        let html = "<a href=\"x.css\"\" rel='s > t' title=plain data NAME = \"DOC_1\">b</a>";
        let mut events = Events::of(html);
        let Some(Event::Open(tag)) = events.next() else { panic!() };
        assert_eq!(tag.attribute("href").as_deref(), Some("x.css"));
        assert_eq!(tag.attribute("rel").as_deref(), Some("s > t"));
        assert_eq!(tag.attribute("title").as_deref(), Some("plain"));
        assert_eq!(tag.attribute("name").as_deref(), Some("DOC_1"));
        assert_eq!(tag.attribute("data"), None);
        assert_eq!(events.next(), Some(Event::Text("b".into())));
    }

    #[test]
    fn characters_are_resolved() {
        assert_eq!(decoded("&eacute;&#233;&#xe9;&#150;&nbsp;&unknown; & &amp"), "ééé–\u{a0}&unknown; & &amp");
    }

    #[test]
    fn broken_markup_is_read_to_its_end() {
        for html in ["<", "<a", "<a href=\"", "<!--", "</", "<script>x", "a<", "<?x", "<a =>b"] {
            let _ = shown(html);
        }
    }

    #[test]
    fn marks_do_not_split_words() {
        let mut lines = Lines::default();
        for text in ["Eu", "rope", " \n and ", "Asia"] {
            lines.text(text);
        }
        lines.end(true);
        lines.end(true);
        lines.text(" x ");
        assert_eq!(lines.take(), ["Europe and Asia", "", "x"]);
    }

    proptest! {
        #[test]
        fn any_page_is_read_without_panic(html in "[<>/!\\-?a-c=\"' &;#x\u{e9}]{0,60}") {
            for event in Events::of(&html) {
                if let Event::Open(tag) = event {
                    let _ = (tag.classes(), tag.attribute("b"));
                }
            }
        }
    }
}
