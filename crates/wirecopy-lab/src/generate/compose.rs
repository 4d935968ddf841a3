//! Composes stories from a subject and a vocabulary.

use super::language::{self, form, function_word, lemma, rare_lemma, zipf};
use super::math::exp;
use super::story::{Figure, Part, Sentence, Story};
use crate::perturb::rng::Rng;

/// Number of subject areas. Stories on one subject share words.
const BEATS: usize = 150;
/// Number of words of a subject area.
const BEAT_WORDS: usize = 250;
/// Number of stock phrases ("according to a person familiar with").
const PHRASES: f64 = 4000.0;
/// Mean and standard deviation of the logarithm of the length. The mean length is about 450 words.
const LENGTH: (f64, f64) = (5.97, 0.53);
/// Minimum length in words.
const MIN_LENGTH: f64 = 120.0;
/// Maximum length in words.
const MAX_LENGTH: f64 = 2500.0;
// Number of names of each kind, and the bend of their Zipf–Mandelbrot distribution.
const PEOPLE: (f64, f64) = (60_000.0, 40.0);
const PLACES: (f64, f64) = (8_000.0, 12.0);
const ORGANISATIONS: (f64, f64) = (12_000.0, 20.0);
const AGENCIES: usize = 8;
/// Number of verbs of saying, which are the most frequent content words.
const SAYING: u32 = 6;

/// Composes a story, and knows its subject and names.
pub(super) struct Composer {
    beat: u64,
    /// Words of this story, central ones first.
    topic: Vec<u32>,
    people: Vec<u32>,
    places: Vec<u32>,
    organisations: Vec<u32>,
    agency: u32,
    /// A separate stream, so that the text depends on the story alone.
    rng: Rng,
}

impl Composer {
    pub(super) fn new(rng: &mut Rng) -> Self {
        let several = |low: usize, span: usize, (names, bend): (f64, f64), rng: &mut Rng| -> Vec<u32> {
            (0..low + rng.below(span)).map(|_| zipf(names, bend, rng)).collect()
        };
        Self {
            beat: rng.below(BEATS) as u64,
            topic: (0..50 + rng.below(40)).map(|_| rare_lemma(rng)).collect(),
            people: several(1, 5, PEOPLE, rng),
            places: several(1, 4, PLACES, rng),
            organisations: several(1, 3, ORGANISATIONS, rng),
            agency: rng.below(AGENCIES) as u32,
            rng: Rng::new(rng.bits()),
        }
    }

    /// Composes a story.
    pub(super) fn story(mut self) -> Story {
        let rng = &mut self.rng.clone();
        let words = length(rng);
        let paragraphs = self.paragraphs(words, rng);
        let title = self.title(rng);
        self.rng = rng.clone();
        Story { title, dateline: rng.chance(0.8).then(|| (self.places[0], self.agency)), paragraphs }
    }

    /// Composes a later story on the same subject, which ends with verbatim background paragraphs of `earlier`.
    ///
    /// `self` must be created from the same stream as `earlier`, so that both have the same subject.
    pub(super) fn follow_up(mut self, earlier: &Story, rng: &mut Rng) -> Story {
        // About half of the words of the first story are kept; the others belong to the new development.
        for lemma in &mut self.topic {
            if rng.chance(0.5) {
                *lemma = rare_lemma(rng);
            }
        }
        if rng.chance(0.7) {
            self.people.push(zipf(PEOPLE.0, PEOPLE.1, rng));
        }
        let mut paragraphs = self.paragraphs(length(rng), rng);
        let count = (1 + rng.below(3)).min(earlier.paragraphs.len() / 2);
        let last = earlier.paragraphs.len() - count;
        let from = last - usize::from(last > 1 && rng.chance(0.5));
        let at = paragraphs.len() - rng.below(2).min(paragraphs.len() - 1);
        paragraphs.splice(at..at, earlier.paragraphs[from..from + count].iter().cloned());
        let title = self.title(rng);
        Story { title, dateline: Some((self.places[0], self.agency)), paragraphs }
    }

    /// Fills in a template, which depends on `form` alone. `rng` fills some of its sentences with other numbers and words, and
    /// replaces the rest.
    pub(super) fn form(mut self, form: &mut Rng, rng: &mut Rng) -> Story {
        let words = 150.0 + 250.0 * form.unit();
        let mut paragraphs = self.paragraphs(words, form);
        let title = self.title(form);
        let kept = 0.45 + 0.4 * form.unit();
        if rng.chance(0.5) {
            self.people[0] = zipf(PEOPLE.0, PEOPLE.1, rng);
            self.organisations[0] = zipf(ORGANISATIONS.0, ORGANISATIONS.1, rng);
        }
        for lemma in &mut self.topic {
            if rng.chance(0.4) {
                *lemma = rare_lemma(rng);
            }
        }
        for sentence in paragraphs.iter_mut().flatten() {
            if rng.chance(kept) {
                self.fill_in(sentence, rng);
            } else {
                *sentence = self.sentence(rng);
            }
        }
        let mut story = Story { title, dateline: Some((self.places[0], self.agency)), paragraphs };
        refigure(&mut story.title, rng);
        story
    }

    /// Changes the numbers and some words of a sentence of a template.
    fn fill_in(&self, sentence: &mut Sentence, rng: &mut Rng) {
        for clause in &mut sentence.clauses {
            refigure(clause, rng);
            for part in clause {
                if let Part::Word(_) = part {
                    if rng.chance(0.03) {
                        *part = number(rng);
                    } else if rng.chance(0.05) {
                        *part = self.content(rng);
                    }
                }
            }
        }
    }

    fn paragraphs(&self, words: f64, rng: &mut Rng) -> Vec<Vec<Sentence>> {
        let mut paragraphs: Vec<Vec<Sentence>> = Vec::new();
        let mut left = words as usize;
        let mut in_paragraph = 0;
        while left > 0 {
            let sentence = self.sentence(rng);
            left = left.saturating_sub(sentence.len());
            if in_paragraph == 0 {
                paragraphs.push(Vec::new());
                in_paragraph = 1 + rng.below(3);
            }
            in_paragraph -= 1;
            if let Some(last) = paragraphs.last_mut() {
                last.push(sentence);
            }
        }
        paragraphs
    }

    /// Composes a sentence of 6 to 40 words, 20 on average.
    pub(super) fn sentence(&self, rng: &mut Rng) -> Sentence {
        let mut left = 6 + rng.below(15) + rng.below(15);
        let mut clauses = Vec::with_capacity(3);
        while left > 0 {
            let length = (5 + rng.below(9)).min(left);
            // Avoids a last clause of one or two words.
            let length = if left - length < 3 { left } else { length };
            clauses.push(self.clause(length, rng));
            left -= length;
        }
        let quote = rng.chance(0.15).then(|| {
            (
                rng.pick(&self.people, 0),
                language::FUNCTION + zipf(f64::from(SAYING), 1.0, rng) * language::FORMS,
            )
        });
        Sentence { clauses, quote }
    }

    fn clause(&self, length: usize, rng: &mut Rng) -> Vec<Part> {
        let mut parts = Vec::with_capacity(length + 4);
        let mut after_function = false;
        while parts.len() < length {
            if rng.chance(0.06) {
                phrase(rng, &mut parts);
                after_function = false;
                continue;
            }
            let function = rng.chance(if after_function { 0.25 } else { 0.62 });
            parts.push(match rng.below(100) {
                _ if function => Part::Word(next_function_word(parts.last(), rng)),
                0..4 => Part::Surname(rng.pick(&self.people, 0)),
                4..6 => Part::Person(rng.pick(&self.people, 0)),
                6..10 => Part::Place(rng.pick(&self.places, 0)),
                10..13 => Part::Organisation(rng.pick(&self.organisations, 0)),
                13..18 => number(rng),
                _ => self.content(rng),
            });
            after_function = function;
        }
        parts
    }

    /// Draws a content word of the story, of its subject area, or of the whole language.
    fn content(&self, rng: &mut Rng) -> Part {
        let lemma = match rng.below(100) {
            0..40 => {
                let nth = zipf(self.topic.len() as f64, 6.0, rng);
                self.topic[nth as usize]
            }
            40..60 => {
                let nth = zipf(BEAT_WORDS as f64, 15.0, rng);
                rare_lemma(&mut Rng::of(&[self.beat, u64::from(nth)]))
            }
            _ => lemma(rng),
        };
        Part::Word(form(lemma, rng))
    }

    fn title(&self, rng: &mut Rng) -> Vec<Part> {
        let mut parts = vec![if rng.chance(0.5) {
            Part::Surname(self.people[0])
        } else {
            Part::Organisation(self.organisations[0])
        }];
        for nth in 0..4 + rng.below(5) {
            parts.push(if nth % 3 == 2 { Part::Word(function_word(rng)) } else { self.content(rng) });
        }
        if rng.chance(0.3) {
            parts.push(number(rng));
        }
        parts
    }
}

/// Changes all numbers except years.
fn refigure(parts: &mut [Part], rng: &mut Rng) {
    for part in parts {
        if let Part::Number(value, figure) = part
            && *figure != Figure::Year
        {
            *value = (f64::from(*value) * (0.5 + rng.unit())) as u32 + 1;
        }
    }
}

/// Draws a number. Most are small.
pub(super) fn number(rng: &mut Rng) -> Part {
    match rng.below(10) {
        0..5 => Part::Number(2 + zipf(90_000.0, 8.0, rng), Figure::Count),
        5..7 => Part::Number(1 + zipf(999.0, 60.0, rng), Figure::Percent),
        7..9 => Part::Number(5 + zipf(9_000.0, 60.0, rng), Figure::Money),
        _ => Part::Number(2024 - zipf(60.0, 4.0, rng), Figure::Year),
    }
}

/// Draws a function word that differs from the previous word.
fn next_function_word(last: Option<&Part>, rng: &mut Rng) -> u32 {
    let word = function_word(rng);
    if last == Some(&Part::Word(word)) { (word + 1) % language::FUNCTION } else { word }
}

/// Adds a stock phrase of two to five words.
fn phrase(rng: &mut Rng, parts: &mut Vec<Part>) {
    let nth = zipf(PHRASES, 4.0, rng);
    let mut fixed = Rng::of(&[0x7068_7261, u64::from(nth)]);
    for at in 0..2 + fixed.below(4) {
        parts.push(if at % 2 == 0 {
            Part::Word(function_word(&mut fixed))
        } else {
            let lemma = lemma(&mut fixed);
            Part::Word(form(lemma, &mut fixed))
        });
    }
}

/// Draws a lognormal length in words. The normal variable is approximated by the sum of twelve uniform ones.
fn length(rng: &mut Rng) -> f64 {
    let (mean, spread) = LENGTH;
    let normal = (0..12).map(|_| rng.unit()).sum::<f64>() - 6.0;
    exp(mean + spread * normal).clamp(MIN_LENGTH, MAX_LENGTH)
}
