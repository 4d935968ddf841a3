//! The scorer of a run: the model, and profiles that are computed on demand.

use std::sync::Arc;

use super::cache::Cache;
use super::corpus::Corpus;
use crate::DocId;
use crate::classify::Scorer;
use crate::score::{Idf, Model, Profile, rarest_shared, unrelated};

/// Scores pairs of a run's documents.
///
/// A profile is many times as large as its tokens, so only recent ones are kept. Scoring is cheapest if pairs of
/// one document are close together.
pub struct RunScorer<'a> {
    model: Model,
    idf: Arc<Idf>,
    corpus: &'a Corpus,
    profiles: Cache<Profile>,
}

impl<'a> RunScorer<'a> {
    /// Creates a scorer that keeps profiles of up to `bytes` in total.
    pub fn new(model: Model, idf: impl Into<Arc<Idf>>, corpus: &'a Corpus, bytes: usize) -> Self {
        Self { model, idf: idf.into(), corpus, profiles: Cache::new(bytes) }
    }

    /// Returns whether two documents are about different things; see [`unrelated`].
    pub fn unrelated(&self, a: DocId, b: DocId) -> bool {
        unrelated(&self.profile(a), &self.profile(b))
    }

    /// Returns the weight of a term in the language of a document.
    pub fn weight(&self, document: DocId, term: u32) -> f32 {
        self.idf.of(self.corpus.languages[document.index()]).idf(term)
    }

    /// Returns the rarest terms that two documents share, rarest first, at most `most` of them.
    pub fn evidence(&self, a: DocId, b: DocId, most: usize) -> Vec<u32> {
        rarest_shared(&self.profile(a), &self.profile(b), most)
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
}
