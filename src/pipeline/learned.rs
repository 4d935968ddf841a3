//! What a run learned of its sources, and where it stands.

use std::collections::HashMap;

use crate::DocId;
use crate::text::SourceLines;

/// The learned lines, in the order of the documents that have them.
#[derive(Default)]
pub(super) struct Learned {
    pub(super) lines: SourceLines,
    pub(super) marked: Vec<Marked>,
    /// Places in `marked`, by key.
    places: HashMap<u64, usize>,
}

/// A learned line that was marked.
pub(super) struct Marked {
    pub(super) key: u64,
    /// The first document that has it.
    pub(super) first: DocId,
    /// How many have it.
    pub(super) documents: u32,
}

impl Learned {
    pub(super) fn new(lines: SourceLines) -> Self {
        Self { lines, ..Self::default() }
    }

    /// Counts the lines that were marked in a document and its twins, `documents` in all; they come in the order of reading.
    pub(super) fn count(&mut self, document: DocId, keys: &[u64], documents: u32) {
        for &key in keys {
            let at = *self.places.entry(key).or_insert_with(|| {
                self.marked.push(Marked { key, first: document, documents: 0 });
                self.marked.len() - 1
            });
            self.marked[at].documents += documents;
        }
    }
}
