//! Finds calendar days in the tokens of a line.

use std::sync::LazyLock;

use jiff::civil::Date;

use super::times::{self, TimeOfDay};
use super::tokens::{Token, Word};
use super::{BUDDHIST, Problem, WORDS, calendars, words};
use wirecopy_core::word_table::{self, Words};

/// A day or the reason why it is unusable, with the tokens it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) date: Result<Date, Problem>,
    /// The time, if day and time form one number: 20240311072000.
    pub(super) timed: Option<TimeOfDay>,
}

/// Resolves dates that can be read in two ways.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Locale<'a> {
    /// The language tag of the text.
    pub(super) language: Option<&'a str>,
    /// Whether 11/03 means 11 March.
    pub(super) day_first: bool,
}

/// Years of the Solar Hijri calendar in which news has been published.
const SOLAR: std::ops::RangeInclusive<i16> = 1280..=1450;
/// Longest word allowed between day, month and year, in letters ("de", "of", "gada").
const MAX_LINK_CHARS: usize = 4;
/// Longer words allowed between day, month and year.
static LINKS: Words = LazyLock::new(|| word_table::words(WORDS, "link"));
/// Words for the Buddhist era.
static BUDDHIST_ERA: Words = LazyLock::new(|| word_table::words(WORDS, "buddhist era"));

/// Returns the days in a line, ignoring the tokens of its `times`. Linear: each attempt looks at a bounded number of tokens.
pub(super) fn all(tokens: &[Token], times: &[TimeOfDay], locale: Locale<'_>) -> Vec<Day> {
    let taken = |at: usize| times.iter().any(|t| (t.start..t.end).contains(&at));
    let free: Vec<usize> = (0..tokens.len()).filter(|&at| !taken(at)).collect();
    let view = View { tokens, free: &free, locale };
    let mut out = Vec::new();
    let mut at = 0;
    while at < free.len() {
        match view.day(at) {
            Some((date, length, timed)) if length > 0 => {
                let end = free[at + length - 1] + 1;
                out.push(Day { start: free[at], end: timed.map_or(end, |t| t.end.max(end)), date, timed });
                at += length;
            }
            _ => at += 1,
        }
    }
    out
}

/// A day, the number of free tokens it covers, and the time written together with it.
type Found = (Result<Date, Problem>, usize, Option<TimeOfDay>);

/// The tokens of a line that do not belong to a time.
struct View<'a> {
    tokens: &'a [Token],
    free: &'a [usize],
    locale: Locale<'a>,
}

/// A month name found in the line.
#[derive(Clone, Copy)]
struct Month {
    /// The month, 1 to 12; 0 if languages differ on it and the language is unknown.
    gregorian: Option<i8>,
    /// The month of the Solar Hijri calendar, 1 to 12.
    solar: Option<i8>,
    /// Whether the name is Thai, so that a late year is of the Buddhist era.
    thai: bool,
    end: usize,
}

impl View<'_> {
    fn at(&self, at: usize) -> Option<&Token> {
        self.tokens.get(*self.free.get(at)?)
    }

    fn number(&self, at: usize) -> Option<(u64, usize)> {
        self.at(at)?.number()
    }

    fn word(&self, at: usize) -> Option<&Word> {
        self.at(at)?.word()
    }

    fn is_mark(&self, at: usize, marks: &[char]) -> bool {
        self.at(at).is_some_and(|t| t.is_mark(marks))
    }

    /// Returns a day or a month: at most two digits and at most `most`.
    fn small(&self, at: usize, most: i8) -> Option<i8> {
        let (value, digits) = self.number(at)?;
        i8::try_from(value).ok().filter(|value| digits <= 2 && *value <= most)
    }

    fn year(&self, at: usize) -> Option<i16> {
        let (value, digits) = self.number(at)?;
        i16::try_from(value).ok().filter(|_| digits == 4)
    }

    fn day(&self, at: usize) -> Option<Found> {
        if self.at(at)?.number().is_some() {
            return self
                .compact(at)
                .or_else(|| self.week(at))
                .or_else(|| self.counted(at))
                .or_else(|| self.numeric(at))
                .or_else(|| self.day_and_name(at))
                .or_else(|| self.year_and_name(at))
                .or_else(|| self.lone_year(at));
        }
        self.counted_month(at).or_else(|| self.name_and_day(at))
    }

    /// Parses 20240311, 20240311T072000Z, 20240311072000, 202403110720.
    fn compact(&self, at: usize) -> Option<Found> {
        let (value, digits) = self.number(at)?;
        let (day, time) = match digits {
            8 => (value, None),
            12 => (value / 10_000, Some(value % 10_000 * 100)),
            14 => (value / 1_000_000, Some(value % 1_000_000)),
            _ => return None,
        };
        let (year, month, day) = (i16::try_from(day / 10_000).ok()?, day / 100 % 100, day % 100);
        if !(1000..=2700).contains(&year) || digits != 8 && !(1..=12).contains(&month) {
            return None;
        }
        let date = self.civil(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?, false);
        let token = *self.free.get(at)?;
        let timed = match time {
            Some(time) => Some(times::of_digits(self.tokens, time, token, token + 1)),
            None => {
                let joined = self.tokens.get(token + 1).is_some_and(|t| t.is(&["t"]) && !t.spaced);
                let clock =
                    self.tokens.get(token + 2).filter(|t| joined && !t.spaced).and_then(Token::number);
                let six = clock.and_then(|(value, digits)| match digits {
                    4 => Some(value * 100),
                    6 => Some(value),
                    _ => None,
                });
                six.map(|time| times::of_digits(self.tokens, time, token + 1, token + 3))
            }
        };
        // The tokens of the time cannot belong to another date.
        let length = timed.map_or(1, |t| self.free[at..].iter().take_while(|&&i| i < t.end).count());
        Some((date, length, timed))
    }

    /// Parses 2024-W13-1, 2024-085.
    fn week(&self, at: usize) -> Option<Found> {
        let year = self.year(at)?;
        if !self.is_mark(at + 1, &['-']) || self.at(at + 1)?.spaced {
            return None;
        }
        if let Some((day, 3)) = self.number(at + 2) {
            return Some((calendars::of_year(year, i16::try_from(day).ok()?), 3, None));
        }
        let week = self.at(at + 2)?.is(&["w"]).then(|| self.small(at + 3, 53))??;
        match (self.is_mark(at + 4, &['-']), self.small(at + 5, 7)) {
            (true, Some(day)) => Some((calendars::of_week(year, week, day), 6, None)),
            _ => Some((Err(Problem::NoDay), 4, None)),
        }
    }

    /// Parses 2024年3月11日, 2024년 3월 11일, 2024 оны 3 дугаар сарын 11, 11 tháng 3 năm 2024.
    fn counted(&self, at: usize) -> Option<Found> {
        if self.number(at)?.1 == 4 {
            let year = self.year(at)?;
            if !self.at(at + 1)?.is(&["年", "년", "оны"]) {
                return None;
            }
            let Some((month, _)) = self.number(at + 2) else { return Some((Err(Problem::NoDay), 2, None)) };
            let unit =
                (at + 3..at + 7).find(|&i| self.at(i).is_some_and(|t| t.is(&["月", "월", "сарын"])))?;
            let Some((day, _)) = self.number(unit + 1) else {
                return Some((Err(Problem::NoDay), unit - at, None));
            };
            let end =
                unit + 2 + usize::from(self.at(unit + 2).is_some_and(|t| t.is(&["日", "号", "號", "일"])));
            let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
            return Some((self.civil(year, month, day, false), end - at, None));
        }
        let day = self.small(at, 31)?;
        let named = (at + 1..at + 3).find(|&i| self.at(i).is_some_and(|t| t.is(&["thang", "thg"])))?;
        let month = self.small(named + 1, 12)?;
        let year = self.skip(named + 2);
        match self.year(year) {
            Some(number) => Some((self.civil(number, month, day, false), year + 1 - at, None)),
            None => Some((Err(Problem::NoYear), named + 2 - at, None)),
        }
    }

    /// Parses "Tháng 3 11, 2024".
    fn counted_month(&self, at: usize) -> Option<Found> {
        let month = self.at(at)?.is(&["thang", "thg"]).then(|| self.small(at + 1, 12))??;
        let day_at = self.skip(at + 2);
        let day = self.small(day_at, 31)?;
        let year = self.skip(day_at + 1);
        Some((self.civil(self.year(year)?, month, day, false), year + 1 - at, None))
    }

    /// Parses 2024-03-11, 2024. 3. 11., 11.03.2024, 11/03/2024.
    fn numeric(&self, at: usize) -> Option<Found> {
        const SEPARATORS: [char; 3] = ['-', '.', '/'];
        let (first, digits) = self.number(at)?;
        let separator = self.at(at + 1)?.mark().filter(|mark| SEPARATORS.contains(mark))?;
        let (second, more) = self.number(at + 2)?;
        let third = if self.is_mark(at + 3, &[separator]) { self.number(at + 4) } else { None };
        let small = |value: u64| i8::try_from(value).unwrap_or(i8::MAX);
        let (Some((third, last)), true) = (third, more <= 2) else {
            // 2024-03
            let month = digits == 4 && more == 2 && separator != '.' && (1..=12).contains(&second);
            return (month && self.plausible(first)).then_some((Err(Problem::NoDay), 3, None));
        };
        let date = match (digits, last) {
            (4, 1 | 2) => self.civil(i16::try_from(first).ok()?, small(second), small(third), false),
            (1 | 2, 4) if separator == '.' || self.locale.day_first => {
                self.civil(i16::try_from(third).ok()?, small(second), small(first), false)
            }
            (1 | 2, 4) => {
                let year = i16::try_from(third).ok()?;
                match (first > 12, second > 12) {
                    (true, _) => self.civil(year, small(second), small(first), false),
                    (false, true) => self.civil(year, small(first), small(second), false),
                    (false, false) if first == second => self.civil(year, small(first), small(first), false),
                    (false, false) => Err(Problem::AmbiguousDay),
                }
            }
            (1 | 2, 1 | 2) if first <= 31 && second <= 31 => Err(Problem::TwoDigitYear),
            _ => return None,
        };
        Some((date, 5, None))
    }

    /// Parses 11 March 2024, 11 de marzo de 2024, 11th of March, 2024, 11-Mar-2024, 11 آذار/مارس 2024.
    fn day_and_name(&self, at: usize) -> Option<Found> {
        let day = self.small(at, 31)?;
        let month = self.month(self.skip(at + 1))?;
        self.with_year(at, day, month)
    }

    /// Parses March 11, 2024; Mar. 11th 2024.
    fn name_and_day(&self, at: usize) -> Option<Found> {
        let month = self.month(at)?;
        let day_at = self.skip(month.end);
        if let Some(year) = self.year(day_at) {
            // "September 2024".
            return (self.plausible(year.unsigned_abs().into())).then_some((
                Err(Problem::NoDay),
                day_at + 1 - at,
                None,
            ));
        }
        let day = self.small(day_at, 31)?;
        self.with_year(at, day, Month { end: day_at + 1, ..month })
    }

    fn with_year(&self, at: usize, day: i8, month: Month) -> Option<Found> {
        let year_at = self.skip(month.end);
        if let Some(year) = self.year(year_at) {
            return Some((self.named(year, month, day, year_at), year_at + 1 - at, None));
        }
        let short = self.number(year_at).is_some_and(|(_, digits)| digits == 2);
        // "11 March - 12 March 2024": the second number is a day.
        let is_day = self.month(self.skip(year_at + 1)).is_some();
        let problem = if short && !is_day { Problem::TwoDigitYear } else { Problem::NoYear };
        let end = if problem == Problem::TwoDigitYear { year_at + 1 } else { month.end };
        Some((Err(problem), end - at, None))
    }

    /// Parses 2024 March 11, 2024. március 11., 2024. gada 11. marts.
    fn year_and_name(&self, at: usize) -> Option<Found> {
        let year = self.year(at).filter(|year| self.plausible(u64::try_from(*year).unwrap_or(0)))?;
        let next = self.skip(at + 1);
        if let Some(month) = self.month(next) {
            let day_at = self.skip(month.end);
            return match self.small(day_at, 31) {
                Some(day) => Some((self.named(year, month, day, at), day_at + 1 - at, None)),
                None => Some((Err(Problem::NoDay), month.end - at, None)),
            };
        }
        let day = self.small(next, 31)?;
        let month = self.month(self.skip(next + 1))?;
        Some((self.named(year, month, day, at), month.end - at, None))
    }

    /// Recognises a line that is only a year.
    fn lone_year(&self, at: usize) -> Option<Found> {
        let alone = self.tokens.len() == 1;
        (alone && self.year(at).is_some()).then_some((Err(Problem::NoDay), 1, None))
    }

    /// Parses a month: one word, a phrase of up to three words, or two names of the same month.
    fn month(&self, at: usize) -> Option<Month> {
        let (mut months, solar, thai, mut end) = self.month_name(at)?;
        if months != 0
            && self.is_mark(end, &['/', '-', '('])
            && let Some((other, _, _, other_end)) = self.month_name(end + 1)
            && months & other != 0
        {
            months &= other;
            end = other_end + usize::from(self.is_mark(other_end, &[')']));
        }
        let text = &self.word(at)?.text;
        let gregorian = match months.count_ones() {
            1 => i8::try_from(months.trailing_zeros() + 1).ok(),
            0 => None,
            // Zero: languages differ.
            _ => {
                let own = self.locale.language.and_then(|language| words::month_in(text, language));
                own.map_or(Some(0), |month| i8::try_from(month).ok())
            }
        };
        Some(Month { gregorian, solar, thai, end })
    }

    fn month_name(&self, at: usize) -> Option<(u16, Option<i8>, bool, usize)> {
        let first = self.word(at)?;
        for length in [3, 2] {
            let parts: Option<Vec<&str>> =
                (at..at + length).map(|i| self.word(i).map(|word| word.text.as_str())).collect();
            if let Some(meaning) = parts.and_then(|parts| words::phrase(&parts.join(" ")))
                && meaning.is_month()
            {
                return Some((meaning.months, None, false, at + length));
            }
        }
        if !first.meaning.is_month() {
            return None;
        }
        let thai = first.text.starts_with(|c: char| ('\u{e00}'..='\u{e7f}').contains(&c));
        let solar = first.meaning.solar.and_then(|month| i8::try_from(month).ok());
        Some((first.meaning.months, solar, thai, at + 1))
    }

    /// Skips what may separate day, month and year: punctuation and at most two short words.
    fn skip(&self, mut at: usize) -> usize {
        let mut words = 0;
        for _ in 0..6 {
            let Some(token) = self.at(at) else { break };
            let linking = token.word().is_some_and(|word| {
                let short =
                    word.text.chars().count() <= MAX_LINK_CHARS || LINKS.contains(&word.text.as_str());
                short && !word.meaning.is_month() && self.month_name(at).is_none()
            });
            if linking && words < 2 {
                words += 1;
            } else if !token.is_mark(&['.', ',', '/', '-', 'º', 'ª', '°', '|', '·', '\'', ')', '(']) {
                break;
            }
            at += 1;
        }
        at
    }

    fn named(&self, year: i16, month: Month, day: i8, year_at: usize) -> Result<Date, Problem> {
        let era = year_at.checked_sub(1).and_then(|i| self.at(i)).is_some_and(|t| t.is(&BUDDHIST_ERA))
            || year_at.checked_sub(2).and_then(|i| self.at(i)).is_some_and(|t| t.is(&BUDDHIST_ERA))
            || self.at(year_at + 1).is_some_and(|t| t.is(&BUDDHIST_ERA));
        match (month.solar, month.gregorian) {
            (Some(solar), _) if SOLAR.contains(&year) => calendars::solar_hijri(year, solar, day),
            (_, Some(0)) => Err(Problem::AmbiguousMonth),
            (_, Some(month_number)) => self.civil(year, month_number, day, era || month.thai),
            _ => Err(Problem::NotUnderstood),
        }
    }

    /// Returns the day in the calendar that its year belongs to.
    fn civil(&self, year: i16, month: i8, day: i8, buddhist: bool) -> Result<Date, Problem> {
        let tag = self.locale.language.and_then(|tag| tag.split(['-', '_']).next()).unwrap_or_default();
        let is_language = |tags: &[&str]| tags.iter().any(|one| one.eq_ignore_ascii_case(tag));
        if BUDDHIST.contains(&year) && (buddhist || is_language(&["th", "tha"])) {
            return calendars::buddhist(year, month, day);
        }
        if SOLAR.contains(&year) && is_language(&["fa", "fas", "per", "pes"]) {
            return calendars::solar_hijri(year, month, day);
        }
        Date::new(year, month, day).map_err(|_| Problem::NoSuchDay)
    }

    fn plausible(&self, year: u64) -> bool {
        (1000..=2700).contains(&year)
    }
}
