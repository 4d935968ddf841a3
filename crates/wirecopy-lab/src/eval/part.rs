//! Fits the weights for one kind of pairs to measured samples, and calibrates them.

use std::collections::HashSet;
use std::hash::Hash;

use super::fit::{Fitted, Row, fit};
use super::pairs::Measured;
use wirecopy_core::score::{Feature, Features, Kind, Sense, Weight, WeightsFile};

/// A labelled pair, or a variant of one, measured.
pub(super) struct Sample {
    /// The documents of the labelled pair that it is, or comes from.
    pub pair: (usize, usize),
    /// Whether it is the pair itself, unaltered and with its dates.
    pub unaltered: bool,
    pub measured: Measured,
    pub settled: bool,
    pub same: bool,
    /// Whether it belongs to a set of reprints and versions.
    pub reuse: bool,
    pub weight: f64,
    /// Folds of both documents.
    pub folds: (usize, usize),
}

/// Minimum number of pairs of each label.
pub(super) const MIN_PAIRS: usize = 20;
/// Weight of a pair of one source, relative to its own, in the fit for several sources. Labelled pairs of one archive are many, those of
/// web pages few. Without the former the weights depend too much on single pages; at full weight they become those of the archive.
/// If there are fewer than [`MIN_PAIRS`] of several sources with either label, all count in full.
const ONE_SOURCE_SHARE: f64 = 0.1;

/// Number of groups of samples, from those that are best for a kind of pairs to all.
const GROUPS: usize = 4;

/// Returns the share of its weight with which a sample of the kind `of` is used to fit the weights for `kind` on a group of samples.
///
/// The weights for pairs without common passages also use pairs with passages, because many rewrites have some, but not those from
/// sets of reprints.
fn share(sample: &Sample, of: Kind, kind: Kind, group: usize) -> f64 {
    let (own, passages) = (of == kind, |kind| kind != Kind::WithoutPassages);
    let in_full = match group {
        0 => own || !passages(kind) && !sample.reuse,
        1 => kind.is_near() && of.is_near(),
        2 => passages(kind) && passages(of),
        _ => true,
    };
    if group == 0 && (of, kind) == (Kind::OneSource, Kind::WithPassagesNear) {
        ONE_SOURCE_SHARE
    } else {
        f64::from(u8::from(in_full))
    }
}

/// A sample, its features, and the share of its weight with which it is used.
type Taught<'s> = (&'s Sample, &'s Features, f64);

/// A sample by which weights are calibrated, and its features.
type Own<'s> = (&'s Sample, &'s Features);

/// Counts the different pairs, whichever of the two comes first.
pub(super) fn different<T: Ord + Hash>(pairs: impl Iterator<Item = (T, T)>) -> usize {
    pairs.map(|(a, b)| if a <= b { (a, b) } else { (b, a) }).collect::<HashSet<_>>().len()
}

/// Returns whether there are enough labelled pairs of both labels among some samples. Variants do not count.
fn has_enough(samples: &[Own<'_>]) -> bool {
    let pairs = |same: bool| {
        let labelled = samples.iter().filter(|(sample, _)| sample.unaltered && sample.same == same);
        different(labelled.map(|(sample, _)| sample.pair))
    };
    pairs(true).min(pairs(false)) >= MIN_PAIRS
}

/// The weights for one kind of pairs: fitted without each fold, fitted on all samples, and calibrated.
pub(super) struct Part {
    /// Models by the fold that was left out.
    models: Vec<Fitted>,
    all: Fitted,
    slope: f64,
    offset: f64,
}

impl Part {
    /// Fits the weights for one kind of pairs.
    pub(super) fn fit(samples: &[Sample], kind: Kind, folds: usize, ridge: f64) -> Self {
        let (used, own) = Self::taught_by(samples, kind);
        // Features of passages are always 0 for pairs without passages.
        let mask = |f: &Feature| {
            if kind == Kind::WithoutPassages && f.is_of_passages() { Sense::None } else { f.sense() }
        };
        let senses: Vec<Sense> = Feature::ALL.iter().map(mask).collect();
        let fit_without = |fold: Option<usize>| {
            let rows: Vec<Row<'_>> = used
                .iter()
                .filter(|(s, ..)| fold.is_none_or(|fold| s.folds.0 != fold && s.folds.1 != fold))
                .map(|(s, features, share)| Row {
                    values: features.values(),
                    same: s.same,
                    weight: share * s.weight,
                })
                .collect();
            fit(&rows, &senses, ridge)
        };
        let models: Vec<Fitted> = (0..folds).map(|fold| fit_without(Some(fold))).collect();
        let (slope, offset) = platt(&own, &models);
        Self { models, all: fit_without(None), slope, offset }
    }

    /// Returns the samples that are used to fit the weights for one kind of pairs, with the shares of their weights, and those by which
    /// the weights are calibrated: those of this kind if there are enough, or else the narrowest group of which there are, or all. Labels
    /// of one archive, or only of reprints between outlets, have few pairs of some kinds. Weights for pairs without passages are
    /// calibrated by all samples that they are fitted on before these are replaced.
    fn taught_by(samples: &[Sample], kind: Kind) -> (Vec<Taught<'_>>, Vec<Own<'_>>) {
        let mut all = (Vec::new(), Vec::new());
        for group in 0..GROUPS {
            let used: Vec<Taught<'_>> = samples
                .iter()
                .filter(|sample| !sample.settled)
                .filter_map(|sample| Some((sample, sample.measured.features.as_ref()?)))
                .map(|(sample, features)| (sample, features, share(sample, features.kind(), kind, group)))
                .filter(|&(.., share)| share > 0.0)
                .collect();
            let those = |is_wanted: &dyn Fn(&Features) -> bool| -> Vec<Own<'_>> {
                let used = used.iter().map(|&(sample, features, _)| (sample, features));
                used.filter(|(_, features)| is_wanted(features)).collect()
            };
            let own = those(&|features| group > 0 || features.kind() == kind);
            if has_enough(&own) {
                return (used, own);
            }
            let everyone = those(&|_| true);
            all = (used, everyone);
            if kind == Kind::WithoutPassages && has_enough(&all.1) {
                break;
            }
        }
        all
    }

    /// Returns the probability of one dispatch for a pair of one fold, with the weights fitted on the others.
    pub(super) fn score(&self, features: &Features, fold: usize) -> f64 {
        wirecopy_core::score::logistic(
            self.slope * self.models[fold].log_odds(features.values()) + self.offset,
        )
    }

    pub(super) fn file(&self) -> WeightsFile {
        weights_file(&self.all, self.slope, self.offset)
    }
}

/// Calibrates the scores of samples that each fold's weights were not fitted on (Platt 1999).
fn platt(samples: &[Own<'_>], models: &[Fitted]) -> (f64, f64) {
    let odds: Vec<[f64; 1]> =
        samples.iter().map(|(s, features)| [models[s.folds.0].log_odds(features.values())]).collect();
    let rows: Vec<Row<'_>> = odds
        .iter()
        .zip(samples)
        .map(|(value, (s, _))| Row { values: value, same: s.same, weight: s.weight })
        .collect();
    let line = fit(&rows, &[Sense::For], 0.0);
    let slope = (line.weights[0] / line.deviations[0]).max(0.05);
    (slope, line.intercept - slope * line.means[0])
}

fn weights_file(fitted: &Fitted, slope: f64, offset: f64) -> WeightsFile {
    let round = |x: f64| (x * 1e5).round() / 1e5;
    let weights = Feature::ALL
        .iter()
        .enumerate()
        .map(|(j, feature)| Weight {
            feature: feature.name().to_owned(),
            weight: round(fitted.weights[j]),
            mean: round(fitted.means[j]),
            deviation: round(fitted.deviations[j]).max(1e-5),
        })
        .filter(|w| w.weight != 0.0)
        .collect();
    WeightsFile { intercept: round(fitted.intercept), slope: round(slope), offset: round(offset), weights }
}

#[cfg(test)]
mod tests {
    use wirecopy_core::classify::Prepared;
    use wirecopy_core::config::MatchConfig;
    use wirecopy_core::score::{Idf, Model};
    use wirecopy_core::{Document, Metadata};

    use super::super::pairs::{measure_pair, prepare};
    use super::*;

    /// Measures two invented reports of two outlets, or of one, that share sentences; `alike` also in their openings and headlines.
    fn measured(source: &str, alike: bool) -> Measured {
        let shared: String = (0..30)
            .map(|at| format!("Berth {at} of Velmark stays shut until the divers have checked its piles. "))
            .collect();
        let document = |source: &str, title: &str, opening: &str| Document {
            text: format!("{opening}\n{shared}"),
            meta: Metadata {
                title: Some(title.to_owned()),
                source: Some(source.to_owned()),
                published: Some("2024-03-04".to_owned()),
                ..Metadata::default()
            },
            ..Document::default()
        };
        let x = document("Herald", "Velmark port shuts", "The port of Velmark shut on Monday after a storm.");
        let y = if alike {
            document(
                source,
                "Velmark port shuts again",
                "The port of Velmark shut on Monday after a great storm.",
            )
        } else {
            document(
                source,
                "Fishermen sue",
                "Okoro and nine other fishermen sued the harbour over its berths.",
            )
        };
        let config = MatchConfig::default();
        let model = Model::shipped().unwrap();
        let ready = prepare(&[&x, &y], &config, &Idf::background());
        measure_pair(&mut Prepared::new(ready, &config, &model).examiner(), 0, 1)
    }

    /// Makes forty samples of a pair, in four folds.
    fn samples(measured: &Measured, same: bool) -> impl Iterator<Item = Sample> {
        (0..40).map(move |at| Sample {
            pair: (at, at),
            unaltered: true,
            measured: *measured,
            settled: false,
            same,
            reuse: true,
            weight: 1.0,
            folds: (at % 4, at % 4),
        })
    }

    #[test]
    fn pairs_of_one_source_count_little_for_several_sources() {
        let [near, near_other] = [true, false].map(|alike| measured("Courier", alike));
        let [one, one_other] = [true, false].map(|alike| measured("Herald", alike));
        let kind = |measured: &Measured| measured.features.map(|features| features.kind());
        assert_eq!([&near, &near_other].map(kind), [Some(Kind::WithPassagesNear); 2]);
        assert_eq!([&one, &one_other].map(kind), [Some(Kind::OneSource); 2]);
        let difference = |samples: &[Sample]| {
            let part = Part::fit(samples, Kind::WithPassagesNear, 4, 1.0);
            let odds = |measured: &Measured| part.all.log_odds(measured.features.unwrap().values());
            odds(&near) - odds(&near_other)
        };
        let mut all: Vec<Sample> = samples(&near, true).chain(samples(&near_other, false)).collect();
        let alone = difference(&all);
        // As many pairs of one source say the opposite.
        all.extend(samples(&one, false).chain(samples(&one_other, true)));
        let with_one_source = difference(&all);
        assert!(
            alone > 2.0 && with_one_source > 1.0 && with_one_source < 0.9 * alone,
            "{alone} {with_one_source}"
        );
    }

    #[test]
    fn few_pairs_of_several_sources_count_like_those_of_one() {
        let [near, near_other] = [true, false].map(|alike| measured("Courier", alike));
        let [one, one_other] = [true, false].map(|alike| measured("Herald", alike));
        let few = samples(&near, true).take(10).chain(samples(&near_other, false).take(10));
        let all: Vec<Sample> = few.chain(samples(&one, true)).chain(samples(&one_other, false)).collect();
        let rows: Vec<Row<'_>> = all
            .iter()
            .map(|sample| Row {
                values: sample.measured.features.as_ref().unwrap().values(),
                same: sample.same,
                weight: sample.weight,
            })
            .collect();
        let senses: Vec<Sense> = Feature::ALL.iter().map(|feature| feature.sense()).collect();
        let part = Part::fit(&all, Kind::WithPassagesNear, 4, 1.0);
        assert_eq!(part.all.weights, fit(&rows, &senses, 1.0).weights);
    }

    #[test]
    fn variants_of_few_pairs_are_not_enough() {
        let near = measured("Courier", true);
        let [one, one_other] = [true, false].map(|alike| measured("Herald", alike));
        let of_one_pair = |same| {
            let of = |at: usize, sample| Sample { pair: (at % 2, 1 - at % 2), unaltered: at < 2, ..sample };
            samples(&near, same).enumerate().map(move |(at, sample)| of(at, sample))
        };
        let both: Vec<Sample> = samples(&one, true).chain(samples(&one_other, false)).collect();
        let all: Vec<Sample> = both.into_iter().chain(of_one_pair(true)).chain(of_one_pair(false)).collect();
        // The weights for several sources are calibrated by the pairs of one, too, and so tell such pairs apart.
        let part = Part::fit(&all, Kind::WithPassagesNear, 4, 1.0);
        let score = |measured: &Measured| part.score(measured.features.as_ref().unwrap(), 0);
        assert!(score(&one) > 0.9 && score(&one_other) < 0.1, "{} {}", score(&one), score(&one_other));
    }

    #[test]
    fn kind_with_one_label_is_fitted_on_more() {
        let [near, near_other] = [true, false].map(|alike| measured("Courier", alike));
        let [one, one_other] = [true, false].map(|alike| measured("Herald", alike));
        let all: Vec<Sample> = [
            samples(&near, true),
            samples(&near_other, true),
            samples(&one, true),
            samples(&one_other, false),
        ]
        .into_iter()
        .flatten()
        .collect();
        for kind in [Kind::WithoutPassages, Kind::WithPassages, Kind::WithPassagesNear] {
            let part = Part::fit(&all, kind, 4, 1.0);
            assert!(part.slope > 0.1, "{kind:?} {}", part.slope);
        }
        let more = Part::fit(&all, Kind::WithPassages, 4, 1.0);
        assert!(
            more.all.log_odds(one.features.unwrap().values())
                > more.all.log_odds(one_other.features.unwrap().values())
        );
    }

    #[test]
    fn weights_without_passages_use_passages_that_are_no_reprints() {
        let [near, near_other] = [true, false].map(|alike| measured("Courier", alike));
        let fresh =
            samples(&near, true).chain(samples(&near_other, false)).map(|s| Sample { reuse: false, ..s });
        let opposite = samples(&near, false).chain(samples(&near_other, true));
        let all: Vec<Sample> = fresh.chain(opposite).collect();
        let part = Part::fit(&all, Kind::WithoutPassages, 4, 1.0);
        let score = |measured: &Measured| part.score(measured.features.as_ref().unwrap(), 0);
        assert!(score(&near) > 0.9 && score(&near_other) < 0.1, "{} {}", score(&near), score(&near_other));
    }
}
