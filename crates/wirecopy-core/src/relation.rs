//! The relations of two documents.

use serde::{Deserialize, Serialize};

/// How two documents are related, strongest first. The list is complete: a new relation needs a new schema of reports.
///
/// What depends on the relation is a method here, or an exhaustive `match`, so that the compiler finds the places that
/// a new one concerns. `docs/architecture.md` lists the places that it cannot find.
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

    /// All relations, strongest first: the order of the summary, of the text report and of the page.
    pub const ALL: [Relation; 6] = [
        Relation::Identical,
        Relation::Copy,
        Relation::Excerpt,
        Relation::Version,
        Relation::Rewrite,
        Relation::Partial,
    ];

    /// Returns the relation's place in [`ALL`](Self::ALL).
    pub const fn place(self) -> usize {
        match self {
            Relation::Identical => 0,
            Relation::Copy => 1,
            Relation::Excerpt => 2,
            Relation::Version => 3,
            Relation::Rewrite => 4,
            Relation::Partial => 5,
        }
    }

    /// Returns whether two documents with this relation are of one dispatch.
    pub fn groups(self) -> bool {
        match self {
            Relation::Identical
            | Relation::Copy
            | Relation::Excerpt
            | Relation::Version
            | Relation::Rewrite => true,
            Relation::Partial => false,
        }
    }

    /// Returns whether the scorer says yes for pairs with this relation, so that a report explains their score. Words
    /// or shingles alone decide on the others, or the answer is no.
    pub fn is_scored(self) -> bool {
        match self {
            Relation::Excerpt | Relation::Version | Relation::Rewrite => true,
            Relation::Identical | Relation::Copy | Relation::Partial => false,
        }
    }

    /// Returns whether two documents with this relation are the same dispatch in other words, so that their wording
    /// does not show which version of it they print.
    pub fn is_reworded(self) -> bool {
        match self {
            Relation::Rewrite => true,
            Relation::Identical
            | Relation::Copy
            | Relation::Excerpt
            | Relation::Version
            | Relation::Partial => false,
        }
    }
}

// Every relation is at its place in `ALL`.
const _: () = {
    let mut place = 0;
    while place < Relation::ALL.len() {
        assert!(Relation::ALL[place].place() == place, "a relation is not at its place");
        place += 1;
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_are_ordered_from_the_strongest() {
        assert!(Relation::ALL.is_sorted());
        let names = Relation::ALL.map(Relation::name);
        assert_eq!(names, ["identical", "copy", "excerpt", "version", "rewrite", "partial"]);
        for relation in Relation::ALL {
            assert_eq!(serde_json::to_string(&relation).unwrap(), format!("\"{}\"", relation.name()));
        }
    }
}
