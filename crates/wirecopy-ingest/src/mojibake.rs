//! Repairs mojibake: UTF-8 that was decoded in another encoding and saved like that (`ÐšÑ€Ð°Ð½`, `РљСЂР°РЅ`, `Ã©tÃ©`).
//!
//! Encoded in that encoding again, such a text is valid UTF-8. Other texts are not: the letters of a language do not alternate
//! like lead and continuation bytes, and would decode to characters that are not in use. Two samples of the text determine the
//! encoding. Then each complete sequence is replaced by its character, and everything else is kept. A byte without a character
//! in that encoding was lost when the text was saved; its sequence becomes U+FFFD, never a guess.
//!
//! ASCII text costs one scan, any other text the inspection of about sixty characters.
//!
//! Why this is hand-made: encoding_rs can encode the text again, but cannot tell whether it was misread.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::LazyLock;

use encoding_rs::{
    EncoderResult, Encoding, GB18030, IBM866, ISO_8859_2, ISO_8859_5, ISO_8859_7, KOI8_R, MACINTOSH,
    SHIFT_JIS, WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254,
    WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
};

/// Single-byte encodings. If two explain a text equally well, the first is used, so common ones come first.
static SINGLE: [Option<&Encoding>; 17] = [
    Some(WINDOWS_1252),
    // Latin-1, which maps each byte to the code point of the same value.
    None,
    Some(WINDOWS_1251),
    Some(WINDOWS_1250),
    Some(WINDOWS_1253),
    Some(WINDOWS_1254),
    Some(WINDOWS_1255),
    Some(WINDOWS_1256),
    Some(WINDOWS_1257),
    Some(WINDOWS_1258),
    Some(WINDOWS_874),
    Some(ISO_8859_2),
    Some(ISO_8859_5),
    Some(ISO_8859_7),
    Some(KOI8_R),
    Some(IBM866),
    Some(MACINTOSH),
];
/// Double-byte encodings, with the characters that are frequent in misread East Asian UTF-8 and rare in real text. Looking for
/// these first avoids encoding the sample, which is slow.
static DOUBLE: [(&Encoding, &str); 2] = [
    (SHIFT_JIS, "縺繧縲繝荳譁譛蜈螟蛻驕隕險髟荵莠譏闊"),
    (GB18030, "锛銆涓鐨鏄鍦鍙璇鍗鎶鏃浠鍚鍏鍥鍔鍛鎴鎵鐞闂绋缁瀹銈銇銉伄"),
];

/// Non-ASCII characters in a sample.
const SAMPLE: usize = 32;
/// Characters at the start of a sample that are enough to rule out most encodings.
const FIRST: usize = 16;
/// Non-ASCII characters in the sample that decides between similar encodings.
const LARGE_SAMPLE: usize = 1000;
/// Longest sample, in bytes for each non-ASCII character.
const BYTES_A_CHARACTER: usize = 128;
/// Fewest characters of [`DOUBLE`] in a sample.
const MIN_TYPICAL: usize = 3;
/// Smallest share of a sample's non-ASCII bytes that belong to complete sequences.
const MIN_WHOLE: f64 = 0.85;
/// Fewest complete sequences in a sample.
const MIN_SEQUENCES: usize = 2;
/// Most times that a text is repaired; it may have been misread more than once.
const PASSES: usize = 3;

/// Replaces a lost character.
const LOST: char = '\u{fffd}';
/// Represents a lost byte. Never occurs in UTF-8.
const UNKNOWN: u8 = 0xff;
/// Represents a character that is not in an encoding. Never occurs in UTF-8.
const FOREIGN: u8 = 0xfe;

/// The byte of each character in each single-byte encoding.
static BYTES: LazyLock<HashMap<char, [u8; SINGLE.len()]>> = LazyLock::new(|| {
    let mut table: HashMap<char, [u8; SINGLE.len()]> = HashMap::new();
    for (at, set) in SINGLE.iter().enumerate() {
        for byte in 0x80..=0xff {
            let c = set.and_then(|set| {
                let (text, _) = set.decode_without_bom_handling(std::slice::from_ref(&byte));
                text.chars().next().filter(|c| *c != LOST)
            });
            // Decoders pass unmapped bytes on as control codes.
            table.entry(c.unwrap_or(char::from(byte))).or_insert([FOREIGN; SINGLE.len()])[at] = byte;
        }
    }
    table
});

/// Returns the text as it was before it was misread, or the text itself if it was not.
pub(super) fn repair(mut text: String) -> String {
    for _ in 0..PASSES {
        let Some(set) = Misread::find(&text) else { break };
        text = set.repair(&text);
    }
    text
}

/// Returns the position of the first non-ASCII byte at or after `from`. English news has few.
fn beyond_ascii(text: &str, from: usize) -> Option<usize> {
    const STEP: usize = 64;
    let bytes = &text.as_bytes()[from..];
    let step = bytes.chunks(STEP).position(|chunk| !chunk.is_ascii())? * STEP;
    Some(from + step + bytes[step..].iter().position(|byte| !byte.is_ascii())?)
}

/// Returns the non-ASCII characters of a text with their positions. Passes over ASCII quickly.
fn non_ascii(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = beyond_ascii(text, from)?;
        let c = text[at..].chars().next()?;
        from = at + c.len_utf8();
        Some((at, c))
    })
}

/// The encoding in which a text was misread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Misread {
    /// The index in [`SINGLE`].
    Single(usize),
    Double(&'static Encoding),
}

impl Misread {
    /// Inspects the first non-ASCII characters, then some in the middle of the text.
    fn find(text: &str) -> Option<Self> {
        let first = beyond_ascii(text, 0)?;
        let found = Self::of_sample(sample(text, first, SAMPLE)).or_else(|| {
            let half = (text.len() / 2..).find(|at| text.is_char_boundary(*at))?;
            let next = beyond_ascii(text, half)?;
            Self::of_sample(sample(text, next, SAMPLE))
        })?;
        Some(Self::of_sample(sample(text, first, LARGE_SAMPLE)).unwrap_or(found))
    }

    fn of_sample(sample: &str) -> Option<Self> {
        let typical =
            |known: &str| non_ascii(sample).filter(|(_, c)| known.contains(*c)).count() >= MIN_TYPICAL;
        if let Some((set, _)) = DOUBLE.iter().find(|(_, known)| typical(known)) {
            let tally = Tally::of(&bytes_in(set, sample));
            return tally.is_utf8().then_some(Misread::Double(set));
        }
        // In most texts that are not misread, non-ASCII characters are isolated accented letters.
        let is_ascii = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii);
        let bytes = sample.as_bytes();
        let (mut alone, mut all) = (0, 0);
        for (at, c) in non_ascii(sample) {
            all += 1;
            let starts = at == 0 || is_ascii(bytes.get(at - 1));
            alone += usize::from(starts && is_ascii(bytes.get(at + c.len_utf8())));
        }
        if alone * 4 > all {
            return None;
        }
        let codes: Vec<[u8; SINGLE.len()]> = sample.chars().map(codes).collect();
        // Most texts in other scripts have characters that are in none of the encodings.
        let foreign = codes.iter().filter(|codes| codes.iter().all(|code| *code == FOREIGN)).count();
        if foreign * 5 > all {
            return None;
        }
        let mut bytes = Vec::with_capacity(codes.len());
        let mut tally = |at: usize, codes: &[[u8; SINGLE.len()]]| {
            bytes.clear();
            bytes.extend(codes.iter().map(|codes| codes[at]));
            Tally::of(&bytes)
        };
        let tallies = (0..SINGLE.len()).filter_map(|at| {
            let first = tally(at, &codes[..codes.len().min(FIRST)]);
            (first.whole >= first.stray).then(|| (at, tally(at, &codes)))
        });
        // Of similar encodings, the one with the best result wins; among equals, the first.
        let (at, best) =
            tallies.rev().max_by_key(|(_, tally)| (tally.whole, tally.sequences, Reverse(tally.odd)))?;
        best.is_utf8().then_some(Misread::Single(at))
    }

    fn repair(self, text: &str) -> String {
        match self {
            Misread::Single(at) => repair_single(text, at),
            Misread::Double(set) => text
                .split_inclusive('\n')
                .map(|line| if line.is_ascii() { line.to_owned() } else { repair_double(line, set) })
                .collect(),
        }
    }
}

/// Returns the text from `from` on that holds up to `characters` non-ASCII characters.
fn sample(text: &str, from: usize, characters: usize) -> &str {
    let rest = &text[from..];
    let bytes = characters * BYTES_A_CHARACTER;
    let end = non_ascii(rest).take_while(|(at, _)| *at < bytes).nth(characters);
    end.map_or_else(|| super::language::beginning(rest, bytes), |(end, _)| &rest[..end])
}

/// Returns the byte of a character in each single-byte encoding.
fn codes(c: char) -> [u8; SINGLE.len()] {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => [byte; SINGLE.len()],
        _ if c == LOST => [UNKNOWN; SINGLE.len()],
        _ => BYTES.get(&c).copied().unwrap_or([FOREIGN; SINGLE.len()]),
    }
}

/// Encodes a text.
fn bytes_in(set: &'static Encoding, text: &str) -> Vec<u8> {
    let mut encoder = set.new_encoder();
    let mut out = Vec::new();
    let mut rest = text;
    let mut buffer = [0; 256];
    loop {
        let (result, read, written) = encoder.encode_from_utf8_without_replacement(rest, &mut buffer, true);
        out.extend_from_slice(&buffer[..written]);
        rest = &rest[read..];
        match result {
            EncoderResult::InputEmpty => return out,
            EncoderResult::OutputFull => {}
            EncoderResult::Unmappable(c) => out.push(if c == LOST { UNKNOWN } else { FOREIGN }),
        }
    }
}

/// What a byte string starts with, read as UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sequence {
    /// A character in use, and its length in bytes.
    Whole(char, usize),
    /// A sequence with one lost byte, and its length in bytes.
    Lossy(usize),
    /// A sequence cut off by the end of the bytes.
    Cut,
    None,
}

impl Sequence {
    fn at(bytes: &[u8]) -> Self {
        let more = match bytes[0] {
            0xc2..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf4 => 3,
            _ => return Sequence::None,
        };
        let follows = |byte: &&u8| matches!(**byte, 0x80..=0xbf | UNKNOWN);
        let found = bytes[1..].iter().take(more).take_while(follows).count();
        if found < more {
            return if found + 1 == bytes.len() { Sequence::Cut } else { Sequence::None };
        }
        let sequence = &bytes[..=more];
        match sequence.iter().filter(|byte| **byte == UNKNOWN).count() {
            0 => {}
            1 => return Sequence::Lossy(more + 1),
            _ => return Sequence::None,
        }
        let c = std::str::from_utf8(sequence).ok().and_then(|text| text.chars().next());
        c.filter(|c| is_in_use(*c)).map_or(Sequence::None, |c| Sequence::Whole(c, more + 1))
    }
}

/// Returns whether a character is a letter or sign that occurs in news.
fn is_in_use(c: char) -> bool {
    matches!(u32::from(c),
        0xa0..=0x17f | 0x192 | 0x1a0..=0x1b0 | 0x218..=0x21b | 0x259 | 0x2bb..=0x2bc | 0x301..=0x304 | 0x308 | 0x30c
        | 0x370..=0x3ff | 0x400..=0x45f | 0x490..=0x493 | 0x49a..=0x4a3 | 0x4ae..=0x4b3 | 0x4ba..=0x4bb | 0x4d8..=0x4d9
        | 0x4e8..=0x4e9 | 0x531..=0x58a | 0x5d0..=0x5f4 | 0x600..=0x6ff | 0x900..=0xfff | 0x10a0..=0x11ff
        | 0x1200..=0x137f | 0x1780..=0x17ff | 0x1e00..=0x1fff | 0x2002..=0x2069 | 0x20a0..=0x20bf | 0x2116 | 0x2122
        | 0x2190..=0x2193 | 0x2212 | 0x25a0..=0x26ff | 0x3000..=0x30ff | 0x3400..=0x9fff | 0xac00..=0xd7a3
        | 0xf900..=0xfaff | 0xfb50..=0xfdff | 0xfe0f | 0xfe70..=0xfeff | 0xff00..=0xffef | 0x1f300..=0x1faff)
}

/// How well bytes decode as UTF-8.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    /// Non-ASCII bytes within sequences, lost ones included.
    whole: usize,
    /// Non-ASCII bytes outside sequences.
    stray: usize,
    sequences: usize,
    lossy: usize,
    /// Upper-case letters directly after lower-case ones.
    odd: usize,
}

impl Tally {
    fn of(bytes: &[u8]) -> Self {
        let mut tally = Self::default();
        let mut at = 0;
        let mut lower = false;
        while at < bytes.len() {
            match Sequence::at(&bytes[at..]) {
                Sequence::Whole(c, length) => {
                    tally.odd += usize::from(lower && c.is_uppercase());
                    lower = c.is_lowercase();
                    tally.whole += length;
                    tally.sequences += 1;
                    at += length;
                }
                Sequence::Lossy(length) => {
                    tally.whole += length;
                    tally.lossy += 1;
                    at += length;
                }
                Sequence::Cut => break,
                Sequence::None => {
                    // A lost byte is no evidence.
                    tally.stray += usize::from(!bytes[at].is_ascii() && bytes[at] != UNKNOWN);
                    lower = bytes[at].is_ascii_lowercase();
                    at += 1;
                }
            }
        }
        tally
    }

    fn is_utf8(&self) -> bool {
        self.sequences >= MIN_SEQUENCES
            && self.sequences >= self.lossy
            && self.whole as f64 >= MIN_WHOLE * (self.whole + self.stray) as f64
    }
}

fn repair_single(text: &str, set: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    let bytes: Vec<u8> = chars.iter().map(|c| codes(*c)[set]).collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        match Sequence::at(&bytes[at..]) {
            Sequence::Whole(c, length) => {
                out.push(c);
                at += length;
            }
            Sequence::Lossy(length) => {
                out.push(LOST);
                at += length;
            }
            Sequence::Cut | Sequence::None => {
                at += match blank(&bytes[at..]) {
                    Some((c, length)) => {
                        out.push(c);
                        length
                    }
                    None => {
                        out.push(chars[at]);
                        1
                    }
                };
            }
        }
    }
    out
}

/// Recognises a sequence whose second byte, a no-break space in most encodings, was replaced by a plain space: `Ã la` was
/// `à la`, and a Cyrillic `Р` starts a word. The space after `à` is kept.
fn blank(bytes: &[u8]) -> Option<(char, usize)> {
    match bytes {
        [0xc3, b' ', ..] => Some(('à', 1)),
        [0xd0, b' ', 0xd0..=0xd1, ..] => Some(('Р', 2)),
        _ => None,
    }
}

/// Repairs a line misread in a double-byte encoding. A byte of it does not correspond to one character, so the line is decoded
/// as a whole.
fn repair_double(line: &str, set: &'static Encoding) -> String {
    let bytes = bytes_in(set, line);
    if !Tally::of(&bytes).is_utf8() {
        return line.to_owned();
    }
    let mut out = String::with_capacity(line.len());
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        match Sequence::at(&bytes[at..]) {
            Sequence::Whole(c, length) => {
                out.push(c);
                at += length;
            }
            Sequence::Lossy(length) => {
                out.push(LOST);
                at += length;
            }
            Sequence::Cut | Sequence::None if byte.is_ascii() => {
                out.push(char::from(byte));
                at += 1;
            }
            Sequence::Cut | Sequence::None => {
                // The remaining bytes of a character count as one lost character.
                out.push(LOST);
                at += 1 + bytes[at + 1..]
                    .iter()
                    .take_while(|byte| matches!(**byte, 0x80..=0xbf | UNKNOWN))
                    .count();
            }
        }
    }
    out
}

#[cfg(test)]
#[path = "mojibake_tests.rs"]
mod tests;
