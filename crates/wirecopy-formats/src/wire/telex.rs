//! Reads messages of teleprinters, which archives keep as plain text: from `ZCZC` to `NNNN`.
//!
//! ```text
//! ZCZC NPA012                      the number of the message
//! FERRY-SKARVIK 1STLD              keywords of the story
//!
//! The headline
//! By Jo Roe
//!
//! LUND PIER, March 11 (NP) - The text,
//! wrapped.
//! 111320 GMT Mar 24                day and time, month, year
//! NNNN
//! ```
//!
//! Between these marks, messages are like those of IPTC 7901, whose header may follow `ZCZC`; most lack some of the lines above.
//!
//! The marks: ITU-T Recommendation F.31, Telegram retransmission system, 1988.

use std::io::BufRead;
use std::ops::ControlFlow;

use wirecopy_core::document::Refusal;
use wirecopy_core::text::credit::is_byline;

use super::iptc7901;
use super::transmission::{self, Mark, Message, Rules};
use crate::{Emit, Item, Limits};

const RULES: Rules = Rules { header_lines: 1, begins: never, begins_bare, is_sure: true, ends: is_end, item };

/// The word that begins a message.
const START: &str = "ZCZC";
/// The line that ends one.
const END: &str = "NNNN";
/// Most words after the first one in the line that begins a message.
const CODES: usize = 8;
/// Most bytes of a headline below a keyword.
const TITLE_BYTES: usize = 120;

/// Reads a file of messages.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    transmission::read(&RULES, input, limits, emit)
}

/// Returns whether content that begins with `text` is in this form: its first line begins a message, and has the number of the
/// message if no line is seen to end it.
pub(super) fn is(text: &str) -> bool {
    let mut lines = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(|line| line.trim_matches(is_padding))
        .filter(|line| !line.is_empty());
    let Some(codes) = lines.next().and_then(codes) else { return false };
    let is_number = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
    codes.split_whitespace().next().is_some_and(is_number) || lines.any(is_end)
}

fn is_padding(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// Returns what follows [`START`] in a line that begins a message: codes, which are not words in small letters.
fn codes(line: &str) -> Option<&str> {
    let codes = line.trim_matches(is_padding).strip_prefix(START)?;
    let is_apart = codes.is_empty() || codes.starts_with(' ');
    let is_code =
        codes.split_whitespace().all(|code| code.len() == 1 || !code.chars().any(char::is_lowercase))
            || iptc7901::is_header(codes);
    (is_apart && is_code && codes.split_whitespace().count() <= CODES).then_some(codes.trim())
}

/// No code begins a message.
fn never(_: &str) -> bool {
    false
}

fn begins_bare(_: &str, line: &str) -> bool {
    codes(line).is_some()
}

fn is_end(line: &str) -> bool {
    line.trim_matches(is_padding) == END
}

fn item(message: &Message) -> Result<Item, Refusal> {
    let header = message.header.first().and_then(|line| codes(line)).unwrap_or_default();
    let lines = message.body.iter().map(String::as_str).take_while(|line| !is_end(line));
    let mut body: Vec<String> = lines.map(str::to_owned).skip_while(|line| line.trim().is_empty()).collect();
    let mut message = Message { header: vec![header.to_owned()], ..Message::default() };
    if is_slug(&body) {
        message.header.push(body.remove(0));
        message.has_start = true;
    }
    join_byline(&mut body);
    message.body = body;
    iptc7901::item(&message)
}

/// Returns whether the first line is a keyword of the story: a word of several parts, maybe with a mark of the version, or one
/// word above a headline.
fn is_slug(lines: &[String]) -> bool {
    let mut filled = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    let mut words = filled.next().unwrap_or_default().split_whitespace();
    let Some(first) = words.next() else { return false };
    let marks: Vec<&str> = words.collect();
    let has_parts = first.trim_end_matches('/').contains(['-', '/']) || first.ends_with('/');
    if has_parts {
        let is_mark =
            |mark: &str| Mark::of(mark) != Mark::default() || mark.bytes().any(|byte| byte.is_ascii_digit());
        return marks.iter().all(|mark| is_mark(mark));
    }
    let is_title = filled.next().is_some_and(|line| line.len() <= TITLE_BYTES && !line.ends_with('.'));
    marks.is_empty() && is_title && filled.next().is_some()
}

/// Removes the blank lines between a headline and the author below it, so that both are above the text.
fn join_byline(lines: &mut Vec<String>) {
    let title = lines.iter().skip_while(|line| line.trim().is_empty());
    let blank = lines.len() - title.clone().count();
    let title_end = blank + title.take_while(|line| !line.trim().is_empty()).count();
    let below = lines.iter().skip(title_end).take_while(|line| line.trim().is_empty()).count();
    let is_alone = lines.get(title_end + below + 1).is_none_or(|line| line.trim().is_empty());
    if is_alone && lines.get(title_end + below).is_some_and(|line| is_byline(line.trim())) {
        lines.drain(title_end..title_end + below);
    }
}

#[cfg(test)]
mod tests {
    use wirecopy_core::document::Signal;

    use super::*;
    use crate::Form::Telex;
    use crate::wire::tests::{found, item_of, parts};

    const MESSAGE: &str = "\r\nZCZC NPA012\r\nFERRY-SKARVIK 1STLEAD\r\n\r\nFerry sails again\r\n\r\nBy Jo Roe\r\n\r\n   LUND PIER, March 11 (Reuters) - The ferry\r\n\
        sailed.\r\n\r\n   It was late.\r\n\r\n111320 GMT Mar 24\r\nNNNN\r\n\r\n";

    #[test]
    fn message_is_read() {
        assert!(is(MESSAGE));
        let (meta, delivery, text) = parts(item_of(Telex, MESSAGE));
        assert_eq!(meta.title.as_deref(), Some("Ferry sails again"));
        assert_eq!(meta.bylines, ["By Jo Roe"]);
        assert_eq!(meta.date.as_deref(), Some("2024-03-11T13:20+00:00"));
        assert_eq!(delivery.slug.as_deref(), Some("FERRY-SKARVIK 1STLEAD"));
        assert_eq!(text, "LUND PIER, March 11 (Reuters) - The ferry sailed.\nIt was late.");
    }

    #[test]
    fn each_message_is_one_item_also_if_an_end_is_missing() {
        let text = "ZCZC A01\nOne\n\nThe first text.\n\nZCZC A02\nTwo\n\nThe second text.\nNNNN\nline noise\nZCZC A03\n\nNNNN\nZCZC\nThree\n\nThe third";
        let results: Vec<String> = found(Telex, text)
            .into_iter()
            .map(|result| {
                result.map_or_else(|reason| format!("!{reason}"), |item| item.meta.title.unwrap_or_default())
            })
            .collect();
        assert_eq!(results, ["One", "Two", "!a message without text", "Three"]);
    }

    #[test]
    fn header_of_iptc_7901_names_the_agency() {
        let text = "ZCZC abc0123 4 i 38  dpa 0061\nHarbour/\nCORRECTION\nFerry sails =\n\nLund Pier (dpa) - It sailed.\n\ndpa ar xx\n111320 GMT Mar 24\nNNNN\n";
        assert!(is(text));
        let (meta, delivery, text) = parts(item_of(Telex, text));
        assert_eq!((meta.title.as_deref(), meta.source.as_deref()), (Some("Ferry sails"), Some("dpa")));
        assert_eq!((delivery.slug.as_deref(), delivery.signal), (Some("Harbour"), Some(Signal::Correction)));
        assert_eq!(text, "Lund Pier (dpa) - It sailed.");
    }

    #[test]
    fn number_of_a_message_may_have_single_small_letters() {
        let text = "ZCZC ABC012 4 i\nHARBOUR/\nFerry sails =\n\nThe ferry sailed.\nNNNN\n";
        assert!(is(text));
        assert_eq!(parts(item_of(Telex, text)).2, "The ferry sailed.");
    }

    #[test]
    fn prose_about_the_marks_is_not_a_message() {
        for text in [
            "ZCZC began each message of the teleprinter in 1960.\nNNNN\nended it.",
            "ZCZC AND NNNN\n\nTelex operators typed ZCZC A01 first.",
            "The message:\n\nZCZC A01\n\nText.\n\nNNNN",
            "ZCZCA 01\nNNNN",
            "",
        ] {
            assert!(!is(text), "{text}");
        }
        assert!(is("ZCZC\n\nTitle\n\nText.\n\nNNNN\n") && is("ZCZC A01\nText that goes on"));
    }
}
