//! Buffers compressed data and keeps what was read last, so that it can be searched for the beginning of a member.

use std::io::{self, BufRead, Read};

/// Compressed bytes that are read at once.
pub(super) const BUFFER: usize = 32 << 10;
/// Most bytes that are kept.
const KEPT: usize = 1 << 20;

/// A buffered reader that can go back to a mark, unless over [`KEPT`] bytes were read since.
pub(super) struct Kept<R> {
    inner: R,
    bytes: Vec<u8>,
    /// Place of the next byte in `bytes`.
    at: usize,
    /// Place to which to go back; `None` to keep nothing.
    mark: Option<usize>,
    /// Number of bytes before `bytes`.
    before: u64,
}

impl<R: Read> Kept<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, bytes: Vec::new(), at: 0, mark: None, before: 0 }
    }

    /// Returns the number of bytes that were consumed.
    pub(super) fn position(&self) -> u64 {
        self.before + self.at as u64
    }

    /// Sets the mark here.
    pub(super) fn mark(&mut self) {
        self.mark = Some(self.at);
    }

    /// Removes the mark.
    pub(super) fn forget(&mut self) {
        self.mark = None;
    }

    /// Returns the number of bytes by which [`Kept::back`] goes back.
    pub(super) fn since_mark(&self) -> u64 {
        (self.at - self.mark.unwrap_or(self.at)) as u64
    }

    /// Goes back to the mark, or to the first byte that was kept.
    pub(super) fn back(&mut self) {
        self.at = self.mark.unwrap_or(self.at);
    }

    /// Returns at least `length` of the next bytes; fewer at the end.
    pub(super) fn ahead(&mut self, length: usize) -> io::Result<&[u8]> {
        while self.bytes.len() - self.at < length && self.read_more()? > 0 {}
        Ok(self.bytes.get(self.at..).unwrap_or_default())
    }

    /// Reads more bytes, and forgets those before the mark. Returns their number.
    fn read_more(&mut self) -> io::Result<usize> {
        let kept = self.mark.unwrap_or(self.at).max(self.at.saturating_sub(KEPT));
        self.bytes.drain(..kept);
        self.before += kept as u64;
        self.at -= kept;
        self.mark = self.mark.map(|_| 0);
        let length = self.bytes.len();
        self.bytes.resize(length + BUFFER, 0);
        let read = loop {
            match self.inner.read(self.bytes.get_mut(length..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.bytes.truncate(length + *read.as_ref().unwrap_or(&0));
        read
    }
}

impl<R: Read> Read for Kept<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let number = bytes.len().min(out.len());
        out[..number].copy_from_slice(&bytes[..number]);
        self.consume(number);
        Ok(number)
    }
}

impl<R: Read> BufRead for Kept<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.ahead(1)
    }

    fn consume(&mut self, number: usize) {
        self.at = (self.at + number).min(self.bytes.len());
    }
}
