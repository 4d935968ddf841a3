//! Splits plain text in any script into paragraphs, sentences and words, as byte ranges.
//!
//! Not a real segmenter: this is simpler and has a property that the shuffles need. Whether a sentence ends at a position
//! depends only on that sentence and the character that follows it.

use std::ops::Range;
use std::sync::LazyLock;

use wirecopy_core::text::{closes, ends_any_sentence, is_unspaced};
use wirecopy_core::word_table::{self, Words};

/// A sentence and its paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Its byte range, without surrounding white space.
    pub(super) range: Range<usize>,
    /// Number of its paragraph, from 0, without gaps.
    pub(super) paragraph: usize,
}

/// Returns the paragraphs of `text`: its non-empty lines, trimmed.
pub(super) fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut out = Vec::new();
    for line in text.split_inclusive('\n') {
        let range = trimmed(text, start..start + line.len());
        if !range.is_empty() {
            out.push(range);
        }
        start += line.len();
    }
    out
}

/// Returns the sentences of `text`. A paragraph without a full stop is one sentence.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let mut out = Vec::new();
    for (paragraph, lines) in paragraphs(text).into_iter().enumerate() {
        let mut start = lines.start;
        while let Some(end) = end_of_sentence(&text[start..lines.end]) {
            push(text, start..start + end, paragraph, &mut out);
            start += end;
        }
        push(text, start..lines.end, paragraph, &mut out);
    }
    out
}

/// Returns the separator of the paragraphs of `text`: a blank line if it has any, else a line break.
pub(super) fn separator(text: &str) -> &'static str {
    if text.contains("\n\n") || text.contains("\n\r\n") { "\n\n" } else { "\n" }
}

/// Appends a sentence so that [`sentences`] finds both again. They are separated by a space (none after a full-width stop) or,
/// if that would not separate them (a headline has no full stop), by a line break.
pub(super) fn join(out: &mut String, previous: &str, next: &str) {
    let gap = match previous.chars().next_back() {
        Some('。' | '！' | '？' | '｡') => "",
        _ => " ",
    };
    let both = format!("{previous}{gap}{next}");
    let parted = end_of_sentence(&both).is_some_and(|end| both[..end].trim_end().len() == previous.len());
    out.push_str(if parted { gap } else { "\n" });
    out.push_str(next);
}

/// Returns the words of `text`: sequences without white space, and each character of scripts written without spaces.
pub(super) fn words(text: &str) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut open = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if c.is_whitespace() {
            open = false;
        } else if open && !(is_unspaced(c) && c.is_alphanumeric()) {
            if let Some(last) = out.last_mut() {
                last.end = end;
            }
        } else {
            out.push(at..end);
            open = true;
        }
    }
    out
}

fn push(text: &str, range: Range<usize>, paragraph: usize, out: &mut Vec<Sentence>) {
    let range = trimmed(text, range);
    if !range.is_empty() {
        out.push(Sentence { range, paragraph });
    }
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let inner = &text[range.clone()];
    let start = range.start + (inner.len() - inner.trim_start().len());
    start..start + inner.trim().len()
}

/// Returns where the first sentence of `rest` ends; `None` if no text follows it.
fn end_of_sentence(rest: &str) -> Option<usize> {
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !ends_any_sentence(c) {
            continue;
        }
        let (mut end, mut certain, mut stops, mut firm) =
            (at + c.len_utf8(), needs_no_space(c), 1, c != '.' && c != '…');
        while let Some(&(next, c)) = chars.peek() {
            if !ends_any_sentence(c) && !closes(c) {
                break;
            }
            certain |= needs_no_space(c);
            stops += usize::from(ends_any_sentence(c));
            firm |= matches!(c, '!' | '?');
            end = next + c.len_utf8();
            chars.next();
        }
        let follows = rest[end..].trim_start().chars().next()?;
        if certain {
            return Some(end);
        }
        let spaced = rest[end..].starts_with(char::is_whitespace);
        let shortened = stops == 1 && !firm && is_abbreviation(&rest[..at]);
        if spaced && !shortened && (firm || !follows.is_lowercase()) {
            return Some(end);
        }
    }
    None
}

/// Returns whether `c` ends a sentence even without a following space.
fn needs_no_space(c: char) -> bool {
    ends_any_sentence(c) && !matches!(c, '.' | '!' | '?' | '…')
}

/// Returns whether a full stop after `before` belongs to an initial or an abbreviation.
fn is_abbreviation(before: &str) -> bool {
    static KNOWN: Words = LazyLock::new(|| word_table::words(super::WORDS, "abbreviation"));
    let start = before.char_indices().rev().find(|&(_, c)| c.is_whitespace() || c == '(' || c == '-');
    let word = start.map_or(before, |(at, c)| &before[at + c.len_utf8()..]);
    let mut letters = word.chars();
    let initial = letters.next().is_some_and(char::is_uppercase) && letters.next().is_none();
    initial
        || KNOWN.contains(&word)
        || word.contains('.') && word.chars().all(|c| c.is_alphabetic() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|s| &text[s.range]).collect()
    }

    #[test]
    fn sentences_are_found_in_many_scripts() {
        assert_eq!(split("One. Two! “Three?” Four"), ["One.", "Two!", "“Three?”", "Four"]);
        assert_eq!(split("Он ушёл. Она осталась. 5 мая."), ["Он ушёл.", "Она осталась.", "5 мая."]);
        assert_eq!(
            split("他走了。她说：「为什么？」没有人回答。"),
            ["他走了。", "她说：「为什么？」", "没有人回答。"]
        );
        assert_eq!(split("वह गया। वह रही।"), ["वह गया।", "वह रही।"]);
        assert_eq!(split("هل ذهب؟ نعم. بقيت۔"), ["هل ذهب؟", "نعم.", "بقيت۔"]);
    }

    #[test]
    fn abbreviations_do_not_end_sentences() {
        assert_eq!(
            split("Gen. J. Roe of the U.S. Army paid $3.50 at p. m. today... or so."),
            ["Gen. J. Roe of the U.S. Army paid $3.50 at p. m. today... or so."]
        );
    }

    #[test]
    fn lines_are_paragraphs() {
        let found = sentences(" A headline\r\n\n One. Two.\n \nThree.");
        assert_eq!(found.iter().map(|s| s.paragraph).collect::<Vec<_>>(), [0, 1, 1, 2]);
        assert_eq!(paragraphs(" \n\t\n").len(), 0);
    }

    #[test]
    fn joined_sentences_are_found_again() {
        for (a, b, joined) in
            [("One.", "Two.", "One. Two."), ("Head", "Two.", "Head\nTwo."), ("走。", "来。", "走。来。")]
        {
            let mut out = a.to_owned();
            join(&mut out, a, b);
            assert_eq!(out, joined);
            assert_eq!(split(&out), [a, b]);
        }
    }

    #[test]
    fn words_are_separated_by_spaces_or_are_ideographs() {
        assert_eq!(words("two words").len(), 2);
        assert_eq!(words("他走了。").len(), 3);
        assert!(words(" \n").is_empty());
    }
}
