//! Documents of a run read once more, from the files that its report names.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Outcome, Root, Wanted, path_of, read_wanted};
use crate::config::IngestConfig;
use wirecopy_core::document::Document;
use wirecopy_core::{Cancel, NoProgress};
use wirecopy_core::{Error, Result};

/// Where a document stands: file, and record in it.
pub type Place = (String, Option<u64>);

/// Reads the documents at `places` on the current rayon pool. What is not there any more, came from standard input, or
/// cannot be read, is missing from the answer.
///
/// Every file is read once, whatever number of its records is wanted; memory holds the wanted documents.
///
/// # Errors
/// [`Error::Cancelled`].
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
        // A file that goes away in between is as one that is not there.
        Ok(()) | Err(Error::Root { .. }) => Ok(found),
        Err(error) => Err(error),
    }
}
