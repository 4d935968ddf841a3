//! What is kept of the input while a run lasts.

use std::sync::Arc;

use rayon::prelude::*;

use super::folders::Folders;
use super::headers::Headers;
use super::headlines::Headlines;
use super::learned::Learned;
use super::read::{Read, Signer, SignerBuffer};
use crate::candidates::Candidate;
use crate::candidates::bands::{BandKeys, Text};
use crate::candidates::params::Bands;
use crate::cluster::CopyGroups;
use crate::config::MatchConfig;
use crate::document::{Header, Skipped};
use crate::score::LanguageKey;
use crate::sources::{Added, known_source, source_key};
use crate::text::{NoArticle, Piece, TokenStore, Tokens, mix};
use crate::{DocId, Error, Result};
use wirecopy_report::Config;
use wirecopy_spill::Budget;

/// Documents that are worked on between two steps that are taken in their order.
pub(super) const BATCH: usize = 1 << 12;

/// Everything that is kept of the input: in memory what is small and of one size, the rest in stores.
pub(super) struct Corpus {
    pub(super) headers: Headers,
    pub(super) tokens: TokenStore,
    /// Inputs without a document, as far as the report lists them, and how many there are in all.
    pub(super) skipped: Vec<Skipped>,
    /// Whether folders can stand for sources.
    pub(super) folders: Folders,
    pub(super) skipped_count: u64,
    max_skipped: u64,
    /// Bytes of text of all documents.
    pub(super) bytes: u64,
    /// By document: its source, and when it was published, where that is understood.
    pub(super) sources: Vec<u64>,
    pub(super) published: Arc<Vec<Option<i64>>>,
    /// By document: why it holds no article, where it does not. Such a document is nobody's copy.
    pub(super) no_article: Vec<Option<NoArticle>>,
    /// By document: the source that it names.
    pub(super) known_sources: Arc<Vec<Option<u64>>>,
    /// By document: its language.
    pub(super) languages: Vec<LanguageKey>,
    pub(super) headlines: Headlines,
    /// By document: whether it is labelled as updated periodically.
    pub(super) periodically_updated: Arc<Vec<bool>>,
    pub(super) learned: Learned,
    keys: BandKeys,
    /// By document: a hash of its words.
    words: Vec<u64>,
    pub(super) budget: Budget,
}

impl Corpus {
    /// One without documents.
    pub(super) fn new(config: &Config, budget: &Budget) -> Self {
        Self {
            headers: Headers::new(&budget.part(1, 16)),
            tokens: if config.matching.rewrites {
                TokenStore::new(&budget.part(1, 8))
            } else {
                TokenStore::whole(&budget.part(1, 8))
            },
            skipped: Vec::new(),
            folders: Folders::default(),
            skipped_count: 0,
            max_skipped: config.ingest.max_skipped,
            bytes: 0,
            learned: Learned::default(),
            sources: Vec::new(),
            published: Arc::default(),
            no_article: Vec::new(),
            known_sources: Arc::default(),
            languages: Vec::new(),
            headlines: Headlines::new(&budget.part(1, 32)),
            periodically_updated: Arc::default(),
            keys: BandKeys::new(Bands::for_config(&config.matching).bands, &budget.part(1, 4)),
            words: Vec::new(),
            budget: budget.clone(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.headers.len()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = DocId> + use<> {
        // `push` refuses documents beyond 32 bits.
        (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).map(DocId)
    }

    pub(super) fn leaders(&self, groups: &CopyGroups) -> impl Iterator<Item = DocId> {
        self.ids().filter(|&d| groups.is_leader(d) && self.no_article[d.index()].is_none())
    }

    /// Counts an input without a document, and lists it among the first.
    pub(super) fn skip(&mut self, skipped: Skipped) {
        self.skipped_count += 1;
        if (self.skipped.len() as u64) < self.max_skipped {
            self.skipped.push(skipped);
        }
    }

    /// Adds a document.
    pub(super) fn push(&mut self, header: &Header, read: &Read) -> Result<()> {
        let limit = u32::MAX - 1;
        if self.len() >= limit as usize {
            return Err(Error::TooManyDocuments { limit });
        }
        self.bytes += header.bytes;
        self.folders.see(header);
        self.sources.push(source_key(&header.path, header.record, &header.meta));
        Arc::make_mut(&mut self.known_sources).push(known_source(&header.meta));
        self.languages.push(LanguageKey::of(header.meta.language.as_deref()));
        let Read { tokens, keys, credits, periodically_updated, headline, no_article } = read;
        self.no_article.push(*no_article);
        self.headlines.push(headline)?;
        let instant = header.meta.published.as_deref().and_then(wirecopy_ingest::dates::instant);
        let published = instant.map(jiff::Timestamp::as_second);
        Arc::make_mut(&mut self.published).push(published);
        Arc::make_mut(&mut self.periodically_updated).push(*periodically_updated);
        self.headers.push(header, credits)?;
        self.words.push(words_hash(tokens));
        self.keys.push(length(tokens), keys)?;
        self.tokens.push(tokens)
    }

    /// The error of a read from a temporary file that failed.
    pub(super) fn check(&self) -> Result<()> {
        self.headlines.check()?;
        self.tokens.check()
    }

    /// Pairs that may be copies.
    pub(super) fn copy_candidates(&self) -> Result<Vec<Candidate>> {
        let is_article = |document: DocId| self.no_article[document.index()].is_none();
        self.keys.candidates(|document| is_article(document).then(|| self.text(document)))
    }

    /// Identifies the text of a document.
    pub(super) fn text(&self, document: DocId) -> Text {
        let words = self.words[document.index()];
        let published = self.published[document.index()].map_or(0, |at| at as u64 | 1 << 63);
        Text { words, dated: mix(published ^ words) }
    }

    /// Copies have been looked for: their keys go.
    pub(super) fn forget_keys(&mut self) {
        self.keys = BandKeys::new(0, &self.budget);
    }

    /// Marks the learned lines in every document of their source, and signs what is left of it.
    pub(super) fn mark(&mut self, added: Added, config: &MatchConfig) -> Result<()> {
        let signer = Signer::new(config);
        let adds = |document: &DocId| added.sources.contains(&self.sources[document.index()]);
        let documents: Vec<DocId> = self.ids().filter(adds).collect();
        let mut learned = Learned::new(added.lines);
        for batch in documents.chunks(BATCH) {
            let lines = &learned.lines;
            let changed: Vec<(DocId, Tokens, Vec<u64>, Vec<Piece>)> = batch
                .par_iter()
                .map_init(
                    || (SignerBuffer::default(), self.tokens.reader()),
                    |(buffer, reader), &document| {
                        let (source, tokens) = (self.sources[document.index()], reader.get(document));
                        let pieces = lines.pieces(source, &tokens);
                        let marked = tokens.without(pieces.iter().map(|piece| &piece.tokens))?;
                        let keys = signer.keys(&marked, buffer);
                        Some((document, marked, keys, pieces))
                    },
                )
                .flatten_iter()
                .collect();
            for (document, tokens, keys, pieces) in changed {
                learned.count(document, &pieces);
                self.words[document.index()] = words_hash(&tokens);
                self.keys.replace(document, length(&tokens), &keys)?;
                self.tokens.shorten(document, &tokens)?;
            }
        }
        self.learned = learned;
        Ok(())
    }
}

fn words_hash(tokens: &Tokens) -> u64 {
    let digest = tokens.digest();
    mix(digest as u64 ^ mix((digest >> 64) as u64))
}

fn length(tokens: &Tokens) -> u32 {
    u32::try_from(tokens.len()).unwrap_or(u32::MAX)
}
