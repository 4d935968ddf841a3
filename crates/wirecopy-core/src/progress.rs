//! How the library tells its caller where it is, and how the caller tells it to stop.
//!
//! The library never touches a terminal: it calls a [`Progress`], and [`NoProgress`] is the default.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

/// A step of the pipeline, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Walk, read, decode, extract, tokenise and sign: one pass over the input.
    Read,
    /// Bands of the signatures to candidate pairs of copies.
    Bands,
    /// Exact check of the copy candidates; copies collapse to representatives.
    Copies,
    /// Lines that a source adds to its stories, learned from the representatives; what they hid collapses too.
    Boilerplate,
    /// Document frequencies and rare features to candidate pairs of excerpts and rewrites.
    Join,
    /// Exact check of those candidates.
    Verify,
    /// Edges to clusters.
    Cluster,
    /// What is told of clusters and edges besides themselves: versions, shares copied, and the words behind rewrites, looked
    /// up in the files that hold them.
    Evidence,
}

impl Stage {
    /// The stage's name in reports and on progress bars.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Read => "read",
            Stage::Bands => "bands",
            Stage::Copies => "copies",
            Stage::Boilerplate => "boilerplate",
            Stage::Join => "join",
            Stage::Verify => "verify",
            Stage::Cluster => "cluster",
            Stage::Evidence => "evidence",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Receives the pipeline's progress. Calls come from any thread; `advance` is called in batches, not per item.
pub trait Progress: Sync {
    /// A stage begins. `total` is the work to come where it is known: pairs to check, and for [`Stage::Read`] the
    /// bytes of the input on disk, because one file may hold a million documents.
    fn begin(&self, stage: Stage, total: Option<u64>);
    /// `steps` more steps of the running stage are done (documents and skipped inputs in [`Stage::Read`]), over
    /// `bytes` of input on disk (0 where bytes mean nothing).
    fn advance(&self, steps: u64, bytes: u64);
    /// The running stage is over: `came_in` items went in, `came_out` came out.
    fn end(&self, stage: Stage, came_in: u64, came_out: u64);
}

/// Says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn begin(&self, _: Stage, _: Option<u64>) {}
    fn advance(&self, _: u64, _: u64) {}
    fn end(&self, _: Stage, _: u64, _: u64) {}
}

/// A flag that asks a run to stop. Clones share it; long loops look at it and return
/// [`Error::Cancelled`](crate::Error::Cancelled).
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks every holder of a clone to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// `Err(Error::Cancelled)` once somebody asked, for use with `?`.
    ///
    /// # Errors
    /// [`Error::Cancelled`](crate::Error::Cancelled) after [`Cancel::cancel`].
    pub fn check(&self) -> crate::Result<()> {
        if self.is_cancelled() { Err(crate::Error::Cancelled) } else { Ok(()) }
    }
}
