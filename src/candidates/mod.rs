//! Which pairs are worth an exact check.
//!
//! Two generators. [`bands`] finds copies: documents whose signatures agree in a whole band (Indyk and Motwani 1998).
//! [`rare`] finds excerpts and rewrites, whose Jaccard similarity is far too low for any banding: documents that share
//! several of their rarest words and word pairs.

pub mod bands;
pub mod params;
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
