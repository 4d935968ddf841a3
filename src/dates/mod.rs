//! Parses publication dates in the forms that news pages and records use.
//!
//! In: a date as written on a page, in a record, on a line or in a path. Out: a [`Published`] with the time and the offset if
//! they are given, or a [`Problem`] that says why the date cannot be used. Ambiguous dates are rejected, never guessed: a
//! two-digit year, a day and a month that could be swapped, a year from a calendar that is not named.
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

use jiff::civil::{Date, Time};
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

pub(crate) use line::{Dated, Label, Line};
pub(crate) use tokens::{Kind, Token};
pub(crate) use words::{fold, is_weekday};
pub(crate) use zones::Zone;

/// Seconds in a calendar day, ignoring clock changes.
pub(crate) const SECONDS_A_DAY: u32 = 86_400;

/// Earliest plausible year: the first newspapers. An earlier year is a placeholder or from another calendar.
const FIRST_YEAR: i16 = 1600;
/// Latest plausible year. A later year is a placeholder for "never" or from another calendar, such as Bikram Sambat or the
/// Buddhist era, which run ahead.
const LAST_YEAR: i16 = 2050;
/// Years of the Buddhist era in which news has been published.
const BUDDHIST: std::ops::RangeInclusive<i16> = 2400..=2643;
/// Longest text that is parsed as a date.
const MAX_BYTES: usize = 240;

/// A publication date, as precise as it was written.
///
/// The offset is known only if there is a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) date: Date,
    pub(crate) time: Option<Time>,
    pub(crate) offset: Option<Offset>,
}

impl Published {
    /// Returns the instant. A date without a time counts as midnight, and a time without an offset as UTC.
    pub(crate) fn instant(self) -> Option<Timestamp> {
        let civil = self.date.to_datetime(self.time.unwrap_or(Time::midnight()));
        civil.to_zoned(self.offset.unwrap_or(Offset::UTC).to_time_zone()).ok().map(|zoned| zoned.timestamp())
    }

    /// Adds the offset of `zone` on that day if there is a time without an offset.
    pub(crate) fn in_zone(self, zone: &Zone) -> Self {
        match self.time {
            Some(time) if self.offset.is_none() => {
                Self { offset: zone.offset_at(self.date.to_datetime(time)), ..self }
            }
            _ => self,
        }
    }
}

impl fmt::Display for Published {
    /// Writes ISO 8601 with the parts that are known: `2024-03-11`, `2024-03-11T14:20:00`, `2024-03-11T14:20:00+02:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date)?;
        let Some(time) = self.time else { return Ok(()) };
        write!(f, "T{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())?;
        match self.offset.map(Offset::seconds) {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(seconds) => {
                let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

/// Why a date cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    NoSuchDay,
    NoSuchTime,
    TwoDigitYear,
    AmbiguousDay,
    AmbiguousMonth,
    NoYear,
    NoDay,
    TooEarly,
    TooLate,
    Buddhist,
    Placeholder,
    SeveralDates,
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

/// Returns the instant of a date, as [`Published::instant`], or `None` if the date cannot be parsed or used.
pub(crate) fn instant(written: &str) -> Option<Timestamp> {
    parse(written).ok()?.instant()
}

/// Parses a date from a text whose language is unknown.
///
/// # Errors
/// The [`Problem`] that makes the date unusable.
pub(crate) fn parse(written: &str) -> Result<Published, Problem> {
    parse_in(written, None)
}

/// Parses a date from a text in `language`, a tag such as `hr`, `hrv` or `en-GB`. The language resolves forms that differ
/// between languages.
///
/// # Errors
/// The [`Problem`] that makes the date unusable.
pub(crate) fn parse_in(written: &str, language: Option<&str>) -> Result<Published, Problem> {
    let written = written.trim().trim_matches(['*', '_', '"', '\'']).trim();
    if let Some(published) = iso(written) {
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

/// Parses ISO 8601, with or without an offset.
fn iso(written: &str) -> Option<Published> {
    if !written.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let pieces = Pieces::parse(written).ok()?;
    let offset = match pieces.offset() {
        None => None,
        Some(PiecesOffset::Zulu) => Some(Offset::UTC),
        Some(PiecesOffset::Numeric(numeric)) => Some(numeric.offset()),
        Some(_) => None,
    };
    Some(Published { date: pieces.date(), time: pieces.time(), offset })
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
