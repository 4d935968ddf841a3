//! Combines the days, times and labels of a line into dates.

use std::sync::LazyLock;

use jiff::civil::Time;

use super::days::{self, Day, Locale};
use super::times::{self, TimeOfDay};
use super::tokens::{self, Token};
use super::{Problem, Published, WORDS, usable, words};
use wirecopy_core::word_table::{self, Words};

/// What a line says about a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Published,
    /// The date of a change.
    Modified,
    /// The date of something else: a birth, a deadline, a photograph.
    Other,
}

/// A date found in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dated {
    /// Index of the first token, including a time before the day.
    pub(crate) start: usize,
    /// Index after the last token, including a time after the day.
    pub(crate) end: usize,
    pub(crate) published: Result<Published, Problem>,
    /// The nearest label before the date.
    pub(crate) label: Option<Label>,
}

/// The tokens of a line and the dates in it.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) tokens: Vec<Token>,
    pub(crate) dates: Vec<Dated>,
    /// Token ranges (start, end) of the times.
    pub(crate) times: Vec<(usize, usize)>,
}

/// Folded words of languages that write the day before the month.
static DAY_FIRST: Words = LazyLock::new(|| word_table::words(WORDS, "day first"));
/// Tokens before a date that are searched for its label.
const LABEL_REACH: usize = 8;

impl Line {
    /// Finds the dates in a line. `language` is the tag of the text's language, if known. Linear in the line.
    pub(crate) fn of(line: &str, language: Option<&str>) -> Self {
        let tokens = tokens::cut(line);
        let times = times::all(&tokens);
        let day_first = language.is_some_and(day_first) || has_day_first_word(&tokens);
        let days = days::all(&tokens, &times, Locale { language, day_first });
        let paired = pair(&days, &times);
        let mut dates: Vec<Dated> = Vec::with_capacity(days.len());
        for (day, timed) in days.iter().zip(paired) {
            let from = dates.last().map_or(0, |before| before.end);
            let first = timed.map_or(day.start, |t| t.start.min(day.start));
            let (start, end) = match timed {
                Some(t) => (first.max(from), t.end.max(day.end)),
                None => (day.start, day.end),
            };
            let label = label(&tokens, from.min(start), start);
            dates.push(Dated { start, end, published: joined(day, timed), label });
        }
        Self { tokens, dates, times: times.iter().map(|t| (t.start, t.end)).collect() }
    }

    /// Returns the publication date of the line: the date labelled as such, else the only unlabelled date, else the first
    /// date with another label.
    ///
    /// # Errors
    /// [`Problem::SeveralDates`] for different unlabelled dates, else the [`Problem`] of the chosen date, or of the first one
    /// if none is complete.
    pub(crate) fn published(&self) -> Result<Published, Problem> {
        let whole = |label: Option<Label>| {
            self.dates.iter().filter(move |d| d.label == label).filter(|d| !is_part(d.published))
        };
        for label in [Some(Label::Published), None, Some(Label::Modified), Some(Label::Other)] {
            let Some(first) = whole(label).next() else { continue };
            let day = |d: &Dated| d.published.map(|p| p.date);
            if label.is_none() && whole(label).any(|other| day(other) != day(first)) {
                return Err(Problem::SeveralDates);
            }
            return first.published;
        }
        Err(self.dates.first().and_then(|date| date.published.err()).unwrap_or(Problem::NotUnderstood))
    }

    /// Returns the first label anywhere in the line.
    pub(crate) fn label(&self) -> Option<Label> {
        self.tokens.iter().find_map(|token| token.word().and_then(|word| word.meaning.label))
    }
}

/// Returns whether the date is unusable because part of it is missing.
fn is_part(published: Result<Published, Problem>) -> bool {
    matches!(published, Err(Problem::NoDay | Problem::NoYear))
}

/// Assigns each day its time: the one written together with it, else the one after it, or the one before it if the line
/// starts with a time.
fn pair(days: &[Day], times: &[TimeOfDay]) -> Vec<Option<TimeOfDay>> {
    let first = days.first().map_or(usize::MAX, |day| day.start);
    let leading = times.first().is_some_and(|t| t.start < first);
    days.iter()
        .enumerate()
        .map(|(at, day)| {
            if day.timed.is_some() {
                return day.timed;
            }
            if leading && days.len() > 1 {
                let from = at.checked_sub(1).map_or(0, |before| days[before].end);
                return times.iter().find(|t| t.start >= from && t.start < day.start).copied();
            }
            if leading {
                return times.first().copied();
            }
            // Inside the day ("Mar 11 07:20:00 2024") or after it.
            let next = days.get(at + 1).map_or(usize::MAX, |next| next.start);
            times.iter().find(|t| t.start >= day.start && t.start < next).copied()
        })
        .collect()
}

fn joined(day: &Day, timed: Option<TimeOfDay>) -> Result<Published, Problem> {
    let mut date = day.date?;
    let Some(timed) = timed else { return usable(Published { date, time: None, offset: None }) };
    let time: Time = timed.time.ok_or(Problem::NoSuchTime)?;
    if timed.next_day {
        date = date.tomorrow().map_err(|_| Problem::NoSuchDay)?;
    }
    usable(Published { date, time: Some(time), offset: timed.offset(date) })
}

/// Returns the nearest label in `tokens[from..to]`, searching backwards.
fn label(tokens: &[Token], from: usize, to: usize) -> Option<Label> {
    let from = from.max(to.saturating_sub(LABEL_REACH));
    let text = |at: usize| tokens.get(at).and_then(Token::word).map(|word| word.text.as_str());
    for at in (from..to).rev() {
        // The longest phrase ending here wins.
        for length in [3, 2] {
            let Some(start) = (at + 1).checked_sub(length).filter(|start| *start >= from) else { continue };
            let parts: Option<Vec<&str>> = (start..=at).map(text).collect();
            let meaning = parts.and_then(|parts| words::phrase(&parts.join(" ")));
            if let Some(label) = meaning.and_then(|meaning| meaning.label) {
                return Some(label);
            }
        }
        if let Some(label) = tokens[at].word().and_then(|word| word.meaning.label) {
            return Some(label);
        }
    }
    None
}

/// Returns whether every country that uses a language reads 11/03 as 11 March. For English it depends on the country.
fn day_first(tag: &str) -> bool {
    let lower = tag.to_ascii_lowercase().replace('_', "-");
    let mut parts = lower.split('-');
    match parts.next().unwrap_or_default() {
        "en" | "eng" => parts
            .any(|part| matches!(part, "gb" | "uk" | "au" | "nz" | "ie" | "in" | "za" | "ng" | "ke" | "sg")),
        // Languages that sometimes put the year or the month first.
        "" | "und" | "fil" | "tl" | "tgl" | "zh" | "zho" | "cmn" | "ja" | "jpn" | "ko" | "kor" | "hu"
        | "hun" | "mn" | "mon" | "khk" | "lt" | "lit" | "fa" | "fas" | "pes" | "eu" | "eus" | "sv"
        | "swe" | "so" | "som" => false,
        _ => true,
    }
}

/// Returns whether a word of the line belongs to a language that writes the day first.
fn has_day_first_word(tokens: &[Token]) -> bool {
    tokens.iter().filter_map(Token::word).any(|word| {
        let accented = word.text.len() > 1
            && word.text.starts_with(|c: char| ('\u{c0}'..'\u{3000}').contains(&c) && c.is_alphabetic());
        !word.capitals && (DAY_FIRST.contains(&word.text.as_str()) || accented && word.meaning.pm.is_none())
    })
}
