//! Times of day in the tokens of a line, each with its zone.

use std::sync::LazyLock;

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use super::WORDS;
use super::tokens::Token;
use super::zones::{self, Letters};
use wirecopy_core::table::{self, Words};

/// A time and the tokens that it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Timed {
    pub(super) start: usize,
    pub(super) end: usize,
    /// `None` for one that no clock shows.
    pub(super) time: Option<Time>,
    /// "24:00", the end of the day, which is the beginning of the next.
    pub(super) next_day: bool,
    zone: Option<Written>,
}

/// A zone as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Offset(Offset),
    Letters(Letters),
}

impl Timed {
    /// The offset on a day.
    pub(super) fn offset(&self, date: Date) -> Option<Offset> {
        match self.zone? {
            Written::Offset(offset) => Some(offset),
            Written::Letters(letters) => letters.offset(date),
        }
    }
}

/// Words that may stand around a time ("at 15.05", "15.05 Uhr"), folded: beside one, a full stop parts hours from minutes.
static BEFORE: Words = LazyLock::new(|| table::words(WORDS, "before time"));
static AFTER: Words = LazyLock::new(|| table::words(WORDS, "after time"));
/// Units of hours, folded.
static HOURS: Words = LazyLock::new(|| table::words(WORDS, "hour"));

/// The times that are written so that nothing else is meant. Linear.
pub(super) fn all(tokens: &[Token]) -> Vec<Timed> {
    let mut out: Vec<Timed> = Vec::new();
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

/// Hours, minutes and seconds before halves of the day are looked at, and where they end.
struct Clock {
    hour: u64,
    minute: u64,
    second: u64,
    end: usize,
    /// Whether it is a time whatever stands beside it.
    sure: bool,
}

fn at_token(tokens: &[Token], at: usize) -> Option<Timed> {
    let (_, digits) = tokens[at].number()?;
    let behind_colon = at.checked_sub(1).and_then(|i| tokens.get(i)).is_some_and(|t| t.is_mark(&[':']));
    if digits > 4 || behind_colon && at > 1 && tokens[at - 2].number().is_some_and(|(_, d)| d <= 2) {
        return None;
    }
    let clock = with_colon(tokens, at)
        .or_else(|| with_letters(tokens, at))
        .or_else(|| with_stop(tokens, at))
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
    if !clock.sure && pm.is_none() && zone.is_none() {
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
        // A leap second is shown as the last of its minute.
        let second = if clock.second == 60 { 59 } else { clock.second };
        Time::new(part(if next_day { 0 } else { hour })?, part(clock.minute)?, part(second)?, 0).ok()
    };
    let start = at - usize::from(before(tokens, at).is_some());
    Some(Timed { start, end, time: time(), next_day, zone })
}

/// Half of the day before a time: "오후 3:05", "下午3:05".
fn before(tokens: &[Token], at: usize) -> Option<bool> {
    let word = tokens.get(at.checked_sub(1)?)?.word()?;
    let latin = word.text.is_ascii();
    // "am" is a word of German ("am 11. März"), "pm" before a time of Chinese pages.
    word.meaning.pm.filter(|_| !latin || word.capitals)
}

/// 15:05, 15:05:33, 15:05:33.123, 15:05:33:123.
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
    Some(Clock { hour, minute, second, end, sure: true })
}

/// 15h05, 15 h, 15h05m10s, 15時04分33秒, 15시 4분, 3pm is left to [`bare`].
fn with_letters(tokens: &[Token], at: usize) -> Option<Clock> {
    let (hour, digits) = tokens[at].number()?;
    let unit = tokens.get(at + 1)?;
    if digits > 2 || hour > 24 || !unit.is(&HOURS) {
        return None;
    }
    let mut parts = [0, 0];
    let mut end = at + 2;
    let units: [&[&str]; 2] = [&["分", "분", "m", "min"], &["秒", "초", "s"]];
    for (part, units) in parts.iter_mut().zip(units) {
        let Some((value, digits)) = tokens.get(end).and_then(Token::number) else { break };
        let marked = tokens.get(end + 1).is_some_and(|token| token.is(units));
        // Without its unit a number is only taken for minutes where it touches the hours.
        if digits > 2 || value > 59 || !marked && (tokens[end].spaced && tokens[end - 1].spaced) {
            break;
        }
        *part = value;
        end += 1 + usize::from(marked);
    }
    Some(Clock { hour, minute: parts[0], second: parts[1], end, sure: true })
}

/// 15.05 beside a word that only a time has.
fn with_stop(tokens: &[Token], at: usize) -> Option<Clock> {
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
    let sure = marked || tokens.get(at + 3).is_some_and(|t| t.is(&AFTER));
    Some(Clock { hour, minute, second: 0, end: at + 3, sure })
}

/// "3 pm", "0720 GMT": a time only by what follows.
fn bare(tokens: &[Token], at: usize) -> Option<Clock> {
    let (value, digits) = tokens[at].number()?;
    let next = tokens.get(at + 1)?.word()?;
    let (hour, minute) = match digits {
        1 | 2 if value <= 12 && next.meaning.pm.is_some() && !next.meaning.is_month() => (value, 0),
        4 if value % 100 < 60 && value < 2400 && next.capitals && zones::letters(&next.text).is_some() => {
            (value / 100, value % 100)
        }
        _ => return None,
    };
    // "11 am Abend": in German "am" is a word.
    let german =
        next.text == "am" && tokens.get(at + 2).is_some_and(|t| t.word().is_some_and(|w| !w.capitals));
    (!german).then_some(Clock { hour, minute, second: 0, end: at + 1, sure: false })
}

/// The zone at a token, and where it ends.
fn zone(tokens: &[Token], at: usize) -> (Option<Written>, usize) {
    // "15:05 (CET)", "15.05 Uhr MEZ", "15:05h CET".
    let mut from = at;
    while tokens.get(from).is_some_and(|t| t.is(&AFTER[..3]) || t.is_mark(&['('])) {
        from += 1;
    }
    if let Some((offset, end)) = numeric(tokens, from, at == from) {
        return (Some(Written::Offset(offset)), end);
    }
    let Some(word) = tokens.get(from).and_then(Token::word) else { return (None, at) };
    if word.text == "z" && !tokens[from].spaced {
        return (Some(Written::Offset(Offset::UTC)), from + 1);
    }
    let Some(letters) = zones::letters(&word.text).filter(|_| word.capitals || word.text == "мск") else {
        return (None, at);
    };
    if letters.is_utc()
        && let Some((offset, end)) = numeric(tokens, from + 1, true)
    {
        return (Some(Written::Offset(offset)), end);
    }
    (Some(Written::Letters(letters)), from + 1)
}

/// +01:00, +0100, +01, and "+5" behind letters.
fn numeric(tokens: &[Token], at: usize, touching: bool) -> Option<(Offset, usize)> {
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
            // "15:05 -11" may be the beginning of a date.
            _ if touching && (!tokens[at].spaced || sign > 0) => (value * 60, at + 2),
            _ => return None,
        },
        _ => return None,
    };
    // Zones are whole quarters of an hour from UTC; "-2024" is a year.
    (minutes % 15 == 0).then(|| zones::of_minutes(sign * minutes)).flatten().map(|offset| (offset, end))
}

/// The time that `hhmmss` is, written in the tokens from `start` to `end`, with the zone behind it.
pub(super) fn of_digits(tokens: &[Token], hhmmss: u64, start: usize, end: usize) -> Timed {
    let part = |value: u64| i8::try_from(value % 100).ok();
    let (hour, minute, second) = (hhmmss / 10_000, hhmmss / 100, hhmmss);
    let next_day = hhmmss == 240_000;
    let time = || {
        let second = part(second).map(|second| if second == 60 { 59 } else { second });
        Time::new(if next_day { 0 } else { part(hour)? }, part(minute)?, second?, 0).ok()
    };
    let (zone, end) = zone(tokens, end);
    Timed { start, end, time: time(), next_day, zone }
}
