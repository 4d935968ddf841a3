//! The first stage: documents to tokens, band keys and credits.

use wirecopy_core::document::{Header, SkipKind};
use wirecopy_core::engine::{Corpus, Preparer, Read};
use wirecopy_core::text::credit::Agencies;
use wirecopy_core::{Cancel, Progress, Stage};
use wirecopy_core::{Document, Result};
use wirecopy_ingest::{Outcome, Root};
use wirecopy_report::Config;
use wirecopy_spill::Budget;

/// Reads, tokenises and signs every document, and finds whom it credits.
pub(super) fn read(
    roots: &[Root],
    config: &Config,
    budget: &Budget,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<Corpus> {
    let mut corpus = Corpus::new(&config.matching, config.ingest.max_skipped, budget);
    read_into(&mut corpus, roots, config, progress, cancel)?;
    Ok(corpus)
}

/// The same behind the documents of a corpus; ids are unique among those of one call.
pub(super) fn read_into(
    corpus: &mut Corpus,
    roots: &[Root],
    config: &Config,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<()> {
    let agencies = Agencies::of(config.ingest.agencies.as_deref())?;
    let preparer = Preparer::new(&config.matching, &agencies);
    // Nobody uses what is prepared once the run was cancelled.
    let prepare = |document: &Document| -> Read {
        if cancel.is_cancelled() { Read::default() } else { preparer.prepare(document) }
    };
    let mut inputs = 0;
    corpus.folders.add_roots(roots.iter().filter_map(|root| match root {
        Root::Path(path) => Some(path.clone()),
        Root::Stdin => None,
    }));
    let mut lossy = Lossy::default();
    wirecopy_ingest::read(roots, &config.ingest, progress, cancel, prepare, |outcome| {
        inputs += if let Outcome::SkippedMore(more) = outcome { more } else { 1 };
        match outcome {
            Outcome::Skipped(skipped) => corpus.skip(skipped),
            Outcome::SkippedMore(more) => corpus.skipped_count += more,
            Outcome::Read(header, read) if read.tokens.is_empty() => {
                let empty = SkipKind::Empty.because("no words in it, only punctuation or symbols");
                corpus.skip(empty.at(header.path, header.record));
            }
            Outcome::Read(header, read) => {
                lossy.see(&header);
                corpus.push(&header, &read)?;
            }
        }
        Ok(())
    })?;
    lossy.close();
    progress.end(Stage::Read, inputs, corpus.len() as u64);
    Ok(())
}

/// Warns of documents whose letters were lost.
#[derive(Default)]
struct Lossy {
    documents: usize,
}

impl Lossy {
    /// Documents that are named.
    const NAMED: usize = 5;

    fn see(&mut self, header: &Header) {
        if header.lost_letters == 0 {
            return;
        }
        self.documents += 1;
        if self.documents <= Self::NAMED {
            tracing::warn!(
                "{}: {} of its letters are lost (U+FFFD): it is or was read in a wrong character set, and copies of it may be missed",
                wirecopy_report::clean(&header.id),
                header.lost_letters
            );
        }
    }

    fn close(&self) {
        if self.documents > Self::NAMED {
            tracing::warn!("and so of {} more documents", self.documents - Self::NAMED);
        }
    }
}
