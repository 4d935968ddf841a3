//! Tells which shingles a document may have, faster than a table of them.
//!
//! A Bloom filter (Bloom 1970) whose two bits for a shingle are in one word (Putze, Sanders and Singler 2007): a shingle of the
//! document always passes, any other with a probability of about 1 in 300. Cost: some ten instructions a shingle and no branch
//! that the processor cannot predict, a third of what a lookup in a table costs.

/// Bits for each token of the document, a power of two. At 32, unrelated articles of 500 words seem to share one or two shingles.
const BITS_PER_SHINGLE: usize = 32;

/// The shingles of one document, as bits.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    words: Vec<u64>,
    /// Number of trailing bits of a shingle that do not select its word.
    shift: u32,
    distinct: usize,
}

impl Filter {
    /// Empties the filter and reserves space for `most` shingles.
    pub(crate) fn clear(&mut self, most: usize) {
        // At least two words, so that not all bits are shifted out.
        let words = (BITS_PER_SHINGLE * most / 64).next_power_of_two().max(2);
        self.shift = u64::BITS - words.trailing_zeros();
        self.words.clear();
        self.words.resize(words, 0);
        self.distinct = 0;
    }

    /// Adds a shingle, given as a number whose upper bits are a hash.
    #[inline]
    pub(crate) fn insert(&mut self, shingle: u64) {
        let bits = bits(shingle);
        let word = &mut self.words[(shingle >> self.shift) as usize];
        self.distinct += usize::from(*word & bits != bits);
        *word |= bits;
    }

    /// Returns a lower bound of the number of distinct shingles of the stored document.
    pub(crate) fn least(&self) -> usize {
        self.distinct
    }

    /// Returns whether the stored document may have a shingle.
    #[inline]
    pub(crate) fn may_contain(&self, shingle: u64) -> bool {
        let bits = bits(shingle);
        self.words.get((shingle >> self.shift) as usize).is_some_and(|word| word & bits == bits)
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

    use super::*;
    use crate::text::mix;

    proptest! {
        #[test]
        fn shingles_of_the_document_always_pass(shingles in prop::collection::btree_set(any::<u64>(), 0..90)) {
            let mut filter = Filter::default();
            filter.clear(shingles.len());
            for &shingle in shingles.iter().chain(&shingles) {
                filter.insert(shingle);
            }
            prop_assert!(shingles.iter().all(|&shingle| filter.may_contain(shingle)));
            prop_assert!(filter.least() <= shingles.len());
            prop_assert_eq!(filter.least() == 0, shingles.is_empty());
        }
    }

    #[test]
    fn few_other_shingles_pass() {
        let mut filter = Filter::default();
        filter.clear(500);
        (0..500).map(mix).for_each(|shingle| filter.insert(shingle));
        assert!(filter.least() > 490);
        let passed = (500..10_500).map(mix).filter(|&shingle| filter.may_contain(shingle)).count();
        assert!(passed < 100, "{passed}");
    }
}
