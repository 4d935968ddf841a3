//! The bytes of an archive: read once, in order, with a place for those that were read too far.

use std::io::{self, BufRead, ErrorKind};

use memchr::memmem;

/// The first bytes of a record.
pub(super) const RECORD: &[u8] = b"WARC/";
/// The same at the beginning of a line.
const RECORD_LINE: &[u8] = b"\nWARC/";
/// How many times the size of the input may be read again in total. It keeps the cost linear where every record is wrong.
const AGAIN: u64 = 4;
/// Bytes that may be read again in any case.
const AGAIN_ALWAYS: u64 = 1 << 20;
/// Most ends of lines after a block that are put back if no record follows.
const NEWLINES: usize = 64;

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineEnd {
    /// With a line feed, which is not part of it.
    Newline,
    /// With the input, or with the bytes that may be read.
    Cut,
}

/// What was stepped over.
#[derive(Debug, Default)]
pub(super) struct Passed {
    /// The number of bytes that the input does not have.
    pub missing: u64,
    /// A copy of the bytes from the first line that begins like a record, if there is one and they are not too many.
    pub record: Option<Vec<u8>>,
}

/// The input, with bytes that are to be read again before the rest of it.
pub(super) struct Source<'a> {
    input: &'a mut dyn BufRead,
    again: Vec<u8>,
    /// Place in `again`.
    at: usize,
    /// Number of bytes taken from `input`.
    pub(super) taken: u64,
    /// Number of bytes that are read again, in total.
    pub(super) read_again: u64,
    /// Number of bytes of [`RECORD_LINE`] at the end of what was stepped over.
    begun: usize,
    /// The largest number of bytes that was held at one time.
    #[cfg(test)]
    pub(super) peak: usize,
}

impl<'a> Source<'a> {
    pub(super) fn new(input: &'a mut dyn BufRead) -> Self {
        Self {
            input,
            again: Vec::new(),
            at: 0,
            taken: 0,
            read_again: 0,
            begun: 0,
            #[cfg(test)]
            peak: 0,
        }
    }

    /// Returns the next bytes; empty at the end of the input.
    fn chunk(&mut self) -> io::Result<&[u8]> {
        if self.at < self.again.len() {
            return Ok(self.again.get(self.at..).unwrap_or_default());
        }
        if !self.again.is_empty() {
            // Freed rather than kept: it may be large, and is rarely needed.
            self.again = Vec::new();
            self.at = 0;
        }
        fill(self.input)
    }

    fn consume(&mut self, length: usize) {
        if self.at < self.again.len() {
            self.at += length;
        } else {
            self.input.consume(length);
            self.taken += length as u64;
        }
    }

    /// Has `bytes` read again, which are the last ones that were read. Returns whether it does: not if too much was read again
    /// already.
    pub(super) fn put_back(&mut self, bytes: &[u8]) -> bool {
        let total = self.read_again + bytes.len() as u64;
        if total > AGAIN * self.taken + AGAIN_ALWAYS {
            return false;
        }
        self.read_again = total;
        self.unread(bytes);
        true
    }

    /// Has a few bytes read again, which are the last ones that were read.
    pub(super) fn unread(&mut self, bytes: &[u8]) {
        if let Some(at) = self.at.checked_sub(bytes.len())
            && let Some(place) = self.again.get_mut(at..self.at)
        {
            // They were read from here.
            place.copy_from_slice(bytes);
            self.at = at;
        } else {
            self.again = [bytes, self.again.get(self.at..).unwrap_or_default()].concat();
            self.at = 0;
        }
    }

    /// Returns the next `length` bytes without taking them; fewer at the end of the input.
    fn peek(&mut self, length: usize) -> io::Result<&[u8]> {
        while self.again.len() - self.at < length {
            let bytes = fill(self.input)?;
            if bytes.is_empty() || (self.at == self.again.len() && bytes.len() >= length) {
                break;
            }
            // Behind the bytes that are to be read again.
            let number = bytes.len().min(length);
            self.again.extend_from_slice(&bytes[..number]);
            self.input.consume(number);
            self.taken += number as u64;
        }
        let bytes = self.chunk()?;
        Ok(&bytes[..bytes.len().min(length)])
    }

    /// Adds the next line to `line` without its line feed, at most `left` bytes, which are subtracted.
    pub(super) fn line(&mut self, line: &mut Vec<u8>, left: &mut u64) -> io::Result<LineEnd> {
        loop {
            let chunk = limited(self.chunk()?, *left);
            if chunk.is_empty() {
                return Ok(LineEnd::Cut);
            }
            let newline = memchr::memchr(b'\n', chunk);
            line.extend_from_slice(&chunk[..newline.unwrap_or(chunk.len())]);
            let length = newline.map_or(chunk.len(), |at| at + 1);
            self.consume(length);
            *left -= length as u64;
            if newline.is_some() {
                return Ok(LineEnd::Newline);
            }
        }
    }

    /// Takes the next `length` bytes; fewer at the end of the input.
    pub(super) fn take(&mut self, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(length.min(1 << 16)).unwrap_or_default());
        let mut left = length;
        while left > 0 {
            let chunk = limited(self.chunk()?, left);
            if chunk.is_empty() {
                break;
            }
            bytes.extend_from_slice(chunk);
            let taken = chunk.len();
            self.consume(taken);
            left -= taken as u64;
        }
        #[cfg(test)]
        self.note(bytes.capacity());
        Ok(bytes)
    }

    /// Steps over the next `length` bytes. Keeps at most `most` of them, from the first line on that begins like a record.
    pub(super) fn step_over(&mut self, length: u64, most: u64) -> io::Result<Passed> {
        // A block begins at the beginning of a line.
        let mut matched = 1;
        let mut record: Option<Vec<u8>> = None;
        let mut is_kept = true;
        let mut left = length;
        while left > 0 {
            let chunk = limited(self.chunk()?, left);
            if chunk.is_empty() {
                break;
            }
            if let Some(bytes) = &mut record {
                bytes.extend_from_slice(chunk);
            } else if is_kept && let Some(after) = after_record_line(&mut matched, chunk) {
                record = Some([RECORD, &chunk[after..]].concat());
            }
            let taken = chunk.len();
            self.consume(taken);
            left -= taken as u64;
            #[cfg(test)]
            self.note(record.as_ref().map_or(0, Vec::capacity));
            if record.as_ref().is_some_and(|bytes| bytes.len() as u64 > most) {
                record = None;
                is_kept = false;
            }
        }
        self.begun = if record.is_none() { matched } else { 0 };
        Ok(Passed { missing: left, record })
    }

    /// Takes the bytes up to the next line that begins like a record, or to the end of the input, and adds them to `bytes`, unless
    /// there are more than `most`. Returns whether there were not.
    pub(super) fn take_to_record(&mut self, bytes: &mut Vec<u8>, most: u64) -> io::Result<bool> {
        let start = bytes.len();
        // What comes next is not a record, but one may have begun in what was read before.
        let mut matched =
            if start > 0 { record_line_begun(bytes) } else { std::mem::take(&mut self.begun).max(1) };
        let mut number = 0;
        loop {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                return Ok(number <= most);
            }
            let after = after_record_line(&mut matched, chunk);
            let taken = after.unwrap_or(chunk.len());
            number += taken as u64;
            let fits = number <= most;
            if fits {
                bytes.extend_from_slice(&chunk[..taken]);
            } else {
                bytes.truncate(start);
            }
            self.consume(taken);
            #[cfg(test)]
            self.note(bytes.capacity());
            if after.is_some() {
                self.unread(RECORD);
                if fits {
                    bytes.truncate(bytes.len().saturating_sub(RECORD.len()));
                }
                return Ok(fits);
            }
        }
    }

    /// Steps over the ends of lines after a block. Returns whether a record or the end of the input follows. If not, the next
    /// byte is the one after the block.
    pub(super) fn is_at_record(&mut self) -> io::Result<bool> {
        let mut newlines = Vec::new();
        loop {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                return Ok(true);
            }
            let number = chunk.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let is_over = number < chunk.len();
            let kept = number.min(NEWLINES - newlines.len());
            newlines.extend_from_slice(&chunk[..kept]);
            self.consume(number);
            if is_over {
                break;
            }
        }
        if self.peek(RECORD.len())? == RECORD {
            return Ok(true);
        }
        self.unread(&newlines);
        Ok(false)
    }

    #[cfg(test)]
    fn note(&mut self, held: usize) {
        self.peak = self.peak.max(held + self.again.capacity());
    }
}

/// Returns the next bytes of the input; empty at its end.
fn fill(input: &mut dyn BufRead) -> io::Result<&[u8]> {
    loop {
        match input.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    // A second call because of the borrow. The buffer is full now.
    input.fill_buf()
}

/// Returns the first `most` bytes.
fn limited(bytes: &[u8], most: u64) -> &[u8] {
    &bytes[..bytes.len().min(usize::try_from(most).unwrap_or(usize::MAX))]
}

/// Returns the place in `chunk` after [`RECORD_LINE`]. `matched` is the number of its bytes at the end of the chunk before.
fn after_record_line(matched: &mut usize, chunk: &[u8]) -> Option<usize> {
    // The part that would end a match from the chunk before. Only its first byte is a line feed, so matches do not overlap.
    let wanted = RECORD_LINE.get(*matched..).unwrap_or_default();
    if *matched > 0 && chunk.len() < wanted.len() && wanted.starts_with(chunk) {
        *matched += chunk.len();
        return None;
    }
    if *matched > 0 && chunk.starts_with(wanted) {
        return Some(wanted.len());
    }
    if let Some(at) = memmem::find(chunk, RECORD_LINE) {
        return Some(at + RECORD_LINE.len());
    }
    *matched = record_line_begun(chunk);
    None
}

/// Returns the number of bytes of [`RECORD_LINE`] at the end of `bytes`.
fn record_line_begun(bytes: &[u8]) -> usize {
    let begun =
        |length: &usize| RECORD_LINE.get(..*length).is_some_and(|beginning| bytes.ends_with(beginning));
    (1..RECORD_LINE.len()).rev().find(begun).unwrap_or(0)
}
