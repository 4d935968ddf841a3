//! Signals: the first asks the run to stop, the second exits at once. Neither leaves a partial file.
//!
//! A run checks the flag between documents and pairs. If it is still busy with one document a second later, the program
//! exits as on a second signal. A command without a run to cancel exits on the first signal.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use tempfile::NamedTempFile;

use super::terminal;
use wirecopy_core::Cancel;

/// The temporary files being written. An immediate exit runs no destructors, so it has to remove these files itself.
static PARTIAL_FILES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// The run that signals cancel.
static RUN: OnceLock<Cancel> = OnceLock::new();

/// The exit code after a signal: 128 plus the number of the first signal, as in shells. That of Ctrl-C before any signal.
static CODE: AtomicU8 = AtomicU8::new(130);

/// How long a run may take to stop after it was asked to.
const GRACE_PERIOD: Duration = Duration::from_secs(1);

/// Starts to handle Ctrl-C, SIGTERM and SIGHUP, except those that the program was started to ignore, as `nohup` does.
#[cfg(unix)]
pub(super) fn watch() -> anyhow::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    let ignored = fs::read_to_string("/proc/self/status").map_or(0, |status| ignored(&status));
    let handled = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let mut signals =
        signal_hook::iterator::Signals::new(handled).context("cannot install the signal handlers")?;
    thread::Builder::new()
        .name("wirecopy-signals".to_owned())
        .spawn(move || {
            for signal in signals.forever() {
                received(u8::try_from(128 + signal).unwrap_or(u8::MAX));
            }
        })
        .context("cannot install the signal handlers")?;
    Ok(())
}

/// Returns the ignored signals in Linux's description of a process: signal 1 is the lowest bit.
#[cfg(unix)]
fn ignored(status: &str) -> u64 {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// Starts to handle Ctrl-C.
#[cfg(not(unix))]
pub(super) fn watch() -> anyhow::Result<()> {
    ctrlc::set_handler(|| received(130)).context("cannot install the Ctrl-C handler")
}

/// Makes signals cancel this run.
pub(super) fn cancels(run: &Cancel) {
    // A process has only one run.
    let _ = RUN.set(run.clone());
}

/// Returns the exit code of a run that a signal cancelled.
pub(super) fn code() -> u8 {
    CODE.load(Ordering::Relaxed)
}

fn received(code: u8) {
    match RUN.get() {
        Some(run) if run.is_cancelled() => exit_now(),
        Some(run) => {
            CODE.store(code, Ordering::Relaxed);
            run.cancel();
            if terminal::stderr_is_terminal() {
                // The run stops even if the hint cannot be written.
                let _ = writeln!(io::stderr(), "\nstopping; press Ctrl-C again to exit at once");
            }
            thread::spawn(|| {
                thread::sleep(GRACE_PERIOD);
                exit_now();
            });
        }
        None => {
            CODE.store(code, Ordering::Relaxed);
            exit_now();
        }
    }
}

/// Exits without waiting for anything, and removes the partial files.
fn exit_now() {
    // The lock is held until the exit, so that no file is created or renamed after the check.
    let files = partial_files();
    for path in &*files {
        let _ = fs::remove_file(path);
    }
    std::process::exit(code().into());
}

fn partial_files() -> MutexGuard<'static, Vec<PathBuf>> {
    PARTIAL_FILES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Creates a file, and removes it if the program exits before the guard is dropped. A signal finds the file either not yet
/// created or already known.
pub(super) fn create(
    make: impl FnOnce() -> io::Result<NamedTempFile>,
) -> io::Result<(NamedTempFile, RemovedOnExit)> {
    let mut files = partial_files();
    let file = make()?;
    files.push(file.path().to_owned());
    let guard = RemovedOnExit(file.path().to_owned());
    Ok((file, guard))
}

/// See [`create`].
pub(super) struct RemovedOnExit(PathBuf);

impl Drop for RemovedOnExit {
    fn drop(&mut self) {
        partial_files().retain(|path| *path != self.0);
    }
}
