//! The publication date of a document, as precise as it was written.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::Offset;

/// Seconds in a calendar day, ignoring clock changes.
pub const SECONDS_A_DAY: u32 = 86_400;

/// A publication date, as precise as it was written. The offset is known only if there is a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// The day.
    pub date: Date,
    /// The time of day, if known.
    pub time: Option<Time>,
    /// The offset from UTC, if known.
    pub offset: Option<Offset>,
}

impl Published {
    /// Parses ISO 8601, with or without a time and an offset; `None` for anything else.
    pub fn from_iso(written: &str) -> Option<Self> {
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
        Some(Self { date: pieces.date(), time: pieces.time(), offset })
    }

    /// Returns the instant. A date without a time counts as midnight, and a time without an offset as UTC. `None` if the instant
    /// is out of range.
    pub fn instant(self) -> Option<Timestamp> {
        let civil = self.date.to_datetime(self.time.unwrap_or(Time::midnight()));
        civil.to_zoned(self.offset.unwrap_or(Offset::UTC).to_time_zone()).ok().map(|zoned| zoned.timestamp())
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
