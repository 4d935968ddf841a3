//! Opens inputs without blocking.
//!
//! Opening a named pipe blocks until another program writes to it, which may never happen, and reading a terminal waits for the
//! user. Only regular files are inputs. Since a file can be replaced between the walk and the reading, its type is checked
//! after it has been opened.

use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::path::Path;

use wirecopy_core::document::{Refusal, SkipKind};

/// Opens a regular file.
///
/// # Errors
/// The error of the system, or the reason from [`not_a_file`].
pub(super) fn regular(path: &Path) -> io::Result<File> {
    let refused = |kind| io::Error::other(NotAFile(not_a_file(kind)));
    let file = match without_blocking(path) {
        Ok(file) => file,
        // A socket cannot be opened, and the system's message does not say why.
        Err(error) => {
            return Err(match fs::metadata(path) {
                Ok(found) if !found.is_file() && !found.is_dir() => refused(found.file_type()),
                _ => error,
            });
        }
    };
    let kind = file.metadata()?.file_type();
    if kind.is_file() { Ok(file) } else { Err(refused(kind)) }
}

#[cfg(unix)]
fn without_blocking(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    // Neither flag affects regular files.
    fs::OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}

#[cfg(not(unix))]
fn without_blocking(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// The error for a path that is not a regular file.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.reason)]
pub(super) struct NotAFile(pub Refusal);

/// Returns the reason for skipping something that is not a regular file.
pub(super) fn not_a_file(kind: FileType) -> Refusal {
    let what = if kind.is_dir() { ": a folder" } else { special(kind) };
    SkipKind::NotAFile.because(format!("not a regular file{what}"))
}

/// Returns whether a file is a device, such as `/dev/zero`, which has no end. Pipes have one, as that of a shell's `<(…)`.
#[cfg(unix)]
pub fn is_device(kind: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;

    kind.is_block_device() || kind.is_char_device()
}

/// Returns whether a file is a device: never on this system.
#[cfg(not(unix))]
pub fn is_device(_: FileType) -> bool {
    false
}

/// Reads a text that a setting or an argument names, such as a table of labels.
///
/// # Errors
/// Any error of the system; [`io::ErrorKind::InvalidData`] if it is not UTF-8, and [`io::ErrorKind::InvalidInput`] if it is a device
/// with data, which may have no end. `/dev/null` is an empty text.
pub fn read_text(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    if is_device(file.metadata()?.file_type()) {
        let has_data = file.read(&mut [0])? > 0;
        let refused = io::Error::new(io::ErrorKind::InvalidInput, "a device, not a file");
        return if has_data { Err(refused) } else { Ok(String::new()) };
    }
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;

    if kind.is_fifo() {
        ": a named pipe"
    } else if kind.is_socket() {
        ": a socket"
    } else if is_device(kind) {
        ": a device"
    } else {
        ""
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    ""
}

/// Returns whether `path` is a pipe that this program was started with, as by a shell for `<(zcat news.jsonl.gz)`. Its other
/// end is open, so it can be read like standard input. Named pipes do not count.
#[cfg(unix)]
pub(super) fn is_open_pipe(path: &Path, kind: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;

    let descriptor = ["/dev/fd", "/proc/self/fd"].iter().any(|folder| path.starts_with(folder));
    kind.is_fifo() && (descriptor || path == Path::new("/dev/stdin"))
}

#[cfg(not(unix))]
pub(super) fn is_open_pipe(_: &Path, _: FileType) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    #[test]
    fn other_than_regular_files_are_refused_without_blocking() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "News").unwrap();
        assert!(regular(&path("file")).is_ok());
        assert!(Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
        let _listener = UnixListener::bind(path("socket")).unwrap();
        let reason = |path: &Path| regular(path).unwrap_err().to_string();
        assert_eq!(reason(&path("pipe")), "not a regular file: a named pipe");
        assert_eq!(reason(&path("socket")), "not a regular file: a socket");
        assert_eq!(reason(Path::new("/dev/null")), "not a regular file: a device");
        assert_eq!(reason(folder.path()), "not a regular file: a folder");
        assert_eq!(regular(&path("nothing")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn named_pipe_is_not_a_pipe_opened_by_the_shell() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let kind = fs::metadata(&pipe).unwrap().file_type();
        assert!(!is_open_pipe(&pipe, kind));
        assert!(is_open_pipe(Path::new("/dev/fd/63"), kind));
        assert!(!is_open_pipe(Path::new("/dev/fd/63"), fs::metadata("/dev/null").unwrap().file_type()));
    }
}
