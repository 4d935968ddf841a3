//! Learns from a run what its sources add to their articles.
//!
//! The rules of [`boilerplate`](crate::text::boilerplate) know share bars and "Read also". They do not know the
//! name of a newsletter, one publisher's cookie notice or the box that an agency puts at the end of every
//! dispatch. The input itself shows them: the same line in many stories of one source that have nothing else in
//! common (the style trees of Yi, Liu and Li 2003, on lines). The input is the representatives of the copy groups,
//! each with its source, so that a story reprinted two hundred times counts once. The output is the learned lines.
//! Cost: one pass over the lines, and bounded work for each line that occurs often enough.

mod lines;
mod within_lines;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use rayon::prelude::*;

use crate::document::{Metadata, host};
use crate::score::{Idf, LanguageKey, Profile, TWO_RARE, Weights, in_common};
use crate::text::{SourceLines, TokenStore, Tokens};
use crate::{DocId, Result};
use wirecopy_spill::Budget;

/// Fewest stories that must carry a line; three may be an event and its follow-ups. Stories that carry a line are
/// its carriers.
pub(crate) const CARRIERS: usize = 4;
/// Number of carriers that are compared with each other.
const COMPARED: usize = 8;
/// Share of the compared pairs that must have nothing in common besides lines that others carry too.
const UNRELATED: f64 = 0.75;
/// Largest share of the shorter remainder's shingles of five tokens that may occur in the other without relating the
/// two stories.
const COMMON_SHINGLES: f64 = 0.05;
/// Share of the lighter remainder's weight at which two stories are about the same topic. In a language with few
/// stories, common words alone weigh up to a fifth.
const COMMON_MASS: f32 = 0.3;
/// The same for rare terms. Some are shared by chance, more of them in long texts. Less than [`TWO_RARE`] never makes
/// a common topic.
const COMMON_RARE: f32 = 0.03;
/// Factor by which carriers may have more in common with each other than with stories that do not carry the
/// passage.
const ALIKE: f32 = 1.5;
/// Share that is added to this limit.
const ALIKE_AT_LEAST: f32 = 0.03;

/// Returns the name of a document's source: its `source` field, or the host of its address, or the folder or
/// container that it was found in.
pub fn source_name<'a>(path: &'a str, record: Option<u64>, meta: &'a Metadata) -> &'a str {
    let named = meta.source.as_deref().map(str::trim).filter(|name| !name.is_empty());
    named.or_else(|| host(meta.url.as_deref()?)).unwrap_or_else(|| {
        // A container is a source of its own; a file belongs to its folder.
        if record.is_some() { path } else { path.rsplit_once('/').map_or(".", |(dir, _)| dir) }
    })
}

/// Hashes the name of a source, ignoring case.
pub(crate) fn name_key(source: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(source.to_lowercase().as_bytes())
}

/// Returns the hash of the source that a document names, in its `source` field or by the host of its address;
/// `None` if it names none.
pub fn known_source(meta: &Metadata) -> Option<u64> {
    let named = meta.source.as_deref().map(str::trim).filter(|name| !name.is_empty());
    named.or_else(|| host(meta.url.as_deref()?)).map(name_key)
}

/// Returns the hash of the delivered item that a document is a version of, if its delivery names one.
pub fn item_key(meta: &Metadata) -> Option<u64> {
    let uri = meta.delivery.as_ref()?.uri()?;
    Some(xxhash_rust::xxh3::xxh3_64(uri.as_bytes()))
}

/// Returns the hash of a document's source, ignoring case.
pub fn source_key(path: &str, record: Option<u64>, meta: &Metadata) -> u64 {
    name_key(source_name(path, record, meta))
}

/// What the sources of a run add to their stories.
#[derive(Debug, Default, PartialEq)]
pub struct Added {
    /// The lines, and the shingles within lines.
    pub lines: SourceLines,
    /// The sources that add any of them.
    pub sources: HashSet<u64>,
}

/// Learns the boilerplate of sources from the stories of a run: pairs of a source and a document, one of each copy
/// group. `language` returns a document's language, `idf` the weights of terms, which need no counts for languages that the
/// background table has: theirs are not used.
///
/// The result does not depend on the number of threads, the order of the stories or the budget.
///
/// # Errors
/// Returns the error of `idf`, or [`Error::Spill`](crate::Error::Spill) if a temporary file cannot be read or
/// written.
pub fn learn(
    stories: &[(u64, DocId)],
    tokens: &TokenStore,
    budget: &Budget,
    language: impl Fn(DocId) -> LanguageKey + Sync,
    idf: impl FnOnce() -> Result<Idf>,
) -> Result<Added> {
    let lines::Found { lines, ranks } = lines::repeated(stories, tokens, budget)?;
    let of_lines = SourceLines::new(lines.iter().map(|line| line.key), []);
    let shingles = within_lines::repeated(stories, &ranks, tokens, &of_lines, &language);
    drop(ranks);
    if lines.is_empty() && shingles.is_empty() {
        return Ok(Added::default());
    }
    let all = SourceLines::new(lines.iter().map(|line| line.key), shingles.iter().map(|shingle| shingle.key));
    let repeated = || lines.iter().chain(&shingles);
    let compared: HashSet<u32> =
        repeated().flat_map(|one| one.sample.iter().chain(&one.others).copied()).collect();
    // What a source adds shows with the weights of the background as well, and counting costs more than learning.
    let idf = idf()?.without_counts_of_covered();
    let rests: HashMap<u32, Rest> = compared
        .into_par_iter()
        .map(|at| {
            let (source, document) = stories[at as usize];
            let weights = idf.of(language(document));
            (at, Rest::of((source, &tokens.get(document)), &of_lines, &all, weights))
        })
        .collect();
    // Most shingles of a source share the few carriers that are compared.
    let pairs: HashSet<(u32, u32)> =
        repeated().flat_map(|one| one.pairs().chain(one.pairs_with_others())).collect();
    let common: HashMap<(u32, u32), Common> = pairs
        .into_par_iter()
        .filter_map(|pair| Some((pair, Common::of(rests.get(&pair.0)?, rests.get(&pair.1)?))))
        .collect();
    let is_of_unrelated_stories = |repeated: &&Repeated| {
        let pairs = repeated.pairs().count();
        let unrelated =
            repeated.pairs().filter(|pair| common.get(pair).is_some_and(|both| both.unrelated)).count();
        pairs > 0 && unrelated as f64 >= UNRELATED * pairs as f64
    };
    // A site adds its boilerplate whatever the topic. Stories that share a passage because of their topic are more
    // alike than others.
    let is_independent_of_topic = |shingle: &&Repeated| {
        let others = median(shingle.pairs_with_others(), &common);
        shingle.others.len() < CARRIERS || median(shingle.pairs(), &common) <= ALIKE * others + ALIKE_AT_LEAST
    };
    // If most carriers have little other text, the shingle is part of the form that they fill in, such as a market
    // report.
    let is_added = |shingle: &&Repeated| {
        let forms = shingle.sample.iter().filter(|at| rests.get(at).is_none_or(|rest| rest.is_form));
        2 * forms.count() < shingle.sample.len()
    };
    let lines: Vec<&Repeated> = lines.iter().filter(is_of_unrelated_stories).collect();
    let shingles: Vec<&Repeated> = shingles
        .iter()
        .filter(is_added)
        .filter(is_of_unrelated_stories)
        .filter(is_independent_of_topic)
        .collect();
    let source = |one: &&Repeated| one.sample.first().map(|&at| stories[at as usize].0);
    Ok(Added {
        sources: lines.iter().chain(&shingles).filter_map(source).collect(),
        lines: SourceLines::new(
            lines.iter().map(|line| line.key),
            shingles.iter().map(|shingle| shingle.key),
        ),
    })
}

/// A line or a shingle that many stories of a source carry.
struct Repeated {
    key: u64,
    /// A sample of the stories that carry it, ascending by rank.
    sample: Vec<u32>,
    /// For a shingle, a sample of the stories in the same languages that do not carry it.
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

/// The remainder of a story without the lines and passages that others carry too.
struct Rest {
    profile: Profile,
    /// Whether less than half of the story remains, not counting whole lines.
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
        // The rest of a sentence that contains boilerplate may belong to it, such as a place or a date.
        let mut pieces = pieces.iter().peekable();
        let touched = tokens.segments().filter(|sentence| {
            while pieces.next_if(|piece| piece.tokens.end <= sentence.start).is_some() {}
            pieces.peek().is_some_and(|piece| piece.tokens.start < sentence.end)
        });
        let touched: Vec<Range<usize>> = touched.collect();
        let bare = tokens.without(&touched);
        let tokens = bare.as_ref().unwrap_or(tokens);
        Self { profile: Profile::new(tokens, weights), is_form }
    }
}

/// What the remainders of two stories have in common.
struct Common {
    /// Whether they have next to nothing in common.
    unrelated: bool,
    /// The common weight as a share of the lighter remainder's weight.
    share: f32,
}

impl Common {
    fn of(x: &Rest, y: &Rest) -> Self {
        let shingles = x.profile.overlap(&y.profile);
        let fewer = shingles.a.min(shingles.b) as f64;
        let both = in_common(&x.profile, &y.profile);
        let unrelated = shingles.shared as f64 <= COMMON_SHINGLES * fewer
            && both.mass < COMMON_MASS * both.lighter
            && both.rare < TWO_RARE.max(COMMON_RARE * both.lighter);
        Self { unrelated, share: both.mass / both.lighter.max(f32::MIN_POSITIVE) }
    }
}

/// Returns the median share that pairs have in common. A few versions of one story among them do not change it.
fn median(pairs: impl Iterator<Item = (u32, u32)>, common: &HashMap<(u32, u32), Common>) -> f32 {
    let mut shares: Vec<f32> = pairs.filter_map(|pair| Some(common.get(&pair)?.share)).collect();
    shares.sort_unstable_by(f32::total_cmp);
    shares.get(shares.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
