//! Reads the text of an RTF document as a stream of paragraphs.
//!
//! Formatting is dropped, except whether a paragraph is bold throughout. Character sets are those of the document (`\ansicpg`)
//! and of its fonts (`\fcharset`). Pictures, styles, headers and whatever else is not text are skipped by their group.
//! The format: Microsoft, Rich Text Format (RTF) Specification 1.9.1, 2008.

use std::collections::{HashMap, VecDeque};
use std::io::BufRead;
use std::ops::ControlFlow;

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};
use wirecopy_core::document::Refusal;

use super::code_pages::{is_double, of_character_set, of_code_page};
use super::input::unreadable;
use super::nexis::BREAK;
use super::office::{Articles, Line, not_an_export};
use crate::{Emit, Limits};

/// Groups that hold something else than the text.
const SKIPPED: [&str; 46] = [
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "header",
    "headerl",
    "headerr",
    "headerf",
    "footer",
    "footerl",
    "footerr",
    "footerf",
    "footnote",
    "annotation",
    "atnid",
    "atnauthor",
    "fldinst",
    "objdata",
    "nonshppict",
    "themedata",
    "colorschememapping",
    "datastore",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
    "userprops",
    "xmlnstbl",
    "latentstyles",
    "ftnsep",
    "ftnsepc",
    "ftncn",
    "aftnsep",
    "aftnsepc",
    "aftncn",
    "template",
    "filetbl",
    "revtbl",
    "listtext",
    "pntext",
    "shp",
    "bkmkstart",
    "bkmkend",
    "tc",
    "xe",
];
/// Longest name of a control word.
const LONGEST_WORD: usize = 32;
/// Bytes in a character set that are decoded together at most.
const DECODED: usize = 4096;

/// Reads the articles of an RTF document.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let mut articles = Articles::new(limits, false, emit);
    for line in Paragraphs::of(input, limits) {
        match line {
            Ok(line) => articles.add(line)?,
            Err(refusal) => return articles.fail(refusal),
        }
    }
    articles.finish(not_an_export("an RTF document"))
}

/// What a group sets for the text in it.
#[derive(Clone, Copy)]
struct State {
    is_skipped: bool,
    /// Whether the group lists the fonts.
    is_fonts: bool,
    is_hidden: bool,
    is_bold: bool,
    /// The number of characters after `\u` that stand for the same character.
    unicode_skip: usize,
    encoding: &'static Encoding,
}

/// Reads paragraphs from an RTF document.
pub(super) struct Paragraphs<'a> {
    input: &'a mut dyn BufRead,
    limits: Limits,
    /// A byte that was read too far.
    back: Option<u8>,
    state: State,
    stack: Vec<State>,
    /// Groups deeper than the limit, which are skipped.
    too_deep: u64,
    default: &'static Encoding,
    fonts: HashMap<i32, &'static Encoding>,
    /// The font that is being listed.
    font: i32,
    line: String,
    /// Letters of the line, and those in bold.
    letters: (u64, u64),
    /// Bytes in the character set of the document that are not decoded yet.
    bytes: Vec<u8>,
    /// The first half of a character beyond the basic plane.
    surrogate: Option<u16>,
    /// Characters to skip because they repeat one that was given as a number.
    repeated: usize,
    /// Paragraphs that are complete.
    ready: VecDeque<Line>,
    error: Option<Refusal>,
    is_over: bool,
}

/// A control word, or a sign.
enum Control {
    Word(String, Option<i32>),
    Sign(u8),
    Byte(u8),
}

impl<'a> Paragraphs<'a> {
    pub(super) fn of(input: &'a mut dyn BufRead, limits: Limits) -> Self {
        Self {
            input,
            limits,
            back: None,
            state: State {
                is_skipped: false,
                is_fonts: false,
                is_hidden: false,
                is_bold: false,
                unicode_skip: 1,
                encoding: WINDOWS_1252,
            },
            stack: Vec::new(),
            too_deep: 0,
            default: WINDOWS_1252,
            fonts: HashMap::new(),
            font: 0,
            line: String::new(),
            letters: (0, 0),
            bytes: Vec::new(),
            surrogate: None,
            repeated: 0,
            ready: VecDeque::new(),
            error: None,
            is_over: false,
        }
    }

    /// Returns the next byte; `None` at the end, or if the file cannot be read.
    fn byte(&mut self) -> Option<u8> {
        if let Some(byte) = self.back.take() {
            return Some(byte);
        }
        match self.input.fill_buf() {
            Ok(buffer) => {
                let byte = buffer.first().copied();
                self.input.consume(usize::from(byte.is_some()));
                byte
            }
            Err(error) => {
                self.error = Some(unreadable(&error));
                None
            }
        }
    }

    /// Reads one part of the document. Returns `false` at its end.
    fn step(&mut self) -> bool {
        let Some(byte) = self.byte() else {
            self.end_line();
            return false;
        };
        match byte {
            b'{' => self.open(),
            b'}' => self.close(),
            b'\\' => {
                if let Some(control) = self.control() {
                    self.apply(control);
                }
            }
            b'\r' | b'\n' => {}
            byte => self.plain(byte),
        }
        true
    }

    fn open(&mut self) {
        self.repeated = 0;
        self.decode();
        if self.stack.len() >= self.limits.depth || self.too_deep > 0 {
            self.too_deep += 1;
            return;
        }
        self.stack.push(self.state);
    }

    fn close(&mut self) {
        self.repeated = 0;
        self.decode();
        if self.too_deep > 0 {
            self.too_deep -= 1;
        } else if let Some(state) = self.stack.pop() {
            self.state = state;
        }
    }

    /// Reads what follows a backslash.
    fn control(&mut self) -> Option<Control> {
        let first = self.byte()?;
        if first == b'\'' {
            let digits = [self.byte()?, self.byte()?];
            let text = std::str::from_utf8(&digits).ok()?;
            return u8::from_str_radix(text, 16).ok().map(Control::Byte);
        }
        if !first.is_ascii_alphabetic() {
            return Some(Control::Sign(first));
        }
        let mut word = String::from(char::from(first));
        let mut number = String::new();
        while let Some(byte) = self.byte() {
            let is_sign = byte == b'-' && number.is_empty();
            if byte.is_ascii_alphabetic() && number.is_empty() && word.len() < LONGEST_WORD {
                word.push(char::from(byte));
            } else if (byte.is_ascii_digit() || is_sign) && number.len() < 11 {
                number.push(char::from(byte));
            } else {
                if byte != b' ' {
                    self.back = Some(byte);
                }
                break;
            }
        }
        Some(Control::Word(word, number.parse().ok()))
    }

    fn apply(&mut self, control: Control) {
        match control {
            Control::Byte(byte) => {
                if self.repeated > 0 {
                    self.repeated -= 1;
                } else if self.shows() {
                    self.bytes.push(byte);
                    if self.bytes.len() >= DECODED && self.bytes.len().is_multiple_of(2) {
                        self.decode();
                    }
                }
            }
            Control::Sign(sign) => match sign {
                b'*' => self.state.is_skipped = true,
                b'~' => self.text("\u{a0}"),
                b'_' => self.text("-"),
                b'\r' | b'\n' => self.end_line(),
                b'\\' | b'{' | b'}' => self.plain(sign),
                _ => {}
            },
            Control::Word(word, number) => self.word(&word, number),
        }
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        let on = number != Some(0);
        match word {
            "u" => return self.unicode(number.unwrap_or_default()),
            "bin" => return self.binary(number.unwrap_or_default()),
            _ => {}
        }
        self.repeated = 0;
        if SKIPPED.contains(&word) {
            self.decode();
            self.state.is_skipped = true;
            self.state.is_fonts = word == "fonttbl";
            return;
        }
        match word {
            "par" | "line" | "row" | "nestrow" => self.end_line(),
            "sect" | "page" => {
                self.end_line();
                if self.shows() {
                    self.ready.push_back(Line { text: BREAK.to_owned(), is_bold: false });
                }
            }
            "tab" | "cell" | "nestcell" => self.text("\t"),
            "b" => {
                self.decode();
                self.state.is_bold = on;
            }
            "v" => {
                self.decode();
                self.state.is_hidden = on;
            }
            "plain" => {
                self.decode();
                (self.state.is_bold, self.state.is_hidden) = (false, false);
                self.state.encoding = self.default;
            }
            "uc" => self.state.unicode_skip = usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(8),
            "ansicpg" => self.set_default(number.and_then(of_code_page)),
            "mac" => self.set_default(Some(MACINTOSH)),
            "f" => self.set_font(number.unwrap_or_default()),
            "fcharset" if self.state.is_fonts => {
                if let Some(encoding) = number.and_then(of_character_set) {
                    self.fonts.insert(self.font, encoding);
                }
            }
            "emdash" => self.text("—"),
            "endash" => self.text("–"),
            "lquote" => self.text("‘"),
            "rquote" => self.text("’"),
            "ldblquote" => self.text("“"),
            "rdblquote" => self.text("”"),
            "bullet" => self.text("•"),
            "emspace" | "enspace" | "qmspace" => self.text(" "),
            _ => {}
        }
    }

    fn set_default(&mut self, encoding: Option<&'static Encoding>) {
        if let Some(encoding) = encoding {
            self.default = encoding;
            self.state.encoding = encoding;
        }
    }

    fn set_font(&mut self, font: i32) {
        if self.state.is_fonts {
            self.font = font;
            return;
        }
        self.decode();
        self.state.encoding = self.fonts.get(&font).copied().unwrap_or(self.default);
    }

    /// Skips bytes that are not text in any way.
    fn binary(&mut self, length: i32) {
        for _ in 0..length.max(0) {
            if self.byte().is_none() {
                return;
            }
        }
    }

    /// Adds a character that is given as a number.
    fn unicode(&mut self, number: i32) {
        self.repeated = 0;
        if self.shows() {
            self.decode();
            // Numbers above 32,767 are written as negative ones.
            let unit = u16::try_from(number.rem_euclid(0x1_0000)).unwrap_or_default();
            let units = match self.surrogate.take() {
                Some(high) => vec![high, unit],
                None if (0xd800..0xdc00).contains(&unit) => {
                    self.surrogate = Some(unit);
                    vec![]
                }
                None => vec![unit],
            };
            let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect();
            self.text(&text);
        }
        self.repeated = self.state.unicode_skip;
    }

    /// Adds a plain byte.
    fn plain(&mut self, byte: u8) {
        if self.repeated > 0 {
            self.repeated -= 1;
            return;
        }
        if !self.shows() {
            return;
        }
        // The second byte of a character may be a plain one; other bytes beyond ASCII are in the character set too.
        let is_second = self.bytes.len() % 2 == 1 && is_double(self.state.encoding);
        if byte >= 0x80 || is_second {
            self.bytes.push(byte);
            return;
        }
        self.decode();
        self.push(char::from(byte));
    }

    fn text(&mut self, text: &str) {
        if self.shows() {
            self.decode();
            text.chars().for_each(|c| self.push(c));
        }
    }

    fn push(&mut self, c: char) {
        if c == '\0' {
            return;
        }
        if c.is_alphanumeric() {
            self.letters.0 += 1;
            self.letters.1 += u64::from(self.state.is_bold);
        }
        self.line.push(c);
        if self.line.len() as u64 > self.limits.item_bytes {
            self.end_line();
        }
    }

    /// Returns whether text at the current place is text of the document.
    fn shows(&self) -> bool {
        !self.state.is_skipped && !self.state.is_hidden && self.too_deep == 0
    }

    /// Decodes the bytes that are in a character set.
    fn decode(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let (text, _) = self.state.encoding.decode_without_bom_handling(&bytes);
        text.chars().for_each(|c| self.push(c));
    }

    fn end_line(&mut self) {
        if !self.shows() {
            return;
        }
        self.decode();
        let is_bold = self.letters.0 > 0 && self.letters.0 == self.letters.1;
        self.letters = (0, 0);
        self.ready.push_back(Line { text: std::mem::take(&mut self.line), is_bold });
    }
}

impl Iterator for Paragraphs<'_> {
    type Item = Result<Line, Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && !self.is_over {
            self.is_over = !self.step();
        }
        match self.ready.pop_front() {
            Some(line) => Some(Ok(line)),
            None => self.error.take().map(Err),
        }
    }
}
