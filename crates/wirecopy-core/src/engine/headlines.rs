//! The terms of the documents' headlines, in memory or in a temporary file.

use super::renumber::Slots;
use crate::{DocId, Result};
use wirecopy_spill::{Blobs, Budget, Failure};

/// The terms of headlines by document.
///
/// As with the tokens, a temporary file that cannot be read gives documents without headlines, and
/// [`Headlines::check`] the error.
#[derive(Debug)]
pub(super) struct Headlines {
    terms: Blobs<u32>,
    slots: Slots,
    failed: Failure,
}

impl Headlines {
    pub(super) fn new(budget: &Budget) -> Self {
        Self { terms: Blobs::new(budget), slots: Slots::default(), failed: Failure::default() }
    }

    pub(super) fn push(&mut self, terms: &[u32]) -> Result<()> {
        self.terms.push(terms)
    }

    /// The terms of a document's headline.
    pub(super) fn get(&self, document: DocId) -> Vec<u32> {
        match self.terms.reader().get(self.slots.of(document)) {
            Ok(terms) => terms.to_vec(),
            Err(error) => {
                self.failed.keep(error);
                Vec::new()
            }
        }
    }

    /// Gives the documents other numbers.
    pub(super) fn reorder(&mut self, slots: Slots) {
        self.slots = slots;
    }

    /// The error of a read that failed.
    pub(super) fn check(&self) -> Result<()> {
        self.failed.check()
    }
}
