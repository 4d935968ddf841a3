//! Lists what would be read: the format, the documents and the skipped inputs of each file.
//!
//! Everything is read as for a run, because only that tells which documents there are. Nothing is kept of the texts.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, PoisonError};

use super::config::IngestConfig;
use super::extract::{DELIVERED_JSON, Wanted, Worker};
use super::{Outcome, Root, feed, run, start};
use wirecopy_core::document::{Document, SkipKind, Skipped};
use wirecopy_core::{Cancel, Progress, Result};

/// The reason for skipping a document without words, as in a run.
pub const NO_WORDS: &str = "no words in it, only punctuation or symbols";

/// A file, and what would be read of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed {
    /// The file, as in [`Document::path`].
    pub path: String,
    /// The name of its format, as in [`FORMATS`](wirecopy_formats::FORMATS); `None` if it was skipped before that was known.
    pub format: Option<&'static str>,
    /// Number of documents.
    pub documents: u64,
    /// The first skipped inputs, at most [`IngestConfig::max_skipped`].
    pub skipped: Vec<Skipped>,
    /// Number of further skipped inputs.
    pub skipped_more: u64,
}

/// Reads everything below `roots` as [`read`](super::read) does, and calls `sink` with each file, in the order of the walk. Files
/// that are passed over, as output of this program, are not listed.
///
/// # Errors
/// As for [`read`](super::read).
pub fn list(
    roots: &[Root],
    config: &IngestConfig,
    progress: &dyn Progress,
    cancel: &Cancel,
    mut sink: impl FnMut(Listed) -> Result<()>,
) -> Result<()> {
    // One input has to be named, so that it is known to which file the others belong.
    let most = usize::try_from(config.max_skipped).unwrap_or(usize::MAX);
    let config = IngestConfig { max_skipped: config.max_skipped.max(1), ..config.clone() };
    let formats: Mutex<HashMap<String, &'static str>> = Mutex::default();
    let note = |path: &str, name: &'static str| {
        let mut formats = formats.lock().unwrap_or_else(PoisonError::into_inner);
        if DELIVERED_JSON.contains(&name) || !formats.contains_key(path) {
            formats.insert(path.to_owned(), name);
        }
    };
    let format_of = |path: &str| formats.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
    let sizes = feed::Sizes::default();
    let wanted = Wanted { is: &|_, _| true, settled: false };
    let has_words = |document: &Document| document.text.chars().any(char::is_alphanumeric);
    let worker = Worker::new(&config, sizes, cancel, &has_words, &wanted)?.noting(&note);
    let feed = start(roots, &config, sizes, progress, cancel)?;
    let mut current = Listed::default();
    let mut finish = |mut listed: Listed| {
        listed.format = format_of(&listed.path);
        if listed.path.is_empty() { Ok(()) } else { sink(listed) }
    };
    run(feed, &worker, progress, cancel, |outcome| {
        let path = match &outcome {
            Outcome::Read(header, _) => &header.path,
            Outcome::Skipped(skipped) => &skipped.path,
            Outcome::SkippedMore(_) => &current.path,
        };
        if *path != current.path {
            let next = Listed { path: path.clone(), ..Listed::default() };
            finish(mem::replace(&mut current, next))?;
        }
        match outcome {
            Outcome::Read(_, true) => current.documents += 1,
            Outcome::Read(header, false) => {
                let empty = SkipKind::Empty.because(NO_WORDS);
                add(&mut current, empty.at(header.path, header.record), most);
            }
            Outcome::Skipped(skipped) => add(&mut current, skipped, most),
            Outcome::SkippedMore(more) => current.skipped_more += more,
        }
        Ok(())
    })?;
    finish(current)
}

fn add(listed: &mut Listed, skipped: Skipped, most: usize) {
    if listed.skipped.len() < most {
        listed.skipped.push(skipped);
    } else {
        listed.skipped_more += 1;
    }
}
