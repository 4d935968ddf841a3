//! The lines of a run report, schema 2: one JSON object per line, with `type` first, in the order
//! `run`, `document`s, `skipped`s, `boilerplate`s, `edge`s, `cluster`s, `summary`.
//!
//! Keys and lines may be added. Renaming or removing one requires a new schema number.

use serde::{Deserialize, Serialize};

use crate::Config;
use wirecopy_core::document::{DateOrigin, Delivery, Signal, Skipped, Status};
use wirecopy_core::score::{Feature, Kind, Model, Sum};
use wirecopy_core::text::NoArticle;
use wirecopy_core::text::credit::Credit;
use wirecopy_core::{Relation, Similarity};

/// Schema number of the reports that this version writes. It can also read schema 1.
pub const SCHEMA: u32 = 2;

/// One line of a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Line {
    /// The first line: version, command and settings.
    Run(Box<RunLine>),
    /// A document, in the order of reading.
    Document(DocumentLine),
    /// An input that yielded no document.
    Skipped(Skipped),
    /// A learned boilerplate line of a source.
    Boilerplate(BoilerplateLine),
    /// A verified pair.
    Edge(EdgeLine),
    /// A cluster of two or more documents, largest first.
    Cluster(ClusterLine),
    /// The last line. A report without it is truncated.
    Summary(SummaryLine),
    /// A type that this version does not know.
    #[serde(other)]
    Unknown,
}

/// The `run` line: version, command and settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RunLine {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Version of the program.
    pub version: String,
    /// The command as typed, one string per argument.
    pub command: Vec<String>,
    /// Start of the run, RFC 3339 in UTC. Differs between otherwise equal runs, as do the command, the timings and the
    /// peak memory.
    pub started: String,
    /// The effective settings.
    pub config: Config,
    /// The weights of the scorer's features; `None` if the run did not look for rewrites.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelLine>,
}

/// The scorer's model: its features and their weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelLine {
    /// Weights for pairs without passages in common.
    #[serde(flatten)]
    pub without_passages: Sum,
    /// Weights for pairs with passages in common (feature `passages`), then for those of them that were published near each
    /// other (feature `near`), and for those of them that have the same source (feature `same_source`). Their features are in the same
    /// order. Earlier reports have no weights of their own for the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with_passages: Vec<Sum>,
}

impl ModelLine {
    /// Extracts the weights of a model.
    pub fn of(model: &Model) -> Self {
        let [without_passages, with_passages @ ..] = model.sums();
        Self { without_passages, with_passages: with_passages.into() }
    }

    /// Returns the weights that apply to a pair with these feature values.
    pub fn sum_of(&self, values: &[f64]) -> &Sum {
        let value = |feature: Feature| {
            let at =
                self.without_passages.features.iter().position(|addend| addend.feature == feature.name());
            at.and_then(|at| values.get(at)).copied().unwrap_or_default()
        };
        let [passages, near, same_source] =
            [Feature::Passages, Feature::Near, Feature::SameSource].map(value);
        let kind = Kind::of(passages, near, same_source) as usize;
        let with_passages = |at| self.with_passages.get(at).or(self.with_passages.last());
        kind.checked_sub(1).and_then(with_passages).unwrap_or(&self.without_passages)
    }
}

/// A document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DocumentLine {
    /// Unique id.
    pub id: String,
    /// File it was read from.
    pub path: String,
    /// Number of the record in a container, from 1.
    pub record: Option<u64>,
    /// Headline.
    pub title: Option<String>,
    /// Publication date as found, if it could be parsed.
    pub date: Option<String>,
    /// The same date in ISO 8601, with its original precision and time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Where the date was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_origin: Option<DateOrigin>,
    /// A date that was found but not used, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_problem: Option<String>,
    /// Publisher.
    pub source: Option<String>,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// ISO 639-3 code.
    pub language: Option<String>,
    /// Agencies that the document names as its source.
    pub credits: Vec<String>,
    /// Where each credit was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credit_evidence: Vec<Credit>,
    /// Number of tokens of the text.
    pub tokens: u32,
    /// Number of those that are boilerplate.
    pub boilerplate_tokens: u32,
    /// Hash of the other tokens in order, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The id that the record specified, if another document already had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_id: Option<String>,
    /// Whether it is a reference, which takes part in matching but is always kept.
    #[serde(default, skip_serializing_if = "is_false")]
    pub reference: bool,
    /// Why it contains no article, if so: captions only, an empty page, a notice, a list of teasers. Such a document is not
    /// grouped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_article: Option<NoArticle>,
    /// If the document quotes several unrelated stories (a digest, news in brief), the documents that it quotes. It is not
    /// grouped with any of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub composite: Vec<String>,
    /// What the news delivery says of the item: identifier, version, status. Only for forms that have these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Box<Delivery>>,
    /// The text, if the run was asked to keep texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl DocumentLine {
    /// Returns what a reader must know before using the item: `canceled`, `withheld` or `correction`.
    pub(crate) fn warning(&self) -> Option<&'static str> {
        let delivery = self.delivery.as_deref()?;
        match (delivery.status, delivery.signal) {
            (Status::Canceled, _) => Some("canceled"),
            (Status::Withheld, _) => Some("withheld"),
            (_, Some(Signal::Correction)) => Some("correction"),
            _ => None,
        }
    }

    /// Returns the date in ISO 8601; as found in reports of earlier versions, which have no `published`.
    pub(crate) fn written_date(&self) -> Option<&str> {
        self.published.as_deref().or(self.date.as_deref())
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_false(value: &bool) -> bool {
    !*value
}

fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// A line or a part of a line that a source adds to its stories, as learned by the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BoilerplateLine {
    /// The source: a name, a host, a folder or a container.
    pub source: String,
    /// The line as printed in the first document, shortened if long; `None` if it could not be read again.
    pub line: Option<String>,
    /// Number of documents in which it, or any part of it, was marked.
    pub documents: u32,
    /// Hash of line and source; see [`SourceLines::key`](wirecopy_core::text::SourceLines::key). For a part of a line, the first of
    /// `shingles`.
    #[serde(with = "hexadecimal")]
    pub key: u64,
    /// Hashes of the shingles that make up a part of a line; empty for a whole line.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "hexadecimals")]
    pub shingles: Vec<u64>,
}

/// Serialises 64 bits as 16 hexadecimal digits. Programs that parse numbers as floating point would round an integer.
mod hexadecimal {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
    pub(super) fn serialize<S: Serializer>(key: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{key:016x}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.len() == 16 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        let key = digits.then(|| u64::from_str_radix(&text, 16).ok()).flatten();
        key.ok_or_else(|| D::Error::custom(format_args!("key `{text}`, which is not 16 hexadecimal digits")))
    }
}

/// Serialises a list of 64-bit values, each as 16 hexadecimal digits.
mod hexadecimals {
    use serde::de::{Deserialize, Deserializer};
    use serde::ser::Serializer;

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Key(#[serde(with = "super::hexadecimal")] u64);

    pub(super) fn serialize<S: Serializer>(keys: &[u64], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(keys.iter().copied().map(Key))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
        Ok(Vec::<Key>::deserialize(deserializer)?.into_iter().map(|key| key.0).collect())
    }
}

/// A verified pair, of which the id `a` sorts before `b` byte by byte.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EdgeLine {
    /// Id of the first document.
    pub a: String,
    /// Id of the second document.
    pub b: String,
    /// How they are related.
    pub relation: Relation,
    /// Probability of one dispatch.
    pub score: Similarity,
    /// Exact Jaccard similarity of their shingles.
    pub jaccard: Similarity,
    /// Share of `a`'s words that occur in `b`; repeated words count as often as they occur in both.
    pub containment_a: Similarity,
    /// Share of `b`'s words that occur in `a`; repeated words count as often as they occur in both.
    pub containment_b: Similarity,
    /// The rarest shared features, in words.
    pub evidence: Vec<String>,
    /// The feature values, in the order of the features of [`RunLine::model`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<f64>,
}

/// A cluster: the documents of one dispatch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ClusterLine {
    /// Stable id, derived from the members' ids.
    pub cluster: String,
    /// The headline of a member that fits the texts best, else the representative's first sentence, shortened; `None` if
    /// neither is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Id of the member that covers the others best.
    pub representative: String,
    /// Id of the earliest member; `None` if it cannot be determined.
    pub earliest: Option<String>,
    /// How `earliest` was determined; `None` if `earliest` is.
    #[serde(default)]
    pub earliest_by: Option<EarliestBy>,
    /// Agencies that members credit, most members first.
    pub credits: Vec<String>,
    /// Members without a credit, if another member credits an agency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncredited: Vec<String>,
    /// Every member, the representative first, then by id.
    pub members: Vec<MemberLine>,
    /// The versions that the members print, earliest first; empty if there is only one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<VersionLine>,
}

/// A version of a running story, with its changes from the previous version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VersionLine {
    /// Number of the version, from 1.
    pub version: u32,
    /// Ids of the members that print it, by date; those without a date come last.
    pub members: Vec<String>,
    /// The earliest date of these members, in ISO 8601 with its original precision; `None` if none has a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_printed: Option<String>,
    /// Publishers of these members by date, each once.
    pub outlets: Vec<String>,
    /// Number of words that the previous version lacks; `None` for the first version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words_added: Option<u32>,
    /// Number of words of the previous version that this one lacks; `None` for the first version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words_dropped: Option<u32>,
    /// The first added sentence, shortened if long; `None` if there is none or it could not be read again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<String>,
    /// The first dropped sentence, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped: Option<String>,
}

/// A member of a cluster, and its relation to the representative.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MemberLine {
    /// Id of the document.
    pub id: String,
    /// Relation to the representative; `None` for the representative itself, and for a member that is connected only through
    /// other members.
    pub relation: Option<Relation>,
    /// Score of the pair with the representative; 1 for the representative itself.
    pub score: Similarity,
    /// Share of its words in passages that the representative also contains; `None` for the representative itself.
    #[serde(default)]
    pub copied_from_representative: Option<Similarity>,
    /// Share of its words in passages that any other member also contains.
    #[serde(default)]
    pub copied_from_cluster: Similarity,
    /// The previous version by the same publisher, if the member is an update of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_of: Option<String>,
    /// The version that it prints, 1 for the earliest; `None` if the cluster has only one version, or if the member shares no
    /// passages with the versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// With `--evidence`, its passages that occur in other members, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passages: Vec<PassageLine>,
}

/// A passage that a member shares with another. Positions count compared tokens from 0; the end is exclusive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PassageLine {
    /// First token of the passage in the member.
    pub start: u32,
    /// One past its last token.
    pub end: u32,
    /// The member that also contains it: the representative, else the first by id.
    pub from: String,
    /// First token of the passage in that member.
    pub from_start: u32,
}

/// How the earliest member of a cluster was determined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EarliestBy {
    /// Its date is before that of every other member with a date.
    Date,
    /// Dates leave several candidates, of which all others print later versions.
    Version,
    /// A guess: dates and versions do not decide. A date with a time is preferred, then a text with an agency credit, then
    /// the order of ids.
    Guess,
}

/// The `summary` line: totals of the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SummaryLine {
    /// Number of documents.
    pub documents: u64,
    /// Number of skipped inputs.
    pub skipped: u64,
    /// Number of skipped inputs without a line, because there are more than
    /// [`max_skipped`](wirecopy_ingest::config::IngestConfig::max_skipped).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skipped_unlisted: u64,
    /// Number of documents that contain no article.
    #[serde(default)]
    pub without_article: u64,
    /// Number of clusters of two or more documents.
    pub clusters: u64,
    /// Number of documents in clusters.
    pub clustered_documents: u64,
    /// Number of edges by relation.
    pub edges: EdgeCounts,
    /// Number of tokens of all documents.
    pub tokens: u64,
    /// Bytes of decoded text of all documents.
    pub bytes: u64,
    /// Counts and seconds of each stage.
    pub stages: Vec<StageLine>,
    /// Wall-clock seconds of the whole run.
    pub seconds: f64,
    /// Peak resident memory in bytes, if the system reports it.
    pub peak_memory: Option<u64>,
    /// Whether each document's folder was used as its source, because no document named one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub folder_sources: bool,
    /// The table that rare features are counted in, if rewrites were looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature_table: Option<FeatureTable>,
}

/// The table that rare features are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FeatureTable {
    /// Number of counters, which follows from the texts.
    pub counters: u64,
    /// Share of the counters in use, 0 to 1. The fuller the table, the more features of only one document seem to occur in
    /// others, and the more rewrites are missed.
    pub used: Similarity,
}

/// Number of edges by relation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EdgeCounts {
    /// Number of edges with [`Relation::Identical`].
    pub identical: u64,
    /// Number of edges with [`Relation::Copy`].
    pub copy: u64,
    /// Number of edges with [`Relation::Excerpt`].
    pub excerpt: u64,
    /// Number of edges with [`Relation::Version`].
    #[serde(default)]
    pub version: u64,
    /// Number of edges with [`Relation::Rewrite`].
    pub rewrite: u64,
    /// Number of edges with [`Relation::Partial`].
    #[serde(default)]
    pub partial: u64,
}

impl EdgeCounts {
    /// Returns the number of edges with a relation.
    pub fn of(&self, relation: Relation) -> u64 {
        match relation {
            Relation::Identical => self.identical,
            Relation::Copy => self.copy,
            Relation::Excerpt => self.excerpt,
            Relation::Version => self.version,
            Relation::Rewrite => self.rewrite,
            Relation::Partial => self.partial,
        }
    }

    /// Returns the number of all edges.
    pub fn total(&self) -> u64 {
        Relation::ALL.iter().map(|&relation| self.of(relation)).sum()
    }

    /// Counts one edge.
    pub fn add(&mut self, relation: Relation) {
        *match relation {
            Relation::Identical => &mut self.identical,
            Relation::Copy => &mut self.copy,
            Relation::Excerpt => &mut self.excerpt,
            Relation::Version => &mut self.version,
            Relation::Rewrite => &mut self.rewrite,
            Relation::Partial => &mut self.partial,
        } += 1;
    }
}

/// Counts and time of one stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StageLine {
    /// Name of the stage.
    pub stage: String,
    /// Number of items that went in.
    #[serde(rename = "in")]
    pub came_in: u64,
    /// Number of items that came out.
    #[serde(rename = "out")]
    pub came_out: u64,
    /// Wall-clock seconds.
    pub seconds: f64,
}
