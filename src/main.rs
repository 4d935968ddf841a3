//! The `wirecopy` program: parse, run, exit code.

use std::process::ExitCode;
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};

/// Texts come and go by the thousand on every thread, which the system's allocator takes a tenth of a run for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whether the program was started without a standard output (`>&-`). Rust opens the null device in its place before `main`,
/// and everything written there would be lost without an error: it is looked at before that.
#[cfg(unix)]
static CLOSED: AtomicBool = AtomicBool::new(false);

#[cfg(unix)]
#[ctor::ctor]
fn look_at_standard_output() {
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
