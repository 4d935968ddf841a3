//! Fits the scorer's model to labelled pairs, and measures it on families that it was not fitted on.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::augment::{REPRINT, Variant, variants};
use super::families::Families;
use super::fit::{Fitted, Row, fit};
use super::metrics::{Figures, Judged, figures};
use super::pairs::{
    Documents, LabelledPair, Measured, PairReport, Resolved, idf_of, measure_pair, pair_report, prepare,
    resolve,
};
use wirecopy_core::classify::Prepared;
use wirecopy_core::config::MatchConfig;
use wirecopy_core::score::{
    FORMAT, Feature, Features, Idf, Kind, Model, ModelFile, Sense, Weight, WeightsFile,
};
use wirecopy_core::{Error, Result, Similarity};

/// Options of the fit.
#[derive(Clone, Debug, PartialEq)]
pub struct CalibrationOptions {
    /// Number of cross-validation folds. Each is measured with a model fitted on the others. Families are not split.
    pub folds: usize,
    /// Penalty of a squared weight, in samples.
    pub ridge: f64,
    /// Weight of a false pair, relative to a true one. False pairs dominate the candidates of a run.
    pub negative_weight: f64,
    /// Weight of a false pair with passages in common. Of such pairs, more are true.
    pub passages_negative_weight: f64,
    /// Weight of a false pair with passages in common whose documents were published near each other.
    pub near_negative_weight: f64,
    /// Weight of a perturbed false pair, which is less frequent in a run than an unaltered one.
    pub variant_negative_weight: f64,
    /// Number of variants per pair with one side perturbed, in addition to those with boilerplate on both sides.
    pub variants: usize,
    /// Names or prefixes of the sets of reprints and versions. Their pairs with passages in common are not used to fit the
    /// weights for pairs without.
    pub reuse_sets: Vec<String>,
    /// Maximum number of errors to list.
    pub errors: usize,
}

impl Default for CalibrationOptions {
    fn default() -> Self {
        Self {
            folds: 2,
            ridge: 1.0,
            negative_weight: 5.0,
            passages_negative_weight: 3.0,
            near_negative_weight: 3.0,
            variant_negative_weight: 1.5,
            variants: 12,
            reuse_sets: Vec::new(),
            errors: 20,
        }
    }
}

/// Figures by kind of variant.
pub type SetFigures = BTreeMap<String, Figures>;

/// A fitted model, and its cross-validated figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// The model, fitted on all families; its `fitted_on` holds the main figures.
    pub model: ModelFile,
    /// Cross-validated figures, with term weights from all documents.
    pub report: PairReport,
    /// Cross-validated figures for each pair on its own, with term weights from the background table only.
    pub alone: PairReport,
    /// Cross-validated figures by perturbation.
    pub perturbed: SetFigures,
}

struct Sample {
    measured: Measured,
    settled: bool,
    same: bool,
    /// Whether it belongs to a set of reprints and versions.
    reuse: bool,
    weight: f64,
    /// Folds of both documents.
    folds: (usize, usize),
}

/// Total weight of all variants of a pair, in samples.
const VARIANTS_WEIGHT: f64 = 2.25;
/// Minimum number of pairs of each label.
const MIN_PAIRS: usize = 20;

/// Weight of a copy of a pair with other dates: without dates if it has them, with equal dates if it has none.
const OTHER_DATES_WEIGHT: f64 = 0.5;

/// Weight of a pair of one source, relative to its own, in the fit for several sources. Labelled pairs of one archive are many, those of
/// web pages few. Without the former the weights depend too much on single pages; at full weight they become those of the archive.
/// If there are fewer than [`MIN_PAIRS`] of several sources of either label, all count in full.
const ONE_SOURCE_SHARE: f64 = 0.1;

/// Fits a model to labelled pairs and their perturbed variants, and measures it on families that it was not fitted on.
///
/// A pair whose documents are in different folds is measured, but not used to fit the model of either fold. Pairs decided by
/// words, shingles and dates count in the figures, but not in the fit. Every pair with dates is also used without them, and
/// every pair without dates with equal ones, so that the model learns what a missing date means. The result does not depend
/// on the number of threads.
///
/// # Errors
/// Returns [`Error::Pairs`] if a document is missing, or if there are fewer than 20 pairs of either label.
pub fn calibrate(
    pairs: &[LabelledPair],
    documents: &Documents,
    config: &MatchConfig,
    options: &CalibrationOptions,
) -> Result<Calibration> {
    let positives = pairs.iter().filter(|p| p.same).count();
    if positives < MIN_PAIRS || pairs.len() - positives < MIN_PAIRS {
        return Err(Error::Pairs(format!(
            "a model needs at least {MIN_PAIRS} true and {MIN_PAIRS} false pairs, found {positives} and {}",
            pairs.len() - positives
        )));
    }
    let resolved = resolve(pairs, documents)?;
    let families = Families::new(pairs);
    let folds = options.folds.max(2);
    let fitting = Fitting { pairs, resolved: &resolved, families: &families, folds, config, options };
    let weights = [idf_of(documents, config), Idf::background()];
    let derived = variants(pairs, &resolved.pairs, &resolved.documents, &families, options.variants);
    let (mut samples, mut others) = (Vec::new(), Vec::new());
    for idf in &weights {
        fitting.measure(idf, &mut samples, &mut others)?;
    }
    for idf in &weights {
        fitting.measure_variants(&derived, idf, &mut samples)?;
    }
    samples.append(&mut others);
    let parts = Kind::ALL.map(|kind| Part::fit(&samples, kind, folds, options.ridge));
    let judge = |s: &Sample| -> f64 {
        let scored = s
            .measured
            .features
            .as_ref()
            .map_or(0.0, |features| parts[features.kind() as usize].score(features, s.folds.0));
        s.measured.decided(Similarity::clamped(scored), config).score.get()
    };
    let scores: Vec<f64> = samples.iter().map(judge).collect();
    let threshold = config.strictness.threshold();
    let report_of = |scores: &[f64]| pair_report(pairs, scores, documents, threshold, options.errors);
    let report = report_of(&scores[..pairs.len()]);
    let alone = report_of(&scores[pairs.len()..2 * pairs.len()]);
    let mut kinds: BTreeMap<String, Vec<Judged>> = BTreeMap::new();
    for (variant, (score, sample)) in
        derived.iter().zip(scores[2 * pairs.len()..].iter().zip(&samples[2 * pairs.len()..]))
    {
        let judged = Judged { score: *score, same: sample.same };
        kinds.entry(variant.name.clone()).or_default().push(judged);
    }
    let perturbed: SetFigures =
        kinds.into_iter().map(|(name, own)| (name, figures(&own, threshold))).collect();
    let fitted_on = serde_json::json!({
        "documents": resolved.documents.len(),
        "pairs": pairs.len(),
        "true_pairs": positives,
        "variants": derived.len(),
        "folds": folds,
        "ridge": options.ridge,
        "negative_weight": options.negative_weight,
        "passages_negative_weight": options.passages_negative_weight,
        "near_negative_weight": options.near_negative_weight,
        "variant_negative_weight": options.variant_negative_weight,
        "threshold": threshold,
        "cross_validated": &report.overall,
        "cross_validated_alone": &alone.overall,
    });
    let [without_passages, with_passages, with_passages_near, with_passages_one_source] =
        parts.map(|part| part.file());
    let model = ModelFile {
        format: FORMAT,
        fitted_on,
        without_passages,
        with_passages,
        with_passages_near,
        with_passages_one_source,
    };
    Model::from_file(&model)?;
    Ok(Calibration { model, report, alone, perturbed })
}

/// The data from which samples are measured.
struct Fitting<'a> {
    pairs: &'a [LabelledPair],
    resolved: &'a Resolved<'a>,
    families: &'a Families,
    folds: usize,
    config: &'a MatchConfig,
    options: &'a CalibrationOptions,
}

impl Fitting<'_> {
    /// Measures the pairs unaltered, and with other dates.
    fn measure(&self, idf: &Idf, samples: &mut Vec<Sample>, others: &mut Vec<Sample>) -> Result<()> {
        let ready = prepare(&self.resolved.documents, self.config, idf);
        let dates: Vec<Option<i64>> =
            ready.iter().map(|ready| ready.published.filter(|_| !self.config.ignore_dates)).collect();
        let model = Model::shipped()?;
        let prepared = Prepared::new(ready, self.config, &model);
        let measure = |prepared: &Prepared<'_>| -> Vec<Measured> {
            let pairs = self.resolved.pairs.par_iter();
            pairs.map_init(|| prepared.examiner(), |examiner, &(a, b)| measure_pair(examiner, a, b)).collect()
        };
        let unaltered = measure(&prepared);
        let prepared = prepared.published(vec![None; dates.len()]);
        let without_dates = measure(&prepared);
        let one_day = measure(&prepared.published(vec![Some(0); dates.len()]));
        let measured = unaltered.into_iter().zip(without_dates.into_iter().zip(one_day));
        for ((pair, &(a, b)), (own, (without_dates, one_day))) in
            self.pairs.iter().zip(&self.resolved.pairs).zip(measured)
        {
            samples.push(self.sample(&own, pair, pair.same, self.weight(pair.same, &own, false)));
            let dated = dates[a].is_some() && dates[b].is_some();
            let other = if dated { without_dates } else { one_day };
            let weight = OTHER_DATES_WEIGHT * self.weight(pair.same, &other, false);
            others.push(self.sample(&other, pair, pair.same, weight));
        }
        Ok(())
    }

    /// Measures perturbed pairs, with a lower weight than real ones.
    fn measure_variants(&self, derived: &[Variant], idf: &Idf, samples: &mut Vec<Sample>) -> Result<()> {
        let share = VARIANTS_WEIGHT / (self.options.variants.max(1) as f64 + 0.75);
        let model = Model::shipped()?;
        let measured: Vec<Measured> = derived
            .par_iter()
            .map(|variant| {
                let ready = prepare(&[&variant.a, &variant.b], self.config, idf);
                measure_pair(&mut Prepared::new(ready, self.config, &model).examiner(), 0, 1)
            })
            .collect();
        for (variant, measured) in derived.iter().zip(measured) {
            let weight = share * self.weight(variant.same, &measured, true);
            let mut sample = self.sample(&measured, &self.pairs[variant.pair], variant.same, weight);
            if variant.name == REPRINT {
                sample.folds.1 = sample.folds.0;
            }
            samples.push(sample);
        }
        Ok(())
    }

    fn folds_of(&self, pair: &LabelledPair) -> (usize, usize) {
        (self.families.fold(&pair.a, self.folds), self.families.fold(&pair.b, self.folds))
    }

    fn weight(&self, same: bool, measured: &Measured, perturbed: bool) -> f64 {
        let kind = measured.features.map_or(Kind::WithoutPassages, |features| features.kind());
        match (same, perturbed, kind) {
            (true, ..) => 1.0,
            (false, true, _) => self.options.variant_negative_weight,
            (false, false, Kind::WithoutPassages) => self.options.negative_weight,
            (false, false, Kind::WithPassages) => self.options.passages_negative_weight,
            (false, false, Kind::WithPassagesNear | Kind::OneSource) => self.options.near_negative_weight,
        }
    }

    fn sample(&self, measured: &Measured, pair: &LabelledPair, same: bool, weight: f64) -> Sample {
        let settled = measured.settled(self.config);
        let reuse = self.options.reuse_sets.iter().any(|set| pair.set.starts_with(set.as_str()));
        let folds = self.folds_of(pair);
        // Each pair is used twice, once with each weighting of terms.
        Sample { measured: *measured, settled, same, reuse, weight: weight / 2.0, folds }
    }
}

/// Returns the share of its weight with which a sample of the kind `of` is used to fit the weights for `kind`.
///
/// The weights for pairs without common passages also use pairs with passages, because many rewrites have some, but not those from
/// sets of reprints.
fn share(sample: &Sample, of: Kind, kind: Kind) -> f64 {
    match (of, kind) {
        _ if of == kind => 1.0,
        (_, Kind::WithoutPassages) if !sample.reuse => 1.0,
        (Kind::OneSource, Kind::WithPassagesNear) => ONE_SOURCE_SHARE,
        _ => 0.0,
    }
}

/// The weights for one kind of pairs: fitted without each fold, fitted on all samples, and calibrated.
struct Part {
    /// Models by the fold that was left out.
    models: Vec<Fitted>,
    all: Fitted,
    slope: f64,
    offset: f64,
}

impl Part {
    /// Fits the weights for one kind of pairs.
    fn fit(samples: &[Sample], kind: Kind, folds: usize, ridge: f64) -> Self {
        let with_features = samples
            .iter()
            .filter(|sample| !sample.settled)
            .filter_map(|sample| Some((sample, sample.measured.features.as_ref()?)));
        let used_by = |share: &dyn Fn(&Sample, Kind) -> f64| -> Vec<(&Sample, &Features, f64)> {
            let shares = with_features.clone().map(|(sample, features)| {
                let share = share(sample, features.kind());
                (sample, features, share)
            });
            shares.filter(|&(.., share)| share > 0.0).collect()
        };
        let mut used = used_by(&|sample, of| share(sample, of, kind));
        let own = used.iter().filter(|(_, features, _)| features.kind() == kind);
        let count = |same: bool| own.clone().filter(|(sample, ..)| sample.same == same).count();
        // Labels of one archive, or only of reprints between outlets, have few pairs of the other kind.
        let replaced = kind.is_near() && count(true).min(count(false)) < MIN_PAIRS;
        if replaced {
            used = used_by(&|_, of| f64::from(u8::from(of.is_near())));
        }
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
        let own: Vec<(&Sample, &Features)> = used
            .iter()
            .filter(|(_, features, _)| replaced || features.kind() == kind)
            .map(|&(sample, features, _)| (sample, features))
            .collect();
        let (slope, offset) = platt(&own, &models);
        Self { models, all: fit_without(None), slope, offset }
    }

    /// Returns the probability of one dispatch for a pair of one fold, with the weights fitted on the others.
    fn score(&self, features: &Features, fold: usize) -> f64 {
        wirecopy_core::score::logistic(
            self.slope * self.models[fold].log_odds(features.values()) + self.offset,
        )
    }

    fn file(&self) -> WeightsFile {
        weights_file(&self.all, self.slope, self.offset)
    }
}

/// Calibrates the scores of samples that each fold's weights were not fitted on (Platt 1999).
fn platt(samples: &[(&Sample, &Features)], models: &[Fitted]) -> (f64, f64) {
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
    use wirecopy_core::{Document, Metadata};

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
}
