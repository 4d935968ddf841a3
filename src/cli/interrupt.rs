//! Signals: the first asks the run to stop, the second ends the program at once. Neither leaves a half file.
//!
//! A run looks at the flag between documents and pairs. One that is still inside a huge document a second later is ended as
//! by the second signal: nothing that it could do by then is wanted any more. A command that cannot be asked to stop is ended
//! by the first.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context;

use super::terminal;
use wirecopy_core::Cancel;

/// The temporary file that is being written, for the end that runs no destructors.
static HALF_FILE: Mutex<Option<PathBuf>> = Mutex::new(None);

/// The run that can be asked to stop.
static RUN: OnceLock<Cancel> = OnceLock::new();

/// The exit code: 128 and the number of the first signal, as shells report it. Ctrl-C until there was one.
static CODE: AtomicU8 = AtomicU8::new(130);

/// How long a run that was asked to stop may take to do so.
const PATIENCE: Duration = Duration::from_secs(1);

/// Watches for Ctrl-C, SIGTERM and SIGHUP from now on.
#[cfg(unix)]
pub(super) fn watch() -> anyhow::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    let mut signals =
        signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]).context("cannot watch for signals")?;
    thread::Builder::new()
        .name("wirecopy-signals".to_owned())
        .spawn(move || {
            for signal in signals.forever() {
                received(u8::try_from(128 + signal).unwrap_or(u8::MAX));
            }
        })
        .context("cannot watch for signals")?;
    Ok(())
}

/// Watches for Ctrl-C from now on.
#[cfg(not(unix))]
pub(super) fn watch() -> anyhow::Result<()> {
    ctrlc::set_handler(|| received(130)).context("cannot watch for Ctrl-C")
}

/// Lets signals cancel the run.
pub(super) fn cancels(run: &Cancel) {
    // A process has one run.
    let _ = RUN.set(run.clone());
}

/// The exit code of a run that a signal cancelled.
pub(super) fn code() -> u8 {
    CODE.load(Ordering::Relaxed)
}

fn received(code: u8) {
    match RUN.get() {
        Some(run) if run.is_cancelled() => end_at_once(),
        Some(run) => {
            CODE.store(code, Ordering::Relaxed);
            run.cancel();
            if terminal::stderr_is_terminal() {
                // Only a courtesy: the run stops all the same.
                let _ = writeln!(io::stderr(), "\nstopping; once more to stop at once");
            }
            thread::spawn(|| {
                thread::sleep(PATIENCE);
                end_at_once();
            });
        }
        None => {
            CODE.store(code, Ordering::Relaxed);
            end_at_once();
        }
    }
}

/// Ends the program without waiting for anything, and without a half file.
fn end_at_once() {
    // Held until the end, so that no file is begun or moved under its name after the check.
    let half_file = HALF_FILE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(path) = half_file.as_deref() {
        let _ = fs::remove_file(path);
    }
    std::process::exit(code().into());
}

/// Removes the file at `path` if the program is ended at once before the guard is dropped.
pub(super) fn remove_on_exit(path: &Path) -> Guard {
    *HALF_FILE.lock().unwrap_or_else(PoisonError::into_inner) = Some(path.to_owned());
    Guard(())
}

/// See [`remove_on_exit`].
pub(super) struct Guard(());

impl Drop for Guard {
    fn drop(&mut self) {
        *HALF_FILE.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
