//! Merges the defaults, `wirecopy.toml`, the environment and the flags into checked settings.
//!
//! This module names no setting of a run. The leaves of the serialised defaults are the list of settings, and the names of
//! environment variables are derived from their paths. Each value is checked on its own, so that an error can name the file
//! and line, the variable or the flag that it came from.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::args::{GlobalArgs, SETTINGS, Typed};
use super::renamed;
use wirecopy_core::Error;
use wirecopy_report::Config;
use wirecopy_spill::Budget;

/// The settings file that is read from the current folder.
const FILE: &str = "wirecopy.toml";
/// Prefix of environment variables that set a value.
const PREFIX: &str = "WIRECOPY_";
/// Variables with the prefix that are not settings.
const OTHER_VARIABLES: [&str; 1] = [super::log::VARIABLE];

/// Settings of the program rather than of a run. They do not affect the result and are not part of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Program {
    /// Number of worker threads; 0 uses one per core.
    pub threads: usize,
    /// Bytes of memory that a run may hold. If it is not set, there is no limit.
    #[serde(deserialize_with = "wirecopy_ingest::config::number_or_size_or_none")]
    pub memory: Option<u64>,
    /// Folder for temporary files. If it is not set, the system's folder is used.
    pub temp_dir: Option<PathBuf>,
}

/// The lowest memory limit accepted: reading alone needs this much.
const MIN_MEMORY: u64 = 128 << 20;

impl Program {
    /// Returns the memory limit of a run, with the folder for what exceeds it.
    pub(super) fn budget(&self) -> Budget {
        self.memory.map_or_else(Budget::unlimited, |bytes| {
            Budget::new(usize::try_from(bytes).unwrap_or(usize::MAX), self.temp_dir.clone())
        })
    }

    fn validate(&self) -> Result<(), Error> {
        match self.memory {
            Some(bytes) if bytes < MIN_MEMORY => Err(Error::Config {
                name: "memory",
                message: format!("{bytes} bytes are too few: a run needs at least {}M", MIN_MEMORY >> 20),
            }),
            _ => Ok(()),
        }
    }
}

/// The checked settings of one invocation.
#[derive(Debug)]
pub(super) struct Settings {
    pub program: Program,
    pub config: Config,
    /// The settings file, if there is one.
    pub file: Option<PathBuf>,
    /// Every value with its origin, in the order of the file.
    pub leaves: Vec<Leaf>,
}

/// One value and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    /// Its path in `wirecopy.toml`, such as `match.threshold`.
    pub path: String,
    /// `None` for a setting without a value, such as a limit that is off.
    pub value: Option<Value>,
    pub origin: Origin,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Default,
    File(PathBuf, usize),
    Variable(String),
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(path, line) => write!(f, "{}:{line}", path.display()),
            Origin::Variable(name) | Origin::Flag(name) => f.write_str(name),
        }
    }
}

impl Leaf {
    /// Formats the value for help texts.
    pub(super) fn shown(&self) -> String {
        match &self.value {
            None => "none".to_owned(),
            Some(Value::Integer(n)) if self.path.ends_with("_bytes") && n % (1 << 20) == 0 => {
                if n % (1 << 30) == 0 { format!("{}G", n >> 30) } else { format!("{}M", n >> 20) }
            }
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(values)) if values.is_empty() => "none".to_owned(),
            Some(value) => value.to_string(),
        }
    }
}

/// Returns the name of a setting's environment variable.
pub(super) fn variable(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "_").to_uppercase())
}

/// Returns every setting with its default, in the order of the file.
pub(super) fn defaults() -> Vec<Leaf> {
    let mut leaves = Vec::new();
    // Structs of numbers, strings and lists always serialise.
    let parts = [serde_json::to_value(Program::default()), serde_json::to_value(Config::default())];
    for value in parts.into_iter().flatten() {
        collect("", &value, &mut leaves);
    }
    leaves
}

fn collect(path: &str, value: &serde_json::Value, leaves: &mut Vec<Leaf>) {
    match value {
        serde_json::Value::Object(fields) if !fields.is_empty() => {
            for (name, field) in fields {
                collect(&join(path, name), field, leaves);
            }
        }
        value => {
            let value = Value::try_from(value).ok();
            leaves.push(Leaf { path: path.to_owned(), value, origin: Origin::Default });
        }
    }
}

impl Settings {
    /// Overlays the defaults with the settings file, the environment and the flags.
    ///
    /// # Errors
    /// Fails on an unknown key, a value of the wrong type or out of range, and a file that cannot be read. The message names
    /// the origin of the value.
    pub(super) fn load(global: &GlobalArgs, args: &impl Typed) -> anyhow::Result<Self> {
        let mut leaves = defaults();
        let mut file = None;
        if let Some((path, text)) = read_file(global)? {
            for leaf in parse_file(&path, &text, &leaves)? {
                set(&mut leaves, leaf)?;
            }
            file = Some(path);
        }
        for leaf in from_environment(&leaves)? {
            set(&mut leaves, leaf)?;
        }
        for (name, path) in SETTINGS {
            if let Some(value) = args.typed(name) {
                let origin = Origin::Flag(format!("--{}", name.replace('_', "-")));
                set(&mut leaves, Leaf { path: path.to_owned(), value: Some(value), origin })?;
            }
        }
        Ok(Self { file, ..Self::build(leaves)? })
    }

    fn build(leaves: Vec<Leaf>) -> anyhow::Result<Self> {
        let mut table = Table::new();
        for leaf in &leaves {
            if let Some(value) = &leaf.value {
                insert(&mut table, &leaf.path, value.clone());
            }
        }
        let (program, config) = split(table)?;
        if let Err(error) = program.validate().and_then(|()| config.validate()) {
            let origin = match &error {
                Error::Config { name, .. } => {
                    leaves.iter().find(|leaf| leaf.path == *name).map(|leaf| &leaf.origin)
                }
                _ => None,
            };
            return Err(match origin {
                Some(origin) if *origin != Origin::Default => anyhow!("{origin}: {error}"),
                _ => error.into(),
            });
        }
        Ok(Self { program, config, file: None, leaves })
    }
}

/// Replaces the leaf of the same path, after checking that the setting accepts the new value.
fn set(leaves: &mut [Leaf], leaf: Leaf) -> anyhow::Result<()> {
    if let Some(value) = &leaf.value {
        check_value(&leaf.path, value).map_err(|error| anyhow!("{}: {}: {error}", leaf.origin, leaf.path))?;
    }
    match leaves.iter_mut().find(|known| known.path == leaf.path) {
        Some(known) => *known = leaf,
        None => bail!("{}: unknown key `{}`", leaf.origin, leaf.path),
    }
    Ok(())
}

/// Checks that a setting accepts the value.
fn check_value(path: &str, value: &Value) -> anyhow::Result<()> {
    let mut table = Table::new();
    insert(&mut table, path, value.clone());
    split(table).map(drop)
}

/// Splits a settings file into the program's settings and the run's.
fn split(mut table: Table) -> anyhow::Result<(Program, Config)> {
    let mut program = Table::new();
    // JSON also lists settings without a value; TOML omits them.
    if let Ok(serde_json::Value::Object(known)) = serde_json::to_value(Program::default()) {
        for name in known.keys() {
            if let Some(value) = table.remove(name) {
                program.insert(name.clone(), value);
            }
        }
    }
    let plain = |error: toml::de::Error| anyhow!("{}", error.message());
    Ok((program.try_into().map_err(plain)?, table.try_into().map_err(plain)?))
}

/// Sets the value at a dotted path, and creates missing tables.
fn insert(table: &mut Table, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            table.insert(path.to_owned(), value);
        }
        Some((head, rest)) => {
            let inner = table.entry(head).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Reads the settings file, if there is one.
fn read_file(global: &GlobalArgs) -> anyhow::Result<Option<(PathBuf, String)>> {
    if global.no_config {
        return Ok(None);
    }
    let path = global.config.as_deref().unwrap_or(Path::new(FILE));
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some((path.to_owned(), text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound && global.config.is_none() => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Parses a settings file into leaves that know their line.
fn parse_file(path: &Path, text: &str, known: &[Leaf]) -> anyhow::Result<Vec<Leaf>> {
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
fn from_environment(known: &[Leaf]) -> anyhow::Result<Vec<Leaf>> {
    let mut found = Vec::new();
    let mut names: BTreeSet<String> = OTHER_VARIABLES.into_iter().map(str::to_owned).collect();
    for leaf in known {
        let mut name = variable(&leaf.path);
        for old in renamed::old_settings(&leaf.path) {
            let old_name = variable(old);
            if std::env::var_os(&name).is_none() && std::env::var_os(&old_name).is_some() {
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

/// Why a setting does not take the value, tried on its own.
#[cfg(test)]
pub(super) fn error_of(path: &str, value: Value) -> Option<String> {
    let mut leaves = defaults();
    let leaf = Leaf { path: path.to_owned(), value: Some(value), origin: Origin::Default };
    let built = set(&mut leaves, leaf).and_then(|()| Settings::build(leaves));
    built.err().map(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_match_the_library() {
        let settings = Settings::build(defaults()).unwrap();
        assert_eq!(settings.config, Config::default());
        assert_eq!(settings.program, Program::default());
        assert_eq!(settings.leaves.first().map(|leaf| leaf.path.as_str()), Some("threads"));
    }

    #[test]
    fn memory_limit_is_a_size_of_at_least_128m() {
        let limit = |text: &str| {
            let mut leaves = defaults();
            let origin = Origin::Flag("--memory".to_owned());
            set(
                &mut leaves,
                Leaf { path: "memory".to_owned(), value: Some(Value::String(text.to_owned())), origin },
            )?;
            Settings::build(leaves).map(|settings| settings.program.budget().bytes())
        };
        assert_eq!(limit("500MB").unwrap(), Some(500 << 20));
        assert_eq!(limit("2GiB").unwrap(), Some(2 << 30));
        for (text, part) in [
            ("12", "at least 128M"),
            ("1M", "at least 128M"),
            ("much", "is not a size"),
            ("99999999999G", "too large"),
        ] {
            let error = limit(text).unwrap_err().to_string();
            assert!(error.starts_with("--memory: ") && error.contains(part), "{error}");
        }
        assert_eq!(Settings::build(defaults()).unwrap().program.budget().bytes(), None);
    }

    #[test]
    fn variable_names_are_derived_from_paths() {
        assert_eq!(variable("threads"), "WIRECOPY_THREADS");
        assert_eq!(variable("ingest.fields.id"), "WIRECOPY_INGEST_FIELDS_ID");
        let names: BTreeSet<String> = defaults().iter().map(|leaf| variable(&leaf.path)).collect();
        assert_eq!(names.len(), defaults().len(), "two settings share a variable");
    }

    fn errors_of(text: &str) -> String {
        let mut leaves = defaults();
        let result = parse_file(Path::new("w.toml"), text, &leaves)
            .and_then(|file| file.into_iter().try_for_each(|leaf| set(&mut leaves, leaf)))
            .and_then(|()| Settings::build(leaves).map(drop));
        result.unwrap_err().to_string()
    }

    #[test]
    fn errors_name_file_line_and_key() {
        assert!(
            errors_of("\n[match]\nshingel = 4\n")
                .starts_with("w.toml:3: unknown key `match.shingel`; known here: shingle, ")
        );
        assert!(errors_of("colour = 1\n").ends_with("known here: threads, memory, temp_dir, ingest, match"));
        assert!(errors_of("[empty]\n").starts_with("w.toml:1: unknown key `empty`"));
        assert_eq!(
            errors_of("match = 3\n"),
            "w.toml:1: `match` is a table: expected `[match]`, found integer"
        );
        let kind = errors_of("# comment\nmatch.shingle = \"many\"\n");
        assert!(kind.starts_with("w.toml:2: match.shingle: invalid type: string \"many\""), "{kind}");
        let range = errors_of("[match]\n\nthreshold = 3\n");
        assert!(range.starts_with("w.toml:3: match.threshold: 3 is not"), "{range}");
        assert!(errors_of("[match]\nthreshold = \n").starts_with("w.toml:2: "));
        let size = errors_of("ingest.max_document_bytes = '3 miles'");
        assert!(size.contains("`3 miles` is not a size"), "{size}");
    }

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
