//! Names as another desk would transliterate them.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Letters that transliterations of one name differ in; each holds in both directions.
const SWAPS: &[(&str, &str)] = &[
    // Latin
    ("sh", "s"),
    ("ch", "tch"),
    ("kh", "h"),
    ("zh", "j"),
    ("ph", "f"),
    ("ck", "k"),
    ("ou", "u"),
    ("oo", "u"),
    ("ee", "i"),
    ("ai", "ay"),
    ("ei", "ey"),
    ("iy", "y"),
    ("ya", "ia"),
    ("yu", "iu"),
    ("ye", "e"),
    ("ks", "x"),
    ("qu", "k"),
    ("gh", "g"),
    ("th", "t"),
    ("dj", "j"),
    ("ts", "tz"),
    ("w", "v"),
    ("c", "k"),
    ("y", "i"),
    ("q", "k"),
    ("o", "u"),
    ("ä", "ae"),
    ("ö", "oe"),
    ("ü", "ue"),
    ("ll", "l"),
    ("nn", "n"),
    ("ss", "s"),
    ("tt", "t"),
    ("ff", "f"),
    ("rr", "r"),
    ("mm", "m"),
    // Cyrillic
    ("э", "е"),
    ("ей", "эй"),
    ("ья", "ия"),
    ("ё", "е"),
    ("ый", "ий"),
    ("х", "г"),
    ("дж", "ж"),
    ("нн", "н"),
    ("лл", "л"),
    ("сс", "с"),
    ("тт", "т"),
    ("о", "а"),
    // Greek
    ("ου", "υ"),
    ("ει", "ι"),
    ("λλ", "λ"),
];

/// Letters that a speller doubles.
const DOUBLED: &str = "lnstfrmлнсткмλσ";

/// Shortest word that is taken for a name; shorter ones are mostly articles and months' abbreviations.
const SHORTEST: usize = 4;

/// `text` with its names respelt.
///
/// A name is a word with one capital, at its head, that stands somewhere without a sentence beginning there. Its new
/// spelling hangs on the word and the seed alone: all through the text, and in another text of the same seed, a name is
/// spelt the same way. Scripts without capitals have no names here.
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
        // The word is a slice of the text, so that its place is the difference of the two addresses.
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

/// Calls `each` with every run of letters, and whether it stands inside a sentence.
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
        && word.chars().count() >= SHORTEST
}

/// Writes another spelling of `name`. The first letter stays.
fn variant(name: &str, seed: u64, out: &mut String) {
    let hash = xxh3_64_with_seed(name.as_bytes(), seed);
    let head = name.chars().next().map_or(0, char::len_utf8);
    let tail = &name[head..];
    let mut found: Vec<(usize, &str, &str)> = Vec::new();
    for &(a, b) in SWAPS {
        for (from, to) in [(a, b), (b, a)] {
            // Where one side begins or ends like the other, `sh` must not become `shh`.
            if let Some(at) = tail.find(from)
                && !tail[at..].starts_with(to)
                && !tail[..at + from.len()].ends_with(to)
            {
                found.push((at, from, to));
            } else if let Some(at) = tail.find(from)
                && from.len() > to.len()
            {
                found.push((at, from, to));
            }
        }
    }
    out.push_str(&name[..head]);
    if let Some(&(at, from, to)) = found.get(hash as usize % found.len().max(1)) {
        out.push_str(&tail[..at]);
        out.push_str(to);
        out.push_str(&tail[at + from.len()..]);
        return;
    }
    let doubled =
        tail.char_indices().find(|&(_, c)| DOUBLED.contains(c)).or_else(|| tail.char_indices().last());
    let (at, c) = doubled.unwrap_or((0, 'h'));
    out.push_str(&tail[..at]);
    out.push(c);
    out.push_str(&tail[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_spelt_one_way_all_through() {
        let text = "Pashinyan left. On Monday Pashinyan met Kocharov in Yerevan, and Pashinyan spoke.";
        for seed in 0..30 {
            let out = respell(text, seed);
            let spelt: Vec<&str> = out.split([' ', '.', ',']).filter(|w| w.starts_with('P')).collect();
            assert_eq!(spelt.len(), 3, "{out}");
            assert!(spelt.iter().all(|w| *w == spelt[0] && *w != "Pashinyan"), "{out}");
            assert!(out.contains(" left. On ") && out.contains(" met "), "{out}");
            assert_eq!(respell("He saw Pashinyan.", seed), format!("He saw {}.", spelt[0]));
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
    fn words_without_capitals_stay() {
        for text in ["NATO met in a hall.", "他在北京。", "وصل الوزير"] {
            assert_eq!(respell(text, 1), text);
        }
    }
}
