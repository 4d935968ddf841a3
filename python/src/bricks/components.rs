//! Whole components of candidates.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array};
use pyo3::prelude::*;
use wirecopy::bricks::{
    self, Component, Described, DocId, Edge, Grouped, Idf, Member, Solved, TermCounts, Verified,
};
use wirecopy::report::Line;
use wirecopy::{Budget, Relation, Similarity};

use super::input::{Row, batches, integer_lists, integers, texts};
use super::keys::tokens;
use super::{Bricks, lines};
use crate::raised;
use crate::table::Table;

/// The weights of terms.
#[pyclass(module = "wirecopy._wirecopy", frozen)]
pub struct Weights(pub(super) Arc<Idf>);

#[pymethods]
impl Weights {
    /// Prepares the counts that `decisive_terms` returned.
    #[new]
    fn new(counts: &[u8]) -> PyResult<Self> {
        Ok(Self(Arc::new(TermCounts::from_bytes(counts).map_err(raised)?.weights())))
    }
}

/// Pairs (a, b) → each document with the lowest of its component (uid, component).
#[pyfunction]
pub fn components(py: Python<'_>, data: &Bound<'_, PyAny>) -> PyResult<Table> {
    let mut pairs: Vec<(u64, u64)> = Vec::new();
    for batch in batches(data)? {
        let row = Row(&batch);
        let (a, b) = (row.integers("a")?, row.integers("b")?);
        pairs.extend((0..row.len()).map(|at| (a.value(at).cast_unsigned(), b.value(at).cast_unsigned())));
    }
    py.detach(|| {
        let named = bricks::components(&pairs);
        Table::new(vec![
            ("uid", integers(named.iter().map(|&(uid, _)| Some(uid.cast_signed())))),
            ("component", integers(named.iter().map(|&(_, lowest)| Some(lowest.cast_signed())))),
        ])
    })
}

/// Rows of documents, which have a header, and of pairs of them. With edges, documents have one with their leader.
#[derive(Default)]
struct Rows {
    members: Vec<Member>,
    grouped: Vec<Grouped>,
    pairs: Vec<(u64, u64, bool)>,
    verified: Vec<Verified>,
}

impl Rows {
    /// Reads rows (a, b, verbatim, header, tokens), or those with edges, which have leaders instead of `verbatim`.
    fn of(data: &Bound<'_, PyAny>, with_edges: bool) -> PyResult<Self> {
        let mut rows = Self::default();
        for batch in batches(data)? {
            let row = Row(&batch);
            let (a, b) = (row.integers("a")?, row.integers("b")?);
            let (headers, texts) = (row.bytes("header")?, row.bytes("tokens")?);
            let edges = if with_edges { Some((row.integers("leader")?, Edges::of(&row)?)) } else { None };
            let verbatim = if with_edges { None } else { Some(row.flags("verbatim")?) };
            for at in 0..row.len() {
                let uid = a.value(at).cast_unsigned();
                if b.is_null(at) {
                    let described = Described::from_bytes(headers.value(at)).map_err(raised)?;
                    rows.members.push(Member { uid, described, tokens: tokens(texts.value(at))? });
                    if let Some((leaders, edges)) = &edges {
                        let leader = if leaders.is_null(at) { a.value(at) } else { leaders.value(at) };
                        let edge = edges.get(at)?;
                        rows.grouped.push(Grouped {
                            leader: leader.cast_unsigned(),
                            edge,
                            ..Grouped::alone(uid)
                        });
                    }
                    continue;
                }
                let other = b.value(at).cast_unsigned();
                if let Some((_, edges)) = &edges {
                    rows.verified.extend(edges.get(at)?.map(|edge| Verified {
                        a: uid,
                        b: other,
                        edge,
                        is_sure: false,
                    }));
                }
                if let Some(verbatim) = &verbatim {
                    rows.pairs.push((uid, other, verbatim.is_valid(at) && verbatim.value(at)));
                }
            }
        }
        Ok(rows)
    }
}

/// The columns of edges.
struct Edges {
    relation: arrow_array::LargeStringArray,
    numbers: [Float64Array; 4],
}

impl Edges {
    fn of(row: &Row<'_>) -> PyResult<Self> {
        let [score, jaccard, containment_a, containment_b] =
            ["score", "jaccard", "containment_a", "containment_b"].map(|name| row.floats(name));
        let numbers = [score?, jaccard?, containment_a?, containment_b?];
        Ok(Self { relation: row.texts("relation")?, numbers })
    }

    /// Returns the edge of a row, if it has one, without its ends.
    fn get(&self, at: usize) -> PyResult<Option<Edge>> {
        if self.relation.is_null(at) {
            return Ok(None);
        }
        let name = self.relation.value(at);
        let unknown = || crate::Error::new_err(format!("there is no relation {name:?}"));
        let relation =
            Relation::ALL.into_iter().find(|relation| relation.name() == name).ok_or_else(unknown)?;
        let number = |of: &Float64Array| Similarity::try_from(of.value(at)).map_err(raised);
        let [score, jaccard, containment_a, containment_b] = &self.numbers;
        let mut edge = Edge::identical(DocId(0), DocId(1));
        edge.relation = relation;
        edge.score = number(score)?;
        edge.jaccard = number(jaccard)?;
        edge.containment_a = number(containment_a)?;
        edge.containment_b = number(containment_b)?;
        Ok(Some(edge))
    }
}

/// Returns the columns of edges.
fn edge_columns(edges: &[Option<Edge>]) -> Vec<(&'static str, ArrayRef)> {
    let number = |of: fn(&Edge) -> Similarity| -> ArrayRef {
        Arc::new(edges.iter().map(|edge| edge.as_ref().map(|edge| of(edge).get())).collect::<Float64Array>())
    };
    vec![
        ("relation", texts(edges.iter().map(|edge| edge.map(|edge| edge.relation.name())))),
        ("score", number(|edge| edge.score)),
        ("jaccard", number(|edge| edge.jaccard)),
        ("containment_a", number(|edge| edge.containment_a)),
        ("containment_b", number(|edge| edge.containment_b)),
    ]
}

fn budget(memory: Option<usize>) -> Budget {
    memory.map_or_else(Budget::unlimited, |bytes| Budget::new(bytes, None))
}

/// Documents (a, header, tokens) and candidates (a, b) of whole components → how each document is grouped: (uid, leader, relation,
/// score, jaccard, containment_a, containment_b, story, differs).
#[pyfunction]
pub fn collapse(
    own: &Bricks,
    py: Python<'_>,
    data: &Bound<'_, PyAny>,
    memory: Option<usize>,
) -> PyResult<Table> {
    let Rows { members, pairs, .. } = Rows::of(data, false)?;
    let grouped = py.detach(|| {
        let pairs: Vec<(u64, u64)> = pairs.into_iter().map(|(a, b, _)| (a, b)).collect();
        Component::new(members, &own.config.matching, &budget(memory))
            .and_then(|component| component.collapse(&pairs))
            .map_err(raised)
    })?;
    let edges: Vec<Option<Edge>> = grouped.iter().map(|one| one.edge).collect();
    let mut columns = vec![
        ("uid", integers(grouped.iter().map(|one| Some(one.uid.cast_signed())))),
        ("leader", integers(grouped.iter().map(|one| Some(one.leader.cast_signed())))),
    ];
    columns.extend(edge_columns(&edges));
    let flags = |flag: fn(&Grouped) -> bool| {
        Arc::new(grouped.iter().map(|one| Some(flag(one))).collect::<BooleanArray>())
    };
    columns.push(("story", flags(|one| one.is_story)));
    columns.push(("differs", flags(|one| one.differs)));
    Table::new(columns)
}

/// Candidates (a, b, verbatim) and their documents (a, header, tokens) → those that are related: (a, b, relation, score, jaccard, containment_a,
/// containment_b, sure).
#[pyfunction]
pub fn verify(
    own: &Bricks,
    py: Python<'_>,
    data: &Bound<'_, PyAny>,
    weights: &Weights,
    memory: Option<usize>,
) -> PyResult<Table> {
    let Rows { members, pairs, .. } = Rows::of(data, false)?;
    py.detach(|| {
        let documents = Component::new(members, &own.config.matching, &budget(memory)).map_err(raised)?;
        let verified = own.solver.verify(&documents, &pairs, &weights.0).map_err(raised)?;
        let edges: Vec<Option<Edge>> = verified.iter().map(|one| Some(one.edge)).collect();
        let mut columns = vec![
            ("a", integers(verified.iter().map(|one| Some(one.a.cast_signed())))),
            ("b", integers(verified.iter().map(|one| Some(one.b.cast_signed())))),
        ];
        columns.extend(edge_columns(&edges));
        let sure = verified.iter().map(|one| Some(one.is_sure)).collect::<BooleanArray>();
        columns.push(("sure", Arc::new(sure)));
        Table::new(columns)
    })
}

/// Documents (a, header, tokens, and the columns of `collapse`) and edges (the columns of `verify`) of whole components → lines of the
/// report, without words: (kind, uid, line, numbers). `numbers` are the terms of an edge, which are looked up in document uid; and four
/// for each sentence of a cluster: its place in the line, the uid of the document, and the range of its tokens.
#[pyfunction]
pub fn solve(
    own: &Bricks,
    py: Python<'_>,
    data: &Bound<'_, PyAny>,
    weights: &Weights,
    memory: Option<usize>,
) -> PyResult<Table> {
    let Rows { members, grouped, verified, .. } = Rows::of(data, true)?;
    py.detach(|| {
        let component = Component::new(members, &own.config.matching, &budget(memory)).map_err(raised)?;
        let solved = own.solver.solve(&component, &grouped, &verified, &weights.0).map_err(raised)?;
        solved_table(solved, &component)
    })
}

fn solved_table(solved: Solved, component: &Component) -> PyResult<Table> {
    let uid = |document: DocId| component.uid(document).cast_signed();
    let mut rows: Vec<(&str, Option<i64>, String, Vec<i64>)> = Vec::new();
    for edge in solved.edges {
        let terms = edge.terms.iter().map(|&term| i64::from(term)).collect();
        rows.push(("edge", Some(uid(edge.document)), lines::written(&Line::Edge(edge.line)), terms));
    }
    for cluster in solved.clusters {
        let open = cluster.open.iter().flat_map(|open| {
            let range = [open.tokens.start as i64, open.tokens.end as i64];
            [i64::from(open.slot.number()), uid(open.document), range[0], range[1]]
        });
        let open = open.collect();
        rows.push(("cluster", None, lines::written(&Line::Cluster(cluster.line)), open));
    }
    for (document, quotes) in solved.composites {
        let quotes =
            serde_json::to_string(&quotes).map_err(|error| crate::Error::new_err(error.to_string()))?;
        rows.push(("composite", Some(uid(document)), quotes, Vec::new()));
    }
    let kinds = rows.iter().map(|row| Some(row.0));
    Table::new(vec![
        ("kind", texts(kinds)),
        ("uid", integers(rows.iter().map(|row| row.1))),
        ("line", texts(rows.iter().map(|row| Some(&row.2)))),
        ("numbers", integer_lists(rows.iter().map(|row| row.3.iter().copied()))),
    ])
}
