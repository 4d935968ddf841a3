//! A line with its dates: days, times and labels put together.

use std::sync::LazyLock;

use jiff::civil::Time;

use super::days::{self, Day, Manner};
use super::times::{self, Timed};
use super::tokens::{self, Token};
use super::{Problem, Published, WORDS, usable, words};
use wirecopy_core::table::{self, Words};

/// What a line says that a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Published,
    /// The day of a change.
    Modified,
    /// A birth, a validity, a photograph.
    Other,
}

/// A date of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dated {
    /// First token and the one behind the last, its time included where that touches.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) published: Result<Published, Problem>,
    pub(crate) label: Option<Label>,
}

/// The tokens of a line and the dates in it.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) tokens: Vec<Token>,
    pub(crate) dates: Vec<Dated>,
    /// Tokens that are times.
    pub(crate) times: Vec<(usize, usize)>,
}

/// Words of languages that write the day first, folded.
static DAY_FIRST: Words = LazyLock::new(|| table::words(WORDS, "day first"));
/// Tokens before a date in which its label is looked for.
const LABEL_REACH: usize = 8;

impl Line {
    /// Reads a line of a text in `language` (a tag), where that is known. Linear.
    pub(crate) fn of(line: &str, language: Option<&str>) -> Self {
        let tokens = tokens::cut(line);
        let times = times::all(&tokens);
        let day_first = language.is_some_and(day_first) || speaks_day_first(&tokens);
        let days = days::all(&tokens, &times, Manner { language, day_first });
        let paired = pair(&days, &times);
        let mut dates: Vec<Dated> = Vec::with_capacity(days.len());
        for (day, timed) in days.iter().zip(paired) {
            let from = dates.last().map_or(0, |before| before.end);
            let first = timed.map_or(day.start, |t| t.start.min(day.start));
            let (start, end) = match timed {
                Some(t) => (first.max(from), t.end.max(day.end)),
                None => (day.start, day.end),
            };
            let label = label(&tokens, from.min(start), start);
            dates.push(Dated { start, end, published: joined(day, timed), label });
        }
        Self { tokens, dates, times: times.iter().map(|t| (t.start, t.end)).collect() }
    }

    /// The date of publication that the line as a whole gives: the one that is labelled so, else the only one without a label,
    /// else the first. What is no whole date counts where nothing else is there.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn published(&self) -> Result<Published, Problem> {
        let whole = |label: Option<Label>| {
            self.dates.iter().filter(move |d| d.label == label).filter(|d| !is_part(d.published))
        };
        for label in [Some(Label::Published), None, Some(Label::Modified), Some(Label::Other)] {
            let Some(first) = whole(label).next() else { continue };
            let day = |d: &Dated| d.published.map(|p| p.date);
            if label.is_none() && whole(label).any(|other| day(other) != day(first)) {
                return Err(Problem::Several);
            }
            return first.published;
        }
        Err(self.dates.first().and_then(|date| date.published.err()).unwrap_or(Problem::NotUnderstood))
    }

    /// The first label of the line, wherever it stands.
    pub(crate) fn label(&self) -> Option<Label> {
        self.tokens.iter().find_map(|token| token.word().and_then(|word| word.meaning.label))
    }
}

/// Whether a problem is that only part of a date is there.
fn is_part(published: Result<Published, Problem>) -> bool {
    matches!(published, Err(Problem::NoDay | Problem::NoYear))
}

/// Each day with its time: the one written in one with it, else the one behind it, or before it where the line begins with a
/// time.
fn pair(days: &[Day], times: &[Timed]) -> Vec<Option<Timed>> {
    let first = days.first().map_or(usize::MAX, |day| day.start);
    let leading = times.first().is_some_and(|t| t.start < first);
    days.iter()
        .enumerate()
        .map(|(at, day)| {
            if day.timed.is_some() {
                return day.timed;
            }
            if leading && days.len() > 1 {
                let from = at.checked_sub(1).map_or(0, |before| days[before].end);
                return times.iter().find(|t| t.start >= from && t.start < day.start).copied();
            }
            if leading {
                return times.first().copied();
            }
            // Inside of the day ("Mar 11 07:20:00 2024") or behind it.
            let next = days.get(at + 1).map_or(usize::MAX, |next| next.start);
            times.iter().find(|t| t.start >= day.start && t.start < next).copied()
        })
        .collect()
}

fn joined(day: &Day, timed: Option<Timed>) -> Result<Published, Problem> {
    let mut date = day.date?;
    let Some(timed) = timed else { return usable(Published { date, time: None, offset: None }) };
    let time: Time = timed.time.ok_or(Problem::NoSuchTime)?;
    if timed.next_day {
        date = date.tomorrow().map_err(|_| Problem::NoSuchDay)?;
    }
    usable(Published { date, time: Some(time), offset: timed.offset(date) })
}

/// The label nearest before a date.
fn label(tokens: &[Token], from: usize, to: usize) -> Option<Label> {
    let from = from.max(to.saturating_sub(LABEL_REACH));
    let text = |at: usize| tokens.get(at).and_then(Token::word).map(|word| word.text.as_str());
    for at in (from..to).rev() {
        // The longest phrase that ends here.
        for length in [3, 2] {
            let Some(start) = (at + 1).checked_sub(length).filter(|start| *start >= from) else { continue };
            let parts: Option<Vec<&str>> = (start..=at).map(text).collect();
            let meaning = parts.and_then(|parts| words::phrase(&parts.join(" ")));
            if let Some(label) = meaning.and_then(|meaning| meaning.label) {
                return Some(label);
            }
        }
        if let Some(label) = tokens[at].word().and_then(|word| word.meaning.label) {
            return Some(label);
        }
    }
    None
}

/// Whether a language writes 11/03 for the eleventh of March, whoever writes it. English does so in some countries only.
fn day_first(tag: &str) -> bool {
    let lower = tag.to_ascii_lowercase().replace('_', "-");
    let mut parts = lower.split('-');
    match parts.next().unwrap_or_default() {
        "en" | "eng" => parts
            .any(|part| matches!(part, "gb" | "uk" | "au" | "nz" | "ie" | "in" | "za" | "ng" | "ke" | "sg")),
        // Languages that begin with the year or the month at times.
        "" | "und" | "fil" | "tl" | "tgl" | "zh" | "zho" | "cmn" | "ja" | "jpn" | "ko" | "kor" | "hu"
        | "hun" | "mn" | "mon" | "khk" | "lt" | "lit" | "fa" | "fas" | "pes" | "eu" | "eus" | "sv"
        | "swe" | "so" | "som" => false,
        _ => true,
    }
}

/// Whether words of the line belong to a language that writes the day first.
fn speaks_day_first(tokens: &[Token]) -> bool {
    tokens.iter().filter_map(Token::word).any(|word| {
        let accented = word.text.len() > 1
            && word.text.starts_with(|c: char| ('\u{c0}'..'\u{3000}').contains(&c) && c.is_alphabetic());
        !word.capitals && (DAY_FIRST.contains(&word.text.as_str()) || accented && word.meaning.pm.is_none())
    })
}
