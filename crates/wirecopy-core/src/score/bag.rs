//! Counts the words that two documents share, repeats included, by looking up those of one in a table of the other's.
//!
//! Linear. The table of one document serves all comparisons with it.

use super::sets::Overlap;
use crate::text::Token;

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
    length: usize,
    comparison: u64,
}

impl Bag {
    /// Stores the words of a document, replacing those of the document before.
    pub(crate) fn hold(&mut self, tokens: &[Token]) {
        let size = (2 * tokens.len()).next_power_of_two().max(2);
        self.shift = u64::BITS - size.trailing_zeros();
        self.slots.clear();
        self.slots.resize(size, Word::default());
        self.length = tokens.len();
        for token in tokens {
            let at = self.slot(token.bits());
            let word = &mut self.slots[at];
            word.token = token.bits();
            word.count += 1;
        }
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
