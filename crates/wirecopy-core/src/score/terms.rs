//! Converts tokens to terms, the units of meaning that the scorer compares.
//!
//! The term of a word in a spaced script is its stem; a number is a term itself. Han and Kana characters mean
//! little on their own, so two neighbours are one term. Letters of alphabetic scripts without spaces (Thai, Khmer)
//! need three. Term keys keep the class of the token in their two highest bits, as [`Token::stem`] does.

use crate::hash::Firsts;
use crate::text::{Class, Token, Tokens};

/// An occurrence of a term: its key and the index of its first token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Key of the term: the class in the two highest bits, a hash below.
    pub term: u32,
    /// Index of the token at which the term begins.
    pub token: u32,
}

/// Returns whether the term is a number.
pub(crate) fn is_number(term: u32) -> bool {
    term >> 30 == Class::Number as u32
}

/// Calls `each` with every term of the tokens in `range`, in reading order.
///
/// No term extends beyond the range, so a caller that passes sentence by sentence gets no term that spans two
/// sentences. At most one term begins at each token. Linear.
pub fn each_term(tokens: &Tokens, range: std::ops::Range<usize>, mut each: impl FnMut(Place)) {
    let slice = tokens.as_slice();
    let mut at = range.start;
    while at < range.end {
        let class = slice[at].class();
        let width = class.tokens_of_term();
        if width == 1 {
            each(place(slice[at].stem(), at));
            at += 1;
            continue;
        }
        let length = slice[at..range.end].iter().take_while(|t| t.class() == class).count();
        if length <= width {
            each(place(join(&slice[at..at + length]), at));
        } else {
            for (i, window) in slice[at..at + length].windows(width).enumerate() {
                each(place(join(window), at + i));
            }
        }
        at += length;
    }
}

/// Collects the distinct terms of one document after the other; reuses its table.
#[derive(Debug, Default)]
pub struct DistinctTerms {
    seen: Firsts,
}

impl DistinctTerms {
    /// Returns the distinct terms of a document in the order of their first places, without a sort. Linear.
    pub fn of(&mut self, tokens: &Tokens) -> Vec<u32> {
        self.seen.begin(tokens.len());
        let mut out = Vec::with_capacity(tokens.len());
        for segment in tokens.segments() {
            each_term(tokens, segment, |Place { term, .. }| {
                if self.seen.is_first(term) {
                    out.push(term);
                }
            });
        }
        out
    }
}

fn place(term: u32, at: usize) -> Place {
    // Documents hold fewer than 2^30 tokens (see `Tokens`).
    Place { term, token: u32::try_from(at).unwrap_or(u32::MAX) }
}

/// Combines several characters into one key, with the class of the first.
fn join(tokens: &[Token]) -> u32 {
    if let [one] = tokens {
        return one.stem();
    }
    let mut hash = 0u64;
    for token in tokens {
        hash =
            crate::text::mix(hash.wrapping_add(u64::from(token.stem())).wrapping_add(0x9e37_79b9_7f4a_7c15));
    }
    let class = tokens.first().map_or(0, |t| t.stem() & (3 << 30));
    // Lossless: the upper 30 bits of 64.
    class | (hash >> 34) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenize;

    fn terms(text: &str) -> Vec<u32> {
        let tokens = tokenize(text);
        let mut out = Vec::new();
        for segment in tokens.segments() {
            each_term(&tokens, segment, |p| out.push(p.term));
        }
        out
    }

    #[test]
    fn spaced_words_are_their_stems() {
        assert_eq!(terms("The alliances"), terms("THE alliance"));
        assert_eq!(terms("one two 3").len(), 3);
        assert!(is_number(terms("3")[0]) && !is_number(terms("three")[0]));
    }

    #[test]
    fn ideographs_form_pairs() {
        assert_eq!(terms("中央银行").len(), 3);
        assert_eq!(terms("中央银行")[0], terms("中央")[0]);
        assert_ne!(terms("中央"), terms("央中"));
        assert_eq!(terms("央").len(), 1);
    }

    #[test]
    fn unspaced_letters_form_triples() {
        assert_eq!(terms("กขคง").len(), 2);
        assert_eq!(terms("กข").len(), 1);
    }

    #[test]
    fn distinct_terms_are_those_of_the_profile() {
        let mut distinct = DistinctTerms::default();
        for text in ["one two 3 two. one\n3 4", "", "中央银行中央 กขคง a a"] {
            let tokens = tokenize(text);
            let mut found = distinct.of(&tokens);
            found.sort_unstable();
            assert_eq!(found, crate::score::Profile::distinct_terms(&tokens));
        }
    }

    #[test]
    fn no_term_crosses_a_sentence() {
        assert_eq!(terms("中央。银行").len(), 2);
    }

    #[test]
    fn mixed_text_keeps_its_order() {
        let tokens = tokenize("第3回G7会議");
        let mut at = Vec::new();
        each_term(&tokens, 0..tokens.len(), |p| at.push(p.token));
        assert_eq!(at, [0, 1, 2, 3, 4]);
    }
}
