//! Reads documents from files and prepares them for the stages.

use std::collections::HashSet;

use super::intake::Intake;
use wirecopy_core::engine::{Preparer, Read};
use wirecopy_core::{Cancel, Document, Progress, Result};
use wirecopy_ingest::config::IngestConfig;
use wirecopy_ingest::{NO_FILE, Outcome, Root, shown};

/// The documents whose texts are kept.
pub(super) enum Keep {
    /// None.
    None,
    /// Those that cannot be read again.
    Unreadable {
        /// Paths of pipes.
        pipes: HashSet<String>,
    },
    /// All.
    All,
}

impl Keep {
    /// Returns the choice that keeps the texts of those documents below `roots` that cannot be read again.
    pub(super) fn unreadable(roots: &[Root]) -> Self {
        let pipes = roots.iter().filter_map(|root| match root {
            Root::Path(path) => (!path.is_file() && !path.is_dir()).then(|| shown(path)),
            Root::Stdin => None,
        });
        Keep::Unreadable { pipes: pipes.collect() }
    }

    fn holds(&self, document: &Document) -> bool {
        match self {
            Keep::None => false,
            Keep::Unreadable { pipes } => document.path == NO_FILE || pipes.contains(&document.path),
            Keep::All => true,
        }
    }
}

/// Reads, tokenises and takes in the documents below `roots`. Ids are unique among the documents of one call.
pub(super) fn read(
    roots: &[Root],
    config: &IngestConfig,
    preparer: &Preparer,
    keep: &Keep,
    progress: &dyn Progress,
    cancel: &Cancel,
    intake: &mut Intake,
) -> Result<()> {
    // After cancellation, further results are not used.
    let prepare = |document: &Document| -> Read {
        if cancel.is_cancelled() {
            return Read::default();
        }
        let text = if keep.holds(document) { document.text.clone() } else { String::new() };
        Read { text, ..preparer.prepare(document) }
    };
    let first = intake.corpus.len();
    intake.corpus.folders.add_roots(roots.iter().filter_map(|root| match root {
        Root::Path(path) => Some(path.clone()),
        Root::Stdin => None,
    }));
    wirecopy_ingest::read(roots, config, progress, cancel, prepare, |outcome| {
        match outcome {
            Outcome::Skipped(skipped) => intake.skip(skipped),
            Outcome::SkippedMore(more) => intake.skip_more(more),
            Outcome::Read(header, read) => intake.add(header, &read)?,
        }
        Ok(())
    })?;
    intake.settle(first)
}
