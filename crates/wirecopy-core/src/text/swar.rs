//! Processes eight bytes at a time: the length of an ASCII word, and its hash.
//!
//! "SIMD within a register" (Lamport, *Multiple byte processing with full-word instructions*, 1975): the same bits
//! on every machine, with nothing to select at run time. An average word of news has five letters; one load reads
//! it, and the same eight bytes, cut to its length, are hashed.
//!
//! Why this is hand-made: general hash functions need the word cut out first. Here one load finds its end and hashes it.

use xxhash_rust::xxh3::xxh3_64;

/// The highest bit of each byte.
const HIGH: u64 = 0x8080_8080_8080_8080;
/// The lowest bit of each byte.
const LOW: u64 = 0x0101_0101_0101_0101;

/// Returns the eight bytes from `at` on, the first one lowest; 0 if the slice ends earlier.
pub(super) fn load(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()).map_or(0, u64::from_le_bytes)
}

/// Counts how many of eight bytes, from the first on, are digits or lower-case ASCII letters.
pub(crate) fn word_length(eight: u64) -> usize {
    // Without the highest bits, no sum carries into the next byte.
    let x = eight & !HIGH;
    let at_least = |byte: u8| x + LOW * u64::from(0x80 - byte);
    let letter = at_least(b'a') & !at_least(b'z' + 1);
    let digit = at_least(b'0') & !at_least(b'9' + 1);
    let other = !(letter | digit) & HIGH | eight & HIGH;
    (other.trailing_zeros() / 8) as usize
}

/// Counts these bytes from `at` on, at any length.
pub(super) fn long_word_length(bytes: &[u8], at: usize) -> usize {
    let mut length = 0;
    loop {
        let more = word_length(load(bytes, at + length));
        length += more;
        if more < 8 {
            return length;
        }
    }
}

/// Hashes the first `length` (one to eight) of eight bytes to the same value as [`hash_of`].
pub(super) fn hash_short(eight: u64, length: usize) -> u64 {
    // No word contains zero bytes, so its length need not be hashed.
    super::mix((eight & (u64::MAX >> (64 - 8 * length as u32))) ^ SEED)
}

/// Avoids the fixed point of [`super::mix`] for short words.
const SEED: u64 = 0x5d8a_1f0e_93c7_b264;

/// Hashes a word: mixes up to eight bytes as an integer, and uses xxh3 for longer words.
pub(super) fn hash_of(word: &[u8]) -> u64 {
    if word.len() > 8 {
        return xxh3_64(word);
    }
    let mut eight = [0; 8];
    eight[..word.len()].copy_from_slice(word);
    super::mix(u64::from_le_bytes(eight) ^ SEED)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lengths_agree_with_a_bytewise_count(bytes in prop::collection::vec(any::<u8>(), 0..40), word in "[a-z0-9]{0,20}") {
            let plain = |bytes: &[u8]| bytes.iter().take_while(|b| b.is_ascii_digit() || b.is_ascii_lowercase()).count();
            for mut bytes in [bytes.clone(), [word.as_bytes(), &bytes].concat()] {
                let length = bytes.len();
                bytes.extend([0; 8]);
                for at in 0..length {
                    prop_assert_eq!(word_length(load(&bytes, at)), plain(&bytes[at..at + 8]));
                    prop_assert_eq!(long_word_length(&bytes, at), plain(&bytes[at..]));
                }
            }
        }

        #[test]
        fn hash_short_agrees_with_hash_of(word in "[a-z0-9]{1,8}", rest in "[a-z ]{8}") {
            let bytes = [word.as_bytes(), rest.as_bytes()].concat();
            for length in 1..=word.len() {
                prop_assert_eq!(hash_short(load(&bytes, 0), length), hash_of(&word.as_bytes()[..length]));
            }
        }
    }
}
