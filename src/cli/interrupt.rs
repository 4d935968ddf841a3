//! Ctrl-C: the first asks the run to stop, the second ends the program at once. Neither leaves a half file.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;

use super::{INTERRUPTED, terminal};
use crate::Cancel;

/// The temporary file that is being written, for the end that runs no destructors.
static HALF_FILE: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Raises `cancel` on Ctrl-C (and on SIGTERM and SIGHUP).
pub(super) fn cancel_on_ctrl_c(cancel: Cancel) -> anyhow::Result<()> {
    ctrlc::set_handler(move || {
        if !cancel.is_cancelled() {
            cancel.cancel();
            if terminal::stderr_is_terminal() {
                // Only a courtesy: the run stops all the same.
                let _ = writeln!(io::stderr(), "\nstopping; once more to stop at once");
            }
            return;
        }
        // Held until the end, so that no file is begun or moved under its name after the check.
        let half_file = HALF_FILE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = half_file.as_deref() {
            let _ = fs::remove_file(path);
        }
        std::process::exit(INTERRUPTED.into());
    })
    .context("cannot watch for Ctrl-C")
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
