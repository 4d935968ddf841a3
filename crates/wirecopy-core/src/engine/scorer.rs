//! The scorer of a run: the model, and profiles that are computed on demand.

use std::sync::Arc;

use super::cache::Cache;
use super::corpus::Corpus;
use super::kept::Kept;
use crate::DocId;
use crate::classify::Scorer;
use crate::score::{Features, Idf, Model, Profile, rarest_shared, unrelated};

/// Scores pairs of a run's documents.
///
/// A profile is many times as large as its tokens, so only recent ones are kept. Scoring is cheapest if pairs of
/// one document are close together.
pub struct RunScorer<'a> {
    model: Model,
    idf: Arc<Idf>,
    corpus: &'a Corpus,
    profiles: Cache<Profile>,
    kept: Kept,
}

impl<'a> RunScorer<'a> {
    /// Creates a scorer that keeps profiles and measurements of related pairs of up to `bytes` in total, half of them for each.
    ///
    /// A pair whose measurements are not kept is measured again for the report. Profiles are needed again only for pairs of documents
    /// that are near each other in the order.
    pub fn new(model: Model, idf: impl Into<Arc<Idf>>, corpus: &'a Corpus, bytes: usize) -> Self {
        Self { model, idf: idf.into(), corpus, profiles: Cache::new(bytes / 2), kept: Kept::new(bytes / 2) }
    }

    /// Returns whether two documents are about different things; see [`unrelated`].
    pub fn unrelated(&self, a: DocId, b: DocId) -> bool {
        unrelated(&self.profile(a), &self.profile(b))
    }

    /// Returns the weight of a term in the language of a document.
    pub fn weight(&self, document: DocId, term: u32) -> f32 {
        self.idf.of(self.corpus.languages[document.index()]).idf(term)
    }

    /// Returns the rarest terms that two documents share, rarest first.
    pub fn evidence(&self, a: DocId, b: DocId) -> Vec<u32> {
        let kept = self.kept.terms(a, b);
        kept.unwrap_or_else(|| rarest_shared(&self.profile(a), &self.profile(b)))
    }
}

impl Scorer for RunScorer<'_> {
    fn profile(&self, document: DocId) -> Arc<Profile> {
        self.profiles.get(document.0, || {
            let weights = self.idf.of(self.corpus.languages[document.index()]);
            let headline = self.corpus.headlines.get(document);
            let profile =
                Profile::new(&self.corpus.tokens.get(document), weights).with_headline(&headline, weights);
            let bytes = profile.bytes();
            (profile, bytes)
        })
    }

    fn model(&self) -> &Model {
        &self.model
    }

    fn keep(&self, a: DocId, b: DocId, features: &Features, terms: &[u32]) {
        self.kept.keep(a, b, features, terms);
    }

    fn kept(&self, a: DocId, b: DocId) -> Option<Features> {
        self.kept.features(a, b)
    }
}
