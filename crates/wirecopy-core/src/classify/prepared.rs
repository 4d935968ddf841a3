//! Documents in memory that are ready to be examined, for comparisons and labelled pairs.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Documents, Examiner, Publications, Scorer};
use crate::config::MatchConfig;
use crate::published::Published;
use crate::score::{Idf, LanguageKey, Model, Profile};
use crate::sources::{item_key, known_source};
use crate::text::{Token, Tokens, is_periodically_updated};
use crate::{DocId, Metadata};

/// A document ready to be examined.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Its tokens.
    pub tokens: Tokens,
    /// Its profile.
    pub profile: Arc<Profile>,
    /// Publication time in seconds since 1970, if known.
    pub published: Option<i64>,
    /// Hash of its source, if known.
    pub source: Option<u64>,
    /// Hash of the delivered item that it is a version of, if any.
    pub item: Option<u64>,
    /// Whether it is labelled as a periodically updated document.
    pub labelled: bool,
}

impl Ready {
    /// Prepares a document with the tokens and metadata of `text`; `idf` weighs its terms.
    pub fn new(tokens: Tokens, text: &str, meta: &Metadata, idf: &Idf) -> Self {
        let weights = idf.of(LanguageKey::of(meta.language.as_deref()));
        let headline = Profile::headline_terms(meta.title.as_deref());
        let profile = Profile::new(&tokens, weights).with_headline(&headline, weights);
        Self {
            tokens,
            profile: Arc::new(profile),
            published: meta
                .published
                .as_deref()
                .and_then(Published::from_iso)
                .and_then(Published::instant)
                .map(jiff::Timestamp::as_second),
            source: known_source(meta),
            item: item_key(meta),
            labelled: is_periodically_updated(meta.title.as_deref(), text),
        }
    }
}

/// Documents in memory that an [`Examiner`] reads by their index.
pub struct Prepared<'a> {
    config: &'a MatchConfig,
    model: &'a Model,
    documents: Vec<Ready>,
    publications: Publications,
}

impl<'a> Prepared<'a> {
    /// Creates the collection, with dates unless the settings ignore them.
    pub fn new(documents: Vec<Ready>, config: &'a MatchConfig, model: &'a Model) -> Self {
        let dates = documents.iter().map(|ready| ready.published.filter(|_| !config.ignore_dates)).collect();
        let publications = publications(&documents, dates, config);
        Self { config, model, documents, publications }
    }

    /// Replaces the dates.
    #[must_use]
    pub fn published(mut self, dates: Vec<Option<i64>>) -> Self {
        self.publications = publications(&self.documents, dates, self.config);
        self
    }

    /// Returns an examiner of these documents; each thread needs its own.
    pub fn examiner(&self) -> Examiner<'_, &Self> {
        Examiner::new(self.config, &self.publications, self, Some(self))
    }

    /// Returns the publication dates and sources of the documents.
    pub fn publications(&self) -> &Publications {
        &self.publications
    }
}

fn publications(documents: &[Ready], dates: Vec<Option<i64>>, config: &MatchConfig) -> Publications {
    let labelled: Vec<bool> = documents.iter().map(|ready| ready.labelled).collect();
    let sources: Vec<Option<u64>> = documents.iter().map(|ready| ready.source).collect();
    // A collection has fewer than 2^32 documents.
    let items = (0..).zip(documents).filter_map(|(at, ready)| Some((DocId(at), ready.item?)));
    let items: HashMap<DocId, u64> = items.collect();
    Publications::new(dates, labelled, config.window).with_sources(sources).with_items(items)
}

impl Documents for &Prepared<'_> {
    fn tokens(&mut self, document: DocId) -> Tokens {
        self.documents[document.index()].tokens.clone()
    }

    fn slice(&mut self, document: DocId) -> &[Token] {
        self.documents[document.index()].tokens.as_slice()
    }
}

impl Scorer for Prepared<'_> {
    fn profile(&self, document: DocId) -> Arc<Profile> {
        Arc::clone(&self.documents[document.index()].profile)
    }

    fn model(&self) -> &Model {
        self.model
    }
}
