//! Tests that reports of schema 1 can still be read.
//!
//! `schema_1/run.jsonl` was written by the last version with that schema, in the folder `schema_1`, with
//! `wirecopy cluster in -o run.jsonl --no-config --evidence`.
#![cfg(feature = "cli")]

use std::fs::{self, File};
use std::path::Path;
use std::time::SystemTime;

use crate::desk::Desk;
use wirecopy::SkipKind;
use wirecopy::report::{EarliestBy, Run, SCHEMA};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema_1")
}

/// Copies the report and its input, with files older than the run.
fn desk() -> Desk {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("in")).unwrap();
    for name in ["run.jsonl", "in/agency.txt", "in/bell.jsonl", "in/courier.jsonl", "in/empty.txt"] {
        let to = desk.path().join(name);
        fs::copy(folder().join(name), &to).unwrap();
        File::options().write(true).open(to).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    }
    desk
}

#[test]
fn old_names_are_read_as_current_ones() {
    let old = fs::read_to_string(folder().join("run.jsonl")).unwrap();
    assert!(old.starts_with(r#"{"type":"run","schema":1,"#));
    for name in [
        "\"furniture\"",
        "\"furniture_tokens\"",
        "\"keep_furniture\"",
        "\"runs\":[\"",
        "\"earliest_by\":\"order\"",
    ] {
        assert!(old.contains(name), "the fixture lacks {name}");
    }
    let run = Run::read_jsonl(folder().join("run.jsonl")).unwrap();
    assert_eq!(run.header.schema, SCHEMA);
    assert_eq!(run.skipped.iter().map(|skipped| skipped.kind).collect::<Vec<_>>(), [SkipKind::Other; 2]);
    let [learned] = &run.boilerplate[..] else { panic!("{:?}", run.boilerplate) };
    assert!(learned.shingles.len() > 1 && learned.shingles.contains(&learned.key));
    assert!(run.documents.iter().any(|document| document.boilerplate_tokens > 0));
    assert_eq!(run.clusters[0].earliest_by, Some(EarliestBy::Guess));
    assert!(run.summary.stages.iter().any(|line| line.stage == "boilerplate"));
    let mut written = Vec::new();
    run.write_jsonl(&mut written).unwrap();
    let desk = Desk::new();
    desk.file("again.jsonl", &String::from_utf8(written).unwrap());
    assert!(!desk.read("again.jsonl").contains("furniture"));
    assert_eq!(Run::read_jsonl(desk.path().join("again.jsonl")).unwrap(), run);
}

#[test]
fn kept_boilerplate_stays_kept() {
    let desk = Desk::new();
    let old = fs::read_to_string(folder().join("run.jsonl")).unwrap();
    desk.file("run.jsonl", &old.replace("\"keep_furniture\":false", "\"keep_furniture\":true"));
    assert!(Run::read_jsonl(desk.path().join("run.jsonl")).unwrap().header.config.matching.keep_boilerplate);
}

#[test]
fn commands_accept_a_report_of_schema_1() {
    let desk = desk();
    let kept = desk.out(&["keep", "run.jsonl", "--format", "jsonl"]);
    assert!(kept.contains(r#""id":"bell-ferry","path":"in/bell.jsonl","record":2,"cluster":"#), "{kept}");
    assert_eq!(desk.out(&["keep", "run.jsonl", "--drop"]), "agency.txt\nbell-ferry\n");
    desk.file("gold.tsv", "agency.txt\tferry\nbell-ferry\tferry\ncourier-ferry\tferry\n");
    let figures = desk.out(&["eval", "run.jsonl", "--gold", "gold.tsv", "--format", "json"]);
    assert!(figures.contains(r#""pair_f1": 1.0"#), "{figures}");
    let pair = desk.json(&["compare", "--run", "run.jsonl", "bell-ferry", "agency.txt", "--format", "json"]);
    assert_eq!((&pair["relation"], &pair["score"]), (&"rewrite".into(), &0.9994.into()));
    assert_eq!(desk.out(&["report", "run.jsonl", "-o", "page.html"]), "");
    assert!(desk.read("page.html").contains("courier-ferry"));
}
