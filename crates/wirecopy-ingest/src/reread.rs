//! Reads documents of a run again, from the files named in its report.

use std::collections::{BTreeSet, HashMap, HashSet};

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
    let files: BTreeSet<&str> =
        places.iter().map(|(path, _)| path.as_str()).filter(|path| *path != "-").collect();
    let files = files.into_iter().map(path_of).filter(|path| path.is_file());
    let files: Vec<Root> = files.map(Root::Path).collect();
    let mut found = HashMap::new();
    if files.is_empty() {
        return Ok(found);
    }
    let is = |path: &str, record: Option<u64>| places.contains(&(path.to_owned(), record));
    let take = |document: &Document| is(&document.path, document.record).then(|| document.clone());
    let wanted = Wanted { is: &is, settled: true };
    let outcome = read_wanted(&files, config, &NoProgress, cancel, &wanted, take, |outcome| {
        if let Outcome::Read(_, Some(document)) = outcome {
            found.insert((document.path.clone(), document.record), document);
        }
        Ok(())
    });
    match outcome {
        // A file that disappears meanwhile counts as missing.
        Ok(()) | Err(Error::Root { .. }) => Ok(found),
        Err(error) => Err(error),
    }
}
