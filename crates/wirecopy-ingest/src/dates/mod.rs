//! Parses publication dates in the forms that news pages and records use.
//!
//! In: a date as written on a page, in a record, on a line or in a path. Out: a [`Published`] with the time and the offset if
//! they are given, or a [`Problem`] that says why the date cannot be used. Ambiguous dates are rejected, never guessed: a
//! two-digit year, a day and a month that could be swapped, a year from a calendar that is not named.
//!
//! Why this is hand-made: jiff parses standard formats only. News has dates in a hundred languages, and some must be rejected.
//!
//! | step | module | does |
//! |---|---|---|
//! | tokens | `tokens` | folds digits and letters, splits a line into numbers, words and punctuation |
//! | words | `words` | looks up months, labels ("published", "updated") and a.m./p.m. markers in `data/` |
//! | times | `times` | finds the times of day in a line, each with its zone |
//! | days | `days` | finds the calendar days in a line |
//! | line | `line` | combines days, times and labels |
//! | zones | `zones` | resolves zone abbreviations and the zone set by the user |
//! | calendars | `calendars` | converts Buddhist and Solar Hijri dates, ISO weeks and ordinal days |

mod calendars;
mod days;
mod line;
mod times;
mod tokens;
mod words;
mod zones;

use std::fmt;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use wirecopy_core::published::Published;

pub(crate) use line::{Dated, Label, Line};
pub(crate) use tokens::{Kind, Token};
pub(crate) use words::{fold, is_weekday};
pub(crate) use zones::Zone;

/// Words around dates and times, by kind.
pub(crate) const WORDS: &str = include_str!("../../data/date_words.tsv");

/// Earliest plausible year: the first newspapers. An earlier year is a placeholder or from another calendar.
const FIRST_YEAR: i16 = 1600;
/// Latest plausible year. A later year is a placeholder for "never" or from another calendar, such as Bikram Sambat or the
/// Buddhist era, which run ahead.
const LAST_YEAR: i16 = 2050;
/// Years of the Buddhist era in which news has been published.
const BUDDHIST: std::ops::RangeInclusive<i16> = 2400..=2643;
/// Longest text that is parsed as a date.
const MAX_BYTES: usize = 240;

/// Why a date cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The day does not exist.
    NoSuchDay,
    /// The time of day does not exist.
    NoSuchTime,
    /// The year has only two digits.
    TwoDigitYear,
    /// The day could be the month and the month the day.
    AmbiguousDay,
    /// The month name means different months in different languages.
    AmbiguousMonth,
    /// The year is missing.
    NoYear,
    /// The day is missing.
    NoDay,
    /// The year is before the first newspapers, or from another calendar.
    TooEarly,
    /// The year is in the future, or from another calendar.
    TooLate,
    /// The year is in the future, or from the Buddhist calendar.
    Buddhist,
    /// The date is the start of Unix time.
    Placeholder,
    /// There are several different dates.
    SeveralDates,
    /// The text is not a date in a known form.
    NotUnderstood,
}

impl Problem {
    /// Returns whether knowing the language of the text could resolve the problem.
    pub(crate) fn depends_on_language(self) -> bool {
        matches!(
            self,
            Problem::AmbiguousDay | Problem::AmbiguousMonth | Problem::Buddhist | Problem::TooEarly
        )
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Problem::NoSuchDay => "no such day",
            Problem::NoSuchTime => "no such time of day",
            Problem::TwoDigitYear => "the year has only two digits",
            Problem::AmbiguousDay => "could be day/month or month/day",
            Problem::AmbiguousMonth => "the month name means different months in different languages",
            Problem::NoYear => "the year is missing",
            Problem::NoDay => "the day is missing",
            Problem::TooEarly => "the year is before the first newspapers, or from another calendar",
            Problem::TooLate => "the year is in the future, or from another calendar",
            Problem::Buddhist => "the year is in the future, or from the Buddhist calendar",
            Problem::Placeholder => "the start of Unix time (1970-01-01), a placeholder",
            Problem::SeveralDates => "several dates",
            Problem::NotUnderstood => "not understood",
        })
    }
}

/// Parses a date from a text whose language is unknown.
///
/// # Errors
/// The [`Problem`] that makes the date unusable.
pub fn parse(written: &str) -> Result<Published, Problem> {
    parse_in(written, None)
}

/// Parses a date from a text in `language`, a tag such as `hr`, `hrv` or `en-GB`. The language resolves forms that differ
/// between languages.
///
/// # Errors
/// The [`Problem`] that makes the date unusable.
pub(crate) fn parse_in(written: &str, language: Option<&str>) -> Result<Published, Problem> {
    let written = written.trim().trim_matches(['*', '_', '"', '\'']).trim();
    if let Some(published) = Published::from_iso(written) {
        return usable(published);
    }
    if let Some(published) = epoch(written) {
        return usable(published?);
    }
    if written.len() > MAX_BYTES {
        return Err(Problem::NotUnderstood);
    }
    Line::of(written, language).published()
}

/// Rejects real dates that cannot be dates of publication.
fn usable(published: Published) -> Result<Published, Problem> {
    let year = published.date.year();
    if BUDDHIST.contains(&year) {
        return Err(Problem::Buddhist);
    }
    if year > LAST_YEAR {
        return Err(Problem::TooLate);
    }
    if year < FIRST_YEAR {
        return Err(Problem::TooEarly);
    }
    // The Unix epoch, also in another zone or without its time.
    let is_epoch = match published.time {
        Some(_) => published.instant().is_some_and(|instant| instant.as_second() == 0),
        None => published.date == jiff::civil::date(1970, 1, 1),
    };
    if is_epoch { Err(Problem::Placeholder) } else { Ok(published) }
}

/// Parses Unix time in seconds, milliseconds or microseconds, also with a fraction (`1710138000.123`) or in the ASP.NET form
/// (`/Date(1710138000000)/`). Only numbers with the length of a time after 2001 count, so that other numbers do not match.
fn epoch(written: &str) -> Option<Result<Published, Problem>> {
    let bare = written.trim_matches('/');
    let bare = bare.strip_prefix("Date(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(bare);
    let (whole, fraction) = bare.split_once('.').unwrap_or((bare, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    if whole == "0" {
        return Some(Err(Problem::Placeholder));
    }
    let number: i64 = whole.parse().ok()?;
    let timestamp = match whole.len() {
        10 => Timestamp::from_second(number),
        13 => Timestamp::from_millisecond(number),
        16 => Timestamp::from_microsecond(number),
        _ => return None,
    };
    let second = Timestamp::from_second(timestamp.ok()?.as_second()).ok()?;
    Some(Ok(of_zoned(&second.to_zoned(TimeZone::UTC))))
}

fn of_zoned(zoned: &Zoned) -> Published {
    Published { date: zoned.date(), time: Some(zoned.time()), offset: Some(zoned.offset()) }
}

#[cfg(test)]
mod tests;
