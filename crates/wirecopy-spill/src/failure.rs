//! The error of a read that could not return it.

use std::sync::{Mutex, PoisonError};

use crate::{Error, Result};

/// Keeps the first error of reads that go on with something empty in its place, until somebody asks.
#[derive(Debug, Default)]
pub struct Failure(Mutex<Option<Error>>);

impl Failure {
    /// Keeps an error; of several the first.
    pub fn keep(&self, error: Error) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    /// Gives the error up, if there was one.
    ///
    /// # Errors
    /// The first that was kept, once.
    pub fn check(&self) -> Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }
}
