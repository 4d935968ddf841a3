//! What readers of all forms return.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;

use wirecopy_core::document::{Metadata, Refusal};

/// An item of news as its form delivers it. A headline is in [`Metadata::title`], not in the body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// What the form says of the item. Dates are as written: the publication of this version in [`Metadata::date`].
    pub meta: Metadata,
    /// The article.
    pub body: Body,
}

/// The article of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Plain text, paragraphs separated by newlines.
    Text(String),
    /// HTML or XHTML: a fragment or a page, which holds the article and nothing else.
    Markup(String),
}

impl Default for Body {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

/// A document of a web archive, as a server sent it, or a page that a browser saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The address that was requested, as far as it is known.
    pub url: Option<String>,
    /// When it was requested or saved, as written.
    pub date: Option<String>,
    /// The media type without parameters, in lower case: `text/html`.
    pub media_type: String,
    /// The character set that the server named.
    pub charset: Option<String>,
    /// The content, decompressed, in its own character set.
    pub content: Vec<u8>,
}

/// One result of reading a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// An item.
    Item(Box<Item>),
    /// A page of a web archive, or a saved one.
    Page(Page),
    /// An item that cannot be read, and why.
    Skip(Refusal),
    /// What the file holds besides items: the last result, if there is any.
    Passed(Passed),
}

/// What a file holds besides items, which is passed over without a reason for each: media types, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passed(BTreeMap<String, u64>);

/// Most media types that are counted apart.
const MEDIA_TYPES: usize = 64;
/// Longest media type that is counted apart.
const MEDIA_TYPE_BYTES: usize = 80;
/// The name of all others.
const OTHERS: &str = "other types";
/// Number of media types in the text form.
const SHOWN: usize = 8;

impl Passed {
    /// Counts one thing of a media type.
    pub fn add(&mut self, media_type: &str) {
        self.count(media_type, 1);
    }

    /// Adds what another part holds.
    pub fn extend(&mut self, other: &Self) {
        other.iter().for_each(|(media_type, number)| self.count(media_type, number));
    }

    fn count(&mut self, media_type: &str, number: u64) {
        if let Some(known) = self.0.get_mut(media_type) {
            *known += number;
            return;
        }
        let is_name =
            media_type.len() <= MEDIA_TYPE_BYTES && media_type.bytes().all(|b| b.is_ascii_graphic());
        let name = if is_name && self.0.len() < MEDIA_TYPES { media_type } else { OTHERS };
        *self.0.entry(name.to_owned()).or_default() += number;
    }

    /// Returns whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the media types in alphabetical order, with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(media_type, number)| (media_type.as_str(), *number))
    }
}

impl fmt::Display for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sorted: Vec<(&str, u64)> = self.iter().collect();
        sorted.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
        for (place, (media_type, number)) in sorted.iter().take(SHOWN).enumerate() {
            let comma = if place > 0 { ", " } else { "" };
            write!(f, "{comma}{number} {media_type}")?;
        }
        let more: u64 = sorted.iter().skip(SHOWN).map(|(_, number)| number).sum();
        if more > 0 { write!(f, " and {more} more") } else { Ok(()) }
    }
}

/// Bounds on what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of one item, and of a file that can only be read as a whole.
    pub item_bytes: u64,
    /// Most elements, groups or parts within each other.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { item_bytes: 64 << 20, depth: 256 }
    }
}

/// Receives each result. Returns `Break` to stop reading.
pub type Emit<'a> = dyn FnMut(Found) -> ControlFlow<()> + 'a;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_counted() {
        let mut passed = Passed::default();
        assert_eq!(passed.to_string(), "");
        for media_type in ["text/css", "image/png", "image/png", "no type"] {
            passed.add(media_type);
        }
        assert_eq!(passed.to_string(), "2 image/png, 1 other types, 1 text/css");
        let mut twice = passed.clone();
        twice.extend(&passed);
        assert_eq!(twice.iter().collect::<Vec<_>>(), [("image/png", 4), ("other types", 2), ("text/css", 2)]);
    }

    #[test]
    fn memory_is_bounded() {
        let mut passed = Passed::default();
        (0..1000).for_each(|number| passed.add(&format!("a/{number}")));
        assert_eq!(passed.iter().count(), MEDIA_TYPES + 1);
        assert_eq!(passed.iter().map(|(_, number)| number).sum::<u64>(), 1000);
        assert!(passed.to_string().ends_with(" and 57 more"), "{passed}");
        passed.add(&"a".repeat(MEDIA_TYPE_BYTES + 1));
        assert_eq!(passed.iter().count(), MEDIA_TYPES + 1);
    }
}
