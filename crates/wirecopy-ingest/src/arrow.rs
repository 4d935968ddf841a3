//! Reads Arrow files (Feather version 2) and Arrow streams.
//!
//! A file is a stream between two marks, so both are read as a stream, message by message; the index at the end of a file is
//! not needed. The crate's own readers reserve as much memory as a message claims to need. Here a message is read as far as it
//! goes, and what its compressed buffers claim to expand to is checked before they are decoded.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_buffer::{Buffer, MutableBuffer};
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::FileDecoder;
use arrow_ipc::{Block, Message, MessageHeader, MetadataVersion, root_as_message};
use arrow_schema::Schema;

use super::columnar::{ARROW, CONTINUATION};
use super::columns::{Columns, decoded, in_numbers};
use super::decode::{self, Limits, Stream, size_in_words};
use super::detect::Format;
use super::input::Part;
use crate::config::IngestConfig;
use wirecopy_core::document::Refusal;
use wirecopy_core::document::SkipKind::{Damaged, Empty, Limit};

/// Longest description of a message, in bytes.
const MOST_METADATA: u64 = 64 << 20;
/// Largest message, in bytes. Writers make batches of some ten thousand rows.
const MOST_BODY: u64 = 1 << 30;
/// Bytes to which a message may be aligned.
const ALIGNMENT: usize = 64;
/// Bytes that are read at once.
const BUFFER: usize = 64 << 10;

/// Reads a file or stream and passes its rows to `emit`.
pub(super) fn read(
    mut stream: Stream,
    config: &IngestConfig,
    block: usize,
    emit: &mut dyn FnMut(Part) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let is_file = stream.head().starts_with(ARROW);
    if is_file {
        stream.skip(ARROW.len());
        // Some writers align the first message to 64 bytes.
        let zeros = stream.head().iter().take(ALIGNMENT).take_while(|&&byte| byte == 0).count();
        stream.skip(zeros - zeros % 4);
    }
    let mut messages =
        Messages { compressed: stream.compressed, stream, is_file, limits: Limits::of(config) };
    let mut table = match Table::of(&mut messages, config) {
        Ok(table) => table,
        Err(refusal) => return emit(Part::Skip { record: None, refusal }),
    };
    let mut first = 1;
    loop {
        let message = match messages.next() {
            Ok(Some(message)) => message,
            Ok(None) if first == 1 => {
                let refusal = Empty.because("a table with no rows");
                return emit(Part::Skip { record: None, refusal });
            }
            Ok(None) => return ControlFlow::Continue(()),
            Err(refusal) => return emit(Part::Skip { record: (first > 1).then_some(first), refusal }),
        };
        let rows = message.rows();
        match table.batch(&message, messages.limits) {
            Ok(None) => {}
            Ok(Some(batch)) => {
                let sizes = (block, config.max_document_bytes);
                table
                    .columns
                    .rows(&batch, first, sizes, &mut |rows| emit(Part::Rows(Format::Arrow, rows)))?;
                first += batch.num_rows() as u64;
            }
            Err(problem) => {
                let numbers = first..first.saturating_add(rows);
                first = numbers.end;
                let reason = format!("{} cannot be read: {}", in_numbers(&numbers), problem.reason);
                let refusal = problem.kind.because(reason);
                emit(Part::Skip { record: Some(numbers.start), refusal })?;
            }
        }
    }
}

/// The messages of a stream.
struct Messages {
    stream: Stream,
    compressed: bool,
    is_file: bool,
    limits: Limits,
}

/// A message: its description, behind its length, and its body.
struct Raw {
    bytes: Buffer,
    /// Bytes before the body.
    prefix: usize,
}

impl Messages {
    /// Returns the next message; `None` at the end.
    ///
    /// # Errors
    /// Why the rest cannot be read.
    fn next(&mut self) -> Result<Option<Raw>, Refusal> {
        let mut bytes = MutableBuffer::new(BUFFER);
        if !self.take(&mut bytes, 4)? {
            // A stream may simply end, a file has an index behind its last message.
            return if self.is_file && bytes.is_empty() { Err(truncated()) } else { self.ended(&bytes) };
        }
        // Before version 0.15 a message began with its length.
        if bytes.as_slice() == CONTINUATION && !self.take(&mut bytes, 4)? {
            return Err(truncated());
        }
        let length = bytes.as_slice().last_chunk().map_or(0, |length| i32::from_le_bytes(*length));
        let length = match u64::try_from(length) {
            Ok(0) => return Ok(None),
            Ok(length) if length <= MOST_METADATA => length,
            _ => return Err(Damaged.because("a damaged Arrow file: a message without a length")),
        };
        if !self.take(&mut bytes, length)? {
            return Err(truncated());
        }
        let prefix = bytes.len();
        let body = described(&bytes, prefix - length as usize)?.bodyLength();
        let body = match u64::try_from(body) {
            Ok(body) if body <= MOST_BODY => body,
            Ok(_) => {
                let most = size_in_words(MOST_BODY);
                return Err(
                    Limit.because(format!("a batch of more than {most}: write it in smaller batches"))
                );
            }
            Err(_) => return Err(Damaged.because("a damaged Arrow file: a message of negative length")),
        };
        if !self.take(&mut bytes, body)? {
            return Err(truncated());
        }
        Ok(Some(Raw { bytes: bytes.into(), prefix }))
    }

    /// Returns the schema of a file whose first message has no length in front of it, as Polars writes files; `None` for all
    /// others.
    fn bare_schema(&mut self) -> Option<(Schema, MetadataVersion)> {
        let head = self.stream.head();
        if !self.is_file || head.starts_with(&CONTINUATION) {
            return None;
        }
        let is_message = |at: &usize| head[*at..].starts_with(&CONTINUATION);
        let end = (8..head.len()).step_by(8).find(is_message)?;
        let message = described(&head[..end], 0).ok()?;
        let found = schema_of(&message).ok()?;
        self.stream.skip(end);
        Some(found)
    }

    fn ended(&self, left: &MutableBuffer) -> Result<Option<Raw>, Refusal> {
        if left.is_empty() { Ok(None) } else { Err(truncated()) }
    }

    /// Adds the next `count` bytes to `bytes`. Returns whether there were as many.
    fn take(&mut self, bytes: &mut MutableBuffer, count: u64) -> Result<bool, Refusal> {
        let mut buffer = [0; BUFFER];
        let mut left = count;
        while left > 0 {
            let wanted = (BUFFER as u64).min(left) as usize;
            match self.stream.read(&mut buffer[..wanted]) {
                Ok(0) => return Ok(false),
                Ok(n) => {
                    bytes.extend_from_slice(&buffer[..n]);
                    left -= n as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(decode::broken(&error, self.compressed)),
            }
        }
        Ok(true)
    }
}

impl Raw {
    fn message(&self) -> Result<Message<'_>, Refusal> {
        let start = if self.bytes.starts_with(&CONTINUATION) { 8 } else { 4 };
        described(self.bytes.get(..self.prefix).unwrap_or_default(), start)
    }

    /// Returns the number of rows that the message claims to have.
    fn rows(&self) -> u64 {
        let message = self.message().ok();
        let batch = message.and_then(|message| message.header_as_record_batch());
        batch.map_or(0, |batch| u64::try_from(batch.length()).unwrap_or(0))
    }

    /// Returns the sum of the sizes that the compressed buffers of the message claim to have; `None` if a buffer is not within
    /// the body, or if there is no such sum.
    fn expanded(&self, message: &Message<'_>) -> Option<u64> {
        let batch = match message.header_type() {
            MessageHeader::DictionaryBatch => message.header_as_dictionary_batch()?.data()?,
            _ => message.header_as_record_batch()?,
        };
        let body = self.bytes.get(self.prefix..)?;
        let mut sum = 0_u64;
        for buffer in batch.buffers().iter().flatten() {
            let start = usize::try_from(buffer.offset()).ok()?;
            let end = start.checked_add(usize::try_from(buffer.length()).ok()?)?;
            let buffer = body.get(start..end)?;
            if batch.compression().is_some() {
                // The length is in front of the data; it is -1 if the data is not compressed.
                let claimed = buffer.first_chunk().map_or(0, |size| i64::from_le_bytes(*size));
                sum = sum.checked_add(u64::try_from(claimed).unwrap_or(0))?;
            }
        }
        Some(sum)
    }
}

/// Returns the description of a message, which starts at `start`.
fn described(bytes: &[u8], start: usize) -> Result<Message<'_>, Refusal> {
    root_as_message(bytes.get(start..).unwrap_or_default())
        .map_err(|_| Damaged.because("a damaged Arrow file: a message that cannot be decoded"))
}

/// Returns the schema that a message is, and the version of the format.
fn schema_of(message: &Message<'_>) -> Result<(Schema, MetadataVersion), Refusal> {
    let schema = message.header_as_schema().ok_or_else(no_schema)?;
    let schema = decoded(|| try_fb_to_schema(schema))
        .map_err(|refusal| refusal.kind.because(format!("a damaged Arrow file: {}", refusal.reason)))?;
    Ok((schema, message.version()))
}

fn no_schema() -> Refusal {
    Damaged.because("a damaged Arrow file: it does not begin with a schema")
}

fn truncated() -> Refusal {
    Damaged.because("truncated: the file ends inside a table")
}

/// The decoder of the batches.
struct Table {
    decoder: FileDecoder,
    columns: Columns,
}

impl Table {
    /// Reads the schema, which comes first.
    fn of(messages: &mut Messages, config: &IngestConfig) -> Result<Self, Refusal> {
        let (schema, version) = match messages.bare_schema() {
            Some(schema) => schema,
            None => schema_of(&messages.next()?.ok_or_else(no_schema)?.message()?)?,
        };
        let columns = Columns::of_schema(&schema, &config.fields)?;
        let projection = columns.indices(&schema);
        let decoder = FileDecoder::new(Arc::new(schema), version).with_projection(projection);
        Ok(Self { decoder, columns })
    }

    /// Decodes a batch; `None` for another message.
    fn batch(&mut self, raw: &Raw, limits: Limits) -> Result<Option<RecordBatch>, Refusal> {
        let message = raw.message()?;
        let kind = message.header_type();
        if !matches!(kind, MessageHeader::RecordBatch | MessageHeader::DictionaryBatch) {
            return Ok(None);
        }
        let body = (raw.bytes.len() - raw.prefix) as u64;
        let damaged = || Damaged.because("a buffer is not within its message");
        let expanded = raw.expanded(&message).ok_or_else(damaged)?;
        if let Some(refusal) = limits.refuse(body, expanded) {
            return Err(refusal);
        }
        if expanded > MOST_BODY {
            return Err(Limit.because(format!("a batch of more than {}", size_in_words(MOST_BODY))));
        }
        let (Ok(prefix), Ok(length)) = (i32::try_from(raw.prefix), i64::try_from(body)) else {
            return Ok(None);
        };
        let block = Block::new(0, prefix, length);
        decoded(|| {
            if kind == MessageHeader::DictionaryBatch {
                self.decoder.read_dictionary(&block, &raw.bytes).map(|()| None)
            } else {
                self.decoder.read_record_batch(&block, &raw.bytes)
            }
        })
    }
}
