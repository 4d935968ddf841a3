//! Tests `wirecopy bench`: generated corpora and measured runs. No test depends on timings.

#![cfg(feature = "cli")]

use crate::desk::Desk;

#[test]
fn generated_corpus_can_be_measured_clustered_and_evaluated() {
    let desk = Desk::new();
    desk.out(&["bench", "--generate", "300", "--seed", "5", "-o", "made.jsonl"]);
    let made = desk.read("made.jsonl");
    assert_eq!(made.lines().count(), 300);
    let figures = desk.json(&["bench", "made.jsonl", "--repeat", "2", "--format", "json"]);
    assert_eq!(figures["documents"], 300);
    assert_eq!(figures["disk_bytes"], made.len());
    assert!(figures["edges_per_document"].as_f64().unwrap() > 0.0);
    desk.file("before.json", &figures.to_string());
    let shown = desk.out(&["bench", "made.jsonl", "--compare", "before.json"]);
    assert!(shown.contains("ratio") && shown.contains("times the floor"), "{shown}");

    desk.out(&["cluster", "made.jsonl", "-q", "-o", "run.jsonl"]);
    let judged = desk.json(&["eval", "run.jsonl", "--gold", "made.jsonl.gold.tsv", "--format", "json"]);
    assert!(judged["overall"]["pair_precision"].as_f64().unwrap() > 0.9, "{judged}");
    assert!(judged["overall"]["pair_recall"].as_f64().unwrap() > 0.8, "{judged}");
}

#[test]
fn seed_determines_the_corpus_in_both_formats() {
    let desk = Desk::new();
    for name in ["one.jsonl", "two.jsonl", "files/"] {
        desk.out(&["bench", "--generate", "60", "-o", name]);
    }
    assert_eq!(desk.read("one.jsonl"), desk.read("two.jsonl"));
    let figures = desk.json(&["bench", "files", "--format", "json"]);
    assert_eq!((&figures["documents"], &figures["files"]), (&60.into(), &60.into()));
    desk.out(&["cluster", "files", "-q", "-o", "run.jsonl"]);
    desk.out(&["eval", "run.jsonl", "--gold", "files/gold.tsv"]);
    // A folder that is not empty is not overwritten.
    assert!(desk.trouble(&["bench", "--generate", "60", "-o", "files/"]).contains("not empty"));
}

#[test]
fn invalid_arguments_are_reported() {
    let desk = Desk::new();
    desk.file("notes.txt", "not figures");
    for (args, message) in [
        (vec!["bench"], "PATH"),
        (vec!["bench", "--generate", "9"], "--output"),
        (vec!["bench", "nowhere"], "nowhere"),
        (vec!["bench", "-"], "standard input"),
        (vec!["bench", "notes.txt", "--compare", "notes.txt"], "notes.txt is not the output"),
        (vec!["bench", "notes.txt", "--compare", "missing.json"], "missing.json"),
    ] {
        let stderr = desk.trouble(&args);
        assert!(stderr.contains(message), "{args:?}: {stderr}");
    }
}
