//! Decompresses gzip files of one or several members and zstd files of one or several frames.
//!
//! As with the program `gzip`, the data ends at the first bytes that begin no further member or frame. Zeros, with which tapes
//! and archives are padded, are then ignored; anything else is noted.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use flate2::bufread::GzDecoder;
use zstd::stream::read::Decoder as ZstdDecoder;

/// Compressed bytes that are read at once.
const BUFFER: usize = 32 << 10;

/// A compressed format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    Gzip,
    Zstd,
}

impl Codec {
    /// Returns the format that the first bytes of a file show.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        [Self::Gzip, Self::Zstd].into_iter().find(|codec| head.starts_with(codec.magic()))
    }

    /// Returns the first bytes of each member.
    fn magic(self) -> &'static [u8] {
        match self {
            Self::Gzip => &[0x1f, 0x8b],
            Self::Zstd => &[0x28, 0xb5, 0x2f, 0xfd],
        }
    }

    /// Returns whether bytes begin a member. At the end of a buffer, the last bytes of the beginning may be missing.
    fn begins(self, bytes: &[u8]) -> bool {
        let shown = &bytes[..bytes.len().min(self.magic().len())];
        // Frames of zstd may contain metadata of programs, which the decoder skips.
        let skippable = || match shown {
            [first, rest @ ..] => (0x50..0x60).contains(first) && [0x2a, 0x4d, 0x18].starts_with(rest),
            [] => false,
        };
        !shown.is_empty() && (self.magic().starts_with(shown) || self == Self::Zstd && skippable())
    }

    fn decoder<R: Read>(self, compressed: BufReader<R>) -> io::Result<Member<R>> {
        Ok(match self {
            Self::Gzip => Member::Gzip(Box::new(GzDecoder::new(compressed))),
            Self::Zstd => Member::Zstd(ZstdDecoder::with_buffer(compressed)?.single_frame()),
        })
    }
}

/// The decoder of one member.
enum Member<R: Read> {
    Gzip(Box<GzDecoder<BufReader<R>>>),
    Zstd(ZstdDecoder<'static, BufReader<R>>),
}

impl<R: Read> Member<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Gzip(decoder) => decoder.read(out),
            Self::Zstd(decoder) => decoder.read(out),
        }
    }

    fn into_rest(self) -> BufReader<R> {
        match self {
            Self::Gzip(decoder) => decoder.into_inner(),
            Self::Zstd(decoder) => decoder.finish(),
        }
    }
}

/// The content of all members, one after the other.
pub(super) struct Members<R: Read> {
    codec: Codec,
    /// The member that is being read; `None` after the last.
    member: Option<Member<R>>,
    /// Set if other bytes than zeros follow the last member.
    garbage: Arc<AtomicBool>,
}

impl<R: Read> Members<R> {
    /// Returns the content of `compressed`. Sets `garbage` if other bytes than zeros follow it.
    pub(super) fn of(codec: Codec, compressed: R, garbage: Arc<AtomicBool>) -> io::Result<Self> {
        let member = codec.decoder(BufReader::with_capacity(BUFFER, compressed))?;
        Ok(Self { codec, member: Some(member), garbage })
    }

    /// Returns the member that begins after the last one, if there is one.
    fn next(&self, mut rest: BufReader<R>) -> io::Result<Option<Member<R>>> {
        loop {
            let bytes = rest.fill_buf()?;
            if self.codec.begins(bytes) {
                return self.codec.decoder(rest).map(Some);
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
                self.member = self.next(ended.into_rest())?;
            }
        }
        Ok(0)
    }
}

/// Compresses bytes to a member of gzip.
#[cfg(test)]
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::GzEncoder::new(bytes, flate2::Compression::fast()).read_to_end(&mut out).unwrap();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODECS: [Codec; 2] = [Codec::Gzip, Codec::Zstd];

    /// Compresses bytes to a member.
    fn packed(codec: Codec, bytes: &[u8]) -> Vec<u8> {
        match codec {
            Codec::Gzip => gzip(bytes),
            Codec::Zstd => zstd::encode_all(bytes, 1).unwrap(),
        }
    }

    /// Returns the content, and whether it is followed by garbage.
    fn content(codec: Codec, compressed: &[u8]) -> io::Result<(String, bool)> {
        let garbage = Arc::new(AtomicBool::new(false));
        let mut out = String::new();
        Members::of(codec, compressed, Arc::clone(&garbage))?.read_to_string(&mut out)?;
        Ok((out, garbage.load(Ordering::Relaxed)))
    }

    #[test]
    fn bytes_after_the_last_member_are_ignored_and_noted_unless_they_are_zeros() {
        for codec in CODECS {
            let member = |bytes: &[u8]| packed(codec, bytes);
            let members = [member(b"The ferry "), member(b""), member(b"sails.")].concat();
            for (rest, garbage) in [
                (vec![], false),
                (vec![0], false),
                (vec![0; 2 * BUFFER], false),
                (b"\n".to_vec(), true),
                (b"garbage after the data".to_vec(), true),
                ([vec![0; BUFFER], b"x".to_vec()].concat(), true),
            ] {
                let found = content(codec, &[members.as_slice(), &rest].concat()).unwrap();
                let expected = ("The ferry sails.".to_owned(), garbage);
                assert_eq!(found, expected, "{codec:?}, {} bytes", rest.len());
            }
        }
    }

    #[test]
    fn member_that_breaks_off_is_an_error() {
        for codec in CODECS {
            let member = |bytes: &[u8]| packed(codec, bytes);
            let members = [member(b"The ferry "), member(b"sails.")].concat();
            let first = member(b"The ferry ").len();
            for cut in first + 1..members.len() {
                let error = content(codec, &members[..cut]).unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{codec:?} {cut}");
            }
        }
    }

    #[test]
    fn frames_with_metadata_are_skipped() {
        let metadata = [&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        let frames = [packed(Codec::Zstd, b"The ferry "), metadata, packed(Codec::Zstd, b"sails.")].concat();
        assert_eq!(content(Codec::Zstd, &frames).unwrap(), ("The ferry sails.".to_owned(), false));
    }
}
