//! Tests inputs that would never end: pipes, decompression bombs, and files with nothing but errors.
#![cfg(feature = "cli")]

use std::fs;

use crate::desk::{Desk, gzip, zstd};
use wirecopy::report::Run;

const STORY: &str =
    "The harbour authority of Skarvik said on Monday that the ferry would sail again from the old pier.";

fn record(id: &str) -> String {
    format!("{{\"id\": \"{id}\", \"text\": \"{STORY}\"}}\n")
}

/// Runs `cluster` with these arguments, and returns its exit code and report.
fn cluster(desk: &Desk, args: &[&str]) -> (Option<i32>, Run) {
    let output = desk.run(&[&["cluster", "-o", "run.jsonl"], args].concat());
    let run = Run::read_jsonl(desk.path().join("run.jsonl"));
    let run = run.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), run)
}

/// Returns compressed files with two records and then many megabytes of line breaks, in several members or frames.
fn bombs() -> [(&'static str, Vec<u8>); 2] {
    let good = record("a") + &record("b");
    let lines = vec![b'\n'; 16 << 20];
    [
        ("bomb.jsonl.gz", [gzip(good.as_bytes()), gzip(&lines).repeat(64)].concat()),
        ("bomb.jsonl.zst", [zstd(good.as_bytes()), zstd(&lines).repeat(64)].concat()),
    ]
}

#[test]
fn decompression_bomb_is_cut_off_and_named() {
    for (name, bytes) in bombs() {
        let desk = Desk::new();
        fs::write(desk.path().join(name), bytes).unwrap();
        for (flag, limit, said) in [
            ("--max-expansion", "100", "more than 100 times its size"),
            ("--max-expanded-bytes", "2M", "more than 2 MiB"),
        ] {
            let (code, run) = cluster(&desk, &[name, flag, limit]);
            assert_eq!((code, run.documents.len(), run.skipped.len()), (Some(3), 2, 1), "{name} {flag}");
            let reason = &run.skipped[0].reason;
            assert!(reason.contains(said) && reason.contains(flag), "{reason}");
        }
    }
}

#[test]
fn skipped_inputs_are_counted_and_listed_up_to_the_limit() {
    let desk = Desk::new();
    desk.file("news.jsonl", &(record("a") + &"no record\n".repeat(50)));
    let (code, run) = cluster(&desk, &["news.jsonl", "--max-skipped", "5"]);
    assert_eq!(code, Some(3));
    let records: Vec<Option<u64>> = run.skipped.iter().map(|skipped| skipped.record).collect();
    assert_eq!(records, (2..7).map(Some).collect::<Vec<_>>());
    assert_eq!((run.summary.skipped, run.summary.skipped_unlisted), (50, 45));
    let output = desk.run(&["cluster", "news.jsonl", "--max-skipped", "5"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("50 inputs skipped") && text.contains("and 45 more, which are not listed"),
        "{text}"
    );
    let (code, run) = cluster(&desk, &["news.jsonl", "--max-skipped", "0"]);
    assert_eq!((code, run.skipped.len(), run.summary.skipped), (Some(3), 0, 50));
}

#[cfg(unix)]
#[test]
fn named_pipe_is_skipped() {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("news")).unwrap();
    desk.file("news/a.txt", STORY);
    let pipe = desk.path().join("news/pipe.txt");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for args in [&["news"][..], &["news/a.txt", "news/pipe.txt"], &["news", "--follow"]] {
        let (code, run) = cluster(&desk, args);
        assert_eq!((code, run.documents.len()), (Some(3), 1), "{args:?}");
        assert_eq!(run.skipped[0].path, "news/pipe.txt");
        assert_eq!(run.skipped[0].reason, "not a regular file: a named pipe");
    }
}

#[cfg(unix)]
#[test]
fn links_in_folders_are_passed_over_silently() {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("news")).unwrap();
    desk.file("news/a.txt", STORY);
    for (to, link) in [("a.txt", "b.txt"), ("nowhere", "dangling.txt"), ("..", "up")] {
        std::os::unix::fs::symlink(to, desk.path().join("news").join(link)).unwrap();
    }
    let (code, run) = cluster(&desk, &["news"]);
    assert_eq!((code, run.documents.len(), run.skipped.len()), (Some(0), 1, 0));
    let (code, run) = cluster(&desk, &["news", "--follow"]);
    assert_eq!(code, Some(3));
    let skipped: Vec<&str> = run.skipped.iter().map(|skipped| skipped.path.as_str()).collect();
    assert!(skipped.contains(&"news/dangling.txt"), "{skipped:?}");
}

#[test]
fn bytes_after_compressed_data_are_ignored_and_reported() {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("news")).unwrap();
    for (name, data) in [("a.txt.gz", gzip(STORY.as_bytes())), ("b.txt.zst", zstd(STORY.as_bytes()))] {
        fs::write(desk.path().join("news").join(name), [data, b"garbage".to_vec()].concat()).unwrap();
    }
    let (code, run) = cluster(&desk, &["news"]);
    assert_eq!((code, run.documents.len()), (Some(3), 2));
    let reasons: Vec<&str> = run.skipped.iter().map(|skipped| skipped.reason.as_str()).collect();
    assert_eq!(reasons, ["the bytes after the end of the compressed data were ignored"; 2]);
}

#[cfg(unix)]
#[test]
fn process_substitution_is_read() {
    let desk = Desk::new();
    desk.file("news.jsonl", &(record("a") + &record("b")));
    let program = desk.command(&[]).get_program().to_owned();
    let shell = |command: &str| {
        let mut bash = std::process::Command::new("bash");
        bash.args(["-c", command, "bash"]).arg(&program).current_dir(desk.path()).output()
    };
    let command =
        "\"$1\" cluster -o run.jsonl <(cat news.jsonl) <(gzip -c news.jsonl) <(echo 'The ferry sails.')";
    let Ok(output) = shell(command) else { return };
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let run = Run::read_jsonl(desk.path().join("run.jsonl")).unwrap();
    assert_eq!(run.documents.len(), 5);
    assert_eq!(run.clusters[0].members.len(), 4);
}
