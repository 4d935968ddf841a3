//! Labelled pairs and their documents, for `eval` and `calibrate`.

use std::path::Path;

use super::settings::Settings;
use wirecopy_core::{Cancel, Document, Error, NoProgress};
use wirecopy_ingest::Root;
use wirecopy_ingest::{self, Outcome};
use wirecopy_lab::eval::{Documents, LabelledPair, parse_pairs};
use wirecopy_report::clean;

/// Reads a file of labels as text.
pub(super) fn read(path: &Path) -> anyhow::Result<String> {
    Ok(std::fs::read_to_string(path).map_err(|source| Error::Io { path: path.to_owned(), source })?)
}

/// Reads the labelled pairs of a file.
pub(super) fn pairs(path: &Path) -> anyhow::Result<Vec<LabelledPair>> {
    Ok(parse_pairs(&read(path)?, path)?)
}

/// Reads the documents below a path, by id. Skipped inputs are logged as warnings.
pub(super) fn documents(path: &Path, settings: &Settings) -> anyhow::Result<Documents> {
    let mut documents = Documents::new();
    let take = Document::clone;
    ingest::read(
        &[Root::from(path)],
        &settings.config.ingest,
        &NoProgress,
        &Cancel::default(),
        take,
        |outcome| {
            match outcome {
                Outcome::Read(header, document) => {
                    documents.insert(header.id, document);
                }
                Outcome::Skipped(skipped) => {
                    tracing::warn!("{}: {}", clean(&skipped.path), clean(&skipped.reason));
                }
                Outcome::SkippedMore(more) => tracing::warn!("{more} more inputs were skipped"),
            }
            Ok(())
        },
    )?;
    Ok(documents)
}
