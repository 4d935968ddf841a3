//! Recognises documents below reference paths, which are used for matching only.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::path_of;
use wirecopy_core::{Error, Result};

/// The reference roots, in canonical form, so that a document is recognised whichever way its path is written.
#[derive(Clone, Debug, Default)]
pub struct References {
    roots: Vec<PathBuf>,
    /// Canonical paths of the folders seen so far. Consecutive documents often share a folder.
    folders: HashMap<PathBuf, Option<PathBuf>>,
}

impl References {
    /// Resolves the roots.
    ///
    /// # Errors
    /// [`Error::Root`] if a root does not exist.
    pub fn new(roots: &[PathBuf]) -> Result<Self> {
        let canonical =
            |path: &PathBuf| path.canonicalize().map_err(|source| Error::Root { path: path.clone(), source });
        Ok(Self { roots: roots.iter().map(canonical).collect::<Result<_>>()?, folders: HashMap::new() })
    }

    /// Returns whether a file is one of the roots or below one. `path` is its path as shown in a report.
    pub fn hold(&mut self, path: &str) -> bool {
        if self.roots.is_empty() {
            return false;
        }
        let path = &path_of(path);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder =
            self.folders.entry(folder.to_owned()).or_insert_with(|| folder.canonicalize().ok()).clone();
        let (Some(folder), Some(name)) = (folder, path.file_name()) else { return false };
        let whole = folder.join(name);
        self.roots.iter().any(|root| whole.starts_with(root))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn references_are_recognised_by_any_spelling_of_their_path() {
        let desk = tempfile::tempdir().unwrap();
        let at = |name: &str| desk.path().join(name);
        fs::create_dir_all(at("archive/old")).unwrap();
        fs::create_dir_all(at("incoming")).unwrap();
        fs::write(at("incoming/one.txt"), "x").unwrap();
        let mut references = References::new(&[at("archive"), at("incoming/../incoming/one.txt")]).unwrap();
        let mut hold = |name: &str| references.hold(&at(name).to_string_lossy());
        assert!(hold("archive/old/a.txt") && hold("incoming/../archive/b.txt") && hold("incoming/one.txt"));
        assert!(!hold("incoming/two.txt") && !hold("archive-2/a.txt"));
        assert!(!References::default().hold("-"));
        assert!(matches!(References::new(&[at("gone")]), Err(Error::Root { .. })));
    }
}
