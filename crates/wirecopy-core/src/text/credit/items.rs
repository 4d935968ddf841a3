//! Cuts a line, or its beginning, into items: names of agencies, words with a meaning beside them, other words,
//! numbers and signs.

use std::ops::Range;
use std::sync::LazyLock;

use super::super::first_word::FirstWord;
use super::super::script;
use super::agencies::{Agencies, Name};
use super::phrases::{Phrases, is_word};
use crate::word_table;

/// The meanings of a word beside the name of an agency; a word can have several.
pub(super) mod kind {
    pub(in super::super) const LABEL: u16 = 1;
    pub(in super::super) const WITH: u16 = 1 << 1;
    pub(in super::super) const FILLER: u16 = 1 << 2;
    pub(in super::super) const REPORT: u16 = 1 << 3;
    pub(in super::super) const GENERIC: u16 = 1 << 4;
    pub(in super::super) const PHOTO: u16 = 1 << 5;
    pub(in super::super) const TEXT: u16 = 1 << 6;
    pub(in super::super) const BY: u16 = 1 << 7;
    pub(in super::super) const REPORTER: u16 = 1 << 8;
}

static WORDS: LazyLock<Phrases<u16>> =
    LazyLock::new(|| word_table::shipped(read(include_str!("../../../data/credit_words.tsv"))));

fn read(table: &str) -> Result<Phrases<u16>, String> {
    let mut words = Phrases::default();
    for mut cells in word_table::rows(table) {
        let bit = match cells.next().unwrap_or_default() {
            "label" => kind::LABEL,
            "with" => kind::WITH,
            "filler" => kind::FILLER,
            "report" => kind::REPORT,
            "generic" => kind::GENERIC,
            "photo" => kind::PHOTO,
            "text" => kind::TEXT,
            "by" => kind::BY,
            "reporter" => kind::REPORTER,
            other => return Err(format!("no kind of words is called `{other}`")),
        };
        cells.for_each(|phrase| words.add(phrase, bit));
    }
    Ok(words)
}

impl Phrases<u16> {
    fn add(&mut self, phrase: &str, bit: u16) {
        match self.get_mut_any_case(phrase) {
            Some(kinds) => *kinds |= bit,
            None => self.insert(phrase, true, bit),
        }
    }
}

/// One item of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) what: What,
    /// Byte range in the text.
    pub(super) range: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Agency(Name),
    /// A word with its [`kind`]s; 0 for one without a meaning here.
    Word {
        kinds: u16,
        case: Case,
    },
    Number,
    Open,
    Close,
    /// Another sign. All dashes become `-`; colons, commas and full stops become their ASCII forms.
    Sign(char),
}

/// The case of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Lower,
    /// A capital letter, followed by lower-case letters or nothing.
    Capital,
    /// Two or more capital letters and no lower-case letter.
    Upper,
    /// A spaced script without case.
    None,
    /// A character of a script without spaces, which counts as half a word.
    Unspaced,
}

impl Item {
    pub(super) fn agency(&self) -> Option<Name> {
        if let What::Agency(name) = self.what { Some(name) } else { None }
    }

    pub(super) fn is_kind(&self, kinds: u16) -> bool {
        matches!(self.what, What::Word { kinds: own, .. } if own & kinds != 0)
    }

    pub(super) fn is_sign(&self, signs: &str) -> bool {
        matches!(self.what, What::Sign(sign) if signs.contains(sign))
    }
}

/// Returns whether the item at `at` is beside a number, as the name of a month is (`4. července`, `Sept 24`).
pub(super) fn dated(items: &[Item], at: usize) -> bool {
    let number = |i: usize| items.get(i).is_some_and(|item| item.what == What::Number);
    // A full stop may be between them, or a word like "de".
    let stop = |i: usize| {
        items.get(i).is_some_and(|item| {
            item.is_sign(".")
                || (matches!(item.what, What::Word { case: Case::Lower, .. }) && item.range.len() <= 3)
        })
    };
    number(at + 1)
        || (stop(at + 1) && number(at + 2))
        || (at >= 1 && number(at - 1))
        || (at >= 2 && stop(at - 1) && number(at - 2))
}

/// Cuts `text[range]` into at most `limit` items.
pub(super) fn items(text: &str, range: Range<usize>, agencies: &Agencies, limit: usize) -> Vec<Item> {
    let mut out = Vec::with_capacity(limit.min(16));
    out.extend(each_item(text, range, agencies).take(limit));
    out
}

/// Cuts `text[range]` into items, as far as they are asked for.
pub(super) fn each_item(text: &str, range: Range<usize>, agencies: &Agencies) -> impl Iterator<Item = Item> {
    let text = &text[..range.end];
    let mut at = range.start;
    std::iter::from_fn(move || {
        loop {
            let c = text[at..].chars().next()?;
            if c.is_whitespace() || (!c.is_ascii() && script::kind(c) == script::Kind::Ignored) {
                at += c.len_utf8();
                continue;
            }
            let (what, end) = item(text, at, c, agencies);
            let range = std::mem::replace(&mut at, end)..end;
            return Some(Item { what, range });
        }
    })
}

fn item(text: &str, at: usize, c: char, agencies: &Agencies) -> (What, usize) {
    let first = FirstWord::of(&text.as_bytes()[at..]);
    let name =
        agencies.phrases.at_word(text, at, first).filter(|&(end, _)| !is_compound(text, at, end, agencies));
    let word = WORDS.at_word(text, at, first);
    match (name, word) {
        (Some((end, &name)), None) => return (What::Agency(name), end),
        (Some((end, &name)), Some((other, _))) if end >= other => return (What::Agency(name), end),
        (_, Some((end, &kinds))) => return (What::Word { kinds, case: case(&text[at..end]) }, end),
        (None, None) => {}
    }
    let after = at + c.len_utf8();
    if script::is_unspaced(c) && c.is_alphabetic() {
        return (What::Word { kinds: 0, case: Case::Unspaced }, after);
    }
    if is_word(c) {
        let end = word_end(text, at).max(after);
        // "l'AFP", "dell'ANSA": the article is split off the name.
        if let Some(elided) = apostrophe(&text[at..end]).map(|n| at + n)
            && let Some(sign) = text[elided..].chars().next().map(char::len_utf8)
            && agencies.phrases.at(text, elided + sign).is_some()
        {
            return (What::Word { kinds: kind::FILLER, case: Case::Lower }, elided + sign);
        }
        let word = &text[at..end];
        let what = if word.chars().all(char::is_numeric) {
            What::Number
        } else {
            What::Word { kinds: 0, case: case(word) }
        };
        return (what, end);
    }
    let what = match c {
        '(' | '（' | '[' | '［' | '【' | '〔' | '《' => What::Open,
        ')' | '）' | ']' | '］' | '】' | '〕' | '》' => What::Close,
        '—' | '–' | '-' | '‐' | '−' | '―' | '─' => What::Sign('-'),
        '：' | ':' | '՝' | '։' | '׃' => What::Sign(':'),
        ',' | '，' | '、' | '،' | '؛' | ';' => What::Sign(','),
        '.' | '。' | '।' | '۔' | '．' => What::Sign('.'),
        '/' | '／' => What::Sign('/'),
        '=' | '＝' => What::Sign('='),
        '|' | '｜' | '·' | '•' | '・' => What::Sign('|'),
        other => What::Sign(other),
    };
    (what, after)
}

/// Returns the end of the word at `at`, which may have apostrophes.
fn word_end(text: &str, at: usize) -> usize {
    let bytes = &text.as_bytes()[at..];
    let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'\'';
    let ascii = bytes.iter().take_while(|byte| is_of_word(byte)).count();
    if bytes.get(ascii).is_none_or(u8::is_ascii) {
        return at + ascii;
    }
    text[at..].find(|c: char| !is_word(c) && c != '\'' && c != '’').map_or(text.len(), |n| at + n)
}

/// Returns the position of the first apostrophe in a word.
fn apostrophe(word: &str) -> Option<usize> {
    // Words are too short for a vectorised search.
    if word.is_ascii() { word.bytes().position(|byte| byte == b'\'') } else { word.find(['\'', '’']) }
}

/// Returns whether a name is part of a compound: `AFP-Korrespondentin`, `ex-AFP`. A compound is not a credit, but
/// two names with a hyphen are.
fn is_compound(text: &str, at: usize, end: usize, agencies: &Agencies) -> bool {
    let hyphen = |c: char| matches!(c, '-' | '‐' | '\u{2011}');
    let mut behind = text[end..].chars();
    if behind.next().is_some_and(hyphen)
        && behind.next().is_some_and(is_word)
        && agencies.phrases.at(text, end + text[end..].chars().next().map_or(0, char::len_utf8)).is_none()
    {
        return true;
    }
    // "Reuters'in", "AFP's": an inflected name is part of a sentence.
    let mut behind = text[end..].chars();
    if behind.next().is_some_and(|c| matches!(c, '\'' | '’')) && behind.next().is_some_and(is_word) {
        return true;
    }
    // "reuters.com", "SASY.PA": addresses and tickers.
    let mut behind = text[end..].chars();
    if behind.next() == Some('.') && behind.next().is_some_and(char::is_lowercase) {
        return true;
    }
    let mut before = text[..at].chars().rev();
    if before.next() == Some('.') && before.next().is_some_and(is_word) {
        return true;
    }
    let mut before = text[..at].chars().rev();
    before.next().is_some_and(hyphen) && before.next().is_some_and(char::is_lowercase)
}

fn case(word: &str) -> Case {
    let mut letters = word.chars().filter(|c| c.is_alphabetic());
    let Some(first) = letters.next() else { return Case::None };
    // Georgian has a single case in running text, which Unicode treats as lower case.
    if ('\u{10d0}'..='\u{10ff}').contains(&first) {
        return Case::None;
    }
    if first.is_lowercase() {
        return Case::Lower;
    }
    if !first.is_uppercase() {
        return if script::is_unspaced(first) { Case::Unspaced } else { Case::None };
    }
    let mut more = letters.peekable();
    if more.peek().is_some() && more.all(|c| !c.is_lowercase()) { Case::Upper } else { Case::Capital }
}
