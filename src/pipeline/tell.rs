//! A finished run in the words of its report.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::account::Account;
use super::copied::Copied;
use super::learned::Marked;
use super::stages::{Corpus, Evidence, Found};
use super::versions::Versions;
use super::words::Words;
use crate::DocId;
use crate::cluster::{Cluster, cluster_name};
use crate::config::Config;
use crate::report::{
    ClusterLine, DocumentLine, EdgeCounts, EdgeLine, FurnitureLine, MemberLine, ModelLine, PassageLine,
    Relation, Run, RunLine, SCHEMA, SummaryLine, peak_memory,
};
use crate::sources::source_name;
use crate::text::credit::AGENCIES;
use crate::verify::Edge;

/// What a run says in words besides what it found.
pub(super) struct Wording<'a> {
    pub(super) evidence: &'a Evidence,
    pub(super) words: &'a Words,
    pub(super) command: Vec<String>,
    /// What is known of each cluster besides its edges, in the order of the clusters.
    pub(super) inside: &'a [Inside],
    /// Which documents stand below a reference root; empty without such roots.
    pub(super) references: &'a [bool],
    pub(super) model: Option<ModelLine>,
}

/// What is known of a cluster besides its edges.
pub(super) struct Inside {
    pub(super) versions: Versions,
    /// By member, in the order of reading.
    pub(super) copied: Vec<Copied>,
}

pub(super) fn run(
    corpus: Corpus,
    found: &Found,
    config: &Config,
    wording: Wording<'_>,
    account: Account<'_>,
) -> Run {
    let ids: Vec<&str> = corpus.headers.iter().map(|header| header.id.as_str()).collect();
    let id = |document: DocId| ids[document.index()].to_owned();
    let edges: Vec<EdgeLine> = found.edges.iter().map(|edge| edge_line(edge, id, &wording)).collect();
    let mut clusters: Vec<ClusterLine> = found
        .clusters
        .iter()
        .zip(wording.inside)
        .map(|(c, inside)| cluster_line(c, &corpus, inside, id))
        .collect();
    clusters.sort_by(|x, y| {
        (Reverse(x.members.len()), &x.representative).cmp(&(Reverse(y.members.len()), &y.representative))
    });
    let mut counts = EdgeCounts::default();
    for edge in &edges {
        *match edge.relation {
            Relation::Identical => &mut counts.identical,
            Relation::Copy => &mut counts.copy,
            Relation::Excerpt => &mut counts.excerpt,
            Relation::Rewrite => &mut counts.rewrite,
        } += 1;
    }
    let header = RunLine {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: wording.command,
        started: account.started.to_string(),
        config: config.clone(),
        model: wording.model,
    };
    let (stages, seconds) = account.close();
    let summary = SummaryLine {
        documents: corpus.len() as u64,
        skipped: corpus.skipped.len() as u64,
        clusters: clusters.len() as u64,
        clustered_documents: clusters.iter().map(|c| c.members.len() as u64).sum(),
        edges: counts,
        tokens: corpus.tokens.iter().map(|tokens| tokens.len() as u64).sum(),
        bytes: corpus.headers.iter().map(|header| header.bytes).sum(),
        stages,
        seconds,
        peak_memory: peak_memory(),
    };
    let furniture = furniture_lines(&corpus, wording.words);
    let lengths =
        corpus.tokens.iter().map(|t| (u32::try_from(t.len()).unwrap_or(u32::MAX), t.furniture_len()));
    let composites: Vec<(usize, Vec<String>)> = found
        .composites
        .iter()
        .map(|composite| {
            (composite.document.index(), composite.quotes.iter().map(|&quoted| id(quoted)).collect())
        })
        .collect();
    let mut documents: Vec<DocumentLine> = corpus
        .headers
        .into_iter()
        .zip(lengths)
        .zip(corpus.credits)
        .map(|((header, (tokens, furniture_tokens)), credits)| DocumentLine {
            id: header.id,
            path: header.path,
            record: header.record,
            title: header.meta.title,
            published: header.meta.published,
            date: header.meta.date,
            date_origin: header.meta.date_origin,
            date_problem: header.meta.date_problem,
            source: header.meta.source,
            language: header.meta.language,
            credits: credits.iter().map(|credit| credit.agency.clone()).collect(),
            credit_evidence: credits,
            tokens: tokens.saturating_add(furniture_tokens),
            furniture_tokens,
            duplicate_id: header.duplicate_id,
            reference: false,
            composite: Vec::new(),
        })
        .collect();
    for (document, &reference) in documents.iter_mut().zip(wording.references) {
        document.reference = reference;
    }
    for (document, quotes) in composites {
        documents[document].composite = quotes;
    }
    Run { header, documents, skipped: corpus.skipped, furniture, edges, clusters, summary }
}

/// The learned lines by source, those of one in the order of reading.
fn furniture_lines(corpus: &Corpus, words: &Words) -> Vec<FurnitureLine> {
    let line = |line: &Marked| {
        let header = &corpus.headers[line.first.index()];
        FurnitureLine {
            source: source_name(&header.path, header.record, &header.meta).to_owned(),
            line: words.lines.get(&line.key).cloned(),
            documents: line.documents,
            key: line.key,
        }
    };
    let mut lines: Vec<FurnitureLine> = corpus.learned.marked.iter().map(line).collect();
    lines.sort_by(|x, y| x.source.cmp(&y.source));
    lines
}

fn edge_line(edge: &Edge, id: impl Fn(DocId) -> String, wording: &Wording<'_>) -> EdgeLine {
    let grounds = wording.evidence.get(&(edge.a, edge.b));
    let terms = grounds.map_or(&[][..], |grounds| &grounds.terms);
    EdgeLine {
        a: id(edge.a),
        b: id(edge.b),
        relation: edge.relation,
        score: round(edge.score),
        jaccard: round(edge.jaccard),
        containment_a: round(edge.containment_a),
        containment_b: round(edge.containment_b),
        evidence: terms.iter().filter_map(|term| wording.words.terms.get(term).cloned()).collect(),
        features: grounds.map_or_else(Vec::new, |g| g.features.iter().copied().map(round).collect()),
    }
}

fn cluster_line(
    cluster: &Cluster,
    corpus: &Corpus,
    inside: &Inside,
    id: impl Fn(DocId) -> String,
) -> ClusterLine {
    let passage = |p: &super::copied::Passage| PassageLine {
        start: position(p.start),
        end: position(p.end),
        from: id(cluster.members[p.from].0),
        from_start: position(p.from_start),
    };
    let mut members: Vec<MemberLine> = cluster
        .members
        .iter()
        .zip(&inside.copied)
        .map(|(&(member, edge), copied)| {
            let stands_for_all = member == cluster.representative;
            MemberLine {
                id: id(member),
                relation: edge.map(|edge| edge.relation),
                score: if stands_for_all { 1.0 } else { edge.map_or(0.0, |edge| round(edge.score)) },
                copied_from_representative: (!stands_for_all).then(|| round(copied.from_representative)),
                copied_from_cluster: round(copied.from_cluster),
                update_of: inside.versions.before(member).map(&id),
                passages: copied.passages.iter().map(passage).collect(),
            }
        })
        .collect();
    let representative = id(cluster.representative);
    members.sort_by(|x, y| (x.id != representative, &x.id).cmp(&(y.id != representative, &y.id)));
    let name = cluster_name(members.iter().map(|member| member.id.as_str()));
    let (credits, uncredited) = credited(cluster, corpus, &id);
    let (earliest, earliest_by) = inside.versions.earliest.map(|(member, by)| (id(member), by)).unzip();
    ClusterLine { cluster: name, representative, earliest, earliest_by, credits, uncredited, members }
}

/// Documents hold fewer than 2^30 tokens.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The agencies that the members credit, that of most members first, and the members that carry the text of one
/// without saying so.
fn credited(cluster: &Cluster, corpus: &Corpus, id: impl Fn(DocId) -> String) -> (Vec<String>, Vec<String>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut without = Vec::new();
    for &(member, _) in &cluster.members {
        let credits = &corpus.credits[member.index()];
        for credit in credits {
            *counts.entry(&credit.agency).or_default() += 1;
        }
        if credits.is_empty() {
            without.push(id(member));
        }
    }
    // "With agencies" says nothing once one is named.
    if counts.len() > 1 {
        counts.remove(AGENCIES);
    }
    let mut credits: Vec<(&str, usize)> = counts.into_iter().collect();
    credits.sort_by_key(|&(_, members)| Reverse(members));
    if credits.is_empty() {
        without.clear();
    }
    without.sort();
    (credits.into_iter().map(|(agency, _)| agency.to_owned()).collect(), without)
}

/// Four decimals: more would be noise, and a report is read by people too.
fn round(share: f64) -> f64 {
    (share * 10_000.0).round() / 10_000.0
}
