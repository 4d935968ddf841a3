//! Temporary files beside an output, which are renamed to the output once they are complete.
//!
//! A file is locked while it is being written. A process that is killed leaves its file behind, but not the lock, so the
//! next process that writes to the folder removes the file. A lock is more reliable than a process id, which means nothing in
//! another container or on another machine.
//!
//! Not the tempfile crate, because it leaves the files of a killed process behind.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

use super::interrupt::{self, RemovedOnExit};

const PREFIX: &str = ".wirecopy-";
const SUFFIX: &str = ".tmp";
/// Random characters between prefix and suffix.
const RANDOM: usize = 6;
/// Maximum number of attempts to create a file. Another process may remove the file as abandoned before it is locked.
const ATTEMPTS: usize = 8;

/// Returns the folder of a file.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A temporary file. It is removed if it is dropped before it was renamed, and if a signal ends the program.
pub(super) struct Temporary {
    file: NamedTempFile,
    _removed_on_exit: RemovedOnExit,
}

impl Temporary {
    /// Returns the file, to be written.
    pub(super) fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Removes the file.
    pub(super) fn remove(self) -> io::Result<()> {
        self.file.close()
    }
}

/// Creates a locked file in `folder`, with the permissions that the umask allows or, if `private`, for its owner only.
pub(super) fn create(folder: &Path, private: bool) -> io::Result<Temporary> {
    let (file, removed_on_exit) = interrupt::create(|| create_locked(folder, private))?;
    Ok(Temporary { file, _removed_on_exit: removed_on_exit })
}

fn create_locked(folder: &Path, private: bool) -> io::Result<NamedTempFile> {
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
        // tempfile adds the temporary path to its error, which means nothing to the user: report the system's error.
        let mut system = None;
        let made = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(SUFFIX)
            .rand_bytes(RANDOM)
            .make_in(folder, |path| options.open(path).inspect_err(|error| system = error.raw_os_error()));
        let made = made.map_err(|error| system.map_or(error, io::Error::from_raw_os_error))?;
        // On file systems without locks, abandoned files are never removed, so the lock is not needed.
        let _ = made.as_file().try_lock();
        if made.path().exists() {
            return Ok(made);
        }
    }
    Err(io::Error::other("another process keeps removing the temporary file"))
}

/// Renames a complete file to `path`, and syncs file and folder to disk.
pub(super) fn replace(temporary: Temporary, path: &Path) -> io::Result<()> {
    temporary.file.as_file().sync_all()?;
    temporary.file.persist(path).map_err(|error| error.error)?;
    sync_folder(folder_of(path))
}

/// Renames a complete file to `path`, which must not exist. The caller has to sync the folder.
pub(super) fn add(temporary: Temporary, path: &Path) -> io::Result<()> {
    temporary.file.as_file().sync_all()?;
    temporary.file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

/// Syncs the entries of a folder to disk.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some file systems cannot sync folders, and a folder may be writable but not readable.
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

/// Removes temporary files that killed processes left in `folder`.
pub(super) fn remove_stale(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && entry.file_name().to_str().is_some_and(is_ours) && is_abandoned(&entry.path()) {
            // A leftover file does no harm, so a failure to remove it is ignored.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Returns whether `name` has the form of our temporary files.
pub(super) fn is_ours(name: &str) -> bool {
    let random = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX));
    random.is_some_and(|random| random.len() == RANDOM && random.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Returns whether no process is writing the file.
fn is_abandoned(path: &Path) -> bool {
    // Without locks this cannot be known, and the file is kept.
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
    fn only_abandoned_temporary_files_are_removed() {
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
        writing.file().write_all(b"whole").unwrap();
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
