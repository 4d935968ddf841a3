//! Which lines are prose rather than labels, headings and menus: how many words they have, and whether they end as sentences do.

use super::script::{closes, ends_any_sentence, is_unspaced};

/// The fewest words of a sentence that counts as prose: shorter lines are labels as often as sentences.
pub const SENTENCE: usize = 8;

/// Counts words; in scripts without spaces two characters are a word.
pub fn words(text: &str) -> usize {
    if text.is_ascii() {
        return text
            .split_ascii_whitespace()
            .filter(|word| word.bytes().any(|b| b.is_ascii_alphanumeric()))
            .count();
    }
    let (mut words, mut unspaced, mut inside) = (0, 0, false);
    for c in text.chars() {
        if is_unspaced(c) {
            unspaced += 1;
            inside = false;
        } else if c.is_whitespace() {
            inside = false;
        } else if !inside && c.is_alphanumeric() {
            inside = true;
            words += 1;
        }
    }
    words + unspaced / 2
}

/// Counts what blanks separate, signs that stand alone included: a menu is mostly such signs. In scripts without spaces two
/// characters are one.
pub(super) fn items(text: &str) -> usize {
    if text.is_ascii() {
        return text.split_ascii_whitespace().count();
    }
    text.split_whitespace().count() + text.chars().filter(|&c| is_unspaced(c)).count() / 2
}

/// Returns whether a line has more than `most` characters.
pub(super) fn is_longer(line: &str, most: usize) -> bool {
    // The number of bytes bounds the number of characters from both sides.
    line.len() > most && (line.len() > 4 * most || line.chars().nth(most).is_some())
}

/// Returns whether a text ends as sentences do.
pub fn is_stopped(text: &str) -> bool {
    text.trim_end_matches(|c| closes(c) || c == ' ').ends_with(ends_any_sentence)
}

/// Returns whether a line of so many `words` is prose: a sentence of `sentence` words or more, or anything of `long` or more.
pub fn is_prose(line: &str, words: usize, sentence: usize, long: usize) -> bool {
    words >= long || words >= sentence && is_stopped(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_in_every_script() {
        for (text, count) in [
            ("The ferry sails at noon.", 5),
            ("Menu | Search – 24", 3),
            ("Die Fähre fährt – mittags", 4),
            ("渡船今天又在湖上航行。", 5),
            ("  ", 0),
        ] {
            assert_eq!(words(text), count, "{text}");
        }
        assert_eq!((items("Menu | Search – 24"), items("Menu | Search - 24")), (5, 5));
    }

    #[test]
    fn lines_are_as_long_as_their_characters() {
        for letter in ["a", "é", "语", "😀"] {
            for length in [0, 1, 2, 3, 4, 5, 20] {
                assert_eq!(is_longer(&letter.repeat(length), 4), length > 4, "{length} of {letter}");
            }
        }
    }

    #[test]
    fn sentence_is_prose_and_label_is_not() {
        let prose = |line: &str| is_prose(line, words(line), SENTENCE, 16);
        assert!(prose("The ferry to Tolven sails again, said the mayor.”"));
        assert!(!prose("The ferry to Tolven sails again, said the mayor"));
        assert!(!prose("The ferry sails again."));
        assert!(prose(&"word ".repeat(16)));
    }
}
