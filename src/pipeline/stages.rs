//! The stages, each from what the one before left.

use std::cell::RefCell;

use rayon::prelude::*;

use super::account::Account;
use super::headers::Headers;
use super::judge::{Pairs, Verdict};
use super::learned::Learned;
use crate::candidates::Candidate;
use crate::candidates::bands::{BandKeys, band_keys};
use crate::candidates::contained;
use crate::candidates::params::Bands;
use crate::candidates::rare::RareJoin;
use crate::cluster::{self, Cluster, Composite, CopyGroups};
use crate::config::{Config, MatchConfig};
use crate::dates::SECONDS_A_DAY;
use crate::document::{Header, Skipped};
use crate::ingest::{self, Outcome, Root};
use crate::progress::{Cancel, NoProgress, Progress, Stage};
use crate::report::Relation;
use crate::sketch::Sketcher;
use crate::sources::{self, source_key};
use crate::spill::Budget;
use crate::text::credit::{self, Agencies, Credit};
use crate::text::{Piece, SourceLines, TokenStore, Tokenizer, Tokens};
use crate::verify::{Edge, Frequencies, Idf, Model, Profile, Rewrites, TermCounter, Window};
use crate::{DocId, Error, Result};

/// Picks the hash functions of the signatures. Any number does; a fixed one keeps runs comparable.
const SKETCH_SEED: u64 = 0x77_69_72_65;
/// Candidates that one task checks between two looks at the cancel flag.
const CHECKS_A_TASK: usize = 512;
/// Documents that are worked on between two steps that are taken in their order.
const BATCH: usize = 1 << 12;
/// Bytes of profiles that are kept at least, where memory has no limit.
const PROFILES: usize = 64 << 20;

/// Everything that is kept of the input: in memory what is small and of one size, the rest in stores.
pub(super) struct Corpus {
    pub(super) headers: Headers,
    pub(super) tokens: TokenStore,
    pub(super) skipped: Vec<Skipped>,
    /// Bytes of text of all documents.
    pub(super) bytes: u64,
    /// By document: its source, and when it was published, where that is understood.
    sources: Vec<u64>,
    published: Vec<Option<i64>>,
    pub(super) learned: Learned,
    keys: BandKeys,
    pub(super) budget: Budget,
}

impl Corpus {
    /// One without documents, ready for `read_into`.
    pub(super) fn new(config: &Config, budget: &Budget) -> Self {
        Self {
            headers: Headers::new(&budget.part(1, 16)),
            tokens: if config.matching.rewrites {
                TokenStore::new(&budget.part(1, 8))
            } else {
                TokenStore::whole(&budget.part(1, 8))
            },
            skipped: Vec::new(),
            bytes: 0,
            learned: Learned::default(),
            sources: Vec::new(),
            published: Vec::new(),
            keys: BandKeys::new(Bands::for_config(&config.matching).bands, &budget.part(1, 4)),
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

    pub(super) fn leaders<'g>(&self, groups: &'g CopyGroups) -> impl Iterator<Item = DocId> + use<'g> {
        self.ids().filter(|&d| groups.is_leader(d))
    }

    /// Marks the learned lines in every document of their source, and signs what is left of it.
    fn mark(&mut self, learned: SourceLines, config: &MatchConfig) -> Result<()> {
        let cut = Bands::for_config(config);
        let sketcher = Sketcher::new(config.signature, SKETCH_SEED);
        let documents: Vec<DocId> = self.ids().collect();
        let mut learned = Learned::new(learned);
        for batch in documents.chunks(BATCH) {
            let lines = &learned.lines;
            let changed: Vec<(DocId, Tokens, Vec<u64>, Vec<Piece>)> = batch
                .par_iter()
                .map_init(
                    || (Worker::default(), self.tokens.reader()),
                    |(worker, reader), &document| {
                        let (source, tokens) = (self.sources[document.index()], reader.get(document));
                        let pieces = lines.pieces(source, &tokens);
                        let marked = tokens.without(pieces.iter().map(|piece| &piece.tokens))?;
                        let keys = worker.sign(&marked, config, &sketcher, cut);
                        Some((document, marked, keys, pieces))
                    },
                )
                .flatten_iter()
                .collect();
            for (document, tokens, keys, pieces) in changed {
                learned.count(document, &pieces);
                self.keys.replace(document.index(), length(&tokens), &keys)?;
                self.tokens.shorten(document, &tokens)?;
            }
        }
        self.learned = learned;
        Ok(())
    }

    fn push(&mut self, header: &Header, Prepared { tokens, keys, credits }: &Prepared) -> Result<()> {
        let limit = u32::MAX - 1;
        let id = u32::try_from(self.len())
            .ok()
            .filter(|&id| id < limit)
            .ok_or(Error::TooManyDocuments { limit })?;
        self.keys.push(DocId(id), length(tokens), keys)?;
        self.sources.push(source_key(&header.path, header.record, &header.meta));
        let instant = header.meta.published.as_deref().and_then(crate::dates::instant);
        self.published.push(instant.map(jiff::Timestamp::as_second));
        self.bytes += header.bytes;
        self.headers.push(header, credits)?;
        self.tokens.push(tokens)
    }
}

fn length(tokens: &Tokens) -> u32 {
    u32::try_from(tokens.len()).unwrap_or(u32::MAX)
}

/// What reading makes of a document.
struct Prepared {
    tokens: Tokens,
    /// Of its bands.
    keys: Vec<u64>,
    credits: Vec<Credit>,
}

/// Reads, tokenises and signs every document, and finds whom it credits.
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

/// The same behind the documents of a corpus; ids are unique among those of one call.
pub(super) fn read_into(
    corpus: &mut Corpus,
    roots: &[Root],
    config: &Config,
    progress: &dyn Progress,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<()> {
    let cut = Bands::for_config(&config.matching);
    let sketcher = Sketcher::new(config.matching.signature, SKETCH_SEED);
    let agencies = match &config.ingest.agencies {
        Some(path) => Agencies::with_file(path)?,
        None => Agencies::shipped(),
    };
    let prepare = |document: &crate::Document| {
        thread_local! {
            static WORKER: RefCell<Option<Worker>> = RefCell::default();
        }
        // The threads are those of one run, so that all of a thread's documents have the same settings.
        let (tokens, keys) = WORKER.with_borrow_mut(|worker| {
            let worker = worker.get_or_insert_with(|| Worker::new(&config.matching));
            worker.prepare(&document.text, &config.matching, &sketcher, cut)
        });
        Prepared { tokens, keys, credits: credit::credits(&document.text, &document.meta, &agencies) }
    };
    account.measure(Stage::Read, |_| {
        let mut inputs = 0;
        ingest::read(roots, &config.ingest, progress, cancel, prepare, |outcome| {
            inputs += 1;
            match outcome {
                Outcome::Skipped(skipped) => corpus.skipped.push(skipped),
                Outcome::Read(header, read) if read.tokens.is_empty() => corpus.skipped.push(Skipped {
                    path: header.path,
                    record: header.record,
                    reason: "no words in it, only punctuation or symbols".to_owned(),
                }),
                Outcome::Read(header, read) => corpus.push(&header, &read)?,
            }
            Ok(())
        })?;
        let documents = corpus.len() as u64;
        Ok(((), inputs, documents))
    })
}

/// A thread's buffers for reading.
#[derive(Default)]
struct Worker {
    tokenizer: Tokenizer,
    shingles: Vec<u64>,
    signature: Vec<u64>,
}

impl Worker {
    fn new(config: &MatchConfig) -> Self {
        Self { tokenizer: Tokenizer::new(config), ..Self::default() }
    }

    fn prepare(
        &mut self,
        text: &str,
        config: &MatchConfig,
        sketcher: &Sketcher,
        cut: Bands,
    ) -> (Tokens, Vec<u64>) {
        let tokens = self.tokenizer.tokens(text);
        let keys = self.sign(&tokens, config, sketcher, cut);
        (tokens, keys)
    }

    /// The keys of a document's bands.
    fn sign(&mut self, tokens: &Tokens, config: &MatchConfig, sketcher: &Sketcher, cut: Bands) -> Vec<u64> {
        // Repeats do no harm to a signature, and finding them costs more than signing them.
        self.shingles.clear();
        crate::text::each_shingle(tokens.as_slice(), config.shingle, |hash| self.shingles.push(hash));
        sketcher.sign(&self.shingles, &mut self.signature);
        let mut keys = Vec::with_capacity(cut.bands);
        band_keys(&self.signature, cut, &mut keys);
        keys
    }
}

/// Finds the copies and collapses them to groups around leaders.
pub(super) fn copies(
    corpus: &Corpus,
    window: Option<&Window>,
    config: &Config,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<CopyGroups> {
    let documents = corpus.len() as u64;
    let candidates = account.stage(Stage::Bands, documents, None, |_| {
        cancel.check()?;
        let candidates = corpus.keys.candidates()?;
        let found = candidates.len() as u64;
        Ok((candidates, found))
    })?;
    let (came_in, total) = (candidates.len() as u64, Some(candidates.len() as u64));
    account.stage(Stage::Copies, came_in, total, |progress| {
        let groups = collapse(corpus, &candidates, window, config, progress, cancel)?;
        let leaders = groups.leaders() as u64;
        Ok((groups, leaders))
    })
}

fn collapse(
    corpus: &Corpus,
    candidates: &[Candidate],
    window: Option<&Window>,
    config: &Config,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<CopyGroups> {
    let verbatim = Pairs::new(&corpus.tokens, &config.matching, None, window);
    let (edges, _) = check(&verbatim, &to_check(candidates, &[]), progress, cancel)?;
    // Excerpts do not collapse: they stand for a part of their story only.
    let copies: Vec<Edge> = edges.into_iter().filter(is_copy).collect();
    let mut checker = verbatim.checker();
    let relate = |a, b| verbatim.edge(a, b, &mut checker).filter(is_copy);
    let groups = cluster::collapse(corpus.len(), &copies, |d| corpus.tokens.len_of(d), relate);
    corpus.tokens.check().map(|()| groups)
}

/// Marks the lines that sources add to their stories, learned from the representatives, and groups the copies anew where
/// that changed any document: what differed by its furniture alone does no longer.
pub(super) fn furniture(
    corpus: &mut Corpus,
    groups: CopyGroups,
    window: Option<&Window>,
    config: &Config,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<CopyGroups> {
    if config.matching.keep_furniture {
        return Ok(groups);
    }
    account.stage(Stage::Furniture, groups.leaders() as u64, None, |_| {
        cancel.check()?;
        let stories: Vec<(u64, DocId)> =
            corpus.leaders(&groups).map(|d| (corpus.sources[d.index()], d)).collect();
        let learned = sources::learn(&stories, &corpus.tokens, &corpus.budget.part(1, 4), || {
            frequencies(corpus, &groups).map(Idf::new)
        })?;
        corpus.tokens.check()?;
        if learned.is_empty() {
            let leaders = groups.leaders() as u64;
            return Ok((groups, leaders));
        }
        cancel.check()?;
        corpus.mark(learned, &config.matching)?;
        let groups = collapse(corpus, &corpus.keys.candidates()?, window, config, &NoProgress, cancel)?;
        let leaders = groups.leaders() as u64;
        Ok((groups, leaders))
    })
}

fn is_copy(edge: &Edge) -> bool {
    edge.relation <= Relation::Copy
}

/// Counts what is common among the representatives and readies the scorer, when rewrites are wanted.
pub(super) fn rewrites<'a>(
    corpus: &'a Corpus,
    groups: &CopyGroups,
    window: Option<&'a Window>,
    config: &Config,
) -> Result<Option<Rewrites<'a>>> {
    if !config.matching.rewrites {
        return Ok(None);
    }
    let model = match &config.matching.model {
        Some(path) => Model::read(path)?,
        None => Model::shipped()?,
    };
    let threshold = config.matching.strictness.threshold();
    let idf = Idf::new(frequencies(corpus, groups)?);
    let rewrites = Rewrites::new(model, idf, &corpus.tokens, threshold, profile_bytes(corpus));
    Ok(Some(match window {
        None => rewrites,
        Some(window) => rewrites.within(window),
    }))
}

/// Bytes of profiles that are kept while pairs are scored.
fn profile_bytes(corpus: &Corpus) -> usize {
    match corpus.budget.part(1, 8).bytes() {
        Some(bytes) => bytes,
        None => usize::try_from(corpus.bytes / 2).unwrap_or(usize::MAX).max(PROFILES),
    }
}

/// In how many stories each term stands.
fn frequencies(corpus: &Corpus, groups: &CopyGroups) -> Result<Frequencies> {
    let leaders: Vec<DocId> = corpus.leaders(groups).collect();
    let mut counter = TermCounter::new(&corpus.budget.part(1, 8));
    for batch in leaders.chunks(BATCH) {
        let terms: Vec<Vec<u32>> = batch
            .par_iter()
            .map_init(
                || corpus.tokens.reader(),
                |reader, &leader| Profile::distinct_terms(&reader.get(leader)),
            )
            .collect();
        for terms in &terms {
            counter.add(terms)?;
        }
    }
    corpus.tokens.check()?;
    counter.finish()
}

/// When each document was published, where its date is understood, and how far apart a dispatch and its rewrite may be;
/// `None` where that is not to count.
pub(super) fn window(corpus: &Corpus, config: &Config) -> Option<Window> {
    let days = config.matching.window;
    (days > 0).then(|| Window {
        published: corpus.published.clone(),
        seconds: u64::from(days) * u64::from(SECONDS_A_DAY),
    })
}

/// Joins the representatives on a sample of their shingles, which finds excerpts, and on their rare features, which finds
/// rewrites, and checks what meets.
pub(super) fn join(
    corpus: &Corpus,
    groups: &CopyGroups,
    judge: &Pairs<'_>,
    config: &Config,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<Checked> {
    let leaders: Vec<DocId> = corpus.leaders(groups).collect();
    let candidates = account.stage(Stage::Join, leaders.len() as u64, None, |_| {
        cancel.check()?;
        let (features, shared) = (config.matching.rare_features, config.matching.rare_shared);
        // Without the scorer nobody can say that two stories have nothing to do with each other, as those of a digest.
        let quotes = config.matching.rewrites;
        let k = config.matching.shingle;
        let budget = corpus.budget.part(1, 4);
        let verbatim = contained::candidates(&leaders, &corpus.tokens, k, quotes, &budget)?;
        let rare = if config.matching.rewrites {
            cancel.check()?;
            let join = RareJoin::new(&leaders, &corpus.tokens, features, shared);
            cancel.check()?;
            join.candidates(&budget)?
        } else {
            Vec::new()
        };
        let candidates = to_check(&verbatim, &rare);
        corpus.tokens.check()?;
        let found = candidates.len() as u64;
        Ok((candidates, found))
    })?;
    let (came_in, total) = (candidates.len() as u64, Some(candidates.len() as u64));
    account.stage(Stage::Verify, came_in, total, |progress| {
        let checked = check(judge, &candidates, progress, cancel)?;
        corpus.tokens.check()?;
        let found = checked.0.len() as u64;
        Ok((checked, found))
    })
}

/// A candidate, and whether it may be verbatim.
type ToCheck = (Candidate, bool);

/// The pairs of two sorted lists, sorted, each once; those of the first may be verbatim.
fn to_check(verbatim: &[Candidate], rare: &[Candidate]) -> Vec<ToCheck> {
    let mut all = Vec::with_capacity(verbatim.len() + rare.len());
    let mut rare = rare.iter().peekable();
    for pair in verbatim {
        while let Some(other) = rare.next_if(|other| *other < pair) {
            all.push((*other, false));
        }
        rare.next_if_eq(&pair);
        all.push((*pair, true));
    }
    all.extend(rare.map(|&other| (other, false)));
    all
}

/// Edges, and pairs without one that have sentences in common.
pub(super) type Checked = (Vec<Edge>, Vec<(DocId, DocId)>);

/// Checks every candidate on all threads; what is found comes out in the order of the candidates.
fn check(
    judge: &Pairs<'_>,
    candidates: &[ToCheck],
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<Checked> {
    let checked: Vec<Checked> = candidates
        .par_chunks(CHECKS_A_TASK)
        .map_init(
            || judge.checker(),
            |checker, chunk| {
                cancel.check()?;
                let mut found = Checked::default();
                for &(Candidate(a, b), may_be_verbatim) in chunk {
                    match judge.verdict(a, b, may_be_verbatim, checker) {
                        Verdict::Edge(edge) => found.0.push(edge),
                        Verdict::Quote(a, b) => found.1.push((a, b)),
                        Verdict::Nothing => {}
                    }
                }
                progress.advance(chunk.len() as u64, 0);
                Ok(found)
            },
        )
        .collect::<Result<_>>()?;
    Ok(checked.into_iter().fold(Checked::default(), |mut all, (edges, quotes)| {
        all.0.extend(edges);
        all.1.extend(quotes);
        all
    }))
}

/// What a run found.
pub(super) struct Found {
    pub(super) clusters: Vec<Cluster>,
    pub(super) edges: Vec<Edge>,
    /// Documents that quote several stories, and which.
    pub(super) composites: Vec<Composite>,
}

/// Builds the clusters.
pub(super) fn cluster(
    corpus: &Corpus,
    groups: &CopyGroups,
    (edges, quotes): &Checked,
    judge: &Pairs<'_>,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<Found> {
    let came_in = (groups.edges.len() + edges.len()) as u64;
    account.stage(Stage::Cluster, came_in, None, |_| {
        cancel.check()?;
        let (composites, edges) = cluster::part_composites(edges, quotes, judge);
        let (clusters, edges) = cluster::build(groups, &edges, judge);
        corpus.tokens.check()?;
        let count = clusters.len() as u64;
        Ok((Found { clusters, edges, composites }, count))
    })
}
