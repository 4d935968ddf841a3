//! Metrics of scored pairs: ranking, decisions at a threshold, calibration.

use serde::Serialize;

/// A labelled pair with its score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// The score, 0 to 1.
    pub score: f64,
    /// The label.
    pub same: bool,
}

/// Figures for a set of pairs. A figure that needs pairs of both labels is `None` if the set has only one.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Number of pairs.
    pub n: usize,
    /// Number of pairs labelled as one dispatch.
    pub positives: usize,
    /// Probability that a true pair scores higher than a false one; ties count half.
    pub auc: Option<f64>,
    /// Precision at the threshold; `None` if no pair reaches it.
    pub precision: Option<f64>,
    /// Recall at the threshold; `None` without true pairs.
    pub recall: Option<f64>,
    /// Harmonic mean of precision and recall at the threshold.
    pub f1: Option<f64>,
    /// The best F1 at any threshold.
    pub best_f1: Option<f64>,
    /// The highest recall at any threshold with a precision of at least 0.99.
    pub recall_at_precision_99: Option<f64>,
    /// Share of the pairs that are misclassified at the threshold.
    pub wrong: f64,
}

/// Computes all figures of a set of pairs at a threshold, in O(n log n).
pub fn figures(pairs: &[Judged], threshold: f64) -> Figures {
    let positives = pairs.iter().filter(|p| p.same).count();
    let called = pairs.iter().filter(|p| p.score >= threshold).count();
    let hits = pairs.iter().filter(|p| p.same && p.score >= threshold).count();
    let share = |part: usize, of: usize| (of > 0).then(|| part as f64 / of as f64);
    let both = positives > 0 && positives < pairs.len();
    Figures {
        n: pairs.len(),
        positives,
        auc: auc(pairs),
        precision: share(hits, called),
        recall: share(hits, positives),
        f1: share(2 * hits, called + positives).filter(|_| positives > 0),
        best_f1: best_f1(pairs).filter(|_| both),
        recall_at_precision_99: recall_at_precision(pairs, 0.99).filter(|_| both),
        wrong: share(positives + called - 2 * hits, pairs.len()).unwrap_or(0.0),
    }
}

/// Groups pairs of equal score, highest score first, and counts the true and false pairs of each group.
fn groups_by_score(pairs: &[Judged]) -> Vec<(usize, usize)> {
    let mut sorted = pairs.to_vec();
    sorted.sort_by(|x, y| y.score.total_cmp(&x.score));
    sorted
        .chunk_by(|x, y| x.score.total_cmp(&y.score).is_eq())
        .map(|group| {
            let positive = group.iter().filter(|p| p.same).count();
            (positive, group.len() - positive)
        })
        .collect()
}

/// Counts the true pairs and all pairs at or above each threshold, from the highest score down.
fn called(pairs: &[Judged]) -> impl Iterator<Item = (usize, usize)> {
    groups_by_score(pairs).into_iter().scan((0, 0), |(hits, called), (positive, negative)| {
        *hits += positive;
        *called += positive + negative;
        Some((*hits, *called))
    })
}

/// Computes the area under the ROC curve from ranks (Mann and Whitney 1947).
pub fn auc(pairs: &[Judged]) -> Option<f64> {
    let (mut wins, mut positives, mut negatives) = (0.0, 0.0, 0.0);
    for (positive, negative) in groups_by_score(pairs) {
        let (positive, negative) = (positive as f64, negative as f64);
        // The false pairs of this group are beaten by all true pairs before it, and tie with its own.
        wins += negative * (positives + positive / 2.0);
        positives += positive;
        negatives += negative;
    }
    (positives > 0.0 && negatives > 0.0).then(|| wins / (positives * negatives))
}

/// Returns the best F1 at any threshold.
pub fn best_f1(pairs: &[Judged]) -> Option<f64> {
    let positives = pairs.iter().filter(|p| p.same).count();
    let f1 = |(hits, called): (usize, usize)| 2.0 * hits as f64 / (called + positives) as f64;
    let best = called(pairs).map(f1).fold(0.0, f64::max);
    (positives > 0).then_some(best)
}

/// Returns the highest recall at any threshold with at least this `precision`; 0 if there is none.
pub fn recall_at_precision(pairs: &[Judged], precision: f64) -> Option<f64> {
    let positives = pairs.iter().filter(|p| p.same).count();
    let precise = |&(hits, called): &(usize, usize)| hits as f64 >= precision * called as f64;
    let best = called(pairs).filter(precise).map(|(hits, _)| hits).last().unwrap_or(0);
    (positives > 0).then(|| best as f64 / positives as f64)
}

/// Pairs whose scores are in one interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// Lower bound of the scores, inclusive.
    pub from: f64,
    /// Upper bound of the scores, exclusive except in the last bin.
    pub to: f64,
    /// Number of pairs.
    pub n: usize,
    /// Mean score of the pairs.
    pub mean_score: f64,
    /// Share of the pairs that are true. Equals the mean score if scores are calibrated.
    pub share_true: f64,
}

/// Returns the reliability table: bins of equal width, without empty ones.
pub fn reliability(pairs: &[Judged], bins: usize) -> Vec<Bin> {
    let bins = bins.max(1);
    let mut sums = vec![(0usize, 0.0f64, 0usize); bins];
    for pair in pairs {
        let at = ((pair.score * bins as f64) as usize).min(bins - 1);
        let sum = &mut sums[at];
        sum.0 += 1;
        sum.1 += pair.score;
        sum.2 += usize::from(pair.same);
    }
    let edge = |i: usize| i as f64 / bins as f64;
    sums.into_iter()
        .enumerate()
        .filter(|(_, (n, ..))| *n > 0)
        .map(|(i, (n, score, same))| Bin {
            from: edge(i),
            to: edge(i + 1),
            n,
            mean_score: score / n as f64,
            share_true: same as f64 / n as f64,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(pairs: &[(f64, bool)]) -> Vec<Judged> {
        pairs.iter().map(|&(score, same)| Judged { score, same }).collect()
    }

    #[test]
    fn ranking_figures_of_known_scores() {
        let pairs = judged(&[(0.9, true), (0.8, false), (0.7, true), (0.2, false)]);
        assert_eq!(auc(&pairs), Some(0.75));
        assert_eq!(best_f1(&pairs), Some(0.8));
        assert_eq!(recall_at_precision(&pairs, 0.99), Some(0.5));
        assert_eq!(auc(&judged(&[(0.5, true), (0.5, false)])), Some(0.5), "a tie is half");
        assert_eq!(recall_at_precision(&judged(&[(0.5, true), (0.5, false)]), 0.99), Some(0.0));
    }

    #[test]
    fn decision_figures_at_a_threshold() {
        let pairs = judged(&[(0.9, true), (0.5, false), (0.4, true), (0.1, false), (0.1, false)]);
        let f = figures(&pairs, 0.5);
        assert_eq!((f.n, f.positives), (5, 2));
        assert_eq!((f.precision, f.recall, f.f1), (Some(0.5), Some(0.5), Some(0.5)));
        assert!((f.wrong - 0.4).abs() < 1e-12);
    }

    #[test]
    fn figures_that_need_both_labels_are_none_for_one() {
        let f = figures(&judged(&[(0.9, false), (0.1, false)]), 0.5);
        assert_eq!((f.auc, f.recall, f.f1, f.best_f1), (None, None, None, None));
        assert_eq!(f.precision, Some(0.0));
        assert!((f.wrong - 0.5).abs() < 1e-12);
        assert_eq!(figures(&[], 0.5), Figures::default());
    }

    #[test]
    fn empty_reliability_bins_are_left_out() {
        let bins = reliability(&judged(&[(0.05, false), (0.95, true), (1.0, true), (0.92, false)]), 10);
        assert_eq!(bins.len(), 2);
        assert_eq!(bins[1].n, 3);
        assert!((bins[1].share_true - 2.0 / 3.0).abs() < 1e-12);
    }
}
