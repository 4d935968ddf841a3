//! Runs the program on the bad inputs of `bad_input.rs`: exit code, standard error, report.
#![cfg(feature = "cli")]

use std::fs::{self, File};
use std::io::Write;
use std::process::{Output, Stdio};

use crate::bad_cases::{Outcomes, line};
use crate::desk::Desk;
use wirecopy::report::Run;

/// Returns standard error of a run that skipped bad inputs, after checking that nothing else went wrong.
fn stderr_of(output: &Output) -> String {
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    for word in ["panicked", "RUST_BACKTRACE", "error:"] {
        assert!(!stderr.contains(word), "{stderr}");
    }
    stderr
}

fn outcomes(run: &Run, root: &str) -> Outcomes {
    let mut seen = Outcomes::new();
    for document in &run.documents {
        let ids = &mut seen.entry(crate::bad_cases::below(root, &document.path)).or_default().ids;
        ids.push((document.id.clone(), document.duplicate_id.clone()));
    }
    for skipped in &run.skipped {
        let reasons = &mut seen.entry(crate::bad_cases::below(root, &skipped.path)).or_default().reasons;
        reasons.push(skipped.reason.clone());
    }
    seen
}

#[test]
fn every_bad_input_is_in_the_report() {
    let desk = Desk::new();
    let root = desk.path().join("bad");
    fs::create_dir(&root).unwrap();
    let cases = crate::bad_cases::lay_out(&root);
    let mut reports = Vec::new();
    for threads in ["1", "4"] {
        let args = ["cluster", "bad", "--follow", "-j", threads, "-o", "run.jsonl", "--format", "jsonl"];
        let stderr = stderr_of(&desk.run(&args));
        assert!(stderr.lines().all(|line| line.starts_with("warning: ")), "{stderr}");
        assert!(stderr.ends_with("more inputs were skipped; the report lists them all\n"), "{stderr}");
        let run = Run::read_jsonl(desk.path().join("run.jsonl")).unwrap();
        crate::bad_cases::check(&cases, outcomes(&run, "bad"));
        reports.push((run.documents, run.skipped, run.edges, run.clusters));
    }
    assert!(reports[0] == reports[1], "the result depends on the number of threads");
}

/// Devices that have no end, in the places of files that are read as a whole.
#[cfg(unix)]
#[test]
fn endless_device_is_refused_as_a_file_of_settings_or_labels() {
    let desk = Desk::new();
    desk.out(&["cluster", "corpus", "-o", "run.jsonl", "-q"]);
    for args in [
        &["cluster", "corpus", "--config", "/dev/zero"][..],
        &["cluster", "corpus", "--model", "/dev/zero"],
        &["cluster", "corpus", "--agencies", "/dev/zero"],
        &["eval", "run.jsonl", "--gold", "/dev/zero"],
        &["eval", "--pairs", "/dev/zero", "--docs", "corpus"],
        &["bench", "corpus", "--compare", "/dev/zero"],
    ] {
        let stderr = desk.trouble(args);
        assert!(stderr.contains("/dev/zero"), "{args:?}: {stderr}");
        assert!(stderr.contains("a device, not a file"), "{args:?}: {stderr}");
    }
    desk.out(&["cluster", "corpus", "--config", "/dev/null", "-q"]);
}

#[test]
fn text_and_csv_can_be_written_despite_bad_inputs() {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("bad")).unwrap();
    crate::bad_cases::lay_out(&desk.path().join("bad"));
    for format in ["text", "csv"] {
        let output = desk.run(&["cluster", "bad", "--format", format]);
        stderr_of(&output);
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(!stdout.is_empty());
        if format == "text" {
            assert!(!stdout.contains(|c: char| c.is_control() && c != '\n'), "{stdout:?}");
        }
    }
}

#[test]
fn bad_line_of_standard_input_is_skipped() {
    let desk = Desk::new();
    let input =
        line("one") + "{\"id\": \"broken\", \"text\": \n" + "7\n" + &line("two") + "{\"text\": \"The fer";
    desk.file("input.jsonl", &input);
    let args = ["cluster", "-", "-o", "run.jsonl"];
    let stdin = File::open(desk.path().join("input.jsonl")).unwrap();
    let output = desk.command(&args).stdin(stdin).output().unwrap();
    let stderr = stderr_of(&output);
    assert!(stderr.starts_with("warning: -:2: truncated: ") && stderr.lines().count() == 3, "{stderr}");
    let run = Run::read_jsonl(desk.path().join("run.jsonl")).unwrap();
    let ids: Vec<&str> = run.documents.iter().map(|document| document.id.as_str()).collect();
    let records: Vec<Option<u64>> = run.skipped.iter().map(|skipped| skipped.record).collect();
    assert_eq!((ids, records), (vec!["one", "two"], vec![Some(2), Some(3), Some(5)]));
}

#[test]
fn standard_input_that_is_not_json_lines_is_skipped() {
    let desk = Desk::new();
    let run = |input: &[u8]| {
        let mut command = desk.command(&["cluster", "-", "--format", "jsonl"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // The program may stop reading before the end.
        let _ = child.stdin.take().unwrap().write_all(input);
        stderr_of(&child.wait_with_output().unwrap())
    };
    assert_eq!(run(b""), "warning: -: empty file\n");
    assert_eq!(run(b"\n\n"), "warning: -: no records\n");
    assert!(run(b"%PDF-1.7\n1 0 obj\n").starts_with("warning: -: not text: looks like a PDF"));
    assert!(run(b"hello\n").starts_with("warning: -:1: not JSON"));
    let report = b"{\"type\":\"run\",\"schema\":1}\n";
    assert_eq!(run(report), "warning: -: a wirecopy run report, not news\n");
}

#[test]
fn globs_that_leave_nothing_to_read_are_named() {
    let desk = Desk::new();
    let warning = |globs: &[&str]| {
        let output = desk.run(&[&["cluster", "corpus", "-o", "run.jsonl"], globs].concat());
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(
        warning(&["--include", "*.text", "--exclude", "b*"]),
        "warning: nothing was found to read with --include *.text --exclude b*\n"
    );
    assert_eq!(warning(&["--include", "*.txt"]), "");
}
