//! Tests the program from the outside: arguments, settings, outputs, exit codes.
#![cfg(feature = "cli")]

use std::fs;
use std::process::Stdio;

use crate::desk::{Desk, HARBOUR, trouble};
use assert_cmd::assert::OutputAssertExt;

/// Returns the line of `wirecopy config` for a key.
fn setting<'a>(dump: &'a str, key: &str) -> &'a str {
    let start = format!("{key} = ");
    dump.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("no {key} in:\n{dump}"))
}

#[test]
fn every_command_has_help() {
    let desk = Desk::new();
    for args in [
        &["--help"][..],
        &["-h"],
        &["cluster", "--help"],
        &["eval", "--help"],
        &["keep", "--help"],
        &["calibrate", "-h"],
        &["tune", "--help"],
        &["config", "-h"],
        &["completions", "-h"],
        &["man", "-h"],
    ] {
        assert!(desk.out(args).contains("Usage: wirecopy"), "{args:?}");
    }
    assert!(desk.out(&["--version"]).starts_with("wirecopy "));
    assert!(desk.out(&["--help"]).contains("Exit codes:"));
}

#[test]
fn help_shows_defaults_and_variables_from_their_constants() {
    let help = Desk::new().out(&["cluster", "--help"]);
    for text in [
        format!("[default: {}] [env: WIRECOPY_MATCH_THRESHOLD]", wirecopy_core::config::THRESHOLD),
        format!("[default: {}] [env: WIRECOPY_MATCH_SHINGLE]", wirecopy_core::config::SHINGLE),
        "[env: WIRECOPY_INGEST_FIELDS_TEXT]".to_owned(),
        "Examples:".to_owned(),
        "Matching options:".to_owned(),
    ] {
        assert!(help.contains(&text), "{text} is not in:\n{help}");
    }
}

#[test]
fn usage_errors_exit_with_2() {
    let desk = Desk::new();
    assert!(desk.trouble(&["cluster", "--no-such-flag", "corpus"]).contains("--no-such-flag"));
    assert!(desk.trouble(&["cluster"]).contains("<PATH>"));
    assert!(desk.trouble(&["unknown"]).contains("unknown"));
    assert!(desk.trouble(&[]).contains("Usage"));
    assert!(desk.trouble(&["cluster", "-", "-"]).contains("only once"));
    assert!(desk.trouble(&["cluster", "-q", "-v", "corpus"]).contains("cannot be used with"));
    assert!(
        desk.trouble(&["cluster", "--max-document-bytes", "64X", "corpus"]).contains("`64X` is not a size")
    );
    assert_eq!(desk.trouble(&["cluster", "--threshold", "3", "corpus"]).lines().count(), 1);
}

#[test]
fn missing_root_is_named() {
    let desk = Desk::new();
    let message = desk.trouble(&["cluster", "corpus", "no/such/folder", "-o", "run.jsonl"]);
    assert_eq!(message, "error: no/such/folder: No such file or directory\n");
    assert_eq!(desk.names(), ["corpus"]);
}

#[test]
fn flags_override_variables_which_override_the_file() {
    let desk = Desk::new();
    desk.file("wirecopy.toml", "threads = 3\n[match]\nshingle = 4\nthreshold = 0.6\nsignature = 64\n");
    let mut command = desk.command(&["config", "--threshold", "0.7"]);
    command.env("WIRECOPY_MATCH_THRESHOLD", "0.8").env("WIRECOPY_MATCH_SHINGLE", "6");
    let dump = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let origin = |key: &str| setting(&dump, key).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(origin("threads"), "threads = 3 # wirecopy.toml:1");
    assert_eq!(origin("signature"), "signature = 64 # wirecopy.toml:5");
    assert_eq!(origin("shingle"), "shingle = 6 # WIRECOPY_MATCH_SHINGLE");
    assert_eq!(origin("threshold"), "threshold = 0.7 # --threshold");
    assert_eq!(origin("misses"), format!("misses = {} # default", wirecopy_core::config::MISSES));
    assert!(desk.out(&["config", "--no-config"]).lines().all(|line| !line.contains("wirecopy.toml")));
}

#[test]
fn config_flag_selects_the_settings_file() {
    let desk = Desk::new();
    desk.file("wirecopy.toml", "threads = 3\n");
    desk.file("other.toml", "[ingest]\nexclude = [\"*.bak\"]\nmax_document_bytes = \"1M\"\n");
    let dump = desk.out(&["config", "--config", "other.toml"]);
    assert!(setting(&dump, "threads").ends_with("# default"));
    assert!(setting(&dump, "exclude").starts_with("exclude = [\"*.bak\"] "));
    assert!(setting(&dump, "max_document_bytes").ends_with("# other.toml:3"));
    let missing = desk.trouble(&["config", "--config", "missing.toml"]);
    assert_eq!(missing, "error: cannot read missing.toml: No such file or directory\n");
}

#[test]
fn every_settings_flag_takes_effect() {
    let desk = Desk::new();
    let dump = desk.out(&[
        "config",
        "-j",
        "2",
        "--shingle",
        "3",
        "--containment",
        "0.8",
        "--no-rewrites",
        "--strictness",
        "wide",
        "--model",
        "own.json",
        "--include",
        "*.txt",
        "--include",
        "*.html",
        "--exclude",
        "old",
        "--max-depth",
        "4",
        "--follow",
        "--hidden=true",
        "--max-document-bytes",
        "2M",
        "--id-field",
        "i",
        "--text-field",
        "t",
        "--title-field",
        "h",
        "--date-field",
        "d",
        "--source-field",
        "s",
        "--url-field",
        "u",
    ]);
    for line in [
        "threads = 2",
        "shingle = 3",
        "excerpt_containment = 0.8",
        "rewrites = false",
        "strictness = \"wide\"",
        "model = \"own.json\"",
        "include = [\"*.txt\", \"*.html\"]",
        "exclude = [\"old\"]",
        "max_depth = 4",
        "follow = true",
        "hidden = true",
        "max_document_bytes = ",
        "id = \"i\"",
        "text = \"t\"",
        "title = \"h\"",
        "date = \"d\"",
        "source = \"s\"",
        "url = \"u\"",
    ] {
        let found =
            dump.lines().find(|found| found.starts_with(line)).unwrap_or_else(|| panic!("{line}\n{dump}"));
        assert!(found.contains("  # --"), "{found}");
    }
}

#[test]
fn setting_without_default_can_be_set_by_file_variable_and_flag() {
    let desk = Desk::new();
    assert!(desk.out(&["config"]).contains("# model is not set"));
    desk.file("wirecopy.toml", "[match]\nmodel = \"file.json\"\n");
    assert!(setting(&desk.out(&["config"]), "model").starts_with("model = \"file.json\" "));
    let mut command = desk.command(&["config"]);
    command.env("WIRECOPY_MATCH_MODEL", "2024").env("WIRECOPY_INGEST_MAX_DEPTH", "3");
    let dump = String::from_utf8(command.output().unwrap().stdout).unwrap();
    assert!(setting(&dump, "model").starts_with("model = \"2024\" "), "{dump}");
    assert!(setting(&dump, "max_depth").starts_with("max_depth = 3 "), "{dump}");
    // A flag that turns something off can also turn it on again.
    desk.file("wirecopy.toml", "match.rewrites = false\n");
    let dump = desk.out(&["config", "--no-rewrites=false"]);
    assert!(setting(&dump, "rewrites").starts_with("rewrites = true "), "{dump}");
}

#[test]
fn model_is_checked_before_the_run() {
    let desk = Desk::new();
    let message = desk.trouble(&["cluster", "corpus", "--model", "missing.json"]);
    assert_eq!(message, "error: missing.json: No such file or directory\n");
    desk.file("broken.json", "{}");
    assert!(desk.trouble(&["cluster", "corpus", "--model", "broken.json"]).contains("broken.json"));
    // Without rewrites, the model is not read.
    desk.out(&["cluster", "corpus", "--model", "missing.json", "--no-rewrites", "-o", "run.jsonl"]);
    let run = wirecopy::report::Run::read_jsonl(desk.path().join("run.jsonl")).unwrap();
    assert_eq!(run.header.config.matching.model.as_deref(), Some(std::path::Path::new("missing.json")));
    assert!(!run.header.config.matching.rewrites);
    assert!(desk.trouble(&["cluster", "corpus", "--strictness", "lax"]).contains("strict, balanced, wide"));
    let message = desk.trouble(&["cluster", "corpus", "--containment", "1.5"]);
    assert_eq!(
        message,
        "error: --containment: match.excerpt_containment: 1.5 is not above 0 and at most 1\n"
    );
}

#[test]
fn tune_shows_the_bands_for_the_settings() {
    let desk = Desk::new();
    let text = desk.out(&["tune"]);
    assert!(text.contains("\n48 bands of 4 rows\n") && text.lines().all(|line| line.chars().count() <= 80));
    assert_eq!(text.lines().filter(|line| line.starts_with(">     0.50 ")).count(), 1, "{text}");
    desk.file("wirecopy.toml", "[match]\nthreshold = 0.8\nmisses = 0.01\n");
    let json = |args: &[&str]| desk.json(&[&["tune", "--format", "json"], args].concat());
    let value = json(&[]);
    assert_eq!((value["threshold"].as_f64(), value["misses"].as_f64()), (Some(0.8), Some(0.01)));
    assert_eq!(value["curve"].as_array().map(Vec::len), Some(21));
    assert!(value["missed_at_threshold"].as_f64() <= Some(0.01));
    let value = json(&["--threshold", "0.3", "--signature", "64"]);
    assert_eq!((value["threshold"].as_f64(), value["signature"].as_u64()), (Some(0.3), Some(64)));
    assert!(value["bands"].as_u64().zip(value["rows"].as_u64()).is_some_and(|(b, r)| b * r <= 64));
    for (args, message) in [
        (["--threshold", "0"], "error: --threshold: match.threshold: 0 is not above 0 and at most 1\n"),
        (["--misses", "1"], "error: --misses: match.misses: 1 is not above 0 and below 1\n"),
        (["--signature", "8"], "error: --signature: match.signature: 8 is not in 16 to 1024\n"),
    ] {
        assert_eq!(desk.trouble(&[&["tune"], &args[..]].concat()), message);
    }
    assert!(desk.out(&["tune", "--help"]).contains("[env: WIRECOPY_MATCH_MISSES]"));
}

#[test]
fn config_output_is_a_settings_file() {
    let desk = Desk::new();
    let dump =
        desk.out(&["config", "--threshold", "0.7", "--max-document-bytes", "2M", "--include", "*.txt"]);
    desk.file("again.toml", &dump);
    let again = desk.out(&["config", "--config", "again.toml"]);
    let values = |dump: &str| -> Vec<String> {
        dump.lines().map(|line| line.split("  #").next().unwrap_or_default().trim().to_owned()).collect()
    };
    assert_eq!(values(&dump), values(&again));
}

#[test]
fn invalid_settings_are_reported_with_their_origin() {
    let desk = Desk::new();
    desk.file("wirecopy.toml", "[match]\n\nshingel = 4\n");
    for args in [&["config"][..], &["cluster", "corpus"]] {
        let message = desk.trouble(args);
        assert!(message.starts_with("error: wirecopy.toml:3: unknown key `match.shingel`"), "{message}");
    }
    desk.file("wirecopy.toml", "");
    let mut command = desk.command(&["config"]);
    let message = trouble(command.env("WIRECOPY_MATCH_SHINGLE", "many"));
    assert!(message.starts_with("error: WIRECOPY_MATCH_SHINGLE: match.shingle: "), "{message}");
    let message = desk.trouble(&["config", "--shingle", "99"]);
    assert_eq!(message, "error: --shingle: match.shingle: 99 is not in 1 to 32\n");
    let mut command = desk.command(&["config"]);
    assert!(trouble(command.env("WIRECOPY_LOG", "loud")).contains("WIRECOPY_LOG"));
    let output = desk.command(&["config"]).env("WIRECOPY_TRESHOLD", "1").output().unwrap();
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .contains("unknown setting: environment variable WIRECOPY_TRESHOLD")
    );
}

#[test]
fn format_follows_from_the_extension_unless_given() {
    let desk = Desk::new();
    let text = desk.out(&["cluster", "corpus", "-o", "run.jsonl"]);
    assert!(text.contains("ocuments"), "{text}");
    assert!(desk.read("run.jsonl").starts_with("{\"type\":\"run\",\"schema\":2,"));
    wirecopy::report::Run::read_jsonl(desk.path().join("run.jsonl")).unwrap();
    assert_eq!(desk.out(&["cluster", "corpus", "-q", "-o", "table.csv"]), "");
    assert!(desk.read("table.csv").starts_with("cluster,id,"));
    desk.out(&["cluster", "corpus", "-o", "table.txt", "--format", "jsonl"]);
    assert!(desk.read("table.txt").starts_with("{\"type\":\"run\""));
    for out in [&["--format", "jsonl"][..], &["-o", "-"], &["-q", "--format", "jsonl"]] {
        let stdout = desk.out(&[&["cluster", "corpus"], out].concat());
        assert!(stdout.lines().all(|line| line.starts_with("{\"type\":")) && !stdout.is_empty(), "{out:?}");
    }
    assert_eq!(desk.out(&["cluster", "corpus", "-q"]), "");
    assert!(!desk.out(&["cluster", "corpus", "-q", "--format", "text"]).is_empty());
}

#[test]
fn report_contains_command_and_settings() {
    let desk = Desk::new();
    desk.out(&["cluster", "corpus", "-o", "run.jsonl", "--threshold", "0.7"]);
    let run = wirecopy::report::Run::read_jsonl(desk.path().join("run.jsonl")).unwrap();
    assert_eq!(run.header.command[1..], ["cluster", "corpus", "-o", "run.jsonl", "--threshold", "0.7"]);
    assert_eq!(run.header.config.matching.threshold, 0.7);
}

#[test]
fn unwritable_output_fails_before_the_run() {
    let desk = Desk::new();
    let message = desk.trouble(&["cluster", "corpus", "-o", "no/such/run.jsonl"]);
    assert_eq!(message, "error: cannot write no/such/run.jsonl: No such file or directory\n");
    let message = desk.trouble(&["cluster", "corpus", "-o", "corpus/a.txt/run.jsonl"]);
    assert_eq!(message, "error: cannot write corpus/a.txt/run.jsonl: Not a directory\n");
    assert_eq!(desk.names(), ["corpus"]);
}

#[cfg(target_os = "linux")]
#[test]
fn devices_are_written_to_directly() {
    let desk = Desk::new();
    let output = desk.run(&["cluster", "corpus", "-o", "/dev/full"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: cannot write /dev/full: No space left on device\n"
    );
    desk.out(&["cluster", "corpus", "-o", "/dev/null"]);
    assert!(fs::metadata("/dev/null").unwrap().file_type() != fs::metadata("/dev").unwrap().file_type());
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    // If standard output is redirected to a file, /dev/stdout is that file and must not be replaced.
    let file = fs::File::create(desk.path().join("out")).unwrap();
    let status = desk.command(&["cluster", "corpus", "-o", "/dev/stdout"]).stdout(file).status().unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(desk.read("out").starts_with("{\"type\":\"run\""));
    assert!(desk.read("out").lines().all(|line| line.starts_with('{')), "the text report is not mixed in");
}

#[cfg(target_os = "linux")]
#[test]
fn full_standard_output_is_an_error() {
    let desk = Desk::new();
    for args in
        [&["cluster", "corpus"][..], &["cluster", "corpus", "--format", "jsonl"], &["config"], &["man"]]
    {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = desk.command(args).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(message, "error: cannot write standard output: No space left on device\n", "{args:?}");
    }
}

#[cfg(unix)]
#[test]
fn closed_pipe_is_not_an_error() {
    let desk = Desk::new();
    for args in [
        &["--help"][..],
        &["cluster", "--help"],
        &["cluster", "corpus"],
        &["cluster", "corpus", "--format", "jsonl"],
        &["cluster", "corpus", "-o", "-"],
        &["config"],
        &["man"],
        &["completions", "bash"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = desk.command(args).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
    }
}

#[test]
fn closed_pipe_keeps_other_outputs_and_exit_codes() {
    let desk = Desk::new();
    desk.file("corpus/b.txt", &fs::read_to_string(desk.path().join("corpus/a.txt")).unwrap());
    let code = |args: &[&str]| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        desk.command(args).stdout(writer).stderr(Stdio::null()).output().unwrap().status.code()
    };
    assert_eq!(code(&["cluster", "corpus", "--html", "page.html"]), Some(0));
    assert!(desk.read("page.html").contains("</html>"));
    assert_eq!(code(&["cluster", "corpus", "--exit-code"]), Some(1));
    desk.file("corpus/empty.txt", "");
    assert_eq!(code(&["cluster", "corpus"]), Some(3));
}

#[test]
fn colours_follow_the_conventions() {
    let desk = Desk::new();
    let colored = |args: &[&str], env: &[(&str, &str)]| {
        let mut command = desk.command(&[&["cluster", "no-such-folder"], args].concat());
        let output = command.envs(env.iter().copied()).output().unwrap();
        output.stderr.contains(&0x1b)
    };
    assert!(!colored(&[], &[]), "standard error is not a terminal here");
    assert!(colored(&["--color", "always"], &[]));
    assert!(colored(&["--color", "always"], &[("NO_COLOR", "1")]), "a flag overrides the environment");
    assert!(colored(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!colored(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn completions_are_generated_for_each_shell() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish"] {
        let file = desk.out(&["completions", shell]);
        assert!(file.contains("wirecopy") && file.contains("max-document-bytes"), "{shell}");
    }
    assert!(desk.trouble(&["completions", "tcsh"]).contains("tcsh"));
}

#[test]
fn manual_pages_are_generated() {
    let desk = Desk::new();
    assert!(desk.out(&["man"]).contains(".TH wirecopy 1"));
    let page = desk.out(&["man", "cluster"]);
    assert!(page.contains(".TH wirecopy-cluster 1") && page.contains("WIRECOPY_MATCH_THRESHOLD"), "{page}");
}

#[test]
fn standard_input_is_read_as_json_lines() {
    let desk = Desk::new();
    let record = |id: &str| {
        format!("{{\"name\":\"{id}\",\"text\":\"The council of Aldmoor voted to close the harbour.\"}}\n")
    };
    desk.file("records.jsonl", &(record("one") + &record("two")));
    let mut command = desk.command(&["cluster", "-", "--id-field", "name", "--format", "csv"]);
    command.stdin(fs::File::open(desk.path().join("records.jsonl")).unwrap());
    let table = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let ids: Vec<&str> = table.lines().skip(1).filter_map(|row| row.split(',').nth(1)).collect();
    assert_eq!(ids, ["one", "two"], "{table}");
}

/// A failed run leaves an existing output unchanged, and a successful one keeps its permissions.
#[cfg(unix)]
#[test]
fn replaced_report_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.file("run.jsonl", "before");
    fs::set_permissions(desk.path().join("run.jsonl"), fs::Permissions::from_mode(0o604)).unwrap();
    desk.trouble(&["cluster", "missing", "-o", "run.jsonl"]);
    assert_eq!(desk.read("run.jsonl"), "before");
    desk.out(&["cluster", "corpus", "-o", "run.jsonl"]);
    let mode = fs::metadata(desk.path().join("run.jsonl")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o604);
    assert_eq!(desk.names(), ["corpus", "run.jsonl"]);
}

/// Adds two copies to the folder.
fn with_a_copy(desk: &Desk) {
    desk.file("corpus/a.txt", HARBOUR);
    desk.file("corpus/copy.txt", HARBOUR);
}

#[test]
fn duplicates_are_found_and_reported_by_the_exit_code() {
    let desk = Desk::new();
    with_a_copy(&desk);
    let text = desk.out(&["cluster", "corpus"]);
    assert!(text.starts_with("3 documents, 2 distinct stories: 1 is a copy of another (33 %)\n"), "{text}");
    assert!(text.contains("identical 1.00  copy.txt"), "{text}");
    desk.command(&["cluster", "corpus", "-q", "--exit-code"]).assert().code(1).stdout("").stderr("");
    desk.command(&["cluster", "corpus/b.txt", "-q", "--exit-code"]).assert().code(0);
    let table = desk.out(&["cluster", "corpus", "--format", "csv"]);
    assert_eq!(table.lines().count(), 3, "{table}");
}

#[test]
fn run_report_in_the_input_folder_is_not_read() {
    let desk = Desk::new();
    with_a_copy(&desk);
    let clusters = || {
        assert!(desk.out(&["cluster", ".", "-o", "run.jsonl"]).starts_with("3 documents, "));
        wirecopy::report::Run::read_jsonl(desk.path().join("run.jsonl")).unwrap().clusters
    };
    let first = clusters();
    assert_eq!((first.len(), clusters()), (1, first));
    let output = desk.run(&["cluster", "run.jsonl"]);
    assert_eq!(output.status.code(), Some(3));
    let message = "warning: run.jsonl: a wirecopy run report, not news\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), message);
}

#[test]
fn skipped_inputs_are_named_and_change_the_exit_code() {
    let desk = Desk::new();
    desk.file("corpus/empty.txt", "");
    let output = desk.run(&["cluster", "corpus", "-o", "run.jsonl"]);
    assert_eq!(output.status.code(), Some(3));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("warning: corpus/empty.txt: ") && stderr.lines().count() == 1, "{stderr}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 input skipped"));
    let run = wirecopy::report::Run::read_jsonl(desk.path().join("run.jsonl")).unwrap();
    assert_eq!((run.documents.len(), run.skipped.len()), (2, 1));
    for at in 0..30 {
        desk.file(&format!("corpus/empty-{at}.txt"), "");
    }
    let output = desk.run(&["cluster", "corpus"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr.lines().count(), 6, "{stderr}");
    assert!(
        stderr.ends_with("warning: 26 more inputs were skipped; the report lists them all\n"),
        "{stderr}"
    );
}
