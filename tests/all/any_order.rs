//! Nothing in a report depends on the order of the input, or on the files that hold its records.
#![cfg(feature = "html")]

use std::fs;
use std::path::Path;

use crate::desk::shuffled;
use serde_json::{Value, json};
use tempfile::TempDir;
use wirecopy::{Cancel, Config, Document, NoProgress, Pipeline, Root};
use wirecopy_ingest::Outcome;

/// The corpus as records that have ids and sources of their own.
pub fn records() -> Vec<Value> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let config = Config::default();
    let mut records = Vec::new();
    let sink = |outcome| {
        if let Outcome::Read(header, Document { meta, text, .. }) = outcome {
            let folder = header.id.split('/').next().unwrap_or_default();
            let source = meta.source.unwrap_or_else(|| folder.to_owned());
            records.push(json!({
                "id": header.id, "title": meta.title, "date": meta.published, "source": source, "url": meta.url,
                "text": text,
            }));
        }
        Ok(())
    };
    let roots = [Root::from(corpus)];
    wirecopy_ingest::read(&roots, &config.ingest, &NoProgress, &Cancel::default(), Document::clone, sink)
        .unwrap();
    records
}

/// The sorted report of records that lie in so many files.
fn report(records: &[Value], files: usize, threads: usize) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    for (at, part) in records.chunks(records.len().div_ceil(files)).enumerate() {
        let lines: String = part.iter().map(|record| format!("{record}\n")).collect();
        fs::write(folder.path().join(format!("{at:03}.jsonl")), lines).unwrap();
    }
    let config = Config::default();
    let run =
        Pipeline::new(&config).threads(threads).passages(true).run(&[Root::from(folder.path())]).unwrap();
    assert_eq!(run.documents.len(), records.len());
    // As they are read.
    for (document, record) in run.documents.iter().zip(records) {
        assert!(record["id"] == document.id || document.duplicate_id.as_deref() == record["id"].as_str());
    }
    let mut bytes = Vec::new();
    run.write_jsonl(&mut bytes).unwrap();
    comparable(&String::from_utf8(bytes).unwrap())
}

/// The sorted lines of a report, without what names a file or a time.
pub fn comparable(report: &str) -> Vec<String> {
    let mut lines: Vec<String> = report
        .lines()
        .map(|line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            let fields = line.as_object_mut().unwrap();
            for name in ["path", "record", "started", "seconds", "peak_memory"] {
                fields.remove(name);
            }
            if let Some(stages) = fields.get_mut("stages") {
                for stage in stages.as_array_mut().unwrap() {
                    stage.as_object_mut().unwrap().remove("seconds");
                }
            }
            line.to_string()
        })
        .collect();
    lines.sort();
    lines
}

/// Fails at the first line that differs.
pub fn assert_same(expected: &[String], found: &[String], what: &str) {
    if let Some((expected, found)) = expected.iter().zip(found).find(|(expected, found)| expected != found) {
        panic!("{what}:\nexpected {expected}\nfound    {found}");
    }
    assert_eq!(expected.len(), found.len(), "{what}");
}

#[test]
fn records_in_any_order_and_any_files_give_one_report() {
    let records = records();
    let first = report(&records, 1, 2);
    assert!(first.iter().filter(|line| line.contains("\"type\":\"edge\"")).count() > 100);
    for (seed, files, threads) in [(1, 1, 1), (2, 7, 3), (3, 40, 8)] {
        let found = report(&shuffled(records.clone(), seed), files, threads);
        assert_same(&first, &found, &format!("seed {seed}, {files} files, {threads} threads"));
    }
}

#[test]
fn who_has_an_id_does_not_depend_on_the_order() {
    let record =
        |id: &str, title: &str, text: &str| json!({"id": id, "title": title, "source": "Post", "text": text});
    let long = "The council of Aldmoor voted on Tuesday to close the harbour for repairs until the spring.";
    let records = [
        record("one", "Harbour", long),
        record("one", "Harbour", "The harbour is closed."),
        record("two", "Heron on the roof", "A heron was seen on the roof of the town hall."),
        record("two", "A heron in town", "A heron was seen on the roof of the town hall."),
        record("three", "Tolls", "Tolls on the bridge were lowered on Monday."),
    ];
    for seed in 0..12 {
        let folder = TempDir::new().unwrap();
        for (at, record) in shuffled(records.to_vec(), seed).iter().enumerate() {
            fs::write(folder.path().join(format!("{at}.jsonl")), format!("{record}\n{{\"id\":\"x\"}}\n"))
                .unwrap();
        }
        let config = Config::default();
        let run = Pipeline::new(&config).run(&[Root::from(folder.path())]).unwrap();
        let mut titles: Vec<(&str, &str, u32)> = run
            .documents
            .iter()
            .filter(|document| document.duplicate_id.is_none())
            .map(|document| (document.id.as_str(), document.title.as_deref().unwrap(), document.tokens))
            .collect();
        titles.sort_unstable();
        assert_eq!(
            titles,
            [("one", "Harbour", 16), ("three", "Tolls", 8), ("two", "A heron in town", 11)],
            "seed {seed}"
        );
        let others: Vec<_> =
            run.documents.iter().filter(|document| document.duplicate_id.is_some()).collect();
        assert_eq!(others.len(), 2);
        for other in others {
            let file = other.path.rsplit('/').next().unwrap();
            assert_eq!(other.id, format!("{file}#1"));
        }
    }
}
