//! Strings on a terminal: measures and cuts them by display width, and removes characters that would affect the terminal.
//!
//! Wrapping does not use textwrap, because it adds up the widths of single characters, which makes lines with emoji of several
//! characters too long.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Maximum number of combining marks per letter. No script needs more, while "Zalgo" text stacks dozens over its neighbours.
const MAX_MARKS: usize = 6;

/// Returns `text` on one line, without characters that could move the cursor, change colours or reorder what follows.
///
/// Consecutive white space becomes one space. Control characters, bidirectional controls and other format characters become
/// `�`. Joiners are kept, since Persian, Hindi and emoji need them.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        if c.is_whitespace() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
            marks = 0;
            continue;
        }
        if is_format_control(c) {
            out.push('\u{FFFD}');
            marks = 0;
            continue;
        }
        marks = if c.width() == Some(0) { marks + 1 } else { 0 };
        if marks <= MAX_MARKS {
            out.push(c);
        }
    }
    let trimmed = out.trim();
    if trimmed.len() == out.len() { out } else { trimmed.to_owned() }
}

/// Returns whether `c` is a control character, a direction mark or override, or an invisible or deprecated format character.
fn is_format_control(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Returns the number of columns that `text` takes on a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Shortens `text` to at most `columns` columns by replacing its end with `…`.
pub fn cut(text: &str, columns: usize) -> String {
    shortened(text, columns, |columns| format!("{}…", head(text, columns).trim_end()))
}

/// Shortens `text` to at most `columns` columns by replacing its middle with `…`. Used for paths, whose end matters most.
pub fn cut_middle(text: &str, columns: usize) -> String {
    shortened(text, columns, |columns| {
        let front = head(text, columns / 3);
        let back = tail(text, columns - width(front));
        format!("{front}…{back}")
    })
}

/// Returns `text` if it fits in `columns`, else the result of `cut` for the columns that the `…` leaves.
fn shortened(text: &str, columns: usize, cut: impl FnOnce(usize) -> String) -> String {
    if width(text) <= columns {
        text.to_owned()
    } else {
        columns.checked_sub(1).map_or_else(String::new, cut)
    }
}

/// Returns the longest prefix of `text` that fits in `columns` and does not separate a mark from its letter.
fn head(text: &str, columns: usize) -> &str {
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let next = at + c.len_utf8();
        if width(&text[..next]) > columns {
            break;
        }
        end = next;
    }
    // A sequence (emoji, or letter and mark) is kept whole.
    while end > 0 && text[end..].chars().next().is_some_and(|c| c.width() == Some(0)) {
        end = text[..end].char_indices().next_back().map_or(0, |(at, _)| at);
    }
    &text[..end]
}

/// Returns the longest suffix of `text` that fits in `columns` and does not begin with a mark.
fn tail(text: &str, columns: usize) -> &str {
    let mut start = text.len();
    for (at, c) in text.char_indices().rev() {
        if width(&text[at..]) > columns {
            break;
        }
        if c.width() != Some(0) {
            start = at;
        }
    }
    &text[start..]
}

/// Pads `text` with spaces to `columns`.
pub fn pad(text: &str, columns: usize) -> String {
    let mut out = text.to_owned();
    out.extend(std::iter::repeat_n(' ', columns.saturating_sub(width(text))));
    out
}

/// Wraps `text` at spaces into lines of at most `columns` columns. A longer word, or text in a script without spaces, is broken
/// anywhere.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for mut word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
                continue;
            }
            _ => {}
        }
        while width(word) > columns && !head(word, columns).is_empty() {
            let (line, rest) = word.split_at(head(word, columns).len());
            lines.push(line.to_owned());
            word = rest;
        }
        lines.push(cut(word, columns));
    }
    lines
}

/// Formats `12345` as `12,345`.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Formats a count with its noun: `1 document`, `2 documents`.
pub(crate) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// Formats a number of bytes in a suitable decimal unit.
pub(crate) fn bytes(n: f64) -> String {
    let (value, unit) = match n {
        n if n >= 1e9 => (n / 1e9, "GB"),
        n if n >= 1e6 => (n / 1e6, "MB"),
        n if n >= 1e3 => (n / 1e3, "kB"),
        n => return format!("{n:.0} B"),
    };
    if value < 10.0 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

/// Formats seconds with a suitable number of decimals, or as minutes and hours.
pub(crate) fn seconds(s: f64) -> String {
    if s < 10.0 {
        return format!("{s:.2} s");
    }
    if s < 120.0 {
        return format!("{s:.1} s");
    }
    let (hours, minutes, rest) = ((s / 3600.0).floor(), (s / 60.0).floor() % 60.0, s.floor() % 60.0);
    let mut out = String::new();
    if hours > 0.0 {
        // Writing to a string cannot fail.
        let _ = write!(out, "{hours} h ");
    }
    let _ = write!(out, "{minutes} min {rest} s");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cuts_at_display_width() {
        assert_eq!(cut("headline", 8), "headline");
        assert_eq!(cut("headlines", 8), "headlin…");
        // Each ideograph takes two columns, so two of them and the ellipsis fit in six.
        assert_eq!(cut("暴风雨来袭", 6), "暴风…");
        // The accent is kept or dropped together with its letter.
        assert_eq!(cut("cafe\u{301}s", 4), "caf…");
        assert_eq!(cut("cafe\u{301}", 4), "cafe\u{301}");
        assert_eq!(cut_middle("archive/2024/03/storm.txt", 16), "archi…/storm.txt");
    }

    #[test]
    fn text_wraps_at_spaces_and_longer_words_are_broken() {
        assert_eq!(wrap("the ferry  was\nlate again", 9), ["the ferry", "was late", "again"]);
        assert_eq!(wrap("unforeseeable", 8), ["unforese", "eable"]);
        // An ideograph takes two columns, and a combining mark stays with its letter.
        assert_eq!(wrap("暴风雨来袭", 5), ["暴风", "雨来", "袭"]);
        assert_eq!(wrap("cafe\u{301}s", 4), ["cafe\u{301}", "s"]);
        // A symbol and its emoji variation selector take two columns together, but one and zero separately.
        assert_eq!(
            wrap("\u{2764}\u{fe0f} \u{2764}\u{fe0f} \u{2764}\u{fe0f}", 5),
            ["\u{2764}\u{fe0f} \u{2764}\u{fe0f}", "\u{2764}\u{fe0f}"]
        );
        assert!(wrap("", 8).is_empty());
    }

    #[test]
    fn control_characters_are_replaced() {
        assert_eq!(clean("a\u{1b}[31mred\u{7}"), "a\u{FFFD}[31mred\u{FFFD}");
        assert_eq!(clean("gpj\u{202e}exe"), "gpj\u{FFFD}exe");
        assert_eq!(clean(" two\r\nlines\t here "), "two lines here");
        assert_eq!(clean("\u{9b}2J"), "\u{FFFD}2J");
        assert_eq!(clean("می\u{200c}شود"), "می\u{200c}شود");
        let zalgo = format!("a{}", "\u{301}".repeat(50));
        assert_eq!(clean(&zalgo).chars().count(), 1 + MAX_MARKS);
    }

    #[test]
    fn numbers_are_formatted_for_reading() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_000), "1,000");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(seconds(0.123), "0.12 s");
        assert_eq!(seconds(3_725.0), "1 h 2 min 5 s");
        assert_eq!(bytes(3_400_000.0), "3.4 MB");
        assert_eq!(count(1, "document", "documents"), "1 document");
    }

    proptest! {
        #[test]
        fn cut_text_fits(text in "\\PC{0,40}", columns in 0usize..30) {
            let text = clean(&text);
            prop_assert!(width(&cut(&text, columns)) <= columns);
            prop_assert!(width(&cut_middle(&text, columns)) <= columns);
            prop_assert!(wrap(&text, columns).iter().all(|line| width(line) <= columns));
        }

        #[test]
        fn clean_text_contains_no_control_characters(text in any::<String>()) {
            prop_assert!(!clean(&text).chars().any(is_format_control));
            prop_assert_eq!(clean(&clean(&text)), clean(&text));
        }
    }
}
