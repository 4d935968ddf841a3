//! The settings of the search, each with its default in one place.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Tokens in a shingle (w-shingling, Broder 1997).
pub const SHINGLE: usize = 5;
/// Exact Jaccard of shingles at or over which two documents are copies.
pub const THRESHOLD: f64 = 0.5;
/// Share of the shorter document's shingles that must stand in the longer one for an excerpt.
pub const EXCERPT_CONTAINMENT: f64 = 0.7;
/// Minima in a signature.
pub const SIGNATURE: usize = 192;
/// Share of true copies at the threshold that the bands may miss (they miss far fewer above it).
pub const MISSES: f64 = 0.05;
/// Rarest features of a document that enter the join.
pub const RARE_FEATURES: usize = 48;
/// Rare features two documents must share to become candidates.
pub const RARE_SHARED: usize = 2;
/// Whether rewrites are looked for.
pub const REWRITES: bool = true;
/// Days that may lie between two documents of a dispatch.
pub const WINDOW: u32 = 7;
/// What counts as a copy or an excerpt, and how candidates are found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MatchConfig {
    /// Tokens in a shingle.
    pub shingle: usize,
    /// Jaccard similarity of shingles at which two documents are copies.
    pub threshold: f64,
    /// Share of the shorter document's shingles that the longer one must contain for an excerpt.
    pub excerpt_containment: f64,
    /// Minima in a signature.
    pub signature: usize,
    /// Share of pairs at the threshold that the bands may miss.
    pub misses: f64,
    /// Rarest features of a document that enter the join.
    pub rare_features: usize,
    /// Rare features that two documents must share to become candidates; not more than `rare_features`.
    pub rare_shared: usize,
    /// Look for rewrites too; otherwise for identical texts, copies and excerpts only.
    pub rewrites: bool,
    /// How sure the scorer must be that two documents are one dispatch: a score of 0.9 (`strict`), 0.5 (`balanced`) or 0.2
    /// (`wide`) or higher.
    pub strictness: Strictness,
    /// Days that may lie between two documents of a dispatch, where both dates are known; 0 for any number. Texts that are
    /// nearly identical are not bound by it.
    pub window: u32,
    /// Group the versions of a running story; otherwise they are reported and group nothing.
    pub versions: bool,
    /// Decide by the texts alone, as if no document had a date.
    pub ignore_dates: bool,
    /// Compare the boilerplate of sites too, rather than the articles alone.
    pub keep_boilerplate: bool,
    /// Model of the scorer, as `wirecopy calibrate` writes it; the one that is shipped when unset.
    pub model: Option<std::path::PathBuf>,
}

/// How sure the scorer must be of one dispatch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strictness {
    /// Few wrong groups: a score of 0.9 and up. For published figures.
    Strict,
    /// As many wrong as missed: a score of 0.5 and up.
    #[default]
    Balanced,
    /// Few missed: a score of 0.2 and up. For reading through by eye.
    Wide,
}

impl Strictness {
    /// The score from which on two documents are of one dispatch.
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
    /// Checks every range.
    ///
    /// # Errors
    /// [`Error::Config`] names the first setting that is out of its range, and the range.
    pub fn validate(&self) -> Result<()> {
        in_range("match.shingle", self.shingle, 1, 32)?;
        in_range("match.signature", self.signature, 16, 1024)?;
        in_range("match.rare_features", self.rare_features, 1, 1024)?;
        in_range("match.rare_shared", self.rare_shared, 1, self.rare_features)?;
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
    let high = if one_allowed { "1" } else { "under 1" };
    Err(Error::Config { name, message: format!("{value} is not over 0 and up to {high}") })
}
