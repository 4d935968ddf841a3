//! Hashes back to words, for the evidence and the learned lines of a report.
//!
//! No text is kept while a run goes on: the files of the documents whose words are wanted are read once more.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::corpus::Corpus;
use super::evidence::Evidence;
use super::learned::MarkedBy;
use super::versions::Sentence;
use crate::Config;
use wirecopy_core::classify::Edge;
use wirecopy_core::progress::{Cancel, NoProgress};
use wirecopy_core::score::each_term;
use wirecopy_core::sources::source_key;
use wirecopy_core::text::{Known, Placed, RUN, SourceLines, Tokenizer};
use wirecopy_core::{DocId, Document, Error, Result};
use wirecopy_ingest::{self, Outcome, Root};

/// Characters that a report shows of a learned line.
const LINE_CHARS: usize = 300;
/// Characters that a report shows of a sentence.
const SENTENCE_CHARS: usize = 160;

/// The words behind hashes; what is not found (the file has changed, or came from standard input) is left out.
#[derive(Default)]
pub(super) struct Words {
    /// Those of terms.
    pub(super) terms: HashMap<u32, String>,
    /// Those of learned lines and stretches, by key.
    pub(super) lines: HashMap<u64, String>,
    /// Sentences by document and first token, cut where they are long.
    pub(super) sentences: HashMap<(DocId, usize), String>,
}

/// Looks the terms of the evidence, the lines that were learned and some sentences up in documents that hold them; `edges`
/// are those that it is the evidence of.
pub(super) fn find<'s>(
    edges: &[Edge],
    evidence: &Evidence,
    sentences: impl Iterator<Item = &'s Sentence>,
    corpus: &Corpus,
    config: &Config,
    cancel: &Cancel,
) -> Result<Words> {
    let wanted = Wanted::of(edges, evidence, sentences, corpus)?;
    let mut words = Words::default();
    let files: Vec<Root> =
        wanted.files.iter().filter(|path| Path::new(path).is_file()).map(Root::from).collect();
    if files.is_empty() {
        return Ok(words);
    }
    let ruled = Tokenizer::new(&config.matching);
    let compared = ruled.clone().with_learned(corpus.learned.lines.clone());
    let is_wanted = |path: &str, record: Option<u64>| wanted.of_document(path, record).is_some();
    // Nobody asks for dates and languages a second time.
    let of_run = ingest::Wanted { is: &is_wanted, settled: false };
    let look = |document: &Document| {
        wanted.of_document(&document.path, document.record).map(|wanted| {
            let source = source_key(&document.path, document.record, &document.meta);
            let text = &document.text;
            let placed = compared.clone().placed(text, source);
            let ruled = ruled.clone().placed(text, source);
            (
                spell(text, &placed, wanted.terms),
                lines(text, &ruled, source, &corpus.learned.lines, wanted.lines),
                quoted(text, &placed, wanted.sentences),
            )
        })
    };
    let read = ingest::read_wanted(&files, &config.ingest, &NoProgress, cancel, &of_run, look, |outcome| {
        match outcome {
            Outcome::Read(_, Some((terms, lines, sentences))) => {
                words.terms.extend(terms);
                words.lines.extend(lines);
                words.sentences.extend(sentences);
            }
            Outcome::Read(_, None) | Outcome::Skipped(_) | Outcome::SkippedMore(_) => {}
        }
        Ok(())
    });
    match read {
        // A file that went away in between takes its words with it, not the run.
        Ok(()) | Err(Error::Root { .. }) => Ok(words),
        Err(error) => Err(error),
    }
}

/// Terms and what was learned by the documents whose words are wanted for them.
struct Wanted {
    files: BTreeSet<String>,
    /// Hash of the place of a document, and where its terms end, ascending by the hash.
    places: Vec<(u64, Range<u32>)>,
    terms: Vec<u32>,
    /// Learned lines and runs, by the place of a document that has them.
    lines: HashMap<u64, Vec<MarkedBy>>,
    /// Sentences, by the place of their document.
    sentences: HashMap<u64, Vec<Sentence>>,
}

/// What is wanted of one document; the terms ascend.
struct OfDocument<'a> {
    terms: &'a [u32],
    lines: &'a [MarkedBy],
    sentences: &'a [Sentence],
}

impl Wanted {
    /// Edges come by their first documents, and it is in these that their terms are looked up.
    fn of<'s>(
        edges: &[Edge],
        evidence: &Evidence,
        sentences: impl Iterator<Item = &'s Sentence>,
        corpus: &Corpus,
    ) -> Result<Self> {
        let mut wanted = Self {
            files: BTreeSet::new(),
            places: Vec::new(),
            terms: Vec::new(),
            lines: HashMap::new(),
            sentences: HashMap::new(),
        };
        let (mut headers, mut grounds) = (corpus.headers.reader(), evidence.reader());
        for line in &corpus.learned.marked {
            let (header, _) = headers.get(line.first)?;
            wanted.lines.entry(place(&header.path, header.record)).or_default().push(line.known.clone());
            wanted.files.insert(header.path);
        }
        for sentence in sentences {
            let (header, _) = headers.get(sentence.0)?;
            let own = wanted.sentences.entry(place(&header.path, header.record)).or_default();
            own.push(sentence.clone());
            wanted.files.insert(header.path);
        }
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

    /// What is wanted of a document; `None` where nothing is.
    fn of_document(&self, path: &str, record: Option<u64>) -> Option<OfDocument<'_>> {
        let wanted = place(path, record);
        let lines = self.lines.get(&wanted).map(Vec::as_slice);
        let sentences = self.sentences.get(&wanted).map(Vec::as_slice);
        let found = self.places.binary_search_by_key(&wanted, |&(place, _)| place).ok();
        if found.is_none() && lines.is_none() && sentences.is_none() {
            return None;
        }
        let range = found.map_or(0..0, |at| self.places[at].1.clone());
        let terms = self.terms.get(range.start as usize..range.end as usize);
        Some(OfDocument {
            terms: terms.unwrap_or_default(),
            lines: lines.unwrap_or_default(),
            sentences: sentences.unwrap_or_default(),
        })
    }
}

/// Hash of a file and a record in it.
fn place(path: &str, record: Option<u64>) -> u64 {
    xxh3_64_with_seed(path.as_bytes(), record.map_or(0, |record| record.wrapping_add(1)))
}

/// The first word, as written, behind each wanted term of a text.
fn spell(text: &str, placed: &Placed, terms: &[u32]) -> Vec<(u32, String)> {
    let Placed { tokens, words, .. } = placed;
    let mut found: HashMap<u32, String> = HashMap::new();
    for segment in tokens.segments() {
        each_term(tokens, segment, |place| {
            if terms.binary_search(&place.term).is_err() {
                return;
            }
            let at = place.token as usize;
            let width = tokens.as_slice()[at].class().tokens_of_term();
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

/// The wanted sentences of a text, as written; a text that has changed since may be too short for them.
fn quoted(text: &str, placed: &Placed, sentences: &[Sentence]) -> Vec<((DocId, usize), String)> {
    let there = sentences.iter().filter(|(_, range)| range.end <= placed.words.len());
    there
        .map(|(document, range)| {
            let mut bytes = placed.bytes(text, range);
            let first = placed.words.get(range.start).map_or(bytes.end, |word| word.start);
            // A dateline is no part of the sentence that it stands before.
            let boilerplate = placed.boilerplate.iter().filter(|boilerplate| boilerplate.end <= first);
            bytes.start = boilerplate.fold(bytes.start, |start, boilerplate| start.max(boilerplate.end));
            let words: Vec<&str> = text[bytes].split_whitespace().collect();
            ((*document, range.start), shortened(&words.join(" "), SENTENCE_CHARS))
        })
        .collect()
}

/// `text` in at most so many characters, cut at a space where one is near.
fn shortened(text: &str, characters: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(characters.saturating_sub(1)) else {
        return text.to_owned();
    };
    if text[end..].chars().nth(1).is_none() {
        return text.to_owned();
    }
    let head = &text[..end];
    let head = head.rfind(' ').filter(|&at| at > end / 2).map_or(head, |at| &head[..at]);
    format!("{}…", head.trim_end_matches([',', ';', ':', ' ']))
}

/// The wanted lines and stretches of a document of `source`, as written, each by its key.
fn lines(
    text: &str,
    placed: &Placed,
    source: u64,
    learned: &SourceLines,
    wanted: &[MarkedBy],
) -> Vec<(u64, String)> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for piece in learned.pieces(source, &placed.tokens) {
        for wanted in wanted {
            let tokens = match (&piece.known, wanted) {
                (Known::Line(key), MarkedBy::Line(wanted)) if key == wanted => piece.tokens.clone(),
                (Known::Runs(runs), MarkedBy::Runs(wanted)) => {
                    let mut own = runs.iter().filter(|(_, key)| wanted.contains(key)).map(|&(at, _)| at);
                    let Some(first) = own.next() else { continue };
                    let last = own.next_back().unwrap_or(first);
                    // The words around the first and the last run are of it, where no other stretch has them.
                    let is_edge =
                        |at: Option<&(usize, u64)>, own: usize| at.is_some_and(|&(at, _)| at == own);
                    let start = if is_edge(runs.first(), first) { piece.tokens.start } else { first };
                    let end = if is_edge(runs.last(), last) { piece.tokens.end } else { last + RUN };
                    start..end
                }
                _ => continue,
            };
            let words: Vec<&str> = text[placed.bytes(text, &tokens)].split_whitespace().collect();
            found.push((wanted.key(), words.join(" ").chars().take(LINE_CHARS).collect()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_comes_without_its_dateline() {
        let text =
            "PARIS, Sept 24 (AFP) - \u{201c}The pier is closed,\u{201d} said the board. It opens in May.";
        let placed = Tokenizer::default().placed(text, 0);
        let found = quoted(text, &placed, &[(DocId(7), 0..7), (DocId(7), 90..99)]);
        assert_eq!(
            found,
            [((DocId(7), 0), "\u{201c}The pier is closed,\u{201d} said the board.".to_owned())]
        );
    }

    #[test]
    fn a_long_sentence_is_cut_at_a_word() {
        assert_eq!(shortened("The ferry sails again.", 22), "The ferry sails again.");
        assert_eq!(shortened("The ferry sails, again", 20), "The ferry sails…");
        assert_eq!(shortened("渡船今天又在湖上航行", 6), "渡船今天又…");
    }
}
