//! Keeps an error of a read that cannot return one.

use std::sync::{Mutex, PoisonError};

use crate::{Error, Result};

/// Keeps the first error of reads that continue with empty data, until it is checked.
#[derive(Debug, Default)]
pub struct Failure(Mutex<Option<Error>>);

impl Failure {
    /// Keeps an error unless there is one already.
    pub fn keep(&self, error: Error) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    /// Takes the error, if there is one.
    ///
    /// # Errors
    /// Returns the first error that was kept, once.
    pub fn check(&self) -> Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }
}
