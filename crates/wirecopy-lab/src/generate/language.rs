//! The invented language: 120 English function words, 50,000 lemmas of four forms each, names without end.
//!
//! Frequencies follow Zipf and Mandelbrot, `p(r) ∝ 1 / (r + q)`, whose distribution function has a closed inverse: a
//! word costs a logarithm and an exponential and no table. Common words are short. Every lemma has one to three synonyms
//! of about its own frequency.

use std::collections::HashSet;
use std::sync::{LazyLock, OnceLock};

use super::math::power;
use crate::perturb::WORDS;
use crate::perturb::rng::Rng;
use wirecopy_core::table::{self, Words};

/// Words like "the" and "of": two in five of a text. They are English, by their frequency, so that the documents are of a
/// language that programs know, as news is.
static FUNCTION_WORDS: Words = LazyLock::new(|| table::words(WORDS, "function word"));
/// How many those are.
pub(super) const FUNCTION: u32 = 120;
/// Words of meaning.
pub(super) const LEMMAS: u32 = 50_000;
/// Forms of a lemma.
pub(super) const FORMS: u32 = 4;
/// Where Mandelbrot's curve bends.
const BEND: f64 = 25.0;
const FUNCTION_BEND: f64 = 1.5;
/// Synonyms lie in one run of this many lemmas, cut in groups of two, three and four.
const RUN: u32 = 9;
/// Seed of the language. It is one language, whatever the corpus.
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

/// The word forms, in one string.
pub(super) struct Lexicon {
    letters: String,
    ends: Vec<u32>,
}

impl Lexicon {
    /// The language, built at first use in some tens of milliseconds.
    pub(super) fn get() -> &'static Self {
        static LEXICON: OnceLock<Lexicon> = OnceLock::new();
        LEXICON.get_or_init(Self::build)
    }

    /// The letters of a word form.
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
            // Two megabytes.
            self.ends.push(self.letters.len() as u32);
        }
    }
}

/// A function word by its frequency.
pub(super) fn function_word(rng: &mut Rng) -> u32 {
    zipf(f64::from(FUNCTION), FUNCTION_BEND, rng)
}

/// A lemma by its frequency.
pub(super) fn lemma(rng: &mut Rng) -> u32 {
    zipf(f64::from(LEMMAS), BEND, rng)
}

/// A lemma rare enough to be of one story rather than of the language.
pub(super) fn rare_lemma(rng: &mut Rng) -> u32 {
    (400.0 * power(f64::from(LEMMAS) / 400.0, rng.unit())) as u32 % LEMMAS
}

/// One of a lemma's forms; the first is as frequent as the others together.
pub(super) fn form(lemma: u32, rng: &mut Rng) -> u32 {
    FUNCTION + lemma * FORMS + [0, 0, 0, 1, 2, 3][rng.below(6)]
}

/// The lemma of a word form, unless it is a function word.
pub(super) fn lemma_of(form: u32) -> Option<u32> {
    form.checked_sub(FUNCTION).map(|form| form / FORMS)
}

/// The same form of another lemma.
pub(super) fn in_form_of(form: u32, lemma: u32) -> u32 {
    FUNCTION + lemma * FORMS + form.saturating_sub(FUNCTION) % FORMS
}

/// A word that means the same as the lemma: there are one to three, and the relation goes both ways.
pub(super) fn synonym(lemma: u32, rng: &mut Rng) -> u32 {
    let run = lemma - lemma % RUN;
    let (first, size) = match lemma - run {
        0..2 => (run, 2),
        2..5 => (run + 2, 3),
        _ => (run + 5, 4),
    };
    let size = size.min(LEMMAS - first);
    let step = 1 + rng.below(size.saturating_sub(1) as usize) as u32;
    first + (lemma - first + step) % size
}

/// A word with a capital: what a name of that number is called.
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

/// A rank below `ranks` with `p(r) ∝ 1 / (r + bend)`.
pub(super) fn zipf(ranks: f64, bend: f64, rng: &mut Rng) -> u32 {
    let rank = bend * power((ranks + bend) / bend, rng.unit()) - bend;
    (rank as u32).min(ranks as u32 - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_thousand_different_words() {
        let lexicon = Lexicon::get();
        assert_eq!(lexicon.ends.len() as u32, FUNCTION + LEMMAS * FORMS);
        let words: HashSet<&str> = (0..lexicon.ends.len() as u32).map(|form| lexicon.word(form)).collect();
        assert_eq!(words.len(), lexicon.ends.len());
        assert!(words.iter().all(|word| (1..=15).contains(&word.len())));
        let letters: usize = words.iter().map(|word| word.len()).sum();
        assert!((6.0..10.0).contains(&(letters as f64 / words.len() as f64)));
    }

    #[test]
    fn synonyms_go_both_ways() {
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
    fn frequencies_fall_off_as_zipf_says() {
        let rng = &mut Rng::new(1);
        let mut seen = vec![0u32; LEMMAS as usize];
        for _ in 0..400_000 {
            seen[lemma(rng) as usize] += 1;
        }
        let within = |ranks: std::ops::Range<usize>| f64::from(seen[ranks].iter().sum::<u32>());
        // Equal steps of the logarithm hold equal shares beyond the bend.
        let ratio = within(1_000..4_000) / within(4_000..16_000);
        assert!((0.9..1.1).contains(&ratio), "{ratio}");
        assert!(seen.iter().filter(|&&n| n > 0).count() > 35_000);
    }
}
