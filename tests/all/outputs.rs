//! Tests that no output replaces an input, no partial output is left behind, and own outputs are not read as documents.
#![cfg(feature = "cli")]

use std::fs;

use crate::desk::{Desk, FERRY};
use serde_json::Value;

/// Writes a story twice to a folder, and twice to a feed.
fn desk() -> Desk {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("in")).unwrap();
    desk.file("in/one.txt", FERRY);
    desk.file("in/two.txt", &format!("{FERRY} More soon."));
    let record = |id: &str| serde_json::json!({"id": id, "text": FERRY}).to_string() + "\n";
    desk.file("feed.jsonl", &(record("a") + &record("b")));
    desk
}

/// Returns the content of every file in the folder and in `in`.
fn contents(desk: &Desk) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for folder in ["", "in/"] {
        for entry in fs::read_dir(desk.path().join(folder)).unwrap() {
            let entry = entry.unwrap();
            if entry.path().is_file() {
                let name = entry.file_name().into_string().unwrap();
                all.push((format!("{folder}{name}"), fs::read(entry.path()).unwrap()));
            }
        }
    }
    all.sort();
    all
}

/// Checks that the command fails and changes no file.
fn refused(desk: &Desk, args: &[&str], message: &str) {
    let before = contents(desk);
    let stderr = desk.trouble(args);
    assert!(stderr.contains(message), "{args:?}: {stderr}");
    assert_eq!(contents(desk), before, "{args:?}");
}

#[test]
fn run_does_not_replace_its_inputs() {
    let desk = desk();
    desk.file("agencies.tsv", "Halden Press\tHalden Press\n");
    desk.file("wirecopy.toml", "[match]\nthreshold = 0.5\n");
    desk.file("in/.wirecopyignore", "*.bak\n");
    for output in ["-o", "--html"] {
        for (args, name) in [
            (&["cluster", "feed.jsonl"][..], "feed.jsonl"),
            (&["cluster", "in"], "in/one.txt"),
            (&["cluster", "."], "./in/../feed.jsonl"),
            (&["cluster", "in", "feed.jsonl"], "feed.jsonl"),
            (&["cluster", "in/two.txt", "--reference", "in/one.txt"], "in/one.txt"),
            (&["cluster", "feed.jsonl", "--reference", "in"], "in/two.txt"),
            (&["cluster", "in"], "wirecopy.toml"),
            (&["cluster", "in"], "in/.wirecopyignore"),
        ] {
            // Without --format, unknown extensions fail earlier.
            let format: &[&str] = if output == "-o" { &["--format", "jsonl"] } else { &[] };
            refused(&desk, &[args, &[output, name], format].concat(), "cannot write");
        }
    }
    let onto_table = ["cluster", "in", "--agencies", "agencies.tsv", "-o", "agencies.tsv", "--format", "csv"];
    refused(&desk, &onto_table, "it is an input");
    refused(&desk, &["cluster", "in", "-o", "x", "--html", "./in/../x"], "name the same file");
}

#[test]
fn page_under_another_extension_and_folder_as_output_are_refused() {
    let desk = desk();
    desk.out(&["cluster", "in", "-q", "-o", "run.jsonl"]);
    for args in [&["cluster", "in", "--html", "x.pdf"][..], &["report", "run.jsonl", "-o", "x.pdf"]] {
        refused(&desk, args, "cannot write x.pdf: a page is HTML, use .html or .htm\n");
    }
    for name in ["in", "in/", "new/", "new.d/"] {
        for args in [&["cluster", "in", "-o"][..], &["cluster", "in", "--html"], &["keep", "run.jsonl", "-o"]]
        {
            let message = format!("cannot write {name}: it is a folder: give the name of a file\n");
            refused(&desk, &[args, &[name]].concat(), &message);
        }
    }
    desk.out(&["cluster", "in", "-q", "--html", "page.HTM"]);
}

#[test]
fn report_with_a_damaged_setting_is_named_with_its_line() {
    let desk = desk();
    desk.out(&["cluster", "in", "-q", "-o", "run.jsonl"]);
    desk.file("run.jsonl", &desk.read("run.jsonl").replace("\"shingle\":5", "\"shingle\":0"));
    for args in [&["report", "run.jsonl", "-o", "page.html"][..], &["keep", "run.jsonl"]] {
        refused(&desk, args, "error: run.jsonl:1: the report cannot be read: match.shingle: ");
    }
}

#[test]
fn each_stage_is_logged_once() {
    let desk = desk();
    for flag in ["-v", "-vv"] {
        let output = desk.run(&["cluster", "in", flag]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        for stage in ["read", "copies", "cluster"] {
            let (text, fields) = (format!("{stage}: "), format!("stage={stage} "));
            let lines = stderr.lines().filter(|line| line.starts_with(&text) || line.contains(&fields));
            assert_eq!(lines.count(), 1, "{flag}: {stage} in:\n{stderr}");
        }
    }
}

#[cfg(unix)]
#[test]
fn links_do_not_hide_an_input() {
    use std::os::unix::fs::symlink;
    let desk = desk();
    let at = |name: &str| desk.path().join(name);
    symlink("in/one.txt", at("link")).unwrap();
    symlink("link", at("link-to-link")).unwrap();
    symlink("in", at("folder-link")).unwrap();
    fs::hard_link(at("in/one.txt"), at("hard")).unwrap();
    fs::hard_link(at("feed.jsonl"), at("hard-feed")).unwrap();
    symlink("../outside.txt", at("in/followed.txt")).unwrap();
    desk.file("outside.txt", FERRY);
    for name in ["link", "link-to-link", "folder-link/one.txt", "hard"] {
        for root in ["in", "folder-link", "in/one.txt", "link"] {
            refused(&desk, &["cluster", root, "-o", name], "cannot write");
        }
    }
    refused(&desk, &["cluster", "feed.jsonl", "-o", "hard-feed"], "it is the input feed.jsonl");
    refused(&desk, &["cluster", "in", "--follow", "-o", "outside.txt"], "it is the input in/followed.txt");
    symlink("new.jsonl", at("a")).unwrap();
    symlink("new.jsonl", at("b")).unwrap();
    refused(&desk, &["cluster", "feed.jsonl", "-o", "a", "--html", "b"], "name the same file");
    // A file that is not an input may be replaced under any name.
    desk.out(&["cluster", "feed.jsonl", "-q", "-o", "hard"]);
    assert_eq!(desk.read("in/one.txt"), FERRY, "the other hard link keeps its content");
}

#[cfg(unix)]
#[test]
fn redirected_input_is_neither_replaced_nor_appended_to() {
    let desk = desk();
    let before = desk.read("feed.jsonl");
    let open = || fs::File::options().read(true).append(true).open(desk.path().join("feed.jsonl")).unwrap();
    let mut command = desk.command(&["cluster", "-", "-o", "feed.jsonl"]);
    command.stdin(open());
    assert!(crate::desk::trouble(&mut command).contains("standard input"));
    if cfg!(target_os = "linux") {
        for args in
            [&["cluster", "feed.jsonl"][..], &["cluster", "feed.jsonl", "--format", "csv"], &["cluster", "."]]
        {
            let status = desk.command(args).stdout(open()).status().unwrap();
            assert_eq!(status.code(), Some(2), "{args:?}");
        }
    }
    assert_eq!(desk.read("feed.jsonl"), before);
}

#[test]
fn outputs_in_the_input_folder_are_not_read() {
    let desk = desk();
    for _ in 0..2 {
        for output in ["run.jsonl", "clusters.csv", "run.txt", "page.html"] {
            let flag = if output == "page.html" { "--html" } else { "-o" };
            desk.out(&["cluster", "in", "-q", flag, &format!("in/{output}")]);
        }
        desk.out(&["keep", "in/run.jsonl", "-q", "--format", "jsonl", "-o", "in/kept.jsonl"]);
        desk.out(&["report", "in/run.jsonl", "-o", "in/page-2.html"]);
        desk.out(&["cluster", "in", "-q", "-o", "run.jsonl"]);
        let ids: Vec<Value> =
            desk.of_type("run.jsonl", "document").iter().map(|line| line["id"].clone()).collect();
        assert_eq!(ids, ["one.txt", "two.txt"]);
    }
    // Annotated documents may be the only copy of a text, so they count as inputs.
    refused(&desk, &["cluster", "in", "-o", "in/kept.jsonl"], "it is an input");
    // Own outputs are recognised by content, whatever their name.
    for (from, to) in
        [("clusters.csv", "a"), ("run.txt", "b"), ("page.html", "c.txt"), ("kept.jsonl", "d.json")]
    {
        fs::rename(desk.path().join("in").join(from), desk.path().join("in").join(to)).unwrap();
    }
    desk.out(&["cluster", "in", "-q", "-o", "run.jsonl"]);
    assert_eq!(desk.of_type("run.jsonl", "document").len(), 2);
}

#[test]
fn own_outputs_given_as_inputs_are_skipped() {
    let desk = desk();
    desk.out(&["cluster", "in", "-q", "-o", "clusters.csv", "--html", "page.html"]);
    desk.out(&["cluster", "in", "-q", "-o", "run.jsonl"]);
    desk.out(&["keep", "run.jsonl", "-q", "--format", "jsonl", "-o", "kept.jsonl"]);
    for (name, what) in [("clusters.csv", "a wirecopy table of clusters"), ("page.html", "a wirecopy page")] {
        let output = desk.run(&["cluster", name, "-o", "again.jsonl"]);
        assert_eq!(output.status.code(), Some(3));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(stderr, format!("warning: {name}: {what}, not news\n"));
    }
    // Annotated documents are read if they are named explicitly.
    desk.out(&["cluster", "kept.jsonl", "-q", "-o", "again.jsonl"]);
    assert_eq!(desk.of_type("again.jsonl", "document").len(), 2);
}

#[test]
fn commands_on_a_run_replace_neither_the_report_nor_its_inputs() {
    let desk = desk();
    desk.out(&["cluster", "in", "feed.jsonl", "-q", "-o", "run.jsonl"]);
    for name in ["run.jsonl", "in/one.txt", "feed.jsonl"] {
        refused(&desk, &["report", "run.jsonl", "-o", name], "cannot write");
        refused(&desk, &["keep", "run.jsonl", "-o", name], "cannot write");
        refused(&desk, &["keep", "run.jsonl", "--drop", "-o", name], "cannot write");
        refused(&desk, &["keep", "run.jsonl", "--format", "jsonl", "-o", name], "cannot write");
    }
    desk.file("pairs.tsv", "a\tb\t1\tx\n");
    for name in ["pairs.tsv", "feed.jsonl"] {
        let args = ["calibrate", "--pairs", "pairs.tsv", "--docs", "feed.jsonl", "-o", name];
        refused(&desk, &args, "it is an input");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn unwritable_standard_output_is_an_error() {
    let desk = desk();
    desk.out(&["cluster", "in", "-q", "-o", "run.jsonl"]);
    desk.file("gold.tsv", "one.txt\tf\ntwo.txt\tf\n");
    let shell = |line: &str| desk.shell(line).output().unwrap();
    let forms = [
        "--help",
        "--version",
        "help-of cluster --help",
        "completions bash",
        "man",
        "config",
        "tune",
        "cluster in",
        "cluster in --format csv",
        "cluster in --html -",
        "keep run.jsonl",
        "keep run.jsonl --format jsonl",
        "keep run.jsonl --dry-run",
        "report run.jsonl -o -",
        "eval run.jsonl --gold gold.tsv",
        "compare in/one.txt in/two.txt",
        "compare in/one.txt in/two.txt --format json",
        "bench in",
    ];
    for form in forms {
        let form = form.trim_start_matches("help-of ");
        for (to, why) in [("> /dev/full", "No space left on device"), (">&-", "it is closed")] {
            let output = shell(&format!("wirecopy {form} {to}"));
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{form} {to}: {stderr}");
            assert!(
                stderr.contains(&format!("cannot write standard output: {why}\n")),
                "{form} {to}: {stderr}"
            );
        }
        let output = shell(&format!("wirecopy {form} > /dev/null"));
        assert_eq!(output.status.code(), Some(0), "{form}");
        let output = shell(&format!("(wirecopy {form}; echo $? >&2) | head -c 1"));
        assert!(String::from_utf8(output.stderr).unwrap().ends_with("0\n"), "{form} in a closed pipe");
    }
    // Commands that write nothing to standard output work without it.
    for line in [
        "cluster in -q -o other.jsonl >&-",
        "keep run.jsonl -o list.txt >&-",
        "report run.jsonl -o p.html >&-",
    ] {
        assert_eq!(shell(&format!("wirecopy {line}")).status.code(), Some(0), "{line}");
    }
    assert_eq!(shell("wirecopy --no-such-flag >&-").status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn closed_pipe_ends_only_the_output_that_goes_there() {
    let desk = desk();
    desk.out(&["cluster", "in", "-q", "-o", "run.jsonl"]);
    desk.file("long.txt", &FERRY.repeat(2000));
    desk.out(&["cluster", "long.txt", "-q", "-o", "long.jsonl"]);
    let done = |line: &str| {
        let output = desk.shell(line).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}: {stderr}");
        stderr
    };
    done("mkfifo pipe; : < pipe & wirecopy cluster in -q -o pipe --html page.html");
    assert!(desk.read("page.html").contains("ferry"));
    let stderr = done("(sleep 1; wirecopy keep long.jsonl --format jsonl) | :");
    assert_eq!(stderr, "1 documents: 1 to keep, 0 not\n");
    done("wirecopy bench --generate 5000 -o - | head -c 1");
    let made = |names: Vec<String>| names.into_iter().filter(|name| name.contains("gold")).count();
    assert_eq!(made(desk.names()), 0, "no families of documents that nobody read");
    done("wirecopy bench --generate 50 -o - > made.jsonl");
    assert_eq!(desk.read("-.gold.tsv").lines().count(), 50);
}

#[test]
fn temporary_files_of_a_killed_run_are_removed_by_the_next() {
    let desk = desk();
    desk.file(".wirecopy-a1B2c3.tmp", "half a report");
    desk.file(".wirecopy-mine.tmp", "a file of the user");
    let writing = desk.path().join(".wirecopy-D4e5F6.tmp");
    let other = fs::File::create(&writing).unwrap();
    other.lock().unwrap();
    desk.out(&["cluster", "in", "-q", "-o", "run.jsonl"]);
    let left: Vec<String> = desk.names().into_iter().filter(|name| name.starts_with('.')).collect();
    assert_eq!(
        left,
        [".wirecopy-D4e5F6.tmp", ".wirecopy-mine.tmp"],
        "a file that another process is writing is kept"
    );
    drop(other);
    desk.out(&["cluster", "in", "-q", "-o", "run.jsonl"]);
    assert!(!writing.exists());
}
