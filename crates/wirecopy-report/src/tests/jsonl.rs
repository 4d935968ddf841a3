//! Tests writing and reading back JSON lines.

use std::io::Write;

use proptest::prelude::*;

use super::fixture;
use crate::Run;
use wirecopy_core::{Error, Similarity};

fn written(run: &Run) -> Vec<u8> {
    let mut out = Vec::new();
    run.write_jsonl(&mut out).unwrap();
    out
}

fn read(bytes: &[u8]) -> wirecopy_core::Result<Run> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    Run::read_jsonl(file.path())
}

/// Returns line and message of the error from reading `bytes`.
fn refused(bytes: &[u8]) -> (Option<u64>, String) {
    match read(bytes) {
        Err(Error::Format { line, message, .. }) => (line, message),
        other => panic!("expected a format error, found {other:?}"),
    }
}

/// Returns the news report with its lines changed.
fn changed(change: impl FnOnce(&mut Vec<String>)) -> Vec<u8> {
    let text = String::from_utf8(written(&fixture::news())).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    change(&mut lines);
    lines.into_iter().flat_map(|line| line.into_bytes().into_iter().chain([b'\n'])).collect()
}

#[test]
fn written_report_reads_back() {
    for run in [
        fixture::news(),
        fixture::running(),
        fixture::many_skipped(),
        fixture::empty(),
        fixture::no_copies(2),
    ] {
        assert_eq!(read(&written(&run)).unwrap(), run);
    }
}

#[test]
fn every_line_begins_with_its_type() {
    let text = String::from_utf8(written(&fixture::news())).unwrap();
    assert!(text.lines().all(|line| line.starts_with("{\"type\":\"")));
    assert!(text.starts_with("{\"type\":\"run\",\"schema\":2,"));
    assert!(text.lines().last().unwrap().starts_with("{\"type\":\"summary\","));
}

#[test]
fn another_schema_is_refused_before_its_fields_are_looked_at() {
    let (line, message) = refused(b"{\"type\":\"run\",\"schema\":3,\"renamed\":1}\n");
    assert_eq!((line, message.as_str()), (Some(1), "expected a report of schema 1 or 2, found schema 3"));
}

#[test]
fn keys_and_lines_that_a_newer_version_added_are_passed_over() {
    let report = changed(|lines| {
        for line in lines.iter_mut() {
            *line = line.replacen('{', "{\"added\":[1],", 1);
        }
        lines[0] = lines[0].replacen("\"ingest\":{", "\"ingest\":{\"added\":true,", 1);
        lines.insert(9, "{\"type\":\"added\",\"id\":1}".to_owned());
    });
    assert_eq!(read(&report).unwrap(), fixture::news());
}

#[test]
fn truncated_report_is_an_error() {
    let whole = written(&fixture::news());
    let lines = whole.split_inclusive(|&b| b == b'\n').count() as u64;
    let last = whole[..whole.len() - 1].iter().rposition(|&b| b == b'\n').unwrap() + 1;
    let (line, message) = refused(&whole[..last]);
    assert_eq!(line, Some(lines - 1));
    assert_eq!(message, "expected the `summary` line, found the end of the file: the report is truncated");
    let (line, message) = refused(&whole[..last + 20]);
    assert_eq!(line, Some(lines));
    assert!(message.ends_with("the report is truncated"), "{message}");
    assert_eq!(refused(b"").1, "expected the `run` line of a wirecopy report, found an empty file");
}

#[test]
fn file_that_is_not_a_report_is_an_error() {
    assert!(
        refused(b"hello\n")
            .1
            .contains("expected the `run` line of a wirecopy report, found text that is not JSON")
    );
    assert!(refused(b"{\"id\":1}\n").1.ends_with("found a line without a `type`"));
    assert!(refused(b"{\"type\":\"edge\"}\n").1.ends_with("found a line of type `edge`"));
    let (line, message) = refused(&changed(|lines| lines[4] = "{\"type\":\"document\"}".to_owned()));
    assert_eq!(line, Some(5));
    assert!(message.starts_with("expected a line of a wirecopy report, found no field `id`"), "{message}");
}

#[test]
fn key_of_learned_line_has_sixteen_digits() {
    let text = String::from_utf8(written(&fixture::news())).unwrap();
    assert!(text.contains("\"key\":\"ffffffffffffffff\""));
    for wrong in ["\"+fffffffffffffff\"", "\"fff\"", "\"\"", "7"] {
        let (_, message) = refused(&changed(|lines| {
            let line = lines.iter().position(|line| line.contains("\"type\":\"boilerplate\"")).unwrap();
            lines[line] = lines[line].replace("\"ffffffffffffffff\"", wrong);
        }));
        assert!(message.starts_with("expected a line of a wirecopy report"), "{message}");
    }
}

#[test]
fn score_or_share_outside_its_range_is_an_error() {
    for (kind, key) in [("edge", "score"), ("edge", "jaccard"), ("cluster", "copied_from_cluster")] {
        let (number, message) = refused(&changed(|lines| {
            let line = lines.iter_mut().find(|line| line.contains(&format!("\"type\":\"{kind}\""))).unwrap();
            *line = line.replacen(&format!("\"{key}\":"), &format!("\"{key}\":7,\"was\":"), 1);
        }));
        assert!(number.is_some());
        let expected =
            "expected a line of a wirecopy report, found 7 as a score or share, which must be from 0 to 1";
        assert!(message.starts_with(expected), "{message}");
    }
}

#[test]
fn contradicting_lines_are_errors() {
    let lost = refused(&changed(|lines| drop(lines.remove(lines.len() - 2))));
    assert_eq!(lost.1, "expected 29 `cluster` lines according to the summary, found 28");
    let stranger = refused(&changed(|lines| {
        let edge = lines.iter().position(|line| line.contains("\"type\":\"edge\"")).unwrap();
        lines[edge] = lines[edge].replacen("\"b\":\"", "\"b\":\"no-", 1);
    }));
    assert_eq!(
        stranger.1,
        "expected the id of a document of this report, found `no-harbour-post/news/0312.html`"
    );
    let twice = refused(&changed(|lines| lines.insert(1, lines[1].clone())));
    assert_eq!((twice.0, twice.1.starts_with("expected a new id")), (Some(3), true));
    let late = refused(&changed(|lines| lines.insert(lines.len() - 1, lines[1].clone())));
    assert!(late.1.ends_with("found a late `document`"));
    let after = refused(&changed(|lines| lines.push(lines[1].clone())));
    assert_eq!(after.1, "expected nothing after the summary, found a line of type `document`");
}

#[test]
fn damaged_line_is_described_in_plain_words() {
    let with = |kind: &str, from: &str, to: &str| {
        let (line, message) = refused(&changed(|lines| {
            let line = lines.iter_mut().find(|line| line.contains(&format!("\"type\":\"{kind}\""))).unwrap();
            assert!(line.contains(from), "{line}");
            *line = line.replacen(from, to, 1);
        }));
        assert!(line.is_some());
        message.strip_prefix("expected a line of a wirecopy report, found ").unwrap_or(&message).to_owned()
    };
    for (kind, from, to, expected) in [
        (
            "document",
            "\"tokens\":",
            "\"tokens\":\"x\",\"was\":",
            "the text \"x\", expected a whole number from 0 to 4294967295",
        ),
        (
            "document",
            "\"tokens\":",
            "\"tokens\":-1,\"was\":",
            "`-1`, expected a whole number from 0 to 4294967295",
        ),
        ("document", "\"credits\":", "\"credits\":{},\"was\":", "an object, expected a list"),
        ("document", "\"id\":", "\"id\":null,\"was\":", "null, expected a text"),
        ("edge", "\"score\":", "\"score\":\"a\",\"was\":", "the text \"a\", expected a number"),
        ("cluster", "\"members\":[", "\"members\":[1,", "`1`, expected an object"),
        ("edge", "\"type\":\"edge\"", "\"type\":3", "`3`, expected the type of a line"),
        ("edge", "}", "}}", "more text after the end of the object"),
        ("edge", "\"a\":\"", "\"a\":\"x\\n", "expected the id of a document of this report, found `x "),
    ] {
        let found = with(kind, from, to);
        assert!(found.starts_with(expected), "{kind} {to}: {found}");
    }
    let cut = refused(&changed(|lines| lines[4].truncate(30)));
    assert!(
        cut.1.contains("a text that breaks off") || cut.1.contains("an object that breaks off"),
        "{}",
        cut.1
    );
    let blank = refused(&changed(|lines| lines[4].clear()));
    assert_eq!(
        blank.1,
        "expected a line of a wirecopy report, found the end of the line where a value begins"
    );
    let added = refused(&changed(|lines| lines.push("{\"type\":\"added\"}".to_owned())));
    assert_eq!(added.1, "expected nothing after the summary, found a line of type `added`");
}

#[cfg(unix)]
#[test]
fn device_is_refused() {
    for device in ["/dev/zero", "/dev/null"] {
        let Err(Error::Format { line, message, .. }) = Run::read_jsonl(device) else {
            panic!("{device} is read")
        };
        assert_eq!((line, message.as_str()), (None, "expected a wirecopy report, found a device"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_and_number_read_back(
        id in any::<String>(),
        title in proptest::option::of(any::<String>()),
        record in proptest::option::of(any::<u64>()),
        score in 0.0..=1.0f64,
        seconds in 0.0..1e9f64,
    ) {
        let mut run = fixture::news();
        run.documents[400].id = format!("{id}#");
        run.documents[400].title = title;
        run.documents[400].record = record;
        run.edges[0].score = Similarity::clamped(score);
        run.edges[0].evidence.push(id);
        run.summary.seconds = seconds;
        prop_assert_eq!(read(&written(&run)).unwrap(), run);
    }
}
