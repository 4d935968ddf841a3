//! Reads Parquet files.
//!
//! The columns that hold fields of documents are decoded, row group by row group, in batches of at most [`ROWS`] rows and
//! about [`BATCH`] bytes. Strings are read as views into the decoded pages: a long text in the dictionary of a column is then in
//! memory once, however many rows refer to it.

use std::fs::File;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Arc;

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use arrow_schema::{DataType, Field, Fields, Schema};

use super::columns::{Columns, ROWS, decoded, in_numbers};
use super::decode::{self, Limits};
use super::detect::Format;
use super::input::Part;
use super::open;
use super::own_outputs::Own;
use super::parquet_footer::{self, Problem};
use super::walk::Found;
use crate::config::IngestConfig;
use wirecopy_core::document::Refusal;
use wirecopy_core::document::SkipKind::{Damaged, Empty, Limit, OwnOutput};

/// Approximate size of a batch, in bytes.
const BATCH: u64 = 8 << 20;
/// Structs and lists within others whose strings are read as views.
const DEPTH: usize = 8;

/// An opened file.
struct Table {
    file: File,
    metadata: ArrowReaderMetadata,
    columns: Columns,
    mask: ProjectionMask,
    limits: Limits,
}

/// Reads a file and passes its rows to `emit`.
pub(super) fn read(
    path: &Path,
    found: &Found,
    config: &IngestConfig,
    block: usize,
    emit: &mut dyn FnMut(Part) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let skip = |record, refusal| Part::Skip { record, refusal };
    let (file, metadata) = match open(path) {
        Ok(opened) => opened,
        Err(refusal) => return emit(skip(None, refusal)),
    };
    if is_marked(&metadata) {
        if found.named {
            return emit(skip(None, OwnOutput.because(format!("{}, not news", Own::Table.name()))));
        }
        tracing::info!(path = found.shown, "{}: not an input", Own::Table.name());
        return ControlFlow::Continue(());
    }
    let table = match Table::of(file, metadata, config) {
        Ok(table) => table,
        Err(refusal) => return emit(skip(None, refusal)),
    };
    let mut first = 1;
    for group in 0..table.metadata.metadata().num_row_groups() {
        let numbers = first..first + table.rows_of(group);
        first = numbers.end;
        table.group(group, numbers, (block, config.max_document_bytes), emit)?;
    }
    if first == 1 {
        emit(skip(None, Empty.because("a table with no rows")))
    } else {
        ControlFlow::Continue(())
    }
}

/// Returns whether a file is a table of clusters that this program wrote.
pub(super) fn is_own(path: &Path) -> bool {
    open(path).is_ok_and(|(_, metadata)| is_marked(&metadata))
}

fn is_marked(metadata: &ArrowReaderMetadata) -> bool {
    let kept = metadata.metadata().file_metadata().key_value_metadata();
    kept.is_some_and(|kept| kept.iter().any(|entry| entry.key == crate::OWN_TABLE))
}

/// Opens a file and reads its description, which is at its end.
fn open(path: &Path) -> Result<(File, ArrowReaderMetadata), Refusal> {
    let unreadable = |error| decode::broken(&error, false);
    let mut file = open::regular(path).map_err(unreadable)?;
    match parquet_footer::check(&mut file).map_err(unreadable)? {
        Ok(()) => {}
        Err(Problem::Damaged) => {
            return Err(
                Damaged.because("truncated or damaged: no description of the columns at the end of the file")
            );
        }
        Err(Problem::TooDeep) => return Err(Limit.because("columns within columns, nested too deeply")),
    }
    let load = |options| decoded(|| ArrowReaderMetadata::load(&file, options));
    // The schema of Arrow is a copy for programs that know its types; the file can be read without it.
    let metadata = load(ArrowReaderOptions::new()).or_else(|refusal| {
        load(ArrowReaderOptions::new().with_skip_arrow_metadata(true)).map_err(|_| refusal)
    });
    match metadata {
        Ok(metadata) => Ok((file, metadata)),
        Err(refusal) => Err(refusal.kind.because(format!("a damaged Parquet file: {}", refusal.reason))),
    }
}

impl Table {
    fn of(file: File, metadata: ArrowReaderMetadata, config: &IngestConfig) -> Result<Self, Refusal> {
        let columns = Columns::of_schema(metadata.schema(), &config.fields)?;
        let views = Schema::new(with_views(metadata.schema().fields(), 0));
        let options = ArrowReaderOptions::new().with_schema(Arc::new(views));
        // Where strings cannot be read as views, they are read as they are.
        let viewed = decoded(|| ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options));
        let metadata = viewed.unwrap_or(metadata);
        let paths: Vec<String> = columns.paths().collect();
        let mask = ProjectionMask::columns(metadata.parquet_schema(), paths.iter().map(String::as_str));
        Ok(Self { file, metadata, columns, mask, limits: Limits::of(config) })
    }

    fn rows_of(&self, group: usize) -> u64 {
        let group = self.metadata.metadata().row_groups().get(group);
        group.map_or(0, |group| u64::try_from(group.num_rows()).unwrap_or(0))
    }

    /// Passes the rows of a row group to `emit`, and, if the rest of them cannot be decoded, the reason.
    fn group(
        &self,
        group: usize,
        numbers: Range<u64>,
        sizes: (usize, u64),
        emit: &mut dyn FnMut(Part) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut next = numbers.start;
        let problem = match self.reader(group, numbers.end - numbers.start) {
            Ok(mut reader) => loop {
                match decoded(|| reader.next().transpose()) {
                    Ok(None) if next == numbers.end => return ControlFlow::Continue(()),
                    Ok(None) => break Damaged.because("the column chunks have fewer rows"),
                    Ok(Some(batch)) => {
                        self.columns
                            .rows(&batch, next, sizes, &mut |rows| emit(Part::Rows(Format::Parquet, rows)))?;
                        next += batch.num_rows() as u64;
                    }
                    Err(refusal) => break refusal,
                }
            },
            Err(refusal) => refusal,
        };
        let rows = in_numbers(&(next..numbers.end));
        let refusal = problem.kind.because(format!("{rows} cannot be read: {}", problem.reason));
        emit(Part::Skip { record: Some(next), refusal })
    }

    /// Returns a reader of the wanted columns of a row group.
    fn reader(&self, group: usize, rows: u64) -> Result<ParquetRecordBatchReader, Refusal> {
        let negative = |_| Damaged.because("a column chunk of negative size or place");
        let (mut compressed, mut expanded) = (0_u64, 0_u64);
        let metadata = self.metadata.metadata().row_groups().get(group);
        for (at, column) in metadata.iter().flat_map(|group| group.columns()).enumerate() {
            if self.mask.leaf_included(at) {
                let first = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
                u64::try_from(first).map_err(negative)?;
                compressed =
                    compressed.saturating_add(u64::try_from(column.compressed_size()).map_err(negative)?);
                expanded =
                    expanded.saturating_add(u64::try_from(column.uncompressed_size()).map_err(negative)?);
            }
        }
        // Equal values in succession take a few bytes, however many rows have them.
        if let Some(refusal) = self.limits.refuse(compressed, expanded.max(rows)) {
            return Err(refusal);
        }
        let a_row = (expanded / rows.max(1)).max(1);
        let file = self.file.try_clone().map_err(|error| decode::broken(&error, false))?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_row_groups(vec![group])
            .with_projection(self.mask.clone())
            .with_batch_size((BATCH / a_row).clamp(1, ROWS as u64) as usize)
            .with_limit(usize::try_from(rows).unwrap_or(usize::MAX));
        decoded(|| builder.build())
    }
}

/// Returns the columns with every string and byte string as a view.
fn with_views(fields: &Fields, depth: usize) -> Fields {
    fields.iter().map(|field| view(field, depth)).collect()
}

fn view(field: &Arc<Field>, depth: usize) -> Arc<Field> {
    let kind = match field.data_type() {
        kind if depth == DEPTH => kind.clone(),
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
        DataType::Dictionary(_, value) if value.is_string() => DataType::Utf8View,
        DataType::Struct(fields) => DataType::Struct(with_views(fields, depth + 1)),
        DataType::List(item) => DataType::List(view(item, depth + 1)),
        DataType::LargeList(item) => DataType::LargeList(view(item, depth + 1)),
        kind => kind.clone(),
    };
    Arc::new(field.as_ref().clone().with_data_type(kind))
}
