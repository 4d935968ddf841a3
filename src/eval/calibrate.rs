//! Fitting the scorer's model on labelled pairs, and saying how well it does on families it was not fitted on.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::augment::{REPRINT, Variant, variants};
use super::families::Families;
use super::fit::{Fitted, Row, fit};
use super::metrics::{Figures, Judged, figures};
use super::pairs::{LabelledPair, Measured, PairReport, Prepared, Texts, idf_of, pair_report, resolve};
use crate::config::MatchConfig;
use crate::verify::{FORMAT, Feature, Idf, Model, ModelFile, Sense, Weight};
use crate::{Error, Result};

/// How a model is fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CalibrationOptions {
    /// Parts that the families are split into; each is judged by a model fitted on the others. 2 is one half
    /// against the other, both ways.
    pub folds: usize,
    /// What a squared weight costs, in samples.
    pub ridge: f64,
    /// How many true pairs a false one counts for: among candidates of a run false ones are many.
    pub negative_weight: f64,
    /// The same for perturbed variants: a template that was cut or misread as well is rarer than either.
    pub variant_negative_weight: f64,
    /// Perturbed variants of each pair that are fitted on as well, besides the furnished ones.
    pub variants: usize,
    /// Errors listed.
    pub errors: usize,
}

impl Default for CalibrationOptions {
    fn default() -> Self {
        Self {
            folds: 2,
            ridge: 1.0,
            negative_weight: 5.0,
            variant_negative_weight: 1.5,
            variants: 12,
            errors: 20,
        }
    }
}

/// Figures over the variants of one kind.
pub type SetFigures = BTreeMap<String, Figures>;

/// A fitted model, and its cross-validated figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// The model, fitted on all families; its `fitted_on` holds the main figures.
    pub model: ModelFile,
    /// Cross-validated, with the documents as the folder.
    pub report: PairReport,
    /// Cross-validated, each pair alone: weights from the background table only.
    pub alone: PairReport,
    /// Cross-validated, by perturbation, over true and false pairs.
    pub perturbed: SetFigures,
}

struct Sample {
    measured: Measured,
    settled: bool,
    same: bool,
    weight: f64,
    /// Folds of both documents.
    folds: (usize, usize),
}

/// What all variants of a pair of which one side was altered or furnished count for together, in samples.
const VARIANTS_WEIGHT: f64 = 2.25;
/// Fewest pairs of each label that a model is fitted on.
const FEWEST: usize = 20;

/// Fits a model on labelled pairs and their perturbed variants, and judges it by families it has not seen.
///
/// Pairs whose documents lie in different folds are judged but not fitted on. Copies and excerpts are settled before
/// the scorer is asked, so they count in the figures and not in the fit. Deterministic, whatever the threads.
///
/// # Errors
/// [`Error::Pairs`] for a missing document, or fewer than 20 pairs of either label.
pub fn calibrate(
    pairs: &[LabelledPair],
    texts: &Texts,
    config: &MatchConfig,
    options: &CalibrationOptions,
) -> Result<Calibration> {
    let positives = pairs.iter().filter(|p| p.same).count();
    if positives < FEWEST || pairs.len() - positives < FEWEST {
        return Err(Error::Pairs(format!(
            "{positives} true and {} false pairs; a model needs {FEWEST} of each",
            pairs.len() - positives
        )));
    }
    let resolved = resolve(pairs, texts)?;
    let folds = options.folds.max(2);
    let families = Families::new(pairs);
    let fold_of: Vec<(usize, usize)> =
        pairs.iter().map(|p| (families.fold(&p.a, folds), families.fold(&p.b, folds))).collect();
    let folder = idf_of(&resolved.texts, config);
    let background = Idf::background();
    let derived = variants(pairs, &resolved.pairs, &resolved.texts, &families, options.variants);
    let mut samples: Vec<Sample> = Vec::new();
    for idf in [&folder, &background] {
        let prepared = Prepared::new(&resolved.texts, config, idf);
        let measured: Vec<Measured> = resolved
            .pairs
            .par_iter()
            .map_init(|| prepared.worker(), |worker, &(a, b)| worker.measure(a, b))
            .collect();
        for ((pair, measured), &folds) in pairs.iter().zip(measured).zip(&fold_of) {
            let weight = if pair.same { 1.0 } else { options.negative_weight };
            samples.push(sample(measured, pair.same, weight, folds));
        }
    }
    // A perturbed pair counts less than a real one.
    let share = VARIANTS_WEIGHT / (options.variants.max(1) as f64 + 0.75);
    for idf in [&folder, &background] {
        for (variant, measured) in derived.iter().zip(measure_variants(&derived, config, idf)) {
            let folds = fold_of[variant.pair];
            let folds = if variant.name == REPRINT { (folds.0, folds.0) } else { folds };
            let weight = if variant.same { share } else { share * options.variant_negative_weight };
            samples.push(sample(measured, variant.same, weight, folds));
        }
    }
    let senses: Vec<Sense> = Feature::ALL.iter().map(|f| f.sense()).collect();
    let fit_without = |fold: Option<usize>| fit_samples(&samples, &senses, fold, options.ridge);
    let models: Vec<Fitted> = (0..folds).map(|fold| fit_without(Some(fold))).collect();
    // Calibrated on what the fold's model has not seen (Platt 1999).
    let (slope, offset) = platt(&samples, &models);
    let judge = |s: &Sample| -> f64 {
        let scored = s.measured.features.as_ref().map_or(0.0, |f| {
            crate::verify::logistic(slope * models[s.folds.0].log_odds(f.values()) + offset)
        });
        s.measured.decided(scored)
    };
    let scores: Vec<f64> = samples.iter().map(judge).collect();
    let report_of =
        |scores: &[f64]| pair_report(pairs, scores, texts, config.strictness.threshold(), options.errors);
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
        kinds.into_iter().map(|(name, own)| (name, figures(&own, config.strictness.threshold()))).collect();
    let fitted = fit_without(None);
    let fitted_on = serde_json::json!({
        "documents": resolved.texts.len(),
        "pairs": pairs.len(),
        "true_pairs": positives,
        "variants": derived.len(),
        "folds": folds,
        "ridge": options.ridge,
        "negative_weight": options.negative_weight,
        "variant_negative_weight": options.variant_negative_weight,
        "threshold": config.strictness.threshold(),
        "cross_validated": &report.overall,
        "cross_validated_alone": &alone.overall,
    });
    let model = model_file(&fitted, slope, offset, fitted_on);
    Model::from_file(&model)?;
    Ok(Calibration { model, report, alone, perturbed })
}

fn sample(measured: Measured, same: bool, weight: f64, folds: (usize, usize)) -> Sample {
    let settled = measured.settled();
    // Each pair enters twice, with either weighting.
    Sample { measured, settled, same, weight: weight / 2.0, folds }
}

fn measure_variants(derived: &[Variant], config: &MatchConfig, idf: &Idf) -> Vec<Measured> {
    derived
        .par_iter()
        .map(|variant| Prepared::new(&[&variant.a, &variant.b], config, idf).worker().measure(0, 1))
        .collect()
}

/// Fits on all samples that the scorer is asked about, save those that touch a fold.
fn fit_samples(samples: &[Sample], senses: &[Sense], without: Option<usize>, ridge: f64) -> Fitted {
    let rows: Vec<Row<'_>> = samples
        .iter()
        .filter(|s| !s.settled && without.is_none_or(|fold| s.folds.0 != fold && s.folds.1 != fold))
        .filter_map(|s| {
            let values = s.measured.features.as_ref()?.values().as_slice();
            Some(Row { values, same: s.same, weight: s.weight })
        })
        .collect();
    fit(&rows, senses, ridge)
}

fn platt(samples: &[Sample], models: &[Fitted]) -> (f64, f64) {
    let odds: Vec<([f64; 1], &Sample)> = samples
        .iter()
        .filter(|s| !s.settled)
        .filter_map(|s| Some(([models[s.folds.0].log_odds(s.measured.features.as_ref()?.values())], s)))
        .collect();
    let rows: Vec<Row<'_>> =
        odds.iter().map(|(value, s)| Row { values: value, same: s.same, weight: s.weight }).collect();
    let line = fit(&rows, &[Sense::For], 0.0);
    let slope = (line.weights[0] / line.deviations[0]).max(0.05);
    (slope, line.intercept - slope * line.means[0])
}

/// What a day beyond the first costs, in log-odds. Labelled pairs carry no dates, so it is not fitted: after three days a
/// score of .88 is wanted where .5 is on the first, after a week .998.
const DAY_COST: f64 = 1.0;

fn model_file(fitted: &Fitted, slope: f64, offset: f64, fitted_on: serde_json::Value) -> ModelFile {
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
        .chain([Weight {
            feature: Feature::DaysApart.name().to_owned(),
            weight: round(-DAY_COST / slope),
            mean: 0.0,
            deviation: 1.0,
        }])
        .collect();
    ModelFile {
        format: FORMAT,
        fitted_on,
        intercept: round(fitted.intercept),
        slope: round(slope),
        offset: round(offset),
        weights,
    }
}
