//! Tests periodically updated documents. Sent again weeks later, they are another dispatch if they changed, and a copy if not.

use std::fs;

use crate::desk::relation;
use tempfile::TempDir;
use wirecopy::compare::Reason;
use wirecopy::report::Run;
use wirecopy::{Config, Document, Metadata, Pipeline, Relation, Root, compare};

/// An invented fact box.
const BOX: &str = "Here are facts about the ferries of Orlava.\n\nThe line was founded by three herring merchants and owns six \
    ships, of which the Alcyone is the oldest. Each carries four hundred passengers and sixty cars.\n\nThe crossing from \
    Skarvik to Tolven takes ninety minutes in calm weather. In autumn storms close the route for a week on average.\n\n\
    A council of four towns sets the fares once a year. Islanders pay half, and their bread travels free.\n\nThe \
    worst accident in its history happened off Marnes, when a drifting barge tore the hull of the Petrel open. All \
    were saved by fishermen.\n\nTwo yards have offered to build electric ships, and the towns will decide before winter.";

struct Sent {
    id: &'static str,
    title: &'static str,
    date: &'static str,
    text: String,
}

fn sent(id: &'static str, title: &'static str, date: &'static str, text: &str) -> Sent {
    Sent { id, title, date, text: text.to_owned() }
}

fn run(documents: &[Sent], window: u32) -> Run {
    let folder = TempDir::new().unwrap();
    let lines: Vec<String> = documents
        .iter()
        .map(|d| {
            serde_json::json!({"id": d.id, "title": d.title, "date": d.date, "text": d.text}).to_string()
        })
        .collect();
    fs::write(folder.path().join("sent.jsonl"), lines.join("\n")).unwrap();
    let mut config = Config::default();
    config.matching.window = window;
    Pipeline::new(&config).threads(2).run(&[Root::from(folder.path())]).unwrap()
}

/// Returns the members of each cluster.
fn clusters(run: &Run) -> Vec<Vec<String>> {
    let members = run.clusters.iter().map(|c| c.members.iter().map(|m| m.id.clone()).collect());
    let mut all: Vec<Vec<String>> = members.collect();
    for members in &mut all {
        members.sort_unstable();
    }
    all.sort();
    all
}

/// Returns the box after an update: a new lead, other figures, one more entry.
fn updated(head: &str, figures: [&str; 2]) -> String {
    let [ships, minutes] = figures;
    let text = BOX.replace("six ships", ships).replace("ninety minutes", minutes);
    format!("{head} {text}\n\nThe company said that it would also run a night line to the outer islands.")
}

#[test]
fn fact_box_updated_weeks_later_is_another_dispatch() {
    let head = "The council of the ferries will vote on Monday whether islanders go on paying half, its chairman said.";
    for title in ["FACTBOX-Ferries of Orlava", "Ferries of Orlava"] {
        let documents = [
            sent("march", title, "2024-03-04", BOX),
            sent("april", title, "2024-04-19", &updated(head, ["seven ships", "eighty minutes"])),
        ];
        let dated = run(&documents, 7);
        assert!(clusters(&dated).is_empty(), "{title}: {:?}", clusters(&dated));
        assert_eq!(relation(&dated, "march", "april"), Some(Relation::Partial), "{title}");
    }
}

#[test]
fn nearly_unchanged_fact_box_is_a_copy_whatever_its_date() {
    let title = "FACTBOX-Ferries of Orlava";
    let documents = [
        sent("march", title, "2024-03-04", BOX),
        sent("april", title, "2024-04-19", &BOX.replace("six ships", "seven ships")),
    ];
    for window in [7, 0] {
        assert_eq!(clusters(&run(&documents, window)), [["april", "march"]], "window: {window}");
    }
}

#[test]
fn identical_texts_are_always_in_one_cluster() {
    // The box was changed twice within two days, and two of its versions were sent again weeks later.
    let title = "Factbox: Ferries of Orlava";
    let heads = [
        "Storms have closed the ferry route to Tolven for the third time this autumn, the harbour master said.",
        "The oldest of the ferries will be scrapped, and the towns look for a yard that can replace her.",
    ];
    let second = updated(heads[0], ["five ships", "two hours"]);
    let documents = [
        sent("friday", title, "2024-03-01", BOX),
        sent("saturday", title, "2024-03-02", &updated(heads[1], ["six ships", "ninety minutes"])),
        sent("sunday", title, "2024-03-03", &second),
        sent("april", title, "2024-04-12", BOX),
        sent("april-too", title, "2024-04-13", &second),
        sent("may", title, "2024-05-01", BOX),
    ];
    let run = run(&documents, 7);
    let all = clusters(&run);
    let of = |id: &str| all.iter().position(|members| members.iter().any(|member| member == id));
    for (one, other) in [("friday", "april"), ("friday", "may"), ("sunday", "april-too")] {
        assert!(of(one).is_some() && of(one) == of(other), "{one} and {other}: {all:?}");
        assert_eq!(relation(&run, one, other), Some(Relation::Identical));
    }
}

#[test]
fn comparison_agrees_with_a_run() {
    let document = |title: &str, date: &str, text: &str| Document {
        id: date.to_owned(),
        path: date.to_owned(),
        meta: Metadata {
            title: Some(title.to_owned()),
            published: Some(date.to_owned()),
            ..Metadata::default()
        },
        text: text.to_owned(),
        ..Document::default()
    };
    let (title, first) = ("FACTBOX-Ferries of Orlava", "2024-03-04");
    let later = updated("The fares go up in May.", ["seven ships", "eighty minutes"]);
    for (date, text, expected) in [
        ("2024-04-19", &later, (Some(Relation::Partial), Reason::Apart)),
        ("2024-04-19", &BOX.replace("six ships", "seven ships"), (Some(Relation::Copy), Reason::Shingles)),
        ("2024-04-19", &BOX.to_owned(), (Some(Relation::Identical), Reason::SameWords)),
    ] {
        let comparison =
            compare(&document(title, first, BOX), &document(title, date, text), &Config::default()).unwrap();
        assert_eq!((comparison.relation, comparison.reason), expected);
        let run = run(&[sent("a", title, first, BOX), sent("b", title, date, text)], 7);
        assert_eq!(relation(&run, "a", "b"), expected.0);
    }
}
