//! Stores the encoded tokens of all documents of a run, in memory or in a temporary file.
//!
//! The input is [`Tokens`] in reading order; they can be read back by number on any thread. Cost: some five nanoseconds
//! a token for storing and one for reading, two to three bytes a token in between (`dictionary`), and sixteen bytes a
//! document that stay in memory whatever the budget.

use super::dictionary::{self, Dictionary, parts, whole};
use super::tokens::{Segment, Token, Tokens};
use crate::hash::ByHash;
use crate::{DocId, Result};
use wirecopy_spill::{Blobs, Budget, Failure, Reader};

/// Number of tokens that a dictionary is made from, and after which its use is checked.
const SAMPLE: usize = 1 << 18;
/// A dictionary that lacks more than one in this many tokens is followed by another, because the language has
/// changed.
const UNKNOWN: usize = 8;
/// Most dictionaries; each takes a megabyte.
const DICTIONARIES: usize = 32;
/// Number of the encoding in which every token is written in full.
const PLAIN: u16 = 0;
/// Marks a segment whose length is written in full.
const LONG: u16 = u16::MAX;

/// The tokens of a run.
///
/// Reading does not return errors, because callers read deep inside the comparison of two documents. If a
/// temporary file cannot be read, documents have no tokens, and [`TokenStore::check`] returns the error. Check
/// before using the results.
#[derive(Debug)]
pub struct TokenStore {
    blobs: Blobs<u16>,
    /// For each document, its number of tokens and the number of tokens removed as boilerplate.
    lengths: Vec<(u32, u32)>,
    dictionaries: Vec<Dictionary>,
    /// Counts of tokens for the next dictionary; `None` while the last one is in use.
    counts: Option<ByHash<Token, u32>>,
    /// Number of tokens, and of those not in the dictionary, since its use was last checked.
    seen: (usize, usize),
    codes: Vec<u16>,
    failed: Failure,
}

impl TokenStore {
    /// Creates an empty store.
    pub fn new(budget: &Budget) -> Self {
        Self {
            blobs: Blobs::new(budget),
            lengths: Vec::new(),
            dictionaries: Vec::new(),
            counts: Some(ByHash::default()),
            seen: (0, 0),
            codes: Vec::new(),
            failed: Failure::default(),
        }
    }

    /// Returns the number of documents.
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Returns whether there are no documents.
    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// Returns the number of tokens of a document.
    pub fn len_of(&self, document: DocId) -> usize {
        self.lengths[document.index()].0 as usize
    }

    /// Returns the number of tokens that were removed from a document as boilerplate.
    pub fn boilerplate_of(&self, document: DocId) -> u32 {
        self.lengths[document.index()].1
    }

    /// Returns the number of tokens of all documents.
    pub fn total(&self) -> u64 {
        self.lengths.iter().map(|&(tokens, _)| u64::from(tokens)).sum()
    }

    /// Adds a document; its number is the number of documents before.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill) if the temporary file cannot be written.
    pub fn push(&mut self, tokens: &Tokens) -> Result<()> {
        self.lengths.push((length(tokens), tokens.boilerplate_len()));
        let dictionary = u16::try_from(self.dictionaries.len()).unwrap_or(PLAIN);
        let mut codes = std::mem::take(&mut self.codes);
        let unknown = self.encode(tokens, dictionary, &mut codes);
        let pushed = self.blobs.push(&codes);
        self.codes = codes;
        self.learn(tokens, unknown);
        Ok(pushed?)
    }

    /// Renumbers the documents: document `order[at]` becomes document `at`.
    pub fn reorder(&mut self, order: &[u32]) {
        self.lengths = order.iter().map(|&at| self.lengths[at as usize]).collect();
        self.blobs.reorder(order);
    }

    /// Replaces the tokens of a document by `tokens`, which are the rest after more boilerplate was removed.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill) if the temporary file cannot be read or written.
    pub fn shorten(&mut self, document: DocId, tokens: &Tokens) -> Result<()> {
        let at = document.index();
        self.lengths[at] = (length(tokens), tokens.boilerplate_len());
        let dictionary = self.blobs.reader().get(at)?.first().copied().unwrap_or(PLAIN);
        let mut codes = std::mem::take(&mut self.codes);
        self.encode(tokens, dictionary, &mut codes);
        let written = self.blobs.overwrite(at, &codes);
        self.codes = codes;
        Ok(written?)
    }

    /// Returns the tokens of a document.
    pub fn get(&self, document: DocId) -> Tokens {
        self.reader().get(document)
    }

    /// Returns a reader for many documents, fastest in ascending order. Each thread needs its own.
    pub fn reader(&self) -> TokenReader<'_> {
        TokenReader { store: self, reader: self.blobs.reader(), tokens: Vec::new(), segments: Vec::new() }
    }

    /// Returns the error of a document that could not be read, if there was one.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill), once.
    pub fn check(&self) -> Result<()> {
        Ok(self.failed.check()?)
    }

    /// Encodes the dictionary, the digest, the numbers of tokens and segments, then one code, or more if it is long, for each
    /// segment, and then the tokens. Returns how many of these were written in full.
    fn encode(&self, tokens: &Tokens, dictionary: u16, out: &mut Vec<u16>) -> usize {
        out.clear();
        out.push(dictionary);
        let digest = tokens.digest();
        out.extend((0..8).map(|at| (digest >> (16 * at)) as u16));
        let segments = tokens.raw_segments();
        for number in [length(tokens), segments.len() as u32] {
            out.extend([number as u16, (number >> 16) as u16]);
        }
        let mut start = 0;
        for segment in segments {
            // Documents hold fewer than 2^30 tokens.
            let packed = ((segment.end() - start) as u32) << 1 | u32::from(segment.ends_line());
            match u16::try_from(packed) {
                Ok(packed) if packed != LONG => out.push(packed),
                _ => out.extend([LONG, packed as u16, (packed >> 16) as u16]),
            }
            start = segment.end();
        }
        match dictionary.checked_sub(1).and_then(|at| self.dictionaries.get(usize::from(at))) {
            Some(dictionary) => dictionary.encode(tokens.as_slice(), out),
            None => {
                out.extend(tokens.as_slice().iter().flat_map(|&token| parts(token)));
                tokens.len()
            }
        }
    }

    /// Decodes a document into two buffers and returns its digest; `None` if the codes end early.
    fn decode(&self, codes: &[u16], tokens: &mut Vec<Token>, segments: &mut Vec<Segment>) -> Option<u128> {
        let mut end = 0;
        let Encoded { dictionary, digest, length, codes } = Encoded::parse(codes, |packed| {
            end += (packed >> 1) as usize;
            segments.push(Segment::new(end, packed & 1 == 1));
        })?;
        match dictionary.checked_sub(1) {
            None => tokens.extend(codes.as_chunks().0.get(..length)?.iter().map(|&parts| whole(parts))),
            Some(at) => self.dictionaries.get(usize::from(at))?.decode(codes, length, tokens)?,
        }
        Some(digest)
    }

    /// Counts words while a dictionary is being prepared, and checks whether the current one still fits.
    fn learn(&mut self, tokens: &Tokens, unknown: usize) {
        if let Some(counts) = &mut self.counts {
            for &token in tokens.as_slice() {
                *counts.entry(token).or_default() += 1;
            }
        }
        self.seen.0 += tokens.len();
        self.seen.1 += unknown;
        if self.seen.0 < SAMPLE {
            return;
        }
        let stale = self.seen.1 > self.seen.0 / UNKNOWN && self.dictionaries.len() < DICTIONARIES;
        self.seen = (0, 0);
        match self.counts.take() {
            Some(counts) => self.dictionaries.push(Dictionary::of(&counts)),
            None if stale => self.counts = Some(ByHash::default()),
            None => {}
        }
    }
}

fn length(tokens: &Tokens) -> u32 {
    u32::try_from(tokens.len()).unwrap_or(u32::MAX)
}

/// A document as [`TokenStore::encode`] writes it, without its segments.
struct Encoded<'a> {
    dictionary: u16,
    digest: u128,
    /// Number of tokens.
    length: usize,
    /// The encoded tokens, and what follows them.
    codes: &'a [u16],
}

impl<'a> Encoded<'a> {
    /// Reads what comes before the tokens, and calls `segment` with each packed segment; `None` if the codes end early.
    fn parse(codes: &'a [u16], mut segment: impl FnMut(u32)) -> Option<Self> {
        let (&dictionary, codes) = codes.split_first()?;
        let (digest, codes) = codes.split_first_chunk::<8>()?;
        let digest = digest.iter().rev().fold(0, |digest: u128, &part| digest << 16 | u128::from(part));
        let (numbers, mut codes) = codes.split_first_chunk::<4>()?;
        let number = |at: usize| u32::from(numbers[at]) | u32::from(numbers[at + 1]) << 16;
        let (length, count) = (number(0) as usize, number(2) as usize);
        for _ in 0..count {
            match codes {
                [LONG, low, high, rest @ ..] => {
                    segment(u32::from(*low) | u32::from(*high) << 16);
                    codes = rest;
                }
                [packed, rest @ ..] => {
                    segment(u32::from(*packed));
                    codes = rest;
                }
                [] => return None,
            }
        }
        Some(Self { dictionary, digest, length, codes })
    }
}

/// The codes of a document's tokens. Equal tokens have equal codes in documents of one dictionary; different tokens may have, too,
/// since all that the dictionary lacks share a code.
#[derive(Clone, Copy, Debug)]
pub struct Coded<'a> {
    /// Number of the dictionary.
    pub dictionary: u16,
    /// One code for each token.
    pub codes: &'a [u16],
}

/// Reads documents of a [`TokenStore`].
#[derive(Debug)]
pub struct TokenReader<'a> {
    store: &'a TokenStore,
    reader: Reader<'a, u16>,
    tokens: Vec<Token>,
    segments: Vec<Segment>,
}

impl TokenReader<'_> {
    /// Returns the tokens of a document.
    pub fn get(&mut self, document: DocId) -> Tokens {
        let digest = self.read(document);
        Tokens::of_parts(self.tokens.as_slice().into(), self.segments.as_slice().into(), digest)
            .with_boilerplate(self.store.boilerplate_of(document))
    }

    /// Returns the tokens of a document in reading order, without a copy of their own.
    pub fn slice(&mut self, document: DocId) -> &[Token] {
        self.read(document);
        &self.tokens
    }

    /// Returns the codes of a document's tokens, which takes less than decoding them; `None` if they are stored without a dictionary or
    /// cannot be read.
    pub fn coded(&mut self, document: DocId) -> Option<Coded<'_>> {
        let codes = match self.reader.get(document.index()) {
            Ok(codes) => codes,
            Err(error) => {
                self.store.failed.keep(error);
                return None;
            }
        };
        let Encoded { dictionary, length, codes, .. } = Encoded::parse(codes, |_| {})?;
        let codes = (dictionary != PLAIN).then(|| dictionary::codes_of(codes, length)).flatten()?;
        Some(Coded { dictionary, codes })
    }

    /// Calls `each` with the tokens of every line of a document and returns its digest, without a copy of its own.
    pub fn each_line(&mut self, document: DocId, mut each: impl FnMut(&[Token])) -> u128 {
        let digest = self.read(document);
        let mut start = 0;
        for line in self.segments.iter().filter(|segment| segment.ends_line()) {
            each(self.tokens.get(start..line.end()).unwrap_or_default());
            start = line.end();
        }
        digest
    }

    /// Reads a document into the buffers and returns its digest.
    fn read(&mut self, document: DocId) -> u128 {
        self.tokens.clear();
        self.segments.clear();
        let digest = match self.reader.get(document.index()) {
            Ok(codes) => self.store.decode(codes, &mut self.tokens, &mut self.segments),
            Err(error) => {
                self.store.failed.keep(error);
                None
            }
        };
        digest.unwrap_or_else(|| {
            // No part of a document that could not be read whole.
            self.tokens.clear();
            self.segments.clear();
            Tokens::default().digest()
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::tokenize;

    fn id(at: usize) -> DocId {
        DocId(u32::try_from(at).unwrap())
    }

    proptest! {
        #[test]
        fn documents_are_read_back_as_stored(
            texts in prop::collection::vec("([a-f]{1,3}( |\\. |\n)|漢字。){0,40}", 1..12),
            limit in prop::option::of(0usize..4000),
        ) {
            let budget = limit.map_or_else(Budget::unlimited, |limit| Budget::new(limit, None));
            let mut store = TokenStore::new(&budget);
            let tokens: Vec<Tokens> = texts.iter().map(|text| tokenize(text)).collect();
            for tokens in &tokens {
                store.push(tokens).unwrap();
            }
            for (at, tokens) in tokens.iter().enumerate() {
                prop_assert_eq!(&store.get(id(at)), tokens);
                let mut reader = store.reader();
                prop_assert_eq!(reader.slice(id(at)), tokens.as_slice());
                let mut lines = Vec::new();
                prop_assert_eq!(reader.each_line(id(at), |line| lines.push(line.to_vec())), tokens.digest());
                let expected: Vec<_> = tokens.lines().map(|line| tokens.as_slice()[line].to_vec()).collect();
                prop_assert_eq!(lines, expected);
                drop(reader);
                prop_assert_eq!(store.len_of(id(at)), tokens.len());
            }
            for (at, tokens) in tokens.iter().enumerate() {
                let first = tokens.lines().next();
                if let Some(shorter) = tokens.without(&first) {
                    store.shorten(id(at), &shorter).unwrap();
                    prop_assert_eq!(&store.get(id(at)), &shorter);
                    prop_assert_eq!(store.boilerplate_of(id(at)), shorter.boilerplate_len());
                }
            }
            prop_assert!(store.check().is_ok());
        }
    }

    #[test]
    fn document_that_breaks_off_has_no_tokens() {
        let mut store = TokenStore::new(&Budget::unlimited());
        store.push(&tokenize("The ferry sails. It is noon.\nAll is well.")).unwrap();
        let codes = store.blobs.reader().get(0).unwrap().to_vec();
        // The dictionary, the digest, the two numbers, and one of three segments.
        for end in 0..=14 {
            store.blobs.push(&codes[..end]).unwrap();
            store.lengths.push((0, 0));
            assert_eq!(store.get(id(end + 1)), Tokens::default(), "{end}");
            assert!(store.reader().slice(id(end + 1)).is_empty(), "{end}");
        }
    }

    /// Fills the store with a sample's worth of tokens from `words` distinct words, in documents of two thousand.
    fn fill(store: &mut TokenStore, word: &str, words: usize) -> Vec<Tokens> {
        let documents: Vec<Tokens> = (0..=SAMPLE / 2000)
            .map(|at| {
                let text: String =
                    (0..2000).map(|i| format!("{word}{} ", (at * 7 + i * i) % words)).collect();
                tokenize(&text)
            })
            .collect();
        for tokens in &documents {
            store.push(tokens).unwrap();
        }
        documents
    }

    /// Returns the codes that a dictionary of a store has for some tokens.
    fn codes_of(store: &TokenStore, dictionary: usize, tokens: &Tokens) -> Vec<u16> {
        let dictionary = &store.dictionaries[dictionary - 1];
        tokens.as_slice().iter().map(|&token| dictionary.code(token)).collect()
    }

    #[test]
    fn dictionary_is_followed_by_one_for_another_language() {
        let mut store = TokenStore::new(&Budget::new(1 << 20, None));
        let mut all = fill(&mut store, "a", 300);
        assert_eq!(store.dictionaries.len(), 1);
        all.extend(fill(&mut store, "b", 300));
        all.extend(fill(&mut store, "b", 300));
        assert_eq!(store.dictionaries.len(), 2, "a dictionary that lacks the words is replaced");
        all.extend(fill(&mut store, "b", 300));
        assert_eq!(store.dictionaries.len(), 2, "one that has them is not");
        let last = id(all.len() - 1);
        assert!(store.blobs.len_of(last.index()) < 2100, "two bytes a token");
        let mut reader = store.reader();
        assert!(all.iter().enumerate().all(|(at, tokens)| reader.get(id(at)) == *tokens));
        assert!(reader.coded(id(0)).is_none(), "it came before the first dictionary");
        let of_last = reader.coded(last).map(|Coded { dictionary, codes }| (dictionary, codes.to_vec()));
        assert_eq!(of_last, Some((2, codes_of(&store, 2, &all[last.index()]))));
    }

    #[test]
    fn shortened_documents_are_read_back_whatever_their_dictionary() {
        for budget in [Budget::unlimited(), Budget::new(0, None)] {
            let mut store = TokenStore::new(&budget);
            let before = fill(&mut store, "a", 300).len();
            assert_eq!(store.dictionaries.len(), 1);
            // Lines of known words, with up to six unknown ones in each.
            let line = |at: usize, unknown: usize| -> String {
                let unknown = (0..unknown).map(|word| format!("b{at}c{word} a{word} "));
                format!("a1 a2 {}a3.\n", unknown.collect::<String>())
            };
            for (first, second) in (0..36).map(|at| (at / 6, at % 6)) {
                let tokens = tokenize(&[line(0, first), line(1, second), line(2, 1)].concat());
                let document = id(store.len());
                store.push(&tokens).unwrap();
                assert_eq!(store.get(document), tokens);
                let shorter = tokens.without(&tokens.lines().next()).unwrap();
                store.shorten(document, &shorter).unwrap();
                let expected = codes_of(&store, 1, &shorter);
                assert_eq!(store.reader().coded(document).map(|coded| coded.codes.to_vec()), Some(expected));
                assert_eq!(store.get(document), shorter, "{first} and {second}");
            }
            assert_eq!(store.len(), before + 36);
            assert!(store.check().is_ok());
        }
    }

    #[test]
    fn very_long_sentence_keeps_its_length() {
        let mut store = TokenStore::new(&Budget::unlimited());
        let tokens = tokenize(&"word ".repeat(40_000));
        store.push(&tokens).unwrap();
        assert_eq!(store.get(DocId(0)), tokens);
    }
}
