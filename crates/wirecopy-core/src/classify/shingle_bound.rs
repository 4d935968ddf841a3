//! Bounds how many shingles two documents share, without decoding their tokens where both are stored as codes of one dictionary.
//!
//! A shingle of five tokens or more holds the runs of four tokens at its first and its second position, one of which is even. A shingle
//! that two documents share has these runs in both, so they share at most two shingles for each run at an even position of the second
//! that the first has, too. Where that is not enough, all positions are looked up, and a shingle counts if both its runs are there. Cost:
//! some twenty instructions for each run that is looked up.

use super::Documents;
use crate::DocId;
use crate::score::Filter;
use crate::text::{Token, sums};

/// Number of tokens in a run.
const RUN: usize = 4;

/// The bounds for two documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    /// Most distinct shingles that the two share.
    pub most_shared: usize,
    /// Fewest distinct shingles of the first document.
    pub least: usize,
}

/// Bounds the shared shingles of one pair after the other, fastest with all pairs of a first document in a row.
#[derive(Debug, Default)]
pub(super) struct ShingleBound {
    /// The runs of the first document of the last pair.
    runs: Filter,
    /// That document, and the dictionary of the codes in `runs`, or none if they are of tokens.
    held: Option<(DocId, Option<u16>)>,
}

impl ShingleBound {
    /// Returns the bounds for the shingles of `k` tokens of two documents; the first one is exact enough if it is below `enough`. `None`
    /// for shingles or texts that are too short to have a bound.
    pub fn of(
        &mut self,
        documents: &mut impl Documents,
        (a, b): (DocId, DocId),
        k: usize,
        enough: usize,
    ) -> Option<Bounds> {
        if k <= RUN {
            return None;
        }
        let dictionary = documents.coded(b).map(|coded| coded.dictionary);
        let both_coded = dictionary.is_some() && self.dictionary_of(documents, a) == dictionary;
        self.hold(documents, a, dictionary.filter(|_| both_coded));
        let (length, most_shared) = match documents.coded(b).filter(|_| both_coded) {
            Some(coded) => (
                coded.codes.len(),
                self.most_shared(even_of_codes(coded.codes), of_codes(coded.codes), enough),
            ),
            None => {
                let tokens = documents.slice(b);
                (tokens.len(), self.most_shared(of_tokens(tokens).step_by(2), of_tokens(tokens), enough))
            }
        };
        // Of the distinct runs, at most the last ones begin no shingle. Shorter texts have a single one.
        let least = (self.runs.least() + RUN).saturating_sub(k);
        (length >= k && least > 0).then_some(Bounds { most_shared, least })
    }

    /// Stores the runs of a document, of its codes if it has this dictionary.
    fn hold(&mut self, documents: &mut impl Documents, document: DocId, dictionary: Option<u16>) {
        if self.held == Some((document, dictionary)) {
            return;
        }
        self.held = Some((document, dictionary));
        if let Some(coded) = documents.coded(document).filter(|_| dictionary.is_some()) {
            self.runs.clear(coded.codes.len());
            of_codes(coded.codes).for_each(|run| self.runs.insert(run));
        } else {
            let tokens = documents.slice(document);
            self.runs.clear(tokens.len());
            of_tokens(tokens).for_each(|run| self.runs.insert(run));
        }
    }

    /// Returns a bound of the shared shingles of the stored document and another, given the other's runs at even positions, and all.
    fn most_shared(
        &self,
        even: impl Iterator<Item = u64>,
        all: impl Iterator<Item = u64>,
        enough: usize,
    ) -> usize {
        let rough = 2 * even.filter(|&run| self.runs.may_contain(run)).count();
        if rough < enough {
            return rough;
        }
        let mut before = false;
        all.filter(|&run| {
            let is_there = self.runs.may_contain(run);
            is_there & std::mem::replace(&mut before, is_there)
        })
        .count()
    }

    /// Returns the dictionary of a document's codes.
    fn dictionary_of(&self, documents: &mut impl Documents, document: DocId) -> Option<u16> {
        match self.held {
            Some((held, Some(dictionary))) if held == document => Some(dictionary),
            _ => documents.coded(document).map(|coded| coded.dictionary),
        }
    }
}

/// Returns a hash of every run of codes, in reading order.
fn of_codes(codes: &[u16]) -> impl Iterator<Item = u64> {
    let (first, rest) = codes.split_at_checked(RUN - 1).unwrap_or_default();
    let mut run = first.iter().fold(0, |run, &code| run << 16 | u64::from(code));
    rest.iter().map(move |&code| {
        run = run << 16 | u64::from(code);
        hash(run)
    })
}

/// Returns a hash of the runs of codes that begin at even positions.
fn even_of_codes(codes: &[u16]) -> impl Iterator<Item = u64> {
    let pair = |&[first, second]: &[u16; 2]| u64::from(first) << 16 | u64::from(second);
    let (first, rest) = codes.as_chunks().0.split_first().unwrap_or((&[0; 2], &[]));
    let mut run = pair(first);
    rest.iter().map(move |next| {
        run = run << 32 | pair(next);
        hash(run)
    })
}

/// Hashes four codes.
fn hash(run: u64) -> u64 {
    let product = u128::from(run) * 0x9e37_79b9_7f4a_7c15;
    (product >> 64) as u64 ^ product as u64
}

/// Returns a hash of every run of tokens, in reading order.
fn of_tokens(tokens: &[Token]) -> impl Iterator<Item = u64> {
    // Texts of fewer tokens have no run.
    sums(if tokens.len() < RUN { &[] } else { tokens }, RUN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::score::sets::Overlap;
    use crate::text::{Coded, Tokens, shingles, tokenize};

    /// Documents with the number of their dictionary, or 0 without one, and their codes.
    struct Stored(Vec<(Tokens, u16, Vec<u16>)>);

    impl Stored {
        /// Stores texts with codes of which `codes` are different.
        fn new(texts: &[(String, u16)], codes: u64) -> Self {
            let store = |(text, dictionary): &(String, u16)| {
                let tokens = tokenize(text);
                let code = |token: &Token| u16::try_from(token.bits() % codes).unwrap();
                let codes = tokens.as_slice().iter().map(code).collect();
                (tokens, *dictionary, codes)
            };
            Self(texts.iter().map(store).collect())
        }
    }

    impl Documents for Stored {
        fn tokens(&mut self, document: DocId) -> Tokens {
            self.0[document.index()].0.clone()
        }

        fn slice(&mut self, document: DocId) -> &[Token] {
            self.0[document.index()].0.as_slice()
        }

        fn coded(&mut self, document: DocId) -> Option<Coded<'_>> {
            let (_, dictionary, codes) = &self.0[document.index()];
            (*dictionary > 0).then_some(Coded { dictionary: *dictionary, codes })
        }
    }

    proptest! {
        #[test]
        fn bounds_hold_for_every_pair(
            texts in prop::collection::vec((prop::collection::vec(0u8..5, 0..60), 0u16..3), 3),
            k in 1usize..9,
            codes in 1u64..9,
            enough in 0usize..40,
        ) {
            let text = |words: &[u8]| words.iter().map(|w| format!("w{w} ")).collect::<String>();
            let texts: Vec<(String, u16)> = texts.iter().map(|(words, dictionary)| (text(words), *dictionary)).collect();
            let mut stored = Stored::new(&texts, codes);
            let mut bound = ShingleBound::default();
            let (mut x, mut y) = (Vec::new(), Vec::new());
            for (a, b) in [(0, 1), (0, 2), (1, 2), (2, 1)].map(|(a, b)| (DocId(a), DocId(b))) {
                let Some(bounds) = bound.of(&mut stored, (a, b), k, enough) else { continue };
                shingles(stored.slice(a), k, &mut x);
                shingles(stored.slice(b), k, &mut y);
                prop_assert!(bounds.least <= x.len());
                prop_assert!(bounds.most_shared >= Overlap::of(&x, &y).shared, "{bounds:?}");
            }
        }
    }

    #[test]
    fn articles_have_bounds_near_what_they_share() {
        let article = |seed: u32| -> String { (0..500).map(|i| format!("w{} ", i * 7 + seed)).collect() };
        let half = article(1).split_inclusive(' ').take(250).collect::<String>() + &article(200_000);
        for dictionary in [0, 1] {
            let texts = [article(1), article(100_000), half.clone()].map(|text| (text, dictionary));
            let mut stored = Stored::new(&texts, 50_000);
            let mut bound = ShingleBound::default();
            let mut of = |b: u32| bound.of(&mut stored, (DocId(0), DocId(b)), 5, 15).unwrap();
            assert!(of(1).most_shared < 10 && of(1).least > 480, "{:?}", of(1));
            assert!((246..260).contains(&of(2).most_shared), "{:?}", of(2));
        }
    }

    #[test]
    fn short_texts_have_no_bounds() {
        let texts = ["one two three four", "one two three four five", ""].map(|text| (text.to_owned(), 1));
        let mut stored = Stored::new(&texts, 1000);
        let mut of =
            |a: u32, b: u32, k: usize| ShingleBound::default().of(&mut stored, (DocId(a), DocId(b)), k, 15);
        assert_eq!([of(1, 0, 5), of(0, 1, 5), of(2, 1, 5), of(1, 1, 4)], [None; 4]);
        assert_eq!(of(1, 1, 5), Some(Bounds { most_shared: 2, least: 1 }));
    }
}
