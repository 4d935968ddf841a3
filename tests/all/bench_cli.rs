//! Tests `wirecopy bench`: generated corpora and measured runs. No test depends on timings.

#![cfg(feature = "cli")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

fn wirecopy(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("wirecopy").unwrap();
    command.current_dir(folder).env_clear();
    command
}

fn stdout(command: &mut Command) -> String {
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

#[test]
fn generated_corpus_can_be_measured_clustered_and_evaluated() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    wirecopy(at).args(["bench", "--generate", "300", "--seed", "5", "-o", "made.jsonl"]).assert().success();
    let made = fs::read(at.join("made.jsonl")).unwrap();
    assert_eq!(made.iter().filter(|&&byte| byte == b'\n').count(), 300);
    let figures: Value = serde_json::from_str(&stdout(wirecopy(at).args([
        "bench",
        "made.jsonl",
        "--repeat",
        "2",
        "--format",
        "json",
    ])))
    .unwrap();
    assert_eq!(figures["documents"], 300);
    assert_eq!(figures["disk_bytes"], made.len());
    assert!(figures["edges_per_document"].as_f64().unwrap() > 0.0);
    fs::write(at.join("before.json"), figures.to_string()).unwrap();
    let shown = stdout(wirecopy(at).args(["bench", "made.jsonl", "--compare", "before.json"]));
    assert!(shown.contains("ratio") && shown.contains("times the floor"), "{shown}");

    wirecopy(at).args(["cluster", "made.jsonl", "-q", "-o", "run.jsonl"]).assert().success();
    let judged: Value = serde_json::from_str(&stdout(wirecopy(at).args([
        "eval",
        "run.jsonl",
        "--gold",
        "made.jsonl.gold.tsv",
        "--format",
        "json",
    ])))
    .unwrap();
    assert!(judged["overall"]["pair_precision"].as_f64().unwrap() > 0.9, "{judged}");
    assert!(judged["overall"]["pair_recall"].as_f64().unwrap() > 0.8, "{judged}");
}

#[test]
fn seed_determines_the_corpus_in_both_formats() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for name in ["one.jsonl", "two.jsonl", "files/"] {
        wirecopy(at).args(["bench", "--generate", "60", "-o", name]).assert().success();
    }
    assert_eq!(fs::read(at.join("one.jsonl")).unwrap(), fs::read(at.join("two.jsonl")).unwrap());
    let figures: Value =
        serde_json::from_str(&stdout(wirecopy(at).args(["bench", "files", "--format", "json"]))).unwrap();
    assert_eq!((&figures["documents"], &figures["files"]), (&Value::from(60), &Value::from(60)));
    wirecopy(at).args(["cluster", "files", "-q", "-o", "run.jsonl"]).assert().success();
    wirecopy(at).args(["eval", "run.jsonl", "--gold", "files/gold.tsv"]).assert().success();
    // A folder that is not empty is not overwritten.
    let refused = wirecopy(at).args(["bench", "--generate", "60", "-o", "files/"]).assert().code(2);
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("not empty"));
}

#[test]
fn invalid_arguments_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("notes.txt"), "not figures").unwrap();
    for (args, message) in [
        (vec!["bench"], "PATH"),
        (vec!["bench", "--generate", "9"], "--output"),
        (vec!["bench", "nowhere"], "nowhere"),
        (vec!["bench", "-"], "standard input"),
        (vec!["bench", "notes.txt", "--compare", "notes.txt"], "notes.txt is not the output"),
        (vec!["bench", "notes.txt", "--compare", "missing.json"], "missing.json"),
    ] {
        let failed = wirecopy(at).args(&args).assert().code(2);
        let stderr = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
        assert!(stderr.contains(message), "{args:?}: {stderr}");
    }
}
