//! Reads settings from `wirecopy.toml` and from the environment, each with its origin.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::super::args::GlobalArgs;
use super::super::{log, renamed};
use super::{Leaf, Origin, PREFIX, check_value, join, variable};
use wirecopy_ingest::read_text;

/// The settings file that is read from the current folder.
const FILE: &str = "wirecopy.toml";
/// Variables with the prefix that are not settings.
const OTHER_VARIABLES: [&str; 1] = [log::VARIABLE];

/// Reads the settings file, if there is one.
pub(super) fn read_file(global: &GlobalArgs) -> anyhow::Result<Option<(PathBuf, String)>> {
    if global.no_config {
        return Ok(None);
    }
    let path = global.config.as_deref().unwrap_or(Path::new(FILE));
    match read_text(path) {
        Ok(text) => Ok(Some((path.to_owned(), text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound && global.config.is_none() => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Parses a settings file into leaves that know their line.
pub(super) fn parse_file(path: &Path, text: &str, known: &[Leaf]) -> anyhow::Result<Vec<Leaf>> {
    let document = DeTable::parse(text).map_err(|error| {
        let line = error.span().map(|span| format!(":{}", line_of(text, span.start))).unwrap_or_default();
        anyhow!("{}{line}: {}", path.display(), error.message())
    })?;
    // The spanned form has the line numbers, the plain one the values.
    let values: Table =
        toml::from_str(text).map_err(|error| anyhow!("{}: {}", path.display(), error.message()))?;
    let mut file = SettingsFile { path, text, known, leaves: Vec::new() };
    file.table("", document.get_ref(), &values)?;
    Ok(file.leaves)
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count() + 1
}

/// Collects the leaves of a settings file.
struct SettingsFile<'a> {
    path: &'a Path,
    text: &'a str,
    known: &'a [Leaf],
    leaves: Vec<Leaf>,
}

impl SettingsFile<'_> {
    fn table(&mut self, above: &str, spans: &DeTable<'_>, values: &Table) -> anyhow::Result<()> {
        for (name, value) in values {
            let path = renamed::setting(join(above, name));
            let entry = spans.iter().find(|(key, _)| key.get_ref() == name);
            let line = entry.map_or(1, |(key, _)| line_of(self.text, key.span().start));
            if self.leaves.iter().any(|leaf| leaf.path == path) {
                bail!("{}:{line}: {}", self.path.display(), renamed::setting_given_twice(&path));
            }
            if self.known.iter().any(|leaf| leaf.path == path) {
                let origin = Origin::File(self.path.to_owned(), line);
                self.leaves.push(Leaf { path, value: Some(value.clone()), origin });
                continue;
            }
            let inside = format!("{path}.");
            if !self.known.iter().any(|leaf| leaf.path.starts_with(&inside)) {
                let siblings = siblings(above, self.known);
                bail!("{}:{line}: unknown key `{path}`; known here: {siblings}", self.path.display());
            }
            match (value, entry.map(|(_, span)| Spanned::get_ref(span))) {
                (Value::Table(values), Some(DeValue::Table(spans))) => self.table(&path, spans, values)?,
                _ => bail!(
                    "{}:{line}: `{path}` is a table: expected `[{path}]`, found {}",
                    self.path.display(),
                    value.type_str()
                ),
            }
        }
        Ok(())
    }
}

/// Lists the keys of a table, for an error message.
fn siblings(above: &str, known: &[Leaf]) -> String {
    let prefix = if above.is_empty() { String::new() } else { format!("{above}.") };
    let mut names: Vec<&str> = Vec::new();
    for rest in known.iter().filter_map(|leaf| leaf.path.strip_prefix(&prefix)) {
        let name = rest.split('.').next().unwrap_or(rest);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

/// Returns the values set by environment variables. An empty variable counts as unset.
pub(super) fn from_environment(known: &[Leaf]) -> anyhow::Result<Vec<Leaf>> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let mut found = Vec::new();
    let mut names: BTreeSet<String> = OTHER_VARIABLES.into_iter().map(str::to_owned).collect();
    for leaf in known {
        let mut name = variable(&leaf.path);
        for old in renamed::old_settings(&leaf.path) {
            let old_name = variable(old);
            if is_set(&old_name) {
                if is_set(&name) {
                    bail!("{}", renamed::twice(&old_name, &name));
                }
                renamed::warn_of_variable(old, &leaf.path);
                name.clone_from(&old_name);
            }
            names.insert(old_name);
        }
        match std::env::var(&name) {
            Ok(text) if text.is_empty() => {}
            Ok(text) => found.push(Leaf {
                path: leaf.path.clone(),
                value: Some(from_variable(&text, leaf)),
                origin: Origin::Variable(name.clone()),
            }),
            Err(std::env::VarError::NotPresent) => {}
            Err(error) => bail!("{name}: {error}"),
        }
        names.insert(name);
    }
    for (name, _) in std::env::vars_os() {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        if !names.contains(name) {
            tracing::warn!("unknown setting: environment variable {name} is ignored");
        }
    }
    Ok(found)
}

/// Converts a variable's text to a value that its setting accepts.
fn from_variable(text: &str, known: &Leaf) -> Value {
    let value = from_text(text, known.value.as_ref());
    // The type of a setting without a default is unknown: `2024` may be a number or a file name.
    let plain = Value::String(text.to_owned());
    let is_text = check_value(&known.path, &value).is_err() && check_value(&known.path, &plain).is_ok();
    if is_text { plain } else { value }
}

/// Converts a variable's text to the type of its default.
fn from_text(text: &str, default: Option<&Value>) -> Value {
    let plain = || Value::String(text.to_owned());
    let parsed = || toml::from_str::<Table>(&format!("value = {text}")).ok()?.remove("value");
    match default {
        Some(Value::String(_)) => plain(),
        Some(Value::Array(_)) if text.trim_start().starts_with('[') => parsed().unwrap_or_else(plain),
        Some(Value::Array(_)) => Value::Array(split_list(text).into_iter().map(Value::String).collect()),
        _ => parsed().unwrap_or_else(plain),
    }
}

/// Splits a list at commas outside the braces of globs: `*.txt,*.{htm,html}` has two items.
fn split_list(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match parts.last_mut() {
            Some(part) if c != ',' || depth > 0 => part.push(c),
            _ => parts.push(String::new()),
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::defaults;
    use super::*;

    #[test]
    fn variables_are_parsed_as_the_type_of_their_setting() {
        let text = Value::String(String::new());
        assert_eq!(from_text("5", Some(&text)), Value::String("5".to_owned()));
        assert_eq!(from_text("5", Some(&Value::Integer(1))), Value::Integer(5));
        assert_eq!(from_text("5", None), Value::Integer(5));
        assert_eq!(from_text("64M", Some(&Value::Integer(1))), Value::String("64M".to_owned()));
        let defaults = defaults();
        let leaf = |path: &str| defaults.iter().find(|leaf| leaf.path == path).unwrap();
        assert_eq!(from_variable("2024", leaf("match.model")), Value::String("2024".to_owned()));
        assert_eq!(from_variable("2024", leaf("ingest.max_depth")), Value::Integer(2024));
        assert_eq!(split_list("*.txt, *.{htm,html},"), ["*.txt", "*.{htm,html}"]);
    }
}
