//! The table of clusters as Parquet, for DuckDB, Spark and data frames.
//!
//! It has the columns and rows of the CSV. Values have types, and no cell is altered for spreadsheets.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema};

use super::csv::{COLUMNS, Place, SEPARATOR, each_row};
use super::{ClusterLine, DocumentLine, Run};

/// Rows that are turned into columns at once.
const ROWS: usize = 1024;
/// Rows of a row group, which is in memory until it is full.
const GROUP: usize = 128 << 10;

impl Run {
    /// Writes the table as Parquet, with the columns and rows of [`Run::write_csv`]. `record`, `words` and `version` are
    /// integers, `score` is a double, `representative` and `earliest` are Booleans, and cells that are empty in the CSV are null.
    ///
    /// # Errors
    /// Fails if `out` fails.
    pub fn write_parquet(&self, out: impl Write, all: bool) -> io::Result<()> {
        let documents: HashMap<&str, &DocumentLine> =
            self.documents.iter().map(|document| (document.id.as_str(), document)).collect();
        let rest = self.documents.iter().map(|document| Ok(Cow::Borrowed(document)));
        let document = |id: &str| Ok(documents.get(id).map(|&document| Cow::Borrowed(document)));
        write_table(&self.clusters, out, all, document, rest)
    }
}

/// Writes the table of `clusters`; see [`each_row`].
pub(super) fn write_table<'a>(
    clusters: &[ClusterLine],
    mut out: impl Write,
    all: bool,
    document: impl FnMut(&str) -> io::Result<Option<Cow<'a, DocumentLine>>>,
    documents: impl Iterator<Item = io::Result<Cow<'a, DocumentLine>>>,
) -> io::Result<()> {
    let schema = Arc::new(schema());
    let mark = KeyValue::new(wirecopy_ingest::OWN_TABLE.to_owned(), env!("CARGO_PKG_VERSION").to_owned());
    let properties = WriterProperties::builder()
        // The reader of the inputs brings this compression along.
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(GROUP))
        .set_created_by(concat!("wirecopy ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(vec![mark]))
        .build();
    // The writer needs an output that can be sent to other threads, so its bytes are passed on from memory.
    let mut writer =
        ArrowWriter::try_new(Vec::new(), Arc::clone(&schema), Some(properties)).map_err(as_io)?;
    let mut columns = Columns::default();
    let mut write = |columns: &mut Columns| -> io::Result<()> {
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns.take()).map_err(of_arrow)?;
        writer.write(&batch).map_err(as_io)?;
        out.write_all(&std::mem::take(writer.inner_mut()))
    };
    each_row(clusters, all, document, documents, |id, document, place| {
        columns.add(id, document, place);
        if columns.rows == ROWS { write(&mut columns) } else { Ok(()) }
    })?;
    write(&mut columns)?;
    out.write_all(&writer.into_inner().map_err(as_io)?)?;
    out.flush()
}

/// Returns the types of [`COLUMNS`].
fn schema() -> Schema {
    let column = |name: &&str| {
        let kind = match *name {
            "record" | "version" | "words" => DataType::Int64,
            "score" => DataType::Float64,
            "representative" | "earliest" => DataType::Boolean,
            _ => DataType::Utf8,
        };
        Field::new(*name, kind, !matches!(*name, "id" | "path" | "words"))
    };
    Schema::new(COLUMNS.iter().map(column).collect::<Vec<_>>())
}

/// Rows as columns, one for each of [`COLUMNS`].
#[derive(Default)]
struct Columns {
    rows: usize,
    cluster: StringBuilder,
    id: StringBuilder,
    path: StringBuilder,
    record: Int64Builder,
    relation: StringBuilder,
    score: Float64Builder,
    representative: BooleanBuilder,
    title: StringBuilder,
    date: StringBuilder,
    source: StringBuilder,
    version: Int64Builder,
    cluster_title: StringBuilder,
    url: StringBuilder,
    credits: StringBuilder,
    language: StringBuilder,
    words: Int64Builder,
    earliest: BooleanBuilder,
    status: StringBuilder,
}

impl Columns {
    fn add(&mut self, id: &str, document: &DocumentLine, place: Option<Place<'_>>) {
        let cluster = place.map(|(cluster, _)| cluster);
        let member = place.map(|(_, member)| member);
        let credits = document.credits.join(SEPARATOR);
        let words = document.tokens.saturating_sub(document.boilerplate_tokens);
        self.rows += 1;
        self.cluster.append_option(cluster.map(|cluster| &cluster.cluster));
        self.id.append_value(id);
        self.path.append_value(&document.path);
        self.record.append_option(document.record.and_then(|record| i64::try_from(record).ok()));
        self.relation.append_option(member.and_then(|member| member.relation).map(super::Relation::name));
        self.score.append_option(member.map(|member| f64::from(member.score)));
        self.representative.append_option(cluster.map(|cluster| cluster.representative == id));
        self.title.append_option(document.title.as_deref());
        self.date.append_option(document.written_date());
        self.source.append_option(document.source.as_deref());
        self.version.append_option(member.and_then(|member| member.version).map(i64::from));
        self.cluster_title.append_option(cluster.and_then(|cluster| cluster.title.as_deref()));
        self.url.append_option(document.url.as_deref());
        self.credits.append_option((!credits.is_empty()).then_some(credits));
        self.language.append_option(document.language.as_deref());
        self.words.append_value(i64::from(words));
        self.earliest.append_option(cluster.map(|cluster| cluster.earliest.as_deref() == Some(id)));
        self.status.append_option(document.warning());
    }

    /// Returns the columns in the order of [`COLUMNS`], and empties them.
    fn take(&mut self) -> Vec<ArrayRef> {
        self.rows = 0;
        vec![
            Arc::new(self.cluster.finish()),
            Arc::new(self.id.finish()),
            Arc::new(self.path.finish()),
            Arc::new(self.record.finish()),
            Arc::new(self.relation.finish()),
            Arc::new(self.score.finish()),
            Arc::new(self.representative.finish()),
            Arc::new(self.title.finish()),
            Arc::new(self.date.finish()),
            Arc::new(self.source.finish()),
            Arc::new(self.version.finish()),
            Arc::new(self.cluster_title.finish()),
            Arc::new(self.url.finish()),
            Arc::new(self.credits.finish()),
            Arc::new(self.language.finish()),
            Arc::new(self.words.finish()),
            Arc::new(self.earliest.finish()),
            Arc::new(self.status.finish()),
        ]
    }
}

/// Returns the error of a writer to memory, which is a defect of the table rather than of the output.
fn as_io(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

fn of_arrow(error: ArrowError) -> io::Error {
    io::Error::other(error)
}
