//! Renders a story as text.

use std::fmt::Write;

use super::language::{Lexicon, name};
use super::story::{Figure, Part, Sentence, Story};

// Kinds of names. The same number gives a different name in each.
const FIRST: u64 = 1;
const SURNAME: u64 = 2;
const PLACE: u64 = 3;
const ORGANISATION: u64 = 4;
const AGENCY: u64 = 5;
/// Second word of an organisation's name, like "Bank" or "Motors".
const BRANCH: u64 = 6;
/// Number of different first names.
const FIRST_NAMES: u32 = 1500;

/// Renders stories with a reusable buffer.
#[derive(Default)]
pub(super) struct Renderer {
    out: String,
}

impl Renderer {
    /// Renders the headline.
    pub(super) fn title(&mut self, story: &Story) -> String {
        self.out.clear();
        self.parts(&story.title, true);
        self.out.clone()
    }

    /// Renders the text as paragraphs separated by blank lines.
    pub(super) fn text(&mut self, story: &Story) -> String {
        self.out.clear();
        self.out.reserve(story.len() * 8);
        if let Some((place, agency)) = story.dateline {
            let start = self.out.len();
            name(PLACE, place, &mut self.out);
            self.out[start..].make_ascii_uppercase();
            self.out.push_str(" (");
            name(AGENCY, agency, &mut self.out);
            self.out.push_str(") - ");
        }
        for (nth, paragraph) in story.paragraphs.iter().enumerate() {
            if nth > 0 {
                self.out.push_str("\n\n");
            }
            for (nth, sentence) in paragraph.iter().enumerate() {
                if nth > 0 {
                    self.out.push(' ');
                }
                self.sentence(sentence);
            }
        }
        std::mem::take(&mut self.out)
    }

    fn sentence(&mut self, sentence: &Sentence) {
        if sentence.quote.is_some() {
            self.out.push('“');
        }
        for (nth, clause) in sentence.clauses.iter().enumerate() {
            if nth > 0 {
                self.out.push_str(", ");
            }
            self.parts(clause, nth == 0);
        }
        let Some((speaker, verb)) = sentence.quote else {
            self.out.push('.');
            return;
        };
        self.out.push_str(",” ");
        self.out.push_str(Lexicon::get().word(verb));
        self.out.push(' ');
        self.part(Part::Surname(speaker));
        self.out.push('.');
    }

    fn parts(&mut self, parts: &[Part], capital: bool) {
        let start = self.out.len();
        for (nth, &part) in parts.iter().enumerate() {
            if nth > 0 {
                self.out.push(' ');
            }
            self.part(part);
        }
        if let Some(head) = self.out.get_mut(start..start + 1)
            && capital
        {
            head.make_ascii_uppercase();
        }
    }

    fn part(&mut self, part: Part) {
        let out = &mut self.out;
        match part {
            Part::Word(form) => out.push_str(Lexicon::get().word(form)),
            Part::Person(number) => {
                name(FIRST, number % FIRST_NAMES, out);
                out.push(' ');
                name(SURNAME, number, out);
            }
            Part::Surname(number) => name(SURNAME, number, out),
            Part::Place(number) => name(PLACE, number, out),
            Part::Organisation(number) => {
                name(ORGANISATION, number, out);
                out.push(' ');
                name(BRANCH, number % 40, out);
            }
            Part::Number(value, figure) => {
                // Writing to a string cannot fail.
                let _ = match figure {
                    Figure::Count if value >= 1000 => write!(out, "{},{:03}", value / 1000, value % 1000),
                    Figure::Count | Figure::Year => write!(out, "{value}"),
                    Figure::Percent => write!(out, "{}.{}%", value / 10, value % 10),
                    Figure::Money => write!(out, "${}.{} million", value / 10, value % 10),
                };
            }
        }
    }
}
