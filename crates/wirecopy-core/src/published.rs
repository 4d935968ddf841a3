//! The publication date of a document, with the precision of the original.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::Offset;

/// Seconds in a calendar day.
pub const SECONDS_A_DAY: u32 = 86_400;

/// A publication date, with the precision of the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// The day.
    pub date: Date,
    /// The time of day, if it is stated.
    pub time: Option<Time>,
    /// The offset from UTC, if a zone is stated.
    pub offset: Option<Offset>,
}

impl Published {
    /// Reads ISO 8601, with or without a time and an offset; `None` for anything else.
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

    /// Returns the date as an instant. A date without a time is its first moment; a time without a zone is in UTC. Returns
    /// `None` if the instant is out of range.
    pub fn instant(self) -> Option<Timestamp> {
        let civil = self.date.to_datetime(self.time.unwrap_or(Time::midnight()));
        civil.to_zoned(self.offset.unwrap_or(Offset::UTC).to_time_zone()).ok().map(|zoned| zoned.timestamp())
    }
}

impl fmt::Display for Published {
    /// Writes ISO 8601 with the known precision: `2024-03-11`, `2024-03-11T14:20:00`, `2024-03-11T14:20:00+02:00`.
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
