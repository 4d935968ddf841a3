//! Documents that are labelled as kept up to date: sent again with changes they are another dispatch, unchanged they are not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use tempfile::TempDir;
use wirecopy::compare::Reason;
use wirecopy::report::{Relation, Run};
use wirecopy::{Config, Document, Metadata, Pipeline, Root, compare};

/// An invented box of facts.
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

/// The members of each cluster.
fn clusters(run: &Run) -> Vec<Vec<String>> {
    let members = run.clusters.iter().map(|c| c.members.iter().map(|m| m.id.clone()).collect());
    let mut all: Vec<Vec<String>> = members.collect();
    for members in &mut all {
        members.sort_unstable();
    }
    all.sort();
    all
}

#[test]
fn a_box_that_was_changed_days_later_is_another_dispatch() {
    let changed = BOX.replace("six ships", "seven ships");
    let documents = |title| {
        [
            sent("monday", title, "2024-03-04", BOX),
            sent("tuesday", title, "2024-03-05", &BOX.replace("ninety minutes", "eighty minutes")),
            sent("friday", title, "2024-03-08", &changed),
            sent("later", title, "2024-04-19", &changed),
        ]
    };
    let labelled = documents("FACTBOX-Ferries of Orlava");
    assert_eq!(clusters(&run(&labelled, 7)), [["friday", "later"], ["monday", "tuesday"]]);
    let plain = documents("Ferries of Orlava");
    assert_eq!(clusters(&run(&plain, 7)), [["friday", "later", "monday", "tuesday"]]);
    // Nearly identical, and nothing known of the dates.
    assert_eq!(clusters(&run(&labelled, 0)), [["friday", "later", "monday", "tuesday"]]);
}

#[test]
fn the_same_words_are_never_parted() {
    // Most is close to the one of Sunday, which is changed on Monday; what is sent again on Thursday is too late for Sunday's.
    let title = "Factbox: Ferries of Orlava";
    let sunday = BOX.replace("six ships", "five ships");
    let documents = [
        sent("friday", title, "2024-03-01", &sunday.replace("herring", "salt")),
        sent("friday-too", title, "2024-03-01", &sunday.replace("herring", "wine")),
        sent("sunday", title, "2024-03-03", &sunday),
        sent("monday", title, "2024-03-04", BOX),
        sent("thursday", title, "2024-03-07", BOX),
    ];
    let run = run(&documents, 7);
    let all = clusters(&run);
    let of = |id: &str| all.iter().position(|members| members.iter().any(|member| member == id));
    assert!(of("monday").is_some() && of("monday") == of("thursday"), "{all:?}");
    assert!(of("sunday").is_some() && of("sunday") == of("monday"), "{all:?}");
}

#[test]
fn a_comparison_says_what_a_run_does() {
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
    let changed = BOX.replace("six ships", "seven ships");
    let compared = |title: &str| {
        let (a, b) = (document(title, "2024-03-04", BOX), document(title, "2024-03-08", &changed));
        let comparison = compare(&a, &b, &Config::default()).unwrap();
        (comparison.relation, comparison.reason)
    };
    assert_eq!(compared("FACTBOX-Ferries of Orlava"), (None, Reason::LabelledEditions));
    assert_eq!(compared("Ferries of Orlava"), (Some(Relation::Copy), Reason::Shingles));
}
