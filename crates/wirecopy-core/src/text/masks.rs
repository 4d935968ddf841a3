//! Bit masks over the bytes of a text: which belong to ASCII words, and which are not blanks.
//!
//! One pass of branch-free code over blocks of 64 bytes, which compilers turn into vector instructions on every
//! machine (simdjson's first stage works like this: Langdale and Lemire, *Parsing gigabytes of JSON per second*, 2019).
//! The tokenizer then jumps from word to word by counting zero bits, and never looks at a letter.

use std::ops::Range;

use crate::bits::{BLOCK, gather};

/// Set in the class of a byte that is a digit or a lower-case ASCII letter.
const WORD: u8 = 1;
/// Set in the class of any byte but a space.
const FILLED: u8 = 2;

/// The masks of a text, one bit a byte, the first byte lowest.
#[derive(Clone, Debug, Default)]
pub(super) struct Masks {
    /// Digits and lower-case ASCII letters.
    words: Vec<u64>,
    /// All bytes but spaces.
    filled: Vec<u64>,
}

impl Masks {
    /// Computes the masks of `lower`, whose ASCII letters are in lower case. The number of bytes must be a multiple of
    /// [`PADDED`].
    pub(super) fn fill(&mut self, lower: &[u8]) {
        self.words.clear();
        self.filled.clear();
        let (blocks, _) = lower.as_chunks::<BLOCK>();
        for block in blocks {
            let classes = block.map(class);
            self.words.push(gather(&classes, WORD));
            self.filled.push(gather(&classes, FILLED));
        }
    }

    /// Returns the range of the first ASCII word from `at` on, or an empty range at the first byte that is neither in one
    /// nor a space, whichever comes first. After the last of them the range begins at the number of bytes.
    #[inline]
    pub(super) fn next(&self, mut at: usize) -> Range<usize> {
        loop {
            let block = at / BLOCK;
            let (Some(&words), Some(&filled)) = (self.words.get(block), self.filled.get(block)) else {
                return at..at;
            };
            let filled = filled >> (at % BLOCK);
            if filled == 0 {
                at = (block + 1) * BLOCK;
                continue;
            }
            at += filled.trailing_zeros() as usize;
            let end = at + (words >> (at % BLOCK)).trailing_ones() as usize;
            // At the end of a block, the word may go on in the next one.
            return at..if end.is_multiple_of(BLOCK) && end > at { self.word_end(end) } else { end };
        }
    }

    /// Returns the end of an ASCII word that contains the bytes before `at`, which is the start of a block.
    #[cold]
    fn word_end(&self, at: usize) -> usize {
        let blocks = self.words[at / BLOCK..].iter();
        let whole = blocks.take_while(|&&words| words == u64::MAX).count();
        let end = at + whole * BLOCK;
        end + self.words.get(end / BLOCK).map_or(0, |words| words.trailing_ones() as usize)
    }
}

/// What the number of bytes must be a multiple of.
pub(super) const PADDED: usize = BLOCK;

fn class(byte: u8) -> u8 {
    let word = byte.wrapping_sub(b'a') < 26 || byte.wrapping_sub(b'0') < 10;
    (u8::from(word) * WORD) | (u8::from(byte != b' ') * FILLED)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn positions_agree_with_a_bytewise_search(
            bytes in prop::collection::vec(any::<u8>(), 0..150),
            text in "[a-z0-9 .]{0,300}",
            long in 0usize..200,
        ) {
            for bytes in [bytes.clone(), text.clone().into_bytes(), vec![b'x'; long], vec![b' '; long]] {
                let mut padded = bytes.clone();
                padded.resize((bytes.len() + 1).next_multiple_of(PADDED), 0);
                let mut masks = Masks::default();
                masks.fill(&padded);
                let is_word = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
                for at in 0..bytes.len() {
                    let start = (at..padded.len()).find(|&at| padded[at] != b' ').unwrap();
                    let end = (start..padded.len()).find(|&at| !is_word(&padded[at])).unwrap();
                    prop_assert_eq!(masks.next(at), start..end);
                }
                prop_assert_eq!(masks.next(padded.len()), padded.len()..padded.len());
            }
        }
    }
}
