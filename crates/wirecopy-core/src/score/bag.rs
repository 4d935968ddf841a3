//! Counts the words that two documents share, repeats included, by looking up those of one in a table of the other's.
//!
//! Linear. The table of one document serves all comparisons with it.

use super::sets::Overlap;
use crate::text::Token;

/// Most slots of the table before words are added to it.
const MOST_AT_FIRST: usize = 1 << 12;

/// A distinct word of the stored document.
#[derive(Clone, Copy, Debug, Default)]
struct Word {
    token: u64,
    /// Number of times that the document has it; 0 marks a free slot.
    count: u32,
    /// Number of times that the other document of a comparison has had it.
    met: u32,
    /// The number of that comparison.
    comparison: u64,
}

/// The words of one document, ready to be compared with those of others.
#[derive(Debug, Default)]
pub(crate) struct Bag {
    /// Open addressing, at most half full.
    slots: Vec<Word>,
    shift: u32,
    distinct: usize,
    length: usize,
    comparison: u64,
}

impl Bag {
    /// Stores the words of a document, replacing those of the document before.
    pub(crate) fn hold(&mut self, tokens: &[Token]) {
        // Enough for an article, in which half of the words are distinct.
        self.clear(tokens.len().min(MOST_AT_FIRST));
        self.length = tokens.len();
        for token in tokens {
            self.add(token.bits(), 1);
            if 2 * self.distinct > self.slots.len() {
                self.grow();
            }
        }
    }

    /// Empties the table and gives it as many slots, or up to twice as many.
    fn clear(&mut self, slots: usize) {
        let size = slots.next_power_of_two().max(2);
        self.shift = u64::BITS - size.trailing_zeros();
        self.slots.clear();
        self.slots.resize(size, Word::default());
        self.distinct = 0;
    }

    /// Doubles the table.
    fn grow(&mut self) {
        let words = std::mem::take(&mut self.slots);
        self.clear(2 * words.len());
        words.iter().filter(|word| word.count > 0).for_each(|word| self.add(word.token, word.count));
    }

    fn add(&mut self, token: u64, times: u32) {
        let at = self.slot(token);
        let word = &mut self.slots[at];
        self.distinct += usize::from(word.count == 0);
        word.token = token;
        word.count += times;
    }

    /// Computes the overlap of the stored document with another, in which a word counts as often as both have it.
    pub(crate) fn overlap(&mut self, tokens: &[Token]) -> Overlap {
        self.comparison += 1;
        let mut shared = 0;
        if !self.slots.is_empty() {
            for token in tokens {
                let at = self.slot(token.bits());
                let word = &mut self.slots[at];
                if word.comparison != self.comparison {
                    (word.comparison, word.met) = (self.comparison, 0);
                }
                shared += usize::from(word.met < word.count);
                word.met += 1;
            }
        }
        Overlap { a: self.length, b: tokens.len(), shared }
    }

    /// Returns the index of the slot that holds a word, or of the one where it would be.
    #[inline]
    fn slot(&self, token: u64) -> usize {
        let last = self.slots.len() - 1;
        // The bits are hashes; the product spreads both halves over the upper bits.
        let mut at = (token.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize;
        while self.slots[at].count > 0 && self.slots[at].token != token {
            at = (at + 1) & last;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::tokenize;

    proptest! {
        #[test]
        fn overlap_agrees_with_sorted_bags(texts in prop::collection::vec(prop::collection::vec(0u8..7, 0..40), 2..5)) {
            let tokens: Vec<_> = texts
                .iter()
                .map(|words| tokenize(&words.iter().map(|w| format!("w{w} ")).collect::<String>()))
                .collect();
            let sorted = |tokens: &[Token]| {
                let mut words: Vec<u64> = tokens.iter().map(|token| token.bits()).collect();
                words.sort_unstable();
                words
            };
            let mut bag = Bag::default();
            prop_assert_eq!(bag.overlap(tokens[0].as_slice()).shared, 0);
            let many: String = (0..1500).map(|word| format!("w{} ", word % 1100)).collect();
            let tokens = [tokens, vec![tokenize(&many)]].concat();
            for held in &tokens {
                bag.hold(held.as_slice());
                for other in &tokens {
                    let expected = Overlap::of(&sorted(held.as_slice()), &sorted(other.as_slice()));
                    prop_assert_eq!(bag.overlap(other.as_slice()), expected);
                }
            }
        }
    }
}
