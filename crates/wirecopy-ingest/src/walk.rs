//! Walks the roots, applies globs and ignore files, and proposes an id for each file.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use super::Root;
use super::decode::broken;
use super::open;
use super::path_text::{for_id, shown};
use crate::config::IngestConfig;
use wirecopy_core::Cancel;
use wirecopy_core::document::SkipKind::{Link, Unreadable};
use wirecopy_core::document::{Refusal, Skipped};
use wirecopy_core::tasks::LIGHT;
use wirecopy_core::{Error, Result};

/// Name of the file that lists, in gitignore syntax, what is not read in a folder.
pub const IGNORE_FILE: &str = ".wirecopyignore";

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The path; `None` for standard input or another pipe.
    pub path: Option<PathBuf>,
    /// The path as shown in reports: [`Document::path`](wirecopy_core::Document::path).
    pub shown: String,
    /// The proposed id, which is also the prefix of its records' ids.
    pub id: String,
    /// Size on disk in bytes; 0 if it is found in a folder and not yet measured.
    pub bytes: u64,
    /// Whether the user named it, rather than a folder that contains it.
    pub named: bool,
}

impl Found {
    fn at(path: &Path, id: String, bytes: u64, named: bool) -> Self {
        Self { path: Some(path.to_owned()), shown: shown(path), id, bytes, named }
    }
}

/// An item found by the walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    File(Found),
    /// A pipe that the program was started with. Its [`Found::path`] is `None`, because it can be read only once.
    Pipe(Found, PathBuf),
    Skipped(Skipped),
}

/// The result of a walk.
#[derive(Debug)]
pub(super) struct Walked {
    /// Everything found below the roots, in order.
    pub entries: Vec<Entry>,
    /// Total size of all files on disk in bytes; `None` with standard input or another pipe, or before the files are measured.
    pub total_bytes: Option<u64>,
}

impl Walked {
    /// Looks up the sizes of the files that were found in folders, on all threads, since that takes longer than listing them.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub(super) fn measure(&mut self, cancel: &Cancel) -> Result<()> {
        self.entries.par_iter_mut().with_max_len(LIGHT).try_for_each(|entry| -> Result<()> {
            cancel.check()?;
            if let Entry::File(Found { path: Some(path), bytes, named: false, .. }) = entry {
                *bytes = size(path);
            }
            Ok(())
        })?;
        let bytes = |entry: &Entry| match entry {
            Entry::File(file) => file.path.is_some().then_some(file.bytes),
            Entry::Pipe(..) => None,
            Entry::Skipped(_) => Some(0),
        };
        self.total_bytes = self.entries.iter().map(bytes).sum();
        Ok(())
    }
}

/// Returns the size of a file in bytes; 0 if it has vanished.
pub(super) fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// Walks the roots in the given order, and each root in bytewise order of file names. The sizes of files found in folders are 0 until
/// they are [measured](Walked::measure).
///
/// A file that is reached through two overlapping roots is an input once.
pub(super) fn walk(roots: &[Root], config: &IngestConfig, cancel: &Cancel) -> Result<Walked> {
    let mut walk = Walk {
        config,
        include: globs("ingest.include", &config.include)?,
        exclude: globs("ingest.exclude", &config.exclude)?,
        seen: (roots.len() > 1).then(HashSet::new),
        entries: Vec::new(),
    };
    let mut labels = HashSet::new();
    for root in roots {
        match root {
            Root::Stdin => {
                let id = unique(&mut labels, "-");
                walk.entries.push(Entry::File(Found {
                    path: None,
                    shown: "-".to_owned(),
                    id,
                    bytes: 0,
                    named: true,
                }));
            }
            Root::Path(path) => {
                let metadata = fs::metadata(path).map_err(|source| root_error(path, source))?;
                let label = || label(path);
                if metadata.is_dir() {
                    let prefix = (roots.len() > 1).then(|| unique(&mut labels, &label()));
                    walk.folder(path, prefix.as_deref(), cancel)?;
                } else if metadata.is_file() {
                    let id = unique(&mut labels, &label());
                    walk.file(Found::at(path, id, metadata.len(), true), path, None);
                } else if open::is_open_pipe(path, metadata.file_type()) {
                    let id = unique(&mut labels, &label());
                    let pipe = Found { path: None, ..Found::at(path, id, 0, true) };
                    walk.entries.push(Entry::Pipe(pipe, path.clone()));
                } else {
                    walk.skip(path, open::not_a_file(metadata.file_type()));
                }
            }
        }
    }
    Ok(Walked { entries: walk.entries, total_bytes: None })
}

struct Walk<'a> {
    config: &'a IngestConfig,
    include: Option<GlobSet>,
    exclude: Option<GlobSet>,
    /// Canonical paths of the files found; `None` with a single root, which cannot overlap.
    seen: Option<HashSet<PathBuf>>,
    entries: Vec<Entry>,
}

impl Walk<'_> {
    fn folder(&mut self, root: &Path, prefix: Option<&str>, cancel: &Cancel) -> Result<()> {
        let canonical = self.seen.is_some().then(|| root.canonicalize().ok()).flatten();
        // The ignore files of the folders above the current entry, with the depths of these folders.
        let mut ignores: Vec<(usize, Gitignore)> = Vec::new();
        let mut walk = WalkDir::new(root)
            .follow_links(self.config.follow)
            .max_depth(self.config.max_depth.unwrap_or(usize::MAX))
            // Entries of a folder are compared, whose paths differ only in their names.
            .sort_by(|a, b| a.path().as_os_str().cmp(b.path().as_os_str()))
            .into_iter();
        while let Some(entry) = walk.next() {
            cancel.check()?;
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if error.depth() == 0 => return Err(root_error(root, error.into())),
                Err(error) => {
                    self.walk_error(root, &error);
                    continue;
                }
            };
            if entry.depth() == 0 {
                ignores.extend(ignore_file(&entry));
                continue;
            }
            ignores.retain(|(depth, _)| *depth < entry.depth());
            let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
            let is_dir = entry.file_type().is_dir();
            if self.is_excluded(&entry, relative, is_dir, &ignores) {
                if is_dir {
                    walk.skip_current_dir();
                }
                continue;
            }
            if is_dir {
                ignores.extend(ignore_file(&entry));
                continue;
            }
            if self.include.as_ref().is_some_and(|globs| !globs.is_match(relative)) {
                continue;
            }
            let kind = entry.file_type();
            if kind.is_file() {
                let below = slashed(relative);
                let id = prefix.map_or_else(|| below.clone(), |prefix| format!("{prefix}/{below}"));
                let canonical = canonical.as_ref().map(|root| root.join(relative));
                self.file(Found::at(entry.path(), id, 0, false), entry.path(), canonical);
            } else if kind.is_symlink() {
                // As with hidden files, the user is asked to say that they are wanted.
                tracing::debug!(path = %entry.path().display(), "symbolic link not followed");
            } else {
                self.skip(entry.path(), open::not_a_file(kind));
            }
        }
        Ok(())
    }

    /// Adds a file unless it was found before. `canonical` is its canonical path, if the caller can compute it cheaply from that
    /// of the root.
    fn file(&mut self, found: Found, path: &Path, canonical: Option<PathBuf>) {
        if let Some(seen) = &mut self.seen {
            let key = canonical.or_else(|| path.canonicalize().ok()).unwrap_or_else(|| path.to_owned());
            if !seen.insert(key) {
                tracing::debug!(path = %path.display(), "already reached through another root");
                return;
            }
        }
        self.entries.push(Entry::File(found));
    }

    fn skip(&mut self, path: &Path, refusal: Refusal) {
        self.entries.push(Entry::Skipped(refusal.at(shown(path), None)));
    }

    fn walk_error(&mut self, root: &Path, error: &walkdir::Error) {
        let path = error.path().unwrap_or(root);
        let hidden = path.file_name().is_some_and(is_hidden);
        if hidden && !self.config.hidden {
            return;
        }
        if let Some(ancestor) = error.loop_ancestor() {
            let reason = format!("a loop of symbolic links back to {}", ancestor.display());
            return self.skip(path, Link.because(reason));
        }
        let refusal = match error.io_error() {
            Some(io) if io.kind() == io::ErrorKind::NotFound && path.is_symlink() => {
                Link.because("a dangling symbolic link")
            }
            Some(io) => broken(io, false),
            None => Unreadable.because(error.to_string()),
        };
        self.skip(path, refusal);
    }

    /// Returns whether an entry is excluded by its name, a glob or an ignore file.
    fn is_excluded(
        &self,
        entry: &DirEntry,
        relative: &Path,
        is_dir: bool,
        ignores: &[(usize, Gitignore)],
    ) -> bool {
        let name = entry.file_name();
        if name == IGNORE_FILE || (!self.config.hidden && is_hidden(name)) {
            return true;
        }
        if self.exclude.as_ref().is_some_and(|globs| globs.is_match(relative)) {
            return true;
        }
        for (_, ignore) in ignores.iter().rev() {
            match ignore.matched(entry.path(), is_dir) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
        }
        false
    }
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.')
}

fn ignore_file(folder: &DirEntry) -> Option<(usize, Gitignore)> {
    let path = folder.path().join(IGNORE_FILE);
    if !path.is_file() {
        return None;
    }
    let mut builder = GitignoreBuilder::new(folder.path());
    if let Some(error) = builder.add(&path) {
        tracing::warn!(path = %path.display(), %error, "the ignore file has invalid lines");
    }
    builder.build().ok().map(|ignore| (folder.depth(), ignore))
}

/// Compiles globs. As in gitignore, a glob without `/` matches names at any depth, and one with `/` the whole path below the
/// root.
fn globs(setting: &'static str, patterns: &[String]) -> Result<Option<GlobSet>> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let wrong = |error: &globset::Error| Error::Config { name: setting, message: error.to_string() };
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let plain = pattern.strip_prefix("./").unwrap_or(pattern);
        let plain = plain.strip_suffix('/').unwrap_or(plain);
        let anchored = plain.strip_prefix('/');
        let glob = match anchored {
            Some(rest) => rest.to_owned(),
            None if plain.contains('/') => plain.to_owned(),
            None => format!("**/{plain}"),
        };
        set.add(GlobBuilder::new(&glob).literal_separator(true).build().map_err(|e| wrong(&e))?);
    }
    set.build().map(Some).map_err(|e| wrong(&e))
}

fn root_error(path: &Path, source: io::Error) -> Error {
    Error::Root { path: path.to_owned(), source }
}

/// Returns the name of a root in ids: its last component, resolved if it is `.` or `..`.
fn label(root: &Path) -> String {
    let named = |path: &Path| path.file_name().map(for_id);
    let ends_in_name = matches!(root.components().next_back(), Some(Component::Normal(_)));
    let own = if ends_in_name { named(root) } else { None };
    own.or_else(|| root.canonicalize().ok().as_deref().and_then(named)).unwrap_or_else(|| "root".to_owned())
}

fn unique(taken: &mut HashSet<String>, name: &str) -> String {
    let mut given = name.to_owned();
    let mut copy = 2;
    while !taken.insert(given.clone()) {
        given = format!("{name}~{copy}");
        copy += 1;
    }
    given
}

/// Joins the components of a path with `/`, on every system.
fn slashed(relative: &Path) -> String {
    let parts: Vec<String> = relative.components().map(|part| for_id(part.as_os_str())).collect();
    parts.join("/")
}
