//! The complete clap command, with the default of each setting in its help.

use clap::{Arg, Command, CommandFactory};

use super::args::Cli;
use super::setting_args::SETTINGS;
use super::{renamed, settings};

/// Builds the clap command, and adds the default and the environment variable to the help of each setting.
pub fn command() -> Command {
    let defaults = settings::defaults();
    Cli::command().mut_subcommands(|command| {
        SETTINGS.iter().fold(command, |command, (name, path)| {
            if command.get_arguments().any(|arg| arg.get_id() == *name) {
                command.mut_arg(*name, |arg| with_origin(arg, path, &defaults))
            } else {
                command
            }
        })
    })
}

fn with_origin(arg: Arg, path: &str, defaults: &[settings::Leaf]) -> Arg {
    let default =
        defaults.iter().find(|leaf| leaf.path == path).map(settings::Leaf::shown).unwrap_or_default();
    // Hidden, as aliases are.
    let arg = arg.aliases(renamed::old_flags(path));
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    // A `--no-…` flag negates its setting, so the default of the setting would be misleading.
    if arg.get_id().as_str().starts_with("no_") {
        let long = format!("{help}\n\n[env: {}=false]", settings::variable(path));
        return arg.help(help).long_help(long);
    }
    arg.help(format!("{help} [default: {default}]"))
        .long_help(format!("{help}\n\n[default: {default}] [env: {}]", settings::variable(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_passes_clap_assertions() {
        command().debug_assert();
    }

    #[test]
    fn every_setting_has_a_flag_and_a_path() {
        let command = command();
        let flags: Vec<&str> = ["cluster", "tune"]
            .iter()
            .flat_map(|name| command.find_subcommand(name).unwrap().get_arguments())
            .map(|arg| arg.get_id().as_str())
            .collect();
        let defaults = settings::defaults();
        for (name, path) in SETTINGS {
            assert!(flags.contains(&name), "no flag {name}");
            assert!(defaults.iter().any(|leaf| leaf.path == path), "no setting {path}");
        }
    }
}
