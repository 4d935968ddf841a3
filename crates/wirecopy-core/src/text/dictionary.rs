//! Tokens as 16-bit codes: words are few and come again.
//!
//! A [`Dictionary`] holds the words that a part of the corpus uses most; a token that is not in it is written out behind
//! an escape. News has nine words in ten, and more, among the 65,535 most frequent ones of its own folder, so that a
//! token takes two to three bytes instead of eight. What is coded comes back exactly.
//!
//! Why this is hand-made: a slot of the table is two bytes, so that all codes take half a megabyte; a general map would take four times as much.

use super::tokens::Token;
use crate::hash::ByHash;

/// Stands before a token that is written out.
const ESCAPE: u16 = u16::MAX;
/// Numbers that sixteen bits have.
const CODES: usize = 1 << 16;
/// Slots of the table of words, four times as many as there are codes.
const SLOTS: usize = 4 * CODES;

/// The most frequent words of a part of a corpus, with their codes.
#[derive(Debug)]
pub(super) struct Dictionary {
    /// By code; filled up to [`CODES`], so that no code needs a check.
    words: Box<[Token]>,
    /// Codes by the hash of the word, with the next ones tried where one is taken; [`ESCAPE`] is an empty slot.
    slots: Box<[u16]>,
}

impl Dictionary {
    /// The most frequent of the words that were counted; of equals those of the least bits.
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

    /// Appends the codes of `tokens` to `out`; how many had to be written out.
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

    /// The first `count` tokens that `codes` stand for; fewer where the codes end.
    pub(super) fn decode(&self, mut codes: &[u16], count: usize) -> Vec<Token> {
        let mut out = Vec::with_capacity(count);
        let Some(words) = self.words.first_chunk::<CODES>() else { return out };
        while out.len() < count {
            let left = codes.len().min(count - out.len());
            let run = codes[..left].iter().position(|&code| code == ESCAPE).unwrap_or(left);
            out.extend(codes[..run].iter().map(|&code| words[usize::from(code)]));
            match &codes[run..] {
                [ESCAPE, a, b, c, d, rest @ ..] if out.len() < count => {
                    out.push(whole([*a, *b, *c, *d]));
                    codes = rest;
                }
                _ => break,
            }
        }
        out
    }
}

fn first_slot(token: Token) -> usize {
    // The bits are hashes; the product spreads both halves over the upper ones.
    (token.bits().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 46) as usize % SLOTS
}

/// Sixteen bits each, lowest first.
pub(super) fn parts(token: Token) -> [u16; 4] {
    let bits = token.bits();
    [0, 16, 32, 48].map(|shift| (bits >> shift) as u16)
}

/// The token of such parts.
pub(super) fn whole(parts: [u16; 4]) -> Token {
    Token::of_bits(parts.iter().rev().fold(0, |bits, &part| bits << 16 | u64::from(part)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn known_or_not_a_token_comes_back(
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
            prop_assert_eq!(dictionary.decode(&codes, tokens.len()), tokens);
        }
    }

    #[test]
    fn the_most_frequent_words_have_the_codes() {
        let counts: ByHash<Token, u32> =
            (0..100_000_u32).map(|n| (Token::of_bits(u64::from(n) << 3), n)).collect();
        let dictionary = Dictionary::of(&counts);
        assert_eq!(dictionary.code(Token::of_bits(99_999 << 3)), Some(0));
        assert_eq!(dictionary.code(Token::of_bits((100_000 - 65_535) << 3)), Some(65_534));
        assert_eq!(dictionary.code(Token::of_bits((100_000 - 65_536) << 3)), None);
    }

    #[test]
    fn codes_that_end_early_give_what_there_is() {
        let dictionary = Dictionary::of(&ByHash::default());
        assert!(dictionary.decode(&[ESCAPE, 1, 2], 5).is_empty());
    }
}
