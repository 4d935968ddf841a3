//! The output of ingest: a [`Document`] with its [`Metadata`], or a [`Skipped`] input with the reason.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Position of a document in a run, in the order in which ingest delivered it.
///
/// Positions start at 0 without gaps, so that stages can use them as indices. They never appear in a report, which
/// names documents by [`Document::id`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocId(pub u32);

impl DocId {
    /// Returns the position as an index into per-document arrays.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for DocId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// What a document says about itself besides its text. Every field is optional, since news often lacks some of
/// them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The headline, on one line.
    pub title: Option<String>,
    /// The publication date as it was found, unparsed.
    pub date: Option<String>,
    /// The same date in ISO 8601, with the precision and the time zone of the original.
    pub published: Option<String>,
    /// Where the date was found.
    pub date_origin: Option<DateOrigin>,
    /// Why a date that was found earlier is not used.
    pub date_problem: Option<String>,
    /// The publisher: the `source` field or the page's site name.
    pub source: Option<String>,
    /// The address (URL) that the text was published under.
    pub url: Option<String>,
    /// Lines that name the author or sender of the text: the byline of a page, or the `author` or `byline` field
    /// of a record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bylines: Vec<String>,
    /// ISO 639-3 code of the language, declared by the document or else guessed from the text.
    pub language: Option<String>,
}

/// Where a publication date was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrigin {
    /// The metadata of a web page.
    Metadata,
    /// A field of a record, a column of a table, or the front matter of Markdown.
    Field,
    /// The first lines of the text.
    Text,
    /// The path of the file, such as `2023/09/24/`.
    Path,
    /// The address, in the same forms as the path.
    Url,
    /// The time of the file's last change, if that was requested.
    Mtime,
}

/// One article, read and decoded, before normalisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The id that the document requests: its path below its root with `/`, or the record's own id, or else
    /// `path#number`.
    ///
    /// Bytes of a file name that are not UTF-8 are written as `%XX`. Duplicate requests are resolved in
    /// [`Header::id`], once the order of all documents is known.
    pub id: String,
    /// The file that the document was read from, as reached from the given root (lossy where it is not UTF-8).
    pub path: String,
    /// Position within a container, counted from 1: line (JSON lines), data row (CSV) or element (JSON array).
    /// `None` where the file is one document.
    pub record: Option<u64>,
    /// Title, date, source, address and language.
    pub meta: Metadata,
    /// The article without its title, paragraphs separated by newlines.
    pub text: String,
}

/// What is kept of a [`Document`] after its text has been processed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The document's unique id within the run.
    pub id: String,
    /// The file that the document was read from, as in [`Document::path`].
    pub path: String,
    /// Position within a container, as in [`Document::record`].
    pub record: Option<u64>,
    /// Title, date, source, address and language.
    pub meta: Metadata,
    /// Length of the decoded text, in bytes.
    pub bytes: u64,
    /// The id that the document requested, if an earlier document of the run already had it.
    pub duplicate_id: Option<String>,
    /// Number of letters lost before or during decoding (U+FFFD), where there are many; otherwise 0.
    pub lost_letters: u64,
}

/// An input that yielded no document, and why. Such inputs are reported and counted; they never abort a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The file, as in [`Document::path`].
    pub path: String,
    /// Position within a container, as in [`Document::record`].
    pub record: Option<u64>,
    /// The reason, as one sentence for people.
    pub reason: String,
}

/// Returns the host of an address without `www.`: `example.org` for `https://www.example.org:8080/a`.
pub(crate) fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let host = rest.split(['/', '?', '#', ':']).next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    (!host.is_empty()).then_some(host)
}

/// Returns the nearest parent folder whose name is that of a source rather than a date or a number.
pub(crate) fn folder_name(path: &str) -> Option<&str> {
    let (folders, _) = path.rsplit_once('/')?;
    folders.rsplit('/').find(|name| is_name(name))
}

fn is_name(name: &str) -> bool {
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let digits = name.chars().filter(char::is_ascii_digit).count();
    letters > digits
}
