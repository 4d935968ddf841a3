//! A [`Run`] and its output formats: JSON lines, CSV, Parquet, the text summary and the HTML page.
//!
//! The stable interface is the crate `wirecopy`; this one may change with every version.

#![forbid(unsafe_code)]

pub mod assemble;
mod changed;
pub mod compare;
mod config;
mod csv;
mod jsonl;
pub mod keep;
mod lines;
mod memory;
mod page;
#[cfg(feature = "parquet")]
mod parquet;
mod schema;
mod spooled;
mod stage_times;
mod terminal_text;
#[cfg(test)]
pub(crate) mod tests;
mod text_cluster;
mod text_report;
mod texts;

pub use changed::Changes;
pub use compare::{Comparison, compare};
pub use config::Config;
pub use csv::TableStyle;
pub(crate) use lines::JsonLines;
pub use lines::{Lines, ReportLine};
pub use memory::peak_memory;
pub use page::Absent;
pub use schema::{
    BoilerplateLine, ClusterLine, DocumentLine, EarliestBy, EdgeCounts, EdgeLine, FeatureTable, Line,
    MemberLine, ModelLine, PassageLine, RunLine, SCHEMA, StageLine, SummaryLine, VersionLine,
};
pub use spooled::Spooled;
pub use stage_times::{Clock, StageTimes};
pub use terminal_text::{clean, number};
pub(crate) use terminal_text::{cut, cut_middle, pad, width, wrap};
pub(crate) use text_report::Ink;
pub use text_report::TextStyle;
pub use texts::Texts;
pub use wirecopy_core::Relation;

use wirecopy_core::document::Skipped;
use wirecopy_core::text::SourceLines;

/// A finished run: the content of a run report.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Run {
    /// Version, command and settings.
    pub header: RunLine,
    /// Every document, in the order of reading.
    pub documents: Vec<DocumentLine>,
    /// Every input that yielded no document.
    pub skipped: Vec<Skipped>,
    /// Learned boilerplate lines, by source.
    pub boilerplate: Vec<BoilerplateLine>,
    /// Every verified pair, ordered by `a`, then `b`.
    pub edges: Vec<EdgeLine>,
    /// Clusters of two or more documents, largest first, then by id.
    pub clusters: Vec<ClusterLine>,
    /// Counts, stages and seconds.
    pub summary: SummaryLine,
}

impl Run {
    /// Returns the boilerplate that the run learned, so that its documents can be tokenised in the same way.
    pub fn learned(&self) -> SourceLines {
        let (lines, stretches): (Vec<_>, Vec<_>) =
            self.boilerplate.iter().partition(|line| line.shingles.is_empty());
        SourceLines::new(
            lines.into_iter().map(|line| line.key),
            stretches.into_iter().flat_map(|stretch| &stretch.shingles).copied(),
        )
    }
}
