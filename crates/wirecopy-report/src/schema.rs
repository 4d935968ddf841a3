//! The lines of a run report, schema 2: one JSON object a line, `type` first, in the order
//! `run`, `document`s, `skipped`s, `boilerplate`s, `edge`s, `cluster`s, `summary`.
//!
//! Keys and lines may be added; none is renamed or removed without a new schema number.

use serde::{Deserialize, Serialize};

use crate::Config;
use wirecopy_core::document::{DateOrigin, Skipped};
use wirecopy_core::score::{Feature, Kind, Model, Sum};
use wirecopy_core::text::NoArticle;
use wirecopy_core::text::credit::Credit;
use wirecopy_core::{Relation, Similarity};

/// The schema number that this version writes. It reads schema 1 too.
pub const SCHEMA: u32 = 2;

/// One line of a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Line {
    /// First line.
    Run(Box<RunLine>),
    /// One a document, in the order of reading.
    Document(DocumentLine),
    /// One an input that gave no document.
    Skipped(Skipped),
    /// One a line that a source was learned to add to its texts.
    Boilerplate(BoilerplateLine),
    /// One a verified pair.
    Edge(EdgeLine),
    /// One a cluster of two or more, largest first.
    Cluster(ClusterLine),
    /// Last line: a report without it was cut off.
    Summary(SummaryLine),
    /// A type that this version does not know.
    #[serde(other)]
    Unknown,
}

/// What was run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RunLine {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Version of the program.
    pub version: String,
    /// The command as it was typed, one string an argument.
    pub command: Vec<String>,
    /// When the run began, RFC 3339 in UTC. Differs between equal runs, as do the command, the timings and the
    /// peak memory.
    pub started: String,
    /// The effective settings.
    pub config: Config,
    /// What the scorer's features weigh; `None` where no rewrites were looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelLine>,
}

/// What scores are made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelLine {
    /// Of pairs without passages in common.
    #[serde(flatten)]
    pub without_passages: Sum,
    /// Of pairs with passages in common, which the feature `passages` tells, and of those of them that were published near each
    /// other, which the feature `near` tells; their features are in the same order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with_passages: Vec<Sum>,
}

impl ModelLine {
    /// What scores of a model are made of.
    pub fn of(model: &Model) -> Self {
        let [without_passages, with_passages, with_passages_near] = model.sums();
        Self { without_passages, with_passages: vec![with_passages, with_passages_near] }
    }

    /// What the score of a pair is made of, for which these values were measured.
    pub fn sum_of(&self, values: &[f64]) -> &Sum {
        let value = |feature: Feature| {
            let at =
                self.without_passages.features.iter().position(|addend| addend.feature == feature.name());
            at.and_then(|at| values.get(at)).copied().unwrap_or_default()
        };
        let kind = Kind::of(value(Feature::Passages), value(Feature::Near)) as usize;
        kind.checked_sub(1).and_then(|at| self.with_passages.get(at)).unwrap_or(&self.without_passages)
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
    /// Line or row in a container, from 1.
    pub record: Option<u64>,
    /// Headline.
    pub title: Option<String>,
    /// Publication date as found, where it is understood.
    pub date: Option<String>,
    /// The same date in ISO 8601, as exact as it is written and with the zone that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Where the date was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_origin: Option<DateOrigin>,
    /// A date that was found and is not used, and why.
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
    /// Where each of them was seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credit_evidence: Vec<Credit>,
    /// Tokens of the text.
    pub tokens: u32,
    /// Tokens of it that are site boilerplate.
    pub boilerplate_tokens: u32,
    /// The id the record asked for, where another document had it already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_id: Option<String>,
    /// Whether it stands below a reference root: it counts for matching and is nobody's to remove.
    #[serde(default, skip_serializing_if = "is_false")]
    pub reference: bool,
    /// Why it holds no article, where it does not: captions only, a shell, a notice, a list of teasers. It is nobody's copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_article: Option<NoArticle>,
    /// Where the document quotes several stories that have nothing to do with each other (a digest, news in brief):
    /// the documents it was found to quote. It is grouped with none of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub composite: Vec<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_false(value: &bool) -> bool {
    !*value
}

fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// A line or a stretch of text that a source adds to its stories, as the run learned it from them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BoilerplateLine {
    /// The source: a name, a host, a folder or a container.
    pub source: String,
    /// The line as the first document has it, cut where it is long; `None` where that could not be read again.
    pub line: Option<String>,
    /// Documents in which it was marked, or any shingle of it.
    pub documents: u32,
    /// Names line and source to this program; see [`SourceLines::key`](wirecopy_core::text::SourceLines::key). Of a passage within a
    /// line the first of its shingles.
    #[serde(with = "hexadecimal")]
    pub key: u64,
    /// All shingles of a passage within a line; none of a whole line.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "hexadecimals")]
    pub shingles: Vec<u64>,
}

/// 64 bits as 16 digits: programs that read numbers as floating-point would round them.
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

/// A list of 64 bits, each as 16 digits.
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

/// A verified pair; `a` comes before `b` as a string of bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EdgeLine {
    /// Id of the one.
    pub a: String,
    /// Id of the other.
    pub b: String,
    /// How they are related.
    pub relation: Relation,
    /// How sure.
    pub score: Similarity,
    /// Exact Jaccard similarity of their shingles.
    pub jaccard: Similarity,
    /// Share of `a`'s words that stand in `b`, each as often as it does.
    pub containment_a: Similarity,
    /// Share of `b`'s words that stand in `a`, each as often as it does.
    pub containment_b: Similarity,
    /// The rarest shared features, in words.
    pub evidence: Vec<String>,
    /// What the scorer measured, in the order of the features of [`RunLine::model`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<f64>,
}

/// The documents of one dispatch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ClusterLine {
    /// Stable id, derived from the members' ids.
    pub cluster: String,
    /// The members' headline that fits the texts best, else the representative's first sentence, cut; `None` where
    /// neither is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Id of the member that covers the others best.
    pub representative: String,
    /// Id of the earliest member; `None` where nothing tells.
    pub earliest: Option<String>,
    /// How that is known; `None` where `earliest` is.
    #[serde(default)]
    pub earliest_by: Option<EarliestBy>,
    /// Agencies that members credit, the one of most members first.
    pub credits: Vec<String>,
    /// Members that credit nobody while another member credits an agency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncredited: Vec<String>,
    /// Every member, the representative first, then by id.
    pub members: Vec<MemberLine>,
    /// The versions that the members print, earliest first; empty where they print one only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<VersionLine>,
}

/// A version of a running story, and what it changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VersionLine {
    /// Its number, from 1.
    pub version: u32,
    /// Ids of the members that print it, in order of print; those without a date come last.
    pub members: Vec<String>,
    /// The earliest date of these members, in ISO 8601 as exact as it is written; `None` where none has a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_printed: Option<String>,
    /// Publishers of these members in order of print, each once.
    pub outlets: Vec<String>,
    /// Words that the version before lacks; `None` for the first version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words_added: Option<u32>,
    /// Words of the version before that this one lacks; `None` for the first version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words_dropped: Option<u32>,
    /// The first sentence added, cut where it is long; `None` where there is none or it could not be read again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<String>,
    /// The first sentence dropped, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped: Option<String>,
}

/// A member of a cluster, and how it stands to the representative.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MemberLine {
    /// The document.
    pub id: String,
    /// Relation to the representative; `None` for the representative itself and for a member that belongs
    /// through other members only.
    pub relation: Option<Relation>,
    /// Score towards the representative; 1 for the representative itself.
    pub score: Similarity,
    /// Share of its words that stand in runs of words which the representative holds too; `None` for itself.
    #[serde(default)]
    pub copied_from_representative: Option<Similarity>,
    /// Share of its words that stand in runs of words which any other member holds too.
    #[serde(default)]
    pub copied_from_cluster: Similarity,
    /// Where it is a later version of another member by the same publisher: the version before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_of: Option<String>,
    /// The version that it prints, 1 for the earliest; `None` where the cluster has one version only, and for a text
    /// that shares no passages with the versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Where passages were asked for: which of its words stand in other members, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passages: Vec<PassageLine>,
}

/// A run of words that a member shares with another. Places are counted in tokens that are compared, from 0, the end
/// not included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PassageLine {
    /// First token of the run in the member.
    pub start: u32,
    /// One past its last.
    pub end: u32,
    /// The member that holds it too: the representative, else the first by id.
    pub from: String,
    /// First token of the run there.
    pub from_start: u32,
}

/// How the earliest member of a cluster is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EarliestBy {
    /// Its date is before that of every other member that has one.
    Date,
    /// Dates leave several, of which all others print later versions.
    Version,
    /// A guess: neither dates nor versions decide. A date with a time is preferred to a bare day, then a text with an
    /// agency credit to one without, then the first by id.
    Guess,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SummaryLine {
    /// Documents read.
    pub documents: u64,
    /// Inputs skipped.
    pub skipped: u64,
    /// Those of them that have no line, because there are more than
    /// [`max_skipped`](wirecopy_ingest::config::IngestConfig::max_skipped).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skipped_unlisted: u64,
    /// Documents that hold no article.
    #[serde(default)]
    pub without_article: u64,
    /// Clusters of two or more.
    pub clusters: u64,
    /// Documents in them.
    pub clustered_documents: u64,
    /// Edges by relation.
    pub edges: EdgeCounts,
    /// Returns the number of tokens of all documents.
    pub tokens: u64,
    /// Bytes of text of all documents, decoded.
    pub bytes: u64,
    /// What went into and came out of each stage, with its seconds.
    pub stages: Vec<StageLine>,
    /// Wall-clock seconds of the whole run.
    pub seconds: f64,
    /// Largest resident memory, in bytes, where the system tells.
    pub peak_memory: Option<u64>,
    /// Whether each document's folder was taken for its source, since none named one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub folder_sources: bool,
}

/// Edges by relation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EdgeCounts {
    /// Edges [`Relation::Identical`].
    pub identical: u64,
    /// Edges [`Relation::Copy`].
    pub copy: u64,
    /// Edges [`Relation::Excerpt`].
    pub excerpt: u64,
    /// Edges [`Relation::Version`].
    #[serde(default)]
    pub version: u64,
    /// Edges [`Relation::Rewrite`].
    pub rewrite: u64,
    /// Edges [`Relation::Partial`].
    #[serde(default)]
    pub partial: u64,
}

/// One stage's account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StageLine {
    /// Name of the stage.
    pub stage: String,
    /// Items that went in.
    #[serde(rename = "in")]
    pub came_in: u64,
    /// Items that came out.
    #[serde(rename = "out")]
    pub came_out: u64,
    /// Wall-clock seconds.
    pub seconds: f64,
}
