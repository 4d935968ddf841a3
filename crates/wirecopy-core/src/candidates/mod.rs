//! Which pairs are worth an exact check.
//!
//! Three generators. [`bands`] finds copies: documents whose signatures agree in a whole band (Indyk and Motwani 1998).
//! [`contained`] finds excerpts, by a sample of their shingles, and [`rare`] rewrites, whose Jaccard similarity is far too
//! low for any banding: documents that share several of their rarest words and word pairs.

pub mod bands;
pub mod contained;
pub(crate) mod counters;
pub mod params;
mod postings;
pub mod rare;

use crate::DocId;

/// Two documents worth an exact check; the first comes first in the order of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Candidate(pub DocId, pub DocId);

impl Candidate {
    /// The pair in order. `None` for a document and itself.
    pub fn new(a: DocId, b: DocId) -> Option<Self> {
        match a.cmp(&b) {
            std::cmp::Ordering::Less => Some(Self(a, b)),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(Self(b, a)),
        }
    }
}

/// What the stages before verification leave of a folder, and what they do with pairs that are known to belong
/// together: see [`Pipeline::survey`](wirecopy::Pipeline::survey).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Documents.
    pub documents: usize,
    /// Those that are left once copies have collapsed.
    pub representatives: usize,
    /// Pairs of these that the joins propose.
    pub candidates: usize,
    /// What became of each pair that was asked for, in the order of asking.
    pub meetings: Vec<Meeting>,
}

/// What the stages before verification do with a pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meeting {
    /// Whether verification sees the pair: as copies of one representative, or as a candidate by their representatives.
    pub met: bool,
    /// Features that both hold and that are not too frequent to be a key; 0 where rewrites are not wanted.
    pub usable: usize,
}
