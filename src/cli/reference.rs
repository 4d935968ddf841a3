//! Generates `docs/cli.md`, `docs/settings.md` and the table of `docs/formats.md` from the code. `UPDATE_DOCS=1 cargo test reference`
//! rewrites them. Without it, an outdated file fails a test. Shell commands and paths in the documentation are checked too.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Arg, Command};
use toml::Value;
use wirecopy_formats::{FORMATS, Provided};

use super::command::command;
use super::setting_args::SETTINGS;
use super::settings::{defaults, error_of, variable};

/// The notice below the title of both files.
const GENERATED: &str = "<!-- Generated from the code: UPDATE_DOCS=1 cargo test reference -->\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a file of the documentation with the expected text, or rewrites it.
fn check(name: &str, expected: &str) {
    let path = root().join("docs").join(name);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path, expected).unwrap();
    } else {
        let found = fs::read_to_string(path).unwrap_or_default();
        assert!(found == expected, "docs/{name} is outdated: run UPDATE_DOCS=1 cargo test reference");
    }
}

/// Formats a flag or operand as a list item, with its help.
fn item(arg: &Arg) -> String {
    let short = arg.get_short().map(|c| format!("-{c}, ")).unwrap_or_default();
    let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let mut out = format!("- `{short}{arg}`: {}\n", help.replace('\n', "\n  "));
    if !arg.is_hide_possible_values_set() && arg.get_action().takes_values() {
        for value in arg.get_possible_values() {
            let about = value.get_help().map(|help| format!(": {help}")).unwrap_or_default();
            writeln!(out, "  - `{}`{about}", value.get_name()).unwrap();
        }
    }
    let values: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if !values.is_empty() && arg.get_action().takes_values() {
        writeln!(out, "\n  [default: {}]", values.join(", ")).unwrap();
    }
    out.replace("\n  \n", "\n\n")
}

/// Lists the options by heading. Those in `known` are described elsewhere and only named, in one line.
fn options(out: &mut String, command: &Command, known: &[String]) {
    let mut headings: Vec<(&str, String)> = Vec::new();
    let mut repeated = Vec::new();
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
        if ["help", "version"].contains(&arg.get_id().as_str()) {
            continue;
        }
        let item = item(arg);
        if known.contains(&item) {
            repeated
                .extend(arg.get_long().filter(|_| !arg.is_global_set()).map(|long| format!("`--{long}`")));
            continue;
        }
        let heading =
            if arg.is_positional() { "Arguments" } else { arg.get_help_heading().unwrap_or("Options") };
        match headings.iter_mut().find(|(known, _)| *known == heading) {
            Some((_, items)) => items.push_str(&item),
            None => headings.push((heading, item)),
        }
    }
    for (heading, items) in headings {
        writeln!(out, "\n**{heading}**\n\n{}", items.trim_end()).unwrap();
    }
    if !repeated.is_empty() {
        writeln!(out, "\nAlso, as for `wirecopy cluster`: {}.", repeated.join(", ")).unwrap();
    }
}

#[test]
fn docs_cli_md_lists_every_command_and_flag() {
    let mut program = command();
    program.build();
    let mut out = format!("# Commands\n\n{GENERATED}");
    writeln!(out, "\n{}", program.get_long_about().unwrap()).unwrap();
    writeln!(out, "\n```text\n{}\n```", program.get_after_help().unwrap()).unwrap();
    out.push_str("\n## Options of every command\n");
    options(&mut out, &program, &[]);
    let mut known: Vec<String> = program.get_arguments().map(item).collect();
    for command in program.get_subcommands_mut() {
        let usage = command.render_usage().to_string();
        let about = command.get_long_about().or(command.get_about()).unwrap().to_string();
        writeln!(out, "\n## wirecopy {}\n\n{about}\n\n```text\n{usage}\n```", command.get_name()).unwrap();
        options(&mut out, command, &known);
        if let Some(examples) = command.get_after_long_help() {
            writeln!(out, "\n```text\n{examples}\n```").unwrap();
        }
        if command.get_name() == "cluster" {
            known.extend(command.get_arguments().map(item));
        }
    }
    check("cli.md", &out);
}

/// Extracts the documentation of the public fields of `structure` from a source file.
fn field_docs(source: &str, structure: &str, prefix: &str, docs: &mut BTreeMap<String, String>) {
    let (_, body) = source.split_once(&format!("struct {structure} {{")).unwrap();
    let mut doc = Vec::new();
    for line in body.split("\n}").next().unwrap().lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            doc.push(text.trim());
        } else if let Some((name, _)) = line.strip_prefix("pub ").and_then(|field| field.split_once(':')) {
            docs.insert(format!("{prefix}{name}"), doc.join(" "));
            doc.clear();
        }
    }
}

/// Describes the values that a setting accepts, based on the error messages for invalid ones.
fn values(path: &str, default: Option<&Value>) -> String {
    let after = |value: Value, part: &str| {
        error_of(path, value).and_then(|error| error.split_once(part).map(|(_, tail)| tail.to_owned()))
    };
    let takes = |value: Value| error_of(path, value).is_none();
    let size = if takes(Value::from("2G")) { "bytes, or a size such as `2G`: " } else { "" };
    match default {
        Some(Value::Boolean(_)) => "`true`, `false`".to_owned(),
        Some(Value::Array(_)) => "a list of texts".to_owned(),
        Some(Value::Float(_)) => after(Value::from(2.0), "2 is not ").unwrap(),
        None if !takes(Value::from(3)) && !takes(Value::from(1i64 << 30)) => "text".to_owned(),
        Some(Value::Integer(_)) | None => {
            let range = after(Value::from(1i64 << 40), " is not in ");
            let least = (0..3).find(|n| takes(Value::from(*n)));
            let least =
                least.map(|n| format!("{n} or more")).or_else(|| after(Value::from(1), ": a run needs "));
            format!("{size}{}", range.or(least).unwrap())
        }
        _ => after(Value::from("\u{1}"), "expected one of ").unwrap_or_else(|| "text".to_owned()),
    }
}

#[test]
fn docs_settings_md_lists_every_setting() {
    let ingest = include_str!("../../crates/wirecopy-ingest/src/config.rs");
    let core = include_str!("../../crates/wirecopy-core/src/config.rs");
    let mut docs = BTreeMap::new();
    field_docs(include_str!("settings/mod.rs"), "Program", "", &mut docs);
    field_docs(ingest, "IngestConfig", "ingest.", &mut docs);
    field_docs(ingest, "FieldNames", "ingest.fields.", &mut docs);
    field_docs(core, "MatchConfig", "match.", &mut docs);
    let mut out = format!("# Settings\n\n{GENERATED}");
    out.push_str(
        "\nA flag comes first, then the environment variable, then `wirecopy.toml`, then the default. `wirecopy config` prints the \
         values that apply and where each comes from.\n\n\
         | setting | default | values | flag | variable | meaning |\n|---|---|---|---|---|---|\n",
    );
    for leaf in defaults() {
        let flag = SETTINGS.iter().find(|(_, path)| *path == leaf.path);
        let flag = flag.map(|(name, _)| format!("`--{}`", name.replace('_', "-"))).unwrap_or_default();
        let meaning = docs.get(&leaf.path).filter(|doc| !doc.is_empty());
        let meaning = meaning.unwrap_or_else(|| panic!("{} is not documented", leaf.path));
        writeln!(
            out,
            "| `{}` | `{}` | {} | {flag} | `{}` | {} |",
            leaf.path,
            leaf.shown(),
            values(&leaf.path, leaf.value.as_ref()),
            variable(&leaf.path),
            meaning.replace('|', "\\|")
        )
        .unwrap();
    }
    check("settings.md", &out);
}

/// Returns the table of the formats that are read.
fn table_of_formats() -> String {
    let mut out = String::from("| format | file names |");
    Provided::ALL.iter().for_each(|provided| {
        let _ = write!(out, " {} |", provided.name());
    });
    out.push_str(" feature | |\n|---|---|");
    out.push_str(&"---|".repeat(Provided::ALL.len() + 2));
    out.push('\n');
    for format in &FORMATS {
        let files: Vec<String> = format.files.iter().map(|ending| format!("`{ending}`")).collect();
        let _ = write!(out, "| {} | {} |", format.name, files.join(" "));
        for provided in Provided::ALL {
            out.push_str(if format.provides.contains(&provided) { " ✓ |" } else { " |" });
        }
        let feature = format.feature.map(|feature| format!(" `{feature}`")).unwrap_or_default();
        let remark = if format.tested { "" } else { " from the specification" };
        let _ = writeln!(out, "{feature} |{remark} |");
    }
    out
}

#[test]
fn docs_formats_md_has_the_table_of_the_formats() {
    let text = fs::read_to_string(root().join("docs/formats.md")).unwrap();
    let (before, rest) = text.split_once(GENERATED).unwrap();
    let (_, after) = rest.trim_start().split_once("\n\n").unwrap();
    check("formats.md", &format!("{before}{GENERATED}\n{}\n{after}", table_of_formats()));
}

/// Splits the commands in a shell script into words, without quotes and comments.
fn commands(script: &str) -> Vec<Vec<String>> {
    let (mut all, mut words, mut word) = (Vec::new(), Vec::new(), None::<String>);
    let (mut quote, mut chars) = (None, script.chars().peekable());
    while let Some(c) = chars.next() {
        match (c, quote) {
            (_, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            ('\\', None) => drop(chars.next_if_eq(&'\n')),
            ('#', None) if word.is_none() => while chars.next_if(|&c| c != '\n').is_some() {},
            (' ' | '\n' | '|' | ';' | '&' | '>' | '(' | ')', None) => {
                words.extend(word.take());
                if c != ' ' {
                    all.push(std::mem::take(&mut words));
                }
            }
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    all.push(words);
    all
}

#[test]
fn commands_of_the_documentation_parse() {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md", "corpus/README.md"]
        .iter()
        .map(|name| root().join(name))
        .chain(docs)
        .collect();
    let mut parsed = 0;
    for path in files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
        let text = fs::read_to_string(path).unwrap();
        for block in text.split("\n```sh\n").skip(1) {
            for words in commands(block.split("\n```").next().unwrap()) {
                if words.first().is_some_and(|word| word == "wirecopy") {
                    let parses = command().try_get_matches_from(&words);
                    assert!(parses.is_ok(), "{}: {words:?}: {}", path.display(), parses.unwrap_err());
                    parsed += 1;
                }
            }
        }
    }
    assert!(parsed > 20, "{parsed}");
}

#[test]
fn paths_of_the_documentation_exist() {
    let mut found = 0;
    for name in ["docs/architecture.md", "CONTRIBUTING.md", "docs/data.md"] {
        let text = fs::read_to_string(root().join(name)).unwrap();
        for path in text.split('`').skip(1).step_by(2) {
            let top = path.split('/').next().unwrap();
            if ["crates", "src", "data", "docs", "tests", "examples", "corpus"].contains(&top)
                && path.contains('/')
            {
                assert!(root().join(path).exists(), "{name}: {path}");
                found += 1;
            }
        }
    }
    assert!(found > 40, "{found}");
}
