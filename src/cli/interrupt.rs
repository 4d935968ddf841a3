//! Ctrl-C: the first asks the run to stop, the second exits at once. Neither leaves a partial file.
//!
//! A run checks the flag between documents and pairs. If it is still busy with one document a second later, the program
//! exits as on a second Ctrl-C.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context;

use super::{INTERRUPTED, terminal};
use wirecopy_core::Cancel;

/// The temporary file being written. An immediate exit runs no destructors, so it has to remove this file itself.
static PARTIAL_FILE: Mutex<Option<PathBuf>> = Mutex::new(None);

/// How long a run may take to stop after it was asked to.
const GRACE_PERIOD: Duration = Duration::from_secs(1);

/// Raises `cancel` on Ctrl-C (and on SIGTERM and SIGHUP).
pub(super) fn cancel_on_ctrl_c(cancel: Cancel) -> anyhow::Result<()> {
    ctrlc::set_handler(move || {
        if !cancel.is_cancelled() {
            cancel.cancel();
            if terminal::stderr_is_terminal() {
                // The run stops even if the hint cannot be written.
                let _ = writeln!(io::stderr(), "\nstopping; press Ctrl-C again to exit at once");
            }
            thread::spawn(|| {
                thread::sleep(GRACE_PERIOD);
                exit_now();
            });
            return;
        }
        exit_now();
    })
    .context("cannot install a Ctrl-C handler")
}

/// Exits without waiting for anything, and removes the partial file.
fn exit_now() {
    // The lock is held until the exit, so that no file is created or renamed after the check.
    let partial_file = PARTIAL_FILE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(path) = partial_file.as_deref() {
        let _ = fs::remove_file(path);
    }
    std::process::exit(INTERRUPTED.into());
}

/// Removes the file at `path` if the program exits before the guard is dropped.
pub(super) fn remove_on_exit(path: &Path) -> Guard {
    *PARTIAL_FILE.lock().unwrap_or_else(PoisonError::into_inner) = Some(path.to_owned());
    Guard(())
}

/// See [`remove_on_exit`].
pub(super) struct Guard(());

impl Drop for Guard {
    fn drop(&mut self) {
        *PARTIAL_FILE.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
