//! Documents: read, settled, and rid of what their sources add.

use arrow_array::{BooleanArray, RecordBatch};
use pyo3::prelude::*;
use wirecopy::bricks::{
    self, Described, Facts, Known, LanguageKey, Learnt, MarkedBy, Speller, Story, Tokens,
};
use wirecopy::report::Line;
use wirecopy::{Budget, Fields};

use super::components::Weights;
use super::input::{Row, batches, bytes, hashes, integers, small, texts};
use super::keys::tokens;
use super::{Bricks, lines};
use crate::columns::Columns;
use crate::raised;
use crate::table::Table;

/// Number of the records that documents are taken to be: rows of a frame have no order.
const RECORD: u64 = 0;

/// A row of the table of documents, or the line of a skipped row.
type Made = Result<(Described, Tokens, Facts), String>;

/// Makes the table of documents.
fn document_table(rows: &[Made]) -> PyResult<Table> {
    let made = || rows.iter().map(|row| row.as_ref().ok());
    let facts = || made().map(|row| row.map(|(.., facts)| facts));
    let hash = |of: fn(&Facts) -> u64| {
        integers(facts().map(move |facts| facts.map(|facts| of(facts).cast_signed())))
    };
    let length = |tokens: &Tokens| tokens.len() as i32;
    Table::new(vec![
        ("id", texts(made().map(|row| row.map(|(described, ..)| &*described.header.id)))),
        ("row", integers(made().map(|row| row.map(|(described, ..)| row_of(described).cast_signed())))),
        ("header", bytes(made().map(|row| row.map(|(described, ..)| described.to_bytes())))),
        ("tokens", bytes(made().map(|row| row.map(|(_, tokens, _)| tokens.to_bytes())))),
        ("n", small(made().map(|row| row.map(|(_, tokens, _)| length(tokens))))),
        ("words", hash(|facts| facts.words)),
        ("stamp", hash(|facts| facts.stamp)),
        ("dated", hash(|facts| facts.text().dated)),
        ("source", hash(|facts| facts.source)),
        ("language", integers(facts().map(|facts| Some(i64::from(facts?.language.number()))))),
        ("item", integers(facts().map(|facts| facts?.item.map(u64::cast_signed)))),
        (
            "article",
            std::sync::Arc::new(facts().map(|facts| Some(facts?.is_article)).collect::<BooleanArray>()),
        ),
        ("skipped", texts(rows.iter().map(|row| row.as_ref().err()))),
    ])
}

/// Returns a number for a row, since rows of a frame have none: a hash of its fields. Equal rows have equal numbers.
fn row_key(fields: &Fields) -> u64 {
    let hash = |hash: u64, text: Option<&str>| {
        let bytes = text.iter().flat_map(|text| text.bytes());
        // FNV-1a over the bytes, and a mark after each field.
        bytes.chain([0xff]).fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    };
    let Fields { id, text, title, date, source, url, language, bylines, delivery } = fields;
    let delivery = delivery.as_ref().and_then(|delivery| serde_json::to_string(delivery).ok());
    let fields = [id, text, title, date, source, url, language, &delivery].map(Option::as_deref);
    let bylines = bylines.iter().map(|line| Some(line.as_str()));
    fields.into_iter().chain(bylines).fold(0xcbf2_9ce4_8422_2325, hash)
}

/// Returns the id of a row that has none, or whose id another row has.
fn fallback_of(row: u64) -> String {
    format!("-#{row:016x}")
}

/// Returns the key of the row that a document was made of.
fn row_of(described: &Described) -> u64 {
    let digits = described.header.fallback.strip_prefix("-#").unwrap_or_default();
    u64::from_str_radix(digits, 16).unwrap_or_default()
}

/// Rows with the fields of documents → documents (id, row, header, tokens, n, words, stamp, dated, source, language, item, article), or the
/// line of a report for a row that is not a document (skipped).
#[pyfunction]
pub fn read(own: &Bricks, py: Python<'_>, data: &Bound<'_, PyAny>) -> PyResult<Table> {
    let mut rows: Vec<Made> = Vec::new();
    for batch in batches(data)? {
        let columns = Columns::of(&batch.schema(), &own.config.ingest.fields)?;
        let fields = columns.rows(&batch)?;
        py.detach(|| rows.extend((0..batch.num_rows()).map(|at| own.row(fields.fields(at)))));
    }
    document_table(&rows)
}

/// Rows with the fields of documents → the key of each (row), by which a document finds its row again.
#[pyfunction]
pub fn row_keys(own: &Bricks, py: Python<'_>, data: &Bound<'_, PyAny>) -> PyResult<Table> {
    let mut keys: Vec<u64> = Vec::new();
    for batch in batches(data)? {
        let fields = Columns::of(&batch.schema(), &own.config.ingest.fields)?.rows(&batch)?;
        py.detach(|| keys.extend((0..batch.num_rows()).map(|at| row_key(&fields.fields(at)))));
    }
    Table::new(vec![("row", hashes(keys))])
}

/// Documents of whole ids, several of which have one → the same documents with ids of their own.
#[pyfunction]
pub fn settle(data: &Bound<'_, PyAny>) -> PyResult<Table> {
    let mut of_ids: std::collections::BTreeMap<String, Vec<(Described, Tokens)>> = Default::default();
    for batch in batches(data)? {
        let row = Row(&batch);
        let (headers, texts) = (row.bytes("header")?, row.bytes("tokens")?);
        for at in 0..row.len() {
            let described = Described::from_bytes(headers.value(at)).map_err(raised)?;
            let own = (described, tokens(texts.value(at))?);
            of_ids.entry(own.0.header.id.clone()).or_default().push(own);
        }
    }
    let mut rows: Vec<Made> = Vec::new();
    for mut documents in of_ids.into_values() {
        bricks::settle(&mut documents);
        rows.extend(documents.into_iter().map(with_facts));
    }
    document_table(&rows)
}

/// All stories of sources (uid, source, language, tokens) → one row with what was learned (learned).
#[pyfunction]
pub fn learn(
    py: Python<'_>,
    data: &Bound<'_, PyAny>,
    weights: &Weights,
    memory: Option<usize>,
) -> PyResult<Table> {
    let mut stories: Vec<Story> = Vec::new();
    for batch in batches(data)? {
        let row = Row(&batch);
        let (uids, sources, languages) =
            (row.integers("uid")?, row.integers("source")?, row.integers("language")?);
        let texts = row.bytes("tokens")?;
        for at in 0..row.len() {
            stories.push(Story {
                uid: uids.value(at).cast_unsigned(),
                source: sources.value(at).cast_unsigned(),
                language: LanguageKey::of_number(languages.value(at) as u32),
                tokens: tokens(texts.value(at))?,
            });
        }
    }
    let learnt = py.detach(|| {
        let budget = memory.map_or_else(Budget::unlimited, |bytes| Budget::new(bytes, None));
        bricks::learn(stories, (*weights.0).clone(), &budget).map_err(raised)
    })?;
    Table::new(vec![("learned", bytes([Some(learnt.to_bytes())]))])
}

impl Bricks {
    /// Returns the texts of rows with the fields of documents, in which words are looked up.
    pub(super) fn texts(&self, batch: &RecordBatch) -> PyResult<Vec<Option<String>>> {
        let fields = Columns::of(&batch.schema(), &self.config.ingest.fields)?.rows(batch)?;
        Ok((0..batch.num_rows()).map(|at| self.reader.text(fields.fields(at))).collect())
    }

    fn row(&self, mut fields: Fields) -> Made {
        let fallback = fallback_of(row_key(&fields));
        let is_blank = |id: &String| id.trim().is_empty();
        if fields.id.as_ref().is_none_or(is_blank) {
            fields.id = Some(fallback.clone());
        }
        match self.reader.record(RECORD, fields) {
            Ok((mut described, tokens)) => {
                described.header.fallback = fallback;
                with_facts((described, tokens))
            }
            Err(mut skipped) => {
                skipped.record = None;
                Err(lines::written(&Line::Skipped(skipped)))
            }
        }
    }
}

fn with_facts((described, tokens): (Described, Tokens)) -> Made {
    let facts = described.facts(&tokens);
    Ok((described, tokens, facts))
}

/// Boilerplate that was learned.
#[pyclass(module = "wirecopy._wirecopy", frozen)]
pub struct Learned {
    learnt: Learnt,
    pub(super) speller: Speller,
}

#[pymethods]
impl Learned {
    /// Joins what was learned of different sources.
    #[new]
    fn new(bricks: &Bricks, parts: Vec<Vec<u8>>) -> PyResult<Self> {
        let mut learnt = Learnt::default();
        for part in &parts {
            learnt = learnt.merge(&Learnt::from_bytes(part).map_err(raised)?);
        }
        let speller = Speller::new(&bricks.config, learnt.lines.clone());
        Ok(Self { learnt, speller })
    }

    /// Everything, as bytes.
    fn to_bytes(&self) -> Vec<u8> {
        self.learnt.to_bytes()
    }

    /// Whether nothing was learned.
    #[getter]
    fn is_empty(&self) -> bool {
        self.learnt.lines.is_empty()
    }

    /// The sources that have any of it.
    #[getter]
    fn sources(&self) -> Vec<i64> {
        let mut sources: Vec<i64> = self.learnt.sources.iter().map(|source| source.cast_signed()).collect();
        sources.sort_unstable();
        sources
    }

    /// Documents (uid, source, stamp, tokens) → those that have any of it, without it (uid, source, tokens, n, words, dated), and what was removed
    /// (removed).
    fn mark(&self, data: &Bound<'_, PyAny>) -> PyResult<Table> {
        let batches = batches(data)?;
        data.py().detach(|| self.marked(&batches))
    }
}

impl Learned {
    fn marked(&self, batches: &[RecordBatch]) -> PyResult<Table> {
        let mut rows: Vec<(i64, i64, u64, Tokens, Vec<Known>)> = Vec::new();
        for batch in batches {
            let row = Row(batch);
            let (uids, sources, stamps) =
                (row.integers("uid")?, row.integers("source")?, row.integers("stamp")?);
            let texts = row.bytes("tokens")?;
            for at in 0..row.len() {
                let source = sources.value(at);
                if !self.learnt.sources.contains(&source.cast_unsigned()) {
                    continue;
                }
                let marked = bricks::mark(source.cast_unsigned(), &tokens(texts.value(at))?, &self.learnt);
                if let Some((rest, known)) = marked {
                    rows.push((uids.value(at), source, stamps.value(at).cast_unsigned(), rest, known));
                }
            }
        }
        let words = |rest: &Tokens| rest.fingerprint();
        let dated = |rest: &Tokens, stamp| bricks::Text::new(rest.fingerprint(), stamp).dated;
        Table::new(vec![
            ("uid", integers(rows.iter().map(|row| Some(row.0)))),
            ("source", integers(rows.iter().map(|row| Some(row.1)))),
            ("tokens", bytes(rows.iter().map(|row| Some(row.3.to_bytes())))),
            ("n", small(rows.iter().map(|row| Some(row.3.len() as i32)))),
            ("words", hashes(rows.iter().map(|row| words(&row.3)))),
            ("dated", hashes(rows.iter().map(|row| dated(&row.3, row.2)))),
            ("removed", bytes(rows.iter().map(|row| Some(known_bytes(&row.4))))),
        ])
    }
}

/// Writes lines as a 0 and their key, passages as the number of their shingles and the keys of these.
fn known_bytes(known: &[Known]) -> Vec<u8> {
    let numbers = known.iter().flat_map(|known| match known {
        Known::Line(key) => vec![0, *key],
        Known::Shingles(shingles) => {
            std::iter::once(shingles.len() as u64).chain(shingles.iter().map(|&(_, key)| key)).collect()
        }
    });
    numbers.flat_map(u64::to_le_bytes).collect()
}

/// Reads what [`known_bytes`] wrote, without the places of shingles.
fn known_of(bytes: &[u8]) -> Option<Vec<Known>> {
    let mut numbers = bytes.as_chunks().0.iter().map(|&bytes| u64::from_le_bytes(bytes));
    let mut known = Vec::new();
    while let Some(shingles) = numbers.next() {
        known.push(match shingles {
            0 => Known::Line(numbers.next()?),
            _ => Known::Shingles((0..shingles).map(|_| Some((0, numbers.next()?))).collect::<Option<_>>()?),
        });
    }
    Some(known)
}

/// Reads the lines and passages that [`count_marked`] wrote.
pub(super) fn marked_of(bytes: &[u8]) -> PyResult<MarkedBy> {
    let known = known_of(bytes).and_then(|known| known.into_iter().next());
    match known.ok_or_else(|| crate::Error::new_err("damaged bytes of boilerplate"))? {
        Known::Line(key) => Ok(MarkedBy::Line(key)),
        Known::Shingles(shingles) => {
            Ok(MarkedBy::Shingles(shingles.into_iter().map(|(_, key)| key).collect()))
        }
    }
}

/// What was removed from all documents of sources (source, uid, removed) → each line or passage (source, uid of the first document that has it, documents, known).
#[pyfunction]
pub fn count_marked(data: &Bound<'_, PyAny>) -> PyResult<Table> {
    let mut removed: Vec<(u64, u64, Vec<Known>)> = Vec::new();
    for batch in batches(data)? {
        let row = Row(&batch);
        let (sources, uids, known) = (row.integers("source")?, row.integers("uid")?, row.bytes("removed")?);
        for at in 0..row.len() {
            let known = known_of(known.value(at))
                .ok_or_else(|| crate::Error::new_err("damaged bytes of boilerplate"))?;
            removed.push((sources.value(at).cast_unsigned(), uids.value(at).cast_unsigned(), known));
        }
    }
    let counted = bricks::count_marked(removed);
    let known = |known: &MarkedBy| match known {
        MarkedBy::Line(key) => Known::Line(*key),
        MarkedBy::Shingles(keys) => Known::Shingles(keys.iter().map(|&key| (0, key)).collect()),
    };
    Table::new(vec![
        ("source", hashes(counted.iter().map(|one| one.source))),
        ("uid", hashes(counted.iter().map(|one| one.first))),
        ("documents", integers(counted.iter().map(|one| Some(i64::from(one.documents))))),
        ("known", bytes(counted.iter().map(|one| Some(known_bytes(&[known(&one.known)]))))),
    ])
}
