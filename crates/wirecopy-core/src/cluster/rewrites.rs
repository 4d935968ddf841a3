//! Joins groups whose documents are rewrites of each other, by correlation clustering.

use rayon::prelude::*;

use super::copies::CopyGroups;
use super::correlation::{Pair, correlation_clusters};
use super::representative::{Judge, TOGETHER, once_each};
use super::story::{Dates, apart, is_sure};
use super::union_find::UnionFind;
use crate::classify::Edge;
use crate::tasks::HEAVY;
use crate::{DocId, Relation};

/// Largest component, in groups, in which every pair is checked before it is split. In larger ones a pair without
/// an edge counts as checked and failed.
const CHECK_ALL_PAIRS: usize = 64;
/// Largest component, in groups, in which the dates of every pair are compared.
const COMPARE_ALL_DATES: usize = 1024;
/// Score of a pair that must not share a cluster; no number of good edges outweighs it.
const APART: f64 = -1e6;

/// Joins the groups of `core` whose documents are rewrites of each other, and returns the edges that were
/// requested in the process. `differing` has leaders with copies that were compared with other leaders, too.
pub(super) fn join_rewrites(
    groups: &CopyGroups,
    differing: &[(DocId, DocId)],
    core: &mut UnionFind,
    dates: &[Dates],
    edges: &[Edge],
    judge: &impl Judge,
) -> Vec<Edge> {
    // For each document the text that it counts as: a copy that hardly differs from its leader counts as the leader.
    let mut text_of = groups.leader.clone();
    for &(_, copy) in differing {
        text_of[copy.index()] = copy;
    }
    let links = links(&text_of, core, dates, edges, judge);
    let mut sets = UnionFind::new(core.len());
    for link in &links {
        sets.union(link.a, link.b);
    }
    let components = sets.groups();
    let mut new: Vec<Edge> = Vec::new();
    for some in components.chunks(TOGETHER) {
        let parted: Vec<(Vec<usize>, Vec<Edge>)> = some
            .par_iter()
            .with_max_len(HEAVY)
            .map(|component| {
                let mut new = Vec::new();
                let pairs = component_pairs(component, &links, dates, judge, &mut new);
                (correlation_clusters(component.len(), &pairs), new)
            })
            .collect();
        for (component, (clusters, more)) in some.iter().zip(parted) {
            new.extend(more);
            let mut first = vec![None; component.len()];
            for (&node, &cluster) in component.iter().zip(&clusters) {
                core.union(*first[cluster].get_or_insert(node), node);
            }
        }
    }
    once_each(&mut new);
    new
}

/// Returns the groups between which there are rewrites, with scores: the mean of their edges, or if both groups have several texts and
/// their edges are weak, the [`support`] of the groups for each other. `text_of` has for each document the text that it counts as.
fn links(
    text_of: &[DocId],
    core: &mut UnionFind,
    dates: &[Dates],
    edges: &[Edge],
    judge: &impl Judge,
) -> Vec<Link> {
    let mut between: Vec<Between<'_>> = Vec::new();
    for edge in edges {
        let ends = [edge.a, edge.b].map(|end| (core.find(end.0), text_of[end.index()]));
        let [x, y] = if ends[0].0 < ends[1].0 { ends } else { [ends[1], ends[0]] };
        let apart = || apart(dates[x.0 as usize], dates[y.0 as usize], judge);
        if x.0 != y.0 && (edge.relation.is_reworded() || is_version(edge)) && !apart() {
            between.push(Between { groups: [x.0, y.0], texts: [x.1, y.1], edge });
        }
    }
    between.sort_by_key(|between| between.groups);
    // The number of texts in each group, by its root.
    let mut texts = vec![0_u32; text_of.len()];
    for (document, _) in (0u32..).zip(text_of).filter(|(document, text)| *document == text.0) {
        texts[core.find(document) as usize] += 1;
    }
    let link = |edges: &[Between<'_>]| {
        let [a, b] = edges[0].groups;
        let rewrites: Vec<&Between<'_>> =
            edges.iter().filter(|between| between.edge.relation.is_reworded()).collect();
        if rewrites.is_empty() {
            return None;
        }
        let of_several = [a, b].iter().all(|&group| texts[group as usize] > 1);
        let is_enough = |between: &Between<'_>| is_version(between.edge) || is_sure(between.edge);
        let score = if of_several && !edges.iter().any(is_enough) {
            let of_side = |side: usize, group: u32| support(&rewrites, side, texts[group as usize]);
            of_side(0, a).min(of_side(1, b))
        } else {
            rewrites.iter().map(|between| between.edge.score.get()).sum::<f64>() / rewrites.len() as f64
        };
        Some(Link { a, b, score })
    };
    between.chunk_by(|x, y| x.groups == y.groups).filter_map(link).collect()
}

/// An edge between two groups.
struct Between<'a> {
    /// The roots of the groups, ascending.
    groups: [u32; 2],
    /// The text of the edge's end in each of them.
    texts: [DocId; 2],
    edge: &'a Edge,
}

/// Returns whether an edge says that one text has passages of the other. If it is too weak to join two groups, it still supports rewrites
/// between them.
fn is_version(edge: &Edge) -> bool {
    edge.relation == Relation::Version
}

/// Returns how well a group of so many texts is connected to another: the mean over its texts of the mean score of each one's edges,
/// where a text without an edge counts as 0, whether it was compared with all texts there or with leaders only. One of several texts may
/// resemble another report by chance.
fn support(edges: &[&Between<'_>], side: usize, texts: u32) -> f64 {
    let mut edges: Vec<(DocId, f64)> =
        edges.iter().map(|between| (between.texts[side], between.edge.score.get())).collect();
    edges.sort_by_key(|&(text, _)| text);
    let mean = |edges: &[(DocId, f64)]| edges.iter().map(|edge| edge.1).sum::<f64>() / edges.len() as f64;
    edges.chunk_by(|x, y| x.0 == y.0).map(mean).sum::<f64>() / f64::from(texts)
}

/// Two groups whose documents are rewrites of each other, by their roots.
#[derive(Clone, Copy, Debug)]
struct Link {
    a: u32,
    b: u32,
    score: f64,
}

/// Returns the pairs of a component's groups. Pairs without a link are checked if there are not too many; the
/// roots stand for their groups.
fn component_pairs(
    component: &[u32],
    links: &[Link],
    dates: &[Dates],
    judge: &impl Judge,
    new: &mut Vec<Edge>,
) -> Vec<Pair> {
    let index = |root: u32| component.binary_search(&root).ok();
    let mut pairs: Vec<Pair> = Vec::new();
    // Links are sorted by `a`, so the links of a component are a few short ranges.
    for &node in component {
        let from = links.partition_point(|link| link.a < node);
        for link in links[from..].iter().take_while(|link| link.a == node) {
            if let (Some(a), Some(b)) = (index(link.a), index(link.b)) {
                pairs.push(Pair { a, b, score: link.score });
            }
        }
    }
    if component.len() > 2 && component.len() <= COMPARE_ALL_DATES {
        add_missing_pairs(component, dates, judge, &mut pairs, new);
    }
    pairs
}

/// Adds the pairs of a component that have no link: those that are too far apart, and if the component is small, those that are related
/// nevertheless, whose edges are added to `new`.
fn add_missing_pairs(
    component: &[u32],
    dates: &[Dates],
    judge: &impl Judge,
    pairs: &mut Vec<Pair>,
    new: &mut Vec<Edge>,
) {
    let mut known: Vec<(usize, usize)> = pairs.iter().map(|pair| (pair.a, pair.b)).collect();
    known.sort_unstable();
    let linked = pairs.len();
    // All of a component are checked at once, because documents are prepared for several checks in a row.
    let mut open: Vec<(DocId, DocId)> = Vec::new();
    for a in 0..component.len() {
        for b in a + 1..component.len() {
            let (x, y) = (component[a], component[b]);
            if known.binary_search(&(a, b)).is_ok() {
                continue;
            } else if apart(dates[x as usize], dates[y as usize], judge) {
                pairs.push(Pair { a, b, score: APART });
            } else if component.len() <= CHECK_ALL_PAIRS {
                open.push((DocId(x), DocId(y)));
            }
        }
    }
    for edge in judge.relate_all(&open) {
        let place = |document: DocId| component.binary_search(&document.0);
        if let (Ok(a), Ok(b)) = (place(edge.a), place(edge.b)) {
            pairs.push(Pair { a, b, score: edge.score.get() });
            new.push(edge);
        }
    }
    pairs[linked..].sort_unstable_by_key(|pair| (pair.a, pair.b));
}
