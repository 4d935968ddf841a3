//! Groups the versions of running stories: chains in time.
//!
//! A running story is sent again and again over hours, each version slightly different from the one before, so
//! that the first and the last may have nothing in common. Such a chain is not a clique, and correlation
//! clustering would cut it. Therefore documents that share passages are joined edge by edge, highest score first,
//! before rewrites are clustered. Time separates two stories that share the same background day after day: no
//! story is longer than [`SPAN`]. And no weak edge joins two groups ([`BRIDGE`]), because one such pair can
//! connect two reports that quote the same statement.
//!
//! Cost: a sort of the edges.

use super::representative::Judge;
use super::union_find::UnionFind;
use crate::DocId;
use crate::Relation;
use crate::classify::{Edge, NEARLY_IDENTICAL};

/// Most seconds from the first to the last document of a running story; a reprint may come later.
const SPAN: i64 = 3 * 24 * 3600;

/// Least score of an edge other than a rewrite that joins two groups surely; an edge of two versions with less does not. A single
/// document may be a version with few similar ones; two groups of one story have a pair with a higher score.
const BRIDGE: f64 = 0.75;

/// Least score of a rewrite that joins two groups surely. Higher than [`BRIDGE`], because two reports on one event resemble each other by
/// chance more often than they share passages. A weaker rewrite needs the support of the other texts of both groups, whose copies are
/// compared for that. With 0.75, two families of real translations became one; with 0.9 none do.
const REWRITE_BRIDGE: f64 = 0.9;

/// The first and the last date in a group of documents with their documents, if any date is known.
pub(super) type Dates = Option<((i64, DocId), (i64, DocId))>;

/// Returns whether an edge within one dispatch is strong enough to join two groups of documents, as a rule, so that no other edge between
/// them is needed.
pub fn is_sure(edge: &Edge) -> bool {
    edge.score >= if edge.relation.is_reworded() { REWRITE_BRIDGE } else { BRIDGE }
}

/// Joins copies with their leaders, and documents that share passages. Returns the sets and, by their roots, the dates of their leaders and
/// of those copies that are known to have their leader's source: a page may be dated by a visit. `leaders` has the leader of each document.
/// `edges` are edges within one dispatch; rewrites among them are ignored.
pub(super) fn join_versions(
    leaders: &[DocId],
    edges: &[Edge],
    judge: &impl Judge,
) -> (UnionFind, Vec<Dates>) {
    let documents = leaders.len();
    let holder = holders(documents, edges, judge);
    let mut sets = UnionFind::new(documents);
    // The number of leaders in each group, by its root, and their dates. For the span of a story copies count as one document, published
    // when their leader was.
    let mut stories = vec![1_u32; documents];
    let mut spans: Vec<Dates> = vec![None; documents];
    let mut dates: Vec<Dates> = vec![None; documents];
    for (document, leader) in (0u32..).zip(leaders) {
        sets.union(leader.0, document);
    }
    for (document, &leader) in (0u32..).map(DocId).zip(leaders) {
        let root = sets.find(document.0) as usize;
        let own = dates_of(leader, document, judge);
        if document == leader {
            spans[root] = own;
        }
        dates[root] = together(dates[root], own);
    }
    let mut joining: Vec<&Edge> = edges
        .iter()
        .filter(|edge| match edge.relation {
            Relation::Identical | Relation::Copy | Relation::Version => true,
            Relation::Excerpt => {
                holder[held(edge, judge).index()] == Some((edge.a, edge.b)) || judge.one_item(edge.a, edge.b)
            }
            Relation::Rewrite | Relation::Partial => false,
        })
        .collect();
    joining.sort_by(|x, y| {
        let order = y.score.cmp(&x.score).then(y.jaccard.cmp(&x.jaccard));
        order.then((x.a, x.b).cmp(&(y.a, y.b)))
    });
    // Reprints that are later than versions may be are joined last, so that they do not use up the span of the
    // versions.
    let late: Vec<&Edge> = joining.iter().copied().filter(|edge| edge.relation <= Relation::Copy).collect();
    let all = joining.into_iter().map(|edge| (edge, false));
    for (edge, is_late) in all.chain(late.into_iter().map(|edge| (edge, true))) {
        let (a, b) = (sets.find(edge.a.0), sets.find(edge.b.0));
        if a == b {
            continue;
        }
        let span = together(spans[a as usize], spans[b as usize]);
        let are_apart = || apart(dates[a as usize], dates[b as usize], judge);
        let is_weak = edge.relation == Relation::Version && !is_sure(edge);
        let joins_groups = stories[a as usize] > 1 && stories[b as usize] > 1;
        if is_weak && joins_groups || !may_join(edge, is_late, span, are_apart, judge) {
            continue;
        }
        let both = together(dates[a as usize], dates[b as usize]);
        let number = stories[a as usize] + stories[b as usize];
        sets.union(a, b);
        let root = sets.find(a) as usize;
        (spans[root], dates[root], stories[root]) = (span, both, number);
    }
    (sets, dates)
}

/// Returns whether any document of a group is too far from any of another to be of one dispatch.
pub(super) fn apart(a: Dates, b: Dates, judge: &impl Judge) -> bool {
    a.zip(b).is_some_and(|((a, z), (b, y))| judge.apart(a.1, y.1) || judge.apart(b.1, z.1))
}

/// Returns whether two groups may be of one story, given an edge that joins them, the dates of the leaders of both, and whether documents of
/// the two are too far apart. A late reprint is limited by the window only, and neither a nearly identical one nor a version of the same
/// item at all.
fn may_join(
    edge: &Edge,
    is_late: bool,
    span: Dates,
    are_apart: impl Fn() -> bool,
    judge: &impl Judge,
) -> bool {
    if judge.one_item(edge.a, edge.b) {
        return true;
    }
    let is_near = span.is_none_or(|(first, last)| last.0 - first.0 <= SPAN);
    // A nearly identical text is the same dispatch, sent again at any time.
    let is_same_text = match edge.relation {
        Relation::Identical => true,
        relation => relation == Relation::Copy && edge.jaccard >= NEARLY_IDENTICAL,
    };
    (is_late || is_near) && (is_same_text || !are_apart())
}

/// Returns the date of a document as the first and the last one, if it is the leader of its group or known to have the leader's source.
pub(super) fn dates_of(leader: DocId, document: DocId, judge: &impl Judge) -> Dates {
    let date = judge.date(document).filter(|_| document == leader || judge.same_source(leader, document));
    date.map(|date| ((date, document), (date, document)))
}

/// Combines the dates of two groups.
pub(super) fn together(a: Dates, b: Dates) -> Dates {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (one, other) => one.or(other),
    }
}

/// Returns the document that is the excerpt in an excerpt's edge: the shorter, or of equals the later.
fn held(edge: &Edge, judge: &impl Judge) -> DocId {
    if judge.length(edge.a) < judge.length(edge.b) { edge.a } else { edge.b }
}

/// Returns for each excerpt the ends of its edge to the document that contains it best. Text that two stories
/// quote is part of one of them.
fn holders(documents: usize, edges: &[Edge], judge: &impl Judge) -> Vec<Option<(DocId, DocId)>> {
    let mut best: Vec<Option<&Edge>> = vec![None; documents];
    // The edge with the highest score is better; among equals the first.
    let is_better = |x: &Edge, y: &Edge| {
        let order = x.score.cmp(&y.score).then(x.jaccard.cmp(&y.jaccard));
        order.then((y.a, y.b).cmp(&(x.a, x.b))).is_gt()
    };
    for edge in edges.iter().filter(|edge| edge.relation == Relation::Excerpt) {
        let best = &mut best[held(edge, judge).index()];
        if best.is_none_or(|other| is_better(edge, other)) {
            *best = Some(edge);
        }
    }
    best.into_iter().map(|edge| edge.map(|edge| (edge.a, edge.b))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Similarity;

    const HOUR: i64 = 3600;
    const DAY: i64 = 24 * HOUR;

    /// Documents with dates and lengths only.
    #[derive(Debug)]
    struct Dated {
        dates: Vec<Option<i64>>,
        lengths: Vec<usize>,
        window: i64,
    }

    impl Dated {
        /// Creates documents of equal length with these publication times and a window of seven days.
        fn at(dates: impl IntoIterator<Item = i64>) -> Self {
            let dates: Vec<Option<i64>> = dates.into_iter().map(Some).collect();
            Self { lengths: vec![100; dates.len()], dates, window: 7 * DAY }
        }

        fn groups(&self, edges: &[Edge]) -> Vec<Vec<u32>> {
            let leaders: Vec<DocId> = (0..).map(DocId).take(self.dates.len()).collect();
            join_versions(&leaders, edges, self).0.groups()
        }
    }

    impl Judge for Dated {
        fn relate(&self, _: DocId, _: DocId) -> Option<Edge> {
            None
        }
        fn apart(&self, a: DocId, b: DocId) -> bool {
            self.date(a).zip(self.date(b)).is_some_and(|(a, b)| (a - b).abs() > self.window)
        }
        fn date(&self, document: DocId) -> Option<i64> {
            self.dates[document.index()]
        }
        fn unrelated(&self, _: DocId, _: DocId) -> bool {
            false
        }
        fn quoted(&self, of: DocId, by: &[DocId]) -> Vec<Vec<bool>> {
            vec![vec![false; self.length(of)]; by.len()]
        }
        fn coverage(&self, _: DocId, _: DocId) -> f64 {
            0.0
        }
        fn length(&self, document: DocId) -> usize {
            self.lengths[document.index()]
        }
    }

    fn edge(a: u32, b: u32, relation: Relation, score: f64) -> Edge {
        let (a, b) = (DocId(a.min(b)), DocId(a.max(b)));
        let [score, jaccard, containment_a, containment_b] = [score, 0.4, 0.6, 0.6].map(Similarity::clamped);
        Edge { a, b, relation, score, jaccard, containment_a, containment_b }
    }

    /// Returns a chain of edges in which each document is a version of the next.
    fn chain(documents: u32) -> Vec<Edge> {
        (1..documents).map(|at| edge(at - 1, at, Relation::Version, 0.9)).collect()
    }

    #[test]
    fn running_story_is_one_group_without_an_edge_between_its_ends() {
        let hourly = Dated::at((0..40).map(|at| at * HOUR));
        assert_eq!(hourly.groups(&chain(40)), [(0..40).collect::<Vec<u32>>()]);
        let undated = Dated { dates: vec![None; 40], ..Dated::at((0..40).map(|_| 0)) };
        assert_eq!(undated.groups(&chain(40)), [(0..40).collect::<Vec<u32>>()]);
    }

    #[test]
    fn daily_background_does_not_make_a_story_of_many_days() {
        let daily = Dated::at((0..30).map(|at| at * DAY));
        let groups = daily.groups(&chain(30));
        assert!(!groups.is_empty());
        for group in groups {
            assert!(group.len() <= 4, "from {} to {}", group[0], group[group.len() - 1]);
        }
        let every = (0..30u32).flat_map(|a| (a + 1..30).map(move |b| edge(a, b, Relation::Version, 0.9)));
        let groups = daily.groups(&every.collect::<Vec<Edge>>());
        assert!(groups.iter().all(|group| group.len() <= 4), "{groups:?}");
    }

    #[test]
    fn weak_edge_adds_a_document_but_does_not_join_groups() {
        let hour = Dated::at([0; 4]);
        let mut edges = vec![edge(0, 1, Relation::Version, 0.9), edge(1, 2, Relation::Version, 0.6)];
        assert_eq!(hour.groups(&edges), [[0, 1, 2]]);
        edges.push(edge(2, 3, Relation::Version, 0.9));
        assert_eq!(hour.groups(&edges), [[0, 1], [2, 3]]);
        edges.push(edge(0, 3, Relation::Version, 0.8));
        assert_eq!(hour.groups(&edges), [[0, 1, 2, 3]]);
    }

    #[test]
    fn rewrites_and_partial_pairs_join_nothing() {
        let dated = Dated::at([0, 0, 0]);
        let edges = [edge(0, 1, Relation::Rewrite, 1.0), edge(1, 2, Relation::Partial, 1.0)];
        assert!(dated.groups(&edges).is_empty());
    }

    #[test]
    fn excerpt_of_two_stories_joins_the_better_one() {
        let mut dated = Dated::at([0, 0, HOUR]);
        dated.lengths = vec![100, 200, 40];
        for (scores, with) in [([0.81, 0.99], 1), ([0.99, 0.81], 0)] {
            let edges = [edge(0, 2, Relation::Excerpt, scores[0]), edge(1, 2, Relation::Excerpt, scores[1])];
            assert_eq!(dated.groups(&edges), [[with, 2]]);
        }
        // The document with the lower number may be the excerpt.
        dated.lengths = vec![40, 200, 100];
        let edges = [edge(0, 1, Relation::Excerpt, 0.81), edge(0, 2, Relation::Excerpt, 0.99)];
        assert_eq!(dated.groups(&edges), [[0, 2]]);
    }

    #[test]
    fn reprint_may_come_later_than_a_version() {
        let dated = Dated::at([0, 6 * DAY]);
        assert_eq!(dated.groups(&[edge(0, 1, Relation::Copy, 0.9)]), [[0, 1]]);
        assert!(dated.groups(&[edge(0, 1, Relation::Version, 0.9)]).is_empty());
        assert!(Dated::at([0, 8 * DAY]).groups(&[edge(0, 1, Relation::Copy, 0.9)]).is_empty());
    }

    #[test]
    fn late_reprint_does_not_separate_versions() {
        let dated = Dated::at([0, HOUR, 6 * DAY]);
        let version = edge(0, 1, Relation::Version, 0.9);
        for score in [0.8, 0.99] {
            let groups = dated.groups(&[version, edge(0, 2, Relation::Copy, score)]);
            assert_eq!(groups, [[0, 1, 2]], "a copy of score {score}");
        }
    }

    #[test]
    fn identical_texts_join_at_any_time() {
        let dated = Dated::at([0, 400 * DAY]);
        assert_eq!(dated.groups(&[edge(0, 1, Relation::Identical, 1.0)]), [[0, 1]]);
    }

    #[test]
    fn copy_sent_again_beyond_the_window_keeps_other_versions_apart() {
        // 2 is a copy of 1, twelve days after the version 0.
        let leaders = [DocId(0), DocId(1), DocId(1)];
        let groups = |days: i64, edge: Edge| {
            join_versions(&leaders, &[edge], &Dated::at([0, 3 * DAY, days * DAY])).0.groups()
        };
        let version = edge(0, 1, Relation::Version, 0.9);
        assert_eq!(groups(7, version), [[0, 1, 2]]);
        assert_eq!(groups(12, version), [[1, 2]]);
        let same = Edge { jaccard: Similarity::clamped(0.95), ..edge(0, 1, Relation::Copy, 0.99) };
        assert_eq!(groups(12, same), [[0, 1, 2]]);
    }

    #[test]
    fn undated_document_does_not_bridge_two_weeks() {
        let mut dated = Dated::at([0, 0, 14 * DAY]);
        dated.dates[1] = None;
        let edges = [edge(0, 1, Relation::Version, 0.9), edge(1, 2, Relation::Version, 0.8)];
        assert_eq!(dated.groups(&edges), [[0, 1]]);
        let edges = [edge(0, 1, Relation::Copy, 0.9), edge(1, 2, Relation::Copy, 0.8)];
        assert_eq!(dated.groups(&edges), [[0, 1]]);
    }

    /// Generates documents with dates over three weeks, and edges among them with many equal scores.
    fn case() -> impl Strategy<Value = (Dated, Vec<Edge>)> {
        let document = (prop::option::weighted(0.8, 0..21 * DAY), 1usize..4);
        let relation = prop::sample::select(vec![
            Relation::Copy,
            Relation::Copy,
            Relation::Excerpt,
            Relation::Excerpt,
            Relation::Version,
            Relation::Version,
            Relation::Rewrite,
            Relation::Partial,
        ]);
        let edges = prop::collection::vec((0u32..12, 0u32..12, relation, 1u8..4), 0..40);
        (prop::collection::vec(document, 12), edges).prop_map(|(documents, edges)| {
            let (dates, lengths) = documents.into_iter().unzip();
            let mut edges: Vec<Edge> = edges
                .into_iter()
                .filter(|&(a, b, ..)| a != b)
                .map(|(a, b, relation, score)| edge(a, b, relation, f64::from(score) / 4.0))
                .collect();
            edges.sort_by_key(|edge| (edge.a, edge.b));
            edges.dedup_by_key(|edge| (edge.a, edge.b));
            (Dated { dates, lengths, window: 7 * DAY }, edges)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn no_group_exceeds_the_window((dated, edges) in case()) {
            for group in dated.groups(&edges) {
                for &a in &group {
                    for &b in &group {
                        prop_assert!(!dated.apart(DocId(a), DocId(b)), "{} and {} in {:?}", a, b, group);
                    }
                }
            }
        }

        #[test]
        fn without_copies_no_story_is_longer_than_three_days((dated, mut edges) in case()) {
            edges.retain(|edge| edge.relation != Relation::Copy);
            for group in dated.groups(&edges) {
                let dates = || group.iter().filter_map(|&document| dated.dates[document as usize]);
                let span = dates().max().zip(dates().min()).map_or(0, |(last, first)| last - first);
                prop_assert!(span <= 3 * DAY, "{:?}", group);
            }
        }

        #[test]
        fn order_of_edges_does_not_matter((dated, edges) in case(), seed: u64) {
            let mut shuffled = edges.clone();
            shuffled.sort_by_key(|edge| {
                xxhash_rust::xxh3::xxh3_64_with_seed(format!("{} {}", edge.a.0, edge.b.0).as_bytes(), seed)
            });
            prop_assert_eq!(dated.groups(&shuffled), dated.groups(&edges));
        }
    }
}
