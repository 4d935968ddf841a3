//! Tests comparisons of invented texts.

use super::*;
use crate::TextStyle;
use wirecopy_core::document::{Delivery, Metadata};

const STORY: &str = "The harbour board voted on Tuesday to close the old lighthouse after engineers found cracks in \
    its granite base. Ships will be guided by an automatic beacon on the northern pier until spring, the board \
    said, and the keeper's cottage will become a museum of the coast. Residents had asked for a longer debate.\n\
    Share this story\n";
const REWRITTEN: &str = "Cracks that engineers discovered in the granite base of the old lighthouse have led the harbour \
    board to vote on Tuesday for its closure. An automatic beacon on the northern pier is to guide ships until spring, \
    and the cottage of the keeper will be turned into a museum of the coast, the board said. A longer debate had been \
    asked for by residents.";
const OTHER: &str = "Wheat prices rose for a third week as dry weather in the plains cut the harvest, traders said. \
    Exporters expect shipments to fall by a tenth before the spring and asked for lower freight rates.";

fn document(id: &str, text: &str, date: Option<&str>) -> Document {
    let meta =
        Metadata { date: date.map(str::to_owned), published: date.map(str::to_owned), ..Metadata::default() };
    Document { id: id.to_owned(), text: text.to_owned(), meta, ..Document::default() }
}

fn compared(a: &str, b: &str) -> Comparison {
    compare(&document("a", a, None), &document("b", b, None), &Config::default()).unwrap()
}

fn text(comparison: &Comparison, width: usize, color: bool) -> String {
    let mut out = Vec::new();
    comparison.write_text(&mut out, &TextStyle { width, color, verbosity: 0 }).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn relations_are_recognised() {
    assert_eq!(compared(STORY, &STORY.to_uppercase()).relation, Some(Relation::Identical));
    assert_eq!(compared(STORY, &STORY.replace("Tuesday", "Friday")).relation, Some(Relation::Copy));
    let rewrite = compared(STORY, REWRITTEN);
    assert_eq!((rewrite.relation, rewrite.reason), (Some(Relation::Rewrite), Reason::Scored));
    assert!(rewrite.sentence().starts_with("Yes, a rewrite (score "), "{}", rewrite.sentence());
    let nothing = compared(STORY, OTHER);
    assert_eq!(nothing.relation, None);
    assert!(nothing.sentence().starts_with("No"), "{}", nothing.sentence());
    let empty = compared("", "");
    assert!(text(&empty, 80, false).contains("words"));
}

#[test]
fn versions_of_one_item_are_named_as_such() {
    let version = |id: &str, guid: &str, text: &str| {
        let mut document = document(id, text, None);
        document.meta.delivery =
            Some(Box::new(Delivery { guid: Some(guid.to_owned()), ..Delivery::default() }));
        document
    };
    let compared = |guid: &str, text: &str| {
        let (a, b) = (version("a", "urn:newsml:coast.example:1", STORY), version("b", guid, text));
        compare(&a, &b, &Config::default()).unwrap()
    };
    let same = compared("urn:newsml:coast.example:1", OTHER);
    assert_eq!((same.relation, same.reason), (Some(Relation::Version), Reason::SameItem));
    assert_eq!(
        same.sentence(),
        "Yes, two versions of one item, with the same identifier: 0 % of the shingles of B, the shorter one, are in A."
    );
    let shown = text(&same, 80, false);
    assert!(shown.contains("score            1.00\n"), "{shown}");
    let copy = compared("urn:newsml:coast.example:1", &STORY.replace("Tuesday", "Friday"));
    assert!(
        copy.sentence().starts_with("Yes, a copy (both are versions of one item): "),
        "{}",
        copy.sentence()
    );
    assert_eq!(compared("urn:newsml:coast.example:2", OTHER).relation, None);
    // A number is not an identifier for the whole world.
    assert_eq!(compared("17", OTHER).relation, None);
}

#[test]
fn parts_add_up_to_the_score() {
    let rewrite = compared(STORY, REWRITTEN);
    let weighed = rewrite.weighed.as_ref().unwrap();
    assert!((wirecopy_core::score::logistic(weighed.log_odds()) - rewrite.score.get()).abs() < 1e-9);
    assert!(weighed.parts.windows(2).all(|two| two[0].adds.abs() >= two[1].adds.abs()));
}

#[test]
fn rewrite_outside_the_window_is_rejected() {
    let config = Config::default();
    let (a, b) = (document("a", STORY, Some("2024-03-01")), document("b", REWRITTEN, Some("2024-03-30")));
    let far = compare(&a, &b, &config).unwrap();
    assert_eq!((far.relation, far.reason), (None, Reason::Apart));
    assert!(far.sentence().contains("29 days apart"));
    assert!(text(&far, 80, false).contains("B is 29 days later"));
    let copy = compare(&a, &document("b", STORY, Some("2024-03-30")), &config).unwrap();
    assert_eq!(copy.relation, Some(Relation::Identical), "the window does not apply to copies");
}

#[test]
fn copy_outside_the_window_with_new_text_is_partial() {
    let sent = |news: &str, years: &str, date: &str| {
        let text = format!(
            "{news} Here are facts about the canal.\n\nThe canal joins the lakes of Orlava with the sea at Skarvik. It was \
             dug between the wars and has nine locks, of which the one at Tolven is the deepest.\n\nShips of up to four \
             thousand tonnes pass it in two days. The way around the cape takes a week, and the council of six towns lives \
             on its tolls.\n\nThe last accident closed the lock at Tolven for {years}, when a barge with gravel sank under \
             the gate. Divers took the wreck apart by hand."
        );
        document(date, &text, Some(date))
    };
    let first = sent("The council said on Monday that the lock will close in May.", "a month", "2024-03-01");
    let second = sent("Tolls on the canal will rise by 6 percent.", "six weeks", "2024-03-30");
    let config = Config::default();
    let far = compare(&first, &second, &config).unwrap();
    assert!(far.jaccard >= config.matching.threshold, "{}", far.jaccard);
    assert_eq!((far.relation, far.reason), (Some(Relation::Partial), Reason::Apart));
    assert!(far.sentence().contains("29 days apart"), "{}", far.sentence());
    let mut blind = config.clone();
    blind.matching.ignore_dates = true;
    assert_ne!(compare(&first, &second, &blind).unwrap().reason, Reason::Apart);
}

#[test]
fn passages_words_and_boilerplate_are_marked() {
    let rewrite = compared(STORY, REWRITTEN);
    let word = |side: &Side, text: &str| {
        let found = side.words.iter().find(|word| &side.text[word.bytes.clone()] == text);
        found.map(|word| word.mark)
    };
    assert_eq!(word(&rewrite.a, "lighthouse"), Some(Mark::Shared));
    assert_eq!(word(&rewrite.b, "discovered"), Some(Mark::Own));
    assert_eq!(word(&rewrite.a, "the"), Some(Mark::Small));
    assert_eq!(word(&rewrite.a, "Share"), None, "boilerplate is not compared");
    assert!(rewrite.a.pieces.last().unwrap().boilerplate);
    let matched = rewrite.a.pieces.iter().filter(|piece| piece.matched).count();
    assert_eq!(matched, 3, "{:#?}", rewrite.a.pieces);
    let wide = text(&rewrite, 160, true);
    assert!(wide.contains("│") && wide.contains("\u{1b}[2mShare"), "{wide}");
    assert!(text(&rewrite, 80, false).contains("A  ~ Share this story\n"));
}

#[test]
fn text_fits_the_terminal() {
    let rtl = "اصطدمت ناقلة نفط بسفينة شحن قبالة الساحل يوم الثلاثاء وقال خفر السواحل إن ثلاثة بحارة ما زالوا في عداد المفقودين.";
    let han = "周二深夜一艘渡轮在港口外沉没，救援人员救起四十一名乘客，另有三人失踪，海事部门已展开调查。"
        .repeat(3);
    let thai = "เรือเฟอร์รี่จมลงนอกชายฝั่งเมื่อคืนวันอังคาร".repeat(6);
    let title = "A headline of three hundred letters ".repeat(9);
    for text_of in [STORY, REWRITTEN, rtl, &han, &thai, &"x".repeat(500)] {
        let mut a = document(&"long/path/".repeat(30), text_of, Some("2024-03-01"));
        a.meta.title = Some(title.clone());
        let comparison = compare(&a, &document("b", REWRITTEN, None), &Config::default()).unwrap();
        for width in [60, 79, 80, 119, 120, 200] {
            for line in text(&comparison, width, false).lines() {
                assert!(crate::width(line) <= width, "{width}: {line}");
            }
        }
    }
}

#[test]
fn control_characters_are_replaced() {
    let hostile = format!(
        "{STORY}\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}esrever \u{9b}31m <script>alert(1)</script> said it."
    );
    let shown = text(&compared(&hostile, STORY), 120, false);
    assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "{shown:?}");
    assert!(!shown.contains('\u{202e}') && shown.contains("<script>alert(1)</script>"));
}

#[test]
fn json_agrees_with_the_comparison() {
    let rewrite = compared(STORY, REWRITTEN);
    let json: serde_json::Value = serde_json::from_str(&rewrite.to_json().unwrap()).unwrap();
    assert_eq!(json["relation"], "rewrite");
    assert_eq!(json["verdict"], rewrite.sentence());
    assert_eq!(json["passages"].as_array().unwrap().len(), rewrite.rows.len());
    assert!(json["features"].as_array().unwrap().len() > 5);
    let none: serde_json::Value = serde_json::from_str(&compared(STORY, OTHER).to_json().unwrap()).unwrap();
    assert_eq!(none["relation"], serde_json::Value::Null);
}

#[test]
fn sums_of_earlier_reports_apply_to_the_pairs_that_they_were_for() {
    let model = ModelLine::of(&Model::shipped().unwrap());
    let values = |set: &[&str]| -> Vec<f64> {
        let of = |addend: &wirecopy_core::score::Addend| f64::from(u8::from(set.contains(&&*addend.feature)));
        model.without_passages.features.iter().map(of).collect()
    };
    let kinds =
        [&[][..], &["passages"], &["passages", "near"], &["passages", "near", "same_source"]].map(values);
    let intercepts = |model: &ModelLine| kinds.each_ref().map(|values| model.sum_of(values).intercept);
    let [none, passages, near, same_source] = intercepts(&model);
    assert!(none != passages && passages != near && near != same_source);
    let earlier =
        |sums: usize| ModelLine { with_passages: model.with_passages[..sums].to_vec(), ..model.clone() };
    assert_eq!(intercepts(&earlier(2)), [none, passages, near, near]);
    assert_eq!(intercepts(&earlier(0)), [none; 4]);
}
