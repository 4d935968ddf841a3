//! What IPTC 7901, ANPA 1312 and telex have in common: messages between control codes, times of transmission, wrapped lines.
//!
//! A file holds transmissions as they came over the line, or what remains where the control codes were removed or printed as pairs
//! (`^A`). Memory holds one message. Cost: one pass over the lines.

mod text;
mod time;

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{BufRead, Read};
use std::ops::ControlFlow;

use wirecopy_core::document::Refusal;
use wirecopy_core::document::SkipKind::{Damaged, Malformed, TooLarge};

use crate::line_ends::LineFeeds;
use crate::{Emit, Found, Item, Limits};

use text::clean;
pub(super) use text::{Mark, dateline, embargo, is_agency, paragraphs};
pub(super) use time::{Clock, day_and_time, iso, month, number, offset, year};

/// Start of heading.
pub(super) const SOH: char = '\x01';
/// Start of text.
pub(super) const STX: char = '\x02';
/// End of text.
const ETX: char = '\x03';
/// End of transmission.
const EOT: char = '\x04';

/// Most bytes that are read as one line.
const LINE_BYTES: u64 = 1 << 20;

/// How the messages of a form are found and read.
pub(super) struct Rules {
    /// Number of lines of a header.
    pub header_lines: usize,
    /// Returns whether a line after [`SOH`] begins a header.
    pub begins: fn(&str) -> bool,
    /// Returns whether two lines, the second of which may be the only one of a header, are a header without control codes.
    pub begins_bare: fn(&str, &str) -> bool,
    /// Whether such a header begins a message also where the one before it has no end.
    pub is_sure: bool,
    /// Returns whether a line is the last of a message: the time of transmission.
    pub ends: fn(&str) -> bool,
    /// Returns the item of a message.
    pub item: fn(&Message) -> Result<Item, Refusal>,
}

/// The parts of a message.
#[derive(Debug, Default)]
pub(super) struct Message {
    /// The lines before [`STX`], with other control codes. Without it, the lines of the header.
    pub header: Vec<String>,
    /// The lines up to [`ETX`], without control codes.
    pub body: Vec<String>,
    /// What is after it, if it is there.
    pub trailer: Option<String>,
    /// Whether the beginning of the text is marked.
    pub has_start: bool,
}

/// Returns bytes as text. Validating is much cheaper than a lossy conversion, and nearly always succeeds.
pub(super) fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// Reads the messages of a file.
pub(super) fn read(
    rules: &Rules,
    input: &mut dyn BufRead,
    limits: Limits,
    emit: &mut Emit<'_>,
) -> ControlFlow<()> {
    let mut input = LineFeeds::new(input);
    let mut reading = Reading { rules, limits, open: None, before: String::new(), is_printed: None };
    let is_empty = Cell::new(true);
    let mut send = |message: Option<Result<Item, Refusal>>| {
        let Some(message) = message else { return ControlFlow::Continue(()) };
        is_empty.set(false);
        emit(message.map_or_else(Found::Skip, |item| Found::Item(Box::new(item))))
    };
    let mut raw = Vec::new();
    loop {
        raw.clear();
        match Read::take(&mut input, LINE_BYTES).read_until(b'\n', &mut raw) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                send(reading.finish())?;
                return send(Some(Err(Damaged.because(error.to_string()))));
            }
        }
        let line = String::from_utf8_lossy(&raw);
        let mut rest = reading.with_codes(line.trim_end_matches(['\n', '\r']));
        // A message can begin on the line where the one before it ends.
        while let Some((end, begin)) = reading.split(&rest) {
            reading.push(end);
            send(reading.finish())?;
            reading.open = Some(Open { has_codes: true, ..Open::default() });
            rest = begin.to_owned();
        }
        if reading.begins_bare(&rest) {
            send(reading.finish())?;
            reading.open = Some(Open::default());
            if rules.header_lines == 2 {
                let before = std::mem::take(&mut reading.before);
                reading.push(&before);
            }
        }
        reading.push(&rest);
    }
    send(reading.finish())?;
    if is_empty.get() {
        send(Some(Err(Malformed.because("no message with a header"))))?;
    }
    ControlFlow::Continue(())
}

struct Reading<'a> {
    rules: &'a Rules,
    limits: Limits,
    open: Option<Open>,
    /// The last line.
    before: String,
    /// Whether control codes are printed as pairs; `None` before the first line.
    is_printed: Option<bool>,
}

/// The message that is being read.
#[derive(Default)]
struct Open {
    text: String,
    is_too_large: bool,
    /// Whether it began with a control code.
    has_codes: bool,
    has_start: bool,
    has_end: bool,
}

impl Reading<'_> {
    /// Returns what is before and after a code that begins a message.
    fn split<'t>(&self, line: &'t str) -> Option<(&'t str, &'t str)> {
        line.match_indices(SOH).find_map(|(at, _)| {
            let begin = line.get(at + 1..)?;
            (self.rules.begins)(begin).then(|| (line.get(..at).unwrap_or_default(), begin))
        })
    }

    /// Returns whether a message without control codes begins, with this line or the one before it.
    fn begins_bare(&self, line: &str) -> bool {
        match &self.open {
            Some(open) if open.has_codes || !(open.has_end || self.rules.is_sure) => false,
            _ => (self.rules.begins_bare)(&self.before, line),
        }
    }

    fn push(&mut self, line: &str) {
        if let Some(open) = &mut self.open {
            open.has_start |= line.contains(STX);
            open.has_end |= line.contains(ETX) || (self.rules.ends)(line);
            if (open.text.len() + line.len()) as u64 > self.limits.item_bytes {
                open.is_too_large = true;
                open.text = String::new();
            }
            if !open.is_too_large {
                open.text.push_str(line);
                open.text.push('\n');
            }
        }
        self.before.clear();
        self.before.push_str(line);
    }

    /// Returns the item of the message that ends, if there is one.
    fn finish(&mut self) -> Option<Result<Item, Refusal>> {
        let open = self.open.take()?;
        if open.is_too_large {
            return Some(
                Err(TooLarge.because(format!("a message of over {} bytes", self.limits.item_bytes))),
            );
        }
        Some((self.rules.item)(&Message::of(&open.text, self.rules.header_lines)))
    }

    /// Returns a line with the control codes that are printed in it as pairs. Where text can have such pairs too, only those count
    /// that are in the place of a code.
    fn with_codes(&mut self, line: &str) -> String {
        if self.is_printed.is_none() && !line.trim().is_empty() {
            self.is_printed = Some(printed_header(line).is_some_and(|header| (self.rules.begins)(&header)));
        }
        if self.is_printed != Some(true) {
            return line.to_owned();
        }
        let line = line.trim_end_matches("^M");
        if let Some(header) = printed_header(line)
            && (self.rules.begins)(&header)
        {
            return format!("{SOH}{header}");
        }
        let has_start = self.open.as_ref().is_some_and(|open| open.has_start);
        if !has_start {
            return match line.strip_prefix("^B") {
                Some(text) => format!("{STX}{text}"),
                None => with_printed_codes(line),
            };
        }
        match line.trim_start().strip_prefix("^C") {
            Some(end) if (self.rules.ends)(end) => format!("{ETX}{end}"),
            _ if ["^?", "^D", "^?^D", "^L"].contains(&line.trim()) => String::new(),
            _ => line.to_owned(),
        }
    }
}

/// Returns what is after the code that begins a message, if that is printed as a pair.
pub(super) fn printed_header(line: &str) -> Option<String> {
    // Only pairs and blanks can come before it. Most lines begin with something else.
    if !line.starts_with(|c: char| c == '^' || c.is_whitespace()) {
        return None;
    }
    let begin = line.trim_start_matches("^?").trim_start_matches("^D").trim_start().trim_start_matches("^V");
    begin.strip_prefix("^A").map(with_printed_codes)
}

/// Returns a line of a header with the codes that are printed in it as pairs.
pub(super) fn with_printed_codes(line: &str) -> String {
    const PAIRS: [(&str, &str); 5] =
        [("^_", "\x1f"), ("^S", "\x13"), ("^T", "\x14"), ("^Q", "\x11"), ("^R", "\x12")];
    let line = line.trim_end_matches("^M");
    PAIRS.iter().fold(line.to_owned(), |line, (pair, code)| line.replace(pair, code))
}

impl Message {
    fn of(text: &str, header_lines: usize) -> Self {
        let lines = |text: &str, number: usize| -> Vec<String> {
            text.split('\n').take(number).map(|line| line.trim_end_matches('\r').to_owned()).collect()
        };
        let (header, rest, has_start) = match text.split_once(STX) {
            Some((header, rest)) => (lines(header, usize::MAX), rest, true),
            None => {
                let end = text.match_indices('\n').nth(header_lines - 1).map_or(text.len(), |(at, _)| at + 1);
                let (header, rest) = text.split_at(end);
                (lines(header, header_lines), rest, false)
            }
        };
        let (body, trailer) = match rest.split_once(ETX) {
            Some((body, trailer)) => (body, Some(trailer)),
            None => (rest.split(EOT).next().unwrap_or_default(), None),
        };
        let trailer = trailer.and_then(|trailer| trailer.split(EOT).next()).map(str::to_owned);
        let body = body.split('\n').map(|line| clean(line).trim_end().to_owned()).collect();
        Self { header, body, trailer, has_start }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn printed_code_follows_pairs_and_blanks_only(before in "(\\^[?DVA]|[\u{a0} \t]|a){0,5}", line in "(\\^A)?[a-z0-9^_]{0,6}") {
            let line = before + &line;
            let pairs = line.trim_start_matches("^?").trim_start_matches("^D").trim_start().trim_start_matches("^V");
            prop_assert_eq!(printed_header(&line), pairs.strip_prefix("^A").map(with_printed_codes));
        }
    }
}
