//! Labelled pairs and their documents, for `eval` and `calibrate`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::settings::Settings;
use wirecopy_core::engine::{Preparer, Read};
use wirecopy_core::ids::{Claim, Ids, Rank};
use wirecopy_core::{Cancel, Document, Error, NoProgress};
use wirecopy_ingest::{Outcome, Root, read_text, settings_files};
use wirecopy_lab::eval::{Documents, LabelledPair, parse_pairs};
use wirecopy_report::clean;

/// Reads a file of labels as text.
pub(super) fn read(path: &Path) -> anyhow::Result<String> {
    Ok(read_text(path).map_err(|source| Error::Io { path: path.to_owned(), source })?)
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
    let mut found = Vec::new();
    let mut contested = HashSet::new();
    wirecopy_ingest::read(
        &[Root::from(path)],
        &settings.config.ingest,
        &NoProgress,
        &Cancel::default(),
        Document::clone,
        |outcome| {
            match outcome {
                Outcome::Read(header, document) => {
                    contested.extend(header.duplicate_id);
                    found.push((header.fallback, document));
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
    settle_ids(&mut found, &contested, settings)?;
    documents.extend(found.into_iter().map(|(_, document)| (document.id.clone(), document)));
    Ok(any_skipped)
}

/// Resolves ids that several documents request as a run does. The documents come with their fallback ids.
fn settle_ids(
    documents: &mut [(String, Document)],
    contested: &HashSet<String>,
    settings: &Settings,
) -> anyhow::Result<()> {
    let agencies = settings_files::agencies(settings.config.ingest.agencies.as_deref())?;
    let preparer = Preparer::new(&settings.config.matching, agencies);
    let mut ids = Ids::default();
    let mut claims = Vec::new();
    for (at, (fallback, document)) in documents.iter().enumerate() {
        ids.take(&document.id);
        if contested.contains(&document.id) {
            let Read { tokens, credits, .. } = preparer.prepare(document);
            let rank = Rank::of(&tokens, document.meta.clone(), credits);
            claims.push(Claim { id: document.id.clone(), rank, fallback: fallback.clone(), document: at });
        }
    }
    for (at, id) in ids.resolve(claims) {
        documents[at].1.id = id;
    }
    Ok(())
}
