//! The number from 0 to 1 that similarities, shares and scores are.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// A similarity, a share or a score: a number from 0 to 1, both included.
///
/// In a report it is a plain number; one outside the range is refused when a report is read. It can be ordered, and
/// compared with an `f64`:
///
/// ```
/// # use wirecopy_core::Similarity;
/// let jaccard = Similarity::share(3, 4);
/// assert!(jaccard >= 0.5 && jaccard < Similarity::ONE);
/// assert_eq!(jaccard.get(), 0.75);
/// assert_eq!(Similarity::new(7.0), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
#[repr(transparent)]
pub struct Similarity(f64);

impl Similarity {
    /// Nothing in common, or certainly not.
    pub const ZERO: Self = Self(0.0);
    /// Everything in common, or certain.
    pub const ONE: Self = Self(1.0);

    /// Returns the similarity with this value; `None` if it is not a number from 0 to 1.
    pub const fn new(value: f64) -> Option<Self> {
        // The sum turns a negative zero into zero, so that equal values are equal in every order.
        if value >= 0.0 && value <= 1.0 { Some(Self(value + 0.0)) } else { None }
    }

    /// Returns the part of a whole as a share: 0 if the whole is empty, and at most 1.
    #[inline]
    pub fn share(part: usize, whole: usize) -> Self {
        if whole == 0 { Self::ZERO } else { Self((part as f64 / whole as f64).min(1.0)) }
    }

    /// Returns the nearest similarity to the result of a computation, which may miss the range by a rounding error;
    /// 0 for what is not a number.
    #[inline]
    pub fn clamped(value: f64) -> Self {
        if value > 0.0 { Self(value.min(1.0)) } else { Self::ZERO }
    }

    /// Returns the value.
    #[inline]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// Returns the value as reports have it: rounded to four decimals.
    #[must_use]
    pub fn rounded(self) -> Self {
        Self(four_decimals(self.0))
    }
}

/// Rounds a number as reports have it: to four decimals.
pub fn four_decimals(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

impl TryFrom<f64> for Similarity {
    type Error = Error;

    fn try_from(value: f64) -> Result<Self> {
        Self::new(value).ok_or(Error::OutOfRange(value))
    }
}

impl From<Similarity> for f64 {
    fn from(similarity: Similarity) -> Self {
        similarity.0
    }
}

impl Eq for Similarity {}

impl Ord for Similarity {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Similarity {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq<f64> for Similarity {
    #[inline]
    fn eq(&self, other: &f64) -> bool {
        self.0 == *other
    }
}

impl PartialOrd<f64> for Similarity {
    #[inline]
    fn partial_cmp(&self, other: &f64) -> Option<Ordering> {
        self.0.partial_cmp(other)
    }
}

impl fmt::Display for Similarity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_from_0_to_1_are_similarities() {
        for value in [0.0, 0.25, 1.0] {
            assert_eq!(Similarity::new(value).map(Similarity::get), Some(value));
        }
        for value in [-0.1, 1.000_1, f64::NAN, f64::INFINITY] {
            assert_eq!(Similarity::new(value), None, "{value}");
        }
        assert!(Similarity::new(-0.0).unwrap().get().is_sign_positive());
    }

    #[test]
    fn computed_values_are_moved_into_the_range() {
        let clamped = [-1e-17, 0.5, 1.0 + 1e-12, f64::NAN].map(|value| Similarity::clamped(value).get());
        assert_eq!(clamped, [0.0, 0.5, 1.0, 0.0]);
        assert_eq!(
            [(0, 0), (1, 3), (5, 4)].map(|(part, whole)| Similarity::share(part, whole).rounded().get()),
            [0.0, 0.3333, 1.0]
        );
    }

    #[test]
    fn json_has_plain_numbers_and_is_checked() {
        assert_eq!(serde_json::to_string(&Similarity::share(1, 4)).unwrap(), "0.25");
        assert_eq!(serde_json::to_string(&Similarity::ONE).unwrap(), "1.0");
        assert_eq!(serde_json::from_str::<Similarity>("1").unwrap(), Similarity::ONE);
        let error = serde_json::from_str::<Similarity>("7").unwrap_err().to_string();
        assert!(error.starts_with("7 as a score or share, which must be from 0 to 1"), "{error}");
    }
}
