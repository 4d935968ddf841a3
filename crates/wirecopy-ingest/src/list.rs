//! Lists what would be read: the format, the documents and the skipped inputs of each file.
//!
//! Everything is read as for a run, because only that tells which documents there are. Nothing is kept of the texts.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, PoisonError};

use super::config::IngestConfig;
use super::extract::{Noted, Wanted, Worker};
use super::{Outcome, Root, feed, run, start};
use wirecopy_core::document::{Document, SkipKind, Skipped};
use wirecopy_core::{Cancel, Progress, Result};
use wirecopy_formats::Passed;

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
    /// What it holds besides documents, as the pictures of a web archive, with numbers.
    pub passed: Passed,
}

/// The formats of JSON files that hold items of an agency. The last one that a file has is shown.
const ITEMS: [&str; 2] = ["ninjs", "digitalwires"];

/// What is noted of the files that are being read.
#[derive(Default)]
struct Notes {
    formats: HashMap<String, &'static str>,
    passed: HashMap<String, Passed>,
}

impl Notes {
    fn add(&mut self, path: &str, noted: Noted<'_>) {
        match noted {
            Noted::Format(name) => {
                let rank = |name: &str| ITEMS.iter().position(|item| *item == name);
                let known = self.formats.entry(path.to_owned()).or_insert(name);
                if rank(name) > rank(known) {
                    *known = name;
                }
            }
            Noted::Passed(passed) => {
                self.passed.entry(path.to_owned()).or_default().extend(passed);
            }
        }
    }

    /// Completes a file with what is noted of it.
    fn complete(&mut self, listed: &mut Listed) {
        listed.format = self.formats.remove(&listed.path);
        listed.passed = self.passed.remove(&listed.path).unwrap_or_default();
    }
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
    let notes: Mutex<Notes> = Mutex::default();
    let lock = || notes.lock().unwrap_or_else(PoisonError::into_inner);
    let note = |path: &str, noted: Noted<'_>| lock().add(path, noted);
    let sizes = feed::Sizes::default();
    let wanted = Wanted { is: &|_, _| true, settled: false };
    let has_words = |document: &Document| document.text.chars().any(char::is_alphanumeric);
    let worker = Worker::new(&config, sizes, cancel, &has_words, &wanted)?.noting(&note);
    let feed = start(roots, &config, sizes, progress, cancel)?;
    let mut current = Listed::default();
    let mut finish = |mut listed: Listed| {
        lock().complete(&mut listed);
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
