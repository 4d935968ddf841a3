//! The command line program: the only place that prints, reads arguments, the environment and `wirecopy.toml`.
//!
//! Two steps: `args` is what was typed, `settings` what it means once files, environment and flags are laid over
//! the defaults and checked. Then one file a verb.

pub mod args;
mod bars;
pub mod bench;
pub mod calibrate;
mod cluster;
mod command;
pub mod compare;
mod completions;
mod config_cmd;
mod copy_to;
pub mod eval;
mod figures;
mod inputs;
mod interrupt;
pub mod keep;
mod labels;
mod log;
mod man;
mod output;
mod protect;
#[cfg(test)]
mod reference;
mod renamed;
pub mod report;
mod settings;
mod temporary;
mod terminal;
pub mod tune;

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context;
use clap::FromArgMatches;

use args::{Cli, Verb};
use output::Output;

/// The run did what was asked.
const DONE: u8 = 0;
/// With `--exit-code`: duplicates exist.
const DUPLICATES: u8 = 1;
/// A usage error, an input that does not exist, or an output that cannot be written.
const TROUBLE: u8 = 2;
/// Done, but inputs were skipped, or are no longer what the run read.
const SKIPPED: u8 = 3;

/// Parses the arguments, runs the command, and reports the outcome. `closed` says that the program was started without a standard
/// output, which can be told only before anything else runs.
pub fn main(closed: bool) -> ExitCode {
    if closed {
        output::standard_output_is_closed();
    }
    let cli = match command::command().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            return ExitCode::from(
                told(&error).unwrap_or_else(|error| failed(&error, args::ColorChoice::Auto)),
            );
        }
    };
    let color = cli.global.color;
    ExitCode::from(run(&cli).unwrap_or_else(|error| failed(&error, color)))
}

/// Prints help, the version or a usage error, and gives the exit code.
fn told(error: &clap::Error) -> anyhow::Result<u8> {
    if error.use_stderr() {
        // Where standard error is closed there is nobody to tell.
        let _ = error.print();
        return Ok(TROUBLE);
    }
    Output::stdout()?;
    let printed = error.print().and_then(|()| io::stdout().flush());
    printed.context("cannot write standard output")?;
    Ok(DONE)
}

fn run(cli: &Cli) -> anyhow::Result<u8> {
    let bars = bars::Bars::new(cli.global.wants_progress());
    log::start(&cli.global, &bars)?;
    interrupt::watch()?;
    renamed::warn_of_flags(std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()));
    match &cli.verb {
        Verb::Cluster(args) => cluster::run(&cli.global, args, &bars),
        Verb::Compare(args) => compare::run(&cli.global, args),
        Verb::Report(args) => report::run(args),
        Verb::Eval(args) => eval::run(&cli.global, args),
        Verb::Keep(args) => keep::run(&cli.global, args),
        Verb::Calibrate(args) => calibrate::run(&cli.global, args),
        Verb::Bench(args) => bench::run(&cli.global, args, &bars),
        Verb::Tune(args) => tune::run(&cli.global, args),
        Verb::Config(args) => config_cmd::run(&cli.global, args),
        Verb::Completions(args) => completions::run(args),
        Verb::Man(args) => man::run(args),
    }
}

/// Reports what ended the run, and gives the exit code.
fn failed(error: &anyhow::Error, color: args::ColorChoice) -> u8 {
    if is_closed_pipe(error) {
        return DONE;
    }
    if let Some(wirecopy_core::Error::Cancelled) = error.downcast_ref() {
        return interrupt::code();
    }
    let mut stderr = io::stderr().lock();
    let label = if terminal::color_on_stderr(color) { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
    // Where standard error is closed as well there is nobody left to tell.
    let _ = writeln!(stderr, "{label}: {}", without_os_error(&sentence(error)));
    TROUBLE
}

/// The error and its causes. The library's errors name theirs themselves.
fn sentence(error: &anyhow::Error) -> String {
    let mut parts = Vec::new();
    for cause in error.chain() {
        parts.push(cause.to_string());
        if cause.is::<wirecopy_core::Error>() {
            break;
        }
    }
    parts.join(": ")
}

/// Whether the reader of our output went away, which is its right: `wirecopy cluster … | head`.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// `message` without the number that the system's errors carry: the sentence before it says the same.
fn without_os_error(message: &str) -> String {
    let mut out = message.to_owned();
    while let Some(start) = out.find(" (os error ") {
        let Some(length) = out[start..].find(')') else { break };
        out.replace_range(start..=start + length, "");
    }
    out
}

/// Writes all of `bytes` to standard output.
fn print(bytes: &[u8]) -> anyhow::Result<u8> {
    let mut out = Output::stdout()?;
    out.write(|writer| writer.write_all(bytes))?;
    Ok(DONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_numbers_are_left_out() {
        let text = "cannot write a: No space left on device (os error 28)";
        assert_eq!(without_os_error(text), "cannot write a: No space left on device");
        assert_eq!(without_os_error("plain"), "plain");
    }
}
