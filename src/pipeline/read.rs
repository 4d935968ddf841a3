//! The first stage: documents to tokens, band keys and credits.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use wirecopy_core::document::{Header, Skipped};
use wirecopy_core::engine::{Corpus, New, Preparer, Read};
use wirecopy_core::text::credit::Agencies;
use wirecopy_core::{Cancel, Progress, Stage};
use wirecopy_core::{DocId, Document, Result};
use wirecopy_ingest::{Outcome, Root, Unsettled};
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
    corpus.find_twins()?;
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
    let known = Known::new(&corpus.budget.part(1, 16));
    let prepare = |document: Unsettled<'_>| -> (Document, Read) {
        let digest = document.digest();
        if let Some(first) = digest.and_then(|digest| known.get(digest)) {
            return (document.unsettled(), Read::Again(first));
        }
        if cancel.is_cancelled() {
            return (document.unsettled(), Read::New(New::default()));
        }
        let document = document.settle();
        let prepared = New { digest, ..preparer.prepare(&document) };
        (document, Read::New(prepared))
    };
    let mut inputs = 0;
    corpus.folders.add_roots(roots.iter().filter_map(|root| match root {
        Root::Path(path) => Some(path.clone()),
        Root::Stdin => None,
    }));
    let mut lossy = Lossy::default();
    wirecopy_ingest::read_unsettled(
        roots,
        &config.ingest,
        progress,
        cancel,
        &|_, _| true,
        prepare,
        |outcome| {
            inputs += if let Outcome::SkippedMore(more) = outcome { more } else { 1 };
            match outcome {
                Outcome::Skipped(skipped) => corpus.skip(skipped),
                Outcome::SkippedMore(more) => corpus.skipped_count += more,
                Outcome::Read(header, Read::New(read)) if read.tokens.is_empty() => {
                    corpus.skip(Skipped {
                        path: header.path,
                        record: header.record,
                        reason: "no words in it, only punctuation or symbols".to_owned(),
                    });
                }
                Outcome::Read(header, read) => {
                    lossy.see(&header);
                    let digest = if let Read::New(read) = &read { read.digest } else { None };
                    let document = corpus.push(&header, read)?;
                    if let Some(digest) = digest {
                        known.insert(digest, document);
                    }
                }
            }
            Ok(())
        },
    )?;
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

/// Documents that were read already, by the digest of all that reading looks at. An archive that was put together from
/// several feeds holds many a dispatch twice, byte for byte.
///
/// Filled in the order of reading while others are read already: whether a document is found is a matter of timing, what
/// is made of it is not.
struct Known {
    documents: RwLock<HashMap<[u32; 4], DocId>>,
    /// How many are remembered at most.
    most: usize,
}

impl Known {
    fn new(budget: &Budget) -> Self {
        // A key and a number, and the free room of the table.
        let most = budget.bytes().map_or(usize::MAX, |bytes| bytes / 48);
        Self { documents: RwLock::default(), most }
    }

    fn get(&self, digest: u128) -> Option<DocId> {
        self.documents.read().unwrap_or_else(PoisonError::into_inner).get(&key(digest)).copied()
    }

    fn insert(&self, digest: u128, document: DocId) {
        let mut documents = self.documents.write().unwrap_or_else(PoisonError::into_inner);
        if documents.len() < self.most {
            documents.entry(key(digest)).or_insert(document);
        }
    }
}

/// In fours, so that an entry takes twenty bytes and not thirty-two.
fn key(digest: u128) -> [u32; 4] {
    [0, 32, 64, 96].map(|shift| (digest >> shift) as u32)
}
