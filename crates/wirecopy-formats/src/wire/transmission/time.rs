//! Times of transmission.

/// First letters of the months' names in languages of agencies that transmit in these forms, in lower case without accents.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen"],
    &["feb", "fev", "fevr"],
    &["mar", "mrz", "mrt", "maa", "mae"],
    &["apr", "avr", "abr"],
    &["may", "mai", "maj", "mei", "mag"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aou", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "dez", "des", "dic"],
];
/// Offsets from UTC in minutes.
const ZONES: [(&str, i32); 17] = [
    ("GMT", 0),
    ("UTC", 0),
    ("Z", 0),
    ("WET", 0),
    ("CET", 60),
    ("MEZ", 60),
    ("CEST", 120),
    ("MESZ", 120),
    ("EET", 120),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
];
/// Two-digit years before this one are of this century: the forms are of 1979.
const CENTURY: u32 = 70;

/// A time of day, and the zone if it was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::wire) struct Clock {
    pub hour: u32,
    pub minute: u32,
    /// Offset from UTC in minutes.
    pub offset: Option<i32>,
}

/// Returns the number of a month that is written as a name or its beginning.
pub(in crate::wire) fn month(name: &str) -> Option<u32> {
    let plain = |c: char| match c {
        'é' | 'è' | 'ê' => 'e',
        'ä' | 'á' | 'à' => 'a',
        'û' | 'ú' | 'ü' => 'u',
        c => c,
    };
    let name: String = name.trim_end_matches('.').to_lowercase().chars().map(plain).collect();
    if !name.chars().all(char::is_alphabetic) {
        return None;
    }
    let is = |beginnings: &&[&str]| beginnings.iter().any(|beginning| name.starts_with(beginning));
    (1..).zip(&MONTHS).find(|(_, beginnings)| is(beginnings)).map(|(number, _)| number)
}

/// Returns the offset of a zone from UTC in minutes.
pub(in crate::wire) fn offset(zone: &str) -> Option<i32> {
    ZONES.iter().find(|(name, _)| name.eq_ignore_ascii_case(zone)).map(|(_, minutes)| *minutes)
}

/// Returns a year of two or four digits.
pub(in crate::wire) fn year(digits: &str) -> Option<u32> {
    let number = number(digits)?;
    match digits.len() {
        2 if number < CENTURY => Some(2000 + number),
        2 => Some(1900 + number),
        4 if (1970..2100).contains(&number) => Some(number),
        _ => None,
    }
}

/// Returns the day, hour and minute of six digits.
pub(in crate::wire) fn day_and_time(digits: &str) -> Option<(u32, u32, u32)> {
    if digits.len() != 6 {
        return None;
    }
    let part = |at: usize| number(digits.get(at..at + 2)?);
    Some((part(0)?, part(2)?, part(4)?))
}

/// Returns a date in ISO 8601, with the time if it is known. `None` if there is no such day or time.
pub(in crate::wire) fn iso(year: u32, month: u32, day: u32, clock: Option<Clock>) -> Option<String> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days).contains(&day) {
        return None;
    }
    let mut date = format!("{year:04}-{month:02}-{day:02}");
    let Some(Clock { hour, minute, offset }) = clock else { return Some(date) };
    if hour > 23 || minute > 59 {
        return None;
    }
    date.push_str(&format!("T{hour:02}:{minute:02}"));
    if let Some(offset) = offset {
        let sign = if offset < 0 { '-' } else { '+' };
        date.push_str(&format!("{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60));
    }
    Some(date)
}

/// Returns the number that a few digits and nothing else are.
pub(in crate::wire) fn number(digits: &str) -> Option<u32> {
    let is_short = (1..=4).contains(&digits.len());
    (is_short && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_of_several_languages_are_known() {
        for (name, number) in [
            ("jan", 1),
            ("JAN.", 1),
            ("ene", 1),
            ("F\u{e9}v", 2),
            ("M\u{e4}r", 3),
            ("mrt", 3),
            ("Avril", 4),
            ("Mai", 5),
            ("maj", 5),
            ("juin", 6),
            ("juil", 7),
            ("lug", 7),
            ("ao\u{fb}t", 8),
            ("Sept", 9),
            ("Okt", 10),
            ("out", 10),
            ("nov", 11),
            ("Dez", 12),
            ("des", 12),
        ] {
            assert_eq!(month(name), Some(number), "{name}");
        }
        for name in ["", "ja", "xyz", "no1"] {
            assert_eq!(month(name), None, "{name}");
        }
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        let clock = |hour, minute| Some(Clock { hour, minute, offset: Some(-210) });
        assert_eq!(iso(2024, 2, 29, clock(7, 5)).as_deref(), Some("2024-02-29T07:05-03:30"));
        assert_eq!(iso(2023, 2, 29, None), None);
        assert_eq!(iso(2000, 2, 29, None).as_deref(), Some("2000-02-29"));
        assert_eq!(iso(1900, 2, 29, None), None);
        assert_eq!(iso(2024, 0, 1, None), None);
        assert_eq!(iso(2024, 1, 1, clock(24, 0)), None);
        assert_eq!(
            (year("69"), year("70"), year("1998"), year("1898"), year("123")),
            (Some(2069), Some(1970), Some(1998), None, None)
        );
    }
}
