//! Tests that old names of flags, settings, variables and perturbations work, with a warning.
#![cfg(feature = "cli")]

use std::process::Command;

use crate::desk::Desk;

/// Returns the standard output and standard error of a command that must exit with 0.
fn run(command: &mut Command) -> (String, String) {
    let output = command.output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    (String::from_utf8(output.stdout).unwrap(), stderr)
}

const KEPT: &str = "keep_boilerplate = true";

#[test]
fn old_flag_works_with_a_warning() {
    let desk = Desk::new();
    for flag in ["--keep-furniture", "--keep-furniture=true"] {
        let (config, warning) = run(&mut desk.command(&["config", flag]));
        assert!(config.contains(KEPT), "{config}");
        let expected = "warning: --keep-furniture is now called --keep-boilerplate; the old name will not work in \
                        the next version\n";
        assert_eq!(warning, expected);
    }
    assert_eq!(run(&mut desk.command(&["config", "-q", "--keep-furniture"])).1, "");
    assert_eq!(run(&mut desk.command(&["config", "--keep-boilerplate"])).1, "");
    for command in ["cluster", "config"] {
        assert!(!desk.out(&[command, "--help"]).contains("furniture"));
    }
}

#[test]
fn flag_under_both_names_is_an_error() {
    let desk = Desk::new();
    for flags in [["--keep-furniture", "--keep-boilerplate"], ["--keep-boilerplate=true", "--keep-furniture"]]
    {
        assert_eq!(
            desk.trouble(&[&["config"][..], &flags].concat()),
            "error: --keep-furniture is the old name of --keep-boilerplate: give only one of them\n"
        );
    }
}

#[test]
fn old_setting_works_with_a_warning() {
    let desk = Desk::new();
    desk.file("wirecopy.toml", "[match]\nkeep_furniture = true\n");
    let (config, warning) = run(&mut desk.command(&["config"]));
    assert!(config.contains(KEPT) && config.contains("# wirecopy.toml:2"), "{config}");
    assert!(
        warning.starts_with("warning: match.keep_furniture is now called match.keep_boilerplate; "),
        "{warning}"
    );
}

#[test]
fn old_variable_works_with_a_warning() {
    let desk = Desk::new();
    let (old, new) = ("WIRECOPY_MATCH_KEEP_FURNITURE", "WIRECOPY_MATCH_KEEP_BOILERPLATE");
    let (config, warning) = run(desk.command(&["config"]).env(old, "true"));
    assert!(config.contains(KEPT) && config.contains(old), "{config}");
    assert!(warning.starts_with(&format!("warning: {old} is now called {new}; ")), "{warning}");
    // An empty variable counts as unset.
    let (config, warning) = run(desk.command(&["config"]).env(old, "").env(new, "true"));
    assert!(config.contains(KEPT) && warning.is_empty(), "{config}{warning}");
}

#[test]
fn setting_under_both_names_is_an_error() {
    let desk = Desk::new();
    let (old, new) = ("keep_furniture = true\n", "keep_boilerplate = false\n");
    for settings in [[old, new], [new, old]] {
        desk.file("wirecopy.toml", &format!("[match]\n{}", settings.concat()));
        let message = desk.trouble(&["config"]);
        let expected =
            "match.keep_furniture is the old name of match.keep_boilerplate: give only one of them\n";
        assert!(message.ends_with(expected), "{message}");
        assert!(message.contains("error: wirecopy.toml:"), "{message}");
    }
    std::fs::remove_file(desk.path().join("wirecopy.toml")).unwrap();
    let (old, new) = ("WIRECOPY_MATCH_KEEP_FURNITURE", "WIRECOPY_MATCH_KEEP_BOILERPLATE");
    let output = desk.command(&["config"]).env(old, "true").env(new, "false").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let expected = format!("error: {old} is the old name of {new}: give only one of them\n");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), expected);
}

#[test]
fn old_perturbation_works_with_a_warning() {
    let desk = Desk::new();
    desk.file("pairs.tsv", "a.txt\tb.txt\t0\tall\n");
    let args = ["eval", "--pairs", "pairs.tsv", "--docs", "corpus", "--format", "json", "--perturb"];
    let (old, warning) = run(&mut desk.command(&[&args[..], &["furniture_4"]].concat()));
    assert!(warning.starts_with("warning: furniture_4 is now called boilerplate_4; "), "{warning}");
    assert_eq!(old, desk.out(&[&args[..], &["boilerplate_4"]].concat()));
}
