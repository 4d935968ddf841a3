//! Writes stories: what they are about, sentence after sentence.

use super::language::{self, form, function_word, lemma, rare_lemma, zipf};
use super::math::exp;
use super::story::{Figure, Part, Sentence, Story};
use crate::perturb::rng::Rng;

/// Subject areas; stories of one share words.
const BEATS: usize = 150;
/// Words of a subject area.
const BEAT_WORDS: usize = 250;
/// Stock phrases of the language ("according to a person familiar with").
const PHRASES: f64 = 4000.0;
/// Mean of the logarithm of the length and its spread: the mean length is about 450 words.
const LENGTH: (f64, f64) = (5.97, 0.53);
const SHORTEST: f64 = 120.0;
const LONGEST: f64 = 2500.0;
/// Names there are to choose from, and how steeply the famous stand out.
const PEOPLE: (f64, f64) = (60_000.0, 40.0);
const PLACES: (f64, f64) = (8_000.0, 12.0);
const ORGANISATIONS: (f64, f64) = (12_000.0, 20.0);
const AGENCIES: usize = 8;
/// Verbs of saying: the most frequent words of meaning.
const SAYING: u32 = 6;

/// What a story is about.
pub(super) struct Composer {
    beat: u64,
    /// Words of this story, the central ones first.
    topic: Vec<u32>,
    people: Vec<u32>,
    places: Vec<u32>,
    organisations: Vec<u32>,
    agency: u32,
    /// Own stream, so that what is told next hangs on the story alone.
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

    /// A whole story.
    pub(super) fn story(mut self) -> Story {
        let rng = &mut self.rng.clone();
        let words = length(rng);
        let paragraphs = self.paragraphs(words, rng);
        let title = self.title(rng);
        self.rng = rng.clone();
        Story { title, dateline: rng.chance(0.8).then(|| (self.places[0], self.agency)), paragraphs }
    }

    /// A later story of the same matter that ends with background paragraphs of `earlier`, word for word.
    ///
    /// `self` must be made from the stream that made `earlier`, so that it knows what that was about.
    pub(super) fn follow_up(mut self, earlier: &Story, rng: &mut Rng) -> Story {
        // News has its own words: of those of the first story about a half stay.
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

    /// The form that `form` draws, filled in by `rng`: part of its sentences with other numbers and some other words,
    /// the rest new.
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

    /// Other numbers in a form's sentence, one more in place of a word now and then, and other words of the day.
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
        let mut room = 0;
        while left > 0 {
            let sentence = self.sentence(rng);
            left = left.saturating_sub(sentence.len());
            if room == 0 {
                paragraphs.push(Vec::new());
                room = 1 + rng.below(3);
            }
            room -= 1;
            if let Some(last) = paragraphs.last_mut() {
                last.push(sentence);
            }
        }
        paragraphs
    }

    /// A sentence of 6 to 40 words, 20 on average.
    pub(super) fn sentence(&self, rng: &mut Rng) -> Sentence {
        let mut left = 6 + rng.below(15) + rng.below(15);
        let mut clauses = Vec::with_capacity(3);
        while left > 0 {
            let length = (5 + rng.below(9)).min(left);
            // No clause of one or two words at the end.
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

    /// A word of meaning: the story's, the subject area's, or any.
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

/// Puts other values in place of the numbers; years stay.
fn refigure(parts: &mut [Part], rng: &mut Rng) {
    for part in parts {
        if let Part::Number(value, figure) = part
            && *figure != Figure::Year
        {
            *value = (f64::from(*value) * (0.5 + rng.unit())) as u32 + 1;
        }
    }
}

/// A number: most are small.
pub(super) fn number(rng: &mut Rng) -> Part {
    match rng.below(10) {
        0..5 => Part::Number(2 + zipf(90_000.0, 8.0, rng), Figure::Count),
        5..7 => Part::Number(1 + zipf(999.0, 60.0, rng), Figure::Percent),
        7..9 => Part::Number(5 + zipf(9_000.0, 60.0, rng), Figure::Money),
        _ => Part::Number(2024 - zipf(60.0, 4.0, rng), Figure::Year),
    }
}

/// A function word; not the one just written.
fn next_function_word(last: Option<&Part>, rng: &mut Rng) -> u32 {
    let word = function_word(rng);
    if last == Some(&Part::Word(word)) { (word + 1) % language::FUNCTION } else { word }
}

/// Two to five words that always stand together.
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

/// A lognormal length in words (the normal is a sum of twelve even numbers).
fn length(rng: &mut Rng) -> f64 {
    let (mean, spread) = LENGTH;
    let normal = (0..12).map(|_| rng.unit()).sum::<f64>() - 6.0;
    exp(mean + spread * normal).clamp(SHORTEST, LONGEST)
}
