//! Which documents stand below paths that count for matching only.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::path_of;
use wirecopy_core::{Error, Result};

/// Reference roots, however they and the documents were reached.
#[derive(Clone, Debug, Default)]
pub struct References {
    roots: Vec<PathBuf>,
    /// Documents of one folder follow each other: whether a folder lies below a root is found out once.
    folders: HashMap<PathBuf, Option<PathBuf>>,
}

impl References {
    /// Looks the roots up.
    ///
    /// # Errors
    /// [`Error::Root`] for one that does not exist.
    pub fn new(roots: &[PathBuf]) -> Result<Self> {
        let canonical =
            |path: &PathBuf| path.canonicalize().map_err(|source| Error::Root { path: path.clone(), source });
        Ok(Self { roots: roots.iter().map(canonical).collect::<Result<_>>()?, folders: HashMap::new() })
    }

    /// Whether the file at `path`, as a report has it, is one of the roots or stands below one.
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
    fn however_they_are_reached() {
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
