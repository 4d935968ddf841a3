//! The documents of a run, read once more from where the run found them.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use crate::ingest::{self, Outcome};
use crate::report::Run;
use crate::{Cancel, Document, NoProgress, Root};

/// What `take` makes of the documents of `run` with these ids, by id. A document whose file is no longer there, or holds
/// something else at its place, is left out.
pub(super) fn read<T: Send>(
    run: &Run,
    wanted: &BTreeSet<&str>,
    take: impl Fn(&Document) -> T + Sync,
) -> anyhow::Result<HashMap<String, T>> {
    let places: HashMap<(&str, Option<u64>), &str> = run
        .documents
        .iter()
        .filter(|document| wanted.contains(document.id.as_str()))
        .map(|document| ((document.path.as_str(), document.record), document.id.as_str()))
        .collect();
    let files: BTreeSet<&str> = places.keys().map(|&(path, _)| path).collect();
    let files: Vec<Root> =
        files.into_iter().filter(|path| Path::new(path).is_file()).map(Root::from).collect();
    let mut found = HashMap::new();
    if files.is_empty() {
        return Ok(found);
    }
    let look = |document: &Document| {
        let id = places.get(&(document.path.as_str(), document.record))?;
        Some(((*id).to_owned(), take(document)))
    };
    ingest::read(&files, &run.header.config.ingest, &NoProgress, &Cancel::default(), look, |outcome| {
        if let Outcome::Read(_, Some((id, taken))) = outcome {
            found.insert(id, taken);
        }
        Ok(())
    })?;
    Ok(found)
}
