//! The relations of two documents.

use serde::{Deserialize, Serialize};

/// How two documents are related, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The same token sequence.
    Identical,
    /// Near-verbatim: exact Jaccard similarity of shingles at or above the threshold.
    Copy,
    /// One holds most of the other's shingles, but is much longer.
    Excerpt,
    /// Another state of the same running story: verbatim passages, with a new lead or new facts.
    Version,
    /// The same dispatch in other words.
    Rewrite,
    /// Passages in common, but two dispatches: background, a side-bar, a wrap, a quote. Such pairs are not grouped.
    Partial,
}

impl Relation {
    /// Returns the relation's name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Relation::Identical => "identical",
            Relation::Copy => "copy",
            Relation::Excerpt => "excerpt",
            Relation::Version => "version",
            Relation::Rewrite => "rewrite",
            Relation::Partial => "partial",
        }
    }

    /// Returns whether two documents with this relation are of one dispatch.
    pub fn groups(self) -> bool {
        self != Relation::Partial
    }
}
