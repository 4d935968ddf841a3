//! What a source adds to its texts and no rule knows: whole lines, and runs of tokens within lines.
//!
//! [`sources`](crate::sources) learns both from a run. They are known by their tokens and their source: of another source
//! the same words are text.
//!
//! A line is known as a whole. Where pages have lost their line breaks, or a line has a part of its own on every page (a place,
//! a count, a date), there is no line to know; what repeats are runs of [`RUN`] tokens, numbers being alike in them. Runs that
//! follow each other make a stretch. A stretch is boilerplate where it begins as a sentence does and is long, or is nearly all of
//! its line: a phrase inside a sentence, however often a newsroom writes it, is text.

use std::ops::Range;

use super::{Class, Token, Tokens, each_shingle, mix, sequence_hash};
use crate::hash::SetByHash;

/// Tokens of a run.
pub const RUN: usize = 4;
/// Tokens between two runs that belong to one stretch: a name, a place, a count.
const GAP: usize = 3;
/// Words of a stretch that is not its whole line, at least.
const STRETCH_WORDS: usize = 8;
/// A stretch of more numbers than one in so many tokens is figures.
const FIGURES: usize = 8;
/// Of a line so much that a stretch is all of it, in quarters.
const WHOLE: usize = 3;

/// Learned lines and runs, each of its source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceLines {
    lines: SetByHash<u64>,
    runs: SetByHash<u64>,
    /// A bit for each run, by the upper bits of its key: nearly every run of a text is told by it not to be one of them.
    filter: Box<[u64]>,
}

/// What is boilerplate in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its tokens.
    pub tokens: Range<usize>,
    /// By what it is known.
    pub known: Known,
}

/// By what a piece of a text is known as boilerplate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// The key of the line that it is.
    Line(u64),
    /// The keys of its runs, each with the token it begins at, in order.
    Runs(Vec<(usize, u64)>),
}

impl SourceLines {
    /// Of lines and runs by their keys.
    pub fn new(lines: impl IntoIterator<Item = u64>, runs: impl IntoIterator<Item = u64>) -> Self {
        let runs: SetByHash<u64> = runs.into_iter().collect();
        let words = if runs.is_empty() { 0 } else { runs.len().next_power_of_two() };
        let mut filter = vec![0u64; words].into_boxed_slice();
        for &run in &runs {
            let (at, bit) = place(run, filter.len());
            filter[at] |= bit;
        }
        Self { lines: lines.into_iter().collect(), runs, filter }
    }

    /// The key of a line, by its tokens, as one of a source (see [`source_key`](crate::sources::source_key)).
    pub fn key(source: u64, line: &[Token]) -> u64 {
        mix(source ^ sequence_hash(line).rotate_left(1))
    }

    /// The keys of the runs of a line, one from each token on that has a whole run before it.
    pub(crate) fn run_keys(source: u64, line: &[Token], out: &mut Vec<u64>) {
        out.clear();
        if line.len() < RUN {
            return;
        }
        let alike: Vec<Token> = line.iter().map(|token| token.without_number()).collect();
        each_shingle(&alike, RUN, |run| out.push(mix(source.rotate_left(32) ^ run)));
    }

    /// Whether nothing was learned.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.runs.is_empty()
    }

    /// How many lines and runs.
    pub fn len(&self) -> usize {
        self.lines.len() + self.runs.len()
    }

    fn hold_run(&self, key: u64) -> bool {
        let (at, bit) = place(key, self.filter.len());
        self.filter.get(at).is_some_and(|bits| bits & bit != 0) && self.runs.contains(&key)
    }

    /// The boilerplate of a document of `source`, in order and apart.
    pub fn pieces(&self, source: u64, tokens: &Tokens) -> Vec<Piece> {
        let mut out = Vec::new();
        if self.is_empty() {
            return out;
        }
        let mut starts = tokens.segments().map(|segment| segment.start).peekable();
        let (mut keys, mut sentences) = (Vec::new(), Vec::new());
        for line in tokens.lines() {
            sentences.clear();
            while let Some(start) = starts.next_if(|&start| start < line.end) {
                sentences.push(start);
            }
            let words = &tokens.as_slice()[line.clone()];
            let key = Self::key(source, words);
            if self.lines.contains(&key) {
                out.push(Piece { tokens: line, known: Known::Line(key) });
            } else if !self.runs.is_empty() {
                Self::run_keys(source, words, &mut keys);
                self.stretches(&line, &keys, &sentences, tokens.as_slice(), &mut out);
            }
        }
        out
    }

    /// The stretches of a line that are boilerplate; `sentences` are the tokens that its sentences begin at.
    fn stretches(
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
            .filter(|&(_, &key)| self.hold_run(key))
            .map(|(at, &key)| (line.start + at, key))
            .peekable();
        while let Some((first, key)) = held.next() {
            let mut runs = vec![(first, key)];
            let mut end = first + RUN;
            let mut covered = RUN;
            while let Some((at, key)) = held.next_if(|&(at, _)| at <= end + GAP) {
                covered += at + RUN - end.max(at);
                end = at + RUN;
                runs.push((at, key));
            }
            let tokens_of = |range: Range<usize>| -> &[Token] { tokens.get(range).unwrap_or_default() };
            if 4 * covered >= WHOLE * line.len() {
                if !is_figures(tokens_of(line.clone())) {
                    out.push(Piece { tokens: line.clone(), known: Known::Runs(runs) });
                }
                continue;
            }
            // A label or a name may stand between the beginning of the sentence and the first run.
            let before = sentences.iter().rfind(|&&start| start <= first && first <= start + GAP);
            let within = || sentences.iter().find(|&&start| start > first && start < end);
            let Some(&start) = before.or_else(within) else { continue };
            // Where a sentence follows, its first words are in some runs.
            let last = sentences.iter().rfind(|&&start| start < end).copied().unwrap_or(start);
            if last > start && end - last < RUN && !sentences.contains(&end) && end < line.end {
                end = last;
            }
            runs.retain(|&(at, _)| at >= start && at + RUN <= end);
            let own = tokens_of(start.max(first)..end);
            if words_in(own) >= STRETCH_WORDS && !is_figures(own) {
                out.push(Piece { tokens: start..end, known: Known::Runs(runs) });
            }
        }
    }

    /// The tokens of a document of `source` with these counted as boilerplate; `None` where it has none of them, or nothing
    /// else.
    pub fn marked(&self, source: u64, tokens: &Tokens) -> Option<Tokens> {
        let pieces = self.pieces(source, tokens);
        tokens.without(pieces.iter().map(|piece| &piece.tokens))
    }
}

/// Where the bit of a run stands.
fn place(run: u64, length: usize) -> (usize, u64) {
    ((run >> 40) as usize & length.wrapping_sub(1), 1 << (run >> 58))
}

/// Whether numbers are what some tokens tell: a form that is filled in anew for every story, such as that of the markets.
fn is_figures(tokens: &[Token]) -> bool {
    let numbers = tokens.iter().filter(|token| token.class() == Class::Number).count();
    FIGURES * numbers > tokens.len()
}

/// Words of some tokens: two characters of Han or Kana make one, four letters of a script without spaces.
pub fn words_in(tokens: &[Token]) -> usize {
    let quarters = tokens.iter().map(|token| match token.class() {
        Class::Word | Class::Number => 4,
        Class::Ideograph => 2,
        Class::Unspaced => 1,
    });
    quarters.sum::<usize>() / 4
}

/// Length of a token in words, as [`words_in`] counts them.
pub fn word_length(token: Token) -> f32 {
    match token.class() {
        Class::Word | Class::Number => 1.0,
        Class::Ideograph => 0.5,
        Class::Unspaced => 0.25,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tokenize;
    use super::*;

    const SOURCE: u64 = 7;

    /// The runs of some lines.
    fn learned(lines: &[&str]) -> SourceLines {
        let mut runs = Vec::new();
        for line in lines {
            let mut own = Vec::new();
            SourceLines::run_keys(SOURCE, tokenize(line).as_slice(), &mut own);
            runs.extend(own);
        }
        SourceLines::new([], runs)
    }

    /// What is left of a text of one line; all of it where nothing is boilerplate.
    fn left(learned: &SourceLines, text: &str) -> Option<Tokens> {
        learned.marked(SOURCE, &tokenize(text))
    }

    const LETTER: &str = "Get the Meridian letter, with 12 stories for the evening, from our desk in Oster";

    #[test]
    fn a_line_is_known_for_all_of_its_numbers_and_with_a_part_of_its_own() {
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
    fn a_stretch_goes_out_of_the_middle_of_a_line_and_leaves_the_story() {
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
    fn a_label_before_the_first_run_goes_with_it_and_the_sentence_before_stays() {
        let letter = learned(&["Meridian letter with stories for the evening from our desk in Oster"]);
        let text = "He was born in Ostwick St. Martin. Our new Meridian letter with stories for the evening from our \
                    desk in Oster The road is closed to everybody but buses, the town said.";
        let marked = left(&letter, text).unwrap();
        let bare =
            "He was born in Ostwick St. Martin. The road is closed to everybody but buses, the town said.";
        assert_eq!(marked.as_slice(), tokenize(bare).as_slice());
    }

    #[test]
    fn words_of_the_next_sentence_stay_though_some_run_has_them() {
        let letter = learned(&[&format!("{LETTER}. The road")]);
        let marked =
            left(&letter, &format!("Rain fell. {LETTER}. The road is closed to lorries and buses.")).unwrap();
        assert_eq!(
            marked.as_slice(),
            tokenize("Rain fell. The road is closed to lorries and buses.").as_slice()
        );
    }

    #[test]
    fn phrases_of_sentences_are_text() {
        let phrases = learned(&[
            "on the Northern Stock Exchange in the capital on Tuesday morning",
            "declined to comment on it",
        ]);
        for text in [
            // Long, but inside a sentence.
            "Shares of the ferry company fell by a tenth on the Northern Stock Exchange in the capital on Tuesday \
             morning, when its new ships were found to be too wide for the harbour.",
            // At its beginning, but short.
            "Declined to comment on it has the company every time that it was asked about the matter this year.",
        ] {
            assert_eq!(left(&phrases, text), None, "{text}");
        }
    }

    #[test]
    fn a_form_of_figures_is_text() {
        let form = "The index of the valley was up 12.5 points, or 0.8 percent, at 1,530, and that of the coast 3 at 900";
        assert_eq!(left(&learned(&[form]), &format!("Trade was thin.\n{form}\nThe banks gained.")), None);
    }

    #[test]
    fn runs_of_another_source_are_text() {
        let tokens = tokenize(&format!("The bridge will be rebuilt.\n{LETTER}"));
        assert_eq!(learned(&[LETTER]).marked(SOURCE + 1, &tokens), None);
    }
}
