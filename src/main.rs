//! The `wirecopy` program: parses its arguments, runs a command and returns the exit code.

use std::process::ExitCode;
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs allocate thousands of short-lived texts on every thread. With the system's allocator, that takes a tenth
/// of a run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whether the program was started without a standard output (`>&-`). Before `main`, Rust opens the null device in
/// its place, where all output would be lost without an error; so this is checked earlier.
#[cfg(unix)]
static CLOSED: AtomicBool = AtomicBool::new(false);

#[cfg(unix)]
#[ctor::ctor]
fn check_standard_output() {
    use std::os::fd::AsFd;
    CLOSED.store(std::io::stdout().as_fd().try_clone_to_owned().is_err(), Ordering::Relaxed);
}

fn main() -> ExitCode {
    #[cfg(unix)]
    let closed = CLOSED.load(Ordering::Relaxed);
    #[cfg(not(unix))]
    let closed = false;
    wirecopy::cli::main(closed)
}
