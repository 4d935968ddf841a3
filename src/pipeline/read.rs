//! The first stage: converts documents to tokens, band keys and credits.

use std::cell::RefCell;

use super::account::Account;
use super::corpus::Corpus;
use crate::candidates::bands::band_keys;
use crate::candidates::params::Bands;
use crate::config::{Config, MatchConfig};
use crate::document::{Header, Skipped};
use crate::ingest::{self, Outcome, Root};
use crate::progress::{Cancel, Progress, Stage};
use crate::sketch::Sketcher;
use crate::spill::Budget;
use crate::text::credit::{self, Agencies, Credit};
use crate::text::{NoArticle, Tokenizer, Tokens, each_shingle, is_periodically_updated, no_article};
use crate::verify::Profile;
use crate::{Document, Result};

/// Selects the hash functions of the signatures. Any number is as good; a fixed one makes runs reproducible.
const SKETCH_SEED: u64 = 0x77_69_72_65;

/// Least number of tokens in a line that is a paragraph.
const PARAGRAPH: usize = 20;
/// Number of tokens in paragraphs above which a document is assumed to hold an article.
const ARTICLE: usize = 200;

/// The result of reading a document.
#[derive(Default)]
pub(super) struct Read {
    pub(super) tokens: Tokens,
    /// Keys of its bands.
    pub(super) keys: Vec<u64>,
    pub(super) credits: Vec<Credit>,
    /// Whether it is labelled as a periodically updated document.
    pub(super) periodically_updated: bool,
    /// The terms of its headline.
    pub(super) headline: Vec<u32>,
    /// Why it holds no article, if it does not.
    pub(super) no_article: Option<NoArticle>,
}

/// Reads and tokenises every document, and computes its band keys and credits.
pub(super) fn read(
    roots: &[Root],
    config: &Config,
    budget: &Budget,
    progress: &dyn Progress,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<Corpus> {
    let mut corpus = Corpus::new(config, budget);
    read_into(&mut corpus, roots, config, progress, cancel, account)?;
    Ok(corpus)
}

/// Reads documents like [`read`] and adds them to a corpus. Ids are unique among the documents of one call.
pub(super) fn read_into(
    corpus: &mut Corpus,
    roots: &[Root],
    config: &Config,
    progress: &dyn Progress,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<()> {
    let signer = Signer::new(&config.matching);
    let agencies = Agencies::of(config.ingest.agencies.as_deref())?;
    let prepare = |document: &Document| -> Read {
        thread_local! {
            static WORKER: RefCell<Option<(Tokenizer, SignerBuffer)>> = RefCell::default();
        }
        // The thread pool belongs to one run, so all documents of a thread have the same settings.
        let (tokens, keys) = WORKER.with_borrow_mut(|worker| {
            let (tokenizer, buffer) =
                worker.get_or_insert_with(|| (Tokenizer::new(&config.matching), SignerBuffer::default()));
            let tokens = tokenizer.tokens(&document.text);
            let keys = signer.keys(&tokens, buffer);
            (tokens, keys)
        });
        // After cancellation, further results are not used.
        if cancel.is_cancelled() {
            return Read::default();
        }
        let credits = credit::credits(&document.text, &document.meta, &agencies);
        let periodically_updated = is_periodically_updated(document.meta.title.as_deref(), &document.text);
        let in_paragraphs: usize =
            tokens.lines().map(|line| line.len()).filter(|&length| length >= PARAGRAPH).sum();
        let may_lack = in_paragraphs <= ARTICLE;
        let no_article =
            if may_lack { no_article(document.meta.title.as_deref(), &document.text) } else { None };
        let headline = if config.matching.rewrites {
            Profile::headline_terms(document.meta.title.as_deref())
        } else {
            Vec::new()
        };
        Read { tokens, keys, credits, periodically_updated, headline, no_article }
    };
    account.measure(Stage::Read, |_| {
        let mut inputs = 0;
        corpus.folders.add_roots(roots);
        let mut lossy = Lossy::default();
        ingest::read(roots, &config.ingest, progress, cancel, prepare, |outcome| {
            inputs += if let Outcome::SkippedMore(more) = outcome { more } else { 1 };
            match outcome {
                Outcome::Skipped(skipped) => corpus.skip(skipped),
                Outcome::SkippedMore(more) => corpus.skipped_count += more,
                Outcome::Read(header, read) if read.tokens.is_empty() => {
                    corpus.skip(Skipped {
                        path: header.path,
                        record: header.record,
                        reason: "no words in it, only punctuation or symbols".to_owned(),
                    });
                }
                Outcome::Read(header, read) => {
                    lossy.observe(&header);
                    corpus.push(&header, &read)?;
                }
            }
            Ok(())
        })?;
        lossy.close();
        let documents = corpus.len() as u64;
        Ok(((), inputs, documents))
    })
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
            tracing::warn!(
                "{}: {} letters are lost (U+FFFD): it was decoded with a wrong character set, now or earlier, and copies of it may be missed",
                crate::report::clean(&header.id),
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

/// Computes the signatures of documents with the settings of a run.
pub(super) struct Signer {
    sketcher: Sketcher,
    cut: Bands,
    shingle: usize,
}

/// A thread's buffers for signing.
pub(super) type SignerBuffer = (Vec<u64>, Vec<u64>);

impl Signer {
    pub(super) fn new(config: &MatchConfig) -> Self {
        Self {
            sketcher: Sketcher::new(config.signature, SKETCH_SEED),
            cut: Bands::for_config(config),
            shingle: config.shingle,
        }
    }

    /// Returns the band keys of a document.
    pub(super) fn keys(&self, tokens: &Tokens, (shingles, signature): &mut SignerBuffer) -> Vec<u64> {
        // Repeated shingles do not affect a signature, and removing them would cost more than signing them.
        shingles.clear();
        each_shingle(tokens.as_slice(), self.shingle, |hash| shingles.push(hash));
        self.sketcher.sign(shingles, signature);
        let mut keys = Vec::with_capacity(self.cut.bands);
        band_keys(signature, self.cut, &mut keys);
        keys
    }
}
