//! Ctrl-C: the first asks the run to stop, the second ends the program at once. Neither leaves a half file.
//!
//! A run looks at the flag between documents and pairs. One that is still inside a huge document a second later is ended as
//! by the second Ctrl-C: nothing that it could do by then is wanted any more.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context;

use super::{INTERRUPTED, terminal};
use wirecopy_core::Cancel;

/// The temporary file that is being written, for the end that runs no destructors.
static HALF_FILE: Mutex<Option<PathBuf>> = Mutex::new(None);

/// How long a run that was asked to stop may take to do so.
const PATIENCE: Duration = Duration::from_secs(1);

/// Raises `cancel` on Ctrl-C (and on SIGTERM and SIGHUP).
pub(super) fn cancel_on_ctrl_c(cancel: Cancel) -> anyhow::Result<()> {
    ctrlc::set_handler(move || {
        if !cancel.is_cancelled() {
            cancel.cancel();
            if terminal::stderr_is_terminal() {
                // Only a courtesy: the run stops all the same.
                let _ = writeln!(io::stderr(), "\nstopping; once more to stop at once");
            }
            thread::spawn(|| {
                thread::sleep(PATIENCE);
                end_at_once();
            });
            return;
        }
        end_at_once();
    })
    .context("cannot watch for Ctrl-C")
}

/// Ends the program without waiting for anything, and without a half file.
fn end_at_once() {
    // Held until the end, so that no file is begun or moved under its name after the check.
    let half_file = HALF_FILE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(path) = half_file.as_deref() {
        let _ = fs::remove_file(path);
    }
    std::process::exit(INTERRUPTED.into());
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
