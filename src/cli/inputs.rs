//! Reads the documents of a run again from their original files.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use super::protect::Protected;
use wirecopy_core::{Cancel, Document};
use wirecopy_ingest::{Wanted, path_of, read_again};
use wirecopy_report::{DocumentLine, Run};

/// Returns the files that a command on a run reads, which its output must not replace.
pub(super) fn protected<'a>(path: &Path, run: &'a Run) -> Protected<'a> {
    let mut protected = Protected::default();
    protected.file(path);
    let config = &run.header.config;
    protected.files(config.ingest.agencies.iter().chain(&config.matching.model));
    let mut seen = HashSet::new();
    let paths = run.documents.iter().map(|line| line.path.as_str());
    protected.files(paths.filter(|path| *path != "-" && seen.insert(*path)).map(path_of));
    protected
}

/// Applies `take` to the documents of `run` with these ids, and returns the results by id. Documents whose file or record
/// no longer exists are left out.
pub(super) fn read<T: Send>(
    run: &Run,
    wanted: &BTreeSet<&str>,
    take: impl Fn(&Document) -> T + Sync,
) -> anyhow::Result<HashMap<String, T>> {
    let mut found = HashMap::new();
    each(
        run,
        |id| wanted.contains(id),
        |_, document| take(document),
        |id, taken| {
            found.insert(id.to_owned(), taken);
            Ok(())
        },
    )?;
    Ok(found)
}

/// Calls `take` with each wanted document of `run` on the thread pool, and passes the results to `sink`, file by file in
/// the order in which the run first mentions each file.
pub(super) fn each<T: Send>(
    run: &Run,
    wanted: impl Fn(&str) -> bool,
    take: impl Fn(&DocumentLine, &Document) -> T + Sync,
    mut sink: impl FnMut(&str, T) -> wirecopy_core::Result<()>,
) -> wirecopy_core::Result<()> {
    let lines = || run.documents.iter().filter(|line| wanted(&line.id));
    let places: HashMap<(&str, Option<u64>), &DocumentLine> =
        lines().map(|line| ((line.path.as_str(), line.record), line)).collect();
    let is = |path: &str, record: Option<u64>| places.contains_key(&(path, record));
    let look = |document: &Document| {
        let line = *places.get(&(document.path.as_str(), document.record))?;
        Some((line.id.as_str(), take(line, document)))
    };
    let files = lines().map(|line| line.path.as_str());
    let (config, wanted) = (&run.header.config.ingest, Wanted { is: &is, settled: true });
    read_again(files, config, &Cancel::default(), &wanted, look, |found| match found {
        Some((id, taken)) => sink(id, taken),
        None => Ok(()),
    })
}
