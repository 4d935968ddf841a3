//! Measures a lower bound on the time of a run: the same walk, with every byte read and hashed.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Instant;

use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3Default;

use super::Root;
use super::walk::{Entry, walk};
use crate::config::IngestConfig;
use wirecopy_core::Cancel;
use wirecopy_core::Result;

/// Bytes read at a time.
const BLOCK: usize = 1 << 20;

/// The time it takes to read and hash an input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floor {
    /// Files found by the walk.
    pub files: u64,
    /// Bytes of these files on disk.
    pub bytes: u64,
    /// Wall-clock seconds.
    pub seconds: f64,
}

/// Walks `roots` as a run does, and reads and hashes every file on the threads of the current rayon pool. Standard input and
/// pipes are ignored. A file that cannot be read counts as 0 bytes.
///
/// # Errors
/// Those of the walk, as for [`read`](super::read), and [`Error::Cancelled`](crate::Error::Cancelled).
pub fn floor(roots: &[Root], config: &IngestConfig, cancel: &Cancel) -> Result<Floor> {
    let begun = Instant::now();
    let mut found = walk(roots, config, cancel)?;
    found.measure(cancel)?;
    let paths: Vec<&Path> = found
        .entries
        .iter()
        .filter_map(|entry| if let Entry::File(file) = entry { file.path.as_deref() } else { None })
        .collect();
    let bytes = paths
        .par_iter()
        .map_init(
            || vec![0; BLOCK],
            |block, path| {
                let (bytes, digest) = hash(path, block).unwrap_or_default();
                // Keeps the compiler from optimising the hashing away.
                std::hint::black_box(digest);
                bytes
            },
        )
        .sum();
    cancel.check()?;
    Ok(Floor { files: paths.len() as u64, bytes, seconds: begun.elapsed().as_secs_f64() })
}

fn hash(path: &Path, block: &mut [u8]) -> io::Result<(u64, u64)> {
    let mut file = File::open(path)?;
    let mut hasher = Xxh3Default::new();
    let mut bytes = 0;
    loop {
        match file.read(block) {
            Ok(0) => return Ok((bytes, hasher.digest())),
            Ok(n) => {
                hasher.update(&block[..n]);
                bytes += n as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bytes_of_all_files_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.txt"), vec![b'x'; 3 * BLOCK + 7]).unwrap();
        std::fs::write(folder.path().join("b.txt"), b"five!").unwrap();
        let found =
            floor(&[Root::from(folder.path())], &IngestConfig::default(), &Cancel::default()).unwrap();
        assert_eq!((found.files, found.bytes), (2, 3 * BLOCK as u64 + 12));
        assert!(
            floor(&[Root::from("no such folder")], &IngestConfig::default(), &Cancel::default()).is_err()
        );
    }
}
