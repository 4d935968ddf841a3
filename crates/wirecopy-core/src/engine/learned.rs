//! What a run learned of its sources, and where it stands.

use std::collections::HashMap;

use crate::DocId;
use crate::text::{Known, Piece, SourceLines};

/// What was learned, in the order of the documents that have it.
#[derive(Default)]
pub struct Learned {
    pub lines: SourceLines,
    pub marked: Vec<Marked>,
    /// Places in `marked`, by key.
    places: HashMap<u64, usize>,
}

/// A learned line that was marked, or a stretch of runs that one document was the first to have.
pub struct Marked {
    /// What identifies it.
    pub known: MarkedBy,
    /// The first document that has it.
    pub first: DocId,
    /// How many have it, or any run of it.
    pub documents: u32,
}

/// Keys of a learned line or of learned runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarkedBy {
    /// A whole line.
    Line(u64),
    /// A stretch within a line.
    Runs(Vec<u64>),
}

impl MarkedBy {
    /// The line, or the first run.
    pub fn key(&self) -> u64 {
        match self {
            Self::Line(key) => *key,
            Self::Runs(keys) => keys.first().copied().unwrap_or_default(),
        }
    }

    /// The runs, where it is some.
    pub fn runs(&self) -> &[u64] {
        match self {
            Self::Line(_) => &[],
            Self::Runs(keys) => keys,
        }
    }
}

impl Learned {
    pub fn new(lines: SourceLines) -> Self {
        Self { lines, ..Self::default() }
    }

    /// Counts what was marked in a document; they come in the order of reading.
    pub fn count(&mut self, document: DocId, pieces: &[Piece]) {
        let mut found: Vec<usize> = Vec::new();
        for piece in pieces {
            let next = self.marked.len();
            let known = match &piece.known {
                Known::Line(key) => {
                    let at = *self.places.entry(*key).or_insert(next);
                    found.push(at);
                    (at == next).then_some(MarkedBy::Line(*key))
                }
                Known::Runs(runs) => {
                    let places = runs.iter().map(|&(_, key)| *self.places.entry(key).or_insert(next));
                    let places: Vec<usize> = places.collect();
                    found.extend(&places);
                    let of_next = places.iter().zip(runs).filter(|&(&at, _)| at == next);
                    let mut keys: Vec<u64> = Vec::new();
                    for (_, &(_, key)) in of_next {
                        if !keys.contains(&key) {
                            keys.push(key);
                        }
                    }
                    (!keys.is_empty()).then_some(MarkedBy::Runs(keys))
                }
            };
            self.marked.extend(known.map(|known| Marked { known, first: document, documents: 0 }));
        }
        found.sort_unstable();
        found.dedup();
        for at in found {
            self.marked[at].documents += 1;
        }
    }
}
