//! The lines of the report: their words are looked up, and written into them.

use std::collections::HashMap;
use std::ops::Range;

use arrow_array::Array;
use pyo3::prelude::*;
use wirecopy::Skipped;
use wirecopy::bricks::{self, Asked, Described, Slot, SolvedEdge, TextFacts};
use wirecopy::report::{ClusterLine, DocumentLine, EdgeLine, Line};

use super::Bricks;
use super::documents::{Learned, marked_of};
use super::input::{Row, batches, integers, texts};
use crate::table::Table;
use crate::{Error, found, raised};

/// Writes a line of the report.
pub(super) fn written(line: &Line) -> String {
    // Texts, numbers and lists of them can always be written.
    serde_json::to_string(line).unwrap_or_default()
}

fn line_of(text: &str) -> PyResult<Line> {
    serde_json::from_str(text).map_err(|error| Error::new_err(format!("a line of a report: {error}")))
}

/// Reads the lines (line) of one type.
fn lines<T>(data: &Bound<'_, PyAny>, of: impl Fn(Line) -> Option<T>) -> PyResult<Vec<T>> {
    let mut lines = Vec::new();
    for batch in batches(data)? {
        let texts = Row(&batch).texts("line")?;
        for text in texts.iter().flatten() {
            lines.extend(of(line_of(text)?));
        }
    }
    Ok(lines)
}

/// Returns a table of lines.
fn line_table(lines: &[String]) -> PyResult<Table> {
    Table::new(vec![("line", texts(lines.iter().map(Some)))])
}

/// Splits a text into a number and what follows the tab after it.
fn numbered(text: &str) -> Option<(u32, &str)> {
    let (number, rest) = text.split_once('\t')?;
    Some((number.parse().ok()?, rest))
}

/// Fields of documents, and what is looked up in them (uid, source_key, terms, ranges) → words: (uid, term, word) for terms, (uid, start, end, word) for sentences,
/// whose token ranges are pairs of numbers.
#[pyfunction]
pub fn spell(learned: &Learned, py: Python<'_>, bricks: &Bricks, data: &Bound<'_, PyAny>) -> PyResult<Table> {
    let mut rows: Vec<(i64, Option<i64>, Option<(i64, i64)>, String)> = Vec::new();
    for batch in batches(data)? {
        let row = Row(&batch);
        let (uids, sources) = (row.integers("uid")?, row.integers("source_key")?);
        let (terms, ranges) = (row.integer_lists("terms")?, row.integer_lists("ranges")?);
        let texts = bricks.texts(&batch)?;
        py.detach(|| {
            for at in 0..batch.num_rows() {
                let Some(text) = &texts[at] else { continue };
                let mut terms: Vec<u32> = terms[at].iter().map(|&term| term as u32).collect();
                terms.sort_unstable();
                terms.dedup();
                let ranges: Vec<Range<usize>> = ranges[at]
                    .as_chunks::<2>()
                    .0
                    .iter()
                    .map(|&[start, end]| start as usize..end as usize)
                    .collect();
                let asked = Asked { terms: &terms, lines: &[], sentences: &ranges };
                let found = learned.speller.look(text, sources.value(at).cast_unsigned(), asked);
                let uid = uids.value(at);
                rows.extend(
                    found.terms.into_iter().map(|(term, word)| (uid, Some(i64::from(term)), None, word)),
                );
                let end = |start: usize| {
                    ranges.iter().find(|range| range.start == start).map_or(start, |range| range.end)
                };
                let places = found.sentences.into_iter();
                rows.extend(
                    places.map(|(start, words)| (uid, None, Some((start as i64, end(start) as i64)), words)),
                );
            }
        });
    }
    Table::new(vec![
        ("uid", integers(rows.iter().map(|row| Some(row.0)))),
        ("term", integers(rows.iter().map(|row| row.1))),
        ("start", integers(rows.iter().map(|row| Some(row.2?.0)))),
        ("end", integers(rows.iter().map(|row| Some(row.2?.1)))),
        ("word", texts(rows.iter().map(|row| Some(&row.3)))),
    ])
}

/// Fields of documents, and the lines and passages that are first in them (header, source_key, documents, known) → lines of the report (line).
#[pyfunction]
pub fn boilerplate_lines(learned: &Learned, bricks: &Bricks, data: &Bound<'_, PyAny>) -> PyResult<Table> {
    let mut lines = Vec::new();
    for batch in batches(data)? {
        let row = Row(&batch);
        let (headers, sources) = (row.bytes("header")?, row.integers("source_key")?);
        let (documents, known) = (row.integers("documents")?, row.bytes("known")?);
        let texts = bricks.texts(&batch)?;
        for at in 0..row.len() {
            let known = marked_of(known.value(at))?;
            let asked = Asked { terms: &[], lines: std::slice::from_ref(&known), sentences: &[] };
            let source = sources.value(at).cast_unsigned();
            let found = texts[at].as_ref().map(|text| learned.speller.look(text, source, asked).lines);
            let line = found.unwrap_or_default().pop().map(|(_, line)| line);
            let first = Described::from_bytes(headers.value(at)).map_err(raised)?.header;
            let documents = documents.value(at) as u32;
            lines
                .push(written(&Line::Boilerplate(bricks::boilerplate_line(&first, &known, documents, line))));
        }
    }
    line_table(&lines)
}

/// Documents (header, tokens, composite: the ids that it quotes, as JSON) → lines of the report (line).
#[pyfunction]
pub fn document_lines(data: &Bound<'_, PyAny>) -> PyResult<Table> {
    let mut lines = Vec::new();
    for batch in batches(data)? {
        let row = Row(&batch);
        let (headers, bytes, quotes) = (row.bytes("header")?, row.bytes("tokens")?, row.texts("composite")?);
        for at in 0..row.len() {
            let described = Described::from_bytes(headers.value(at)).map_err(raised)?;
            let tokens = super::keys::tokens(bytes.value(at))?;
            let text: TextFacts = bricks::text_facts(&described, &tokens);
            let composite = if quotes.is_valid(at) {
                serde_json::from_str(quotes.value(at)).map_err(|error| Error::new_err(error.to_string()))?
            } else {
                Vec::new()
            };
            let mut line = bricks::document_line(described.header, described.credits, text, composite);
            // Rows have no numbers.
            line.record = None;
            lines.push(written(&Line::Document(line)));
        }
    }
    line_table(&lines)
}

/// Edges (line, terms, words: a term, a tab and its word each) → lines of the report with their evidence (line).
#[pyfunction]
pub fn edge_lines(data: &Bound<'_, PyAny>) -> PyResult<Table> {
    let mut lines = Vec::new();
    for batch in batches(data)? {
        let row = Row(&batch);
        let (texts, terms, words) =
            (row.texts("line")?, row.integer_lists("terms")?, row.text_lists("words")?);
        for at in 0..row.len() {
            let Line::Edge(mut line) = line_of(texts.value(at))? else { continue };
            let words: HashMap<u32, &str> = words[at].iter().filter_map(|word| numbered(word)).collect();
            let terms: Vec<u32> = terms[at].iter().map(|&term| term as u32).collect();
            SolvedEdge::fill(&mut line, &terms, |term| words.get(&term).map(|&word| word.to_owned()));
            lines.push(written(&Line::Edge(line)));
        }
    }
    line_table(&lines)
}

/// Clusters (line, sentences: its place, a tab and its words each) → lines of the report with these sentences (line).
#[pyfunction]
pub fn cluster_lines(data: &Bound<'_, PyAny>) -> PyResult<Table> {
    let mut lines = Vec::new();
    for batch in batches(data)? {
        let row = Row(&batch);
        let (texts, sentences) = (row.texts("line")?, row.text_lists("sentences")?);
        for at in 0..row.len() {
            let Line::Cluster(mut line) = line_of(texts.value(at))? else { continue };
            for (slot, sentence) in sentences[at].iter().filter_map(|sentence| numbered(sentence)) {
                Slot::of_number(slot).fill(&mut line, sentence.to_owned());
            }
            lines.push(written(&Line::Cluster(line)));
        }
    }
    line_table(&lines)
}

/// Lines of edges (line) → the table of edges.
#[pyfunction]
pub fn edge_table(data: &Bound<'_, PyAny>) -> PyResult<Table> {
    let edges: Vec<EdgeLine> =
        lines(data, |line| if let Line::Edge(edge) = line { Some(edge) } else { None })?;
    found::edges(&edges)
}

fn cluster_lines_of(data: &Bound<'_, PyAny>) -> PyResult<Vec<ClusterLine>> {
    lines(data, |line| if let Line::Cluster(cluster) = line { Some(cluster) } else { None })
}

/// Lines of clusters (line) → the table of clusters.
#[pyfunction]
pub fn cluster_table(data: &Bound<'_, PyAny>) -> PyResult<Table> {
    found::clusters(&cluster_lines_of(data)?)
}

/// Lines of clusters (line) → their members, with their places in them.
#[pyfunction]
pub fn member_table(data: &Bound<'_, PyAny>) -> PyResult<Table> {
    found::members(&cluster_lines_of(data)?)
}

/// Lines of documents (line) → the table of documents, without their clusters.
#[pyfunction]
pub fn document_table(data: &Bound<'_, PyAny>) -> PyResult<Table> {
    let of = |line| if let Line::Document(document) = line { Some(document) } else { None };
    let documents: Vec<DocumentLine> = lines(data, of)?;
    found::described(&documents)
}

/// Lines of skipped rows (line) → the table of skipped rows.
#[pyfunction]
pub fn skipped_table(data: &Bound<'_, PyAny>) -> PyResult<Table> {
    let skipped: Vec<Skipped> =
        lines(data, |line| if let Line::Skipped(one) = line { Some(one) } else { None })?;
    found::skipped(&skipped)
}
