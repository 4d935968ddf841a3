//! What a run learned about its sources, and where it occurs.

use std::collections::HashMap;

use crate::DocId;
use crate::text::{Known, SourceLines};

/// Learned lines and passages, in the order of the documents that have them.
#[derive(Default)]
pub struct Learned {
    pub lines: SourceLines,
    pub marked: Vec<Marked>,
    /// Indices in `marked`, by key.
    places: HashMap<u64, usize>,
}

/// A learned line that was marked, or a passage of learned shingles in the first document that has it.
pub struct Marked {
    /// What identifies it.
    pub known: MarkedBy,
    /// The first document that has it.
    pub first: DocId,
    /// Number of documents that have it, or any shingle of it.
    pub documents: u32,
}

/// The key of a learned line, or the keys of learned shingles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarkedBy {
    /// A whole line.
    Line(u64),
    /// A stretch within a line.
    Shingles(Vec<u64>),
}

impl MarkedBy {
    /// Returns the key of the line or of the first shingle.
    pub fn key(&self) -> u64 {
        match self {
            Self::Line(key) => *key,
            Self::Shingles(keys) => keys.first().copied().unwrap_or_default(),
        }
    }

    /// Returns the keys of the shingles; empty for a line.
    pub fn shingles(&self) -> &[u64] {
        match self {
            Self::Line(_) => &[],
            Self::Shingles(keys) => keys,
        }
    }
}

impl Learned {
    pub fn new(lines: SourceLines) -> Self {
        Self { lines, ..Self::default() }
    }

    /// Counts the boilerplate found in a document. Must be called in the order of ids.
    pub fn count<'k>(&mut self, document: DocId, known: impl IntoIterator<Item = &'k Known>) {
        let mut found: Vec<usize> = Vec::new();
        for known in known {
            let next = self.marked.len();
            let known = match known {
                Known::Line(key) => {
                    let at = *self.places.entry(*key).or_insert(next);
                    found.push(at);
                    (at == next).then_some(MarkedBy::Line(*key))
                }
                Known::Shingles(shingles) => {
                    let places = shingles.iter().map(|&(_, key)| *self.places.entry(key).or_insert(next));
                    let places: Vec<usize> = places.collect();
                    found.extend(&places);
                    let of_next = places.iter().zip(shingles).filter(|&(&at, _)| at == next);
                    let mut keys: Vec<u64> = Vec::new();
                    for (_, &(_, key)) in of_next {
                        if !keys.contains(&key) {
                            keys.push(key);
                        }
                    }
                    (!keys.is_empty()).then_some(MarkedBy::Shingles(keys))
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
