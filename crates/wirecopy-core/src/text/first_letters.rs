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
