//! A temporary file that one owner appends to and many threads read.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use crate::{Error, Result};

/// A temporary file that is deleted with its owner.
#[derive(Debug)]
pub(super) struct Spool {
    file: PositionedFile,
    folder: PathBuf,
    end: u64,
}

impl Spool {
    pub(super) fn new(folder: PathBuf) -> Result<Self> {
        match tempfile::tempfile_in(&folder) {
            Ok(file) => Ok(Self { file: PositionedFile::new(file), folder, end: 0 }),
            Err(source) => Err(Error { folder, source: without_path(&source) }),
        }
    }

    /// Appends `bytes` and returns their position.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<u64> {
        let at = self.end;
        self.file.write_at(bytes, at).map_err(|source| self.error(source))?;
        self.end += bytes.len() as u64;
        Ok(at)
    }

    /// Overwrites what is at position `at` with `bytes`.
    pub(super) fn overwrite(&mut self, at: u64, bytes: &[u8]) -> Result<()> {
        self.file.write_at(bytes, at).map_err(|source| self.error(source))
    }

    /// Replaces `out` with the `length` bytes at position `at`, or with as many as exist.
    pub(super) fn read(&self, at: u64, length: usize, out: &mut Vec<u8>) -> Result<()> {
        // No more than was written.
        let length = usize::try_from(self.end.saturating_sub(at)).unwrap_or(length).min(length);
        out.resize(length, 0);
        self.file.read_at(out, at).map_err(|source| self.error(source))
    }

    fn error(&self, source: io::Error) -> Error {
        Error { folder: self.folder.clone(), source }
    }
}

/// Removes the generated file name from an error; the folder is reported separately.
fn without_path(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| io::Error::from(error.kind()), io::Error::from_raw_os_error)
}

#[cfg(unix)]
use positioned::PositionedFile;
#[cfg(not(unix))]
use seeking::PositionedFile;

/// Reads and writes at explicit positions.
#[cfg(unix)]
mod positioned {
    use std::os::unix::fs::FileExt;

    use super::{File, io};

    #[derive(Debug)]
    pub(super) struct PositionedFile(File);

    impl PositionedFile {
        pub(super) fn new(file: File) -> Self {
            Self(file)
        }

        pub(super) fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
            self.0.write_all_at(bytes, at)
        }

        pub(super) fn read_at(&self, out: &mut [u8], at: u64) -> io::Result<()> {
            self.0.read_exact_at(out, at)
        }
    }
}

/// The same for systems whose files have a single, moving position: readers take turns.
#[cfg(any(not(unix), test))]
mod seeking {
    use std::io::{Read, Seek, SeekFrom, Write};
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use super::{File, io};

    #[derive(Debug)]
    pub(super) struct PositionedFile(Mutex<File>);

    impl PositionedFile {
        pub(super) fn new(file: File) -> Self {
            Self(Mutex::new(file))
        }

        /// A poisoned lock is harmless, because every use begins with a seek.
        fn file(&self) -> MutexGuard<'_, File> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }

        pub(super) fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
            let mut file = self.file();
            file.seek(SeekFrom::Start(at))?;
            file.write_all(bytes)
        }

        pub(super) fn read_at(&self, out: &mut [u8], at: u64) -> io::Result<()> {
            let mut file = self.file();
            file.seek(SeekFrom::Start(at))?;
            file.read_exact(out)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_back_at_any_position() {
        let mut spool = Spool::new(std::env::temp_dir()).unwrap();
        assert_eq!((spool.append(b"one").unwrap(), spool.append(b"two").unwrap()), (0, 3));
        let mut out = vec![9; 7];
        spool.read(3, 3, &mut out).unwrap();
        assert_eq!(out, b"two");
        spool.read(2, 100, &mut out).unwrap();
        assert_eq!(out, b"etwo");
        spool.read(6, 1, &mut out).unwrap();
        assert!(out.is_empty());
    }

    #[test]
    fn seeking_file_reads_and_writes_the_same() {
        let file = seeking::PositionedFile::new(tempfile::tempfile().unwrap());
        file.write_at(b"abcdef", 0).unwrap();
        let mut out = [0; 2];
        file.read_at(&mut out, 1).unwrap();
        file.write_at(b"xy", 4).unwrap();
        let mut end = [0; 3];
        file.read_at(&mut end, 3).unwrap();
        assert_eq!((&out, &end), (b"bc", b"dxy"));
        assert!(file.read_at(&mut end, 4).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn full_disk_is_an_error_with_its_folder() {
        let full = File::options().read(true).write(true).open("/dev/full").unwrap();
        let mut spool = Spool { file: PositionedFile::new(full), folder: "/some/where".into(), end: 0 };
        let error = spool.append(b"x").unwrap_err().to_string();
        assert!(error.contains("/some/where") && error.contains("No space left"), "{error}");
    }
}
