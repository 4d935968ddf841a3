//! A corpus of invented news with known families, of any size, for `bench --generate` and for measuring.
//!
//! Real news cannot be shipped with a program, and a benchmark on random words says nothing: posting lists, buckets and
//! candidates depend on how word frequencies fall off and on how much unrelated stories share. So the documents are
//! written in an invented language that has what matters: the function words of English and 200,000 word forms with
//! Zipf–Mandelbrot frequencies, stock phrases, subject areas, stories with words and names of their own, quotes, numbers, datelines, lognormal lengths,
//! and sites that put their boilerplate around it.
//!
//! Families of every relation are planted, and next to them what must not be grouped: the agency's form filled in on
//! other days, follow-ups that repeat background paragraphs, and unrelated stories under the same boilerplate. Every
//! document hangs on the seed and its number alone, so that threads can make them in any order, and a corpus of millions
//! needs four bytes of memory a family. The seed means the same corpus on every machine.
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

/// What corpus to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GeneratorConfig {
    /// Returns the number of documents.
    pub documents: u32,
    /// Two seeds give two corpora of the same language and statistics.
    pub seed: u64,
}

/// What a generated document is to the head of its family, or to the document it was made to resemble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The dispatch itself; most have no copies.
    Original,
    /// The same words, under other boilerplate.
    Identical,
    /// A few words, a dateline or the last paragraphs differ.
    Copy,
    /// The beginning only.
    Excerpt,
    /// The same sentences in other words.
    Rewrite,
    /// Not of the family: the same form filled in on another day.
    Template,
    /// Not of the family: a new story that repeats its background paragraphs.
    FollowUp,
}

/// One document of a generated corpus, with its gold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generated {
    /// Unique name: `d` and the number.
    pub id: String,
    /// Headline.
    pub title: String,
    /// Day of publication, `2024-03-05`.
    pub date: String,
    /// The publishing site.
    pub source: String,
    /// Paragraphs separated by blank lines, boilerplate included.
    pub text: String,
    /// Documents of one dispatch have the same number.
    pub family: u32,
    /// How it came from the head of its family.
    pub relation: Relation,
    /// For a template or a follow-up, the family it resembles and does not belong to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub near: Option<u32>,
}

/// Share of the documents that carry boilerplate.
const FURNISHED: f64 = 0.7;
/// Days from the first to the last dispatch, for small and for large corpora.
const DAYS: (u32, u32) = (60, 1461);
/// Dispatches a day, while the days last.
const A_DAY: u32 = 500;

/// What the numbers that seed a stream are for, so that no two streams are the same.
#[derive(Clone, Copy)]
enum Purpose {
    Story = 1,
    Day,
    Member,
    Page,
    Form,
}

/// Makes the documents of one corpus, in any order.
#[derive(Debug)]
pub struct Generator {
    config: GeneratorConfig,
    plan: Plan,
    sites: Vec<Site>,
    days: u32,
}

impl Generator {
    /// Lays out the families; the documents are made when asked for.
    pub fn new(config: GeneratorConfig) -> Self {
        let sites = (config.documents / 200).clamp(8, 400);
        Self {
            config,
            plan: Plan::new(config.documents, config.seed),
            sites: (0..u64::from(sites)).map(|number| Site::new(number ^ config.seed)).collect(),
            days: (config.documents / A_DAY).clamp(DAYS.0, DAYS.1),
        }
    }

    /// How many documents there are.
    pub fn len(&self) -> u32 {
        self.config.documents
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.config.documents == 0
    }

    /// All documents in order of their numbers. Families lie scattered.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Generated> + '_ {
        (0..self.config.documents).map(|number| self.document(number))
    }

    /// The document of a number below [`len`](Self::len); numbers beyond wrap around. Takes about 85 µs on one
    /// core, half of it for the story and half for rendering it; the language is built at the first, in half a second.
    pub fn document(&self, number: u32) -> Generated {
        let slot = self.plan.slot(number);
        let made = self.make(slot);
        let page = &mut self.rng(Purpose::Page, slot);
        let site = self.site(page);
        let mut renderer = Renderer::default();
        let mut text = renderer.text(&made.story);
        if page.chance(FURNISHED) {
            let blocks = 2 + site % 7;
            text = self.sites[site].furnish(&text, blocks, page);
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

    /// Big sites publish more: Zipf's law again.
    fn site(&self, page: &mut Rng) -> usize {
        let sites = self.sites.len() as f64;
        (math::power(sites + 1.0, page.unit()) as usize).saturating_sub(1).min(self.sites.len() - 1)
    }

    fn rng(&self, purpose: Purpose, slot: u32) -> Rng {
        Rng::of(&[self.config.seed, purpose as u64, u64::from(slot)])
    }

    /// The story in a slot, before it is rendered and furnished.
    fn make(&self, slot: u32) -> Made {
        let (group, place) = self.plan.group(slot);
        let head = group.start;
        let rng = &mut self.rng(Purpose::Member, slot);
        let day = self.rng(Purpose::Day, head).below(self.days as usize) as u32;
        if group.template {
            let form = &mut self.rng(Purpose::Form, head);
            let story = Composer::new(form).form(form, rng);
            let near = (slot != head).then_some(head);
            return Made { story, day: day + 7 * place, family: slot, relation: Relation::Template, near };
        }
        let original = || Composer::new(&mut self.rng(Purpose::Story, head)).story();
        let own = |story, day, relation| Made { story, day, family: head, relation, near: None };
        if place == 0 {
            return own(original(), day, Relation::Original);
        }
        let later = day + [0, 0, 0, 1, 1, 2][rng.below(6)];
        match plan::relation(rng) {
            Relation::Identical => own(original(), later, Relation::Identical),
            Relation::Copy => own(edit::copy(&original(), rng), later, Relation::Copy),
            Relation::Excerpt => own(edit::excerpt(&original(), rng), later, Relation::Excerpt),
            Relation::FollowUp => {
                let told = &mut self.rng(Purpose::Story, head);
                let story = Composer::new(told).follow_up(&original(), rng);
                let day = day + 1 + rng.below(6) as u32;
                Made { story, day, family: slot, relation: Relation::FollowUp, near: Some(head) }
            }
            _ => own(edit::rewrite(&original(), rng), later, Relation::Rewrite),
        }
    }
}

/// A story in its slot, with the gold.
struct Made {
    story: Story,
    day: u32,
    family: u32,
    relation: Relation,
    near: Option<u32>,
}

/// The date of a day counted from the beginning of 2024.
fn date(day: u32) -> String {
    use jiff::ToSpan;
    jiff::civil::date(2024, 1, 1).saturating_add(i64::from(day).days()).to_string()
}

#[cfg(test)]
mod tests;
