//! The stages, each from what the one before left.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::account::Account;
use super::judge::{Pairs, Verdict};
use super::learned::Learned;
use crate::candidates::Candidate;
use crate::candidates::bands::{BandKeys, band_keys};
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
use crate::text::credit::{self, Agencies, Credit};
use crate::text::{SourceLines, Token, Tokenizer, Tokens};
use crate::verify::{Edge, Frequencies, Idf, Model, Profile, Rewrites, Scratch, Window};
use crate::{DocId, Error, Result};

/// Picks the hash functions of the signatures. Any number does; a fixed one keeps runs comparable.
const SKETCH_SEED: u64 = 0x77_69_72_65;
/// Candidates that one task checks between two looks at the cancel flag.
const CHECKS_A_TASK: usize = 512;
/// Shared words that a report shows of a rewrite.
const EVIDENCE_WORDS: usize = 8;

/// Everything that is kept of the input.
#[derive(Default)]
pub(super) struct Corpus {
    pub(super) headers: Vec<Header>,
    pub(super) tokens: Vec<Tokens>,
    pub(super) credits: Vec<Vec<Credit>>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) learned: Learned,
    keys: BandKeys,
}

impl Corpus {
    /// One without documents, ready for `read_into`.
    pub(super) fn new(config: &Config) -> Self {
        Self { keys: BandKeys::new(Bands::for_config(&config.matching).bands), ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.headers.len()
    }

    fn ids(&self) -> impl Iterator<Item = DocId> + use<> {
        // `push` refuses documents beyond 32 bits.
        (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).map(DocId)
    }

    fn leaders<'g>(&self, groups: &'g CopyGroups) -> impl Iterator<Item = DocId> + use<'g> {
        self.ids().filter(|&d| groups.is_leader(d))
    }

    /// Marks the learned lines in every document of their source, and signs what is left of it.
    fn mark(&mut self, learned: SourceLines, sources: &[u64], config: &MatchConfig) {
        let cut = Bands::for_config(config);
        let sketcher = Sketcher::new(config.signature, SKETCH_SEED);
        let changed: Vec<(usize, Tokens, Vec<u64>, Vec<u64>)> = self
            .tokens
            .par_iter()
            .zip(sources)
            .enumerate()
            .map_init(Worker::default, |worker, (at, (tokens, &source))| {
                let marked = learned.marked(source, tokens)?;
                let keys = worker.sign(&marked, config, &sketcher, cut);
                Some((at, marked, keys, learned.of(source, tokens)))
            })
            .flatten_iter()
            .collect();
        self.learned = Learned::new(learned);
        for (at, tokens, keys, lines) in changed {
            self.learned.count(at, &lines);
            self.keys.replace(at, length(&tokens), &keys);
            self.tokens[at] = tokens;
        }
    }

    pub(super) fn of(&self, document: DocId) -> &Tokens {
        &self.tokens[document.index()]
    }

    fn push(&mut self, header: Header, Prepared { tokens, keys, credits }: Prepared) -> Result<()> {
        let limit = u32::MAX - 1;
        let id = u32::try_from(self.len())
            .ok()
            .filter(|&id| id < limit)
            .ok_or(Error::TooManyDocuments { limit })?;
        self.keys.push(DocId(id), length(&tokens), &keys);
        self.headers.push(header);
        self.tokens.push(tokens);
        self.credits.push(credits);
        Ok(())
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
    progress: &dyn Progress,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<Corpus> {
    let mut corpus = Corpus::new(config);
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
                Outcome::Read(header, read) => corpus.push(header, read)?,
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
    config: &Config,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<CopyGroups> {
    let documents = corpus.len() as u64;
    let candidates = account.stage(Stage::Bands, documents, None, |_| {
        cancel.check()?;
        let candidates = corpus.keys.candidates();
        let found = candidates.len() as u64;
        Ok((candidates, found))
    })?;
    let (came_in, total) = (candidates.len() as u64, Some(candidates.len() as u64));
    account.stage(Stage::Copies, came_in, total, |progress| {
        let groups = collapse(corpus, &candidates, config, progress, cancel)?;
        let leaders = groups.leaders() as u64;
        Ok((groups, leaders))
    })
}

fn collapse(
    corpus: &Corpus,
    candidates: &[Candidate],
    config: &Config,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<CopyGroups> {
    let verbatim = Pairs::new(&corpus.tokens, &config.matching, None);
    let (edges, _) = check(&verbatim, candidates, progress, cancel)?;
    // Excerpts do not collapse: they stand for a part of their story only.
    let copies: Vec<Edge> = edges.into_iter().filter(is_copy).collect();
    let mut checker = verbatim.checker();
    let relate = |a, b| verbatim.edge(a, b, &mut checker).filter(is_copy);
    Ok(cluster::collapse(corpus.len(), &copies, |d| corpus.of(d).len(), relate))
}

/// Marks the lines that sources add to their stories, learned from the representatives, and groups the copies anew where
/// that changed any document: what differed by its furniture alone does no longer.
pub(super) fn furniture(
    corpus: &mut Corpus,
    groups: CopyGroups,
    config: &Config,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<CopyGroups> {
    if config.matching.keep_furniture {
        return Ok(groups);
    }
    account.stage(Stage::Furniture, groups.leaders() as u64, None, |_| {
        cancel.check()?;
        let source = |header: &Header| source_key(&header.path, header.record, &header.meta);
        let sources: Vec<u64> = corpus.headers.par_iter().map(source).collect();
        let stories: Vec<(u64, &Tokens)> =
            corpus.leaders(&groups).map(|d| (sources[d.index()], corpus.of(d))).collect();
        let learned = sources::learn(&stories, || Idf::new(frequencies(corpus, &groups)));
        if learned.is_empty() {
            let leaders = groups.leaders() as u64;
            return Ok((groups, leaders));
        }
        cancel.check()?;
        corpus.mark(learned, &sources, &config.matching);
        let groups = collapse(corpus, &corpus.keys.candidates(), config, &NoProgress, cancel)?;
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
    let rewrites = Rewrites::new(model, Idf::new(frequencies(corpus, groups)), &corpus.tokens, threshold);
    Ok(Some(match config.matching.window {
        0 => rewrites,
        days => rewrites.within(Window {
            published: published(corpus),
            seconds: u64::from(days) * u64::from(SECONDS_A_DAY),
        }),
    }))
}

/// In how many stories each term stands.
fn frequencies(corpus: &Corpus, groups: &CopyGroups) -> Frequencies {
    let leaders: Vec<DocId> = corpus.leaders(groups).collect();
    leaders
        .par_iter()
        .fold(Frequencies::default, |mut frequencies, &leader| {
            frequencies.add(&Profile::distinct_terms(corpus.of(leader)));
            frequencies
        })
        .reduce(Frequencies::default, |mut all, some| {
            all.merge(some);
            all
        })
}

/// When each document was published, where its date is understood.
fn published(corpus: &Corpus) -> Vec<Option<i64>> {
    let instant =
        |header: &Header| Some(crate::dates::instant(header.meta.published.as_deref()?)?.as_second());
    corpus.headers.par_iter().map(instant).collect()
}

/// The representatives and their tokens.
pub(super) fn leaders<'a>(corpus: &'a Corpus, groups: &CopyGroups) -> Vec<(DocId, &'a [Token])> {
    corpus.leaders(groups).map(|d| (d, corpus.of(d).as_slice())).collect()
}

/// Joins the representatives on their rare features and checks what meets.
pub(super) fn join(
    corpus: &Corpus,
    groups: &CopyGroups,
    judge: &Pairs<'_>,
    config: &Config,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<Checked> {
    let leaders = leaders(corpus, groups);
    let candidates = account.stage(Stage::Join, leaders.len() as u64, None, |_| {
        cancel.check()?;
        let join = RareJoin::new(&leaders, config.matching.rare_features, config.matching.rare_shared);
        cancel.check()?;
        let candidates = join.candidates();
        let found = candidates.len() as u64;
        Ok((candidates, found))
    })?;
    let (came_in, total) = (candidates.len() as u64, Some(candidates.len() as u64));
    account.stage(Stage::Verify, came_in, total, |progress| {
        let checked = check(judge, &candidates, progress, cancel)?;
        let found = checked.0.len() as u64;
        Ok((checked, found))
    })
}

/// Edges, and pairs without one that have sentences in common.
pub(super) type Checked = (Vec<Edge>, Vec<(DocId, DocId)>);

/// Checks every candidate on all threads; what is found comes out in the order of the candidates.
fn check(
    judge: &Pairs<'_>,
    candidates: &[Candidate],
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
                for &Candidate(a, b) in chunk {
                    match judge.verdict(a, b, checker) {
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
        let count = clusters.len() as u64;
        Ok((Found { clusters, edges, composites }, count))
    })
}

/// What a rewrite rests on; identical texts, copies and excerpts are evidence of themselves.
pub(super) struct Grounds {
    /// The rarest terms that the two documents share.
    pub(super) terms: Vec<u32>,
    /// What was measured, in the order of the model's features that count.
    pub(super) features: Vec<f64>,
}

/// The grounds of rewrites, by their documents.
pub(super) type Evidence = BTreeMap<(DocId, DocId), Grounds>;

/// Picks the evidence of rewrites.
pub(super) fn evidence(edges: &[Edge], judge: &Pairs<'_>) -> Evidence {
    let Some(rewrites) = judge.rewrites() else { return Evidence::new() };
    let counting = rewrites.model().counting();
    let mut scratch = Scratch::default();
    edges
        .iter()
        .filter(|edge| edge.relation == Relation::Rewrite)
        .map(|edge| {
            let measured = rewrites.features(edge.a, edge.b, &mut scratch);
            let grounds = Grounds {
                terms: rewrites.evidence(edge.a, edge.b, EVIDENCE_WORDS),
                features: measured.map_or_else(Vec::new, |m| counting.iter().map(|&f| m.get(f)).collect()),
            };
            ((edge.a, edge.b), grounds)
        })
        .collect()
}
