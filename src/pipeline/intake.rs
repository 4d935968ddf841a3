//! Takes in prepared documents and skipped inputs, wherever they come from.

use wirecopy_core::document::{Header, SkipKind, Skipped};
use wirecopy_core::engine::{Corpus, Read};
use wirecopy_core::ids::Ids;
use wirecopy_core::{Error, Result};
use wirecopy_ingest::NO_WORDS;
use wirecopy_report::Config;
use wirecopy_spill::Budget;

/// What a run has taken in so far.
pub(super) struct Intake {
    /// The documents and skipped inputs.
    pub(super) corpus: Corpus,
    /// Number of inputs.
    pub(super) inputs: u64,
    /// The ids of documents that a caller pushed.
    ids: Ids,
    lossy: Lossy,
    /// Whether a document was stored in part only, because a temporary file could not be written.
    broken: bool,
}

impl Intake {
    pub(super) fn new(config: &Config, budget: &Budget) -> Self {
        Self {
            corpus: Corpus::new(&config.matching, config.ingest.max_skipped, budget),
            inputs: 0,
            ids: Ids::default(),
            lossy: Lossy::default(),
            broken: false,
        }
    }

    /// Counts a skipped input.
    pub(super) fn skip(&mut self, skipped: Skipped) {
        self.inputs += 1;
        self.corpus.skip(skipped);
    }

    /// Counts skipped inputs that are not listed.
    pub(super) fn skip_more(&mut self, more: u64) {
        self.inputs += more;
        self.corpus.skipped_count += more;
    }

    /// Adds a document whose id is unique. A document without words is skipped.
    pub(super) fn add(&mut self, header: Header, read: &Read) -> Result<()> {
        self.check()?;
        if read.tokens.is_empty() {
            let empty = SkipKind::Empty.because(NO_WORDS);
            self.skip(empty.at(header.path, header.record));
            return Ok(());
        }
        self.inputs += 1;
        self.lossy.observe(&header);
        let pushed = self.corpus.push(&header, read);
        self.broken = pushed.is_err();
        pushed
    }

    /// Adds a document whose id others may have.
    pub(super) fn add_pushed(&mut self, mut header: Header, read: &Read) -> Result<()> {
        if !read.tokens.is_empty() {
            self.ids.settle(&mut header);
        }
        self.add(header, read)
    }

    /// Returns an error if a document could not be stored.
    pub(super) fn check(&self) -> Result<()> {
        if self.broken { Err(Error::Incomplete) } else { Ok(()) }
    }

    /// Resolves ids that several documents request, for documents number `first` and above.
    pub(super) fn settle(&mut self, first: usize) -> Result<()> {
        self.check()?;
        self.lossy.close();
        self.corpus.settle_ids(first)
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

    fn close(&mut self) {
        if self.documents > Self::NAMED {
            tracing::warn!("letters are lost in {} more documents", self.documents - Self::NAMED);
        }
        self.documents = 0;
    }
}
