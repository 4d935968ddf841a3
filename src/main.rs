//! The `wirecopy` program: parse, run, exit code.

use std::process::ExitCode;

/// Texts come and go by the thousand on every thread, which the system's allocator takes a tenth of a run for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    wirecopy::cli::main()
}
