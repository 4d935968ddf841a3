//! Stores tokens as 16-bit codes, since a corpus has few distinct words that occur often.
//!
//! A [`Dictionary`] holds the most frequent words of a part of the corpus. A token that is not in it is written in
//! full after an escape code. In news, at least nine words in ten are among the 65,535 most frequent ones of the
//! same folder, so that a token takes two to three bytes instead of eight. The coding is lossless.
//!
//! Why this is hand-made: a slot of the table is two bytes, so that all codes take half a megabyte. A general map would take
//! four times as much.

use super::tokens::Token;
use crate::hash::ByHash;

/// Code before a token that is written in full.
const ESCAPE: u16 = u16::MAX;
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

    fn code(&self, token: Token) -> Option<u16> {
        let mut at = first_slot(token);
        loop {
            let code = self.slots[at];
            if code == ESCAPE {
                return None;
            }
            if self.words[usize::from(code)] == token {
                return Some(code);
            }
            at = (at + 1) % SLOTS;
        }
    }

    /// Appends the codes of `tokens` to `out` and returns how many tokens were written in full.
    pub(super) fn encode(&self, tokens: &[Token], out: &mut Vec<u16>) -> usize {
        let mut written_out = 0;
        for &token in tokens {
            if let Some(code) = self.code(token) {
                out.push(code);
            } else {
                out.push(ESCAPE);
                out.extend_from_slice(&parts(token));
                written_out += 1;
            }
        }
        written_out
    }

    /// Appends the first `count` tokens of `codes` to `out`, which is empty; fewer if the codes end early.
    pub(super) fn decode(&self, mut codes: &[u16], count: usize, out: &mut Vec<Token>) {
        out.reserve(count);
        let Some(words) = self.words.first_chunk::<CODES>() else { return };
        while out.len() < count {
            let left = codes.len().min(count - out.len());
            let coded = codes[..left].iter().position(|&code| code == ESCAPE).unwrap_or(left);
            out.extend(codes[..coded].iter().map(|&code| words[usize::from(code)]));
            match &codes[coded..] {
                [ESCAPE, a, b, c, d, rest @ ..] if out.len() < count => {
                    out.push(whole([*a, *b, *c, *d]));
                    codes = rest;
                }
                _ => break,
            }
        }
    }
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
        ) {
            let counts: ByHash<Token, u32> = known.iter().map(|&bits| (Token::of_bits(bits), 1)).collect();
            let dictionary = Dictionary::of(&counts);
            let tokens: Vec<Token> = known.iter().chain(&others).map(|&bits| Token::of_bits(bits)).collect();
            let mut codes = Vec::new();
            let written_out = dictionary.encode(&tokens, &mut codes);
            prop_assert!(written_out <= others.len());
            prop_assert_eq!(codes.len(), tokens.len() + 4 * written_out);
            let mut decoded = Vec::new();
            dictionary.decode(&codes, tokens.len(), &mut decoded);
            prop_assert_eq!(decoded, tokens);
        }
    }

    #[test]
    fn most_frequent_words_get_codes() {
        let counts: ByHash<Token, u32> =
            (0..100_000_u32).map(|n| (Token::of_bits(u64::from(n) << 3), n)).collect();
        let dictionary = Dictionary::of(&counts);
        assert_eq!(dictionary.code(Token::of_bits(99_999 << 3)), Some(0));
        assert_eq!(dictionary.code(Token::of_bits((100_000 - 65_535) << 3)), Some(65_534));
        assert_eq!(dictionary.code(Token::of_bits((100_000 - 65_536) << 3)), None);
    }

    #[test]
    fn truncated_codes_decode_to_fewer_tokens() {
        let dictionary = Dictionary::of(&ByHash::default());
        let mut tokens = Vec::new();
        dictionary.decode(&[ESCAPE, 1, 2], 5, &mut tokens);
        assert!(tokens.is_empty());
    }
}
