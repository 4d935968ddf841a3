//! Documents that quote several stories.
//!
//! A digest ("news in brief") truly belongs to every dispatch it quotes, and to none. Left in the graph it chains all
//! of them. It gives itself away by its neighbours: two documents that have nothing in common but it.

use std::collections::BTreeMap;

use super::representative::Judge;
use crate::DocId;
use crate::verify::Edge;

/// Neighbours that are compared with each other, those with the best edges first. A digest shows itself within a few;
/// a story with a thousand rewrites must not cost a million comparisons.
const COMPARED: usize = 12;

/// A document that quotes several stories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composite {
    /// The digest.
    pub document: DocId,
    /// The documents it was found to quote, in the order of reading.
    pub quotes: Vec<DocId>,
}

/// Finds the composites among the ends of `edges`, and gives the edges that are left without them.
///
/// A document is composite when two of its neighbours are unrelated to each other.
pub fn part_composites(edges: &[Edge], judge: &impl Judge) -> (Vec<Composite>, Vec<Edge>) {
    let mut neighbours: BTreeMap<DocId, Vec<(f64, DocId)>> = BTreeMap::new();
    for edge in edges {
        neighbours.entry(edge.a).or_default().push((edge.score, edge.b));
        neighbours.entry(edge.b).or_default().push((edge.score, edge.a));
    }
    let mut composites = Vec::new();
    for (&document, around) in &mut neighbours {
        around.sort_unstable_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
        let best = &around[..around.len().min(COMPARED)];
        let apart = best
            .iter()
            .enumerate()
            .any(|(at, &(_, a))| best[at + 1..].iter().any(|&(_, b)| judge.unrelated(a, b)));
        if apart {
            let mut quotes: Vec<DocId> = around.iter().map(|&(_, other)| other).collect();
            quotes.sort_unstable();
            composites.push(Composite { document, quotes });
        }
    }
    let is_composite = |d: DocId| composites.binary_search_by_key(&d, |composite| composite.document).is_ok();
    let left = edges.iter().filter(|edge| !is_composite(edge.a) && !is_composite(edge.b)).copied().collect();
    (composites, left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Relation;

    /// Documents with numbers of the same parity are of one topic; 10 and up are digests of both.
    struct Parity;

    impl Judge for Parity {
        fn relate(&self, _: DocId, _: DocId) -> Option<Edge> {
            None
        }
        fn unrelated(&self, a: DocId, b: DocId) -> bool {
            a.0 < 10 && b.0 < 10 && a.0 % 2 != b.0 % 2
        }
        fn coverage(&self, _: DocId, _: DocId) -> f64 {
            0.0
        }
        fn length(&self, _: DocId) -> usize {
            100
        }
    }

    fn edge(a: u32, b: u32) -> Edge {
        let (a, b) = (DocId(a), DocId(b));
        Edge {
            a,
            b,
            relation: Relation::Rewrite,
            score: 0.9,
            jaccard: 0.1,
            containment_a: 0.4,
            containment_b: 0.4,
        }
    }

    #[test]
    fn the_digest_is_parted_from_the_stories_it_quotes() {
        let edges = [edge(0, 2), edge(0, 10), edge(1, 3), edge(1, 10), edge(2, 10)];
        let (composites, left) = part_composites(&edges, &Parity);
        assert_eq!(
            composites,
            [Composite { document: DocId(10), quotes: vec![DocId(0), DocId(1), DocId(2)] }]
        );
        assert_eq!(left, [edge(0, 2), edge(1, 3)]);
    }

    #[test]
    fn a_story_whose_neighbours_are_related_is_none() {
        let edges = [edge(0, 2), edge(0, 4), edge(0, 6)];
        let (composites, left) = part_composites(&edges, &Parity);
        assert!(composites.is_empty());
        assert_eq!(left, edges);
    }
}
