//! Checks whether writing to a file would destroy an input.

use std::path::{Path, PathBuf};

use super::walk::{self, Entry};
use super::{Root, input};
use crate::config::IngestConfig;
use wirecopy_core::Cancel;
use wirecopy_core::Result;

/// Returns the first file for which `is_output` is true and that a run over `roots` would read.
///
/// Empty files and this program's own output in a folder may be overwritten, except for annotated documents, which may hold the
/// only copy of a text.
///
/// # Errors
/// Those of the walk: a missing root or an invalid glob.
pub fn overwritten(
    roots: &[Root],
    config: &IngestConfig,
    is_output: impl Fn(&Path) -> bool,
) -> Result<Option<PathBuf>> {
    let walked = walk::walk(roots, config, &Cancel::default())?;
    let found = walked.entries.into_iter().find_map(|entry| match entry {
        Entry::File(file) => {
            let named = file.named;
            file.path
                .filter(|path| is_output(path))
                .filter(|path| named || (walk::size(path) > 0 && !may_be_replaced(path, config)))
        }
        Entry::Pipe(..) | Entry::Skipped(_) => None,
    });
    Ok(found)
}

/// Returns whether a file is output that this program can produce again. `false` if the file cannot be read.
fn may_be_replaced(path: &Path, config: &IngestConfig) -> bool {
    matches!(input::own(path, config), Ok(Some(own)) if !own.holds_news())
}
