//! Bit masks over the bytes of a text: which belong to ASCII words, and which are not blanks.
//!
//! One pass of branch-free code over blocks of 64 bytes, which compilers turn into vector instructions on every
//! machine (simdjson's first stage works like this: Langdale and Lemire, *Parsing gigabytes of JSON per second*, 2019).
//! The tokenizer then jumps from word to word by counting zero bits, and never looks at a letter.

/// Number of bytes that one word of a mask stands for.
const BLOCK: usize = 64;

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

    /// Returns the position of the first byte from `at` on that is not a space, and whether it is in an ASCII word;
    /// the number of bytes if there is none.
    #[inline]
    pub(super) fn next_filled(&self, at: usize) -> (usize, bool) {
        let next = next(&self.filled, at, 0);
        let in_word = self.words.get(next / BLOCK).is_some_and(|words| words >> (next % BLOCK) & 1 == 1);
        (next, in_word)
    }

    /// Returns the end of the ASCII word that contains the byte `at`.
    #[inline]
    pub(super) fn word_end(&self, at: usize) -> usize {
        next(&self.words, at, u64::MAX)
    }
}

/// What the number of bytes must be a multiple of.
pub(super) const PADDED: usize = BLOCK;

/// Returns the first position from `at` on at which the bit differs from those of `but`, which is all ones or all zeros;
/// the number of bits if there is none.
#[inline]
fn next(mask: &[u64], at: usize, but: u64) -> usize {
    let Some(&block) = mask.get(at / BLOCK) else { return mask.len() * BLOCK };
    let rest = (block ^ but) >> (at % BLOCK);
    if rest != 0 {
        return at + rest.trailing_zeros() as usize;
    }
    let first = at / BLOCK + 1;
    let further = mask[first..].iter().position(|&block| block != but);
    further.map_or(mask.len() * BLOCK, |blocks| {
        let block = first + blocks;
        block * BLOCK + (mask[block] ^ but).trailing_zeros() as usize
    })
}

fn class(byte: u8) -> u8 {
    let word = byte.wrapping_sub(b'a') < 26 || byte.wrapping_sub(b'0') < 10;
    (u8::from(word) * WORD) | (u8::from(byte != b' ') * FILLED)
}

/// Gathers one bit of each class, the first one lowest.
fn gather(classes: &[u8; BLOCK], bit: u8) -> u64 {
    const LOW: u64 = 0x0101_0101_0101_0101;
    // The product moves the lowest bit of byte `i` to bit `56 + i`.
    const TO_TOP: u64 = 0x0102_0408_1020_4080;
    let (eights, _) = classes.as_chunks::<8>();
    let shift = bit.trailing_zeros();
    eights.iter().rev().fold(0, |mask, &eight| {
        let bits = u64::from_le_bytes(eight) >> shift & LOW;
        mask << 8 | bits.wrapping_mul(TO_TOP) >> 56
    })
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
                    let next = (at..padded.len()).find(|&at| padded[at] != b' ').unwrap();
                    prop_assert_eq!(masks.next_filled(at), (next, is_word(&padded[next])));
                    if is_word(&padded[at]) {
                        let end = (at..padded.len()).find(|&at| !is_word(&padded[at])).unwrap();
                        prop_assert_eq!(masks.word_end(at), end);
                    }
                }
            }
        }
    }
}
