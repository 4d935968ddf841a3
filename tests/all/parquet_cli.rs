//! Parquet and Arrow, in and out, through the program.

use std::fs::File;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;

use crate::desk::{Desk, FERRY, HARBOUR};

/// Writes the same three rows as CSV, as Parquet and as an Arrow file.
fn desk() -> Desk {
    let desk = Desk::new();
    let again = format!("{HARBOUR} The work begins on Monday.");
    let columns = [
        ("id", ["=a", "b", "c"]),
        ("text", [HARBOUR, &again, FERRY]),
        ("title", ["Harbour to close", "Harbour closes", ""]),
        ("date", ["2024-03-11", "2024-03-12T09:00:00+01:00", "2024-03-13"]),
        ("source", ["Aldmoor Post", "", "Tolven Echo"]),
    ];
    let mut csv = csv::Writer::from_path(desk.path().join("in.csv")).unwrap();
    csv.write_record(columns.map(|(name, _)| name)).unwrap();
    for row in 0..3 {
        csv.write_record(columns.map(|(_, values)| values[row])).unwrap();
    }
    csv.flush().unwrap();
    let arrays = columns.map(|(name, values)| {
        let values = values.map(|value| (!value.is_empty()).then_some(value));
        (name, Arc::new(StringArray::from(values.to_vec())) as ArrayRef)
    });
    let batch = RecordBatch::try_from_iter(arrays).unwrap();
    let file = File::create(desk.path().join("in.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let file = File::create(desk.path().join("in.feather")).unwrap();
    let mut writer = arrow_ipc::writer::FileWriter::try_new(file, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    desk
}

#[test]
fn run_over_parquet_or_arrow_equals_the_run_over_the_same_rows_as_csv() {
    let desk = desk();
    let table = |name: &str| {
        desk.out(&["cluster", name, "-q", "-o", "out.csv", "--all"]);
        desk.read("out.csv").replace(name, "FILE")
    };
    let expected = table("in.csv");
    assert_eq!(expected.lines().count(), 4, "{expected}");
    assert_eq!(table("in.parquet"), expected);
    assert_eq!(table("in.feather"), expected);
    let listed = desk.out(&["cluster", "in.parquet", "in.feather", "--list"]);
    assert!(listed.contains("Parquet") && listed.contains("Arrow"), "{listed}");
}

#[test]
fn texts_of_parquet_are_read_again_by_record() {
    let desk = desk();
    desk.out(&["cluster", "in.parquet", "-q", "-o", "run.jsonl"]);
    let compared = desk.out(&["compare", "=a", "b", "--run", "run.jsonl"]);
    assert!(compared.contains("Harbour"), "{compared}");
    let kept = desk.out(&["keep", "run.jsonl", "--format", "jsonl"]);
    assert!(kept.contains("214 idle days"), "{kept}");
    desk.out(&["keep", "run.jsonl", "--copy-to", "kept"]);
    assert!(
        !std::fs::read_dir(desk.path().join("kept"))
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
            .path()
            .as_os_str()
            .is_empty()
    );
    let error = desk.trouble(&["cluster", "in.csv", "-o", "in.parquet", "--reference", "in.parquet"]);
    assert!(error.contains("in.parquet"), "{error}");
}

#[test]
fn table_of_clusters_is_written_as_parquet_with_types() {
    let desk = desk();
    desk.out(&["cluster", "in.csv", "-q", "-o", "clusters.parquet", "--all"]);
    desk.out(&["cluster", "in.csv", "-q", "-o", "clusters.csv", "--all"]);
    let mut csv = csv::Reader::from_path(desk.path().join("clusters.csv")).unwrap();
    let names: Vec<String> = csv.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    let file = File::open(desk.path().join("clusters.parquet")).unwrap();
    let batches: Vec<_> = ParquetRecordBatchReader::try_new(file, 100).unwrap().map(Result::unwrap).collect();
    let [batch] = &batches[..] else { panic!("{} batches", batches.len()) };
    assert_eq!(batch.schema().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>(), names);
    assert_eq!((batch.num_rows(), rows.len()), (3, 3));
    let cell = |array: &ArrayRef, row: usize| match array {
        array if array.is_null(row) => String::new(),
        array if array.as_string_opt::<i32>().is_some() => array.as_string::<i32>().value(row).to_owned(),
        array if array.as_boolean_opt().is_some() => {
            if array.as_boolean().value(row) { "yes" } else { "no" }.to_owned()
        }
        array if array.as_primitive_opt::<Int64Type>().is_some() => {
            array.as_primitive::<Int64Type>().value(row).to_string()
        }
        array => array.as_primitive::<Float64Type>().value(row).to_string(),
    };
    for (row, expected) in rows.iter().enumerate() {
        let found: Vec<String> = batch.columns().iter().map(|array| cell(array, row)).collect();
        // Cells are not altered for spreadsheets.
        let expected: Vec<&str> = expected.iter().map(|cell| cell.trim_start_matches('\'')).collect();
        assert_eq!(found, expected);
    }
    // In a folder of news the table is not an input, and may be replaced.
    std::fs::create_dir(desk.path().join("folder")).unwrap();
    std::fs::rename(desk.path().join("in.parquet"), desk.path().join("folder/in.parquet")).unwrap();
    for _ in 0..2 {
        desk.out(&["cluster", "folder", "-q", "-o", "folder/clusters.parquet"]);
    }
    let again = desk.out(&["cluster", "folder"]);
    assert!(again.starts_with("3 documents"), "{again}");
}
