//! The stages, each from what the one before left.

use std::sync::Arc;

use rayon::prelude::*;

use super::account::Account;
use super::corpus::{BATCH, Corpus};
use super::joins::{ToCheck, proposed};
use super::judge::{Checker, Pairs};
use super::scorer::RunScorer;
use crate::Relation;
use crate::candidates::Candidate;
use crate::classify::{Edge, Publications};
use crate::cluster::{self, Cluster, Composite, CopyGroups, Judge};
use crate::progress::{Cancel, NoProgress, Progress, Stage};
use crate::score::{Frequencies, Idf, LanguageKey, Model, Profile, TermCounter, are_foreign};
use crate::sources;
use crate::text::Tokens;
use crate::{DocId, Result};
use wirecopy_report::Config;

/// Candidates that one task checks between two looks at the cancel flag.
const CHECKS_A_TASK: usize = 512;
/// Candidates that are checked before what was found is put into one list: lists of all tasks would hold it twice.
const CHECKS_TOGETHER: usize = CHECKS_A_TASK << 9;
/// Representatives whose terms are made while those of as many are counted.
const COUNTED_TOGETHER: usize = BATCH / 4;
/// Members of a copy group that are looked at for stories of their own.
const LOOKED_AT: usize = 64;
/// Bytes of profiles that are kept at least, where memory has no limit.
const PROFILES: usize = 64 << 20;

/// Finds the copies and collapses them to groups around leaders.
pub(super) fn copies(
    corpus: &Corpus,
    publications: &Publications,
    config: &Config,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<CopyGroups> {
    let documents = corpus.len() as u64;
    let candidates = account.stage(Stage::Bands, documents, None, |_| {
        cancel.check()?;
        let candidates = corpus.copy_candidates()?;
        let found = candidates.len() as u64;
        Ok((candidates, found))
    })?;
    let (came_in, total) = (candidates.len() as u64, Some(candidates.len() as u64));
    account.stage(Stage::Copies, came_in, total, |progress| {
        let groups = collapse(corpus, candidates, publications, config, progress, cancel)?;
        let leaders = groups.leaders() as u64;
        Ok((groups, leaders))
    })
}

fn collapse(
    corpus: &Corpus,
    mut candidates: Vec<Candidate>,
    publications: &Publications,
    config: &Config,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<CopyGroups> {
    let verbatim = Pairs::new(corpus, &config.matching, None, publications);
    // Excerpts do not collapse: they stand for a part of their story only. And most copies are found more than once: an
    // edge is kept for each member, not for each pair.
    let copies = |&Candidate(a, b): &Candidate, checker: &mut Checker<'_>| {
        Some(checker.decide(a, b).relation.is_some_and(is_copy))
    };
    let copies = check(&verbatim, &candidates, copies, progress, cancel)?;
    let mut is_kept = copies.into_iter().flatten();
    candidates.retain(|_| is_kept.next().unwrap_or_default());
    let copies = candidates.into_iter().map(|Candidate(a, b)| (a, b)).collect();
    let mut checker = verbatim.checker();
    let relate = |leader, other| checker.edge(leader, other).filter(|edge| is_copy(edge.relation));
    let relate_all = |pairs: &[(DocId, DocId)]| {
        pairs.par_chunks(CHECKS_A_TASK).flat_map_iter(|pairs| verbatim.relate_all(pairs)).collect()
    };
    let text = |document| (corpus.text(document), corpus.tokens.len_of(document));
    let groups = cluster::collapse(corpus.len(), copies, text, relate, relate_all);
    corpus.check()?;
    Ok(groups)
}

/// Marks the lines that sources add to their stories, learned from the representatives, and groups the copies anew where
/// that changed any document: what differed by its boilerplate alone does no longer.
pub(super) fn boilerplate(
    corpus: &mut Corpus,
    groups: CopyGroups,
    publications: &Publications,
    config: &Config,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<CopyGroups> {
    if config.matching.keep_boilerplate {
        corpus.forget_keys();
        return Ok(groups);
    }
    account.stage(Stage::Boilerplate, groups.leaders() as u64, None, |_| {
        cancel.check()?;
        let mut stories: Vec<DocId> =
            corpus.leaders(&groups).chain(apart_from_leaders(corpus, &groups)).collect();
        stories.sort_unstable();
        let stories: Vec<(u64, DocId)> =
            stories.into_iter().map(|d| (corpus.sources[d.index()], d)).collect();
        let language = |document: DocId| corpus.languages[document.index()];
        let learned = sources::learn(&stories, &corpus.tokens, &corpus.budget.part(1, 4), language, || {
            frequencies(corpus, &groups)
        })?;
        corpus.check()?;
        let groups = if learned.lines.is_empty() {
            groups
        } else {
            cancel.check()?;
            drop(groups);
            corpus.mark(learned, &config.matching)?;
            collapse(corpus, corpus.copy_candidates()?, publications, config, &NoProgress, cancel)?
        };
        corpus.forget_keys();
        let leaders = groups.leaders() as u64;
        Ok((groups, leaders))
    })
}

/// Members of copy groups whose openings are about other things than each other's: short items of one paper that a long notice
/// makes copies of each other. They are stories of their own for what is learned of sources.
fn apart_from_leaders(corpus: &Corpus, groups: &CopyGroups) -> Vec<DocId> {
    let mut members: Vec<(DocId, DocId)> = groups
        .edges
        .iter()
        .filter(|edge| edge.relation == Relation::Copy)
        .map(|edge| {
            let leader = groups.leader[edge.a.index()];
            (leader, edge.other(leader))
        })
        .collect();
    members.sort_unstable();
    let groups: Vec<&[(DocId, DocId)]> =
        members.chunk_by(|x, y| x.0 == y.0).filter(|group| group.len() > 1).collect();
    let apart = |group: &&[(DocId, DocId)]| {
        let mut reader = corpus.tokens.reader();
        let mut apart: Vec<(DocId, Tokens)> = Vec::new();
        for &(_, member) in group.iter().take(LOOKED_AT) {
            let tokens = reader.get(member);
            if apart.len() < sources::CARRIERS && apart.iter().all(|(_, other)| are_foreign(&tokens, other)) {
                apart.push((member, tokens));
            }
        }
        apart.into_iter().map(|(member, _)| member).collect::<Vec<DocId>>()
    };
    let apart: Vec<Vec<DocId>> = groups.par_iter().map(apart).collect();
    apart.into_iter().filter(|members| members.len() >= sources::CARRIERS).flatten().collect()
}

fn is_copy(relation: Relation) -> bool {
    relation <= Relation::Copy
}

/// Counts what is common among the representatives and readies the scorer, when it is to be asked.
pub(super) fn scorer<'a>(
    corpus: &'a Corpus,
    groups: &CopyGroups,
    config: &Config,
) -> Result<Option<RunScorer<'a>>> {
    if !config.matching.rewrites {
        return Ok(None);
    }
    let model = Model::of(config.matching.model.as_deref())?;
    let idf = frequencies(corpus, groups)?;
    Ok(Some(RunScorer::new(model, idf, corpus, profile_bytes(corpus))))
}

/// Bytes of profiles that are kept while pairs are scored.
fn profile_bytes(corpus: &Corpus) -> usize {
    match corpus.budget.part(1, 8).bytes() {
        Some(bytes) => bytes,
        None => usize::try_from(corpus.bytes / 2).unwrap_or(usize::MAX).max(PROFILES),
    }
}

/// In how many stories of each language each term stands.
fn frequencies(corpus: &Corpus, groups: &CopyGroups) -> Result<Idf> {
    let mut leaders: Vec<(LanguageKey, DocId)> =
        corpus.leaders(groups).map(|leader| (corpus.languages[leader.index()], leader)).collect();
    leaders.par_sort_unstable();
    let languages = leaders.chunk_by(|x, y| x.0 == y.0);
    let counted: Vec<(LanguageKey, Frequencies)> = languages
        .map(|leaders| Ok((leaders[0].0, frequencies_of(corpus, leaders)?)))
        .collect::<Result<_>>()?;
    Ok(Idf::new(counted))
}

/// In how many of some documents each term stands.
fn frequencies_of(corpus: &Corpus, leaders: &[(LanguageKey, DocId)]) -> Result<Frequencies> {
    let mut counter = TermCounter::new(&corpus.budget.part(1, 8));
    let terms_of = |batch: &[(LanguageKey, DocId)]| -> Vec<Vec<u32>> {
        let reader = || corpus.tokens.reader();
        let terms = batch
            .par_iter()
            .map_init(reader, |reader, &(_, leader)| Profile::distinct_terms(&reader.get(leader)));
        terms.collect()
    };
    // One batch is counted, which no two threads can do, while the next is made.
    let mut made: Vec<Vec<u32>> = Vec::new();
    for batch in leaders.chunks(COUNTED_TOGETHER).chain([&[][..]]) {
        let (next, counted) =
            rayon::join(|| terms_of(batch), || made.iter().try_for_each(|terms| counter.add(terms)));
        counted?;
        made = next;
    }
    corpus.check()?;
    counter.finish()
}

/// When each document was published, where its date is understood and is to count, and as what.
pub(super) fn publications(corpus: &Corpus, config: &Config) -> Publications {
    let dates = if config.matching.ignore_dates { Arc::default() } else { Arc::clone(&corpus.published) };
    Publications::new(dates, Arc::clone(&corpus.periodically_updated), config.matching.window)
        .with_sources(Arc::clone(&corpus.known_sources))
}

/// Joins the representatives and checks what meets.
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
        let candidates = proposed(corpus, &leaders, &config.matching, cancel)?;
        corpus.check()?;
        let found = candidates.len() as u64;
        Ok((candidates, found))
    })?;
    let (came_in, total) = (candidates.len() as u64, Some(candidates.len() as u64));
    account.stage(Stage::Verify, came_in, total, |progress| {
        let edge = |&(Candidate(a, b), may_be_verbatim): &ToCheck, checker: &mut Checker<'_>| {
            if may_be_verbatim { checker.edge(a, b) } else { checker.edge_of_strangers(a, b) }
        };
        let mut checked = Checked::default();
        for some in candidates.chunks(CHECKS_TOGETHER) {
            for edge in check(judge, some, edge, progress, cancel)?.into_iter().flatten() {
                let list = if judge.may_group(&edge) { &mut checked.edges } else { &mut checked.partial };
                list.push(edge);
            }
        }
        corpus.check()?;
        let found = (checked.edges.len() + checked.partial.len()) as u64;
        Ok((checked, found))
    })
}

/// Checked pairs that are related, sorted by their ends.
#[derive(Default)]
pub(super) struct Checked {
    /// Those of one dispatch.
    pub(super) edges: Vec<Edge>,
    /// Those of two dispatches with passages in common.
    pub(super) partial: Vec<Edge>,
}

/// Checks every candidate on all threads; what `verdict` gives comes out in the order of the candidates, in as many lists as
/// there were tasks.
fn check<C: Sync, T: Send>(
    judge: &Pairs<'_>,
    candidates: &[C],
    verdict: impl Fn(&C, &mut Checker<'_>) -> Option<T> + Sync,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<Vec<Vec<T>>> {
    candidates
        .par_chunks(CHECKS_A_TASK)
        .map_init(
            || judge.checker(),
            |checker, chunk| {
                cancel.check()?;
                let mut found: Vec<T> = chunk.iter().filter_map(|one| verdict(one, checker)).collect();
                found.shrink_to_fit();
                progress.advance(chunk.len() as u64, 0);
                Ok(found)
            },
        )
        .collect()
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
    Checked { mut edges, partial }: Checked,
    judge: &Pairs<'_>,
    cancel: &Cancel,
    account: &mut Account<'_>,
) -> Result<Found> {
    let came_in = (groups.edges.len() + edges.len()) as u64;
    account.stage(Stage::Cluster, came_in, None, |_| {
        cancel.check()?;
        let quotes: Vec<(DocId, DocId)> = partial.iter().map(|edge| (edge.a, edge.b)).collect();
        let composites = cluster::part_composites(&mut edges, &quotes, judge);
        drop(quotes);
        let (clusters, edges) = cluster::build(groups, edges, partial, judge);
        corpus.check()?;
        let count = clusters.len() as u64;
        Ok((Found { clusters, edges, composites }, count))
    })
}
