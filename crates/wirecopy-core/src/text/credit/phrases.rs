//! Finds fixed phrases at a position in a text. The longest match wins.
//!
//! Why this is hand-made: aho-corasick finds phrases anywhere and with one rule for case. Here the position is given, and
//! case matters for some phrases only.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::super::script::{self, Kind};
use crate::text::first_word::{FirstWord, FirstWords};

/// Names with more letters than this match in any case; shorter ones as written or in capitals.
const ANY_CASE_LETTERS: usize = 5;

/// Placeholder for the second letter of a phrase of one letter.
const NONE: char = '\0';

/// Phrases with their values. A lookup takes one table access, and a comparison with each phrase that begins with
/// the same two letters.
#[derive(Clone, Debug)]
pub(super) struct Phrases<T> {
    entries: Vec<Entry<T>>,
    /// Indices of entries by their first two letters in lower case, longest phrase first.
    by_first: HashMap<(char, char), Vec<usize>, BuildHasherDefault<Letters>>,
    /// For each ASCII first letter, the ASCII second letters, so that most positions are rejected quickly. Bit 0
    /// says that a phrase ends after the first letter or continues with a non-ASCII letter.
    ascii: Vec<u128>,
    first_words: FirstWords,
}

/// Hashes two letters. The standard hasher takes more time than the rest of a lookup.
#[derive(Clone, Copy, Debug, Default)]
struct Letters(u64);

impl Hasher for Letters {
    fn finish(&self) -> u64 {
        crate::text::mix(self.0)
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 =
            bytes.iter().fold(self.0, |hash, &byte| hash.wrapping_mul(0x100_0000_01b3) ^ u64::from(byte));
    }

    fn write_u32(&mut self, letter: u32) {
        self.0 = self.0 << 32 | u64::from(letter);
    }
}

#[derive(Clone, Debug)]
struct Entry<T> {
    /// In lower case if `any_case`.
    phrase: String,
    any_case: bool,
    what: T,
    /// The first eight bytes, in lower case and under `mask`, of a text that begins with the phrase, as far as the
    /// phrase is a single ASCII word.
    head: u64,
    mask: u64,
    /// Whether the head is the whole phrase and matches in any case, so that nothing else has to be compared.
    is_head: bool,
}

impl<T> Default for Phrases<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            by_first: HashMap::default(),
            ascii: vec![0; 128],
            first_words: FirstWords::default(),
        }
    }
}

impl<T> Phrases<T> {
    /// Returns the value of a phrase that was added for any case.
    pub(super) fn get_mut_any_case(&mut self, phrase: &str) -> Option<&mut T> {
        let (phrase, _) = key(phrase, true);
        let list = self.by_first.get(&first_of(&phrase)?)?;
        let found =
            list.iter().copied().find(|&i| self.entries[i].any_case && self.entries[i].phrase == phrase)?;
        Some(&mut self.entries[found].what)
    }

    /// Adds a phrase. With `any_case`, it matches in any case whatever its length.
    pub(super) fn insert(&mut self, phrase: &str, any_case: bool, what: T) {
        let (phrase, any_case) = key(phrase, any_case);
        let Some(first) = first_of(&phrase) else { return };
        let entries = &mut self.entries;
        let list = self.by_first.entry(first).or_default();
        if let Some(&known) =
            list.iter().find(|&&i| entries[i].phrase == phrase && entries[i].any_case == any_case)
        {
            entries[known].what = what;
            return;
        }
        let length = phrase.len();
        let before = list.partition_point(|&i| entries[i].phrase.len() >= length);
        list.insert(before, entries.len());
        self.first_words.insert(&phrase.chars().map(lower).collect::<String>());
        let head = phrase.bytes().take(8).take_while(u8::is_ascii_alphanumeric).count();
        let is_head = any_case && head == length;
        let mask = if head == 0 { 0 } else { u64::MAX >> (64 - 8 * head) };
        let head = lower_head(phrase.as_bytes()) & mask;
        self.entries.push(Entry { phrase, any_case, what, head, mask, is_head });
        if let Some(second) = self.ascii.get_mut(first.0 as usize) {
            *second |= if first.1.is_ascii() { 1 << u32::from(first.1) } else { 1 };
        }
    }

    /// Finds the longest phrase that begins at `at`, as a whole word in scripts with spaces. Returns its end and
    /// its value.
    pub(super) fn at(&self, text: &str, at: usize) -> Option<(usize, &T)> {
        self.at_word(text, at, FirstWord::of(&text.as_bytes()[at..]))
    }

    /// Does the same, given the first word of the text there.
    #[inline]
    pub(super) fn at_word(&self, text: &str, at: usize, word: FirstWord) -> Option<(usize, &T)> {
        if self.first_words.may_begin(word) { self.beginning_at(text, at) } else { None }
    }

    fn beginning_at(&self, text: &str, at: usize) -> Option<(usize, &T)> {
        let rest = &text[at..];
        let first = rest.chars().next()?;
        let mut alone = true;
        if let Some(seconds) = self.ascii.get(first.to_ascii_lowercase() as usize) {
            let second = match rest.as_bytes().get(1) {
                Some(byte) if byte.is_ascii_whitespace() => 1 | 1 << b' ',
                Some(byte) if byte.is_ascii() => 1 | 1 << byte.to_ascii_lowercase(),
                Some(_) => u128::MAX,
                None => 1,
            };
            if seconds & second == 0 {
                return None;
            }
            alone = seconds & 1 != 0;
        }
        if joins(first) && text[..at].chars().next_back().is_some_and(is_word) {
            return None;
        }
        let second = rest.chars().nth(1).map_or(NONE, |c| if c.is_whitespace() { ' ' } else { lower(c) });
        let listed = |second| self.by_first.get(&(lower(first), second)).into_iter().flatten();
        let alone = alone.then(|| listed(NONE)).into_iter().flatten();
        let head = lower_head(rest.as_bytes());
        // Non-ASCII text may contain invisible characters.
        let plain = head & 0x8080_8080_8080_8080 == 0;
        listed(second).chain(alone).find_map(|&i| {
            let entry = &self.entries[i];
            if plain && head & entry.mask != entry.head {
                return None;
            }
            let length = entry.phrase.len();
            let matches = || matched(&entry.phrase, rest, entry.any_case);
            let end = at + if plain && entry.is_head { length } else { matches()? };
            let last = text[..end].chars().next_back()?;
            let cut = joins(last) && text[end..].chars().next().is_some_and(is_word);
            (!cut).then_some((end, &entry.what))
        })
    }
}

/// Returns the first eight bytes with letters in lower case (some signs change too), padded with zeros.
fn lower_head(bytes: &[u8]) -> u64 {
    let mut eight = [0; 8];
    let length = bytes.len().min(8);
    eight[..length].copy_from_slice(&bytes[..length]);
    u64::from_le_bytes(eight) | 0x2020_2020_2020_2020
}

fn key(phrase: &str, any_case: bool) -> (String, bool) {
    let is_long = || phrase.chars().filter(|c| c.is_alphabetic()).nth(ANY_CASE_LETTERS).is_some();
    let any_case = any_case || is_long();
    if any_case { (phrase.chars().map(lower).collect(), true) } else { (phrase.to_owned(), false) }
}

fn first_of(phrase: &str) -> Option<(char, char)> {
    let mut letters = phrase.chars().map(lower);
    Some((letters.next()?, letters.next().unwrap_or(NONE)))
}

/// Lower-cases one letter to one letter, which is enough for names and preserves positions.
pub(super) fn lower(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { c.to_lowercase().next().unwrap_or(c) }
}

/// Returns the number of bytes of `text` that `phrase` matches at its start. A space in a phrase matches any
/// amount of white space; invisible characters of the text are skipped.
fn matched(phrase: &str, text: &str, any_case: bool) -> Option<usize> {
    // Most phrases and texts differ within a few ASCII letters.
    for (&wanted, &found) in phrase.as_bytes().iter().zip(text.as_bytes()) {
        if !wanted.is_ascii() || !found.is_ascii() || found.is_ascii_whitespace() {
            break;
        }
        if !wanted.eq_ignore_ascii_case(&found) {
            return None;
        }
    }
    let mut rest = text.char_indices().peekable();
    let mut capitals = true;
    let mut end = 0;
    for wanted in phrase.chars() {
        loop {
            let &(at, c) = rest.peek()?;
            if wanted == ' ' && c.is_whitespace() {
                while rest.next_if(|(_, c)| c.is_whitespace()).is_some() {}
                end = at + c.len_utf8();
                break;
            }
            if !c.is_ascii() && c != wanted && script::kind(c) == Kind::Ignored {
                rest.next();
                continue;
            }
            let same = if any_case {
                lower(c) == wanted
            } else if c == wanted {
                capitals &= !c.is_lowercase();
                true
            } else {
                capitals && lower(c) == lower(wanted) && c.is_uppercase()
            };
            if !same {
                return None;
            }
            rest.next();
            end = at + c.len_utf8();
            break;
        }
    }
    Some(end)
}

/// Returns whether a character belongs to the word beside it: letters of spaced scripts, and digits. Hangul is an
/// exception because particles follow the word.
fn joins(c: char) -> bool {
    is_word(c) && !('\u{ac00}'..='\u{d7a3}').contains(&c)
}

/// Returns whether a character is a letter, digit or mark of a spaced script.
pub(super) fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    matches!(script::kind(c), Kind::Letter | Kind::Digit | Kind::Mark)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn phrases() -> Phrases<u8> {
        let mut phrases = Phrases::default();
        for (phrase, what) in
            [("AFP", 1), ("dpa", 2), ("Reuters", 3), ("France Presse", 4), ("法新社", 5), ("AFP TV", 6)]
        {
            phrases.insert(phrase, false, what);
        }
        phrases
    }

    #[test]
    fn longest_phrase_matches_whole_words() {
        let phrases = phrases();
        let found = |text: &str| phrases.at(text, 0).map(|(end, &what)| (end, what));
        assert_eq!(found("AFP."), Some((3, 1)));
        assert_eq!(found("AFP TV"), Some((6, 6)));
        assert_eq!(found("AFPs"), None);
        assert_eq!(found("afp"), None, "short names keep their case");
        assert_eq!(found("DPA"), Some((3, 2)));
        assert_eq!(found("REUTERS"), Some((7, 3)));
        assert_eq!(found("france  presse"), Some((14, 4)));
        assert_eq!(found("法新社马尼拉"), Some((9, 5)));
        assert_eq!(phrases.at("xAFP", 1), None);
    }

    proptest! {
        #[test]
        fn first_words_reject_no_phrase(
            phrases in prop::collection::vec("[ab]{1,4}|[aAä] [aB]{0,3}|[a-c.]{2,5}|[aIİ]{1,4}", 1..6),
            text in "[abAB]{1,5}|[aAäb][ \u{200b}a.]{1,4}[a-cAB]{0,3}|[a-c.\n]{1,6}|[aIİi]{1,4}",
            any_case in any::<bool>(),
        ) {
            let mut quick = Phrases::default();
            phrases.iter().zip(0..).for_each(|(phrase, what)| quick.insert(phrase, any_case, what));
            let mut slow = quick.clone();
            slow.first_words = FirstWords::all();
            prop_assert_eq!(quick.at(&text, 0), slow.at(&text, 0));
        }
    }
}
