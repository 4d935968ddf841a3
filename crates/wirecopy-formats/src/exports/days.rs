//! Finds the date in a line of an export.
//!
//! The exports give dates in the language of the paper or of the user, with weekdays, times and editions around them. Here a date
//! is only found, by its numbers; the program parses it later. Names of months are therefore not needed.

use std::ops::Range;

/// Most words between the day and the year: `24 de marzo de 2010`.
const BETWEEN: usize = 3;
/// Bytes after the year in which a time belongs to the date: `Wednesday 9:20 AM GMT`.
const TIME_REACH: usize = 60;

/// Returns the date in a line as it is written, with the time if there is one, but without weekday, section and page around it.
pub(super) fn date_in(line: &str) -> Option<&str> {
    let tokens = tokens(line);
    let found = (0..tokens.len()).find_map(|at| of_year(line, &tokens, at))?;
    let end = with_time(line, &tokens, found.end);
    line.get(found.start..end)
}

/// Returns the date of a line that holds a date and little else: `Wednesday, May 6, 2015`, and maybe an edition after it.
pub(super) fn date_line(line: &str) -> Option<&str> {
    let date = date_in(line)?;
    let (before, after) = line.split_once(date)?;
    let is_weekday = |text: &str| {
        text.split_whitespace().count() <= 1 && !text.contains(|c: char| c.is_numeric() || c == ':')
    };
    (is_weekday(before) && after.split_whitespace().count() <= 10).then_some(date)
}

/// Returns whether a line is only a month or a season, and a year: `March 2010`.
pub(super) fn is_month(line: &str) -> bool {
    let tokens = tokens(line);
    let words = tokens.iter().filter(|token| token.number.is_none()).count();
    matches!(tokens.last().and_then(|token| token.number), Some(1600..=2099))
        && (1..=2).contains(&words)
        && tokens.len() == words + 1
}

/// Returns whether a text is a time of day and nothing else: `15:32`, `3:05 PM GMT`.
pub(super) fn is_time(text: &str) -> bool {
    let mut words = text.split_whitespace();
    words.next().is_some_and(|first| is_clock(first) && first.len() <= 8) && words.count() <= 3
}

/// A number or a word.
struct Token {
    at: Range<usize>,
    /// The value, if it is a number of at most four digits.
    number: Option<u32>,
}

fn tokens(line: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut last_kind = None;
    // A date line is short; the rest of a longer line is not searched.
    for (at, c) in line.char_indices().take(400) {
        let kind = if c.is_numeric() {
            Some(true)
        } else if c.is_alphabetic() || c == '\u{301}' {
            Some(false)
        } else {
            None
        };
        match (kind, tokens.last_mut()) {
            (Some(_), Some(token)) if kind == last_kind => token.at.end = at + c.len_utf8(),
            (Some(_), _) => tokens.push(Token { at: at..at + c.len_utf8(), number: None }),
            (None, _) => {}
        }
        last_kind = kind;
    }
    for token in &mut tokens {
        let text = line.get(token.at.clone()).unwrap_or_default();
        token.number = if text.len() <= 4 { text.parse().ok() } else { None };
    }
    tokens
}

/// Returns the range of the date whose year is the token at a position.
fn of_year(line: &str, tokens: &[Token], at: usize) -> Option<Range<usize>> {
    let year = tokens.get(at)?;
    if !matches!(year.number, Some(1600..=2099)) || year.at.len() != 4 {
        return None;
    }
    before_year(line, tokens, at).or_else(|| after_year(line, tokens, at))
}

/// Finds the day before the year: `11 January 2010`, `January 11, 2010`, `11.1.2010`.
fn before_year(line: &str, tokens: &[Token], at: usize) -> Option<Range<usize>> {
    let end = tokens.get(at)?.at.end;
    let nearest = tokens[..at].iter().rposition(|token| token.number.is_some())?;
    let day = tokens.get(nearest)?;
    if !matches!(day.number, Some(1..=31)) || at - nearest > BETWEEN + 1 {
        return None;
    }
    if at - nearest > 1 {
        return is_close(line, day, tokens.get(at)?).then_some(day.at.start..end);
    }
    let first = tokens.get(nearest.checked_sub(1)?)?;
    let is_start = match first.number {
        // All in numbers, joined by one sign.
        Some(1..=31) => {
            line.get(first.at.end..day.at.start).is_some_and(|sign| matches!(sign, "." | "/" | "-"))
        }
        Some(_) => false,
        None => first.at.len() >= 3,
    };
    (is_start && is_close(line, first, day) && is_close(line, day, tokens.get(at)?))
        .then_some(first.at.start..end)
}

/// Finds month and day after the year: `2018年5月28日`, `2018-05-28`.
fn after_year(line: &str, tokens: &[Token], at: usize) -> Option<Range<usize>> {
    let start = tokens.get(at)?.at.start;
    let numbers: Vec<usize> =
        (at + 1..tokens.len().min(at + 5)).filter(|&at| tokens[at].number.is_some()).take(2).collect();
    let [month, day] = numbers[..] else { return None };
    let (month, day) = (tokens.get(month)?, tokens.get(day)?);
    if !matches!(month.number, Some(1..=12)) || !matches!(day.number, Some(1..=31)) {
        return None;
    }
    if !is_close(line, tokens.get(at)?, month) || !is_close(line, month, day) {
        return None;
    }
    let unit = line.get(day.at.end..).and_then(|rest| rest.chars().find(|c| !c.is_whitespace()));
    let end = match unit {
        Some(unit @ ('日' | '일')) => line.get(day.at.end..)?.find(unit)? + day.at.end + unit.len_utf8(),
        _ => day.at.end,
    };
    Some(start..end)
}

/// Returns whether the tokens are parts of one date: no sentence, bracket or long gap is between them.
fn is_close(line: &str, a: &Token, b: &Token) -> bool {
    let between = line.get(a.at.end..b.at.start).unwrap_or("(");
    between.len() <= 40 && !between.contains(['(', ')', '[', ']', ';', ':', '?', '!', '"', '|'])
}

/// Returns the end of a date with its time and zone, if they follow the year.
fn with_time(line: &str, tokens: &[Token], end: usize) -> usize {
    let rest = line.get(end..).unwrap_or_default();
    let mut last = end;
    let mut has_time = false;
    for token in tokens.iter().filter(|token| token.at.start >= end) {
        if token.at.start > end + TIME_REACH {
            break;
        }
        let text = rest.get(token.at.start - end..).unwrap_or_default();
        let word = text.split_whitespace().next().unwrap_or_default();
        if !has_time {
            if is_clock(word) {
                has_time = true;
                last = token.at.start + word.len();
            } else if token.number.is_some() {
                break;
            }
        } else if token.at.start >= last {
            let is_zone = word.len() <= 6
                && (word.chars().any(|c| c.is_ascii_uppercase())
                    && word
                        .chars()
                        .all(|c| c.is_ascii_uppercase() || "+-.:".contains(c) || c.is_ascii_digit())
                    || matches!(word, "am" | "pm" | "a.m." | "p.m."));
            let is_offset =
                token.number.is_some() && line.get(..token.at.start).is_some_and(|l| l.ends_with(['+', '-']));
            if !is_zone && !is_offset {
                break;
            }
            last = token.at.start + word.trim_end_matches([',', ';']).len();
        }
    }
    last
}

/// Returns whether a word is a time of day: `9:20`, `14:03:05`.
fn is_clock(word: &str) -> bool {
    let word = word.trim_end_matches([',', ';', '.']);
    let mut parts = word.split(':');
    let is_hour =
        parts.next().is_some_and(|hour| (1..=2).contains(&hour.len()) && hour.parse::<u8>().is_ok());
    let mut minutes = parts.map(|part| part.get(..2).is_some_and(|part| part.parse::<u8>().is_ok()));
    is_hour && minutes.next() == Some(true) && minutes.all(|is_number| is_number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_found_without_weekday_and_edition() {
        for (line, date) in [
            ("January 11, 2010 Monday", "January 11, 2010"),
            ("July 1, 2019 Monday 9:20 AM GMT", "July 1, 2019 Monday 9:20 AM GMT"),
            ("December 19, 1991, Sunday, An Edition", "December 19, 1991"),
            ("27. Februar 2012 Montag 9:50 PM GMT+1", "27. Februar 2012 Montag 9:50 PM GMT+1"),
            ("Dienstag 10.Dezember 2019", "10.Dezember 2019"),
            ("mardi 10 décembre 2019", "10 décembre 2019"),
            ("décembre 10 2019", "décembre 10 2019"),
            ("24 de marzo de 2010 miércoles", "24 de marzo de 2010"),
            ("jeudi 1er mars 2012, p. 3", "1er mars 2012"),
            ("Région, 2e cahier, jeudi 5 octobre 2013 512 mots", "5 octobre 2013"),
            ("Thursday, December 22, 2022 13887 mots, p. 819(40)", "December 22, 2022"),
            ("mercredi 11 septembre 2024 - 14:03:05 UTC +02:00", "11 septembre 2024 - 14:03:05 UTC +02:00"),
            ("2018 年 5 月 28 日 15:32", "2018 年 5 月 28 日 15:32"),
            ("2018-05-28", "2018-05-28"),
            ("8.3.2019", "8.3.2019"),
            ("8 Ιανουαρίου 2018", "8 Ιανουαρίου 2018"),
        ] {
            assert_eq!(date_in(line), Some(date), "{line}");
        }
    }

    #[test]
    fn other_lines_have_no_date() {
        for line in [
            "Copyright 2010 Daily Sample",
            "Budget 2019: the 20 winners",
            "The class of 2010",
            "Edition 1;",
            "",
            "5 (2010)",
            "Pages 12 14 2010",
        ] {
            assert_eq!(date_in(line), None, "{line}");
        }
    }

    #[test]
    fn date_lines_hold_little_besides_the_date() {
        assert!(date_line("Monday, January 11, 2010").is_some());
        assert!(date_line("January 11, 2010 Monday Late Edition - Final").is_some());
        assert!(date_line("What we saw on 11 January 2010").is_none());
        assert!(date_line("Date and Time: Friday, 5. July 2019 09:31:00 CEST").is_none());
        assert!(is_month("March 2010") && is_month("Winter, 2010") && !is_month("The class of 2010"));
    }

    #[test]
    fn times_are_recognised() {
        assert!(is_time("15:32") && is_time("3:05 PM GMT") && is_time("09:31:00"));
        assert!(!is_time("Reuters") && !is_time("1:2") && !is_time(""));
    }

    proptest! {
        #[test]
        fn any_line_is_handled_without_panic(line in "\\PC{0,60}", dated in "[0-9:.,/年月日 a-zé-]{0,60}") {
            for line in [line, dated] {
                if let Some(date) = date_in(&line) {
                    prop_assert!(line.contains(date));
                }
                let _ = (date_line(&line), is_month(&line), is_time(&line));
            }
        }
    }
}
