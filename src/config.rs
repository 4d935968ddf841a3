//! Every setting of a run, with its default in one place.
//!
//! Help texts, the configuration dump and the documentation are made from these constants.

use serde::{Deserialize, Serialize};

use crate::dates::Zone;
use crate::{Error, Result};

/// Tokens in a shingle (w-shingling, Broder 1997).
pub const SHINGLE: usize = 5;
/// Exact Jaccard of shingles at or over which two documents are copies.
pub const THRESHOLD: f64 = 0.5;
/// Share of the shorter document's shingles that must stand in the longer one for an excerpt.
pub const EXCERPT_CONTAINMENT: f64 = 0.7;
/// Minima in a signature.
pub const SIGNATURE: usize = 192;
/// Share of true copies at the threshold that the bands may miss (they miss far fewer above it).
pub const MISSES: f64 = 0.05;
/// Rarest features of a document that enter the join.
pub const RARE_FEATURES: usize = 48;
/// Rare features two documents must share to become candidates.
pub const RARE_SHARED: usize = 2;
/// Whether rewrites are looked for.
pub const REWRITES: bool = true;
/// Days that may lie between two documents of a dispatch.
pub const WINDOW: u32 = 7;
/// Largest decoded document, in bytes; longer ones are skipped with that reason.
pub const MAX_DOCUMENT_BYTES: u64 = 64 << 20;

/// Largest ratio of a compressed file's expanded size to its own. News compresses to a fifth or a tenth, the same record
/// again and again to a hundredth.
pub const MAX_EXPANSION: u64 = 200;
/// Most bytes that a compressed file expands to.
pub const MAX_EXPANDED_BYTES: u64 = 256 << 30;
/// Skipped inputs that a report lists; of more it has the number.
pub const MAX_SKIPPED: u64 = 10_000;

/// The settings of a run. Serialised into the report's `run` line, read from `wirecopy.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What is read, and how.
    pub ingest: IngestConfig,
    /// What counts as a copy, an excerpt.
    #[serde(rename = "match")]
    pub matching: MatchConfig,
}

/// What is read, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IngestConfig {
    /// Globs: a file is read if its path below its root matches one of them. An empty list takes every file.
    /// A glob without `/` matches names at any depth.
    pub include: Vec<String>,
    /// Globs of files and folders to leave out, in the same form; stronger than `include`.
    pub exclude: Vec<String>,
    /// Folders to descend below a root; 1 is the root's own files. There is no limit where it is not set.
    pub max_depth: Option<usize>,
    /// Follow symbolic links. Loops are detected and reported.
    pub follow: bool,
    /// Read files and folders whose names start with a dot.
    pub hidden: bool,
    /// Largest decoded document, in bytes; longer ones are skipped.
    #[serde(deserialize_with = "number_or_size")]
    pub max_document_bytes: u64,
    /// Times its size that a compressed file may expand to once that is more than 64 MiB; the rest is skipped.
    pub max_expansion: u64,
    /// Most bytes that a compressed file may expand to; the rest is skipped.
    #[serde(deserialize_with = "number_or_size")]
    pub max_expanded_bytes: u64,
    /// Skipped inputs that the report lists. All are counted.
    pub max_skipped: u64,
    /// Take the time of a file's last change for its date where nothing else tells one.
    pub mtime: bool,
    /// Where times of publication without a zone were written: an offset such as `+01:00`, or a name such as `Europe/Vienna`, which
    /// is looked up in the time zone database of the system. UTC when unset.
    pub timezone: Option<String>,
    /// More news agencies, and more names of known ones, in the form of `data/agencies.tsv`; added to the table that is
    /// compiled in.
    pub agencies: Option<std::path::PathBuf>,
    /// What gives a document its source: `folder`, `host` (of its address), or a regular expression that is looked for in its
    /// path, then in its id, and whose first group, else whose match is the source. Unset, the document names it.
    pub source_from: Option<String>,
    /// Names of the fields of JSON objects and CSV columns. In JSON, `content.body` is the field `body` of the object
    /// `content`.
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
pub struct FieldNames {
    /// The record's own id.
    pub id: String,
    /// The article.
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

/// What counts as a copy or an excerpt, and how candidates are found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MatchConfig {
    /// Tokens in a shingle.
    pub shingle: usize,
    /// Jaccard similarity of shingles at which two documents are copies.
    pub threshold: f64,
    /// Share of the shorter document's shingles that the longer one must contain for an excerpt.
    pub excerpt_containment: f64,
    /// Minima in a signature.
    pub signature: usize,
    /// Share of pairs at the threshold that the bands may miss.
    pub misses: f64,
    /// Rarest features of a document that enter the join.
    pub rare_features: usize,
    /// Rare features that two documents must share to become candidates; not more than `rare_features`.
    pub rare_shared: usize,
    /// Look for rewrites too; otherwise for identical texts, copies and excerpts only.
    pub rewrites: bool,
    /// How sure the scorer must be that two documents are one dispatch: a score of 0.9 (`strict`), 0.5 (`balanced`) or 0.2
    /// (`wide`) or higher.
    pub strictness: Strictness,
    /// Days that may lie between two documents of a dispatch, where both dates are known; 0 for any number. Texts that are
    /// nearly identical are not bound by it.
    pub window: u32,
    /// Group the versions of a running story; otherwise they are reported and group nothing.
    pub versions: bool,
    /// Decide by the texts alone, as if no document had a date.
    pub ignore_dates: bool,
    /// Compare the boilerplate of sites too, rather than the articles alone.
    pub keep_boilerplate: bool,
    /// Model of the scorer, as `wirecopy calibrate` writes it; the one that is shipped when unset.
    pub model: Option<std::path::PathBuf>,
}

/// How sure the scorer must be of one dispatch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strictness {
    /// Few wrong groups: a score of 0.9 and up. For published figures.
    Strict,
    /// As many wrong as missed: a score of 0.5 and up.
    #[default]
    Balanced,
    /// Few missed: a score of 0.2 and up. For reading through by eye.
    Wide,
}

impl Strictness {
    /// The score from which on two documents are of one dispatch.
    pub fn threshold(self) -> f64 {
        match self {
            Strictness::Strict => 0.9,
            Strictness::Balanced => 0.5,
            Strictness::Wide => 0.2,
        }
    }
}

impl Default for MatchConfig {
    fn default() -> Self {
        Self {
            shingle: SHINGLE,
            threshold: THRESHOLD,
            excerpt_containment: EXCERPT_CONTAINMENT,
            signature: SIGNATURE,
            misses: MISSES,
            rare_features: RARE_FEATURES,
            rare_shared: RARE_SHARED,
            rewrites: REWRITES,
            strictness: Strictness::default(),
            window: WINDOW,
            versions: true,
            ignore_dates: false,
            keep_boilerplate: false,
            model: None,
        }
    }
}

impl Config {
    /// Checks every range.
    ///
    /// # Errors
    /// [`Error::Config`] names the first setting that is out of its range, and the range.
    pub fn validate(&self) -> Result<()> {
        let m = &self.matching;
        in_range("match.shingle", m.shingle, 1, 32)?;
        in_range("match.signature", m.signature, 16, 1024)?;
        in_range("match.rare_features", m.rare_features, 1, 1024)?;
        in_range("match.rare_shared", m.rare_shared, 1, m.rare_features)?;
        share("match.threshold", m.threshold, true)?;
        share("match.excerpt_containment", m.excerpt_containment, true)?;
        share("match.misses", m.misses, false)?;
        if let Some(pattern) = &self.ingest.source_from {
            regex::Regex::new(pattern).map_err(|error| Error::Config {
                name: "ingest.source_from",
                message: format!("neither `folder` nor `host` nor a regular expression: {error}"),
            })?;
        }
        self.ingest.zone()?;
        let ingest = &self.ingest;
        for (name, value) in [
            ("ingest.max_document_bytes", ingest.max_document_bytes),
            ("ingest.max_expansion", ingest.max_expansion),
            ("ingest.max_expanded_bytes", ingest.max_expanded_bytes),
        ] {
            if value == 0 {
                return Err(Error::Config { name, message: "must be at least 1".to_owned() });
            }
        }
        Ok(())
    }
}

impl IngestConfig {
    /// The zone of times without one.
    pub(crate) fn zone(&self) -> Result<Option<Zone>> {
        let zone = self.timezone.as_deref().map(Zone::named).transpose();
        zone.map_err(|message| Error::Config { name: "ingest.timezone", message })
    }
}

fn in_range(name: &'static str, value: usize, low: usize, high: usize) -> Result<()> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(Error::Config { name, message: format!("{value} is not in {low} to {high}") })
}

fn share(name: &'static str, value: f64, one_allowed: bool) -> Result<()> {
    if value > 0.0 && (value < 1.0 || (one_allowed && value <= 1.0)) {
        return Ok(());
    }
    let high = if one_allowed { "1" } else { "under 1" };
    Err(Error::Config { name, message: format!("{value} is not over 0 and up to {high}") })
}

/// Bytes written as people write them: `4096`, `64K`, `64M`, `1G` (powers of 1024; `KiB` and `KB` mean the same).
///
/// # Errors
/// A sentence with what would be right.
pub fn parse_size(text: &str) -> std::result::Result<u64, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let shift = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => return Err(format!("`{text}` is no size: write bytes, or a number with K, M or G")),
    };
    let number: u64 = text[..digits]
        .parse()
        .map_err(|_| format!("`{text}` is no size: write bytes, or a number with K, M or G"))?;
    number.checked_mul(1 << shift).ok_or_else(|| format!("`{text}` is too large"))
}

fn number_or_size<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<u64, D::Error> {
    Size::deserialize(deserializer)?.bytes().map_err(serde::de::Error::custom)
}

#[cfg(feature = "cli")]
pub(crate) fn number_or_size_or_none<'de, D: serde::Deserializer<'de>>(
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
    fn sizes_as_people_write_them() {
        assert_eq!(parse_size("4096"), Ok(4096));
        assert_eq!(parse_size("64M"), Ok(64 << 20));
        assert_eq!(parse_size(" 2 GiB"), Ok(2 << 30));
        assert!(parse_size("64X").is_err() && parse_size("").is_err() && parse_size("-1").is_err());
        assert!(parse_size("99999999999G").is_err());
    }
}
