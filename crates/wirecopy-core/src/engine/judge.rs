//! The pairs of a run: reads documents for the [`Examiner`], and answers the checks of the clusterer.

use std::cell::RefCell;

use super::corpus::Corpus;
use super::scorer::RunScorer;
use crate::DocId;
use crate::Relation;
use crate::classify::{Documents, Edge, Examiner, Publications, Scorer};
use crate::cluster::{Judge, edge_between};
use crate::config::MatchConfig;
use crate::score::Shared;
use crate::score::sets::Overlap;
use crate::text::{Coded, Token, TokenReader, Tokens, covered, in_order, shingles, words_in};

/// Everything that can be determined about two documents of a run.
pub struct Pairs<'a> {
    corpus: &'a Corpus,
    config: &'a MatchConfig,
    scorer: Option<RunScorer<'a>>,
    publications: &'a Publications,
    /// Edges that need not be determined again, sorted by their ends.
    known: &'a [Edge],
}

/// Reads the tokens of a run's documents.
pub struct Reader<'a>(TokenReader<'a>);

impl Documents for Reader<'_> {
    fn tokens(&mut self, document: DocId) -> Tokens {
        self.0.get(document)
    }

    fn slice(&mut self, document: DocId) -> &[Token] {
        self.0.slice(document)
    }

    fn coded(&mut self, document: DocId) -> Option<Coded<'_>> {
        self.0.coded(document)
    }
}

/// Examines pairs on one thread.
pub type Checker<'a> = Examiner<'a, Reader<'a>>;

impl<'a> Pairs<'a> {
    /// Returns the pairs of a corpus; without a scorer, copies and excerpts only.
    pub fn new(
        corpus: &'a Corpus,
        config: &'a MatchConfig,
        scorer: Option<RunScorer<'a>>,
        publications: &'a Publications,
    ) -> Self {
        Self { corpus, config, scorer, publications, known: &[] }
    }

    /// Returns what is known of the documents besides their texts.
    pub(crate) fn publications(&self) -> &Publications {
        self.publications
    }

    /// Adds edges that were determined before, sorted by their ends, so that [`relate`](Judge::relate) looks them up.
    #[must_use]
    pub fn with_known(self, known: &'a [Edge]) -> Self {
        Self { known, ..self }
    }

    /// Returns an examiner for one thread.
    pub fn checker(&self) -> Checker<'_> {
        let scorer = self.scorer.as_ref().map(|scorer| scorer as &dyn Scorer);
        let reader = Reader(self.corpus.tokens.reader());
        Examiner::new(self.config, self.publications, reader, scorer)
    }

    /// Returns the edge of a pair of documents of one cluster, as [`relate`](Judge::relate) does, given a checker for pairs that
    /// have to be determined. Of the `checked` documents, in ascending order, every pair was determined before; those without a
    /// known edge are not related.
    pub fn relate_within(
        &self,
        checked: &[DocId],
        checker: &mut Checker<'_>,
        a: DocId,
        b: DocId,
    ) -> Option<Edge> {
        let was_checked = |document: DocId| checked.binary_search(&document).is_ok();
        let known = edge_between(self.known, a.min(b), a.max(b)).copied();
        let edge = if was_checked(a) && was_checked(b) {
            known
        } else {
            known.or_else(|| checker.edge_of_unlikely_pair(a, b))
        };
        edge.filter(|edge| self.may_group(edge))
    }

    /// Returns whether an edge may put its documents into one cluster.
    pub fn may_group(&self, edge: &Edge) -> bool {
        edge.relation.groups() && (self.config.versions || edge.relation != Relation::Version)
    }

    /// Returns the scorer, if there is one.
    pub fn scorer(&self) -> Option<&RunScorer<'a>> {
        self.scorer.as_ref()
    }
}

/// Clears groups of fewer than `words` words. Five Japanese characters in a row are just a phrase.
fn remove_short(quoted: &mut [bool], tokens: &[Token], words: usize) {
    let mut start = 0;
    for group in quoted.chunk_by_mut(|a, b| a == b) {
        let end = start + group.len();
        if group[0] && words_in(&tokens[start..end]) < words {
            group.fill(false);
        }
        start = end;
    }
}

/// Returns for each of some sorted sets the sum of the shares of the others that it holds.
fn shares_in_each(sets: &[Box<[u64]>]) -> Vec<f64> {
    // By the set that holds, then by the one that is held.
    let mut shares = vec![vec![0.0; sets.len()]; sets.len()];
    for (y, after) in sets.iter().enumerate() {
        for (x, before) in sets[..y].iter().enumerate() {
            let overlap = Overlap::of(before, after);
            shares[y][x] = overlap.containment_a().get();
            shares[x][y] = overlap.containment_b().get();
        }
    }
    // In the order of the sets, because a sum of floating-point numbers depends on it.
    shares.into_iter().map(|shares| shares.into_iter().sum()).collect()
}

impl Judge for Pairs<'_> {
    fn text(&self, document: DocId) -> u64 {
        self.corpus.text(document).dated
    }

    fn relate(&self, a: DocId, b: DocId) -> Option<Edge> {
        let known = edge_between(self.known, a.min(b), a.max(b)).copied();
        known.or_else(|| self.checker().edge_of_unlikely_pair(a, b)).filter(|edge| self.may_group(edge))
    }

    fn relate_all(&self, pairs: &[(DocId, DocId)]) -> Vec<Edge> {
        let mut checker = self.checker();
        let edges = pairs.iter().filter_map(|&(a, b)| checker.edge_of_unlikely_pair(a, b));
        edges.filter(|edge| self.may_group(edge)).collect()
    }

    fn apart(&self, a: DocId, b: DocId) -> bool {
        self.publications.apart(a, b)
    }

    fn one_item(&self, a: DocId, b: DocId) -> bool {
        self.publications.is_one_item(a, b)
    }

    fn same_source(&self, a: DocId, b: DocId) -> bool {
        self.publications.same_source(a, b) == Some(true)
    }

    fn date(&self, document: DocId) -> Option<i64> {
        self.publications.date(document)
    }

    fn unrelated(&self, a: DocId, b: DocId) -> bool {
        self.scorer.as_ref().is_some_and(|scorer| scorer.unrelated(a, b))
    }

    fn quoted(&self, of: DocId, by: &[DocId]) -> Vec<Vec<bool>> {
        self.quoted_unless(of, by, usize::MAX).unwrap_or_default()
    }

    fn quoted_unless(&self, of: DocId, by: &[DocId], enough: usize) -> Option<Vec<Vec<bool>>> {
        thread_local! {
            static SHARED: RefCell<Shared> = RefCell::default();
        }
        let mut reader = self.corpus.tokens.reader();
        let of = reader.get(of);
        let k = self.config.shingle;
        SHARED.with_borrow_mut(|shared| {
            shared.hold(of.as_slice(), k);
            let own = in_order(of.as_slice(), k);
            let quoted = |&by: &DocId| {
                if shared.meet(reader.slice(by), k, |_| ()) == 0 {
                    return Some(vec![false; of.len()]).filter(|_| enough > 0);
                }
                let mut quoted = covered(&own, of.len(), k, |shingle| shared.met(shingle));
                remove_short(&mut quoted, of.as_slice(), k);
                (quoted.iter().filter(|&&quoted| quoted).count() < enough).then_some(quoted)
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
            Overlap::of(x, y).containment_a().get()
        })
    }

    fn covered_by_each(&self, documents: &[DocId]) -> Vec<f64> {
        if documents.len() < 2 {
            return vec![0.0; documents.len()];
        }
        let mut reader = self.corpus.tokens.reader();
        let mut words = Vec::new();
        let mut words_of = |&document: &DocId| -> Box<[u64]> {
            shingles(reader.slice(document), 1, &mut words);
            words.as_slice().into()
        };
        let words: Vec<Box<[u64]>> = documents.iter().map(&mut words_of).collect();
        shares_in_each(&words)
    }

    fn length(&self, document: DocId) -> usize {
        self.corpus.tokens.len_of(document)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::Similarity;
    use crate::text::tokenize;

    proptest! {
        #[test]
        fn shares_are_those_of_each_pair(
            sets in prop::collection::vec(prop::collection::btree_set(0u64..40, 0..30), 0..6),
        ) {
            let held = |of: &BTreeSet<u64>, by: &BTreeSet<u64>| {
                Similarity::share(of.intersection(by).count(), of.len()).get()
            };
            let sum = |by: usize| -> f64 {
                (0..sets.len()).filter(|&of| of != by).map(|of| held(&sets[of], &sets[by])).sum()
            };
            let sorted: Vec<Box<[u64]>> = sets.iter().map(|set| set.iter().copied().collect()).collect();
            prop_assert_eq!(shares_in_each(&sorted), (0..sets.len()).map(sum).collect::<Vec<f64>>());
        }
    }

    #[test]
    fn passages_are_measured_in_words_in_every_script() {
        let left = |text: &str, quoted: std::ops::Range<usize>| -> usize {
            let tokens = tokenize(text);
            let mut marks: Vec<bool> = (0..tokens.len()).map(|at| quoted.contains(&at)).collect();
            remove_short(&mut marks, tokens.as_slice(), 5);
            marks.into_iter().filter(|&mark| mark).count()
        };
        let (latin, han) = ("The ferry sails again on the lake today.", "渡船今天又在湖上航行运送乘客");
        assert_eq!((left(latin, 1..5), left(latin, 1..6)), (0, 5));
        assert_eq!((left(han, 2..11), left(han, 2..12)), (0, 10));
    }
}
