//! Where a result goes: standard output, a device, or a file that appears under its name only when it is complete.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, bail};

use super::{interrupt, temporary};

/// Bytes gathered before a write.
const BUFFER: usize = 1 << 18;
/// Links that are followed to where a file is to be.
const LINKS: usize = 40;

/// Whether the program was started without a standard output. What is written there goes nowhere without an error.
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Says that the program was started without a standard output.
pub(super) fn standard_output_is_closed() {
    CLOSED.store(true, Ordering::Relaxed);
}

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
    ///
    /// # Errors
    /// Where there is none.
    pub(super) fn stdout() -> anyhow::Result<Self> {
        if CLOSED.load(Ordering::Relaxed) {
            bail!("cannot write standard output: it is closed");
        }
        Ok(Self { name: "standard output".to_owned(), target: Target::Stdout })
    }

    /// The place that `-o` names. Whether a file can be made there is tried out at once: nobody wants to learn it after
    /// an hour's run.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        if is_stdout(path) {
            return Self::stdout();
        }
        let name = path.display().to_string();
        let target = Target::find(path).with_context(|| format!("cannot write {name}"))?;
        Ok(Self { name, target })
    }

    /// Whether this is standard output.
    pub(super) fn is_stdout(&self) -> bool {
        matches!(self.target, Target::Stdout)
    }

    /// Whether both are one file.
    pub(super) fn is_same_file(&self, other: &Self) -> bool {
        match (&self.target, &other.target) {
            (Target::File { path, .. }, Target::File { path: other, .. }) => path == other,
            _ => false,
        }
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
                let target = Target::File { path: place(path)?, permissions: None };
                target.try_out()?;
                Ok(target)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether a file can be made in the folder. It is removed at once: a long run leaves nothing lying about. What an
    /// earlier one left that was killed is removed too.
    fn try_out(&self) -> io::Result<()> {
        match self {
            Target::File { path, permissions } => {
                let folder = temporary::folder_of(path);
                temporary::remove_stale(folder);
                temporary::create(folder, permissions.is_some())?.close()
            }
            Target::Stdout | Target::Direct(_) => Ok(()),
        }
    }

    fn write(&mut self, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        match self {
            Target::Stdout => buffered(io::stdout().lock(), fill),
            Target::Direct(file) => buffered(file, fill),
            Target::File { path, permissions } => {
                let mut file = temporary::create(temporary::folder_of(path), permissions.is_some())?;
                let _guard = interrupt::remove_on_exit(file.path());
                buffered(file.as_file_mut(), fill)?;
                if let Some(permissions) = permissions {
                    file.as_file().set_permissions(permissions.clone())?;
                }
                // On failure the temporary file is dropped, which removes it.
                temporary::replace(file, path)
            }
        }
    }
}

/// Where a file that does not exist yet is to be: links that lead nowhere yet are followed, so that they stay links, and the
/// folder is the real one, so that one file has one name.
fn place(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = temporary::folder_of(&path).join(target),
            Err(_) => break,
        }
    }
    // A name that ends in `/` is a folder's.
    let is_folder = path.as_os_str().as_encoded_bytes().last().is_some_and(|&byte| byte == b'/');
    match path.file_name() {
        Some(name) if !is_folder => Ok(temporary::folder_of(&path).canonicalize()?.join(name)),
        _ => Err(io::Error::from(io::ErrorKind::IsADirectory)),
    }
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
    fn one_file_has_one_name() {
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
