//! The error of temporary files.

use std::path::PathBuf;

/// The result of a fallible operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// A temporary file could not be created, written or read.
#[derive(Debug, thiserror::Error)]
#[error("temporary files in {}: {source}", folder.display())]
pub struct Error {
    /// The folder of the file.
    pub folder: PathBuf,
    /// The error of the operating system.
    pub source: std::io::Error,
}
