//! The tokens of all documents of a run, coded, in memory or in a temporary file.
//!
//! In: [`Tokens`] in the order of reading. Out: the same again by number, on any thread. Cost: some five nanoseconds a
//! token going in and one coming out; two to three bytes a token in between (`dictionary`). Twenty-four bytes a document
//! stay in memory whatever the budget. Documents of the same tokens can be kept once; each still has its own count of
//! boilerplate, since what was left out of a text is no part of its tokens.

use super::dictionary::{Dictionary, parts, whole};
use super::tokens::{Segment, Token, Tokens};
use crate::hash::ByHash;
use crate::spill::{Blobs, Budget, Failure, Reader};
use crate::{DocId, Result};

/// Number of tokens that a dictionary is made from, and after which its use is checked.
const SAMPLE: usize = 1 << 20;
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
    /// Where they are kept as they are.
    whole: Option<Vec<Tokens>>,
    blobs: Blobs<u16>,
    /// Where each document's tokens are: their number among those that are kept.
    places: Vec<u32>,
    /// By document: tokens that the rules left out of its own text as boilerplate.
    ruled_out: Vec<u32>,
    /// Of what is kept: tokens, and tokens that were left out later, of every document that shares it.
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
            whole: None,
            blobs: Blobs::new(budget),
            places: Vec::new(),
            ruled_out: Vec::new(),
            lengths: Vec::new(),
            dictionaries: Vec::new(),
            counts: Some(ByHash::default()),
            seen: (0, 0),
            codes: Vec::new(),
            failed: Failure::default(),
        }
    }

    /// Creates a store that keeps tokens unencoded, at eight bytes each, for runs that read them once or twice and
    /// for which encoding would be a fifth of the work. With a memory limit, it is an ordinary store.
    pub fn whole(budget: &Budget) -> Self {
        Self { whole: budget.bytes().is_none().then(Vec::new), ..Self::new(budget) }
    }

    /// Returns the number of documents.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Returns whether there are no documents.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    fn at(&self, document: DocId) -> usize {
        self.place(document) as usize
    }

    /// Where a document's tokens are kept; documents that share them have the same place.
    pub(crate) fn place(&self, document: DocId) -> u32 {
        self.places[document.index()]
    }

    /// Tokens of a document.
    pub fn len_of(&self, document: DocId) -> usize {
        self.lengths[self.at(document)].0 as usize
    }

    /// Tokens of its boilerplate.
    pub fn boilerplate_of(&self, document: DocId) -> u32 {
        self.ruled_out[document.index()].saturating_add(self.lengths[self.at(document)].1)
    }

    /// Tokens of all documents.
    pub fn total(&self) -> u64 {
        self.places.iter().map(|&place| u64::from(self.lengths[place as usize].0)).sum()
    }

    /// Adds a document; its number is how many there were.
    ///
    /// # Errors
    /// [`Error::Spill`](crate::Error::Spill) when the temporary file cannot be written.
    pub fn push(&mut self, tokens: &Tokens) -> Result<()> {
        self.ruled_out.push(tokens.boilerplate_len());
        let place = self.keep(tokens, 0)?;
        self.places.push(place);
        Ok(())
    }

    /// Keeps tokens, of which so many were left out later, and says at which place.
    fn keep(&mut self, tokens: &Tokens, left_out: u32) -> Result<u32> {
        // Documents are numbered by 32 bits.
        let place = u32::try_from(self.lengths.len()).unwrap_or(u32::MAX);
        self.lengths.push((length(tokens), left_out));
        if let Some(whole) = &mut self.whole {
            whole.push(tokens.clone());
            return Ok(place);
        }
        let dictionary = u16::try_from(self.dictionaries.len()).unwrap_or(PLAIN);
        let mut codes = std::mem::take(&mut self.codes);
        let unknown = self.encode(tokens, dictionary, &mut codes);
        let pushed = self.blobs.push(&codes);
        self.codes = codes;
        self.learn(tokens, unknown);
        pushed.map(|()| place)
    }

    /// Adds a document with the text of an earlier one, whose tokens are kept once.
    pub fn push_again(&mut self, same: DocId) {
        self.ruled_out.push(self.ruled_out[same.index()]);
        self.places.push(self.places[same.index()]);
    }

    /// Lets a document have the tokens of another from now on.
    pub fn share(&mut self, document: DocId, same: DocId) {
        self.places[document.index()] = self.places[same.index()];
    }

    /// Whether two documents are known to have the same tokens without a look at them.
    pub fn is_shared(&self, a: DocId, b: DocId) -> bool {
        self.place(a) == self.place(b)
    }

    /// Leaves tokens of a document out as boilerplate, `tokens` being the rest; those that shared them with it keep theirs.
    ///
    /// # Errors
    /// [`Error::Spill`](crate::Error::Spill) when the temporary file cannot be written.
    pub fn replace(&mut self, document: DocId, tokens: &Tokens) -> Result<()> {
        let left_out = self.left_out(self.at(document), tokens);
        self.places[document.index()] = self.keep(tokens, left_out)?;
        Ok(())
    }

    /// How many tokens have been left out of what is kept at a place once only `tokens` are left.
    fn left_out(&self, at: usize, tokens: &Tokens) -> u32 {
        let (before, left_out) = self.lengths[at];
        before.saturating_add(left_out).saturating_sub(length(tokens))
    }

    /// Leaves tokens of a document, and of those that share them, out as boilerplate, `tokens` being the rest.
    ///
    /// # Errors
    /// [`Error::Spill`](crate::Error::Spill) when the temporary file cannot be read or written.
    pub fn shorten(&mut self, document: DocId, tokens: &Tokens) -> Result<()> {
        let at = self.at(document);
        self.lengths[at] = (length(tokens), self.left_out(at, tokens));
        if let Some(whole) = &mut self.whole {
            whole[at] = tokens.clone();
            return Ok(());
        }
        let dictionary = self.blobs.reader().get(at)?.first().copied().unwrap_or(PLAIN);
        let mut codes = std::mem::take(&mut self.codes);
        self.encode(tokens, dictionary, &mut codes);
        let written = self.blobs.overwrite(at, &codes);
        self.codes = codes;
        written
    }

    /// Returns the tokens of a document.
    pub fn get(&self, document: DocId) -> Tokens {
        self.reader().get(document)
    }

    /// Returns a reader for many documents, fastest in ascending order. Each thread needs its own.
    pub fn reader(&self) -> TokenReader<'_> {
        TokenReader { store: self, reader: self.blobs.reader() }
    }

    /// Returns the error of a document that could not be read, if there was one.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill), once.
    pub fn check(&self) -> Result<()> {
        self.failed.check()
    }

    /// Encodes the dictionary, the digest, the numbers of tokens and segments, and then one code, or more if it is
    /// long, for each segment and each token. Returns how many tokens were written in full.
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

    fn decode(&self, codes: &[u16]) -> Option<Tokens> {
        let (&dictionary, codes) = codes.split_first()?;
        let (digest, codes) = codes.split_first_chunk::<8>()?;
        let digest = digest.iter().rev().fold(0, |digest: u128, &part| digest << 16 | u128::from(part));
        let (numbers, mut codes) = codes.split_first_chunk::<4>()?;
        let number = |at: usize| u32::from(numbers[at]) | u32::from(numbers[at + 1]) << 16;
        let (length, count) = (number(0) as usize, number(2) as usize);
        let mut segments = Vec::with_capacity(count);
        let mut end = 0;
        for _ in 0..count {
            let packed = match codes {
                [LONG, low, high, ..] => {
                    let packed = u32::from(*low) | u32::from(*high) << 16;
                    codes = &codes[3..];
                    packed
                }
                [packed, rest @ ..] => {
                    codes = rest;
                    u32::from(*packed)
                }
                [] => return None,
            };
            end += (packed >> 1) as usize;
            segments.push(Segment::new(end, packed & 1 == 1));
        }
        let tokens = match dictionary.checked_sub(1) {
            None => codes
                .chunks_exact(4)
                .take(length)
                .map(|parts| whole([parts[0], parts[1], parts[2], parts[3]]))
                .collect(),
            Some(at) => self.dictionaries.get(usize::from(at))?.decode(codes, length),
        };
        Some(Tokens::of_parts(tokens.into(), segments.into(), digest))
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

/// Reads documents of a [`TokenStore`].
#[derive(Debug)]
pub struct TokenReader<'a> {
    store: &'a TokenStore,
    reader: Reader<'a, u16>,
}

impl TokenReader<'_> {
    /// Returns the tokens of a document.
    pub fn get(&mut self, document: DocId) -> Tokens {
        let place = self.store.at(document);
        let tokens = match &self.store.whole {
            Some(whole) => whole[place].clone(),
            None => match self.reader.get(place) {
                Ok(codes) => self.store.decode(codes).unwrap_or_default(),
                Err(error) => {
                    self.store.failed.keep(error);
                    Tokens::default()
                }
            },
        };
        tokens.with_boilerplate(self.store.boilerplate_of(document))
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
            whole in any::<bool>(),
        ) {
            let budget = limit.map_or_else(Budget::unlimited, |limit| Budget::new(limit, None));
            let mut store = if whole { TokenStore::whole(&budget) } else { TokenStore::new(&budget) };
            let tokens: Vec<Tokens> = texts.iter().map(|text| tokenize(text)).collect();
            for tokens in &tokens {
                store.push(tokens).unwrap();
            }
            for (at, tokens) in tokens.iter().enumerate() {
                prop_assert_eq!(&store.get(id(at)), tokens);
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
    }

    #[test]
    fn documents_that_share_tokens_have_their_own_counts_of_boilerplate() {
        for mut store in [TokenStore::new(&Budget::unlimited()), TokenStore::whole(&Budget::unlimited())] {
            let bare = "The council of Aldmoor voted on Tuesday to close the harbour.\nMore soon.";
            let shared = format!("Share on Facebook\n{bare}");
            let (one, other) = (tokenize(bare), tokenize(&shared));
            assert_eq!((one.as_slice(), one.boilerplate_len()), (other.as_slice(), 0));
            store.push(&one).unwrap();
            store.push(&other).unwrap();
            store.share(DocId(1), DocId(0));
            store.push_again(DocId(1));
            let counts = |store: &TokenStore| [0, 1, 2].map(|at| store.boilerplate_of(id(at)));
            assert_eq!(counts(&store), [0, 3, 3]);
            assert_eq!((store.get(DocId(1)), store.get(DocId(2))), (other.clone(), other.clone()));
            let line: Vec<_> = one.lines().filter(|line| line.len() == 2).collect();
            let shorter = one.without(&line).unwrap();
            store.shorten(DocId(0), &shorter).unwrap();
            assert_eq!(counts(&store), [2, 5, 5]);
            let start = 0..4;
            let shortest = shorter.without([&start]).unwrap();
            store.replace(DocId(1), &shortest).unwrap();
            assert_eq!(counts(&store), [2, 9, 5]);
            assert_eq!((store.get(DocId(0)), store.get(DocId(1)).len()), (shorter, shortest.len()));
        }
    }

    #[test]
    fn documents_of_the_same_tokens_share_them() {
        for mut store in [TokenStore::new(&Budget::unlimited()), TokenStore::whole(&Budget::unlimited())] {
            let (one, other) = (tokenize("The ferry sails.\nAgain."), tokenize("Another ship."));
            store.push(&one).unwrap();
            store.push(&other).unwrap();
            store.push_again(DocId(0));
            store.push(&one).unwrap();
            store.share(DocId(3), DocId(0));
            assert_eq!((store.len(), store.total()), (4, 3 * 4 + 2));
            assert!(store.is_shared(DocId(2), DocId(3)) && !store.is_shared(DocId(0), DocId(1)));
            let short: Vec<_> = one.lines().filter(|line| line.len() == 1).collect();
            let shorter = one.without(&short).unwrap();
            store.shorten(DocId(2), &shorter).unwrap();
            let are = |store: &TokenStore, expected: [&Tokens; 4]| {
                for (at, tokens) in expected.into_iter().enumerate() {
                    assert_eq!((&store.get(id(at)), store.len_of(id(at))), (tokens, tokens.len()));
                }
            };
            are(&store, [&shorter, &other, &shorter, &shorter]);
            store.replace(DocId(2), &one).unwrap();
            are(&store, [&shorter, &other, &one, &shorter]);
            assert_eq!((store.len(), store.is_shared(DocId(0), DocId(3))), (4, true));
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
