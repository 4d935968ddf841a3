//! Bounds how many shingles two documents share, faster than counting them.
//!
//! A Bloom filter (Bloom 1970) whose two bits for a shingle are in one word (Putze, Sanders and Singler 2007): a shingle of the
//! document always passes, any other with a probability of about 1 in 300. Cost: some twenty instructions a token and no branch
//! that the processor cannot predict, a third of what a lookup in a table costs.

use crate::text::{Token, sums};

/// Bits for each token of the document, a power of two. At 32, unrelated articles of 500 words seem to share one or two shingles.
const BITS_PER_SHINGLE: usize = 32;

/// The shingles of one document, as bits.
#[derive(Debug, Default)]
pub struct Filter {
    words: Vec<u64>,
    /// Number of trailing bits of a shingle that do not select its word.
    shift: u32,
    distinct: usize,
}

impl Filter {
    /// Stores the shingles of `k` tokens of a document, replacing those of the document before.
    pub fn hold(&mut self, tokens: &[Token], k: usize) {
        self.clear(tokens.len());
        sums(tokens, k).for_each(|shingle| self.insert(shingle));
    }

    /// Empties the filter and reserves space for `most` shingles.
    pub(super) fn clear(&mut self, most: usize) {
        // At least two words, so that not all bits are shifted out.
        let words = (BITS_PER_SHINGLE * most / 64).next_power_of_two().max(2);
        self.shift = u64::BITS - words.trailing_zeros();
        self.words.clear();
        self.words.resize(words, 0);
        self.distinct = 0;
    }

    /// Adds a shingle, given as a number whose upper bits are a hash.
    #[inline]
    pub(super) fn insert(&mut self, shingle: u64) {
        let bits = bits(shingle);
        let word = &mut self.words[(shingle >> self.shift) as usize];
        self.distinct += usize::from(*word & bits != bits);
        *word |= bits;
    }

    /// Returns a lower bound of the number of distinct shingles of the stored document.
    pub fn least(&self) -> usize {
        self.distinct
    }

    /// Returns whether the stored document may have a shingle.
    #[inline]
    pub(super) fn may_contain(&self, shingle: u64) -> bool {
        let bits = bits(shingle);
        self.words.get((shingle >> self.shift) as usize).is_some_and(|word| word & bits == bits)
    }

    /// Returns an upper bound of the number of distinct shingles that another document shares with the stored one.
    pub fn most_shared(&self, tokens: &[Token], k: usize) -> usize {
        sums(tokens, k).filter(|&shingle| self.may_contain(shingle)).count()
    }
}

/// Returns the two bits of a shingle in its word. They come from bits of the hash that select no word, unless the document has more
/// than a hundred million tokens.
#[inline]
fn bits(shingle: u64) -> u64 {
    1 << (shingle >> 32 & 63) | 1 << (shingle >> 26 & 63)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sets::Overlap;
    use super::*;
    use crate::text::{shingles, tokenize};

    proptest! {
        #[test]
        fn bounds_hold_for_every_pair(
            texts in prop::collection::vec(prop::collection::vec(0u8..5, 0..60), 2),
            k in 1usize..6,
        ) {
            let tokens: Vec<_> = texts
                .iter()
                .map(|words| tokenize(&words.iter().map(|w| format!("w{w} ")).collect::<String>()))
                .collect();
            let mut filter = Filter::default();
            filter.hold(tokens[0].as_slice(), k);
            let (mut a, mut b) = (Vec::new(), Vec::new());
            shingles(tokens[0].as_slice(), k, &mut a);
            shingles(tokens[1].as_slice(), k, &mut b);
            prop_assert!(filter.least() <= a.len());
            prop_assert_eq!(filter.least() == 0, a.is_empty());
            prop_assert!(filter.most_shared(tokens[1].as_slice(), k) >= Overlap::of(&a, &b).shared);
        }
    }

    #[test]
    fn unrelated_articles_seem_to_share_few_shingles() {
        let article = |seed: u32| -> String { (0..500).map(|i| format!("w{} ", i * 7 + seed)).collect() };
        let mut filter = Filter::default();
        filter.hold(tokenize(&article(1)).as_slice(), 5);
        let most = filter.most_shared(tokenize(&article(100_000)).as_slice(), 5);
        assert!(most < 8, "{most}");
    }
}
