//! Publication dates as they are written, to instants.

use jiff::civil::{Date, DateTime};
use jiff::fmt::{rfc2822, strtime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// The forms that pages, feeds and archives use, most exact first. A date without a time is its first moment, a time
/// without a zone is taken for UTC.
const DATE_TIMES: &[&str] = &[
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d %B %Y %H:%M",
    "%d %b %Y %H:%M",
    "%B %d %Y %H:%M",
    "%b %d %Y %H:%M",
    "%B %d %Y %I:%M%p",
    "%b %d %Y %I:%M%p",
    "%a %b %d %Y %I:%M%p",
    "%Y%m%dT%H%M%S",
    "%Y年%m月%d日 %H:%M",
];
const DATES: &[&str] = &[
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d.%m.%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d %Y",
    "%b %d %Y",
    "%A %B %d %Y",
    "%A %d %B %Y",
    "%a %b %d %Y",
    "%Y年%m月%d日",
    "%Y년 %m월 %d일",
];
/// Zones that news writes by their letters, in minutes from UTC.
const ZONES: &[(&str, i32)] = &[
    ("GMT", 0),
    ("UTC", 0),
    ("BST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("MSK", 180),
    ("IST", 330),
    ("JST", 540),
    ("KST", 540),
];

/// The instant that a date names; `None` for what is no date that exists, or is written in a way not known here.
pub fn instant(written: &str) -> Option<Timestamp> {
    let written = written.trim();
    if let Ok(timestamp) = written.parse::<Timestamp>() {
        return Some(timestamp);
    }
    if let Ok(zoned) = rfc2822::parse(written) {
        return Some(Zoned::timestamp(&zoned));
    }
    let (written, minutes) = split_zone(written);
    let plain: String = written.replace(',', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let civil = plain.parse::<DateTime>().ok().or_else(|| {
        let date_time = DATE_TIMES.iter().find_map(|form| DateTime::strptime(form, &plain).ok());
        date_time.or_else(|| DATES.iter().find_map(|form| Some(date(form, &plain)?.at(0, 0, 0, 0))))
    })?;
    let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
    zoned.timestamp().checked_sub(jiff::SignedDuration::from_mins(i64::from(minutes))).ok()
}

fn date(form: &str, written: &str) -> Option<Date> {
    strtime::parse(form, written).ok()?.to_date().ok()
}

fn split_zone(written: &str) -> (&str, i32) {
    let Some((rest, zone)) = written.rsplit_once(' ') else { return (written, 0) };
    ZONES.iter().find(|(name, _)| *name == zone).map_or((written, 0), |&(_, minutes)| (rest, minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(written: &str) -> String {
        instant(written).map_or("-".to_owned(), |t| t.to_string())
    }

    #[test]
    fn the_usual_forms_are_understood() {
        for written in [
            "2024-03-11T14:20:00Z",
            "2024-03-11T15:20:00+01:00",
            "Mon, 11 Mar 2024 15:20:00 +0100",
            "2024-03-11 14:20:00",
            "2024-03-11 14:20",
            "11.03.2024 14:20",
            "11 March 2024, 14:20",
            "Mar 11, 2024 2:20pm GMT",
            "Mon Mar 11, 2024 10:20am EDT",
        ] {
            assert_eq!(utc(written), "2024-03-11T14:20:00Z", "{written}");
        }
        for written in
            ["2024-03-11", "20240311", "11 March 2024", "March 11, 2024", "2024年3月11日", "11.03.2024"]
        {
            assert_eq!(utc(written), "2024-03-11T00:00:00Z", "{written}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for written in ["", "yesterday", "0000-00-00", "31 February 2024", "2024-13-01", "12345"] {
            assert_eq!(utc(written), "-", "{written}");
        }
    }
}
