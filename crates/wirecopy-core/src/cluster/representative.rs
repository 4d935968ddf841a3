//! Builds clusters from edges and chooses their representatives.

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::copies::CopyGroups;
use super::rewrites::join_rewrites;
use super::story::join_versions;
use crate::DocId;
use crate::classify::Edge;
use crate::hash::ByHash;
use crate::tasks::HEAVY;

/// Largest cluster, in members, in which every pair is reported. A reader of the report asks about two documents,
/// not about the path by which the search found them.
const REPORT_ALL_PAIRS: usize = 24;
/// Number of components or clusters processed in parallel before their results are added in order.
pub(super) const TOGETHER: usize = 1 << 10;
/// Most members that are considered as representative, and most members that each is compared with. Enough to find
/// a good representative without quadratic work on a story reprinted a thousand times.
const REPRESENTATIVE_SAMPLE: usize = 32;

/// The checks of documents that clustering needs.
pub trait Judge: Sync {
    /// Returns a number for the words and the date of a document. Documents with the same number are taken to have the same
    /// edges. Different words get the same number only by a collision of 64-bit hashes. By default each document has its own.
    fn text(&self, document: DocId) -> u64 {
        document.0.into()
    }
    /// Returns the edge between two documents, or `None` if they are not of one dispatch.
    fn relate(&self, a: DocId, b: DocId) -> Option<Edge>;
    /// Returns the edges of many pairs. Fastest if pairs of one document follow each other.
    fn relate_all(&self, pairs: &[(DocId, DocId)]) -> Vec<Edge> {
        pairs.iter().filter_map(|&(a, b)| self.relate(a, b)).collect()
    }
    /// Returns whether two documents were published too far apart to be of one dispatch. Then no third document
    /// may bring them together either.
    fn apart(&self, a: DocId, b: DocId) -> bool;
    /// Returns whether two documents are versions of one delivered item, which are of one story whatever their dates and texts.
    fn one_item(&self, _a: DocId, _b: DocId) -> bool {
        false
    }
    /// Returns whether two documents are known to have one source. By default they all have.
    fn same_source(&self, _a: DocId, _b: DocId) -> bool {
        true
    }
    /// Returns a document's publication time in seconds since 1970, if it is known and used.
    fn date(&self, document: DocId) -> Option<i64>;
    /// Returns whether two documents are about different things.
    fn unrelated(&self, a: DocId, b: DocId) -> bool;
    /// Returns for each document in `by`, and for each token of `of`, whether the token is part of a passage of
    /// that document.
    fn quoted(&self, of: DocId, by: &[DocId]) -> Vec<Vec<bool>>;
    /// Returns the share of the words of `of` that occur in `by`, 0 to 1.
    fn coverage(&self, of: DocId, by: DocId) -> f64;
    /// Returns the same as [`quoted`](Self::quoted), or `None` if one document alone holds `enough` of the tokens or more.
    fn quoted_unless(&self, of: DocId, by: &[DocId], enough: usize) -> Option<Vec<Vec<bool>>> {
        let parts = self.quoted(of, by);
        let holds_enough = |part: &Vec<bool>| part.iter().filter(|&&quoted| quoted).count() >= enough;
        (!parts.iter().any(holds_enough)).then_some(parts)
    }
    /// Returns for each of the documents the sum of the shares of the others' words that occur in it.
    fn covered_by_each(&self, documents: &[DocId]) -> Vec<f64> {
        let others = |by: DocId| documents.iter().filter(move |&&of| of != by);
        documents.iter().map(|&by| others(by).map(|&of| self.coverage(of, by)).sum()).collect()
    }
    /// Returns the number of tokens of a document.
    fn length(&self, document: DocId) -> usize;
}

/// The documents of one dispatch.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// The member that covers the others best.
    pub representative: DocId,
    /// All members in ascending order, each with its edge to the representative, if any.
    pub members: Vec<(DocId, Option<Edge>)>,
}

/// Groups documents into clusters: copies by their stars, versions by chains in time, rewrites by correlation
/// clustering.
///
/// The input is the copy groups with the copies in them that differ from their leaders and were compared with other leaders, too, the edges
/// that were found besides those of copies with their leaders, and the pairs of two dispatches with passages in common; edges and pairs are
/// sorted by their ends. Returns the clusters of two or more, in the order of their
/// first members, and the edges within clusters and the pairs between them, in order and without duplicates.
pub fn build(
    groups: &CopyGroups,
    differing: &[(DocId, DocId)],
    mut edges: Vec<Edge>,
    mut partial: Vec<Edge>,
    judge: &impl Judge,
) -> (Vec<Cluster>, Vec<Edge>) {
    let (mut core, dates) = join_versions(&groups.leader, &edges, judge);
    // Edges that were not requested earlier.
    let new = join_rewrites(groups, differing, &mut core, &dates, &edges, judge);
    let known = Known { found: &edges, copies: &groups.edges, new: &new };
    let mut described: Vec<Edge> = Vec::new();
    let mut clusters: Vec<Cluster> = Vec::new();
    for some in core.groups().chunks(TOGETHER) {
        let more: Vec<(Cluster, Vec<Edge>)> = some
            .par_iter()
            .with_max_len(HEAVY)
            .map(|members| describe(members, groups, &known, judge))
            .collect();
        for (cluster, edges) in more {
            clusters.push(cluster);
            described.extend(edges);
        }
    }
    // A list that doubles would take three times the memory while it grows.
    edges.reserve_exact(groups.edges.len() + new.len() + described.len() + partial.len());
    edges.extend_from_slice(&groups.edges);
    edges.extend(new);
    edges.append(&mut described);
    edges.retain(|edge| core.find(edge.a.0) == core.find(edge.b.0));
    partial.retain(|edge| core.find(edge.a.0) != core.find(edge.b.0));
    edges.append(&mut partial);
    once_each(&mut edges);
    (clusters, edges)
}

/// Sorts edges by their ends and removes duplicates.
pub(super) fn once_each(edges: &mut Vec<Edge>) {
    edges.sort_unstable_by_key(|edge| (edge.a, edge.b));
    edges.dedup_by_key(|edge| (edge.a, edge.b));
}

/// Edges that are known already, in lists sorted by their ends.
struct Known<'a> {
    found: &'a [Edge],
    copies: &'a [Edge],
    new: &'a [Edge],
}

impl Known<'_> {
    fn of(&self, a: DocId, b: DocId) -> Option<&Edge> {
        [self.found, self.copies, self.new].into_iter().find_map(|edges| edge_between(edges, a, b))
    }
}

/// Creates the cluster of these members, and returns with it the edges among them that were not known.
fn describe(
    members: &[u32],
    groups: &CopyGroups,
    known: &Known<'_>,
    judge: &impl Judge,
) -> (Cluster, Vec<Edge>) {
    let mut leaders: Vec<DocId> =
        members.iter().map(|&m| DocId(m)).filter(|&m| groups.is_leader(m)).collect();
    leaders.sort_by_key(|&m| (std::cmp::Reverse(judge.length(m)), m));
    leaders.truncate(REPRESENTATIVE_SAMPLE);
    // Among equals, the longest comes first, then the one with the lowest number.
    let representative = judge
        .covered_by_each(&leaders)
        .into_iter()
        .zip(leaders)
        .reduce(|best, next| if next.0 > best.0 + 1e-12 { next } else { best })
        .map_or(DocId(members[0]), |(_, leader)| leader);
    let members: Vec<DocId> = members.iter().map(|&member| DocId(member)).collect();
    let (texts, places) = texts_of(members.iter().copied(), judge);
    let checks_all = texts.len() <= REPORT_ALL_PAIRS;
    let mut new = if checks_all { missing_edges(&texts, known, judge) } else { Vec::new() };
    let found_new = |a: DocId, b: DocId| new.iter().find(|edge| (edge.a, edge.b) == (a, b));
    let relate = |member: DocId| {
        let (a, b) = (member.min(representative), member.max(representative));
        match known.of(a, b).or_else(|| found_new(a, b)) {
            Some(edge) => Some(*edge),
            None if checks_all => None,
            None => judge.relate(a, b),
        }
    };
    let related: Vec<Option<Edge>> =
        texts.iter().map(|&text| if text == representative { None } else { relate(text) }).collect();
    let edge_of = |member: DocId| {
        let place = *places.get(&judge.text(member))?;
        let text = texts[place];
        if text == representative {
            return (member != text).then(|| Edge::identical(text, member));
        }
        related[place].map(|edge| if member == text { edge } else { edge.of_same_words(text, member) })
    };
    let members: Vec<(DocId, Option<Edge>)> =
        members.into_iter().map(|member| (member, edge_of(member))).collect();
    let is_new = |edge: &Edge| known.of(edge.a, edge.b).is_none();
    new.extend(members.iter().filter_map(|&(_, edge)| edge).filter(is_new));
    (Cluster { representative, members }, new)
}

/// Returns the first member of each text, and their places by text. Members are in ascending order.
fn texts_of(
    members: impl IntoIterator<Item = DocId>,
    judge: &impl Judge,
) -> (Vec<DocId>, ByHash<u64, usize>) {
    let mut texts: Vec<DocId> = Vec::new();
    let mut places: ByHash<u64, usize> = ByHash::default();
    for member in members {
        places.entry(judge.text(member)).or_insert_with(|| {
            texts.push(member);
            texts.len() - 1
        });
    }
    (texts, places)
}

/// Returns the members of a cluster of which every pair was checked, in ascending order. A pair of these without an edge is not
/// related.
pub fn all_checked(cluster: &Cluster, judge: &impl Judge) -> Vec<DocId> {
    let (texts, _) = texts_of(cluster.members.iter().map(|&(member, _)| member), judge);
    if texts.len() <= REPORT_ALL_PAIRS { texts } else { Vec::new() }
}

/// Returns the edges among documents, given in order, that are not known.
fn missing_edges(documents: &[DocId], known: &Known<'_>, judge: &impl Judge) -> Vec<Edge> {
    let mut open = Vec::new();
    for (at, &a) in documents.iter().enumerate() {
        open.extend(documents[at + 1..].iter().filter(|&&b| known.of(a, b).is_none()).map(|&b| (a, b)));
    }
    judge.relate_all(&open)
}

/// Returns the edge of a pair, `a` before `b`, from edges that are sorted by their ends.
pub fn edge_between(edges: &[Edge], a: DocId, b: DocId) -> Option<&Edge> {
    edges.binary_search_by_key(&(a, b), |edge| (edge.a, edge.b)).ok().map(|at| &edges[at])
}

/// Returns a name for a cluster that depends on its members' ids only: 16 hexadecimal digits.
pub fn cluster_name<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    let mut ids: Vec<&str> = ids.into_iter().collect();
    ids.sort_unstable();
    format!("{:016x}", xxh3_64(ids.join("\0").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Relation, Similarity};

    /// Judges by a table of edges. Document `i` has `100 − i` tokens and was published on day `i`.
    struct Table {
        edges: Vec<Edge>,
        /// Least number of days at which two documents are too far apart.
        apart: u32,
    }

    impl Table {
        fn new(edges: &[Edge]) -> Self {
            Self { edges: edges.to_vec(), apart: u32::MAX }
        }
    }

    impl Judge for Table {
        fn relate(&self, a: DocId, b: DocId) -> Option<Edge> {
            let (a, b) = (a.min(b), a.max(b));
            self.edges.iter().find(|e| (e.a, e.b) == (a, b)).copied()
        }
        fn apart(&self, a: DocId, b: DocId) -> bool {
            a.0.abs_diff(b.0) >= self.apart
        }
        fn date(&self, document: DocId) -> Option<i64> {
            Some(i64::from(document.0) * 3600)
        }
        fn unrelated(&self, _: DocId, _: DocId) -> bool {
            false
        }
        fn quoted(&self, of: DocId, by: &[DocId]) -> Vec<Vec<bool>> {
            vec![vec![false; self.length(of)]; by.len()]
        }
        fn coverage(&self, of: DocId, by: DocId) -> f64 {
            self.relate(of, by)
                .map_or(0.0, |e| if e.a == of { e.containment_a } else { e.containment_b }.get())
        }
        fn length(&self, document: DocId) -> usize {
            100 - document.index()
        }
    }

    fn edge(a: u32, b: u32, relation: Relation, score: f64) -> Edge {
        Edge {
            a: DocId(a),
            b: DocId(b),
            relation,
            score: Similarity::clamped(score),
            jaccard: Similarity::clamped(0.3),
            containment_a: Similarity::clamped(0.5),
            containment_b: Similarity::clamped(0.9),
        }
    }

    fn alone(n: u32) -> CopyGroups {
        CopyGroups { leader: (0..n).map(DocId).collect(), edges: Vec::new() }
    }

    #[test]
    fn disjoint_excerpts_of_one_story_stay_with_it() {
        let edges: Vec<Edge> = (1..6).map(|b| edge(0, b, Relation::Excerpt, 0.9)).collect();
        let (clusters, kept) = build(&alone(6), &[], edges.clone(), Vec::new(), &Table::new(&edges));
        assert_eq!(clusters.len(), 1);
        assert_eq!(clusters[0].members.len(), 6);
        assert_eq!(clusters[0].representative, DocId(0));
        assert_eq!(kept.len(), 5);
    }

    #[test]
    fn excerpt_joins_the_story_that_contains_it_best() {
        let edges = vec![edge(0, 2, Relation::Excerpt, 0.81), edge(1, 2, Relation::Excerpt, 0.99)];
        let (clusters, _) = build(&alone(3), &[], edges.clone(), Vec::new(), &Table::new(&edges));
        assert_eq!(clusters.len(), 1);
        assert!(clusters[0].members.iter().all(|(m, _)| m.0 != 0));
    }

    #[test]
    fn third_document_does_not_bridge_the_window() {
        // The last document has edges with all documents but the first.
        let edges: Vec<Edge> = (0..6)
            .flat_map(|a| (a + 1..6).map(move |b| edge(a, b, Relation::Rewrite, 0.95)))
            .filter(|e| (e.a.0, e.b.0) != (0, 5))
            .collect();
        let sizes = |table: &Table| -> Vec<usize> {
            build(&alone(6), &[], edges.clone(), Vec::new(), table)
                .0
                .iter()
                .map(|c| c.members.len())
                .collect()
        };
        assert_eq!(sizes(&Table::new(&edges)), [6]);
        assert_eq!(sizes(&Table { apart: 5, ..Table::new(&edges) }), [5]);
    }

    #[test]
    fn rewrite_of_the_last_version_does_not_extend_the_window() {
        let edges = vec![
            edge(0, 1, Relation::Version, 0.9),
            edge(1, 2, Relation::Version, 0.9),
            edge(2, 3, Relation::Rewrite, 0.95),
        ];
        let table = Table { apart: 3, ..Table::new(&edges) };
        let (clusters, _) = build(&alone(4), &[], edges, Vec::new(), &table);
        let together = |a: u32, b: u32| {
            let has = |cluster: &Cluster, one: u32| cluster.members.iter().any(|(member, _)| member.0 == one);
            clusters.iter().any(|cluster| has(cluster, a) && has(cluster, b))
        };
        assert!(!together(0, 3), "{clusters:?}");
    }

    #[test]
    fn copies_join_their_leader_with_an_edge() {
        let star = vec![edge(0, 3, Relation::Copy, 0.9)];
        let groups = CopyGroups { leader: vec![DocId(0), DocId(1), DocId(2), DocId(0)], edges: star.clone() };
        let (clusters, kept) = build(&groups, &[], Vec::new(), Vec::new(), &Table::new(&star));
        assert_eq!(clusters[0].members, [(DocId(0), None), (DocId(3), Some(star[0]))]);
        assert_eq!(kept, star);
    }

    #[test]
    fn copy_connects_its_group_with_another_version() {
        let copies = vec![edge(0, 2, Relation::Copy, 0.9), edge(1, 3, Relation::Copy, 0.9)];
        let leader = [0, 1, 0, 1, 4, 5].map(DocId).to_vec();
        let groups = CopyGroups { leader, edges: copies.clone() };
        let members = |edges: Vec<Edge>| -> Vec<Vec<u32>> {
            let table = Table::new(&[&copies[..], &edges].concat());
            let (clusters, _) = build(&groups, &[], edges, Vec::new(), &table);
            clusters.iter().map(|c| c.members.iter().map(|(member, _)| member.0).collect()).collect()
        };
        assert_eq!(members(vec![edge(2, 4, Relation::Version, 0.9)]), [vec![0, 2, 4], vec![1, 3]]);
        assert_eq!(members(vec![edge(2, 4, Relation::Rewrite, 0.9)]), [vec![0, 2, 4], vec![1, 3]]);
        // A group of copies counts as one document, which a weak edge joins; it does not join two stories.
        let weak = edge(2, 3, Relation::Version, 0.6);
        assert_eq!(members(vec![weak]), [[0, 1, 2, 3]]);
        let stories = vec![edge(0, 4, Relation::Version, 0.9), edge(1, 5, Relation::Version, 0.9), weak];
        assert_eq!(members(stories), [[0, 2, 4], [1, 3, 5]]);
    }

    #[test]
    fn weak_rewrite_of_one_of_several_texts_does_not_join_their_groups() {
        let pairs = [(0, 2), (0, 4), (1, 3), (1, 5)];
        let copies: Vec<Edge> = pairs.map(|(a, b)| edge(a, b, Relation::Copy, 0.9)).into();
        let groups = CopyGroups { leader: [0, 1, 0, 1, 0, 1].map(DocId).to_vec(), edges: copies.clone() };
        let differing = pairs.map(|(a, b)| (DocId(a), DocId(b)));
        let clusters = |edges: &[Edge], differing: &[(DocId, DocId)]| {
            let table = Table::new(&[&copies[..], edges].concat());
            build(&groups, differing, edges.to_vec(), Vec::new(), &table).0.len()
        };
        let weak = [edge(0, 1, Relation::Rewrite, 0.81), edge(0, 3, Relation::Rewrite, 0.65)];
        assert_eq!(clusters(&weak, &differing), 2);
        assert_eq!(clusters(&weak, &[]), 1, "the copies do not differ and were not compared");
        assert_eq!(clusters(&[edge(0, 1, Relation::Rewrite, 0.9)], &differing), 1, "a sure edge is enough");
        assert_eq!(
            clusters(&[weak[0], edge(2, 5, Relation::Version, 0.6)], &differing),
            1,
            "so is text in common"
        );
        let more = [edge(2, 5, Relation::Rewrite, 0.62), edge(1, 4, Relation::Rewrite, 0.62)];
        assert_eq!(clusters(&[weak[0], weak[1], more[1], more[0]], &differing), 1, "all are related");
    }

    #[test]
    fn names_depend_on_members_only() {
        assert_eq!(cluster_name(["b", "a"]), cluster_name(["a", "b"]));
        assert_ne!(cluster_name(["a", "b"]), cluster_name(["a", "b", "c"]));
        assert_ne!(cluster_name(["ab", "c"]), cluster_name(["a", "bc"]));
    }
}
