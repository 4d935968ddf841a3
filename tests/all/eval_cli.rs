//! Tests `wirecopy eval` and `wirecopy calibrate`.
#![cfg(feature = "cli")]

use std::fmt::Write as _;

use crate::desk::{Desk, HARBOUR};
use serde_json::Value;

/// Invented stories. The first three are one dispatch: the original, a reprint and a rewrite.
const STORIES: [(&str, &str); 5] = [
    ("harbour.txt", HARBOUR),
    (
        "reprint.txt",
        "The council of Aldmoor voted on Tuesday to close the harbour for repairs. Engineers had found cracks in two of \
         the seven piers. Ferries to Tolven will leave from the fishing dock until the spring, the mayor said. Traders \
         fear for their summer, and the union of dockers demands pay for 214 idle days.",
    ),
    (
        "reworded.txt",
        "Aldmoor's council decided on Tuesday that the harbour will shut for repairs. Two of its seven piers have cracks, \
         engineers found. Until spring the Tolven ferries are to sail from the fishing dock, according to the mayor. \
         Traders are afraid for the summer, while the dockers' union asks to be paid for 214 idle days.",
    ),
    (
        "heron.txt",
        "A heron was seen on the roof of the town hall in Marnes, to the delight of children on their way to school. The \
         bird stood still for an hour. A keeper of the nature reserve said that herons follow the frogs, and that the \
         pond behind the hall had been cleaned of mud last autumn.",
    ),
    (
        "wheat.txt",
        "Wheat prices in Orlava fell for a third week as rain reached the southern plains. Traders expect a harvest of \
         nine million tonnes. The ministry of farming left its forecast where it was, and millers bought little before \
         the holidays. Exports to the coast stood still, brokers said.",
    ),
];

const PAIRS: &str = "a\tb\tsame_dispatch\tset\n\
    harbour.txt\treprint.txt\t1\tcopies\n\
    harbour.txt\treworded.txt\t1\trewrites\n\
    harbour.txt\theron.txt\t0\tothers\n\
    heron.txt\twheat.txt\t0\tothers\n";

fn desk() -> Desk {
    let desk = Desk::new();
    std::fs::create_dir(desk.path().join("docs")).unwrap();
    for (name, text) in STORIES {
        desk.file(&format!("docs/{name}"), text);
    }
    desk.file("pairs.tsv", PAIRS);
    desk
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

const EVAL: [&str; 5] = ["eval", "--pairs", "pairs.tsv", "--docs", "docs"];

fn eval<'a>(more: &[&'a str]) -> Vec<&'a str> {
    EVAL.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn figures_of_pairs_as_text_and_json() {
    let desk = desk();
    let text = desk.out(&EVAL);
    for word in ["threshold 0.50", "AUC", "R@P.99", "copies", "rewrites", "others", "share true"] {
        assert!(text.contains(word), "{word} is not in:\n{text}");
    }
    let report = desk.json(&eval(&["--format", "json"]));
    assert_eq!(keys(&report["sets"]), ["copies", "others", "rewrites"]);
    for figures in [&report["overall"], &report["sets"]["copies"]] {
        for key in ["n", "auc", "precision", "recall", "f1", "best_f1", "recall_at_precision_99"] {
            assert!(figures.get(key).is_some(), "{key} is not in {figures}");
        }
    }
    assert_eq!((&report["overall"]["n"], &report["sets"]["copies"]["recall"]), (&4.into(), &1.0.into()));
    assert_eq!(report["sets"]["others"]["wrong"], 0.0);
}

#[test]
fn errors_are_listed_with_both_first_lines() {
    let desk = desk();
    desk.file("wrong.tsv", "harbour.txt\treprint.txt\t0\twrong\nharbour.txt\theron.txt\t1\twrong\n");
    let text = desk.out(&["eval", "--pairs", "wrong.tsv", "--docs", "docs"]);
    for words in [
        "false match: two dispatches (wrong)",
        "missed: one dispatch (wrong)",
        "harbour.txt: The council of Aldmoor voted",
        "heron.txt: A heron was seen",
    ] {
        assert!(text.contains(words), "{words} is not in:\n{text}");
    }
    let none = desk.out(&["eval", "--pairs", "wrong.tsv", "--docs", "docs", "--errors", "0"]);
    assert!(!none.contains("false match"));
}

#[test]
fn alone_uses_the_background_table_only() {
    let desk = desk();
    let (among, alone) =
        (desk.json(&eval(&["--format", "json"])), desk.json(&eval(&["--alone", "--format", "json"])));
    assert_eq!(alone["overall"]["n"], 4);
    assert_ne!(among["reliability"], alone["reliability"], "other weights give other scores");
}

#[test]
fn several_files_of_labels_and_documents_are_combined() {
    let desk = desk();
    desk.file("more.tsv", "a.txt\tb.txt\t0\tmore\n");
    let args = eval(&["--pairs", "more.tsv", "--docs", "corpus", "--format", "json"]);
    let report = desk.json(&args);
    assert_eq!((&report["overall"]["n"], &report["sets"]["more"]["n"]), (&5.into(), &1.into()));
}

#[test]
fn auc_of_one_label_is_undefined() {
    let desk = desk();
    desk.file("ones.tsv", "harbour.txt\treprint.txt\t1\n");
    let args = ["eval", "--pairs", "ones.tsv", "--docs", "docs", "--format", "json"];
    let overall = &desk.json(&args)["overall"];
    assert_eq!((&overall["auc"], &overall["recall"]), (&Value::Null, &1.0.into()));
    assert!(desk.out(&args[..5]).contains(" - "));
}

#[test]
fn errors_in_labels_are_reported_with_file_and_line() {
    let desk = desk();
    desk.file("bad.tsv", "a\tb\tsame_dispatch\tset\nharbour.txt\treprint.txt\tyes\tx\n");
    let bad = desk.trouble(&["eval", "--pairs", "bad.tsv", "--docs", "docs"]);
    assert_eq!(bad, "error: bad.tsv:2: expected 0 or 1 for same_dispatch, found \"yes\"\n");
    desk.file("unknown.tsv", "harbour.txt\tgone.txt\t1\n");
    let unknown = desk.trouble(&["eval", "--pairs", "unknown.tsv", "--docs", "docs"]);
    assert_eq!(unknown, "error: pairs: no document has the id \"gone.txt\"\n");
    let candidates = desk.trouble(&["eval", "--pairs", "unknown.tsv", "--docs", "docs", "--candidates"]);
    assert_eq!(candidates, unknown);
    for (args, name) in [
        (["eval", "--pairs", "none.tsv", "--docs", "docs"], "none.tsv"),
        (["eval", "--pairs", "pairs.tsv", "--docs", "nowhere"], "nowhere"),
        (["eval", "none.jsonl", "--gold", "pairs.tsv", "--no-config"], "none.jsonl"),
    ] {
        assert_eq!(desk.trouble(&args), format!("error: {name}: No such file or directory\n"));
    }
    for args in [&["eval"][..], &["eval", "--pairs", "pairs.tsv"], &["eval", "run.jsonl"]] {
        assert!(desk.trouble(args).contains("Usage"), "{args:?}");
    }
}

#[test]
fn perturbations_are_selected_by_name() {
    let desk = desk();
    let text = desk.out(&eval(&["--perturb", "upper_case,ocr_3", "--perturb", "upper_case"]));
    let names: Vec<&str> = text.lines().skip(3).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["none", "upper_case", "ocr_3"]);
    assert!(desk.out(&eval(&["--perturb", "style", "-v"])).contains("\n  rewrites "));
    assert!(desk.trouble(&eval(&["--perturb", "backwards"])).contains("any of boilerplate_3, boilerplate_6"));
    let all = desk.json(&eval(&["--perturb", "all", "--format", "json"]));
    let rows = all["perturbations"].as_array().unwrap();
    assert_eq!(rows.len(), wirecopy_lab::perturb::Perturbation::ALL.len() + 1);
    assert_eq!(keys(&rows[0]["sets"]), ["copies", "others", "rewrites"]);
    for row in rows {
        assert_eq!(keys(&row["overall"]), ["true_pairs", "recall", "false_pairs", "wrong"]);
    }
    assert_eq!(rows[0]["overall"]["true_pairs"], 2);
    let again = desk.json(&eval(&["--perturb", "all", "--format", "json", "-j", "1"]));
    assert_eq!(all, again);
}

#[test]
fn candidates_are_counted_among_other_documents() {
    let desk = desk();
    let report = desk.json(&eval(&["--candidates", "--among", "corpus", "--format", "json"]));
    assert_eq!((&report["documents"], &report["overall"]["true_pairs"]), (&7.into(), &2.into()));
    assert_eq!(report["overall"]["met"], 2);
    assert_eq!(
        (&report["overall"]["recall"], &report["overall"]["recall_of_usable"]),
        (&1.0.into(), &1.0.into())
    );
    assert_eq!(keys(&report["sets"]), ["copies", "rewrites"]);
    assert!(desk.out(&eval(&["--candidates"])).starts_with("5 documents, 4 after copies are collapsed; "));
}

/// Runs over `docs`, and writes a gold file that differs from the result: the heron belongs to the harbour, and the rewrite to
/// a family of its own.
fn run_and_gold(desk: &Desk) {
    desk.out(&["cluster", "docs", "-q", "-o", "run.jsonl"]);
    desk.file(
        "gold.tsv",
        "id\tfamily\nharbour.txt\tf\nreprint.txt\tf\nheron.txt\tf\nreworded.txt\tg\nwheat.txt\th\n",
    );
}

#[test]
fn run_is_measured_against_gold_families() {
    let desk = desk();
    run_and_gold(&desk);
    let args = ["eval", "run.jsonl", "--gold", "gold.tsv", "--format", "json"];
    let report = desk.json(&args);
    let overall = &report["overall"];
    for key in [
        "pair_precision",
        "pair_recall",
        "pair_f1",
        "bcubed_precision",
        "bcubed_recall",
        "bcubed_f1",
        "ari",
        "false_merges_per_1000",
    ] {
        assert!(overall[key].is_number(), "{key}: {overall}");
        let interval = &overall["intervals"][key];
        assert!(
            interval["low"].as_f64() <= interval["high"].as_f64() && interval["low"].is_number(),
            "{key}"
        );
    }
    assert!((overall["pair_precision"].as_f64().unwrap() - 1.0 / 3.0).abs() < 1e-9);
    assert!((overall["pair_recall"].as_f64().unwrap() - 1.0 / 3.0).abs() < 1e-9);
    assert_eq!(overall["false_merges_per_1000"], 200.0);
    assert_eq!(report["sets"]["eng"]["documents"], 5);
    assert_eq!(report["splits"][0]["family"], "f");
}

#[test]
fn errors_of_a_run_are_listed_with_first_lines() {
    let desk = desk();
    run_and_gold(&desk);
    let text = desk.out(&["eval", "run.jsonl", "--gold", "gold.tsv", "-v"]);
    for words in [
        "pair_precision",
        "false_merges_per_1000",
        "language",
        "eng ",
        "several families in one cluster\n  harbour.txt: The council of Aldmoor voted",
        "  reworded.txt: Aldmoor's council decided",
        "one family split over several clusters or left out\n",
        "  heron.txt: A heron was seen",
    ] {
        assert!(text.contains(words), "{words} is not in:\n{text}");
    }
    std::fs::remove_dir_all(desk.path().join("docs")).unwrap();
    assert!(desk.out(&["eval", "run.jsonl", "--gold", "gold.tsv"]).contains("\n  harbour.txt: \n"));
}

#[test]
fn gold_without_ids_of_the_run_is_an_error() {
    let desk = desk();
    run_and_gold(&desk);
    desk.file("other.tsv", "x\tf\ny\tf\n");
    let message = desk.trouble(&["eval", "run.jsonl", "--gold", "other.tsv"]);
    assert_eq!(message, "error: other.tsv: none of the ids occurs in the run\n");
    desk.file("none.tsv", "id\tfamily\n");
    let message = desk.trouble(&["eval", "run.jsonl", "--gold", "none.tsv"]);
    assert!(message.starts_with("error: none.tsv: no document is listed"), "{message}");
    desk.file("twice.tsv", "harbour.txt\tf\nharbour.txt\tg\n");
    let message = desk.trouble(&["eval", "run.jsonl", "--gold", "twice.tsv"]);
    assert_eq!(message, "error: twice.tsv:2: the id \"harbour.txt\" is listed twice\n");
}

/// Writes 24 invented stories with a rewrite each, and labels, and returns the number of labelled pairs.
fn labels(desk: &Desk) -> usize {
    let places = ["Aldmoor", "Tolven", "Marnes", "Orlava", "Skarvik", "Dunmere", "Velha", "Brixen"];
    let things = ["harbour", "bridge", "mill", "school", "museum", "railway", "market", "reservoir"];
    let mut pairs = String::new();
    for story in 0..24 {
        let (place, thing) = (places[story % 8], things[(story * 3 + story / 8) % 8]);
        let (cost, workers) = (1_100 + 37 * story, 40 + 11 * story);
        let first = format!(
            "The {thing} of {place} will close in week {story}. Repairs cost {cost} crowns, the council of {place} said. \
             Some {workers} workers are sent home. Their union called the plan number {story} a shame for the {thing}."
        );
        let second = format!(
            "In week {story} the {thing} of {place} is to shut. The council put the repairs at {cost} crowns. About \
             {workers} workers must go home, and a shame for the {thing} is what their union called plan number {story}."
        );
        desk.file(&format!("docs/{story}-a.txt"), &first);
        desk.file(&format!("docs/{story}-b.txt"), &second);
        let _ = writeln!(pairs, "{story}-a.txt\t{story}-b.txt\t1\trewrites");
        let _ = writeln!(pairs, "{story}-a.txt\t{}-b.txt\t0\tothers", (story + 5) % 24);
    }
    desk.file("labels.tsv", &pairs);
    48
}

#[test]
fn fitted_model_is_written_and_can_be_used() {
    let desk = desk();
    let pairs = labels(&desk);
    let text = desk.out(&["calibrate", "--pairs", "labels.tsv", "--docs", "docs", "-o", "model.json"]);
    for word in ["Cross-validated over 2 folds", "By perturbation", "rewrites", "others"] {
        assert!(text.contains(word), "{word} is not in:\n{text}");
    }
    let model: Value = serde_json::from_str(&desk.read("model.json")).unwrap();
    assert_eq!(model["fitted_on"]["pairs"], pairs);
    // No source of these documents is known, so that pairs of one source are like all others published near each other.
    assert_eq!(model["with_passages_one_source"], model["with_passages_near"]);
    for command in [&["cluster", "docs"][..], &["eval", "--pairs", "pairs.tsv", "--docs", "docs"]] {
        assert!(!desk.out(&[command, &["--model", "model.json"]].concat()).is_empty());
    }
    desk.out(&["cluster", "docs", "--model", "model.json", "-q", "-o", "run.jsonl"]);
    assert!(desk.read("run.jsonl").lines().next().unwrap().contains("model.json"));
}

#[test]
fn too_few_labels_are_an_error() {
    let desk = desk();
    desk.file("ones.tsv", "harbour.txt\treprint.txt\t1\n");
    let args = ["calibrate", "--pairs", "ones.tsv", "--docs", "docs", "-o", "model.json"];
    assert_eq!(
        desk.trouble(&args),
        "error: pairs: a model needs at least 20 different true and 20 different false pairs, found 1 and 0\n"
    );
    assert!(!desk.names().contains(&"model.json".to_owned()));
    desk.file("model.json", "{}");
    assert!(desk.trouble(&["cluster", "docs", "--model", "model.json"]).contains("model.json"));
}

#[test]
fn which_of_two_documents_with_one_id_is_judged_does_not_depend_on_their_order() {
    let desk = Desk::new();
    let harbour =
        "The council of Aldmoor voted on Tuesday to close the harbour for repairs until the spring.";
    let mut records = [
        format!("{{\"id\": \"a\", \"text\": \"{harbour}\"}}"),
        "{\"id\": \"a\", \"text\": \"A heron was seen on the roof.\"}".to_owned(),
        format!("{{\"id\": \"b\", \"text\": \"{harbour}\"}}"),
    ];
    // The heron loses the id and has that of its own place, in the middle either way.
    desk.file("pairs.tsv", "a\tb\t1\tall\nnews.jsonl#2\tb\t0\tall\n");
    for _ in 0..2 {
        desk.file("news.jsonl", &records.join("\n"));
        let args = ["eval", "--pairs", "pairs.tsv", "--docs", "news.jsonl", "--format", "json"];
        let figures: Value = desk.json(&args);
        assert_eq!(figures["overall"]["recall"], 1.0, "{figures}");
        records.reverse();
    }
}
