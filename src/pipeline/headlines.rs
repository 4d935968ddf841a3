//! The terms of the documents' headlines, in memory or in a temporary file.

use std::sync::{Mutex, PoisonError};

use crate::spill::{Blobs, Budget};
use crate::{DocId, Error, Result};

/// The terms of headlines by document.
///
/// As with the tokens, a temporary file that cannot be read gives documents without headlines, and
/// [`Headlines::check`] the error.
#[derive(Debug)]
pub(super) struct Headlines {
    terms: Blobs<u32>,
    failed: Mutex<Option<Error>>,
}

impl Headlines {
    pub(super) fn new(budget: &Budget) -> Self {
        Self { terms: Blobs::new(budget), failed: Mutex::new(None) }
    }

    pub(super) fn push(&mut self, terms: &[u32]) -> Result<()> {
        self.terms.push(terms)
    }

    /// The terms of a document's headline.
    pub(super) fn get(&self, document: DocId) -> Vec<u32> {
        match self.terms.reader().get(document.index()) {
            Ok(terms) => terms.to_vec(),
            Err(error) => {
                *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                Vec::new()
            }
        }
    }

    /// The error of a read that failed.
    pub(super) fn check(&self) -> Result<()> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }
}
