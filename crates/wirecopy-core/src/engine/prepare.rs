//! Prepares what the stages need of a document: tokens, band keys, credits and the terms of its headline.

use std::cell::RefCell;
use std::sync::Arc;

use crate::Document;
use crate::candidates::bands::band_keys;
use crate::candidates::params::Bands;
use crate::config::MatchConfig;
use crate::score::Profile;
use crate::sketch::{Signature, Sketcher};
use crate::text::credit::{self, Agencies, Credit};
use crate::text::{NoArticle, Tokenizer, Tokens, is_periodically_updated, no_article, rolled};

/// Selects the hash functions of the signatures. Any number is as good; a fixed one makes runs reproducible.
const SKETCH_SEED: u64 = 0x77_69_72_65;

/// Least number of tokens in a line that is a paragraph.
const PARAGRAPH: usize = 20;
/// Number of tokens in paragraphs above which a document is assumed to hold an article.
const ARTICLE: usize = 200;

/// What the stages need of a document.
#[derive(Default)]
pub struct Read {
    /// Its tokens.
    pub tokens: Tokens,
    /// Keys of its bands.
    pub keys: Vec<u64>,
    /// The agencies that it credits.
    pub credits: Vec<Credit>,
    /// Whether it is labelled as a periodically updated document.
    pub periodically_updated: bool,
    /// The terms of its headline.
    pub headline: Vec<u32>,
    /// Why it holds no article, if it does not.
    pub no_article: Option<NoArticle>,
    /// Its text, if it is to be kept; otherwise empty.
    pub text: String,
}

/// Prepares documents with the settings of one run, on any thread.
pub struct Preparer {
    config: MatchConfig,
    agencies: Arc<Agencies>,
    signer: Signer,
}

impl Preparer {
    /// Returns a preparer that finds credits to `agencies`.
    pub fn new(config: &MatchConfig, agencies: Arc<Agencies>) -> Self {
        Self { config: config.clone(), agencies, signer: Signer::new(config) }
    }

    /// Tokenises a document and computes its band keys and credits. The result has no text.
    pub fn prepare(&self, document: &Document) -> Read {
        thread_local! {
            static WORKER: RefCell<(Tokenizer, SignerBuffer)> = RefCell::default();
        }
        let (tokens, keys, credits) = WORKER.with_borrow_mut(|(tokenizer, buffer)| {
            // A thread may prepare documents for several runs.
            tokenizer.keep_boilerplate(self.config.keep_boilerplate);
            let tokens = tokenizer.tokens(&document.text);
            let keys = self.signer.keys(&tokens, buffer);
            let datelines = tokenizer.datelines();
            let credits = credit::credits_given(datelines, &document.text, &document.meta, &self.agencies);
            (tokens, keys, credits)
        });
        let title = document.meta.title.as_deref();
        let in_paragraphs: usize =
            tokens.lines().map(|line| line.len()).filter(|&length| length >= PARAGRAPH).sum();
        Read {
            credits,
            periodically_updated: is_periodically_updated(title, &document.text),
            no_article: if in_paragraphs <= ARTICLE { no_article(title, &document.text) } else { None },
            headline: if self.config.rewrites { Profile::headline_terms(title) } else { Vec::new() },
            tokens,
            keys,
            text: String::new(),
        }
    }
}

/// Computes the signatures of documents with the settings of a run.
pub struct Signer {
    sketcher: Sketcher,
    cut: Bands,
    shingle: usize,
}

/// A thread's buffers for signing.
pub type SignerBuffer = (Vec<u64>, Signature);

impl Signer {
    pub fn new(config: &MatchConfig) -> Self {
        Self {
            sketcher: Sketcher::new(config.signature, SKETCH_SEED),
            cut: Bands::for_config(config),
            shingle: config.shingle,
        }
    }

    /// Returns the band keys of a document.
    pub fn keys(&self, tokens: &Tokens, (shingles, signature): &mut SignerBuffer) -> Vec<u64> {
        // Repeated shingles do not affect a signature, and removing them would cost more than signing them.
        shingles.clear();
        shingles.extend(rolled(tokens.as_slice(), self.shingle));
        self.sketcher.sign(shingles, signature);
        let mut keys = Vec::with_capacity(self.cut.bands);
        band_keys(signature.minima(), self.cut, &mut keys);
        keys
    }
}
