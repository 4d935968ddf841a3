//! Tells the form of an export from its first bytes.
//!
//! A form is only recognised by marks that its service alone writes, in places where a text about the service does not have them.
//! Word and RTF documents are recognised as such; whether they are exports is seen when they are read.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem;
use wirecopy_core::document::{Refusal, SkipKind};
use wirecopy_core::word_table::Words;

use super::labels::{Label, counter, is_copyright, label, words};
use super::office::READ;
use super::{factiva, factiva_html, mail, nexis, proquest, proquest_text, quoted, rtf};
use crate::{Form, Limits};

/// The beginning of a list of references.
const REFERENCE: &str = "TY  - ";
/// Fewest fields of a list of references in its first lines.
const REFERENCE_FIELDS: usize = 4;

/// Returns the form of a file that begins with `head`.
pub(crate) fn form_of(head: &[u8]) -> Option<Form> {
    if head.starts_with(b"PK\x03\x04") {
        return is_word(head).then_some(Form::NexisDocx);
    }
    if head.starts_with(b"{\\rtf") {
        return Some(of_rtf(head));
    }
    let text = decoded(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('<') {
        return of_html(text);
    }
    of_mail(text).or_else(|| of_text(text))
}

/// Returns why a file that begins with `head` is not read, if it is of a kind that holds no articles.
pub(crate) fn refusal_of(head: &[u8]) -> Option<Refusal> {
    // The mark comes after blanks only. In UTF-16, where bytes are only parts of signs, the mark has zeros.
    let first = head.trim_ascii_start().first();
    let is_other =
        first.is_some_and(|byte| byte.is_ascii_graphic() && !REFERENCE.as_bytes().starts_with(&[*byte]));
    if is_other && memchr::memchr(0, head).is_none() {
        return None;
    }
    let text = decoded(head);
    let mut lines =
        text.trim_start_matches('\u{feff}').lines().map(str::trim_end).filter(|line| !line.is_empty());
    let is_reference = lines.next().is_some_and(|line| line.starts_with(REFERENCE))
        && lines.take(40).filter(|line| is_reference_field(line)).count() >= REFERENCE_FIELDS;
    is_reference.then(|| {
        SkipKind::Unsupported.because(format!(
            "a list of references (RIS), which has abstracts rather than articles; export the articles with their text. {READ}"
        ))
    })
}

/// Returns whether a line is a field of a reference in RIS: two letters or digits, two spaces and a hyphen.
fn is_reference_field(line: &str) -> bool {
    matches!(line.as_bytes(), [b'A'..=b'Z', b'A'..=b'Z' | b'0'..=b'9', b' ', b' ', b'-', rest @ ..] if rest.first().is_none_or(|byte| *byte == b' '))
}

/// Returns the form of an RTF document by its text. Its beginning may have none: pictures and styles come before it.
fn of_rtf(head: &[u8]) -> Form {
    let has = |sign: &str| has(head, sign.as_bytes());
    let mut input = head;
    let lines: Vec<String> = rtf::Paragraphs::of(&mut input, Limits::default())
        .map_while(Result::ok)
        .map(|line| line.text)
        .collect();
    let text = lines.join("\n");
    let lines = lines_of(&text, b'\n');
    // Marks in groups that are not text, and addresses of the services to which the articles link.
    if is_nexis(&lines) || has("\\LXNComment") || has("://advance.lexis.com/") {
        Form::NexisRtf
    } else if factiva::is_export(lines.iter().copied())
        || has("{\\title Factiva")
        || has("Factiva RTF Display Format")
        || has("://global.factiva.com/")
    {
        Form::FactivaRtf
    } else {
        Form::Rtf
    }
}

/// Returns the form of an export in plain text. The cover page of Nexis is quoted by nobody, and the article after it may be
/// longer than the head.
pub(super) fn of_text(text: &str) -> Option<Form> {
    marked_text(text).filter(|form| {
        (*form == Form::NexisText && text.lines().any(|line| is_cover(line.trim())))
            || quoted::may_be_export(*form, text)
    })
}

/// Returns the form whose marks a plain text has.
fn marked_text(text: &str) -> Option<Form> {
    // Old computers ended lines with a carriage return.
    let has_line_feeds = memchr::memchr(b'\n', text.as_bytes()).is_some();
    let lines = lines_of(text, if has_line_feeds { b'\n' } else { b'\r' });
    if has_line_feeds && proquest_text::is_export(&lines) {
        Some(Form::ProQuestText)
    } else if is_nexis(&lines) {
        Some(Form::NexisText)
    } else {
        factiva::is_export(lines.iter().copied()).then_some(Form::FactivaText)
    }
}

/// Returns the lines of a text that are not blank, without the blanks around them. `end` ends a line.
fn lines_of(text: &str, end: u8) -> Vec<&str> {
    let ends = memchr::memchr_iter(end, text.as_bytes()).chain([text.len()]);
    let mut start = 0;
    let lines = ends.map(|end| text.get(std::mem::replace(&mut start, end + 1)..end).unwrap_or_default());
    lines.map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// Returns the head as text. Its marks are ASCII in every character set, except for UTF-16.
fn decoded(head: &[u8]) -> Cow<'_, str> {
    let beginning = head.get(..200).unwrap_or(head);
    let zeros = |from: usize| beginning.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let has_zeros = memchr::memchr(0, beginning).is_some();
    let encoding = match head {
        [0xff, 0xfe, ..] => encoding_rs::UTF_16LE,
        [0xfe, 0xff, ..] => encoding_rs::UTF_16BE,
        _ if has_zeros && zeros(1) > 50 => encoding_rs::UTF_16LE,
        _ if has_zeros && zeros(0) > 50 => encoding_rs::UTF_16BE,
        _ => match std::str::from_utf8(head) {
            Ok(text) => return Cow::Borrowed(text),
            // The last character may be cut off.
            Err(error) if error.error_len().is_none() => encoding_rs::UTF_8,
            Err(_) => encoding_rs::WINDOWS_1252,
        },
    };
    encoding.decode(head).0
}

fn has(text: &[u8], sign: &[u8]) -> bool {
    memmem::find(text, sign).is_some()
}

/// Returns whether an archive is a Word document: one of its first parts is in the folder `word/`.
fn is_word(head: &[u8]) -> bool {
    memmem::find_iter(head, b"PK\x03\x04").any(|at| {
        let name = at + 30;
        head.get(name..name + 5).is_some_and(|name| name.eq_ignore_ascii_case(b"word/"))
    })
}

/// Returns the form of an export in HTML.
pub(super) fn of_html(text: &str) -> Option<Form> {
    let has = |sign: &str| has(text.as_bytes(), sign.as_bytes());
    let is_nexis = has("<!-- Hide XML section from browser")
        || has("<!-- LXNComment ")
        || has("NAME=\"DOC_ID_0_0\"")
        || has("<A NAME=\"DOC_ID_");
    if is_nexis {
        return Some(Form::NexisHtml);
    }
    let title = title(text);
    let is_factiva = matches!(title, Some("Factiva" | "Dow Jones Factiva"))
        || has("class=\"article") && has("articleParagraph ") && has("Headline")
        || has("class=\"article\"") && factiva_html::is_numbered_export(text);
    if is_factiva {
        return Some(Form::FactivaHtml);
    }
    let is_europresse = has("class=\"DocPublicationName\"")
        || has("class=\"rdp__DocPublicationName")
        || has("xmlns:n1=\"http://www.cedrom-sni.com/")
        || has("europresse.com/css/")
        || has("titreArticleVisu") && has("DocHeader");
    if is_europresse {
        return Some(Form::EuropresseHtml);
    }
    let is_proquest =
        proquest::is_export(text) || matches!(title, Some("ProQuest Export" | "ProQuest Documents"));
    is_proquest.then_some(Form::ProQuestHtml)
}

/// Returns the title of a page.
fn title(text: &str) -> Option<&str> {
    let start =
        memmem::find(text.as_bytes(), b"<title>").or_else(|| memmem::find(text.as_bytes(), b"<TITLE>"))?;
    text.get(start + 7..)?.split('<').next().map(str::trim)
}

/// Returns whether a line is one of the cover page of Nexis.
fn is_cover(line: &str) -> bool {
    static COVER: Words = LazyLock::new(|| words("nexis cover"));
    COVER.iter().any(|label| line.starts_with(label))
}

/// Returns whether lines are of an export of Nexis: a counter of documents on a line of its own, and a label or the cover page;
/// or else an article of Nexis Uni, or its cover page.
fn is_nexis(lines: &[&str]) -> bool {
    let lines = || lines.iter().copied();
    let is_label = |line: &str| {
        matches!(
            label(line),
            Some((Label::Length | Label::Byline | Label::Section | Label::Headline | Label::Body, _))
        )
    };
    let covers = || lines().filter(|line| is_cover(line)).count();
    if lines().any(|line| counter(line).is_some()) {
        return covers() > 0 || lines().any(is_label) || lines().any(is_copyright);
    }
    if nexis::is_uni(lines()) {
        return true;
    }
    // The terms of the search may fill the first pages.
    let has_request = lines().any(|line| {
        ["Download Request:", "Print Request:", "Ausgabeauftrag:"].iter().any(|l| line.starts_with(l))
    });
    let is_uni = lines().any(|line| line.starts_with("Job Number:"))
        && lines().any(|line| line.starts_with("Client/Matter:"));
    has_request && covers() > 2 || is_uni
}

/// Returns the form of a mail or a mailbox.
fn of_mail(text: &str) -> Option<Form> {
    let first = text.lines().next()?;
    if mail::is_envelope(first.as_bytes()) {
        let is_next_header = text.lines().nth(1).is_some_and(|line| header(line).is_some());
        return is_next_header.then_some(Form::Mbox);
    }
    // Headers that only programs write, and those that every mail has.
    const BY_PROGRAMS: [&str; 10] = [
        "received",
        "message-id",
        "mime-version",
        "return-path",
        "delivered-to",
        "dkim-signature",
        "content-transfer-encoding",
        "x-mailer",
        "authentication-results",
        "snapshot-content-location",
    ];
    const ALWAYS: [&str; 5] = ["from", "date", "subject", "to", "content-type"];
    let (mut by_programs, mut always, mut is_saved) = (0, 0, false);
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some(name) = header(line) else { break };
        let name = name.to_ascii_lowercase();
        by_programs += usize::from(BY_PROGRAMS.contains(&name.as_str()));
        always += usize::from(ALWAYS.contains(&name.as_str()));
        is_saved |= mail::is_saved_by(&name, line);
    }
    let form = if is_saved { Form::SavedPage } else { Form::Mail };
    // The headers of a mail may be longer than the head.
    (by_programs >= 1 && always >= 2 || by_programs >= 3).then_some(form)
}

/// Returns the name of a header of a mail.
fn header(line: &str) -> Option<&str> {
    let (name, rest) = line.split_once(':')?;
    let is_name = !name.is_empty()
        && name.len() <= 60
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_name && (rest.is_empty() || rest.starts_with([' ', '\t']))).then_some(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REFERENCES: &str =
        "TY  - NEWS\nT1  - A ferry sails\nAU  - Roe, Jo\nPY  - 2024\nN2  - An abstract.\nER  -\n";

    /// Returns a text in UTF-16.
    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    proptest! {
        #[test]
        fn references_are_refused_in_every_character_set(
            before in "[\u{feff}]?[\n\r\t\u{b}\u{2028}\u{2009}\u{a0} ]{0,4}\n", other in "[\u{2f20}a<T]?",
        ) {
            let is_refused = |text: &str| {
                let heads = [text.as_bytes().to_vec(), utf16(text, u16::to_le_bytes), utf16(text, u16::to_be_bytes)];
                heads.map(|head| refusal_of(&head).is_some())
            };
            prop_assert_eq!(is_refused(&format!("{before}{REFERENCES}")), [true; 3]);
            prop_assert_eq!(is_refused(&format!("{before}{other}{REFERENCES}")), [other.is_empty(); 3]);
        }

        #[test]
        fn lines_are_those_of_the_standard_library(text in "[a\n\r\u{b}\u{85}\u{2028} ]{0,20}") {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            prop_assert_eq!(lines_of(&text, b'\n'), lines.collect::<Vec<_>>());
            let without = text.replace('\n', "");
            let with_others = without.replace('\r', "\n");
            prop_assert_eq!(lines_of(&without, b'\r'), lines_of(&with_others, b'\n'));
        }

        #[test]
        fn text_is_decoded_as_encoding_rs_does(text in "[\u{feff}]?[a-z0-9é漢 \n]{0,300}") {
            let decode = |head: &[u8]| encoding_rs::UTF_8.decode(head).0.into_owned();
            let whole = decoded(text.as_bytes());
            prop_assert_eq!(whole.trim_start_matches('\u{feff}'), decode(text.as_bytes()));
            let cut = text.as_bytes().get(..text.len().saturating_sub(1)).unwrap_or_default();
            if std::str::from_utf8(cut).is_err() {
                prop_assert_eq!(decoded(cut), decode(cut));
            }
        }
    }
}
