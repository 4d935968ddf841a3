//! Imitates errors of optical character recognition.

use std::sync::LazyLock;

use super::WORDS;
use super::rng::Rng;
use wirecopy_core::word_table::{self, Pairs, Words};

/// Groups of characters that scanners confuse. For sequences of several letters, see [`PAIRS`].
static LOOK_ALIKES: Words = LazyLock::new(|| word_table::words(WORDS, "look-alikes"));

/// Letters that are merged, and letters that are split.
static PAIRS: Pairs = LazyLock::new(|| word_table::pairs(WORDS, "misreading"));

/// Adds about `rate` errors per character to `text`, except to line breaks. Returns the text and the number of errors.
///
/// Of the errors, 60 % are substitutions, 20 % losses and 20 % insertions. A lost or inserted space joins or splits words.
/// A character without a look-alike is replaced by another character of the text, so that the noise stays in its script.
pub(super) fn misread(text: &str, rate: f64, rng: &mut Rng) -> (String, usize) {
    let own: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut edits = 0;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        if matches!(c, '\n' | '\r') || !rng.chance(rate) {
            out.push(c);
        } else {
            edits += 1;
            match rng.below(10) {
                0 | 1 => {}
                2 | 3 => {
                    out.push(c);
                    out.push(inserted(c, &own, rng));
                }
                _ => taken = substitute(rest, c, &own, rng, &mut out),
            }
        }
        rest = &rest[taken..];
    }
    (out, edits)
}

/// Writes the substitute of `c`, the first character of `rest`, and returns the number of bytes that it replaces.
fn substitute(rest: &str, c: char, own: &[char], rng: &mut Rng, out: &mut String) -> usize {
    if let Some((from, to)) = PAIRS.iter().find(|(from, _)| rest.starts_with(from))
        && rng.chance(0.4)
    {
        out.push_str(to);
        return from.len();
    }
    if c.is_whitespace() {
        out.push(if rng.chance(0.5) { '.' } else { '-' });
        return c.len_utf8();
    }
    let groups: Vec<&&str> = LOOK_ALIKES.iter().filter(|group| group.contains(c)).collect();
    let pool: Vec<char> = match groups.get(rng.below(groups.len())) {
        Some(group) => group.chars().filter(|&other| other != c).collect(),
        None => (0..4)
            .filter_map(|_| own.get(rng.below(own.len())).copied())
            .filter(|&other| other != c)
            .collect(),
    };
    out.push(rng.pick(&pool, if c == '~' { '-' } else { '~' }));
    c.len_utf8()
}

fn inserted(c: char, own: &[char], rng: &mut Rng) -> char {
    match rng.below(4) {
        0 => ' ',
        1 => rng.pick(&['.', ',', '\'', '-', '_', '*'], '.'),
        2 => c,
        _ => rng.pick(own, '.'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requested_rate_of_errors_is_added() {
        let text = "The council met on Tuesday to weigh the plan of the harbour board. ".repeat(60);
        for rate in [0.01, 0.02, 0.05, 0.1] {
            let (_, edits) = misread(&text, rate, &mut Rng::new(3));
            let wanted = text.len() as f64 * rate;
            assert!((edits as f64 - wanted).abs() < 3.5 * wanted.sqrt(), "{edits} edits at {rate}");
        }
        assert_eq!(misread(&text, 0.0, &mut Rng::new(3)), (text.clone(), 0));
    }

    #[test]
    fn every_error_changes_the_text() {
        for c in ["e", "д", "ب", "मा", "未", "ก", "ß"] {
            for seed in 0..50 {
                let (out, edits) = misread(c, 1.0, &mut Rng::new(seed));
                assert!(edits > 0 && out != c, "{c} stayed with seed {seed}");
            }
        }
    }
}
