//! Reads documents of a run again, from the files named in its report.

use std::collections::HashSet;

use super::{Outcome, Root, Wanted, path_of, read_wanted};
use crate::config::IngestConfig;
use wirecopy_core::document::Document;
use wirecopy_core::{Cancel, NoProgress};
use wirecopy_core::{Error, Result};

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
