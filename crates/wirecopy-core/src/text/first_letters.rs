//! Rejects nearly all positions of a text at which no phrase of a table can begin, by the first three letters.
//!
//! In: the phrases of a table, then the bytes from a position of a text on. A text is rejected only if its first three bytes are
//! ASCII and no phrase matches them in any case. Cost: one bit in 4 kB.

/// Number of bits: each letter has the lowest five of its bits, which are the same for both cases.
const BITS: usize = 1 << 15;

/// The first three letters of phrases.
#[derive(Clone, Debug)]
pub(super) struct FirstLetters(Vec<u64>);

impl Default for FirstLetters {
    fn default() -> Self {
        Self(vec![0; BITS / 64])
    }
}

impl FirstLetters {
    /// Adds all three letters with which a text may begin that begins with `phrase`.
    pub(super) fn insert(&mut self, phrase: &str) {
        let bytes = phrase.as_bytes();
        let plain = bytes.iter().take(3).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        // Only a text that is not rejected anyway has this letter, too.
        if plain < 3 && bytes.get(plain).is_some_and(|byte| !byte.is_ascii()) {
            return;
        }
        let bits = bytes[..plain].iter().fold(0, |bits, &letter| bits << 5 | usize::from(letter & 31));
        // Anything may follow a shorter phrase, and stand for the spaces and signs of a longer one.
        let unknown = 5 * (3 - plain);
        for place in bits << unknown..(bits + 1) << unknown {
            self.0[place / 64] |= 1 << (place % 64);
        }
    }

    /// Returns whether a phrase may begin where these bytes of a text do.
    pub(super) fn may_begin(&self, text: &[u8]) -> bool {
        let Some(&[a, b, c]) = text.first_chunk() else { return true };
        let place = usize::from(a & 31) << 10 | usize::from(b & 31) << 5 | usize::from(c & 31);
        !(a | b | c).is_ascii() || self.0[place / 64] >> (place % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_begin_like_phrases_are_kept() {
        let mut letters = FirstLetters::default();
        ["abcdef", "gäb", "xa y", "q", "äbc"].iter().for_each(|phrase| letters.insert(phrase));
        for text in [
            "abc",
            "ABCdef",
            "ab",
            "",
            "gäb",
            "GÄB",
            "xa  y",
            "xa\ny",
            "XA\u{a0}y",
            "q",
            "q. ",
            "Q\n\n",
            "äbc",
            "abä",
        ] {
            assert!(letters.may_begin(text.as_bytes()), "{text:?}");
        }
        for text in ["abd", "xyz", "gab", "bcd", "a b", "456"] {
            assert!(!letters.may_begin(text.as_bytes()), "{text:?}");
        }
    }

    #[test]
    fn nothing_begins_without_phrases_and_everything_with_an_empty_one() {
        let mut letters = FirstLetters::default();
        assert!(!letters.may_begin(b"abc"));
        letters.insert("");
        assert!(letters.may_begin(b"abc") && letters.may_begin(b"\0\0\0"));
    }
}
