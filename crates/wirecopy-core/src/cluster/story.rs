//! Versions of a running story to one node: chains in time.
//!
//! A running story is sent again and again over hours, each version a little different from the one before, so that the first
//! and the last may have nothing in common. Such a chain is no clique: correlation clustering would cut it. Documents that
//! keep each other's passages are therefore joined edge by edge, the surest first, before rewrites are clustered. What
//! parts two stories that share the same background day after day is time: no story spans more than [`SPAN`]. And no weak edge
//! joins two groups ([`BRIDGE`]): two reports that quote the same statement drift together by one such pair.
//!
//! Cost: a sort of the edges.

use super::representative::Judge;
use super::union_find::UnionFind;
use crate::DocId;
use crate::Relation;
use crate::classify::{Edge, NEARLY_IDENTICAL};

/// Seconds from the first to the last document of a running story; a reprint may come later.
const SPAN: i64 = 3 * 24 * 3600;

/// The score that an edge of two versions needs to join two groups of documents. A single document may be a version that few
/// others are like; two groups that are one story have a pair that is surer.
const BRIDGE: f64 = 0.75;

/// The dates of a group of documents, where any is known: the first and the last with their documents.
pub(super) type Dates = Option<((i64, DocId), (i64, DocId))>;

/// Joins documents that keep each other's passages, and gives the sets and, by their roots, their dates. `edges` are those of one
/// dispatch; rewrites among them are passed over.
pub(super) fn join_versions(documents: usize, edges: &[Edge], judge: &impl Judge) -> (UnionFind, Vec<Dates>) {
    let holder = holders(documents, edges, judge);
    let mut sets = UnionFind::new(documents);
    let mut dates: Vec<Dates> = (0u32..)
        .take(documents)
        .map(|document| {
            judge.date(DocId(document)).map(|date| ((date, DocId(document)), (date, DocId(document))))
        })
        .collect();
    let mut joining: Vec<&Edge> = edges
        .iter()
        .filter(|edge| match edge.relation {
            Relation::Identical | Relation::Copy | Relation::Version => true,
            Relation::Excerpt => holder[held(edge, judge).index()] == Some((edge.a, edge.b)),
            Relation::Rewrite | Relation::Partial => false,
        })
        .collect();
    joining.sort_by(|x, y| {
        let order = y.score.total_cmp(&x.score).then(y.jaccard.total_cmp(&x.jaccard));
        order.then((x.a, x.b).cmp(&(y.a, y.b)))
    });
    // Reprints that come later than versions may are joined last: they take nothing of the span from the versions.
    let late: Vec<&Edge> = joining.iter().copied().filter(|edge| edge.relation <= Relation::Copy).collect();
    let all = joining.into_iter().map(|edge| (edge, false));
    for (edge, is_late) in all.chain(late.into_iter().map(|edge| (edge, true))) {
        let (a, b) = (sets.find(edge.a.0), sets.find(edge.b.0));
        if a == b {
            continue;
        }
        let both = together(dates[a as usize], dates[b as usize]);
        let is_weak = edge.relation == Relation::Version && edge.score < BRIDGE;
        let joins_groups = sets.size(a) > 1 && sets.size(b) > 1;
        if is_weak && joins_groups || !may_join(edge, is_late, both, judge) {
            continue;
        }
        sets.union(a, b);
        dates[sets.find(a) as usize] = both;
    }
    (sets, dates)
}

/// Whether two groups lie too far apart to be of one dispatch.
pub(super) fn apart(a: Dates, b: Dates, judge: &impl Judge) -> bool {
    together(a, b).is_some_and(|(first, last)| judge.apart(first.1, last.1))
}

/// Whether documents of these dates may be of one story, which an edge joins. A late reprint is bound by the window alone, and one
/// that is nearly identical by nothing.
fn may_join(edge: &Edge, is_late: bool, dates: Dates, judge: &impl Judge) -> bool {
    let Some((first, last)) = dates else { return true };
    let is_near = last.0 - first.0 <= SPAN;
    let is_within_window = || !judge.apart(first.1, last.1);
    // What differs in next to nothing was sent again, whenever that was.
    let is_same_text = match edge.relation {
        Relation::Identical => true,
        relation => relation == Relation::Copy && edge.jaccard >= NEARLY_IDENTICAL,
    };
    (is_late || is_near) && (is_same_text || is_within_window())
}

/// The dates of two groups together.
fn together(a: Dates, b: Dates) -> Dates {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (one, other) => one.or(other),
    }
}

/// The document of an excerpt's edge that the other holds: the shorter, or of equals the later.
fn held(edge: &Edge, judge: &impl Judge) -> DocId {
    if judge.length(edge.a) < judge.length(edge.b) { edge.a } else { edge.b }
}

/// For each document that is an excerpt, the ends of its edge to the document that holds it best: what two stories quote is
/// part of one of them.
fn holders(documents: usize, edges: &[Edge], judge: &impl Judge) -> Vec<Option<(DocId, DocId)>> {
    let mut best: Vec<Option<&Edge>> = vec![None; documents];
    // The surest; of equals the first.
    let is_better = |x: &Edge, y: &Edge| {
        let order = x.score.total_cmp(&y.score).then(x.jaccard.total_cmp(&y.jaccard));
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

    const HOUR: i64 = 3600;
    const DAY: i64 = 24 * HOUR;

    /// Documents with dates and lengths, and nothing else.
    #[derive(Debug)]
    struct Dated {
        dates: Vec<Option<i64>>,
        lengths: Vec<usize>,
        window: i64,
    }

    impl Dated {
        /// Documents of one length, published at these times, with a window of seven days.
        fn at(dates: impl IntoIterator<Item = i64>) -> Self {
            let dates: Vec<Option<i64>> = dates.into_iter().map(Some).collect();
            Self { lengths: vec![100; dates.len()], dates, window: 7 * DAY }
        }

        fn groups(&self, edges: &[Edge]) -> Vec<Vec<u32>> {
            join_versions(self.dates.len(), edges, self).0.groups()
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
        Edge { a, b, relation, score, jaccard: 0.4, containment_a: 0.6, containment_b: 0.6 }
    }

    /// Each document is a version of the next.
    fn chain(documents: u32) -> Vec<Edge> {
        (1..documents).map(|at| edge(at - 1, at, Relation::Version, 0.9)).collect()
    }

    #[test]
    fn a_running_story_is_one_group_although_its_ends_have_no_edge() {
        let hourly = Dated::at((0..40).map(|at| at * HOUR));
        assert_eq!(hourly.groups(&chain(40)), [(0..40).collect::<Vec<u32>>()]);
        let undated = Dated { dates: vec![None; 40], ..Dated::at((0..40).map(|_| 0)) };
        assert_eq!(undated.groups(&chain(40)), [(0..40).collect::<Vec<u32>>()]);
    }

    #[test]
    fn the_same_background_day_after_day_makes_no_story_of_many_days() {
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
    fn a_weak_edge_adds_a_document_and_joins_no_groups() {
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
    fn an_excerpt_of_two_stories_goes_to_the_better_one() {
        let mut dated = Dated::at([0, 0, HOUR]);
        dated.lengths = vec![100, 200, 40];
        for (scores, with) in [([0.81, 0.99], 1), ([0.99, 0.81], 0)] {
            let edges = [edge(0, 2, Relation::Excerpt, scores[0]), edge(1, 2, Relation::Excerpt, scores[1])];
            assert_eq!(dated.groups(&edges), [[with, 2]]);
        }
        // The lower may be the excerpt.
        dated.lengths = vec![40, 200, 100];
        let edges = [edge(0, 1, Relation::Excerpt, 0.81), edge(0, 2, Relation::Excerpt, 0.99)];
        assert_eq!(dated.groups(&edges), [[0, 2]]);
    }

    #[test]
    fn a_reprint_may_come_later_than_a_version() {
        let dated = Dated::at([0, 6 * DAY]);
        assert_eq!(dated.groups(&[edge(0, 1, Relation::Copy, 0.9)]), [[0, 1]]);
        assert!(dated.groups(&[edge(0, 1, Relation::Version, 0.9)]).is_empty());
        assert!(Dated::at([0, 8 * DAY]).groups(&[edge(0, 1, Relation::Copy, 0.9)]).is_empty());
    }

    #[test]
    fn a_late_reprint_does_not_part_the_versions_of_its_story() {
        let dated = Dated::at([0, HOUR, 6 * DAY]);
        let version = edge(0, 1, Relation::Version, 0.9);
        for score in [0.8, 0.99] {
            let groups = dated.groups(&[version, edge(0, 2, Relation::Copy, score)]);
            assert_eq!(groups, [[0, 1, 2]], "a copy of score {score}");
        }
    }

    #[test]
    fn the_same_words_join_at_any_time() {
        let dated = Dated::at([0, 400 * DAY]);
        assert_eq!(dated.groups(&[edge(0, 1, Relation::Identical, 1.0)]), [[0, 1]]);
    }

    #[test]
    fn a_document_without_a_date_bridges_no_two_weeks() {
        let mut dated = Dated::at([0, 0, 14 * DAY]);
        dated.dates[1] = None;
        let edges = [edge(0, 1, Relation::Version, 0.9), edge(1, 2, Relation::Version, 0.8)];
        assert_eq!(dated.groups(&edges), [[0, 1]]);
        let edges = [edge(0, 1, Relation::Copy, 0.9), edge(1, 2, Relation::Copy, 0.8)];
        assert_eq!(dated.groups(&edges), [[0, 1]]);
    }

    /// Documents with dates over three weeks, and edges among them with many equal scores.
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
        fn nothing_joins_documents_beyond_the_window((dated, edges) in case()) {
            for group in dated.groups(&edges) {
                for &a in &group {
                    for &b in &group {
                        prop_assert!(!dated.apart(DocId(a), DocId(b)), "{} and {} in {:?}", a, b, group);
                    }
                }
            }
        }

        #[test]
        fn without_copies_no_story_spans_more_than_three_days((dated, mut edges) in case()) {
            edges.retain(|edge| edge.relation != Relation::Copy);
            for group in dated.groups(&edges) {
                let dates = || group.iter().filter_map(|&document| dated.dates[document as usize]);
                let span = dates().max().zip(dates().min()).map_or(0, |(last, first)| last - first);
                prop_assert!(span <= 3 * DAY, "{:?}", group);
            }
        }

        #[test]
        fn the_order_of_edges_does_not_count((dated, edges) in case(), seed: u64) {
            let mut shuffled = edges.clone();
            shuffled.sort_by_key(|edge| {
                xxhash_rust::xxh3::xxh3_64_with_seed(format!("{} {}", edge.a.0, edge.b.0).as_bytes(), seed)
            });
            prop_assert_eq!(dated.groups(&shuffled), dated.groups(&edges));
        }
    }
}
