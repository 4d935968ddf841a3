//! The figures at the top of the page: sizes, sources, agencies and dates.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use serde::Serialize;

use super::super::text_cluster::day;
use super::super::{DocumentLine, Relation, Run};

/// Maximum number of sources and of agencies listed.
const LISTED: usize = 300;
/// Maximum number of skipped inputs listed.
const SKIPPED: usize = 500;
/// Maximum number of columns of the timeline. Longer periods are shown by month or by year.
const COLUMNS: usize = 120;

#[derive(Serialize)]
pub(super) struct Overview<'a> {
    documents: u64,
    stories: u64,
    copies: u64,
    clusters: u64,
    clustered: u64,
    skipped: u64,
    /// Edges by relation, in the order of [`Relation::ALL`].
    pairs: [u64; Relation::ALL.len()],
    composites: usize,
    seconds: f64,
    version: &'a str,
    started: &'a str,
    command: String,
    strictness: f64,
    window: u32,
    /// Skipped inputs: path, record, reason.
    skipped_inputs: Vec<(&'a str, Option<u64>, &'a str)>,
    /// Cluster sizes in ascending order, with the number of clusters.
    sizes: Vec<(usize, usize)>,
    /// Source, number of documents, number in clusters, number that are the earliest of their cluster.
    sources: Vec<(&'a str, u32, u32, u32)>,
    more_sources: usize,
    /// Agency, number of documents that credit it, number of those in clusters.
    agencies: Vec<(&'a str, u32, u32)>,
    dated: u32,
    /// First day of each column, number of documents, number in clusters.
    timeline: Vec<(String, u32, u32)>,
    /// Unit of the columns: `day`, `month` or `year`.
    column: &'static str,
}

pub(super) fn overview(run: &Run) -> Overview<'_> {
    let summary = &run.summary;
    let clustered: HashSet<&str> =
        run.clusters.iter().flat_map(|cluster| &cluster.members).map(|member| member.id.as_str()).collect();
    let earliest: HashSet<&str> = run.clusters.iter().filter_map(|c| c.earliest.as_deref()).collect();
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    for cluster in &run.clusters {
        *sizes.entry(cluster.members.len()).or_default() += 1;
    }
    let mut sources: HashMap<&str, (u32, u32, u32)> = HashMap::new();
    let mut agencies: HashMap<&str, (u32, u32)> = HashMap::new();
    for document in &run.documents {
        let id = document.id.as_str();
        let inside = u32::from(clustered.contains(id));
        if let Some(source) = &document.source {
            let (all, in_clusters, first) = sources.entry(source).or_default();
            *all += 1;
            *in_clusters += inside;
            *first += u32::from(earliest.contains(id));
        }
        for agency in &document.credits {
            let (all, in_clusters) = agencies.entry(agency).or_default();
            *all += 1;
            *in_clusters += inside;
        }
    }
    let mut sources: Vec<_> =
        sources.into_iter().map(|(name, (all, c, first))| (name, all, c, first)).collect();
    sources.sort_by(|x, y| (y.1, x.0).cmp(&(x.1, y.0)));
    let more_sources = sources.len().saturating_sub(LISTED);
    sources.truncate(LISTED);
    let mut agencies: Vec<_> = agencies.into_iter().map(|(name, (all, c))| (name, all, c)).collect();
    agencies.sort_by(|x, y| (y.1, x.0).cmp(&(x.1, y.0)));
    agencies.truncate(LISTED);
    let (dated, column, timeline) = timeline(&run.documents, &clustered);
    let copies = summary.clustered_documents.saturating_sub(summary.clusters);
    Overview {
        documents: summary.documents,
        stories: summary.documents - copies.min(summary.documents),
        copies,
        clusters: summary.clusters,
        clustered: summary.clustered_documents,
        skipped: summary.skipped,
        pairs: Relation::ALL.map(|relation| summary.edges.of(relation)),
        composites: run.documents.iter().filter(|document| !document.composite.is_empty()).count(),
        seconds: summary.seconds,
        version: &run.header.version,
        started: &run.header.started,
        command: run.header.command.join(" "),
        strictness: run.header.config.matching.strictness.threshold(),
        window: run.header.config.matching.window,
        skipped_inputs: run
            .skipped
            .iter()
            .take(SKIPPED)
            .map(|one| (one.path.as_str(), one.record, one.reason.as_str()))
            .collect(),
        sizes: sizes.into_iter().collect(),
        sources,
        more_sources,
        agencies,
        dated,
        timeline,
        column,
    }
}

/// Counts documents by day, month or year, whichever first gives few enough columns. Empty columns are left out.
fn timeline(
    documents: &[DocumentLine],
    clustered: &HashSet<&str>,
) -> (u32, &'static str, Vec<(String, u32, u32)>) {
    let mut days: BTreeMap<Date, (u32, u32)> = BTreeMap::new();
    for document in documents {
        if let Some(date) = day(document) {
            let (all, inside) = days.entry(date).or_default();
            *all += 1;
            *inside += u32::from(clustered.contains(document.id.as_str()));
        }
    }
    let dated = days.values().map(|&(all, _)| all).sum();
    let span = |unit: fn(Date) -> Date| -> BTreeMap<Date, (u32, u32)> {
        let mut out: BTreeMap<Date, (u32, u32)> = BTreeMap::new();
        for (&date, &(all, inside)) in &days {
            let (sum, sum_inside) = out.entry(unit(date)).or_default();
            *sum += all;
            *sum_inside += inside;
        }
        out
    };
    let first_and_last = days.keys().next().zip(days.keys().next_back());
    let length =
        first_and_last.map_or(0, |(first, last)| (*last - *first).get_days().unsigned_abs() as usize);
    let (column, bins) = if length < COLUMNS {
        ("day", days)
    } else if length / 30 < COLUMNS {
        ("month", span(Date::first_of_month))
    } else {
        ("year", span(Date::first_of_year))
    };
    (dated, column, bins.into_iter().map(|(date, (all, inside))| (date.to_string(), all, inside)).collect())
}
