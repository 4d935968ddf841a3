//! Boilerplate that no rule knows and that is learned for each source: whole lines, and passages within lines.
//!
//! [`sources`](crate::sources) learns both from a run. They are recognised by their tokens and their source; the
//! same words from another source are text.
//!
//! A line is recognised as a whole. Where pages have lost their line breaks, or a line has a varying part (a
//! place, a count, a date), no whole line repeats, but its shingles of [`LEARNED_SHINGLE`] tokens do, with all numbers
//! treated as equal. Shingles that follow each other closely form a passage. A passage is boilerplate if it begins
//! at the start of a sentence and is long, or if it covers nearly all of its line. A phrase inside a sentence is
//! text, however often a newsroom writes it.

use std::ops::Range;

use super::{Class, Token, Tokens, mix, sequence_hash, sums};
use crate::hash::SetByHash;

/// Number of tokens in a shingle.
pub const LEARNED_SHINGLE: usize = 4;
/// Most tokens between two shingles of one passage: a name, a place, a count.
const GAP: usize = 3;
/// Fewest words of a passage that is not its whole line.
const PASSAGE_WORDS: usize = 8;
/// A passage with more than one number in this many tokens is figures, not boilerplate.
const FIGURES: usize = 8;
/// Quarters of a line that a passage must cover to count as the whole line.
const WHOLE: usize = 3;

/// Learned lines and shingles, each bound to its source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceLines {
    lines: SetByHash<u64>,
    shingles: SetByHash<u64>,
    /// One bit for each learned shingle, at a position given by the upper bits of its key. It rejects nearly all
    /// other shingles of a text quickly.
    filter: Box<[u64]>,
}

/// A part of a document that is boilerplate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Token range of the part.
    pub tokens: Range<usize>,
    /// How it was recognised.
    pub known: Known,
}

/// How a part of a text was recognised as boilerplate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// As a line, with its key.
    Line(u64),
    /// By shingles: the index of each one's first token and its key, in order.
    Shingles(Vec<(usize, u64)>),
}

impl SourceLines {
    /// Creates the set from the keys of lines and shingles.
    pub fn new(lines: impl IntoIterator<Item = u64>, shingles: impl IntoIterator<Item = u64>) -> Self {
        let shingles: SetByHash<u64> = shingles.into_iter().collect();
        let words = if shingles.is_empty() { 0 } else { shingles.len().next_power_of_two() };
        let mut filter = vec![0u64; words].into_boxed_slice();
        for &shingle in &shingles {
            let (at, bit) = filter_bit(shingle, filter.len());
            filter[at] |= bit;
        }
        Self { lines: lines.into_iter().collect(), shingles, filter }
    }

    /// Returns the key of a line's tokens for a source (see [`source_key`](crate::sources::source_key)).
    pub fn key(source: u64, line: &[Token]) -> u64 {
        mix(source ^ sequence_hash(line).rotate_left(1))
    }

    /// Returns the key of a shingle for a source, given the shingle's [number](Self::shingles_of).
    pub(crate) fn shingle_key(source: u64, shingle: u64) -> u64 {
        mix(source.rotate_left(32) ^ mix(shingle))
    }

    /// Returns a number for each shingle of all lines, the same for every source, in order of their first tokens.
    pub(crate) fn shingles_of(tokens: &Tokens) -> Vec<u64> {
        let alike: Vec<Token> = tokens.as_slice().iter().map(|token| token.without_number()).collect();
        let mut out = Vec::with_capacity(alike.len());
        for line in tokens.lines() {
            out.extend(Self::shingles_of_line(&alike[line]));
        }
        out
    }

    /// Returns a number for each shingle of a line without numbers.
    fn shingles_of_line(alike: &[Token]) -> impl Iterator<Item = u64> {
        // A shorter line has none.
        let line = if alike.len() < LEARNED_SHINGLE { &[] } else { alike };
        sums(line, LEARNED_SHINGLE)
    }

    /// Returns whether nothing was learned.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.shingles.is_empty()
    }

    /// Returns the number of lines and shingles.
    pub fn len(&self) -> usize {
        self.lines.len() + self.shingles.len()
    }

    fn has_shingle(&self, key: u64) -> bool {
        let (at, bit) = filter_bit(key, self.filter.len());
        self.filter.get(at).is_some_and(|bits| bits & bit != 0) && self.shingles.contains(&key)
    }

    /// Returns the boilerplate of a document of `source`, in order and without overlaps.
    pub fn pieces(&self, source: u64, tokens: &Tokens) -> Vec<Piece> {
        let mut out = Vec::new();
        if self.is_empty() {
            return out;
        }
        let mut keys = Vec::new();
        each_line(tokens, |line, sentences| {
            let words = &tokens.as_slice()[line.clone()];
            if !self.lines.is_empty() {
                let key = Self::key(source, words);
                if self.lines.contains(&key) {
                    out.push(Piece { tokens: line, known: Known::Line(key) });
                    return;
                }
            }
            if !self.shingles.is_empty() {
                keys.clear();
                let alike: Vec<Token> = words.iter().map(|token| token.without_number()).collect();
                keys.extend(Self::shingles_of_line(&alike).map(|shingle| Self::shingle_key(source, shingle)));
                self.add_passages(&line, &keys, sentences, tokens.as_slice(), &mut out);
            }
        });
        out
    }

    /// Returns the passages of a document that are boilerplate, as [`pieces`](Self::pieces) does if no lines were learned, given
    /// the document's shingles in the form in which this set has them: as keys for a source, or as numbers of
    /// [`shingles_of`](Self::shingles_of).
    pub(crate) fn passages(&self, tokens: &Tokens, mut keys: &[u64]) -> Vec<Piece> {
        let mut out = Vec::new();
        each_line(tokens, |line, sentences| {
            let (own, rest) = keys.split_at((line.len() + 1).saturating_sub(LEARNED_SHINGLE).min(keys.len()));
            keys = rest;
            self.add_passages(&line, own, sentences, tokens.as_slice(), &mut out);
        });
        out
    }

    /// Appends the passages of a line that are boilerplate; `sentences` are the indices at which its sentences
    /// begin.
    fn add_passages(
        &self,
        line: &Range<usize>,
        keys: &[u64],
        sentences: &[usize],
        tokens: &[Token],
        out: &mut Vec<Piece>,
    ) {
        let mut held = keys
            .iter()
            .enumerate()
            .filter(|&(_, &key)| self.has_shingle(key))
            .map(|(at, &key)| (line.start + at, key))
            .peekable();
        while let Some((first, key)) = held.next() {
            let mut shingles = vec![(first, key)];
            let mut end = first + LEARNED_SHINGLE;
            let mut covered = LEARNED_SHINGLE;
            while let Some((at, key)) = held.next_if(|&(at, _)| at <= end + GAP) {
                covered += at + LEARNED_SHINGLE - end.max(at);
                end = at + LEARNED_SHINGLE;
                shingles.push((at, key));
            }
            let tokens_of = |range: Range<usize>| -> &[Token] { tokens.get(range).unwrap_or_default() };
            if 4 * covered >= WHOLE * line.len() {
                if !is_figures(tokens_of(line.clone())) {
                    out.push(Piece { tokens: line.clone(), known: Known::Shingles(shingles) });
                }
                continue;
            }
            // A label or a name may be between the start of the sentence and the first shingle.
            let before = sentences.iter().rfind(|&&start| start <= first && first <= start + GAP);
            let within = || sentences.iter().find(|&&start| start > first && start < end);
            let Some(&start) = before.or_else(within) else { continue };
            // If a sentence follows, its first words may be part of shingles.
            let last = sentences.iter().rfind(|&&start| start < end).copied().unwrap_or(start);
            if last > start && end - last < LEARNED_SHINGLE && !sentences.contains(&end) && end < line.end {
                end = last;
            }
            shingles.retain(|&(at, _)| at >= start && at + LEARNED_SHINGLE <= end);
            let own = tokens_of(start.max(first)..end);
            if words_in(own) >= PASSAGE_WORDS && !is_figures(own) {
                out.push(Piece { tokens: start..end, known: Known::Shingles(shingles) });
            }
        }
    }

    /// Returns the tokens of a document of `source` with the learned parts counted as boilerplate. Returns `None` if it has
    /// no such parts, or nothing else.
    pub fn marked(&self, source: u64, tokens: &Tokens) -> Option<Tokens> {
        self.marked_with_pieces(source, tokens).map(|(marked, _)| marked)
    }

    /// Returns the tokens of [`SourceLines::marked`], and the parts that count as boilerplate.
    pub fn marked_with_pieces(&self, source: u64, tokens: &Tokens) -> Option<(Tokens, Vec<Piece>)> {
        let pieces = self.pieces(source, tokens);
        let marked = tokens.without(pieces.iter().map(|piece| &piece.tokens))?;
        Some((marked, pieces))
    }

    /// Returns the keys of the lines and those of the shingles, ascending.
    pub fn keys(&self) -> [Vec<u64>; 2] {
        [&self.lines, &self.shingles].map(|keys| {
            let mut keys: Vec<u64> = keys.iter().copied().collect();
            keys.sort_unstable();
            keys
        })
    }
}

/// Calls `each` with every line and the indices at which its sentences begin.
fn each_line(tokens: &Tokens, mut each: impl FnMut(Range<usize>, &[usize])) {
    let mut starts = tokens.segments().map(|segment| segment.start).peekable();
    let mut sentences = Vec::new();
    for line in tokens.lines() {
        sentences.clear();
        while let Some(start) = starts.next_if(|&start| start < line.end) {
            sentences.push(start);
        }
        each(line, &sentences);
    }
}

/// Returns the index and the bit of a shingle in the filter.
fn filter_bit(shingle: u64, length: usize) -> (usize, u64) {
    ((shingle >> 40) as usize & length.wrapping_sub(1), 1 << (shingle >> 58))
}

/// Returns whether tokens are mostly figures, as in a template that is filled in anew for every story, such as a
/// market report.
fn is_figures(tokens: &[Token]) -> bool {
    let numbers = tokens.iter().filter(|token| token.class() == Class::Number).count();
    FIGURES * numbers > tokens.len()
}

/// Returns the length of tokens in words: two Han or Kana characters count as one, and four letters of a script
/// without spaces.
pub fn words_in(tokens: &[Token]) -> usize {
    tokens.iter().map(|&token| quarters(token)).sum::<usize>() / 4
}

/// Returns the first `words` words of tokens, as [`words_in`] counts them, or all tokens if there are fewer.
pub fn first_words(tokens: &[Token], words: usize) -> &[Token] {
    let mut left = 4 * words;
    let end = tokens.iter().position(|&token| {
        let is_past = left == 0;
        left = left.saturating_sub(quarters(token));
        is_past
    });
    &tokens[..end.unwrap_or(tokens.len())]
}

/// Returns the length of a token in words, as [`words_in`] counts them.
pub fn word_length(token: Token) -> f32 {
    quarters(token) as f32 / 4.0
}

/// Returns the length of a token in quarters of a word.
fn quarters(token: Token) -> usize {
    match token.class() {
        Class::Word | Class::Number => 4,
        Class::Ideograph => 2,
        Class::Unspaced => 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tokenize;
    use super::*;

    const SOURCE: u64 = 7;

    /// Learns the shingles of some lines.
    fn learned(lines: &[&str]) -> SourceLines {
        SourceLines::new([], lines.iter().flat_map(|line| keys(&tokenize(line))))
    }

    /// Returns the keys of a text's shingles.
    fn keys(tokens: &Tokens) -> Vec<u64> {
        let shingles = SourceLines::shingles_of(tokens).into_iter();
        shingles.map(|shingle| SourceLines::shingle_key(SOURCE, shingle)).collect()
    }

    /// Returns what is left of a text, or `None` if nothing of it is boilerplate.
    fn left(learned: &SourceLines, text: &str) -> Option<Tokens> {
        learned.marked(SOURCE, &tokenize(text))
    }

    const LETTER: &str = "Get the Meridian letter, with 12 stories for the evening, from our desk in Oster";

    #[test]
    fn line_with_varying_numbers_and_names_is_boilerplate() {
        let letter = learned(&[LETTER, "for the evening, from our desk in Harlo"]);
        for own in [
            "Get the Meridian letter, with 340 stories for the evening, from our desk in Oster",
            "Get the Meridian letter, with 5 stories for the evening, from our desk in Tirna",
        ] {
            let text = format!("The bridge will be rebuilt before winter.\n{own}\nThe mayor said so.");
            let bare = tokenize("The bridge will be rebuilt before winter.\nThe mayor said so.");
            assert_eq!(left(&letter, &text).unwrap().as_slice(), bare.as_slice(), "{own}");
        }
    }

    #[test]
    fn passage_in_the_middle_of_a_line_is_removed() {
        let letter = learned(&[LETTER]);
        let text =
            format!("The bridge will be rebuilt. {LETTER} Lorries go round by the hills. The mayor said so.");
        let bare = tokenize("The bridge will be rebuilt. Lorries go round by the hills. The mayor said so.");
        let marked = left(&letter, &text).unwrap();
        assert_eq!(marked.as_slice(), bare.as_slice());
        assert_eq!(marked.segments().collect::<Vec<_>>(), bare.segments().collect::<Vec<_>>());
        assert_eq!((marked.lines().count(), marked.boilerplate_len()), (1, 15));
    }

    #[test]
    fn label_before_the_first_shingle_belongs_to_the_passage() {
        let letter = learned(&["Meridian letter with stories for the evening from our desk in Oster"]);
        let text = "He was born in Ostwick St. Martin. Our new Meridian letter with stories for the evening from our \
                    desk in Oster The road is closed to everybody but buses, the town said.";
        let marked = left(&letter, text).unwrap();
        let bare =
            "He was born in Ostwick St. Martin. The road is closed to everybody but buses, the town said.";
        assert_eq!(marked.as_slice(), tokenize(bare).as_slice());
    }

    #[test]
    fn words_of_the_next_sentence_are_kept() {
        let letter = learned(&[&format!("{LETTER}. The road")]);
        let marked =
            left(&letter, &format!("Rain fell. {LETTER}. The road is closed to lorries and buses.")).unwrap();
        assert_eq!(
            marked.as_slice(),
            tokenize("Rain fell. The road is closed to lorries and buses.").as_slice()
        );
    }

    #[test]
    fn phrases_inside_sentences_are_not_boilerplate() {
        let phrases = learned(&[
            "on the Northern Stock Exchange in the capital on Tuesday morning",
            "declined to comment on it",
        ]);
        for text in [
            // A long passage inside a sentence.
            "Shares of the ferry company fell by a tenth on the Northern Stock Exchange in the capital on Tuesday \
             morning, when its new ships were found to be too wide for the harbour.",
            // A short passage at the start of a sentence.
            "Declined to comment on it has the company every time that it was asked about the matter this year.",
        ] {
            assert_eq!(left(&phrases, text), None, "{text}");
        }
    }

    #[test]
    fn template_of_figures_is_not_boilerplate() {
        let form = "The index of the valley was up 12.5 points, or 0.8 percent, at 1,530, and that of the coast 3 at 900";
        assert_eq!(left(&learned(&[form]), &format!("Trade was thin.\n{form}\nThe banks gained.")), None);
    }

    #[test]
    fn shingles_of_another_source_are_not_boilerplate() {
        let tokens = tokenize(&format!("The bridge will be rebuilt.\n{LETTER}"));
        assert_eq!(learned(&[LETTER]).marked(SOURCE + 1, &tokens), None);
    }

    proptest! {
        #[test]
        fn passages_are_pieces(
            line in "[a-c]( [a-c]){0,20}", text in prop::collection::vec("[a-c]( [a-c]){0,9}([.] |\n)", 0..9),
        ) {
            let learned = learned(&[&line]);
            let tokens = tokenize(&text.concat());
            let passages = learned.passages(&tokens, &keys(&tokens));
            prop_assert_eq!(passages, learned.pieces(SOURCE, &tokens));
        }

        #[test]
        fn first_words_are_as_many_as_wanted_or_all(text in "[ab漢字กข ]{0,40}", words in 0..20_usize) {
            let tokens = tokenize(&text);
            let first = first_words(tokens.as_slice(), words);
            prop_assert!(words_in(first) == words || first.len() == tokens.len() && words_in(first) < words);
            prop_assert!(words == 0 || first.is_empty() || words_in(&first[..first.len() - 1]) < words);
        }
    }
}
