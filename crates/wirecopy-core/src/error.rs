//! Errors that end a run. A document that cannot be read is [`Skipped`](crate::Skipped) instead.

use std::path::PathBuf;

/// The result of a fallible operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// An error that ends a run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An input root does not exist or cannot be opened.
    #[error("{}: {source}", path.display())]
    Root {
        /// The root as it was given.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// A file other than a document could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// Writing to a stream (standard output) failed.
    #[error("cannot write: {0}")]
    Write(#[from] std::io::Error),
    /// A setting is out of its range.
    #[error("{name}: {message}")]
    Config {
        /// The name of the setting in `wirecopy.toml`.
        name: &'static str,
        /// What is wrong, and what would be accepted.
        message: String,
    },
    /// A run report, gold file or model could not be parsed.
    #[error("{}{}: {message}", path.display(), line.map(|n| format!(":{n}")).unwrap_or_default())]
    Format {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1, if known.
        line: Option<u64>,
        /// What was expected and what was found.
        message: String,
    },
    /// A scorer's model file holds impossible values.
    #[error("model: {0}")]
    Model(String),
    /// Two signatures were made with different parameters, so that they say nothing about each other.
    #[error("a signature of {found} cannot be compared with one of {expected}")]
    Signatures {
        /// The parameters of the signature that was to be compared.
        expected: crate::sketch::Parameters,
        /// Those of the other signature.
        found: crate::sketch::Parameters,
    },
    /// A number is not a [`Similarity`](crate::Similarity), which is from 0 to 1.
    #[error("{0} as a score or share, which must be from 0 to 1")]
    OutOfRange(f64),
    /// Labelled pairs do not match the documents, or are too few to fit a model.
    #[error("pairs: {0}")]
    Pairs(String),
    /// The input has more documents than a run can number.
    #[error("more than {limit} documents in one run: split the input")]
    TooManyDocuments {
        /// The limit.
        limit: u32,
    },
    /// A temporary file for what exceeds the memory budget could not be created, written or read.
    #[error(transparent)]
    Spill(#[from] wirecopy_spill::Error),
    /// A document was stored in part only, because a temporary file could not be written. Documents cannot be added any
    /// more, and the run cannot be finished.
    #[error("an earlier document could not be stored, so the run cannot go on")]
    Incomplete,
    /// The input of a function for distributed runs is not what such a function wrote, or is incomplete.
    #[error("distributed run: {0}")]
    Brick(String),
    /// The worker threads could not be started.
    #[error("cannot start worker threads: {0}")]
    Threads(String),
    /// The caller cancelled the run (see [`Cancel`](crate::Cancel)).
    #[error("interrupted")]
    Cancelled,
}
