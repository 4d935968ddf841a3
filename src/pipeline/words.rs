//! Hashes back to words, for the evidence and the learned lines of a report.
//!
//! No text is kept while a run goes on: the files of the documents whose words are wanted are read once more.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use super::stages::{Corpus, Evidence};
use crate::config::Config;
use crate::ingest::{self, Outcome, Root};
use crate::progress::{Cancel, NoProgress};
use crate::sources::source_key;
use crate::text::{Class, Placed, SourceLines, Tokenizer};
use crate::verify::each_term;
use crate::{DocId, Document, Error, Result, Skipped};

/// Characters that a report shows of a learned line.
const LINE_CHARS: usize = 300;

/// The words behind hashes; what is not found (the file has changed, or came from standard input) is left out.
#[derive(Default)]
pub(super) struct Words {
    /// Those of terms.
    pub(super) terms: HashMap<u32, String>,
    /// Those of learned lines, by key.
    pub(super) lines: HashMap<u64, String>,
}

/// What is wanted of a document.
#[derive(Default)]
struct Wanted {
    terms: HashSet<u32>,
    lines: HashSet<u64>,
}

/// Looks the terms of `evidence` and the lines that were learned up in documents that hold them.
pub(super) fn find(evidence: &Evidence, corpus: &Corpus, config: &Config, cancel: &Cancel) -> Result<Words> {
    let mut wanted: HashMap<(&str, Option<u64>), Wanted> = HashMap::new();
    let place = |document: DocId| {
        let header = &corpus.headers[document.index()];
        (header.path.as_str(), header.record)
    };
    for (&(a, _), grounds) in evidence {
        wanted.entry(place(a)).or_default().terms.extend(&grounds.terms);
    }
    for line in &corpus.learned.marked {
        wanted.entry(place(line.first)).or_default().lines.insert(line.key);
    }
    let mut words = Words::default();
    let files: BTreeSet<&str> = wanted.keys().map(|&(path, _)| path).collect();
    let files: Vec<Root> =
        files.into_iter().filter(|path| Path::new(path).is_file()).map(Root::from).collect();
    if files.is_empty() {
        return Ok(words);
    }
    let ruled = Tokenizer::new(&config.matching);
    let compared = ruled.clone().with_learned(corpus.learned.lines.clone());
    let look = |document: &Document| {
        let wanted = wanted.get(&(document.path.as_str(), document.record))?;
        let source = source_key(&document.path, document.record, &document.meta);
        let text = &document.text;
        Some((
            spell(text, &compared.clone().placed(text, source), &wanted.terms),
            lines(text, &ruled.clone().placed(text, source), source, &wanted.lines),
        ))
    };
    let read = ingest::read(&files, &config.ingest, &NoProgress, cancel, look, |outcome| {
        match outcome {
            Outcome::Read(_, Some((terms, lines))) => {
                words.terms.extend(terms);
                words.lines.extend(lines);
            }
            Outcome::Read(_, None) | Outcome::Skipped(Skipped { .. }) => {}
        }
        Ok(())
    });
    match read {
        // A file that went away in between takes its words with it, not the run.
        Ok(()) | Err(Error::Root { .. }) => Ok(words),
        Err(error) => Err(error),
    }
}

/// The first word, as written, behind each wanted term of a text.
fn spell(text: &str, placed: &Placed, terms: &HashSet<u32>) -> Vec<(u32, String)> {
    let Placed { tokens, words, .. } = placed;
    let mut found: HashMap<u32, String> = HashMap::new();
    for segment in tokens.segments() {
        each_term(tokens, segment, |place| {
            if !terms.contains(&place.term) {
                return;
            }
            let at = place.token as usize;
            let width = match tokens.as_slice()[at].class() {
                Class::Word | Class::Number => 1,
                Class::Ideograph => 2,
                Class::Unspaced => 3,
            };
            let ends = words.get(at).zip(words.get(at + width - 1));
            if let Some((first, last)) = ends {
                found.entry(place.term).or_insert_with(|| text[first.start..last.end].to_owned());
            }
        });
    }
    let mut found: Vec<(u32, String)> = found.into_iter().collect();
    found.sort_unstable();
    found
}

/// The wanted lines of a document of `source`, as written.
fn lines(text: &str, placed: &Placed, source: u64, wanted: &HashSet<u64>) -> Vec<(u64, String)> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for line in placed.tokens.lines() {
        let key = SourceLines::key(source, &placed.tokens.as_slice()[line.clone()]);
        if wanted.contains(&key) {
            let words: Vec<&str> = text[placed.line(text, &line)].split_whitespace().collect();
            found.push((key, words.join(" ").chars().take(LINE_CHARS).collect()));
        }
    }
    found
}
