//! Reads documents of a run again, from the files named in its report.

use std::collections::{HashMap, HashSet};

use super::{Outcome, Root, Wanted, path_of, read_wanted};
use crate::config::IngestConfig;
use wirecopy_core::document::Document;
use wirecopy_core::{Cancel, NoProgress};
use wirecopy_core::{Error, Result};

/// The place of a document: the path of its file as shown in the report, and the record in it.
pub type Place = (String, Option<u64>);

/// Reads the documents at `places` on the current rayon pool. Documents that no longer exist, came from standard input or cannot
/// be read are missing from the result.
///
/// Each file is read once. Memory holds the wanted documents.
///
/// # Errors
/// [`Error::Cancelled`], and [`Error::Config`] for an unknown time zone.
pub fn again(
    places: &HashSet<Place>,
    config: &IngestConfig,
    cancel: &Cancel,
) -> Result<HashMap<Place, Document>> {
    let mut files: Vec<&str> = places.iter().map(|(path, _)| path.as_str()).collect();
    files.sort_unstable();
    let is = |path: &str, record: Option<u64>| places.contains(&(path.to_owned(), record));
    let wanted = Wanted { is: &is, settled: true };
    let mut found = HashMap::new();
    read_again(files, config, cancel, &wanted, Document::clone, |document| {
        found.insert((document.path.clone(), document.record), document);
        Ok(())
    })?;
    Ok(found)
}

/// Calls `map` with the `wanted` documents of these files, whose paths are as shown in a report, on the current rayon pool, and
/// `sink` with the results in the order of the files. Documents that no longer exist, came from standard input or cannot be read
/// are left out.
///
/// # Errors
/// [`Error::Cancelled`], [`Error::Config`] for an unknown time zone, and any error that `sink` returns.
pub fn read_again<'p, T, M, S>(
    paths: impl IntoIterator<Item = &'p str>,
    config: &IngestConfig,
    cancel: &Cancel,
    wanted: &Wanted<'_>,
    map: M,
    mut sink: S,
) -> Result<()>
where
    T: Send,
    M: Fn(&Document) -> T + Sync,
    S: FnMut(T) -> Result<()>,
{
    let mut seen = HashSet::new();
    let files = paths.into_iter().filter(|path| *path != "-" && seen.insert(*path));
    let files: Vec<Root> = files.map(path_of).filter(|path| path.is_file()).map(Root::Path).collect();
    if files.is_empty() {
        return Ok(());
    }
    let read = read_wanted(&files, config, &NoProgress, cancel, wanted, map, |outcome| match outcome {
        Outcome::Read(_, taken) => sink(taken),
        Outcome::Skipped(_) | Outcome::SkippedMore(_) => Ok(()),
    });
    match read {
        // A file that disappears meanwhile counts as missing.
        Err(Error::Root { .. }) => Ok(()),
        other => other,
    }
}
