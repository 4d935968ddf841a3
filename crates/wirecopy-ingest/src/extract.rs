//! Turns parts of inputs into documents. This is the work that runs on the thread pool.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use super::blocks::Block;
use super::complete::{Completer, fallback_id, header_of};
use super::dating::{LastResort, Places};
use super::detect::Format;
use super::feed::{Sizes, Work};
use super::input::{self, Part, Records};
#[cfg(feature = "parquet")]
use super::record::Fields;
use super::walk::Found;
use super::{Outcome, charset, decode, delivered, envelope, json, jsonscan, markdown, mojibake, plain};
use crate::config::IngestConfig;
use wirecopy_core::Cancel;
use wirecopy_core::document::{DateOrigin, Document, Metadata, Refusal, SkipKind};
use wirecopy_formats::{Found as Delivered, Passed};

/// The result of a format's extractor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Extracted {
    /// The id field of a record.
    pub own_id: Option<String>,
    pub meta: Metadata,
    pub text: String,
}

/// Processes work in any order, on any thread.
pub(super) struct Worker<'a, M> {
    config: &'a IngestConfig,
    sizes: Sizes,
    cancel: &'a Cancel,
    /// Set when the sink has failed, so that work in progress is abandoned.
    stopped: AtomicBool,
    map: &'a M,
    wanted: &'a Wanted<'a>,
    note: Option<&'a Note<'a>>,
    completer: Completer,
}

/// What is noted of a file besides its documents.
#[derive(Clone, Copy, Debug)]
pub(super) enum Noted<'n> {
    /// The name of its format, at least once for each file that is read.
    Format(&'static str),
    /// What it holds besides documents.
    Passed(&'n Passed),
}

/// Receives the path of a file, and what is noted of it.
pub(super) type Note<'a> = dyn Fn(&str, Noted<'_>) + Sync + 'a;

/// Selects what is read.
pub struct Wanted<'a> {
    /// Returns whether a document is wanted, given its path and record.
    pub is: &'a (dyn Fn(&str, Option<u64>) -> bool + Sync),
    /// Whether dates and languages are determined, which takes a tenth of the reading time.
    pub settled: bool,
}

impl<'a, M> Worker<'a, M> {
    /// # Errors
    /// [`wirecopy_core::Error::Config`] for an unknown time zone.
    pub(super) fn new(
        config: &'a IngestConfig,
        sizes: Sizes,
        cancel: &'a Cancel,
        map: &'a M,
        wanted: &'a Wanted<'a>,
    ) -> Result<Self, wirecopy_core::Error> {
        Ok(Self {
            config,
            sizes,
            cancel,
            stopped: AtomicBool::new(false),
            map,
            wanted,
            note: None,
            completer: Completer::new(config)?,
        })
    }

    /// Passes the formats of the files to `note`.
    pub(super) fn noting(self, note: &'a Note<'a>) -> Self {
        Self { note: Some(note), ..self }
    }

    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed) || self.cancel.is_cancelled()
    }

    /// Returns the results of one piece of work, in order. Returns nothing once the run is over.
    pub(super) fn work<T>(&self, work: Work) -> Vec<Outcome<T>>
    where
        M: Fn(&Document) -> T,
    {
        let mut out = Vec::new();
        if self.is_stopped() {
            return out;
        }
        let mut skips = Skips { most: self.config.max_skipped, listed: 0, more: 0 };
        match work {
            Work::Skipped(skipped) => out.push(Outcome::Skipped(skipped)),
            Work::Part(found, part) => {
                self.part(&found, part, &mut out);
                skips.fold(&mut out, 0);
            }
            Work::File(found) => {
                let flow = input::read(&found, self.config, self.sizes.block, None, &mut |part, _| {
                    let from = out.len();
                    self.part(&found, part, &mut out);
                    skips.fold(&mut out, from);
                    if self.cancel.is_cancelled() {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                });
                // Breaks only if the run is over, which the caller notices itself.
                let _ = flow;
            }
        }
        if skips.more > 0 {
            out.push(Outcome::SkippedMore(skips.more));
        }
        out
    }

    fn part<T>(&self, found: &Found, part: Part, out: &mut Vec<Outcome<T>>)
    where
        M: Fn(&Document) -> T,
    {
        if let Some(note) = self.note
            && let Some(format) = part.format()
        {
            note(&found.shown, Noted::Format(format.name()));
        }
        match part {
            Part::Skip { record, refusal } => out.push(skip(found, record, refusal)),
            Part::Whole(..) if !(self.wanted.is)(&found.shown, None) => {}
            Part::Whole(format, bytes) => {
                let origin = match format {
                    Format::Html => DateOrigin::Metadata,
                    Format::Markdown => DateOrigin::Field,
                    _ => DateOrigin::Text,
                };
                out.push(self.finish(found, None, origin.into(), self.whole(format, bytes)));
            }
            Part::Block(Records::Table(columns), block) => {
                let wanted = |row| (self.wanted.is)(&found.shown, Some(row));
                columns.each(&block, self.config.max_document_bytes, wanted, |row, result| {
                    out.push(self.finish(found, Some(row), DateOrigin::Field.into(), result));
                });
            }
            Part::Block(kind, block) => self.json(found, &kind, &block, out),
            #[cfg(feature = "parquet")]
            Part::Rows(_, rows) => {
                for (row, fields) in rows {
                    if (self.wanted.is)(&found.shown, Some(row)) {
                        let result = fields.and_then(Fields::document);
                        out.push(self.finish(found, Some(row), DateOrigin::Field.into(), result));
                    }
                }
            }
            Part::Delivered { record, result, .. } => out.extend(self.delivered(found, record, *result)),
            Part::Passed(_, passed) => self.passed(found, &passed),
        }
    }

    /// Tells what a file holds besides documents.
    fn passed(&self, found: &Found, passed: &Passed) {
        tracing::info!(path = found.shown, "passed over: {passed}");
        if let Some(note) = self.note {
            note(&found.shown, Noted::Passed(passed));
        }
    }

    /// Returns the result for what the reader of a delivery form, an export or a web archive returned; `None` if it is not wanted.
    fn delivered<T>(&self, found: &Found, record: Option<u64>, result: Delivered) -> Option<Outcome<T>>
    where
        M: Fn(&Document) -> T,
    {
        let limit = self.config.max_document_bytes;
        let is_wanted = || (self.wanted.is)(&found.shown, record);
        match result {
            Delivered::Skip(refusal) => Some(skip(found, record, refusal)),
            Delivered::Item(item) if is_wanted() => {
                Some(self.finish(found, record, DateOrigin::Field.into(), delivered::item(*item, limit)))
            }
            Delivered::Page(page) if is_wanted() => {
                let capture = page.date.clone();
                let (extracted, result) = delivered::page(page, limit);
                let places = Places { extracted, last: LastResort::Capture(capture.as_deref()) };
                Some(self.finish(found, record, places, result))
            }
            Delivered::Item(_) | Delivered::Page(_) | Delivered::Passed(_) => None,
        }
    }

    fn whole(&self, format: Format, bytes: Vec<u8>) -> Result<Extracted, Refusal> {
        let text = charset::decode(bytes, format == Format::Html);
        decode::check_length(&text, self.config.max_document_bytes)?;
        let text = mojibake::repair(without_nuls(text));
        match format {
            Format::Markdown => markdown::extract(&text),
            Format::Html => html(&text),
            // `input` splits containers into blocks.
            _ => plain::extract(text),
        }
    }

    fn json<T>(&self, found: &Found, kind: &Records, block: &Block, out: &mut Vec<Outcome<T>>)
    where
        M: Fn(&Document) -> T,
    {
        let limit = self.config.max_document_bytes;
        // Validating the whole block at once is much cheaper than record by record. After a bad byte, each record is
        // converted by itself.
        let valid = std::str::from_utf8(&block.data).ok();
        let mut from = 0;
        for ((number, bytes), end) in block.records().zip(&block.ends) {
            let start = std::mem::replace(&mut from, *end);
            let bytes = match kind {
                Records::Values => match jsonscan::value(bytes) {
                    Some(value) => value,
                    None => continue,
                },
                _ if bytes.trim_ascii().is_empty() => continue,
                _ => bytes,
            };
            let record = (!(block.only && matches!(kind, Records::Values))).then_some(number);
            // If the only object is an envelope, its records are numbered separately.
            if !block.only && !(self.wanted.is)(&found.shown, record) {
                continue;
            }
            let result = if bytes.len() as u64 > limit {
                Err(decode::too_long(limit))
            } else if bytes.starts_with(b"]") {
                Err(SkipKind::Malformed.because("text after the end of the array"))
            } else if let (Some(valid), Records::Lines) = (valid, kind) {
                json::record(&valid[start..*end], &self.config.fields)
            } else {
                json::record(&String::from_utf8_lossy(bytes), &self.config.fields)
            };
            if block.only {
                if result.is_err() && bytes.len() as u64 <= limit && self.enveloped(found, bytes, out) {
                    continue;
                }
                if !(self.wanted.is)(&found.shown, record) {
                    continue;
                }
            }
            self.note_item(found, bytes, &result);
            out.push(self.finish(found, record, DateOrigin::Field.into(), result));
        }
    }

    /// Notes that a file holds JSON of an agency, if this record does. One that was read without a delivery is no item, and need
    /// not be parsed once more.
    fn note_item(&self, found: &Found, json: &[u8], record: &Result<Extracted, Refusal>) {
        let may_be_item = !matches!(record, Ok(extracted) if extracted.meta.delivery.is_none());
        if let Some(note) = self.note.filter(|_| may_be_item)
            && let Some(format) = json::item_format(&String::from_utf8_lossy(json), &self.config.fields)
        {
            note(&found.shown, Noted::Format(format));
        }
    }

    /// Adds the records inside the only object of a file. Returns whether the object is an envelope.
    fn enveloped<T>(&self, found: &Found, object: &[u8], out: &mut Vec<Outcome<T>>) -> bool
    where
        M: Fn(&Document) -> T,
    {
        let object = String::from_utf8_lossy(object);
        // An item that cannot be read is a picture, with others in lists.
        if json::item_format(&object, &self.config.fields).is_some() {
            return false;
        }
        let Some(records) = envelope::records(&object, &self.config.fields) else { return false };
        for (number, record) in (1..).zip(records) {
            if (self.wanted.is)(&found.shown, Some(number)) {
                let result = json::record(&record, &self.config.fields);
                self.note_item(found, record.as_bytes(), &result);
                out.push(self.finish(found, Some(number), DateOrigin::Field.into(), result));
            }
        }
        true
    }

    /// Completes a document, whose date is searched for in `places`.
    fn finish<T>(
        &self,
        found: &Found,
        record: Option<u64>,
        places: Places<'_>,
        result: Result<Extracted, Refusal>,
    ) -> Outcome<T>
    where
        M: Fn(&Document) -> T,
    {
        let extracted = match result {
            Ok(extracted) => extracted,
            Err(refusal) => return skip(found, record, refusal),
        };
        let document = self.completer.complete(extracted, found, record, places, self.wanted.settled);
        let value = (self.map)(&document);
        let (header, _) = header_of(document, fallback_id(&found.id, record));
        Outcome::Read(header, value)
    }
}

/// Limits the skipped inputs kept for a piece of work, so that a file of nothing but bad records does not fill memory.
struct Skips {
    /// Most skipped inputs to keep.
    most: u64,
    listed: u64,
    more: u64,
}

impl Skips {
    /// Removes the skipped inputs over the limit from `outcomes[from..]` and counts them.
    fn fold<T>(&mut self, outcomes: &mut Vec<Outcome<T>>, from: usize) {
        let is_skipped = |outcome: &Outcome<T>| matches!(outcome, Outcome::Skipped(_));
        let skipped = outcomes[from..].iter().filter(|outcome| is_skipped(outcome)).count() as u64;
        if self.listed + skipped <= self.most {
            self.listed += skipped;
            return;
        }
        let mut at = 0;
        outcomes.retain(|outcome| {
            at += 1;
            let over = at > from && is_skipped(outcome) && self.listed == self.most;
            self.listed += u64::from(at > from && is_skipped(outcome) && !over);
            self.more += u64::from(over);
            !over
        });
    }
}

fn skip<T>(found: &Found, record: Option<u64>, refusal: Refusal) -> Outcome<T> {
    Outcome::Skipped(refusal.at(&found.shown, record))
}

/// Extracts the article of a page.
///
/// # Errors
/// The reason for skipping it.
#[cfg(feature = "html")]
pub(super) fn html(page: &str) -> Result<Extracted, Refusal> {
    super::html::extract(page)
}

/// Refuses a page, because the article finder is not compiled in.
///
/// # Errors
/// The reason for skipping it.
#[cfg(not(feature = "html"))]
pub(super) fn html(_: &str) -> Result<Extracted, Refusal> {
    Err(SkipKind::Unsupported.because("built without HTML support"))
}

/// Replaces NULs, which old systems use as padding and separators. Files full of them were rejected by format detection.
pub(super) fn without_nuls(text: String) -> String {
    if memchr::memchr(0, text.as_bytes()).is_some() { text.replace('\0', " ") } else { text }
}
