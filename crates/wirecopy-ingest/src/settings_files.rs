//! Reads the files that settings name: a table of agencies and a model of the scorer.

use std::path::Path;
use std::sync::Arc;

use super::open::read_text;
use wirecopy_core::score::Model;
use wirecopy_core::text::credit::Agencies;
use wirecopy_core::{Error, Result};

/// Returns the built-in table of agencies, extended by the rows of the file at `path`, if any.
///
/// # Errors
/// Returns [`Error::Io`] if the file cannot be read, and [`Error::Format`] with the line if a row is malformed.
pub fn agencies(path: Option<&Path>) -> Result<Arc<Agencies>> {
    path.map_or_else(|| Ok(Agencies::shipped()), |path| Agencies::with_rows(&text_of(path)?, path))
}

/// Returns the model in the file at `path`, or the built-in one if there is no path.
///
/// # Errors
/// Returns [`Error::Io`] if the file cannot be read, and [`Error::Format`] if it is not a valid model.
pub fn model(path: Option<&Path>) -> Result<Model> {
    let Some(path) = path else { return Model::shipped() };
    Model::from_json(&text_of(path)?).map_err(|error| Error::Format {
        path: path.to_owned(),
        line: None,
        message: error.to_string(),
    })
}

fn text_of(path: &Path) -> Result<String> {
    read_text(path).map_err(|source| Error::Io { path: path.to_owned(), source })
}
