//! Uses folders as sources if no document of a run names a source and each is in a folder with a name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::corpus::Corpus;
use crate::document::{Header, folder_name};
use crate::sources::{known_source, name_key};
use crate::{DocId, Result};

/// Number of folder names that are remembered to know whether there are several.
const SEVERAL: usize = 2;

/// Observes the documents of a run to decide whether their folders can serve as sources.
#[derive(Debug, Default)]
pub struct Folders {
    roots: Vec<PathBuf>,
    refuted: bool,
    names: BTreeSet<String>,
}

impl Folders {
    /// Adds the roots of the run; only folders below them count.
    pub fn add_roots(&mut self, roots: impl IntoIterator<Item = PathBuf>) {
        self.roots.extend(roots);
    }

    /// Observes a document.
    pub fn observe(&mut self, header: &Header) {
        if self.refuted {
            return;
        }
        let name = if known_source(&header.meta).is_some() { None } else { self.below_root(&header.path) };
        match name {
            None => self.refuted = true,
            Some(name) => {
                if self.names.len() < SEVERAL && !self.names.contains(name) {
                    self.names.insert(name.to_owned());
                }
            }
        }
    }

    /// Returns the name of the folder that contains a file, if it is below a root.
    fn below_root<'p>(&self, path: &'p str) -> Option<&'p str> {
        let below = self.roots.iter().find_map(|root| Path::new(path).strip_prefix(root).ok())?;
        let length = below.to_str()?.len();
        folder_name(&path[path.len() - length..])
    }

    /// Returns whether folders can serve as sources.
    pub fn are_sources(&self) -> bool {
        !self.refuted && self.names.len() >= SEVERAL
    }
}

impl Corpus {
    /// Makes the folder of each document its source if folders can serve as sources, and returns whether they can.
    pub fn use_folders_as_sources(&mut self) -> Result<bool> {
        if !self.folders.are_sources() {
            return Ok(false);
        }
        self.headers.use_folders_as_sources();
        let mut reader = self.headers.reader();
        let documents = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        let keys = (0..documents)
            .map(|document| {
                let (header, _) = reader.get(DocId(document))?;
                Ok(header.meta.source.as_deref().map(name_key))
            })
            .collect::<Result<Vec<Option<u64>>>>()?;
        for (source, key) in self.sources.iter_mut().zip(&keys) {
            *source = key.unwrap_or(*source);
        }
        self.known_sources = Arc::new(keys);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Metadata;

    fn are_sources(root: &str, paths: &[&str], source: Option<&str>) -> bool {
        let mut folders = Folders::default();
        folders.add_roots([PathBuf::from(root)]);
        for path in paths {
            let meta = Metadata { source: source.map(str::to_owned), ..Metadata::default() };
            folders.observe(&Header { path: (*path).to_owned(), meta, ..Header::default() });
        }
        folders.are_sources()
    }

    #[test]
    fn folders_are_sources_if_every_document_is_in_one_and_names_none() {
        assert!(are_sources("in", &["in/post/a.txt", "in/faro/2024/b.txt"], None));
        assert!(are_sources("in/", &["in/2024-03-11/post/a.txt", "in/2024-03-11/faro/b.txt"], None));
        assert!(!are_sources("in", &["in/post/a.txt", "in/b.txt"], None));
        assert!(!are_sources("in", &["in/post/a.txt", "in/post/b.txt"], None));
        assert!(!are_sources("in", &["in/2024-03-11/a.txt", "in/2024-03-12/b.txt"], None));
        assert!(!are_sources("in", &["in/post/a.txt", "in/faro/b.txt"], Some("Agency")));
        assert!(!are_sources("in/a.jsonl", &["in/a.jsonl", "in/a.jsonl"], None));
        assert!(!are_sources("in", &[], None));
    }
}
