//! The scorer at work in a run: profiles made once, pairs scored, shared words named.

use std::sync::OnceLock;

use super::features::{Scratch, measure};
use super::idf::Idf;
use super::model::Model;
use super::overlap::overlap;
use super::profile::Profile;
use crate::DocId;
use crate::text::Tokens;

/// A term of at least this weight is rare: a name, a place, a word of this story.
const RARE_IDF: f32 = 5.0;
/// Two texts with less than this of the lighter one's weight in common, and less than [`RELATED_RARE_MASS`] of rare
/// terms, tell of different things.
const RELATED_SHARE: f32 = 0.15;
/// Two rare terms.
const RELATED_RARE_MASS: f32 = 2.0 * RARE_IDF;

/// Scores pairs of a run's documents.
pub struct Rewrites<'a> {
    model: Model,
    idf: Idf,
    tokens: &'a [Tokens],
    profiles: Vec<OnceLock<Profile>>,
    threshold: f64,
}

impl<'a> Rewrites<'a> {
    /// A scorer over `tokens`, by document, that calls a pair a rewrite from a score of `threshold` on.
    pub fn new(model: Model, idf: Idf, tokens: &'a [Tokens], threshold: f64) -> Self {
        let profiles = std::iter::repeat_with(OnceLock::new).take(tokens.len()).collect();
        Self { model, idf, tokens, profiles, threshold }
    }

    fn profile(&self, document: DocId) -> &Profile {
        self.profiles[document.index()]
            .get_or_init(|| Profile::new(&self.tokens[document.index()], &self.idf))
    }

    /// The probability that two documents are one dispatch; `None` for pairs that no model would call one.
    pub fn score(&self, a: DocId, b: DocId, scratch: &mut Scratch) -> Option<f64> {
        let features = measure(self.profile(a), self.profile(b), scratch)?;
        Some(self.model.score(&features))
    }

    /// The score from which on a pair is a rewrite.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Whether two documents tell of different things: no common names, hardly a common word of any weight.
    pub fn unrelated(&self, a: DocId, b: DocId) -> bool {
        let (a, b) = (self.profile(a), self.profile(b));
        let mut shared = Vec::new();
        let mass = overlap(a, b, &mut shared).mass;
        let rare: f32 = shared.iter().map(|&(at, _)| a.idf[at as usize]).filter(|&idf| idf >= RARE_IDF).sum();
        mass < RELATED_SHARE * a.mass.min(b.mass) && rare < RELATED_RARE_MASS
    }

    /// The rarest terms that two documents share, rarest first, at most `most`.
    pub fn evidence(&self, a: DocId, b: DocId, most: usize) -> Vec<u32> {
        let (a, b) = (self.profile(a), self.profile(b));
        let mut shared = Vec::new();
        overlap(a, b, &mut shared);
        let mut rarest: Vec<(f32, u32)> =
            shared.iter().map(|&(at, _)| (a.idf[at as usize], a.terms[at as usize])).collect();
        rarest.sort_unstable_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
        rarest.into_iter().take(most).map(|(_, term)| term).collect()
    }
}
