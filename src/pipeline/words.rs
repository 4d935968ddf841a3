//! Hashes back to words, for the evidence of a report.
//!
//! No text is kept while a run goes on: the files of the documents whose words are wanted are read once more.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use super::stages::{Corpus, Evidence};
use crate::config::Config;
use crate::ingest::{self, Outcome, Root};
use crate::progress::{Cancel, NoProgress};
use crate::text::{Class, Token, Tokenizer};
use crate::verify::each_term;
use crate::{Error, Result, Skipped};

/// The words behind terms; a term that is not found (the file has changed, or came from standard input) is left out.
pub(super) type Words = HashMap<u32, String>;

/// Looks the terms of `evidence` up in the documents that hold them.
pub(super) fn find(evidence: &Evidence, corpus: &Corpus, config: &Config, cancel: &Cancel) -> Result<Words> {
    let mut wanted: HashMap<(&str, Option<u64>), HashSet<u32>> = HashMap::new();
    for (document, terms) in evidence.iter().map(|((a, _), grounds)| (a, &grounds.terms)) {
        let header = &corpus.headers[document.index()];
        wanted.entry((&header.path, header.record)).or_default().extend(terms);
    }
    let mut words = Words::new();
    let files: BTreeSet<&str> = wanted.keys().map(|&(path, _)| path).collect();
    let files: Vec<Root> =
        files.into_iter().filter(|path| Path::new(path).is_file()).map(Root::from).collect();
    if files.is_empty() {
        return Ok(words);
    }
    let look = |document: &crate::Document| {
        let terms = wanted.get(&(document.path.as_str(), document.record))?;
        Some(spell(&document.text, terms, config.matching.keep_furniture))
    };
    let read = ingest::read(&files, &config.ingest, &NoProgress, cancel, look, |outcome| {
        match outcome {
            Outcome::Read(_, Some(found)) => words.extend(found),
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
fn spell(text: &str, terms: &HashSet<u32>, keep_furniture: bool) -> Vec<(u32, String)> {
    let mut tokenizer = Tokenizer::default();
    let tokens = if keep_furniture { tokenizer.tokens_with_furniture(text) } else { tokenizer.tokens(text) };
    let mut written: Vec<(Token, std::ops::Range<usize>)> = Vec::new();
    tokenizer.words(text, |token, _, range| written.push((token, range)));
    // Furniture is among the words and not among the tokens: walk both, in step where they agree.
    let mut places = Vec::with_capacity(tokens.len());
    let mut next = written.into_iter();
    for &token in tokens.as_slice() {
        places.extend(next.by_ref().find(|(other, _)| *other == token).map(|(_, range)| range));
    }
    let mut found: HashMap<u32, String> = HashMap::new();
    for segment in tokens.segments() {
        each_term(&tokens, segment, |place| {
            if !terms.contains(&place.term) {
                return;
            }
            let at = place.token as usize;
            let width = match tokens.as_slice()[at].class() {
                Class::Word | Class::Number => 1,
                Class::Ideograph => 2,
                Class::Unspaced => 3,
            };
            let ends = places.get(at).zip(places.get(at + width - 1));
            if let Some((first, last)) = ends {
                found.entry(place.term).or_insert_with(|| text[first.start..last.end].to_owned());
            }
        });
    }
    let mut found: Vec<(u32, String)> = found.into_iter().collect();
    found.sort_unstable();
    found
}
