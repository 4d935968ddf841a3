//! Measures clusters against gold families.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde::Serialize;

use crate::perturb::rng::Rng;
use wirecopy_core::{Error, Result};

/// Parses a gold file: lines of `id` and `family`, separated by a tab, after an optional header.
///
/// # Errors
/// Returns [`Error::Format`] with the number of the line if a line has no family or an id is listed twice.
pub fn parse_gold(text: &str, path: &Path) -> Result<HashMap<String, String>> {
    let mut out = HashMap::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_end_matches('\r');
        if line.is_empty() || (number == 0 && line.starts_with("id\t")) {
            continue;
        }
        let wrong =
            |message: String| Error::Format { path: path.to_owned(), line: Some(number as u64 + 1), message };
        let mut fields = line.split('\t');
        let (Some(id), Some(family)) = (fields.next(), fields.next()) else {
            return Err(wrong("expected id and family, separated by a tab".to_owned()));
        };
        if out.insert(id.to_owned(), family.to_owned()).is_some() {
            return Err(wrong(format!("the id {id:?} is listed twice")));
        }
    }
    Ok(out)
}

/// How well clusters match families. All shares are from 0 to 1, and 1 if there is nothing to measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct GoldFigures {
    /// Share of the pairs in one cluster that are in one family.
    pub pair_precision: f64,
    /// Share of the pairs in one family that are in one cluster.
    pub pair_recall: f64,
    /// Harmonic mean of pair precision and pair recall.
    pub pair_f1: f64,
    /// Mean share of a document's cluster that is in its family (Bagga and Baldwin 1998).
    pub bcubed_precision: f64,
    /// Mean share of a document's family that is in its cluster.
    pub bcubed_recall: f64,
    /// Harmonic mean of B-cubed precision and recall.
    pub bcubed_f1: f64,
    /// Adjusted Rand index of the listed documents, including singletons (Hubert and Arabie 1985).
    pub ari: f64,
    /// Families wrongly merged with another, per thousand documents.
    pub false_merges_per_1000: f64,
}

impl GoldFigures {
    /// Returns the figures with their names in reports, in order.
    pub fn named(&self) -> [(&'static str, f64); 8] {
        [
            ("pair_precision", self.pair_precision),
            ("pair_recall", self.pair_recall),
            ("pair_f1", self.pair_f1),
            ("bcubed_precision", self.bcubed_precision),
            ("bcubed_recall", self.bcubed_recall),
            ("bcubed_f1", self.bcubed_f1),
            ("ari", self.ari),
            ("false_merges_per_1000", self.false_merges_per_1000),
        ]
    }
}

/// An interval that contains 95 % of the resampled figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Interval {
    /// 2.5th percentile.
    pub low: f64,
    /// 97.5th percentile.
    pub high: f64,
}

/// A cluster that contains more than one family.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WrongMerge {
    /// Index of the cluster.
    pub cluster: usize,
    /// One member of each family in it, and one of the unlisted documents.
    pub members: Vec<String>,
}

/// A family whose documents are not all in one cluster.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Split {
    /// The family.
    pub family: String,
    /// Its first document in each cluster, and each of its documents that is in none.
    pub members: Vec<String>,
}

/// The figures for a set of documents.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GoldSet {
    /// Number of documents.
    pub documents: usize,
    /// Number of documents with a family.
    pub listed: usize,
    /// Number of families that they belong to.
    pub families: usize,
    /// The figures.
    #[serde(flatten)]
    pub figures: GoldFigures,
    /// 95 % intervals of the figures, from resampled families; empty without families.
    pub intervals: BTreeMap<&'static str, Interval>,
}

/// The result of `wirecopy eval RUN --gold`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GoldReport {
    /// Over all documents.
    pub overall: GoldSet,
    /// By set. A family belongs to the set of its first document.
    pub sets: BTreeMap<String, GoldSet>,
    /// Clusters with more than one family, most families first.
    pub wrong_merges: Vec<WrongMerge>,
    /// Families that are split, most parts first.
    pub splits: Vec<Split>,
}

/// Sums over the documents of one family. The figures are ratios of totals of these sums.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    hits: f64,
    clustered: f64,
    /// Like `clustered`, over listed documents only.
    clustered_listed: f64,
    related: f64,
    documents: f64,
    precision: f64,
    recall: f64,
    /// The family's share of wrong merges. The count of a cluster with several families is divided among them.
    merges: f64,
}

/// The size of a cluster.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    members: f64,
    listed: f64,
    /// Wrong merges per family.
    merges_per_family: f64,
}

/// Number of resamples for the intervals.
const RESAMPLES: usize = 1000;

/// Measures clusters against gold families.
///
/// `clusters` holds the ids of the members. `documents` holds all ids of the run, each with the name of its set, such as its
/// language. A pair of a listed and an unlisted document in one cluster counts as wrong. Pairs of two unlisted documents are
/// ignored, because they have no labels.
pub fn gold_report(
    clusters: &[Vec<String>],
    documents: &[(&str, &str)],
    gold: &HashMap<String, String>,
) -> GoldReport {
    let mut cluster_of: HashMap<&str, usize> = HashMap::new();
    for (number, members) in clusters.iter().enumerate() {
        for id in members {
            cluster_of.insert(id, number);
        }
    }
    // A document in no cluster (`None`) counts as a cluster of its own.
    let mut families: BTreeMap<&str, (&str, Vec<Option<usize>>)> = BTreeMap::new();
    let mut parts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut begun: HashSet<(&str, usize)> = HashSet::new();
    let mut unlisted: BTreeMap<&str, usize> = BTreeMap::new();
    for &(id, set) in documents {
        let Some(family) = gold.get(id) else {
            *unlisted.entry(set).or_default() += 1;
            continue;
        };
        let cluster = cluster_of.get(id).copied();
        families.entry(family).or_insert_with(|| (set, Vec::new())).1.push(cluster);
        if cluster.is_none_or(|cluster| begun.insert((family, cluster))) {
            parts.entry(family).or_default().push(id);
        }
    }
    let mut splits: Vec<Split> = parts
        .into_iter()
        .filter(|(_, members)| members.len() > 1)
        .map(|(family, members)| Split {
            family: family.to_owned(),
            members: members.into_iter().map(str::to_owned).collect(),
        })
        .collect();
    splits.sort_by_key(|split| Reverse(split.members.len()));
    let (wrong_merges, sizes) = merges(clusters, gold);
    let mut sets: BTreeMap<&str, Vec<Sums>> = unlisted.keys().map(|&set| (set, Vec::new())).collect();
    let mut all = Vec::with_capacity(families.len());
    for (set, members) in families.values() {
        let sums = sums_of(members, &sizes);
        all.push(sums);
        sets.entry(set).or_default().push(sums);
    }
    let sets = sets
        .into_iter()
        .map(|(set, sums)| (set.to_owned(), gold_set(&sums, unlisted.get(set).copied().unwrap_or(0))))
        .collect();
    GoldReport { overall: gold_set(&all, unlisted.values().sum()), sets, wrong_merges, splits }
}

/// Returns the clusters with more than one family, and the sizes of all clusters.
fn merges(clusters: &[Vec<String>], gold: &HashMap<String, String>) -> (Vec<WrongMerge>, Vec<Size>) {
    let mut wrong = Vec::new();
    let mut sizes = Vec::with_capacity(clusters.len());
    for (cluster, members) in clusters.iter().enumerate() {
        let mut firsts: BTreeMap<Option<&String>, &String> = BTreeMap::new();
        for id in members {
            firsts.entry(gold.get(id)).or_insert(id);
        }
        let families = firsts.keys().flatten().count();
        sizes.push(Size {
            members: members.len() as f64,
            listed: members.iter().filter(|id| gold.contains_key(*id)).count() as f64,
            merges_per_family: (firsts.len().max(1) - 1) as f64 / families.max(1) as f64,
        });
        if firsts.len() > 1 {
            wrong.push(WrongMerge { cluster, members: firsts.into_values().cloned().collect() });
        }
    }
    wrong.sort_by_key(|merge| (Reverse(merge.members.len()), merge.cluster));
    (wrong, sizes)
}

fn sums_of(members: &[Option<usize>], sizes: &[Size]) -> Sums {
    let mut counts: BTreeMap<usize, f64> = BTreeMap::new();
    for cluster in members.iter().flatten() {
        *counts.entry(*cluster).or_default() += 1.0;
    }
    let n = members.len() as f64;
    let alone = members.iter().filter(|c| c.is_none()).count() as f64;
    let mut out = Sums { documents: n, related: n * (n - 1.0) / 2.0, ..Sums::default() };
    out.precision = alone;
    out.recall = alone / n;
    for (cluster, k) in counts {
        let size = sizes[cluster];
        let own = k * (k - 1.0) / 2.0;
        out.hits += own;
        // A wrong pair of two listed documents is counted from both families, so each counts half. A pair with an unlisted
        // document is counted once, also as half, since either document may be the misplaced one.
        out.clustered += own + k * (size.members - k) / 2.0;
        out.clustered_listed += own + k * (size.listed - k) / 2.0;
        out.precision += k * k / size.members;
        out.recall += k * k / n;
        out.merges += size.merges_per_family;
    }
    out
}

fn gold_set(sums: &[Sums], unlisted: usize) -> GoldSet {
    let figures = figures_of(sums.iter(), unlisted);
    // The sum of whole numbers is exact.
    let listed = sums.iter().map(|s| s.documents).sum::<f64>() as usize;
    let intervals = intervals(sums, unlisted);
    GoldSet { documents: listed + unlisted, listed, families: sums.len(), figures, intervals }
}

fn figures_of<'a>(sums: impl Iterator<Item = &'a Sums>, unlisted: usize) -> GoldFigures {
    let mut all = Sums::default();
    for s in sums {
        all.hits += s.hits;
        all.clustered += s.clustered;
        all.clustered_listed += s.clustered_listed;
        all.related += s.related;
        all.documents += s.documents;
        all.precision += s.precision;
        all.recall += s.recall;
        all.merges += s.merges;
    }
    let share = |part: f64, of: f64| if of > 0.0 { part / of } else { 1.0 };
    let mean = |p: f64, r: f64| if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 };
    let (p, r) = (share(all.hits, all.clustered), share(all.hits, all.related));
    let (bp, br) = (share(all.precision, all.documents), share(all.recall, all.documents));
    GoldFigures {
        pair_precision: p,
        pair_recall: r,
        pair_f1: mean(p, r),
        bcubed_precision: bp,
        bcubed_recall: br,
        bcubed_f1: mean(bp, br),
        ari: ari(&all),
        false_merges_per_1000: 1000.0 * all.merges / (all.documents + unlisted as f64).max(1.0),
    }
}

fn ari(all: &Sums) -> f64 {
    let pairs = all.documents * (all.documents - 1.0) / 2.0;
    let expected = all.related * all.clustered_listed / pairs.max(1.0);
    let largest = f64::midpoint(all.related, all.clustered_listed);
    if (largest - expected).abs() < 1e-12 { 1.0 } else { (all.hits - expected) / (largest - expected) }
}

/// Computes percentiles of the figures over resampled families. Every figure is a ratio of sums over families, so a family
/// drawn twice counts as two separate families.
fn intervals(sums: &[Sums], unlisted: usize) -> BTreeMap<&'static str, Interval> {
    if sums.is_empty() {
        return BTreeMap::new();
    }
    let mut rng = Rng::new(0);
    let mut resampled: BTreeMap<&'static str, Vec<f64>> = BTreeMap::new();
    for _ in 0..RESAMPLES {
        let chosen: Vec<usize> = (0..sums.len()).map(|_| rng.below(sums.len())).collect();
        for (name, value) in figures_of(chosen.iter().map(|&i| &sums[i]), unlisted).named() {
            resampled.entry(name).or_default().push(value);
        }
    }
    resampled
        .into_iter()
        .map(|(name, mut values)| {
            values.sort_by(f64::total_cmp);
            let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
            (name, Interval { low: at(0.025), high: at(0.975) })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &str) -> Vec<String> {
        names.split(' ').map(str::to_owned).collect()
    }

    fn one_set(names: &str) -> Vec<(&str, &str)> {
        names.split(' ').map(|id| (id, "eng")).collect()
    }

    fn gold(families: &[(&str, &str)]) -> HashMap<String, String> {
        families
            .iter()
            .flat_map(|(family, members)| ids(members).into_iter().map(|m| (m, (*family).to_owned())))
            .collect()
    }

    #[test]
    fn perfect_clusters_score_one() {
        let gold = gold(&[("f", "a b c"), ("g", "d e")]);
        let report = gold_report(&[ids("a b c"), ids("d e")], &one_set("a b c d e x y"), &gold);
        assert_eq!(report.overall.figures.pair_f1, 1.0);
        assert_eq!(report.overall.figures.bcubed_f1, 1.0);
        assert_eq!(report.overall.figures.ari, 1.0);
        assert_eq!(report.overall.figures.false_merges_per_1000, 0.0);
        assert_eq!((report.overall.listed, report.overall.families, report.overall.documents), (5, 2, 7));
        assert_eq!(report.overall.intervals["pair_f1"], Interval { low: 1.0, high: 1.0 });
    }

    #[test]
    fn merged_families_cost_precision() {
        let gold = gold(&[("f", "a b"), ("g", "c d")]);
        let report = gold_report(&[ids("a b c d")], &one_set("a b c d"), &gold);
        assert!((report.overall.figures.pair_precision - 2.0 / 6.0).abs() < 1e-12);
        assert_eq!(report.overall.figures.pair_recall, 1.0);
        assert!((report.overall.figures.bcubed_precision - 0.5).abs() < 1e-12);
        assert!((report.overall.figures.false_merges_per_1000 - 250.0).abs() < 1e-9);
        assert!(report.overall.figures.ari.abs() < 1e-9);
        assert_eq!(report.wrong_merges, [WrongMerge { cluster: 0, members: ids("a c") }]);
    }

    #[test]
    fn missing_members_cost_recall_only() {
        let gold = gold(&[("f", "a b c")]);
        let report = gold_report(&[ids("a b")], &one_set("a b c"), &gold);
        assert_eq!(report.overall.figures.pair_precision, 1.0);
        assert!((report.overall.figures.pair_recall - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(report.splits, [Split { family: "f".to_owned(), members: ids("a c") }]);
        assert!((report.overall.figures.bcubed_recall - (2.0 * 2.0 / 3.0 + 1.0 / 3.0) / 3.0).abs() < 1e-12);
    }

    #[test]
    fn unlisted_documents_count_against_listed_ones_only() {
        let gold = gold(&[("f", "a b")]);
        let clean = gold_report(&[ids("a b"), ids("x y")], &one_set("a b x y"), &gold);
        assert_eq!(clean.overall.figures.pair_precision, 1.0);
        assert_eq!(clean.overall.figures.false_merges_per_1000, 0.0);
        let merged = gold_report(&[ids("a b x")], &one_set("a b x y"), &gold);
        assert!((merged.overall.figures.pair_precision - 0.5).abs() < 1e-12);
        assert!((merged.overall.figures.false_merges_per_1000 - 250.0).abs() < 1e-9);
    }

    #[test]
    fn interval_contains_the_figure() {
        let families: Vec<(String, String)> =
            (0..40).map(|i| (format!("f{i}"), format!("a{i} b{i}"))).collect();
        let gold: HashMap<String, String> = families
            .iter()
            .flat_map(|(family, members)| ids(members).into_iter().map(move |m| (m, family.clone())))
            .collect();
        let clusters: Vec<Vec<String>> = families.iter().take(30).map(|(_, members)| ids(members)).collect();
        let documents: Vec<(&str, &str)> =
            families.iter().flat_map(|(_, members)| one_set(members)).collect();
        let report = gold_report(&clusters, &documents, &gold);
        let interval = report.overall.intervals["pair_recall"];
        assert!((report.overall.figures.pair_recall - 0.75).abs() < 1e-12);
        assert!(interval.low > 0.5 && interval.low < 0.75 && interval.high > 0.75 && interval.high < 0.95);
    }

    #[test]
    fn every_figure_has_an_interval_around_it() {
        let mut members: Vec<(String, String)> =
            (0..60).map(|i| (format!("f{i}"), format!("a{i} b{i}"))).collect();
        members.push(("w".to_owned(), "x y".to_owned()));
        let gold: HashMap<String, String> = members
            .iter()
            .flat_map(|(family, own)| ids(own).into_iter().map(move |m| (m, family.clone())))
            .collect();
        // Every tenth family is missed. One is merged with another family, and one with an unlisted document.
        let mut clusters: Vec<Vec<String>> =
            (0..60).filter(|i| i % 10 != 3).map(|i| ids(&members[i].1)).collect();
        clusters[0].extend(ids("x y"));
        clusters[1].push("u".to_owned());
        let mut documents: Vec<(&str, &str)> = members.iter().flat_map(|(_, own)| one_set(own)).collect();
        documents.extend([("u", "eng"), ("v", "eng")]);
        let overall = gold_report(&clusters, &documents, &gold).overall;
        assert!((overall.figures.false_merges_per_1000 - 1000.0 * 2.0 / 124.0).abs() < 1e-9);
        assert_eq!(overall.intervals.len(), overall.figures.named().len());
        for (name, value) in overall.figures.named() {
            let Interval { low, high } = overall.intervals[name];
            assert!(low < value && value < high, "{name}: {low} {value} {high}");
        }
    }

    #[test]
    fn sets_are_measured_separately() {
        let gold = gold(&[("f", "a b"), ("g", "c d")]);
        let documents = [("a", "eng"), ("b", "eng"), ("c", "deu"), ("d", "deu"), ("x", "fra")];
        let report = gold_report(&[ids("a b")], &documents, &gold);
        assert_eq!(report.sets.keys().collect::<Vec<_>>(), ["deu", "eng", "fra"]);
        assert_eq!(report.sets["eng"].figures.pair_recall, 1.0);
        assert_eq!(report.sets["deu"].figures.pair_recall, 0.0);
        assert_eq!((report.sets["fra"].documents, report.sets["fra"].families), (1, 0));
        assert!(report.sets["fra"].intervals.is_empty());
        assert_eq!(report.overall.figures.pair_recall, 0.5);
    }

    #[test]
    fn gold_files_are_parsed() {
        let read = |text| parse_gold(text, Path::new("g.tsv"));
        assert_eq!(read("id\tfamily\na\tf\nb\tf\n").unwrap().len(), 2);
        assert!(read("a\tf\na\tg\n").unwrap_err().to_string().contains("twice"));
        assert!(read("a f\n").is_err());
    }
}
