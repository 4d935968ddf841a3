//! Progress reports from the library to its caller, and cancellation by the caller.
//!
//! The library never writes to a terminal. It calls a [`Progress`], by default [`NoProgress`].

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

/// A stage of the pipeline, in order of execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Walks, reads, decodes, extracts, tokenises and signs, in one pass over the input.
    Read,
    /// Finds candidate pairs of copies by the bands of their signatures.
    Bands,
    /// Checks these candidates exactly and collapses copies to representatives.
    Copies,
    /// Learns the lines that a source adds to its stories from the representatives, then collapses the copies that
    /// appear once these lines are removed.
    Boilerplate,
    /// Counts document frequencies and finds candidate pairs of excerpts and rewrites by rare features.
    Join,
    /// Checks these candidates exactly.
    Verify,
    /// Groups edges into clusters.
    Cluster,
    /// Collects what is reported of clusters and edges: versions, shares copied, and the words behind rewrites,
    /// which are looked up in the input files.
    Evidence,
}

impl Stage {
    /// Returns the stage's name, as used in reports and on progress bars.
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

/// Receives the pipeline's progress. Methods are called from any thread; `advance` is called in batches, not once
/// an item.
pub trait Progress: Sync {
    /// Announces the start of a stage. `total` is the amount of work, if known: pairs to check, or for
    /// [`Stage::Read`] the bytes of input on disk, because one file may hold a million documents.
    fn begin(&self, stage: Stage, total: Option<u64>);
    /// Reports `steps` more completed steps of the current stage (documents and skipped inputs in [`Stage::Read`])
    /// over `bytes` of input on disk (0 where bytes do not apply).
    fn advance(&self, steps: u64, bytes: u64);
    /// Reports the end of the current stage, with the number of items that went in and came out.
    fn end(&self, stage: Stage, came_in: u64, came_out: u64);
}

/// Ignores all progress.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn begin(&self, _: Stage, _: Option<u64>) {}
    fn advance(&self, _: u64, _: u64) {}
    fn end(&self, _: Stage, _: u64, _: u64) {}
}

/// A flag that asks a run to stop. Clones share it. Long loops check it and return
/// [`Error::Cancelled`](crate::Error::Cancelled).
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks every holder of a clone to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns whether [`Cancel::cancel`] was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Returns an error once the run was cancelled, for use with `?`.
    ///
    /// # Errors
    /// Returns [`Error::Cancelled`](crate::Error::Cancelled) after [`Cancel::cancel`].
    pub fn check(&self) -> crate::Result<()> {
        if self.is_cancelled() { Err(crate::Error::Cancelled) } else { Ok(()) }
    }
}
