//! Respells names as in another transliteration.

use std::collections::HashSet;
use std::sync::LazyLock;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::WORDS;
use wirecopy_core::word_table::{self, Pairs, Words};

/// Letters in which transliterations of a name differ, in both directions.
static SWAPS: Pairs = LazyLock::new(|| word_table::pairs(WORDS, "respelling"));

/// Letters that are replaced in one direction only: `ee` may become `i`, but not every `i` becomes `ee`.
static ONE_WAY: Pairs = LazyLock::new(|| word_table::pairs(WORDS, "one way"));

/// Capitalised words that have only one spelling.
static COMMON: Words = LazyLock::new(|| word_table::words(WORDS, "one spelling"));

/// Letters that may be doubled between vowels.
const DOUBLED: &str = "lnstfrmлнсткмλσ";

const VOWELS: &str = "aeiouyаеёиоуыэюяαεηιουω";

/// Number of letters that determine the respelling, so that `Armenia` and `Armenian` are respelt alike.
const STEM: usize = 6;

/// Minimum length of a name in letters. Shorter capitalised words are mostly articles and abbreviations of months.
const MIN_LETTERS: usize = 4;

/// Respells the names of `text`.
///
/// A name is a word with an initial capital that occurs at least once inside a sentence. Its new spelling depends only on the
/// word and the seed, so it is the same throughout the text and in other texts with the same seed. No names are found in
/// scripts without capitals.
pub(super) fn respell(text: &str, seed: u64) -> String {
    let mut names: HashSet<&str> = HashSet::new();
    each_word(text, |word, inside| {
        if inside && is_capitalised(word) {
            names.insert(word);
        }
    });
    let mut out = String::with_capacity(text.len() + 16);
    let mut at = 0;
    each_word(text, |word, _| {
        // The word is a slice of the text, so its offset is the difference of the two addresses.
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        out.push_str(&text[at..start]);
        at = start + word.len();
        if names.contains(word) {
            variant(word, seed, &mut out);
        } else {
            out.push_str(word);
        }
    });
    out.push_str(&text[at..]);
    out
}

/// Calls `each` with every word, and whether it is inside a sentence.
fn each_word<'a>(text: &'a str, mut each: impl FnMut(&'a str, bool)) {
    let mut inside = false;
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), '\n')]) {
        if c.is_alphabetic() {
            start.get_or_insert(at);
            continue;
        }
        if let Some(start) = start.take() {
            each(&text[start..at], inside);
            inside = true;
        }
        if matches!(c, '.' | '!' | '?' | '\n' | '"' | '“' | '«' | '„' | ':' | '…') {
            inside = false;
        }
    }
}

fn is_capitalised(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase)
        && letters.all(|c| !c.is_uppercase())
        && word.chars().count() >= MIN_LETTERS
        && !COMMON.contains(&word)
}

/// Writes another spelling of `name`. The first letter and the letters after the stem are kept.
fn variant(name: &str, seed: u64, out: &mut String) {
    let end = name.char_indices().nth(STEM).map_or(name.len(), |(at, _)| at);
    let head = name.chars().next().map_or(0, char::len_utf8);
    let (stem, rest) = (&name[head..end], &name[end..]);
    // Possible replacements: offset in the stem, number of bytes, new letters.
    let mut found: Vec<(usize, usize, &str)> = Vec::new();
    let both_ways = SWAPS.iter().flat_map(|&(a, b)| [(a, b), (b, a)]);
    for (from, to) in both_ways.chain(ONE_WAY.iter().copied()) {
        // A replacement must not repeat letters that are already there: `sh` must not become `shh`.
        if let Some(at) = stem.find(from)
            && (from.len() > to.len()
                || !stem[at..].starts_with(to) && !stem[..at + from.len()].ends_with(to))
        {
            found.push((at, from.len(), to));
        }
    }
    let letters: Vec<(usize, char)> = stem.char_indices().collect();
    for three in letters.windows(3) {
        let (at, c) = three[1];
        if DOUBLED.contains(c) && VOWELS.contains(three[0].1) && VOWELS.contains(three[2].1) {
            found.push((at, 0, &stem[at..at + c.len_utf8()]));
        }
    }
    // If no rule applies, the last letter of the stem is doubled.
    let last = letters.last().map_or(0, |&(at, _)| at);
    let hash = xxh3_64_with_seed(&name.as_bytes()[..end], seed);
    let (at, len, to) = match found.len() {
        0 => (last, 0, &stem[last..]),
        several => found[hash as usize % several],
    };
    out.push_str(&name[..head]);
    out.push_str(&stem[..at]);
    out.push_str(to);
    out.push_str(&stem[at + len..]);
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_respelt_consistently() {
        let text = "Pashinyan left. On Monday Pashinyan met Kocharov in Yerevan, and Pashinyan spoke.";
        for seed in 0..30 {
            let out = respell(text, seed);
            let spelt: Vec<&str> = out.split([' ', '.', ',']).filter(|w| w.starts_with('P')).collect();
            assert_eq!(spelt.len(), 3, "{out}");
            assert!(spelt.iter().all(|w| *w == spelt[0] && *w != "Pashinyan"), "{out}");
            assert!(out.contains(" left. On Monday ") && out.contains(" met "), "{out}");
            assert_eq!(respell("He saw Pashinyan.", seed), format!("He saw {}.", spelt[0]));
        }
    }

    #[test]
    fn name_and_its_adjective_are_respelt_alike() {
        for seed in 0..30 {
            let out = respell("The Armenian premier left Armenia.", seed);
            let words: Vec<&str> = out.trim_end_matches('.').split(' ').collect();
            assert!(words[1].starts_with(words[4]) && words[4] != "Armenia", "{out}");
        }
    }

    #[test]
    fn every_name_gets_a_new_spelling() {
        for name in ["Xhxh", "Keph", "Bbbb", "Ковалёв", "Øyen", "Şahin", "Αθήνα"] {
            for seed in 0..20 {
                let mut out = String::new();
                variant(name, seed, &mut out);
                assert_ne!(out, name);
            }
        }
    }

    #[test]
    fn words_that_are_not_names_are_unchanged() {
        for text in ["NATO met in a hall.", "他在北京。", "وصل الوزير"] {
            assert_eq!(respell(text, 1), text);
        }
    }
}
