//! Gathers the evidence for pairs, cheapest first.

use std::sync::Arc;

use super::shingle_bound::{Bounds, ShingleBound};
use super::{
    Decision, Edge, Evidence, PARTIAL_CONTAINMENT, PARTIAL_SHINGLES, Publications, Scored, by_shingles,
    classify,
};
use crate::DocId;
use crate::Relation;
use crate::Similarity;
use crate::config::{MatchConfig, SHINGLE};
use crate::score::sets::Overlap;
use crate::score::{
    Bag, Exchanges, Features, Model, Profile, Scratch, Shared, are_foreign, is_template, measure,
    measure_unless,
};
use crate::text::{Coded, Token, Tokens, words_in};

/// Access to the tokens of documents.
pub trait Documents {
    /// Returns the tokens of a document.
    fn tokens(&mut self, document: DocId) -> Tokens;
    /// Returns the tokens of a document in reading order, without sentences.
    fn slice(&mut self, document: DocId) -> &[Token];
    /// Returns the codes of a document's tokens, if it is stored as codes.
    fn coded(&mut self, _document: DocId) -> Option<Coded<'_>> {
        None
    }
}

/// Access to the profiles of documents and to the model that scores them.
pub trait Scorer: Sync {
    /// Returns the profile of a document.
    fn profile(&self, document: DocId) -> Arc<Profile>;
    /// Returns the model.
    fn model(&self) -> &Model;
    /// Takes note of the features that were measured on the texts of two related documents, `a` before `b`, and of their rarest
    /// shared terms. By default nothing is kept.
    fn keep(&self, _a: DocId, _b: DocId, _features: &Features, _terms: &[u32]) {}
    /// Returns the features of a pair, if they were kept.
    fn kept(&self, _a: DocId, _b: DocId) -> Option<Features> {
        None
    }
}

/// Examines pairs of documents. It holds buffers and the shingles of the first document of the last pair, so it is
/// fastest with one examiner a thread and all pairs of a document in a row.
pub struct Examiner<'a, D> {
    config: &'a MatchConfig,
    publications: &'a Publications,
    documents: D,
    scorer: Option<&'a dyn Scorer>,
    shared: Shared,
    bound: ShingleBound,
    exchanges: Exchanges,
    scratch: Scratch,
    /// The words of a document, and the document.
    words: (Option<DocId>, Bag),
    /// The first document of the last pair.
    held: Option<(DocId, Tokens)>,
    /// The document it was last compared with, and their overlap.
    met: Option<(DocId, Tokens, Overlap)>,
    /// The document whose shingles are in `shared`, and the one it was last compared with there.
    tabled: Option<(DocId, DocId)>,
    /// The features of the last pair, if `scratch` still holds what they were measured on.
    measured: Option<Features>,
    /// The same, if they were measured to see whether the pair is decided by profiles.
    probed: Option<Features>,
}

impl<'a, D: Documents> Examiner<'a, D> {
    /// Creates an examiner. Without a scorer it decides by words, shingles and dates only.
    pub fn new(
        config: &'a MatchConfig,
        publications: &'a Publications,
        documents: D,
        scorer: Option<&'a dyn Scorer>,
    ) -> Self {
        Self {
            config,
            publications,
            documents,
            scorer,
            shared: Shared::default(),
            bound: ShingleBound::default(),
            exchanges: Exchanges::default(),
            scratch: Scratch::default(),
            words: Default::default(),
            held: None,
            met: None,
            tabled: None,
            measured: None,
            probed: None,
        }
    }

    /// Returns the edge between two documents if they are related, including [`Relation::Partial`].
    pub fn edge(&mut self, a: DocId, b: DocId) -> Option<Edge> {
        let (a, b) = (a.min(b), a.max(b));
        if self.publications.apart(a, b) && self.shares_little(a, b) {
            return None;
        }
        self.measured = None;
        let decision = self.decide(a, b);
        let relation = decision.relation?;
        if let Some((scorer, features)) = self.scorer.zip(self.measured).filter(|_| relation.is_scored()) {
            let terms = self.scratch.rarest_shared(&scorer.profile(a), &scorer.profile(b));
            scorer.keep(a, b, &features, &terms);
        }
        Some(self.edge_of(a, b, relation, decision.score))
    }

    /// Returns the same as [`edge`](Self::edge), faster for pairs that are not expected to have passages in
    /// common.
    pub fn edge_of_unlikely_pair(&mut self, a: DocId, b: DocId) -> Option<Edge> {
        let (a, b) = (a.min(b), a.max(b));
        // Beyond the window only shingles count, and counting them is cheaper than the profile of a document.
        if !self.publications.apart(a, b)
            && !self.publications.is_one_item(a, b)
            && self.is_decided_by_profiles(a, b)
        {
            return None;
        }
        let edge = self.edge(a, b);
        self.probed = None;
        edge
    }

    /// Returns whether two documents, `a` before `b`, share too few shingles to be copies or to have passages in common.
    fn shares_little(&mut self, a: DocId, b: DocId) -> bool {
        let bounds = self.bound.of(&mut self.documents, (a, b), self.config.shingle, PARTIAL_SHINGLES);
        bounds.is_some_and(|Bounds { most_shared, least }| {
            most_shared < PARTIAL_SHINGLES && Similarity::share(most_shared, least) < self.config.threshold
        })
    }

    /// Returns whether the profiles of two documents, `a` before `b`, are enough to show that they are not
    /// related. Their dates must be within the window.
    fn is_decided_by_profiles(&mut self, a: DocId, b: DocId) -> bool {
        let Some(scorer) = self.scorer_by_shingles() else { return false };
        let (x, y) = (scorer.profile(a), scorer.profile(b));
        let overlap = x.overlap(&y);
        // Short texts may be copies even without passages in common, and two without a word are.
        let may_be_copy = overlap.a + overlap.b == 0 || overlap.jaccard() >= self.config.threshold;
        if may_be_copy || may_share_passages(overlap.shared, overlap.containment(), 1) {
            return false;
        }
        let circumstances = self.publications.circumstances(a, b);
        let is_unrelated = |features: Features| {
            scorer.model().score(&features.with_circumstances(circumstances))
                < self.config.strictness.threshold()
        };
        let features = measure_unless(&x, &y, overlap.shared, &mut self.scratch, &is_unrelated);
        self.probed = features.filter(|&features| !is_unrelated(features));
        self.probed.is_none()
    }

    /// Decides the relation of two documents.
    pub fn decide(&mut self, a: DocId, b: DocId) -> Decision {
        let evidence = self.evidence(a, b);
        classify(&evidence, self.config)
    }

    /// Collects the evidence on two documents. The scorer is not used if the rest is decisive.
    pub fn evidence(&mut self, a: DocId, b: DocId) -> Evidence {
        let mut evidence = self.unscored(a, b);
        if !evidence.same_words && self.config.rewrites && by_shingles(&evidence, self.config).is_none() {
            evidence.scored = match (self.scorer, self.features(a, b)) {
                (None, _) => Scored::NotAsked,
                (Some(_), None) => Scored::TooLittle,
                (Some(scorer), Some(features)) => Scored::Probability(scorer.model().score(&features)),
            };
        }
        self.with_template(evidence, a, b)
    }

    /// Completes the evidence on two documents that would be grouped: they may be one template, filled in twice.
    pub fn with_template(&mut self, evidence: Evidence, a: DocId, b: DocId) -> Evidence {
        let grouped = classify(&evidence, self.config).relation.is_some_and(Relation::groups);
        if !grouped || evidence.same_words || evidence.same_item {
            return evidence;
        }
        let (x, y, _) = self.compared(a.min(b), a.max(b));
        Evidence { template: is_template(&x, &y), ..evidence }
    }

    /// Collects the evidence on two documents without the scorer.
    pub fn unscored(&mut self, a: DocId, b: DocId) -> Evidence {
        let (a, b) = (a.min(b), a.max(b));
        let (x, y, overlap) = self.compared(a, b);
        let same_words = x.digest() == y.digest() && x.as_slice() == y.as_slice();
        let labelled = self.publications.is_labelled(a) && self.publications.is_labelled(b);
        let mut evidence = Evidence {
            same_words,
            same_item: self.publications.is_one_item(a, b),
            shingles: overlap,
            shorter: x.len().min(y.len()),
            numbers_exchanged: 0,
            openings_foreign: false,
            template: false,
            time: self.publications.time(a, b),
            labelled,
            shares_passages: share_passages(&x, &y, overlap),
            scored: Scored::NotAsked,
        };
        let would_be_copy = overlap.jaccard() >= self.config.threshold;
        if !same_words && (would_be_copy || evidence.shares_passages) {
            evidence.openings_foreign = are_foreign(&x, &y);
        }
        if !same_words && self.config.rewrites && would_be_copy {
            if self.tabled != Some((a, b)) {
                self.overlap_in_table((a, &x), (b, &y));
            }
            evidence.numbers_exchanged = self.exchanges.numbers((&x, &y), &self.shared, self.config.shingle);
        }
        evidence
    }

    /// Returns the features for the scorer; `None` if the documents have too little in common or there is no
    /// scorer.
    pub fn features(&mut self, a: DocId, b: DocId) -> Option<Features> {
        let (a, b) = (a.min(b), a.max(b));
        let scorer = self.scorer?;
        let features = match scorer.kept(a, b) {
            Some(features) => features,
            None => {
                let measure = || measure(&scorer.profile(a), &scorer.profile(b), &mut self.scratch);
                self.measured = self.probed.take().or_else(measure);
                self.measured?
            }
        };
        Some(features.with_circumstances(self.publications.circumstances(a, b)))
    }

    /// Completes an edge of known relation and score with the overlaps of its documents.
    fn edge_of(&mut self, a: DocId, b: DocId, relation: Relation, score: Similarity) -> Edge {
        if relation == Relation::Identical {
            return Edge::identical(a, b);
        }
        Edge { relation, score, ..self.overlaps(a, b) }
    }

    /// Returns the overlaps of two documents, `a` before `b`, as an edge whose relation and score are
    /// placeholders.
    pub fn overlaps(&mut self, a: DocId, b: DocId) -> Edge {
        let (x, y, overlap) = self.compared(a, b);
        let jaccard = overlap.jaccard();
        let words = self.shared_words(a, &x, &y);
        let (containment_a, containment_b) = (words.containment_a(), words.containment_b());
        Edge {
            a,
            b,
            relation: Relation::Partial,
            score: Similarity::ZERO,
            jaccard,
            containment_a,
            containment_b,
        }
    }

    /// Returns the tokens of two documents, `a` before `b`, and the overlap of their shingles.
    fn compared(&mut self, a: DocId, b: DocId) -> (Tokens, Tokens, Overlap) {
        let x = match &self.held {
            Some((held, tokens)) if *held == a => tokens.clone(),
            _ => {
                let tokens = self.documents.tokens(a);
                self.held = Some((a, tokens.clone()));
                self.met = None;
                tokens
            }
        };
        match &self.met {
            Some((met, y, overlap)) if *met == b => (x, y.clone(), *overlap),
            _ => {
                let y = self.documents.tokens(b);
                let overlap =
                    self.overlap_of_profiles(a, b).unwrap_or_else(|| self.overlap_in_table((a, &x), (b, &y)));
                self.met = Some((b, y.clone(), overlap));
                (x, y, overlap)
            }
        }
    }

    /// Returns the scorer if its profiles have the shingles that decide. Theirs have five tokens, and say nothing about shingles of
    /// other lengths.
    fn scorer_by_shingles(&self) -> Option<&'a dyn Scorer> {
        self.scorer.filter(|_| self.config.shingle == SHINGLE && self.config.rewrites)
    }

    /// Returns the overlap of the shingles of two documents from their profiles, if they are needed anyway: documents within the
    /// window are nearly always scored.
    fn overlap_of_profiles(&self, a: DocId, b: DocId) -> Option<Overlap> {
        let scorer = self.scorer_by_shingles().filter(|_| !self.publications.apart(a, b))?;
        Some(scorer.profile(a).overlap(&scorer.profile(b)))
    }

    /// Computes the overlap of the shingles of two documents. Afterwards `shared` holds the first document and was last compared
    /// with the second.
    fn overlap_in_table(&mut self, (a, x): (DocId, &Tokens), (b, y): (DocId, &Tokens)) -> Overlap {
        if self.tabled.is_none_or(|(held, _)| held != a) {
            self.shared.hold(x.as_slice(), self.config.shingle);
        }
        self.tabled = Some((a, b));
        self.shared.overlap(y.as_slice(), self.config.shingle)
    }

    /// Computes the overlap of the words of two documents, of which `a` is the first.
    fn shared_words(&mut self, a: DocId, x: &Tokens, y: &Tokens) -> Overlap {
        let (held, words) = &mut self.words;
        if held.replace(a) != Some(a) {
            words.hold(x.as_slice());
        }
        words.overlap(y.as_slice())
    }
}

/// Returns whether two texts share passages that are worth reporting.
fn share_passages(x: &Tokens, y: &Tokens, overlap: Overlap) -> bool {
    let (shared, containment) = (overlap.shared, overlap.containment());
    // Few pairs share enough for the length of their words to matter.
    may_share_passages(shared, containment, 1)
        && may_share_passages(shared, containment, tokens_of_word(x).max(tokens_of_word(y)))
}

/// Returns whether this many shared shingles, at this share of the shorter text, are passages worth reporting, in texts whose
/// words are of one or two tokens.
fn may_share_passages(shared: usize, containment: Similarity, tokens_of_word: usize) -> bool {
    shared >= tokens_of_word * PARTIAL_SHINGLES && containment >= tokens_of_word as f64 * PARTIAL_CONTAINMENT
}

/// Returns of how many tokens a word of a text is: one, or two if most words are cut in pieces.
fn tokens_of_word(tokens: &Tokens) -> usize {
    let words = words_in(tokens.as_slice());
    if 4 * words < 3 * tokens.len() { 2 } else { 1 }
}
