//! What a run learns of its sources: the lines that a site adds to all its articles.
//!
//! Rules know share bars and "Read also" ([`boilerplate`](crate::text::boilerplate)); they do not know the name of a
//! newsletter, the cookie notice of one publisher or the box that an agency closes every dispatch with. A folder shows
//! them by itself: the same line under many stories of one source that have nothing else in common (the style trees of
//! Yi, Liu and Li 2003, on lines). In come the representatives of the copy groups, so that a story reprinted two hundred
//! times is one carrier, each with its source; out come the lines. Cost: a pass over the lines, and bounded work a line
//! that is carried often enough.

mod lines;
mod runs;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use rayon::prelude::*;

use crate::document::{Metadata, host};
use crate::score::{Idf, LanguageKey, Profile, Weights, in_common};
use crate::text::{SourceLines, TokenStore, Tokens, shingles};
use crate::{DocId, Result};
use wirecopy_spill::Budget;

/// Stories that a line must stand under: three may be an event and its follow-ups.
pub(crate) const CARRIERS: usize = 4;
/// Carriers that are compared with each other.
const COMPARED: usize = 8;
/// Share of the compared pairs that must have nothing in common but lines that others carry too.
const APART: f64 = 0.75;
/// Shingles of the shorter rest that may stand in the other's without making one story of two.
const COMMON_RUNS: f64 = 0.05;
/// Tokens of such a shingle.
const SHINGLE: usize = 5;
/// Of the lighter rest's weight so much in common makes one matter of two; the common words of a language that few
/// stories are in weigh as much as a fifth.
const COMMON_MASS: f32 = 0.3;
/// The same of rare terms: some are in common by chance, in long texts more of them.
const COMMON_RARE: f32 = 0.03;
/// But less than two rare terms is no matter.
const TWO_RARE: f32 = 10.0;
/// Carriers have at most so many times as much in common as each has with stories that carry nothing, and a little more.
const ALIKE: f32 = 1.5;
const ALIKE_AT_LEAST: f32 = 0.03;

/// The source of a document: its `source` field, else the host of its address, else the folder or container it was
/// found in.
pub fn source_name<'a>(path: &'a str, record: Option<u64>, meta: &'a Metadata) -> &'a str {
    let named = meta.source.as_deref().map(str::trim).filter(|name| !name.is_empty());
    named.or_else(|| host(meta.url.as_deref()?)).unwrap_or_else(|| {
        // A container is a source; a file belongs to its folder.
        if record.is_some() { path } else { path.rsplit_once('/').map_or(".", |(dir, _)| dir) }
    })
}

/// The hash of a source's name, upper case or lower.
pub(crate) fn name_key(source: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(source.to_lowercase().as_bytes())
}

/// The hash of the source that a document names, in its `source` field or by the host of its address; `None` where it
/// names none.
pub fn known_source(meta: &Metadata) -> Option<u64> {
    let named = meta.source.as_deref().map(str::trim).filter(|name| !name.is_empty());
    named.or_else(|| host(meta.url.as_deref()?)).map(name_key)
}

/// The hash of a document's source, upper case or lower; sources are only ever compared.
pub fn source_key(path: &str, record: Option<u64>, meta: &Metadata) -> u64 {
    name_key(source_name(path, record, meta))
}

/// What sources add to their stories.
#[derive(Debug, Default, PartialEq)]
pub struct Added {
    /// The lines, and the runs within lines.
    pub lines: SourceLines,
    /// The sources that add any.
    pub sources: HashSet<u64>,
}

/// Learns the boilerplate of sources from the stories of a run: pairs of a source and a document, one of each copy group.
/// `language` says which language a document is in, `idf` weighs terms.
///
/// Deterministic, whatever the threads, the order of the stories and the budget.
///
/// # Errors
/// Whatever `idf` returns, and [`Error::Spill`](crate::Error::Spill).
pub fn learn(
    stories: &[(u64, DocId)],
    tokens: &TokenStore,
    budget: &Budget,
    language: impl Fn(DocId) -> LanguageKey + Sync,
    idf: impl FnOnce() -> Result<Idf>,
) -> Result<Added> {
    let lines::Found { lines, ranks } = lines::repeated(stories, tokens, budget)?;
    let of_lines = SourceLines::new(lines.iter().map(|line| line.key), []);
    let runs = runs::repeated(stories, &ranks, tokens, &of_lines);
    drop(ranks);
    if lines.is_empty() && runs.is_empty() {
        return Ok(Added::default());
    }
    let all = SourceLines::new(lines.iter().map(|line| line.key), runs.iter().map(|run| run.key));
    let repeated = || lines.iter().chain(&runs);
    let compared: HashSet<u32> =
        repeated().flat_map(|one| one.sample.iter().chain(&one.others).copied()).collect();
    let idf = idf()?;
    let rests: HashMap<u32, Rest> = compared
        .into_par_iter()
        .map(|at| {
            let (source, document) = stories[at as usize];
            let weights = idf.of(language(document));
            (at, Rest::of((source, &tokens.get(document)), &of_lines, &all, weights))
        })
        .collect();
    // Most runs of a source are carried by the same few of those that are compared.
    let pairs: HashSet<(u32, u32)> =
        repeated().flat_map(|one| one.pairs().chain(one.pairs_with_others())).collect();
    let common: HashMap<(u32, u32), Common> = pairs
        .into_par_iter()
        .filter_map(|pair| Some((pair, Common::of(rests.get(&pair.0)?, rests.get(&pair.1)?))))
        .collect();
    let is_apart = |repeated: &&Repeated| {
        let pairs = repeated.pairs().count();
        let apart = repeated.pairs().filter(|pair| common.get(pair).is_some_and(|both| both.apart)).count();
        pairs > 0 && apart as f64 >= APART * pairs as f64
    };
    // What a site adds, it adds whatever the story; those that carry the words of one matter are more alike than others.
    let is_of_any_matter = |run: &&Repeated| {
        let others = median(run.pairs_with_others(), &common);
        run.others.len() < CARRIERS || median(run.pairs(), &common) <= ALIKE * others + ALIKE_AT_LEAST
    };
    // Where most of the carriers have little else to tell, what they carry is their form, as that of a market report.
    let is_added = |run: &&Repeated| {
        let forms = run.sample.iter().filter(|at| rests.get(at).is_none_or(|rest| rest.is_form));
        2 * forms.count() < run.sample.len()
    };
    let lines: Vec<&Repeated> = lines.iter().filter(is_apart).collect();
    let runs: Vec<&Repeated> =
        runs.iter().filter(is_added).filter(is_apart).filter(is_of_any_matter).collect();
    let source = |one: &&Repeated| one.sample.first().map(|&at| stories[at as usize].0);
    Ok(Added {
        sources: lines.iter().chain(&runs).filter_map(source).collect(),
        lines: SourceLines::new(lines.iter().map(|line| line.key), runs.iter().map(|run| run.key)),
    })
}

/// A line or a run that is carried often.
struct Repeated {
    key: u64,
    /// Some of the stories that carry it, ascending by rank.
    sample: Vec<u32>,
    /// Of a run some of the stories in the same languages that do not.
    others: Vec<u32>,
}

impl Repeated {
    fn pairs(&self) -> impl Iterator<Item = (u32, u32)> {
        let each = self.sample.iter().enumerate();
        each.flat_map(|(at, &x)| self.sample[at + 1..].iter().map(move |&y| (x.min(y), x.max(y))))
    }

    fn pairs_with_others(&self) -> impl Iterator<Item = (u32, u32)> {
        self.sample.iter().flat_map(|&x| self.others.iter().map(move |&y| (x.min(y), x.max(y))))
    }
}

/// What is left of a story without the lines that others carry too.
struct Rest {
    terms: Profile,
    runs: Vec<u64>,
    /// Whether it is the smaller part of the story, whole lines aside.
    is_form: bool,
}

impl Rest {
    fn of(
        (source, tokens): (u64, &Tokens),
        lines: &SourceLines,
        repeated: &SourceLines,
        weights: &Weights,
    ) -> Self {
        let without_lines = lines.marked(source, tokens).map_or(tokens.len(), |bare| bare.len());
        let pieces = repeated.pieces(source, tokens);
        let left_out: usize = pieces.iter().map(|piece| piece.tokens.len()).sum();
        let is_form = 2 * (tokens.len() - left_out) < without_lines;
        // What is left of a sentence in which boilerplate stands may be the boilerplate's own: a place, a date.
        let mut pieces = pieces.iter().peekable();
        let touched = tokens.segments().filter(|sentence| {
            while pieces.next_if(|piece| piece.tokens.end <= sentence.start).is_some() {}
            pieces.peek().is_some_and(|piece| piece.tokens.start < sentence.end)
        });
        let touched: Vec<Range<usize>> = touched.collect();
        let bare = tokens.without(&touched);
        let tokens = bare.as_ref().unwrap_or(tokens);
        let mut runs = Vec::new();
        shingles(tokens.as_slice(), SHINGLE, &mut runs);
        Self { terms: Profile::new(tokens, weights), runs, is_form }
    }
}

/// What the rests of two stories have in common.
struct Common {
    /// Nothing to speak of.
    apart: bool,
    /// Of the lighter one's weight.
    share: f32,
}

impl Common {
    fn of(x: &Rest, y: &Rest) -> Self {
        let fewer = x.runs.len().min(y.runs.len()) as f64;
        let shared = crate::score::sets::Overlap::of(&x.runs, &y.runs).shared as f64;
        let both = in_common(&x.terms, &y.terms);
        let apart = shared <= COMMON_RUNS * fewer
            && both.mass < COMMON_MASS * both.lighter
            && both.rare < TWO_RARE.max(COMMON_RARE * both.lighter);
        Self { apart, share: both.mass / both.lighter.max(f32::MIN_POSITIVE) }
    }
}

/// The median share that some pairs have in common: a few versions of one story among them do not move it.
fn median(pairs: impl Iterator<Item = (u32, u32)>, common: &HashMap<(u32, u32), Common>) -> f32 {
    let mut shares: Vec<f32> = pairs.filter_map(|pair| Some(common.get(&pair)?.share)).collect();
    shares.sort_unstable_by(f32::total_cmp);
    shares.get(shares.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
