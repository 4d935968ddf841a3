//! Where a result goes: standard output, a device, or a file that appears under its name only when it is complete.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::interrupt;

/// Bytes gathered before a write.
const BUFFER: usize = 1 << 18;

/// A place to write to, checked before the long run that fills it.
#[derive(Debug)]
pub(super) struct Output {
    /// As it was typed, for messages.
    name: String,
    target: Target,
}

#[derive(Debug)]
enum Target {
    Stdout,
    /// A device or a pipe: it cannot be replaced, only written to.
    Direct(File),
    /// A file to be, or to be replaced, with the permissions it has.
    File {
        path: PathBuf,
        permissions: Option<Permissions>,
    },
}

impl Output {
    /// Standard output.
    pub(super) fn stdout() -> Self {
        Self { name: "standard output".to_owned(), target: Target::Stdout }
    }

    /// The place that `-o` names. Whether a file can be made there is tried out at once: nobody wants to learn it after
    /// an hour's run.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        if is_stdout(path) {
            return Ok(Self::stdout());
        }
        let name = path.display().to_string();
        let target = Target::find(path).with_context(|| format!("cannot write {name}"))?;
        Ok(Self { name, target })
    }

    /// Whether this is standard output.
    pub(super) fn is_stdout(&self) -> bool {
        matches!(self.target, Target::Stdout)
    }

    /// Lets `fill` write everything. A file is moved under its name after the last byte, and on any failure there is
    /// neither a half file nor a temporary one.
    pub(super) fn write(
        &mut self,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        self.target.write(fill).with_context(|| format!("cannot write {}", self.name))
    }
}

impl Target {
    fn find(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Err(io::Error::from(io::ErrorKind::IsADirectory)),
            Ok(found) if found.is_file() && !below_descriptors(path) => {
                // Renaming would go over a file that is not to be written to.
                OpenOptions::new().append(true).open(path)?;
                // A link stays a link: what it points to is replaced.
                let target =
                    Target::File { path: path.canonicalize()?, permissions: Some(found.permissions()) };
                target.try_out()?;
                Ok(target)
            }
            Ok(_) => Ok(Target::Direct(OpenOptions::new().append(true).open(path)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let target = Target::File { path: path.to_owned(), permissions: None };
                target.try_out()?;
                Ok(target)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether a file can be made in the folder. It is removed at once: a long run leaves nothing lying about.
    fn try_out(&self) -> io::Result<()> {
        match self {
            Target::File { path, permissions } => {
                if path.file_name().is_none() || path.as_os_str().to_string_lossy().ends_with('/') {
                    return Err(io::Error::from(io::ErrorKind::IsADirectory));
                }
                temporary(path, permissions.as_ref())?.close()
            }
            Target::Stdout | Target::Direct(_) => Ok(()),
        }
    }

    fn write(&mut self, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        match self {
            Target::Stdout => buffered(io::stdout().lock(), fill),
            Target::Direct(file) => buffered(file, fill),
            Target::File { path, permissions } => {
                let mut file = temporary(path, permissions.as_ref())?;
                let _guard = interrupt::remove_on_exit(file.path());
                buffered(file.as_file_mut(), fill)?;
                if let Some(permissions) = permissions {
                    file.as_file().set_permissions(permissions.clone())?;
                }
                // On failure the temporary file is dropped, which removes it.
                file.persist(path).map_err(|error| error.error)?;
                Ok(())
            }
        }
    }
}

/// A file beside `path`, so that moving it over is one step. New files get the permissions that the user's mask allows;
/// a replacement is private until it has those of the file it replaces.
fn temporary(path: &Path, permissions: Option<&Permissions>) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(if permissions.is_some() { 0o600 } else { 0o666 });
    }
    #[cfg(not(unix))]
    let _ = permissions;
    // tempfile puts its own path into the error, which means nothing to the user: the system's is kept aside.
    let mut system = None;
    let made = tempfile::Builder::new()
        .prefix(".wirecopy-")
        .suffix(".tmp")
        .make_in(folder, |path| options.open(path).inspect_err(|error| system = error.raw_os_error()));
    made.map_err(|error| system.map_or(error, io::Error::from_raw_os_error))
}

fn buffered(writer: impl Write, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut writer = BufWriter::with_capacity(BUFFER, writer);
    fill(&mut writer)?;
    writer.flush()
}

/// `-` and the names that systems give to standard output. Opening those would start at the beginning of the file that
/// it was sent to.
fn is_stdout(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path.as_os_str() == *name)
}

/// Open descriptors may be regular files, and yet nothing can be made beside them.
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
    fn the_file_appears_when_it_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.jsonl");
        let mut output = Output::open(&path).unwrap();
        assert!(names(folder.path()).is_empty(), "trying out leaves nothing");
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
    fn a_failure_leaves_what_was_there() {
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
    fn permissions_and_links_stay() {
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
