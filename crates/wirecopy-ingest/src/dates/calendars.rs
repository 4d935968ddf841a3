//! Converts dates of other calendars, and days given by week or by number, to Gregorian dates.

use jiff::civil::{Date, ISOWeekDate, Weekday};

use super::Problem;

/// Years by which the Buddhist era of Thailand, Laos and Cambodia runs ahead of the common era.
const BUDDHIST: i16 = 543;

/// Converts a date whose year is of the Buddhist era.
pub(super) fn buddhist(year: i16, month: i8, day: i8) -> Result<Date, Problem> {
    Date::new(year - BUDDHIST, month, day).map_err(|_| Problem::NoSuchDay)
}

/// Converts a date of the Solar Hijri calendar (Iran, Afghanistan), whose year begins at the spring equinox.
///
/// Leap years follow the 33-year cycle, which agrees with the observed calendar from 1178 to 1633 (1799 to 2255 CE).
pub(super) fn solar_hijri(year: i16, month: i8, day: i8) -> Result<Date, Problem> {
    let leap = |year: i16| matches!(year % 33, 1 | 5 | 9 | 13 | 17 | 22 | 26 | 30);
    let days = match month {
        1..=6 => 31,
        7..=11 => 30,
        12 if leap(year) => 30,
        12 => 29,
        _ => return Err(Problem::NoSuchDay),
    };
    if !(1178..=1633).contains(&year) {
        return Err(Problem::NotUnderstood);
    }
    if !(1..=days).contains(&day) {
        return Err(Problem::NoSuchDay);
    }
    // The first of Farvardin 1403 was 2024-03-20.
    let mut since = i32::from(day) - 1 + i32::from(month - 1) * 30 + i32::from((month - 1).min(6));
    for earlier in year.min(1403)..year.max(1403) {
        let length = if leap(earlier) { 366 } else { 365 };
        since += if year > 1403 { length } else { -length };
    }
    Date::constant(2024, 3, 20).checked_add(jiff::Span::new().days(since)).map_err(|_| Problem::NotUnderstood)
}

/// Returns the day of an ISO week date, such as `2024-W13-1`.
pub(super) fn of_week(year: i16, week: i8, day: i8) -> Result<Date, Problem> {
    let weekday = Weekday::from_monday_one_offset(day).map_err(|_| Problem::NoSuchDay)?;
    Ok(ISOWeekDate::new(year, week, weekday).map_err(|_| Problem::NoSuchDay)?.date())
}

/// Returns the day of an ordinal date, such as `2024-085`.
pub(super) fn of_year(year: i16, day: i16) -> Result<Date, Problem> {
    let first = Date::new(year, 1, 1).map_err(|_| Problem::NoSuchDay)?;
    if !(1..=first.days_in_year()).contains(&day) {
        return Err(Problem::NoSuchDay);
    }
    first.checked_add(jiff::Span::new().days(day - 1)).map_err(|_| Problem::NoSuchDay)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solar_hijri_dates_are_converted() {
        for (year, month, day, expected) in [
            (1402, 12, 21, "2024-03-11"),
            (1403, 1, 1, "2024-03-20"),
            (1402, 1, 1, "2023-03-21"),
            (1399, 12, 30, "2021-03-20"),
            (1400, 1, 1, "2021-03-21"),
            (1357, 11, 22, "1979-02-11"),
            (1404, 7, 1, "2025-09-23"),
        ] {
            assert_eq!(solar_hijri(year, month, day).map(|d| d.to_string()), Ok(expected.to_owned()));
        }
        assert_eq!(solar_hijri(1402, 12, 30), Err(Problem::NoSuchDay));
        assert_eq!(solar_hijri(1402, 13, 1), Err(Problem::NoSuchDay));
        assert_eq!(solar_hijri(2024, 1, 1), Err(Problem::NotUnderstood));
    }

    #[test]
    fn week_dates_and_ordinal_dates_are_converted() {
        assert_eq!(of_week(2024, 13, 1).map(|d| d.to_string()), Ok("2024-03-25".to_owned()));
        assert_eq!(of_week(2024, 53, 1), Err(Problem::NoSuchDay));
        assert_eq!(of_year(2024, 85).map(|d| d.to_string()), Ok("2024-03-25".to_owned()));
        assert_eq!(of_year(2023, 366), Err(Problem::NoSuchDay));
    }
}
