//! Replaces English news words by synonyms.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::rng::Rng;
use wirecopy_core::word_table;

/// Groups of synonyms. If a word occurs in several groups, the first one applies.
const GROUPS: &str = include_str!("../../data/synonyms.tsv");

fn table() -> &'static HashMap<&'static str, Vec<&'static str>> {
    static TABLE: OnceLock<HashMap<&str, Vec<&str>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: HashMap<&str, Vec<&str>> = HashMap::new();
        for cells in word_table::rows(GROUPS) {
            let group: Vec<&str> = cells.collect();
            for word in &group {
                let others = group.iter().copied().filter(|other| other != word).collect();
                table.entry(word).or_insert(others);
            }
        }
        table
    })
}

/// Replaces a `share` of the words in the table, and keeps initial capitals.
pub(super) fn replace(text: &str, share: f64, rng: &mut Rng) -> String {
    let table = table();
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut word = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let Some(head) = rest[..end].chars().next() else {
            // Not an ASCII letter, so it cannot be in the table: copied up to the next one.
            let end = rest.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(rest.len());
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        };
        word.clear();
        word.push_str(&rest[..end]);
        word.make_ascii_lowercase();
        let upper = end > 1 && rest[..end].bytes().all(|b| b.is_ascii_uppercase());
        match table.get(word.as_str()) {
            Some(others) if !upper && rng.chance(share) => {
                let other = rng.pick(others, "");
                let (first, tail) = other.split_at(usize::from(!other.is_empty()));
                out.push_str(&if head.is_ascii_uppercase() {
                    first.to_ascii_uppercase()
                } else {
                    first.to_owned()
                });
                out.push_str(tail);
            }
            _ => out.push_str(&rest[..end]),
        }
        rest = &rest[end..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_word_has_synonyms() {
        for (word, others) in table() {
            assert!(!others.is_empty() && !others.contains(word), "{word} has {others:?}");
        }
        assert!(table().len() > 700, "{} words", table().len());
    }

    #[test]
    fn requested_share_is_replaced() {
        let text = "The minister announced new talks. ".repeat(200);
        let known = 200 * 4;
        for share in [0.2, 0.5, 1.0] {
            let out = replace(&text, share, &mut Rng::new(5));
            let kept = ["minister", "announced", "new", "talks"]
                .iter()
                .map(|w| out.matches(w).count())
                .sum::<usize>();
            let replaced = (known - kept) as f64 / known as f64;
            assert!((replaced - share).abs() < 0.06, "{replaced} for {share}");
        }
    }

    #[test]
    fn initial_capitals_are_kept_and_unknown_words_unchanged() {
        let out = replace("Officials in ROAD 3 sagten: “дорога”.", 1.0, &mut Rng::new(1));
        assert_eq!(out, "Functionaries in ROAD 3 sagten: “дорога”.");
        assert_eq!(replace("said", 0.0, &mut Rng::new(1)), "said");
    }
}
