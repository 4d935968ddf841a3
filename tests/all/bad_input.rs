//! Tests bad inputs in a folder of news. Nothing may panic, hang or get lost: each file is read, or skipped with a reason, and
//! other files are not affected.

use std::fs;
use std::path::Path;

use crate::bad_cases::{GOOD, Outcomes, line, noise};
use tempfile::TempDir;
use wirecopy::IngestConfig;
use wirecopy::{Cancel, Error, NoProgress, Progress, Root, Stage};
use wirecopy_ingest::Outcome;

fn outcomes(root: &Path, config: &IngestConfig) -> Outcomes {
    let mut seen = Outcomes::new();
    let shown = root.display().to_string();
    let name = |path: &str| crate::bad_cases::below(&shown, path);
    let map = |document: &wirecopy::Document| assert!(!document.text.trim().is_empty());
    wirecopy_ingest::read(&[Root::from(root)], config, &NoProgress, &Cancel::default(), map, |outcome| {
        match outcome {
            Outcome::Read(header, ()) => {
                seen.entry(name(&header.path)).or_default().ids.push((header.id, header.duplicate_id));
            }
            Outcome::Skipped(skipped) => {
                seen.entry(name(&skipped.path)).or_default().reasons.push(skipped.reason);
            }
            Outcome::SkippedMore(more) => panic!("{more} inputs are not listed"),
        }
        Ok(())
    })
    .unwrap();
    seen
}

#[test]
fn every_bad_input_is_read_or_skipped_with_a_reason() {
    let folder = TempDir::new().unwrap();
    let cases = crate::bad_cases::lay_out(folder.path());
    let mut config = IngestConfig::default();
    config.follow = true;
    crate::bad_cases::check(&cases, outcomes(folder.path(), &config));
}

#[test]
fn ids_are_unique() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    fs::write(root.join("a.jsonl"), line("x") + &line("x") + "\n{\"text\": \"no id\"}\n").unwrap();
    fs::write(root.join("b.csv"), "id,text\nx,a\n,b\n").unwrap();
    fs::write(root.join("c.json"), r#"[{"text": "a"}, {"id": 12, "text": "b"}]"#).unwrap();
    fs::write(root.join("d.json"), r#"{"text": "a"}"#).unwrap();
    fs::create_dir(root.join("sub")).unwrap();
    fs::write(root.join("sub/e.txt"), GOOD).unwrap();
    let seen = outcomes(root, &IngestConfig::default());
    let ids = |name: &str| {
        let ids = seen[name].ids.iter();
        ids.map(|(id, wanted)| (id.as_str(), wanted.as_deref())).collect::<Vec<_>>()
    };
    assert_eq!(ids("a.jsonl"), [("x", None), ("a.jsonl#2", Some("x")), ("a.jsonl#4", None)]);
    assert_eq!(ids("b.csv"), [("b.csv#1", Some("x")), ("b.csv#2", None)]);
    assert_eq!(ids("c.json"), [("c.json#1", None), ("12", None)]);
    assert_eq!(ids("d.json"), [("d.json", None)]);
    assert_eq!(ids("sub"), [("sub/e.txt", None)]);
}

/// Calls a function after the walk.
struct AfterWalk<F: Fn() + Sync>(F);

impl<F: Fn() + Sync> Progress for AfterWalk<F> {
    fn begin(&self, stage: Stage, total: Option<u64>) {
        assert_eq!((stage, total), (Stage::Read, Some(3 * GOOD.len() as u64)));
        (self.0)();
    }
    fn advance(&self, _: u64, _: u64) {}
    fn end(&self, _: Stage, _: u64, _: u64) {}
}

#[test]
fn file_removed_after_the_walk_is_skipped_with_the_system_error() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    for name in ["a.txt", "b.txt", "c.txt"] {
        fs::write(root.join(name), GOOD).unwrap();
    }
    let progress = AfterWalk(|| fs::remove_file(root.join("b.txt")).unwrap());
    let mut seen = Vec::new();
    let sink = |outcome| {
        seen.push(match outcome {
            Outcome::Read(header, ()) => header.id,
            Outcome::Skipped(skipped) => skipped.reason,
            Outcome::SkippedMore(more) => panic!("{more} inputs are not listed"),
        });
        Ok(())
    };
    let config = IngestConfig::default();
    wirecopy_ingest::read(&[Root::from(root)], &config, &progress, &Cancel::default(), |_| (), sink).unwrap();
    assert_eq!((seen.len(), seen[0].as_str(), seen[2].as_str()), (3, "a.txt", "c.txt"));
    assert!(seen[1].contains("No such file") || seen[1].contains("cannot find"), "{}", seen[1]);
}

#[test]
fn cancelling_and_a_failing_sink_stop_reading() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.jsonl"), noise(3_000, 1_000)).unwrap();
    let roots = [Root::from(folder.path())];
    let config = IngestConfig::default();
    let cancel = Cancel::default();
    let cancels = |_| {
        cancel.cancel();
        Ok(())
    };
    let result = wirecopy_ingest::read(&roots, &config, &NoProgress, &cancel, |_| (), cancels);
    assert!(matches!(result, Err(Error::Cancelled)));
    let fails = |_| Err(Error::Threads("the sink is full".to_owned()));
    let result = wirecopy_ingest::read(&roots, &config, &NoProgress, &Cancel::default(), |_| (), fails);
    assert!(matches!(result, Err(Error::Threads(_))));
}

#[test]
fn missing_root_is_an_error() {
    let roots = [Root::from("no/such/folder")];
    let config = IngestConfig::default();
    let result = wirecopy_ingest::read(&roots, &config, &NoProgress, &Cancel::default(), |_| (), |_| Ok(()));
    assert!(matches!(result, Err(Error::Root { .. })));
}
