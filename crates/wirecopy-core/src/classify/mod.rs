//! The one decision on a pair: how two documents are related, how certain that is, and why.
//!
//! [`Examiner`] gathers the [`Evidence`]: shingles, dates, headlines, labels and the scorer's probability.
//! [`classify`] turns it into a [`Decision`]. Runs, comparisons, evaluations and the page all use this module, so
//! that they cannot disagree.
//!
//! Time is evidence. Two texts with passages in common are one running story if they were published within three
//! days, but a template filled in anew or one background paragraph used twice if weeks lie between. Without
//! dates, the text alone must decide.

mod examine;
mod prepared;
mod publications;
mod shingle_bound;

pub use examine::{Documents, Examiner, Scorer};
pub use prepared::{Prepared, Ready};
pub use publications::{Publications, Time};

use crate::DocId;
use crate::Relation;
use crate::Similarity;
use crate::config::MatchConfig;
use crate::score::sets::Overlap;

/// Jaccard similarity of shingles at or above which two texts are one dispatch whatever their dates. Such small
/// differences are corrections.
pub const NEARLY_IDENTICAL: f64 = 0.9;
/// Fewest tokens of an excerpt. Shorter texts, such as a caption, a share line or a byline, occur in many stories
/// without being excerpts of them.
const EXCERPT_TOKENS: usize = 30;
/// Containment of shingles at or above which a document of the same dispatch is a version: a third of it is
/// verbatim.
const VERSION_CONTAINMENT: f64 = 0.3;
/// Fewest distinct shingles in common, about one or two sentences, for two dispatches to be partially the same. Twice as many
/// where a token is a piece of a word, as in Chinese and Vietnamese.
pub const PARTIAL_SHINGLES: usize = 15;
/// Least share of the shorter text's shingles for two dispatches to be partially the same. Less is a phrase, or a
/// sentence at the end of every report. Twice that where a token is a piece of a word.
pub const PARTIAL_CONTAINMENT: f64 = 0.1;
/// Most numbers that a reprint may change in place. A template filled in anew changes more.
const CORRECTED_NUMBERS: u32 = 1;

/// What is known of a pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// Whether both have the same tokens in the same order.
    pub same_words: bool,
    /// Whether both are versions of one delivered item, by its identifier.
    pub same_item: bool,
    /// Number of distinct shingles in each document and in both.
    pub shingles: Overlap,
    /// Number of tokens of the shorter document.
    pub shorter: usize,
    /// Number of positions with different numbers between the same words. Only counted if the shingles would make
    /// the two copies.
    pub numbers_exchanged: u32,
    /// Whether no rare term of either opening occurs in the other text. Only determined if the two have passages
    /// in common or the shingles would make them copies.
    pub openings_foreign: bool,
    /// Whether the two are one template, filled in twice. Only determined if they would be grouped otherwise.
    pub template: bool,
    /// What the dates say.
    pub time: Time,
    /// Whether both are labelled as periodically updated documents, such as fact boxes.
    pub labelled: bool,
    /// Whether the two have passages in common that are worth reporting.
    pub shares_passages: bool,
    /// What the scorer says.
    pub scored: Scored,
}

/// What the scorer says about a pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scored {
    /// It was not asked.
    NotAsked,
    /// The two have too little in common to be measured.
    TooLittle,
    /// The probability that they are one dispatch.
    Probability(Similarity),
}

/// The relation of two documents.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Decision {
    /// Their relation; `None` if they are not related.
    pub relation: Option<Relation>,
    /// Probability that they are one dispatch.
    pub score: Similarity,
    /// The main reason.
    pub reason: Reason,
}

/// The main reason of a decision.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The documents have the same words in the same order.
    SameWords,
    /// They are versions of one delivered item.
    SameItem,
    /// The Jaccard similarity of their shingles.
    Shingles,
    /// The scorer's probability.
    Scored,
    /// The documents have too little in common to be measured.
    TooLittle,
    /// No rare term of either opening occurs in the other text.
    Openings,
    /// They are one template, filled in twice.
    Template,
    /// The dates are further apart than the window for one dispatch.
    Apart,
    /// The scorer was not used.
    NotAsked,
}

/// Decides the relation of two documents. Constant time.
///
/// For documents of one dispatch the relation says how much text they share: [`Relation::Copy`],
/// [`Relation::Excerpt`], [`Relation::Version`] or [`Relation::Rewrite`]. Two dispatches are at most
/// [`Relation::Partial`].
pub fn classify(evidence: &Evidence, config: &MatchConfig) -> Decision {
    by_shingles(evidence, config).unwrap_or_else(|| match evidence.scored {
        _ if !config.rewrites => two_dispatches(evidence, Similarity::ZERO, Reason::NotAsked),
        Scored::NotAsked => two_dispatches(evidence, Similarity::ZERO, Reason::NotAsked),
        Scored::TooLittle => two_dispatches(evidence, Similarity::ZERO, Reason::TooLittle),
        Scored::Probability(score) if score >= config.strictness.threshold() => {
            Decision { relation: Some(of_one_dispatch(evidence, config)), score, reason: Reason::Scored }
        }
        Scored::Probability(score) => two_dispatches(evidence, score, Reason::Scored),
    })
}

/// Decides the relation if words, shingles and dates are enough, without the scorer.
pub fn by_shingles(evidence: &Evidence, config: &MatchConfig) -> Option<Decision> {
    if evidence.same_words {
        return Some(Decision {
            relation: Some(Relation::Identical),
            score: Similarity::ONE,
            reason: Reason::SameWords,
        });
    }
    if evidence.same_item {
        let relation = match of_one_dispatch(evidence, config) {
            Relation::Rewrite => Relation::Version,
            other => other,
        };
        return Some(Decision { relation: Some(relation), score: Similarity::ONE, reason: Reason::SameItem });
    }
    if evidence.openings_foreign {
        return Some(two_dispatches(evidence, Similarity::ZERO, Reason::Openings));
    }
    if evidence.template {
        return Some(Decision { relation: None, score: Similarity::ZERO, reason: Reason::Template });
    }
    let overlap = evidence.shingles;
    let jaccard = overlap.jaccard();
    let is_copy = jaccard >= config.threshold;
    let copy = || Decision {
        relation: Some(Relation::Copy),
        score: confidence(jaccard, config.threshold),
        reason: Reason::Shingles,
    };
    if is_copy && jaccard >= NEARLY_IDENTICAL {
        return Some(copy());
    }
    if evidence.time.apart {
        return Some(two_dispatches(evidence, Similarity::ZERO, Reason::Apart));
    }
    if !config.rewrites {
        let excerpt = || Decision {
            relation: Some(Relation::Excerpt),
            score: confidence(overlap.containment(), config.excerpt_containment),
            reason: Reason::Shingles,
        };
        return is_copy.then(copy).or_else(|| is_excerpt(evidence, config).then(excerpt));
    }
    // A fact box sent again days later has new figures and one more entry.
    let updated = evidence.labelled && !evidence.time.is_near();
    (is_copy && evidence.numbers_exchanged <= CORRECTED_NUMBERS && !updated).then(copy)
}

/// Returns the relation of two documents of one dispatch by how much text they share.
fn of_one_dispatch(evidence: &Evidence, config: &MatchConfig) -> Relation {
    let overlap = evidence.shingles;
    if overlap.jaccard() >= config.threshold {
        Relation::Copy
    } else if is_excerpt(evidence, config) {
        Relation::Excerpt
    } else if evidence.shares_passages && overlap.containment() >= VERSION_CONTAINMENT {
        Relation::Version
    } else {
        Relation::Rewrite
    }
}

fn is_excerpt(evidence: &Evidence, config: &MatchConfig) -> bool {
    evidence.shorter >= EXCERPT_TOKENS && evidence.shingles.containment() >= config.excerpt_containment
}

fn two_dispatches(evidence: &Evidence, score: Similarity, reason: Reason) -> Decision {
    Decision { relation: evidence.shares_passages.then_some(Relation::Partial), score, reason }
}

/// Converts a measure at or above its threshold to a score: 0.8 at the threshold, 1 at 1. Five equal words in a
/// row are not chance, so that even the weakest copy is a strong edge.
fn confidence(measure: Similarity, threshold: f64) -> Similarity {
    if threshold >= 1.0 {
        return Similarity::ONE;
    }
    Similarity::clamped(0.8 + 0.2 * (measure.get() - threshold) / (1.0 - threshold))
}

/// A checked pair of documents.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Edge {
    /// The document that comes first by id.
    pub a: DocId,
    /// The other document.
    pub b: DocId,
    /// How they are related.
    pub relation: Relation,
    /// Probability that the two are one dispatch.
    pub score: Similarity,
    /// Exact Jaccard similarity of their shingles.
    pub jaccard: Similarity,
    /// Share of `a`'s words that occur in `b`.
    pub containment_a: Similarity,
    /// Share of `b`'s words that occur in `a`.
    pub containment_b: Similarity,
}

impl Edge {
    /// Creates the edge between two documents of the same words, in either order.
    pub fn identical(a: DocId, b: DocId) -> Self {
        let [score, jaccard, containment_a, containment_b] = [Similarity::ONE; 4];
        let (a, b) = (a.min(b), a.max(b));
        Self { a, b, relation: Relation::Identical, score, jaccard, containment_a, containment_b }
    }

    /// Returns the end of the edge that is not `one`.
    pub fn other(&self, one: DocId) -> DocId {
        if self.a == one { self.b } else { self.a }
    }

    /// Returns this edge with its end `document` replaced by `same`, a document with the same words.
    #[must_use]
    pub fn of_same_words(&self, document: DocId, same: DocId) -> Self {
        let other = self.other(document);
        let (of_same, of_other) = if self.a == document {
            (self.containment_a, self.containment_b)
        } else {
            (self.containment_b, self.containment_a)
        };
        if same < other {
            Self { a: same, b: other, containment_a: of_same, containment_b: of_other, ..*self }
        } else {
            Self { a: other, b: same, containment_a: of_other, containment_b: of_same, ..*self }
        }
    }
}

#[cfg(test)]
mod tests;
