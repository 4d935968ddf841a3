//! Marks elements by what their tag, their role, and the words of their class and id say about the content.
//!
//! Marks are only hints; [`super::body`] decides which of them to follow.

use std::collections::HashMap;
use std::sync::LazyLock;

use dom_query::{Element as Node, local_name};

use super::outline::{Element, Tag};
use crate::page::WORDS;
use wirecopy_core::word_table;

/// A set of marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks(u16);

impl Marks {
    pub(super) const NONE: Self = Self(0);
    /// Menus, footers, sidebars, dialogs, forms.
    pub(super) const AROUND: Self = Self(1);
    /// Links to other articles.
    pub(super) const OTHERS: Self = Self(1 << 1);
    /// Comments by readers.
    pub(super) const COMMENTS: Self = Self(1 << 2);
    /// Cookie consent notices.
    pub(super) const CONSENT: Self = Self(1 << 3);
    /// Authors, times, tags, sharing.
    pub(super) const LABELS: Self = Self(1 << 4);
    /// Captions and credits of pictures.
    pub(super) const CAPTION: Self = Self(1 << 5);
    /// Offers: newsletters, subscriptions, advertisements.
    pub(super) const OFFER: Self = Self(1 << 6);
    /// A picture with its caption. Applies only to inline elements, because block elements with such a class may hold articles.
    const PICTURE: Self = Self(1 << 8);
    /// Content for browsers without scripts.
    pub(super) const NOSCRIPT: Self = Self(1 << 7);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn only(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn any(self) -> bool {
        self != Self::NONE
    }
}

/// The kinds of words of classes and ids with their marks.
const KINDS: [(&str, Marks); 8] = [
    ("picture", Marks::PICTURE),
    ("around", Marks::AROUND),
    ("others", Marks::OTHERS),
    ("comments", Marks::COMMENTS),
    ("consent", Marks::CONSENT),
    ("labels", Marks::LABELS),
    ("caption", Marks::CAPTION),
    ("offer", Marks::OFFER),
];

static TABLE: LazyLock<HashMap<&'static [u8], Marks>> = LazyLock::new(|| {
    let mut table: HashMap<&[u8], Marks> = HashMap::new();
    for (kind, marks) in KINDS {
        for word in word_table::words(WORDS, kind) {
            let entry = table.entry(word.as_bytes()).or_default();
            *entry = entry.with(marks);
        }
    }
    table
});

/// How the walk treats an element.
pub(super) enum Visit {
    /// Ignore it and its content.
    Skip,
    /// Continue the current line.
    Inline,
    Link,
    Time,
    Break,
    Block(Element),
}

/// Returns how to treat an element.
pub(super) fn visit(node: &Node) -> Visit {
    let attr = |name: &str| node.attrs.iter().find(|a| &*a.name.local == name).map(|a| &*a.value);
    let (tag, mut marks) = match &*node.name.local {
        "script" | "style" | "head" | "svg" | "math" | "iframe" | "object" | "audio" | "video" | "canvas"
        | "textarea" | "input" | "select" | "option" | "datalist" | "button" | "progress" | "meter"
        | "rp" | "rt" | "title" | "noembed" => return Visit::Skip,
        "template" => {
            if attr("shadowrootmode").or_else(|| attr("shadowroot")).is_none() {
                return Visit::Skip;
            }
            (Tag::Other, Marks::NONE)
        }
        "br" => return Visit::Break,
        "hr" => (Tag::Other, Marks::NONE),
        "a" => return Visit::Link,
        "time" => return Visit::Time,
        "span" | "b" | "i" | "em" | "strong" | "font" | "small" | "u" | "label" | "cite" | "s" | "sup"
        | "sub" | "mark" | "q" => {
            // Inside a line, these marks do not separate an element from the line.
            let marks = of_class(node)
                .without(Marks::LABELS.with(Marks::OTHERS).with(Marks::COMMENTS).with(Marks::CONSENT));
            return if marks.any() { block(Tag::Other, marks, false) } else { Visit::Inline };
        }
        "abbr" | "acronym" | "bdi" | "bdo" | "big" | "code" | "data" | "del" | "dfn" | "img" | "ins"
        | "kbd" | "picture" | "ruby" | "samp" | "strike" | "tt" | "var" | "wbr" | "source" => {
            return Visit::Inline;
        }
        "article" => (Tag::Article, Marks::NONE),
        "main" => (Tag::Main, Marks::NONE),
        "h1" => (Tag::Heading(1), Marks::NONE),
        "h2" => (Tag::Heading(2), Marks::NONE),
        "h3" | "h4" | "h5" | "h6" => (Tag::Heading(3), Marks::NONE),
        "p" => (Tag::Paragraph, Marks::NONE),
        "li" | "dt" | "dd" => (Tag::Item, Marks::NONE),
        "td" | "th" => (Tag::Cell, Marks::NONE),
        "table" | "tbody" | "thead" | "tfoot" | "tr" => (Tag::Table, Marks::NONE),
        "blockquote" => (Tag::Quote, Marks::NONE),
        "nav" | "aside" | "footer" | "dialog" | "form" | "menu" => (Tag::Other, Marks::AROUND),
        "figure" | "figcaption" => (Tag::Other, Marks::CAPTION),
        "noscript" => (Tag::Other, Marks::NOSCRIPT),
        _ => (Tag::Other, Marks::NONE),
    };
    marks = marks.with(of_class(node).without(Marks::PICTURE));
    let role = attr("role").unwrap_or_default();
    match role {
        "navigation" | "complementary" | "contentinfo" | "dialog" | "alertdialog" | "menu" | "menubar"
        | "search" => {
            marks = marks.with(Marks::AROUND);
        }
        _ => {}
    }
    let tag = match role {
        "article" => Tag::Article,
        "main" => Tag::Main,
        _ => tag,
    };
    let is_body =
        attr("itemprop").is_some_and(|prop| prop.split_ascii_whitespace().any(|word| word == "articleBody"));
    block(tag, marks, is_body)
}

fn block(tag: Tag, marks: Marks, is_body: bool) -> Visit {
    Visit::Block(Element { parent: 0, tag, marks, is_body, first: 0, end: 0, last: 0 })
}

/// Returns the marks of an element's class and id.
fn of_class(node: &Node) -> Marks {
    let mut marks = Marks::NONE;
    for attr in &node.attrs {
        if matches!(attr.name.local, local_name!("class") | local_name!("id")) {
            for value in attr.value.split_ascii_whitespace() {
                marks = marks.with(of_words(value));
            }
        }
    }
    marks
}

/// Returns the marks of the words of one class or id: `article__relatedLinks` has three words, and `read-more` also counts as
/// one. A word after "has", "no" or "with" is ignored, because it does not say what the element is.
fn of_words(value: &str) -> Marks {
    let mut marks = Marks::NONE;
    // The previous word followed by the current one.
    let mut buffer = [0_u8; 40];
    let (mut start, mut end) = (0, 0);
    let mut skip = false;
    let bytes = value.as_bytes();
    for at in 0..=bytes.len() {
        let byte = bytes.get(at).copied().unwrap_or(b' ');
        // Generated names with digits among the letters contain no words: "a1AdB2".
        if byte.is_ascii_digit() && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) {
            return marks;
        }
        let is_letter = byte.is_ascii_alphabetic();
        let starts = byte.is_ascii_uppercase() && at > 0 && bytes[at - 1].is_ascii_lowercase();
        if end > start && (!is_letter || starts) {
            let word = &buffer[start..end];
            if skip {
                skip = false;
            } else if matches!(word, b"has" | b"no" | b"with" | b"without" | b"not") {
                skip = true;
            } else {
                let both = if start > 1 && end > start + 1 { &buffer[..end] } else { word };
                for word in [word, both] {
                    marks = marks.with(TABLE.get(word).copied().unwrap_or_default());
                }
            }
            buffer.copy_within(start..end, 0);
            (start, end) = (end - start, end - start);
        }
        if is_letter && end < 39 {
            buffer[end] = byte.to_ascii_lowercase();
            end += 1;
        }
    }
    marks
}
