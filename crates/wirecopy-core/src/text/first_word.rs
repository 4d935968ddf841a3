//! Rejects nearly all positions of a text at which no phrase of a table can begin, by the first word.
//!
//! In: the phrases of a table, then the bytes from a position of a text on. A text is rejected only if it begins with an ASCII word
//! that is followed by an ASCII sign or the end, and with which no phrase begins in any case. Cost: one lookup in a table of 2 kB.

/// Number of bits of a table, as a power of two.
const BITS: u32 = 14;
/// A byte of 1 in each place.
const EACH: u64 = 0x0101_0101_0101_0101;
/// The upper bit of each byte.
const UPPER: u64 = EACH << 7;

/// The first word of a text: its first eight bytes at most, the first one lowest, with letters in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FirstWord(Option<u64>);

impl FirstWord {
    /// Returns the first word; none if the text does not begin with an ASCII letter or digit, or if a character beyond ASCII follows,
    /// which may belong to the word.
    #[inline]
    pub(super) fn of(text: &[u8]) -> Self {
        let eight = match text.first_chunk() {
            Some(&eight) => u64::from_le_bytes(eight),
            None => {
                let mut eight = [0; 8];
                eight[..text.len()].copy_from_slice(text);
                u64::from_le_bytes(eight)
            }
        };
        let lower = eight | EACH << 5;
        let others = !(between(lower, b'a', b'z') | between(eight, b'0', b'9')) & UPPER;
        let length = others.trailing_zeros() / u8::BITS;
        if length == 0 || eight.unbounded_shr(u8::BITS * length) & 0x80 != 0 {
            return Self(None);
        }
        Self(Some(lower & u64::MAX >> (u64::BITS - u8::BITS * length)))
    }
}

/// Sets the upper bit of each ASCII byte from `first` to `last`.
fn between(eight: u64, first: u8, last: u8) -> u64 {
    // A sum has the upper bit from `first` on, or beyond `last`. None exceeds a byte.
    let ascii = eight & !UPPER;
    let (from, beyond) = (ascii + EACH * u64::from(0x80 - first), ascii + EACH * u64::from(0x80 - last - 1));
    from & !beyond & !eight & UPPER
}

/// The first words of phrases.
#[derive(Clone, Debug)]
pub(super) struct FirstWords(Vec<u64>);

impl Default for FirstWords {
    fn default() -> Self {
        Self(vec![0; 1 << (BITS - u64::BITS.trailing_zeros())])
    }
}

impl FirstWords {
    /// Returns a table that rejects nothing.
    #[cfg(test)]
    pub(super) fn all() -> Self {
        Self(vec![u64::MAX; Self::default().0.len()])
    }

    /// Adds the first word of a phrase in lower case.
    pub(super) fn insert(&mut self, phrase: &str) {
        let length = phrase.bytes().take_while(u8::is_ascii_alphanumeric).count();
        // Texts that begin otherwise, or with a word that goes on beyond ASCII, are not rejected anyway.
        if let FirstWord(Some(word)) = FirstWord::of(&phrase.as_bytes()[..length]) {
            let (at, bit) = place(word);
            self.0[at] |= bit;
        }
    }

    /// Returns whether a phrase may begin with this word.
    #[inline]
    pub(super) fn may_begin(&self, word: FirstWord) -> bool {
        word.0.is_none_or(|word| {
            let (at, bit) = place(word);
            self.0[at] & bit != 0
        })
    }
}

/// Returns the index and the bit of a word.
fn place(word: u64) -> (usize, u64) {
    let place = word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - BITS);
    (place as usize / 64, 1 << (place % 64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_that_begin_like_phrases_are_kept() {
        let mut words = FirstWords::default();
        ["afp", "agence france", "gäb", "x", "äbc", "u.p.i.", "internationales"]
            .iter()
            .for_each(|phrase| words.insert(phrase));
        let may_begin = |text: &str| words.may_begin(FirstWord::of(text.as_bytes()));
        for text in [
            "afp",
            "AFP.",
            "Agence\nFrance",
            "gäb",
            "GÄB",
            "x y",
            "X",
            "äbc",
            "U.P.I.",
            "Internationales",
            "abä",
            ".",
        ] {
            assert!(may_begin(text), "{text:?}");
        }
        for text in ["af", "afps", "afp1", "agences", "y.", "up"] {
            assert!(!may_begin(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn word_ends_before_the_first_sign(text in "[a-zA-Z0-9]{0,10}[ -~]?[a-z]{0,3}", more in any::<[u8; 4]>()) {
            for text in [text.clone().into_bytes(), [text.as_bytes(), &more].concat(), more.to_vec()] {
                let length = text.iter().take(8).take_while(|byte| byte.is_ascii_alphanumeric()).count();
                let goes_on = length < 8 && text.get(length).is_some_and(|byte| !byte.is_ascii());
                let mut eight = [0; 8];
                eight[..length].copy_from_slice(&text[..length].to_ascii_lowercase());
                // Lower case sets the same bit in digits, which have it.
                let expected = (length > 0 && !goes_on).then(|| u64::from_le_bytes(eight));
                prop_assert_eq!(FirstWord::of(&text), FirstWord(expected));
            }
        }
    }
}
