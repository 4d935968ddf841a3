//! Finds where the text of an article ends, although it may quote the marks that follow a text.

use super::labels::{is_copyright, is_like_label, label_above, reserves_rights};

/// Fewest words of a paragraph that is certainly text.
const PROSE: usize = 20;
/// Most words of a label that is not known.
const LABEL: usize = 3;

/// Returns whether a paragraph is part of a text: it is long, and begins with no label and no notice of copyright.
pub(super) fn is_prose(paragraph: &str) -> bool {
    let is_labelled = || {
        paragraph.split_once(':').is_some_and(|(label, value)| {
            label.starts_with(char::is_uppercase)
                && label.split_whitespace().count() <= LABEL
                && value.starts_with(char::is_whitespace)
        })
    };
    words(paragraph) >= PROSE
        && !is_labelled()
        && !is_like_label(paragraph)
        && label_above(paragraph).is_none()
        && !is_copyright(paragraph)
        && !reserves_rights(paragraph)
}

/// Returns the number of words. Each sign of a script without spaces is one.
pub(super) fn words(text: &str) -> usize {
    text.split_whitespace().count() + text.chars().filter(|c| *c >= '\u{2e80}').count()
}

/// Returns the number at the start of the value of a label: `1,024 words`.
pub(super) fn number(value: &str) -> Option<usize> {
    let digits: String =
        value.chars().take_while(|c| !c.is_alphabetic()).filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Returns the end of a text, of the positions of marks that may end it, in order. The first mark ends it if no text follows.
/// Otherwise, some marks may be quoted, or long captions follow: the number of words that the export declares decides or, without
/// one, the first mark that no text follows.
pub(super) fn end(paragraphs: &[String], marks: &[usize], declared: Option<usize>) -> Option<usize> {
    let first = *marks.first()?;
    let Some(prose) = paragraphs.iter().rposition(|text| is_prose(text)).filter(|prose| *prose > first)
    else {
        return Some(first);
    };
    let certain = marks.iter().copied().find(|mark| *mark > prose);
    let Some(declared) = declared else { return certain.or(marks.last().copied()) };
    let all = paragraphs.len();
    let last = certain.unwrap_or(all);
    let length = |end: usize| paragraphs.iter().take(end).map(|text| words(text)).sum::<usize>();
    let ends = marks.iter().copied().filter(|mark| *mark < last).chain([last]);
    ends.min_by_key(|end| length(*end).abs_diff(declared))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end_of(lines: &[&str], declared: Option<usize>) -> Option<usize> {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let marks: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].starts_with("GRAPHIC")).collect();
        end(&lines, &marks, declared)
    }

    #[test]
    fn last_mark_ends_the_text_if_text_follows_the_others() {
        let prose = "word ".repeat(30);
        assert_eq!(end_of(&["a", "GRAPHIC: b", "GRAPHIC: c", "d"], None), Some(1));
        assert_eq!(end_of(&["a", "GRAPHIC: b", &prose, "GRAPHIC: c"], None), Some(3));
        assert_eq!(end_of(&["a", "b"], None), None);
    }

    #[test]
    fn declared_length_tells_captions_from_text() {
        let prose = "word ".repeat(30);
        let lines = [&prose, "GRAPHIC: b", &prose, "GRAPHIC: c"];
        assert_eq!(end_of(&lines, Some(31)), Some(1));
        assert_eq!(end_of(&lines, Some(60)), Some(3));
        assert_eq!(end_of(&lines[..3], Some(60)), Some(3));
        assert_eq!(number("1,024 words"), Some(1024));
    }

    #[test]
    fn labelled_values_and_notices_are_not_prose() {
        let prose = "word ".repeat(30);
        assert!(is_prose(&prose));
        for start in ["SUBJECT: ", "Subject: ", "Copyright 2010 Daily ", "All rights reserved "] {
            assert!(!is_prose(&format!("{start}{prose}")), "{start}");
        }
    }
}
