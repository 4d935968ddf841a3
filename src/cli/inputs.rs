//! The files of a run that commands on it read.

use std::collections::HashSet;
use std::path::Path;

use super::protect::Protected;
use wirecopy_ingest::path_of;
use wirecopy_report::Run;

/// Returns the files that a command on a run reads, which its output must not replace.
pub(super) fn protected<'a>(path: &Path, run: &'a Run) -> Protected<'a> {
    let mut protected = Protected::default();
    protected.file(path);
    let config = &run.header.config;
    protected.files(config.ingest.agencies.iter().chain(&config.matching.model));
    let mut seen = HashSet::new();
    let paths = run.documents.iter().map(|line| line.path.as_str());
    protected.files(paths.filter(|path| *path != "-" && seen.insert(*path)).map(path_of));
    protected
}
