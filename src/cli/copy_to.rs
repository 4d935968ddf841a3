//! `wirecopy keep --copy-to`: copies the kept documents to a folder.
//!
//! Ids come from the input, or from a report of unknown origin, so they are not trusted. File names derived from them stay
//! inside the folder and do not collide, even if the file system ignores case. Every destination is checked before the first
//! file is written, no link inside the folder is followed, and files are written atomically. Complete copies from an earlier
//! run are left as they are, so that an interrupted copy can be repeated.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail};
use unicode_normalization::UnicodeNormalization;
use xxhash_rust::xxh3::xxh3_64;

use super::keep::{Form, lines};
use super::temporary;
use wirecopy_ingest::path_of;
use wirecopy_report::Run;
use wirecopy_report::keep::{Decision, Plan};

/// Maximum bytes of a file name on common file systems.
const MAX_NAME: usize = 255;
/// Bytes of a longer name that are kept, in front of a hash of the whole name.
const CUT_NAME: usize = 200;
/// Bytes that are read and compared at a time.
const BLOCK: usize = 1 << 16;

/// The content of a file in the folder.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// A copy of a file, byte for byte.
    File(&'a Path),
    /// JSON lines.
    Lines(&'a [u8]),
}

impl<'a> Source<'a> {
    fn open(self) -> io::Result<Box<dyn Read + 'a>> {
        Ok(match self {
            Self::File(path) => Box::new(BufReader::with_capacity(BLOCK, File::open(path)?)),
            Self::Lines(lines) => Box::new(lines),
        })
    }
}

/// The file that a destination already holds.
enum Existing {
    None,
    /// The beginning of the wanted content: an unfinished copy.
    Partial,
    Complete,
}

/// Copies the kept documents to `folder`.
pub(super) fn copy(run: &Run, plan: &Plan<'_>, folder: &Path) -> anyhow::Result<()> {
    let mut names = Names::default();
    let mut files: Vec<(PathBuf, PathBuf)> = Vec::new();
    let mut containers: BTreeMap<&str, PathBuf> = BTreeMap::new();
    for Decision { document, .. } in plan.kept() {
        let path = document.path.as_str();
        if document.record.is_none() {
            files.push((path_of(path), names.assign(inside(&document.id))));
        } else if !containers.contains_key(path) {
            containers.insert(path, names.assign(vec![container_name(path)]));
        }
    }
    let mut records: HashMap<String, Vec<u8>> = HashMap::new();
    let is_record =
        |decision: &Decision<'_>| decision.keep && !decision.reference && decision.document.record.is_some();
    lines(run, plan, Form::Copied, is_record, |decision, line| {
        records.entry(decision.document.path.clone()).or_default().extend_from_slice(line);
        Ok(())
    })?;
    let mut wanted: Vec<(Source<'_>, &Path)> =
        files.iter().map(|(from, to)| (Source::File(from), to.as_path())).collect();
    for (from, to) in &containers {
        wanted.push((Source::Lines(records.get(*from).map_or(&[][..], Vec::as_slice)), to));
    }
    let missing = find_missing(folder, &wanted)?;
    write(folder, &missing)
}

/// Checks every destination, and returns those that still have to be written.
fn find_missing<'a>(
    folder: &Path,
    wanted: &[(Source<'a>, &'a Path)],
) -> anyhow::Result<Vec<(Source<'a>, &'a Path, Existing)>> {
    if fs::metadata(folder).is_ok_and(|found| !found.is_dir()) {
        bail!("{}: is not a folder", folder.display());
    }
    let mut folders: BTreeSet<&Path> = BTreeSet::new();
    for (_, to) in wanted {
        folders.extend(to.ancestors().skip(1).filter(|below| !below.as_os_str().is_empty()));
    }
    for below in folders {
        let place = folder.join(below);
        match place.symlink_metadata() {
            Ok(found) if found.is_symlink() => {
                bail!("{}: is a symbolic link, which is not followed", place.display())
            }
            Ok(found) if !found.is_dir() => {
                bail!("{}: is a file, expected a folder", place.display())
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", place.display())),
        }
    }
    let mut missing = Vec::new();
    for &(source, to) in wanted {
        match existing(source, &folder.join(to))? {
            Existing::Complete => {}
            existing => missing.push((source, to, existing)),
        }
    }
    Ok(missing)
}

/// Compares a destination with the wanted content, and fails if it holds anything else.
fn existing(source: Source<'_>, to: &Path) -> anyhow::Result<Existing> {
    let name = to.display();
    match to.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Existing::None),
        Err(error) => return Err(error).with_context(|| format!("cannot read {name}")),
        Ok(found) if found.is_symlink() => bail!("{name}: is a symbolic link, which is not followed"),
        Ok(found) if found.is_dir() => bail!("{name}: is a folder, expected a file"),
        Ok(found) if !found.is_file() => bail!("{name}: is not a regular file"),
        Ok(_) => {}
    }
    let compared = source.open().and_then(|whole| compared(whole, BufReader::new(File::open(to)?)));
    match compared.with_context(|| format!("cannot read {name}"))? {
        Some(existing) => Ok(existing),
        None => bail!("{name}: exists with other content, and is not overwritten"),
    }
}

/// Returns whether `part` is all or the beginning of `whole`; `None` if it is neither.
fn compared(mut whole: impl Read, mut part: impl Read) -> io::Result<Option<Existing>> {
    let (mut expected, mut found) = (Vec::new(), Vec::new());
    loop {
        expected.clear();
        found.clear();
        whole.by_ref().take(BLOCK as u64).read_to_end(&mut expected)?;
        part.by_ref().take(BLOCK as u64).read_to_end(&mut found)?;
        if expected != found {
            return Ok(expected.starts_with(&found).then_some(Existing::Partial));
        }
        if expected.is_empty() {
            return Ok(Some(Existing::Complete));
        }
    }
}

/// Writes the missing files.
fn write(folder: &Path, missing: &[(Source<'_>, &Path, Existing)]) -> anyhow::Result<()> {
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for (source, to, existing) in missing {
        let to = folder.join(to);
        let parent = temporary::folder_of(&to);
        let made = fs::create_dir_all(parent).and_then(|()| {
            if folders.insert(parent.to_owned()) {
                temporary::remove_stale(parent);
            }
            let mut temporary = temporary::create(parent, false)?;
            io::copy(&mut source.open()?, temporary.file())?;
            match existing {
                Existing::None => temporary::add(temporary, &to),
                Existing::Partial | Existing::Complete => temporary::replace(temporary, &to),
            }
        });
        made.with_context(|| match source {
            Source::File(from) => format!("cannot copy {} to {}", from.display(), to.display()),
            Source::Lines(_) => format!("cannot write {}", to.display()),
        })?;
    }
    for below in &folders {
        temporary::sync_folder(below).with_context(|| format!("cannot write {}", below.display()))?;
    }
    Ok(())
}

/// The names assigned so far, folded: some file systems do not distinguish case or the encoding of accents.
#[derive(Default)]
struct Names {
    files: BTreeSet<String>,
    folders: BTreeSet<String>,
}

impl Names {
    /// Returns a path of these parts that no other document has, with a number added if necessary.
    fn assign(&mut self, mut parts: Vec<String>) -> PathBuf {
        // A parent folder may have the name of another document's file.
        for end in 1..parts.len() {
            let wanted = parts[end - 1].clone();
            let mut copy = 2;
            while self.files.contains(&folded(&parts[..end])) {
                parts[end - 1] = name(&format!("{wanted}~{copy}"));
                copy += 1;
            }
            self.folders.insert(folded(&parts[..end]));
        }
        let last = parts.len() - 1;
        let wanted = PathBuf::from(&parts[last]);
        let stem = wanted.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let ending = wanted.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
        let mut copy = 2;
        while self.folders.contains(&folded(&parts)) || !self.files.insert(folded(&parts)) {
            parts[last] = name(&format!("{stem}~{copy}{ending}"));
            copy += 1;
        }
        parts.iter().collect()
    }
}

fn folded(parts: &[String]) -> String {
    parts.join("/").nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// Converts an id to the parts of a path that stays inside a folder.
fn inside(id: &str) -> Vec<String> {
    let mut parts: Vec<String> = Path::new(id)
        .components()
        .filter_map(|part| match part {
            Component::Normal(part) => Some(name(&part.to_string_lossy())),
            Component::ParentDir => Some("_".to_owned()),
            _ => None,
        })
        .collect();
    if parts.is_empty() {
        parts.push("_".to_owned());
    }
    parts
}

/// Converts a part of an id to a name that file systems accept.
fn name(part: &str) -> String {
    let forbidden =
        |c: char| c == '\0' || (cfg!(windows) && matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*'));
    let mut out = part.replace(forbidden, "_");
    if temporary::is_ours(&out) {
        out.insert(0, '_');
    }
    if out.len() <= MAX_NAME {
        return out;
    }
    let ending =
        Path::new(&out).extension().and_then(OsStr::to_str).filter(|e| e.len() < MAX_NAME - CUT_NAME - 20);
    let ending = ending.map(|ending| format!(".{ending}")).unwrap_or_default();
    let mut cut = CUT_NAME;
    while !out.is_char_boundary(cut) {
        cut -= 1;
    }
    format!("{}~{:016x}{ending}", &out[..cut], xxh3_64(part.as_bytes()))
}

/// Returns the name of the file for the records of a container: its stem with the extension `.jsonl`.
fn container_name(path: &str) -> String {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = file.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("records");
    name(&format!("{stem}.jsonl"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_folder() {
        for (id, path) in [
            ("a/b.txt", "a/b.txt"),
            ("/etc/x", "etc/x"),
            ("../../x", "_/_/x"),
            ("./a", "a"),
            ("a//b", "a/b"),
            ("", "_"),
            ("/", "_"),
            ("..", "_"),
            ("a\0b", "a_b"),
            (".wirecopy-abc123.tmp", "_.wirecopy-abc123.tmp"),
        ] {
            assert_eq!(inside(id).iter().collect::<PathBuf>(), Path::new(path), "{id}");
        }
        assert_eq!(container_name("feeds/day.jsonl.gz"), "day.jsonl");
        assert_eq!(container_name("feeds/.x"), "records.jsonl");
    }

    #[test]
    fn names_do_not_collide() {
        let mut names = Names::default();
        let mut given = |id: &str| names.assign(inside(id)).to_string_lossy().into_owned();
        for (id, name) in [
            ("x/day.jsonl", "x/day.jsonl"),
            ("x/day.jsonl", "x/day~2.jsonl"),
            ("X/Day.jsonl", "X/Day~3.jsonl"),
            ("x/day~2.jsonl", "x/day~2~2.jsonl"),
            ("caf\u{e9}.txt", "caf\u{e9}.txt"),
            ("cafe\u{301}.txt", "cafe\u{301}~2.txt"),
            ("a", "a"),
            ("A/b", "A~2/b"),
            ("a~2", "a~2~2"),
            ("x", "x~2"),
        ] {
            assert_eq!(given(id), name, "{id}");
        }
    }

    #[test]
    fn long_names_are_cut_and_stay_distinct() {
        let (one, other) = (format!("{}1.html", "é".repeat(300)), format!("{}2.html", "é".repeat(300)));
        let (one, other) = (name(&one), name(&other));
        assert!(one != other && one.len() <= MAX_NAME && one.ends_with(".html"), "{one}");
        let mut names = Names::default();
        let given = [0, 1].map(|_| names.assign(vec!["x".repeat(255)]));
        assert!(given[0] != given[1] && given.iter().all(|name| name.as_os_str().len() <= MAX_NAME));
    }

    #[test]
    fn partial_copy_is_distinguished_from_another_file() {
        let of = |part: &str| compared("whole".as_bytes(), part.as_bytes()).unwrap();
        assert!(matches!(of("whole"), Some(Existing::Complete)));
        assert!(matches!((of("who"), of("")), (Some(Existing::Partial), Some(Existing::Partial))));
        assert!(matches!((of("whole and more"), of("hole")), (None, None)));
    }
}
