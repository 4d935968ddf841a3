//! How much memory may be held, and where the rest goes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file::Spool;
use crate::Result;

/// A limit of memory, and the folder of the temporary files that take what is over it.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    bytes: Option<usize>,
    folder: Option<Arc<Path>>,
}

impl Budget {
    /// No limit: everything stays in memory and no file is made.
    pub fn unlimited() -> Self {
        Self::default()
    }

    /// At most `bytes`; what is over goes to files in `folder`, or in the system's folder for temporary files.
    pub fn new(bytes: usize, folder: Option<PathBuf>) -> Self {
        Self { bytes: Some(bytes), folder: folder.map(Arc::from) }
    }

    /// The limit; `None` where there is none.
    pub fn bytes(&self) -> Option<usize> {
        self.bytes
    }

    /// Whether there is a limit.
    pub fn is_limited(&self) -> bool {
        self.bytes.is_some()
    }

    /// `parts` in `whole` of this budget, for one holder of several. Without a limit a part has none either.
    #[must_use]
    pub fn part(&self, parts: usize, whole: usize) -> Self {
        Self { bytes: self.bytes.map(|bytes| bytes / whole.max(1) * parts), folder: self.folder.clone() }
    }

    /// Where temporary files go.
    pub fn folder(&self) -> PathBuf {
        self.folder.as_deref().map_or_else(std::env::temp_dir, Path::to_owned)
    }

    /// Tries whether a temporary file can be made and written, so that a run need not come half way to learn it.
    ///
    /// # Errors
    /// [`Error`](crate::Error) when it cannot.
    pub fn check(&self) -> Result<()> {
        if self.is_limited() {
            self.spool()?.append(&[0])?;
        }
        Ok(())
    }

    /// A new temporary file.
    pub(super) fn spool(&self) -> Result<Spool> {
        Spool::new(self.folder())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn parts_of_a_limit_and_of_none() {
        let budget = Budget::new(1000, Some("x".into()));
        assert_eq!((budget.part(1, 4).bytes(), budget.part(3, 0).bytes()), (Some(250), Some(3000)));
        assert_eq!(budget.part(1, 4).folder(), Path::new("x"));
        assert_eq!(Budget::unlimited().part(1, 4).bytes(), None);
    }

    #[test]
    fn a_folder_that_is_none_is_an_error_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        let error = Budget::new(1, Some(missing.clone())).check().unwrap_err();
        assert!(matches!(&error, Error { folder, .. } if *folder == missing), "{error}");
        assert!(Budget::unlimited().check().is_ok());
        assert!(Budget::new(1, Some(folder.path().to_owned())).check().is_ok());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the trial leaves nothing");
    }
}
