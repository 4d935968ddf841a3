//! The one decision on a pair: what two documents are to each other, how sure that is, and why.
//!
//! [`Examiner`] gathers the [`Evidence`]: shingles, dates, headlines, labels, the scorer's probability. [`classify`] makes a
//! [`Decision`] of it. Runs, comparisons, evaluations and the page all ask here, so that they cannot disagree.
//!
//! Time is evidence. Two texts with passages in common are one running story when they were published within a day or
//! two, and a form filled in anew, or one background paragraph used twice, when weeks lie between. Without dates, the
//! text alone must tell.

mod examine;
mod prepared;
mod publications;

pub use examine::{Documents, Examiner, Scorer};
pub use prepared::{Prepared, Ready};
pub use publications::{Publications, Time};

use crate::DocId;
use crate::Relation;
use crate::config::MatchConfig;
use crate::score::sets::Overlap;

/// Jaccard similarity of the shingles from which on two texts are one dispatch whatever their dates: what little differs
/// is a correction's.
pub const NEARLY_IDENTICAL: f64 = 0.9;
/// Tokens below which a text that stands in a longer one is no excerpt: a caption, a share line or a byline stands in
/// many stories and is none of them.
const EXCERPT_TOKENS: usize = 30;
/// Containment of the shingles from which on a document of the same dispatch is a version: a third of it was kept word for
/// word.
const VERSION_CONTAINMENT: f64 = 0.3;
/// Distinct shingles that two dispatches with passages in common share at least, a sentence or two...
pub const PARTIAL_SHINGLES: usize = 15;
/// ...and their share of those of the shorter one: less is a turn of phrase, or a sentence that closes every report.
pub const PARTIAL_CONTAINMENT: f64 = 0.1;
/// Numbers that a reprint may change in their places; a form that was filled in anew changes more.
const CORRECTED_NUMBERS: u32 = 1;

/// What is known of a pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// Whether both have the same tokens in the same order.
    pub same_words: bool,
    /// Distinct shingles of each and of both.
    pub shingles: Overlap,
    /// Tokens of the shorter one.
    pub shorter: usize,
    /// Places where the same words stand before and after, and different numbers between. Only counted where the shingles
    /// would make the two copies.
    pub numbers_exchanged: u32,
    /// Whether nothing rare that either opening names occurs in the other text. Only looked at where the two have passages in
    /// common, or the shingles would make them copies.
    pub openings_foreign: bool,
    /// What the dates say.
    pub time: Time,
    /// Whether both are labelled as documents that are updated periodically, such as fact boxes.
    pub labelled: bool,
    /// Whether they have passages in common that are worth a report.
    pub shares_passages: bool,
    /// What the scorer says.
    pub scored: Scored,
}

/// What the scorer says of a pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scored {
    /// It was not asked.
    NotAsked,
    /// The two have too little in common to be measured.
    TooLittle,
    /// The probability that they are one dispatch, 0 to 1.
    Probability(f64),
}

/// What two documents are to each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// Their relation; `None` where they are not related.
    pub relation: Option<Relation>,
    /// How sure it is that they are one dispatch, 0 to 1.
    pub score: f64,
    /// The main reason.
    pub reason: Reason,
}

/// The main reason of a decision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reason {
    /// The same words in the same order.
    SameWords,
    /// The Jaccard similarity of their shingles.
    Shingles,
    /// The scorer's probability.
    Scored,
    /// They have too little in common to be measured.
    TooLittle,
    /// Nothing that either opening names occurs in the other text.
    Openings,
    /// Their dates lie further apart than those of one dispatch may.
    Apart,
    /// The scorer is not to be asked.
    NotAsked,
}

/// Decides what two documents are to each other. Constant time.
///
/// Among documents of one dispatch the relation says how much text they share: [`Relation::Copy`], [`Relation::Excerpt`],
/// [`Relation::Version`], [`Relation::Rewrite`]. Two dispatches are at most [`Relation::Partial`].
pub fn classify(evidence: &Evidence, config: &MatchConfig) -> Decision {
    by_shingles(evidence, config).unwrap_or_else(|| match evidence.scored {
        _ if !config.rewrites => two_dispatches(evidence, 0.0, Reason::NotAsked),
        Scored::NotAsked => two_dispatches(evidence, 0.0, Reason::NotAsked),
        Scored::TooLittle => two_dispatches(evidence, 0.0, Reason::TooLittle),
        Scored::Probability(score) if score >= config.strictness.threshold() => {
            Decision { relation: Some(of_one_dispatch(evidence, config)), score, reason: Reason::Scored }
        }
        Scored::Probability(score) => two_dispatches(evidence, score, Reason::Scored),
    })
}

/// The decision where words, shingles and dates settle it, and the scorer need not be asked.
pub fn by_shingles(evidence: &Evidence, config: &MatchConfig) -> Option<Decision> {
    if evidence.same_words {
        return Some(Decision { relation: Some(Relation::Identical), score: 1.0, reason: Reason::SameWords });
    }
    if evidence.openings_foreign {
        return Some(two_dispatches(evidence, 0.0, Reason::Openings));
    }
    let overlap = evidence.shingles;
    let jaccard = overlap.jaccard();
    let is_copy = jaccard >= config.threshold;
    let copy = || Decision {
        relation: Some(Relation::Copy),
        score: sureness(jaccard, config.threshold),
        reason: Reason::Shingles,
    };
    if is_copy && jaccard >= NEARLY_IDENTICAL {
        return Some(copy());
    }
    if evidence.time.apart {
        return Some(two_dispatches(evidence, 0.0, Reason::Apart));
    }
    if !config.rewrites {
        let excerpt = || Decision {
            relation: Some(Relation::Excerpt),
            score: sureness(overlap.containment(), config.excerpt_containment),
            reason: Reason::Shingles,
        };
        return is_copy.then(copy).or_else(|| is_excerpt(evidence, config).then(excerpt));
    }
    // A fact box that was sent again has new figures and one more entry, days later.
    let updated = evidence.labelled && !evidence.time.is_near();
    (is_copy && evidence.numbers_exchanged <= CORRECTED_NUMBERS && !updated).then(copy)
}

/// How much text two documents of one dispatch share.
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

fn two_dispatches(evidence: &Evidence, score: f64, reason: Reason) -> Decision {
    Decision { relation: evidence.shares_passages.then_some(Relation::Partial), score, reason }
}

/// A measure at or over its threshold as a score: 0.8 at the threshold, 1 at 1. Five words in a row are not the same by
/// chance, so that even the weakest copy is a strong edge.
fn sureness(measure: f64, threshold: f64) -> f64 {
    if threshold >= 1.0 { 1.0 } else { 0.8 + 0.2 * (measure - threshold) / (1.0 - threshold) }
}

/// A checked pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// The one that comes first in the order of reading.
    pub a: DocId,
    /// The other.
    pub b: DocId,
    /// How they are related.
    pub relation: Relation,
    /// How sure it is that they are one dispatch, 0 to 1.
    pub score: f64,
    /// Exact Jaccard of their shingles.
    pub jaccard: f64,
    /// Share of `a`'s words that stand in `b`.
    pub containment_a: f64,
    /// Share of `b`'s words that stand in `a`.
    pub containment_b: f64,
}

impl Edge {
    /// The edge of two documents of the same words, whichever comes first.
    pub fn identical(a: DocId, b: DocId) -> Self {
        let [score, jaccard, containment_a, containment_b] = [1.0; 4];
        let (a, b) = (a.min(b), a.max(b));
        Self { a, b, relation: Relation::Identical, score, jaccard, containment_a, containment_b }
    }

    /// The end that is not `one`.
    pub fn other(&self, one: DocId) -> DocId {
        if self.a == one { self.b } else { self.a }
    }

    /// Returns the edge that `same`, a document with the words of `document`, has where `document`, an end of this one, has
    /// this one.
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
