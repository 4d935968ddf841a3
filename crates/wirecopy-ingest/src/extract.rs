//! Parts of inputs to documents: the work that runs on the pool.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use super::blocks::Block;
use super::dating::Dating;
use super::detect::Format;
use super::feed::{Sizes, Work};
use super::input::{self, Part, Records};
use super::source_from::SourceFrom;
use super::walk::Found;
use super::{charset, dating, decode, envelope, json, jsonscan, language, markdown, mojibake, plain};
use crate::config::IngestConfig;
use wirecopy_core::Cancel;
use wirecopy_core::document::{DateOrigin, Document, Header, Metadata, Refusal, SkipKind, Skipped};

/// What a format's extractor finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Extracted {
    /// The id that a record brings along.
    pub own_id: Option<String>,
    pub meta: Metadata,
    pub text: String,
}

/// An outcome before ids are settled.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every one is a document: a box would cost more than it saves"
)]
pub(super) enum Piece<T> {
    Read {
        header: Header,
        /// The id to fall back on when another document has the header's.
        fallback: String,
        value: T,
    },
    Skipped(Skipped),
    /// More of the same piece of work than a report lists.
    SkippedMore(u64),
}

/// Does work in any order, on any thread.
pub(super) struct Worker<'a, M> {
    config: &'a IngestConfig,
    sizes: Sizes,
    cancel: &'a Cancel,
    /// Raised when the sink has failed: what is under way need not be finished.
    stopped: AtomicBool,
    map: &'a M,
    wanted: &'a Wanted<'a>,
    source_from: Option<SourceFrom>,
    dating: Dating,
}

/// What is wanted of the input.
pub struct Wanted<'a> {
    /// Whether a document is wanted, by its file and its record.
    pub is: &'a (dyn Fn(&str, Option<u64>) -> bool + Sync),
    /// Whether dates and languages are wanted: looking for them costs a tenth of reading.
    pub settled: bool,
}

impl<'a, M> Worker<'a, M> {
    /// # Errors
    /// [`wirecopy_core::Error::Config`] for a time zone that is not known.
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
            source_from: SourceFrom::of(config),
            dating: Dating::of(config)?,
        })
    }

    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed) || self.cancel.is_cancelled()
    }

    /// Everything that one piece of work gives, in order; nothing once the run is over.
    pub(super) fn work<T>(&self, work: Work) -> Vec<Piece<T>>
    where
        M: Fn(&Document) -> T,
    {
        let mut out = Vec::new();
        if self.is_stopped() {
            return out;
        }
        let mut skips = Skips { most: self.config.max_skipped, listed: 0, more: 0 };
        match work {
            Work::Skipped(skipped) => out.push(Piece::Skipped(skipped)),
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
                // Broken only when the run is over, which the caller knows.
                let _ = flow;
            }
        }
        if skips.more > 0 {
            out.push(Piece::SkippedMore(skips.more));
        }
        out
    }

    fn part<T>(&self, found: &Found, part: Part, out: &mut Vec<Piece<T>>)
    where
        M: Fn(&Document) -> T,
    {
        match part {
            Part::Skip { record, refusal } => out.push(skip(found, record, refusal)),
            Part::Whole(format, bytes) => {
                let origin = match format {
                    Format::Html => DateOrigin::Metadata,
                    Format::Markdown => DateOrigin::Field,
                    _ => DateOrigin::Text,
                };
                out.push(self.finish(found, None, origin, self.whole(format, bytes)));
            }
            Part::Block(Records::Table(columns), block) => {
                let wanted = |row| (self.wanted.is)(&found.shown, Some(row));
                columns.each(&block, self.config.max_document_bytes, wanted, |row, result| {
                    out.push(self.finish(found, Some(row), DateOrigin::Field, result));
                });
            }
            Part::Block(kind, block) => self.json(found, &kind, &block, out),
        }
    }

    fn whole(&self, format: Format, bytes: Vec<u8>) -> Result<Extracted, Refusal> {
        let text = charset::decode(bytes, format == Format::Html);
        if text.len() as u64 > self.config.max_document_bytes {
            return Err(decode::too_long(self.config.max_document_bytes));
        }
        let text = mojibake::undo(without_nuls(text));
        match format {
            Format::Markdown => markdown::extract(&text),
            Format::Html => html(&text),
            _ => plain::extract(text),
        }
    }

    fn json<T>(&self, found: &Found, kind: &Records, block: &Block, out: &mut Vec<Piece<T>>)
    where
        M: Fn(&Document) -> T,
    {
        let limit = self.config.max_document_bytes;
        // One check of the whole block is much cheaper than one a record; a bad byte falls back to the latter.
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
            // Records of an only object have numbers of their own.
            if !block.only && !(self.wanted.is)(&found.shown, record) {
                continue;
            }
            let result = if bytes.len() as u64 > limit {
                Err(decode::too_long(limit))
            } else if bytes.starts_with(b"]") {
                Err(SkipKind::Malformed.because("text behind the end of the array"))
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
            out.push(self.finish(found, record, DateOrigin::Field, result));
        }
    }

    /// The records within the only object of a file, which is no document itself; whether there are any.
    fn enveloped<T>(&self, found: &Found, object: &[u8], out: &mut Vec<Piece<T>>) -> bool
    where
        M: Fn(&Document) -> T,
    {
        let object = String::from_utf8_lossy(object);
        let Some(records) = envelope::records(&object, &self.config.fields) else { return false };
        for (number, record) in (1..).zip(records) {
            if (self.wanted.is)(&found.shown, Some(number)) {
                let result = json::record(&record, &self.config.fields);
                out.push(self.finish(found, Some(number), DateOrigin::Field, result));
            }
        }
        true
    }

    /// `origin` is where the format has its dates.
    fn finish<T>(
        &self,
        found: &Found,
        record: Option<u64>,
        origin: DateOrigin,
        result: Result<Extracted, Refusal>,
    ) -> Piece<T>
    where
        M: Fn(&Document) -> T,
    {
        let Extracted { own_id, mut meta, text } = match result {
            Ok(extracted) => extracted,
            Err(refusal) => return skip(found, record, refusal),
        };
        let fallback = record.map_or_else(|| found.id.clone(), |number| format!("{}#{number}", found.id));
        if let Some(source) =
            self.source_from.as_ref().and_then(|from| from.of_document(found, own_id.as_deref(), &meta))
        {
            meta.source = Some(source);
        }
        let id = own_id.unwrap_or_else(|| fallback.clone());
        let mut document = Document { id, path: found.shown.clone(), record, meta, text };
        if self.wanted.settled {
            let (meta, text) = (&mut document.meta, &document.text);
            dating::settle(meta, origin, text, found, &self.dating);
            let declared = meta.language.as_deref().and_then(language::of_tag);
            meta.language = declared.or_else(|| language::of_text(text));
        }
        let value = (self.map)(&document);
        let Document { id, path, record, meta, text } = document;
        let header = Header {
            id,
            path,
            record,
            meta,
            bytes: text.len() as u64,
            duplicate_id: None,
            lost_letters: lost_letters(&text),
        };
        Piece::Read { header, fallback, value }
    }
}

/// Of a text with many characters that could not be decoded, how many these are: the text is in another character set than
/// it was read in, or was so before it was saved.
fn lost_letters(text: &str) -> u64 {
    /// One stray byte is no matter.
    const MANY: usize = 3;
    /// Characters of which one is lost.
    const OF: usize = 200;
    let lost = memchr::memmem::find_iter(text.as_bytes(), "\u{fffd}").count();
    let many = lost >= MANY && lost * OF >= text.chars().count();
    if many { lost as u64 } else { 0 }
}

/// Skipped inputs of a piece of work: a file of nothing else must not fill the memory with reasons.
struct Skips {
    /// That are kept one by one.
    most: u64,
    listed: u64,
    more: u64,
}

impl Skips {
    /// Takes those out of `pieces[from..]` that are over the number.
    fn fold<T>(&mut self, pieces: &mut Vec<Piece<T>>, from: usize) {
        let is_skipped = |piece: &Piece<T>| matches!(piece, Piece::Skipped(_));
        let skipped = pieces[from..].iter().filter(|piece| is_skipped(piece)).count() as u64;
        if self.listed + skipped <= self.most {
            self.listed += skipped;
            return;
        }
        let mut at = 0;
        pieces.retain(|piece| {
            at += 1;
            let over = at > from && is_skipped(piece) && self.listed == self.most;
            self.listed += u64::from(at > from && is_skipped(piece) && !over);
            self.more += u64::from(over);
            !over
        });
    }
}

fn skip<T>(found: &Found, record: Option<u64>, refusal: Refusal) -> Piece<T> {
    Piece::Skipped(refusal.at(&found.shown, record))
}

#[cfg(feature = "html")]
fn html(page: &str) -> Result<Extracted, Refusal> {
    super::html::extract(page)
}

#[cfg(not(feature = "html"))]
fn html(_: &str) -> Result<Extracted, Refusal> {
    Err(SkipKind::Unsupported.because("built without HTML support"))
}

/// Padding and field separators of old systems; the detector has refused files that are full of them.
fn without_nuls(text: String) -> String {
    if memchr::memchr(0, text.as_bytes()).is_some() { text.replace('\0', " ") } else { text }
}

/// The text on one line, its blanks collapsed; `None` where nothing is left.
pub(super) fn one_line(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}
