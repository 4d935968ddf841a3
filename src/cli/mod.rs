//! The command line program: the only place that prints, reads arguments, the environment and `wirecopy.toml`.
//!
//! Arguments are handled in two steps. `args` holds what was typed; `settings` overlays the defaults with the settings file,
//! the environment and the flags, and checks the result. Each command has a file of its own.

mod args;
mod bars;
mod bench;
mod calibrate;
mod cluster;
mod command;
mod compare;
mod completions;
mod config_cmd;
mod copy_to;
mod eval;
mod figures;
mod formats;
mod inputs;
mod interrupt;
mod keep;
mod labels;
mod list;
mod log;
mod man;
mod output;
mod protect;
#[cfg(test)]
mod reference;
mod renamed;
mod report;
mod setting_args;
mod settings;
mod temporary;
mod terminal;
mod tune;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::OnceLock;

use clap::FromArgMatches;

use args::{Cli, Command};
use output::Output;

/// The run did what was asked.
const DONE: u8 = 0;
/// With `--exit-code`: duplicates exist.
const DUPLICATES: u8 = 1;
/// Not done: a usage error, an input that does not exist, or an output that cannot be written; for `keep`, also an input that
/// has changed since the run.
const TROUBLE: u8 = 2;
/// Done, but inputs were skipped, could not be read again, or have changed since the run.
const SKIPPED: u8 = 3;

/// The command line, if it is not that of the process.
static ARGUMENTS: OnceLock<Vec<OsString>> = OnceLock::new();

/// Parses the arguments, runs the command, and returns the exit code.
///
/// `closed` is whether the program was started without a standard output. The caller has to detect that before anything
/// else opens a file.
pub fn main(closed: bool) -> ExitCode {
    ExitCode::from(main_of(std::env::args_os().collect(), closed))
}

/// Runs the command line `arguments`, whose first item is the name of the program, and returns the exit code. Handles
/// signals from then on, so it must be the last that a process does.
pub fn main_of(arguments: Vec<OsString>, closed: bool) -> u8 {
    if closed {
        output::standard_output_is_closed();
    }
    let arguments = ARGUMENTS.get_or_init(|| arguments);
    let cli = match command::command()
        .try_get_matches_from(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches))
    {
        Ok(cli) => cli,
        Err(error) => {
            return print_usage(&error).unwrap_or_else(|error| failed(&error, args::ColorChoice::Auto));
        }
    };
    let color = cli.global.color;
    run(&cli).unwrap_or_else(|error| failed(&error, color))
}

/// Writes a file atomically, as the program writes its outputs.
///
/// # Errors
/// Fails if the file cannot be written, and says why in one sentence.
pub fn write_file(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
    let written = Output::open(path).and_then(|mut output| output.write(fill));
    written.map_err(|error| without_os_error(&sentence(&error)))
}

/// Returns the arguments as text.
fn arguments() -> Vec<String> {
    let arguments = ARGUMENTS.get().map(Vec::as_slice).unwrap_or_default();
    arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect()
}

/// Prints help, the version or a usage error, and returns the exit code.
fn print_usage(error: &clap::Error) -> anyhow::Result<u8> {
    if let (clap::error::ErrorKind::ArgumentConflict, Some(twice)) =
        (error.kind(), renamed::given_twice(&arguments()))
    {
        anyhow::bail!(twice);
    }
    if error.use_stderr() {
        // If standard error is closed, the message is lost.
        let _ = error.print();
        return Ok(TROUBLE);
    }
    Output::stdout()?.write(|_| error.print())?;
    Ok(DONE)
}

/// Returns the exit code of a command that is done, depending on whether inputs were skipped or have changed.
fn done(skipped: bool) -> u8 {
    if skipped { SKIPPED } else { DONE }
}

fn run(cli: &Cli) -> anyhow::Result<u8> {
    let bars = bars::Bars::new(cli.global.wants_progress());
    log::start(&cli.global, &bars)?;
    interrupt::watch()?;
    renamed::warn_of_flags(&arguments());
    match &cli.command {
        Command::Cluster(args) => cluster::run(&cli.global, args, &bars),
        Command::Compare(args) => compare::run(&cli.global, args),
        Command::Report(args) => report::run(args),
        Command::Eval(args) => eval::run(&cli.global, args),
        Command::Keep(args) => keep::run(&cli.global, args),
        Command::Calibrate(args) => calibrate::run(&cli.global, args),
        Command::Bench(args) => bench::run(&cli.global, args, &bars),
        Command::Tune(args) => tune::run(&cli.global, args),
        Command::Formats(args) => formats::run(args),
        Command::Config(args) => config_cmd::run(&cli.global, args),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args),
    }
}

/// Prints the error that ended the run, and returns the exit code.
fn failed(error: &anyhow::Error, color: args::ColorChoice) -> u8 {
    if let Some(wirecopy_core::Error::Cancelled) = error.downcast_ref() {
        return interrupt::code();
    }
    let mut stderr = io::stderr().lock();
    let label = if terminal::color_on_stderr(color) { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
    // If standard error is closed too, the message is lost.
    let _ = writeln!(stderr, "{label}: {}", without_os_error(&sentence(error)));
    TROUBLE
}

/// Joins the error and its causes. It stops at an error of the library, whose message already contains its causes.
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

/// Removes the error numbers that Rust appends to system errors; the text before each says the same.
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
    fn os_error_numbers_are_removed() {
        let text = "cannot write a: No space left on device (os error 28)";
        assert_eq!(without_os_error(text), "cannot write a: No space left on device");
        assert_eq!(without_os_error("plain"), "plain");
    }
}
