//! Hashes words, up to eight bytes at a time.
//!
//! An average word of news has five letters; one load reads it, and the same eight bytes, cut to its length, are hashed.
//!
//! Why this is hand-made: a general hash function reads a short word byte by byte.

use xxhash_rust::xxh3::xxh3_64;

/// Returns the eight bytes from `at` on, the first one lowest; 0 if the slice ends earlier.
pub(super) fn load(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()).map_or(0, u64::from_le_bytes)
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
        fn hash_short_agrees_with_hash_of(word in "[a-z0-9]{1,8}", rest in "[a-z ]{8}") {
            let bytes = [word.as_bytes(), rest.as_bytes()].concat();
            for length in 1..=word.len() {
                prop_assert_eq!(hash_short(load(&bytes, 0), length), hash_of(&word.as_bytes()[..length]));
            }
        }
    }
}
