//! Versions, corrections and cancellations of delivered items, in NewsML-G2 and ninjs.

use serde_json::{Value, json};

use crate::desk::{Desk, FERRY, HARBOUR};

/// Returns a message of NewsML-G2 with one version of an invented item.
fn newsml(version: u32, status: &str, signal: &str, headline: &str, text: &str) -> String {
    // Versions of an item may be weeks apart.
    let day = 3 + 8 * version;
    let signal = if signal.is_empty() { String::new() } else { format!("<signal qcode=\"sig:{signal}\"/>") };
    let body = if text.is_empty() {
        String::new()
    } else {
        format!(
            "<contentSet><inlineXML contenttype=\"application/xhtml+xml\"><html xmlns=\"http://www.w3.org/1999/xhtml\"><body>\
             <p>{text}</p></body></html></inlineXML></contentSet>"
        )
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<newsMessage xmlns=\"http://iptc.org/std/nar/2006-10-01/\"><itemSet>\
         <newsItem guid=\"urn:newsml:coast.example:20240311:harbour\" version=\"{version}\" standard=\"NewsML-G2\" \
         standardversion=\"2.30\" xml:lang=\"en\"><itemMeta><itemClass qcode=\"ninat:text\"/><provider literal=\"Coast News Agency\"/>\
         <versionCreated>2024-03-{day:02}T08:00:00Z</versionCreated><pubStatus qcode=\"stat:{status}\"/>{signal}</itemMeta>\
         <contentMeta><headline>{headline}</headline><creditline>Coast</creditline></contentMeta>{body}</newsItem></itemSet>\
         </newsMessage>"
    )
}

/// Returns one version of an invented item as ninjs.
fn ninjs(version: u32, status: &str, signal: &str, headline: &str, text: &str) -> Value {
    let mut item = json!({
        "uri": "urn:newsml:coast.example:20240311:ferry", "type": "text", "version": version.to_string(), "language": "en",
        "versioncreated": format!("2024-03-11T0{version}:00:00Z"), "pubstatus": status, "headline": headline,
        "body_text": text,
    });
    if !signal.is_empty() {
        item["signals"] = json!([signal]);
        item["signal"] = json!(signal);
    }
    item
}

/// Returns a folder with a chain of three versions, the last of them withdrawn, and a reprint of the first, in both forms.
fn desk() -> Desk {
    let desk = Desk::new();
    std::fs::create_dir(desk.path().join("in")).unwrap();
    // Nothing but the identifier shows that these two are one story.
    let rewritten = "Ferries will use the fishing dock from now on. Seven piers are old, says a report.";
    desk.file("in/g2-1.xml", &newsml(1, "usable", "", "Harbour to close", HARBOUR));
    desk.file("in/g2-2.xml", &newsml(2, "usable", "correction", "Harbour closes", rewritten));
    desk.file("in/g2-3.xml", &newsml(3, "canceled", "", "KILL: Harbour closes", ""));
    desk.file("in/reprint.txt", &format!("{HARBOUR}\n"));
    let rewritten = "Islanders wait. The ropes of the ferry broke on Sunday.";
    let items = [
        ninjs(1, "usable", "", "No ferry before Friday", FERRY),
        ninjs(2, "usable", "sig:update", "Islanders wait", rewritten),
        ninjs(
            3,
            "withheld",
            "",
            "Islanders wait for a ferry",
            &format!("{rewritten} The mayor will speak at noon."),
        ),
    ];
    desk.file("in/ninjs.json", &json!({ "item": items }).to_string());
    desk
}

fn ids(cluster: &Value) -> Vec<&str> {
    let members = cluster["members"].as_array().unwrap().iter();
    let mut ids: Vec<&str> = members.map(|member| member["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn versions_of_an_item_are_one_story_whatever_they_share() {
    let desk = desk();
    desk.out(&["cluster", "in", "-o", "run.jsonl", "-q"]);
    let clusters = desk.of_type("run.jsonl", "cluster");
    let mut stories: Vec<Vec<&str>> = clusters.iter().map(ids).collect();
    stories.sort_unstable();
    assert_eq!(
        stories,
        [
            vec!["g2-1.xml", "g2-2.xml", "g2-3.xml", "reprint.txt"],
            vec!["ninjs.json#1", "ninjs.json#2", "ninjs.json#3"]
        ]
    );
    let documents = desk.of_type("run.jsonl", "document");
    let of = |id: &str| documents.iter().find(|document| document["id"] == id).unwrap().clone();
    let delivery = of("g2-3.xml")["delivery"].clone();
    assert_eq!(delivery["guid"], "urn:newsml:coast.example:20240311:harbour");
    assert_eq!((&delivery["version"], &delivery["status"]), (&json!("3"), &json!("canceled")));
    assert_eq!(of("g2-2.xml")["delivery"]["signal"], "correction");
    assert_eq!(of("ninjs.json#3")["delivery"]["status"], "withheld");
    assert!(of("g2-1.xml")["delivery"].get("status").is_none());
    assert!(of("reprint.txt").get("delivery").is_none());
    let edges = desk.of_type("run.jsonl", "edge");
    let edge = edges.iter().find(|edge| edge["a"] == "g2-1.xml" && edge["b"] == "g2-2.xml").unwrap();
    assert_eq!((&edge["relation"], &edge["score"]), (&json!("version"), &json!(1.0)));
}

#[test]
fn canceled_withheld_and_corrected_items_are_marked() {
    let desk = desk();
    let shown = desk.out(&["cluster", "in"]);
    desk.out(&["cluster", "in", "-o", "run.jsonl", "-q"]);
    let line = |id: &str| shown.lines().find(|line| line.contains(id)).unwrap_or_default().to_owned();
    assert!(line("g2-3.xml").contains("canceled"), "{shown}");
    assert!(line("g2-2.xml").contains("correction"), "{shown}");
    assert!(line("ninjs.json#3").contains("withheld"), "{shown}");
    desk.out(&["report", "run.jsonl", "-o", "page.html", "-q"]);
    let page = desk.read("page.html");
    for mark in ["canceled", "withheld", "correction"] {
        assert!(page.contains(&format!("\"warning\":\"{mark}\"")), "{mark}");
    }
    let table = desk.out(&["cluster", "in", "--format", "csv", "-q"]);
    assert!(table.lines().any(|row| row.contains("g2-3.xml") && row.ends_with(",canceled")), "{table}");
}

#[test]
fn keep_prefers_documents_that_may_be_published() {
    let desk = desk();
    desk.out(&["cluster", "in", "-o", "run.jsonl", "-q"]);
    // The whole item was withdrawn; the reprint stands alone.
    let kept = desk.out(&["keep", "run.jsonl", "-q"]);
    assert_eq!(kept.lines().collect::<Vec<_>>(), ["ninjs.json#1", "reprint.txt"]);
    let latest = desk.out(&["keep", "run.jsonl", "-q", "--policy", "latest"]);
    assert_eq!(latest.lines().collect::<Vec<_>>(), ["ninjs.json#2", "reprint.txt"]);
    let plan = desk.out(&["keep", "run.jsonl", "--dry-run"]);
    assert!(plan.contains("drop       g2-1.xml  (canceled or withheld)"), "{plan}");
    std::fs::remove_file(desk.path().join("in/reprint.txt")).unwrap();
    desk.out(&["cluster", "in", "-o", "run.jsonl", "-q"]);
    let output = desk.run(&["keep", "run.jsonl"]);
    let warned = String::from_utf8(output.stderr).unwrap();
    assert!(warned.contains("kept, but canceled or withheld by the sender: g2-1.xml"), "{warned}");
}

#[test]
fn compare_names_versions_of_one_item() {
    let desk = desk();
    let shown = desk.out(&["compare", "in/g2-1.xml", "in/g2-2.xml"]);
    assert!(shown.starts_with("Yes, two versions of one item, with the same identifier: "), "{shown}");
    desk.out(&["cluster", "in", "-o", "run.jsonl", "-q"]);
    let shown = desk.out(&["compare", "--run", "run.jsonl", "ninjs.json#1", "ninjs.json#2"]);
    assert!(shown.starts_with("Yes, two versions of one item, with the same identifier: "), "{shown}");
}

#[test]
fn what_keep_writes_is_still_an_item() {
    let desk = desk();
    std::fs::remove_file(desk.path().join("in/reprint.txt")).unwrap();
    // A message of two versions, so that they are records.
    let both = newsml(1, "usable", "", "Harbour to close", HARBOUR).replace("</itemSet></newsMessage>", "")
        + newsml(2, "canceled", "", "Harbour closes", "Ferries will use the fishing dock from now on.")
            .split_once("<itemSet>")
            .unwrap()
            .1;
    desk.file("in/both.xml", &both);
    desk.out(&["cluster", "in/both.xml", "in/ninjs.json", "-o", "run.jsonl", "-q"]);
    desk.out(&["keep", "run.jsonl", "--format", "jsonl", "-o", "kept.jsonl", "-q"]);
    desk.out(&["cluster", "kept.jsonl", "-o", "again.jsonl", "-q"]);
    let deliveries = |run: &str| -> Vec<Value> {
        desk.of_type(run, "document").iter().map(|document| document["delivery"].clone()).collect()
    };
    assert_eq!(deliveries("again.jsonl"), deliveries("run.jsonl"));
    assert_eq!(desk.of_type("again.jsonl", "cluster").len(), 2);
}

#[test]
fn item_that_is_sent_again_after_a_cancellation_may_be_published() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path().join("in")).unwrap();
    desk.file("in/1.xml", &newsml(1, "canceled", "", "Harbour to close", HARBOUR));
    desk.file(
        "in/2.xml",
        &newsml(2, "usable", "", "Harbour to close", &format!("{HARBOUR} Nobody was hurt.")),
    );
    desk.out(&["cluster", "in", "-o", "run.jsonl", "-q"]);
    assert_eq!(desk.out(&["keep", "run.jsonl", "-q"]), "2.xml\n");
}

#[test]
fn cancellation_without_a_word_and_embargo_are_respected() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path().join("in")).unwrap();
    desk.file("in/1.xml", &newsml(1, "usable", "", "Harbour to close", HARBOUR));
    desk.file("in/2.xml", &newsml(2, "canceled", "", "", ""));
    let embargo = "<embargoed>2199-01-01T00:00:00Z</embargoed><pubStatus ";
    let item = newsml(1, "usable", "", "No ferry before Friday", FERRY).replace(":harbour\"", ":ferry\"");
    desk.file("in/3.xml", &item.replace("<pubStatus ", embargo));
    desk.file("in/reprint.txt", &format!("{FERRY}\n"));
    desk.out(&["cluster", "in", "-q", "-o", "run.jsonl"]);
    let plan = desk.out(&["keep", "run.jsonl", "--dry-run"]);
    // Both versions of the first item are withdrawn, and nothing else has its story.
    for withdrawn in ["1.xml", "2.xml", "3.xml"] {
        assert!(plan.contains(&format!("{withdrawn}  (canceled or withheld)")), "{plan}");
    }
    assert!(plan.contains("drop       3.xml") && plan.contains("keep       reprint.txt\n"), "{plan}");
}

#[test]
fn numbers_of_two_feeds_are_not_one_item() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path().join("in")).unwrap();
    for (site, guid, text) in
        [("a", "post:12", HARBOUR), ("b", "post:12", FERRY), ("c", "77", HARBOUR), ("d", "77", FERRY)]
    {
        let item = format!(
            "<item><title>News of {site}</title><guid>{guid}</guid><description>{text}</description></item>"
        );
        desk.file(
            &format!("in/{site}.xml"),
            &format!("<rss version=\"2.0\"><channel><title>{site}</title>{item}</channel></rss>"),
        );
    }
    desk.out(&["cluster", "in", "-o", "run.jsonl", "-q"]);
    let mut stories: Vec<Vec<String>> = desk
        .of_type("run.jsonl", "cluster")
        .iter()
        .map(|cluster| ids(cluster).into_iter().map(str::to_owned).collect())
        .collect();
    stories.sort_unstable();
    assert_eq!(stories, [["a.xml", "c.xml"], ["b.xml", "d.xml"]]);
}
