//! Hashes back to words, for the evidence of a report.
//!
//! No text is kept while a run goes on: the files of the documents whose words are wanted are read once more.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::evidence::Evidence;
use super::stages::Corpus;
use crate::config::Config;
use crate::ingest::{self, Outcome, Root};
use crate::progress::{Cancel, NoProgress};
use crate::text::{Class, Token, Tokenizer};
use crate::verify::{Edge, each_term};
use crate::{Error, Result, Skipped};

/// The words behind terms; a term that is not found (the file has changed, or came from standard input) is left out.
pub(super) type Words = HashMap<u32, String>;

/// Looks the terms of the evidence up in the documents that hold them; `edges` are those that it is the evidence of.
pub(super) fn find(
    edges: &[Edge],
    evidence: &Evidence,
    corpus: &Corpus,
    config: &Config,
    cancel: &Cancel,
) -> Result<Words> {
    let wanted = Wanted::of(edges, evidence, corpus)?;
    let mut words = Words::new();
    let files: Vec<Root> =
        wanted.files.iter().filter(|path| Path::new(path).is_file()).map(Root::from).collect();
    if files.is_empty() {
        return Ok(words);
    }
    let look = |document: &crate::Document| {
        let terms = wanted.terms_of(&document.path, document.record)?;
        Some(spell(&document.text, terms, config.matching.keep_furniture))
    };
    let is_wanted = |path: &str, record: Option<u64>| wanted.terms_of(path, record).is_some();
    let read =
        ingest::read_wanted(&files, &config.ingest, &NoProgress, cancel, &is_wanted, look, |outcome| {
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

/// Terms by the documents whose words are wanted for them.
struct Wanted {
    files: BTreeSet<String>,
    /// Hash of the place of a document, and where its terms end, ascending by the hash.
    places: Vec<(u64, Range<u32>)>,
    terms: Vec<u32>,
}

impl Wanted {
    /// Edges come by their first documents, and it is in these that their terms are looked up.
    fn of(edges: &[Edge], evidence: &Evidence, corpus: &Corpus) -> Result<Self> {
        let mut wanted = Self { files: BTreeSet::new(), places: Vec::new(), terms: Vec::new() };
        let (mut headers, mut grounds) = (corpus.headers.reader(), evidence.reader());
        let mut at = 0;
        let mut own: Vec<u32> = Vec::new();
        for edges in edges.chunk_by(|x, y| x.a == y.a) {
            own.clear();
            for _ in edges {
                own.extend(grounds.get(at)?.into_iter().flat_map(|grounds| grounds.terms));
                at += 1;
            }
            if own.is_empty() {
                continue;
            }
            own.sort_unstable();
            own.dedup();
            let (header, _) = headers.get(edges[0].a)?;
            let start = wanted.terms.len() as u32;
            wanted.terms.extend(&own);
            wanted.places.push((place(&header.path, header.record), start..wanted.terms.len() as u32));
            if !wanted.files.contains(&header.path) {
                wanted.files.insert(header.path);
            }
        }
        wanted.places.sort_unstable_by_key(|&(place, _)| place);
        Ok(wanted)
    }

    /// The terms that are wanted of a document, ascending.
    fn terms_of(&self, path: &str, record: Option<u64>) -> Option<&[u32]> {
        let wanted = place(path, record);
        let found = self.places.binary_search_by_key(&wanted, |&(place, _)| place).ok()?;
        let range = &self.places[found].1;
        self.terms.get(range.start as usize..range.end as usize)
    }
}

/// Hash of a file and a record in it.
fn place(path: &str, record: Option<u64>) -> u64 {
    xxh3_64_with_seed(path.as_bytes(), record.map_or(0, |record| record.wrapping_add(1)))
}

/// The first word, as written, behind each wanted term of a text.
fn spell(text: &str, terms: &[u32], keep_furniture: bool) -> Vec<(u32, String)> {
    let mut tokenizer = Tokenizer::default();
    let tokens = if keep_furniture { tokenizer.tokens_with_furniture(text) } else { tokenizer.tokens(text) };
    let mut written: Vec<(Token, Range<usize>)> = Vec::new();
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
            if terms.binary_search(&place.term).is_err() {
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
