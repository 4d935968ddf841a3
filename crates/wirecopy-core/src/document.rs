//! The output of ingest: a [`Document`] with its [`Metadata`], or a [`Skipped`] input with the reason.

use std::fmt;

use serde::{Deserialize, Serialize};
use wirecopy_spill::Record;

/// Position of a document in a run: by id once all documents are read, and in reading order before that.
///
/// Positions start at 0 without gaps, so that stages can use them as indices. They never appear in a report, which
/// names documents by [`Document::id`]. Ties that are broken by position are thus broken by id, whatever the order of
/// the input.
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

/// What a document says about itself besides its text. Every field is optional, since news often lacks some of
/// them. Fields may be added: write `..Metadata::default()` after those that are known.
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
    /// What the news delivery says of the item: an identifier, a version, a status. `None` for what is not delivered in a form
    /// that has these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Box<Delivery>>,
}

/// What an agency's delivery (NewsML, NITF, ninjs, IPTC 7901, a feed) says of an item besides its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Delivery {
    /// The identifier that all versions of the item share, as written: the `guid` of NewsML-G2 and feeds, the `uri` of ninjs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guid: Option<String>,
    /// The version of the item, as written. Later versions have higher numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Whether the item may be published.
    #[serde(skip_serializing_if = "Status::is_usable")]
    pub status: Status,
    /// The time before which the item may not be published, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embargo: Option<String>,
    /// Why this version was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<Signal>,
    /// The slug: a few keywords by which the agency names the story.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// The dateline: where, and mostly when, the story was filed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dateline: Option<String>,
    /// The credit line: the agency to be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
    /// When the first version of the item was created, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
}

impl Delivery {
    /// Returns the identifier if it is one for the whole world: an address, `urn:` or `tag:`, rather than the number of a row in
    /// somebody's database. The address of a whole site, without a path, identifies no item.
    pub fn uri(&self) -> Option<&str> {
        let after = |guid: &'_ str, scheme: &str| {
            guid.get(..scheme.len())
                .is_some_and(|own| own.eq_ignore_ascii_case(scheme))
                .then_some(scheme.len())
        };
        self.guid.as_deref().filter(|guid| {
            let address =
                ["http://", "https://"].into_iter().find_map(|scheme| guid.get(after(guid, scheme)?..));
            match address {
                Some(address) => address
                    .split_once(['/', '?', '#'])
                    .is_some_and(|(_, path)| !path.trim_matches(['/', '?', '#']).is_empty()),
                None => ["tag:", "urn:"].into_iter().any(|scheme| after(guid, scheme).is_some()),
            }
        })
    }

    /// Returns the number of the version, if it is one.
    pub fn version_number(&self) -> Option<u64> {
        self.version.as_ref()?.trim().parse().ok()
    }
}

/// Whether a delivered item may be published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// It may be published: what everything is that says nothing else.
    #[default]
    Usable,
    /// It may not be published yet: under an embargo, or withheld.
    Withheld,
    /// The sender has withdrawn it.
    Canceled,
}

impl Status {
    /// Returns whether the item may be published.
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
    pub fn is_usable(&self) -> bool {
        *self == Self::Usable
    }
}

/// Why a version of a delivered item was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Signal {
    /// It brings the story up to date.
    Update,
    /// It corrects an error.
    Correction,
}

/// Where a publication date was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
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

/// One article, read and decoded, before normalisation. Fields may be added: write `..Document::default()` after
/// those that are known; [`text`](Self::text) alone is enough for a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The id that the document requests: its path below its root with `/`, or the record's own id, or else
    /// `path#number`.
    ///
    /// Bytes of a file name that are not UTF-8 are written as `%XX`. Several requests for one id are resolved
    /// in [`Header::id`].
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
    /// The id that the document requested, if another document of the run has it.
    pub duplicate_id: Option<String>,
    /// The id to use if another document has the requested one: that of its file, followed by `#` and the number for a
    /// record.
    pub fallback: String,
    /// Number of letters lost before or during decoding (U+FFFD), where there are many; otherwise 0.
    pub lost_letters: u64,
}

/// An input that yielded no document, and why. Such inputs are reported and counted; they never abort a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Skipped {
    /// The file, as in [`Document::path`].
    pub path: String,
    /// Position within a container, as in [`Document::record`].
    pub record: Option<u64>,
    /// The kind of the reason, for programs.
    #[serde(default)]
    pub kind: SkipKind,
    /// The reason, as one sentence for people.
    pub reason: String,
}

/// The kind of reason for which an input yields no document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SkipKind {
    /// The system refused to open or read it.
    Unreadable,
    /// A named pipe, a socket, a device or a folder where a file was expected.
    NotAFile,
    /// A symbolic link that leads nowhere or back to a folder above it.
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

/// The reason why an input yields no document: [`Skipped`] without its position.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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

/// Joins the words of a text with single spaces; `None` if there are none.
pub fn one_line(text: &str) -> Option<String> {
    if is_one_line(text.as_bytes()) {
        return Some(text.to_owned());
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Returns whether a text is ASCII words joined by single spaces, as most titles, dates and addresses are.
fn is_one_line(text: &[u8]) -> bool {
    // Bytes below a space may be white space, too.
    let is_plain = |&byte: &u8| (b' '..0x7f).contains(&byte);
    let (Some(b'!'..), Some(b'!'..)) = (text.first(), text.last()) else { return false };
    text.iter().all(is_plain) && text.windows(2).all(|two| two != b"  ")
}

/// Returns the host of an address without `www.`: `example.org` for `https://www.example.org:8080/a`.
pub fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let host = rest.split(['/', '?', '#', ':']).next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    (!host.is_empty()).then_some(host)
}

/// Returns the nearest parent folder whose name is that of a source rather than a date or a number.
pub fn folder_name(path: &str) -> Option<&str> {
    let (folders, _) = path.rsplit_once('/')?;
    folders.rsplit('/').find(|name| is_name(name))
}

fn is_name(name: &str) -> bool {
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let digits = name.chars().filter(char::is_ascii_digit).count();
    letters > digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifier_of_an_item_is_not_that_of_a_site_or_a_row() {
        let uri = |guid: &str| {
            Delivery { guid: Some(guid.to_owned()), ..Delivery::default() }.uri().map(str::to_owned)
        };
        for guid in [
            "urn:newsml:a:1",
            "TAG:a,2024:1",
            "https://a.example/x",
            "http://a.example/?p=12",
            "https://a.example#7",
        ] {
            assert_eq!(uri(guid).as_deref(), Some(guid));
        }
        for guid in [
            "12",
            "post:1",
            "https://a.example",
            "https://a.example/",
            "HTTP://a.example//",
            "http://a.example/?",
            "",
        ] {
            assert_eq!(uri(guid), None, "{guid}");
        }
    }

    #[test]
    fn words_are_joined_by_single_spaces() {
        for text in [
            "",
            " ",
            "a",
            "a b",
            "a  b",
            " a",
            "a ",
            "a\tb",
            "a\u{b}b",
            "a\u{1c}b",
            "é b",
            "é\u{a0}b",
            "a \n b",
        ] {
            let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(one_line(text), Some(joined).filter(|joined| !joined.is_empty()), "{text:?}");
        }
    }

    #[test]
    fn host_is_extracted_from_urls() {
        assert_eq!(host("https://www.example.org/a?b"), Some("example.org"));
        assert_eq!(host("http://example.org:80/"), Some("example.org"));
        assert_eq!(host("/relative"), None);
    }
}
