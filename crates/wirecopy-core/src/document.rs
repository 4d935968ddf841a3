//! What ingest hands on: a [`Document`] with its [`Metadata`], or a [`Skipped`] input with the reason.

use std::fmt;

use serde::{Deserialize, Serialize};
use wirecopy_spill::Record;

/// Position of a document in one run: the order in which ingest delivered it.
///
/// Dense, starting at 0, so that stages can use it as an index. It never appears in a report; documents are named
/// there by [`Document::id`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocId(pub u32);

impl DocId {
    /// The position as an index into per-document arrays.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for DocId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl Record for DocId {
    const BYTES: usize = u32::BYTES;

    #[inline]
    fn put(self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    #[inline]
    fn take(bytes: &[u8]) -> Self {
        Self(u32::take(bytes))
    }
}

/// What a document says about itself besides its text. Every field is optional: news arrives in all states.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Headline, on one line.
    pub title: Option<String>,
    /// Publication date as it was found, unparsed.
    pub date: Option<String>,
    /// The same date in ISO 8601: as exact as it is written, with the zone that it names.
    pub published: Option<String>,
    /// Where the date was found.
    pub date_origin: Option<DateOrigin>,
    /// Why a date that was found before is not used.
    pub date_problem: Option<String>,
    /// Publisher: the `source` field, the page's site name, or none.
    pub source: Option<String>,
    /// Address the text was published under.
    pub url: Option<String>,
    /// Lines that name who wrote or sent the text: the byline of a page, the `author` or `byline` of a record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bylines: Vec<String>,
    /// ISO 639-3 code guessed from the text, or the one the document declares.
    pub language: Option<String>,
}

/// Where a publication date was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrigin {
    /// The metadata of a page.
    Metadata,
    /// A field of a record, a column of a table, the front matter of Markdown.
    Field,
    /// The first lines of the text.
    Text,
    /// The path of the file, such as `2023/09/24/`.
    Path,
    /// The address, in the same forms.
    Url,
    /// The time of the file's last change, where that was asked for.
    Mtime,
}

/// One article, read and decoded, before any normalisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The name the document asks for: the path below its root with `/`, or the record's own id, else `path#number`.
    ///
    /// Bytes of a file name that are not UTF-8 stand as `%XX`. A second claim to one id is settled in
    /// [`Header::id`], when the order of all documents is known.
    pub id: String,
    /// File the document was read from, as it was reached from the root given (lossy where it is not UTF-8).
    pub path: String,
    /// Line (JSON lines), data row (CSV) or position (JSON array), counted from 1, within a container; `None` for
    /// one document a file.
    pub record: Option<u64>,
    /// Title, date, source, address, language.
    pub meta: Metadata,
    /// The article without its title: paragraphs separated by newlines.
    pub text: String,
}

/// What is left of a [`Document`] once its text has been worked on: its name and what it says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Unique name within a run.
    pub id: String,
    /// File the document was read from, as for [`Document::path`].
    pub path: String,
    /// Line, row or position in a container, as for [`Document::record`].
    pub record: Option<u64>,
    /// Title, date, source, address, language.
    pub meta: Metadata,
    /// Length of the text, decoded, in bytes.
    pub bytes: u64,
    /// The id the document asked for, where an earlier document of the run had it already.
    pub duplicate_id: Option<String>,
    /// Letters that were lost before or while it was decoded (U+FFFD), where they are many.
    pub lost_letters: u64,
}

/// An input that gave no document, and why. It is data: reported, counted, never an abort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// File, as for [`Document::path`].
    pub path: String,
    /// Line or row within a container, counted from 1.
    pub record: Option<u64>,
    /// Why, for programs.
    #[serde(default)]
    pub kind: SkipKind,
    /// One sentence that a person understands.
    pub reason: String,
}

/// Why an input gave no document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SkipKind {
    /// The system refused to open or read it.
    Unreadable,
    /// A named pipe, a socket, a device or a folder where a file was expected.
    NotAFile,
    /// A symbolic link that is not followed, leads nowhere or leads back to a folder above it.
    Link,
    /// Compressed data that is damaged or breaks off.
    Damaged,
    /// A document longer than `ingest.max_document_bytes`.
    TooLarge,
    /// Compressed data that expands beyond `ingest.max_expansion` or `ingest.max_expanded_bytes`.
    Limit,
    /// Not text: a PDF, a picture, another binary file.
    NotText,
    /// A format that this build of the program cannot read.
    Unsupported,
    /// JSON or a table that cannot be parsed.
    Malformed,
    /// No field or column holds the text, or what it holds is not text.
    NoTextField,
    /// No text, no words or no records.
    Empty,
    /// A page that holds no article: a notice only, or its text is in a script.
    NoArticle,
    /// Written by this program: a report, a table, a page, a model.
    OwnOutput,
    /// Anything else, and every input in a report of schema 1.
    #[default]
    #[serde(other)]
    Other,
}

impl SkipKind {
    /// Returns the refusal of an input for this kind of reason, in one sentence.
    pub fn because(self, reason: impl Into<String>) -> Refusal {
        Refusal { kind: self, reason: reason.into() }
    }
}

/// Why an input gives no document: [`Skipped`] without its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The kind of the reason.
    pub kind: SkipKind,
    /// The reason in one sentence.
    pub reason: String,
}

impl Refusal {
    /// Returns the skipped input for the place of this refusal.
    pub fn at(self, path: impl Into<String>, record: Option<u64>) -> Skipped {
        Skipped { path: path.into(), record, kind: self.kind, reason: self.reason }
    }
}

/// `example.org` of `https://www.example.org:8080/a`.
pub fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let host = rest.split(['/', '?', '#', ':']).next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    (!host.is_empty()).then_some(host)
}

/// The nearest folder above a file whose name is that of a source: not a date or a number, as folders by day have.
pub fn folder_name(path: &str) -> Option<&str> {
    let (folders, _) = path.rsplit_once('/')?;
    folders.rsplit('/').find(|name| is_name(name))
}

fn is_name(name: &str) -> bool {
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let digits = name.chars().filter(char::is_ascii_digit).count();
    letters > digits
}
