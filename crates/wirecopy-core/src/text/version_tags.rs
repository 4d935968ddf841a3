//! Reads the version from the tags of a headline: "UPDATE 2", "2nd lead", "Corrección:".
//!
//! The tags are data (`data/version_tags.tsv`).

use std::sync::LazyLock;

use crate::word_table::{self, Words};

/// Tags of later versions, in lower case. A tag is at the start of a headline before a colon or a dash, or in brackets, and
/// a number may follow it.
static TAGS: Words =
    LazyLock::new(|| word_table::rows(include_str!("../../data/version_tags.tsv")).flatten().collect());
/// Most characters of a tag.
const TAG: usize = 24;

/// Signs that end a tag at the start of a headline.
const ENDS: [char; 7] = [':', '：', '-', '–', '—', '|', '/'];
/// Brackets that open before a tag.
const OPENING: [char; 5] = ['(', '[', '（', '【', '［'];
/// Brackets that close behind a tag.
const CLOSING: [char; 5] = [')', ']', '）', '】', '］'];

/// Returns the highest version number in the tags of a headline: 0 without a tag, 1 for a tag without a number.
pub fn revision(title: &str) -> u32 {
    let mut highest = 0;
    let mut rest = title;
    while let Some((head, tail)) = rest.split_once(ENDS) {
        let Some(revision) = tag(head) else { break };
        highest = highest.max(revision);
        rest = tail;
    }
    let mut rest = title;
    while let Some(open) = rest.find(OPENING) {
        let Some((inner, tail)) = in_brackets(&rest[open..]) else { break };
        highest = highest.max(tag(inner).or_else(|| bare_number(inner, tail)).unwrap_or(0));
        rest = tail;
    }
    highest
}

/// Returns a headline without the tags at its start, and without one in brackets at its end. Whether a version is marked differs between
/// the versions of a story, and between the outlets that print one.
pub fn without_version_tags(title: &str) -> &str {
    let mut rest = title;
    loop {
        let in_brackets = in_brackets(rest).filter(|(inner, _)| tag(inner).is_some());
        let Some((_, tail)) = first_tag(rest).or(in_brackets) else { break };
        rest =
            tail.trim_start_matches(|c: char| c.is_whitespace() || ENDS.contains(&c) || CLOSING.contains(&c));
    }
    let last = rest.trim_end().strip_suffix(CLOSING).and_then(|rest| rest.rsplit_once(OPENING));
    last.filter(|(_, inner)| tag(inner).is_some()).map_or(rest, |(headline, _)| headline.trim_end())
}

/// Splits a headline behind the tag at its start. In a compound ("Lead-free pipes"), a tag has a number or is in capitals, or one with
/// a number follows. Before a number ("UPDATE 1-3 hurt", but "Lead 2-0 at half-time") only capitals tell, unless all of the headline is in
/// them.
fn first_tag(title: &str) -> Option<(&str, &str)> {
    let (head, tail) = title.split_once(ENDS)?;
    tag(head)?;
    let is_compound = head.ends_with(char::is_alphanumeric)
        && tail.starts_with(char::is_alphanumeric)
        && matches!(title.as_bytes()[head.len()], b'-' | b'/');
    let has_case = title.contains(char::is_uppercase);
    let in_capitals =
        || !head.contains(char::is_lowercase) && (title.contains(char::is_lowercase) || !has_case);
    let is_within_number = head.ends_with(char::is_numeric) && tail.starts_with(char::is_numeric);
    let has_number = || head.contains(char::is_numeric) && !is_within_number;
    let is_followed = || {
        tail.split_once(ENDS).is_some_and(|(next, _)| next.contains(char::is_numeric) && tag(next).is_some())
    };
    (!is_compound || in_capitals() || has_number() || is_followed()).then_some((head, tail))
}

/// Splits a text that begins with a bracket into what is inside and what follows.
fn in_brackets(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix(OPENING)?.trim_start_matches(OPENING).split_once(CLOSING)
}

/// Returns the number of a tag; `None` if the text is not a tag.
fn tag(text: &str) -> Option<u32> {
    let text = text.trim();
    if text.chars().count() > TAG {
        return None;
    }
    let text: String = text.to_lowercase().chars().map(ascii_digit).collect();
    let word = text.trim_start_matches(|c: char| c.is_ascii_digit());
    // The number may come first: `1st lead`, `2. zusammenfassung`.
    let word = ["st ", "nd ", "rd ", "th ", ".", "ª ", "ème ", "e "]
        .iter()
        .find_map(|ordinal| word.strip_prefix(ordinal).filter(|_| word.len() < text.len()))
        .unwrap_or(word)
        .trim();
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '#' || c == '.').trim_end();
    if !TAGS.contains(&name) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).take(3).collect();
    Some(digits.parse().unwrap_or(1).max(1))
}

/// Converts a fullwidth, Arabic or Persian digit to an ASCII one; other characters stay.
fn ascii_digit(c: char) -> char {
    let digit =
        ['０', '٠', '۰'].iter().find_map(|&zero| (c as u32).checked_sub(zero as u32).filter(|n| *n < 10));
    digit.and_then(|digit| char::from_digit(digit, 10)).unwrap_or(c)
}

/// Returns the number at the end of a headline with which some agencies number versions: `(2)`.
fn bare_number(text: &str, after: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|n| (2..10).contains(n) && after.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_headlines_give_the_version() {
        for (title, expected) in [
            ("Ferry runs aground", 0),
            ("UPDATE 1-Ferry runs aground", 1),
            ("UPDATE 3 - Ferry runs aground", 3),
            ("CORRECTED-UPDATE 2-Ferry runs aground", 2),
            ("Corrected: ferry runs aground", 1),
            ("2nd lead: Ferry runs aground", 2),
            ("Ferry runs aground (updated)", 1),
            ("(Corrección) Encalla un transbordador", 1),
            ("Fähre auf Grund gelaufen [Aktualisiert]", 1),
            ("Feribot karaya oturdu (2)", 2),
            ("تصحيح: جنوح عبارة", 1),
            ("【更正】渡轮搁浅", 1),
            ("更正２：渡轮搁浅", 2),
            ("تحديث ٣: جنوح عبارة", 3),
            ("(업데이트) 여객선 좌초", 1),
            ("Update on the ferry: what we know", 0),
            ("Lead-free pipes for schools", 1),
            ("Ferry (2) of three runs aground", 0),
            ("Ferry runs aground (2019)", 0),
            ("A correction of course - ferry saved", 0),
        ] {
            assert_eq!(revision(title), expected, "{title}");
        }
    }

    #[test]
    fn headlines_are_the_same_with_and_without_tags() {
        for title in [
            "UPDATE 1-Ferry - runs aground",
            "CORRECTED-UPDATE 2-Ferry - runs aground",
            "Corrected: Ferry - runs aground",
            "[Updated] Ferry - runs aground",
            "(Update 2) CORRECTED: Ferry - runs aground",
            "(UPDATE 2) - CORRECTED: Ferry - runs aground",
            "((Updated)) CORRECTED: Ferry - runs aground",
            "【更正】Ferry - runs aground",
            "2nd lead: Ferry - runs aground",
            "更正２：Ferry - runs aground",
            "Ferry - runs aground (updated)",
            "UPDATE 1-Ferry - runs aground [Aktualisiert 2] ",
            "Ferry - runs aground",
        ] {
            assert_eq!(without_version_tags(title), "Ferry - runs aground", "{title}");
        }
        for (title, rest) in [
            ("UPDATE 1-", ""),
            ("UPDATE 1-3 hurt as ferry runs aground", "3 hurt as ferry runs aground"),
            ("2nd lead-Ferry runs aground", "Ferry runs aground"),
            ("CORRECTED-UPDATE 2-FERRY RUNS AGROUND", "FERRY RUNS AGROUND"),
            ("更正-渡轮搁浅", "渡轮搁浅"),
        ] {
            assert_eq!(without_version_tags(title), rest, "{title}");
        }
        for title in [
            "",
            "-",
            "(",
            "Ferry)",
            "FACTBOX-Ferries that ran aground",
            "Ferry: update",
            "(2) Ferry",
            "Ferry (2)",
            "Update on the ferry",
            "Lead-free pipes for schools",
            "LEAD-FREE PIPES FOR SCHOOLS",
            "Lead/zinc smelter shuts",
            "Lead 2-0 at half-time",
            "Update 5/2024: ferries",
            "Update-Pflicht für Telefone",
        ] {
            assert_eq!(without_version_tags(title), title);
        }
        let many = "lead-".repeat(100_000);
        assert_eq!(without_version_tags(&many), many);
        assert_eq!(without_version_tags(&"LEAD-".repeat(100_000)), "LEAD-".repeat(100_000));
        assert_eq!(without_version_tags(&"Update 1-".repeat(100_000)), "");
    }
}
