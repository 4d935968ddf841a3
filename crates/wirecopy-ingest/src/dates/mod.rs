//! Publication dates as they are written, to days, times and zones.
//!
//! In: a date as a page, a record, a line or a path has it. Out: [`Published`], with the time and the zone as far as they are
//! written, or a [`Problem`] that says why it is no date that can be used. What is not certain is refused rather than guessed: a
//! year of two digits, a day and a month that could be exchanged, a year of a calendar that is not named.
//!
//! Why this is hand-made: jiff reads the forms of standards; news writes dates in a hundred languages, and some that must be refused.
//!
//! | step | module | does |
//! |---|---|---|
//! | tokens | `tokens` | folds digits and letters, cuts numbers, words and marks |
//! | words | `words` | months, labels ("published", "updated") and halves of the day, from `data/` |
//! | times | `times` | the times of day of a line, each with its zone |
//! | days | `days` | the days of a line |
//! | line | `line` | puts days, times and labels together |
//! | zones | `zones` | letters of zones, and the zone that the user names |
//! | calendars | `calendars` | the Buddhist and the Solar Hijri era, weeks and days of a year |

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
pub(crate) const WORDS: &str = include_str!("../../../../data/date_words.tsv");

/// No newspaper is older; a smaller year is one of another calendar, or a placeholder.
const FIRST_YEAR: i16 = 1600;
/// A later year is one of another calendar (Bikram Sambat and the Buddhist era are ahead), or a placeholder for "never".
const LAST_YEAR: i16 = 2050;
/// Years of the Buddhist era in which news was printed.
const BUDDHIST: std::ops::RangeInclusive<i16> = 2400..=2643;
/// A longer text is no date.
const LONGEST: usize = 240;

/// Why a date cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The day does not exist.
    NoSuchDay,
    /// The time of day does not exist.
    NoSuchTime,
    /// The year has two digits.
    TwoDigitYear,
    /// Day and month cannot be told apart.
    DayOrMonth,
    /// The name is that of different months in different languages.
    MonthOfSeveral,
    /// The year is missing.
    NoYear,
    /// The day is missing.
    NoDay,
    /// The year is before the first newspapers.
    TooEarly,
    /// The year is in the future.
    TooLate,
    /// The year is probably one of the Buddhist era.
    Buddhist,
    /// The date is the zero of a clock.
    Placeholder,
    /// Several dates are stated.
    Several,
    /// No known form of a date.
    NotUnderstood,
}

impl Problem {
    /// Whether the date might be read if its language were known.
    pub(crate) fn depends_on_language(self) -> bool {
        matches!(self, Problem::DayOrMonth | Problem::MonthOfSeveral | Problem::Buddhist | Problem::TooEarly)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Problem::NoSuchDay => "no such day",
            Problem::NoSuchTime => "no such time of day",
            Problem::TwoDigitYear => "a year of two digits",
            Problem::DayOrMonth => "day and month cannot be told apart",
            Problem::MonthOfSeveral => "languages differ on which month this is",
            Problem::NoYear => "names no year",
            Problem::NoDay => "names no day",
            Problem::TooEarly => "a year before the first newspapers, or of another calendar",
            Problem::TooLate => "a year that is still to come, or of another calendar",
            Problem::Buddhist => "a year to come, or of the Buddhist calendar, which it does not name",
            Problem::Placeholder => "the moment at which computers begin to count, a placeholder",
            Problem::Several => "several dates",
            Problem::NotUnderstood => "not understood",
        })
    }
}

/// The instant that a date names; `None` for what is no date that exists, or is written in a way not known here.
pub fn instant(written: &str) -> Option<Timestamp> {
    parse(written).ok()?.instant()
}

/// Reads a date whose language is not known.
///
/// # Errors
/// Why it cannot be used.
pub fn parse(written: &str) -> Result<Published, Problem> {
    parse_in(written, None)
}

/// Reads a date of a text in `language`, a tag such as `hr`, `hrv` or `en-GB`: it decides where languages differ.
///
/// # Errors
/// Why it cannot be used.
pub(crate) fn parse_in(written: &str, language: Option<&str>) -> Result<Published, Problem> {
    let written = written.trim().trim_matches(['*', '_', '"', '\'']).trim();
    if let Some(published) = Published::from_iso(written) {
        return usable(published);
    }
    if let Some(published) = epoch(written) {
        return usable(published?);
    }
    if written.len() > LONGEST {
        return Err(Problem::NotUnderstood);
    }
    Line::of(written, language).published()
}

/// Refuses what is a date and cannot be one of publication.
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
    // The zero of Unix time, also as a clock in another zone shows it, or with its time cut off.
    let zero = match published.time {
        Some(_) => published.instant().is_some_and(|instant| instant.as_second() == 0),
        None => published.date == jiff::civil::date(1970, 1, 1),
    };
    if zero { Err(Problem::Placeholder) } else { Ok(published) }
}

/// Seconds, milliseconds or microseconds since 1970, as programs write them: from 2001 on, so that no other number is taken for
/// one. Also with a fraction (`1710138000.123`), and as ASP.NET writes it (`/Date(1710138000000)/`).
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
