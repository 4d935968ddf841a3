//! What can end a run. A document that cannot be read never does: it is [`Skipped`](crate::Skipped).

use std::path::PathBuf;

/// The result of a fallible operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What can end a run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A root that was named does not exist or cannot be opened.
    #[error("{}: {source}", path.display())]
    Root {
        /// The root as it was named.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file that the run needs besides its documents could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Writing to a stream (standard output) failed.
    #[error("cannot write: {0}")]
    Write(#[from] std::io::Error),
    /// A setting is out of its range.
    #[error("{name}: {message}")]
    Config {
        /// The setting's name as it stands in `wirecopy.toml`.
        name: &'static str,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// A run report, gold file or model could not be understood.
    #[error("{}{}: {message}", path.display(), line.map(|n| format!(":{n}")).unwrap_or_default())]
    Format {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1, where it is known.
        line: Option<u64>,
        /// What was expected and what was found.
        message: String,
    },
    /// A scorer's model file says what cannot be.
    #[error("model: {0}")]
    Model(String),
    /// The table of document frequencies that is compiled in is not of its form: the program was built from a broken file.
    #[error("data/background.bin, which is compiled into this program, is damaged")]
    Background,
    /// Labelled pairs do not fit the documents, or are too few to fit a model on.
    #[error("pairs: {0}")]
    Pairs(String),
    /// More documents than a run can number.
    #[error("more than {limit} documents in one run: split the input")]
    TooManyDocuments {
        /// The limit.
        limit: u32,
    },
    /// A temporary file for what exceeds the memory budget could not be created, written or read.
    #[error(transparent)]
    Spill(#[from] wirecopy_spill::Error),
    /// The worker threads could not be started.
    #[error("cannot start worker threads: {0}")]
    Threads(String),
    /// The caller asked the run to stop (see [`Cancel`](crate::Cancel)).
    #[error("interrupted")]
    Cancelled,
}
