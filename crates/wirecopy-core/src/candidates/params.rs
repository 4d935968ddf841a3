//! Chooses bands and rows for a threshold and predicts what they miss.

use serde::Serialize;

use crate::config::MatchConfig;

/// How a signature is cut into bands. Two documents become candidates if they agree in all rows of some band,
/// which happens with probability `1 − (1 − Jʳ)ᵇ`: the S-curve of Leskovec, Rajaraman and Ullman, *Mining of
/// Massive Datasets*, section 3.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bands {
    /// Number of bands.
    pub bands: usize,
    /// Number of minima in each band.
    pub rows: usize,
}

impl Bands {
    /// Returns the most selective cut of a signature of `signature` minima that misses at most a share `misses` of
    /// the pairs whose similarity is exactly `threshold`. If there is none, returns bands of one row.
    pub fn for_threshold(threshold: f64, signature: usize, misses: f64) -> Self {
        (1..=signature)
            .rev()
            .map(|rows| Self { bands: signature / rows, rows })
            .find(|cut| 1.0 - cut.probability(threshold) <= misses)
            .unwrap_or(Self { bands: signature.max(1), rows: 1 })
    }

    /// Returns the cut for the settings of a run.
    pub fn for_config(config: &MatchConfig) -> Self {
        Self::for_threshold(config.threshold, config.signature, config.misses)
    }

    /// Returns the probability that a pair with the similarity `jaccard` becomes a candidate.
    pub fn probability(&self, jaccard: f64) -> f64 {
        let band = jaccard.powi(i32::try_from(self.rows).unwrap_or(i32::MAX));
        1.0 - (1.0 - band).powi(i32::try_from(self.bands).unwrap_or(i32::MAX))
    }

    /// Returns the similarity at which half of the pairs become candidates.
    pub fn midpoint(&self) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..50 {
            let middle = f64::midpoint(low, high);
            if self.probability(middle) < 0.5 { low = middle } else { high = middle }
        }
        low
    }

    /// Returns the expected share of missed pairs, for similarities uniform between `threshold` and 1.
    pub fn expected_misses(&self, threshold: f64) -> f64 {
        mean(threshold, 1.0, |j| 1.0 - self.probability(j))
    }

    /// Returns the expected share of pairs checked in vain, for similarities uniform between 0 and `threshold`.
    pub fn expected_extra(&self, threshold: f64) -> f64 {
        mean(0.0, threshold, |j| self.probability(j))
    }
}

fn mean(from: f64, to: f64, value: impl Fn(f64) -> f64) -> f64 {
    const STEPS: u32 = 1000;
    (0..STEPS).map(|i| value(from + (to - from) * (f64::from(i) + 0.5) / f64::from(STEPS))).sum::<f64>()
        / f64::from(STEPS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_threshold_gives_48_bands_of_4_rows() {
        assert_eq!(Bands::for_config(&MatchConfig::default()), Bands { bands: 48, rows: 4 });
    }

    #[test]
    fn misses_at_the_threshold_stay_within_the_limit() {
        for threshold in [0.3, 0.5, 0.7, 0.9] {
            for misses in [0.001, 0.01, 0.1] {
                let cut = Bands::for_threshold(threshold, 256, misses);
                assert!(1.0 - cut.probability(threshold) <= misses, "{threshold} {misses}: {cut:?}");
                let stricter = Bands { rows: cut.rows + 1, bands: 256 / (cut.rows + 1) };
                assert!(1.0 - stricter.probability(threshold) > misses, "{cut:?} is not the most selective");
            }
        }
    }

    #[test]
    fn probability_rises_from_zero_to_one() {
        let cut = Bands { bands: 48, rows: 4 };
        assert!(cut.probability(0.0).abs() < 1e-12 && (cut.probability(1.0) - 1.0).abs() < 1e-12);
        assert!((cut.probability(cut.midpoint()) - 0.5).abs() < 1e-6);
    }

    #[test]
    fn unreachable_limit_falls_back_to_single_rows() {
        assert_eq!(Bands::for_threshold(0.01, 16, 0.001), Bands { bands: 16, rows: 1 });
    }
}
