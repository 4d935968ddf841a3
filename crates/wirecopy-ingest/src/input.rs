//! Opens a file, decompresses it, determines its format and splits containers into parts.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use encoding_rs::UTF_8;

use super::blocks::{self, Block, Bounds, Cut, Lines, Scan};
use super::charset;
use super::columnar;
#[cfg(feature = "parquet")]
use super::columns;
use super::decode::{self, HEAD, Limits, Stream};
use super::detect::{Format, PROLOG};
use super::forms;
use super::jsonscan::Values;
use super::layout::Layout;
use super::own_outputs::Own;
use super::table::{Columns, Rows};
use super::walk::Found;
use super::xml;
use crate::config::IngestConfig;
use wirecopy_core::document::Refusal;
use wirecopy_core::document::SkipKind::{Empty, OwnOutput};
use wirecopy_formats::{self as formats, Form};

/// A part of a file that can be processed by itself.
#[derive(Debug)]
pub(super) enum Part {
    /// The decompressed bytes of a file that holds one document.
    Whole(Format, Vec<u8>),
    /// Records of a container.
    Block(Records, Block),
    /// A result of reading a form in which news is delivered or archived; `record` is `None` where it is the only one.
    Delivered { form: Form, record: Option<u64>, result: Box<formats::Found> },
    /// Rows of a table that is stored by column.
    #[cfg(feature = "parquet")]
    Rows(Format, Vec<columns::Row>),
    /// What a file of this form holds besides documents.
    Passed(Form, formats::Passed),
    /// No document, and why; `record` is `None` where it is the whole file.
    Skip { record: Option<u64>, refusal: Refusal },
}

impl Part {
    /// Returns the format of the file that the part is from; `None` if it was not determined.
    pub(super) fn format(&self) -> Option<Format> {
        match self {
            Part::Whole(format, _) => Some(*format),
            Part::Block(Records::Lines, _) => Some(Format::JsonLines),
            Part::Block(Records::Values, _) => Some(Format::Json),
            Part::Block(Records::Table(columns), _) => {
                Some(if columns.is_tab_separated() { Format::Tsv } else { Format::Csv })
            }
            Part::Delivered { form, .. } | Part::Passed(form, _) => Some(Format::Form(*form)),
            #[cfg(feature = "parquet")]
            Part::Rows(format, _) => Some(*format),
            Part::Skip { .. } => None,
        }
    }

    /// Returns the approximate size of the part in memory, in bytes.
    pub(super) fn weight(&self) -> u64 {
        let bytes = match self {
            Part::Whole(_, bytes) => bytes.len(),
            Part::Block(_, block) => block.data.len(),
            Part::Delivered { result, .. } => match &**result {
                formats::Found::Item(item) => match &item.body {
                    formats::Body::Text(text) | formats::Body::Markup(text) => text.len(),
                },
                formats::Found::Page(page) => page.content.len(),
                formats::Found::Skip(_) | formats::Found::Passed(_) => 0,
            },
            #[cfg(feature = "parquet")]
            Part::Rows(_, rows) => columns::weight(rows),
            Part::Skip { .. } | Part::Passed(..) => 0,
        };
        bytes as u64
    }
}

/// The kind of records in a block.
#[derive(Clone, Debug)]
pub(super) enum Records {
    /// JSON lines: one object a line.
    Lines,
    /// Elements of a JSON array, or a sequence of objects.
    Values,
    /// Rows of a table with this header.
    Table(Arc<Columns>),
}

/// Receives each part, with the number of bytes read from disk so far. Returns `Break` to stop reading.
pub(super) type Emit<'a> = dyn FnMut(Part, u64) -> ControlFlow<()> + 'a;

/// Reads a file and passes its parts to `emit`. If the file has no path, reads `pipe` instead: standard input is JSON lines,
/// and the format of any other pipe is determined from its first bytes.
pub(super) fn read(
    found: &Found,
    config: &IngestConfig,
    block: usize,
    pipe: Option<Box<dyn Read + Send>>,
    emit: &mut Emit<'_>,
) -> ControlFlow<()> {
    let limit = config.max_document_bytes;
    let skip = |refusal: Refusal| Part::Skip { record: None, refusal };
    let limits = Limits::of(config);
    let (opened, named) = match &found.path {
        Some(path) => (Stream::open(path, found.bytes, limits), Format::of_name(path)),
        None => {
            let input = pipe.unwrap_or_else(|| Box::new(io::empty()));
            let named = (found.shown == "-").then_some(Format::JsonLines);
            (Stream::decoded(input, HEAD as u64, limits), named)
        }
    };
    let (mut stream, read) = match opened {
        Ok(opened) => opened,
        Err(error) => return emit(skip(decode::broken(&error, false)), 0),
    };
    let mut emit = |part: Part| emit(part, read.load(Ordering::Relaxed));
    if stream.head().is_empty() {
        let broken = stream.broken().map(|error| decode::broken(error, stream.compressed));
        return emit(skip(broken.unwrap_or_else(|| Empty.because("empty file"))));
    }

    match columnar::of_content(named, stream.head()) {
        Some(Ok(format)) => return columnar::read(format, found, stream, config, block, &mut emit),
        Some(Err(refusal)) => return emit(skip(refusal)),
        None => {}
    }
    if stream.head().len() >= HEAD && xml::is_cut(stream.head()) {
        stream.look_further(PROLOG);
    }
    let (encoding, bom) = charset::of(stream.head(), false);
    // Containers are decoded as a stream, so the encoding must be clear from the first bytes.
    let raw = &stream.head()[bom..];
    let decoded =
        (encoding != UTF_8).then(|| encoding.decode_without_bom_handling(raw).0.into_owned().into_bytes());
    let head = decoded.as_deref().unwrap_or(raw);
    match Own::of(head) {
        Some(own) if !found.named => {
            tracing::info!(path = found.shown, "{}: not an input", own.name());
            return ControlFlow::Continue(());
        }
        Some(own) if !own.holds_news() => {
            return emit(skip(OwnOutput.because(format!("{}, not news", own.name()))));
        }
        _ => {}
    }
    let format = match Format::of_content(named, if is_utf16(encoding) { head } else { stream.head() }) {
        Ok(format) => format,
        Err(refusal) => return emit(skip(refusal)),
    };
    let notes = Arc::clone(&stream.notes);
    if let Format::Form(form) = format {
        forms::read(form, stream, config, &mut emit)?;
    } else if format.is_container() {
        let head = head.to_vec();
        let (compressed, complete) = (stream.compressed, stream.head().len() < HEAD);
        stream.skip(bom);
        let mut container = Container { config, format, block, compressed, complete };
        if encoding == UTF_8 {
            container.read(&mut stream, &head, &mut emit)?;
        } else {
            container.read(&mut charset::transcoder(stream, encoding), &head, &mut emit)?;
        }
    } else {
        emit(match stream.read_whole(limit) {
            Ok(Some(bytes)) => Part::Whole(format, bytes),
            Ok(None) => skip(decode::too_long(limit)),
            Err(error) => skip(decode::broken(&error, stream.compressed)),
        })?;
    }
    decode::noted(&notes).try_for_each(|refusal| emit(skip(refusal)))
}

/// Returns what kind of output of this program a file is; `None` if it is something else.
pub(super) fn own(path: &Path, config: &IngestConfig) -> io::Result<Option<Own>> {
    let (stream, _) = Stream::open(path, HEAD as u64, Limits::of(config))?;
    #[cfg(feature = "parquet")]
    if matches!(columnar::of_content(None, stream.head()), Some(Ok(Format::Parquet))) {
        return Ok(super::parquet::is_own(path).then_some(Own::Table));
    }
    let (encoding, bom) = charset::of(stream.head(), false);
    Ok(Own::of(&encoding.decode_without_bom_handling(&stream.head()[bom..]).0.into_owned().into_bytes()))
}

fn is_utf16(encoding: &'static encoding_rs::Encoding) -> bool {
    encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE
}

struct Container<'a> {
    config: &'a IngestConfig,
    format: Format,
    block: usize,
    compressed: bool,
    /// Whether the head is the whole content.
    complete: bool,
}

impl Container<'_> {
    /// Reads the records. `head` is the start of `input` as UTF-8.
    fn read(
        &mut self,
        input: &mut dyn Read,
        head: &[u8],
        emit: &mut dyn FnMut(Part) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let skip = |record, refusal| Part::Skip { record, refusal };
        let bounds = Bounds { block: self.block, record: self.config.max_document_bytes };
        if matches!(self.format, Format::Csv | Format::Tsv) {
            return self.table(input, head, bounds, emit);
        }
        let json = self.format == Format::Json;
        let array = json && head.trim_ascii_start().starts_with(b"[");
        if array && let Err(error) = read_past_bracket(input) {
            return emit(skip(None, decode::broken(&error, self.compressed)));
        }
        let (kind, mut values) = (if json { Records::Values } else { Records::Lines }, Values::new(array));
        let scan: &mut dyn Scan = if json { &mut values } else { &mut Lines };
        let mut seen = false;
        self.cut(input, scan, bounds, &mut |cut| match cut {
            Cut::Gap { record, refusal } => {
                seen = true;
                emit(skip(Some(record), refusal))
            }
            Cut::Block(mut block) => {
                seen |= json || !block.data.trim_ascii().is_empty();
                block.only &= !array;
                emit(Part::Block(kind.clone(), block))
            }
        })?;
        if seen { ControlFlow::Continue(()) } else { emit(skip(None, Empty.because("no records"))) }
    }

    fn table(
        &self,
        input: &mut dyn Read,
        head: &[u8],
        bounds: Bounds,
        emit: &mut dyn FnMut(Part) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let names = &self.config.fields;
        let promised = if self.format == Format::Tsv { b'\t' } else { b',' };
        let layout = Layout::of(head, self.complete, promised, names);
        if let Err(error) = io::copy(&mut input.take(layout.skip as u64), &mut io::sink()) {
            return emit(Part::Skip { record: None, refusal: decode::broken(&error, self.compressed) });
        }
        let mut columns: Option<Arc<Columns>> = None;
        // An unusable header ends this file, but not the run.
        let mut refused = None;
        let mut rows = 0;
        let flow = self.cut(input, &mut Rows::new(layout), bounds, &mut |cut| match (cut, &columns) {
            (Cut::Gap { record, refusal }, Some(_)) => {
                rows += 1;
                emit(Part::Skip { record: Some(record - 1), refusal })
            }
            (Cut::Gap { refusal, .. }, None) => {
                refused = Some(refusal.kind.because(format!("header row: {}", refusal.reason)));
                ControlFlow::Break(())
            }
            (Cut::Block(block), Some(columns)) => {
                rows += block.ends.len();
                emit(Part::Block(Records::Table(Arc::clone(columns)), block))
            }
            (Cut::Block(block), None) => {
                let header = &block.data[..block.ends.first().copied().unwrap_or(0)];
                match Columns::of_header(header, layout, names) {
                    Ok(known) => {
                        let known = columns.insert(Arc::new(known));
                        rows += block.ends.len() - 1;
                        emit(Part::Block(Records::Table(Arc::clone(known)), block))
                    }
                    Err(refusal) => {
                        refused = Some(refusal);
                        ControlFlow::Break(())
                    }
                }
            }
        });
        match refused {
            Some(refusal) => emit(Part::Skip { record: None, refusal }),
            None if flow.is_continue() && rows == 0 => {
                let refusal = Empty.because("a header row with no rows below it");
                emit(Part::Skip { record: None, refusal })
            }
            None => flow,
        }
    }

    fn cut(
        &self,
        input: &mut dyn Read,
        scan: &mut dyn Scan,
        bounds: Bounds,
        emit: &mut dyn FnMut(Cut) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        blocks::cut(input, self.compressed, scan, bounds, emit)
    }
}

/// Skips white space and the `[` known to follow.
fn read_past_bracket(input: &mut dyn Read) -> io::Result<()> {
    let mut buffer = [0_u8; 1];
    loop {
        input.read_exact(&mut buffer)?;
        if buffer[0] == b'[' {
            return Ok(());
        }
    }
}
