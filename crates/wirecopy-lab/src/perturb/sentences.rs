//! Paragraphs, sentences and words of plain text in any script, as byte ranges.
//!
//! Simpler than a segmenter need be, with one property that the shuffles rest on: whether a sentence ends at a place
//! hangs only on that sentence and on the one character that follows it.

use std::ops::Range;

use wirecopy_core::text::{closes, ends_any_sentence, is_unspaced};

/// One sentence and the paragraph it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Its bytes, without white space around it.
    pub(super) range: Range<usize>,
    /// Number of its paragraph, from 0, without gaps.
    pub(super) paragraph: usize,
}

/// The paragraphs of `text`: its lines that hold more than white space, trimmed.
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

/// The sentences of `text`. A paragraph without a full stop is one sentence.
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

/// What stands between the paragraphs of `text`: a blank line where it has any, else a line break.
pub(super) fn separator(text: &str) -> &'static str {
    if text.contains("\n\n") || text.contains("\n\r\n") { "\n\n" } else { "\n" }
}

/// Puts sentences one after the other so that [`sentences`] finds the same ones again: with a space (none after a
/// full-width stop) where the first is seen to end, with a line break where it is not (a headline has no stop).
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

/// The words of `text`: runs between white space, and each character of a script written without spaces.
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

/// Where the first sentence of `rest` ends, when more text follows it.
fn end_of_sentence(rest: &str) -> Option<usize> {
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !ends_any_sentence(c) {
            continue;
        }
        let (mut end, mut alone, mut stops, mut firm) =
            (at + c.len_utf8(), is_alone(c), 1, c != '.' && c != '…');
        while let Some(&(next, c)) = chars.peek() {
            if !ends_any_sentence(c) && !closes(c) {
                break;
            }
            alone |= is_alone(c);
            stops += usize::from(ends_any_sentence(c));
            firm |= matches!(c, '!' | '?');
            end = next + c.len_utf8();
            chars.next();
        }
        let follows = rest[end..].trim_start().chars().next()?;
        if alone {
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

/// Whether a sentence ends with no space after it.
fn is_alone(c: char) -> bool {
    ends_any_sentence(c) && !matches!(c, '.' | '!' | '?' | '…')
}

/// Whether the point after `before` is that of an initial or a title.
fn is_abbreviation(before: &str) -> bool {
    const KNOWN: &[&str] = &[
        "Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Gen", "Col", "Lt", "Sgt", "Capt", "Sen", "Rep", "Gov", "Jr",
        "Sr", "No", "Jan", "Feb", "Aug", "Sept", "Oct", "Nov", "Dec", "vs", "etc", "Nr", "bzw", "Sra", "Sr",
        "M", "Mme", "г", "им", "ул",
    ];
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
    fn sentences_of_many_scripts() {
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
    fn points_that_end_nothing() {
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
    fn words_are_runs_or_ideographs() {
        assert_eq!(words("two words").len(), 2);
        assert_eq!(words("他走了。").len(), 3);
        assert!(words(" \n").is_empty());
    }
}
