//! The stages over a whole corpus, each from the results of the one before.

mod cache;
mod corpus;
mod folders;
mod headers;
mod headlines;
pub mod joins;
pub mod judge;
mod kept;
mod learned;
mod prepare;
mod renumber;
mod scorer;
pub mod stages;
mod texts;

pub(crate) use corpus::published_at;
pub use corpus::{BATCH, Corpus};
pub use headers::HeaderReader;
pub(crate) use learned::Learned;
pub use learned::{Marked, MarkedBy};
pub use prepare::{Preparer, Read};
pub(crate) use prepare::{Signer, SignerBuffer};
pub use scorer::RunScorer;
pub use texts::{KeptTexts, TextReader};

use crate::{Error, Result};

/// Threads of a run at most: each costs a stack, and no machine has more cores.
const MOST_THREADS: usize = 1024;

/// Starts the worker threads of a run, at most 1,024; 0 starts one for each core.
///
/// # Errors
/// Returns [`Error::Threads`] if the system refuses a thread.
pub fn thread_pool(threads: usize) -> Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.min(MOST_THREADS))
        .thread_name(|n| format!("wirecopy-{n}"))
        .build()
        .map_err(|error| Error::Threads(error.to_string()))
}
