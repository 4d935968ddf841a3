//! Decompresses gzip files of one or several members.
//!
//! As with the program `gzip`, the data ends at the first bytes that begin no further member. Zeros, with which tapes and
//! archives are padded, are then ignored; anything else is noted.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use flate2::bufread::GzDecoder;

/// The first bytes of each member.
pub(super) const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// Compressed bytes that are read at once.
const BUFFER: usize = 32 << 10;

/// The content of all members, one after the other.
pub(super) struct Members<R: Read> {
    /// The member that is being read; `None` after the last.
    member: Option<GzDecoder<BufReader<R>>>,
    /// Set if other bytes than zeros follow the last member.
    garbage: Arc<AtomicBool>,
}

impl<R: Read> Members<R> {
    /// Returns the content of `compressed`. Sets `garbage` if other bytes than zeros follow it.
    pub(super) fn of(compressed: R, garbage: Arc<AtomicBool>) -> Self {
        Self { member: Some(GzDecoder::new(BufReader::with_capacity(BUFFER, compressed))), garbage }
    }

    /// Returns the member that begins after the last one, if there is one.
    fn next(&self, mut rest: BufReader<R>) -> io::Result<Option<GzDecoder<BufReader<R>>>> {
        loop {
            let bytes = rest.fill_buf()?;
            // At the end of a buffer, the second byte may be missing.
            if bytes.starts_with(&MAGIC) || bytes == &MAGIC[..1] {
                return Ok(Some(GzDecoder::new(rest)));
            }
            let length = bytes.len();
            if length == 0 {
                return Ok(None);
            }
            if bytes.iter().any(|&byte| byte != 0) {
                self.garbage.store(true, Ordering::Relaxed);
                return Ok(None);
            }
            rest.consume(length);
        }
    }
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let n = member.read(out)?;
            if n > 0 || out.is_empty() {
                return Ok(n);
            }
            if let Some(ended) = self.member.take() {
                self.member = self.next(ended.into_inner())?;
            }
        }
        Ok(0)
    }
}

/// Compresses bytes to a member.
#[cfg(test)]
pub(super) fn member(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::GzEncoder::new(bytes, flate2::Compression::fast()).read_to_end(&mut out).unwrap();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the content, and whether it is followed by garbage.
    fn content(compressed: &[u8]) -> io::Result<(String, bool)> {
        let garbage = Arc::new(AtomicBool::new(false));
        let mut out = String::new();
        Members::of(compressed, Arc::clone(&garbage)).read_to_string(&mut out)?;
        Ok((out, garbage.load(Ordering::Relaxed)))
    }

    #[test]
    fn bytes_after_the_last_member_are_ignored_and_noted_unless_they_are_zeros() {
        let members = [member(b"The ferry "), member(b""), member(b"sails.")].concat();
        for (rest, garbage) in [
            (vec![], false),
            (vec![0], false),
            (vec![0; 2 * BUFFER], false),
            (b"\n".to_vec(), true),
            (b"garbage after the data".to_vec(), true),
            ([vec![0; BUFFER], b"x".to_vec()].concat(), true),
        ] {
            let found = content(&[members.as_slice(), &rest].concat()).unwrap();
            assert_eq!(found, ("The ferry sails.".to_owned(), garbage), "{} bytes", rest.len());
        }
    }

    #[test]
    fn member_that_breaks_off_is_an_error() {
        let members = [member(b"The ferry "), member(b"sails.")].concat();
        let first = member(b"The ferry ").len();
        for cut in first + 1..members.len() {
            assert_eq!(content(&members[..cut]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof, "{cut}");
        }
    }
}
