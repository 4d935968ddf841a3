//! Separates copies that one source published too far from other copies of their group.
//!
//! A nearly identical text is the same dispatch at any time, and any other copy only within the window. Two copies of one
//! leader may each be near enough to it and too far from each other: a fact box, its next edition, and that edition sent again
//! weeks later.

use std::collections::BTreeMap;

use super::copies::CopyGroups;
use super::representative::Judge;
use super::story::{Dates, apart, dates_of, together};
use crate::classify::{Edge, NEARLY_IDENTICAL};
use crate::{DocId, Relation};

/// Returns groups without the members that are too far from others of their group, where the text of both is not nearly that of the
/// leader; `None` if there are no such members.
///
/// Of a group that is too long, the texts most similar to the leader stay. Texts that have to go form groups of their own, and all
/// documents that print one text stay together. Only documents that are known to have the leader's source count: the date of a
/// page may be that of a visit. `words` returns a hash of a document's words.
///
/// Run after everything that is learned from groups, because the texts that go are copies all the same. Time: linear in the
/// members of all groups, and for those that are too long a sort, and checks of the pairs of the texts that go.
pub(crate) fn separate_distant(
    groups: &CopyGroups,
    words: impl Fn(DocId) -> u64,
    judge: &impl Judge,
) -> Option<CopyGroups> {
    let mut members: Vec<(DocId, usize)> =
        groups.edges.iter().enumerate().map(|(at, edge)| (groups.leader_and_member(edge).0, at)).collect();
    members.sort_unstable();
    let mut new: Vec<(DocId, Vec<Edge>)> = Vec::new();
    for group in members.chunk_by(|x, y| x.0 == y.0) {
        let leader = group[0].0;
        let edges = group.iter().map(|&(_, at)| &groups.edges[at]);
        let own = dates_of(leader, leader, judge);
        let all = edges.clone().map(|edge| dates_of(leader, edge.other(leader), judge)).fold(own, together);
        if apart(all, all, judge) {
            let texts = texts_of(leader, edges, &words);
            let (_, mut left) = near(leader, own, texts, judge);
            while !left.is_empty() {
                let (group, rest) = group_of_first(left, judge);
                new.push(group);
                left = rest;
            }
        }
    }
    if new.is_empty() {
        return None;
    }
    let mut groups = groups.clone();
    for (leader, edges) in new {
        groups.leader[leader.index()] = leader;
        edges.iter().for_each(|edge| groups.leader[edge.other(leader).index()] = leader);
        groups.edges.extend(edges);
    }
    // The old edges of the members that went connect two groups.
    let CopyGroups { leader, edges } = &mut groups;
    edges.retain(|edge| leader[edge.a.index()] == leader[edge.b.index()]);
    edges.sort_unstable_by_key(|edge| (edge.a, edge.b));
    Some(groups)
}

/// The documents that print one text, ascending, each with its edge to a leader.
type Text = Vec<(DocId, Edge)>;

/// Returns the texts of a leader's members, the most similar first.
fn texts_of<'e>(
    leader: DocId,
    edges: impl Iterator<Item = &'e Edge>,
    words: impl Fn(DocId) -> u64,
) -> Vec<Text> {
    let mut texts: BTreeMap<u64, Text> = BTreeMap::new();
    for edge in edges {
        let member = edge.other(leader);
        texts.entry(words(member)).or_default().push((member, *edge));
    }
    let mut texts: Vec<Text> = texts.into_values().collect();
    texts.iter_mut().for_each(|text| text.sort_unstable_by_key(|&(member, _)| member));
    texts.sort_by_key(|text| (std::cmp::Reverse(text[0].1.jaccard), text[0].0));
    texts
}

/// Returns the dates of the documents that print a text and are known to be of the leader's source.
fn dates_of_text(leader: DocId, text: &Text, judge: &impl Judge) -> Dates {
    text.iter().map(|&(member, _)| dates_of(leader, member, judge)).fold(None, together)
}

/// Divides texts, the most similar first, into those that stay with their leader and those that are too far from others. `dates`
/// are those of the documents that stay in any case.
fn near(leader: DocId, mut dates: Dates, texts: Vec<Text>, judge: &impl Judge) -> (Vec<Text>, Vec<Text>) {
    texts.into_iter().partition(|text| {
        let own = dates_of_text(leader, text, judge);
        let stays = text[0].1.jaccard >= NEARLY_IDENTICAL || !apart(dates, own, judge);
        if stays {
            dates = together(dates, own);
        }
        stays
    })
}

/// Returns the group of the first text, with the others that are its copies and near enough, and the other texts.
fn group_of_first(mut texts: Vec<Text>, judge: &impl Judge) -> ((DocId, Vec<Edge>), Vec<Text>) {
    let first = texts.remove(0);
    let leader = first[0].0;
    let mut edges: Vec<Edge> =
        first[1..].iter().map(|&(member, _)| Edge::identical(leader, member)).collect();
    let dates = dates_of_text(leader, &first, judge);
    let (mut copies, mut others) = (Vec::new(), Vec::new());
    for text in texts {
        let one = text[0].0;
        match judge.relate(leader, one).filter(|edge| edge.relation <= Relation::Copy) {
            Some(edge) => {
                let own = text.iter().map(|&(member, _)| {
                    (member, if member == one { edge } else { edge.of_same_words(one, member) })
                });
                copies.push(own.collect());
            }
            None => others.push(text),
        }
    }
    copies.sort_by_key(|text: &Text| (std::cmp::Reverse(text[0].1.jaccard), text[0].0));
    let (stay, go) = near(leader, dates, copies, judge);
    edges.extend(stay.into_iter().flatten().map(|(_, edge)| edge));
    others.extend(go);
    ((leader, edges), others)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Similarity;

    /// Documents with days and sources; the window is seven days. Documents from 1 on are copies of document 0, and of each other if
    /// `all_copies`.
    struct Copies {
        days: Vec<Option<i64>>,
        sources: Vec<Option<u64>>,
        all_copies: bool,
    }

    impl Judge for Copies {
        fn relate(&self, a: DocId, b: DocId) -> Option<Edge> {
            self.all_copies.then(|| copy(a, b, 0.8))
        }
        fn apart(&self, a: DocId, b: DocId) -> bool {
            self.date(a).zip(self.date(b)).is_some_and(|(a, b)| (a - b).abs() > 7)
        }
        fn same_source(&self, a: DocId, b: DocId) -> bool {
            let source = |document: DocId| self.sources.get(document.index()).copied().unwrap_or(Some(1));
            source(a).is_some() && source(a) == source(b)
        }
        fn date(&self, document: DocId) -> Option<i64> {
            self.days[document.index()]
        }
        fn unrelated(&self, _: DocId, _: DocId) -> bool {
            false
        }
        fn quoted(&self, _: DocId, by: &[DocId]) -> Vec<Vec<bool>> {
            vec![Vec::new(); by.len()]
        }
        fn coverage(&self, _: DocId, _: DocId) -> f64 {
            0.0
        }
        fn length(&self, _: DocId) -> usize {
            100
        }
    }

    fn copy(a: DocId, b: DocId, jaccard: f64) -> Edge {
        let [score, jaccard, containment] = [0.9, jaccard, 0.95].map(Similarity::clamped);
        Edge {
            a: a.min(b),
            b: a.max(b),
            relation: Relation::Copy,
            score,
            jaccard,
            containment_a: containment,
            containment_b: containment,
        }
    }

    /// Separates one group, whose members have these days and similarities to the leader, which was published on day 0, and returns
    /// the leaders. Each document has words of its own unless `words` says otherwise.
    fn separated(
        members: &[(Option<i64>, f64)],
        words: impl Fn(u32) -> u64,
        sources: &[Option<u64>],
        all_copies: bool,
    ) -> Vec<u32> {
        let days = std::iter::once(Some(0)).chain(members.iter().map(|member| member.0)).collect();
        let judge = Copies { days, sources: sources.to_vec(), all_copies };
        let edges = (1..).zip(members).map(|(member, &(_, jaccard))| copy(DocId(0), DocId(member), jaccard));
        let groups = CopyGroups { leader: vec![DocId(0); members.len() + 1], edges: edges.collect() };
        let groups = separate_distant(&groups, |document| words(document.0), &judge).unwrap_or(groups);
        assert!(groups.edges.is_sorted_by_key(|edge| (edge.a, edge.b)));
        assert_eq!(groups.leaders(), (0..).map(DocId).zip(&groups.leader).filter(|(d, l)| d == *l).count());
        for edge in &groups.edges {
            let (leader, member) = groups.leader_and_member(edge);
            assert!(groups.is_leader(leader) && groups.leader[member.index()] == leader);
        }
        groups.leader.iter().map(|leader| leader.0).collect()
    }

    fn leaders(members: &[(i64, f64)]) -> Vec<u32> {
        let members: Vec<(Option<i64>, f64)> =
            members.iter().map(|&(day, jaccard)| (Some(day), jaccard)).collect();
        separated(&members, u64::from, &[], false)
    }

    #[test]
    fn text_sent_again_does_not_bring_an_older_edition_along() {
        assert_eq!(leaders(&[(-3, 0.8), (9, 1.0)]), [0, 1, 0]);
        // Two copies on either side of the leader: the more similar one stays.
        assert_eq!(leaders(&[(-6, 0.8), (6, 0.75)]), [0, 0, 2]);
        assert_eq!(leaders(&[(-6, 0.75), (6, 0.8)]), [0, 1, 0]);
    }

    #[test]
    fn members_within_the_window_of_all_others_stay() {
        assert_eq!(leaders(&[(-3, 0.8), (4, 0.75)]), [0; 3]);
        assert_eq!(leaders(&[(-300, 0.95), (400, 0.9)]), [0; 3]);
        assert_eq!(leaders(&[(9, 1.0), (4, 0.8)]), [0; 3], "between the leader and the same text sent again");
        assert_eq!(separated(&[(Some(9), 1.0), (None, 0.8)], u64::from, &[], false), [0; 3]);
    }

    #[test]
    fn same_words_are_never_separated() {
        // 1 and 3 have the same words.
        let words = |document: u32| u64::from(if document == 3 { 1 } else { document });
        let members = [(Some(2), 0.8), (Some(3), 0.78), (Some(30), 0.8)];
        assert_eq!(separated(&members, words, &[], false), [0, 1, 0, 1]);
    }

    #[test]
    fn copies_that_go_stay_together() {
        let members = [(Some(20), 1.0), (Some(1), 0.8), (Some(2), 0.8)];
        assert_eq!(separated(&members, u64::from, &[], true), [0, 0, 2, 2]);
        assert_eq!(separated(&members, u64::from, &[], false), [0, 0, 2, 3]);
    }

    #[test]
    fn only_dates_of_the_leaders_source_count() {
        let members = [(Some(-3), 0.8), (Some(9), 1.0)];
        let of = |sources: [Option<u64>; 3]| separated(&members, u64::from, &sources, false);
        assert_eq!(of([Some(1), Some(1), Some(2)]), [0; 3]);
        assert_eq!(of([None; 3]), [0; 3]);
        assert_eq!(of([Some(1); 3]), [0, 1, 0]);
    }

    proptest! {
        #[test]
        fn no_two_differing_members_are_too_far_apart(
            members in prop::collection::vec(
                (prop::option::weighted(0.9, -7_i64..8), prop::sample::select(vec![0.7, 0.8, 0.95])), 0..12),
            all_copies: bool,
        ) {
            let leaders = separated(&members, u64::from, &[], all_copies);
            let apart = |x: Option<i64>, y: Option<i64>| x.zip(y).is_some_and(|(x, y)| (x - y).abs() > 7);
            let (of_leader, gone): (Vec<_>, Vec<_>) =
                members.iter().zip(&leaders[1..]).partition(|(_, leader)| **leader == 0);
            for (x, _) in &of_leader {
                for (y, _) in &of_leader {
                    prop_assert!(!apart(x.0, y.0) || x.1.min(y.1) >= 0.9, "{:?} and {:?}", x, y);
                }
            }
            for (x, _) in gone {
                prop_assert!(x.1 < 0.9 && of_leader.iter().any(|(y, _)| apart(x.0, y.0)), "{:?}", x);
            }
        }
    }
}
