//! Pairs judged by their tokens: verbatim relations first, then the scorer.

use std::cell::RefCell;

use super::corpus::Corpus;
use crate::DocId;
use crate::cluster::Judge;
use crate::config::MatchConfig;
use crate::report::Relation;
use crate::text::{Token, TokenReader, Tokens, each_shingle, shingles, words_in};
use crate::verify::sets::Overlap;
use crate::verify::{Edge, Publications, Rewrites, SURE, Scratch, Shared as Runs, Verifier};

/// Everything that can be asked of two documents of a run.
pub(super) struct Pairs<'a> {
    corpus: &'a Corpus,
    config: &'a MatchConfig,
    rewrites: Option<Rewrites<'a>>,
    publications: &'a Publications,
}

/// What came of a check.
pub(super) enum Verdict {
    Edge(Edge),
    /// No relation, but sentences in common.
    Quote(DocId, DocId),
}

/// A thread's buffers for a run of checks.
pub(super) struct Checker<'a> {
    verifier: Verifier<'a>,
    scratch: Scratch,
    reader: TokenReader<'a>,
    /// The document of the last check that was read first: it is usually checked against several in a row.
    held: (DocId, Tokens),
}

impl Checker<'_> {
    /// Holds the tokens of `a`, and gives those of `b`.
    fn read(&mut self, a: DocId, b: DocId) -> Tokens {
        if self.held.0 != a {
            self.held = (a, self.reader.get(a));
        }
        self.reader.get(b)
    }
}

impl<'a> Pairs<'a> {
    pub(super) fn new(
        corpus: &'a Corpus,
        config: &'a MatchConfig,
        rewrites: Option<Rewrites<'a>>,
        publications: &'a Publications,
    ) -> Self {
        Self { corpus, config, rewrites, publications }
    }

    pub(super) fn checker(&self) -> Checker<'a> {
        Checker {
            verifier: Verifier::new(self.config).published(self.publications),
            scratch: Scratch::default(),
            reader: self.corpus.tokens.reader(),
            held: (DocId(u32::MAX), Tokens::default()),
        }
    }

    /// The edge of a pair: identical, copy or excerpt when it is, else a rewrite when the scorer says so.
    pub(super) fn edge(&self, a: DocId, b: DocId, checker: &mut Checker<'_>) -> Option<Edge> {
        let (a, b) = (a.min(b), a.max(b));
        let y = checker.read(a, b);
        if let Some(edge) = checker.verifier.verbatim((a, &checker.held.1), (b, &y)) {
            return Some(edge);
        }
        if checker.verifier.editions() {
            return None;
        }
        let Some(doubtful) = checker.verifier.doubtful() else { return self.rewrite(a, b, checker) };
        let Some(rewrites) = &self.rewrites else {
            // Where nobody asks the scorer later, the shingles have the last word.
            return (!self.config.rewrites).then_some(doubtful);
        };
        rewrites.score(a, b, &mut checker.scratch).filter(|&score| score >= SURE).map(|_| doubtful)
    }

    /// The edge of a pair that has no verbatim relation: a rewrite when the scorer says so.
    fn rewrite(&self, a: DocId, b: DocId, checker: &mut Checker<'_>) -> Option<Edge> {
        let (a, b) = (a.min(b), a.max(b));
        let rewrites = self.rewrites.as_ref()?;
        let score =
            rewrites.score(a, b, &mut checker.scratch).filter(|&score| score >= rewrites.threshold())?;
        let y = checker.read(a, b);
        let (a, b) = ((a, &checker.held.1), (b, &y));
        (!checker.verifier.living(a, b)).then(|| checker.verifier.edge(a, b, Relation::Rewrite, score))
    }

    /// What is found of a candidate that may be verbatim: its edge, or whether it has sentences in common without being
    /// related; and of another, whether it is a rewrite.
    pub(super) fn verdict(
        &self,
        a: DocId,
        b: DocId,
        may_be_verbatim: bool,
        checker: &mut Checker<'_>,
    ) -> Option<Verdict> {
        if !may_be_verbatim {
            return self.rewrite(a, b, checker).map(Verdict::Edge);
        }
        let edge = self.edge(a, b, checker).map(Verdict::Edge);
        edge.or_else(|| checker.verifier.quotes().then(|| Verdict::Quote(a.min(b), a.max(b))))
    }

    pub(super) fn rewrites(&self) -> Option<&Rewrites<'a>> {
        self.rewrites.as_ref()
    }
}

/// Leaves runs of `words` words and more: five characters of Japanese in a row are a turn of phrase.
fn leave_long(quoted: &mut [bool], tokens: &[Token], words: usize) {
    let mut start = 0;
    for run in quoted.chunk_by_mut(|a, b| a == b) {
        let end = start + run.len();
        if run[0] && words_in(&tokens[start..end]) < words {
            run.fill(false);
        }
        start = end;
    }
}

impl Judge for Pairs<'_> {
    fn first_of(&self, document: DocId) -> DocId {
        self.corpus.first_of(document)
    }

    fn relate(&self, a: DocId, b: DocId) -> Option<Edge> {
        self.edge(a, b, &mut self.checker())
    }

    fn relate_all(&self, pairs: &[(DocId, DocId)]) -> Vec<Edge> {
        let mut checker = self.checker();
        pairs.iter().filter_map(|&(a, b)| self.edge(a, b, &mut checker)).collect()
    }

    fn apart(&self, a: DocId, b: DocId) -> bool {
        self.rewrites.as_ref().is_some_and(|rewrites| rewrites.apart(a, b))
    }

    fn unrelated(&self, a: DocId, b: DocId) -> bool {
        self.rewrites.as_ref().is_some_and(|rewrites| rewrites.unrelated(a, b))
    }

    fn quoted(&self, of: DocId, by: &[DocId]) -> Vec<Vec<bool>> {
        thread_local! {
            static RUNS: RefCell<Runs> = RefCell::default();
        }
        let mut reader = self.corpus.tokens.reader();
        let of = reader.get(of);
        let k = self.config.shingle;
        RUNS.with_borrow_mut(|runs| {
            runs.hold(of.as_slice(), k);
            let quoted = |&by: &DocId| {
                let mut quoted = vec![false; of.len()];
                if runs.meet(reader.get(by).as_slice(), k, |_| ()) > 0 {
                    let mut at = 0;
                    each_shingle(of.as_slice(), k, |run| {
                        if runs.met(run) {
                            let end = (at + k).min(of.len());
                            quoted[at..end].fill(true);
                        }
                        at += 1;
                    });
                    leave_long(&mut quoted, of.as_slice(), k);
                }
                quoted
            };
            by.iter().map(quoted).collect()
        })
    }

    fn coverage(&self, of: DocId, by: DocId) -> f64 {
        thread_local! {
            static SETS: RefCell<(Vec<u64>, Vec<u64>)> = RefCell::default();
        }
        SETS.with_borrow_mut(|(x, y)| {
            shingles(self.corpus.tokens.get(of).as_slice(), 1, x);
            shingles(self.corpus.tokens.get(by).as_slice(), 1, y);
            Overlap::of(x, y).containment_a()
        })
    }

    fn length(&self, document: DocId) -> usize {
        self.corpus.tokens.len_of(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenize;

    #[test]
    fn a_run_has_as_many_words_in_every_script() {
        let left = |text: &str, quoted: std::ops::Range<usize>| -> usize {
            let tokens = tokenize(text);
            let mut marks: Vec<bool> = (0..tokens.len()).map(|at| quoted.contains(&at)).collect();
            leave_long(&mut marks, tokens.as_slice(), 5);
            marks.into_iter().filter(|&mark| mark).count()
        };
        let (latin, han) = ("The ferry sails again on the lake today.", "渡船今天又在湖上航行运送乘客");
        assert_eq!((left(latin, 1..5), left(latin, 1..6)), (0, 5));
        assert_eq!((left(han, 2..11), left(han, 2..12)), (0, 10));
    }
}
