//! `wirecopy man`: manual pages, made from the same definitions as the help.

use anyhow::Context;

use super::args::ManArgs;
use super::command::command;

/// Runs the verb and gives the exit code.
pub(super) fn run(args: &ManArgs) -> anyhow::Result<u8> {
    let mut command = command();
    // Gives the verbs their full names and the options that hold for all.
    command.build();
    if let Some(verb) = &args.verb {
        command = command.find_subcommand(verb).cloned().context("no such verb")?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    super::print(&page)
}
