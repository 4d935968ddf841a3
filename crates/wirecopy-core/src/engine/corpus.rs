//! What is kept of the input during a run.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::folders::Folders;
use super::headers::Headers;
use super::headlines::Headlines;
use super::learned::Learned;
use super::prepare::{Read, Signer, SignerBuffer};
use super::texts::KeptTexts;
use crate::candidates::Candidate;
use crate::candidates::bands::{BandKeys, Text, stamp};
use crate::candidates::params::Bands;
use crate::cluster::CopyGroups;
use crate::config::MatchConfig;
use crate::document::{Header, Metadata, Skipped};
use crate::published::Published;
use crate::score::LanguageKey;
use crate::sources::{Added, item_key, known_source, source_key};
use crate::text::{NoArticle, Piece, TokenStore, Tokens};
use crate::{DocId, Error, Result};
use wirecopy_spill::Budget;

/// Number of documents processed in parallel before their results are added in order.
pub const BATCH: usize = 1 << 12;

/// Everything that is kept of the input: small values of fixed size in memory, the rest in stores that may spill.
pub struct Corpus {
    /// The header and the credits of each document.
    pub headers: Headers,
    /// The tokens of each document.
    pub tokens: TokenStore,
    /// The texts of the documents that cannot be read again.
    pub texts: KeptTexts,
    /// Skipped inputs that the report lists.
    pub skipped: Vec<Skipped>,
    /// Whether folders can serve as sources.
    pub folders: Folders,
    /// Number of all skipped inputs.
    pub skipped_count: u64,
    max_skipped: u64,
    /// Bytes of text in all documents.
    pub bytes: u64,
    /// For each document, the hash of its source.
    pub sources: Vec<u64>,
    /// For each document, its publication time in seconds since 1970, if it is understood.
    pub published: Arc<Vec<Option<i64>>>,
    /// For each document, why it holds no article, if it does not. Such a document is not a copy of any other.
    pub no_article: Vec<Option<NoArticle>>,
    /// For each document, the hash of the source that it names, if any.
    pub known_sources: Arc<Vec<Option<u64>>>,
    /// For the documents whose delivery names one, a hash of the item's identifier, which its versions share.
    pub items: Arc<HashMap<DocId, u64>>,
    /// For each document, its language.
    pub languages: Vec<LanguageKey>,
    /// The terms of each headline.
    pub headlines: Headlines,
    /// For each document, whether it is labelled as periodically updated.
    pub periodically_updated: Arc<Vec<bool>>,
    /// The boilerplate that was learned for the sources.
    pub learned: Learned,
    pub(super) keys: BandKeys,
    /// For each document, a hash of its words.
    pub(super) words: Vec<u64>,
    /// Ids that several documents request, until that is resolved.
    pub(super) contested: HashSet<String>,
    /// For each document, its position in reading order; empty while that is its number.
    pub(super) order: Vec<u32>,
    /// The memory budget of the corpus.
    pub budget: Budget,
}

impl Corpus {
    /// Creates an empty corpus.
    pub fn new(config: &MatchConfig, max_skipped: u64, budget: &Budget) -> Self {
        Self {
            headers: Headers::new(&budget.part(1, 16)),
            tokens: TokenStore::new(&budget.part(1, 8)),
            texts: KeptTexts::new(&budget.part(1, 16)),
            skipped: Vec::new(),
            folders: Folders::default(),
            skipped_count: 0,
            max_skipped,
            bytes: 0,
            learned: Learned::default(),
            sources: Vec::new(),
            published: Arc::default(),
            no_article: Vec::new(),
            known_sources: Arc::default(),
            items: Arc::default(),
            languages: Vec::new(),
            headlines: Headlines::new(&budget.part(1, 32)),
            periodically_updated: Arc::default(),
            keys: BandKeys::new(Bands::for_config(config).bands, &budget.part(1, 4)),
            words: Vec::new(),
            contested: HashSet::new(),
            order: Vec::new(),
            budget: budget.clone(),
        }
    }

    /// Returns the number of documents.
    pub fn len(&self) -> usize {
        self.headers.len()
    }

    /// Returns whether there are no documents.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the documents in order.
    pub fn ids(&self) -> impl Iterator<Item = DocId> + use<> {
        // `push` refuses documents beyond 32-bit numbers.
        (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).map(DocId)
    }

    /// Returns the representatives of copy groups that hold an article.
    pub fn leaders(&self, groups: &CopyGroups) -> impl Iterator<Item = DocId> {
        self.ids().filter(|&d| groups.is_leader(d) && self.no_article[d.index()].is_none())
    }

    /// Counts a skipped input, and lists it if there is space.
    pub fn skip(&mut self, skipped: Skipped) {
        self.skipped_count += 1;
        if (self.skipped.len() as u64) < self.max_skipped {
            self.skipped.push(skipped);
        }
    }

    /// Adds a document; its number is the number of documents before.
    pub fn push(&mut self, header: &Header, read: &Read) -> Result<()> {
        let limit = u32::MAX - 1;
        let number = u32::try_from(self.len()).unwrap_or(u32::MAX);
        if number >= limit {
            return Err(Error::TooManyDocuments { limit });
        }
        self.texts.push(DocId(number), &read.text)?;
        self.bytes += header.bytes;
        self.folders.observe(header);
        self.contested.extend(header.duplicate_id.clone());
        self.sources.push(source_key(&header.path, header.record, &header.meta));
        Arc::make_mut(&mut self.known_sources).push(known_source(&header.meta));
        if let Some(item) = item_key(&header.meta) {
            Arc::make_mut(&mut self.items).insert(DocId(number), item);
        }
        self.languages.push(LanguageKey::of(header.meta.language.as_deref()));
        let Read { tokens, keys, credits, periodically_updated, headline, no_article, text: _ } = read;
        self.no_article.push(*no_article);
        self.headlines.push(headline)?;
        Arc::make_mut(&mut self.published).push(published_at(&header.meta));
        Arc::make_mut(&mut self.periodically_updated).push(*periodically_updated);
        self.headers.push(header, credits)?;
        self.words.push(tokens.fingerprint());
        self.keys.push(length(tokens), keys)?;
        self.tokens.push(tokens)
    }

    /// Returns the error of a failed read from a temporary file, if any.
    pub fn check(&self) -> Result<()> {
        self.headlines.check()?;
        self.tokens.check()
    }

    /// Returns the pairs that may be copies.
    pub fn copy_candidates(&self) -> Result<Vec<Candidate>> {
        let is_article = |document: DocId| self.no_article[document.index()].is_none();
        self.keys.candidates(|document| is_article(document).then(|| self.text(document)))
    }

    /// Identifies the text of a document.
    pub fn text(&self, document: DocId) -> Text {
        let stamp = stamp(self.published[document.index()], self.items.get(&document).copied());
        Text::new(self.words[document.index()], stamp)
    }

    /// Frees the band keys after the search for copies.
    pub fn forget_keys(&mut self) {
        self.keys = BandKeys::new(0, &self.budget);
    }

    /// Removes the learned lines and passages from every document of their source, and computes new band keys for it.
    pub fn mark(&mut self, added: Added, config: &MatchConfig) -> Result<()> {
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
                        let (marked, pieces) = lines.marked_with_pieces(source, &tokens)?;
                        let keys = signer.keys(&marked, buffer);
                        Some((document, marked, keys, pieces))
                    },
                )
                .flatten_iter()
                .collect();
            for (document, tokens, keys, pieces) in changed {
                learned.count(document, pieces.iter().map(|piece| &piece.known));
                self.words[document.index()] = tokens.fingerprint();
                self.keys.replace(document, length(&tokens), &keys)?;
                self.tokens.shorten(document, &tokens)?;
            }
        }
        self.learned = learned;
        Ok(())
    }
}

/// Returns the publication time of a document in seconds since 1970, if it is understood.
pub(crate) fn published_at(meta: &Metadata) -> Option<i64> {
    let instant = meta.published.as_deref().and_then(Published::from_iso).and_then(Published::instant);
    instant.map(jiff::Timestamp::as_second)
}

/// Returns the number of tokens of a document.
fn length(tokens: &Tokens) -> u32 {
    u32::try_from(tokens.len()).unwrap_or(u32::MAX)
}
