//! Temporary files beside an output, which become the output in one step when they are complete.
//!
//! A file that is being written is locked for as long as it is open. A process that is killed leaves its file behind, but
//! not the lock: the next one that writes into the folder removes it. The lock tells that more surely than a process number, which
//! means nothing in another container or on another machine.
//!
//! Why this is hand-made: tempfile makes the files, but leaves those of a killed process behind.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

const PREFIX: &str = ".wirecopy-";
const SUFFIX: &str = ".tmp";
/// Characters between the two.
const RANDOM: usize = 6;
/// Attempts to make a file that another process does not take for an abandoned one before it is locked.
const ATTEMPTS: usize = 8;

/// The folder of a file.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A locked file in `folder`. It gets the permissions that the user's mask allows, or is private until it is given others.
pub(super) fn create(folder: &Path, private: bool) -> io::Result<NamedTempFile> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(if private { 0o600 } else { 0o666 });
    }
    #[cfg(not(unix))]
    let _ = private;
    for _ in 0..ATTEMPTS {
        // tempfile puts its own path into the error, which means nothing to the user: the system's is kept aside.
        let mut system = None;
        let made = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(SUFFIX)
            .rand_bytes(RANDOM)
            .make_in(folder, |path| options.open(path).inspect_err(|error| system = error.raw_os_error()));
        let made = made.map_err(|error| system.map_or(error, io::Error::from_raw_os_error))?;
        // File systems without locks are none where abandoned files are removed either.
        let _ = made.as_file().try_lock();
        if made.path().exists() {
            return Ok(made);
        }
    }
    Err(io::Error::other("temporary files are removed by another process"))
}

/// Puts a complete file in the place of `path`, and returns when it would outlast a power failure.
pub(super) fn replace(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_folder(folder_of(path))
}

/// The same where nothing is to be replaced: a file that is there already is an error. The folder is left to the caller.
pub(super) fn add(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

/// Writes out which files a folder has.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some file systems cannot, and a folder may be one that can be written to but not listed.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied
            ) =>
        {
            Ok(())
        }
        result => result,
    }
}

#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Removes the files that killed processes left in `folder`.
pub(super) fn remove_stale(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && entry.file_name().to_str().is_some_and(is_ours) && is_abandoned(&entry.path()) {
            // It is in nobody's way: that it cannot be removed is no reason to stop.
            let _ = fs::remove_file(entry.path());
        }
    }
}

pub(super) fn is_ours(name: &str) -> bool {
    let random = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX));
    random.is_some_and(|random| random.len() == RANDOM && random.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Whether nobody has the file open to write it.
fn is_abandoned(path: &Path) -> bool {
    // Where locks cannot be had, nobody knows.
    File::open(path).is_ok_and(|file| match file.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn what_a_killed_process_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let kept =
            [".wirecopy-notes.tmp", ".wirecopy-abc123.txt", "wirecopy-abc123.tmp", ".wirecopy-ab_123.tmp"];
        for name in kept.iter().chain(&[".wirecopy-abc123.tmp", ".wirecopy-XYZ789.tmp"]) {
            fs::write(at(name), "half").unwrap();
        }
        fs::create_dir(at(".wirecopy-folder.tmp")).unwrap();
        let mut writing = create(folder.path(), false).unwrap();
        remove_stale(folder.path());
        writing.write_all(b"whole").unwrap();
        assert!(kept.iter().all(|name| at(name).exists()) && at(".wirecopy-folder.tmp").exists());
        assert!(!at(".wirecopy-abc123.tmp").exists() && !at(".wirecopy-XYZ789.tmp").exists());
        replace(writing, &at("out")).unwrap();
        assert_eq!(fs::read(at("out")).unwrap(), b"whole");
        let again = create(folder.path(), false).unwrap();
        assert!(add(again, &at("out")).is_err());
        assert_eq!(fs::read(at("out")).unwrap(), b"whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), kept.len() + 2);
    }
}
