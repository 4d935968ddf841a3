//! Reads ANPA 1312: the messages of AP, Canadian Press, AAP, Kyodo and other agencies as they are transmitted.
//!
//! ```text
//! ␖␖␁a1234␟abcde                          service and number, selector
//! r i␓␑ BC-EU--Velmark-Locks  11-13 0466   priority, category, format, keyword, version, filing date, words
//! ␂^BC-EU--Velmark-Locks, 1st Ld,466<      lines of the top begin with `^` and end with `<`, or `=` in a byline
//! ^Velmark opens its locks<
//! ^Eds: With AP Photos.<
//! ^By ADA ROE=
//! ^Associated Press=
//! <tab>VELMARK (AP) _ The text.
//! ␃AP-WF-11-13-13 1509GMT<                 time of transmission
//! ```
//!
//! Agencies vary: AAP and Kyodo have no `^`, and AAP has the headline above the keyword. Years are in the last line only; a date
//! that can be read in two ways is passed on as written.
//!
//! ANPA Bulletin 1312, "High-Speed Wire Service Transmission Guidelines", American Newspaper Publishers Association, 1979–1989.

mod content;
#[cfg(test)]
mod tests;

use std::io::BufRead;
use std::ops::ControlFlow;

use wirecopy_core::document::SkipKind::Empty;
use wirecopy_core::document::{Delivery, Metadata, Refusal, Status};

use super::transmission::{self, Clock, Mark, Message, Rules, SOH};
use crate::{Body, Emit, Item, Limits};
use content::Content;

const RULES: Rules =
    Rules { header_lines: 2, begins: is_first_line, begins_bare, is_sure: false, ends: is_end, item };

/// Separates the number from the selector.
const US: char = '\x1f';
/// Codes for the size of the type, and for text or a table.
const DC1: char = '\x11';
const TABLE: char = '\x12';
const DC3: char = '\x13';
const DC4: char = '\x14';
/// Begins the codes of the receivers, before a message.
const ENQ: char = '\x05';

/// Most bytes of the first line of a header.
const FIRST_BYTES: usize = 48;
/// Number of lines at the end among which the time of transmission is, if the end of the text is not marked.
const END_LINES: usize = 6;
/// Most characters of that line.
const END_CHARS: usize = 48;
/// Most lines of one entry at the top.
const ENTRY_LINES: usize = 4;
/// Most lines of a byline: the author, and whose author it is.
const BYLINES: usize = 3;
/// Beginnings of keywords: for morning, evening, both.
const CYCLES: [&str; 4] = ["bc-", "am-", "pm-", "ap-"];
/// Beginnings of notes to editors, in lower case.
const NOTES: [&str; 26] = [
    "ap photo",
    "ap graphic",
    "ap video",
    "ap audio",
    "photo:",
    "photos:",
    "graphic:",
    "with ap ",
    "with photo",
    "eds:",
    "eds.",
    "eds ",
    "(eds",
    "editor",
    "(editor",
    "editors:",
    "note",
    "update:",
    "updates:",
    "index:",
    "symbol:",
    "code:",
    "for global",
    "for use ",
    "embargo",
    "hold for",
];

/// Reads a file of messages.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    transmission::read(&RULES, input, limits, emit)
}

/// Returns whether content that begins with `text` is in this form.
pub(super) fn is(text: &str) -> bool {
    let padding = |c: char| c.is_whitespace() || matches!(c, '\0' | '\x16' | '\x7f' | '\x04');
    let mut text = text.trim_start_matches(padding);
    if let Some(codes) = text.strip_prefix(ENQ) {
        text = codes.split_once('\n').map_or("", |(_, text)| text).trim_start_matches(padding);
    }
    let mut lines = text.lines();
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    if let Some(first) = transmission::printed_header(first) {
        return is_first_line(&first) && Header::of(&transmission::with_printed_codes(second)).is_some();
    }
    match first.strip_prefix(SOH) {
        Some(first) => is_first_line(first) && Header::of(second).is_some(),
        None => begins_bare(first, second),
    }
}

/// Returns whether a line is the first of a header: `a1234␟abcde`, `a0207KYODO␟koko-`.
fn is_first_line(line: &str) -> bool {
    // Also keeps the cost linear where a line has many codes.
    if line.len() > FIRST_BYTES {
        return false;
    }
    let line = line.trim_end();
    let rest = line.strip_prefix(|c: char| c.is_ascii_alphabetic()).unwrap_or(line);
    let name = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    (3..=4).contains(&(rest.len() - name.len()))
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, US | '-' | '_'))
}

/// Returns whether two lines are a header whose control codes were lost.
fn begins_bare(first: &str, second: &str) -> bool {
    // The service is named, and so are the cycle or the length.
    is_first_line(first)
        && first.starts_with(|c: char| c.is_ascii_alphabetic())
        && Header::of(second).is_some_and(|header| header.keyword.contains('-') && header.has_date)
}

/// The second line of a header.
struct Header<'a> {
    is_table: bool,
    /// A few words of the story, up to 24 characters.
    keyword: &'a str,
    /// What kind of version it is: `1stLd-Writethru`.
    version: String,
    has_date: bool,
}

impl<'a> Header<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let line = line.trim_end();
        let mut chars = line.chars();
        let (priority, space, category) = (chars.next()?, chars.next()?, chars.next()?);
        let rest = chars.as_str();
        let words = rest.trim_start_matches([DC1, TABLE, DC3, DC4, ' ']);
        let codes = rest.get(..rest.len() - words.len())?;
        if !priority.is_ascii_alphabetic()
            || space != ' '
            || !category.is_ascii_alphanumeric()
            || codes.is_empty()
            || !words.starts_with(|c: char| c.is_ascii_alphanumeric())
        {
            return None;
        }
        let is_date = |word: &&str| {
            let parts = word.split_once('-');
            parts.is_some_and(|(a, b)| {
                [a, b].iter().all(|part| matches!(transmission::number(part), Some(1..=31)))
            })
        };
        let words: Vec<&str> = words.split_whitespace().collect();
        let (keyword, rest) = words.split_first()?;
        // The date, and the number of words.
        let date = rest.iter().rposition(is_date);
        let date = date.filter(|at| {
            rest.get(at + 1..).unwrap_or_default().iter().all(|word| transmission::number(word).is_some())
        });
        let has_codes = codes.contains([DC3, DC4]);
        if date.is_none() && !has_codes {
            return None;
        }
        let version = rest.get(..date.unwrap_or(rest.len())).unwrap_or_default().join(" ");
        Some(Self { is_table: codes.contains(TABLE), keyword, version, has_date: date.is_some() })
    }
}

fn is_end(line: &str) -> bool {
    End::of(line).is_some()
}

/// The last line of a message.
struct End {
    /// What precedes the time: `AP` of `AP-WF-`.
    name: Option<String>,
    /// The time in ISO 8601, or as written.
    date: String,
}

impl End {
    /// Reads `AP-WF-11-13-13 1509GMT<`, `14:20ET 31-10-14<`, `KWS-20:14-09-12-18`, `29-05-15 05-46-00`.
    fn of(line: &str) -> Option<Self> {
        let line =
            line.trim_matches(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '^' | '@'));
        if line.len() > END_CHARS {
            return None;
        }
        let words: Vec<&str> = line.split(['-', ' ']).filter(|word| !word.is_empty()).collect();
        let names = words.iter().take_while(|word| word.chars().all(|c| c.is_ascii_alphabetic())).count();
        let (names, parts) = words.split_at(names);
        let mut is_american = false;
        let (clock, [a, b, year]) = match parts {
            [time, a, b, year] if time.contains(':') => (clock(time)?, [a, b, year]),
            [a, b, year, time] if time.len() >= 4 => {
                // Only American agencies have this order.
                is_american = names.len() == 2;
                (clock(time)?, [a, b, year])
            }
            [a, b, year, hour, minute, _] => {
                let clock = Clock { hour: part(hour)?, minute: part(minute)?, offset: None };
                (Some(clock), [a, b, year])
            }
            _ => return None,
        };
        let (a, b, year) = (part(a)?, part(b)?, transmission::year(year)?);
        let (month, day) = if is_american || b > 12 || a == b {
            (a, b)
        } else if a > 12 {
            (b, a)
        } else {
            (0, 0)
        };
        let date = transmission::iso(year, month, day, clock).unwrap_or_else(|| line.to_owned());
        Some(Self { name: names.first().map(|name| (*name).to_owned()), date })
    }
}

/// Returns the number that two digits are.
fn part(digits: &str) -> Option<u32> {
    if digits.len() == 2 { transmission::number(digits) } else { None }
}

/// Reads `1509GMT` or `14:20ET`. The inner value is `None` for a zone that is not known, in which the time says nothing.
fn clock(text: &str) -> Option<Option<Clock>> {
    let zone = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':');
    let digits: String = text.get(..text.len() - zone.len())?.chars().filter(char::is_ascii_digit).collect();
    let (hour, minute) = (part(digits.get(..2)?)?, part(digits.get(2..)?)?);
    if !zone.chars().all(|c| c.is_ascii_alphabetic()) {
        return None;
    }
    let offset = transmission::offset(zone);
    // Eastern time: with or without daylight saving time.
    let is_known = zone.is_empty() || offset.is_some();
    Some(is_known.then_some(Clock { hour, minute, offset }))
}

fn item(message: &Message) -> Result<Item, Refusal> {
    let header = message.header.iter().find_map(|line| Header::of(line));
    let mut lines: Vec<&str> = message.body.iter().map(String::as_str).collect();
    let end = message.trailer.as_ref().and_then(|trailer| trailer.lines().find_map(End::of));
    let end = end.or_else(|| take_end(&mut lines));
    let sender = take_sender(&mut lines);
    let (keyword, is_table) = header.as_ref().map_or(("", false), |header| (header.keyword, header.is_table));
    let content = Content::of(&lines, keyword, is_table);
    let mut mark = Mark::of(header.as_ref().map_or("", |header| &header.version));
    mark.add(content.mark);
    mark.is_withdrawn |= content.title.as_deref().is_some_and(|title| Mark::of(title).is_withdrawn);
    let first = message.header.first().map_or("", String::as_str);
    let agencies = [end.as_ref().and_then(|end| end.name.as_deref()), sender, name_in(first)];
    let agency = agencies.into_iter().flatten().find(|name| transmission::is_agency(name)).map(str::to_owned);
    if content.text.is_empty() && !mark.is_withdrawn {
        return Err(Empty.because("a message without text"));
    }
    let keyword = header.as_ref().map(|header| header.keyword.to_owned());
    let delivery = Delivery {
        status: match &content.embargo {
            _ if mark.is_withdrawn => Status::Canceled,
            Some(_) => Status::Withheld,
            None => Status::Usable,
        },
        embargo: content.embargo,
        signal: mark.signal,
        slug: content.slug.or(keyword).map(|slug| without_cycle(&slug).to_owned()),
        dateline: transmission::dateline(&content.text).map(str::to_owned),
        credit: agency.clone(),
        ..Delivery::default()
    };
    let meta = Metadata {
        title: content.title,
        date: end.map(|end| end.date),
        source: agency,
        bylines: content.bylines,
        delivery: (delivery != Delivery::default()).then(|| Box::new(delivery)),
        ..Metadata::default()
    };
    Ok(Item { meta, body: Body::Text(content.text) })
}

/// Takes the time of transmission from the end of a message, with what is after it.
fn take_end(lines: &mut Vec<&str>) -> Option<End> {
    let ends = lines.iter().enumerate().rev().filter(|(_, line)| !line.trim().is_empty());
    let (at, end) = ends.take(END_LINES).find_map(|(at, line)| Some((at, End::of(line)?)))?;
    lines.truncate(at);
    Some(end)
}

/// Takes the name of the sender from the end of a text: `==Kyodo`, or `AAP ar xx` with initials.
fn take_sender<'a>(lines: &mut Vec<&'a str>) -> Option<&'a str> {
    while lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
    let last = *lines.last()?;
    let before = lines.iter().rev().nth(1).copied().unwrap_or_default();
    let mut words = last.trim().trim_start_matches('=').split_whitespace();
    let name = words.next()?;
    let is_name = (2..=10).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase());
    let is_initials =
        |word: &str| word.len() <= 8 && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'/');
    let is_sender = last.starts_with("==")
        || (is_name
            && before.trim().is_empty()
            && !last.starts_with([' ', '\t'])
            && words.clone().count() <= 3
            && words.all(is_initials));
    if !is_sender {
        return None;
    }
    lines.pop();
    Some(name)
}

/// Returns the name of the agency in the first line of a header: `a0207KYODO␟koko-`.
fn name_in(first: &str) -> Option<&str> {
    let name = first
        .trim_start_matches(|c: char| c.is_ascii_alphabetic())
        .trim_start_matches(|c: char| c.is_ascii_digit());
    let end = name.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(name.len());
    name.get(..end).filter(|name| name.len() >= 2)
}

/// Returns a keyword without the cycle before it.
fn without_cycle(keyword: &str) -> &str {
    let cycle = CYCLES
        .iter()
        .find(|cycle| keyword.get(..cycle.len()).is_some_and(|start| start.eq_ignore_ascii_case(cycle)));
    cycle.and_then(|cycle| keyword.get(cycle.len()..)).unwrap_or(keyword)
}
