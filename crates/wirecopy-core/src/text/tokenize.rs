//! Converts text to tokens in one pass over the original, so that the position of every token is known.
//!
//! Words are cut from the original characters and normalised one by one. White space and punctuation never decide
//! whether two texts are equal, and a token's byte range refers to the text that people read. Most news text is
//! ASCII, and an ASCII word is hashed after one pass that lower-cases it in a small buffer.
//!
//! Why this is hand-made: words by UAX #29 are neither folded nor hashed, nor single characters in scripts without spaces.
//! One pass does all of it.

use std::ops::Range;
use std::sync::Arc;

use super::arabic;
use super::boilerplate::boilerplate_in;
use super::credit::Datelines;
use super::masks::{Masks, PADDED};
use super::normalize::{self, STEM_LETTERS};
use super::script::{self, Kind};
use super::serbian;
use super::sink::{Collector, PiecesWithin, Sink, Words};
use super::tokens::Segment;
use super::word_hash::{self, hash_of};
use super::writing::{Pieces, ZERO_WIDTH_NON_JOINER, ends_ligature};
use super::{Class, SourceLines, Token, Tokens};
use crate::config::MatchConfig;

/// Number of zero bytes after a text, so that eight bytes can be read at any position.
const PADDING: usize = 8;

/// Cuts texts into tokens and removes boilerplate. It holds buffers, so reuse one for each thread.
#[derive(Clone, Debug, Default)]
pub struct Tokenizer {
    /// Whether boilerplate is kept.
    pub(super) keep_boilerplate: bool,
    /// Boilerplate that was learned.
    pub(super) learned: Arc<SourceLines>,
    /// The current text with ASCII letters in lower case, byte for byte, followed by [`PADDING`] and as many zero bytes as
    /// its masks need.
    lower: Vec<u8>,
    /// Where its words and signs are.
    masks: Masks,
    /// Its datelines.
    datelines: Datelines,
    /// The current word, folded, if it is not a slice of `lower`.
    word: String,
    stem: String,
    /// Whether the current text is Serbian in Cyrillic, which is compared as Latin script.
    serbian: bool,
    /// The byte ranges of the current text whose words are cut in pieces, in order.
    pieces: Vec<(Range<usize>, Pieces)>,
    /// In which pieces the words of all texts are cut, if that is known.
    always: Option<Pieces>,
    tokens: Vec<Token>,
    segments: Vec<Segment>,
}

/// Returns the tokens of a text without its boilerplate; see [`Tokenizer::tokens`].
pub fn tokenize(text: &str) -> Tokens {
    Tokenizer::default().tokens(text)
}

impl Tokenizer {
    /// Creates a tokenizer with these settings. The default tokenizer removes the boilerplate that rules find.
    pub fn new(config: &MatchConfig) -> Self {
        Self { keep_boilerplate: config.keep_boilerplate, ..Self::default() }
    }

    /// Sets whether boilerplate is kept.
    pub fn keep_boilerplate(&mut self, keep: bool) {
        self.keep_boilerplate = keep;
    }

    /// Creates a tokenizer for texts in a language, given by its two-letter code, such as single words, which are too short to show
    /// how their language is written.
    pub fn for_language(code: &str) -> Self {
        Self { always: Pieces::of_language(code), ..Self::default() }
    }

    /// Makes the tokenizer remove these lines and passages too, unless boilerplate is kept; see
    /// [`Tokenizer::placed`].
    #[must_use]
    pub fn with_learned(self, learned: SourceLines) -> Self {
        Self { learned: Arc::new(learned), ..self }
    }

    /// Returns the tokens of `text` that are compared whatever its source, with the ends of its sentences and
    /// lines.
    ///
    /// Linear in the text; about 10 ns a token for ASCII.
    pub fn tokens(&mut self, text: &str) -> Tokens {
        let ruled = self.ruled(text);
        self.cut(text, &ruled)
    }

    /// Makes `text` the current text, and returns the byte ranges that rules find to be boilerplate.
    pub(super) fn ruled(&mut self, text: &str) -> Vec<Range<usize>> {
        self.lower(text);
        if self.keep_boilerplate {
            return Vec::new();
        }
        boilerplate_in(text, &self.lower, &mut self.datelines)
    }

    /// Returns the datelines found in the current text; none unless [`tokens`](Self::tokens) or [`placed`](Self::placed) made it
    /// current.
    pub(crate) fn datelines(&self) -> &Datelines {
        &self.datelines
    }

    /// Returns the tokens of the current text outside the `marked` ranges.
    pub(super) fn cut(&mut self, text: &str, marked: &[Range<usize>]) -> Tokens {
        let (tokens, segments) = (std::mem::take(&mut self.tokens), std::mem::take(&mut self.segments));
        let mut collector = Collector::new(tokens, segments, marked);
        self.scan(text, &mut collector);
        let Collector { tokens, segments, boilerplate_tokens, .. } = collector;
        let made = Tokens::new(&tokens, &segments, boilerplate_tokens);
        (self.tokens, self.segments) = (tokens, segments);
        made
    }

    /// Calls `each` with every token, its folded word and its byte range in `text`, in order.
    pub fn words(&mut self, text: &str, each: impl FnMut(Token, &str, Range<usize>)) {
        self.lower(text);
        self.words_of_current(text, each);
    }

    /// Does the same, given the current text.
    pub(super) fn words_of_current(&mut self, text: &str, each: impl FnMut(Token, &str, Range<usize>)) {
        self.scan(text, &mut Words(each));
    }

    /// Makes `text` the current text.
    fn lower(&mut self, text: &str) {
        self.datelines.clear();
        self.lower.clear();
        self.lower.extend_from_slice(text.as_bytes());
        self.lower.make_ascii_lowercase();
        self.lower.resize((text.len() + PADDING).next_multiple_of(PADDED), 0);
        self.masks.fill(&self.lower);
        self.serbian = serbian::is_cyrillic(text);
        match self.always {
            Some(pieces) => self.pieces = vec![(0..text.len(), pieces)],
            None => Pieces::find(text, &mut self.pieces),
        }
    }

    /// Cuts `text`, whose lower-case form is in `lower`.
    #[inline]
    fn scan(&mut self, text: &str, out: &mut impl Sink) {
        if self.pieces.is_empty() {
            self.scan_words(text, out);
        } else {
            self.scan_pieces(text, out);
        }
    }

    /// Not inlined, so that it does not slow down the scan of words.
    #[inline(never)]
    fn scan_pieces(&mut self, text: &str, out: &mut impl Sink) {
        let parts: Vec<Range<usize>> = self.pieces.iter().map(|(part, _)| part.clone()).collect();
        self.scan_words(text, &mut PiecesWithin::new(&parts, out));
    }

    #[inline(always)]
    fn scan_words(&mut self, text: &str, out: &mut impl Sink) {
        let lower = std::mem::take(&mut self.lower);
        let masks = std::mem::take(&mut self.masks);
        let mut at = 0;
        loop {
            let Range { start, end } = masks.next(at);
            if start >= text.len() {
                break;
            }
            if start == end {
                at = match lower[start] {
                    0x80.. => self.beyond_ascii(text, &lower, start, out),
                    _ => ascii_other(text, start, out),
                };
                continue;
            }
            if lower[end] >= 0x80 {
                at = self.word(text, &lower, start, out);
            } else if lower[start].is_ascii_digit() && lower[start..end].iter().all(u8::is_ascii_digit) {
                at = self.number(&lower, start, out);
            } else {
                ascii_word(&lower, start..end, out);
                at = end;
            }
        }
        out.end(true);
        (self.lower, self.masks) = (lower, masks);
    }

    /// Emits digits with their signs. Grouping signs are dropped (`1,200` and `1.200` are 1200), and a decimal
    /// sign becomes a point.
    fn number(&mut self, lower: &[u8], start: usize, out: &mut impl Sink) -> usize {
        let word = &mut self.word;
        word.clear();
        let mut at = start;
        let digits = |at: usize| lower[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        loop {
            let group = digits(at);
            word.extend(lower[at..at + group].iter().map(|&digit| char::from(digit)));
            at += group;
            let next = digits(at + 1);
            if !matches!(lower[at], b'.' | b',') || next == 0 {
                break;
            }
            if next != 3 {
                word.push('.');
            }
            at += 1;
        }
        // Letters after the last group ("20th", "4.5bn") belong to the same word.
        let letters = lower[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        word.extend(lower[at..at + letters].iter().map(|&letter| char::from(letter)));
        at += letters;
        let hash = hash_of(word.as_bytes());
        out.token(Token::new(hash, hash, Class::Number), word.as_bytes(), start..at);
        at
    }

    /// Emits a word with non-ASCII characters, or one directly before a non-ASCII sign.
    fn word(&mut self, text: &str, lower: &[u8], start: usize, out: &mut impl Sink) -> usize {
        let mut end = text.len();
        let (mut ascii, mut letters) = (true, false);
        for (offset, c) in text[start..].char_indices() {
            if c.is_ascii_alphanumeric() {
                letters |= c.is_ascii_alphabetic();
                continue;
            }
            match if c.is_ascii() { Kind::Other } else { script::kind(c) } {
                Kind::Digit | Kind::Mark | Kind::Ignored => ascii = false,
                Kind::Letter => (ascii, letters) = (false, true),
                Kind::Single(_) | Kind::Other => {
                    end = start + offset;
                    break;
                }
            }
        }
        if ascii && letters {
            // A non-ASCII sign follows, such as a curved apostrophe.
            ascii_word(lower, start..end, out);
            return end;
        }
        if letters && self.has_ligatures(start) {
            self.ligatures(text, start..end, out);
            return end;
        }
        self.fold_visible(&text[start..end]);
        let class = if letters { Class::Word } else { Class::Number };
        self.emit_folded(class, start..end, out);
        end
    }

    /// Returns whether the words at `at` are cut in ligatures.
    fn has_ligatures(&self, at: usize) -> bool {
        let part = self.pieces.partition_point(|(part, _)| part.end <= at);
        self.pieces.get(part).is_some_and(|(part, pieces)| part.start <= at && *pieces == Pieces::Ligatures)
    }

    /// Emits the ligatures and the numbers of a word.
    fn ligatures(&mut self, text: &str, word: Range<usize>, out: &mut impl Sink) {
        let mut start = word.start;
        let mut last = None;
        let mut letters = text[word.clone()].char_indices().peekable();
        // Marks and invisible characters belong to the letter before them.
        let belongs = |c: char| !c.is_ascii() && matches!(script::kind(c), Kind::Mark | Kind::Ignored);
        while let Some((_, c)) = letters.next() {
            if !belongs(c) || c == ZERO_WIDTH_NON_JOINER {
                last = Some(c);
            }
            let next = letters.peek().copied();
            let ends = next.is_none_or(|(_, next)| {
                let other_script = last.is_some_and(|last| {
                    (!last.is_ascii() || !next.is_ascii())
                        && (last.is_ascii() != next.is_ascii() || last.is_numeric() != next.is_numeric())
                });
                !belongs(next) && (last.is_some_and(ends_ligature) || other_script)
            });
            if !ends {
                continue;
            }
            let end = next.map_or(word.end, |(offset, _)| word.start + offset);
            let piece = start..end;
            start = end;
            self.fold_visible(&text[piece.clone()]);
            // A hamza that no letter carries may be left out.
            if !self.word.chars().all(arabic::is_optional) {
                let class = if self.word.chars().all(char::is_numeric) { Class::Number } else { Class::Word };
                self.emit_folded(class, piece, out);
            }
        }
    }

    fn fold_visible(&mut self, word: &str) {
        self.word.clear();
        if word.chars().any(|c| !c.is_ascii() && script::kind(c) == Kind::Ignored) {
            let visible: String =
                word.chars().filter(|&c| c.is_ascii() || script::kind(c) != Kind::Ignored).collect();
            normalize::fold(&visible, &mut self.word);
        } else {
            normalize::fold(word, &mut self.word);
        }
        if self.serbian {
            serbian::to_latin(&mut self.word);
        }
    }

    fn emit_folded(&mut self, class: Class, range: Range<usize>, out: &mut impl Sink) {
        if self.word.is_empty() {
            return;
        }
        let hash = hash_of(self.word.as_bytes());
        let stem = if class == Class::Word {
            self.stem.clear();
            normalize::stem(&self.word, &mut self.stem);
            hash_of(self.stem.as_bytes())
        } else {
            hash
        };
        out.token(Token::new(hash, stem, class), self.word.as_bytes(), range);
    }

    fn beyond_ascii(&mut self, text: &str, lower: &[u8], start: usize, out: &mut impl Sink) -> usize {
        let Some(c) = text[start..].chars().next() else { return text.len() };
        let after = start + c.len_utf8();
        match script::kind(c) {
            Kind::Letter | Kind::Digit => self.word(text, lower, start, out),
            Kind::Single(class) => {
                let marks: usize = text[after..]
                    .chars()
                    .take_while(|&c| !c.is_ascii() && matches!(script::kind(c), Kind::Mark | Kind::Ignored))
                    .map(char::len_utf8)
                    .sum();
                let end = after + marks;
                self.fold_visible(&text[start..end]);
                self.emit_folded(class, start..end, out);
                end
            }
            Kind::Mark | Kind::Ignored => after,
            Kind::Other => {
                if script::ends_sentence_alone(c) {
                    out.end(false);
                } else if c == '\u{2028}' || c == '\u{2029}' || c == '\u{85}' {
                    out.end(true);
                }
                after
            }
        }
    }
}

/// Emits a word of ASCII letters and digits. Inlined, because nearly all words are.
#[inline(always)]
fn ascii_word(lower: &[u8], range: Range<usize>, out: &mut impl Sink) {
    let first = word_hash::load(lower, range.start);
    let word = &lower[range.clone()];
    let hash = if word.len() <= 8 { word_hash::hash_short(first, word.len()) } else { hash_of(word) };
    let stem = if word.len() > STEM_LETTERS { word_hash::hash_short(first, STEM_LETTERS) } else { hash };
    out.token(Token::new(hash, stem, Class::Word), word, range);
}

fn ascii_other(text: &str, at: usize, out: &mut impl Sink) -> usize {
    match text.as_bytes()[at] {
        b'\n' if !is_soft_wrap(text, at) => out.end(true),
        b'.' | b'!' | b'?' => {
            let rest = text[at + 1..].trim_start_matches(script::closes);
            if rest.chars().next().is_none_or(char::is_whitespace) {
                out.end(false);
            }
        }
        _ => {}
    }
    at + 1
}

/// Returns whether the line end at `at` belongs to a hard-wrapped text, where the sentence continues in lower case
/// on the next line.
fn is_soft_wrap(text: &str, at: usize) -> bool {
    let goes_on = text[at + 1..].chars().next().is_some_and(char::is_lowercase);
    goes_on && !text[..at].trim_end_matches([' ', '\t', '\r']).ends_with(['.', '!', '?', ':', '\n'])
}

#[cfg(test)]
#[path = "tokenize_tests.rs"]
mod tests;
