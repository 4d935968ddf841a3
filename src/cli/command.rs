//! The command line as a whole, with the defaults of the settings in its help.

use clap::{Arg, Command, CommandFactory};

use super::args::{Cli, SETTINGS};
use super::{renamed, settings};

/// The command with every default and variable in its help.
pub fn command() -> Command {
    let defaults = settings::defaults();
    Cli::command().mut_subcommands(|verb| {
        SETTINGS.iter().fold(verb, |verb, (name, path)| {
            if verb.get_arguments().any(|arg| arg.get_id() == *name) {
                verb.mut_arg(*name, |arg| with_origin(arg, path, &defaults))
            } else {
                verb
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
    // A flag that turns its setting off has neither a default of its own nor the setting's.
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
    fn clap_finds_no_fault() {
        command().debug_assert();
    }

    #[test]
    fn every_setting_has_its_flag_and_its_place() {
        let command = command();
        let flags: Vec<&str> = ["cluster", "tune"]
            .iter()
            .flat_map(|verb| command.find_subcommand(verb).unwrap().get_arguments())
            .map(|arg| arg.get_id().as_str())
            .collect();
        let places = settings::defaults();
        for (name, path) in SETTINGS {
            assert!(flags.contains(&name), "no flag {name}");
            assert!(places.iter().any(|leaf| leaf.path == path), "no setting {path}");
        }
    }
}
