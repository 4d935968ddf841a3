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
    let text = decoded(head);
    let mut lines =
        text.trim_start_matches('\u{feff}').lines().map(str::trim_end).filter(|line| !line.is_empty());
    let is_reference = lines.next().is_some_and(|line| line.starts_with("TY  - "))
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
    // Marks in groups that are not text, and addresses of the services to which the articles link.
    if is_nexis(&text) || has("\\LXNComment") || has("://advance.lexis.com/") {
        Form::NexisRtf
    } else if factiva::is_export(text.lines())
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
    if proquest_text::is_export(text) {
        return Some(Form::ProQuestText);
    }
    // Old computers ended lines with a carriage return.
    let text = if text.contains('\n') { Cow::Borrowed(text) } else { Cow::Owned(text.replace('\r', "\n")) };
    let text = text.as_ref();
    if is_nexis(text) {
        Some(Form::NexisText)
    } else {
        factiva::is_export(text.lines()).then_some(Form::FactivaText)
    }
}

/// Returns the head as text. Its marks are ASCII in every character set, except for UTF-16.
fn decoded(head: &[u8]) -> Cow<'_, str> {
    let zeros = |from: usize| head.iter().skip(from).step_by(2).take(100).filter(|byte| **byte == 0).count();
    let encoding = match head {
        [0xff, 0xfe, ..] => encoding_rs::UTF_16LE,
        [0xfe, 0xff, ..] => encoding_rs::UTF_16BE,
        _ if zeros(1) > 50 => encoding_rs::UTF_16LE,
        _ if zeros(0) > 50 => encoding_rs::UTF_16BE,
        _ => match std::str::from_utf8(head) {
            Ok(_) => encoding_rs::UTF_8,
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

/// Returns whether a text is an export of Nexis: a counter of documents on a line of its own, and a label or the cover page; or
/// else an article of Nexis Uni, or its cover page.
fn is_nexis(text: &str) -> bool {
    let lines = || text.lines().map(str::trim);
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
