//! Tests file names that are not UTF-8 with every command.
#![cfg(all(feature = "cli", target_os = "linux"))]

use serde_json::Value;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use crate::desk::{Desk, FERRY};

/// Names in Latin-1, in Windows-1251, with incomplete UTF-8 sequences, and some that only look escaped.
const NAMES: [&[u8]; 6] = [
    b"d\xe9p\xeache.txt",
    b"\xcd\xee\xe2\xee\xf1\xf2\xe8/\xcf\xee\xf0\xf2.txt",
    b"half \xc3.txt",
    b"d%E9p%EAche.txt",
    b"100% \xe9.txt",
    b"caf%C3%A9.txt",
];

/// Returns the path of a name in the input folder.
fn place(name: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(&[b"in/", name].concat()))
}

fn desk() -> Desk {
    let desk = Desk::new();
    for (at, name) in NAMES.into_iter().enumerate() {
        let path = desk.path().join(place(name));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{FERRY} This is print number {at}.")).unwrap();
    }
    let record = |id: &str| serde_json::json!({"id": id, "text": FERRY}).to_string() + "\n";
    let feed = PathBuf::from(OsStr::from_bytes(b"in/f\xe4d.jsonl"));
    fs::write(desk.path().join(feed), record("a") + &record("b")).unwrap();
    desk.out(&["cluster", "in", "-q", "-o", "run.jsonl", "--html", "page.html"]);
    desk
}

#[test]
fn names_survive_report_page_and_lists() {
    let desk = desk();
    let documents = desk.of_type("run.jsonl", "document");
    assert_eq!(documents.len(), NAMES.len() + 2);
    let paths: BTreeSet<&str> = documents.iter().map(|line| line["path"].as_str().unwrap()).collect();
    let ids: BTreeSet<&str> = documents.iter().map(|line| line["id"].as_str().unwrap()).collect();
    assert_eq!((paths.len(), ids.len()), (NAMES.len() + 1, documents.len()));
    assert!(paths.contains("in/d%E9p%EAche.txt") && paths.contains("in/d%25E9p%25EAche.txt"));
    assert!(paths.contains("in/100%25 %E9.txt") && paths.contains("in/caf%C3%A9.txt"));

    let again = desk.run(&["report", "run.jsonl", "-o", "again.html"]);
    assert_eq!((again.status.code(), again.stderr.as_slice()), (Some(0), &b""[..]));
    assert_eq!(desk.read("again.html"), desk.read("page.html"));

    // Lists contain the original names.
    let mut listed = BTreeSet::new();
    for flags in [&["--paths", "-0", "-q"][..], &["--paths", "-0", "-q", "--drop"]] {
        let output = desk.run(&[&["keep", "run.jsonl"], flags].concat());
        assert_eq!(output.status.code(), Some(0));
        let names = output.stdout.split(|&byte| byte == 0).filter(|name| !name.is_empty());
        listed.extend(names.map(<[u8]>::to_vec));
    }
    let feed = [b"in/f\xe4d.jsonl#1".to_vec(), b"in/f\xe4d.jsonl#2".to_vec()];
    let expected = NAMES.iter().map(|name| [b"in/", *name].concat()).chain(feed).collect();
    assert_eq!(listed, expected);
    for form in [&["--format", "jsonl"][..], &["--dry-run"], &["--policy", "latest"]] {
        desk.out(&[&["keep", "run.jsonl", "-q"], form].concat());
    }
    assert_eq!(desk.out(&["keep", "run.jsonl", "--format", "jsonl"]).lines().count(), documents.len());
}

#[test]
fn evidence_is_found_in_files_with_any_name() {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("in")).unwrap();
    let texts = [
        "The council of Aldmoor voted on Tuesday to close the harbour for repairs. Engineers had found cracks in two of \
         the seven piers. Ferries to Tolven will leave from the fishing dock until the spring, the mayor said.",
        "Aldmoor's council decided on Tuesday that the harbour will shut for repairs. Two of its seven piers have cracks, \
         engineers found. Until spring the Tolven ferries are to sail from the fishing dock, according to the mayor.",
    ];
    for (name, text) in [NAMES[0], NAMES[3]].into_iter().zip(texts) {
        fs::write(desk.path().join(place(name)), text).unwrap();
    }
    desk.out(&["cluster", "in", "-q", "-o", "run.jsonl"]);
    let report = desk.read("run.jsonl");
    let mut lines = report.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let edge = lines.find(|line| line["type"] == "edge").unwrap();
    let words = edge["evidence"].as_array().unwrap();
    assert!(words.iter().any(|word| word == "Aldmoor"), "{edge}");
}

#[test]
fn names_work_in_copies_comparisons_and_messages() {
    let desk = desk();
    // Without copies, everything is kept.
    desk.out(&["cluster", "in", "-q", "--threshold", "1", "--no-rewrites", "-o", "alone.jsonl"]);
    let kept = desk.out(&["keep", "alone.jsonl", "-q"]);
    desk.out(&["keep", "alone.jsonl", "--copy-to", "kept", "-q"]);
    let ids: Vec<&str> = kept.lines().filter(|id| id.ends_with(".txt")).collect();
    assert!(!ids.is_empty());
    for id in ids {
        assert!(desk.read(&format!("kept/{id}")).starts_with(FERRY), "{id}");
    }
    let (a, b) = (place(NAMES[0]), place(NAMES[3]));
    let mut command = desk.command(&["compare", "--format", "json"]);
    let output = command.args([a.as_os_str(), b.as_os_str()]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    desk.out(&["compare", "in/d%E9p%EAche.txt", "in/d%25E9p%25EAche.txt"]);
    desk.out(&["compare", "--run", "run.jsonl", "half %C3.txt", "100%25 %E9.txt"]);

    let reference = place(b"\xcd\xee\xe2\xee\xf1\xf2\xe8");
    let mut command = desk.command(&["cluster", "in", "-q", "-o", "referred.jsonl", "--reference"]);
    assert_eq!(command.arg(&reference).status().unwrap().code(), Some(0));
    let referred = desk.read("referred.jsonl");
    assert_eq!(referred.matches("\"reference\":true").count(), 1);

    // A skipped file is reported by its escaped name.
    fs::write(desk.path().join(place(b"\xfcmpty.txt")), "").unwrap();
    let output = desk.run(&["cluster", "in", "-o", "skipped.jsonl"]);
    assert_eq!(output.status.code(), Some(3));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr, "warning: in/%FCmpty.txt: empty file\n");
}
