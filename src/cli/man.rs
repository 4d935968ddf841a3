//! `wirecopy man`: manual pages, generated from the same definitions as the help.

use anyhow::Context;

use super::args::ManArgs;
use super::command::command;

/// Runs the command and returns the exit code.
pub(super) fn run(args: &ManArgs) -> anyhow::Result<u8> {
    let mut command = command();
    // Propagates the global options and the full names to the subcommands.
    command.build();
    if let Some(name) = &args.command {
        command = command.find_subcommand(name).cloned().context("no such command")?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    super::print(&page)
}
