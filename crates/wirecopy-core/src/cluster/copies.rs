//! Groups copies around leaders that every member was checked against.
//!
//! A copy of a copy of a copy need not be a copy: chained by union-find, small differences add up and different
//! texts are merged. Here a group is a star around its leader. The leader takes the members that were verified
//! against it. Documents paired only with a member are checked against the leader; if they fail, they are left for
//! a leader of their own.

use crate::DocId;
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

    /// Returns the number of leaders, including documents without copies.
    pub fn leaders(&self) -> usize {
        self.leader.len() - self.edges.len()
    }
}

/// Groups `documents` documents by `pairs`, which are sorted and were verified to be copies. `length` returns the
/// number of tokens of a document. `verify` returns the edge between a leader (first argument) and another
/// document (last) that is paired with a member of its group (middle). `edges` returns the edges of some of the
/// pairs, in any order.
///
/// Leaders are chosen by most pairs, then by length, then by number. Each document is checked at most once
/// for each leader whose members it is paired with, and once more for each member of its own length, which may
/// have the same words. The work is thus bounded by the pairs, however large a component is. Memory: eight bytes
/// for each pair and direction, and an edge for each member.
pub fn collapse(
    documents: usize,
    pairs: Vec<(DocId, DocId)>,
    length: impl Fn(DocId) -> usize,
    mut verify: impl FnMut(DocId, DocId, DocId) -> Option<Edge>,
    edges: impl FnOnce(&[(DocId, DocId)]) -> Vec<Edge>,
) -> CopyGroups {
    debug_assert!(pairs.is_sorted());
    let neighbours = Adjacency::new(documents, &pairs);
    drop(pairs);
    let mut groups = CopyGroups { leader: (0..).map(DocId).take(documents).collect(), edges: Vec::new() };
    let mut order: Vec<DocId> =
        groups.leader.iter().copied().filter(|&d| !neighbours.of(d).is_empty()).collect();
    order.sort_by_key(|&d| (std::cmp::Reverse((neighbours.of(d).len(), length(d))), d));
    let mut settled = vec![false; documents];
    // The last leader that examined a document, so that no leader examines it twice.
    let mut seen: Vec<Option<DocId>> = vec![None; documents];
    let mut direct: Vec<(DocId, DocId)> = Vec::new();
    for &leader in &order {
        if std::mem::replace(&mut settled[leader.index()], true) {
            continue;
        }
        seen[leader.index()] = Some(leader);
        let mut frontier = vec![leader];
        while let Some(member) = frontier.pop() {
            for &other in neighbours.of(member) {
                let was_examined = seen[other.index()].replace(leader) == Some(leader);
                if settled[other.index()] || was_examined && length(other) != length(member) {
                    continue;
                }
                if member == leader {
                    direct.push((leader.min(other), leader.max(other)));
                } else if let Some(edge) = verify(leader, member, other) {
                    groups.edges.push(edge);
                } else {
                    continue;
                }
                settled[other.index()] = true;
                groups.leader[other.index()] = leader;
                frontier.push(other);
            }
        }
    }
    drop(neighbours);
    direct.sort_unstable();
    groups.edges.extend(edges(&direct));
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

    fn edge(a: u32, b: u32) -> Edge {
        let (a, b) = (DocId(a.min(b)), DocId(a.max(b)));
        Edge {
            a,
            b,
            relation: Relation::Copy,
            score: 0.9,
            jaccard: 0.7,
            containment_a: 0.8,
            containment_b: 0.8,
        }
    }

    fn all(pairs: &[(DocId, DocId)]) -> Vec<Edge> {
        pairs.iter().map(|&(a, b)| edge(a.0, b.0)).collect()
    }

    #[test]
    fn every_member_was_checked_against_its_leader() {
        // A chain of drift: neighbours are copies, documents two apart are not.
        let pairs: Vec<(DocId, DocId)> = (0..9).map(|i| (DocId(i), DocId(i + 1))).collect();
        let groups = collapse(10, pairs, |_| 100, |_, _, _| None, all);
        for document in (0..10).map(DocId) {
            let leader = groups.leader[document.index()];
            assert!(leader == document || leader.0.abs_diff(document.0) == 1);
        }
        assert!(groups.leader.iter().enumerate().any(|(i, l)| l.index() != i));
    }

    #[test]
    fn copies_of_copies_join_when_they_hold() {
        let pairs: Vec<(DocId, DocId)> = (0..9).map(|i| (DocId(i), DocId(i + 1))).collect();
        let groups = collapse(10, pairs, |_| 100, |a, _, b| Some(edge(a.0, b.0)), all);
        let leader = groups.leader[0];
        assert!(groups.leader.iter().all(|&l| l == leader));
        assert_eq!(groups.edges.len(), 9);
        assert!(groups.edges.iter().all(|e| e.a == leader || e.b == leader));
    }

    #[test]
    fn neighbour_of_same_length_member_is_checked_again() {
        // Document 3 is not a copy of the leader 0, which has most pairs. It is reached through 2, which has
        // another length, and then through 1.
        let pairs = [(0, 1), (0, 2), (0, 4), (1, 3), (2, 3)].map(|(a, b)| (DocId(a), DocId(b))).to_vec();
        let length = |document: DocId| if document == DocId(2) { 90 } else { 100 };
        let mut by_way_of = Vec::new();
        let verify = |a: DocId, member: DocId, b: DocId| {
            by_way_of.push(member.0);
            (member == DocId(1)).then(|| edge(a.0, b.0))
        };
        let groups = collapse(5, pairs, length, verify, all);
        assert!(groups.leader.iter().all(|&leader| leader == DocId(0)), "{:?}", groups.leader);
        assert_eq!((groups.edges.len(), by_way_of), (4, vec![2, 1]));
    }

    #[test]
    fn checks_are_bounded_by_pairs() {
        let pairs: Vec<(DocId, DocId)> = (0..999).map(|i| (DocId(i), DocId(i + 1))).collect();
        let mut checks = 0;
        collapse(
            1000,
            pairs.clone(),
            |_| 100,
            |_, _, _| {
                checks += 1;
                None
            },
            all,
        );
        assert!(checks <= 2 * pairs.len());
    }
}
