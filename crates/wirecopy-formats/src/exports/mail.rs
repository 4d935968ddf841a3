//! Reads mails (RFC 5322, MIME), mailboxes (mbox) and saved web pages (MHTML).
//!
//! Of a mail, the best text is read: plain text, or else HTML. Attachments are not read, except for mails that were forwarded. A
//! mail that holds an export gives its articles. A saved page is passed on as a page, like those of web archives.

mod lines;

use std::borrow::Cow;
use std::io::BufRead;
use std::ops::ControlFlow;

use mailparse::body::Body;
use mailparse::{DispositionType, MailHeaderMap, MailParseError, ParsedMail, addrparse};
use wirecopy_core::document::{Metadata, Refusal, SkipKind, one_line};

use super::{input, recognise};
use crate::{Body as Text, Emit, Form, Found, Item, Limits, Page};

/// Words from which a plain text is one, rather than a note that the mail is in HTML.
const WORDS: usize = 3;
/// How many times more words an HTML part must have for the plain text to be a note.
const NOTE: usize = 4;
/// Most mails around one that was forwarded.
const FORWARDED: usize = 5;
/// Most lines of a mail that look like the start of a part.
const PARTS: usize = 20_000;

/// Reads a mail.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    match input::whole(input, limits) {
        Ok(bytes) => mail(&bytes, limits, 0, emit),
        Err(refusal) => emit(Found::Skip(refusal)),
    }
}

/// Reads a mailbox as a stream: memory holds one mail.
pub(super) fn read_box(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let (mut line, mut next, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut is_blank, mut is_large, mut is_open) = (true, false, false);
    let mut has_any = false;
    loop {
        std::mem::swap(&mut line, &mut next);
        // A line was read ahead.
        let mut read =
            if line.is_empty() { input::line(input, limits.item_bytes, &mut line) } else { Ok(true) };
        next.clear();
        if read.is_ok() && !is_blank && is_envelope(&line) && is_dated(&line) {
            read = input::line(input, limits.item_bytes, &mut next).map(|_| true);
        }
        let goes_on = match read {
            Ok(goes_on) => goes_on,
            // The mail that is cut off is not passed on.
            Err(refusal) => return emit(Found::Skip(refusal)),
        };
        // Some programs leave out the blank line before a mail.
        if !goes_on || is_envelope(&line) && (is_blank || begins_mail(&next)) {
            if is_large {
                emit(Found::Skip(input::too_large(limits)))?;
            } else if is_open {
                mail(&bytes, limits, 0, emit)?;
            }
            has_any |= is_large || is_open;
            if !goes_on && !has_any {
                return emit(Found::Skip(SkipKind::Empty.because("a mailbox without a mail")));
            }
            if !goes_on {
                return ControlFlow::Continue(());
            }
            bytes.clear();
            (is_large, is_open, is_blank) = (false, true, false);
            continue;
        }
        is_blank = line.iter().all(u8::is_ascii_whitespace);
        // A line of the text that begins with `From ` is marked by `>`.
        let is_marked = line
            .iter()
            .position(|byte| *byte != b'>')
            .is_some_and(|at| at > 0 && line.get(at..).is_some_and(|rest| rest.starts_with(b"From ")));
        bytes.extend_from_slice(line.get(usize::from(is_marked)..).unwrap_or_default());
        if bytes.len() as u64 > limits.item_bytes {
            bytes.clear();
            is_large = true;
        }
    }
}

/// Returns whether a line begins a mail in a mailbox: `From ann@example.org Thu Feb 19 17:18:40 2015`.
pub(super) fn is_envelope(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let text = String::from_utf8_lossy(rest.get(..200).unwrap_or(rest));
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_time = |word: &&str| {
        word.len() >= 4 && word.contains(':') && word.bytes().all(|b| b.is_ascii_digit() || b == b':')
    };
    let is_year = |word: &&str| word.len() == 4 && matches!(word.parse(), Ok(1970..=2099_u32));
    (4..=12).contains(&words.len()) && words.iter().any(is_time) && words.iter().any(is_year)
}

/// Returns whether a line that begins a mail has a date in the form of C: `Thu Feb 19 17:18:40 2015`.
fn is_dated(line: &[u8]) -> bool {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let text = String::from_utf8_lossy(line.get(..200).unwrap_or(line));
    let words: Vec<&str> = text.split_whitespace().skip(2).collect();
    matches!(words[..], [day, month, ..] if DAYS.contains(&day) && MONTHS.contains(&month))
}

/// Returns whether a line is one of the headers with which mails begin.
fn begins_mail(line: &[u8]) -> bool {
    const FIRST: [&str; 11] = [
        "from",
        "to",
        "date",
        "subject",
        "received",
        "return-path",
        "delivered-to",
        "message-id",
        "mime-version",
        "content-type",
        "status",
    ];
    let Some(colon) = memchr::memchr(b':', line) else { return false };
    let name = String::from_utf8_lossy(line.get(..colon.min(60)).unwrap_or_default()).to_ascii_lowercase();
    FIRST.contains(&name.as_str()) || name.starts_with("x-") && !name.contains(' ')
}

/// Reads one mail, and those in it. `depth` is the number of mails around it.
fn mail(bytes: &[u8], limits: Limits, depth: usize, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let bytes = lines::prepared(without_blank_lines(bytes));
    let bytes = bytes.as_ref();
    // The parser needs far more memory for a part than its few bytes.
    if memchr::memmem::find_iter(bytes, b"\n--").take(PARTS + 1).count() > PARTS {
        return emit(Found::Skip(SkipKind::Limit.because(format!("a mail with more than {PARTS} parts"))));
    }
    let parsed = match mailparse::parse_mail(bytes) {
        Ok(parsed) => parsed,
        Err(error) => {
            return emit(Found::Skip(
                SkipKind::Malformed.because(format!("a mail that cannot be read: {error}")),
            ));
        }
    };
    if let Some(page) = saved_page(&parsed) {
        return match export(Some(&decoded(page)), None) {
            Some((form, html)) => read_export(form, html, limits, emit),
            None => emit(saved(&parsed, page)),
        };
    }
    let parts = Parts::of(&parsed);
    if let Some((form, text)) = export(parts.html.as_deref(), parts.plain.as_deref()) {
        read_export(form, text, limits, emit)?;
    } else {
        let meta = Metadata {
            title: parsed.headers.get_first_value("Subject").and_then(|subject| one_line(&subject)),
            date: parsed.headers.get_first_value("Date").and_then(|date| one_line(&date)),
            bylines: sender(&parsed).into_iter().collect(),
            language: parsed.headers.get_first_value("Content-Language").and_then(|tags| first_tag(&tags)),
            ..Metadata::default()
        };
        let has_mails = parsed.parts().any(is_mail);
        match parts.body() {
            Ok(body) => emit(Found::Item(Box::new(Item { meta, body })))?,
            // A mail may only forward others.
            Err(_) if has_mails => {}
            Err(refusal) => emit(Found::Skip(refusal))?,
        }
    }
    for part in parsed.parts().filter(|part| is_mail(part)) {
        if depth >= FORWARDED {
            let reason = format!("a mail that is forwarded within over {FORWARDED} others");
            emit(Found::Skip(SkipKind::Limit.because(reason)))?;
            continue;
        }
        match raw(part) {
            Ok(bytes) => mail(&bytes, limits, depth + 1, emit)?,
            Err(error) => {
                let reason = format!("a forwarded mail that cannot be read: {error}");
                emit(Found::Skip(SkipKind::Malformed.because(reason)))?;
            }
        }
    }
    ControlFlow::Continue(())
}

/// Returns whether a part is a mail that was forwarded.
fn is_mail(part: &ParsedMail<'_>) -> bool {
    part.ctype.mimetype == "message/rfc822" || part.ctype.mimetype == "message/global"
}

/// Returns whether a part claims to have others, but does not name the boundary between them. It is plain text then.
fn is_undivided(part: &ParsedMail<'_>) -> bool {
    part.ctype.mimetype.starts_with("multipart/") && !part.ctype.params.contains_key("boundary")
}

/// Returns whether a text has a line that looks like a boundary with a header after it.
fn has_part_headers(part: &ParsedMail<'_>) -> bool {
    let text = decoded(part);
    let is_header = |line: &str| line.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("content-"));
    text.lines().zip(text.lines().skip(1)).any(|(line, next)| line.starts_with("--") && is_header(next))
}

/// Returns the content of a part as it is, without the coding of its transfer. A copy is made only where there is one.
fn raw<'a>(part: &'a ParsedMail<'a>) -> Result<Cow<'a, [u8]>, MailParseError> {
    match part.get_body_encoded() {
        Body::SevenBit(body) | Body::EightBit(body) => Ok(Cow::Borrowed(body.get_raw())),
        Body::Binary(body) => Ok(Cow::Borrowed(body.get_raw())),
        Body::Base64(body) | Body::QuotedPrintable(body) => body.get_decoded().map(Cow::Owned),
    }
}

/// Returns the form of the export that a mail is, and the text of it.
fn export<'t>(html: Option<&'t str>, plain: Option<&'t str>) -> Option<(Form, &'t str)> {
    let html = html.and_then(|html| Some((recognise::of_html(html)?, html)));
    html.or_else(|| plain.and_then(|text| Some((recognise::of_text(text)?, text))))
}

fn read_export(form: Form, text: &str, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    match super::reader(form) {
        Some(read) => read(&mut text.as_bytes(), limits, emit),
        None => ControlFlow::Continue(()),
    }
}

/// Returns whether a header is one that only browsers write when they save a page.
pub(super) fn is_saved_by(name: &str, line: &str) -> bool {
    match name {
        "snapshot-content-location" => true,
        "from" => ["<Saved by ", "\"Saved by ", "Saved by "]
            .iter()
            .any(|by| line.split_once(':').is_some_and(|(_, value)| value.trim_start().starts_with(by))),
        _ => false,
    }
}

/// Returns the HTML of a saved page; `None` for a mail.
fn saved_page<'a>(parsed: &'a ParsedMail<'a>) -> Option<&'a ParsedMail<'a>> {
    let is_saved = parsed.headers.iter().any(|header| {
        is_saved_by(&header.get_key_ref().to_ascii_lowercase(), &format!(":{}", header.get_value()))
    });
    let mut html = parsed.parts().filter(|part| part.ctype.mimetype == "text/html");
    let first = html.next()?;
    if is_saved {
        // Frames of the page are other parts; the page is the one that was asked for.
        let address = parsed.headers.get_first_value("Snapshot-Content-Location");
        let main = html.find(|part| address.is_some() && location(part) == address);
        return Some(if location(first) == address { first } else { main.unwrap_or(first) });
    }
    // Other programs name no browser. A mail has receivers.
    let has_receivers =
        ["To", "Received", "Delivered-To"].iter().any(|name| parsed.headers.get_first_value(name).is_some());
    let is_page = parsed.ctype.mimetype == "multipart/related"
        && !has_receivers
        && location(first).or_else(|| location(parsed)).is_some_and(|url| url.starts_with("http"));
    is_page.then_some(first)
}

fn location(part: &ParsedMail<'_>) -> Option<String> {
    part.headers.get_first_value("Content-Location").map(|url| url.trim().to_owned())
}

/// Returns a saved page. Its sender is the browser, its date the time at which it was saved.
fn saved(parsed: &ParsedMail<'_>, page: &ParsedMail<'_>) -> Found {
    let of = |name: &str| parsed.headers.get_first_value(name).and_then(|value| one_line(&value));
    let url = of("Snapshot-Content-Location").or_else(|| location(page)).or_else(|| location(parsed));
    match raw(page) {
        Ok(content) => Found::Page(Page {
            url: url.filter(|url| url.starts_with("http")),
            date: of("Date"),
            media_type: page.ctype.mimetype.clone(),
            charset: page.ctype.params.get("charset").cloned(),
            content: content.into_owned(),
        }),
        Err(error) => {
            Found::Skip(SkipKind::Malformed.because(format!("a saved page that cannot be read: {error}")))
        }
    }
}

/// Returns the text of a part. One that does not name its character set is UTF-8 if it can be.
fn decoded(part: &ParsedMail<'_>) -> String {
    let utf8 = || raw(part).ok().and_then(|bytes| String::from_utf8(bytes.into_owned()).ok());
    let unnamed = if part.ctype.params.contains_key("charset") { None } else { utf8() };
    unnamed.or_else(|| part.get_body().ok()).unwrap_or_default()
}

fn without_blank_lines(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    while let Some(end) = memchr::memchr(b'\n', rest) {
        match rest.split_at_checked(end + 1) {
            Some((line, after)) if line.iter().all(u8::is_ascii_whitespace) => rest = after,
            _ => break,
        }
    }
    rest
}

/// Returns the name of the sender, or else the address.
fn sender(parsed: &ParsedMail<'_>) -> Option<String> {
    let from = parsed.headers.get_first_value("From")?;
    let named = addrparse(&from).ok().and_then(|list| match list.first()? {
        mailparse::MailAddr::Single(single) => {
            Some(single.display_name.clone().unwrap_or_else(|| single.addr.clone()))
        }
        mailparse::MailAddr::Group(group) => Some(group.group_name.clone()),
    });
    one_line(&named.unwrap_or(from))
}

fn first_tag(tags: &str) -> Option<String> {
    let tag = tags.split([',', ' ']).find(|tag| !tag.is_empty())?;
    tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-').then(|| tag.to_owned())
}

/// The parts of a mail that may be its text.
#[derive(Default)]
struct Parts {
    plain: Option<String>,
    html: Option<String>,
    /// Whether there are other parts.
    has_other: bool,
    /// Whether there are parts between boundaries that are not named.
    is_without_boundary: bool,
}

impl Parts {
    fn of(parsed: &ParsedMail<'_>) -> Self {
        let mut parts = Self::default();
        for part in parsed.parts() {
            let is_undivided = is_undivided(part);
            let is_text = is_undivided || part.ctype.mimetype.starts_with("text/");
            if is_mail(part) || part.ctype.mimetype.starts_with("multipart/") && !is_undivided {
                continue;
            }
            if !is_text || part.get_content_disposition().disposition == DispositionType::Attachment {
                parts.has_other = true;
                continue;
            }
            // Of several parts of a kind, the first one that has words is the text.
            let slot = match part.ctype.mimetype.as_str() {
                _ if is_undivided && has_part_headers(part) => {
                    parts.is_without_boundary = true;
                    continue;
                }
                _ if is_undivided => &mut parts.plain,
                "text/plain" => &mut parts.plain,
                "text/html" => &mut parts.html,
                _ => continue,
            };
            if slot.is_none() {
                *slot = Some(decoded(part)).filter(|text| !text.trim().is_empty());
            }
        }
        parts
    }

    /// Returns the text of the mail: the plain one, unless it is a mere note that the text is in HTML.
    fn body(self) -> Result<Text, Refusal> {
        let words = |text: &str| text.split_whitespace().count();
        let plain = self.plain.map(|text| paragraphs(&text)).filter(|text| !text.is_empty());
        match (plain, self.html) {
            (Some(plain), Some(html)) => {
                let is_note = words(&plain) < WORDS && words(&html) > NOTE * WORDS
                    || words(&plain) < 40
                        && plain.to_lowercase().contains("html")
                        && words(&html) > NOTE * words(&plain);
                Ok(if is_note { Text::Markup(html) } else { Text::Text(plain) })
            }
            (Some(plain), None) => Ok(Text::Text(plain)),
            (None, Some(html)) => Ok(Text::Markup(html)),
            (None, None) if self.is_without_boundary => {
                Err(SkipKind::Malformed
                    .because("a mail in parts that does not name the boundary between them"))
            }
            (None, None) if self.has_other => {
                Err(SkipKind::Empty.because("a mail without text; attachments are not read"))
            }
            (None, None) => Err(SkipKind::Empty.because("a mail without text")),
        }
    }
}

/// Returns the paragraphs of a plain text, one a line: lines that were wrapped are joined.
fn paragraphs(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| line.trim_end().to_owned()).collect();
    let width = super::wrap::width(lines.iter().map(String::as_str));
    let mut paragraphs: Vec<String> = Vec::new();
    // What follows this line is the signature.
    let end = lines.iter().position(|line| line == "--").unwrap_or(lines.len());
    for block in lines.get(..end).unwrap_or_default().split(|line| line.trim().is_empty()) {
        paragraphs.extend(super::wrap::paragraphs(block, width).iter().filter_map(|text| one_line(text)));
    }
    paragraphs.join("\n")
}
