//! Finds the copies in a folder of news: identical texts, reprints, excerpts and rewrites of one dispatch.
//!
//! A [`Pipeline`] reads documents, signs their shingles with MinHash, verifies each candidate pair exactly and
//! clusters what belongs together. The result is a [`report::Run`].
//!
//! ```no_run
//! use wirecopy::{Config, Pipeline, Root};
//!
//! let config = Config::default();
//! let run = Pipeline::new(&config).threads(2).run(&[Root::from("corpus/")])?;
//! for cluster in &run.clusters {
//!     println!("{} ×{}", cluster.representative, cluster.members.len());
//! }
//! # Ok::<(), wirecopy::Error>(())
//! ```
//!
//! The library never prints, reads neither arguments nor the environment, and builds no global thread pool. The
//! same input and configuration give the same report with any number of threads.

#![forbid(unsafe_code)]

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod pipeline;

pub use pipeline::Pipeline;
pub use wirecopy_core::config::{MatchConfig, Strictness};
pub use wirecopy_core::{
    Cancel, DateOrigin, DocId, Document, Error, Header, Metadata, NoProgress, Progress, Relation, Result,
    SkipKind, Skipped, Stage,
};
pub use wirecopy_ingest::Root;
pub use wirecopy_ingest::config::{FieldNames, IngestConfig};
pub use wirecopy_report::keep;
pub use wirecopy_report::{Comparison, Config, compare};
pub use wirecopy_spill::Budget;

/// What a run found, line by line of its report, and the forms that it is written in.
pub mod report {
    pub use wirecopy_report::{
        Absent, BoilerplateLine, ClusterLine, DocumentLine, EarliestBy, EdgeCounts, EdgeLine, Line, Lines,
        MemberLine, ModelLine, PassageLine, Relation, ReportLine, Run, RunLine, SCHEMA, Spooled, StageLine,
        SummaryLine, TableStyle, TextStyle, Texts, VersionLine,
    };
}
