//! Tests `--memory` and `--temp-dir`.
#![cfg(feature = "cli")]

use std::fs;

use crate::desk::Desk;

/// Returns the report of a run, without the lines that differ between equal runs.
fn report(desk: &Desk, args: &[&str]) -> Vec<String> {
    desk.out(&[&["cluster", "corpus", "-q", "-o", "run.jsonl"], args].concat());
    let text = desk.read("run.jsonl");
    text.lines().skip(1).filter(|line| !line.contains("\"type\":\"summary\"")).map(str::to_owned).collect()
}

#[test]
fn memory_limit_changes_no_result_and_leaves_no_files() {
    let desk = Desk::new();
    desk.file("corpus/c.txt", &fs::read_to_string(desk.path().join("corpus/a.txt")).unwrap());
    fs::create_dir(desk.path().join("spare")).unwrap();
    let free = report(&desk, &[]);
    assert!(free.iter().any(|line| line.contains("\"type\":\"cluster\"")));
    assert_eq!(report(&desk, &["--memory", "128M", "--temp-dir", "spare"]), free);
    assert_eq!(fs::read_dir(desk.path().join("spare")).unwrap().count(), 0);
    let table = |args: &[&str]| desk.out(&[&["cluster", "corpus", "--format", "csv"], args].concat());
    assert_eq!(table(&["--memory", "1G"]), table(&[]));
    let page = ["cluster", "corpus", "-q", "--memory", "1G", "--html", "page.html"];
    desk.out(&page);
    assert!(desk.read("page.html").contains("Aldmoor"));
}

#[test]
fn memory_limit_can_be_set_by_file_and_environment() {
    let desk = Desk::new();
    desk.file("wirecopy.toml", "memory = \"2G\"\ntemp_dir = \"spare\"\n");
    let dump = desk.out(&["config"]);
    let line = |name: &str| dump.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(line("memory = \"2G\"").ends_with("# wirecopy.toml:1"));
    assert!(line("temp_dir = \"spare\"").ends_with("# wirecopy.toml:2"));
    let mut command = desk.command(&["config"]);
    let output = command.env("WIRECOPY_MEMORY", "700M").output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("memory = \"700M\""));
}

#[test]
fn invalid_memory_limit_is_a_usage_error() {
    let desk = Desk::new();
    assert!(desk.trouble(&["cluster", "corpus", "--memory", "10K"]).contains("at least 128M"));
    assert!(desk.trouble(&["cluster", "corpus", "--memory", "plenty"]).contains("is not a size"));
    assert!(desk.trouble(&["cluster", "corpus", "--memory", "99999999999G"]).contains("too large"));
    desk.file("wirecopy.toml", "memory = 5\n");
    assert!(desk.trouble(&["cluster", "corpus"]).contains("wirecopy.toml:1: memory: 5 bytes are too few"));
}

#[test]
fn unusable_temporary_folder_is_an_error() {
    let desk = Desk::new();
    desk.file("occupied", "a file");
    for folder in ["missing", "occupied"] {
        let stderr =
            desk.trouble(&["cluster", "corpus", "--memory", "1G", "--temp-dir", folder, "-o", "run.jsonl"]);
        assert!(stderr.contains(&format!("temporary files in {folder}: ")), "{stderr}");
    }
    assert_eq!(desk.names(), ["corpus", "occupied"]);
    // Without a limit, no temporary files are needed.
    desk.out(&["cluster", "corpus", "--temp-dir", "missing"]);
}
