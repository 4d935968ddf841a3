//! Versions of a running story to one node: chains in time.
//!
//! A running story is sent again and again over hours, each version a little different from the one before, so that the first
//! and the last may have nothing in common. Such a chain is no clique: correlation clustering would cut it. Documents that
//! keep each other's passages are therefore joined edge by edge, the surest first, before rewrites are clustered. What
//! parts two stories that share the same background day after day is time: no story spans more than [`SPAN`].
//!
//! Cost: a sort of the edges.

use super::representative::Judge;
use super::union_find::UnionFind;
use crate::DocId;
use crate::classify::Edge;
use crate::report::Relation;

/// Seconds from the first to the last document of a running story; a reprint may come later.
const SPAN: i64 = 3 * 24 * 3600;

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
    for edge in joining {
        let (a, b) = (sets.find(edge.a.0), sets.find(edge.b.0));
        if a == b {
            continue;
        }
        let both = together(dates[a as usize], dates[b as usize]);
        if edge.relation != Relation::Identical && !may_join(edge, both, judge) {
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

/// Whether documents of these dates may be of one story, which an edge joins.
fn may_join(edge: &Edge, dates: Dates, judge: &impl Judge) -> bool {
    let Some((first, last)) = dates else { return true };
    let is_reprint = edge.relation == Relation::Copy;
    (is_reprint || last.0 - first.0 <= SPAN) && !judge.apart(first.1, last.1)
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
    let rank = |edge: &Edge| (edge.score, edge.jaccard);
    for edge in edges.iter().filter(|edge| edge.relation == Relation::Excerpt) {
        let best = &mut best[held(edge, judge).index()];
        if best.is_none_or(|other| rank(edge) > rank(other)) {
            *best = Some(edge);
        }
    }
    best.into_iter().map(|edge| edge.map(|edge| (edge.a, edge.b))).collect()
}
