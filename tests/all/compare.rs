//! Tests `wirecopy compare` on pairs of the corpus: one of each relation, and one of each kind of hard negative.
#![cfg(all(feature = "cli", feature = "html"))]

use std::path::Path;

use crate::desk::Desk;

/// Returns the output of the program for two documents of the corpus, with this number of columns.
fn compared(a: &str, b: &str, columns: &str) -> String {
    let desk = Desk::new();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut command = desk.command(&["compare", a, b]);
    let output = command.current_dir(corpus).env("COLUMNS", columns).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

macro_rules! explained {
    ($($name:ident: $a:literal, $b:literal, $columns:literal;)*) => {
        $(#[test]
        fn $name() {
            insta::assert_snapshot!(compared($a, $b, $columns));
        })*
    };
}

explained! {
    an_identical_pair: "courier-today/whales.html", "harbour-gazette/whale-stranding.txt", "80";
    a_copy: "courier-today/mine-collapse.html", "courier-today/mine-collapse-update.html", "120";
    an_excerpt: "courier-today/mine-collapse-update.html", "northern-wire/karaganda-short.txt", "80";
    a_rewrite: "courier-today/striker-transfer.html", "feeds-en/wirebox.jsonl#wirebox-0001", "120";
    a_rewrite_from_right_to_left: "al-sahil/naqilat-ras-alhamra.html", "feeds-asia/asia-gulf.jsonl#asia-gulf-0002", "140";
    a_rewrite_in_wide_letters:
        "jiangnan-daily/feilvbin-dulun.html", "feeds-asia/asia-huawen.jsonl#asia-huawen-0003", "120";
    two_versions: "running-stories/running-en-1.jsonl#run-en1-01", "running-stories/running-en-1.jsonl#run-en1-12", "120";
    no_side_bar: "running-stories/running-en-1.jsonl#run-en1-02", "running-stories/running-en-1.jsonl#run-en1-10", "100";
    no_quotes_list: "running-stories/running-de.jsonl#run-de-08", "running-stories/running-de.jsonl#run-de-01", "100";
    no_fact_box: "running-stories/running-en-1.jsonl#run-en1-07", "running-stories/running-en-1.jsonl#run-en1-01", "80";
    no_wrap: "running-stories/running-en-2.jsonl#run-en2-08", "running-stories/running-en-2.jsonl#run-en2-01", "100";
    no_same_event: "courier-today/museum-raid.html", "daily-meridian/museum-theft.html", "100";
    no_follow_up: "courier-today/wildfire-arrest.html", "courier-today/wildfire.html", "100";
    no_same_boilerplate: "courier-today/kestria-premier.html", "courier-today/arctic-cable-short.html", "100";
    no_template: "northern-wire/jobless-0921.txt", "northern-wire/jobless-0928.txt", "100";
}

#[test]
fn every_kind_of_negative_is_tested() {
    let negatives = include_str!("../../corpus/negatives.tsv");
    let mut kinds: Vec<&str> = negatives.lines().skip(1).filter_map(|line| line.split('\t').nth(2)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let source = include_str!("compare.rs");
    for kind in kinds {
        assert!(
            source.contains(&format!("    no_{}: ", kind.replace('-', "_"))),
            "no pair of the kind {kind}"
        );
    }
}

#[test]
fn operands_without_a_document_are_errors() {
    let desk = Desk::new();
    desk.file(
        "feed.jsonl",
        "{\"id\":\"x\",\"text\":\"One story.\"}\n{\"id\":\"2\",\"text\":\"Another story.\"}\n",
    );
    let shown = desk.trouble(&["compare", "feed.jsonl", "corpus/a.txt"]);
    assert!(shown.contains("feed.jsonl contains 2 documents") && shown.contains("(x, 2)"), "{shown}");
    assert!(desk.trouble(&["compare", "corpus", "corpus/a.txt"]).contains("corpus is a folder"));
    assert!(
        desk.trouble(&["compare", "feed.jsonl#9", "corpus/a.txt"])
            .contains("no record with the number or id 9")
    );
    assert!(desk.trouble(&["compare", "gone.txt", "corpus/a.txt"]).contains("gone.txt: No such file"));
    desk.file("empty.txt", "");
    assert!(desk.trouble(&["compare", "empty.txt", "corpus/a.txt"]).contains("empty.txt: empty file"));
    assert!(desk.trouble(&["compare", "corpus/a.txt"]).contains("<B>"));
    // A number is first looked up as a position, then as an id.
    let json = desk.json(&["compare", "feed.jsonl#2", "feed.jsonl#x", "--format", "json"]);
    assert_eq!((json["a"]["id"].as_str(), json["b"]["id"].as_str()), (Some("2"), Some("x")));
}

#[test]
fn pair_of_a_run_has_the_relation_and_score_of_the_run() {
    let desk = Desk::new();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    desk.out(&["cluster", "-q", corpus.to_str().unwrap(), "-o", "run.jsonl"]);
    let run = wirecopy::report::Run::read_jsonl(desk.path().join("run.jsonl")).unwrap();
    let rewrites = run.edges.iter().filter(|e| e.relation == wirecopy::Relation::Rewrite);
    for edge in rewrites.step_by(7) {
        let json = desk.json(&["compare", "--run", "run.jsonl", &edge.b, &edge.a, "--format", "json"]);
        assert_eq!(json["origin"], "edge");
        assert_eq!(json["score"].as_f64(), Some(edge.score.get()));
        let sum: f64 = json["features"].as_array().unwrap().iter().map(|f| f["adds"].as_f64().unwrap()).sum();
        let odds = json["start"].as_f64().unwrap() + sum;
        assert!(
            (1.0 / (1.0 + (-odds).exp()) - edge.score.get()).abs() < 0.002,
            "{} {}: the parts must add up to the score",
            edge.a,
            edge.b
        );
    }
    let none = ["courier-today/museum-raid.html", "daily-meridian/museum-theft.html"];
    let shown = desk.out(&["compare", "--run", "run.jsonl", none[0], none[1]]);
    assert!(shown.contains("The run has no edge between the two."), "{shown}");
    let unknown = desk.trouble(&["compare", "--run", "run.jsonl", "nobody", none[1]]);
    assert!(unknown.contains("contains no document with the id nobody"), "{unknown}");
}

#[test]
fn colours_follow_flag_and_environment() {
    let desk = Desk::new();
    let pair = ["compare", "corpus/a.txt", "corpus/b.txt"];
    assert!(!desk.out(&pair).contains('\u{1b}'));
    assert!(desk.out(&[&pair[..], &["--color", "always"]].concat()).contains("\u{1b}[1m"));
    let output = desk.command(&pair).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().unwrap();
    assert!(!String::from_utf8(output.stdout).unwrap().contains('\u{1b}'));
}

#[test]
fn documents_without_an_article_are_reported() {
    let desk = Desk::new();
    let page = "Access denied. Please enable JavaScript and cookies to continue. Reference number 18.";
    desk.file("a.txt", page);
    desk.file("b.txt", page);
    desk.out(&["cluster", "a.txt", "b.txt", "-q", "-o", "run.jsonl"]);
    let output = desk.command(&["compare", "--run", "run.jsonl", "a.txt", "b.txt"]).output().unwrap();
    let shown = String::from_utf8_lossy(&output.stderr);
    assert!(shown.contains("a.txt: contains no article"), "{shown}");
    assert!(shown.contains("b.txt: contains no article"), "{shown}");
}
