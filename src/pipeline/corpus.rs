//! What is kept of the input during a run.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::folders::Folders;
use super::headers::Headers;
use super::headlines::Headlines;
use super::learned::Learned;
use super::read::{New, Read, Signer, SignerBuffer};
use crate::candidates::Candidate;
use crate::candidates::bands::BandKeys;
use crate::candidates::params::Bands;
use crate::classify::Edge;
use crate::cluster::{CopyGroups, edge_between};
use crate::config::{Config, MatchConfig};
use crate::document::{Header, Skipped};
use crate::sources::{Added, known_source, source_key};
use crate::spill::Budget;
use crate::text::{NoArticle, Piece, TokenReader, TokenStore, Tokens, mix};
use crate::verify::LanguageKey;
use crate::{DocId, Error, Result};

/// A document that has the words and the date of an earlier one.
struct Twin {
    document: DocId,
    first: DocId,
    /// The first document that is broken into lines as it is, which matters to learned lines. It may be itself.
    same_lines: DocId,
}

/// Number of documents processed in parallel before their results are added in order.
pub(super) const BATCH: usize = 1 << 12;

/// Everything that is kept of the input: small values of fixed size in memory, the rest in stores that may spill.
pub(super) struct Corpus {
    pub(super) headers: Headers,
    pub(super) tokens: TokenStore,
    /// Skipped inputs that the report lists.
    pub(super) skipped: Vec<Skipped>,
    /// Whether folders can serve as sources.
    pub(super) folders: Folders,
    ///  Number of all skipped inputs.
    pub(super) skipped_count: u64,
    max_skipped: u64,
    /// Bytes of text in all documents.
    pub(super) bytes: u64,
    /// For each document, the hash of its source.
    pub(super) sources: Vec<u64>,
    ///  For each document, its publication time in seconds since 1970, if it is understood.
    pub(super) published: Arc<Vec<Option<i64>>>,
    /// For each document, why it holds no article, if it does not. Such a document is not a copy of any other.
    pub(super) no_article: Vec<Option<NoArticle>>,
    /// For each document, the hash of the source that it names, if any.
    pub(super) known_sources: Arc<Vec<Option<u64>>>,
    /// For each document, its language.
    pub(super) languages: Vec<LanguageKey>,
    pub(super) headlines: Headlines,
    /// For each document, whether it is labelled as periodically updated.
    pub(super) periodically_updated: Arc<Vec<bool>>,
    pub(super) learned: Learned,
    keys: BandKeys,
    /// By document: a hash of its tokens and its date, until all are read.
    digests: Vec<u64>,
    /// By document: the first with the same tokens and date, most often itself. The others, its twins, go where it goes, and
    /// only it takes part in the search for copies.
    first: Vec<DocId>,
    pub(super) budget: Budget,
}

impl Corpus {
    /// Creates an empty corpus.
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
            digests: Vec::new(),
            first: Vec::new(),
            budget: budget.clone(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.headers.len()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = DocId> + use<> {
        // `push` refuses documents beyond 32-bit numbers.
        (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).map(DocId)
    }

    pub(super) fn leaders(&self, groups: &CopyGroups) -> impl Iterator<Item = DocId> {
        self.ids().filter(|&d| groups.is_leader(d) && self.no_article[d.index()].is_none())
    }

    /// Counts a skipped input, and lists it if there is space.
    pub(super) fn skip(&mut self, skipped: Skipped) {
        self.skipped_count += 1;
        if (self.skipped.len() as u64) < self.max_skipped {
            self.skipped.push(skipped);
        }
    }

    /// Adds a document and returns its number.
    pub(super) fn push(&mut self, header: &Header, read: Read) -> Result<DocId> {
        let limit = u32::MAX - 1;
        let id = u32::try_from(self.len())
            .ok()
            .filter(|&id| id < limit)
            .map(DocId)
            .ok_or(Error::TooManyDocuments { limit })?;
        self.bytes += header.bytes;
        self.folders.observe(header);
        let source = source_key(&header.path, header.record, &header.meta);
        self.sources.push(source);
        Arc::make_mut(&mut self.known_sources).push(known_source(&header.meta));
        self.languages.push(LanguageKey::of(header.meta.language.as_deref()));
        match read {
            Read::New(New { tokens, keys, credits, periodically_updated, headline, no_article, .. }) => {
                self.no_article.push(no_article);
                self.headlines.push(&headline)?;
                let instant = header.meta.published.as_deref().and_then(crate::dates::instant);
                let published = instant.map(jiff::Timestamp::as_second);
                Arc::make_mut(&mut self.published).push(published);
                Arc::make_mut(&mut self.periodically_updated).push(periodically_updated);
                self.headers.push(header, &credits)?;
                self.keys.push(id, length(tokens.len()), &keys)?;
                self.tokens.push(&tokens)?;
                let digest = tokens.digest();
                let published = published.map_or(0, |at| at as u64 | 1 << 63);
                self.digests.push(mix(published ^ mix(digest as u64 ^ mix((digest >> 64) as u64))));
            }
            Read::Again(first) => {
                self.no_article.push(self.no_article[first.index()]);
                self.languages[id.index()] = self.languages[first.index()];
                let headline = self.headlines.get(first);
                self.headlines.push(&headline)?;
                let published = self.published[first.index()];
                Arc::make_mut(&mut self.published).push(published);
                let periodically_updated = self.periodically_updated[first.index()];
                Arc::make_mut(&mut self.periodically_updated).push(periodically_updated);
                self.headers.push_again(header, first)?;
                if self.sources[first.index()] != source {
                    // What its source adds to its texts may part the two.
                    let keys = self.keys.of(first)?;
                    self.keys.push(id, length(self.tokens.len_of(first)), &keys)?;
                }
                self.tokens.push_again(first);
                self.digests.push(self.digests[first.index()]);
            }
        }
        Ok(id)
    }

    /// The error of a read from a temporary file that failed.
    pub(super) fn check(&self) -> Result<()> {
        self.headlines.check()?;
        self.tokens.check()
    }

    /// Finds the documents that are the same but for their place, once all are read.
    pub(super) fn find_twins(&mut self) -> Result<()> {
        let mut sorted: Vec<(u64, DocId)> =
            std::mem::take(&mut self.digests).into_iter().zip(self.ids()).collect();
        sorted.retain(|&(_, document)| self.no_article[document.index()].is_none());
        sorted.par_sort_unstable();
        let runs: Vec<&[(u64, DocId)]> =
            sorted.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1).collect();
        let twins: Vec<Twin> = runs
            .par_iter()
            .map_init(|| self.tokens.reader(), |reader, run| self.twins_among(run, reader))
            .flatten_iter()
            .collect();
        self.first = self.ids().collect();
        for Twin { document, first, same_lines } in twins {
            self.first[document.index()] = first;
            self.tokens.share(document, same_lines);
        }
        self.tokens.check()
    }

    /// The twins among documents whose digests agree, in the order of reading.
    fn twins_among(&self, run: &[(u64, DocId)], reader: &mut TokenReader<'_>) -> Vec<Twin> {
        let mut twins = Vec::new();
        // Of each text the first document, and the first of each way in which it is broken into lines.
        let mut texts: Vec<(DocId, HashMap<u64, DocId>)> = Vec::new();
        for &(_, document) in run {
            // One that was not read again has the lines of the one that was, too.
            if let Some(&(first, _)) = texts.iter().find(|(first, _)| self.tokens.is_shared(*first, document))
            {
                twins.push(Twin { document, first, same_lines: first });
                continue;
            }
            let own = reader.get(document);
            let lines = own.lines_digest();
            let known = texts.iter_mut().find(|(first, _)| reader.get(*first).as_slice() == own.as_slice());
            match known {
                Some((first, forms)) => {
                    let same_lines = *forms.entry(lines).or_insert(document);
                    twins.push(Twin { document, first: *first, same_lines });
                }
                None => texts.push((document, HashMap::from([(lines, document)]))),
            }
        }
        twins
    }

    /// The first document with the same words and date: the document itself, unless it is a twin.
    pub(super) fn first_of(&self, document: DocId) -> DocId {
        self.first[document.index()]
    }

    fn is_twin(&self, document: DocId) -> bool {
        self.first_of(document) != document
    }

    /// Pairs that may be copies; of twins the first alone.
    pub(super) fn copy_candidates(&self) -> Result<Vec<Candidate>> {
        self.keys
            .candidates(|document| !self.is_twin(document) && self.no_article[document.index()].is_none())
    }

    /// Copies have been looked for: their keys go.
    pub(super) fn forget_keys(&mut self) {
        self.keys = BandKeys::new(0, &self.budget);
    }

    /// The groups with the twins of their members.
    pub(super) fn with_twins(&self, mut groups: CopyGroups) -> CopyGroups {
        let mut edges: Vec<Edge> = Vec::new();
        for twin in self.ids().filter(|&document| self.is_twin(document)) {
            let first = self.first_of(twin);
            let leader = groups.leader[first.index()];
            let edge = edge_between(&groups.edges, first.min(leader), first.max(leader));
            edges.push(edge.map_or_else(|| Edge::identical(first, twin), |edge| edge.of_twin(first, twin)));
            groups.leader[twin.index()] = leader;
        }
        groups.edges.append(&mut edges);
        groups.edges.sort_unstable_by_key(|edge| (edge.a, edge.b));
        groups
    }

    /// Marks the learned lines in every document of their source, and signs what is left of it. Twins of which one loses by
    /// that what another keeps are none any more.
    pub(super) fn mark(&mut self, added: Added, config: &MatchConfig) -> Result<()> {
        let signer = Signer::new(config);
        let (first_of_source, many_sources) = self.twins_by_source();
        let mut times = vec![0u32; self.len()];
        for first in &first_of_source {
            times[first.index()] += 1;
        }
        let adds = |document: DocId| added.sources.contains(&self.sources[document.index()]);
        let is_first = |document: DocId| first_of_source[document.index()] == document;
        let documents: Vec<DocId> = self.ids().filter(|&d| is_first(d) && adds(d)).collect();
        let mut parted: HashSet<DocId> = HashSet::new();
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
                learned.count(document, &pieces, times[document.index()]);
                self.keys.replace(document, length(tokens.len()), &keys)?;
                if many_sources.contains(&self.first_of(document)) {
                    self.tokens.replace(document, &tokens)?;
                    parted.insert(document);
                } else {
                    self.tokens.shorten(document, &tokens)?;
                }
            }
        }
        self.part(&first_of_source, &parted);
        self.learned = learned;
        Ok(())
    }

    /// By document the first of its twins that are of its source and broken into lines as it is, and the firsts whose twins
    /// are of several.
    fn twins_by_source(&self) -> (Vec<DocId>, HashSet<DocId>) {
        let mut firsts: HashMap<(DocId, u64, u32), DocId> = HashMap::new();
        let of_source = self.ids().map(|document| {
            let (first, source) = (self.first_of(document), self.sources[document.index()]);
            if self.sources[first.index()] == source && self.tokens.is_shared(first, document) {
                first
            } else {
                let kept_at = self.tokens.place(document);
                *firsts.entry((first, source, kept_at)).or_insert(document)
            }
        });
        let of_source = of_source.collect();
        (of_source, firsts.into_keys().map(|(first, ..)| first).collect())
    }

    /// Parts twins of which some, each the first of its source, have other tokens now.
    fn part(&mut self, first_of_source: &[DocId], parted: &HashSet<DocId>) {
        let from: HashSet<DocId> = parted.iter().map(|&document| self.first_of(document)).collect();
        // Those that kept their tokens still have them in common.
        let mut left: HashMap<DocId, DocId> = HashMap::new();
        for document in self.ids() {
            let (first, own) = (self.first_of(document), first_of_source[document.index()]);
            if parted.contains(&own) {
                self.first[document.index()] = own;
                self.tokens.share(document, own);
            } else if from.contains(&first) {
                self.first[document.index()] = *left.entry(first).or_insert(document);
            }
        }
    }
}

fn length(tokens: usize) -> u32 {
    u32::try_from(tokens).unwrap_or(u32::MAX)
}
