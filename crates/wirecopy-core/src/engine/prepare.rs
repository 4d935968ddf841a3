//! One document to everything that the stages need of it: tokens, band keys, credits, the terms of its headline.

use std::cell::RefCell;

use crate::Document;
use crate::candidates::bands::band_keys;
use crate::candidates::params::Bands;
use crate::config::MatchConfig;
use crate::score::Profile;
use crate::sketch::Sketcher;
use crate::text::credit::{self, Agencies, Credit};
use crate::text::{NoArticle, Tokenizer, Tokens, each_shingle, is_periodically_updated, no_article};

/// Picks the hash functions of the signatures. Any number does; a fixed one keeps runs comparable.
const SKETCH_SEED: u64 = 0x77_69_72_65;

/// Tokens of a line from which on it is a paragraph.
const PARAGRAPH: usize = 20;
/// Tokens in paragraphs over which a document is taken to hold an article without a look.
const ARTICLE: usize = 200;

/// What the stages need of a document.
#[derive(Default)]
pub struct Read {
    /// Its tokens.
    pub tokens: Tokens,
    /// Of its bands.
    pub keys: Vec<u64>,
    /// The agencies that it credits.
    pub credits: Vec<Credit>,
    /// Whether it is labelled as updated periodically.
    pub periodically_updated: bool,
    /// The terms of its headline.
    pub headline: Vec<u32>,
    /// Why it holds no article, where it does not.
    pub no_article: Option<NoArticle>,
}

/// Prepares documents with the settings of one run, on any thread.
pub struct Preparer<'a> {
    config: &'a MatchConfig,
    agencies: &'a Agencies,
    signer: Signer,
}

impl<'a> Preparer<'a> {
    /// Returns a preparer that finds credits to `agencies`.
    pub fn new(config: &'a MatchConfig, agencies: &'a Agencies) -> Self {
        Self { config, agencies, signer: Signer::new(config) }
    }

    /// Tokenises and signs a document, and finds whom it credits.
    pub fn prepare(&self, document: &Document) -> Read {
        thread_local! {
            static WORKER: RefCell<Option<(Tokenizer, SignerBuffer)>> = RefCell::default();
        }
        // The threads are those of one run, so that all of a thread's documents have the same settings.
        let (tokens, keys) = WORKER.with_borrow_mut(|worker| {
            let (tokenizer, buffer) =
                worker.get_or_insert_with(|| (Tokenizer::new(self.config), SignerBuffer::default()));
            let tokens = tokenizer.tokens(&document.text);
            let keys = self.signer.keys(&tokens, buffer);
            (tokens, keys)
        });
        let title = document.meta.title.as_deref();
        let in_paragraphs: usize =
            tokens.lines().map(|line| line.len()).filter(|&length| length >= PARAGRAPH).sum();
        Read {
            credits: credit::credits(&document.text, &document.meta, self.agencies),
            periodically_updated: is_periodically_updated(title, &document.text),
            no_article: if in_paragraphs <= ARTICLE { no_article(title, &document.text) } else { None },
            headline: if self.config.rewrites { Profile::headline_terms(title) } else { Vec::new() },
            tokens,
            keys,
        }
    }
}

/// Signs documents with the settings of a run.
pub struct Signer {
    sketcher: Sketcher,
    cut: Bands,
    shingle: usize,
}

/// A thread's buffers for signing.
pub type SignerBuffer = (Vec<u64>, Vec<u64>);

impl Signer {
    pub fn new(config: &MatchConfig) -> Self {
        Self {
            sketcher: Sketcher::new(config.signature, SKETCH_SEED),
            cut: Bands::for_config(config),
            shingle: config.shingle,
        }
    }

    /// The keys of a document's bands.
    pub fn keys(&self, tokens: &Tokens, (shingles, signature): &mut SignerBuffer) -> Vec<u64> {
        // Repeats do no harm to a signature, and finding them costs more than signing them.
        shingles.clear();
        each_shingle(tokens.as_slice(), self.shingle, |hash| shingles.push(hash));
        self.sketcher.sign(shingles, signature);
        let mut keys = Vec::with_capacity(self.cut.bands);
        band_keys(signature, self.cut, &mut keys);
        keys
    }
}
