//! Tests that every command accepts a fresh run without a warning.
#![cfg(feature = "cli")]

use std::fs;

use crate::desk::Desk;
use proptest::prelude::*;

const STORIES: [&[&str]; 6] = [
    &[
        "HAVNBY, March 11 (Halden Press) - A gantry crane toppled onto two container rows early on Monday, injuring four.",
        "The crane, built in 1994, gave way while it was lifting an empty unit from a feeder ship, the harbour master said.",
        "Labour inspectors have sealed the wreck and asked for the maintenance logs of all three gantries.",
    ],
    &[
        "Wheat prices in Orlava fell for a third week as rain reached the southern plains, traders said on Tuesday.",
        "Mills have bought 40,000 tonnes since the weekend. \"Nobody wants to be short in May,\" one of them said.",
    ],
    &[
        "The council of Aldmoor voted to close the harbour for repairs after engineers found cracks in two piers.",
        "Ferries to Tolven will leave from the fishing dock until the spring, the mayor stderr reporters.",
        "Traders fear for their summer. The union of dockers wants pay for 214 idle days.",
    ],
    &[
        "A court in Belfonte freed the former mayor on bail. Prosecutors said that they would appeal within the week.",
    ],
    &[
        "El puerto de Lobeira cerró el martes por el temporal, informó la autoridad portuaria.",
        "Unos 300 pasajeros esperan en la estación marítima a que amaine el viento.",
    ],
    &[
        "港口管理局周二宣布，由于风暴，港口将关闭三天。约三百名旅客滞留在码头。",
        "渡轮公司表示，周五之前不会恢复航班。",
    ],
];
const TOPS: [&str; 4] =
    ["", "Share on Facebook\nTweet\n\n", "Home | World | Sport\n\n", "By Ann Roe\nPublished 3 hours ago\n\n"];
const ENDS: [&str; 6] = [
    "",
    "\n\nRead also: Ten things to know today",
    "\n\nShare this article\nFollow us on Twitter\n#news #harbour",
    "\n\nSign up here for the Morning Post newsletter, and we will send you our best stories at dawn.",
    " Sign up here for the Morning Post newsletter, and we will send you our best stories at dawn.",
    "\n\nSubscribe to the Herald for full access to every story of our reporters across the four islands.",
];

/// One print of a story: story, boilerplate above and below, line breaks, source, date, format.
type Print = (usize, usize, usize, usize, usize, usize, usize);

fn text((story, top, end, breaks, ..): Print) -> String {
    let separator = ["\n\n", "\n", " "][breaks];
    format!("{}{}{}", TOPS[top], STORIES[story].join(separator), ENDS[end])
}

/// Writes the prints as text files, JSON records, CSV rows and HTML pages.
fn lay_out(desk: &Desk, prints: &[Print]) {
    let (mut records, mut rows) = (String::new(), String::from("id,text,source,date\n"));
    for (at, &print) in prints.iter().enumerate() {
        let (_, _, _, _, source, date, form) = print;
        let source = ["Post", "Herald", ""][source];
        let date = ["", "2024-03-11", "2024-03-11 09:30:00"][date];
        let text = text(print);
        match form {
            0 => {
                fs::create_dir_all(desk.path().join(format!("in/{source}"))).unwrap();
                desk.file(&format!("in/{source}/{at}.txt"), &text);
            }
            1 => {
                let record =
                    serde_json::json!({"id": format!("r{at}"), "text": text, "source": source, "date": date});
                records += &(record.to_string() + "\n");
            }
            2 => rows += &format!("c{at},\"{}\",{source},{date}\n", text.replace('"', "\"\"")),
            _ => {
                let paragraphs: Vec<String> = text.split('\n').map(|line| format!("<p>{line}</p>")).collect();
                let page = format!(
                    "<html><head><title>Print</title></head><body><nav><a href=x>Home</a></nav><article>\
                    {}</article></body></html>",
                    paragraphs.concat()
                );
                desk.file(&format!("in/{at}.html"), &page);
            }
        }
    }
    if !records.is_empty() {
        desk.file("in/feed.jsonl", &records);
    }
    if rows.lines().count() > 1 {
        desk.file("in/table.csv", &rows);
    }
}

/// Checks that the command exits with 0 and prints no warning.
fn quiet(desk: &Desk, args: &[&str]) -> Result<(), TestCaseError> {
    let output = desk.run(args);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    prop_assert_eq!(output.status.code(), Some(0), "{:?}: {}", args, stderr);
    prop_assert!(!stderr.contains("warning"), "{:?}: {}", args, stderr);
    Ok(())
}

fn every_command_accepts(prints: &[Print], settings: &[&str]) -> Result<(), TestCaseError> {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("in")).unwrap();
    lay_out(&desk, prints);
    quiet(&desk, &[&["cluster", "in", "-o", "run.jsonl", "--html", "first.html"], settings].concat())?;
    quiet(&desk, &["report", "run.jsonl", "-o", "page.html"])?;
    for form in
        [&[][..], &["--drop"], &["--paths"], &["--dry-run"], &["--format", "jsonl"], &["--copy-to", "kept"]]
    {
        quiet(&desk, &[&["keep", "run.jsonl"], form].concat())?;
    }
    let documents = desk.of_type("run.jsonl", "document");
    let gold: String =
        documents.iter().map(|line| format!("{}\tf\n", line["id"].as_str().unwrap())).collect();
    desk.file("gold.tsv", &gold);
    quiet(&desk, &["eval", "run.jsonl", "--gold", "gold.tsv"])?;
    for pair in documents
        .chunks(2)
        .filter(|pair| pair.len() == 2 && pair.iter().all(|line| line["no_article"].is_null()))
    {
        let [a, b] = [0, 1].map(|at| pair[at]["id"].as_str().unwrap());
        quiet(&desk, &["compare", "--run", "run.jsonl", a, b])?;
    }
    Ok(())
}

fn print() -> impl Strategy<Value = Print> {
    (0..STORIES.len(), 0..TOPS.len(), 0..ENDS.len(), 0..3usize, 0..3usize, 0..3usize, 0..4usize)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn every_command_accepts_any_fresh_run(
        prints in prop::collection::vec(print(), 1..16),
        settings in prop::sample::select(vec![&[][..], &["--keep-boilerplate"], &["--no-rewrites"], &["-j", "1"]]),
    ) {
        every_command_accepts(&prints, settings)?;
    }
}

#[test]
fn boilerplate_of_reprints_is_counted_separately() {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("in")).unwrap();
    let prints: Vec<Print> = (0..3).map(|at| (0, at, at, 0, 0, 0, 1)).collect();
    lay_out(&desk, &prints);
    desk.out(&["cluster", "in", "-q", "-o", "run.jsonl"]);
    let counts: Vec<(u64, u64)> = desk
        .of_type("run.jsonl", "document")
        .iter()
        .map(|line| (line["tokens"].as_u64().unwrap(), line["boilerplate_tokens"].as_u64().unwrap()))
        .collect();
    let text: Vec<u64> = counts.iter().map(|(tokens, boilerplate)| tokens - boilerplate).collect();
    assert!(text.iter().all(|&words| words == text[0]), "{counts:?}");
    assert!(counts[1..].iter().all(|count| count.1 > counts[0].1), "{counts:?}");
    every_command_accepts(&prints, &[]).unwrap();
}

/// The learned notice is on a separate line in some prints, and after the last sentence in others.
#[test]
fn learned_boilerplate_is_counted_by_the_lines_of_each_print() {
    let mut prints: Vec<Print> = Vec::new();
    for story in 0..4 {
        for (end, breaks) in [(3, 0), (4, 0), (3, 1), (3, 0)] {
            prints.push((story, story % 2, end, breaks, 0, 0, 1));
        }
    }
    let desk = Desk::new();
    fs::create_dir(desk.path().join("in")).unwrap();
    lay_out(&desk, &prints);
    desk.out(&["cluster", "in", "-q", "-o", "run.jsonl"]);
    assert!(desk.read("run.jsonl").contains("{\"type\":\"boilerplate\""), "the notice was learned");
    every_command_accepts(&prints, &[]).unwrap();
}

#[test]
fn file_with_a_future_date_does_not_count_as_changed() {
    let desk = Desk::new();
    let tomorrow = std::time::SystemTime::now() + std::time::Duration::from_secs(86_400);
    fs::File::options()
        .write(true)
        .open(desk.path().join("corpus/a.txt"))
        .unwrap()
        .set_modified(tomorrow)
        .unwrap();
    desk.out(&["cluster", "corpus", "-q", "-o", "run.jsonl"]);
    for form in [&[][..], &["--format", "jsonl"]] {
        desk.out(&[&["keep", "run.jsonl", "-q"], form].concat());
    }
}
