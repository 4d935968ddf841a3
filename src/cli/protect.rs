//! Prevents an output from replacing an input, whatever name the output is given.
//!
//! Files are compared by device and inode on Unix, which sees through symbolic and hard links, and by canonical path
//! elsewhere.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use anyhow::bail;

use super::output::Output;
use wirecopy_ingest::Root;
use wirecopy_ingest::config::IngestConfig;
use wirecopy_ingest::{IGNORE_FILE, overwritten};
use wirecopy_report::Config;

/// Identifies a file independently of its name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Identity {
    #[cfg(unix)]
    Inode(u64, u64),
    #[cfg(not(unix))]
    Path(PathBuf),
}

/// The inputs of a command.
#[derive(Debug, Default)]
pub(super) struct Protected<'a> {
    files: Vec<(PathBuf, Identity)>,
    roots: Vec<Root>,
    ingest: Option<&'a IngestConfig>,
}

impl<'a> Protected<'a> {
    /// Adds an input file, if it exists.
    pub(super) fn file(&mut self, path: &Path) {
        if let Ok(found) = fs::metadata(path)
            && let Some(identity) = identity(path, &found)
        {
            self.files.push((path.to_owned(), identity));
        }
    }

    /// Adds input files.
    pub(super) fn files<P: AsRef<Path>>(&mut self, paths: impl IntoIterator<Item = P>) {
        for path in paths {
            self.file(path.as_ref());
        }
    }

    /// Adds all inputs of a run over `roots`, and the files that `config` names.
    pub(super) fn run(&mut self, roots: impl IntoIterator<Item = Root>, config: &'a Config) {
        for root in roots {
            match &root {
                Root::Stdin => self.standard_input(),
                Root::Path(path) if path.is_dir() => {}
                Root::Path(path) => self.file(path),
            }
            self.roots.push(root);
        }
        self.ingest = Some(&config.ingest);
        self.files(config.ingest.agencies.iter().chain(&config.matching.model));
    }

    #[cfg(unix)]
    fn standard_input(&mut self) {
        use std::os::fd::AsFd;
        let stdin = std::io::stdin().as_fd().try_clone_to_owned().map(fs::File::from);
        if let Ok(found) = stdin.and_then(|stdin| stdin.metadata())
            && let Some(identity) = identity(Path::new("-"), &found)
        {
            self.files.push((PathBuf::from("standard input"), identity));
        }
    }

    #[cfg(not(unix))]
    fn standard_input(&mut self) {}

    /// Returns standard output, unless it is redirected to an input.
    pub(super) fn stdout(&self) -> anyhow::Result<Output> {
        let output = Output::stdout()?;
        // Only some systems name that file. An empty one was truncated by the shell before the program started.
        if let Ok(path) = Path::new("/dev/fd/1").canonicalize()
            && fs::metadata(&path).is_ok_and(|found| found.is_file() && found.len() > 0)
        {
            self.check(&path)?;
        }
        Ok(output)
    }

    /// Fails if the output is one of the inputs.
    fn check(&self, output: &Path) -> anyhow::Result<()> {
        let Ok(found) = fs::metadata(output) else { return Ok(()) };
        let Some(identity) = identity(output, &found) else { return Ok(()) };
        let input = self.files.iter().find(|(_, input)| *input == identity).map(|(path, _)| path.clone());
        let input = match input {
            None => self.input_below(output, &found, &identity)?,
            input => input,
        };
        match input {
            None => Ok(()),
            Some(input) if input == output => bail!("cannot write {}: it is an input", output.display()),
            Some(input) => {
                bail!("cannot write {}: it is the input {}", output.display(), input.display())
            }
        }
    }

    /// Returns the input file below a root folder that `output` is the same file as, if any.
    fn input_below(
        &self,
        output: &Path,
        found: &Metadata,
        identity: &Identity,
    ) -> anyhow::Result<Option<PathBuf>> {
        let Some(ingest) = self.ingest else { return Ok(None) };
        let folders: Vec<&Path> = self
            .roots
            .iter()
            .filter_map(|root| match root {
                Root::Path(path) if path.is_dir() => Some(path.as_path()),
                _ => None,
            })
            .collect();
        let whole = output.canonicalize()?;
        let inside =
            folders.iter().any(|folder| folder.canonicalize().is_ok_and(|folder| whole.starts_with(folder)));
        if inside && whole.file_name().is_some_and(|name| name == IGNORE_FILE) {
            return Ok(Some(whole));
        }
        // A file outside the folders can only be an input by way of a link. Without links, the walk is not needed.
        if folders.is_empty() || !(inside || ingest.follow || has_other_names(found)) {
            return Ok(None);
        }
        let same = |path: &Path| {
            fs::metadata(path).is_ok_and(|other| self::identity(path, &other).as_ref() == Some(identity))
        };
        Ok(overwritten(&self.roots, ingest, same)?)
    }

    /// Opens an output, and fails if it is one of the inputs.
    pub(super) fn open(&self, path: &Path) -> anyhow::Result<Output> {
        let output = Output::open(path)?;
        if output.is_stdout() {
            return self.stdout();
        }
        self.check(path)?;
        Ok(output)
    }

    /// Opens the output of a page. Another extension is an error, since a browser would not open the file.
    pub(super) fn open_page(&self, path: &Path) -> anyhow::Result<Output> {
        let output = self.open(path)?;
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("html" | "htm") | None => Ok(output),
            Some(_) => bail!("cannot write {}: a page is HTML, use .html or .htm", path.display()),
        }
    }
}

/// Returns the identity of a file; `None` for a device, a pipe or a folder, which writing does not replace.
#[cfg(unix)]
fn identity(_: &Path, found: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    found.is_file().then(|| Identity::Inode(found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path, found: &Metadata) -> Option<Identity> {
    found.is_file().then(|| path.canonicalize().ok().map(Identity::Path)).flatten()
}

/// Returns whether a file may have other names (hard links).
#[cfg(unix)]
fn has_other_names(found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.nlink() > 1
}

#[cfg(not(unix))]
fn has_other_names(_: &Metadata) -> bool {
    true
}
