//! The compact form in which a document travels through the stages.

use std::ops::Range;
use std::sync::Arc;

/// One token: 32 bits of the hash of the word as written (normalised), 30 bits of the hash of its stem, and a class.
///
/// Two tokens are equal when word, stem and class hashes agree: 62 bits, so that a corpus of a million distinct words
/// holds a colliding pair with a probability of about 10⁻⁷.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(u64);

/// What kind of text a token was cut from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A word between spaces or punctuation.
    Word,
    /// Digits, with their decimal or grouping signs normalised.
    Number,
    /// One character of a script whose words are about two characters long: Han, Kana, Bopomofo, Yi.
    Ideograph,
    /// One letter, with its marks, of an alphabetic script written without spaces: Thai, Lao, Khmer, Burmese, Tibetan.
    Unspaced,
}

impl Class {
    /// Returns how many tokens make a term: a word, two ideographs, three letters of a script without spaces.
    pub(crate) fn tokens_of_term(self) -> usize {
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

    /// The token whose [`bits`](Token::bits) these are.
    pub(super) fn of_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The whole token as an integer; equal for equal tokens only.
    pub fn bits(self) -> u64 {
        self.0
    }

    /// The token, or where it is a number one that all numbers have.
    pub(super) fn without_number(self) -> Self {
        if self.class() == Class::Number { Self((Class::Number as u64) << 62) } else { self }
    }

    /// Stem and class: equal for words that differ in their endings or diacritics only.
    pub fn stem(self) -> u32 {
        // Exact: the upper half of 64 bits.
        (self.0 >> 32) as u32
    }

    /// The kind of text it was cut from.
    pub fn class(self) -> Class {
        match self.0 >> 62 {
            0 => Class::Word,
            1 => Class::Number,
            2 => Class::Ideograph,
            _ => Class::Unspaced,
        }
    }
}

/// A document as the stages see it: tokens in reading order, and where sentences and lines end. A clone shares them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    tokens: Arc<[Token]>,
    segments: Arc<[Segment]>,
    digest: u128,
    boilerplate: u32,
}

/// A sentence, or a line that is none: one end, packed with what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment(u32);

const END: u32 = (1 << 30) - 1;
const LINE: u32 = 1 << 30;

impl Segment {
    pub(super) fn new(end: usize, ends_line: bool) -> Self {
        // A document of more than 2^30 tokens is over the size limit of ingest; were it not, its last segments
        // would merge, which loses no token.
        let end = u32::try_from(end).unwrap_or(END).min(END);
        Self(end | if ends_line { LINE } else { 0 })
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

    /// What was taken apart, together again.
    pub(super) fn of_parts(tokens: Arc<[Token]>, segments: Arc<[Segment]>, digest: u128) -> Self {
        Self { tokens, segments, digest, boilerplate: 0 }
    }

    /// The same with so many tokens left out as boilerplate.
    pub(super) fn with_boilerplate(self, boilerplate: u32) -> Self {
        Self { boilerplate, ..self }
    }

    pub(super) fn raw_segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The tokens in reading order, boilerplate left out.
    pub fn as_slice(&self) -> &[Token] {
        &self.tokens
    }

    /// How many tokens.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Tokens of the boilerplate that was left out.
    pub fn boilerplate_len(&self) -> u32 {
        self.boilerplate
    }

    /// Whether the document holds no token at all: nothing but white space, punctuation and symbols.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// 128-bit hash of the token sequence: equal for equal sequences.
    pub fn digest(&self) -> u128 {
        self.digest
    }

    /// The same document with these ranges of tokens, in order and apart, counted as boilerplate; `None` where there are none,
    /// or nothing else: then they are the text.
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

    /// The token ranges of the sentences (and of lines that are no sentences), in order; none is empty.
    pub fn segments(&self) -> impl Iterator<Item = Range<usize>> + Clone + '_ {
        let mut start = 0;
        self.segments.iter().map(move |segment| {
            let range = start..segment.end();
            start = segment.end();
            range
        })
    }

    /// The token ranges of the lines, in order; none is empty.
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
        fn what_is_left_out_is_counted_and_the_rest_keeps_its_sentences(
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
                    prop_assert_eq!(left.boilerplate_len() as usize, tokens.len() - kept.len());
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
