//! UTF-8 that was once read in another character set and saved as what came out: `ÐšÑ€Ð°Ð½`, `РљСЂР°РЅ`, `Ã©tÃ©`.
//!
//! Written back in that set, such a text is UTF-8 again, and no other text is: letters of a language do not stand in the
//! order of first and following bytes, and what they would give are not letters in use. Two samples of a text decide on
//! the set, then each sequence that is whole becomes its character and everything else stays. A byte that the set does
//! not know was lost when the text was saved; its character is U+FFFD, never a guess.
//!
//! ASCII costs a scan, any other text a look at some sixty characters.
//!
//! Why this is hand-made: encoding_rs writes a text back in a set; whether that should be done is the question here.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::LazyLock;

use encoding_rs::{
    EncoderResult, Encoding, GB18030, IBM866, ISO_8859_2, ISO_8859_5, ISO_8859_7, KOI8_R, MACINTOSH,
    SHIFT_JIS, WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254,
    WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
};

/// Sets of one byte a character, of equal ones the more usual first.
static SINGLE: [Option<&Encoding>; 17] = [
    Some(WINDOWS_1252),
    // Latin-1, in which every byte is the character of its number.
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
/// Sets of two bytes with characters that UTF-8 of East Asian texts turns into all the time, and that their own texts
/// hardly have. Asking a set for its code of a character is slow.
static DOUBLE: [(&Encoding, &str); 2] = [
    (SHIFT_JIS, "縺繧縲繝荳譁譛蜈螟蛻驕隕險髟荵莠譏闊"),
    (GB18030, "锛銆涓鐨鏄鍦鍙璇鍗鎶鏃浠鍚鍏鍥鍔鍛鎴鎵鐞闂绋缁瀹銈銇銉伄"),
];

/// Characters beyond ASCII in a sample.
const SAMPLE: usize = 32;
/// Characters of a sample that refuse most sets.
const FIRST: usize = 16;
/// Characters beyond ASCII in the sample that decides between sets that share most characters.
const LARGE_SAMPLE: usize = 1000;
/// Bytes that a sample is looked for in, for each of its characters.
const BYTES_A_CHARACTER: usize = 128;
/// The characters of `DOUBLE` that a sample must have.
const TELLING: usize = 3;
/// Share of a sample's characters that must be parts of whole sequences.
const WHOLE: f64 = 0.85;
/// Whole sequences of a sample that must be there.
const SEQUENCES: usize = 2;
/// Times that a text may have been misread.
const TIMES: usize = 3;

/// A character that was lost.
const LOST: char = '\u{fffd}';
/// Stands for a byte that was lost: no byte of UTF-8.
const UNKNOWN: u8 = 0xff;
/// Stands for a character that a set does not have: no byte of UTF-8 either.
const FOREIGN: u8 = 0xfe;

/// The byte of a character in each of the sets of one byte.
static BYTES: LazyLock<HashMap<char, [u8; SINGLE.len()]>> = LazyLock::new(|| {
    let mut table: HashMap<char, [u8; SINGLE.len()]> = HashMap::new();
    for (at, set) in SINGLE.iter().enumerate() {
        for byte in 0x80..=0xff {
            let c = set.and_then(|set| {
                let (text, _) = set.decode_without_bom_handling(std::slice::from_ref(&byte));
                text.chars().next().filter(|c| *c != LOST)
            });
            // What a set has no character for is passed on as a control code.
            table.entry(c.unwrap_or(char::from(byte))).or_insert([FOREIGN; SINGLE.len()])[at] = byte;
        }
    }
    table
});

/// The text as it was before it was misread; the text itself where it was not.
pub(super) fn undo(mut text: String) -> String {
    for _ in 0..TIMES {
        let Some(set) = Misread::find(&text) else { break };
        text = set.undo(&text);
    }
    text
}

/// Where the first byte beyond ASCII is, from one on. Most news in English has few.
fn beyond_ascii(text: &str, from: usize) -> Option<usize> {
    const STEP: usize = 64;
    let bytes = &text.as_bytes()[from..];
    let step = bytes.chunks(STEP).position(|chunk| !chunk.is_ascii())? * STEP;
    Some(from + step + bytes[step..].iter().position(|byte| !byte.is_ascii())?)
}

/// The set that a text was misread in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Misread {
    /// The place in [`SINGLE`].
    Single(usize),
    Double(&'static Encoding),
}

impl Misread {
    /// Looks at the first characters beyond ASCII, and at some in the middle.
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
        let telling = |known: &str| sample.chars().filter(|c| known.contains(*c)).count() >= TELLING;
        if let Some((set, _)) = DOUBLE.iter().find(|(_, known)| telling(known)) {
            let tally = Tally::of(&bytes_in(set, sample));
            return tally.is_utf8().then_some(Misread::Double(set));
        }
        // Most texts beyond ASCII have their accents alone.
        let mut alone = 0;
        let mut all = 0;
        let mut before = false;
        let mut chars = sample.chars().peekable();
        while let Some(c) = chars.next() {
            let next = chars.peek().is_none_or(|next| !next.is_ascii());
            if !c.is_ascii() {
                all += 1;
                alone += usize::from(!before && !next);
            }
            before = !c.is_ascii();
        }
        if alone * 4 > all {
            return None;
        }
        let codes: Vec<[u8; SINGLE.len()]> = sample.chars().map(codes).collect();
        // Nor have most texts of other scripts characters that any of the sets has.
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
        // Sets that share most characters differ in what comes out; of equal ones the first.
        let (at, best) =
            tallies.rev().max_by_key(|(_, tally)| (tally.whole, tally.sequences, Reverse(tally.odd)))?;
        best.is_utf8().then_some(Misread::Single(at))
    }

    fn undo(self, text: &str) -> String {
        match self {
            Misread::Single(at) => undo_single(text, at),
            Misread::Double(set) => text
                .split_inclusive('\n')
                .map(|line| if line.is_ascii() { line.to_owned() } else { undo_double(line, set) })
                .collect(),
        }
    }
}

/// Up to so many characters beyond ASCII from a place on, and what stands between them.
fn sample(text: &str, from: usize, characters: usize) -> &str {
    let rest = &text[from..];
    let bytes = characters * BYTES_A_CHARACTER;
    let end =
        rest.char_indices().take_while(|(at, _)| *at < bytes).filter(|(_, c)| !c.is_ascii()).nth(characters);
    end.map_or_else(|| super::language::beginning(rest, bytes), |(end, _)| &rest[..end])
}

/// The byte of a character in each set.
fn codes(c: char) -> [u8; SINGLE.len()] {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => [byte; SINGLE.len()],
        _ if c == LOST => [UNKNOWN; SINGLE.len()],
        _ => BYTES.get(&c).copied().unwrap_or([FOREIGN; SINGLE.len()]),
    }
}

/// The bytes of a text in a set.
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

/// A sequence of UTF-8 at the start of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sequence {
    /// A character in use, and its bytes.
    Whole(char, usize),
    /// One of whose bytes one was lost.
    Lossy(usize),
    /// The bytes end within it.
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

/// Letters and signs that news is written in.
fn is_in_use(c: char) -> bool {
    matches!(u32::from(c),
        0xa0..=0x17f | 0x192 | 0x1a0..=0x1b0 | 0x218..=0x21b | 0x259 | 0x2bb..=0x2bc | 0x301..=0x304 | 0x308 | 0x30c
        | 0x370..=0x3ff | 0x400..=0x45f | 0x490..=0x493 | 0x49a..=0x4a3 | 0x4ae..=0x4b3 | 0x4ba..=0x4bb | 0x4d8..=0x4d9
        | 0x4e8..=0x4e9 | 0x531..=0x58a | 0x5d0..=0x5f4 | 0x600..=0x6ff | 0x900..=0xfff | 0x10a0..=0x11ff
        | 0x1200..=0x137f | 0x1780..=0x17ff | 0x1e00..=0x1fff | 0x2002..=0x2069 | 0x20a0..=0x20bf | 0x2116 | 0x2122
        | 0x2190..=0x2193 | 0x2212 | 0x25a0..=0x26ff | 0x3000..=0x30ff | 0x3400..=0x9fff | 0xac00..=0xd7a3
        | 0xf900..=0xfaff | 0xfb50..=0xfdff | 0xfe0f | 0xfe70..=0xfeff | 0xff00..=0xffef | 0x1f300..=0x1faff)
}

/// How well bytes are UTF-8.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    /// Bytes beyond ASCII within sequences, lost ones too.
    whole: usize,
    /// Bytes beyond ASCII outside of them.
    stray: usize,
    sequences: usize,
    lossy: usize,
    /// Upper case right behind lower case.
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
                    // Nothing is known of a byte that was lost.
                    tally.stray += usize::from(!bytes[at].is_ascii() && bytes[at] != UNKNOWN);
                    lower = bytes[at].is_ascii_lowercase();
                    at += 1;
                }
            }
        }
        tally
    }

    fn is_utf8(&self) -> bool {
        self.sequences >= SEQUENCES
            && self.sequences >= self.lossy
            && self.whole as f64 >= WHOLE * (self.whole + self.stray) as f64
    }
}

fn undo_single(text: &str, set: usize) -> String {
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

/// A sequence whose second byte, a no-break space in most sets, has become a plain one: `Ã la` was `à la`, and a Cyrillic
/// `Р` begins a word. Where it ends a word, the space is kept.
fn blank(bytes: &[u8]) -> Option<(char, usize)> {
    match bytes {
        [0xc3, b' ', ..] => Some(('à', 1)),
        [0xd0, b' ', 0xd0..=0xd1, ..] => Some(('Р', 2)),
        _ => None,
    }
}

/// Bytes of such a set do not stand for characters of the text one by one, so that a line is undone as a whole.
fn undo_double(line: &str, set: &'static Encoding) -> String {
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
                // What is left of one character is one lost character.
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
