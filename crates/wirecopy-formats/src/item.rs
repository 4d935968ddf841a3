//! What readers of all forms return.

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

/// A document of a web archive, as a server sent it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The address that was requested.
    pub url: Option<String>,
    /// When it was requested, as written.
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
    /// A page of a web archive.
    Page(Page),
    /// An item that cannot be read, and why.
    Skip(Refusal),
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
