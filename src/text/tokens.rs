//! The compact form in which a document travels through the stages.

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
    furniture: u32,
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
    pub(super) fn new(tokens: &[Token], segments: &[Segment], furniture: u32) -> Self {
        let mut hasher = xxhash_rust::xxh3::Xxh3Default::new();
        let mut block = [0u8; 8 * 64];
        for chunk in tokens.chunks(64) {
            for (slot, token) in block.chunks_exact_mut(8).zip(chunk) {
                slot.copy_from_slice(&token.0.to_le_bytes());
            }
            hasher.update(&block[..chunk.len() * 8]);
        }
        let digest = hasher.digest128();
        Self { tokens: tokens.into(), segments: segments.into(), digest, furniture }
    }

    /// What was taken apart, together again.
    pub(super) fn of_parts(
        tokens: Arc<[Token]>,
        segments: Arc<[Segment]>,
        digest: u128,
        furniture: u32,
    ) -> Self {
        Self { tokens, segments, digest, furniture }
    }

    pub(super) fn raw_segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The tokens in reading order, furniture left out.
    pub fn as_slice(&self) -> &[Token] {
        &self.tokens
    }

    /// How many tokens.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Tokens of the furniture that was left out.
    pub fn furniture_len(&self) -> u32 {
        self.furniture
    }

    /// Whether the document holds no token at all: nothing but white space, punctuation and symbols.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// 128-bit hash of the token sequence: equal for equal sequences.
    pub fn digest(&self) -> u128 {
        self.digest
    }

    /// The same document with the lines that `is_furniture` names, by their tokens, counted as furniture; `None` where it
    /// names none, or all: then they are the text.
    pub fn without_lines(&self, is_furniture: impl Fn(&[Token]) -> bool) -> Option<Self> {
        let mut kept = Vec::with_capacity(self.tokens.len());
        let mut segments = Vec::with_capacity(self.segments.len());
        let mut ends = self.segments.iter().peekable();
        for line in self.lines() {
            let keep = !is_furniture(&self.tokens[line.clone()]);
            while let Some(segment) = ends.next_if(|segment| segment.end() <= line.end) {
                if keep {
                    let end = kept.len() + segment.end() - line.start;
                    segments.push(Segment::new(end, segment.ends_line()));
                }
            }
            if keep {
                kept.extend_from_slice(&self.tokens[line]);
            }
        }
        let left_out = self.tokens.len() - kept.len();
        if left_out == 0 || kept.is_empty() {
            return None;
        }
        let furniture = self.furniture.saturating_add(u32::try_from(left_out).unwrap_or(u32::MAX));
        Some(Self::new(&kept, &segments, furniture))
    }

    /// The token ranges of the sentences (and of lines that are no sentences), in order; none is empty.
    pub fn segments(&self) -> impl Iterator<Item = std::ops::Range<usize>> + Clone + '_ {
        let mut start = 0;
        self.segments.iter().map(move |segment| {
            let range = start..segment.end();
            start = segment.end();
            range
        })
    }

    /// The token ranges of the lines, in order; none is empty.
    pub fn lines(&self) -> impl Iterator<Item = std::ops::Range<usize>> + Clone + '_ {
        let mut start = 0;
        self.segments.iter().filter(|s| s.0 & LINE != 0).map(move |segment| {
            let range = start..segment.end();
            start = segment.end();
            range
        })
    }
}
