//! Reduces the markup of an article to its text: no captions, no header that repeats what the form has said already.
//!
//! In: HTML, XHTML or NITF, and what the header says. Out: HTML. Elements of HTML remain, blocks of NITF become those of HTML,
//! tags of other elements are removed. Takes linear time on any input.

use std::collections::HashSet;

use memchr::memmem;

use super::words::{attribute, has_word, key, plain, tag_end};
use crate::markup::{BLOCK, INLINE};

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
/// Classes of what Drupal puts before the body of an article in its feeds: the author's account and the time, which the feed
/// gives as such.
const ACCOUNTS: &[&str] = &["field--name-created", "field--name-uid"];
/// Classes of a paragraph that repeats the description of an item.
const TEASERS: &[&str] = &["abstract", "description", "summary", "teaser"];
/// Most elements within each other that are remembered. Tags of deeper ones are kept as they are.
const DEPTH: usize = 128;
/// Longest line of a header that is looked for, in bytes.
const LINE_BYTES: usize = 4096;

/// What the header of an item says, which its text need not say again.
#[derive(Clone, Debug, Default)]
pub(super) struct Repeats {
    title: Option<String>,
    lines: HashSet<String>,
    headings: HashSet<String>,
    teasers: HashSet<String>,
    /// Bytes of the longest.
    longest: usize,
}

impl Repeats {
    /// Adds the main headline, which a feed may repeat within a line.
    pub(super) fn title(&mut self, title: &str) {
        self.line(title);
        self.title = key(title);
    }

    /// Adds a byline or the slug.
    pub(super) fn line(&mut self, line: &str) {
        let key = self.key(line);
        self.lines.extend(key);
    }

    /// Adds another headline, which may also be the first paragraph: it repeats headings only.
    pub(super) fn heading(&mut self, heading: &str) {
        let key = self.key(heading);
        self.headings.extend(key);
    }

    /// Adds a description, which repeats only a paragraph that is marked as such.
    pub(super) fn teaser(&mut self, teaser: &str) {
        let key = self.key(teaser);
        self.teasers.extend(key);
    }

    fn key(&mut self, line: &str) -> Option<String> {
        let line = Some(line).filter(|line| line.len() <= LINE_BYTES)?;
        self.longest = self.longest.max(line.len());
        key(line)
    }

    /// Returns the lines alone.
    pub(super) fn lines_only(&self) -> Self {
        Self {
            title: self.title.clone(),
            lines: self.lines.clone(),
            longest: self.longest,
            ..Self::default()
        }
    }

    /// Returns whether a line of the header is the same text.
    pub(super) fn has_line(&self, text: &str) -> bool {
        key(text).is_some_and(|key| self.lines.contains(&key))
    }
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
            name if NOT_TEXT.contains(&name) || has_class(tag, ACCOUNTS) => Fate::Drop,
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
            Fate::Keep => self.is_repeated(element),
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
        let name = element.end.as_deref().unwrap_or_default();
        let is_line = LINES.contains(&name);
        let written = self.out.get(element.at..).unwrap_or_default();
        let is_first = element.seen.first.is_none() && self.seen.first.is_some();
        // Tags and entities take space, too.
        if !is_first || !(is_line || name == "span") || written.len() > 4 * self.repeats.longest + 400 {
            return false;
        }
        let text = plain(written);
        let Some(key) = key(&text) else { return false };
        if !is_line {
            // Drupal puts title, author and time into elements of their own before the article.
            let is_of_header =
                self.open.is_empty() && (self.repeats.lines.contains(&key) || is_time(text.trim()));
            return is_of_header || self.repeats.title.as_ref() == Some(&key);
        }
        self.repeats.lines.contains(&key)
            || (name.starts_with('h') && self.repeats.headings.contains(&key))
            || (element.is_teaser && self.repeats.teasers.contains(&key))
    }
}

/// Returns whether a text is a time in the form that Drupal has if a site does not change it: `Tue, 01/02/2024 - 10:00`.
fn is_time(text: &str) -> bool {
    let Some((day, time)) = text.split_once(", ") else { return false };
    let digits = |c: char| if c.is_ascii_digit() { '0' } else { c };
    day.chars().count() <= 4
        && day.chars().all(|c| c.is_alphabetic() || c == '.')
        && time.chars().map(digits).eq("00/00/0000 - 00:00".chars())
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
pub(super) fn has_class(tag: &str, classes: &[&str]) -> bool {
    let value = attribute(tag, "class").unwrap_or_default();
    value.split_ascii_whitespace().any(|class| classes.contains(&class))
}

#[cfg(test)]
#[path = "clean_tests.rs"]
mod tests;
