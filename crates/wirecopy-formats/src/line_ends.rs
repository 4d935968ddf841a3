//! Line ends of old Macintosh programs: carriage returns alone.

use std::borrow::Cow;
#[cfg(feature = "wire")]
use std::io::{self, BufRead, Read};

/// Returns a text whose lines end with line feeds. Makes a copy only if no line did.
pub(crate) fn with_line_feeds(bytes: &[u8]) -> Cow<'_, [u8]> {
    if has_line_feeds(bytes) {
        return Cow::Borrowed(bytes);
    }
    Cow::Owned(bytes.iter().copied().map(line_feed).collect())
}

fn has_line_feeds(bytes: &[u8]) -> bool {
    memchr::memchr(b'\n', bytes).is_some() || memchr::memchr(b'\r', bytes).is_none()
}

fn line_feed(byte: u8) -> u8 {
    if byte == b'\r' { b'\n' } else { byte }
}

/// A reader of a text whose lines end with line feeds. The first bytes decide whether they do already.
#[cfg(feature = "wire")]
pub(crate) struct LineFeeds<'a> {
    input: &'a mut dyn BufRead,
    /// Converted bytes; `None` if the lines end with line feeds.
    converted: Option<Vec<u8>>,
    /// Place in `converted`.
    at: usize,
}

#[cfg(feature = "wire")]
impl<'a> LineFeeds<'a> {
    pub(crate) fn new(input: &'a mut dyn BufRead) -> Self {
        // An error comes again, or is over, when the text is read.
        let is_converted = input.fill_buf().is_ok_and(|start| !has_line_feeds(start));
        Self { input, converted: is_converted.then(Vec::new), at: 0 }
    }
}

#[cfg(feature = "wire")]
impl Read for LineFeeds<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let number = bytes.len().min(out.len());
        let (Some(to), Some(from)) = (out.get_mut(..number), bytes.get(..number)) else { return Ok(0) };
        to.copy_from_slice(from);
        self.consume(number);
        Ok(number)
    }
}

#[cfg(feature = "wire")]
impl BufRead for LineFeeds<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let Some(converted) = &mut self.converted else { return self.input.fill_buf() };
        if self.at >= converted.len() {
            let bytes = self.input.fill_buf()?;
            converted.clear();
            converted.extend(bytes.iter().copied().map(line_feed));
            let number = bytes.len();
            self.input.consume(number);
            self.at = 0;
        }
        Ok(converted.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, number: usize) {
        match &self.converted {
            None => self.input.consume(number),
            Some(_) => self.at += number,
        }
    }
}

#[cfg(all(test, feature = "wire"))]
mod tests {
    use super::*;

    #[test]
    fn carriage_returns_alone_become_line_feeds() {
        for (text, expected) in
            [("One\rTwo\r", "One\nTwo\n"), ("One\r\nTwo\r", "One\r\nTwo\r"), ("One", "One"), ("", "")]
        {
            assert_eq!(with_line_feeds(text.as_bytes()), expected.as_bytes());
            let (mut input, mut out) = (io::BufReader::with_capacity(5, text.as_bytes()), String::new());
            LineFeeds::new(&mut input).read_to_string(&mut out).unwrap();
            assert_eq!(out, expected);
        }
    }
}
