//! Tests of the exit codes, which scripts rely on.
#![cfg(feature = "cli")]

use std::process::Output;

use crate::desk::{Desk, HARBOUR};

/// Creates two copies and labelled pairs and, if `bad`, an input that cannot be read.
fn desk(bad: bool) -> Desk {
    let desk = Desk::new();
    desk.file("corpus/c.txt", HARBOUR);
    desk.file("corpus/d.txt", HARBOUR);
    desk.file("gold.tsv", "c.txt\tharbour\nd.txt\tharbour\n");
    desk.file("pairs.tsv", "c.txt\td.txt\t1\tall\na.txt\tb.txt\t0\tall\n");
    desk.out(&["cluster", "corpus", "-q", "-o", "run.jsonl"]);
    if bad {
        desk.file("corpus/empty.txt", "");
    }
    desk
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

const PAIRS: [&str; 5] = ["eval", "--pairs", "pairs.tsv", "--docs", "corpus"];

#[test]
fn every_command_exits_with_0_if_all_inputs_were_read() {
    let desk = desk(false);
    for args in [
        &["cluster", "corpus"][..],
        &["keep", "run.jsonl"],
        &["eval", "run.jsonl", "--gold", "gold.tsv"],
        &PAIRS,
        &[&PAIRS[..], &["--candidates"]].concat(),
        &["compare", "corpus/c.txt", "corpus/d.txt"],
        &["compare", "--run", "run.jsonl", "c.txt", "d.txt"],
        &["report", "run.jsonl", "-o", "page.html"],
        &["bench", "corpus"],
        &["tune"],
        &["config"],
    ] {
        desk.out(args);
    }
}

#[test]
fn duplicates_exit_with_1_only_on_request() {
    let desk = desk(false);
    assert_eq!(code(&desk.run(&["cluster", "corpus", "-q", "--exit-code"])), Some(1));
    assert_eq!(code(&desk.run(&["cluster", "corpus/a.txt", "-q", "--exit-code"])), Some(0));
}

#[test]
fn errors_exit_with_2() {
    let desk = desk(false);
    for args in [
        &["cluster", "nowhere"][..],
        &["cluster", "corpus", "--no-such-flag"],
        &["cluster", "corpus", "-o", "nowhere/run.jsonl"],
        &["keep", "nowhere.jsonl"],
        &["keep", "run.jsonl", "-o", "nowhere/list"],
        &["eval", "run.jsonl", "--gold", "nowhere.tsv"],
        &["eval", "--pairs", "pairs.tsv", "--docs", "nowhere"],
        &["compare", "corpus/c.txt", "nowhere.txt"],
        &["report", "run.jsonl", "-o", "nowhere/page.html"],
        &["calibrate", "--pairs", "pairs.tsv", "--docs", "nowhere"],
        &["bench", "nowhere"],
    ] {
        desk.trouble(args);
    }
}

#[test]
fn skipped_inputs_exit_with_3_with_and_without_duplicates() {
    let desk = desk(true);
    for args in [
        &["cluster", "corpus"][..],
        &["cluster", "corpus", "--exit-code"],
        &PAIRS,
        &[&PAIRS[..], &["--candidates"]].concat(),
        &[&PAIRS[..], &["--perturb", "upper_case"]].concat(),
        &[&PAIRS[..], &["--max-skipped", "0"]].concat(),
        &["bench", "corpus"],
    ] {
        let output = desk.run(args);
        assert_eq!(code(&output), Some(3), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(args.contains(&"cluster") || !output.stdout.is_empty(), "{args:?}");
    }
    // `keep` reads no inputs, so it skips none.
    desk.out(&["keep", "run.jsonl"]);
}

#[test]
fn skipped_inputs_have_a_kind() {
    use wirecopy::SkipKind;

    let desk = Desk::new();
    desk.file("corpus/a.txt", "");
    desk.file("corpus/b.txt", "%PDF-1.7 report\n");
    desk.file("corpus/c.jsonl", "{\"text\": \"a\n{\"text\": 1}\n{\"text\": \"!\"}\n");
    desk.file("corpus/d.txt", &"The harbour is closed. ".repeat(100));
    std::fs::write(desk.path().join("corpus/e.txt.gz"), [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3])
        .unwrap();
    desk.run(&["cluster", "corpus", "-q", "-o", "run.jsonl", "--max-document-bytes", "2000"]);
    let kinds: Vec<(String, SkipKind)> = wirecopy::report::Run::read_jsonl(desk.path().join("run.jsonl"))
        .unwrap()
        .skipped
        .into_iter()
        .map(|skipped| (skipped.path, skipped.kind))
        .collect();
    let expected = [
        ("a.txt", SkipKind::Empty),
        ("b.txt", SkipKind::NotText),
        ("c.jsonl", SkipKind::Malformed),
        ("c.jsonl", SkipKind::NoTextField),
        ("c.jsonl", SkipKind::Empty),
        ("d.txt", SkipKind::TooLarge),
        ("e.txt.gz", SkipKind::Damaged),
    ];
    assert_eq!(kinds, expected.map(|(name, kind)| (format!("corpus/{name}"), kind)));
    assert!(desk.read("run.jsonl").contains(r#""kind":"no_text_field","reason":"field `text` is a number"#));
}

#[cfg(unix)]
mod signals {
    use std::io::Write;

    use super::{Desk, desk};
    use crate::desk::{send, started};

    #[test]
    fn signal_ends_run_with_its_code_and_leaves_no_file() {
        for (signal, code) in [("-HUP", 129), ("-INT", 130), ("-TERM", 143)] {
            let desk = desk(false);
            let before = desk.names();
            let mut child = desk.started(&["cluster", "-", "-o", "out.jsonl", "--html", "out.html"]);
            let mut stdin = child.stdin.take().unwrap();
            stdin.write_all(b"{\"text\": \"The harbour is closed until the spring.\"}\n").unwrap();
            send(&child, signal);
            // Standard input stays open, so without the signal the run would wait forever.
            assert_eq!(child.wait().unwrap().code(), Some(code), "{signal}");
            drop(stdin);
            assert_eq!(desk.names(), before, "{signal}");
        }
    }

    #[test]
    fn signal_ends_command_that_writes_a_large_file() {
        let desk = desk(false);
        let before = desk.names();
        let child = desk.started(&["bench", "--generate", "4000000", "-o", "generated.jsonl"]);
        send(&child, "-TERM");
        assert_eq!({ child }.wait().unwrap().code(), Some(143));
        assert_eq!(desk.names(), before);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn signal_that_was_ignored_at_the_start_stays_ignored() {
        let desk = desk(false);
        let command = desk.shell("trap '' HUP; exec wirecopy cluster - -q -o out.jsonl");
        let mut child = started(command);
        send(&child, "-HUP");
        drop(child.stdin.take());
        assert_eq!(child.wait().unwrap().code(), Some(3), "standard input is empty");
        let mut child = started(desk.shell("trap '' HUP; exec wirecopy cluster - -q -o out.jsonl"));
        send(&child, "-TERM");
        assert_eq!(child.wait().unwrap().code(), Some(143), "other signals still end the run");
    }

    #[test]
    fn ctrl_c_stops_the_run_and_leaves_no_file() {
        let desk = Desk::new();
        let mut child = desk.started(&["cluster", "-", "-o", "run.jsonl"]);
        send(&child, "-INT");
        drop(child.stdin.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
        assert_eq!(desk.names(), ["corpus"]);
    }

    #[test]
    fn second_ctrl_c_exits_at_once() {
        let desk = Desk::new();
        let mut child = desk.started(&["cluster", "-", "-o", "run.jsonl"]);
        // Standard input stays open, so the run would wait forever.
        let stdin = child.stdin.take();
        send(&child, "-INT");
        send(&child, "-INT");
        assert_eq!(child.wait().unwrap().code(), Some(130));
        drop(stdin);
        assert_eq!(desk.names(), ["corpus"]);
    }
}
