//! Bounds how many shingles two documents share, without decoding their tokens where both are stored as codes of one dictionary.
//!
//! Every shingle of `k` tokens holds `k − 3` runs of four tokens, which begin at neighbouring positions. Of the runs at every
//! `(k − 3)`th position of a document it holds exactly one. A shingle that two documents share has all its runs in both, so they share
//! at most `k − 3` shingles for each of these runs of the second that the first has, too. Cost: some fifteen instructions for each run
//! that is looked up, every other token for shingles of five.

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
    /// Returns the bounds for the shingles of `k` tokens of two documents; `None` for shingles or texts that are too short to have a
    /// bound.
    pub fn of(&mut self, documents: &mut impl Documents, (a, b): (DocId, DocId), k: usize) -> Option<Bounds> {
        let stride = (k + 1).checked_sub(RUN).filter(|&stride| stride > 0)?;
        let dictionary = documents.coded(b).map(|coded| coded.dictionary);
        let both_coded = dictionary.is_some() && self.dictionary_of(documents, a) == dictionary;
        let dictionary = dictionary.filter(|_| both_coded);
        if self.held != Some((a, dictionary)) {
            match documents.coded(a).filter(|_| both_coded) {
                Some(coded) => {
                    self.runs.clear(coded.codes.len());
                    of_codes(coded.codes).for_each(|run| self.runs.insert(run));
                }
                None => {
                    let tokens = documents.slice(a);
                    self.runs.clear(tokens.len());
                    of_tokens(tokens).for_each(|run| self.runs.insert(run));
                }
            }
            self.held = Some((a, dictionary));
        }
        let has = |run: &u64| self.runs.may_contain(*run);
        let (length, met) = match documents.coded(b).filter(|_| both_coded) {
            Some(coded) => (coded.codes.len(), of_codes(coded.codes).step_by(stride).filter(has).count()),
            None => {
                let tokens = documents.slice(b);
                (tokens.len(), of_tokens(tokens).step_by(stride).filter(has).count())
            }
        };
        // Of the distinct runs, at most the last ones begin no shingle. Shorter texts have a single one.
        let least = (self.runs.least() + 1).saturating_sub(stride);
        (length >= k && least > 0).then_some(Bounds { most_shared: stride * met, least })
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
    codes.windows(RUN).map(|run| {
        let run = run.iter().fold(0, |run, &code| run << 16 | u64::from(code));
        let product = u128::from(run) * 0x9e37_79b9_7f4a_7c15;
        (product >> 64) as u64 ^ product as u64
    })
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
        ) {
            let text = |words: &[u8]| words.iter().map(|w| format!("w{w} ")).collect::<String>();
            let texts: Vec<(String, u16)> = texts.iter().map(|(words, dictionary)| (text(words), *dictionary)).collect();
            let mut stored = Stored::new(&texts, codes);
            let mut bound = ShingleBound::default();
            let (mut x, mut y) = (Vec::new(), Vec::new());
            for (a, b) in [(0, 1), (0, 2), (1, 2), (2, 1)].map(|(a, b)| (DocId(a), DocId(b))) {
                let Some(bounds) = bound.of(&mut stored, (a, b), k) else { continue };
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
            let mut of = |b: u32| bound.of(&mut stored, (DocId(0), DocId(b)), 5).unwrap();
            assert!(of(1).most_shared < 10 && of(1).least > 480, "{:?}", of(1));
            assert!((246..260).contains(&of(2).most_shared), "{:?}", of(2));
        }
    }

    #[test]
    fn short_texts_have_no_bounds() {
        let texts = ["one two three four", "one two three four five", ""].map(|text| (text.to_owned(), 1));
        let mut stored = Stored::new(&texts, 1000);
        let mut of =
            |a: u32, b: u32, k: usize| ShingleBound::default().of(&mut stored, (DocId(a), DocId(b)), k);
        assert_eq!([of(1, 0, 5), of(0, 1, 5), of(2, 1, 5), of(1, 1, 3)], [None; 4]);
        assert_eq!(of(1, 1, 5), Some(Bounds { most_shared: 2, least: 1 }));
    }
}
