//! Stores tokens as 16-bit codes, since a corpus has few distinct words that occur often.
//!
//! A [`Dictionary`] holds the most frequent words of a part of the corpus. A token that is not in it has an escape code, and is
//! written in full behind the codes of its document, so that codes are looked up without a branch. In news, at least nine
//! words in ten are among the 65,535 most frequent ones of the same folder, so that a token takes two or three bytes instead
//! of eight, and one that is not among them twelve. The coding is lossless.
//!
//! Why this is hand-made: a slot of the table is two bytes, so that all codes take half a megabyte. A general map would take
//! four times as much.

use super::tokens::Token;
use crate::hash::ByHash;

/// Code of a token that is written in full.
const ESCAPE: u16 = u16::MAX;
/// Number of 16-bit values of a token that is written in full: how many tokens are between the one before and it, and its parts.
const IN_FULL: usize = 5;
/// Number of 16-bit values of the number that encoded tokens begin with.
const NUMBER: usize = 2;
/// Number of 16-bit values.
const CODES: usize = 1 << 16;
/// Number of slots of the hash table, four times the number of codes.
const SLOTS: usize = 4 * CODES;

/// The most frequent words of a part of a corpus, with their codes.
#[derive(Debug)]
pub(super) struct Dictionary {
    /// Words by code, padded to [`CODES`] entries so that no code needs a bounds check.
    words: Box<[Token]>,
    /// Codes by the hash of the word, with linear probing; [`ESCAPE`] marks an empty slot.
    slots: Box<[u16]>,
}

impl Dictionary {
    /// Creates a dictionary of the most frequent of the counted words; ties go to the word with the smaller bits.
    pub(super) fn of(counts: &ByHash<Token, u32>) -> Self {
        let mut ranked: Vec<(u32, Token)> = counts.iter().map(|(&token, &count)| (count, token)).collect();
        ranked.sort_unstable_by(|x, y| y.0.cmp(&x.0).then(x.1.cmp(&y.1)));
        ranked.truncate(usize::from(ESCAPE));
        let mut words: Vec<Token> = ranked.into_iter().map(|(_, token)| token).collect();
        let mut slots = vec![ESCAPE; SLOTS].into_boxed_slice();
        for (word, code) in words.iter().zip(0..ESCAPE) {
            let mut at = first_slot(*word);
            while slots[at] != ESCAPE {
                at = (at + 1) % SLOTS;
            }
            slots[at] = code;
        }
        words.resize(CODES, Token::of_bits(0));
        Self { words: words.into(), slots }
    }

    /// Returns the code of a token, or [`ESCAPE`].
    #[cfg(test)]
    pub(super) fn code(&self, token: Token) -> u16 {
        self.code_from(self.slots[first_slot(token)], token)
    }

    /// Does the same, given what is in the token's first slot.
    fn code_from(&self, first: u16, token: Token) -> u16 {
        let (mut at, mut code) = (first_slot(token), first);
        while code != ESCAPE && self.words[usize::from(code)] != token {
            at = (at + 1) % SLOTS;
            code = self.slots[at];
        }
        code
    }

    /// Appends to `out` how many tokens are written in full, the codes of all `tokens`, and then those tokens, each with its distance from
    /// the one before. Returns how many there are.
    pub(super) fn encode(&self, tokens: &[Token], out: &mut Vec<u16>) -> usize {
        let count_at = out.len();
        out.extend([0; NUMBER]);
        let mut in_full = Vec::with_capacity(tokens.len() / 2);
        // Index after the last token that was written in full.
        let mut next = 0;
        let mut write = |at: usize| {
            while next <= at {
                let distance = u16::try_from(at - next).unwrap_or(u16::MAX);
                // After a distance that does not fit, this is a token between the two, which is written in full, too.
                next += usize::from(distance);
                let [a, b, c, d] = parts(tokens[next]);
                in_full.extend_from_slice(&[distance, a, b, c, d]);
                next += 1;
            }
        };
        // In a loop of its own, so that many accesses to the slots overlap.
        let codes_at = out.len();
        out.extend(tokens.iter().map(|&token| self.slots[first_slot(token)]));
        for (at, (code, &token)) in out[codes_at..].iter_mut().zip(tokens).enumerate() {
            *code = self.code_from(*code, token);
            if *code == ESCAPE {
                write(at);
            }
        }
        out.extend_from_slice(&in_full);
        let count = in_full.len() / IN_FULL;
        // Documents hold fewer than 2^30 tokens.
        out[count_at] = count as u16;
        out[count_at + 1] = (count >> 16) as u16;
        count
    }

    /// Appends the `count` tokens that `codes` encode to `out`, which is empty; `None` if the codes end early. Other values may follow the
    /// codes: those of a document before it was shortened.
    pub(super) fn decode(&self, codes: &[u16], count: usize, out: &mut Vec<Token>) -> Option<()> {
        let (&[low, high], codes) = codes.split_first_chunk()?;
        let (codes, in_full) = codes.split_at_checked(count)?;
        let words = self.words.first_chunk::<CODES>()?;
        out.extend(codes.iter().map(|&code| words[usize::from(code)]));
        let count = usize::from(low) | usize::from(high) << 16;
        let in_full = in_full.as_chunks::<IN_FULL>().0.get(..count)?;
        let mut rest = out.as_mut_slice();
        for &[distance, a, b, c, d] in in_full {
            let (token, behind) = rest.get_mut(usize::from(distance)..)?.split_first_mut()?;
            *token = whole([a, b, c, d]);
            rest = behind;
        }
        Some(())
    }
}

/// Returns the codes of `count` encoded tokens; `None` if they end early.
pub(super) fn codes_of(encoded: &[u16], count: usize) -> Option<&[u16]> {
    encoded.get(NUMBER..)?.get(..count)
}

fn first_slot(token: Token) -> usize {
    // The bits are hashes; the product spreads both halves over the upper bits.
    (token.bits().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 46) as usize % SLOTS
}

/// Splits a token into 16-bit parts, lowest first.
pub(super) fn parts(token: Token) -> [u16; 4] {
    let bits = token.bits();
    [0, 16, 32, 48].map(|shift| (bits >> shift) as u16)
}

/// Joins the parts of a token.
pub(super) fn whole(parts: [u16; 4]) -> Token {
    Token::of_bits(parts.iter().rev().fold(0, |bits, &part| bits << 16 | u64::from(part)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn tokens_are_decoded_whether_in_the_dictionary_or_not(
            known in prop::collection::vec(any::<u64>(), 0..200),
            others in prop::collection::vec(any::<u64>(), 0..50),
            behind in prop::collection::vec(any::<u16>(), 0..12),
        ) {
            let counts: ByHash<Token, u32> = known.iter().map(|&bits| (Token::of_bits(bits), 1)).collect();
            let dictionary = Dictionary::of(&counts);
            let tokens: Vec<Token> = known.iter().chain(&others).map(|&bits| Token::of_bits(bits)).collect();
            let mut codes = Vec::new();
            let written_out = dictionary.encode(&tokens, &mut codes);
            prop_assert!(written_out <= others.len());
            prop_assert_eq!(codes.len(), 2 + tokens.len() + IN_FULL * written_out);
            codes.extend(behind);
            let mut decoded = Vec::new();
            prop_assert_eq!(dictionary.decode(&codes, tokens.len(), &mut decoded), Some(()));
            prop_assert_eq!(decoded, tokens);
        }
    }

    #[test]
    fn most_frequent_words_get_codes() {
        let counts: ByHash<Token, u32> =
            (0..100_000_u32).map(|n| (Token::of_bits(u64::from(n) << 3), n)).collect();
        let dictionary = Dictionary::of(&counts);
        let code = |n: u64| dictionary.code(Token::of_bits(n << 3));
        assert_eq!(code(99_999), 0);
        assert_eq!(code(100_000 - 65_535), 65_534);
        assert_eq!(code(100_000 - 65_536), ESCAPE);
    }

    #[test]
    fn codes_that_end_early_are_not_decoded() {
        let dictionary = Dictionary::of(&ByHash::default());
        let mut codes = Vec::new();
        dictionary.encode(&[Token::of_bits(1), Token::of_bits(2)], &mut codes);
        assert_eq!(dictionary.decode(&codes, 2, &mut Vec::new()), Some(()));
        for end in 0..codes.len() {
            assert_eq!(dictionary.decode(&codes[..end], 2, &mut Vec::new()), None, "{end}");
        }
    }

    #[test]
    fn tokens_far_from_others_in_full_are_decoded() {
        let (known, other) = (Token::of_bits(7), Token::of_bits(8));
        let dictionary = Dictionary::of(&ByHash::from_iter([(known, 1)]));
        let far = usize::from(u16::MAX);
        let tokens = [vec![other], vec![known; 3 * far], vec![other]].concat();
        let mut codes = Vec::new();
        assert_eq!(dictionary.encode(&tokens, &mut codes), 4, "two are written in full for the distance");
        let mut decoded = Vec::new();
        assert_eq!(dictionary.decode(&codes, tokens.len(), &mut decoded), Some(()));
        assert_eq!(decoded, tokens);
    }
}
