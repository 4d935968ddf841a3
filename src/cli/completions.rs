//! `wirecopy completions`: completion scripts for shells.

use super::args::CompletionsArgs;
use super::command::command;

/// Runs the command and returns the exit code.
pub(super) fn run(args: &CompletionsArgs) -> anyhow::Result<u8> {
    let mut command = command();
    let name = command.get_name().to_owned();
    // Written to memory first: the generator panics if a write fails, and a closed pipe must not cause a panic.
    let mut file = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut file);
    super::print(&file)
}
