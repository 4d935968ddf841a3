//! Converts a finished run to its report.

mod component;
mod copied;
mod evidence;
mod spelling;
mod versions;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::Config;
use crate::changed;
use crate::stage_times::StageTimes;
use crate::{
    BoilerplateLine, ClusterLine, DocumentLine, EdgeCounts, EdgeLine, FeatureTable, JsonLines, Lines,
    MemberLine, ModelLine, PassageLine, ReportLine, RunLine, SCHEMA, Spooled, SummaryLine, VersionLine,
    peak_memory,
};
pub use component::{OpenSentence, Slot, Solved, SolvedCluster, SolvedEdge, component};
use copied::Copied;
use evidence::{EdgeEvidence, words_of};
use spelling::Words;
pub use spelling::{Asked, Spelled, Speller};
use versions::{Sentence, State, Title, Versions};
use wirecopy_core::candidates::TableUse;
use wirecopy_core::classify::{Edge, Scorer};
use wirecopy_core::cluster::{Cluster, Composite, cluster_name};
use wirecopy_core::document::Header;
use wirecopy_core::engine::MarkedBy;
use wirecopy_core::engine::judge::Pairs;
use wirecopy_core::engine::stages::{Found, stage};
use wirecopy_core::engine::{BATCH, Corpus};
use wirecopy_core::similarity::four_decimals;
use wirecopy_core::sources::source_name;
use wirecopy_core::tasks::{HEAVY, LIGHT};
use wirecopy_core::text::NoArticle;
use wirecopy_core::text::credit::{AGENCIES, Credit};
use wirecopy_core::{Cancel, DocId, Progress, Result, Similarity, Stage};
use wirecopy_ingest::References;
use wirecopy_spill::Budget;

/// Number of lines that a task makes.
const LINES_A_TASK: usize = 256;

/// Sentences as text, by document and first token.
type Sentences = HashMap<(DocId, usize), String>;

/// The caller's requests for the report of a run.
pub struct Request {
    /// The command line that started the run.
    pub command: Vec<String>,
    /// Whether the report lists the shared passages of each member.
    pub passages: bool,
    /// Decides which documents are below a reference root.
    pub references: References,
    /// Whether folders served as sources.
    pub folder_sources: bool,
    /// Whether the report holds the texts of the documents, as far as the corpus keeps them.
    pub texts: bool,
}

/// The explanation of a run: evidence of its edges, versions and reuse shares of its clusters, in words.
pub struct Wording {
    request: Request,
    evidence: EdgeEvidence,
    words: Words,
    /// What is reported of each cluster besides its edges, in the order of the clusters.
    inside: Vec<Inside>,
    model: Option<ModelLine>,
}

impl Wording {
    /// Explains the result of a run. Reads the files of documents again whose words are quoted.
    ///
    /// # Errors
    /// Returns an error if a temporary file cannot be read or written, or if the run is cancelled.
    pub fn of(
        found: &Found,
        corpus: &Corpus,
        judge: Pairs<'_>,
        config: &Config,
        request: Request,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<Self> {
        let model = judge.scorer().map(|scorer| ModelLine::of(scorer.model()));
        let scored = found.edges.iter().filter(|edge| edge.relation.is_scored()).count() as u64;
        let judge = judge.with_known(&found.edges);
        stage(progress, Stage::Evidence, scored, None, || {
            let evidence = EdgeEvidence::of(&found.edges, &judge, &corpus.budget.part(1, 16))?;
            let inside = inside(&found.clusters, corpus, &judge, config, request.passages)?;
            corpus.check()?;
            drop(judge);
            let sentences = inside.iter().flat_map(|inside| inside.versions.sentences());
            let words = spelling::find(&found.edges, &evidence, sentences, corpus, config, cancel)?;
            let terms = words.terms.len() as u64;
            Ok((Self { request, evidence, words, inside, model }, terms))
        })
    }
}

/// What is reported of a cluster besides its edges.
struct Inside {
    versions: Versions,
    /// For each member, in the order of their ids.
    copied: Vec<Copied>,
}

/// Finds the versions in clusters and the shares that their members have in common.
fn inside(
    clusters: &[Cluster],
    corpus: &Corpus,
    judge: &Pairs<'_>,
    config: &Config,
    passages: bool,
) -> Result<Vec<Inside>> {
    let k = config.matching.shingle;
    let inside = |cluster: &Cluster| {
        let versions = versions::versions(cluster, corpus, judge, k)?;
        let copied = copied::in_cluster(cluster, corpus, k, passages);
        Ok(Inside { versions, copied })
    };
    clusters.par_iter().with_max_len(HEAVY).map(inside).collect()
}

/// Writes the report of a run.
///
/// # Errors
/// Returns an error if a temporary file cannot be read or written.
pub fn run(
    mut corpus: Corpus,
    found: Found,
    config: &Config,
    mut wording: Wording,
    times: StageTimes<'_>,
) -> Result<Spooled> {
    let sentences = std::mem::take(&mut wording.words.sentences);
    let share = corpus.budget.part(1, 16);
    let counts = counted(&found.edges);
    let (evidence, words) = (&wording.evidence, &wording.words);
    let edges = lines(
        found.edges.len(),
        &share,
        || evidence.reader(),
        |grounds, at| {
            let grounds = grounds.get(at)?.unwrap_or_default();
            let evidence = words_of(&grounds.terms, |term| words.terms.get(&term).cloned());
            edge_line(&found.edges[at], grounds.features, evidence, &corpus)
        },
    )?;
    let boilerplate = boilerplate_lines(&corpus, &wording.words)?;
    // Each part is freed once its lines are made.
    drop((found.edges, wording.evidence, wording.words));
    let mut clusters: Vec<ClusterLine> = found
        .clusters
        .into_par_iter()
        .zip(wording.inside)
        .with_max_len(LIGHT)
        .map(|(cluster, inside)| cluster_line(&cluster, &corpus, &inside, &sentences))
        .collect::<Result<_>>()?;
    clusters.sort_by(|x, y| {
        (Reverse(x.members.len()), &x.representative).cmp(&(Reverse(y.members.len()), &y.representative))
    });
    let ids = corpus.numbers();
    let documents = lines(
        ids.len(),
        &share,
        || (corpus.headers.reader(), corpus.texts.reader(), wording.request.references.clone()),
        |(headers, texts, references), at| {
            let (header, credits) = headers.get(ids[at])?;
            let composite = quoted(ids[at], &corpus, &found.composites)?;
            let line = document_line(header, credits, TextFacts::of(ids[at], &corpus), composite);
            let text = if wording.request.texts { texts.get(ids[at])? } else { None };
            Ok(DocumentLine { reference: references.hold(&line.path), text, ..line })
        },
    )?;
    let in_lines: Vec<u32> = ids.iter().map(|document| document.0).collect();
    corpus.texts.reorder(&in_lines)?;
    let header = RunLine {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: wording.request.command,
        started: times.started().to_string(),
        config: config.clone(),
        model: wording.model,
    };
    let (stages, seconds) = times.close();
    let feature_table =
        found.table.map(|TableUse { counters, used }| FeatureTable { counters, used: used.rounded() });
    let summary = SummaryLine {
        documents: corpus.len() as u64,
        skipped: corpus.skipped_count,
        skipped_unlisted: corpus.skipped_count - corpus.skipped.len() as u64,
        without_article: corpus.no_article.iter().flatten().count() as u64,
        clusters: clusters.len() as u64,
        clustered_documents: clusters.iter().map(|c| c.members.len() as u64).sum(),
        edges: counts,
        tokens: corpus.tokens.total(),
        bytes: corpus.bytes,
        stages,
        seconds,
        peak_memory: peak_memory(),
        folder_sources: wording.request.folder_sources,
        feature_table,
    };
    let (skipped, texts) = (corpus.skipped, corpus.texts);
    Ok(Spooled { header, documents, skipped, boilerplate, edges, clusters, summary, texts })
}

fn counted(edges: &[Edge]) -> EdgeCounts {
    let mut counts = EdgeCounts::default();
    edges.iter().for_each(|edge| counts.add(edge.relation));
    counts
}

/// Makes the lines with the numbers below `count` on all threads. `make` gets what `ready` returned for its task.
fn lines<T: ReportLine, S>(
    count: usize,
    budget: &Budget,
    ready: impl Fn() -> S + Sync,
    make: impl Fn(&mut S, usize) -> Result<T> + Sync,
) -> Result<Lines<T>> {
    let starts: Vec<usize> = (0..count).step_by(LINES_A_TASK).collect();
    let made = |&start: &usize| -> Result<JsonLines> {
        let mut ready = ready();
        let mut lines = JsonLines::default();
        for at in start..count.min(start + LINES_A_TASK) {
            lines.push(&make(&mut ready, at)?)?;
        }
        Ok(lines)
    };
    let mut lines = Lines::new(budget);
    for starts in starts.chunks(BATCH / LINES_A_TASK) {
        let some: Vec<Result<JsonLines>> = starts.par_iter().with_max_len(HEAVY).map(made).collect();
        for some in some {
            lines.append(&some?)?;
        }
    }
    Ok(lines)
}

/// Returns the ids of the documents that a composite quotes. Composites are in the order of the documents.
fn quoted(document: DocId, corpus: &Corpus, composites: &[Composite]) -> Result<Vec<String>> {
    match composites.binary_search_by_key(&document, |composite| composite.document) {
        Ok(at) => composites[at].quotes.iter().map(|&quoted| corpus.headers.id(quoted)).collect(),
        Err(_) => Ok(Vec::new()),
    }
}

/// What the line of a document says about its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextFacts {
    /// Number of tokens without boilerplate.
    pub tokens: usize,
    /// Number of tokens of boilerplate.
    pub boilerplate_tokens: u32,
    /// Hash of the tokens without boilerplate.
    pub words: u64,
    /// Why the document holds no article, if it does not.
    pub no_article: Option<NoArticle>,
}

impl TextFacts {
    fn of(document: DocId, corpus: &Corpus) -> Self {
        Self {
            tokens: corpus.tokens.len_of(document),
            boilerplate_tokens: corpus.tokens.boilerplate_of(document),
            words: corpus.text(document).words,
            no_article: corpus.no_article[document.index()],
        }
    }
}

/// Makes the line of a document, without the flag for references. `composite` are the ids of the documents that it quotes.
pub fn document_line(
    header: Header,
    credits: Vec<Credit>,
    text: TextFacts,
    composite: Vec<String>,
) -> DocumentLine {
    let TextFacts { tokens, boilerplate_tokens, words, no_article } = text;
    DocumentLine {
        reference: false,
        text: None,
        id: header.id,
        path: header.path,
        record: header.record,
        title: header.meta.title,
        published: header.meta.published,
        date: header.meta.date,
        date_origin: header.meta.date_origin,
        date_problem: header.meta.date_problem,
        source: header.meta.source,
        url: header.meta.url,
        language: header.meta.language,
        delivery: header.meta.delivery,
        credits: credits.iter().map(|credit| credit.agency.clone()).collect(),
        credit_evidence: credits,
        tokens: position(tokens).saturating_add(boilerplate_tokens),
        boilerplate_tokens,
        digest: Some(changed::written(words)),
        duplicate_id: header.duplicate_id,
        no_article,
        composite,
    }
}

/// Returns the learned lines by source, and within a source in the order of the documents that have them.
fn boilerplate_lines(corpus: &Corpus, words: &Words) -> Result<Vec<BoilerplateLine>> {
    let mut headers = corpus.headers.reader();
    let mut lines: Vec<BoilerplateLine> = Vec::with_capacity(corpus.learned.marked.len());
    for marked in &corpus.learned.marked {
        let (header, _) = headers.get(marked.first)?;
        let line = words.lines.get(&marked.known.key()).cloned();
        lines.push(boilerplate_line(&header, &marked.known, marked.documents, line));
    }
    lines.sort_by(|x, y| x.source.cmp(&y.source));
    Ok(lines)
}

/// Makes the line of learned boilerplate that `documents` documents have, the first of them with this header. `line` is how it is
/// written there.
pub fn boilerplate_line(
    first: &Header,
    known: &MarkedBy,
    documents: u32,
    line: Option<String>,
) -> BoilerplateLine {
    BoilerplateLine {
        source: source_name(&first.path, first.record, &first.meta).to_owned(),
        line,
        documents,
        key: known.key(),
        shingles: known.shingles().to_vec(),
    }
}

fn edge_line(edge: &Edge, features: Vec<f64>, evidence: Vec<String>, corpus: &Corpus) -> Result<EdgeLine> {
    Ok(EdgeLine {
        a: corpus.headers.id(edge.a)?,
        b: corpus.headers.id(edge.b)?,
        relation: edge.relation,
        score: edge.score.rounded(),
        jaccard: edge.jaccard.rounded(),
        containment_a: edge.containment_a.rounded(),
        containment_b: edge.containment_b.rounded(),
        evidence,
        features: features.into_iter().map(four_decimals).collect(),
    })
}

fn cluster_line(
    cluster: &Cluster,
    corpus: &Corpus,
    inside: &Inside,
    sentences: &Sentences,
) -> Result<ClusterLine> {
    let ids: Vec<String> =
        cluster.members.iter().map(|&(member, _)| corpus.headers.id(member)).collect::<Result<_>>()?;
    let id = |document: DocId| {
        let place = cluster.members.binary_search_by_key(&document, |&(member, _)| member);
        place.map_or_else(|_| String::new(), |at| ids[at].clone())
    };
    let passage = |p: &copied::Passage| PassageLine {
        start: position(p.start),
        end: position(p.end),
        from: ids[p.from].clone(),
        from_start: position(p.from_start),
    };
    let numbers = inside.versions.numbers();
    let mut members: Vec<MemberLine> = cluster
        .members
        .iter()
        .zip(&inside.copied)
        .map(|(&(member, edge), copied)| {
            let is_representative = member == cluster.representative;
            let score = edge.map(|edge| edge.score.rounded());
            MemberLine {
                id: id(member),
                relation: edge.map(|edge| edge.relation),
                score: if is_representative { Similarity::ONE } else { score.unwrap_or_default() },
                copied_from_representative: (!is_representative)
                    .then(|| copied.from_representative.rounded()),
                copied_from_cluster: copied.from_cluster.rounded(),
                update_of: inside.versions.before(member).map(&id),
                version: numbers.get(&member).copied(),
                passages: copied.passages.iter().map(passage).collect(),
            }
        })
        .collect();
    let representative = id(cluster.representative);
    members.sort_by(|x, y| (x.id != representative, &x.id).cmp(&(y.id != representative, &y.id)));
    let name = cluster_name(members.iter().map(|member| member.id.as_str()));
    let (credits, uncredited) = credited(cluster, corpus, &ids)?;
    let (earliest, earliest_by) = inside.versions.earliest.map(|(member, by)| (id(member), by)).unzip();
    let title = match &inside.versions.title {
        Some(Title::Headline(title)) => Some(title.clone()),
        Some(Title::Sentence((document, range))) => sentences.get(&(*document, range.start)).cloned(),
        None => None,
    };
    let states = inside.versions.states.iter().zip(1..);
    Ok(ClusterLine {
        cluster: name,
        title,
        representative,
        earliest,
        earliest_by,
        credits,
        uncredited,
        members,
        versions: states.map(|(state, number)| version_line(state, number, id, sentences)).collect(),
    })
}

fn version_line(
    state: &State,
    version: u32,
    id: impl Fn(DocId) -> String,
    sentences: &Sentences,
) -> VersionLine {
    let change = state.change.as_ref();
    let sample = |sentence: Option<&Sentence>| {
        sentence.and_then(|(document, range)| sentences.get(&(*document, range.start)).cloned())
    };
    VersionLine {
        version,
        members: state.members.iter().map(|&member| id(member)).collect(),
        first_printed: state.first_printed.clone(),
        outlets: state.outlets.clone(),
        words_added: change.map(|change| position(change.words_added)),
        words_dropped: change.map(|change| position(change.words_dropped)),
        added: sample(change.and_then(|change| change.added.as_ref())),
        dropped: sample(change.and_then(|change| change.dropped.as_ref())),
    }
}

/// Converts an index of a token. Documents hold fewer than 2^30 tokens.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Returns the agencies that the members credit, most frequent first, and the members that use the text of one
/// without credit.
fn credited(cluster: &Cluster, corpus: &Corpus, ids: &[String]) -> Result<(Vec<String>, Vec<String>)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut without = Vec::new();
    let mut headers = corpus.headers.reader();
    for (&(member, _), id) in cluster.members.iter().zip(ids) {
        let credits = headers.credits(member)?;
        if credits.is_empty() {
            without.push(id.clone());
        }
        for credit in credits {
            *counts.entry(credit.agency).or_default() += 1;
        }
    }
    // "With agencies" adds nothing if an agency is named.
    if counts.len() > 1 {
        counts.remove(AGENCIES);
    }
    let mut credits: Vec<(String, usize)> = counts.into_iter().collect();
    credits.sort_by_key(|&(_, members)| Reverse(members));
    if credits.is_empty() {
        without.clear();
    }
    without.sort();
    Ok((credits.into_iter().map(|(agency, _)| agency).collect(), without))
}
