//! Tokens with their positions in the text, for showing what was compared.
//!
//! The stages work on tokens without positions; these are computed here in a second pass.

use std::ops::Range;

use super::Tokens;
use super::tokenize::Tokenizer;

/// Characters that end a line of [`Tokens`], anywhere in the text.
const LINE_ENDS: [char; 4] = ['\n', '\u{85}', '\u{2028}', '\u{2029}'];

/// The tokens of a text that are compared, and the positions of these tokens and of the boilerplate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// The tokens that are compared.
    pub tokens: Tokens,
    /// Byte range of each of these tokens.
    pub words: Vec<Range<usize>>,
    /// Byte ranges of the boilerplate, in order and without overlaps.
    pub boilerplate: Vec<Range<usize>>,
}

impl Tokenizer {
    /// Returns the tokens of `text` that are compared for a document of `source`: without boilerplate found by
    /// rules or learned, unless boilerplate is kept.
    pub fn placed(&mut self, text: &str, source: u64) -> Placed {
        let ruled = self.ruled(text);
        let tokens = self.cut(text, &ruled);
        let mut words = Vec::with_capacity(tokens.len());
        let mut marked = ruled.iter().peekable();
        self.words_of_current(text, |_, _, range| {
            while marked.next_if(|line| line.end <= range.start).is_some() {}
            if marked.peek().is_none_or(|line| line.start > range.start) {
                words.push(range);
            }
        });
        let mut placed = Placed { tokens, words, boilerplate: ruled };
        if self.keep_boilerplate {
            return placed;
        }
        let pieces = self.learned.pieces(source, &placed.tokens);
        if let Some(tokens) = placed.tokens.without(pieces.iter().map(|piece| &piece.tokens)) {
            let bytes = pieces.iter().map(|piece| placed.bytes(text, &piece.tokens)).collect();
            placed.boilerplate = union(std::mem::take(&mut placed.boilerplate), bytes);
            let mut boilerplate = pieces.iter().peekable();
            let mut at = 0;
            placed.words.retain(|_| {
                while boilerplate.next_if(|piece| piece.tokens.end <= at).is_some() {}
                let kept = boilerplate.peek().is_none_or(|piece| piece.tokens.start > at);
                at += 1;
                kept
            });
            placed.tokens = tokens;
        }
        placed
    }
}

impl Placed {
    /// Returns the byte range of tokens, up to the next token or the end of the line, and for the first tokens of
    /// a line from its start.
    pub fn bytes(&self, text: &str, tokens: &Range<usize>) -> Range<usize> {
        let (Some(first), Some(last)) = (self.words.get(tokens.start), self.words[..tokens.end].last())
        else {
            return 0..0;
        };
        let before = tokens.start.checked_sub(1).map_or(0, |before| self.words[before].end);
        let after = self.words.get(tokens.end).map_or(text.len(), |after| after.start);
        let here = if tokens.start == 0 { 0 } else { first.start };
        let start = text[before..first.start].rfind(LINE_ENDS).map_or(here, |at| {
            let end = before + at;
            end + text[end..].chars().next().map_or(0, char::len_utf8)
        });
        let end = text[last.end..after].find(LINE_ENDS).map_or(after, |at| {
            let end = last.end + at;
            end + text[end..].chars().next().map_or(0, char::len_utf8)
        });
        start..end
    }
}

/// Returns the ranges of both lists in order, with overlapping ones merged.
fn union(some: Vec<Range<usize>>, more: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut all = [some, more].concat();
    all.sort_unstable_by_key(|range| (range.start, range.end));
    all.dedup_by(|next, last| {
        let overlap = next.start < last.end;
        if overlap {
            last.end = last.end.max(next.end);
        }
        overlap
    });
    all
}

#[cfg(test)]
mod tests {
    use super::super::SourceLines;
    use super::*;
    use crate::config::MatchConfig;

    const TEXT: &str = "PARIS, Sept 24 (AFP) - The harbour board voted on Tuesday to close the old lighthouse for good.\r\n\
        Share this story\r\n\r\n\
        \u{201c}The Meridian's news in one letter every evening, whatever the weather.\u{201d}\r\n\r\n\
        Ships will be guided by a beacon on the northern pier until the spring.";

    fn learned(source: u64, words: &str) -> SourceLines {
        let line = Tokenizer::default().placed(words, source);
        SourceLines::new([SourceLines::key(source, line.tokens.as_slice())], [])
    }

    fn shown<'a>(text: &'a str, ranges: &[Range<usize>]) -> Vec<&'a str> {
        ranges.iter().map(|range| &text[range.clone()]).collect()
    }

    #[test]
    fn positions_are_those_of_the_tokens() {
        let mut tokenizer = Tokenizer::default();
        let placed = tokenizer.placed(TEXT, 0);
        assert_eq!(placed.tokens, tokenizer.tokens(TEXT));
        assert_eq!(placed.words.len(), placed.tokens.len());
        for (range, token) in placed.words.iter().zip(placed.tokens.as_slice()) {
            assert_eq!(tokenizer.tokens(&TEXT[range.clone()]).as_slice(), [*token]);
        }
        assert_eq!(shown(TEXT, &placed.boilerplate), ["PARIS, Sept 24 (AFP) - ", "Share this story\r\n"]);
    }

    #[test]
    fn learned_line_is_boilerplate_of_its_source_only() {
        let words = "The Meridian's news in one letter, every evening - whatever the weather";
        let mut tokenizer = Tokenizer::default().with_learned(learned(1, words));
        let placed = tokenizer.placed(TEXT, 1);
        let line =
            "\u{201c}The Meridian's news in one letter every evening, whatever the weather.\u{201d}\r\n";
        assert_eq!(
            shown(TEXT, &placed.boilerplate),
            ["PARIS, Sept 24 (AFP) - ", "Share this story\r\n", line]
        );
        let other = tokenizer.placed(TEXT, 2);
        assert_eq!(other, Tokenizer::default().placed(TEXT, 2));
        assert_eq!(placed.tokens.len() + 12, other.tokens.len());
        assert_eq!(placed.tokens.boilerplate_len(), other.tokens.boilerplate_len() + 12);
        assert!(placed.words.iter().all(|word| !placed.boilerplate.iter().any(|f| f.contains(&word.start))));
    }

    #[test]
    fn learned_line_after_a_dateline_is_merged_with_it() {
        let words = "The harbour board voted on Tuesday to close the old lighthouse for good";
        let placed = Tokenizer::default().with_learned(learned(1, words)).placed(TEXT, 1);
        assert!(shown(TEXT, &placed.boilerplate)[0].starts_with("PARIS") && placed.boilerplate.len() == 2);
    }

    #[test]
    fn kept_boilerplate_is_compared() {
        let keeping = MatchConfig { keep_boilerplate: true, ..MatchConfig::default() };
        let words = "The Meridian's news in one letter every evening, whatever the weather";
        let mut tokenizer = Tokenizer::new(&keeping).with_learned(learned(1, words));
        let placed = tokenizer.placed(TEXT, 1);
        assert_eq!((placed.boilerplate.len(), placed.tokens.boilerplate_len()), (0, 0));
        assert_eq!(placed.tokens, tokenizer.tokens(TEXT));
        let ruled = Tokenizer::default().tokens(TEXT);
        assert_eq!(placed.tokens.len(), ruled.len() + ruled.boilerplate_len() as usize);
    }
}
