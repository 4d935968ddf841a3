//! The destination of a result: standard output, a device, or a file that is written atomically.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, bail};

use super::temporary;

/// Buffer size in bytes.
const BUFFER: usize = 1 << 18;
/// Maximum number of symbolic links to follow to the location of a new file.
const LINKS: usize = 40;

/// Whether the program was started without a standard output. Rust discards what is written there without an error.
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Records that the program was started without a standard output.
pub(super) fn standard_output_is_closed() {
    CLOSED.store(true, Ordering::Relaxed);
}

/// A destination that is checked before the run that fills it.
#[derive(Debug)]
pub(super) struct Output {
    /// The name as typed, for messages.
    name: String,
    target: Target,
}

#[derive(Debug)]
enum Target {
    Stdout,
    /// A device or a pipe, which can be written to but not replaced.
    Direct(File),
    /// A file to create, or to replace while keeping its permissions.
    File {
        path: PathBuf,
        permissions: Option<Permissions>,
    },
}

impl Output {
    /// Returns standard output.
    ///
    /// # Errors
    /// Fails if the program was started without one.
    pub(super) fn stdout() -> anyhow::Result<Self> {
        if CLOSED.load(Ordering::Relaxed) {
            bail!("cannot write standard output: it is closed");
        }
        Ok(Self { name: "standard output".to_owned(), target: Target::Stdout })
    }

    /// Opens the destination that `-o` names. Checks at once that a file can be created there, so that a long run does not
    /// fail at its end.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        if is_stdout(path) {
            return Self::stdout();
        }
        let name = path.display().to_string();
        let target = Target::find(path).with_context(|| format!("cannot write {name}"))?;
        Ok(Self { name, target })
    }

    /// Returns whether this is standard output.
    pub(super) fn is_stdout(&self) -> bool {
        matches!(self.target, Target::Stdout)
    }

    /// Returns whether both are the same file.
    pub(super) fn is_same_file(&self, other: &Self) -> bool {
        match (&self.target, &other.target) {
            (Target::File { path, .. }, Target::File { path: other, .. }) => path == other,
            _ => false,
        }
    }

    /// Writes what `fill` produces. A file is written under a temporary name and then renamed; a failure leaves neither a
    /// partial nor a temporary file. If the reader of a pipe closes it early, the rest is dropped without an error.
    pub(super) fn write(
        &mut self,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        match self.target.write(fill) {
            // The reader has seen enough. Other outputs are still wanted, and so is the exit code.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result.with_context(|| format!("cannot write {}", self.name)),
        }
    }
}

impl Target {
    fn find(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Err(folder_given()),
            Ok(found) if found.is_file() && !below_descriptors(path) => {
                // Renaming would replace even a write-protected file.
                OpenOptions::new().append(true).open(path)?;
                // A symbolic link stays: the file that it points to is replaced.
                let target =
                    Target::File { path: path.canonicalize()?, permissions: Some(found.permissions()) };
                target.check_writable()?;
                Ok(target)
            }
            Ok(_) => Ok(Target::Direct(OpenOptions::new().append(true).open(path)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let target = Target::File { path: place(path)?, permissions: None };
                target.check_writable()?;
                Ok(target)
            }
            Err(error) => Err(error),
        }
    }

    /// Checks that a file can be created in the folder, and leaves none behind. Also removes temporary files of killed
    /// processes.
    fn check_writable(&self) -> io::Result<()> {
        match self {
            Target::File { path, permissions } => {
                let folder = temporary::folder_of(path);
                temporary::remove_stale(folder);
                temporary::create(folder, permissions.is_some())?.remove()
            }
            Target::Stdout | Target::Direct(_) => Ok(()),
        }
    }

    fn write(&mut self, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        match self {
            Target::Stdout => buffered(io::stdout().lock(), fill),
            Target::Direct(file) => buffered(file, fill),
            Target::File { path, permissions } => {
                let mut temporary = temporary::create(temporary::folder_of(path), permissions.is_some())?;
                buffered(temporary.file(), fill)?;
                if let Some(permissions) = permissions {
                    temporary.file().set_permissions(permissions.clone())?;
                }
                // If this fails, the temporary file is dropped, which removes it.
                temporary::replace(temporary, path)
            }
        }
    }
}

/// Resolves the path of a file that does not exist yet. Dangling links are followed, so that they stay links. The folder is
/// made canonical, so that each file has only one path.
fn place(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = temporary::folder_of(&path).join(target),
            Err(_) => break,
        }
    }
    // A path that ends in `/` names a folder.
    let is_folder = path.as_os_str().as_encoded_bytes().last().is_some_and(|&byte| byte == b'/');
    match path.file_name() {
        Some(name) if !is_folder => Ok(temporary::folder_of(&path).canonicalize()?.join(name)),
        _ => Err(folder_given()),
    }
}

fn folder_given() -> io::Error {
    io::Error::new(io::ErrorKind::IsADirectory, "it is a folder: give the name of a file")
}

fn buffered(writer: impl Write, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut writer = BufWriter::with_capacity(BUFFER, writer);
    fill(&mut writer)?;
    writer.flush()
}

/// Returns whether `path` is `-` or a system name of standard output. Opening one of those would overwrite the file that
/// standard output is redirected to from its beginning.
fn is_stdout(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path.as_os_str() == *name)
}

/// Returns whether `path` is an open descriptor. It may be a regular file, but no file can be created beside it.
fn below_descriptors(path: &Path) -> bool {
    path == Path::new("/dev/stderr") || path.starts_with("/dev/fd") || path.starts_with("/proc")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn file_is_written_atomically() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.jsonl");
        let mut output = Output::open(&path).unwrap();
        assert!(names(folder.path()).is_empty(), "the check leaves no file");
        output
            .write(|writer| {
                writer.write_all(b"half")?;
                assert!(!path.exists());
                writer.write_all(b" and half")
            })
            .unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "half and half");
        assert_eq!(names(folder.path()), ["run.jsonl"]);
    }

    #[test]
    fn failure_keeps_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.jsonl");
        fs::write(&path, "before").unwrap();
        let mut output = Output::open(&path).unwrap();
        let error = output
            .write(|writer| {
                writer.write_all(b"half")?;
                Err(io::Error::from(io::ErrorKind::StorageFull))
            })
            .unwrap_err();
        assert!(format!("{error:#}").starts_with(&format!("cannot write {}: ", path.display())));
        assert_eq!(fs::read_to_string(&path).unwrap(), "before");
        assert_eq!(names(folder.path()), ["run.jsonl"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_to_one_file_are_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("below")).unwrap();
        std::os::unix::fs::symlink("below/run.jsonl", at("link")).unwrap();
        std::os::unix::fs::symlink("link", at("link-to-link")).unwrap();
        let open = |name: &str| Output::open(&at(name)).unwrap();
        for name in ["link", "link-to-link", "below/../below/run.jsonl"] {
            assert!(open(name).is_same_file(&open("below/run.jsonl")), "{name}");
        }
        assert!(!open("link").is_same_file(&open("run.jsonl")));
        open("link-to-link").write(|writer| writer.write_all(b"new")).unwrap();
        assert_eq!(fs::read_to_string(at("below/run.jsonl")).unwrap(), "new");
        assert!(at("link").is_symlink() && at("link-to-link").is_symlink());
        assert!(Output::open(&at("none/")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_are_kept() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "before").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("file", &link).unwrap();
        Output::open(&link).unwrap().write(|writer| writer.write_all(b"after")).unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "after");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    }
}
