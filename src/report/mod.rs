//! A [`Run`] and its forms: JSON lines, CSV, and the text that a person reads first.

mod csv;
mod jsonl;
mod lines;
mod memory;
mod page;
mod schema;
mod screen;
mod spooled;
#[cfg(test)]
pub(crate) mod tests;
mod text;
mod text_cluster;

pub use lines::{Lines, ReportLine};
pub use memory::peak_memory;
pub use page::{Absent, Texts};
pub use schema::{
    ClusterLine, DocumentLine, EarliestBy, EdgeCounts, EdgeLine, Line, MemberLine, ModelLine, PassageLine,
    Relation, RunLine, SCHEMA, StageLine, SummaryLine,
};
pub(crate) use screen::{clean, cut, cut_middle, number, pad, width, wrap};
pub use spooled::Spooled;
pub(crate) use text::Ink;
pub use text::TextStyle;

use crate::document::Skipped;

/// A finished run, as the report tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What was run.
    pub header: RunLine,
    /// Every document, in the order of reading.
    pub documents: Vec<DocumentLine>,
    /// Every input that gave none.
    pub skipped: Vec<Skipped>,
    /// Every verified pair, by `a`, then `b`, in the order of reading.
    pub edges: Vec<EdgeLine>,
    /// Clusters of two or more, largest first, then by id.
    pub clusters: Vec<ClusterLine>,
    /// Counts, stages, seconds.
    pub summary: SummaryLine,
}
