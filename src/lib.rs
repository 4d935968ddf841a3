//! Finds the copies in a folder of news: identical texts, reprints, excerpts, versions and rewrites of one dispatch.
//!
//! | to | use | get |
//! |---|---|---|
//! | find the copies in folders and files | [`Pipeline`] with a [`Config`] | a [`report::Run`], or a [`report::Spooled`] that need not fit into memory |
//! | find the copies among documents in memory | [`Engine`], from any number of threads | the same |
//! | make documents of records | [`Completer`] | a [`Document`], or a [`Refusal`] |
//! | explain one pair of documents | [`compare()`](compare()), or [`compare::Comparer`] for many | a [`compare::Comparison`] |
//! | read a report of an earlier run | [`report::Run::read_jsonl`] | a [`report::Run`] |
//! | choose which document of each cluster to keep | [`keep::Plan`] | one [`keep::Decision`] for each document |
//! | run on many machines, by an engine such as Spark | the functions of [`bricks`] | what one run finds, in tables |
//! | estimate the similarity of sets of hashes | [`sketch::Sketcher`] | a [`sketch::Signature`] |
//!
//! # Find the copies in a folder
//!
//! A [`Pipeline`] reads documents, signs their shingles with MinHash, verifies each candidate pair exactly and
//! clusters what belongs together.
//!
//! ```
//! use wirecopy::{Config, Pipeline, Root};
//!
//! # let folder = tempfile::tempdir()?;
//! # let story = "The ferry Meltem sank off Ordu on Wednesday. Its captain was praised for saving 17 sailors.";
//! # std::fs::write(folder.path().join("a.txt"), story)?;
//! # std::fs::write(folder.path().join("b.txt"), story)?;
//! let mut config = Config::default();
//! config.matching.window = 3;
//! let run = Pipeline::new(&config).threads(2).run(&[Root::from(folder.path())])?;
//! for cluster in &run.clusters {
//!     println!("{} ×{}", cluster.representative, cluster.members.len());
//! }
//! # assert_eq!(run.clusters[0].members.len(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Compare two documents
//!
//! ```
//! use wirecopy::{Config, Document, Relation, compare};
//!
//! let document = |text: &str| Document { text: text.to_owned(), ..Document::default() };
//! let a = document("The ferry captain was praised for saving 17 sailors off the coast of Ordu.");
//! let b = document("The ferry captain was praised for saving 17 sailors off the coast of Rize.");
//! let comparison = compare(&a, &b, &Config::default())?;
//! assert_eq!(comparison.relation, Some(Relation::Copy));
//! assert!(comparison.score >= 0.8);
//! println!("{}", comparison.sentence());
//! # Ok::<(), wirecopy::Error>(())
//! ```
//!
//! # Read a report
//!
//! ```
//! use wirecopy::report::Run;
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("run.jsonl");
//! # let config = wirecopy::Config::default();
//! # let run = wirecopy::Pipeline::new(&config).run(&[folder.path().into()])?;
//! # run.write_jsonl(std::fs::File::create(&path)?)?;
//! let run = Run::read_jsonl(path)?;
//! for edge in run.edges.iter().filter(|edge| edge.relation.groups() && edge.score < 0.8) {
//!     println!("{} and {}: {} ({:.2})", edge.a, edge.b, edge.relation.name(), edge.score);
//! }
//! # assert_eq!(run.summary.documents, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What to rely on
//!
//! This crate is the stable interface. The crates that it is made of (`wirecopy-core`, `wirecopy-ingest` and so on)
//! may change with every version.
//!
//! Results are `#[non_exhaustive]`, because they may gain fields and variants. So are settings: change the fields of
//! a default. A [`Document`] and its [`Metadata`] are written with `..Default::default()`.
//!
//! The library never prints, reads neither arguments nor the environment, and builds no global thread pool. The
//! same input and configuration give the same report with any number of threads. An input that cannot be read never
//! ends a run; it is a [`Skipped`] in the report. What ends a run is an [`Error`].

#![forbid(unsafe_code)]

pub mod bricks;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod pipeline;

pub use pipeline::{Engine, Pipeline};
#[doc(inline)]
pub use wirecopy_core::config::{MatchConfig, Strictness};
#[doc(inline)]
pub use wirecopy_core::document::Refusal;
#[doc(inline)]
pub use wirecopy_core::{
    Cancel, DateOrigin, Document, Error, Metadata, NoProgress, Progress, Relation, Result, Similarity,
    SkipKind, Skipped, Stage,
};
#[doc(inline)]
pub use wirecopy_ingest::config::{FieldNames, IngestConfig};
#[doc(inline)]
pub use wirecopy_ingest::{Completer, Fields, Root};
#[doc(inline)]
pub use wirecopy_report::Config;
#[doc(inline)]
pub use wirecopy_report::compare::compare;
#[doc(inline)]
pub use wirecopy_spill::Budget;

/// Two documents explained: how they are related, why, and which of their passages match.
///
/// The function [`compare()`](crate::compare()) is enough for one pair. A [`Comparer`](compare::Comparer) holds the
/// model and the tables for many.
pub mod compare {
    #[doc(inline)]
    pub use wirecopy_report::compare::{
        Comparer, Comparison, Mark, Origin, Part, Piece, Ready, Reason, Row, Side, Weighed, Word,
    };
}

/// Which document of each cluster to keep. Nothing is removed here: a [`Plan`](keep::Plan) says what to do.
pub mod keep {
    #[doc(inline)]
    pub use wirecopy_report::keep::{Decision, Plan, Policy, UnknownPolicy};
}

/// What a run found, line by line of its report, and the forms that it is written in.
///
/// The keys of the report are documented in `docs/report.md`. Scores, similarities and shares are a
/// [`Similarity`], rounded to four decimals.
pub mod report {
    #[doc(inline)]
    pub use wirecopy_core::score::{Addend, Sum};
    #[doc(inline)]
    pub use wirecopy_core::text::NoArticle;
    #[doc(inline)]
    pub use wirecopy_core::text::credit::{Credit, Form};
    #[doc(inline)]
    pub use wirecopy_report::{
        Absent, BoilerplateLine, ClusterLine, DocumentLine, EarliestBy, EdgeCounts, EdgeLine, FeatureTable,
        Line, Lines, MemberLine, ModelLine, PassageLine, ReportLine, Run, RunLine, SCHEMA, Spooled,
        StageLine, SummaryLine, TableStyle, TextStyle, Texts, VersionLine,
    };
}

/// MinHash signatures of sets of hashes, for estimates of their similarity without the sets.
///
/// ```
/// use wirecopy::sketch::{Signature, Sketcher};
///
/// let (mut a, mut b) = (Signature::default(), Signature::default());
/// let hash = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
/// let sketcher = Sketcher::new(256, 7);
/// sketcher.sign(&(0..900).map(hash).collect::<Vec<u64>>(), &mut a);
/// sketcher.sign(&(100..1000).map(hash).collect::<Vec<u64>>(), &mut b);
/// assert!((a.similarity(&b)?.get() - 0.8).abs() < 0.1);
///
/// Sketcher::new(256, 8).sign(&[1, 2, 3], &mut b);
/// assert!(a.similarity(&b).is_err(), "another seed");
/// # Ok::<(), wirecopy::Error>(())
/// ```
pub mod sketch {
    #[doc(inline)]
    pub use wirecopy_core::sketch::{Parameters, Signature, Sketcher};
}
