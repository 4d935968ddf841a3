//! Whether writing to a file would destroy an input.

use std::path::{Path, PathBuf};

use super::own::Own;
use super::walk::{self, Entry};
use super::{Root, input};
use crate::config::IngestConfig;
use wirecopy_core::Cancel;
use wirecopy_core::Result;

/// The first file that a run over `roots` would read of which `is_output` is true.
///
/// What the program wrote itself and a run passes over may be written over, with the exception of annotated documents:
/// their texts may be the only ones left. Where nothing is in a file, nothing is lost.
///
/// # Errors
/// As the walk of a run.
pub fn overwritten(
    roots: &[Root],
    config: &IngestConfig,
    is_output: impl Fn(&Path) -> bool,
) -> Result<Option<PathBuf>> {
    let walked = walk::walk(roots, config, &Cancel::default())?;
    let found = walked.entries.into_iter().find_map(|entry| match entry {
        Entry::File(file) => {
            let (named, bytes) = (file.named, file.bytes);
            file.path
                .filter(|path| is_output(path))
                .filter(|path| named || (bytes > 0 && !may_be_replaced(path, config)))
        }
        Entry::Pipe(..) | Entry::Skipped(_) => None,
    });
    Ok(found)
}

/// Whether a file is one that the program wrote and can write again. What cannot be read is left alone.
fn may_be_replaced(path: &Path, config: &IngestConfig) -> bool {
    matches!(input::own(path, config), Ok(Some(own)) if own != Own::Annotated)
}
