//! The stages, each from what the one before left.

use std::cell::RefCell;

use rayon::prelude::*;

use super::account::Account;
use crate::candidates::Candidate;
use crate::candidates::bands::{BandKeys, band_keys};
use crate::candidates::params::Bands;
use crate::candidates::rare::RareJoin;
use crate::cluster::{self, Cluster, CopyGroups, Judge};
use crate::config::{Config, MatchConfig};
use crate::document::{Header, Skipped};
use crate::ingest::{self, Outcome, Root};
use crate::progress::{Cancel, Progress, Stage};
use crate::sketch::Sketcher;
use crate::text::{Token, Tokenizer, Tokens, shingles};
use crate::verify::sets::Overlap;
use crate::verify::{Edge, Verifier};
use crate::{DocId, Error, Result};

/// Picks the hash functions of the signatures. Any number does; a fixed one keeps runs comparable.
const SKETCH_SEED: u64 = 0x77_69_72_65;
/// Candidates that one task checks between two looks at the cancel flag.
const CHECKS_A_TASK: usize = 512;

/// Everything that is kept of the input.
#[derive(Default)]
pub(super) struct Corpus {
    pub(super) headers: Vec<Header>,
    pub(super) tokens: Vec<Tokens>,
    pub(super) skipped: Vec<Skipped>,
    keys: BandKeys,
}

impl Corpus {
    pub(super) fn len(&self) -> usize {
        self.headers.len()
    }

    fn ids(&self) -> impl Iterator<Item = DocId> + use<> {
        // `push` refuses documents beyond 32 bits.
        (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).map(DocId)
    }

    pub(super) fn of(&self, document: DocId) -> &Tokens {
        &self.tokens[document.index()]
    }

    fn push(&mut self, header: Header, tokens: Tokens, keys: &[u64]) -> Result<()> {
        let limit = u32::MAX - 1;
        let id = u32::try_from(self.len())
            .ok()
            .filter(|&id| id < limit)
            .ok_or(Error::TooManyDocuments { limit })?;
        self.keys.push(DocId(id), u32::try_from(tokens.len()).unwrap_or(u32::MAX), keys);
        self.headers.push(header);
        self.tokens.push(tokens);
        Ok(())
    }
}

/// Reads, tokenises and signs every document.
pub(super) fn read(
    roots: &[Root],
    config: &Config,
    progress: &dyn Progress,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<Corpus> {
    let cut = Bands::for_config(&config.matching);
    let sketcher = Sketcher::new(config.matching.signature, SKETCH_SEED);
    let mut corpus = Corpus { keys: BandKeys::new(cut.bands), ..Corpus::default() };
    let prepare = |document: &crate::Document| {
        thread_local! {
            static WORKER: RefCell<Worker> = RefCell::default();
        }
        WORKER.with_borrow_mut(|worker| worker.prepare(&document.text, &config.matching, &sketcher, cut))
    };
    account.measure(Stage::Read, |_| {
        let mut inputs = 0;
        ingest::read(roots, &config.ingest, progress, cancel, prepare, |outcome| {
            inputs += 1;
            match outcome {
                Outcome::Skipped(skipped) => corpus.skipped.push(skipped),
                Outcome::Read(header, (tokens, _)) if tokens.is_empty() => corpus.skipped.push(Skipped {
                    path: header.path,
                    record: header.record,
                    reason: "no words in it, only punctuation or symbols".to_owned(),
                }),
                Outcome::Read(header, (tokens, keys)) => corpus.push(header, tokens, &keys)?,
            }
            Ok(())
        })?;
        let documents = corpus.len() as u64;
        Ok(((), inputs, documents))
    })?;
    Ok(corpus)
}

/// A thread's buffers for reading.
#[derive(Default)]
struct Worker {
    tokenizer: Tokenizer,
    shingles: Vec<u64>,
    signature: Vec<u64>,
}

impl Worker {
    fn prepare(
        &mut self,
        text: &str,
        config: &MatchConfig,
        sketcher: &Sketcher,
        cut: Bands,
    ) -> (Tokens, Vec<u64>) {
        let tokens = self.tokenizer.tokens(text);
        // Repeats do no harm to a signature, and finding them costs more than signing them.
        self.shingles.clear();
        crate::text::each_shingle(tokens.as_slice(), config.shingle, |hash| self.shingles.push(hash));
        sketcher.sign(&self.shingles, &mut self.signature);
        let mut keys = Vec::with_capacity(cut.bands);
        band_keys(&self.signature, cut, &mut keys);
        (tokens, keys)
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
        let edges = check(corpus, &candidates, &config.matching, progress, cancel)?;
        let mut verifier = Verifier::new(&config.matching);
        // Excerpts do not collapse: they stand for a part of their story only.
        let copies: Vec<Edge> = edges.into_iter().filter(is_copy).collect();
        let relate = |a, b| verbatim(corpus, &mut verifier, a, b).filter(is_copy);
        let groups = cluster::collapse(corpus.len(), &copies, |d| corpus.of(d).len(), relate);
        let leaders = (corpus.len() - groups.edges.len()) as u64;
        Ok((groups, leaders))
    })
}

fn is_copy(edge: &Edge) -> bool {
    edge.relation <= crate::report::Relation::Copy
}

/// Joins the representatives on their rare features and checks what meets.
pub(super) fn join(
    corpus: &Corpus,
    groups: &CopyGroups,
    config: &Config,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<Vec<Edge>> {
    let leaders: Vec<(DocId, &[Token])> =
        corpus.ids().filter(|&d| groups.is_leader(d)).map(|d| (d, corpus.of(d).as_slice())).collect();
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
        let edges = check(corpus, &candidates, &config.matching, progress, cancel)?;
        let found = edges.len() as u64;
        Ok((edges, found))
    })
}

/// Checks every candidate on all threads; edges come out in the order of the candidates.
fn check(
    corpus: &Corpus,
    candidates: &[Candidate],
    config: &MatchConfig,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<Vec<Edge>> {
    let checked: Vec<Vec<Edge>> = candidates
        .par_chunks(CHECKS_A_TASK)
        .map_init(
            || Verifier::new(config),
            |verifier, chunk| {
                cancel.check()?;
                let edges =
                    chunk.iter().filter_map(|&Candidate(a, b)| verbatim(corpus, verifier, a, b)).collect();
                progress.advance(chunk.len() as u64, 0);
                Ok(edges)
            },
        )
        .collect::<Result<_>>()?;
    Ok(checked.into_iter().flatten().collect())
}

fn verbatim(corpus: &Corpus, verifier: &mut Verifier<'_>, a: DocId, b: DocId) -> Option<Edge> {
    let (a, b) = (a.min(b), a.max(b));
    verifier.verbatim((a, corpus.of(a)), (b, corpus.of(b)))
}

/// What a run found.
pub(super) struct Found {
    pub(super) clusters: Vec<Cluster>,
    pub(super) edges: Vec<Edge>,
}

/// Builds the clusters.
pub(super) fn cluster(
    corpus: &Corpus,
    groups: &CopyGroups,
    edges: &[Edge],
    config: &Config,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<Found> {
    let came_in = (groups.edges.len() + edges.len()) as u64;
    let judge = TokenJudge { corpus, config: &config.matching };
    account.stage(Stage::Cluster, came_in, None, |_| {
        cancel.check()?;
        let (clusters, edges) = cluster::build(groups, edges, &judge);
        let count = clusters.len() as u64;
        Ok((Found { clusters, edges }, count))
    })
}

/// Judges pairs by their tokens.
struct TokenJudge<'a> {
    corpus: &'a Corpus,
    config: &'a MatchConfig,
}

impl Judge for TokenJudge<'_> {
    fn relate(&self, a: DocId, b: DocId) -> Option<Edge> {
        verbatim(self.corpus, &mut Verifier::new(self.config), a, b)
    }

    fn coverage(&self, of: DocId, by: DocId) -> f64 {
        let mut sets = (Vec::new(), Vec::new());
        shingles(self.corpus.of(of).as_slice(), 1, &mut sets.0);
        shingles(self.corpus.of(by).as_slice(), 1, &mut sets.1);
        Overlap::of(&sets.0, &sets.1).containment_a()
    }

    fn length(&self, document: DocId) -> usize {
        self.corpus.of(document).len()
    }
}
