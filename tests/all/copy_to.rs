//! Tests the destinations of `wirecopy keep --copy-to`.
#![cfg(feature = "cli")]

use std::fs;

use crate::desk::Desk;
use serde_json::Value;

/// Runs over unrelated stories in a folder and a feed.
fn clustered() -> Desk {
    let desk = Desk::new();
    fs::create_dir_all(desk.path().join("in/below")).unwrap();
    desk.file(
        "in/port.txt",
        "The port of Aldmoor closes for repairs until the spring, its harbour master said.",
    );
    desk.file(
        "in/below/heron.txt",
        "A heron stood on the roof of the town hall for an hour, to the joy of pupils.",
    );
    desk.file(
        "in/wheat.jsonl",
        "{\"id\":\"w\",\"text\":\"Wheat prices in Orlava fell for a third week.\"}\n",
    );
    desk.out(&["cluster", "in", "-q", "-o", "run.jsonl"]);
    desk
}

/// Writes the report with other ids, as if it came from elsewhere.
fn with_ids(desk: &Desk, ids: [&str; 3]) {
    let mut ids = ids.into_iter();
    let report = desk.read("run.jsonl");
    let lines = report.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        if line["type"] == "document" {
            line["id"] = ids.next().unwrap().into();
        }
        line.to_string() + "\n"
    });
    desk.file("other.jsonl", &lines.collect::<String>());
}

/// Returns the files below `kept`, sorted.
fn files(desk: &Desk) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![desk.path().join("kept")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(desk.path().join("kept")).unwrap();
                found.push(below.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

const ALL: [&str; 3] = ["below/heron.txt", "port.txt", "wheat.jsonl"];
const COPY: [&str; 4] = ["keep", "run.jsonl", "--copy-to", "kept"];

#[test]
fn interrupted_copy_can_be_repeated() {
    let desk = clustered();
    desk.out(&COPY);
    assert_eq!(files(&desk), ALL);
    desk.out(&COPY);
    let whole = desk.read("kept/below/heron.txt");
    for name in ALL {
        let path = format!("kept/{name}");
        let before = desk.read(&path);
        fs::remove_file(desk.path().join(&path)).unwrap();
        desk.out(&COPY);
        assert_eq!(desk.read(&path), before);
        // A killed program leaves a partial file and a temporary one.
        desk.file(&path, &before[..before.len() / 2]);
        desk.file("kept/below/.wirecopy-abc123.tmp", "half");
        fs::remove_file(desk.path().join("kept/below/heron.txt")).unwrap();
        desk.out(&COPY);
        assert_eq!((desk.read(&path), desk.read("kept/below/heron.txt")), (before, whole.clone()));
        assert_eq!(files(&desk), ALL);
    }
}

#[test]
fn nothing_is_written_if_a_destination_has_other_content() {
    let desk = clustered();
    fs::create_dir_all(desk.path().join("kept")).unwrap();
    for (name, text) in [("port.txt", "mine"), ("wheat.jsonl", "{}\n"), ("below", "a file")] {
        desk.file(&format!("kept/{name}"), text);
        let message = desk.trouble(&COPY);
        assert!(message.contains("exists with other") || message.contains("is a file"), "{message}");
        assert_eq!(files(&desk), [name], "no other file was written");
        assert_eq!(desk.read(&format!("kept/{name}")), text);
        fs::remove_file(desk.path().join("kept").join(name)).unwrap();
    }
    fs::create_dir(desk.path().join("kept/port.txt")).unwrap();
    assert!(desk.trouble(&COPY).contains("is a folder, expected a file"));
    assert!(files(&desk).is_empty());
    desk.file("file", "x");
    assert_eq!(desk.trouble(&["keep", "run.jsonl", "--copy-to", "file"]), "error: file: is not a folder\n");
}

#[cfg(unix)]
#[test]
fn links_inside_the_folder_are_not_followed() {
    use std::os::unix::fs::symlink;
    let desk = clustered();
    let at = |name: &str| desk.path().join(name);
    fs::create_dir_all(at("kept")).unwrap();
    fs::create_dir_all(at("elsewhere")).unwrap();
    desk.file("elsewhere/target", "");
    for (link, to) in [
        ("below", "../elsewhere"),
        ("below", "../nowhere"),
        ("port.txt", "../elsewhere/target"),
        ("port.txt", "../elsewhere/new"),
        ("wheat.jsonl", "../elsewhere/new"),
    ] {
        symlink(to, at("kept").join(link)).unwrap();
        let message = desk.trouble(&COPY);
        assert!(
            message.ends_with(&format!("kept/{link}: is a symbolic link, which is not followed\n")),
            "{message}"
        );
        assert_eq!(files(&desk), [link]);
        assert_eq!(fs::read_dir(at("elsewhere")).unwrap().count(), 1);
        assert_eq!(desk.read("elsewhere/target"), "");
        fs::remove_file(at("kept").join(link)).unwrap();
    }
    // The folder itself may be a link, since the user named it.
    fs::remove_dir(at("kept")).unwrap();
    symlink("elsewhere", at("kept")).unwrap();
    desk.out(&COPY);
    assert!(at("elsewhere/port.txt").is_file());
}

#[test]
fn untrusted_ids_stay_inside_the_folder_and_distinct() {
    let long = "n".repeat(400);
    for (ids, expected) in [
        (["../../port", "/etc/heron", "w"], ["_/_/port", "etc/heron", "wheat.jsonl"]),
        (["A.txt", "a.TXT", "w"], ["A.txt", "a~2.TXT", "wheat.jsonl"]),
        (["a", "a/b", "w"], ["a", "a~2/b", "wheat.jsonl"]),
        (["a/b", "A", "w"], ["A~2", "a/b", "wheat.jsonl"]),
        (["wheat.jsonl", "", "w"], ["_", "wheat.jsonl", "wheat~2.jsonl"]),
    ] {
        let desk = clustered();
        with_ids(&desk, ids);
        let copy = ["keep", "other.jsonl", "--copy-to", "kept"];
        desk.out(&copy);
        assert_eq!(files(&desk), expected, "{ids:?}");
        desk.out(&copy);
        assert_eq!(files(&desk), expected);
        assert!(!desk.path().join("../port").exists());
    }
    let desk = clustered();
    with_ids(&desk, [&format!("{long}1/{long}.txt"), &format!("{long}2/{long}.txt"), "w"]);
    desk.out(&["keep", "other.jsonl", "--copy-to", "kept"]);
    assert_eq!(files(&desk).len(), 3);
}
