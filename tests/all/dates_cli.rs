//! Tests the dates that `wirecopy cluster` reports for inputs of many formats.
#![cfg(feature = "cli")]

use std::collections::BTreeMap;
use std::fs;

use crate::desk::{Desk, HARBOUR, trouble};
use serde_json::{Value, json};

/// Returns the lines of the report of a run with `args`.
fn run(desk: &Desk, args: &[&str]) -> Vec<Value> {
    desk.out(&[&["cluster", "-q", "in", "-o", "run.jsonl"], args].concat());
    desk.lines("run.jsonl")
}

/// Returns `published` of each document by id, or else the problem with its date.
fn dates(lines: &[Value]) -> BTreeMap<String, String> {
    let documents = lines.iter().filter(|line| line["type"] == "document");
    let date = |line: &Value| {
        let of = |key: &str| line[key].as_str().map(str::to_owned);
        of("published").or_else(|| of("date_problem")).unwrap_or_default()
    };
    documents.map(|line| (line["id"].as_str().unwrap().to_owned(), date(line))).collect()
}

fn desk_with(dates: &[(&str, &str)]) -> Desk {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("in")).unwrap();
    let record = |(id, date): &(&str, &str)| {
        json!({"id": id, "date": date, "text": HARBOUR, "source": id}).to_string()
    };
    desk.file("in/feed.jsonl", &(dates.iter().map(record).collect::<Vec<_>>().join("\n") + "\n"));
    desk
}

#[test]
fn afternoon_is_later_than_morning() {
    let desk = desk_with(&[
        ("second", "March 11, 2024 3:05 PM"),
        ("first", "March 11, 2024 10:00 AM"),
        ("third", "2024-03-11 16:00"),
    ]);
    let lines = run(&desk, &[]);
    let cluster = lines.iter().find(|line| line["type"] == "cluster").unwrap();
    assert_eq!((&cluster["earliest"], &cluster["earliest_by"]), (&json!("first"), &json!("date")));
    assert_eq!(dates(&lines)["second"], "2024-03-11T15:05:00");
}

#[test]
fn impossible_dates_are_rejected_with_a_reason() {
    let desk = desk_with(&[
        ("buddhist", "2567-03-11"),
        ("never", "9999-12-31"),
        ("epoch", "1970-01-01T00:00:00Z"),
        ("hastings", "1066-10-14"),
        ("thai", "11 มีนาคม พ.ศ. 2567"),
        ("february", "2024-02-31"),
    ]);
    let dates = dates(&run(&desk, &[]));
    for (id, part) in [
        ("buddhist", "Buddhist calendar"),
        ("never", "in the future"),
        ("epoch", "placeholder"),
        ("hastings", "before the first newspapers"),
        ("february", "no such day"),
    ] {
        assert!(dates[id].contains(part), "{id}: {}", dates[id]);
    }
    assert_eq!(dates["thai"], "2024-03-11");
}

#[test]
fn timezone_applies_to_times_without_a_zone() {
    let desk =
        desk_with(&[("bare", "2024-03-11 07:20"), ("utc", "2024-03-11T07:20:00Z"), ("day", "2024-03-11")]);
    let dates = |args: &[&str]| dates(&run(&desk, args)).into_values().collect::<Vec<_>>();
    assert_eq!(dates(&[]), ["2024-03-11T07:20:00", "2024-03-11", "2024-03-11T07:20:00Z"]);
    assert_eq!(
        dates(&["--timezone", "+05:30"]),
        ["2024-03-11T07:20:00+05:30", "2024-03-11", "2024-03-11T07:20:00Z"]
    );
    assert_eq!(dates(&["--timezone", "-03:00"])[0], "2024-03-11T07:20:00-03:00");
    desk.file("wirecopy.toml", "[ingest]\ntimezone = \"+01:00\"\n");
    assert_eq!(dates(&[])[0], "2024-03-11T07:20:00+01:00");
    let message = trouble(&mut desk.command(&["cluster", "in", "--timezone", "Norvik"]));
    assert!(message.contains("ingest.timezone") && message.contains("`Norvik`"), "{message}");
}

#[test]
fn first_lines_yield_only_dates_of_publication() {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("in")).unwrap();
    for (name, line) in [
        ("author", "By A. Person | April 12, 2024 | 3 min read"),
        ("posted", "Posted by admin on April 12, 2024 in News"),
        ("tweet", "— Aldmoor FC (@aldmoorfc) June 1, 2017"),
        ("validity", "Valid until 31.12.2030"),
        ("birth", "Born 4 May 1952 in Aldmoor"),
        ("photo", "Photo taken on 12 May 2011"),
        ("update", "Last updated: 5 January 2015"),
    ] {
        desk.file(&format!("in/{name}.txt"), &format!("Harbour to close\n\n{line}\n\n{HARBOUR}\n"));
    }
    let dates = dates(&run(&desk, &[]));
    for (id, date) in dates {
        let expected = if id == "author.txt" || id == "posted.txt" { "2024-04-12" } else { "" };
        assert_eq!(date, expected, "{id}");
    }
}

#[cfg(feature = "html")]
#[test]
fn date_of_a_page_is_that_of_its_article() {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("in")).unwrap();
    let page = |name: &str, head: &str, above: &str, below: &str| {
        let text = format!("<p>{HARBOUR}</p><p>{HARBOUR}</p>");
        let page = format!(
            "<!doctype html><html lang=en><head><meta charset=utf-8><title>Harbour to close</title>{head}</head><body>{above}\
             <div class=main><h1>Harbour to close</h1>{below}{text}</div></body></html>"
        );
        desk.file(&format!("in/{name}.html"), &page);
    };
    let json = |json: &str| format!("<script type='application/ld+json'>{json}</script>");
    page("microdata", "", "", "<span itemprop=datePublished content=2024-03-11>11 Mar</span>");
    page(
        "sidebar",
        "",
        "<aside><time datetime=2024-05-20>x</time></aside>",
        "<p class=date>11 March 2024</p>",
    );
    page(
        "pubdate",
        "",
        "",
        "<time datetime=2024-03-12>Updated</time><time datetime=2024-03-11 pubdate>x</time>",
    );
    page("sloppy", &json("{\"headline\": \"a\nb\", \"datePublished\": \"2024-03-11\",}"), "", "");
    page(
        "entity",
        &json(
            r#"{"@type": "WebPage", "mainEntity": {"@type": "NewsArticle", "datePublished": "2024-03-11"}}"#,
        ),
        "",
        "",
    );
    page("property", "<meta property='article:published' content='2024-03-11'>", "", "");
    page("arabic", "<meta name=date content='١١ آذار ٢٠٢٤'>", "", "");
    page("refused", "<meta name=date content='2567-03-11'>", "", "");
    let mut dates = dates(&run(&desk, &[]));
    assert!(dates.remove("refused.html").unwrap().contains("Buddhist"));
    assert_eq!(dates.len(), 7);
    assert!(dates.values().all(|date| date == "2024-03-11"), "{dates:?}");
}
