//! Generates a corpus of invented news of any size, with known families, for `bench --generate` and for measurements.
//!
//! Real news cannot be shipped with a program, and a benchmark on random words is meaningless: posting lists, buckets and
//! candidates depend on the distribution of word frequencies and on how much unrelated stories share. The documents are
//! therefore written in an invented language with realistic statistics: the function words of English and 200,000 word forms
//! with Zipf–Mandelbrot frequencies, stock phrases, subject areas, stories with words and names of their own, quotes,
//! numbers, datelines, lognormal lengths, and sites that add boilerplate.
//!
//! The corpus contains families of every relation, and documents that must not be grouped: templates that an agency fills in
//! on several days, follow-ups that repeat background paragraphs, and unrelated stories with the same boilerplate. Every
//! document depends only on the seed and its number, so threads can generate them in any order, and memory is four bytes
//! per family. A seed gives the same corpus on every machine.
//!
//! ```
//! use wirecopy_lab::generate::{Generator, GeneratorConfig};
//!
//! let generator = Generator::new(GeneratorConfig { documents: 100, seed: 1 });
//! assert_eq!(generator.iter().count(), 100);
//! assert_eq!(generator.document(7), generator.document(7));
//! ```

mod compose;
mod edit;
mod language;
mod math;
mod plan;
mod render;
mod story;

use serde::{Deserialize, Serialize};

use crate::perturb::boilerplate::Site;
use crate::perturb::rng::Rng;
use compose::Composer;
use plan::Plan;
use render::Renderer;
use story::Story;

/// Size and seed of a corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GeneratorConfig {
    /// Number of documents.
    pub documents: u32,
    /// The seed. Corpora with different seeds share the language and the statistics.
    pub seed: u64,
}

/// The relation of a generated document to the original of its family, or to the document that it imitates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Derivation {
    /// The dispatch itself. Most have no copies.
    Original,
    /// The same words, with other boilerplate.
    Identical,
    /// A near-verbatim copy: a few words, the dateline or the last paragraphs differ.
    Copy,
    /// The beginning of the dispatch.
    Excerpt,
    /// The same sentences, reworded.
    Rewrite,
    /// Another family: the same template filled in on another day.
    Template,
    /// Another family: a new story that repeats background paragraphs.
    FollowUp,
}

/// A generated document with its gold label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generated {
    /// Unique id: `d` and the number.
    pub id: String,
    /// Headline.
    pub title: String,
    /// Day of publication, `2024-03-05`.
    pub date: String,
    /// The publishing site.
    pub source: String,
    /// Paragraphs separated by blank lines, boilerplate included.
    pub text: String,
    /// Number of the family. Documents of one dispatch share it.
    pub family: u32,
    /// Derivation to the original of the family.
    pub relation: Derivation,
    /// For a template or a follow-up, the family that it resembles but does not belong to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub near: Option<u32>,
}

/// Share of the documents with boilerplate.
const WITH_BOILERPLATE: f64 = 0.7;
/// Days from the first to the last dispatch, for the smallest and the largest corpora.
const DAYS: (u32, u32) = (60, 1461);
/// Documents per day, between those limits.
const PER_DAY: u32 = 500;

/// What a random stream is used for. It is part of the seed, so that no two streams are equal.
#[derive(Clone, Copy)]
enum Purpose {
    Story = 1,
    Day,
    Member,
    Page,
    Form,
}

/// Generates the documents of one corpus, in any order.
#[derive(Debug)]
pub struct Generator {
    config: GeneratorConfig,
    plan: Plan,
    sites: Vec<Site>,
    days: u32,
}

impl Generator {
    /// Lays out the families. Documents are generated on demand.
    pub fn new(config: GeneratorConfig) -> Self {
        let sites = (config.documents / 200).clamp(8, 400);
        Self {
            config,
            plan: Plan::new(config.documents, config.seed),
            sites: (0..u64::from(sites)).map(|number| Site::new(number ^ config.seed)).collect(),
            days: (config.documents / PER_DAY).clamp(DAYS.0, DAYS.1),
        }
    }

    /// Returns the number of documents.
    pub fn len(&self) -> u32 {
        self.config.documents
    }

    /// Returns whether there are no documents.
    pub fn is_empty(&self) -> bool {
        self.config.documents == 0
    }

    /// Iterates over all documents by number. Members of a family are scattered.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Generated> + '_ {
        (0..self.config.documents).map(|number| self.document(number))
    }

    /// Generates the document of a number below [`len`](Self::len); larger numbers wrap around. Takes about 85 µs on one
    /// core. The first call also builds the language, in half a second.
    pub fn document(&self, number: u32) -> Generated {
        let slot = self.plan.slot(number);
        let made = self.make(slot);
        let page = &mut self.rng(Purpose::Page, slot);
        let site = self.site(page);
        let mut renderer = Renderer::default();
        let mut text = renderer.text(&made.story);
        if page.chance(WITH_BOILERPLATE) {
            let blocks = 2 + site % 7;
            text = self.sites[site].add_boilerplate(&text, blocks, page);
        }
        Generated {
            id: format!("d{number:07}"),
            title: renderer.title(&made.story),
            date: date(made.day),
            source: format!("site{site:03}.example"),
            text,
            family: made.family,
            relation: made.relation,
            near: made.near,
        }
    }

    /// Draws a site. The numbers of documents per site follow Zipf's law.
    fn site(&self, page: &mut Rng) -> usize {
        let sites = self.sites.len() as f64;
        (math::power(sites + 1.0, page.unit()) as usize).saturating_sub(1).min(self.sites.len() - 1)
    }

    fn rng(&self, purpose: Purpose, slot: u32) -> Rng {
        Rng::of(&[self.config.seed, purpose as u64, u64::from(slot)])
    }

    /// Generates the story of a slot, before it is rendered and given boilerplate.
    fn make(&self, slot: u32) -> Made {
        let (group, place) = self.plan.group(slot);
        let head = group.start;
        let rng = &mut self.rng(Purpose::Member, slot);
        let day = self.rng(Purpose::Day, head).below(self.days as usize) as u32;
        if group.template {
            let form = &mut self.rng(Purpose::Form, head);
            let story = Composer::new(form).form(form, rng);
            let near = (slot != head).then_some(head);
            return Made { story, day: day + 7 * place, family: slot, relation: Derivation::Template, near };
        }
        let original = || Composer::new(&mut self.rng(Purpose::Story, head)).story();
        let own = |story, day, relation| Made { story, day, family: head, relation, near: None };
        if place == 0 {
            return own(original(), day, Derivation::Original);
        }
        let later = day + [0, 0, 0, 1, 1, 2][rng.below(6)];
        match plan::relation(rng) {
            Derivation::Identical => own(original(), later, Derivation::Identical),
            Derivation::Copy => own(edit::copy(&original(), rng), later, Derivation::Copy),
            Derivation::Excerpt => own(edit::excerpt(&original(), rng), later, Derivation::Excerpt),
            Derivation::FollowUp => {
                let earlier = &mut self.rng(Purpose::Story, head);
                let story = Composer::new(earlier).follow_up(&original(), rng);
                let day = day + 1 + rng.below(6) as u32;
                Made { story, day, family: slot, relation: Derivation::FollowUp, near: Some(head) }
            }
            _ => own(edit::rewrite(&original(), rng), later, Derivation::Rewrite),
        }
    }
}

/// A story with its gold label.
struct Made {
    story: Story,
    day: u32,
    family: u32,
    relation: Derivation,
    near: Option<u32>,
}

/// Formats a day, counted from the beginning of 2024, as a date.
fn date(day: u32) -> String {
    use jiff::ToSpan;
    jiff::civil::date(2024, 1, 1).saturating_add(i64::from(day).days()).to_string()
}

#[cfg(test)]
mod tests;
