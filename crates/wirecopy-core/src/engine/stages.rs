//! The stages of a run.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::corpus::{BATCH, Corpus};
use super::joins::{Proposed, ToCheck, proposed};
use super::judge::{Checker, Pairs};
use super::scorer::RunScorer;
use crate::Relation;
use crate::candidates::{Candidate, TableUse, pairs_of_copies};
use crate::classify::{Edge, NEARLY_IDENTICAL, Publications};
use crate::cluster::{self, Cluster, Composite, CopyGroups, Judge};
use crate::config::MatchConfig;
use crate::progress::{Cancel, NoProgress, Progress, Stage};
use crate::score::{DistinctTerms, Frequencies, Idf, LanguageKey, Model, TermCounter, are_foreign};
use crate::sources;
use crate::tasks::{HEAVY, LIGHT};
use crate::text::Tokens;
use crate::{DocId, Result};

/// Number of candidates that a task checks between two tests of the cancel flag.
const CHECKS_A_TASK: usize = 512;
/// Number of candidates checked before their results are put into one list. Keeping the lists of all tasks would
/// double the memory.
const CHECKS_TOGETHER: usize = CHECKS_A_TASK << 9;
/// Number of representatives whose terms are computed while those of the last batch are counted.
const COUNTED_TOGETHER: usize = BATCH / 4;
/// Most members of a copy group that are examined for stories of their own.
const LOOKED_AT: usize = 64;
/// Most copies of a group that are compared with other leaders.
const DIFFERING: usize = 16;
/// Least memory for profiles and what is measured on related pairs, in bytes, where memory is not limited.
const PROFILES: usize = 64 << 20;

/// Runs one stage and reports it to `progress` with `total` steps. `work` returns its result and the number of items that came
/// out.
pub fn stage<T>(
    progress: &dyn Progress,
    stage: Stage,
    came_in: u64,
    total: Option<u64>,
    work: impl FnOnce() -> Result<(T, u64)>,
) -> Result<T> {
    progress.begin(stage, total);
    let (made, came_out) = work()?;
    progress.end(stage, came_in, came_out);
    Ok(made)
}

/// Finds copies and collapses them to groups around leaders.
pub fn copies(
    corpus: &Corpus,
    publications: &Publications,
    config: &MatchConfig,
    cancel: &Cancel,
    progress: &dyn Progress,
) -> Result<CopyGroups> {
    let documents = corpus.len() as u64;
    let candidates = stage(progress, Stage::Bands, documents, None, || {
        cancel.check()?;
        let candidates = corpus.copy_candidates()?;
        let found = candidates.len() as u64;
        Ok((candidates, found))
    })?;
    let (came_in, total) = (candidates.len() as u64, Some(candidates.len() as u64));
    stage(progress, Stage::Copies, came_in, total, || {
        let groups = collapse(corpus, candidates, publications, config, progress, cancel)?;
        let leaders = groups.leaders() as u64;
        Ok((groups, leaders))
    })
}

/// Checks candidates, which are sorted, and collapses those that are copies to groups around leaders.
pub(crate) fn collapse(
    corpus: &Corpus,
    mut candidates: Vec<Candidate>,
    publications: &Publications,
    config: &MatchConfig,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<CopyGroups> {
    let verbatim = Pairs::new(corpus, config, None, publications);
    // Excerpts do not collapse, because they stand for only a part of their story. Most copies are found more than
    // once, so an edge is kept for each member rather than for each pair.
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
        pairs
            .par_chunks(CHECKS_A_TASK)
            .with_max_len(HEAVY)
            .flat_map_iter(|pairs| verbatim.relate_all(pairs))
            .collect()
    };
    let text = |document| (corpus.text(document), corpus.tokens.len_of(document));
    let groups = cluster::collapse(corpus.len(), copies, text, relate, relate_all);
    corpus.check()?;
    Ok(groups)
}

/// Learns from the representatives which lines sources add to their stories, marks these lines as boilerplate, and
/// if that changes any document, groups copies again: documents that differed only in boilerplate are now copies.
pub fn boilerplate(
    corpus: &mut Corpus,
    groups: CopyGroups,
    publications: &Publications,
    config: &MatchConfig,
    cancel: &Cancel,
    progress: &dyn Progress,
) -> Result<CopyGroups> {
    if config.keep_boilerplate {
        corpus.forget_keys();
        return Ok(groups);
    }
    stage(progress, Stage::Boilerplate, groups.leaders() as u64, None, || {
        cancel.check()?;
        let mut stories: Vec<DocId> =
            corpus.leaders(&groups).chain(apart_from_leaders(corpus, &groups)).collect();
        stories.sort_unstable();
        let stories: Vec<(u64, DocId)> =
            stories.into_iter().map(|d| (corpus.sources[d.index()], d)).collect();
        let language = |document: DocId| corpus.languages[document.index()];
        let learned = sources::learn(&stories, &corpus.tokens, &corpus.budget.part(1, 4), language, || {
            frequencies(corpus, &groups, |language| !language.is_covered())
        })?;
        corpus.check()?;
        let groups = if learned.lines.is_empty() {
            groups
        } else {
            cancel.check()?;
            drop(groups);
            corpus.mark(learned, config)?;
            collapse(corpus, corpus.copy_candidates()?, publications, config, &NoProgress, cancel)?
        };
        corpus.forget_keys();
        let leaders = groups.leaders() as u64;
        Ok((groups, leaders))
    })
}

/// Returns the members of copy groups whose openings are about different things: short items that a long notice of
/// their paper makes copies of each other. They count as separate stories when boilerplate is learned.
pub(crate) fn apart_from_leaders(corpus: &Corpus, groups: &CopyGroups) -> Vec<DocId> {
    let mut members: Vec<(DocId, DocId)> = groups
        .edges
        .iter()
        .filter(|edge| edge.relation == Relation::Copy)
        .map(|edge| groups.leader_and_member(edge))
        .collect();
    members.sort_unstable();
    let groups: Vec<&[(DocId, DocId)]> =
        members.chunk_by(|x, y| x.0 == y.0).filter(|group| group.len() > 1).collect();
    let apart = |group: &&[(DocId, DocId)]| {
        let mut reader = corpus.tokens.reader();
        let members: Vec<(DocId, Tokens)> =
            group.iter().take(LOOKED_AT).map(|&(_, member)| (member, reader.get(member))).collect();
        if mutually_foreign(&members).len() < sources::CARRIERS {
            return Vec::new();
        }
        // By source, because boilerplate is learned for each: two sources may carry one notice.
        let mut of_sources: BTreeMap<u64, Vec<&(DocId, Tokens)>> = BTreeMap::new();
        for member in &members {
            of_sources.entry(corpus.sources[member.0.index()]).or_default().push(member);
        }
        of_sources.into_values().flat_map(mutually_foreign).collect()
    };
    let apart: Vec<Vec<DocId>> = groups.par_iter().with_max_len(LIGHT).map(apart).collect();
    apart.concat()
}

/// Returns up to [`sources::CARRIERS`] of the documents that are about different things, in their order.
fn mutually_foreign<'t>(documents: impl IntoIterator<Item = &'t (DocId, Tokens)>) -> Vec<DocId> {
    let mut apart: Vec<&(DocId, Tokens)> = Vec::new();
    for document in documents {
        if apart.len() < sources::CARRIERS && apart.iter().all(|other| are_foreign(&document.1, &other.1)) {
            apart.push(document);
        }
    }
    apart.into_iter().map(|(document, _)| *document).collect()
}

/// Returns the copies that differ from their leaders, each behind its leader, in order. Such a copy may be nearer to another version of
/// its story than its leader is.
///
/// Of copies with the same words the first is enough, and of a group the first [`DIFFERING`] are. A copy without a date is left out if its
/// leader has one, since the date tells a version from a follow-up.
pub(crate) fn differing(
    corpus: &Corpus,
    groups: &CopyGroups,
    publications: &Publications,
) -> Vec<(DocId, DocId)> {
    let differing = groups.edges.iter().filter(|edge| edge.jaccard < NEARLY_IDENTICAL);
    let mut copies: Vec<(DocId, DocId)> = differing
        .map(|edge| groups.leader_and_member(edge))
        .filter(|&(leader, copy)| {
            let is_dated = publications.date(copy).is_some() || publications.date(leader).is_none();
            is_dated && corpus.no_article[copy.index()].is_none()
        })
        .collect();
    copies.sort_unstable();
    let first_of_texts = copies.chunk_by(|x, y| x.0 == y.0).flat_map(|group| {
        let mut seen = HashSet::new();
        group.iter().filter(move |copy| seen.insert(corpus.text(copy.1).words)).take(DIFFERING)
    });
    first_of_texts.copied().collect()
}

fn is_copy(relation: Relation) -> bool {
    relation <= Relation::Copy
}

/// Counts document frequencies among the representatives and prepares a scorer with `model`, if there is one.
pub fn scorer<'a>(
    corpus: &'a Corpus,
    groups: &CopyGroups,
    model: Option<Model>,
) -> Result<Option<RunScorer<'a>>> {
    let Some(model) = model else { return Ok(None) };
    let idf = frequencies(corpus, groups, |_| true)?;
    Ok(Some(RunScorer::new(model, idf, corpus, profile_bytes(corpus))))
}

/// Returns how many bytes of profiles and measurements are kept during scoring.
pub(crate) fn profile_bytes(corpus: &Corpus) -> usize {
    match corpus.budget.part(1, 8).bytes() {
        Some(bytes) => bytes,
        None => usize::try_from(corpus.bytes / 2).unwrap_or(usize::MAX).max(PROFILES),
    }
}

/// Counts for each of some languages in how many of its stories each term occurs.
fn frequencies(corpus: &Corpus, groups: &CopyGroups, counts: impl Fn(LanguageKey) -> bool) -> Result<Idf> {
    let mut leaders: Vec<(LanguageKey, DocId)> = corpus
        .leaders(groups)
        .map(|leader| (corpus.languages[leader.index()], leader))
        .filter(|&(language, _)| counts(language))
        .collect();
    leaders.par_sort_unstable();
    let languages = leaders.chunk_by(|x, y| x.0 == y.0);
    let counted: Vec<(LanguageKey, Frequencies)> = languages
        .map(|leaders| Ok((leaders[0].0, frequencies_of(corpus, leaders)?)))
        .collect::<Result<_>>()?;
    Ok(Idf::new(counted))
}

/// Counts in how many of the documents each term occurs.
fn frequencies_of(corpus: &Corpus, leaders: &[(LanguageKey, DocId)]) -> Result<Frequencies> {
    let mut counter = TermCounter::new(&corpus.budget.part(1, 8));
    let terms_of = |batch: &[(LanguageKey, DocId)]| -> Vec<Vec<u32>> {
        let buffers = || (corpus.tokens.reader(), DistinctTerms::default());
        let terms = batch
            .par_iter()
            .with_max_len(LIGHT)
            .map_init(buffers, |(reader, distinct), &(_, leader)| distinct.of(&reader.get(leader)));
        terms.collect()
    };
    // One batch is counted, which needs a single thread, while the terms of the next are computed.
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

/// Returns the publication dates, sources and labels of the documents, as far as the settings use them.
pub fn publications(corpus: &Corpus, config: &MatchConfig) -> Publications {
    let dates = if config.ignore_dates { Arc::default() } else { Arc::clone(&corpus.published) };
    Publications::new(dates, Arc::clone(&corpus.periodically_updated), config.window)
        .with_sources(Arc::clone(&corpus.known_sources))
        .with_items(Arc::clone(&corpus.items))
}

/// Joins the representatives, and checks the candidates. Where two representatives are related, but not surely, the copies that differ from
/// them are compared with the other one, too.
pub fn join(
    corpus: &Corpus,
    groups: &CopyGroups,
    judge: &Pairs<'_>,
    config: &MatchConfig,
    cancel: &Cancel,
    progress: &dyn Progress,
) -> Result<Checked> {
    let leaders: Vec<DocId> = corpus.leaders(groups).collect();
    let Proposed { pairs: candidates, table } =
        stage(progress, Stage::Join, leaders.len() as u64, None, || {
            let proposed = proposed(corpus, &leaders, config, cancel)?;
            corpus.check()?;
            let found = proposed.pairs.len() as u64;
            Ok((proposed, found))
        })?;
    let count = candidates.len() as u64;
    stage(progress, Stage::Verify, count, Some(count), || {
        let mut checked = verify(corpus, &candidates, judge, cancel, progress)?;
        drop(candidates);
        let copies = differing(corpus, groups, judge.publications());
        let weak = checked.edges.iter().filter(|edge| !cluster::is_sure(edge));
        let unsure = weak.chain(&checked.partial).map(|edge| (edge.a, edge.b));
        let unsure = unsure.filter(|&(a, b)| groups.is_leader(a) && groups.is_leader(b));
        let of_copies = pairs_of_copies(unsure, &copies).into_iter();
        let of_copies: Vec<ToCheck> = of_copies.map(|(a, b)| (Candidate(a, b), true)).collect();
        checked.extend(verify(corpus, &of_copies, judge, cancel, &NoProgress)?);
        checked.table = table;
        let found = (checked.edges.len() + checked.partial.len()) as u64;
        Ok((checked, found))
    })
}

/// Checks candidates, which are sorted.
pub(crate) fn verify(
    corpus: &Corpus,
    candidates: &[ToCheck],
    judge: &Pairs<'_>,
    cancel: &Cancel,
    progress: &dyn Progress,
) -> Result<Checked> {
    let edge = |&(Candidate(a, b), may_be_verbatim): &ToCheck, checker: &mut Checker<'_>| {
        if may_be_verbatim { checker.edge(a, b) } else { checker.edge_of_unlikely_pair(a, b) }
    };
    let mut checked = Checked::default();
    for some in candidates.chunks(CHECKS_TOGETHER) {
        let found = check(judge, some, edge, progress, cancel)?;
        let all: usize = found.iter().map(Vec::len).sum();
        let grouping = found.iter().flatten().filter(|edge| judge.may_group(edge)).count();
        // Lists that double would take up to three times the memory while they grow.
        checked.edges.reserve_exact(grouping);
        checked.partial.reserve_exact(all - grouping);
        for edge in found.into_iter().flatten() {
            let list = if judge.may_group(&edge) { &mut checked.edges } else { &mut checked.partial };
            list.push(edge);
        }
    }
    corpus.check()?;
    Ok(checked)
}

/// Checked pairs that are related, sorted by their ends.
#[derive(Default)]
pub struct Checked {
    /// Pairs of one dispatch.
    pub edges: Vec<Edge>,
    /// Pairs of two dispatches with passages in common.
    pub partial: Vec<Edge>,
    /// The table of rare features that the candidates were found with, if rewrites are looked for.
    pub table: Option<TableUse>,
}

impl Checked {
    /// Adds the pairs of another check.
    fn extend(&mut self, other: Self) {
        for (own, more) in [(&mut self.edges, other.edges), (&mut self.partial, other.partial)] {
            own.extend(more);
            own.sort_unstable_by_key(|edge| (edge.a, edge.b));
            // Versions of one item are checked whatever they share.
            own.dedup_by_key(|edge| (edge.a, edge.b));
        }
    }
}

/// Checks every candidate on all threads. Returns the results of `verdict` in the order of the candidates, in one
/// list for each task.
fn check<C: Sync, T: Send>(
    judge: &Pairs<'_>,
    candidates: &[C],
    verdict: impl Fn(&C, &mut Checker<'_>) -> Option<T> + Sync,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<Vec<Vec<T>>> {
    candidates
        .par_chunks(CHECKS_A_TASK)
        .with_max_len(HEAVY)
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

/// The result of the stages.
pub struct Found {
    /// Clusters of two or more documents.
    pub clusters: Vec<Cluster>,
    /// All edges, sorted by their ends.
    pub edges: Vec<Edge>,
    /// Documents that quote several stories, with these stories.
    pub composites: Vec<Composite>,
    /// The table of rare features, if rewrites are looked for.
    pub table: Option<TableUse>,
}

/// Builds the clusters.
pub fn cluster(
    corpus: &Corpus,
    groups: &CopyGroups,
    Checked { mut edges, mut partial, table }: Checked,
    judge: &Pairs<'_>,
    cancel: &Cancel,
    progress: &dyn Progress,
) -> Result<Found> {
    let came_in = (groups.edges.len() + edges.len()) as u64;
    stage(progress, Stage::Cluster, came_in, None, || {
        cancel.check()?;
        // Whether a leader is a digest does not depend on its copies.
        let is_of_copy = |edge: &Edge| {
            !(groups.is_leader(edge.a) && groups.is_leader(edge.b) || judge.one_item(edge.a, edge.b))
        };
        let of_copies: Vec<Edge> = edges.extract_if(.., |edge| is_of_copy(edge)).collect();
        partial.retain(|edge| !is_of_copy(edge));
        let quotes: Vec<(DocId, DocId)> = partial.iter().map(|edge| (edge.a, edge.b)).collect();
        let composites = cluster::remove_composites(&mut edges, &quotes, judge);
        drop(quotes);
        let is_composite = |document: DocId| {
            let leader = groups.leader[document.index()];
            composites.binary_search_by_key(&leader, |composite| composite.document).is_ok()
        };
        edges.extend(of_copies.into_iter().filter(|edge| !is_composite(edge.a) && !is_composite(edge.b)));
        edges.sort_unstable_by_key(|edge| (edge.a, edge.b));
        let separated = cluster::separate_distant(groups, |document| corpus.text(document).words, judge);
        let groups = separated.as_ref().unwrap_or(groups);
        let (clusters, edges) =
            cluster::build(groups, &differing(corpus, groups, judge.publications()), edges, partial, judge);
        corpus.check()?;
        let count = clusters.len() as u64;
        Ok((Found { clusters, edges, composites, table }, count))
    })
}
