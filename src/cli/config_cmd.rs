//! `wirecopy config`: the effective settings as a `wirecopy.toml`, each with its origin.

use std::fmt::Write;

use super::args::{ConfigArgs, GlobalArgs};
use super::settings::{Leaf, Settings};

/// Column at which the origins begin, unless a value is longer.
const COLUMN: usize = 32;

/// Runs the command and returns the exit code.
pub(super) fn run(global: &GlobalArgs, args: &ConfigArgs) -> anyhow::Result<u8> {
    let settings = Settings::load(global, &args.settings)?;
    super::print(dump(&settings.leaves)?.as_bytes())
}

fn dump(leaves: &[Leaf]) -> Result<String, std::fmt::Error> {
    let section_of = |leaf: &Leaf| leaf.path.rsplit_once('.').map_or("", |(section, _)| section).to_owned();
    let mut sections: Vec<String> = Vec::new();
    for leaf in leaves {
        let section = section_of(leaf);
        if !sections.contains(&section) {
            sections.push(section);
        }
    }
    let mut out = String::new();
    for section in sections {
        if !section.is_empty() {
            writeln!(out, "\n[{section}]")?;
        }
        for leaf in leaves.iter().filter(|leaf| section_of(leaf) == section) {
            let name = leaf.path.rsplit('.').next().unwrap_or(&leaf.path);
            let setting = match &leaf.value {
                Some(value) => format!("{name} = {value}"),
                // TOML has no null.
                None => format!("# {name} is not set"),
            };
            writeln!(out, "{setting:COLUMN$}  # {}", leaf.origin)?;
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::dump;
    use crate::cli::settings::defaults;
    use wirecopy_report::Config;

    #[test]
    fn dump_is_a_valid_settings_file() {
        let text = dump(&defaults()).unwrap();
        let mut table: toml::Table = toml::from_str(&text).unwrap();
        assert_eq!(table.remove("threads").and_then(|n| n.as_integer()), Some(0));
        assert_eq!(table.try_into::<Config>().unwrap(), Config::default());
        assert!(text.lines().filter(|line| line.contains('=')).all(|line| line.ends_with("  # default")));
    }
}
