//! The scorer at work in a run: profiles made when they are wanted, pairs scored, shared words named.

use std::sync::Arc;

use super::features::{Features, RARE_IDF, Scratch, measure};
use super::idf::Idf;
use super::model::Model;
use super::overlap::overlap;
use super::profile::Profile;
use super::publications::Publications;
use super::recent::Recent;
use crate::DocId;
use crate::text::TokenStore;

/// Two texts with less than this of the lighter one's weight in common, and less than [`RELATED_RARE_MASS`] of rare
/// terms, tell of different things.
const RELATED_SHARE: f32 = 0.15;
/// Two rare terms.
const RELATED_RARE_MASS: f32 = 2.0 * RARE_IDF;

/// Scores pairs of a run's documents.
///
/// A profile is many times as large as the tokens it is made of: only the recent ones are kept. Pairs are cheapest in an
/// order in which those of one document come close together.
pub struct Rewrites<'a> {
    model: Model,
    idf: Idf,
    tokens: &'a TokenStore,
    profiles: Recent<Profile>,
    threshold: f64,
    publications: Option<&'a Publications>,
}

/// What two texts have in common, by weight.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InCommon {
    /// Of all terms.
    pub(crate) mass: f32,
    /// Of rare ones.
    pub(crate) rare: f32,
    /// All terms of the lighter text.
    pub(crate) lighter: f32,
}

/// Measures what two texts have in common.
pub(crate) fn in_common(a: &Profile, b: &Profile) -> InCommon {
    let both = overlap(a, b, &mut Vec::new());
    InCommon { mass: both.mass, rare: both.rare, lighter: a.mass.min(b.mass) }
}

/// Whether two texts tell of different things: no common names, hardly a common word of any weight.
pub fn unrelated(a: &Profile, b: &Profile) -> bool {
    let both = in_common(a, b);
    both.mass < RELATED_SHARE * both.lighter && both.rare < RELATED_RARE_MASS
}

impl<'a> Rewrites<'a> {
    /// A scorer over `tokens`, by document, that calls a pair a rewrite from a score of `threshold` on and keeps profiles of
    /// up to `bytes` in all.
    pub fn new(model: Model, idf: Idf, tokens: &'a TokenStore, threshold: f64, bytes: usize) -> Self {
        Self { model, idf, tokens, profiles: Recent::new(bytes), threshold, publications: None }
    }

    /// Takes into account when documents were published: calls no pair a rewrite whose dates lie too far apart.
    #[must_use]
    pub fn published(mut self, publications: &'a Publications) -> Self {
        self.publications = Some(publications);
        self
    }

    fn profile(&self, document: DocId) -> Arc<Profile> {
        self.profiles.get(document.0, || {
            let profile = Profile::new(&self.tokens.get(document), &self.idf);
            let bytes = profile.bytes();
            (profile, bytes)
        })
    }

    /// The probability that two documents are one dispatch; `None` for pairs that no model would call one, or whose
    /// dates lie too far apart.
    pub fn score(&self, a: DocId, b: DocId, scratch: &mut Scratch) -> Option<f64> {
        if self.apart(a, b) {
            return None;
        }
        self.features(a, b, scratch).map(|features| self.model.score(&features))
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// What is measured on two documents; `None` for pairs that no model would call one dispatch.
    pub fn features(&self, a: DocId, b: DocId, scratch: &mut Scratch) -> Option<Features> {
        let features = measure(&self.profile(a), &self.profile(b), scratch)?;
        let days = self.publications.and_then(|publications| publications.days(a, b));
        Some(days.map_or(features, |days| features.published_apart(days)))
    }

    /// Whether the dates of two documents lie too far apart for a rewrite.
    pub fn apart(&self, a: DocId, b: DocId) -> bool {
        self.publications.is_some_and(|publications| publications.apart(a, b))
    }

    /// The score from which on a pair is a rewrite.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Whether two documents tell of different things; see [`unrelated`].
    pub fn unrelated(&self, a: DocId, b: DocId) -> bool {
        unrelated(&self.profile(a), &self.profile(b))
    }

    /// The rarest terms that two documents share, rarest first, at most `most`.
    pub fn evidence(&self, a: DocId, b: DocId, most: usize) -> Vec<u32> {
        let (a, b) = (self.profile(a), self.profile(b));
        let mut shared = Vec::new();
        overlap(&a, &b, &mut shared);
        let mut rarest: Vec<(f32, u32)> =
            shared.iter().map(|&(at, _)| (a.idf[at as usize], a.terms[at as usize])).collect();
        rarest.sort_unstable_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
        rarest.into_iter().take(most).map(|(_, term)| term).collect()
    }
}
