//! Separates copies that were published too far from other copies of their group.
//!
//! A nearly identical text is the same dispatch at any time, and any other copy only within the window. Two copies of one
//! leader may each be near enough to it and too far from each other: a fact box, its next edition, and that edition sent again
//! weeks later.

use std::collections::BTreeMap;

use super::copies::CopyGroups;
use crate::DocId;
use crate::classify::{Edge, NEARLY_IDENTICAL, Publications};

/// Removes members from groups until no two of a group are too far apart, unless the text of both is nearly that of the leader.
///
/// Of a group that is too long, the texts most similar to the leader stay. A text that has to go becomes a group of its own, with
/// all members that print it, so that the same words are never separated. Members whose source is known to be another than the
/// leader's stay, and do not count: the date of a page may be that of a visit. `words` returns a hash of a document's words.
///
/// Time: linear in the members of all groups, and a sort of those that are too long.
pub(crate) fn separate_distant(
    groups: &mut CopyGroups,
    words: impl Fn(DocId) -> u64,
    publications: &Publications,
) {
    let mut members: Vec<(DocId, usize)> =
        groups.edges.iter().enumerate().map(|(at, edge)| (groups.leader_and_member(edge).0, at)).collect();
    members.sort_unstable();
    let mut removed: Vec<Vec<Edge>> = Vec::new();
    for group in members.chunk_by(|x, y| x.0 == y.0) {
        let leader = group[0].0;
        let edges = group.iter().map(|&(_, at)| &groups.edges[at]);
        let mut all = Dates::of(leader, publications);
        edges.clone().for_each(|edge| all.add(leader, edge.other(leader), publications));
        if all.are_apart(publications) {
            removed.extend(distant(leader, edges, &words, publications));
        }
    }
    if removed.is_empty() {
        return;
    }
    for text in removed {
        let ends = |edge: &Edge| groups.leader_and_member(edge).1;
        let documents: Vec<DocId> = text.iter().map(ends).collect();
        let Some(&first) = documents.iter().min() else { continue };
        let others = documents.iter().filter(|&&document| document != first);
        groups.edges.extend(others.map(|&document| Edge::identical(first, document)));
        documents.iter().for_each(|document| groups.leader[document.index()] = first);
    }
    // What remains of a removed member's old edge connects two groups.
    let CopyGroups { leader, edges } = groups;
    edges.retain(|edge| leader[edge.a.index()] == leader[edge.b.index()]);
    edges.sort_unstable_by_key(|edge| (edge.a, edge.b));
}

/// Returns the edges of those members that are too far from others, one list for each text.
fn distant<'e>(
    leader: DocId,
    edges: impl Iterator<Item = &'e Edge>,
    words: impl Fn(DocId) -> u64,
    publications: &Publications,
) -> Vec<Vec<Edge>> {
    let mut texts: BTreeMap<u64, Vec<Edge>> = BTreeMap::new();
    for edge in edges {
        texts.entry(words(edge.other(leader))).or_default().push(*edge);
    }
    let mut texts: Vec<Vec<Edge>> = texts.into_values().collect();
    texts.sort_by_key(|text| (std::cmp::Reverse(text[0].jaccard), text[0].a, text[0].b));
    let mut kept = Dates::of(leader, publications);
    texts.retain(|text| {
        let mut longer = kept;
        text.iter().for_each(|edge| longer.add(leader, edge.other(leader), publications));
        let stays = text[0].jaccard >= NEARLY_IDENTICAL || !longer.are_apart(publications);
        if stays {
            kept = longer;
        }
        !stays
    });
    texts
}

/// The documents of a group that were published first and last, if any has a date.
#[derive(Clone, Copy)]
struct Dates(Option<(DocId, DocId)>);

impl Dates {
    fn of(document: DocId, publications: &Publications) -> Self {
        Self(publications.date(document).map(|_| (document, document)))
    }

    /// Adds a member of the leader's group, unless it is known to be of another source.
    fn add(&mut self, leader: DocId, member: DocId, publications: &Publications) {
        if publications.date(member).is_none() || publications.same_source(leader, member) == Some(false) {
            return;
        }
        let (first, last) = self.0.unwrap_or((member, member));
        let date = |document: &DocId| publications.date(*document);
        self.0 = Some((std::cmp::min_by_key(first, member, date), std::cmp::max_by_key(last, member, date)));
    }

    fn are_apart(self, publications: &Publications) -> bool {
        self.0.is_some_and(|(first, last)| publications.apart(first, last))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Relation;
    use crate::Similarity;

    const DAY: i64 = 86_400;

    /// Returns the edge of a copy with the leader, document 0.
    fn copy(member: u32, jaccard: f64) -> Edge {
        let [score, jaccard, containment] = [0.9, jaccard, 0.95].map(Similarity::clamped);
        Edge {
            a: DocId(0),
            b: DocId(member),
            relation: Relation::Copy,
            score,
            jaccard,
            containment_a: containment,
            containment_b: containment,
        }
    }

    /// Separates one group, whose members have these days and similarities to the leader, which was published on day 0, and returns
    /// the leaders. Each document has words of its own unless `words` says otherwise.
    fn leaders(members: &[(i64, f64)], words: impl Fn(u32) -> u64, sources: &[Option<u64>]) -> Vec<u32> {
        let dates: Vec<Option<i64>> =
            std::iter::once(0).chain(members.iter().map(|member| member.0 * DAY)).map(Some).collect();
        let publications =
            Publications::new(dates, vec![false; members.len() + 1], 7).with_sources(sources.to_vec());
        let edges = (1..).zip(members).map(|(member, &(_, jaccard))| copy(member, jaccard)).collect();
        let mut groups = CopyGroups { leader: vec![DocId(0); members.len() + 1], edges };
        separate_distant(&mut groups, |document| words(document.0), &publications);
        assert!(groups.edges.is_sorted_by_key(|edge| (edge.a, edge.b)));
        assert_eq!(groups.leaders(), (0..).map(DocId).zip(&groups.leader).filter(|(d, l)| d == *l).count());
        for edge in &groups.edges {
            let (leader, member) = groups.leader_and_member(edge);
            assert!(groups.is_leader(leader) && groups.leader[member.index()] == leader);
        }
        groups.leader.iter().map(|leader| leader.0).collect()
    }

    #[test]
    fn text_sent_again_does_not_bring_an_older_edition_along() {
        assert_eq!(leaders(&[(-3, 0.8), (9, 1.0)], u64::from, &[]), [0, 1, 0]);
        // Two copies on either side of the leader: the more similar one stays.
        assert_eq!(leaders(&[(-6, 0.8), (6, 0.75)], u64::from, &[]), [0, 0, 2]);
        assert_eq!(leaders(&[(-6, 0.75), (6, 0.8)], u64::from, &[]), [0, 1, 0]);
    }

    #[test]
    fn group_within_the_window_and_nearly_identical_texts_stay() {
        assert_eq!(leaders(&[(-3, 0.8), (4, 0.75)], u64::from, &[]), [0; 3]);
        assert_eq!(leaders(&[(-300, 0.95), (400, 0.9)], u64::from, &[]), [0; 3]);
    }

    #[test]
    fn same_words_are_never_separated() {
        // 1 and 3 have the same words.
        let words = |document: u32| u64::from(if document == 3 { 1 } else { document });
        assert_eq!(leaders(&[(2, 0.8), (3, 0.78), (30, 0.8)], words, &[]), [0, 1, 0, 1]);
    }

    #[test]
    fn dates_of_other_sources_do_not_count() {
        let sources = [Some(1), Some(1), Some(2)];
        assert_eq!(leaders(&[(-3, 0.8), (9, 1.0)], u64::from, &sources), [0; 3]);
        assert_eq!(leaders(&[(-3, 0.8), (9, 1.0)], u64::from, &[Some(1); 3]), [0, 1, 0]);
    }

    proptest! {
        #[test]
        fn no_two_differing_members_are_too_far_apart(
            members in prop::collection::vec((-7_i64..8, prop::sample::select(vec![0.7, 0.8, 0.95])), 0..12),
        ) {
            let leaders = leaders(&members, u64::from, &[]);
            let of_leader = || members.iter().zip(&leaders[1..]).filter(|(_, leader)| **leader == 0);
            for (x, _) in of_leader() {
                for (y, _) in of_leader() {
                    prop_assert!((x.0 - y.0).abs() <= 7 || x.1.min(y.1) >= 0.9, "{:?} and {:?}", x, y);
                }
            }
        }
    }
}
