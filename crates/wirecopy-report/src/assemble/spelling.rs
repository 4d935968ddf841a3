//! Finds the words behind hashes, for the evidence and the learned lines of a report.
//!
//! No text is kept during a run. The files of the documents whose words are needed are read again.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::evidence::EdgeEvidence;
use super::versions::Sentence;
use crate::Config;
use wirecopy_core::classify::Edge;
use wirecopy_core::engine::Corpus;
use wirecopy_core::engine::MarkedBy;
use wirecopy_core::score::each_term;
use wirecopy_core::sources::source_key;
use wirecopy_core::text::{Known, LEARNED_SHINGLE, Placed, SourceLines, Tokenizer};
use wirecopy_core::{Cancel, DocId, Document, Result};
use wirecopy_ingest::read_again;

/// Most characters of a learned line in a report.
const LINE_CHARS: usize = 300;
/// Most characters of a sentence in a report.
const SENTENCE_CHARS: usize = 160;

/// The words behind hashes. Words that are not found, because the file changed or came from standard input, are
/// missing.
#[derive(Default)]
pub(super) struct Words {
    /// Words of terms.
    pub terms: HashMap<u32, String>,
    /// Text of learned lines and passages, by key.
    pub(super) lines: HashMap<u64, String>,
    /// Sentences by document and first token, shortened if they are long.
    pub(super) sentences: HashMap<(DocId, usize), String>,
}

/// Looks up the terms of the evidence of `edges`, the learned lines and some sentences in documents that contain
/// them.
pub fn find<'s>(
    edges: &[Edge],
    evidence: &EdgeEvidence,
    sentences: impl Iterator<Item = &'s Sentence>,
    corpus: &Corpus,
    config: &Config,
    cancel: &Cancel,
) -> Result<Words> {
    let wanted = Wanted::of(edges, evidence, sentences, corpus)?;
    let mut words = Words::default();
    let ruled = Tokenizer::new(&config.matching);
    let learned = &corpus.learned.lines;
    let compared = ruled.clone().with_learned(learned.clone());
    let is_wanted = |path: &str, record: Option<u64>| wanted.of_document(path, record).is_some();
    // Dates and languages are known from the first reading.
    let of_run = wirecopy_ingest::Wanted { is: &is_wanted, settled: false };
    let look = |document: &Document| {
        wanted.of_document(&document.path, document.record).map(|wanted| {
            let source = source_key(&document.path, document.record, &document.meta);
            let text = &document.text;
            let placed = compared.clone().placed(text, source);
            let marked = || lines(text, &ruled.clone().placed(text, source), source, learned, wanted.lines);
            (
                wanted.terms.map(|(document, terms)| (document, spell(text, &placed, terms))),
                if wanted.lines.is_empty() { Vec::new() } else { marked() },
                quoted(text, &placed, wanted.sentences),
            )
        })
    };
    let mut spelled: HashMap<u32, (DocId, String)> = HashMap::new();
    let files = wanted.files.iter().map(String::as_str);
    read_again(files, &config.ingest, cancel, &of_run, look, |found| {
        let Some((terms, lines, sentences)) = found else { return Ok(()) };
        if let Some((document, terms)) = terms {
            for (term, word) in terms {
                let known = spelled.entry(term).or_insert_with(|| (document, word.clone()));
                // Documents come in the order of their files, which must not affect the result.
                if document < known.0 {
                    *known = (document, word);
                }
            }
        }
        words.lines.extend(lines);
        words.sentences.extend(sentences);
        Ok(())
    })?;
    words.terms = spelled.into_iter().map(|(term, (_, word))| (term, word)).collect();
    Ok(words)
}

/// What is looked up, by the documents in which it is looked up.
struct Wanted {
    files: BTreeSet<String>,
    /// Hash of a document's path and record, the document, and the range of its terms, ascending by the hash.
    places: Vec<(u64, DocId, Range<u32>)>,
    terms: Vec<u32>,
    /// Learned lines and shingles, by the hash of a document that has them.
    lines: HashMap<u64, Vec<MarkedBy>>,
    /// Sentences, by the hash of their document.
    sentences: HashMap<u64, Vec<Sentence>>,
}

/// What is looked up in one document.
struct OfDocument<'a> {
    /// Its number and the terms, ascending, if there are any.
    terms: Option<(DocId, &'a [u32])>,
    lines: &'a [MarkedBy],
    sentences: &'a [Sentence],
}

impl Wanted {
    /// Collects what to look up. Edges are sorted by their first documents, and terms are looked up in these.
    fn of<'s>(
        edges: &[Edge],
        evidence: &EdgeEvidence,
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
            let range = start..wanted.terms.len() as u32;
            wanted.places.push((place(&header.path, header.record), edges[0].a, range));
            if !wanted.files.contains(&header.path) {
                wanted.files.insert(header.path);
            }
        }
        wanted.places.sort_unstable_by_key(|&(place, ..)| place);
        Ok(wanted)
    }

    /// Returns what is looked up in a document; `None` if there is nothing.
    fn of_document(&self, path: &str, record: Option<u64>) -> Option<OfDocument<'_>> {
        let wanted = place(path, record);
        let lines = self.lines.get(&wanted).map(Vec::as_slice);
        let sentences = self.sentences.get(&wanted).map(Vec::as_slice);
        let found = self.places.binary_search_by_key(&wanted, |&(place, ..)| place).ok();
        let terms = found.and_then(|at| {
            let (_, document, range) = &self.places[at];
            Some((*document, self.terms.get(range.start as usize..range.end as usize)?))
        });
        if terms.is_none() && lines.is_none() && sentences.is_none() {
            return None;
        }
        Some(OfDocument { terms, lines: lines.unwrap_or_default(), sentences: sentences.unwrap_or_default() })
    }
}

/// Hashes the path of a file and a record in it.
fn place(path: &str, record: Option<u64>) -> u64 {
    xxh3_64_with_seed(path.as_bytes(), record.map_or(0, |record| record.wrapping_add(1)))
}

/// Returns the first word, as written, for each wanted term of a text.
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

/// Returns the wanted sentences of a text, as written. A text that has changed may be too short for them.
fn quoted(text: &str, placed: &Placed, sentences: &[Sentence]) -> Vec<((DocId, usize), String)> {
    let there = sentences.iter().filter(|(_, range)| range.end <= placed.words.len());
    there
        .map(|(document, range)| {
            let mut bytes = placed.bytes(text, range);
            let first = placed.words.get(range.start).map_or(bytes.end, |word| word.start);
            // A dateline is not part of the sentence after it.
            let boilerplate = placed.boilerplate.iter().filter(|boilerplate| boilerplate.end <= first);
            bytes.start = boilerplate.fold(bytes.start, |start, boilerplate| start.max(boilerplate.end));
            let words: Vec<&str> = text[bytes].split_whitespace().collect();
            ((*document, range.start), shortened(&words.join(" "), SENTENCE_CHARS))
        })
        .collect()
}

/// Shortens `text` to at most `characters` characters, at a space if one is near.
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

/// Returns the wanted lines and passages of a document of `source`, as written, by their keys.
fn lines(
    text: &str,
    placed: &Placed,
    source: u64,
    learned: &SourceLines,
    wanted: &[MarkedBy],
) -> Vec<(u64, String)> {
    let mut found = Vec::new();
    for piece in learned.pieces(source, &placed.tokens) {
        for wanted in wanted {
            let tokens = match (&piece.known, wanted) {
                (Known::Line(key), MarkedBy::Line(wanted)) if key == wanted => piece.tokens.clone(),
                (Known::Shingles(shingles), MarkedBy::Shingles(wanted)) => {
                    let mut own = shingles.iter().filter(|(_, key)| wanted.contains(key)).map(|&(at, _)| at);
                    let Some(first) = own.next() else { continue };
                    let last = own.next_back().unwrap_or(first);
                    // The words before the first and after the last shingle belong to the passage, unless other
                    // shingles are there.
                    let is_edge =
                        |at: Option<&(usize, u64)>, own: usize| at.is_some_and(|&(at, _)| at == own);
                    let start = if is_edge(shingles.first(), first) { piece.tokens.start } else { first };
                    let end = if is_edge(shingles.last(), last) {
                        piece.tokens.end
                    } else {
                        last + LEARNED_SHINGLE
                    };
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
    fn sentence_is_quoted_without_its_dateline() {
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
    fn long_sentence_is_cut_at_a_word() {
        assert_eq!(shortened("The ferry sails again.", 22), "The ferry sails again.");
        assert_eq!(shortened("The ferry sails, again", 20), "The ferry sails…");
        assert_eq!(shortened("渡船今天又在湖上航行", 6), "渡船今天又…");
    }
}
