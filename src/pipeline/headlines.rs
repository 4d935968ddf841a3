//! The terms of the documents' headlines, in memory or in a temporary file.

use crate::spill::{Blobs, Budget, Failure};
use crate::{DocId, Result};

/// The terms of headlines by document.
///
/// As with the tokens, a temporary file that cannot be read yields documents without headlines, and
/// [`Headlines::check`] returns the error.
#[derive(Debug)]
pub(super) struct Headlines {
    terms: Blobs<u32>,
    failed: Failure,
}

impl Headlines {
    pub(super) fn new(budget: &Budget) -> Self {
        Self { terms: Blobs::new(budget), failed: Failure::default() }
    }

    pub(super) fn push(&mut self, terms: &[u32]) -> Result<()> {
        self.terms.push(terms)
    }

    /// Returns the terms of a document's headline.
    pub(super) fn get(&self, document: DocId) -> Vec<u32> {
        match self.terms.reader().get(document.index()) {
            Ok(terms) => terms.to_vec(),
            Err(error) => {
                self.failed.keep(error);
                Vec::new()
            }
        }
    }

    /// Returns the error of a failed read, if any.
    pub(super) fn check(&self) -> Result<()> {
        self.failed.check()
    }
}
