//! The form in which the tokens of one document travel between machines: bytes that depend on nothing else.
//!
//! | bytes | holds |
//! |---|---|
//! | 4 | number of tokens |
//! | 4 | number of segments |
//! | 4 | number of tokens that were removed as boilerplate |
//! | 8 for each token | its [bits](Token::bits) |
//! | 4 for each segment | its end, in tokens, with a flag in bit 30 for the end of a line |
//!
//! All numbers are little-endian. The digest is computed anew, which costs less than to read it.

use super::tokens::{Segment, Token, Tokens};

/// Number of bytes before the tokens.
const HEAD: usize = 12;

impl Tokens {
    /// Returns the tokens as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (tokens, segments) = (self.as_slice(), self.raw_segments());
        let mut out = Vec::with_capacity(HEAD + 8 * tokens.len() + 4 * segments.len());
        // Documents hold fewer than 2^30 tokens.
        for number in [tokens.len() as u32, segments.len() as u32, self.boilerplate_len()] {
            out.extend(number.to_le_bytes());
        }
        out.extend(tokens.iter().flat_map(|token| token.bits().to_le_bytes()));
        out.extend(segments.iter().flat_map(|segment| segment.bits().to_le_bytes()));
        out
    }

    /// Returns the tokens that [`Tokens::to_bytes`] wrote; `None` for other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<HEAD>()?;
        let [tokens, segments, boilerplate] =
            [0, 4, 8].map(|at| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]));
        let (own, rest) = rest.split_at_checked((tokens as usize).checked_mul(8)?)?;
        if rest.len() != (segments as usize).checked_mul(4)? {
            return None;
        }
        let own: Vec<Token> =
            own.as_chunks().0.iter().map(|&bits| Token::of_bits(u64::from_le_bytes(bits))).collect();
        let segments: Vec<Segment> =
            rest.as_chunks().0.iter().map(|&bits| Segment::of_bits(u32::from_le_bytes(bits))).collect();
        // Segments follow each other and end with the text, or ranges of tokens would be out of bounds.
        let ends = || segments.iter().map(|segment| segment.end());
        let are_sound = ends().is_sorted_by(|x, y| x < y) && ends().next_back().unwrap_or(0) == own.len();
        are_sound.then(|| Self::new(&own, &segments, boilerplate))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tokenize;
    use super::*;

    proptest! {
        #[test]
        fn tokens_are_read_back(text in "[a-c渡 .\n]{0,80}", cut in 0usize..20) {
            let tokens = tokenize(&text);
            let bytes = tokens.to_bytes();
            prop_assert_eq!(Tokens::from_bytes(&bytes), Some(tokens.clone()));
            if let Some(left) = tokens.without([&(0..cut.min(tokens.len()))]) {
                prop_assert_eq!(Tokens::from_bytes(&left.to_bytes()), Some(left));
            }
        }

        #[test]
        fn other_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Some(tokens) = Tokens::from_bytes(&bytes) {
                prop_assert_eq!(tokens.to_bytes(), bytes);
            }
        }
    }

    #[test]
    fn form_is_fixed() {
        let bytes = tokenize("The ferry sails.\nIt is late.").to_bytes();
        assert_eq!(bytes.len(), HEAD + 6 * 8 + 2 * 4);
        assert_eq!(format!("{:016x}", xxhash_rust::xxh3::xxh3_64(&bytes)), "c0a084bfe4da1f79");
    }
}
