//! Merges the defaults, `wirecopy.toml`, the environment and the flags into checked settings.
//!
//! This module names no setting of a run. The leaves of the serialised defaults are the list of settings, and the names of
//! environment variables are derived from their paths. Each value is checked on its own, so that an error can name the file
//! and line, the variable or the flag that it came from.

mod sources;

use std::fmt;
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::args::GlobalArgs;
use super::setting_args::{SETTINGS, Typed};
use sources::{from_environment, parse_file, read_file};
use wirecopy_core::Error;
use wirecopy_report::Config;
use wirecopy_spill::Budget;

/// Prefix of environment variables that set a value.
const PREFIX: &str = "WIRECOPY_";

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
    use std::collections::BTreeSet;
    use std::path::Path;

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
}
