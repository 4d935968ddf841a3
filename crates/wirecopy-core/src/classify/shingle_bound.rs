//! Bounds how many shingles two documents share, without decoding their tokens where both are stored as codes of one dictionary.
//!
//! A shingle of five tokens or more holds the 4-grams at its first and its second position, one of which is even. A shingle that two
//! documents share has these 4-grams in both, so they share at most two shingles for each 4-gram at an even position of the second that
//! the first has, too. Where that is not enough, all positions are looked up, and a shingle counts if both its 4-grams are there.

use super::Documents;
use crate::DocId;
use crate::score::Filter;
use crate::sketch::fold_multiply;
use crate::text::{Coded, Token, sums};

/// Number of tokens in a gram.
const GRAM: usize = 4;

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
    /// The grams of the first document of the last pair.
    grams: Filter,
    /// That document, and the dictionary of the codes in `grams`, or none if they are of tokens.
    held: Option<(DocId, Option<u16>)>,
}

impl ShingleBound {
    /// Returns the bounds for the shingles of `k` tokens of two documents; `most_shared` may be rough if that is below `enough` already.
    /// `None` for texts that are too short to have a bound.
    pub fn of(
        &mut self,
        documents: &mut impl Documents,
        (a, b): (DocId, DocId),
        k: usize,
        enough: usize,
    ) -> Option<Bounds> {
        let (length, most_shared) = if k > GRAM && self.hold_like(documents, a, b) {
            let codes = documents.coded(b)?.codes;
            let most_shared = self.most_shared(even_grams_of_codes(codes), grams_of_codes(codes), enough);
            (codes.len(), most_shared)
        } else {
            self.hold_tokens(documents, a, k);
            let tokens = documents.slice(b);
            let grams = || grams_of(tokens, k);
            // Shingles of fewer tokens are looked up themselves.
            let most_shared = if k > GRAM {
                self.most_shared(grams().step_by(2), grams(), enough)
            } else {
                grams().filter(|&gram| self.grams.may_contain(gram)).count()
            };
            (tokens.len(), most_shared)
        };
        // Of the distinct grams, only those at the last `k − 4` positions begin no shingle. Shorter texts have a single one.
        let least = self.grams.least().saturating_sub(k.saturating_sub(GRAM));
        (length >= k && least > 0).then_some(Bounds { most_shared, least })
    }

    /// Stores the grams of the codes of `a` if `b` is stored as codes of the same dictionary; returns false if it is not, or if those
    /// of the tokens are stored.
    fn hold_like(&mut self, documents: &mut impl Documents, a: DocId, b: DocId) -> bool {
        let held = self.held.filter(|&(document, _)| document == a);
        // Once the tokens are needed for one document, they serve for the others.
        let own = match held {
            Some((_, dictionary)) => dictionary,
            None => documents.coded(a).map(|coded| coded.dictionary),
        };
        if own.is_none() || documents.coded(b).map(|coded| coded.dictionary) != own {
            return false;
        }
        if held.is_none() {
            let Some(Coded { codes, .. }) = documents.coded(a) else { return false };
            self.held = Some((a, own));
            self.grams.clear(codes.len());
            grams_of_codes(codes).for_each(|gram| self.grams.insert(gram));
        }
        true
    }

    /// Stores the grams of the tokens of a document, or its shingles of `k` tokens if these are shorter.
    fn hold_tokens(&mut self, documents: &mut impl Documents, document: DocId, k: usize) {
        if self.held.replace((document, None)) == Some((document, None)) {
            return;
        }
        let tokens = documents.slice(document);
        self.grams.clear(tokens.len());
        grams_of(tokens, k).for_each(|gram| self.grams.insert(gram));
    }

    /// Returns a bound of the shared shingles of the stored document and another, given the other's grams at even positions, and all.
    fn most_shared(
        &self,
        even: impl Iterator<Item = u64>,
        all: impl Iterator<Item = u64>,
        enough: usize,
    ) -> usize {
        let rough = 2 * even.filter(|&gram| self.grams.may_contain(gram)).count();
        if rough < enough {
            return rough;
        }
        let mut before = false;
        all.filter(|&gram| {
            let is_there = self.grams.may_contain(gram);
            is_there & std::mem::replace(&mut before, is_there)
        })
        .count()
    }
}

/// Returns a hash of every 4-gram of codes, in reading order.
fn grams_of_codes(codes: &[u16]) -> impl Iterator<Item = u64> {
    let (first, rest) = codes.split_at_checked(GRAM - 1).unwrap_or_default();
    let mut gram = first.iter().fold(0, |gram, &code| gram << 16 | u64::from(code));
    rest.iter().map(move |&code| {
        gram = gram << 16 | u64::from(code);
        fold_multiply(gram)
    })
}

/// Returns a hash of the 4-grams of codes at even positions.
fn even_grams_of_codes(codes: &[u16]) -> impl Iterator<Item = u64> {
    let pair = |&[first, second]: &[u16; 2]| u64::from(first) << 16 | u64::from(second);
    let (first, rest) = codes.as_chunks().0.split_first().unwrap_or((&[0; 2], &[]));
    let mut gram = pair(first);
    rest.iter().map(move |next| {
        gram = gram << 32 | pair(next);
        fold_multiply(gram)
    })
}

/// Returns a hash of every 4-gram of tokens, or of every shingle of `k` tokens if these are shorter, in reading order.
fn grams_of(tokens: &[Token], k: usize) -> impl Iterator<Item = u64> {
    // Shorter texts have none.
    let length = GRAM.min(k);
    sums(if tokens.len() < length { &[] } else { tokens }, length)
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
        assert_eq!([of(1, 0, 5), of(0, 1, 5), of(2, 1, 5), of(2, 1, 3)], [None; 4]);
        assert_eq!(of(1, 1, 5), Some(Bounds { most_shared: 2, least: 1 }));
        assert_eq!(of(1, 1, 3), Some(Bounds { most_shared: 3, least: 3 }));
    }
}
