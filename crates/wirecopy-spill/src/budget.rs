//! Limits on memory, and where the rest goes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file::Spool;
use crate::Result;

/// A memory limit and the folder for the temporary files that hold what exceeds it.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    bytes: Option<usize>,
    folder: Option<Arc<Path>>,
}

impl Budget {
    /// Returns a budget without a limit: everything stays in memory, and no file is created.
    pub fn unlimited() -> Self {
        Self::default()
    }

    /// Returns a budget of at most `bytes`. What exceeds it goes to files in `folder`, or in the system's folder
    /// for temporary files.
    pub fn new(bytes: usize, folder: Option<PathBuf>) -> Self {
        Self { bytes: Some(bytes), folder: folder.map(Arc::from) }
    }

    /// Returns this budget with another folder for temporary files; `None` is the system's.
    #[must_use]
    pub fn in_folder(self, folder: Option<PathBuf>) -> Self {
        Self { folder: folder.map(Arc::from), ..self }
    }

    /// Returns the limit in bytes, if any.
    pub fn bytes(&self) -> Option<usize> {
        self.bytes
    }

    /// Returns whether there is a limit.
    pub fn is_limited(&self) -> bool {
        self.bytes.is_some()
    }

    /// Returns the share `parts / whole` of this budget. Without a limit, a share has none either.
    #[must_use]
    pub fn part(&self, parts: usize, whole: usize) -> Self {
        Self { bytes: self.bytes.map(|bytes| bytes / whole.max(1) * parts), folder: self.folder.clone() }
    }

    /// Returns a budget of at most `bytes`.
    #[must_use]
    pub fn at_most(&self, bytes: usize) -> Self {
        let least = self.bytes.map_or(bytes, |own| own.min(bytes));
        Self { bytes: Some(least), folder: self.folder.clone() }
    }

    /// Returns the folder for temporary files.
    pub fn folder(&self) -> PathBuf {
        self.folder.as_deref().map_or_else(std::env::temp_dir, Path::to_owned)
    }

    /// Tests whether a temporary file can be created and written, so that a run does not fail only half way.
    ///
    /// # Errors
    /// Returns [`Error`](crate::Error) if it cannot.
    pub fn check(&self) -> Result<()> {
        if self.is_limited() {
            self.spool()?.append(&[0])?;
        }
        Ok(())
    }

    /// Creates a temporary file.
    pub(super) fn spool(&self) -> Result<Spool> {
        Spool::new(self.folder())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn parts_of_limited_and_unlimited_budgets() {
        let budget = Budget::new(1000, Some("x".into()));
        assert_eq!((budget.part(1, 4).bytes(), budget.part(3, 0).bytes()), (Some(250), Some(3000)));
        assert_eq!(budget.part(1, 4).folder(), Path::new("x"));
        assert_eq!(Budget::unlimited().part(1, 4).bytes(), None);
    }

    #[test]
    fn missing_folder_is_an_error_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        let error = Budget::new(1, Some(missing.clone())).check().unwrap_err();
        assert!(matches!(&error, Error { folder, .. } if *folder == missing), "{error}");
        assert!(Budget::unlimited().check().is_ok());
        assert!(Budget::new(1, Some(folder.path().to_owned())).check().is_ok());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the test leaves no file");
    }
}
