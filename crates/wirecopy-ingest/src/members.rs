//! Decompresses gzip files of one or several members and zstd files of one or several frames.
//!
//! As with the program `gzip`, the data ends at the first bytes that begin no further member or frame. Zeros, with which tapes
//! and archives are padded, are then ignored; anything else is noted. Web archives in gzip are read on after damage.

mod kept;
mod salvage;

use std::io::{self, BufRead, Read};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::bufread::GzDecoder;
use kept::Kept;
use salvage::Salvage;
use zstd::stream::read::Decoder as ZstdDecoder;

/// Most bytes of the content of a member that are held back until it is whole.
const HELD: u64 = 4 << 20;

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

    fn decoder<R: Read>(self, compressed: Kept<R>) -> io::Result<Member<R>> {
        Ok(match self {
            Self::Gzip => Member::Gzip(Box::new(GzDecoder::new(compressed))),
            Self::Zstd => Member::Zstd(ZstdDecoder::with_buffer(compressed)?.single_frame()),
        })
    }
}

/// The decoder of one member.
enum Member<R: Read> {
    Gzip(Box<GzDecoder<Kept<R>>>),
    Zstd(ZstdDecoder<'static, Kept<R>>),
}

impl<R: Read> Read for Member<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Gzip(decoder) => decoder.read(out),
            Self::Zstd(decoder) => decoder.read(out),
        }
    }
}

impl<R: Read> Member<R> {
    fn source(&mut self) -> &mut Kept<R> {
        match self {
            Self::Gzip(decoder) => decoder.get_mut(),
            Self::Zstd(decoder) => decoder.get_mut(),
        }
    }

    fn into_rest(self) -> Kept<R> {
        match self {
            Self::Gzip(decoder) => decoder.into_inner(),
            Self::Zstd(decoder) => decoder.finish(),
        }
    }
}

/// What was found out about compressed data besides its content.
#[derive(Debug, Default)]
pub(super) struct Notes(Mutex<(bool, Option<Damage>)>);

/// Parts of an archive that could not be decompressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damage {
    /// Where the first part begins and ends in the file.
    pub(super) from: u64,
    pub(super) to: u64,
    /// Number of parts.
    pub(super) count: u64,
}

impl Notes {
    /// Returns whether other bytes than zeros follow the last member.
    pub(super) fn has_garbage(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    /// Returns the damage after which reading went on.
    pub(super) fn damage(&self) -> Option<Damage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    fn add_garbage(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = true;
    }

    fn add_damage(&self, from: u64, to: u64) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.1.get_or_insert(Damage { from, to, count: 0 }).count += 1;
    }
}

/// The content of all members, one after the other.
///
/// In a web archive each record is a member, so that those behind a damaged one can be read. The content of a member is held back
/// until it is whole, unless it is long.
pub(super) struct Members<R: Read> {
    codec: Codec,
    /// The member that is being read; `None` after the last.
    member: Option<Member<R>>,
    notes: Arc<Notes>,
    /// What to do about damage; `None` for data other than web archives.
    archive: Option<Salvage>,
    /// The beginning of the content of the member.
    held: Vec<u8>,
    /// Place in `held`.
    at: usize,
    /// An error to return after what is held.
    failed: Option<io::Error>,
    /// Whether the beginning of this member is to be held.
    is_new: bool,
}

impl<R: Read> Members<R> {
    /// Returns the content of `compressed`. Other bytes than zeros after it and damage are added to `notes`.
    pub(super) fn of(codec: Codec, compressed: R, notes: Arc<Notes>) -> io::Result<Self> {
        let mut compressed = Kept::new(compressed);
        let mut archive = None;
        if codec == Codec::Gzip && salvage::begins_record(compressed.ahead(salvage::PROBE)?) {
            archive = Some(Salvage::default());
            compressed.mark();
        }
        let member = Some(codec.decoder(compressed)?);
        let is_new = archive.is_some();
        Ok(Self { codec, member, notes, archive, held: Vec::new(), at: 0, failed: None, is_new })
    }

    /// Returns the member that begins after the last one, if there is one.
    fn next(&mut self, mut rest: Kept<R>) -> io::Result<Option<Member<R>>> {
        loop {
            let bytes = rest.ahead(1)?;
            if self.codec.begins(bytes) {
                if self.archive.is_some() {
                    rest.mark();
                    self.is_new = true;
                }
                return self.codec.decoder(rest).map(Some);
            }
            let length = bytes.len();
            if length == 0 {
                return Ok(None);
            }
            if bytes.iter().any(|&byte| byte != 0) {
                if self.archive.is_some() {
                    rest.mark();
                    return match self.salvage(rest)? {
                        Some(member) => Ok(Some(member)),
                        None => {
                            self.notes.add_garbage();
                            Ok(None)
                        }
                    };
                }
                self.notes.add_garbage();
                return Ok(None);
            }
            rest.consume(length);
        }
    }

    /// Returns the first member with a record after the damage in this one.
    fn salvage(&mut self, mut rest: Kept<R>) -> io::Result<Option<Member<R>>> {
        let Some((from, to)) =
            self.archive.as_mut().map(|archive| archive.find(&mut rest)).transpose()?.flatten()
        else {
            return Ok(None);
        };
        self.notes.add_damage(from, to);
        rest.mark();
        self.is_new = true;
        self.codec.decoder(rest).map(Some)
    }

    /// Reads the beginning of a new member into `held`.
    fn hold(&mut self) -> io::Result<()> {
        self.is_new = false;
        let Some(member) = &mut self.member else { return Ok(()) };
        let before = self.held.len();
        match io::copy(&mut member.by_ref().take(HELD), &mut self.held) {
            Ok(HELD) => member.source().forget(),
            Ok(_) => {}
            Err(error) => return self.recover(error, before),
        }
        Ok(())
    }

    /// Goes on after an error. Of what is held, only the first `whole` bytes are not of the damaged member.
    fn recover(&mut self, error: io::Error, whole: usize) -> io::Result<()> {
        let Some(member) = self.member.take() else { return Err(error) };
        match self.salvage(member.into_rest())? {
            Some(member) => {
                self.held.truncate(whole);
                self.member = Some(member);
            }
            // What breaks off at the end of a file may be a whole page.
            None => self.failed = Some(error),
        }
        Ok(())
    }
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let held = self.held.get(self.at..).unwrap_or_default();
            if !held.is_empty() {
                let number = held.len().min(out.len());
                out[..number].copy_from_slice(&held[..number]);
                self.at += number;
                return Ok(number);
            }
            self.held.clear();
            self.at = 0;
            if let Some(error) = self.failed.take() {
                return Err(error);
            }
            if self.is_new {
                self.hold()?;
                continue;
            }
            let Some(member) = &mut self.member else { return Ok(0) };
            match member.read(out) {
                Ok(0) if !out.is_empty() => {
                    if let Some(ended) = self.member.take() {
                        self.member = self.next(ended.into_rest())?;
                    }
                }
                Ok(number) => return Ok(number),
                Err(error) if self.archive.is_none() || error.kind() == io::ErrorKind::Interrupted => {
                    return Err(error);
                }
                Err(error) => {
                    self.recover(error, 0)?;
                    if self.failed.is_none() {
                        // The next record is to begin a line.
                        self.held.extend_from_slice(b"\r\n\r\n");
                    }
                }
            }
        }
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
        let notes = Arc::new(Notes::default());
        let mut out = String::new();
        Members::of(codec, compressed, Arc::clone(&notes))?.read_to_string(&mut out)?;
        Ok((out, notes.has_garbage()))
    }

    #[test]
    fn bytes_after_the_last_member_are_ignored_and_noted_unless_they_are_zeros() {
        for codec in CODECS {
            let member = |bytes: &[u8]| packed(codec, bytes);
            let members = [member(b"The ferry "), member(b""), member(b"sails.")].concat();
            for (rest, garbage) in [
                (vec![], false),
                (vec![0], false),
                (vec![0; 2 * kept::BUFFER], false),
                (b"\n".to_vec(), true),
                (b"garbage after the data".to_vec(), true),
                ([vec![0; kept::BUFFER], b"x".to_vec()].concat(), true),
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

    /// Returns a record whose content does not become much shorter.
    fn record(name: &str) -> Vec<u8> {
        let mut number = name.bytes().map(u64::from).sum::<u64>();
        let mut text = format!("WARC/1.0\r\n{name}");
        for _ in 0..300 {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text += &format!("{number:x} ");
        }
        (text + "\r\n\r\n").into_bytes()
    }

    /// Returns the first lines of the records of an archive, the damage in it, and the error with which it ends.
    fn records(compressed: &[u8]) -> (Vec<String>, Option<Damage>, Option<io::ErrorKind>) {
        let notes = Arc::new(Notes::default());
        let mut out = Vec::new();
        let error =
            Members::of(Codec::Gzip, compressed, Arc::clone(&notes)).unwrap().read_to_end(&mut out).err();
        let text = String::from_utf8(out).unwrap();
        let names = text.split("WARC/1.0\r\n").skip(1).map(|record| record[..1].to_owned()).collect();
        (names, notes.damage(), error.map(|error| error.kind()))
    }

    #[test]
    fn damaged_record_of_a_web_archive_does_not_affect_its_neighbours() {
        let [a, b, c] = ["a", "b", "c"].map(|name| gzip(&record(name)));
        let (from, to) = (a.len() as u64, (a.len() + b.len()) as u64);
        let kept = vec!["a".to_owned(), "c".to_owned()];
        let archive = |b: &[u8]| [a.as_slice(), b, &c].concat();
        for place in [0, 1, 2, 3, 12, b.len() / 2, b.len() - 6, b.len() - 2] {
            let mut flipped = b.clone();
            flipped[place] ^= 0xff;
            let damage = Some(Damage { from, to, count: 1 });
            assert_eq!(records(&archive(&flipped)), (kept.clone(), damage, None), "{place}");
        }
        for length in [5, 20, b.len() / 2, b.len() - 1] {
            let damage = Some(Damage { from, to: from + length as u64, count: 1 });
            assert_eq!(records(&archive(&b[..length])), (kept.clone(), damage, None), "{length}");
        }
        let (names, damage, _) = records(&archive(&[b.as_slice(), b"no record", &b].concat()));
        assert_eq!((names.concat().as_str(), damage.unwrap().count), ("abbc", 1));
    }

    #[test]
    fn long_record_is_given_before_it_is_whole() {
        let long = [b"WARC/1.0\r\na".to_vec(), vec![b'x'; 3 * HELD as usize]].concat();
        let mut member = gzip(&long);
        let place = member.len() - 4;
        member[place] ^= 0xff;
        let (names, damage, error) = records(&[member, gzip(&record("b"))].concat());
        assert_eq!((names.concat().as_str(), damage.unwrap().count, error), ("ab", 1, None));
    }

    #[test]
    fn archive_that_breaks_off_gives_what_it_has() {
        let [a, b] = ["a", "b"].map(|name| gzip(&record(name)));
        let archive = [a, b].concat();
        let (names, damage, error) = records(&archive[..archive.len() - 9]);
        assert_eq!(
            (names.concat().as_str(), damage, error),
            ("ab", None, Some(io::ErrorKind::UnexpectedEof))
        );
    }
}
