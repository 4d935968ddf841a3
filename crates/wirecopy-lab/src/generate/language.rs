//! The invented language: 120 English function words, 50,000 lemmas of four forms each, and any number of names.
//!
//! Frequencies follow the Zipf–Mandelbrot law, `p(r) ∝ 1 / (r + q)`. Its distribution function has a closed inverse, so
//! drawing a word takes a logarithm and an exponential, and no table. Common words are short. Every lemma has one to three
//! synonyms of about the same frequency.

use std::collections::HashSet;
use std::sync::{LazyLock, OnceLock};

use super::math::power;
use crate::perturb::WORDS;
use crate::perturb::rng::Rng;
use wirecopy_core::word_table::{self, Words};

/// Function words of English by frequency, about two in five words of a text. They make language detection recognise the
/// documents as English.
static FUNCTION_WORDS: Words = LazyLock::new(|| word_table::words(WORDS, "function word"));
/// Number of function words.
pub(super) const FUNCTION: u32 = 120;
/// Number of lemmas of content words.
pub(super) const LEMMAS: u32 = 50_000;
/// Number of forms of a lemma.
pub(super) const FORMS: u32 = 4;
/// The parameter `q` of the frequencies of lemmas.
const BEND: f64 = 25.0;
/// The parameter `q` of the frequencies of function words.
const FUNCTION_BEND: f64 = 1.5;
/// Every block of this many lemmas is divided into groups of two, three and four synonyms.
const SYNONYM_BLOCK: u32 = 9;
/// Seed of the language, which is the same for every corpus.
const SEED: u64 = 0x6c61_6e67;

const ONSETS: &[&str] = &[
    "b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "w", "k", "b", "d", "l", "m", "n",
    "p", "r", "s", "t", "br", "cl", "cr", "dr", "fl", "gr", "pl", "pr", "sh", "sp", "st", "tr", "th", "ch",
    "",
];
const NUCLEI: &[&str] = &["a", "e", "i", "o", "u", "a", "e", "i", "o", "ai", "ea", "ou"];
const CODAS: &[&str] =
    &["", "", "", "", "", "", "", "", "n", "r", "l", "s", "t", "m", "d", "nd", "st", "rt", "ck", "nt"];
const ENDINGS: [[&str; 4]; 4] =
    [["", "s", "al", "ally"], ["e", "es", "ed", "ing"], ["", "er", "ness", "ly"], ["o", "os", "ic", "ist"]];

/// All word forms, in one string.
pub(super) struct Lexicon {
    letters: String,
    ends: Vec<u32>,
}

impl Lexicon {
    /// Returns the language, which is built on first use in some tens of milliseconds.
    pub(super) fn get() -> &'static Self {
        static LEXICON: OnceLock<Lexicon> = OnceLock::new();
        LEXICON.get_or_init(Self::build)
    }

    /// Returns the letters of a word form.
    pub(super) fn word(&self, form: u32) -> &str {
        let form = form as usize % self.ends.len();
        let start = if form == 0 { 0 } else { self.ends[form - 1] as usize };
        &self.letters[start..self.ends[form] as usize]
    }

    fn build() -> Self {
        let mut rng = Rng::new(SEED);
        let mut taken: HashSet<String> = HashSet::new();
        let mut lexicon = Self { letters: String::new(), ends: Vec::new() };
        let mut stem = String::new();
        for &word in FUNCTION_WORDS.iter() {
            taken.insert(word.to_owned());
            lexicon.push(&[word]);
        }
        for lemma in 0..LEMMAS {
            loop {
                let endings = ENDINGS[rng.below(ENDINGS.len())];
                stem.clear();
                let syllables = match lemma {
                    0..12_000 => 2,
                    12_000..40_000 => 2 + rng.below(2),
                    _ => 3,
                };
                for _ in 0..syllables {
                    syllable(&mut rng, &mut stem);
                }
                let forms = endings.map(|ending| format!("{stem}{ending}"));
                if (3..=11).contains(&stem.len()) && forms.iter().all(|form| !taken.contains(form)) {
                    lexicon.push(&forms.each_ref().map(String::as_str));
                    taken.extend(forms);
                    break;
                }
            }
        }
        lexicon
    }

    fn push(&mut self, forms: &[&str]) {
        for form in forms {
            self.letters.push_str(form);
            // The string has about two megabytes, so the cast is exact.
            self.ends.push(self.letters.len() as u32);
        }
    }
}

/// Draws a function word by frequency.
pub(super) fn function_word(rng: &mut Rng) -> u32 {
    zipf(f64::from(FUNCTION), FUNCTION_BEND, rng)
}

/// Draws a lemma by frequency.
pub(super) fn lemma(rng: &mut Rng) -> u32 {
    zipf(f64::from(LEMMAS), BEND, rng)
}

/// Draws a lemma that is rare enough to be specific to one story.
pub(super) fn rare_lemma(rng: &mut Rng) -> u32 {
    (400.0 * power(f64::from(LEMMAS) / 400.0, rng.unit())) as u32 % LEMMAS
}

/// Draws a form of a lemma. The first is as frequent as the others together.
pub(super) fn form(lemma: u32, rng: &mut Rng) -> u32 {
    FUNCTION + lemma * FORMS + [0, 0, 0, 1, 2, 3][rng.below(6)]
}

/// Returns the lemma of a word form; `None` for a function word.
pub(super) fn lemma_of(form: u32) -> Option<u32> {
    form.checked_sub(FUNCTION).map(|form| form / FORMS)
}

/// Returns the same form of another lemma.
pub(super) fn in_form_of(form: u32, lemma: u32) -> u32 {
    FUNCTION + lemma * FORMS + form.saturating_sub(FUNCTION) % FORMS
}

/// Draws one of the one to three synonyms of a lemma. The relation is symmetric.
pub(super) fn synonym(lemma: u32, rng: &mut Rng) -> u32 {
    let block = lemma - lemma % SYNONYM_BLOCK;
    let (first, size) = match lemma - block {
        0..2 => (block, 2),
        2..5 => (block + 2, 3),
        _ => (block + 5, 4),
    };
    let size = size.min(LEMMAS - first);
    let step = 1 + rng.below(size.saturating_sub(1) as usize) as u32;
    first + (lemma - first + step) % size
}

/// Writes the name with this kind and number, capitalised.
pub(super) fn name(kind: u64, number: u32, out: &mut String) {
    let mut rng = Rng::of(&[SEED, kind, u64::from(number)]);
    let start = out.len();
    for _ in 0..2 + rng.below(2) {
        syllable(&mut rng, out);
    }
    // Syllables are ASCII and never empty.
    if let Some(head) = out.get_mut(start..start + 1) {
        head.make_ascii_uppercase();
    }
}

fn syllable(rng: &mut Rng, out: &mut String) {
    out.push_str(rng.pick(ONSETS, ""));
    out.push_str(rng.pick(NUCLEI, "a"));
    out.push_str(rng.pick(CODAS, ""));
}

/// Draws a rank below `ranks` with `p(r) ∝ 1 / (r + bend)`.
pub(super) fn zipf(ranks: f64, bend: f64, rng: &mut Rng) -> u32 {
    let rank = bend * power((ranks + bend) / bend, rng.unit()) - bend;
    (rank as u32).min(ranks as u32 - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_distinct() {
        let lexicon = Lexicon::get();
        assert_eq!(lexicon.ends.len() as u32, FUNCTION + LEMMAS * FORMS);
        let words: HashSet<&str> = (0..lexicon.ends.len() as u32).map(|form| lexicon.word(form)).collect();
        assert_eq!(words.len(), lexicon.ends.len());
        assert!(words.iter().all(|word| (1..=15).contains(&word.len())));
        let letters: usize = words.iter().map(|word| word.len()).sum();
        assert!((6.0..10.0).contains(&(letters as f64 / words.len() as f64)));
    }

    #[test]
    fn synonyms_are_symmetric() {
        let rng = &mut Rng::new(1);
        for lemma in (0..200).chain(LEMMAS - 20..LEMMAS) {
            let of = |lemma, rng: &mut Rng| (0..60).map(|_| synonym(lemma, rng)).collect::<HashSet<u32>>();
            let others = of(lemma, rng);
            assert!((1..=3).contains(&others.len()) && !others.contains(&lemma), "{lemma}: {others:?}");
            for other in others {
                assert!(other < LEMMAS && of(other, rng).contains(&lemma));
            }
        }
    }

    #[test]
    fn frequencies_follow_zipf() {
        let rng = &mut Rng::new(1);
        let mut seen = vec![0u32; LEMMAS as usize];
        for _ in 0..400_000 {
            seen[lemma(rng) as usize] += 1;
        }
        let within = |ranks: std::ops::Range<usize>| f64::from(seen[ranks].iter().sum::<u32>());
        // Beyond the bend, equal steps of the logarithm have equal shares.
        let ratio = within(1_000..4_000) / within(4_000..16_000);
        assert!((0.9..1.1).contains(&ratio), "{ratio}");
        assert!(seen.iter().filter(|&&n| n > 0).count() > 35_000);
    }
}
