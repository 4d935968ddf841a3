//! Labelled pairs and their documents, for `eval` and `calibrate`.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use super::settings::Settings;
use wirecopy_core::{Cancel, Document, Error, NoProgress};
use wirecopy_ingest::Outcome;
use wirecopy_ingest::Root;
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

/// Reads the documents below these paths, by id, and returns whether any input was skipped. Skipped inputs are logged as warnings.
pub(super) fn documents(paths: &[PathBuf], settings: &Settings) -> anyhow::Result<(Documents, bool)> {
    let mut documents = Documents::new();
    let mut skipped = false;
    for path in paths {
        skipped |= add(&mut documents, path, settings)?;
    }
    Ok((documents, skipped))
}

/// Adds the documents below a path, and returns whether any input was skipped.
fn add(documents: &mut Documents, path: &Path, settings: &Settings) -> anyhow::Result<bool> {
    let mut any_skipped = false;
    let take = Document::clone;
    wirecopy_ingest::read(
        &[Root::from(path)],
        &settings.config.ingest,
        &NoProgress,
        &Cancel::default(),
        take,
        |outcome| {
            match outcome {
                Outcome::Read(header, mut document) => {
                    // As in a run, the longest of several documents with one id has it, in whatever order they come.
                    let holder = header.duplicate_id.and_then(|id| documents.get_mut(&id));
                    if let Some(holder) = holder.filter(|holder| rank(&document) < rank(holder)) {
                        std::mem::swap(holder, &mut document);
                    }
                    documents.insert(header.id, document);
                }
                Outcome::Skipped(skipped) => {
                    any_skipped = true;
                    tracing::warn!("{}: {}", clean(&skipped.path), clean(&skipped.reason));
                }
                Outcome::SkippedMore(more) => {
                    any_skipped = true;
                    tracing::warn!("{more} more inputs were skipped");
                }
            }
            Ok(())
        },
    )?;
    Ok(any_skipped)
}

/// Returns the order of documents that ask for one id.
fn rank(document: &Document) -> (Reverse<usize>, &str, Option<&str>, Option<&str>) {
    let Document { meta, text, .. } = document;
    (Reverse(text.len()), text, meta.title.as_deref(), meta.date.as_deref())
}
