//! Reads web archives: WARC 0.17 to 1.1, and WET, the text of one.
//!
//! In: the decompressed archive, as a stream. Out: a [`Page`] for each page of text in it, in order: `response` records of HTTP
//! with status 200, `resource` and `conversion` records, where their media type is HTML, XHTML or plain text. Everything else is
//! what archives consist of besides pages, and is passed over: requests, metadata, revisits, redirects, errors, images, scripts,
//! data, `robots.txt`, logs. Of what servers sent with success, the media types are counted. Feeds are among them: the pages
//! that they announce are in the archive themselves, or were not captured.
//!
//! An archive whose lengths are wrong is read on from the next line that begins like a record; a crawler that was killed leaves
//! such records. A page that breaks off is not passed on, because it would look like an excerpt of its copies, unless it ends
//! with `</html>` or the crawler cut it at its own limit of length, which is far above that of an article
//! (`WARC-Truncated: length`).
//!
//! Memory holds one record of at most [`Limits::item_bytes`], encoded and decoded. Cost: one pass, a search for a line feed and
//! five letters in what is stepped over.
//!
//! ISO 28500:2017; the WARC Format 1.1, International Internet Preservation Consortium.

mod head;
mod payload;
mod source;
#[cfg(test)]
mod tests;

use std::io::{self, BufRead};
use std::ops::ControlFlow;

use wirecopy_core::document::Refusal;
use wirecopy_core::document::SkipKind::{Damaged, Empty, Malformed, TooLarge, Unsupported};

use crate::{Emit, Found, Limits, Page, Passed};
use head::{Broken, Head};
use payload::Payload;
use source::{RECORD, Source};

/// The beginning of an archive in the format before WARC.
const ARC: &[u8] = b"filedesc://";
/// Number of bytes at the beginning of a page in which its first tag is expected.
const SNIFFED: usize = 1024;
/// Number of bytes at the end of a page in which `</html>` is expected.
const END: usize = 1024;

/// Reads a web archive.
pub(crate) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let mut archive = Archive::new(input, limits);
    let mut is_empty = true;
    loop {
        let mut found = Vec::new();
        let more = archive.next(&mut found).unwrap_or_else(|error| {
            found.push(Found::Skip(Damaged.because(error.to_string())));
            false
        });
        for found in found {
            is_empty = false;
            emit(found)?;
        }
        if !more {
            break;
        }
    }
    if is_empty {
        emit(Found::Skip(Empty.because("a web archive without a page of text")))?;
    }
    if archive.passed.is_empty() { ControlFlow::Continue(()) } else { emit(Found::Passed(archive.passed)) }
}

/// Returns whether content that begins with `head` is a web archive.
pub(crate) fn is_warc(head: &[u8]) -> bool {
    let start = head.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or_default();
    let head = head.get(start..).unwrap_or_default();
    let Some(version) = head.strip_prefix(RECORD) else { return head.starts_with(ARC) };
    let line = version.split(|byte| *byte == b'\n').next().unwrap_or_default();
    is_version(&String::from_utf8_lossy(line))
}

fn is_version(text: &str) -> bool {
    let is_number =
        |part: &str| !part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
    text.trim_end().split_once('.').is_some_and(|(major, minor)| is_number(major) && is_number(minor))
}

/// An archive that is being read.
struct Archive<'a> {
    source: Source<'a>,
    limits: Limits,
    is_first: bool,
    /// What is not a page.
    passed: Passed,
}

/// A page before its content is known.
struct Announced {
    media_type: Option<String>,
    charset: Option<String>,
    /// The head of the response; empty for other records.
    http: Head,
    /// Why it may break off.
    cut: Option<&'static str>,
    is_cut_at_limit: bool,
}

impl<'a> Archive<'a> {
    fn new(input: &'a mut dyn BufRead, limits: Limits) -> Self {
        Self { source: Source::new(input), limits, is_first: true, passed: Passed::default() }
    }

    /// Reads a record and adds what it yields to `found`. Returns whether there may be more.
    fn next(&mut self, found: &mut Vec<Found>) -> io::Result<bool> {
        if !self.source.is_at_record()? {
            if self.is_first {
                return self.refuse_other(found);
            }
            found.push(skip(Damaged.because("a record does not end where its Content-Length says")));
            self.find_record()?;
        }
        self.is_first = false;
        let mut left = u64::MAX;
        let head = match Head::read(&mut self.source, &mut left, true)? {
            Ok(head) => head,
            Err(Broken::TooLong) => {
                found.push(skip(Damaged.because("a record with a head of over 64 KB")));
                return self.find_record();
            }
            Err(Broken::Cut) if left == u64::MAX => return Ok(false),
            Err(Broken::Cut) => {
                found.push(skip(Damaged.because("truncated: a record breaks off in its head")));
                return Ok(true);
            }
        };
        if !head.first.strip_prefix("WARC/").is_some_and(is_version) {
            // A line of a text that begins like a record.
            return self.find_record();
        }
        let Some(length) = head.get("content-length").and_then(|length| length.parse().ok()) else {
            found.push(skip(Damaged.because("a record without a valid Content-Length")));
            return self.find_record();
        };
        match head.get("warc-type").unwrap_or_default().to_ascii_lowercase().as_str() {
            "response" => self.response(&head, length, found)?,
            "resource" | "conversion" => self.content(&head, length, found)?,
            _ => self.step_over(length, found)?,
        }
        Ok(true)
    }

    /// Refuses what does not begin with a record.
    fn refuse_other(&mut self, found: &mut Vec<Found>) -> io::Result<bool> {
        let mut line = Vec::new();
        self.source.line(&mut line, &mut 80)?;
        let reason = if line.starts_with(ARC) {
            "an archive in the ARC format; convert it to WARC, for example with `warcio recompress`"
        } else {
            "a web archive that does not begin with a record"
        };
        found.push(skip(Unsupported.because(reason)));
        Ok(false)
    }

    fn find_record(&mut self) -> io::Result<bool> {
        self.source.take_to_record(&mut Vec::new(), 0)?;
        Ok(true)
    }

    fn response(&mut self, head: &Head, length: u64, found: &mut Vec<Found>) -> io::Result<()> {
        let (own, _) = head.media_type();
        if own.is_some_and(|own| own != "application/http") {
            // A name server's answer, for example.
            return self.step_over(length, found);
        }
        let mut left = length;
        let http = match Head::read(&mut self.source, &mut left, false)? {
            Ok(http) => http,
            Err(Broken::TooLong) => return self.step_over(left, found),
            // A response of a head alone, without the line after it.
            Err(Broken::Cut) if left == 0 => return Ok(()),
            Err(Broken::Cut) => {
                found.push(skip(Damaged.because("truncated: a response breaks off in its head")));
                return Ok(());
            }
        };
        if !http.first.starts_with("HTTP/") {
            found.push(skip(Malformed.because("a response without a status line of HTTP")));
            return self.step_over(left, found);
        }
        let (media_type, charset) = http.media_type();
        let media_type =
            media_type.or_else(|| head.get("warc-identified-payload-type").map(str::to_ascii_lowercase));
        let is_ok = http.first.split_whitespace().nth(1) == Some("200");
        if !is_ok || is_robots(head) {
            return self.step_over(left, found);
        }
        if let Some(other) = media_type.as_deref().filter(|media_type| !is_page(media_type)) {
            self.passed.add(other);
            return self.step_over(left, found);
        }
        self.page(head, Announced::new(head, media_type, charset, http), left, found)
    }

    fn content(&mut self, head: &Head, length: u64, found: &mut Vec<Found>) -> io::Result<()> {
        let (media_type, charset) = head.media_type();
        if is_robots(head) || is_of_crawler(head) {
            return self.step_over(length, found);
        }
        if let Some(other) = media_type.as_deref().filter(|media_type| !is_page(media_type)) {
            self.passed.add(other);
            return self.step_over(length, found);
        }
        self.page(head, Announced::new(head, media_type, charset, Head::default()), length, found)
    }

    fn page(
        &mut self,
        head: &Head,
        mut page: Announced,
        length: u64,
        found: &mut Vec<Found>,
    ) -> io::Result<()> {
        let most = self.limits.item_bytes;
        if head.get("warc-segment-number").is_some() {
            found.push(skip(Unsupported.because("a page in several records (WARC-Segment-Number)")));
            return self.step_over(length, found);
        }
        if length > most {
            let before = found.len();
            self.step_over(length, found)?;
            // What breaks off has its reason already.
            if page.media_type.is_some() && found.len() == before {
                found.push(skip(self.too_large()));
            }
            return Ok(());
        }
        let mut body = self.source.take(length)?;
        let is_missing = (body.len() as u64) < length;
        if is_missing || !self.source.is_at_record()? {
            if let Some(at) = memchr::memmem::find(&body, b"\nWARC/") {
                page.cut = Some("truncated: the next record begins inside a page");
                page.is_cut_at_limit = false;
                self.source.put_back(body.get(at + 1..).unwrap_or_default());
                body.truncate(at);
            } else if is_missing {
                page.cut = Some("truncated: the file ends inside a page");
                page.is_cut_at_limit = false;
            } else if !self.source.take_to_record(&mut body, most - length)? {
                found.push(skip(self.too_large()));
                return Ok(());
            }
        }
        found.extend(self.finished(head, page, body));
        Ok(())
    }

    /// Returns the page with its content. `None` if it is not one of text.
    fn finished(&self, head: &Head, page: Announced, body: Vec<u8>) -> Option<Found> {
        let Payload { content, is_cut } = match payload::decode(body, &page.http, self.limits.item_bytes) {
            Ok(payload) => payload,
            // What is not known to be a page is passed over.
            Err(refusal) => return page.media_type.is_some().then(|| skip(refusal)),
        };
        let media_type = match page.media_type {
            Some(media_type) => media_type,
            None if looks_like_html(&content) => "text/html".to_owned(),
            None => return None,
        };
        let cut = page.cut.or(is_cut.then_some("truncated: the encoded data of a page breaks off"));
        if let Some(cut) = cut
            && !page.is_cut_at_limit
            && !ends_html(&content)
        {
            return Some(skip(Damaged.because(cut)));
        }
        let is_conversion = head.get("warc-type").is_some_and(|kind| kind.eq_ignore_ascii_case("conversion"));
        let charset = page.charset.or_else(|| {
            // Converters write UTF-8 and need not name it.
            (is_conversion && std::str::from_utf8(&content).is_ok()).then(|| "utf-8".to_owned())
        });
        let url = head.get("warc-target-uri").map(|url| url.trim_matches(['<', '>']).to_owned());
        let date = head.get("warc-date").map(str::to_owned);
        Some(Found::Page(Page { url, date, media_type, charset, content }))
    }

    /// Steps over a block. If another record begins inside, it is read next.
    fn step_over(&mut self, length: u64, found: &mut Vec<Found>) -> io::Result<()> {
        let passed = self.source.step_over(length, self.limits.item_bytes)?;
        if passed.missing == 0 && (passed.record.is_none() || self.source.is_at_record()?) {
            return Ok(());
        }
        let reason = match passed.record {
            Some(record) if self.source.put_back(&record) => {
                "truncated: the next record begins inside another"
            }
            Some(_) => "a record begins inside another, as many others before",
            None => "truncated: the file ends inside a record",
        };
        found.push(skip(Damaged.because(reason)));
        Ok(())
    }

    fn too_large(&self) -> Refusal {
        TooLarge.because(format!("a page of over {} bytes", self.limits.item_bytes))
    }
}

impl Announced {
    fn new(head: &Head, media_type: Option<String>, charset: Option<String>, http: Head) -> Self {
        let reason = head.get("warc-truncated").map(str::to_ascii_lowercase);
        let is_cut_at_limit = reason.as_deref() == Some("length");
        let cut = reason.map(|reason| match reason.as_str() {
            "time" => "truncated by the crawler (WARC-Truncated: time)",
            "disconnect" => "truncated: the connection broke (WARC-Truncated: disconnect)",
            _ => "truncated by the crawler (WARC-Truncated)",
        });
        Self { media_type, charset, http, cut, is_cut_at_limit }
    }
}

fn skip(refusal: Refusal) -> Found {
    Found::Skip(refusal)
}

/// Returns whether a media type is that of a document.
fn is_page(media_type: &str) -> bool {
    matches!(media_type, "text/html" | "application/xhtml+xml" | "text/plain")
}

/// Returns whether the address is that of the rules for crawlers, which crawlers keep for each site (RFC 9309).
fn is_robots(head: &Head) -> bool {
    let Some(url) = head.get("warc-target-uri") else { return false };
    let url = url.trim_matches(['<', '>']);
    url.split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'))
        .is_some_and(|(_, path)| path == "robots.txt")
}

/// Returns whether the address is one by which crawlers file their logs and what they made of a page: `metadata://`, `urn:`.
fn is_of_crawler(head: &Head) -> bool {
    let url = head.get("warc-target-uri").unwrap_or_default().trim_start_matches('<').to_ascii_lowercase();
    let schemes = ["http:", "https:", "ftp:", "ftps:", "file:"];
    url.contains(':') && !schemes.iter().any(|scheme| url.starts_with(scheme))
}

/// Returns whether content that no one labelled begins like a page.
fn looks_like_html(content: &[u8]) -> bool {
    const TAGS: [&str; 12] = [
        "!doctype html",
        "html",
        "head",
        "body",
        "title",
        "meta",
        "script",
        "div",
        "p",
        "h1",
        "article",
        "table",
    ];
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let head = content.get(..SNIFFED).unwrap_or(content);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let begins = |text: &str| {
        text.strip_prefix('<').is_some_and(|text| {
            TAGS.iter().any(|tag| {
                text.strip_prefix(tag)
                    .is_some_and(|rest| rest.starts_with(|c: char| c == '>' || c.is_whitespace()))
            })
        })
    };
    let mut text = head.trim_start();
    // Behind the declaration of XML and comments.
    while text.starts_with("<?xml") || text.starts_with("<!--") {
        let Some((_, rest)) = text.split_once('>') else { return false };
        text = rest.trim_start();
    }
    begins(text)
}

/// Returns whether a page ends as pages do.
fn ends_html(content: &[u8]) -> bool {
    let end = content.get(content.len().saturating_sub(END)..).unwrap_or_default();
    memchr::memmem::rfind(&end.to_ascii_lowercase(), b"</html>").is_some()
}
