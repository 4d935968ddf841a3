//! The `wirecopy` program: parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    wirecopy::cli::main()
}
