//! The result of a run: its tables and files.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, StringArray, UInt32Array, UInt64Array};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use wirecopy::report::{ClusterLine, DocumentLine, EdgeLine, MemberLine, Spooled, TableStyle, TextStyle};
use wirecopy::{Cancel, Similarity, Skipped};

use crate::raised;
use crate::table::{Table, lists};

/// What a run found.
#[pyclass(module = "wirecopy._wirecopy", frozen)]
pub struct Found {
    run: Spooled,
    clusters: PyOnceLock<Py<Table>>,
    edges: PyOnceLock<Py<Table>>,
    documents: PyOnceLock<Py<Table>>,
    skipped: PyOnceLock<Py<Table>>,
}

impl Found {
    pub fn new(run: Spooled) -> Self {
        Self {
            run,
            clusters: PyOnceLock::new(),
            edges: PyOnceLock::new(),
            documents: PyOnceLock::new(),
            skipped: PyOnceLock::new(),
        }
    }
}

#[pymethods]
impl Found {
    /// One row for each cluster.
    #[getter]
    fn clusters(&self, py: Python<'_>) -> PyResult<Py<Table>> {
        once(py, &self.clusters, || clusters(&self.run.clusters))
    }

    /// One row for each verified pair.
    #[getter]
    fn edges(&self, py: Python<'_>) -> PyResult<Py<Table>> {
        once(py, &self.edges, || {
            edges(&self.run.edges.iter().collect::<wirecopy::Result<Vec<_>>>().map_err(raised)?)
        })
    }

    /// One row for each document.
    #[getter]
    fn documents(&self, py: Python<'_>) -> PyResult<Py<Table>> {
        once(py, &self.documents, || {
            let lines: Vec<DocumentLine> =
                self.run.documents.iter().collect::<wirecopy::Result<_>>().map_err(raised)?;
            documents(&lines, &self.run.clusters)
        })
    }

    /// One row for each input that is not a document.
    #[getter]
    fn skipped(&self, py: Python<'_>) -> PyResult<Py<Table>> {
        once(py, &self.skipped, || skipped(&self.run.skipped))
    }

    /// The last line of the report, as JSON.
    #[getter]
    fn summary(&self) -> PyResult<String> {
        serde_json::to_string(&self.run.summary).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// Writes the report: JSON lines, CSV or text.
    #[pyo3(signature = (path, format, all=false))]
    fn save(&self, py: Python<'_>, path: PathBuf, format: &str, all: bool) -> PyResult<()> {
        let mut table = TableStyle::default();
        table.all = all;
        let write = |out: &mut dyn Write| match format {
            "csv" => self.run.write_csv(out, &table),
            "text" => self.run.write_text(out, &TextStyle::default()),
            _ => self.run.write_jsonl(out),
        };
        py.detach(|| wirecopy::cli::write_file(&path, write)).map_err(PyOSError::new_err)
    }

    /// Writes the page, and returns the ids of the documents whose texts are missing from it.
    fn page(&self, py: Python<'_>, path: PathBuf) -> PyResult<Vec<String>> {
        let mut missing = Vec::new();
        let write = |out: &mut dyn Write| {
            let absent = self.run.write_page(out, &Cancel::default()).map_err(io::Error::other)?;
            missing = absent.missing;
            Ok(())
        };
        py.detach(|| wirecopy::cli::write_file(&path, write)).map_err(PyOSError::new_err)?;
        Ok(missing)
    }
}

/// Returns the table of `cell`, which is made without the lock of the interpreter.
fn once(
    py: Python<'_>,
    cell: &PyOnceLock<Py<Table>>,
    make: impl FnOnce() -> PyResult<Table> + Send,
) -> PyResult<Py<Table>> {
    if let Some(table) = cell.get(py) {
        return Ok(table.clone_ref(py));
    }
    let table = Py::new(py, py.detach(make)?)?;
    Ok(cell.get_or_init(py, || table).clone_ref(py))
}

fn texts<T: AsRef<str>>(values: impl Iterator<Item = Option<T>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn shares(values: impl Iterator<Item = Option<Similarity>>) -> ArrayRef {
    Arc::new(values.map(|value| value.map(Similarity::get)).collect::<Float64Array>())
}

fn numbers(values: impl Iterator<Item = Option<u32>>) -> ArrayRef {
    Arc::new(values.collect::<UInt32Array>())
}

/// Returns the table of skipped inputs.
pub fn skipped(lines: &[Skipped]) -> PyResult<Table> {
    let kind = |kind| serde_json::to_value(kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
    Table::new(vec![
        ("path", texts(lines.iter().map(|line| Some(&*line.path)))),
        ("record", Arc::new(lines.iter().map(|line| line.record).collect::<UInt64Array>())),
        ("kind", texts(lines.iter().map(|line| kind(line.kind)))),
        ("reason", texts(lines.iter().map(|line| Some(&*line.reason)))),
    ])
}

/// Returns the table of clusters.
pub fn clusters(lines: &[ClusterLine]) -> PyResult<Table> {
    let size = |line: &ClusterLine| u32::try_from(line.members.len()).ok();
    Table::new(vec![
        ("cluster", texts(lines.iter().map(|line| Some(&*line.cluster)))),
        ("size", numbers(lines.iter().map(size))),
        ("title", texts(lines.iter().map(|line| line.title.as_deref()))),
        ("representative", texts(lines.iter().map(|line| Some(&*line.representative)))),
        ("earliest", texts(lines.iter().map(|line| line.earliest.as_deref()))),
        ("credits", lists(lines.iter().map(|line| &line.credits))),
        ("members", lists(lines.iter().map(|line| line.members.iter().map(|member| &member.id)))),
    ])
}

/// Returns the table of edges.
pub fn edges(lines: &[EdgeLine]) -> PyResult<Table> {
    Table::new(vec![
        ("a", texts(lines.iter().map(|line| Some(&*line.a)))),
        ("b", texts(lines.iter().map(|line| Some(&*line.b)))),
        ("relation", texts(lines.iter().map(|line| Some(line.relation.name())))),
        ("score", shares(lines.iter().map(|line| Some(line.score)))),
        ("jaccard", shares(lines.iter().map(|line| Some(line.jaccard)))),
        ("containment_a", shares(lines.iter().map(|line| Some(line.containment_a)))),
        ("containment_b", shares(lines.iter().map(|line| Some(line.containment_b)))),
        ("evidence", lists(lines.iter().map(|line| &line.evidence))),
    ])
}

/// Returns the documents, each with its cluster and its place in it.
fn documents(lines: &[DocumentLine], clusters: &[ClusterLine]) -> PyResult<Table> {
    let members: HashMap<&str, (&ClusterLine, &MemberLine)> = clusters
        .iter()
        .flat_map(|cluster| cluster.members.iter().map(move |member| (&*member.id, (cluster, member))))
        .collect();
    let placed: Vec<Option<&(&ClusterLine, &MemberLine)>> =
        lines.iter().map(|line| members.get(&*line.id)).collect();
    let mut columns = vec![("id", texts(lines.iter().map(|line| Some(&*line.id))))];
    columns.extend(places(&placed));
    columns.extend(description(lines));
    Table::new(columns)
}

/// Returns the members of clusters, each with its cluster and its place in it.
pub fn members(clusters: &[ClusterLine]) -> PyResult<Table> {
    let members: Vec<(&ClusterLine, &MemberLine)> = clusters
        .iter()
        .flat_map(|cluster| cluster.members.iter().map(move |member| (cluster, member)))
        .collect();
    let placed: Vec<Option<&(&ClusterLine, &MemberLine)>> = members.iter().map(Some).collect();
    let mut columns = vec![("id", texts(members.iter().map(|(_, member)| Some(&*member.id))))];
    columns.extend(places(&placed));
    Table::new(columns)
}

/// Returns the table of documents, without their clusters.
pub fn described(lines: &[DocumentLine]) -> PyResult<Table> {
    let mut columns = vec![("id", texts(lines.iter().map(|line| Some(&*line.id))))];
    columns.extend(description(lines));
    Table::new(columns)
}

/// Returns the columns that say where documents are in clusters.
fn places(placed: &[Option<&(&ClusterLine, &MemberLine)>]) -> Vec<(&'static str, ArrayRef)> {
    let member = || placed.iter().map(|placed| placed.map(|&(_, member)| member));
    let is_representative =
        placed.iter().map(|placed| placed.map(|(cluster, member)| cluster.representative == member.id));
    vec![
        ("cluster", texts(placed.iter().map(|placed| placed.map(|(cluster, _)| &*cluster.cluster)))),
        ("representative", Arc::new(BooleanArray::from_iter(is_representative))),
        ("relation", texts(member().map(|member| member?.relation.map(|relation| relation.name())))),
        ("score", shares(member().map(|member| Some(member?.score)))),
        ("copied", shares(member().map(|member| Some(member?.copied_from_cluster)))),
        ("version", numbers(member().map(|member| member?.version))),
        ("update_of", texts(member().map(|member| member?.update_of.as_deref()))),
    ]
}

/// Returns the columns that say what is known of documents.
fn description(lines: &[DocumentLine]) -> Vec<(&'static str, ArrayRef)> {
    let no_article = |line: &DocumentLine| {
        line.no_article.and_then(|kind| serde_json::to_value(kind).ok()?.as_str().map(str::to_owned))
    };
    vec![
        ("title", texts(lines.iter().map(|line| line.title.as_deref()))),
        ("published", texts(lines.iter().map(|line| line.published.as_deref()))),
        ("source", texts(lines.iter().map(|line| line.source.as_deref()))),
        ("url", texts(lines.iter().map(|line| line.url.as_deref()))),
        ("language", texts(lines.iter().map(|line| line.language.as_deref()))),
        ("credits", lists(lines.iter().map(|line| &line.credits))),
        ("tokens", numbers(lines.iter().map(|line| Some(line.tokens)))),
        ("boilerplate_tokens", numbers(lines.iter().map(|line| Some(line.boilerplate_tokens)))),
        ("no_article", texts(lines.iter().map(no_article))),
        ("composite", lists(lines.iter().map(|line| &line.composite))),
        ("duplicate_id", texts(lines.iter().map(|line| line.duplicate_id.as_deref()))),
        ("path", texts(lines.iter().map(|line| Some(&*line.path)))),
        ("record", Arc::new(lines.iter().map(|line| line.record).collect::<UInt64Array>())),
    ]
}
