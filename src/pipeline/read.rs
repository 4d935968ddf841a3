//! The first stage: reads documents and prepares them for the others.

use std::sync::Arc;

use wirecopy_core::document::{Header, SkipKind};
use wirecopy_core::engine::{Corpus, Preparer, Read};
use wirecopy_core::text::credit::Agencies;
use wirecopy_core::{Cancel, Progress, Stage};
use wirecopy_core::{Document, Result};
use wirecopy_ingest::{Outcome, Root, settings_files};
use wirecopy_report::Config;
use wirecopy_spill::Budget;

/// Reads and tokenises every document, and computes its band keys and credits.
pub(super) fn read(
    roots: &[Root],
    config: &Config,
    budget: &Budget,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<Corpus> {
    let mut corpus = Corpus::new(&config.matching, config.ingest.max_skipped, budget);
    Reader::new(config, progress, cancel)?.read(roots, &mut corpus)?;
    corpus.renumber()?;
    Ok(corpus)
}

/// Reads documents into a corpus.
pub(super) struct Reader<'a> {
    config: &'a Config,
    agencies: Arc<Agencies>,
    progress: &'a dyn Progress,
    cancel: &'a Cancel,
}

impl<'a> Reader<'a> {
    /// Creates a reader, and reads the file of agencies.
    pub(super) fn new(config: &'a Config, progress: &'a dyn Progress, cancel: &'a Cancel) -> Result<Self> {
        let agencies = settings_files::agencies(config.ingest.agencies.as_deref())?;
        Ok(Self { config, agencies, progress, cancel })
    }

    /// Adds the documents below `roots` to a corpus. Ids are unique among the documents of one call.
    pub(super) fn read(&self, roots: &[Root], corpus: &mut Corpus) -> Result<()> {
        let &Self { config, ref agencies, progress, cancel } = self;
        let first = corpus.len();
        let preparer = Preparer::new(&config.matching, agencies);
        // After cancellation, further results are not used.
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
                    lossy.observe(&header);
                    corpus.push(&header, &read)?;
                }
            }
            Ok(())
        })?;
        lossy.close();
        corpus.settle_ids(first)?;
        progress.end(Stage::Read, inputs, corpus.len() as u64);
        Ok(())
    }
}

/// Warns of documents with lost letters.
#[derive(Default)]
struct Lossy {
    documents: usize,
}

impl Lossy {
    /// Most documents that are named.
    const NAMED: usize = 5;

    fn observe(&mut self, header: &Header) {
        if header.lost_letters == 0 {
            return;
        }
        self.documents += 1;
        if self.documents <= Self::NAMED {
            // Its id may still change.
            let record = header.record.map(|record| format!(":{record}")).unwrap_or_default();
            tracing::warn!(
                "{}{record}: {} letters are lost (U+FFFD): it was decoded with a wrong character set, now or earlier, and copies of it may be missed",
                wirecopy_report::clean(&header.path),
                header.lost_letters
            );
        }
    }

    fn close(&self) {
        if self.documents > Self::NAMED {
            tracing::warn!("letters are lost in {} more documents", self.documents - Self::NAMED);
        }
    }
}
