//! Every setting of a run, with its default defined in one place.
//!
//! Help texts, the configuration dump and the documentation are generated from these constants.

use serde::{Deserialize, Serialize};

use crate::dates::Zone;
use wirecopy_core::{Error, Result};

/// Size of the largest decoded document, in bytes. Larger ones are skipped.
pub const MAX_DOCUMENT_BYTES: u64 = 64 << 20;

/// Largest ratio of a compressed file's expanded size to its compressed size. News compresses to between a tenth
/// and a fifth of its size, one record repeated many times to a hundredth.
pub const MAX_EXPANSION: u64 = 200;
/// Most bytes that a compressed file may expand to.
pub const MAX_EXPANDED_BYTES: u64 = 256 << 30;
/// Number of skipped inputs that a report lists. The others are only counted.
pub const MAX_SKIPPED: u64 = 10_000;

/// Which inputs are read, and how. Start from the defaults and change fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct IngestConfig {
    /// Globs: a file is read if its path below its root matches one of them. An empty list takes every file.
    /// A glob without `/` matches names at any depth.
    pub include: Vec<String>,
    /// Globs of files and folders to leave out, in the same form. They take precedence over `include`.
    pub exclude: Vec<String>,
    /// Folders to descend below a root; 1 is the root's own files. There is no limit where it is not set.
    pub max_depth: Option<usize>,
    /// Whether symbolic links are followed. Loops are detected and reported.
    pub follow: bool,
    /// Whether files and folders whose names begin with a dot are read.
    pub hidden: bool,
    /// Largest decoded document, in bytes; longer ones are skipped.
    #[serde(deserialize_with = "number_or_size")]
    pub max_document_bytes: u64,
    /// Most times its own size that a compressed file may expand to, once it has expanded to more than 64 MiB. The
    /// rest is skipped.
    pub max_expansion: u64,
    /// Most bytes that a compressed file may expand to; the rest is skipped.
    #[serde(deserialize_with = "number_or_size")]
    pub max_expanded_bytes: u64,
    /// Number of skipped inputs that the report lists. All are counted.
    pub max_skipped: u64,
    /// Whether the time of a file's last change is used as its date when it has no other.
    pub mtime: bool,
    /// Time zone of publication times that name none: an offset such as `+01:00`, or a name such as
    /// `Europe/Vienna`, which is looked up in the system's time zone database. UTC when unset.
    pub timezone: Option<String>,
    /// More news agencies, and more names of known ones, in the form of `crates/wirecopy-core/data/agencies.tsv`;
    /// added to the table that is compiled in.
    pub agencies: Option<std::path::PathBuf>,
    /// Where a document's source comes from: `folder`, `host` (of its address), or a regular expression that is
    /// searched for in its path and then in its id. The source is the first capture group, or the whole match if
    /// there is none. When unset, the document's own metadata names it.
    pub source_from: Option<String>,
    /// Names of the fields of JSON objects and of CSV columns. In JSON, `content.body` is the field `body` of the
    /// object `content`.
    pub fields: FieldNames,
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self {
            include: Vec::new(),
            exclude: Vec::new(),
            max_depth: None,
            follow: false,
            hidden: false,
            max_document_bytes: MAX_DOCUMENT_BYTES,
            max_expansion: MAX_EXPANSION,
            max_expanded_bytes: MAX_EXPANDED_BYTES,
            max_skipped: MAX_SKIPPED,
            mtime: false,
            timezone: None,
            agencies: None,
            source_from: None,
            fields: FieldNames::default(),
        }
    }
}

/// Names of the fields that hold a document in JSON objects and CSV columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct FieldNames {
    /// The record's own id.
    pub id: String,
    /// The text of the article.
    pub text: String,
    /// Its headline.
    pub title: String,
    /// Its publication date.
    pub date: String,
    /// Its publisher.
    pub source: String,
    /// Its address.
    pub url: String,
}

impl Default for FieldNames {
    fn default() -> Self {
        let name = str::to_owned;
        Self {
            id: name("id"),
            text: name("text"),
            title: name("title"),
            date: name("date"),
            source: name("source"),
            url: name("url"),
        }
    }
}

impl IngestConfig {
    /// Checks every range.
    ///
    /// # Errors
    /// Returns [`Error::Config`] with the name of the first setting that is out of range, and the range.
    pub fn validate(&self) -> Result<()> {
        if let Some(pattern) = &self.source_from {
            regex::Regex::new(pattern).map_err(|error| Error::Config {
                name: "ingest.source_from",
                message: format!("neither `folder` nor `host` nor a regular expression: {error}"),
            })?;
        }
        self.zone()?;
        for (name, value) in [
            ("ingest.max_depth", self.max_depth.map_or(1, |depth| depth as u64)),
            ("ingest.max_document_bytes", self.max_document_bytes),
            ("ingest.max_expansion", self.max_expansion),
            ("ingest.max_expanded_bytes", self.max_expanded_bytes),
        ] {
            if value == 0 {
                return Err(Error::Config { name, message: "must be at least 1".to_owned() });
            }
        }
        Ok(())
    }

    /// Parses the time zone of times that name none.
    pub(crate) fn zone(&self) -> Result<Option<Zone>> {
        let zone = self.timezone.as_deref().map(Zone::named).transpose();
        zone.map_err(|message| Error::Config { name: "ingest.timezone", message })
    }
}

/// Bytes written as people write them: `4096`, `64K`, `64M`, `1G` (powers of 1024; `KiB` and `KB` mean the same).
///
/// # Errors
/// Returns a sentence that says what is accepted.
pub fn parse_size(text: &str) -> std::result::Result<u64, String> {
    let text = text.trim();
    let no_size = || format!("`{text}` is not a size: write a number of bytes, or a number with K, M or G");
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let shift = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => return Err(no_size()),
    };
    let number: u64 = text[..digits].parse().map_err(|_| no_size())?;
    number.checked_mul(1 << shift).ok_or_else(|| format!("`{text}` is too large"))
}

fn number_or_size<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<u64, D::Error> {
    Size::deserialize(deserializer)?.bytes().map_err(serde::de::Error::custom)
}

/// Reads a number of bytes or a size such as `64M`, for serde.
///
/// # Errors
/// Fails for any other value.
pub fn number_or_size_or_none<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<u64>, D::Error> {
    let size = Option::<Size>::deserialize(deserializer)?;
    size.map(Size::bytes).transpose().map_err(serde::de::Error::custom)
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a number of bytes, or a size such as \"64M\"")]
enum Size {
    Number(u64),
    Text(String),
}

impl Size {
    fn bytes(self) -> std::result::Result<u64, String> {
        match self {
            Size::Number(number) => Ok(number),
            Size::Text(text) => parse_size(&text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse_size;

    #[test]
    fn sizes_are_parsed_with_and_without_units() {
        assert_eq!(parse_size("4096"), Ok(4096));
        assert_eq!(parse_size("64M"), Ok(64 << 20));
        assert_eq!(parse_size(" 2 GiB"), Ok(2 << 30));
        assert!(parse_size("64X").is_err() && parse_size("").is_err() && parse_size("-1").is_err());
        assert!(parse_size("99999999999G").is_err());
    }
}
