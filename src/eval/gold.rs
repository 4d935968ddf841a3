//! Clusters against gold families.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::Serialize;

use crate::{Error, Result};

/// Reads a gold file: lines of `id` and `family`, separated by a tab, after an optional header.
///
/// # Errors
/// [`Error::Format`] with the line that has no family, or an id listed twice.
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

/// How well clusters match families. All shares from 0 to 1; 1 where there was nothing to get wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct GoldFigures {
    /// Share of the clustered pairs that are of one family.
    pub pair_precision: f64,
    /// Share of the pairs of one family that are clustered.
    pub pair_recall: f64,
    /// Their harmonic mean.
    pub pair_f1: f64,
    /// Mean over documents: share of its cluster that is of its family (Bagga and Baldwin 1998).
    pub bcubed_precision: f64,
    /// Mean over documents: share of its family that is in its cluster.
    pub bcubed_recall: f64,
    /// Their harmonic mean.
    pub bcubed_f1: f64,
}

/// An interval that holds 95 of 100 resamples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Interval {
    /// 2.5th percentile.
    pub low: f64,
    /// 97.5th percentile.
    pub high: f64,
}

/// A cluster that holds more than one family.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WrongMerge {
    /// Position of the cluster.
    pub cluster: usize,
    /// A member of each family in it; one of the unlisted documents stands for them all.
    pub members: Vec<String>,
}

/// What `wirecopy eval RUN --gold` reports.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GoldReport {
    /// Documents of the run.
    pub documents: usize,
    /// Those with a family.
    pub listed: usize,
    /// Families with a document in the run.
    pub families: usize,
    /// The figures.
    #[serde(flatten)]
    pub figures: GoldFigures,
    /// Adjusted Rand index over the listed documents, singletons included (Hubert and Arabie 1985).
    pub ari: f64,
    /// Families welded to others, for each thousand documents: what a reader stumbles over.
    pub false_merges_per_1000: f64,
    /// 95 % intervals of the figures, by resampling families.
    pub intervals: BTreeMap<&'static str, Interval>,
    /// The clusters of more than one family, those of most first.
    pub wrong_merges: Vec<WrongMerge>,
}

/// Sums over the documents of one family; the figures are ratios of their sums.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    hits: f64,
    clustered: f64,
    related: f64,
    documents: f64,
    precision: f64,
    recall: f64,
}

/// Resamples of the families.
const RESAMPLES: usize = 1000;

/// Judges clusters by gold families.
///
/// `clusters` are the ids of the members; `documents` are all ids of the run. Documents without a family belong to
/// none: a pair of one with a listed document counts as wrong, a pair of two of them is not judged, since nobody
/// checked them against each other.
pub fn gold_report(
    clusters: &[Vec<String>],
    documents: &[String],
    gold: &HashMap<String, String>,
) -> GoldReport {
    let mut cluster_of: HashMap<&str, usize> = HashMap::new();
    for (number, members) in clusters.iter().enumerate() {
        for id in members {
            cluster_of.insert(id, number);
        }
    }
    // A document outside of every cluster is one of its own.
    let mut families: BTreeMap<&str, Vec<Option<usize>>> = BTreeMap::new();
    for id in documents {
        if let Some(family) = gold.get(id) {
            families.entry(family).or_default().push(cluster_of.get(id.as_str()).copied());
        }
    }
    let sizes: Vec<f64> = clusters.iter().map(|c| c.len() as f64).collect();
    let sums: Vec<Sums> = families.values().map(|members| sums_of(members, &sizes)).collect();
    let figures = figures_of(sums.iter());
    let mut wrong_merges: Vec<WrongMerge> = clusters
        .iter()
        .enumerate()
        .filter_map(|(number, members)| {
            let mut firsts: BTreeMap<Option<&String>, &String> = BTreeMap::new();
            for id in members {
                firsts.entry(gold.get(id)).or_insert(id);
            }
            (firsts.len() > 1)
                .then(|| WrongMerge { cluster: number, members: firsts.into_values().cloned().collect() })
        })
        .collect();
    let merges: usize = wrong_merges.iter().map(|m| m.members.len() - 1).sum();
    wrong_merges.sort_by_key(|m| (usize::MAX - m.members.len(), m.cluster));
    GoldReport {
        documents: documents.len(),
        listed: families.values().map(Vec::len).sum(),
        families: families.len(),
        figures,
        ari: ari(&families),
        false_merges_per_1000: 1000.0 * merges as f64 / documents.len().max(1) as f64,
        intervals: intervals(&sums),
        wrong_merges,
    }
}

fn sums_of(members: &[Option<usize>], sizes: &[f64]) -> Sums {
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
        out.hits += k * (k - 1.0) / 2.0;
        // A wrong pair of two listed documents is seen from both families; each takes half of it. Pairs with an
        // unlisted document are seen once and are halved too: they are as often the other document's fault.
        out.clustered += k * (k - 1.0) / 2.0 + k * (size - k) / 2.0;
        out.precision += k * k / size;
        out.recall += k * k / n;
    }
    out
}

fn figures_of<'a>(sums: impl Iterator<Item = &'a Sums>) -> GoldFigures {
    let mut all = Sums::default();
    for s in sums {
        all.hits += s.hits;
        all.clustered += s.clustered;
        all.related += s.related;
        all.documents += s.documents;
        all.precision += s.precision;
        all.recall += s.recall;
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
    }
}

fn ari(families: &BTreeMap<&str, Vec<Option<usize>>>) -> f64 {
    let pairs = |n: f64| n * (n - 1.0) / 2.0;
    let mut clusters: BTreeMap<usize, f64> = BTreeMap::new();
    let (mut both, mut related, mut total) = (0.0, 0.0, 0.0);
    for members in families.values() {
        let mut own: BTreeMap<usize, f64> = BTreeMap::new();
        for cluster in members.iter().flatten() {
            *own.entry(*cluster).or_default() += 1.0;
            *clusters.entry(*cluster).or_default() += 1.0;
        }
        both += own.values().map(|&n| pairs(n)).sum::<f64>();
        related += pairs(members.len() as f64);
        total += members.len() as f64;
    }
    let clustered: f64 = clusters.values().map(|&n| pairs(n)).sum();
    let expected = related * clustered / pairs(total).max(1.0);
    let largest = f64::midpoint(related, clustered);
    if (largest - expected).abs() < 1e-12 { 1.0 } else { (both - expected) / (largest - expected) }
}

/// Percentiles of the figures over resampled families.
fn intervals(sums: &[Sums]) -> BTreeMap<&'static str, Interval> {
    type Part = fn(&GoldFigures) -> f64;
    let parts: [(&'static str, Part); 6] = [
        ("pair_precision", |f| f.pair_precision),
        ("pair_recall", |f| f.pair_recall),
        ("pair_f1", |f| f.pair_f1),
        ("bcubed_precision", |f| f.bcubed_precision),
        ("bcubed_recall", |f| f.bcubed_recall),
        ("bcubed_f1", |f| f.bcubed_f1),
    ];
    if sums.is_empty() {
        return BTreeMap::new();
    }
    let mut state = 0u64;
    let mut draw = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (crate::text::mix(state) % sums.len() as u64) as usize
    };
    let resamples: Vec<GoldFigures> = (0..RESAMPLES)
        .map(|_| {
            let chosen: Vec<usize> = (0..sums.len()).map(|_| draw()).collect();
            figures_of(chosen.iter().map(|&i| &sums[i]))
        })
        .collect();
    parts
        .into_iter()
        .map(|(name, part)| {
            let mut values: Vec<f64> = resamples.iter().map(part).collect();
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

    fn gold(families: &[(&str, &str)]) -> HashMap<String, String> {
        families
            .iter()
            .flat_map(|(family, members)| ids(members).into_iter().map(|m| (m, (*family).to_owned())))
            .collect()
    }

    #[test]
    fn perfect_clusters() {
        let gold = gold(&[("f", "a b c"), ("g", "d e")]);
        let report = gold_report(&[ids("a b c"), ids("d e")], &ids("a b c d e x y"), &gold);
        assert_eq!(report.figures.pair_f1, 1.0);
        assert_eq!(report.figures.bcubed_f1, 1.0);
        assert_eq!(report.ari, 1.0);
        assert_eq!(report.false_merges_per_1000, 0.0);
        assert_eq!((report.listed, report.families, report.documents), (5, 2, 7));
        assert_eq!(report.intervals["pair_f1"], Interval { low: 1.0, high: 1.0 });
    }

    #[test]
    fn one_weld() {
        let gold = gold(&[("f", "a b"), ("g", "c d")]);
        let report = gold_report(&[ids("a b c d")], &ids("a b c d"), &gold);
        assert!((report.figures.pair_precision - 2.0 / 6.0).abs() < 1e-12);
        assert_eq!(report.figures.pair_recall, 1.0);
        assert!((report.figures.bcubed_precision - 0.5).abs() < 1e-12);
        assert!((report.false_merges_per_1000 - 250.0).abs() < 1e-9);
        assert!(report.ari.abs() < 1e-9);
        assert_eq!(report.wrong_merges, [WrongMerge { cluster: 0, members: ids("a c") }]);
    }

    #[test]
    fn misses_cost_recall_only() {
        let gold = gold(&[("f", "a b c")]);
        let report = gold_report(&[ids("a b")], &ids("a b c"), &gold);
        assert_eq!(report.figures.pair_precision, 1.0);
        assert!((report.figures.pair_recall - 1.0 / 3.0).abs() < 1e-12);
        assert!((report.figures.bcubed_recall - (2.0 * 2.0 / 3.0 + 1.0 / 3.0) / 3.0).abs() < 1e-12);
    }

    #[test]
    fn unlisted_documents_count_against_listed_ones_only() {
        let gold = gold(&[("f", "a b")]);
        let clean = gold_report(&[ids("a b"), ids("x y")], &ids("a b x y"), &gold);
        assert_eq!(clean.figures.pair_precision, 1.0);
        assert_eq!(clean.false_merges_per_1000, 0.0);
        let welded = gold_report(&[ids("a b x")], &ids("a b x y"), &gold);
        assert!((welded.figures.pair_precision - 0.5).abs() < 1e-12);
        assert!((welded.false_merges_per_1000 - 250.0).abs() < 1e-9);
    }

    #[test]
    fn intervals_hold_the_figure() {
        let families: Vec<(String, String)> =
            (0..40).map(|i| (format!("f{i}"), format!("a{i} b{i}"))).collect();
        let gold: HashMap<String, String> = families
            .iter()
            .flat_map(|(family, members)| ids(members).into_iter().map(move |m| (m, family.clone())))
            .collect();
        let clusters: Vec<Vec<String>> = families.iter().take(30).map(|(_, members)| ids(members)).collect();
        let documents: Vec<String> = families.iter().flat_map(|(_, members)| ids(members)).collect();
        let report = gold_report(&clusters, &documents, &gold);
        let interval = report.intervals["pair_recall"];
        assert!((report.figures.pair_recall - 0.75).abs() < 1e-12);
        assert!(interval.low > 0.5 && interval.low < 0.75 && interval.high > 0.75 && interval.high < 0.95);
    }

    #[test]
    fn gold_files_are_read() {
        let read = |text| parse_gold(text, Path::new("g.tsv"));
        assert_eq!(read("id\tfamily\na\tf\nb\tf\n").unwrap().len(), 2);
        assert!(read("a\tf\na\tg\n").unwrap_err().to_string().contains("twice"));
        assert!(read("a f\n").is_err());
    }
}
