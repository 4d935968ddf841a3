//! Reads IPTC 7901: the messages of dpa, AFP, APA, ATS, Belga, KNA and other agencies as they are transmitted.
//!
//! ```text
//! ␁abc0123 4 pl 211  dpa 0061      service and number, priority, category, words, what the agency likes to add
//!
//! Keywords/of the story/
//! ␂1ST LEAD                        marks of the version
//! The headline =
//! By Ada Roe, dpa =
//!
//! Velmark (dpa) - The text,
//! wrapped.
//!
//! # Notebook                       not for publication
//! dpa ar xx                        initials
//! ␃131137 GMT Nov 13               day and time, month, year
//! ```
//!
//! Agencies vary: a headline without `=`, `./.` at the end, a time without zone or with a month in their language. Where the control
//! codes were lost, a file needs three more signs besides the first line to be recognised.
//!
//! IPTC Recommendation 7901, revision 5, International Press Telecommunications Council, 1995.

#[cfg(test)]
mod tests;

use std::io::BufRead;
use std::ops::ControlFlow;

use wirecopy_core::document::SkipKind::Empty;
use wirecopy_core::document::{Delivery, Metadata, Refusal, Signal, Status};
use wirecopy_core::text::credit::is_byline;

use super::sign_off;
use super::transmission::{self, Clock, Mark, Message, Rules, SOH};
use crate::{Body, Emit, Item, Limits};

const RULES: Rules =
    Rules { header_lines: 1, begins: is_header, begins_bare, is_sure: false, ends: is_end, item };

/// Most bytes of the first line.
const HEADER_BYTES: usize = 200;
/// Fewest signs of this form besides the first line, where control codes were lost.
const SIGNS: usize = 3;
/// Most lines above the text: marks, headline, byline.
const TOP_LINES: usize = 20;
/// Most bytes of the same.
const TOP_BYTES: usize = 4096;
/// Most lines of a headline that is not marked.
const TITLE_LINES: usize = 3;
/// Most characters of the same.
const TITLE_CHARS: usize = 250;
/// Number of lines at the end among which the time of transmission is, if the end of the text is not marked.
const END_LINES: usize = 6;
/// Most characters of a line of initials.
const INITIALS_CHARS: usize = 40;
/// Lines after which nothing is for publication, in lower case.
const NOTES: [&str; 5] = [
    "the following information is not ",
    "die folgenden informationen sind nicht ",
    "les informations suivantes ne sont pas ",
    "la siguiente información no ",
    "de volgende informatie is niet ",
];
/// Headings of what follows the text, in lower case.
const NOTEBOOKS: [&str; 4] = ["notebook", "notizblock", "notepad", "bloc-notes"];

/// Reads a file of messages.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    transmission::read(&RULES, input, limits, emit)
}

/// Returns whether content that begins with `text` is in this form.
pub(super) fn is(text: &str) -> bool {
    let padding = |c: char| c.is_whitespace() || matches!(c, '\0' | '\x16' | '\x7f' | '\x04');
    let text = text.trim_start_matches(padding);
    let first = text.lines().next().unwrap_or_default();
    if let Some(first) =
        first.strip_prefix(SOH).map(str::to_owned).or_else(|| transmission::printed_header(first))
    {
        return is_header(&first);
    }
    // An archive begins each session with the time, and a telex message with this word.
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_preamble =
        |line: &str| line.starts_with("ZCZC ") || (line.starts_with('[') && line.ends_with(']'));
    let first = lines.next().unwrap_or_default();
    let first = if is_preamble(first) { lines.next().unwrap_or_default() } else { first };
    let Some(header) = Header::of(first) else { return false };
    let lines: Vec<&str> = lines.collect();
    let is_slug = |line: &&str| line.ends_with('/') && line.chars().any(char::is_alphabetic);
    let top = || lines.iter().take(TOP_LINES);
    let signs = [
        header.names_message(),
        lines.iter().take(2).any(is_slug),
        top().any(|line| line.ends_with('=') && line.len() > 1),
        top().any(|line| transmission::dateline(line).is_some()),
        lines.iter().any(|line| is_end(line)),
    ];
    signs.iter().filter(|is_there| **is_there).count() >= SIGNS
}

/// The first line of a message.
struct Header<'a> {
    /// What follows the number of words.
    rest: &'a str,
}

impl<'a> Header<'a> {
    fn of(line: &'a str) -> Option<Self> {
        // Also keeps the cost linear where a line has many codes.
        if line.len() > HEADER_BYTES {
            return None;
        }
        let mut rest = line.trim();
        let mut next = || {
            let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
            rest = after.trim_start();
            word
        };
        let (source, priority, category, words) = (next(), next(), next(), next());
        let letters = source.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_source = letters.starts_with(char::is_alphabetic)
            && letters.chars().all(|c| c.is_alphabetic() || c == '-' || c == '_')
            && (1..=16).contains(&letters.chars().count())
            && (2..=6).contains(&(source.len() - letters.len()));
        let is_priority = matches!(priority.as_bytes(), [b'1'..=b'9']);
        let is_category =
            (1..=5).contains(&category.chars().count()) && category.chars().all(char::is_alphabetic);
        let is_words = (1..=5).contains(&words.len()) && words.bytes().all(|b| b.is_ascii_digit());
        (is_source && is_priority && is_category && is_words).then_some(Self { rest })
    }

    /// Returns whether the agency gives the message its own name or number: `dpa 0061`, `F BELGA-0001`.
    fn names_message(&self) -> bool {
        let last = self.rest.split_whitespace().next_back().unwrap_or_default();
        self.rest.len() <= 60
            && self.rest.starts_with(char::is_alphabetic)
            && last.ends_with(|c: char| c.is_ascii_digit())
            && last.len() >= 3
    }

    /// Returns the agency, if it is a known one.
    fn agency(&self) -> Option<&'a str> {
        let name = |word: &'a str| {
            let word = word.trim_start_matches('/');
            let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
            // A number of the agency's own, or a desk and its number, is joined to its name.
            if letters.len() < word.len() { letters.split('-').next().unwrap_or_default() } else { word }
        };
        let mut names = self.rest.split_whitespace().map(name).filter(|name| name.chars().count() > 1);
        let is_known = |name: &str| transmission::is_agency(name.split('-').next().unwrap_or(name));
        // Others than agencies have names in capitals there: those of services and places.
        let last = names.clone().next_back().filter(|name| is_known(&name.to_uppercase()));
        names.find(|name| is_known(name)).or(last)
    }
}

/// Returns whether a line is the first of a message.
pub(super) fn is_header(line: &str) -> bool {
    Header::of(line).is_some()
}

fn begins_bare(_: &str, line: &str) -> bool {
    is_header(line)
}

fn is_end(line: &str) -> bool {
    time_of(line).is_some()
}

/// Returns the time of transmission: `131137 GMT Nov 13`. As written if there is no such time.
fn time_of(line: &str) -> Option<String> {
    let line = line.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    let mut words: Vec<&str> = line.split_whitespace().take(6).collect();
    // The agency can be named before.
    if words.first().is_some_and(|name| name.len() <= 8 && name.bytes().all(|b| b.is_ascii_alphabetic())) {
        words.remove(0);
    }
    let (digits, zone, month, year) = match words.as_slice() {
        [digits, month, year] => (*digits, None, *month, *year),
        [digits, zone, month, year] if zone.len() <= 5 => (*digits, Some(*zone), *month, *year),
        _ => return None,
    };
    let (day, hour, minute) = transmission::day_and_time(digits)?;
    let (month, year) = (transmission::month(month)?, transmission::year(year)?);
    let is_named = zone.is_none_or(|zone| zone.chars().all(char::is_alphabetic));
    let offset = zone.and_then(transmission::offset);
    // A time in a zone that is not known says nothing.
    let clock = (zone.is_none() || offset.is_some()).then_some(Clock { hour, minute, offset });
    is_named.then(|| transmission::iso(year, month, day, clock).unwrap_or_else(|| line.to_owned()))
}

/// Returns the item of a message.
pub(super) fn item(message: &Message) -> Result<Item, Refusal> {
    let header = message.header.first().and_then(|line| Header::of(line));
    let agency = header.as_ref().and_then(Header::agency);
    let mut lines: Vec<&str> = message.body.iter().map(String::as_str).collect();
    let date = message.trailer.as_ref().and_then(|trailer| trailer.lines().find_map(time_of));
    let date = date.or_else(|| take_time(&mut lines));
    let slug = if message.has_start {
        slug_of(message.header.iter().skip(1).map(String::as_str))
    } else {
        take_slug(&mut lines)
    };
    let top = Top::take(&mut lines);
    let text = text_of(lines, agency);
    if text.is_empty() && !top.mark.is_withdrawn {
        return Err(Empty.because("a message without text"));
    }
    let status = if top.mark.is_withdrawn {
        Status::Canceled
    } else if top.embargo.is_some() || top.mark.is_withheld {
        Status::Withheld
    } else {
        Status::Usable
    };
    let delivery = Delivery {
        status,
        embargo: top.embargo,
        signal: top.mark.signal,
        slug,
        dateline: transmission::dateline(&text).map(str::to_owned),
        credit: agency.map(str::to_owned),
        ..Delivery::default()
    };
    let meta = Metadata {
        title: top.title,
        date,
        source: agency.map(str::to_owned),
        bylines: top.bylines,
        delivery: (delivery != Delivery::default()).then(|| Box::new(delivery)),
        ..Metadata::default()
    };
    Ok(Item { meta, body: Body::Text(text) })
}

/// Takes the time of transmission from the end of a message, with what is after it.
fn take_time(lines: &mut Vec<&str>) -> Option<String> {
    let ends = lines.iter().enumerate().rev().filter(|(_, line)| !line.trim().is_empty());
    let (at, date) = ends.take(END_LINES).find_map(|(at, line)| Some((at, time_of(line)?)))?;
    lines.truncate(at);
    Some(date)
}

/// Takes the keywords from the beginning of a message whose control codes were lost.
fn take_slug(lines: &mut Vec<&str>) -> Option<String> {
    drop_empty(lines);
    if lines.first().is_some_and(|line| is_date(line)) {
        lines.remove(0);
        drop_empty(lines);
    }
    let first = lines.first()?.trim();
    // Keywords that do not end with a slash are followed by an empty line, and then by a marked headline.
    let is_alone = lines.get(1).is_none_or(|next| next.trim().is_empty())
        && lines.iter().take(TOP_LINES).any(|line| line.ends_with('='));
    let is_slug = first.ends_with('/') || (first.contains('/') && !first.contains(' ')) || is_alone;
    if !is_slug || first.ends_with('=') {
        return None;
    }
    lines.remove(0);
    slug_of([first])
}

fn slug_of<'a>(lines: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let clean =
        |line: &str| line.trim_matches(|c: char| c == '/' || c.is_whitespace() || c.is_control()).to_owned();
    let lines: Vec<String> =
        lines.into_iter().map(clean).filter(|line| !line.is_empty() && !is_date(line)).collect();
    (!lines.is_empty()).then(|| lines.join(" "))
}

/// Returns whether a line is the day on which a message was sent: `Mo, 13.Mai 2013`.
fn is_date(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let year = words.next_back().unwrap_or_default();
    year.len() == 4
        && transmission::year(year).is_some()
        && line.contains(',')
        && (1..=4).contains(&words.count())
}

fn drop_empty(lines: &mut Vec<&str>) {
    let number = lines.iter().take_while(|line| line.trim().is_empty()).count();
    lines.drain(..number);
}

/// What is above the text.
#[derive(Debug, Default)]
struct Top {
    title: Option<String>,
    bylines: Vec<String>,
    mark: Mark,
    embargo: Option<String>,
}

impl Top {
    /// Takes the lines above the text.
    fn take(lines: &mut Vec<&str>) -> Self {
        drop_empty(lines);
        let number = lines.iter().take(TOP_LINES).take_while(|line| !line.trim().is_empty()).count();
        let marked = lines.iter().take(number).position(|line| line.ends_with('='));
        let bytes = |number: usize| lines.iter().take(number).map(|line| line.len()).sum::<usize>();
        let marked = marked.filter(|at| bytes(at + 1) <= TOP_BYTES);
        let number = match marked {
            Some(at) => at + 1,
            None => unmarked_title(lines, number),
        };
        let top: Vec<&str> =
            lines.drain(..number).map(|line| line.trim_end_matches([' ', '=']).trim()).collect();
        Self::of(top.into_iter().filter(|line| !line.is_empty()).collect())
    }

    fn of(mut lines: Vec<&str>) -> Self {
        let mut top = Self::default();
        let mut notes = Vec::new();
        let mut titles: Vec<&str> = Vec::new();
        let all = lines.clone();
        while !lines.is_empty() {
            let line = lines.remove(0);
            // A note in brackets, which can have several lines.
            let end = line.starts_with('(').then(|| {
                std::iter::once(line).chain(lines.iter().copied()).position(|line| line.ends_with(')'))
            });
            if let Some(end) = end.flatten() {
                let rest: Vec<&str> = lines.drain(..end).collect();
                notes.push(std::iter::once(line).chain(rest).collect::<Vec<_>>().join(" "));
            } else {
                titles.push(line);
            }
        }
        if titles.is_empty() && !notes.iter().any(|note| Mark::of(note) != Mark::default()) {
            // A headline in brackets.
            titles = all;
            notes.clear();
        }
        // A time before which the message may not be published, above the headline.
        if titles.len() > 1 {
            let is_note = |line: &&str| {
                transmission::embargo(line).is_some_and(|note| line.trim_start().starts_with(note.as_str()))
            };
            let (times, others): (Vec<&str>, Vec<&str>) = titles.iter().partition(|line| is_note(line));
            if !others.is_empty() {
                notes.extend(times.into_iter().map(str::to_owned));
                titles = others;
            }
        }
        // Marks in capitals are above a headline that is not.
        let capitals = titles.iter().take_while(|line| is_capitals(line)).count();
        let marks = if capitals < titles.len() {
            capitals
        } else {
            titles.iter().take_while(|line| Mark::of(line) != Mark::default()).count()
        };
        notes.extend(titles.drain(..marks).map(str::to_owned));
        // "Von der" begins a name or a sentence.
        let is_author = |line: &&str| is_byline(line) && !line.starts_with("Von der ");
        if let Some(at) = titles.iter().skip(1).position(is_author) {
            top.bylines = titles.split_off(at + 1).into_iter().map(str::to_owned).collect();
        }
        for note in &notes {
            top.mark.add(Mark::of(note));
            top.embargo = top.embargo.take().or_else(|| transmission::embargo(note));
        }
        // A second headline, in Austria.
        titles.retain(|line| !line.starts_with("Utl.:"));
        let title = titles.join(" ");
        top.mark.add(mark_of_title(&title));
        top.title = (!title.is_empty()).then_some(title);
        top
    }
}

/// Returns the number of lines of a headline that no sign ends, among the first `most`.
fn unmarked_title(lines: &[&str], most: usize) -> usize {
    let indented = lines.iter().take(most).position(|line| line.starts_with("  "));
    let number = indented.unwrap_or(most);
    let has_text = lines.iter().skip(number).any(|line| !line.trim().is_empty());
    let title = || lines.iter().take(number).copied().collect::<Vec<_>>().join(" ");
    let is_title = number <= TITLE_LINES
        && has_text
        && !title().ends_with('.')
        && title().chars().count() <= TITLE_CHARS
        && transmission::dateline(&title()).is_none();
    if is_title { number } else { 0 }
}

fn is_capitals(line: &str) -> bool {
    line.chars().any(char::is_uppercase) && !line.chars().any(char::is_lowercase)
}

/// Returns what a headline says of its version: `CORRECTION: the lock`, `The lock opens (2LEAD)`.
fn mark_of_title(title: &str) -> Mark {
    let mut mark = Mark::default();
    if let Some((first, _)) = title.split_once(':') {
        let said = Mark::of(first);
        // In small letters, other words are those of a headline: "Lead: found in the harbour".
        let is_correction = said.signal == Some(Signal::Correction) && !first.contains(' ');
        if is_capitals(first) || is_correction {
            mark.add(said);
        }
    }
    if let Some((first, _)) = title.strip_prefix('(').and_then(|title| title.split_once(')'))
        && is_capitals(first)
    {
        mark.add(Mark::of(first));
    }
    if let Some(last) = title.strip_suffix(')').and_then(|title| title.rsplit_once('(')).map(|(_, last)| last)
        && is_capitals(last)
    {
        mark.add(Mark::of(last));
    }
    mark
}

/// Returns the text without notes to editors, initials and the sign of the end.
fn text_of(mut lines: Vec<&str>, agency: Option<&str>) -> String {
    if let Some(end) = lines.iter().position(|line| ends_text(line)) {
        lines.truncate(end);
    }
    while let Some(last) = lines.last() {
        let last = last.trim();
        let is_rule = last.chars().all(|c| matches!(c, '*' | ' ' | '_' | '-'));
        if !(is_rule || is_initials(last, agency)) {
            break;
        }
        lines.pop();
    }
    transmission::paragraphs(lines)
}

fn ends_text(line: &str) -> bool {
    let line = line.trim();
    if line.starts_with("./.") || line.starts_with("(Schluss)") || line == "NNNN" {
        return true;
    }
    let lower = line.to_lowercase();
    let is_notebook = lower.strip_prefix("# ").is_some_and(|heading| {
        heading.split_whitespace().count() <= 3 && NOTEBOOKS.iter().any(|name| heading.contains(name))
    });
    is_notebook || NOTES.iter().any(|note| lower.starts_with(note))
}

/// Returns whether a line has the initials of those who wrote and edited a message: `dpa ar xx`, `AR/XX/`, `ar/xx`.
fn is_initials(line: &str, agency: Option<&str>) -> bool {
    if line.chars().count() > INITIALS_CHARS {
        return false;
    }
    if line.contains('/') {
        return sign_off::is_initials(line);
    }
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    agency.is_some_and(|agency| agency.eq_ignore_ascii_case(first))
        && words
            .all(|word| word.len() <= 6 && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}
