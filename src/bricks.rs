//! The stages of a run as functions over batches, for engines that run on many machines. The Python package has them as functions over
//! Arrow tables, and a job for Spark that is made of them: `docs/spark.md`.
//!
//! Each function is pure: what it returns depends on its arguments alone, and it is the code that a [`Pipeline`](crate::Pipeline)
//! executes. A distributed run adds what every such engine has: joins, groupings, sums, and the connected components of pairs. The
//! example `examples/bricks.rs` is a whole run, batch by batch; its report is that of an [`Engine`](crate::Engine).
//!
//! # Order of a run
//!
//! 1. [`Reader`] makes a [`Described`] and [`Tokens`] of each document, or a [`Skipped`](crate::Skipped). [`settle`] resolves ids
//!    that several documents have. Documents get numbers (uids) in the order of their ids.
//! 2. Copies. [`by_text`] pairs documents of one text. The first of each text, if it [holds an article](Facts::is_article), has
//!    [band keys](Keys::bands), cut by a [`KeyCut`] for the number of these first documents. [`pairs_of_bands`] makes pairs of all rows of a
//!    key. [`Component::collapse`] gets whole connected components of these pairs.
//! 3. Boilerplate, unless `match.keep_boilerplate`. [`TermCounts`] counts the terms of the leaders, and [`learn`] gets all stories of a source.
//!    [`mark`] removes what was learned. If anything was, step 2 is done again.
//! 4. Candidates among the leaders that hold articles. [`Keys::sampled`], cut by a [`KeyCut`] for the number of these leaders, then
//!    [`meetings`] and [`is_excerpt_candidate`]. For rewrites, [`FeatureCounts`] of all of them, then [`RareFeatures::keys`], and
//!    [`meetings`] of pairs with at least `match.rare_shared` keys. [`pairs_of_versions`] of one [item](Facts::item) are candidates, too, of
//!    all documents.
//! 5. [`Solver::verify`] checks the candidates. Where two leaders are related, but not [surely](Verified::is_sure), the copies that
//!    [differ](Grouped::differs) from them are checked with the other one, too: [`pairs_of_copies`]. Both with the weights of terms, counted anew among these leaders. [`Solver::solve`] gets whole connected
//!    components of copies and of the edges that were found.
//! 6. [`Speller`] looks up words in the texts of the documents that have them.
//!
//! # What depends on the number of documents
//! [`KeyCut`] (twice) and the [size of the table of features](FeatureCounts::bits_for). Both are chosen once, from numbers that are sums over all
//! documents, and given to every task, so that all tasks agree with each other and with a run on one machine.
//!
//! # Cost
//! Steps 1 to 4 are linear in the tokens. A document has 48 band keys, about a quarter as many sampled keys as tokens, and 48 rare keys; a key is
//! 8 bytes and a uid 8. A row of keys makes at most 4, 16 or 32 pairs, however frequent a key is. Tokens take 8 bytes each on the
//! way and two to three in a component, where memory can be limited.

use std::sync::Arc;

use wirecopy_core::Result;
use wirecopy_core::score::Model;
use wirecopy_ingest::settings_files;
use wirecopy_report::assemble;

use crate::Config;
pub use crate::pipeline::Reader;
#[doc(inline)]
pub use wirecopy_core::DocId;
#[doc(inline)]
pub use wirecopy_core::bricks::{
    BandKey, Component, CountedBoilerplate, Described, Facts, FeatureCounts, Grouped, Join, JoinKey, KeyCut,
    Keys, Learnt, Member, Met, Pairs, RareFeatures, Story, TermCounts, Verified, components, count_marked,
    feature_occurrences, is_excerpt_candidate, learn, mark, meetings, pairs_of_bands, settle,
};
#[doc(inline)]
pub use wirecopy_core::candidates::bands::{Text, by_text};
#[doc(inline)]
pub use wirecopy_core::candidates::{pairs_of_copies, pairs_of_versions};
#[doc(inline)]
pub use wirecopy_core::classify::Edge;
#[doc(inline)]
pub use wirecopy_core::engine::MarkedBy;
#[doc(inline)]
pub use wirecopy_core::score::{Idf, LanguageKey};
#[doc(inline)]
pub use wirecopy_core::text::{Known, SourceLines, Tokens};
#[doc(inline)]
pub use wirecopy_report::assemble::{
    Asked, OpenSentence, Slot, Solved, SolvedCluster, SolvedEdge, Spelled, Speller, TextFacts,
    boilerplate_line, document_line,
};

/// Solves components with the settings of a run, on any thread.
pub struct Solver {
    config: Config,
    model: Option<Model>,
    passages: bool,
}

impl Solver {
    /// Returns a solver with these settings.
    ///
    /// # Errors
    /// Returns an error if a setting is out of range, or if the model's file cannot be read.
    pub fn new(config: &Config) -> Result<Self> {
        config.validate()?;
        let matching = &config.matching;
        let model =
            matching.rewrites.then(|| settings_files::model(matching.model.as_deref())).transpose()?;
        Ok(Self { config: config.clone(), model, passages: false })
    }

    /// Reports for each member of a cluster which of its passages occur in other members.
    #[must_use]
    pub fn passages(mut self, passages: bool) -> Self {
        self.passages = passages;
        self
    }

    /// Checks candidates; see [`Component::verify`].
    ///
    /// `weights` are those of the terms, counted over all leaders that hold articles.
    ///
    /// # Errors
    /// Returns an error if a document of a pair is missing, or if a temporary file cannot be written or read.
    pub fn verify(
        &self,
        documents: &Component,
        candidates: &[(u64, u64, bool)],
        weights: &Arc<Idf>,
    ) -> Result<Vec<Verified>> {
        documents.verify(candidates, self.scorer(weights))
    }

    /// Builds the clusters of whole components, and returns the lines of what was found; see [`Component::solve`].
    ///
    /// # Errors
    /// As for [`Solver::verify`].
    pub fn solve(
        &self,
        component: &Component,
        grouped: &[Grouped],
        verified: &[Verified],
        weights: &Arc<Idf>,
    ) -> Result<Solved> {
        component.solve(grouped, verified, self.scorer(weights), |found, judge, cancel| {
            assemble::component(&found, component.corpus(), judge, &self.config, self.passages, cancel)
        })
    }

    fn scorer(&self, weights: &Arc<Idf>) -> Option<(Model, Arc<Idf>)> {
        self.model.clone().map(|model| (model, Arc::clone(weights)))
    }
}

/// Returns what the line of a document says about its text, given its tokens without learned boilerplate.
pub fn text_facts(described: &Described, tokens: &Tokens) -> TextFacts {
    TextFacts {
        tokens: tokens.len(),
        boilerplate_tokens: tokens.boilerplate_len(),
        words: tokens.fingerprint(),
        no_article: described.no_article,
    }
}
