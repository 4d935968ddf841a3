//! The terms of the documents' headlines, in memory or in a temporary file.

use crate::{DocId, Result};
use wirecopy_spill::{Blobs, Budget, Failure};

/// The terms of headlines by document.
///
/// As with the tokens, a temporary file that cannot be read yields documents without headlines, and
/// [`Headlines::check`] returns the error.
#[derive(Debug)]
pub struct Headlines {
    terms: Blobs<u32>,
    failed: Failure,
}

impl Headlines {
    pub fn new(budget: &Budget) -> Self {
        Self { terms: Blobs::new(budget), failed: Failure::default() }
    }

    pub fn push(&mut self, terms: &[u32]) -> Result<()> {
        Ok(self.terms.push(terms)?)
    }

    /// Returns the terms of a document's headline.
    pub fn get(&self, document: DocId) -> Vec<u32> {
        match self.terms.reader().get(document.index()) {
            Ok(terms) => terms.to_vec(),
            Err(error) => {
                self.failed.keep(error);
                Vec::new()
            }
        }
    }

    /// Renumbers the documents: document `order[at]` becomes document `at`.
    pub fn reorder(&mut self, order: &[u32]) {
        self.terms.reorder(order);
    }

    /// Returns the error of a failed read, if any.
    pub fn check(&self) -> Result<()> {
        Ok(self.failed.check()?)
    }
}
