//! The compact form in which documents pass through the stages.

use std::ops::Range;
use std::sync::Arc;

use super::mix;

/// A token: 32 bits of the hash of the normalised word, 30 bits of the hash of its stem, and a class.
///
/// Two tokens are equal if the hashes of word and stem and the class agree. That is 62 bits of hash, so that a
/// corpus of a million distinct words contains a colliding pair with a probability of about 10⁻⁷.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(u64);

/// The kind of text that a token was cut from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A word between spaces or punctuation.
    Word,
    /// Digits, with their decimal or grouping signs normalised.
    Number,
    /// A piece of which a word has about two: a character of Han, Kana, Bopomofo or Yi, a syllable of Vietnamese, a group of
    /// joined letters of Urdu.
    Ideograph,
    /// One letter, with its marks, of an alphabetic script written without spaces: Thai, Lao, Khmer, Burmese, Tibetan.
    Unspaced,
}

impl Class {
    /// Returns how many tokens make a term: a word, two ideographs, three letters of a script without spaces.
    pub fn tokens_of_term(self) -> usize {
        match self {
            Self::Word | Self::Number => 1,
            Self::Ideograph => 2,
            Self::Unspaced => 3,
        }
    }
}

impl Token {
    /// Combines the hash of a word with the hash of its stem.
    pub(super) fn new(word: u64, stem: u64, class: Class) -> Self {
        let class = class as u64;
        Self((word & 0xffff_ffff) | ((stem >> 34) << 32) | (class << 62))
    }

    /// Creates the token with these [`bits`](Token::bits).
    pub(super) fn of_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Returns the token as an integer, which is equal only for equal tokens.
    pub fn bits(self) -> u64 {
        self.0
    }

    /// Returns the token of a word as one that is about half a word, and other tokens as they are.
    pub(super) fn piece_of_word(self) -> Self {
        if self.class() == Class::Word { Self(self.0 | (Class::Ideograph as u64) << 62) } else { self }
    }

    /// Returns the token, or for a number a token that stands for all numbers.
    pub(super) fn without_number(self) -> Self {
        if self.class() == Class::Number { Self((Class::Number as u64) << 62) } else { self }
    }

    /// Returns the hash of the stem with the class, which is equal for words that differ only in their endings or
    /// diacritics.
    pub fn stem(self) -> u32 {
        // Lossless: the upper half of 64 bits.
        (self.0 >> 32) as u32
    }

    /// Returns the kind of text that the token was cut from.
    pub fn class(self) -> Class {
        match self.0 >> 62 {
            0 => Class::Word,
            1 => Class::Number,
            2 => Class::Ideograph,
            _ => Class::Unspaced,
        }
    }
}

/// A document as the stages see it: tokens in reading order, and the ends of sentences and lines. Clones share the
/// data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    tokens: Arc<[Token]>,
    segments: Arc<[Segment]>,
    digest: u128,
    boilerplate: u32,
}

/// A sentence, or a line that is not one: its end, with a flag for the end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment(u32);

const END: u32 = (1 << 30) - 1;
const LINE: u32 = 1 << 30;

impl Segment {
    pub(super) fn new(end: usize, ends_line: bool) -> Self {
        // A document of more than 2^30 tokens exceeds the size limit of ingest. If one came through, its last
        // segments would merge without losing a token.
        let end = u32::try_from(end).unwrap_or(END).min(END);
        Self(end | if ends_line { LINE } else { 0 })
    }

    /// Creates the segment with these [`bits`](Segment::bits).
    pub(super) fn of_bits(bits: u32) -> Self {
        Self(bits & (END | LINE))
    }

    pub(super) fn bits(self) -> u32 {
        self.0
    }

    pub(super) fn end(self) -> usize {
        (self.0 & END) as usize
    }

    pub(super) fn ends_line(self) -> bool {
        self.0 & LINE != 0
    }
}

impl Tokens {
    pub(super) fn new(tokens: &[Token], segments: &[Segment], boilerplate: u32) -> Self {
        let mut hasher = xxhash_rust::xxh3::Xxh3Default::new();
        let mut block = [0u8; 8 * 64];
        for chunk in tokens.chunks(64) {
            for (slot, token) in block.chunks_exact_mut(8).zip(chunk) {
                slot.copy_from_slice(&token.0.to_le_bytes());
            }
            hasher.update(&block[..chunk.len() * 8]);
        }
        let digest = hasher.digest128();
        Self { tokens: tokens.into(), segments: segments.into(), digest, boilerplate }
    }

    /// Reassembles tokens from their parts.
    pub(super) fn of_parts(tokens: Arc<[Token]>, segments: Arc<[Segment]>, digest: u128) -> Self {
        Self { tokens, segments, digest, boilerplate: 0 }
    }

    /// Sets the number of tokens that were removed as boilerplate.
    pub(super) fn with_boilerplate(self, boilerplate: u32) -> Self {
        Self { boilerplate, ..self }
    }

    pub(super) fn raw_segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the tokens in reading order, without boilerplate.
    pub fn as_slice(&self) -> &[Token] {
        &self.tokens
    }

    /// Returns the number of tokens.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Returns the number of tokens that were removed as boilerplate.
    pub fn boilerplate_len(&self) -> u32 {
        self.boilerplate
    }

    /// Returns whether the document has no tokens: only white space, punctuation and symbols.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Returns a 128-bit hash of the token sequence.
    pub fn digest(&self) -> u128 {
        self.digest
    }

    /// Returns a 64-bit hash of the token sequence.
    pub fn fingerprint(&self) -> u64 {
        mix(self.digest as u64 ^ mix((self.digest >> 64) as u64))
    }

    /// Removes these ranges of tokens, which are in order and do not overlap, as boilerplate. Returns `None` if
    /// there are none, or if nothing else would be left, because then they are the text.
    pub fn without<'r>(&self, boilerplate: impl IntoIterator<Item = &'r Range<usize>>) -> Option<Self> {
        let mut boilerplate = boilerplate.into_iter().peekable();
        boilerplate.peek()?;
        let mut kept = Vec::with_capacity(self.tokens.len());
        let mut segments: Vec<Segment> = Vec::with_capacity(self.segments.len());
        let (mut at, mut in_line) = (0, 0);
        for segment in self.segments.iter() {
            let before = kept.len();
            while at < segment.end() {
                let next = boilerplate.peek().map_or(segment.end(), |range| range.start.min(segment.end()));
                kept.extend_from_slice(self.tokens.get(at..next).unwrap_or_default());
                at = at.max(next);
                if let Some(range) = boilerplate.peek().filter(|range| range.start <= at) {
                    at = at.max(range.end.min(segment.end()));
                    if range.end <= at {
                        boilerplate.next();
                    }
                }
            }
            if kept.len() > before {
                segments.push(Segment::new(kept.len(), segment.ends_line()));
                in_line += 1;
            } else if let (true, true, Some(last)) = (segment.ends_line(), in_line > 0, segments.last_mut()) {
                *last = Segment::new(last.end(), true);
            }
            if segment.ends_line() {
                in_line = 0;
            }
        }
        let left_out = self.tokens.len() - kept.len();
        if left_out == 0 || kept.is_empty() {
            return None;
        }
        let boilerplate = self.boilerplate.saturating_add(u32::try_from(left_out).unwrap_or(u32::MAX));
        Some(Self::new(&kept, &segments, boilerplate))
    }

    /// Returns the token ranges of the sentences (and of lines that are not sentences), in order. None is empty.
    pub fn segments(&self) -> impl Iterator<Item = Range<usize>> + Clone + '_ {
        let mut start = 0;
        self.segments.iter().map(move |segment| {
            let range = start..segment.end();
            start = segment.end();
            range
        })
    }

    /// Returns the token ranges of the lines, in order. None is empty.
    pub fn lines(&self) -> impl Iterator<Item = Range<usize>> + Clone + '_ {
        let mut start = 0;
        self.segments.iter().filter(|s| s.0 & LINE != 0).map(move |segment| {
            let range = start..segment.end();
            start = segment.end();
            range
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tokenize;

    proptest! {
        #[test]
        fn removed_tokens_are_counted_and_sentences_are_kept(
            text in "[a-c .\n]{0,60}",
            cuts in prop::collection::vec((0..6usize, 1..5usize), 0..6),
        ) {
            let tokens = tokenize(&text);
            let mut at = 0;
            let mut ranges = Vec::new();
            for (skip, length) in cuts {
                let (start, end) = (at + skip, at + skip + length);
                if end <= tokens.len() {
                    ranges.push(start..end);
                    at = end;
                }
            }
            let kept: Vec<usize> =
                (0..tokens.len()).filter(|at| !ranges.iter().any(|range| range.contains(at))).collect();
            match tokens.without(&ranges) {
                None => prop_assert!(kept.is_empty() || ranges.is_empty()),
                Some(left) => {
                    let wanted: Vec<_> = kept.iter().map(|&at| tokens.as_slice()[at]).collect();
                    prop_assert_eq!(left.as_slice(), &wanted[..]);
                    let removed = left.boilerplate_len() - tokens.boilerplate_len();
                    prop_assert_eq!(removed as usize, tokens.len() - kept.len());
                    let lengths = |range: std::ops::Range<usize>| kept.iter().filter(|&at| range.contains(at)).count();
                    for (all, own) in [
                        (tokens.segments().collect::<Vec<_>>(), left.segments().collect::<Vec<_>>()),
                        (tokens.lines().collect(), left.lines().collect()),
                    ] {
                        let all: Vec<usize> = all.into_iter().map(lengths).filter(|&length| length > 0).collect();
                        prop_assert_eq!(all, own.into_iter().map(|range| range.len()).collect::<Vec<_>>());
                    }
                }
            }
        }
    }
}
