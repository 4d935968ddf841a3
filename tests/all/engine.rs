//! Documents that are pushed give the same report as files.
#![cfg(feature = "html")]

use std::thread;

use crate::any_order::{assert_same, comparable, records};
use crate::desk::shuffled;
use serde_json::Value;
use tempfile::TempDir;
use wirecopy::report::{Run, Spooled};
use wirecopy::{
    Budget, Cancel, Config, Document, Engine, Error, Fields, Metadata, NoProgress, Pipeline, Root, SkipKind,
};

/// The fields of a record of the corpus.
fn fields(record: &Value) -> Fields {
    let field = |name: &str| record[name].as_str().map(str::to_owned);
    Fields {
        id: field("id"),
        text: field("text"),
        title: field("title"),
        date: field("date"),
        source: field("source"),
        url: field("url"),
        ..Fields::default()
    }
}

/// The lines of a report, without what names a file or a time.
fn lines(run: &Spooled) -> Vec<String> {
    let mut bytes = Vec::new();
    run.write_jsonl(&mut bytes).unwrap();
    comparable(&String::from_utf8(bytes).unwrap())
}

fn pushed(engine: Engine, records: Vec<(u64, Fields)>) -> Vec<String> {
    engine.push_records(records).unwrap();
    lines(&engine.spool(&NoProgress).unwrap())
}

#[test]
fn pushed_records_give_the_report_of_a_file_in_any_order_and_on_any_thread() {
    let records = records();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("records.jsonl");
    std::fs::write(&file, records.iter().map(|record| format!("{record}\n")).collect::<String>()).unwrap();
    let config = Config::default();
    let pipeline = || Pipeline::new(&config).passages(true).threads(2);
    let expected = lines(&pipeline().spool(&[Root::from(file)]).unwrap());
    let numbered: Vec<(u64, Fields)> = (1..).zip(records.iter().map(fields)).collect();

    assert_same(&expected, &pushed(pipeline().engine().unwrap(), numbered.clone()), "in order");
    let engine = pipeline().engine().unwrap();
    engine.push_json((1..).zip(records.iter().map(Value::to_string)).collect()).unwrap();
    assert_same(&expected, &lines(&engine.spool(&NoProgress).unwrap()), "as JSON");
    let budget = Budget::new(1 << 20, Some(folder.path().to_owned()));
    let limited = pipeline().budget(budget).engine().unwrap();
    assert_same(&expected, &pushed(limited, shuffled(numbered.clone(), 3)), "shuffled, within a budget");

    let engine = pipeline().engine().unwrap();
    let numbered = shuffled(numbered, 4);
    thread::scope(|scope| {
        for part in numbered.chunks(70) {
            let engine = &engine;
            scope.spawn(move || {
                for record in part {
                    engine.push_records(vec![record.clone()]).unwrap();
                }
            });
        }
    });
    assert_same(&expected, &lines(&engine.spool(&NoProgress).unwrap()), "on several threads");
}

fn document(id: &str, text: &str) -> Document {
    Document { id: id.to_owned(), text: text.to_owned(), ..Document::default() }
}

const LONG: &str =
    "The council of Aldmoor voted on Tuesday to close the harbour for repairs until the spring.";
const SHORT: &str = "The harbour of Aldmoor is closed for repairs until the spring, the council says.";

fn run_of(documents: Vec<Document>) -> Run {
    let config = Config::default();
    let engine = Engine::new(&config).unwrap();
    for document in documents {
        engine.push(document).unwrap();
    }
    engine.finish().unwrap()
}

#[test]
fn ids_are_those_of_the_caller_and_contested_ones_go_to_the_longest() {
    let documents =
        vec![document("b", SHORT), document("a", LONG), document("b", LONG), document("", "Of no id.")];
    for seed in 0..6 {
        let run = run_of(shuffled(documents.clone(), seed));
        let ids: Vec<(&str, Option<&str>, u32)> = run
            .documents
            .iter()
            .map(|line| (line.id.as_str(), line.duplicate_id.as_deref(), line.tokens))
            .collect();
        assert_eq!(
            ids,
            [("-", None, 3), ("a", None, 16), ("b", None, 16), ("b~2", Some("b"), 14)],
            "seed {seed}"
        );
    }
}

#[test]
fn documents_without_words_and_records_without_text_are_skipped_with_reasons() {
    let config = Config::default();
    let engine = Engine::new(&config).unwrap();
    engine.push(document("x", " *** ")).unwrap();
    let none = Fields { title: Some("Title".to_owned()), ..Fields::default() };
    engine.push_records(vec![(9, none.clone()), (2, none)]).unwrap();
    let run = engine.finish().unwrap();
    let skipped: Vec<_> = run.skipped.iter().map(|one| (one.path.as_str(), one.record, one.kind)).collect();
    assert_eq!(
        skipped,
        [("-", None, SkipKind::Empty), ("-", Some(2), SkipKind::Empty), ("-", Some(9), SkipKind::Empty)]
    );
    assert_eq!((run.summary.documents, run.summary.skipped), (0, 3));
}

#[test]
fn metadata_of_the_caller_is_kept_and_dates_are_parsed() {
    let meta = Metadata {
        date: Some("11 March 2024".to_owned()),
        language: Some("en".to_owned()),
        ..Metadata::default()
    };
    let run = run_of(vec![Document { meta, path: "queue/7".to_owned(), ..document("a", LONG) }]);
    let line = &run.documents[0];
    assert_eq!((line.published.as_deref(), line.language.as_deref()), (Some("2024-03-11"), Some("eng")));
    assert_eq!(line.path, "queue/7");
}

#[test]
fn cancelled_engine_takes_nothing_and_returns_nothing() {
    let config = Config::default();
    let cancel = Cancel::default();
    let engine = Pipeline::new(&config).cancel(cancel.clone()).engine().unwrap();
    engine.push(document("a", LONG)).unwrap();
    cancel.cancel();
    assert!(matches!(engine.push(document("b", LONG)), Err(Error::Cancelled)));
    assert!(matches!(engine.finish(), Err(Error::Cancelled)));
}

#[test]
fn engines_with_different_settings_on_one_thread_do_not_mix() {
    // Boilerplate by rule, which only one of them removes.
    let text = format!("{LONG}\n\nRead also: The ferry sails again\n");
    let mut keeping = Config::default();
    keeping.matching.keep_boilerplate = true;
    let removing = Config::default();
    let engines = [Engine::new(&keeping).unwrap(), Engine::new(&removing).unwrap()];
    for id in ["a", "b"] {
        engines.iter().for_each(|engine| engine.push(document(id, &text)).unwrap());
    }
    let boilerplate = engines.map(|engine| {
        let run = engine.finish().unwrap();
        run.documents.iter().map(|line| line.boilerplate_tokens).sum::<u32>()
    });
    assert_eq!(boilerplate[0], 0);
    assert!(boilerplate[1] > 0, "{boilerplate:?}");
}
