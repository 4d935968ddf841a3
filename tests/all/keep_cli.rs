//! Tests `wirecopy keep`, and the parts of a run report that it uses: references, versions, copied shares.
#![cfg(feature = "cli")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::desk::{Desk, HARBOUR};
use serde_json::Value;

const MORE: &str = " A second opinion on the piers is due from the university of Marnes in May.";

/// Writes four prints of one dispatch to two folders and a feed, and two unrelated stories.
fn desk() -> Desk {
    let desk = Desk::new();
    for folder in ["in", "in/herald", "in/post", "archive"] {
        fs::create_dir_all(desk.path().join(folder)).unwrap();
    }
    let page = |title: &str, date: &str, text: &str| format!("{title}\n\n{date}\n\n{text}\n");
    desk.file("in/herald/harbour.txt", &page("Harbour to close", "2024-03-05 09:00:00", HARBOUR));
    let later = HARBOUR.to_owned() + MORE;
    desk.file("in/herald/harbour-2.txt", &page("UPDATE 1-Harbour to close", "2024-03-05 17:00:00", &later));
    desk.file("in/post/port.txt", &page("Port shuts", "2024-03-06", &HARBOUR.replace("fear", "tremble")));
    desk.file(
        "in/post/heron.txt",
        "A heron stood on the roof of the town hall for an hour, to the joy of pupils.\n",
    );
    let record =
        |id: &str, text: &str| serde_json::json!({"id": id, "text": text, "source": "Wire"}).to_string();
    let wheat = "Wheat prices in Orlava fell for a third week as rain reached the southern plains.";
    let feed = [record("w1", &HARBOUR.replace("seven", "eight")), record("w2", wheat)].join("\n") + "\n";
    desk.file("in/feed.jsonl", &feed);
    desk.file("archive/old.txt", HARBOUR);
    desk
}

fn clustered() -> Desk {
    let desk = desk();
    desk.out(&["cluster", "in", "-q", "-o", "run.jsonl"]);
    desk
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[test]
fn kept_and_dropped_documents_are_listed() {
    let desk = clustered();
    let kept = desk.out(&["keep", "run.jsonl"]);
    assert_eq!(lines(&kept), ["w2", "herald/harbour.txt", "post/heron.txt"]);
    let dropped = desk.out(&["keep", "run.jsonl", "--drop"]);
    assert_eq!(lines(&dropped), ["w1", "herald/harbour-2.txt", "post/port.txt"]);
    let paths = desk.out(&["keep", "run.jsonl", "--drop", "--paths"]);
    assert_eq!(lines(&paths), ["in/feed.jsonl#1", "in/herald/harbour-2.txt", "in/post/port.txt"]);
    assert_eq!(desk.out(&["keep", "run.jsonl", "-0"]), kept.replace('\n', "\0"));
    let output = desk.run(&["keep", "run.jsonl", "-o", "list.txt"]);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "6 documents: 3 to keep, 3 not\n");
    assert_eq!(desk.read("list.txt"), kept);
    assert_eq!(desk.run(&["keep", "run.jsonl", "-q"]).stderr, b"");
}

#[test]
fn policies_choose_different_documents() {
    let desk = clustered();
    for (policy, expected) in [
        ("earliest", "herald/harbour.txt"),
        ("latest", "post/port.txt"),
        ("longest", "herald/harbour-2.txt"),
        ("source=wire", "w1"),
        ("source=Times,post", "post/port.txt"),
    ] {
        let kept = desk.out(&["keep", "run.jsonl", "--policy", policy]);
        assert!(kept.lines().any(|id| id == expected) && kept.lines().count() == 3, "{policy}: {kept}");
    }
    assert!(desk.trouble(&["keep", "run.jsonl", "--policy", "best"]).contains("expected earliest, latest"));
}

#[test]
fn jsonl_annotates_every_document() {
    let desk = clustered();
    let text = desk.out(&["keep", "run.jsonl", "--format", "jsonl"]);
    let rows = crate::desk::lines(&text);
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    let read: Vec<String> = desk
        .of_type("run.jsonl", "document")
        .iter()
        .map(|document| document["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids, read, "all documents, in the order of the run");
    let by_id: BTreeMap<&str, &Value> = ids.iter().copied().zip(&rows).collect();
    let first = by_id["herald/harbour.txt"];
    assert_eq!((&first["keep"], &first["kept_instead"]), (&true.into(), &Value::Null));
    assert!(first["text"].as_str().unwrap().contains("Ferries to Tolven"));
    assert_eq!(first["title"], "Harbour to close");
    for other in ["herald/harbour-2.txt", "post/port.txt", "w1"] {
        assert_eq!(by_id[other]["cluster"], first["cluster"]);
        assert_eq!((&by_id[other]["keep"], &by_id[other]["kept_instead"]), (&false.into(), &first["id"]));
    }
    assert_eq!((&by_id["w2"]["cluster"], &by_id["w2"]["keep"]), (&Value::Null, &true.into()));
    assert_eq!(desk.out(&["keep", "run.jsonl", "--format", "jsonl"]), text, "the same bytes again");
    assert!(
        desk.trouble(&["keep", "run.jsonl", "--format", "jsonl", "--drop"])
            .contains("apply to --format list only")
    );
}

#[test]
fn copies_go_to_a_folder_and_overwrite_nothing() {
    let desk = clustered();
    let before: BTreeSet<String> = desk.names().into_iter().collect();
    desk.out(&["keep", "run.jsonl", "--copy-to", "kept"]);
    for name in ["herald/harbour.txt", "post/heron.txt"] {
        assert_eq!(desk.read(&format!("kept/{name}")), desk.read(&format!("in/{name}")));
    }
    let feed = desk.lines("kept/feed.jsonl");
    assert_eq!((feed.len(), &feed[0]["id"]), (1, &"w2".into()));
    assert!(!desk.path().join("kept/post/port.txt").exists());
    let mut after: BTreeSet<String> = desk.names().into_iter().collect();
    assert!(after.remove("kept"));
    assert_eq!(after, before, "the inputs are untouched");
    desk.file("kept/herald/harbour.txt", "mine");
    let message = desk.trouble(&["keep", "run.jsonl", "--copy-to", "kept"]);
    assert!(message.ends_with("exists with other content, and is not overwritten\n"), "{message}");
    assert_eq!(desk.read("kept/herald/harbour.txt"), "mine");
    // The copies are the input without its duplicates.
    desk.file("kept/herald/harbour.txt", &desk.read("in/herald/harbour.txt"));
    desk.out(&["cluster", "kept", "-q", "-o", "again.jsonl"]);
    assert!(desk.of_type("again.jsonl", "cluster").is_empty());
    assert_eq!(desk.of_type("again.jsonl", "document").len(), 3);
}

#[test]
fn dry_run_writes_nothing() {
    let desk = clustered();
    let text = desk.out(&["keep", "run.jsonl", "--copy-to", "kept", "--dry-run"]);
    let cluster = &desk.of_type("run.jsonl", "cluster")[0]["cluster"];
    let expected = format!(
        "{}\n  keep       herald/harbour.txt\n  drop       w1\n  drop       herald/harbour-2.txt\n  \
                 drop       post/port.txt\n6 documents: 3 to keep, 3 not\n",
        cluster.as_str().unwrap()
    );
    assert_eq!(text, expected);
    assert_eq!(desk.names(), ["archive", "corpus", "in", "run.jsonl"]);
}

#[test]
fn references_are_kept_and_replace_other_members() {
    let desk = desk();
    desk.out(&["cluster", "in", "--reference", "archive", "-q", "-o", "run.jsonl"]);
    let marked: Vec<Value> =
        desk.of_type("run.jsonl", "document").into_iter().filter(|d| d["reference"] == true).collect();
    assert_eq!(marked.len(), 1);
    assert_eq!(marked[0]["id"], "archive/old.txt");
    let output = desk.run(&["keep", "run.jsonl"]);
    let kept = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines(&kept), ["w2", "in/post/heron.txt"]);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "7 documents: 2 to keep, 4 not, 1 reference\n");
    let rows = crate::desk::lines(&desk.out(&["keep", "run.jsonl", "--format", "jsonl"]));
    let old = rows.iter().find(|row| row["id"] == "archive/old.txt").unwrap();
    assert_eq!((&old["reference"], &old["keep"]), (&true.into(), &true.into()));
    assert!(
        rows.iter().filter(|row| row["keep"] == false).all(|row| row["kept_instead"] == "archive/old.txt")
    );
    // The same with `keep --reference`, for a folder that was part of the run.
    desk.out(&["cluster", "in", "archive", "-q", "-o", "all.jsonl"]);
    assert_eq!(desk.out(&["keep", "all.jsonl", "--reference", "./archive"]), kept);
    assert_eq!(
        desk.trouble(&["keep", "all.jsonl", "--reference", "gone"]),
        "error: gone: No such file or directory\n"
    );
    assert!(desk.trouble(&["cluster", "in", "--reference", "-"]).contains("not standard input"));
}

#[test]
fn changed_and_missing_inputs_are_named() {
    let desk = clustered();
    let text = desk.read("in/post/port.txt");
    std::thread::sleep(std::time::Duration::from_millis(20));
    desk.file("in/post/port.txt", &text.replace("Traders", "Merchants"));
    let message = desk.trouble(&["keep", "run.jsonl"]);
    assert_eq!(message, "error: in/post/port.txt: changed since the run; run `wirecopy cluster` again\n");
    fs::remove_file(desk.path().join("in/post/port.txt")).unwrap();
    for args in [&["keep", "run.jsonl"][..], &["keep", "run.jsonl", "--copy-to", "kept"]] {
        let message = desk.trouble(args);
        assert!(
            message.starts_with("error: in/post/port.txt: not found from the current folder"),
            "{message}"
        );
    }
    assert!(!desk.path().join("kept").exists());
    fs::create_dir(desk.path().join("in/post/port.txt")).unwrap();
    for args in [&["keep", "run.jsonl"][..], &["compare", "--run", "run.jsonl", "post/port.txt", "w1"]] {
        let message = desk.trouble(args);
        assert!(message.starts_with("error: in/post/port.txt: not a regular file"), "{message}");
    }
}

#[test]
fn report_with_a_byte_order_mark_is_read() {
    let desk = clustered();
    let plain = desk.out(&["keep", "run.jsonl"]);
    desk.file("run.jsonl", &format!("\u{feff}{}", desk.read("run.jsonl")));
    assert_eq!(desk.out(&["keep", "run.jsonl"]), plain);
}

#[test]
fn changed_file_with_an_old_date_is_noticed_when_read() {
    let desk = clustered();
    let path = desk.path().join("in/post/port.txt");
    let written = fs::metadata(&path).unwrap().modified().unwrap();
    let text = desk.read("in/post/port.txt");
    // The second has as many words as before.
    let short = "Something else altogether stands here now, and it is rather short.".to_owned();
    for changed in [short, text.replace("Traders", "Merchants")] {
        fs::write(&path, changed).unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(written).unwrap();
        let output = desk.run(&["keep", "run.jsonl", "--format", "jsonl", "-o", "out.jsonl"]);
        assert_eq!(output.status.code(), Some(2));
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(message, "error: post/port.txt: changed since the run; run `wirecopy cluster` again\n");
        assert!(!desk.path().join("out.jsonl").exists());
        let output = desk.run(&["report", "run.jsonl", "-o", "page.html"]);
        assert_eq!(output.status.code(), Some(3));
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains("post/port.txt: changed since the run"), "{message}");
    }
}

#[test]
fn modified_file_with_the_same_words_is_unchanged() {
    let desk = clustered();
    let kept = desk.out(&["keep", "run.jsonl"]);
    std::thread::sleep(std::time::Duration::from_millis(20));
    let text = desk.read("in/post/port.txt");
    desk.file("in/post/port.txt", &text);
    assert_eq!(desk.out(&["keep", "run.jsonl"]), kept);
    desk.out(&["report", "run.jsonl", "-o", "page.html"]);
}

#[test]
fn files_that_are_not_complete_reports_are_errors() {
    let desk = clustered();
    let report = desk.read("run.jsonl");
    let (cut, _) = report.trim_end().rsplit_once('\n').unwrap();
    desk.file("cut.jsonl", &format!("{cut}\n"));
    let message = desk.trouble(&["keep", "cut.jsonl"]);
    assert!(message.contains("expected the `summary` line") && message.contains("truncated"), "{message}");
    assert!(desk.trouble(&["keep", "in/feed.jsonl"]).contains("expected the `run` line"));
    assert_eq!(desk.trouble(&["keep", "gone.jsonl"]), "error: gone.jsonl: No such file or directory\n");
}

#[test]
fn run_over_standard_input_allows_lists_only() {
    let desk = desk();
    let mut command = desk.command(&["cluster", "-", "-q", "-o", "run.jsonl"]);
    command.stdin(fs::File::open(desk.path().join("in/feed.jsonl")).unwrap());
    assert_eq!(command.status().unwrap().code(), Some(0));
    assert_eq!(lines(&desk.out(&["keep", "run.jsonl"])), ["w1", "w2"]);
    assert!(desk.trouble(&["keep", "run.jsonl", "--format", "jsonl"]).contains("cannot be read again"));
}

#[test]
fn report_with_texts_is_enough_for_later_commands() {
    let desk = desk();
    let open = || fs::File::open(desk.path().join("in/feed.jsonl")).unwrap();
    let mut command = desk.command(&["cluster", "-", "-q", "-o", "run.jsonl", "--with-texts"]);
    assert_eq!(command.stdin(open()).status().unwrap().code(), Some(0));
    let texts: Vec<Value> =
        desk.of_type("run.jsonl", "document").iter().map(|line| line["text"].clone()).collect();
    assert!(!texts.is_empty() && texts.iter().all(|text| text.as_str().is_some_and(|text| text.len() > 20)));
    assert_eq!(lines(&desk.out(&["keep", "run.jsonl", "--format", "jsonl"])).len(), 2);
    assert!(desk.out(&["compare", "--run", "run.jsonl", "w1", "w2"]).contains("w1"));
    desk.out(&["report", "run.jsonl", "-o", "page.html"]);
    // In one run, the page needs no report.
    let mut command = desk.command(&["cluster", "-", "-q", "--html", "same.html"]);
    assert_eq!(command.stdin(open()).status().unwrap().code(), Some(0));
    assert!(desk.read("same.html").contains("\"missing\":0"));
    assert!(desk.trouble(&["cluster", "in", "--with-texts"]).contains("JSON lines only"));
    // Texts of files are kept too.
    desk.out(&["cluster", "in", "-q", "-o", "files.jsonl", "--with-texts"]);
    fs::remove_dir_all(desk.path().join("in")).unwrap();
    desk.out(&["report", "files.jsonl", "-o", "page.html"]);
}

#[test]
fn report_contains_versions_and_copied_shares() {
    let desk = desk();
    desk.out(&["cluster", "in", "--evidence", "-q", "-o", "run.jsonl"]);
    let clusters = desk.of_type("run.jsonl", "cluster");
    assert_eq!(clusters.len(), 1);
    let cluster = &clusters[0];
    assert_eq!(
        (&cluster["earliest"], &cluster["earliest_by"]),
        (&"herald/harbour.txt".into(), &"date".into())
    );
    let members: BTreeMap<&str, &Value> =
        cluster["members"].as_array().unwrap().iter().map(|m| (m["id"].as_str().unwrap(), m)).collect();
    assert_eq!(members["herald/harbour-2.txt"]["update_of"], "herald/harbour.txt");
    assert!(
        members["post/port.txt"].get("update_of").is_none(),
        "another publisher's reprint is not an update"
    );
    for (id, member) in &members {
        let from_cluster = member["copied_from_cluster"].as_f64().unwrap();
        let representative = cluster["representative"] == **id;
        match member["copied_from_representative"].as_f64() {
            Some(share) => assert!(share > 0.5 && share <= from_cluster && !representative, "{member}"),
            None => assert!(representative, "{member}"),
        }
        let passages = member["passages"].as_array().unwrap();
        let words: u64 =
            passages.iter().map(|p| p["end"].as_u64().unwrap() - p["start"].as_u64().unwrap()).sum();
        let document = desk.of_type("run.jsonl", "document").into_iter().find(|d| d["id"] == **id).unwrap();
        let compared =
            document["tokens"].as_u64().unwrap() - document["boilerplate_tokens"].as_u64().unwrap();
        assert!((words as f64 / compared as f64 - from_cluster).abs() < 1e-3, "{member}");
        assert!(passages.iter().all(|p| members.contains_key(p["from"].as_str().unwrap())));
    }
    desk.out(&["cluster", "in", "-q", "-o", "plain.jsonl"]);
    let plain = &desk.of_type("plain.jsonl", "cluster")[0];
    assert!(plain["members"].as_array().unwrap().iter().all(|member| member.get("passages").is_none()));
}
