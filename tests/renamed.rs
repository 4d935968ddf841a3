//! Old names of flags, settings, variables and perturbations work, with a warning.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(feature = "cli")]

#[path = "cmd/desk.rs"]
mod desk;

use std::process::Command;

use desk::Desk;

/// Standard output and standard error of a command that ends with 0.
fn told(command: &mut Command) -> (String, String) {
    let output = command.output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    (String::from_utf8(output.stdout).unwrap(), stderr)
}

const KEPT: &str = "keep_boilerplate = true";

#[test]
fn an_old_flag_works_and_is_warned_of() {
    let desk = Desk::new();
    for flag in ["--keep-furniture", "--keep-furniture=true"] {
        let (config, warning) = told(&mut desk.command(&["config", flag]));
        assert!(config.contains(KEPT), "{config}");
        let expected = "warning: --keep-furniture is now called --keep-boilerplate; the old name will not work in \
                        the next version\n";
        assert_eq!(warning, expected);
    }
    assert_eq!(told(&mut desk.command(&["config", "-q", "--keep-furniture"])).1, "");
    assert_eq!(told(&mut desk.command(&["config", "--keep-boilerplate"])).1, "");
    for verb in ["cluster", "config"] {
        assert!(!desk.out(&[verb, "--help"]).contains("furniture"));
    }
}

#[test]
fn an_old_setting_works_and_is_warned_of() {
    let desk = Desk::new();
    desk.file("wirecopy.toml", "[match]\nkeep_furniture = true\n");
    let (config, warning) = told(&mut desk.command(&["config"]));
    assert!(config.contains(KEPT) && config.contains("# wirecopy.toml:2"), "{config}");
    assert!(
        warning.starts_with("warning: match.keep_furniture is now called match.keep_boilerplate; "),
        "{warning}"
    );
}

#[test]
fn an_old_variable_works_and_is_warned_of() {
    let desk = Desk::new();
    let (old, new) = ("WIRECOPY_MATCH_KEEP_FURNITURE", "WIRECOPY_MATCH_KEEP_BOILERPLATE");
    let (config, warning) = told(desk.command(&["config"]).env(old, "true"));
    assert!(config.contains(KEPT) && config.contains(old), "{config}");
    assert!(warning.starts_with(&format!("warning: {old} is now called {new}; ")), "{warning}");
    // The name of today wins.
    let (config, warning) = told(desk.command(&["config"]).env(old, "true").env(new, "false"));
    assert!(config.contains("keep_boilerplate = false") && warning.is_empty(), "{config}{warning}");
}

#[test]
fn an_old_perturbation_works_and_is_warned_of() {
    let desk = Desk::new();
    desk.file("pairs.tsv", "a.txt\tb.txt\t0\tall\n");
    let args = ["eval", "--pairs", "pairs.tsv", "--docs", "corpus", "--format", "json", "--perturb"];
    let (old, warning) = told(&mut desk.command(&[&args[..], &["furniture_4"]].concat()));
    assert!(warning.starts_with("warning: furniture_4 is now called boilerplate_4; "), "{warning}");
    assert_eq!(old, desk.out(&[&args[..], &["boilerplate_4"]].concat()));
}
