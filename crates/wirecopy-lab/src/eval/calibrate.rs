//! Fits the scorer's model to labelled pairs, and measures it on families that it was not fitted on.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::augment::{REPRINT, Variant, variants};
use super::families::Families;
use super::metrics::{Figures, Judged, figures};
use super::pairs::{
    Documents, LabelledPair, Measured, PairReport, Resolved, idf_of, measure_pair, pair_report, prepare,
    resolve,
};
use super::part::{MIN_PAIRS, Part, Sample, different};
use wirecopy_core::classify::Prepared;
use wirecopy_core::config::MatchConfig;
use wirecopy_core::score::{FORMAT, Idf, Kind, Model, ModelFile};
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
    /// weights for pairs without, unless there are too few other labels.
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

/// Total weight of all variants of a pair, in samples.
const VARIANTS_WEIGHT: f64 = 2.25;

/// Weight of a copy of a pair with other dates: without dates if it has them, with equal dates if it has none.
const OTHER_DATES_WEIGHT: f64 = 0.5;

/// Fits a model to labelled pairs and their perturbed variants, and measures it on families that it was not fitted on.
///
/// A pair whose documents are in different folds is measured, but not used to fit the model of either fold. Pairs decided by
/// words, shingles and dates count in the figures, but not in the fit. Every pair with dates is also used without them, and
/// every pair without dates with equal ones, so that the model learns what a missing date means. Weights for a kind of pairs of
/// which there are fewer than 20 of either label are fitted on a broader group. The result does not depend on the number of threads.
///
/// # Errors
/// Returns [`Error::Pairs`] if a document is missing, or if there are fewer than 20 different pairs of either label.
pub fn calibrate(
    pairs: &[LabelledPair],
    documents: &Documents,
    config: &MatchConfig,
    options: &CalibrationOptions,
) -> Result<Calibration> {
    let positives = pairs.iter().filter(|p| p.same).count();
    let count =
        |same| different(pairs.iter().filter(|pair| pair.same == same).map(|pair| (&pair.a, &pair.b)));
    let (of_true, of_false) = (count(true), count(false));
    if of_true.min(of_false) < MIN_PAIRS {
        return Err(Error::Pairs(format!(
            "a model needs at least {MIN_PAIRS} different true and {MIN_PAIRS} different false pairs, found {of_true} and {of_false}"
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
        let labelled = self.pairs.iter().zip(&self.resolved.pairs).enumerate();
        for ((at, (pair, &(a, b))), (own, (without_dates, one_day))) in labelled.zip(measured) {
            let sample = self.sample(&own, at, pair.same, self.weight(pair.same, &own, false));
            samples.push(Sample { unaltered: true, ..sample });
            let dated = dates[a].is_some() && dates[b].is_some();
            let other = if dated { without_dates } else { one_day };
            let weight = OTHER_DATES_WEIGHT * self.weight(pair.same, &other, false);
            others.push(self.sample(&other, at, pair.same, weight));
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
            let mut sample = self.sample(&measured, variant.pair, variant.same, weight);
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

    /// Makes a sample of a variant of the labelled pair at an index.
    fn sample(&self, measured: &Measured, at: usize, same: bool, weight: f64) -> Sample {
        let pair = &self.pairs[at];
        let settled = measured.settled(self.config);
        let reuse = self.options.reuse_sets.iter().any(|set| pair.set.starts_with(set.as_str()));
        let folds = self.folds_of(pair);
        // Each pair is used twice, once with each weighting of terms.
        Sample {
            pair: self.resolved.pairs[at],
            unaltered: false,
            measured: *measured,
            settled,
            same,
            reuse,
            weight: weight / 2.0,
            folds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_pairs_count_once() {
        let pair = |a: &str, b: &str, same| LabelledPair {
            a: a.to_owned(),
            b: b.to_owned(),
            same,
            set: "all".to_owned(),
        };
        let pairs: Vec<LabelledPair> = (0..40)
            .flat_map(|_| [pair("a", "b", true), pair("b", "a", true), pair("a", "c", false)])
            .collect();
        let config = MatchConfig::default();
        let error =
            calibrate(&pairs, &Documents::default(), &config, &CalibrationOptions::default()).unwrap_err();
        assert!(error.to_string().contains("found 1 and 1"), "{error}");
    }
}
