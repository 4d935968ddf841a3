//! Groups copies around leaders that every member was checked against.
//!
//! A copy of a copy of a copy need not be a copy: chained by union-find, small differences add up and different
//! texts are merged. Here a group is a star around its leader. The leader takes the members that were verified
//! against it. Documents paired only with a member are checked against the leader; if they fail, they are left for
//! a leader of their own.

use super::representative::edge_between;
use crate::DocId;
use crate::candidates::bands::Text;
use crate::classify::Edge;

/// Copies grouped around leaders.
#[derive(Clone, Debug, Default)]
pub struct CopyGroups {
    /// For each document its leader, which is itself for a leader and for a document without copies.
    pub leader: Vec<DocId>,
    /// One verified edge for each document that is not a leader, between it and its leader.
    pub edges: Vec<Edge>,
}

impl CopyGroups {
    /// Returns whether the document is a leader or has no copies.
    pub fn is_leader(&self, document: DocId) -> bool {
        self.leader[document.index()] == document
    }

    /// Returns the leader and the member that one of the [edges](Self::edges) connects.
    pub(crate) fn leader_and_member(&self, edge: &Edge) -> (DocId, DocId) {
        let leader = self.leader[edge.a.index()];
        (leader, edge.other(leader))
    }

    /// Returns the number of leaders, including documents without copies.
    pub fn leaders(&self) -> usize {
        self.leader.len() - self.edges.len()
    }
}

/// Groups `documents` documents by `pairs`, which are sorted and were verified to be copies. `text` returns the text of a
/// document and its number of tokens. `verify` returns the edge between a leader and another document. `edges` returns the
/// edges of some of the pairs, in any order.
///
/// Leaders are chosen by most pairs with other texts, then by length, then by number. Each document is checked at most once
/// for each leader whose members it is paired with. The work is thus bounded by the pairs, however large a component is. A
/// document with the words of a member joins it unchecked, whatever their dates, and gets the edge of that member. Memory: eight
/// bytes for each pair and direction, and an edge for each member.
pub fn collapse(
    documents: usize,
    pairs: Vec<(DocId, DocId)>,
    text: impl Fn(DocId) -> (Text, usize),
    mut verify: impl FnMut(DocId, DocId) -> Option<Edge>,
    edges: impl FnOnce(&[(DocId, DocId)]) -> Vec<Edge>,
) -> CopyGroups {
    debug_assert!(pairs.is_sorted());
    let neighbours = Adjacency::new(documents, &pairs);
    drop(pairs);
    let mut groups = CopyGroups { leader: (0..).map(DocId).take(documents).collect(), edges: Vec::new() };
    let mut order: Vec<DocId> =
        groups.leader.iter().copied().filter(|&d| !neighbours.of(d).is_empty()).collect();
    order.sort_by_cached_key(|&document| {
        let (own, length) = text(document);
        let is_other = |&&other: &&DocId| text(other).0.dated != own.dated;
        let others = neighbours.of(document).iter().filter(is_other).count();
        (std::cmp::Reverse((others, length)), document)
    });
    let mut settled = vec![false; documents];
    // The last leader that examined a document, so that no leader examines it twice.
    let mut seen: Vec<Option<DocId>> = vec![None; documents];
    let mut direct: Vec<(DocId, DocId)> = Vec::new();
    // Documents that joined unchecked, each with a member of the same words that was checked.
    let mut unchecked: Vec<(DocId, DocId)> = Vec::new();
    for &leader in &order {
        if std::mem::replace(&mut settled[leader.index()], true) {
            continue;
        }
        seen[leader.index()] = Some(leader);
        // Each with the member whose edge it has, most often itself.
        let mut frontier = vec![(leader, leader)];
        while let Some((member, checked)) = frontier.pop() {
            for &other in neighbours.of(member) {
                let was_examined = seen[other.index()].replace(leader) == Some(leader);
                if settled[other.index()] {
                    continue;
                }
                let mut own = other;
                if member == leader {
                    direct.push((leader.min(other), leader.max(other)));
                } else if let Some(edge) = (!was_examined).then(|| verify(leader, other)).flatten() {
                    groups.edges.push(edge);
                } else if text(other).0.words == text(member).0.words {
                    own = checked;
                    unchecked.push((checked, other));
                } else {
                    continue;
                }
                settled[other.index()] = true;
                groups.leader[other.index()] = leader;
                frontier.push((other, own));
            }
        }
    }
    drop(neighbours);
    direct.sort_unstable();
    groups.edges.extend(edges(&direct));
    groups.edges.sort_unstable_by_key(|edge| (edge.a, edge.b));
    let of_unchecked = |&(checked, document): &(DocId, DocId)| {
        let leader = groups.leader[document.index()];
        let edge = edge_between(&groups.edges, leader.min(checked), leader.max(checked))?;
        Some(edge.of_same_words(checked, document))
    };
    let more: Vec<Edge> = unchecked.iter().filter_map(of_unchecked).collect();
    groups.edges.extend(more);
    groups.edges.sort_unstable_by_key(|edge| (edge.a, edge.b));
    groups
}

/// The neighbours of each document, ascending.
struct Adjacency {
    starts: Vec<usize>,
    neighbours: Vec<DocId>,
}

impl Adjacency {
    fn new(documents: usize, pairs: &[(DocId, DocId)]) -> Self {
        // While they are filled, `starts` holds for each document, one position further on, where its next
        // neighbour goes. Pairs are sorted, so each document's neighbours come in ascending order.
        let mut starts = vec![0; documents + 2];
        for &(a, b) in pairs {
            starts[a.index() + 2] += 1;
            starts[b.index() + 2] += 1;
        }
        for at in 2..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut neighbours = vec![DocId(0); 2 * pairs.len()];
        for &(a, b) in pairs {
            for (from, to) in [(a, b), (b, a)] {
                let next = &mut starts[from.index() + 1];
                neighbours[*next] = to;
                *next += 1;
            }
        }
        Self { starts, neighbours }
    }

    fn of(&self, document: DocId) -> &[DocId] {
        &self.neighbours[self.starts[document.index()]..self.starts[document.index() + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Relation;
    use crate::Similarity;

    fn edge(a: u32, b: u32) -> Edge {
        let (a, b) = (DocId(a.min(b)), DocId(a.max(b)));
        Edge {
            a,
            b,
            relation: Relation::Copy,
            score: Similarity::clamped(0.9),
            jaccard: Similarity::clamped(0.7),
            containment_a: Similarity::clamped(0.8),
            containment_b: Similarity::clamped(0.8),
        }
    }

    /// Every document has words of its own.
    fn of_length_100(document: DocId) -> (Text, usize) {
        let text = document.0.into();
        (Text { words: text, dated: text }, 100)
    }

    fn all(pairs: &[(DocId, DocId)]) -> Vec<Edge> {
        pairs.iter().map(|&(a, b)| edge(a.0, b.0)).collect()
    }

    #[test]
    fn every_member_was_checked_against_its_leader() {
        // A chain of drift: neighbours are copies, documents two apart are not.
        let pairs: Vec<(DocId, DocId)> = (0..9).map(|i| (DocId(i), DocId(i + 1))).collect();
        let groups = collapse(10, pairs, of_length_100, |_, _| None, all);
        for document in (0..10).map(DocId) {
            let leader = groups.leader[document.index()];
            assert!(leader == document || leader.0.abs_diff(document.0) == 1);
        }
        assert!(groups.leader.iter().enumerate().any(|(i, l)| l.index() != i));
    }

    #[test]
    fn copies_of_copies_join_when_they_hold() {
        let pairs: Vec<(DocId, DocId)> = (0..9).map(|i| (DocId(i), DocId(i + 1))).collect();
        let groups = collapse(10, pairs, of_length_100, |a, b| Some(edge(a.0, b.0)), all);
        let leader = groups.leader[0];
        assert!(groups.leader.iter().all(|&l| l == leader));
        assert_eq!(groups.edges.len(), 9);
        assert!(groups.edges.iter().all(|e| e.a == leader || e.b == leader));
    }

    #[test]
    fn frequent_text_does_not_lead_for_its_frequency() {
        // 0 is a copy of 1 and 2, which are copies of 0 alone; 2 occurs four times more.
        let pairs: Vec<(DocId, DocId)> =
            [(0, 1), (0, 2), (2, 3), (2, 4), (2, 5), (2, 6)].map(|(a, b)| (DocId(a), DocId(b))).to_vec();
        let text = |document: DocId| of_length_100(document.min(DocId(2)));
        let groups = collapse(7, pairs, text, |a, b| Some(edge(a.0, b.0)), all);
        assert!(groups.leader.iter().all(|&leader| leader == DocId(0)), "{:?}", groups.leader);
    }

    #[test]
    fn documents_with_the_words_of_a_member_join_it_unchecked() {
        // 3 and 4 have the words of 1, on other days, and are not copies of the leader 0. 3 was examined by way of 2 before.
        let pairs =
            [(0, 1), (0, 2), (0, 5), (1, 3), (2, 3), (3, 4)].map(|(a, b)| (DocId(a), DocId(b))).to_vec();
        let text = |document: DocId| {
            let (own, length) = of_length_100(document);
            let words = if matches!(document.0, 3 | 4) { 1 } else { own.words };
            (Text { words, ..own }, length)
        };
        let groups = collapse(6, pairs, text, |_, _| None, all);
        assert!(groups.leader.iter().all(|&leader| leader == DocId(0)), "{:?}", groups.leader);
        assert_eq!(groups.edges, [1, 2, 3, 4, 5].map(|member| edge(0, member)));
    }

    #[test]
    fn checks_are_bounded_by_pairs() {
        let pairs: Vec<(DocId, DocId)> = (0..999).map(|i| (DocId(i), DocId(i + 1))).collect();
        let mut checks = 0;
        collapse(
            1000,
            pairs.clone(),
            of_length_100,
            |_, _| {
                checks += 1;
                None
            },
            all,
        );
        assert!(checks <= 2 * pairs.len());
    }
}
