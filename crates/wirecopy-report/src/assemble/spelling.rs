//! Finds the words behind hashes, for the evidence and the learned lines of a report.
//!
//! A run keeps no text that can be read again. The files of the documents whose words are needed are read a second time;
//! documents that did not come from a file are in [`Corpus::texts`].

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::evidence::EdgeEvidence;
use super::versions::Sentence;
use crate::Config;
use wirecopy_core::classify::Edge;
use wirecopy_core::engine::{BATCH, Corpus, HeaderReader, MarkedBy};
use wirecopy_core::score::each_term;
use wirecopy_core::tasks::LIGHT;
use wirecopy_core::text::{Known, LEARNED_SHINGLE, Placed, SourceLines, Tokenizer, whole_words};
use wirecopy_core::{Cancel, DocId, Document, Result};
use wirecopy_ingest::read_again;

/// Most characters of a learned line in a report.
const LINE_CHARS: usize = 300;
/// Most characters of a sentence in a report.
const SENTENCE_CHARS: usize = 160;

/// The words behind hashes. Words that are not found, because the file changed, are missing.
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
    let speller = Speller::new(config, corpus.learned.lines.clone());
    let look = |document: DocId, text: &str| {
        let ranges: Vec<Range<usize>> = wanted
            .sentences
            .get(&document)
            .map_or_else(Vec::new, |own| own.iter().map(|(_, range)| range.clone()).collect());
        let asked = Asked {
            terms: wanted.terms_of(document).unwrap_or_default(),
            lines: wanted.lines.get(&document).map_or(&[], Vec::as_slice),
            sentences: &ranges,
        };
        (document, speller.look(text, corpus.sources[document.index()], asked))
    };
    let mut collected = Collected::default();
    let is_wanted = |path: &str, record: Option<u64>| wanted.in_file(path, record).is_some();
    // Dates and languages are known from the first reading.
    let of_run = wirecopy_ingest::Wanted { is: &is_wanted, settled: false };
    let again = |document: &Document| {
        let number = wanted.in_file(&document.path, document.record)?;
        Some(look(number, &document.text))
    };
    let files = wanted.files.iter().map(String::as_str);
    read_again(files, &config.ingest, cancel, &of_run, again, |spelled| {
        collected.extend(spelled);
        Ok(())
    })?;
    for documents in wanted.kept.chunks(BATCH) {
        cancel.check()?;
        let reader = || corpus.texts.reader();
        let kept = documents.par_iter().with_max_len(LIGHT).map_init(reader, |reader, &document| {
            Ok(reader.get(document)?.map(|text| look(document, &text)))
        });
        let kept: Vec<Option<(DocId, Spelled)>> = kept.collect::<Result<_>>()?;
        collected.extend(kept.into_iter().flatten());
    }
    Ok(collected.words())
}

/// Looks up the words behind hashes in texts.
pub struct Speller {
    /// Finds the boilerplate that rules know.
    ruled: Tokenizer,
    /// Finds the learned boilerplate, too.
    compared: Tokenizer,
    learned: SourceLines,
}

/// What is looked up in a text.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Terms, ascending.
    pub terms: &'a [u32],
    /// Learned lines and passages.
    pub lines: &'a [MarkedBy],
    /// Token ranges of sentences, without boilerplate.
    pub sentences: &'a [Range<usize>],
}

/// What was found in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spelled {
    /// The words of terms, ascending.
    pub terms: Vec<(u32, String)>,
    /// Learned lines and passages, by key.
    pub lines: Vec<(u64, String)>,
    /// Sentences, by first token, shortened if they are long.
    pub sentences: Vec<(usize, String)>,
}

impl Speller {
    /// Returns a speller for texts that were read with these settings and from which this boilerplate was removed.
    pub fn new(config: &Config, learned: SourceLines) -> Self {
        let ruled = Tokenizer::new(&config.matching);
        Self { compared: ruled.clone().with_learned(learned.clone()), ruled, learned }
    }

    /// Looks up words in the text of a document of `source`. What is not there is missing.
    pub fn look(&self, text: &str, source: u64, asked: Asked<'_>) -> Spelled {
        let placed = self.compared.clone().placed(text, source);
        let marked = || {
            let placed = self.ruled.clone().placed(text, source);
            lines(text, &placed, source, &self.learned, asked.lines)
        };
        Spelled {
            terms: if asked.terms.is_empty() { Vec::new() } else { spell(text, &placed, asked.terms) },
            lines: if asked.lines.is_empty() { Vec::new() } else { marked() },
            sentences: quoted(text, &placed, asked.sentences),
        }
    }
}

/// What was found so far.
#[derive(Default)]
struct Collected {
    /// The words of terms, with the document that spells them.
    terms: HashMap<u32, (DocId, String)>,
    words: Words,
}

impl Collected {
    fn extend(&mut self, all: impl IntoIterator<Item = (DocId, Spelled)>) {
        for (document, Spelled { terms, lines, sentences }) in all {
            for (term, word) in terms {
                let known = self.terms.entry(term).or_insert_with(|| (document, word.clone()));
                // Documents come in the order of their files, which must not affect the result.
                if document < known.0 {
                    *known = (document, word);
                }
            }
            self.words.lines.extend(lines);
            let sentences = sentences.into_iter().map(|(start, sentence)| ((document, start), sentence));
            self.words.sentences.extend(sentences);
        }
    }

    fn words(self) -> Words {
        let terms = self.terms.into_iter().map(|(term, (_, word))| (term, word)).collect();
        Words { terms, ..self.words }
    }
}

/// What is looked up, by the documents in which it is looked up.
#[derive(Default)]
struct Wanted {
    /// The files of those documents whose texts are not kept.
    files: BTreeSet<String>,
    /// The hashes of these documents' paths and records, ascending.
    in_files: Vec<(u64, DocId)>,
    /// The documents whose texts are kept, ascending.
    kept: Vec<DocId>,
    /// The ranges of the terms of documents, ascending.
    ranges: Vec<(DocId, Range<u32>)>,
    terms: Vec<u32>,
    /// Learned lines and shingles.
    lines: HashMap<DocId, Vec<MarkedBy>>,
    sentences: HashMap<DocId, Vec<Sentence>>,
}

impl Wanted {
    /// Collects what to look up. Edges are sorted by their first documents, and terms are looked up in these.
    fn of<'s>(
        edges: &[Edge],
        evidence: &EdgeEvidence,
        sentences: impl Iterator<Item = &'s Sentence>,
        corpus: &Corpus,
    ) -> Result<Self> {
        let mut wanted = Self::default();
        let (mut headers, mut grounds) = (corpus.headers.reader(), evidence.reader());
        for line in &corpus.learned.marked {
            wanted.lines.entry(line.first).or_default().push(line.known.clone());
            wanted.read(line.first, corpus, &mut headers)?;
        }
        for sentence in sentences {
            wanted.sentences.entry(sentence.0).or_default().push(sentence.clone());
            wanted.read(sentence.0, corpus, &mut headers)?;
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
            let start = wanted.terms.len() as u32;
            wanted.terms.extend(&own);
            wanted.ranges.push((edges[0].a, start..wanted.terms.len() as u32));
            wanted.read(edges[0].a, corpus, &mut headers)?;
        }
        wanted.in_files.sort_unstable();
        wanted.in_files.dedup();
        wanted.kept.sort_unstable();
        wanted.kept.dedup();
        Ok(wanted)
    }

    /// Notes where the text of a document is.
    fn read(&mut self, document: DocId, corpus: &Corpus, headers: &mut HeaderReader<'_>) -> Result<()> {
        if corpus.texts.holds(document) {
            self.kept.push(document);
            return Ok(());
        }
        let (header, _) = headers.get(document)?;
        self.in_files.push((place(&header.path, header.record), document));
        if !self.files.contains(&header.path) {
            self.files.insert(header.path);
        }
        Ok(())
    }

    /// Returns the document at a place, if anything is looked up in it.
    fn in_file(&self, path: &str, record: Option<u64>) -> Option<DocId> {
        let wanted = place(path, record);
        let found = self.in_files.binary_search_by_key(&wanted, |&(place, _)| place).ok()?;
        Some(self.in_files[found].1)
    }

    /// Returns the terms that are looked up in a document, ascending.
    fn terms_of(&self, document: DocId) -> Option<&[u32]> {
        let found = self.ranges.binary_search_by_key(&document, |&(document, _)| document).ok()?;
        let (_, range) = &self.ranges[found];
        self.terms.get(range.start as usize..range.end as usize)
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
                let range = first.start..last.end;
                found.entry(place.term).or_insert_with(|| text[whole_words(text, range)].to_owned());
            }
        });
    }
    let mut found: Vec<(u32, String)> = found.into_iter().collect();
    found.sort_unstable();
    found
}

/// Returns the wanted sentences of a text, as written. A text that has changed may be too short for them.
fn quoted(text: &str, placed: &Placed, sentences: &[Range<usize>]) -> Vec<(usize, String)> {
    let there = sentences.iter().filter(|range| range.end <= placed.words.len());
    there
        .map(|range| {
            let mut bytes = placed.bytes(text, range);
            let first = placed.words.get(range.start).map_or(bytes.end, |word| word.start);
            // A dateline is not part of the sentence after it.
            let boilerplate = placed.boilerplate.iter().filter(|boilerplate| boilerplate.end <= first);
            bytes.start = boilerplate.fold(bytes.start, |start, boilerplate| start.max(boilerplate.end));
            let words: Vec<&str> = text[bytes].split_whitespace().collect();
            (range.start, shortened(&words.join(" "), SENTENCE_CHARS))
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
        let found = quoted(text, &placed, &[0..7, 90..99]);
        assert_eq!(found, [(0, "\u{201c}The pier is closed,\u{201d} said the board.".to_owned())]);
    }

    #[test]
    fn long_sentence_is_cut_at_a_word() {
        assert_eq!(shortened("The ferry sails again.", 22), "The ferry sails again.");
        assert_eq!(shortened("The ferry sails, again", 20), "The ferry sails…");
        assert_eq!(shortened("渡船今天又在湖上航行", 6), "渡船今天又…");
    }
}
