//! Decompresses raw input, with lookahead.

use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::members::{Codec, Damage, Members, Notes};
use super::open::{self, NotAFile};
use crate::config::IngestConfig;
use wirecopy_core::document::{Refusal, SkipKind};

/// Bytes examined to determine the format and the encoding.
pub(super) const HEAD: usize = 64 << 10;
/// Spare capacity after the content: with less, `read_to_end` probes for the end with a buffer of its own.
const END: usize = 32;

/// Bytes that any compressed file may expand to, however small it is.
const FREE: u64 = 64 << 20;

/// Limits on what a compressed file may expand to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Largest ratio of expanded to compressed bytes, applied beyond [`FREE`] bytes.
    expansion: u64,
    /// Most expanded bytes.
    expanded_bytes: u64,
}

impl Limits {
    pub(super) fn of(config: &IngestConfig) -> Self {
        Self { expansion: config.max_expansion, expanded_bytes: config.max_expanded_bytes }
    }

    /// Returns the reason for not reading data that says itself that it expands beyond the limits.
    #[cfg(feature = "parquet")]
    pub(super) fn refuse(self, compressed: u64, expanded: u64) -> Option<Refusal> {
        let over = if expanded > self.expanded_bytes {
            Expands::To(self.expanded_bytes)
        } else if expanded > FREE && expanded / self.expansion > compressed {
            Expands::By(self.expansion)
        } else {
            return None;
        };
        Some(SkipKind::Limit.because(over.to_string()))
    }
}

/// A reader whose first bytes can be examined before they are read.
pub(super) struct Stream {
    head: Vec<u8>,
    taken: usize,
    rest: Box<dyn Read + Send>,
    /// An error hit during lookahead, returned by the read that reaches it.
    broken: Option<io::Error>,
    /// Whether the bytes were compressed on disk.
    pub compressed: bool,
    /// What is found out about the compressed data while it is read.
    pub notes: Arc<Notes>,
}

impl Stream {
    /// Opens a file of about `bytes` and decompresses gzip and zstd, recognised by the first bytes, not by the name. Also
    /// returns a running count of the bytes read from disk.
    pub(super) fn open(path: &Path, bytes: u64, limits: Limits) -> io::Result<(Self, Arc<AtomicU64>)> {
        Self::decoded(Box::new(open::regular(path)?), bytes, limits)
    }

    /// Like [`Stream::open`], for any reader.
    pub(super) fn decoded(
        raw: Box<dyn Read + Send>,
        bytes: u64,
        limits: Limits,
    ) -> io::Result<(Self, Arc<AtomicU64>)> {
        let read = Arc::new(AtomicU64::new(0));
        let counting = Counting { inner: raw, read: Arc::clone(&read) };
        let raw = Self::looking_ahead(Box::new(counting), false, bytes);
        let expanding = |inner: Box<dyn Read + Send>| {
            let bounded = Bounded { inner, given: 0, taken: Arc::clone(&read), limits };
            Self::looking_ahead(Box::new(bounded), true, HEAD as u64)
        };
        let stream = match Codec::of(&raw.head) {
            Some(codec) => {
                let notes = Arc::new(Notes::default());
                let stream = expanding(Box::new(Members::of(codec, raw, Arc::clone(&notes))?));
                Self { notes, ..stream }
            }
            None => raw,
        };
        Ok((stream, read))
    }

    /// Reads the first [`HEAD`] bytes. `bytes` is the approximate size of the content.
    fn looking_ahead(mut rest: Box<dyn Read + Send>, compressed: bool, bytes: u64) -> Self {
        // A small file then takes one system call, and one more to detect its end.
        let mut head = Vec::with_capacity(bytes.min(HEAD as u64) as usize + END);
        let broken = rest.by_ref().take(HEAD as u64).read_to_end(&mut head).err();
        Self { head, taken: 0, rest, broken, compressed, notes: Arc::default() }
    }

    /// Returns the next bytes, at most [`HEAD`].
    pub(super) fn head(&self) -> &[u8] {
        &self.head[self.taken..]
    }

    /// Returns the error hit during lookahead.
    pub(super) fn broken(&self) -> Option<&io::Error> {
        self.broken.as_ref()
    }

    /// Extends the head of a file to `most` bytes.
    pub(super) fn look_further(&mut self, most: usize) {
        if self.broken.is_none() {
            let left = most.saturating_sub(self.head.len()) as u64;
            self.broken = self.rest.by_ref().take(left).read_to_end(&mut self.head).err();
        }
    }

    /// Discards the first `bytes` of the head.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.taken = (self.taken + bytes).min(self.head.len());
    }

    /// Reads the rest of the stream. `None` if it is longer than `limit` bytes; at most one byte more than that is held.
    pub(super) fn read_whole(&mut self, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let more = self.head.len() >= HEAD;
        let mut bytes = self.head.split_off(self.taken);
        self.head.clear();
        self.taken = 0;
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        let left = limit.saturating_add(1).saturating_sub(bytes.len() as u64);
        if more {
            self.rest.by_ref().take(left).read_to_end(&mut bytes)?;
        }
        Ok((bytes.len() as u64 <= limit).then_some(bytes))
    }
}

impl Read for Stream {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ahead = self.head();
        if !ahead.is_empty() {
            let n = ahead.len().min(out.len());
            out[..n].copy_from_slice(&ahead[..n]);
            self.taken += n;
            return Ok(n);
        }
        match self.broken.take() {
            Some(error) => Err(error),
            None => self.rest.read(out),
        }
    }
}

/// Stops a compressed stream that exceeds its limits: a few kilobytes can be made to expand for hours.
struct Bounded {
    inner: Box<dyn Read + Send>,
    given: u64,
    /// Compressed bytes read so far.
    taken: Arc<AtomicU64>,
    limits: Limits,
}

impl Read for Bounded {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        self.given += n as u64;
        let Limits { expansion, expanded_bytes } = self.limits;
        if self.given > expanded_bytes {
            return Err(io::Error::other(Expands::To(expanded_bytes)));
        }
        let taken = self.taken.load(Ordering::Relaxed);
        if self.given > FREE && self.given / expansion > taken {
            return Err(io::Error::other(Expands::By(expansion)));
        }
        Ok(n)
    }
}

/// The limit that a compressed stream exceeds.
#[derive(Debug)]
enum Expands {
    By(u64),
    To(u64),
}

impl fmt::Display for Expands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (by, flag) = match self {
            Expands::By(expansion) => (format!("{expansion} times its size"), "--max-expansion"),
            Expands::To(bytes) => (size_in_words(*bytes), "--max-expanded-bytes"),
        };
        write!(f, "the compressed data expands to more than {by}: the rest was not read ({flag})")
    }
}

impl std::error::Error for Expands {}

/// Counts the bytes read from disk, for the progress display and the expansion limit.
struct Counting<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// Returns the message of an I/O error without the error number.
fn in_words(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// Returns the reason for skipping a file that could not be opened, or whose content ended with an error.
pub(super) fn broken(error: &io::Error, compressed: bool) -> Refusal {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return SkipKind::Damaged.because("truncated: the compressed data ends early");
    }
    if let Some(inner) = error.get_ref() {
        if inner.is::<Expands>() {
            return SkipKind::Limit.because(inner.to_string());
        }
        if let Some(NotAFile(refusal)) = inner.downcast_ref() {
            return refusal.clone();
        }
    }
    if compressed {
        SkipKind::Damaged.because(format!("the compressed data is damaged: {}", in_words(error)))
    } else {
        SkipKind::Unreadable.because(in_words(error))
    }
}

/// Returns the reasons for mentioning a file whose compressed data is damaged in places or followed by other bytes.
pub(super) fn noted(notes: &Notes) -> impl Iterator<Item = Refusal> {
    let damage = notes.damage().map(|Damage { from, to, count }| {
        let others = match count {
            1 => String::new(),
            2 => " and in one other place".to_owned(),
            _ => format!(" and in {} other places", count - 1),
        };
        format!("the compressed data is damaged from byte {from} to byte {to}{others}: the records there were not read")
    });
    let garbage =
        notes.has_garbage().then(|| "the bytes after the end of the compressed data were ignored".to_owned());
    damage.into_iter().chain(garbage).map(|reason| SkipKind::Damaged.because(reason))
}

/// Formats a size: `67108864` as `64 MiB`.
pub(super) fn size_in_words(bytes: u64) -> String {
    for (unit, name) in [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] {
        if bytes >= unit && bytes.is_multiple_of(unit) {
            return format!("{} {name}", bytes / unit);
        }
    }
    format!("{bytes} bytes")
}

/// Checks the length of a text, in bytes.
///
/// # Errors
/// The reason for skipping the document: it is longer than `limit`.
pub(super) fn check_length(text: &str, limit: u64) -> Result<(), Refusal> {
    if text.len() as u64 > limit { Err(too_long(limit)) } else { Ok(()) }
}

/// Returns the reason for skipping a document over the size limit.
pub(super) fn too_long(limit: u64) -> Refusal {
    SkipKind::TooLarge.because(format!("longer than {}", size_in_words(limit)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::gzip;

    fn stream(raw: Vec<u8>, expansion: u64, expanded_bytes: u64) -> Stream {
        let limits = Limits { expansion, expanded_bytes };
        Stream::decoded(Box::new(io::Cursor::new(raw)), 0, limits).unwrap().0
    }

    fn whole(raw: Vec<u8>, limit: u64) -> io::Result<Option<Vec<u8>>> {
        stream(raw, 200, u64::MAX).read_whole(limit)
    }

    #[test]
    fn all_gzip_members_and_zstd_frames_are_read() {
        let long = vec![b'x'; 3 * HEAD];
        let mut gz = gzip(&long);
        gz.extend(gzip(b"tail"));
        assert_eq!(whole(gz, 1 << 20).unwrap().unwrap().len(), long.len() + 4);
        let mut zst = zstd::encode_all(&long[..], 1).unwrap();
        zst.extend(zstd::encode_all(&b"tail"[..], 1).unwrap());
        assert_eq!(whole(zst, 1 << 20).unwrap().unwrap().len(), long.len() + 4);
        assert_eq!(whole(long.clone(), 1 << 20).unwrap().unwrap(), long);
    }

    #[test]
    fn cut_off_stream_is_reported_as_truncated() {
        for bytes in [gzip(&[7; 9999]), zstd::encode_all(&[7; 9999][..], 1).unwrap()] {
            for cut in [bytes.len() - 1, bytes.len() / 2, 12] {
                let error = whole(bytes[..cut].to_vec(), 1 << 20).unwrap_err();
                assert!(broken(&error, true).reason.starts_with("truncated"), "{error:?} at {cut}");
            }
        }
    }

    #[test]
    fn size_limit_applies_to_decompressed_bytes() {
        let bomb = gzip(&vec![0; 10 << 20]);
        assert_eq!(whole(bomb, 1 << 20).unwrap(), None);
        assert_eq!(whole(vec![b'a'; 100], 100).unwrap().unwrap().len(), 100);
        assert_eq!(whole(vec![b'a'; 101], 100).unwrap(), None);
    }

    /// Returns the bytes read before the stream ends or fails, and the failure.
    fn given(mut stream: Stream) -> (usize, Option<String>) {
        let mut buffer = vec![0; 1 << 20];
        let mut bytes = 0;
        loop {
            match stream.read(&mut buffer) {
                Ok(0) => return (bytes, None),
                Ok(n) => bytes += n,
                Err(error) => return (bytes, Some(broken(&error, true).reason)),
            }
        }
    }

    #[test]
    fn stream_that_expands_too_much_is_cut_off_at_the_limit() {
        // Frames of zeros that would expand to 1 GiB.
        let zeros = vec![0; 32 << 20];
        for frame in [gzip(&zeros), zstd::encode_all(&zeros[..], 1).unwrap()] {
            let bomb = frame.repeat(32);
            let (bytes, reason) = given(stream(bomb.clone(), 100, u64::MAX));
            assert!(bytes as u64 >= FREE && bytes < 2 * FREE as usize, "{bytes}");
            assert!(reason.unwrap().contains("more than 100 times its size"));
            let (bytes, reason) = given(stream(bomb, u64::MAX, 1 << 20));
            assert!(bytes <= 1 << 20, "{bytes}");
            assert!(reason.unwrap().contains("more than 1 MiB"));
        }
    }

    #[test]
    fn stream_within_the_limits_is_read_to_the_end() {
        let zeros = vec![0; 80 << 20];
        assert_eq!(given(stream(gzip(&zeros), 2000, u64::MAX)), (zeros.len(), None));
        let small = vec![0; 8 << 20];
        assert_eq!(given(stream(gzip(&small), 1, u64::MAX)), (small.len(), None));
    }

    #[test]
    fn sizes_are_formatted_with_units() {
        assert_eq!(too_long(64 << 20).reason, "longer than 64 MiB");
        assert_eq!(too_long(1000).reason, "longer than 1000 bytes");
    }
}
