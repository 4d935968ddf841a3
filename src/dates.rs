//! Publication dates as they are written, to days, times and zones.
//!
//! In: a date as a page, a record, a line or a path has it. Out: [`Published`], with the time and the zone as far as they are
//! written, or a [`Problem`] that says why it is no date that can be used. A day that no calendar has, or a year of two
//! digits, is refused rather than guessed.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::fmt::{rfc2822, strtime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// A day of the calendar, whatever clocks are set to.
pub(crate) const SECONDS_A_DAY: u32 = 86_400;

/// The forms that pages, feeds and archives use, most exact first.
const DATE_TIMES: &[&str] = &[
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y.%m.%d %H:%M:%S",
    "%Y.%m.%d %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d %B %Y %H:%M",
    "%d %b %Y %H:%M",
    "%B %d %Y %H:%M",
    "%b %d %Y %H:%M",
    "%B %d %Y %I:%M%p",
    "%b %d %Y %I:%M%p",
    "%a %b %d %Y %I:%M%p",
    "%a %d %b %Y %H:%M",
    "%A %d %B %Y %H:%M",
    "%Y%m%dT%H%M%S",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日 %H時%M分",
    "%Y年%m月%d日%H時%M分",
    "%Y年%m月%d日%H:%M",
    "%Y년 %m월 %d일 %H:%M",
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
    "%a %d %b %Y",
    "%Y年%m月%d日",
    "%Y년 %m월 %d일",
    "%Y %b %d",
];
/// No date is longer, in bytes. What is longer is not searched for one.
const LONGEST: usize = 256;
/// No newspaper is older; a smaller year is one of two digits, or a placeholder.
const FIRST_YEAR: i16 = 1600;
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
/// Names of the months in the languages of the press, January first: German, French, Spanish, Italian, Portuguese, Dutch,
/// Swedish, Danish and Norwegian, Polish, Czech, Slovak, Hungarian, Romanian, Croatian, Turkish, Indonesian, Russian,
/// Ukrainian, Bulgarian, Greek, Hindi, Arabic. The beginnings that a written month must have.
const MONTHS: [&str; 12] = [
    "jän jan januar janv ene enero gen genn styc led ledn sij oca ocak янв січ ян ιαν जन يناير",
    "feb febr fév févr febb fev lut úno únor velj şub фев лют фев φεβ फर फ़र فبراير",
    "mär már mars mar marz març maa mrt maart bře břez ožu mart maret мар бер март μαρ मार्च مارس",
    "avr apr abr kwie kwi dub travanj nis апр кві απρ अप्रैल أبريل إبريل",
    "mai may mag maj mei máj kvě květ svib may mayıs мая май тра травня μαΐ μαι मई مايو",
    "jun juin juni giu giugn czer czerw červen června lip haz июн чер червня юни ιουν जून يونيو",
    "jul juil juli lug lugl lipc lipi července červenec srp tem июл лип липня юли ιουλ जुलाई يوليو",
    "aug août aou ago agosto sier srpn kol ağu agu авг сер серпня αυγ अगस्त أغسطس",
    "sep sept set sett wrz zář září ruj eyl сен вер вересня септ σεπ सितंबर सितम्बर سبتمبر",
    "okt oct ott out paź październ říj lis eki окт жов жовтня οκτ अक्टूबर अक्तूबर أكتوبر",
    "nov noi lis listopad stu kas ноя лис листопада ноем νοε नवंबर नवम्बर نوفمبر",
    "dez déc dec dic dez gru grud pros pro ara des дек гру грудня δεκ दिसंबर दिसम्बर ديسمبر",
];
const ENGLISH: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// When something was published, as exactly as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) date: Date,
    pub(crate) time: Option<Time>,
    pub(crate) offset: Option<Offset>,
}

impl Published {
    /// The instant: a date without a time is its first moment, a time without a zone is taken for UTC.
    pub(crate) fn instant(self) -> Option<Timestamp> {
        let civil = self.date.to_datetime(self.time.unwrap_or(Time::midnight()));
        civil.to_zoned(self.offset.unwrap_or(Offset::UTC).to_time_zone()).ok().map(|zoned| zoned.timestamp())
    }
}

impl fmt::Display for Published {
    /// ISO 8601, with no more than is known: `2024-03-11`, `2024-03-11T14:20:00`, `2024-03-11T14:20:00+02:00`.
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
    TwoDigitYear,
    DayOrMonth,
    NotUnderstood,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Problem::NoSuchDay => "no such day",
            Problem::TwoDigitYear => "a year of two digits",
            Problem::DayOrMonth => "day and month cannot be told apart",
            Problem::NotUnderstood => "not understood",
        })
    }
}

/// The instant that a date names; `None` for what is no date that exists, or is written in a way not known here.
pub(crate) fn instant(written: &str) -> Option<Timestamp> {
    parse(written).ok()?.instant()
}

/// Reads a date.
///
/// # Errors
/// Why it cannot be used.
pub(crate) fn parse(written: &str) -> Result<Published, Problem> {
    let written = written.trim().trim_matches(['*', '_']);
    if written.len() > LONGEST {
        return Err(Problem::NotUnderstood);
    }
    if let Some(published) = understood(written).filter(|published| published.date.year() >= FIRST_YEAR) {
        return Ok(published);
    }
    let digits = numbers(written);
    if digits.len() >= 2 && digits.iter().all(|run| run.len() <= 2) {
        return Err(Problem::TwoDigitYear);
    }
    if let Some((1..=12, 1..=12, _)) = slashed(written) {
        return Err(Problem::DayOrMonth);
    }
    if with_first_day(written).is_some_and(|written| understood(&written).is_some()) {
        return Err(Problem::NoSuchDay);
    }
    Err(Problem::NotUnderstood)
}

fn understood(written: &str) -> Option<Published> {
    if let Some(published) = iso(written).or_else(|| epoch(written)) {
        return Some(published);
    }
    if numbers(written).iter().any(|run| run.len() == 4)
        && let Ok(zoned) = rfc2822::parse(written)
    {
        return Some(of_zoned(&zoned));
    }
    let (written, offset) = split_zone(written);
    // Most feeds write English or numbers: other languages' months are looked up only where that fails.
    let english = written.replace(',', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(published) = in_form(&english, offset) {
        return Some(published);
    }
    let mut plain: Vec<String> = written
        .replace([',', '|', '·'], " ")
        .split_whitespace()
        .map(|word| in_english(word).unwrap_or_else(|| word.to_owned()))
        .filter(|word| {
            !matches!(
                word.as_str(),
                "-" | "–" | "—" | "de" | "del" | "à" | "г." | "року" | "at" | "um" | "kl."
            )
        })
        .collect();
    let mut joined = plain.join(" ");
    loop {
        if let Some(published) = in_form(&joined, offset) {
            return Some(published);
        }
        // A word before or behind the date: "Published: …", "… Uhr".
        match (plain.first(), plain.last()) {
            (Some(first), _) if plain.len() > 1 && !has_digit(first) && !is_english_month(first) => {
                plain.remove(0)
            }
            (_, Some(last)) if plain.len() > 1 && !has_digit(last) && !is_english_month(last) => {
                plain.pop()?
            }
            _ => return None,
        };
        joined = plain.join(" ");
    }
}

fn in_form(plain: &str, offset: Option<Offset>) -> Option<Published> {
    // A form that fails costs more than one that holds: those of names need not be tried on a number, nor the reverse.
    let named = plain.starts_with(|c: char| !c.is_ascii_digit());
    let may_hold = |form: &&&str| ["%a", "%A", "%b", "%B"].iter().any(|name| form.starts_with(name)) == named;
    let date_time = DATE_TIMES.iter().filter(may_hold).find_map(|form| DateTime::strptime(form, plain).ok());
    if let Some(form) = date_time {
        return Some(Published { date: form.date(), time: Some(form.time()), offset });
    }
    let date =
        DATES.iter().filter(may_hold).find_map(|form| strtime::parse(form, plain).ok()?.to_date().ok());
    if let Some(date) = date {
        return Some(Published { date, time: None, offset: None });
    }
    // 24/09/2023: one of the numbers must be too large for a month.
    let (first, second, year) = slashed(plain)?;
    let (day, month) = match (first > 12, second > 12) {
        (true, false) => (first, second),
        (false, true) => (second, first),
        (false, false) if first == second => (first, second),
        _ => return None,
    };
    let date = Date::new(year, month, day).ok()?;
    let time = plain.split_whitespace().nth(1).map(|time| {
        let time = if time.len() < 6 { format!("{time}:00") } else { time.to_owned() };
        time.parse::<Time>().ok()
    });
    match time {
        Some(time) => Some(Published { date, time: Some(time?), offset }),
        None => Some(Published { date, time: None, offset: None }),
    }
}

/// `24/09/2023` and what may follow it: first number, second number, year.
fn slashed(written: &str) -> Option<(i8, i8, i16)> {
    let word = written.split_whitespace().next()?;
    let mut parts = word.split(['/', '-']);
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    (year.len() == 4 && first.len() <= 2 && second.len() <= 2 && parts.next().is_none())
        .then_some(())
        .and_then(|()| Some((first.parse().ok()?, second.parse().ok()?, year.parse().ok()?)))
}

/// ISO 8601 with its zone, if it has one.
fn iso(written: &str) -> Option<Published> {
    let pieces = Pieces::parse(written).ok()?;
    let offset = match pieces.offset() {
        None => None,
        Some(PiecesOffset::Zulu) => Some(Offset::UTC),
        Some(PiecesOffset::Numeric(numeric)) => Some(numeric.offset()),
        Some(_) => None,
    };
    Some(Published { date: pieces.date(), time: pieces.time(), offset })
}

/// Seconds or milliseconds since 1970, as programs write them: from 2001 on, so that no other number is taken for one.
fn epoch(written: &str) -> Option<Published> {
    if !written.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = written.parse().ok()?;
    let timestamp = match written.len() {
        10 => Timestamp::from_second(number),
        13 => Timestamp::from_millisecond(number),
        _ => return None,
    };
    Some(of_zoned(&timestamp.ok()?.to_zoned(TimeZone::UTC)))
}

fn of_zoned(zoned: &Zoned) -> Published {
    Published { date: zoned.date(), time: Some(zoned.time()), offset: Some(zoned.offset()) }
}

fn split_zone(written: &str) -> (&str, Option<Offset>) {
    let Some((rest, zone)) = written.rsplit_once(' ') else { return (written, None) };
    let minutes = ZONES.iter().find(|(name, _)| *name == zone).map(|&(_, minutes)| minutes);
    match minutes.and_then(|minutes| Offset::from_seconds(minutes * 60).ok()) {
        Some(offset) => (rest, Some(offset)),
        None => (written, None),
    }
}

/// The English short name of a month in another language; ordinal ends and full stops go.
fn in_english(word: &str) -> Option<String> {
    let bare = word.trim_end_matches('.');
    if bare.starts_with(|c: char| c.is_ascii_digit()) {
        let digits = bare.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let ordinal = matches!(&bare[digits.len()..], "st" | "nd" | "rd" | "th" | "er" | "º");
        let dotted = bare.len() < word.len() && digits.len() <= 4 && digits.len() == bare.len();
        return (ordinal || dotted).then(|| digits.to_owned());
    }
    if bare.chars().count() < 3 {
        return None;
    }
    let lower = bare.to_lowercase();
    // The longest beginning decides: "června" is June, "července" July.
    let mut best: Option<(usize, usize)> = None;
    for (month, beginnings) in MONTHS.iter().enumerate() {
        for beginning in beginnings.split(' ') {
            if lower.starts_with(beginning) && best.is_none_or(|(length, _)| beginning.len() > length) {
                best = Some((beginning.len(), month));
            }
        }
    }
    // "Sept" and the like, which English writes too; weekdays begin like some months ("mar", "lis").
    let (length, month) = best?;
    let weekday =
        lower.ends_with("day") || lower.ends_with("di") || lower.ends_with("es") && lower.starts_with("mart");
    (!weekday && length + 8 >= lower.len()).then(|| ENGLISH[month].to_owned())
}

fn is_english_month(word: &str) -> bool {
    ENGLISH.contains(&word)
}

fn has_digit(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit())
}

/// The runs of digits of a date, those of its time left out.
fn numbers(written: &str) -> Vec<&str> {
    let runs = written.split_whitespace().filter(|word| !word.contains(':'));
    runs.flat_map(|word| word.split(|c: char| !c.is_ascii_digit())).filter(|run| !run.is_empty()).collect()
}

/// The same date on a day that exists: what is understood only so names a day that does not.
fn with_first_day(written: &str) -> Option<String> {
    let first = written.split(['T', ' ']).next()?;
    let parts: Vec<&str> = first.split(['-', '/', '.']).filter(|part| !part.is_empty()).collect();
    let numeric = first.bytes().all(|byte| byte.is_ascii_digit() || b"-/.".contains(&byte));
    if numeric
        && (parts.len() == 3 || (first.len() == 8 && (first.starts_with("19") || first.starts_with("20"))))
    {
        return Some("2000-01-01".to_owned());
    }
    let day = written
        .split_whitespace()
        .map(|word| word.trim_end_matches([',', '.']))
        .find(|word| word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some(written.replacen(day, "1", 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(written: &str) -> String {
        instant(written).map_or("-".to_owned(), |t| t.to_string())
    }

    fn shown(written: &str) -> String {
        parse(written).map_or_else(|problem| problem.to_string(), |published| published.to_string())
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
            "11. März 2024, 14:20 Uhr",
            "11 марта 2024 г., 14:20",
            "2024年3月11日 14時20分",
            "1710166800",
            "1710166800000",
        ] {
            assert_eq!(utc(written), "2024-03-11T14:20:00Z", "{written}");
        }
        for written in [
            "2024-03-11",
            "20240311",
            "11 March 2024",
            "March 11, 2024",
            "March 11th, 2024",
            "2024年3月11日",
            "11.03.2024",
            "11 mars 2024",
            "11 de marzo de 2024",
            "11. března 2024",
            "2024. március 11.",
            "11 березня 2024",
        ] {
            assert_eq!(utc(written), "2024-03-11T00:00:00Z", "{written}");
        }
    }

    #[test]
    fn zones_and_exactness_are_kept() {
        assert_eq!(shown("2024-03-11T15:20:00+01:00"), "2024-03-11T15:20:00+01:00");
        assert_eq!(shown("Mon, 11 Mar 2024 15:20:00 GMT"), "2024-03-11T15:20:00Z");
        assert_eq!(shown("Mon Mar 11, 2024 10:20am EDT"), "2024-03-11T10:20:00-04:00");
        assert_eq!(shown("2024-03-11 15:20"), "2024-03-11T15:20:00");
        assert_eq!(shown("15/07/2024 18:45"), "2024-07-15T18:45:00");
        assert_eq!(shown("7/15/2024"), "2024-07-15");
        assert_eq!(shown("4. července 2024"), "2024-07-04");
        assert_eq!(shown("4. června 2024"), "2024-06-04");
    }

    #[test]
    fn what_is_no_date_says_why() {
        for (written, problem) in [
            ("", "not understood"),
            ("yesterday", "not understood"),
            ("12345", "not understood"),
            ("0000-00-00", "no such day"),
            ("0000-00-00 00:00:00", "no such day"),
            ("2024-02-31", "no such day"),
            ("2024-02-31T10:00:00Z", "no such day"),
            ("31 February 2024", "no such day"),
            ("February 31, 2024", "no such day"),
            ("2024-13-01", "no such day"),
            ("31.02.2024", "no such day"),
            ("20240231", "no such day"),
            ("24/09/23", "a year of two digits"),
            ("24.9.23", "a year of two digits"),
            ("24 Sep 23", "a year of two digits"),
            ("Sun, 24 Sep 23 13:05:00 GMT", "a year of two digits"),
            ("03/04/2024", "day and month cannot be told apart"),
        ] {
            assert_eq!(shown(written), problem, "{written}");
        }
    }
}
