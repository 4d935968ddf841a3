//! Tests that README.md and docs/guide.md show the actual output.
//!
//! A `console` block contains commands after `$ `, each followed by its output. The commands of a file run in one folder, which contains
//! `corpus/`. `UPDATE_DOCS=1 cargo test --test all docs::` rewrites the outputs.
#![cfg(all(unix, feature = "cli", feature = "html"))]

use std::fs;
use std::path::Path;

use crate::desk::shell;

fn output_of(script: &str, folder: &Path) -> String {
    let output = shell(folder, script).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{script}: {}: {errors}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the text with the current output of each command, and the number of commands.
fn renewed(text: &str, folder: &Path) -> (String, usize) {
    let (mut out, mut commands, mut inside, mut lines) = (String::new(), 0, false, text.lines());
    while let Some(line) = lines.next() {
        let keep = if line.starts_with("```") {
            inside = line == "```console";
            true
        } else {
            // The old output of a command is dropped.
            !inside || line.starts_with("$ ")
        };
        if !keep {
            continue;
        }
        out.push_str(line);
        out.push('\n');
        let Some(script) = line.strip_prefix("$ ").filter(|_| inside) else { continue };
        let mut script = script.to_owned();
        while script.ends_with('\\') {
            let more = lines.next().unwrap();
            out.push_str(more);
            out.push('\n');
            script.truncate(script.len() - 1);
            script.push_str(more);
        }
        out.push_str(&output_of(&script, folder));
        commands += 1;
    }
    (out, commands)
}

fn check(name: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root.join("corpus"), folder.path().join("corpus")).unwrap();
    let text = fs::read_to_string(root.join(name)).unwrap();
    let (today, commands) = renewed(&text, folder.path());
    assert!(commands > 0, "{name} shows no output");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(root.join(name), today).unwrap();
    } else {
        assert!(
            text == today,
            "{name} is outdated; run UPDATE_DOCS=1 cargo test --test all docs::. It should be:\n{today}"
        );
    }
}

#[test]
fn readme_shows_the_actual_output() {
    check("README.md");
}

#[test]
fn guide_shows_the_actual_output() {
    check("docs/guide.md");
}

#[test]
fn old_outputs_are_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        "a\n```console\n$ echo b; \\\n  echo c\nold\n$ echo d\n```\n$ no command\n```sh\n$ none\n```\n";
    let (today, commands) = renewed(text, folder.path());
    assert_eq!(
        today,
        "a\n```console\n$ echo b; \\\n  echo c\nb\nc\n$ echo d\nd\n```\n$ no command\n```sh\n$ none\n```\n"
    );
    assert_eq!(commands, 2);
}
