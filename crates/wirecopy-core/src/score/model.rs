//! The scorer: a logistic model over the features, stored as data.

use serde::{Deserialize, Serialize};

use super::features::{FEATURES, Feature, Features, Sense};
use crate::{Error, Result, Similarity};

/// The model that is compiled into the program.
static DEFAULT: &str = include_str!("../../data/model.json");

/// The version of the file format that this program reads and writes.
pub const FORMAT: u32 = 3;

/// A model file: four sets of weights of named features, and the data they were fitted on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelFile {
    /// The format version, [`FORMAT`].
    pub format: u32,
    /// What the model was fitted on and how it did on data it was not fitted on, for people to read.
    #[serde(default)]
    pub fitted_on: serde_json::Value,
    /// For pairs without passages in common.
    pub without_passages: WeightsFile,
    /// For pairs with passages in common whose dates are unknown or days apart.
    pub with_passages: WeightsFile,
    /// For other pairs with passages in common that were published near each other.
    pub with_passages_near: WeightsFile,
    /// For pairs with passages in common that one source published near each other, both with headlines.
    pub with_passages_one_source: WeightsFile,
}

/// Weights of named features, and their calibration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeightsFile {
    /// Log-odds of a pair whose features are all at their means.
    pub intercept: f64,
    /// Slope of the calibration (Platt 1999) on the log-odds.
    #[serde(default = "one")]
    pub slope: f64,
    /// Offset of the calibration.
    #[serde(default)]
    pub offset: f64,
    /// One weight for each feature in use.
    pub weights: Vec<Weight>,
}

fn one() -> f64 {
    1.0
}

/// The weight of a feature; it adds `weight · (value − mean) / deviation` to the log-odds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    /// The feature's name.
    pub feature: String,
    /// Change of the log-odds for one standard deviation.
    pub weight: f64,
    /// Mean over the pairs that the model was fitted on.
    pub mean: f64,
    /// Standard deviation over the same pairs.
    pub deviation: f64,
}

/// A model ready to score, with weights for each [`Kind`] of pair.
#[derive(Clone, Debug, PartialEq)]
pub struct Model([Linear; KINDS]);

/// The kind of a pair, which determines what its features mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The two have no passages in common.
    WithoutPassages,
    /// They have passages in common, and their dates are unknown or days apart.
    WithPassages,
    /// They have passages in common and were published near each other, by two sources or by unknown ones, or one has no headline. What one
    /// source has from another, or both from an agency, is mostly the same dispatch.
    WithPassagesNear,
    /// They have passages in common and headlines, and one source published them near each other. The passages may also be those of a
    /// side-bar, or those that a newsroom keeps under the next news.
    OneSource,
}

/// Number of kinds.
pub const KINDS: usize = 4;

impl Kind {
    /// All kinds, in the order of their weights in a model.
    pub const ALL: [Kind; KINDS] =
        [Kind::WithoutPassages, Kind::WithPassages, Kind::WithPassagesNear, Kind::OneSource];

    /// Returns the kind of a pair with these values of the features `Passages`, `Near` and `SameSource`.
    pub fn of(passages: f64, near: f64, same_source: f64) -> Self {
        match (passages > 0.0, near > 0.0, same_source > 0.0) {
            (false, ..) => Kind::WithoutPassages,
            (true, false, _) => Kind::WithPassages,
            (true, true, false) => Kind::WithPassagesNear,
            (true, true, true) => Kind::OneSource,
        }
    }

    /// Returns whether two texts of this kind have passages in common and were published near each other.
    pub fn is_near(self) -> bool {
        matches!(self, Kind::WithPassagesNear | Kind::OneSource)
    }
}

impl Features {
    /// Returns the kind of the pair they were measured on.
    pub fn kind(&self) -> Kind {
        Kind::of(self.get(Feature::Passages), self.get(Feature::Near), self.get(Feature::SameSource))
    }
}

/// Weights ready to score.
#[derive(Clone, Debug, PartialEq)]
struct Linear {
    intercept: f64,
    /// Weight on the raw value of each feature.
    weights: [f64; FEATURES],
    means: [f64; FEATURES],
}

impl Model {
    /// Returns the model that is compiled into the program.
    ///
    /// # Errors
    /// None in a released program, because a test reads the model.
    pub fn shipped() -> Result<Self> {
        Self::from_json(DEFAULT)
    }

    /// Parses the text of a model file.
    ///
    /// # Errors
    /// Returns [`Error::Model`] if the text is not JSON, has another format version, names an unknown feature, or
    /// has a weight against a feature's [`Sense`].
    pub fn from_json(text: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        let error = |e: serde_json::Error| Error::Model(e.to_string());
        // First, because a file of another format lacks fields of this one.
        let Version { format } = serde_json::from_str(text).map_err(error)?;
        check_format(format)?;
        Self::from_file(&serde_json::from_str(text).map_err(error)?)
    }

    /// Checks a model file and converts it to a model.
    ///
    /// # Errors
    /// As for [`Model::from_json`].
    pub fn from_file(file: &ModelFile) -> Result<Self> {
        check_format(file.format)?;
        Ok(Self([
            Linear::from_file(&file.without_passages)?,
            Linear::from_file(&file.with_passages)?,
            Linear::from_file(&file.with_passages_near)?,
            Linear::from_file(&file.with_passages_one_source)?,
        ]))
    }

    /// Returns the log-odds that a pair is one dispatch.
    pub fn log_odds(&self, features: &Features) -> f64 {
        let Linear { intercept, weights, means } = &self.0[features.kind() as usize];
        let terms = features.values().iter().zip(weights).zip(means);
        intercept + terms.map(|((value, weight), mean)| weight * (value - mean)).sum::<f64>()
    }

    /// Returns the probability that a pair is one dispatch.
    pub fn score(&self, features: &Features) -> Similarity {
        Similarity::clamped(logistic(self.log_odds(features)))
    }

    /// Returns the features used for any kind of pair, in the order of [`Feature::ALL`], including those that
    /// determine the kind.
    pub fn counting(&self) -> Vec<Feature> {
        let counts = |&feature: &Feature| {
            matches!(feature, Feature::Passages | Feature::Near | Feature::SameSource)
                || self.0.iter().any(|linear| linear.weights[feature as usize] != 0.0)
        };
        Feature::ALL.iter().copied().filter(counts).collect()
    }

    /// Returns how scores are computed, for each [`Kind`].
    pub fn sums(&self) -> [Sum; KINDS] {
        let counting = self.counting();
        self.0.each_ref().map(|part| Sum {
            intercept: part.intercept,
            features: counting
                .iter()
                .map(|&feature| Addend {
                    feature: feature.name().to_owned(),
                    weight: part.weights[feature as usize],
                    mean: part.means[feature as usize],
                })
                .collect(),
        })
    }
}

impl Linear {
    fn from_file(file: &WeightsFile) -> Result<Self> {
        if !(file.slope > 0.0 && file.slope.is_finite() && file.offset.is_finite()) {
            return Err(Error::Model("the slope must be greater than 0 and finite".to_owned()));
        }
        let mut model = Self {
            intercept: file.slope * file.intercept + file.offset,
            weights: [0.0; FEATURES],
            means: [0.0; FEATURES],
        };
        for entry in &file.weights {
            let name = &entry.feature;
            let Some(&feature) = Feature::ALL.iter().find(|f| f.name() == name) else {
                return Err(Error::Model(format!("no feature is named {name:?}")));
            };
            let weight = file.slope * entry.weight / entry.deviation;
            if !(weight.is_finite() && entry.mean.is_finite() && entry.deviation > 0.0) {
                return Err(Error::Model(format!("{name}: weight, mean and deviation must be finite")));
            }
            if (feature.sense() == Sense::For && weight < 0.0)
                || (feature.sense() == Sense::Against && weight > 0.0)
            {
                return Err(Error::Model(format!(
                    "{name}: the weight {weight} has the wrong sign for this feature"
                )));
            }
            model.weights[feature as usize] = weight;
            model.means[feature as usize] = entry.mean;
        }
        Ok(model)
    }
}

fn check_format(format: u32) -> Result<()> {
    if format == FORMAT {
        return Ok(());
    }
    Err(Error::Model(format!(
        "format {format} where {FORMAT} was expected; `wirecopy calibrate` fits a new one"
    )))
}

/// How a score is computed: the log-odds are `intercept` plus what each feature adds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sum {
    /// Log-odds of a pair whose features are all at their means.
    pub intercept: f64,
    /// The features in use.
    pub features: Vec<Addend>,
}

/// What a feature adds to the log-odds relative to an average pair: `weight · (value − mean)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Addend {
    /// The feature's name.
    pub feature: String,
    /// Weight of the raw value, including the calibration.
    pub weight: f64,
    /// Mean over the pairs that the model was fitted on.
    pub mean: f64,
}

impl Addend {
    /// Returns what the feature adds to the log-odds if it has this value.
    pub fn adds(&self, value: f64) -> f64 {
        self.weight * (value - self.mean)
    }
}

/// Converts log-odds to a probability.
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::super::{Idf, LanguageKey, Profile, Scratch, measure};
    use super::*;
    use crate::text::tokenize;

    const A: &str = "ORDU - The captain of a ferry that sank off Ordu on Wednesday was praised by the coast guard for \
        saving 17 sailors before he left the ship, officials said. The Meltem, built in 1987, was carrying cement to \
        Samsun when its engine room flooded shortly after midnight. Harbour master Leyla Aksoy said an inquiry would \
        examine whether the pumps had been serviced. The crew were treated for cold at the state hospital. It is the \
        third sinking in the eastern Black Sea this winter, and unions have asked for older vessels to be scrapped.";
    const B: &str = "The coast guard has commended a ferry captain who rescued 17 of his sailors before abandoning the \
        vessel that went down near Ordu on Wednesday, officials announced. Loaded with cement bound for Samsun, the \
        Meltem (built 1987) took water in the engine room soon after midnight. An investigation will look at the \
        servicing of the pumps, according to Leyla Aksoy, the harbour master. Crew members received treatment for cold \
        in the state hospital. This is the third such sinking in the eastern Black Sea during the winter; unions want \
        old vessels scrapped.";
    const C: &str = "Cement exports through Samsun rose 12 percent in the third quarter, the harbour master's office \
        said on Friday, as builders in the eastern provinces stocked up before the winter. Two new terminals are to \
        open next year. Unions said that the crew of older vessels needed better pay, and that the ministry had not \
        answered their letters. The price of fuel remained the largest risk to the industry, officials said.";

    fn score(a: &str, b: &str) -> Similarity {
        let idf = Idf::background();
        let idf = idf.of(LanguageKey::default());
        let (a, b) = (Profile::new(&tokenize(a), idf), Profile::new(&tokenize(b), idf));
        let model = Model::shipped().unwrap();
        let score =
            |x, y| measure(x, y, &mut Scratch::default()).map_or(Similarity::ZERO, |f| model.score(&f));
        assert_eq!(score(&a, &b), score(&b, &a));
        score(&a, &b)
    }

    #[test]
    fn rewrite_scores_high_and_other_story_low() {
        assert!(score(A, B) > 0.8, "{}", score(A, B));
        assert!(score(A, C) < 0.15, "{}", score(A, C));
        assert!(score(A, A) > 0.99);
        assert!(score(A, &A.to_uppercase()) > 0.99);
    }

    #[test]
    fn model_files_are_checked() {
        let file = |feature: &str, weight: f64| {
            format!(
                r#"{{"format":3,"with_passages":{{"intercept":0,"weights":[]}},
                "with_passages_near":{{"intercept":0,"weights":[]}},
                "with_passages_one_source":{{"intercept":0,"weights":[]}},"without_passages":{{"intercept":0,"weights":
                [{{"feature":"{feature}","weight":{weight},"mean":0,"deviation":1}}]}}}}"#
            )
        };
        assert!(Model::from_json(&file("chain", 1.0)).is_ok());
        assert!(Model::from_json(&file("chain", -1.0)).is_err(), "against its sense");
        assert!(Model::from_json(&file("colour", 1.0)).is_err(), "unknown");
        assert!(Model::from_json(&file("chain", 1.0).replace("\"format\":3", "\"format\":9")).is_err());
        assert!(Model::from_json("[]").is_err());
        let old =
            Model::from_json(r#"{"format":2,"without_passages":{"intercept":0,"weights":[]}}"#).unwrap_err();
        assert!(old.to_string().contains("format 2 where 3 was expected"), "{old}");
    }

    #[test]
    fn addends_sum_to_the_log_odds() {
        let idf = Idf::background();
        let idf = idf.of(LanguageKey::default());
        let (a, b) = (Profile::new(&tokenize(A), idf), Profile::new(&tokenize(B), idf));
        let features = measure(&a, &b, &mut Scratch::default()).unwrap();
        let model = Model::shipped().unwrap();
        for (sum, kind) in
            model.sums().into_iter().zip([[0.0; 3], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0; 3]])
        {
            let mut features = features;
            for (feature, value) in
                [Feature::Passages, Feature::Near, Feature::SameSource].into_iter().zip(kind)
            {
                features.set(feature, value);
            }
            let parts = model.counting().into_iter().zip(&sum.features);
            let all: f64 = parts.map(|(f, addend)| addend.adds(features.get(f))).sum();
            assert!((sum.intercept + all - model.log_odds(&features)).abs() < 1e-9);
        }
    }
}
