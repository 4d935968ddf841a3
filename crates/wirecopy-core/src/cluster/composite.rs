//! Finds documents that quote several stories.
//!
//! A digest ("news in brief") belongs to every dispatch it quotes and to none, and would connect all of them in
//! the graph. Its neighbours reveal it: it consists of parts of documents that have nothing in common except the
//! digest.

use rayon::prelude::*;

use super::representative::{Judge, edge_between};
use super::union_find::UnionFind;
use crate::DocId;
use crate::classify::Edge;

/// Most neighbours that are compared with each other, those with edges first. A few are enough to recognise a
/// digest, and a story with a thousand rewrites must not cost a million comparisons.
const COMPARED: usize = 16;
/// Least share of a digest's words that must occur in any of its neighbours.
const QUOTED_BY_ALL: f64 = 0.65;
/// Share of a digest's words below which each neighbour, and all neighbours of one story together, must stay. A
/// document with more is that story with additions.
const QUOTED_BY_ONE: f64 = 0.75;
/// Least share of a digest's words in a quoted part. Less is a common phrase.
const PART: f64 = 0.05;
/// Least size of a part relative to the story with the largest part. A caption of another story does not make a
/// digest.
const COMPARABLE: f64 = 0.4;
/// Largest share of the shorter of two quoted parts that they may have in common. A sentence at the end of all
/// stories of a site is in every part.
const COMMON_PART: f64 = 0.3;

/// A document that quotes several stories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composite {
    /// The document that quotes others.
    pub document: DocId,
    /// The documents that it quotes, in ascending order.
    pub quotes: Vec<DocId>,
}

/// A document, whether it has no edge with the neighbour, and the neighbour.
type Neighbour = (DocId, bool, DocId);

/// Finds the composites among the documents of `edges` and `quotes`, in ascending order, and removes their edges.
///
/// `edges` are sorted by their ends; `quotes` are pairs without an edge that have sentences in common. A document
/// is composite if it has edges with two documents that are unrelated to each other, or if it consists of parts of
/// its neighbours and two of these neighbours are unrelated and in different parts of it.
pub fn remove_composites(
    edges: &mut Vec<Edge>,
    quotes: &[(DocId, DocId)],
    judge: &impl Judge,
) -> Vec<Composite> {
    let linked = edges.iter().map(|edge| (true, edge.a, edge.b));
    let mut neighbours: Vec<Neighbour> = Vec::with_capacity(2 * (edges.len() + quotes.len()));
    for (is_edge, a, b) in linked.chain(quotes.iter().map(|&(a, b)| (false, a, b))) {
        neighbours.extend([(a, !is_edge, b), (b, !is_edge, a)]);
    }
    // Neighbours with edges sort first.
    neighbours.par_sort_unstable();
    let find = |around: &[Neighbour]| {
        let document = around[0].0;
        let around = &around[..around.len().min(COMPARED)];
        is_composite(document, around, edges, judge).then(|| {
            let mut quotes: Vec<DocId> = around.iter().map(|&(.., other)| other).collect();
            quotes.sort_unstable();
            Composite { document, quotes }
        })
    };
    // A digest without an edge connects nothing, but readers want to know that it is one.
    let found: Vec<Composite> = neighbours
        .par_chunk_by(|x, y| x.0 == y.0)
        .filter(|around| around.len() > 1)
        .filter_map(find)
        .collect();
    let was_found = |d: DocId| found.binary_search_by_key(&d, |composite| composite.document).is_ok();
    // A story that a digest quotes is not itself a digest because of what else the digest quotes.
    let composites: Vec<Composite> = found
        .par_iter()
        .filter(|composite| {
            let from = neighbours.partition_point(|&(document, ..)| document < composite.document);
            let own = neighbours[from..].iter().take_while(|&&(document, ..)| document == composite.document);
            let around: Vec<Neighbour> =
                own.take(COMPARED).filter(|&&(.., other)| !was_found(other)).copied().collect();
            around.len() > 1 && is_composite(composite.document, &around, edges, judge)
        })
        .cloned()
        .collect();
    let is_composite = |d: DocId| composites.binary_search_by_key(&d, |composite| composite.document).is_ok();
    edges.retain(|edge| !is_composite(edge.a) && !is_composite(edge.b) || judge.one_item(edge.a, edge.b));
    composites
}

fn is_composite(document: DocId, around: &[Neighbour], edges: &[Edge], judge: &impl Judge) -> bool {
    // Neighbours with an edge between them need not be compared; most are of one dispatch.
    let unrelated =
        |x: DocId, y: DocId| edge_between(edges, x.min(y), x.max(y)).is_none() && judge.unrelated(x, y);
    let others: Vec<DocId> = around.iter().map(|&(.., other)| other).collect();
    let linked = around.partition_point(|&(_, without, _)| !without);
    // The first and the last version of a running story may have nothing in common except the versions between.
    let mut stories = UnionFind::new(others.len());
    for (x, y) in pairs(linked) {
        if edge_between(edges, others[x].min(others[y]), others[x].max(others[y])).is_some() {
            stories.union(x as u32, y as u32);
        }
    }
    let mut two_stories = |x: usize, y: usize| stories.find(x as u32) != stories.find(y as u32);
    let comparable = |x: DocId, y: DocId| {
        let (x, y) = (judge.coverage(document, x), judge.coverage(document, y));
        x.min(y) >= COMPARABLE * x.max(y)
    };
    let parts_of_two = |x: DocId, y: DocId| unrelated(x, y) && comparable(x, y);
    if pairs(linked).any(|(x, y)| two_stories(x, y) && parts_of_two(others[x], others[y])) {
        return true;
    }
    // Checked first because it needs only shingles, and few documents pass.
    let length = judge.length(document);
    let most = QUOTED_BY_ONE * length as f64;
    let Some(mut parts) = judge.quoted_unless(document, &others, most.ceil() as usize) else { return false };
    // The versions of one story may hold the document together, each a part of it.
    let story_of: Vec<u32> = (0..others.len()).map(|x| stories.find(x as u32)).collect();
    let by_story = (0..others.len()).filter(|&x| !story_of[..x].contains(&story_of[x])).map(|x| {
        let of_story: Vec<&Vec<bool>> = parts
            .iter()
            .zip(&story_of)
            .filter(|&(_, &story)| story == story_of[x])
            .map(|(part, _)| part)
            .collect();
        (0..length).filter(|&at| of_story.iter().any(|part| part[at])).count()
    });
    let by_one = by_story.max().unwrap_or(0) as f64;
    if !consists_of(&parts, length) || by_one >= most {
        return false;
    }
    let apart = |x: usize, y: usize| {
        let common = parts[x].iter().zip(&parts[y]).filter(|&(&a, &b)| a && b).count() as f64;
        common <= COMMON_PART * count(&parts[x]).min(count(&parts[y])) as f64
    };
    let two: Vec<(usize, usize)> =
        pairs(others.len()).filter(|&(x, y)| apart(x, y) && unrelated(others[x], others[y])).collect();
    if two.is_empty() {
        return false;
    }
    let before: Vec<usize> = parts.iter().map(|part| count(part)).collect();
    remove_common(&mut parts, |x, y| unrelated(others[x], others[y]));
    let is_part = |at: usize| {
        let left = count(&parts[at]);
        let least = (PART * length as f64).max(COMPARABLE * by_one);
        2 * left > before[at] && left as f64 >= least
    };
    consists_of(&parts, length) && two.into_iter().any(|(x, y)| is_part(x) && is_part(y))
}

/// Returns whether enough of a document's tokens are in any part.
fn consists_of(parts: &[Vec<bool>], length: usize) -> bool {
    let by_all = (0..length).filter(|&at| parts.iter().any(|part| part[at])).count();
    by_all as f64 >= QUOTED_BY_ALL * length as f64
}

/// Removes from all parts what occurs in two unrelated neighbours. It belongs to neither story but is a notice of
/// the site that was not recognised as boilerplate.
fn remove_common(parts: &mut [Vec<bool>], unrelated: impl Fn(usize, usize) -> bool) {
    let mut added = vec![false; parts.first().map_or(0, Vec::len)];
    for (x, y) in pairs(parts.len()) {
        let common = || parts[x].iter().zip(&parts[y]).map(|(&a, &b)| a && b);
        if common().zip(&added).any(|(common, &known)| common && !known) && unrelated(x, y) {
            added.iter_mut().zip(common()).for_each(|(added, common)| *added |= common);
        }
    }
    for part in parts {
        part.iter_mut().zip(&added).for_each(|(quoted, &added)| *quoted &= !added);
    }
}

/// Returns all pairs of numbers below `count`.
fn pairs(count: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..count).flat_map(move |x| (x + 1..count).map(move |y| (x, y)))
}

fn count(part: &[bool]) -> usize {
    part.iter().filter(|&&quoted| quoted).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Relation;
    use crate::Similarity;

    /// Documents of the same parity are on one topic. Documents 10 and above are digests, with the first half from
    /// the even documents and the second half from the odd ones.
    struct Parity;

    impl Judge for Parity {
        fn relate(&self, _: DocId, _: DocId) -> Option<Edge> {
            None
        }
        fn apart(&self, _: DocId, _: DocId) -> bool {
            false
        }
        fn date(&self, _: DocId) -> Option<i64> {
            None
        }
        fn unrelated(&self, a: DocId, b: DocId) -> bool {
            a.0 < 10 && b.0 < 10 && a.0 % 2 != b.0 % 2
        }
        fn quoted(&self, of: DocId, by: &[DocId]) -> Vec<Vec<bool>> {
            let quoted = |by: &DocId| {
                (0..self.length(of)).map(|at| of.0 >= 10 && (at < 50) == by.0.is_multiple_of(2)).collect()
            };
            by.iter().map(quoted).collect()
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
            score: Similarity::clamped(0.9),
            jaccard: Similarity::clamped(0.1),
            containment_a: Similarity::clamped(0.4),
            containment_b: Similarity::clamped(0.4),
        }
    }

    fn without_composites(edges: &[Edge], quotes: &[(DocId, DocId)]) -> (Vec<Composite>, Vec<Edge>) {
        let mut edges = edges.to_vec();
        let composites = remove_composites(&mut edges, quotes, &Parity);
        (composites, edges)
    }

    #[test]
    fn digest_loses_its_edges_with_stories() {
        let edges = [edge(0, 2), edge(0, 10), edge(1, 3), edge(1, 10), edge(2, 10)];
        let (composites, left) = without_composites(&edges, &[]);
        assert_eq!(
            composites,
            [Composite { document: DocId(10), quotes: vec![DocId(0), DocId(1), DocId(2)] }]
        );
        assert_eq!(left, [edge(0, 2), edge(1, 3)]);
    }

    #[test]
    fn one_edge_and_one_quote_make_a_digest() {
        let edges = [edge(0, 2), edge(0, 10)];
        let (composites, left) = without_composites(&edges, &[(DocId(1), DocId(10))]);
        assert_eq!(composites.len(), 1);
        assert_eq!(left, [edge(0, 2)]);
    }

    #[test]
    fn quotes_of_two_stories_make_a_digest() {
        let quotes = [(DocId(0), DocId(10)), (DocId(1), DocId(10))];
        let (composites, left) = without_composites(&[], &quotes);
        assert_eq!(composites, [Composite { document: DocId(10), quotes: vec![DocId(0), DocId(1)] }]);
        assert!(left.is_empty());
    }

    #[test]
    fn text_shared_by_unrelated_stories_is_part_of_neither() {
        // Of ten tokens, the first four are a notice of the site, in all three stories.
        let part =
            |from: usize, to: usize| -> Vec<bool> { (0..10).map(|at| (from..to).contains(&at)).collect() };
        let mut parts = [part(0, 7), part(0, 4), part(2, 4)];
        remove_common(&mut parts, |x, y| (x, y) == (0, 1));
        assert_eq!(parts, [part(4, 7), part(0, 0), part(0, 0)]);
        let mut related = [part(0, 7), part(0, 4)];
        remove_common(&mut related, |_, _| false);
        assert_eq!(related, [part(0, 7), part(0, 4)]);
    }

    #[test]
    fn sentence_shared_with_another_story_does_not_make_a_digest() {
        let edges = [edge(0, 2)];
        let (composites, left) = without_composites(&edges, &[(DocId(0), DocId(1))]);
        assert!(composites.is_empty());
        assert_eq!(left, edges);
    }

    #[test]
    fn story_with_related_neighbours_is_not_a_digest() {
        let edges = [edge(0, 2), edge(0, 4), edge(0, 6)];
        let (composites, left) = without_composites(&edges, &[]);
        assert!(composites.is_empty());
        assert_eq!(left, edges);
    }
}
