//! Pairs judged by their tokens: verbatim relations first, then the scorer.

use std::cell::RefCell;

use crate::DocId;
use crate::cluster::Judge;
use crate::config::MatchConfig;
use crate::report::Relation;
use crate::text::{Tokens, each_shingle, shingles};
use crate::verify::sets::Overlap;
use crate::verify::{Edge, Rewrites, SURE, Scratch, Verifier, Window};

/// Everything that can be asked of two documents of a run.
pub(super) struct Pairs<'a> {
    tokens: &'a [Tokens],
    config: &'a MatchConfig,
    rewrites: Option<Rewrites<'a>>,
    window: Option<&'a Window>,
}

/// What came of a check.
pub(super) enum Verdict {
    Edge(Edge),
    Quote(DocId, DocId),
    Nothing,
}

/// A thread's buffers for a run of checks.
pub(super) struct Checker<'a> {
    verifier: Verifier<'a>,
    scratch: Scratch,
}

impl<'a> Pairs<'a> {
    /// `window` has the dates of the documents, where they count.
    pub(super) fn new(
        tokens: &'a [Tokens],
        config: &'a MatchConfig,
        rewrites: Option<Rewrites<'a>>,
        window: Option<&'a Window>,
    ) -> Self {
        Self { tokens, config, rewrites, window }
    }

    pub(super) fn checker(&self) -> Checker<'a> {
        Checker { verifier: Verifier::new(self.config).within(self.window), scratch: Scratch::default() }
    }

    /// The edge of a pair: identical, copy or excerpt when it is, else a rewrite when the scorer says so.
    pub(super) fn edge(&self, a: DocId, b: DocId, checker: &mut Checker<'_>) -> Option<Edge> {
        let (a, b) = (a.min(b), a.max(b));
        let (x, y) = (&self.tokens[a.index()], &self.tokens[b.index()]);
        if let Some(edge) = checker.verifier.verbatim((a, x), (b, y)) {
            return Some(edge);
        }
        if checker.verifier.editions() {
            return None;
        }
        let doubtful = checker.verifier.doubtful();
        let Some(rewrites) = &self.rewrites else {
            // Where nobody asks the scorer later, the shingles have the last word.
            return doubtful.filter(|_| !self.config.rewrites);
        };
        let score = rewrites.score(a, b, &mut checker.scratch)?;
        if doubtful.is_some() {
            return doubtful.filter(|_| score >= SURE);
        }
        if score < rewrites.threshold() {
            return None;
        }
        Some(checker.verifier.edge((a, x), (b, y), Relation::Rewrite, score))
    }

    /// The edge of a pair, or whether it has sentences in common without being related.
    pub(super) fn verdict(&self, a: DocId, b: DocId, checker: &mut Checker<'_>) -> Verdict {
        match self.edge(a, b, checker) {
            Some(edge) => Verdict::Edge(edge),
            None if checker.verifier.quotes() => Verdict::Quote(a.min(b), a.max(b)),
            None => Verdict::Nothing,
        }
    }

    pub(super) fn rewrites(&self) -> Option<&Rewrites<'a>> {
        self.rewrites.as_ref()
    }
}

impl Judge for Pairs<'_> {
    fn relate(&self, a: DocId, b: DocId) -> Option<Edge> {
        self.edge(a, b, &mut self.checker())
    }

    fn apart(&self, a: DocId, b: DocId) -> bool {
        self.rewrites.as_ref().is_some_and(|rewrites| rewrites.apart(a, b))
    }

    fn unrelated(&self, a: DocId, b: DocId) -> bool {
        self.rewrites.as_ref().is_some_and(|rewrites| rewrites.unrelated(a, b))
    }

    fn quoted(&self, of: DocId, by: DocId) -> Vec<bool> {
        let (of, by) = (self.tokens[of.index()].as_slice(), self.tokens[by.index()].as_slice());
        let k = self.config.shingle;
        let mut runs = Vec::new();
        shingles(by, k, &mut runs);
        let mut quoted = vec![false; of.len()];
        let mut at = 0;
        each_shingle(of, k, |run| {
            if runs.binary_search(&run).is_ok() {
                let end = (at + k).min(of.len());
                quoted[at..end].fill(true);
            }
            at += 1;
        });
        quoted
    }

    fn coverage(&self, of: DocId, by: DocId) -> f64 {
        thread_local! {
            static SETS: RefCell<(Vec<u64>, Vec<u64>)> = RefCell::default();
        }
        SETS.with_borrow_mut(|(x, y)| {
            shingles(self.tokens[of.index()].as_slice(), 1, x);
            shingles(self.tokens[by.index()].as_slice(), 1, y);
            Overlap::of(x, y).containment_a()
        })
    }

    fn length(&self, document: DocId) -> usize {
        self.tokens[document.index()].len()
    }
}
