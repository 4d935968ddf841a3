//! Measures how robust the scorer is: scores labelled pairs again with perturbed texts.
//!
//! In: labelled pairs, their texts, and perturbations. Out: one row per perturbation. One side of each true pair is altered,
//! because an outlet alters what it prints and the agency does not. Both sides of a false pair are altered, because what one
//! site adds to all of its pages must not join two stories. Stories spliced into the two sides of a false pair come from
//! different families; otherwise the sides would share a story. The alterations depend only on the pair's ids and the
//! perturbation's name, so a row does not depend on the other rows. Cost: two tokenised texts and one measurement per pair
//! and row.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::augment::Strangers;
use super::families::Families;
use super::pairs::{Documents, LabelledPair, Resolved, Weighting, prepare, resolve};
use crate::perturb::rng::Rng;
use crate::perturb::{Context, Perturbation};
use wirecopy_core::Relation;
use wirecopy_core::classify::Prepared;
use wirecopy_core::config::MatchConfig;
use wirecopy_core::score::Model;
use wirecopy_core::{DocId, Document, Result};

/// Name of the row for unaltered texts.
const NONE: &str = "none";
/// Seed of the random draws.
const SALT: u64 = 0x7065_7274;

/// Figures for the pairs of one set. A share is `None` if there are no such pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct PerturbedFigures {
    /// Number of true pairs, with one side altered.
    pub true_pairs: usize,
    /// Share of the true pairs that are found, by any relation, at the default threshold.
    pub recall: Option<f64>,
    /// Number of false pairs, with both sides altered.
    pub false_pairs: usize,
    /// Share of the false pairs that are wrongly called one dispatch.
    pub wrong: Option<f64>,
}

/// The figures of one perturbation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PerturbedRow {
    /// Name of the perturbation; `none` for unaltered texts.
    pub perturbation: String,
    /// Over all pairs.
    pub overall: PerturbedFigures,
    /// By set.
    pub sets: BTreeMap<String, PerturbedFigures>,
}

/// The result of `wirecopy eval --pairs … --perturb`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PerturbedReport {
    /// Minimum score of one dispatch.
    pub threshold: f64,
    /// A row for unaltered texts, then one per perturbation, in the order requested.
    pub perturbations: Vec<PerturbedRow>,
}

/// Scores every pair under every perturbation. The weights of terms come from the unaltered texts.
///
/// # Errors
/// Returns [`Error::Pairs`](wirecopy_core::Error::Pairs) if the document of a pair is missing.
pub fn perturbed(
    pairs: &[LabelledPair],
    documents: &Documents,
    perturbations: &[Perturbation],
    model: &Model,
    config: &MatchConfig,
    weighting: Weighting,
) -> Result<PerturbedReport> {
    let resolved = resolve(pairs, documents)?;
    let idf = weighting.idf(documents, config);
    let threshold = config.strictness.threshold();
    let families = Families::new(pairs);
    let mut rows = Vec::with_capacity(perturbations.len() + 1);
    for perturbation in std::iter::once(None).chain(perturbations.iter().map(Some)) {
        let found: Vec<bool> = (0..pairs.len())
            .into_par_iter()
            .map(|at| {
                let (a, b) = altered(pairs, &resolved, &families, at, perturbation);
                let prepared = Prepared::new(prepare(&[&a, &b], config, &idf), config, model);
                prepared.examiner().decide(DocId(0), DocId(1)).relation.is_some_and(Relation::groups)
            })
            .collect();
        let name = perturbation.map_or_else(|| NONE.to_owned(), Perturbation::name);
        rows.push(row(name, pairs, &found));
    }
    Ok(PerturbedReport { threshold, perturbations: rows })
}

/// Returns the documents of a pair after perturbation.
fn altered(
    pairs: &[LabelledPair],
    resolved: &Resolved<'_>,
    families: &Families,
    at: usize,
    perturbation: Option<&Perturbation>,
) -> (Document, Document) {
    let (a, b) = resolved.pairs[at];
    let (mut x, mut y) = (resolved.documents[a].clone(), resolved.documents[b].clone());
    let Some(perturbation) = perturbation else { return (x, y) };
    let pair = &pairs[at];
    let key = format!("{}\t{}\t{}", pair.a, pair.b, perturbation.name());
    let mut draw = Rng::new(xxhash_rust::xxh3::xxh3_64_with_seed(key.as_bytes(), SALT));
    let site = draw.bits();
    let mut strangers = Strangers::to(pairs, &resolved.pairs, families, at);
    let mut alter = |Document { text, .. }: &mut Document, draw: &mut Rng| {
        let other = strangers.draw(draw).map_or("", |other| resolved.documents[other].text.as_str());
        *text = perturbation.apply(text, &Context { other, site }, draw.bits());
    };
    let first = draw.below(2) == 0;
    if first || !pair.same {
        alter(&mut x, &mut draw);
    }
    if !first || !pair.same {
        alter(&mut y, &mut draw);
    }
    (x, y)
}

fn row(perturbation: String, pairs: &[LabelledPair], found: &[bool]) -> PerturbedRow {
    let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
    let mut all = Counts::default();
    for (pair, &found) in pairs.iter().zip(found) {
        all.add(pair.same, found);
        counts.entry(&pair.set).or_default().add(pair.same, found);
    }
    let sets = counts.into_iter().map(|(set, counts)| (set.to_owned(), counts.figures())).collect();
    PerturbedRow { perturbation, overall: all.figures(), sets }
}

/// Number of pairs and of found pairs, for false pairs and for true ones.
#[derive(Clone, Copy, Debug, Default)]
struct Counts([(usize, usize); 2]);

impl Counts {
    fn add(&mut self, same: bool, found: bool) {
        let (n, hits) = &mut self.0[usize::from(same)];
        *n += 1;
        *hits += usize::from(found);
    }

    fn figures(&self) -> PerturbedFigures {
        let share = |(n, hits): (usize, usize)| (n > 0).then(|| hits as f64 / n as f64);
        let [negative, positive] = self.0;
        PerturbedFigures {
            true_pairs: positive.0,
            recall: share(positive),
            false_pairs: negative.0,
            wrong: share(negative),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FERRY: &str = "The ferry Alcyone ran aground off Skarvik on Monday with 214 passengers aboard. Rescue boats \
        from Tolven took everybody off within two hours. The harbour master said that a rudder had jammed. Divers \
        will look at the hull on Tuesday, and an inquiry opens in Marnes next week.";
    const WHEAT: &str = "Wheat prices in Orlava fell for a third week as rain reached the southern plains. Traders \
        expect a harvest of nine million tonnes. The ministry of farming left its forecast where it was. Millers \
        bought little before the holidays, brokers said, and exports to the coast stood still.";

    fn pairs() -> (Vec<LabelledPair>, Documents) {
        let pair = |a: &str, b: &str, same: bool, set: &str| LabelledPair {
            a: a.to_owned(),
            b: b.to_owned(),
            same,
            set: set.to_owned(),
        };
        let document = |text: &str| Document { text: text.to_owned(), ..Document::default() };
        let texts = [("f", FERRY), ("g", FERRY), ("w", WHEAT)].map(|(id, t)| (id.to_owned(), document(t)));
        (vec![pair("f", "g", true, "copies"), pair("f", "w", false, "others")], texts.into())
    }

    fn report(perturbations: &[Perturbation]) -> PerturbedReport {
        let (pairs, texts) = pairs();
        let model = Model::shipped().unwrap();
        perturbed(&pairs, &texts, perturbations, &model, &MatchConfig::default(), Weighting::Alone).unwrap()
    }

    #[test]
    fn first_row_is_unaltered_then_one_per_perturbation() {
        let report = report(&[Perturbation::UpperCase, Perturbation::Truncate { keep: 0.7 }]);
        let names: Vec<&str> = report.perturbations.iter().map(|row| row.perturbation.as_str()).collect();
        assert_eq!(names, ["none", "upper_case", "truncate_70"]);
        for row in &report.perturbations {
            let f = row.overall;
            assert_eq!((f.true_pairs, f.recall, f.false_pairs, f.wrong), (1, Some(1.0), 1, Some(0.0)));
            assert_eq!((row.sets["copies"].recall, row.sets["copies"].wrong), (Some(1.0), None));
            assert_eq!((row.sets["others"].recall, row.sets["others"].wrong), (None, Some(0.0)));
        }
    }

    #[test]
    fn one_side_of_true_pairs_and_both_sides_of_false_pairs_are_altered() {
        let (pairs, texts) = pairs();
        let (resolved, families) = (resolve(&pairs, &texts).unwrap(), Families::new(&pairs));
        let shout = Some(&Perturbation::UpperCase);
        let (x, y) = altered(&pairs, &resolved, &families, 0, shout);
        assert_eq!([&x, &y].iter().filter(|t| t.text == FERRY).count(), 1);
        let texts = |perturbation| {
            let (x, y) = altered(&pairs, &resolved, &families, 1, perturbation);
            (x.text, y.text)
        };
        assert_eq!(texts(shout), (FERRY.to_uppercase(), WHEAT.to_uppercase()));
        assert_eq!(texts(None), (FERRY.to_owned(), WHEAT.to_owned()));
    }

    #[test]
    fn rows_do_not_depend_on_each_other() {
        let noise = Perturbation::OcrNoise { rate: 0.05 };
        let (alone, among) = (report(&[noise]), report(&[Perturbation::Names, noise]));
        assert_eq!(alone.perturbations[1], among.perturbations[2]);
    }
}
