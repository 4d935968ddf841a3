//! Resolves time zones: the abbreviations written after a time (`data/zones.tsv`) and the zone set by the user.

use std::collections::HashMap;

use std::sync::OnceLock;

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use wirecopy_core::published::Published;

use wirecopy_core::word_table;

static ZONES: &str = include_str!("../../data/zones.tsv");

/// Folders of the IANA time zone database; the first that has the zone is used.
const DATABASES: [&str; 4] =
    ["/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"];
/// The largest offset from UTC in use, in minutes.
pub(super) const MAX_OFFSET: i32 = 14 * 60;

/// The zone that an abbreviation stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Abbreviation {
    /// Standard offset from UTC.
    minutes: i32,
    /// Whether daylight saving time applies by the rules of the United States: "ET" is EST or EDT.
    changes: bool,
}

impl Abbreviation {
    /// Returns the offset on a day; `None` before 2007 if clocks change, because the rules were different.
    pub(super) fn offset(self, date: Date) -> Option<Offset> {
        if !self.changes {
            return of_minutes(self.minutes);
        }
        if date.year() < 2007 {
            return None;
        }
        let sunday = |month: i8, nth: i8| {
            Date::new(date.year(), month, 1)
                .and_then(|first| first.nth_weekday_of_month(nth, Weekday::Sunday))
        };
        let summer = sunday(3, 2).ok()? <= date && date < sunday(11, 1).ok()?;
        of_minutes(self.minutes + if summer { 60 } else { 0 })
    }

    /// Returns whether it stands for UTC, so that an offset may follow: "GMT+0100".
    pub(super) fn is_utc(self) -> bool {
        self.minutes == 0 && !self.changes
    }
}

/// Looks up a folded abbreviation.
pub(super) fn abbreviation(folded: &str) -> Option<Abbreviation> {
    static TABLE: OnceLock<HashMap<String, Abbreviation>> = OnceLock::new();
    TABLE.get_or_init(|| word_table::shipped(read(ZONES))).get(folded).copied()
}

fn read(table: &str) -> Result<HashMap<String, Abbreviation>, String> {
    let mut zones = HashMap::new();
    for cells in word_table::rows(table) {
        let cells: Vec<&str> = cells.collect();
        let letters = |minutes: &str| {
            let (minutes, changes) =
                minutes.strip_suffix(" us").map_or((minutes, false), |minutes| (minutes, true));
            Some(Abbreviation { minutes: minutes.parse().ok()?, changes })
        };
        let zone = if let [name, minutes] = cells[..] {
            letters(minutes).map(|letters| (name, letters))
        } else {
            None
        };
        let (name, letters) = zone.ok_or_else(|| format!("expected letters and minutes, found {cells:?}"))?;
        zones.insert(super::fold(name), letters);
    }
    Ok(zones)
}

/// Converts minutes to an offset; `None` beyond [`MAX_OFFSET`].
pub(super) fn of_minutes(minutes: i32) -> Option<Offset> {
    (minutes.abs() <= MAX_OFFSET).then(|| Offset::from_seconds(minutes * 60).ok()).flatten()
}

/// The zone assumed for times without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Zone(TimeZone);

impl Zone {
    /// Parses an offset (`+01:00`, `-0330`, `Z`), or looks up a name (`Europe/Vienna`) in the system's time zone database.
    ///
    /// # Errors
    /// A sentence that says what to write instead.
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        let name = name.trim();
        if name.eq_ignore_ascii_case("utc") || name.eq_ignore_ascii_case("z") {
            return Ok(Self(TimeZone::UTC));
        }
        if name.starts_with(['+', '-']) {
            let offset =
                offset(name).ok_or_else(|| format!("`{name}` is not an offset: write it as `+01:00`"))?;
            return Ok(Self(offset.to_time_zone()));
        }
        // The name becomes a path inside the database folder and must not lead out of it.
        let safe = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
        if name.is_empty() || !name.chars().all(safe) {
            return Err(format!(
                "`{name}` is not a time zone: use a name such as `Europe/Vienna` or an offset such as `+01:00`"
            ));
        }
        let mut known = false;
        for path in DATABASES {
            let Ok(database) = TimeZoneDatabase::from_dir(path) else { continue };
            known |= !database.is_definitively_empty();
            if let Ok(zone) = database.get(name) {
                return Ok(Self(zone));
            }
        }
        Err(if known {
            format!(
                "unknown time zone `{name}`: use a name such as `Europe/Vienna` or an offset such as `+01:00`"
            )
        } else {
            format!(
                "cannot look up `{name}`, because no time zone database is installed: use an offset such as `+01:00`"
            )
        })
    }

    /// Returns an instant in ISO 8601, as the clocks of this zone show it, with their offset.
    #[cfg(feature = "parquet")]
    pub(crate) fn shown(&self, instant: jiff::Timestamp) -> String {
        instant.to_zoned(self.0.clone()).strftime("%FT%T%:z").to_string()
    }

    /// Returns a date with the offset of this zone on that day, where it has a time and no zone of its own.
    pub(crate) fn of(&self, published: Published) -> Published {
        match published.time {
            Some(time) if published.offset.is_none() => {
                Published { offset: self.offset_at(published.date.to_datetime(time)), ..published }
            }
            _ => published,
        }
    }

    /// Returns the offset at a local time; of the two offsets when clocks are set back, the earlier one.
    pub(super) fn offset_at(&self, civil: DateTime) -> Option<Offset> {
        Some(civil.to_zoned(self.0.clone()).ok()?.offset())
    }
}

/// Parses `+01:00`, `+0100`, `+01`.
fn offset(written: &str) -> Option<Offset> {
    let (sign, rest) = (if written.starts_with('-') { -1 } else { 1 }, written.get(1..)?);
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() == 4 && rest.is_ascii() => rest.split_at(2),
        None => (rest, "0"),
    };
    let number = |digits: &str| {
        let plain = (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if plain { digits.parse::<i32>().ok() } else { None }
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (minutes < 60).then(|| of_minutes(sign * (hours * 60 + minutes))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn malformed_row_is_an_error() {
        for table in ["CET", "CET\tsixty", "CET\t60\t1", "ET\t-300 uk"] {
            assert!(read(table).is_err(), "{table}");
        }
    }

    #[test]
    fn abbreviations_follow_the_clock_changes_of_their_country() {
        let seconds = |name: &str, day: Date| {
            abbreviation(name).and_then(|found| found.offset(day)).map(Offset::seconds)
        };
        assert_eq!(seconds("est", date(2024, 7, 1)), Some(-18_000));
        assert_eq!(seconds("et", date(2024, 7, 1)), Some(-14_400));
        assert_eq!(seconds("et", date(2024, 3, 9)), Some(-18_000));
        assert_eq!(seconds("et", date(2024, 3, 10)), Some(-14_400));
        assert_eq!(seconds("pt", date(2024, 11, 3)), Some(-28_800));
        assert_eq!(seconds("et", date(1999, 7, 1)), None);
        assert_eq!(seconds("мск", date(2024, 7, 1)), Some(10_800));
        assert_eq!(seconds("uhr", date(2024, 7, 1)), None);
    }

    #[test]
    fn zones_are_read_from_offsets_and_names() {
        let at = date(2024, 7, 1).at(12, 0, 0, 0);
        let seconds = |name: &str| Zone::named(name).ok().and_then(|z| z.offset_at(at)).map(Offset::seconds);
        for (name, expected) in [
            ("+01:00", Some(3_600)),
            ("-0330", Some(-12_600)),
            ("+5", Some(18_000)),
            ("UTC", Some(0)),
            ("+25:00", None),
            ("+01:75", None),
            ("+1:0:0", None),
            ("", None),
            ("../../etc/passwd", None),
            ("Nowhere/Norvik", None),
        ] {
            assert_eq!(seconds(name), expected, "{name}");
        }
        // Not every machine has a database.
        if std::path::Path::new("/usr/share/zoneinfo/Europe/Vienna").exists() {
            assert_eq!(seconds("Europe/Vienna"), Some(7_200));
            let winter = date(2024, 1, 1).at(12, 0, 0, 0);
            let vienna = Zone::named("Europe/Vienna").unwrap();
            assert_eq!(vienna.offset_at(winter).map(Offset::seconds), Some(3_600));
        }
    }
}
