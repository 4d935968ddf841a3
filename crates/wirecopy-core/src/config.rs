//! The settings of the search, each with its default defined in one place.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Tokens in a shingle (w-shingling, Broder 1997).
pub const SHINGLE: usize = 5;
/// Exact Jaccard similarity of shingles at or above which two documents are copies.
pub const THRESHOLD: f64 = 0.5;
/// Share of the shorter document's shingles that must occur in the longer one for an excerpt.
pub const EXCERPT_CONTAINMENT: f64 = 0.7;
/// Number of minima in a signature.
pub const SIGNATURE: usize = 192;
/// Share of true copies exactly at the threshold that the bands may miss. Far fewer are missed above it.
pub const MISSES: f64 = 0.05;
/// Number of a document's rarest features that enter the join, 1 to 1024.
pub const RARE_FEATURES: usize = 48;
/// Number of rare features that two documents must share to become candidates, 1 to `rare_features`.
pub const RARE_SHARED: usize = 2;
/// Whether rewrites are searched for.
pub const REWRITES: bool = true;
/// Most days between two documents of one dispatch.
pub const WINDOW: u32 = 7;

/// What counts as a copy or an excerpt, and how candidates are found. Start from the defaults and change fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct MatchConfig {
    /// Tokens in a shingle.
    pub shingle: usize,
    /// Jaccard similarity of shingles at which two documents are copies.
    pub threshold: f64,
    /// Share of the shorter document's shingles that the longer one must contain for an excerpt.
    pub excerpt_containment: f64,
    /// Number of minima in a signature.
    pub signature: usize,
    /// Share of pairs at the threshold that the bands may miss.
    pub misses: f64,
    /// Number of a document's rarest features that enter the join, 1 to 1024.
    pub rare_features: usize,
    /// Rare features that two documents must share to become candidates; not more than `rare_features`.
    pub rare_shared: usize,
    /// Whether rewrites are searched for, besides identical texts, copies and excerpts.
    pub rewrites: bool,
    /// How certain the scorer must be that two documents are one dispatch: a score of 0.9 (`strict`), 0.5 (`balanced`) or 0.2
    /// (`wide`) or higher.
    pub strictness: Strictness,
    /// Most days between two documents of one dispatch, where both dates are known; 0 sets no limit. Does not
    /// apply to nearly identical texts.
    pub window: u32,
    /// Whether the versions of a running story are grouped. Otherwise they are reported as pairs of the relation `version`.
    pub versions: bool,
    /// Whether dates are ignored, so that the texts alone decide.
    pub ignore_dates: bool,
    /// Whether the boilerplate of sites is compared too, instead of the articles alone.
    pub keep_boilerplate: bool,
    /// The scorer's model, as written by `wirecopy calibrate`. The built-in model when unset.
    pub model: Option<std::path::PathBuf>,
}

/// How certain the scorer must be that two documents are of one dispatch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Strictness {
    /// Few wrong groups: a score of 0.9 or higher. For published figures.
    Strict,
    /// About as many wrong groups as missed ones: a score of 0.5 or higher.
    #[default]
    Balanced,
    /// Few missed groups: a score of 0.2 or higher. For manual review.
    Wide,
}

impl Strictness {
    /// Returns the score at or above which two documents are of one dispatch.
    pub fn threshold(self) -> f64 {
        match self {
            Strictness::Strict => 0.9,
            Strictness::Balanced => 0.5,
            Strictness::Wide => 0.2,
        }
    }
}

impl Default for MatchConfig {
    fn default() -> Self {
        Self {
            shingle: SHINGLE,
            threshold: THRESHOLD,
            excerpt_containment: EXCERPT_CONTAINMENT,
            signature: SIGNATURE,
            misses: MISSES,
            rare_features: RARE_FEATURES,
            rare_shared: RARE_SHARED,
            rewrites: REWRITES,
            strictness: Strictness::default(),
            window: WINDOW,
            versions: true,
            ignore_dates: false,
            keep_boilerplate: false,
            model: None,
        }
    }
}

impl MatchConfig {
    /// Checks that every setting is within its range.
    ///
    /// # Errors
    /// Returns [`Error::Config`] with the name of the first setting that is out of range, and the range.
    pub fn validate(&self) -> Result<()> {
        in_range("match.shingle", self.shingle, 1, 32)?;
        in_range("match.signature", self.signature, 16, 1024)?;
        in_range("match.rare_features", self.rare_features, 1, 1024)?;
        in_range("match.rare_shared", self.rare_shared, 1, 1024)?;
        if self.rare_shared > self.rare_features {
            let message =
                format!("{} is more than match.rare_features, {}", self.rare_shared, self.rare_features);
            return Err(Error::Config { name: "match.rare_shared", message });
        }
        share("match.threshold", self.threshold, true)?;
        share("match.excerpt_containment", self.excerpt_containment, true)?;
        share("match.misses", self.misses, false)
    }
}

fn in_range(name: &'static str, value: usize, low: usize, high: usize) -> Result<()> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(Error::Config { name, message: format!("{value} is not in {low} to {high}") })
}

fn share(name: &'static str, value: f64, one_allowed: bool) -> Result<()> {
    if value > 0.0 && (value < 1.0 || (one_allowed && value <= 1.0)) {
        return Ok(());
    }
    let high = if one_allowed { "at most 1" } else { "below 1" };
    Err(Error::Config { name, message: format!("{value} is not above 0 and {high}") })
}
