//! The day of a date as it was found, for the span of a cluster.

use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

use crate::dates::instant;

/// The day that `text` names: the day as the publisher wrote it where that is plain, so that an offset does not move
/// it, else the day in UTC. `None` for what is no date.
pub(crate) fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    text.parse::<DateTime>()
        .map(DateTime::date)
        .or_else(|_| rfc2822::parse(text).map(|time| time.date()))
        .ok()
        .or_else(|| Some(instant(text)?.to_zoned(TimeZone::UTC).date()))
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn understands_the_forms_that_news_uses() {
        for text in [
            "2024-03-01",
            "2024-03-01T06:30:00",
            "2024-03-01 06:30",
            "2024-03-01T06:30:00Z",
            "2024-03-01T06:30:00+02:00",
            "20240301",
            "Fri, 1 Mar 2024 06:30:00 GMT",
            "2024-03-01T00:30:00+02:00",
            "March 1, 2024",
        ] {
            assert_eq!(day(text).map(|d| d.to_string()).as_deref(), Some("2024-03-01"), "{text}");
        }
        assert_eq!(day("1/3/2024"), None);
        assert_eq!(day("yesterday"), None);
    }
}
