//! Reads mails (RFC 5322, MIME), mailboxes (mbox) and saved web pages (MHTML).
//!
//! Of a mail, the best text is read: plain text, or else HTML. Attachments are not read. A mail that holds an export of ProQuest
//! gives its articles.

use std::io::BufRead;
use std::ops::ControlFlow;

use mailparse::{DispositionType, MailHeaderMap, ParsedMail, addrparse};
use wirecopy_core::document::{Metadata, Refusal, SkipKind, one_line};

use super::{input, proquest};
use crate::{Body, Emit, Found, Item, Limits};

/// Words from which a plain text is one, rather than a note that the mail is in HTML.
const WORDS: usize = 3;
/// How many times more words an HTML part must have for the plain text to be a note.
const NOTE: usize = 4;
/// Most lines of a mail that look like the start of a part.
const PARTS: usize = 20_000;

/// Reads a mail.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    match input::whole(input, limits) {
        Ok(bytes) => mail(&bytes, limits, emit),
        Err(refusal) => emit(Found::Skip(refusal)),
    }
}

/// Reads a mailbox as a stream: memory holds one mail.
pub(super) fn read_box(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let (mut line, mut bytes) = (Vec::new(), Vec::new());
    let (mut is_blank, mut is_large, mut is_open) = (true, false, false);
    let mut has_any = false;
    loop {
        let goes_on = match input::line(input, limits.item_bytes, &mut line) {
            Ok(goes_on) => goes_on,
            // The mail that is cut off is not passed on.
            Err(refusal) => return emit(Found::Skip(refusal)),
        };
        if !goes_on || is_blank && is_envelope(&line) {
            if is_large {
                emit(Found::Skip(input::too_large(limits)))?;
            } else if is_open {
                mail(&bytes, limits, emit)?;
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

/// Reads one mail.
fn mail(bytes: &[u8], limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let bytes = without_blank_lines(bytes);
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
    let parts = Parts::of(&parsed);
    if let Some(html) = &parts.html
        && proquest::is_export(html)
    {
        return proquest::articles(html, limits, emit);
    }
    let mut meta = Metadata {
        title: parsed.headers.get_first_value("Subject").and_then(|subject| one_line(&subject)),
        date: parsed.headers.get_first_value("Date").and_then(|date| one_line(&date)),
        bylines: sender(&parsed).into_iter().collect(),
        language: parsed.headers.get_first_value("Content-Language").and_then(|tags| first_tag(&tags)),
        ..Metadata::default()
    };
    if parsed.ctype.mimetype == "multipart/related"
        && let Some(url) = address(&parsed, &parts)
    {
        // A saved page: its sender is the browser, and its date the day on which it was saved.
        meta.bylines.clear();
        meta.date = None;
        meta.url = Some(url);
    }
    match parts.body(meta.url.is_some()) {
        Ok(body) => emit(Found::Item(Box::new(Item { meta, body }))),
        Err(refusal) => emit(Found::Skip(refusal)),
    }
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

/// Returns the address of a saved page.
fn address(parsed: &ParsedMail<'_>, parts: &Parts) -> Option<String> {
    let of = |name: &str| parsed.headers.get_first_value(name);
    let url = of("Snapshot-Content-Location")
        .or_else(|| parts.location.clone())
        .or_else(|| of("Content-Location"))?;
    let url = url.trim().to_owned();
    url.starts_with("http").then_some(url)
}

/// The parts of a mail that may be its text.
#[derive(Default)]
struct Parts {
    plain: Option<String>,
    html: Option<String>,
    /// The address of the HTML part.
    location: Option<String>,
    /// Whether there are other parts.
    has_other: bool,
}

impl Parts {
    fn of(parsed: &ParsedMail<'_>) -> Self {
        let mut parts = Self::default();
        for part in parsed.parts() {
            let is_text = part.ctype.mimetype.starts_with("text/");
            if part.ctype.mimetype.starts_with("multipart/") {
                continue;
            }
            if !is_text || part.get_content_disposition().disposition == DispositionType::Attachment {
                parts.has_other = true;
                continue;
            }
            // Of several parts of a kind, the first one that has words is the text.
            let slot = match part.ctype.mimetype.as_str() {
                "text/plain" => &mut parts.plain,
                "text/html" => {
                    if parts.html.is_none() {
                        parts.location = part.headers.get_first_value("Content-Location");
                    }
                    &mut parts.html
                }
                _ => continue,
            };
            if slot.is_none() {
                *slot = part.get_body().ok().filter(|text| !text.trim().is_empty());
            }
        }
        parts
    }

    /// Returns the text of the mail: the plain one, unless it is a mere note that the text is in HTML. `is_page`: it is a saved
    /// page, whose HTML is the text.
    fn body(self, is_page: bool) -> Result<Body, Refusal> {
        let words = |text: &str| text.split_whitespace().count();
        let plain = self.plain.map(|text| paragraphs(&text)).filter(|text| !text.is_empty());
        match (plain, self.html) {
            (_, Some(html)) if is_page => Ok(Body::Markup(html)),
            (Some(plain), Some(html)) => {
                let is_note = words(&plain) < WORDS && words(&html) > NOTE * WORDS
                    || words(&plain) < 40
                        && plain.to_lowercase().contains("html")
                        && words(&html) > NOTE * words(&plain);
                Ok(if is_note { Body::Markup(html) } else { Body::Text(plain) })
            }
            (Some(plain), None) => Ok(Body::Text(plain)),
            (None, Some(html)) => Ok(Body::Markup(html)),
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
