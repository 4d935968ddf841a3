//! Finds times of day in the tokens of a line, each with its zone.

use std::sync::LazyLock;

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use super::WORDS;
use super::tokens::Token;
use super::zones::{self, Abbreviation};
use wirecopy_core::word_table::{self, Words};

/// A time of day and the tokens it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeOfDay {
    pub(super) start: usize,
    pub(super) end: usize,
    /// `None` if there is no such time of day.
    pub(super) time: Option<Time>,
    /// Whether it is "24:00", which is midnight of the next day.
    pub(super) next_day: bool,
    zone: Option<WrittenZone>,
}

/// A zone as written: an offset or an abbreviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WrittenZone {
    Offset(Offset),
    Abbreviation(Abbreviation),
}

impl TimeOfDay {
    /// Returns the UTC offset on a day, if a zone was written.
    pub(super) fn offset(&self, date: Date) -> Option<Offset> {
        match self.zone? {
            WrittenZone::Offset(offset) => Some(offset),
            WrittenZone::Abbreviation(abbreviation) => abbreviation.offset(date),
        }
    }
}

/// Folded words before a time: after one of them, a full stop separates hours and minutes ("at 15.05").
static BEFORE: Words = LazyLock::new(|| word_table::words(WORDS, "before time"));
/// Folded words after a time: before one of them, a full stop separates hours and minutes ("15.05 Uhr").
static AFTER: Words = LazyLock::new(|| word_table::words(WORDS, "after time"));
/// Folded words between a time and its zone.
static BEFORE_ZONE: Words = LazyLock::new(|| word_table::words(WORDS, "before zone"));
/// Folded units of hours.
static HOURS: Words = LazyLock::new(|| word_table::words(WORDS, "hour"));
/// Folded units of minutes.
static MINUTES: Words = LazyLock::new(|| word_table::words(WORDS, "minute"));
/// Folded units of seconds.
static SECONDS: Words = LazyLock::new(|| word_table::words(WORDS, "second"));

/// Returns the unambiguous times in a line. Linear in the tokens.
pub(super) fn all(tokens: &[Token]) -> Vec<TimeOfDay> {
    let mut out: Vec<TimeOfDay> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match at_token(tokens, at) {
            Some(timed) => {
                at = timed.end;
                out.push(timed);
            }
            None => at += 1,
        }
    }
    out
}

/// Hours, minutes and seconds as written, before a.m. and p.m. are applied.
struct Clock {
    hour: u64,
    minute: u64,
    second: u64,
    /// Index after the last token.
    end: usize,
    /// Whether it is a time regardless of the words around it.
    unambiguous: bool,
}

fn at_token(tokens: &[Token], at: usize) -> Option<TimeOfDay> {
    let (_, digits) = tokens[at].number()?;
    let behind_colon = at.checked_sub(1).and_then(|i| tokens.get(i)).is_some_and(|t| t.is_mark(&[':']));
    if digits > 4 || behind_colon && at > 1 && tokens[at - 2].number().is_some_and(|(_, d)| d <= 2) {
        return None;
    }
    let clock = with_colon(tokens, at)
        .or_else(|| with_letters(tokens, at))
        .or_else(|| with_full_stop(tokens, at))
        .or_else(|| bare(tokens, at))?;
    let mut end = clock.end;
    let mut pm = before(tokens, at);
    if pm.is_none()
        && let Some(half) = tokens.get(end).and_then(Token::word).and_then(|word| word.meaning.pm)
    {
        pm = Some(half);
        end += 1;
    }
    let (zone, end) = zone(tokens, end);
    if !clock.unambiguous && pm.is_none() && zone.is_none() {
        return None;
    }
    let hour = match (clock.hour, pm) {
        (12, Some(false)) => 0,
        (hour @ 0..12, Some(true)) => hour + 12,
        (hour, _) => hour,
    };
    let next_day = hour == 24 && clock.minute == 0 && clock.second == 0;
    let part = |value: u64| i8::try_from(value).ok();
    let time = || {
        // The time library has no leap seconds.
        let second = if clock.second == 60 { 59 } else { clock.second };
        Time::new(part(if next_day { 0 } else { hour })?, part(clock.minute)?, part(second)?, 0).ok()
    };
    let start = at - usize::from(before(tokens, at).is_some());
    Some(TimeOfDay { start, end, time: time(), next_day, zone })
}

/// Returns whether an a.m. (`false`) or p.m. (`true`) marker precedes a time: "오후 3:05", "下午3:05".
fn before(tokens: &[Token], at: usize) -> Option<bool> {
    let word = tokens.get(at.checked_sub(1)?)?.word()?;
    let latin = word.text.is_ascii();
    // Lower-case "am" is a German preposition ("am 11. März").
    word.meaning.pm.filter(|_| !latin || word.capitals)
}

/// Parses 15:05, 15:05:33, 15:05:33.123, 15:05:33:123.
fn with_colon(tokens: &[Token], at: usize) -> Option<Clock> {
    let pair = |at: usize| {
        if !tokens.get(at)?.is_mark(&[':']) {
            return None;
        }
        let (value, digits) = tokens.get(at + 1)?.number()?;
        (digits == 2).then_some(value)
    };
    let (hour, digits) = tokens[at].number()?;
    let minute = pair(at + 1)?;
    if digits > 2 {
        return None;
    }
    let (mut second, mut end) = (0, at + 3);
    if let Some(value) = pair(end) {
        (second, end) = (value, end + 2);
        let fraction = tokens.get(end).is_some_and(|t| t.is_mark(&['.', ',', ':']) && !t.spaced);
        if fraction && tokens.get(end + 1).is_some_and(|t| t.number().is_some() && !t.spaced) {
            end += 2;
        }
    }
    Some(Clock { hour, minute, second, end, unambiguous: true })
}

/// Parses 15h05, 15 h, 15h05m10s, 15時04分33秒, 15시 4분.
fn with_letters(tokens: &[Token], at: usize) -> Option<Clock> {
    let (hour, digits) = tokens[at].number()?;
    let unit = tokens.get(at + 1)?;
    if digits > 2 || hour > 24 || !unit.is(&HOURS) {
        return None;
    }
    let mut parts = [0, 0];
    let mut end = at + 2;
    for (part, units) in parts.iter_mut().zip([&MINUTES, &SECONDS]) {
        let Some((value, digits)) = tokens.get(end).and_then(Token::number) else { break };
        let marked = tokens.get(end + 1).is_some_and(|token| token.is(units));
        // A number without a unit counts as minutes unless both it and the unit of the hours follow a space.
        if digits > 2 || value > 59 || !marked && (tokens[end].spaced && tokens[end - 1].spaced) {
            break;
        }
        *part = value;
        end += 1 + usize::from(marked);
    }
    Some(Clock { hour, minute: parts[0], second: parts[1], end, unambiguous: true })
}

/// Parses 15.05, which is unambiguous only beside one of the words in [`BEFORE`] and [`AFTER`].
fn with_full_stop(tokens: &[Token], at: usize) -> Option<Clock> {
    let (hour, digits) = tokens[at].number()?;
    let stop = tokens.get(at + 1)?.is_mark(&['.']) && !tokens[at + 1].spaced;
    let next = tokens.get(at + 2)?;
    let (minute, pair) = next.number()?;
    // A third number makes it a date: 11.03.2024.
    let more = tokens.get(at + 3).is_some_and(|t| t.is_mark(&['.']) && !t.spaced)
        && tokens.get(at + 4).is_some_and(|t| t.number().is_some() && !t.spaced);
    let part_of_more = at > 1 && tokens[at - 1].is_mark(&['.', '/', '-']) && !tokens[at].spaced;
    if digits > 2 || !stop || next.spaced || pair != 2 || hour > 24 || minute > 59 || more || part_of_more {
        return None;
    }
    let leading = at.checked_sub(1).and_then(|i| tokens.get(i));
    let marked =
        leading.is_some_and(|t| t.is(&BEFORE) || t.is_mark(&['.']) && at > 1 && tokens[at - 2].is(&BEFORE));
    let unambiguous = marked || tokens.get(at + 3).is_some_and(|t| t.is(&AFTER));
    Some(Clock { hour, minute, second: 0, end: at + 3, unambiguous })
}

/// Parses "3 pm" and "0720 GMT", where only the next word shows that the number is a time.
fn bare(tokens: &[Token], at: usize) -> Option<Clock> {
    let (value, digits) = tokens[at].number()?;
    let next = tokens.get(at + 1)?.word()?;
    let (hour, minute) = match digits {
        1 | 2 if value <= 12 && next.meaning.pm.is_some() && !next.meaning.is_month() => (value, 0),
        4 if value % 100 < 60
            && value < 2400
            && next.capitals
            && zones::abbreviation(&next.text).is_some() =>
        {
            (value / 100, value % 100)
        }
        _ => return None,
    };
    // "11 am Abend": the German preposition.
    let german =
        next.text == "am" && tokens.get(at + 2).is_some_and(|t| t.word().is_some_and(|w| !w.capitals));
    (!german).then_some(Clock { hour, minute, second: 0, end: at + 1, unambiguous: false })
}

/// Parses the zone at a token and returns it with the index after it.
fn zone(tokens: &[Token], at: usize) -> (Option<WrittenZone>, usize) {
    // "15:05 (CET)", "15.05 Uhr MEZ", "15:05h CET".
    let mut from = at;
    while tokens.get(from).is_some_and(|t| t.is(&BEFORE_ZONE) || t.is_mark(&['('])) {
        from += 1;
    }
    if let Some((offset, end)) = numeric_offset(tokens, from, at == from) {
        return (Some(WrittenZone::Offset(offset)), end);
    }
    let Some(word) = tokens.get(from).and_then(Token::word) else { return (None, at) };
    if word.text == "z" && !tokens[from].spaced {
        return (Some(WrittenZone::Offset(Offset::UTC)), from + 1);
    }
    let Some(abbreviation) = zones::abbreviation(&word.text).filter(|_| word.capitals || word.text == "мск")
    else {
        return (None, at);
    };
    if abbreviation.is_utc()
        && let Some((offset, end)) = numeric_offset(tokens, from + 1, true)
    {
        return (Some(WrittenZone::Offset(offset)), end);
    }
    (Some(WrittenZone::Abbreviation(abbreviation)), from + 1)
}

/// Parses +01:00, +0100, +01, and "+5" after an abbreviation.
fn numeric_offset(tokens: &[Token], at: usize, touching: bool) -> Option<(Offset, usize)> {
    let sign = match tokens.get(at)?.mark()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let next = tokens.get(at + 1).filter(|next| !next.spaced)?;
    let (value, digits) = next.number()?;
    let value = i32::try_from(value).ok()?;
    let (minutes, end) = match digits {
        4 => (value / 100 * 60 + value % 100, at + 2),
        1 | 2 => match (tokens.get(at + 2), tokens.get(at + 3).and_then(Token::number)) {
            (Some(colon), Some((minutes, 2))) if colon.is_mark(&[':']) => {
                (value * 60 + i32::try_from(minutes).ok()?, at + 4)
            }
            // "15:05 -11" may be the start of a date.
            _ if touching && (!tokens[at].spaced || sign > 0) => (value * 60, at + 2),
            _ => return None,
        },
        _ => return None,
    };
    // Offsets are multiples of a quarter of an hour. "-2024" is a year.
    (minutes % 15 == 0).then(|| zones::of_minutes(sign * minutes)).flatten().map(|offset| (offset, end))
}

/// Returns the time `hhmmss`, written in the tokens from `start` to `end`, with the zone that follows.
pub(super) fn of_digits(tokens: &[Token], hhmmss: u64, start: usize, end: usize) -> TimeOfDay {
    let part = |value: u64| i8::try_from(value % 100).ok();
    let (hour, minute, second) = (hhmmss / 10_000, hhmmss / 100, hhmmss);
    let next_day = hhmmss == 240_000;
    let time = || {
        let second = part(second).map(|second| if second == 60 { 59 } else { second });
        Time::new(if next_day { 0 } else { part(hour)? }, part(minute)?, second?, 0).ok()
    };
    let (zone, end) = zone(tokens, end);
    TimeOfDay { start, end, time: time(), next_day, zone }
}
