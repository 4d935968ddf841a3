//! Tests of the readers of Parquet and Arrow, on files that the crates write.
#![cfg(feature = "parquet")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use arrow_array::builder::{ListBuilder, StringBuilder, StringDictionaryBuilder};
use arrow_array::types::Int16Type;
use arrow_array::{
    ArrayRef, BinaryArray, Date32Array, Int64Array, LargeStringArray, NullArray, RecordBatch, StringArray,
    StringViewArray, StructArray, TimestampMicrosecondArray,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{DataType, Field};
use proptest::prelude::*;

use super::*;
use wirecopy_core::NoProgress;
use wirecopy_core::document::DateOrigin;

/// Returns a line per document (id, text, title, date, source, bylines), or the record and the reason.
fn all(path: &Path, config: &IngestConfig) -> Vec<String> {
    let mut out = Vec::new();
    let map = |document: &Document| {
        let meta = &document.meta;
        let or = |value: &Option<String>| value.clone().unwrap_or_default();
        let day =
            if meta.date_origin == Some(DateOrigin::Field) { or(&meta.published) } else { String::new() };
        let bylines = meta.bylines.join("+");
        format!("{}|{}|{day}|{}|{bylines}", document.text, or(&meta.title), or(&meta.source))
    };
    read(&[Root::from(path)], config, &NoProgress, &Cancel::default(), map, |outcome| {
        out.push(match outcome {
            Outcome::Read(header, line) => format!("{}|{line}", header.id),
            Outcome::Skipped(skipped) => format!("{:?}: {}", skipped.record, skipped.reason),
            Outcome::SkippedMore(more) => format!("{more} more"),
        });
        Ok(())
    })
    .unwrap();
    out
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

fn parquet_with(batch: &RecordBatch, properties: WriterProperties) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    out
}

fn parquet(batch: &RecordBatch) -> Vec<u8> {
    parquet_with(batch, WriterProperties::builder().set_max_row_group_row_count(Some(2)).build())
}

fn arrow(batches: &[RecordBatch], compression: Option<CompressionType>) -> Vec<u8> {
    let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
    let mut writer = FileWriter::try_new_with_options(Vec::new(), &batches[0].schema(), options).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.finish().unwrap();
    writer.into_inner().unwrap()
}

fn stream(batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), &batches[0].schema()).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.into_inner().unwrap()
}

/// Returns what is read from a file of this name and content.
fn read_as(name: &str, bytes: &[u8], config: &IngestConfig) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    all(&path, config)
}

fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

/// Returns three rows with columns of all sorts.
fn sample() -> RecordBatch {
    let mut sources = StringDictionaryBuilder::<Int16Type>::new();
    sources.extend([Some("Coast News"), None, Some("Coast News")]);
    let mut authors = ListBuilder::new(StringBuilder::new());
    authors.append_value([Some("Ida Holm"), Some("Per Lund")]);
    authors.append_null();
    authors.append_value([None::<&str>]);
    let times = [Some(1_710_166_800_000_000), None, Some(1_710_170_400_000_000)];
    batch(vec![
        ("id", Arc::new(Int64Array::from(vec![7, 8, 9]))),
        ("Text", Arc::new(StringViewArray::from(vec![Some("The ferry sails."), Some("It stays."), None]))),
        ("title", Arc::new(LargeStringArray::from(vec![Some("Ferry"), None, Some("Rain")]))),
        ("date", Arc::new(TimestampMicrosecondArray::from(times.to_vec()).with_timezone("+01:00"))),
        ("source", Arc::new(sources.finish())),
        ("author", Arc::new(authors.finish())),
        ("unused", Arc::new(NullArray::new(3))),
    ])
}

const SAMPLE: [&str; 3] = [
    "7|The ferry sails.|Ferry|2024-03-11T15:20:00+01:00|Coast News|Ida Holm+Per Lund",
    "8|It stays.||||",
    "Some(3): empty text",
];

#[test]
fn columns_of_all_sorts_are_read_from_all_formats() {
    let (rows, config) = (sample(), IngestConfig::default());
    let halves = [rows.slice(0, 2), rows.slice(2, 1)];
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4_RAW,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
    ] {
        let properties = WriterProperties::builder().set_compression(compression).build();
        assert_eq!(read_as("a.parquet", &parquet_with(&rows, properties), &config), SAMPLE, "{compression}");
    }
    assert_eq!(read_as("a.txt", &parquet(&rows), &config), SAMPLE);
    for compression in [None, Some(CompressionType::LZ4_FRAME), Some(CompressionType::ZSTD)] {
        assert_eq!(read_as("a.feather", &arrow(&halves, compression), &config), SAMPLE, "{compression:?}");
    }
    assert_eq!(read_as("a", &arrow(&halves, None), &config), SAMPLE);
    assert_eq!(read_as("a.arrows", &stream(&halves), &config), SAMPLE);
    assert_eq!(read_as("a.arrows.gz", &members::gzip(&stream(&halves)), &config), SAMPLE);
}

/// Polars writes the first message of a file without its length.
#[test]
fn arrow_files_whose_first_message_has_no_length_are_read() {
    let file = arrow(&[sample()], None);
    let bare = [&file[..8], &file[16..]].concat();
    assert_eq!(read_as("a.arrow", &bare, &IngestConfig::default()), SAMPLE);
    let length = u32::from_le_bytes(*file[12..].first_chunk().unwrap()) as usize;
    for cut in [8 + length, 8 + length / 2] {
        let read = read_as("a.arrow", &bare[..cut], &IngestConfig::default());
        assert!(
            read[0].starts_with("None: truncated") || read[0].contains("a damaged Arrow file"),
            "{read:?}"
        );
    }
}

#[test]
fn structs_lists_bytes_and_days_are_read() {
    let mut paragraphs = ListBuilder::new(StringBuilder::new());
    paragraphs.append_value([Some("One."), Some(" "), None, Some("Two.")]);
    let body: ArrayRef = Arc::new(paragraphs.finish());
    let list = Field::new("body", body.data_type().clone(), true);
    let lead: ArrayRef = Arc::new(BinaryArray::from(vec![&b"caf\xe9"[..]]));
    let lead_field = Field::new("lead", DataType::Binary, true);
    let content = StructArray::from(vec![(Arc::new(list), body), (Arc::new(lead_field), lead)]);
    let rows = batch(vec![
        ("content", Arc::new(content)),
        ("date", Arc::new(Date32Array::from(vec![19_793]))),
        ("unused", texts(&["x"])),
    ]);
    let mut config = IngestConfig::default();
    config.fields.text = "content.body".to_owned();
    config.fields.title = "content.lead".to_owned();
    for bytes in [parquet(&rows), arrow(std::slice::from_ref(&rows), None)] {
        let found = read_as("a.parquet", &bytes, &config);
        assert!(found[0].contains('|'), "{found:?}");
        assert_eq!(found[0].split_once('|').unwrap().1, "One.\n\nTwo.|caf\u{fffd}|2024-03-11||", "{found:?}");
        config.fields.text = "content".to_owned();
        let reason = read_as("a", &bytes, &config).remove(0);
        assert!(
            reason.contains("is a struct: choose one of `content.body`, `content.lead` with"),
            "{reason}"
        );
        config.fields.text = "text".to_owned();
        let reason = read_as("a", &bytes, &config).remove(0);
        let columns = "`content`, `date`, `unused`, `content.body`, `content.lead`";
        assert!(reason.contains(&format!("no column `text`: the table has {columns}; choose")), "{reason}");
        config.fields.text = "content.body".to_owned();
    }
}

#[test]
fn unreadable_files_are_skipped_with_a_true_reason() {
    let config = IngestConfig::default();
    let whole = parquet(&sample());
    let first = |name: &str, bytes: &[u8]| read_as(name, bytes, &config).remove(0);
    assert!(first("a.parquet.gz", &members::gzip(&whole)).contains("decompress it"));
    assert!(first("a.parquet", &whole[..whole.len() - 9]).contains("truncated or damaged"));
    assert!(first("a.parquet", b"PAR1").contains("truncated or damaged"));
    assert!(first("a.arrow", b"ARROW1\0\0").contains("truncated"));
    let empty = batch(vec![("text", texts(&[]))]);
    assert_eq!(first("a.parquet", &parquet(&empty)), "None: a table with no rows");
    assert_eq!(first("a.arrow", &arrow(&[empty], None)), "None: a table with no rows");
    let nulls = batch(vec![("text", Arc::new(NullArray::new(2)))]);
    assert!(first("a.arrow", &arrow(&[nulls], None)).contains("column `text` holds nothing but nulls"));
}

#[test]
fn table_of_clusters_is_no_input() {
    let mark = vec![KeyValue::new(OWN_TABLE.to_owned(), None)];
    let properties = WriterProperties::builder().set_key_value_metadata(Some(mark)).build();
    let bytes = parquet_with(&sample(), properties);
    let config = IngestConfig::default();
    assert_eq!(read_as("a", &bytes, &config), ["None: a wirecopy table of clusters, not news"]);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("clusters.parquet"), bytes).unwrap();
    assert!(all(folder.path(), &config).is_empty());
}

#[test]
fn damage_costs_only_the_rows_that_it_hits() {
    let text = |number: usize| format!("Story {number}: the ferry sails.");
    let rows = |from: usize| batch(vec![("text", texts(&[&text(from), &text(from + 1)]))]);
    let config = IngestConfig::default();
    // The marker is in the middle of the second pair of rows.
    let hit = |mut bytes: Vec<u8>| {
        let at = memchr::memmem::rfind(&bytes, b"Story 3").unwrap();
        bytes[at] = 0xff;
        bytes
    };
    let four = batch(vec![("text", texts(&[&text(1), &text(2), &text(3), &text(4), &text(5)]))]);
    let plain = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_statistics_enabled(::parquet::file::properties::EnabledStatistics::None)
        .set_max_row_group_row_count(Some(2));
    let found = read_as("a.parquet", &hit(parquet_with(&four, plain.build())), &config);
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found[2].starts_with("Some(3): the rows 3 to 4 cannot be read: "), "{found:?}");
    assert!(found[3].contains("Story 5"), "{found:?}");
    let bytes = hit(arrow(&[rows(1), rows(3), rows(5)], None));
    let found = read_as("a.arrow", &bytes, &config);
    assert_eq!(found.len(), 5, "{found:?}");
    assert!(found[2].starts_with("Some(3): the rows 3 to 4 cannot be read: "), "{found:?}");
    let cut = memchr::memmem::find(&bytes, b"Story 5").unwrap();
    let found = read_as("a.arrow", &bytes[..cut], &config);
    assert_eq!(found[3], "Some(5): truncated: the file ends inside a table");
}

#[test]
fn long_records_and_bombs_are_skipped_by_themselves() {
    let (long, short) = ("x ".repeat(600), "The ferry sails.");
    let rows = batch(vec![("text", texts(&[&long, short, &long, short]))]);
    let config = IngestConfig { max_document_bytes: 1000, ..IngestConfig::default() };
    for bytes in [parquet(&rows), arrow(std::slice::from_ref(&rows), None)] {
        let found = read_as("a", &bytes, &config);
        assert_eq!(found.len(), 4);
        assert_eq!(found[0], "Some(1): longer than 1000 bytes");
        assert!(found[1].contains(short));
    }
    let zeros = "0".repeat(70 << 20);
    let rows = batch(vec![("text", texts(&[&zeros]))]);
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let packed = parquet_with(&rows, WriterProperties::builder().set_compression(zstd).build());
    for bytes in [packed, arrow(&[rows], Some(CompressionType::ZSTD))] {
        let found = read_as("a", &bytes, &config);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("expands to more than 200 times its size"), "{found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn damaged_bytes_never_panic(
        form in 0..4_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let rows = sample();
        let mut bytes = match form {
            0 => parquet(&rows),
            1 => parquet_with(&rows, WriterProperties::builder().set_compression(Compression::SNAPPY).build()),
            2 => arrow(&[rows.slice(0, 2), rows], Some(CompressionType::LZ4_FRAME)),
            _ => stream(&[rows]),
        };
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let config = IngestConfig::default();
        prop_assert!(read_as("a.arrow", &bytes, &config).len() < 20);
    }
}

/// Number of damaged files that are tried.
const CASES: u32 = 3000;
