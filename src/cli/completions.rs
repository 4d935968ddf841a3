//! `wirecopy completions`: the completion file of a shell.

use super::args::CompletionsArgs;
use super::command::command;

/// Runs the verb and gives the exit code.
pub(super) fn run(args: &CompletionsArgs) -> anyhow::Result<u8> {
    let mut command = command();
    let name = command.get_name().to_owned();
    // Into memory first: the generator panics where it cannot write, and a closed pipe is no reason to.
    let mut file = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut file);
    super::print(&file)
}
