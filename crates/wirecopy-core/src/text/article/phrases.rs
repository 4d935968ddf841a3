//! Finds the phrases of documents without an article (`data/no_article.tsv`).

use std::sync::LazyLock;

use crate::hash::ByHash;
use crate::text::first_letters::FirstLetters;
use crate::text::mix;
use crate::text::prose::words;
use crate::text::script::is_unspaced;
use crate::word_table;

/// The kinds of phrases. A set of kinds has one bit for each index.
const KINDS: [&str; 9] =
    ["notice", "shell", "boilerplate", "address", "menu", "age", "more", "photo", "staff"];
pub(super) const NOTICES: u16 = 1;
pub(super) const SHELLS: u16 = 1 << 1;
pub(super) const BOILERPLATE: u16 = 1 << 2;
pub(super) const ADDRESS: u16 = 1 << 3;
pub(super) const MENU: u16 = 1 << 4;
pub(super) const AGE: u16 = 1 << 5;
pub(super) const MORE: u16 = 1 << 6;
pub(super) const PHOTO: u16 = 1 << 7;
pub(super) const STAFF: u16 = 1 << 8;

/// A phrase in lower case, its kind, and whether it may be followed by any word ending.
type Phrase = (&'static str, u16, bool);

/// The table of phrases, ready for lookups.
struct Phrases {
    /// The phrases by the [hash](hash_of) of their first three characters; phrases of two ideographs are included.
    by_key: ByHash<u64, Vec<Phrase>>,
    first_letters: FirstLetters,
}

static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| word_table::shipped(read(include_str!("../../../data/no_article.tsv"))));

fn read(table: &'static str) -> Result<Phrases, String> {
    let mut phrases: ByHash<u64, Vec<Phrase>> = ByHash::default();
    let mut first_letters = FirstLetters::default();
    for cells in word_table::rows(table) {
        let mut cells = cells.skip(1);
        let kind = cells.next().and_then(|kind| KINDS.iter().position(|&known| known == kind));
        let kind = kind.ok_or("a row of an unknown kind")?;
        for cell in cells {
            let (phrase, open) = cell.strip_suffix('*').map_or((cell, false), |phrase| (phrase, true));
            let folded = phrase.trim() == phrase && phrase.chars().map(lower).eq(phrase.chars());
            let key = key(phrase).filter(|_| folded && phrase.starts_with(char::is_alphanumeric));
            let key = key.ok_or_else(|| format!("`{cell}` is not a phrase in lower case"))?;
            phrases.entry(hash_of(key)).or_default().push((phrase, 1 << kind, open));
            first_letters.insert(phrase);
        }
    }
    Ok(Phrases { by_key: phrases, first_letters })
}

fn key(text: &str) -> Option<[char; 3]> {
    let mut chars = text.chars().map(lower);
    Some([chars.next()?, chars.next()?, chars.next().unwrap_or('\0')])
}

/// Hashes three characters without collisions: each has 21 bits.
fn hash_of(characters: [char; 3]) -> u64 {
    mix(characters.iter().fold(0, |bits, &c| bits << 21 | u64::from(u32::from(c))))
}

fn lower(c: char) -> char {
    match c {
        '’' => '\'',
        _ if c.is_ascii() => c.to_ascii_lowercase(),
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

/// Finds the phrases that are delimited by word boundaries, in scripts that have them. Returns their kinds and the
/// number of words that are menu entries.
pub(super) fn find(text: &str) -> (u16, usize) {
    let in_word = |c: char| c.is_alphanumeric() && !is_unspaced(c);
    // Korean particles are attached to the word.
    let ends_alone = |c: char| !in_word(c) || ('\u{ac00}'..='\u{d7a3}').contains(&c);
    let phrases = &*PHRASES;
    let (mut kinds, mut menu_words, mut inside) = (0, 0, false);
    let bytes = text.as_bytes();
    let mut next = 0;
    while let Some(&byte) = bytes.get(next) {
        let at = next;
        // Most characters are ASCII, and most of those are within a word.
        let (c, is_alphanumeric) = if byte.is_ascii() {
            next += 1;
            (char::from(byte), byte.is_ascii_alphanumeric())
        } else {
            let Some(c) = text[at..].chars().next() else { break };
            next += c.len_utf8();
            (c, c.is_alphanumeric())
        };
        let starts = is_alphanumeric && !inside && phrases.first_letters.may_begin(&bytes[at..]);
        inside = is_alphanumeric && !is_unspaced(c);
        if !starts {
            continue;
        }
        let key = key(&text[at..]);
        let short = key.filter(|_| c >= '\u{e00}').map(|[first, second, _]| [first, second, '\0']);
        let mut menu = 0;
        for &(phrase, kind, open) in
            [key, short].into_iter().flatten().filter_map(|key| phrases.by_key.get(&hash_of(key))).flatten()
        {
            let mut rest = text[at..].chars();
            if phrase.chars().all(|c| rest.next().map(lower) == Some(c))
                && (open || phrase.ends_with(ends_alone) || !rest.as_str().starts_with(in_word))
            {
                kinds |= kind;
                menu = menu.max(if kind == MENU { words(phrase).max(1) } else { 0 });
            }
        }
        menu_words += menu;
    }
    (kinds, menu_words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_row_is_an_error() {
        for table in
            ["en\tnotices\twe use cookies", "en", "en\tnotice\tUpper case", "en\tnotice\t ", "en\tnotice\tx"]
        {
            assert!(read(table).is_err(), "{table}");
        }
        assert!(PHRASES.by_key.len() > 100);
    }
}
