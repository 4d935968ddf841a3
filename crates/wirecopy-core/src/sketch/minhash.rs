//! MinHash by fast similarity sketching.
//!
//! Dahlgaard, Knudsen and Thorup, *Fast Similarity Sketching* (FOCS 2017): `t` bins are filled in rounds. In round
//! `i` every element falls into one bin with the value `i + r`, where `r` is random in [0, 1), and a bin keeps its
//! minimum. Rounds end once every bin is filled, after two or three for a news story. From round `t` on, each
//! round sends all elements to one bin, so that even a set of one element fills every bin. Two sets agree in a bin
//! with a probability of exactly their Jaccard similarity. Bins are practically independent, and the variance is
//! *below* that of `t` independent permutations, with O(n + t log t) instead of O(n·t) hash values.

/// The minima of a document. Comparable only with signatures of the same length and seed.
pub type Signature = Vec<u64>;

/// Computes the signatures of sets of shingles.
#[derive(Clone, Debug)]
pub struct Sketcher {
    /// One salt for each of the `2 × bins` rounds.
    salts: Vec<u64>,
    bins: usize,
}

/// Number of low bits of a value that hold its random part; the round is in the bits above.
const FRACTION_BITS: u32 = 48;
const EMPTY: u64 = u64::MAX;

impl Sketcher {
    /// Creates a sketcher for signatures of `bins` minima; `seed` selects the hash functions.
    pub fn new(bins: usize, seed: u64) -> Self {
        let salts = (0..2 * bins as u64)
            .map(|round| crate::text::mix(seed.wrapping_add(round + 1) << 1 | 1))
            .collect();
        Self { salts, bins }
    }

    /// Returns the number of minima in a signature.
    pub fn bins(&self) -> usize {
        self.bins
    }

    /// Computes the signature of a set of well-mixed 64-bit hashes and stores it in `out`. Repeated elements are
    /// allowed. The signature of an empty set agrees with that of every other empty set, so callers must leave
    /// those out.
    pub fn sign(&self, set: &[u64], out: &mut Signature) {
        out.clear();
        out.resize(self.bins, EMPTY);
        if set.is_empty() {
            return;
        }
        let bins = self.bins as u64;
        let mut unfilled = self.bins;
        for (round, &salt) in self.salts.iter().enumerate() {
            let prefix = (round as u64) << FRACTION_BITS;
            // Each of the last rounds sends everything to one bin, for sets smaller than the signature.
            let forced = round.checked_sub(self.bins);
            for &element in set {
                let hash = fold_multiply(element ^ salt);
                let bin = forced.unwrap_or((((hash >> 48) * bins) >> 16) as usize);
                let value = prefix | (hash & ((1 << FRACTION_BITS) - 1));
                let slot = &mut out[bin];
                if value < *slot {
                    unfilled -= usize::from(*slot == EMPTY);
                    *slot = value;
                }
            }
            if unfilled == 0 {
                return;
            }
        }
    }
}

/// Estimates the Jaccard similarity of two sets as the share of minima in which their signatures agree. The
/// estimate is unbiased, with a variance of at most `J (1 − J) / bins`.
pub fn estimate(a: &[u64], b: &[u64]) -> f64 {
    let agree = a.iter().zip(b).filter(|(a, b)| a == b).count();
    agree as f64 / a.len().max(1) as f64
}

/// Folds a 64 × 64 → 128 bit product. That mixes enough for inputs that are hashes already.
fn fold_multiply(x: u64) -> u64 {
    let product = u128::from(x) * 0xa076_1d64_78bd_642f;
    (product >> 64) as u64 ^ product as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns two sets of `n` elements each whose Jaccard similarity is `shared / (2 n − shared)`.
    fn pair(trial: u64, n: u64, shared: u64) -> (Vec<u64>, Vec<u64>) {
        let element = |i: u64| crate::text::mix(trial.wrapping_mul(1_000_003).wrapping_add(i) ^ 0x5eed);
        let a = (0..n).map(element).collect();
        let b = (n - shared..2 * n - shared).map(element).collect();
        (a, b)
    }

    fn estimates(n: u64, shared: u64, bins: usize, trials: u64) -> Vec<f64> {
        let (mut x, mut y) = (Vec::new(), Vec::new());
        (0..trials)
            .map(|trial| {
                let sketcher = Sketcher::new(bins, trial);
                let (a, b) = pair(trial, n, shared);
                sketcher.sign(&a, &mut x);
                sketcher.sign(&b, &mut y);
                estimate(&x, &y)
            })
            .collect()
    }

    fn mean_and_variance(values: &[f64]) -> (f64, f64) {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64;
        (mean, variance)
    }

    #[test]
    fn estimate_is_unbiased_with_at_most_binomial_variance() {
        // Sets with far fewer elements than bins, about as many, and far more.
        for (n, shared) in [(3, 1), (40, 10), (150, 100), (400, 80), (1500, 1000)] {
            let jaccard = shared as f64 / (2 * n - shared) as f64;
            let bins = 128;
            let trials = 1000;
            let (mean, variance) = mean_and_variance(&estimates(n, shared, bins, trials));
            let binomial = jaccard * (1.0 - jaccard) / bins as f64;
            // Five standard errors of the mean of 1,000 trials.
            let tolerance = 5.0 * (binomial / trials as f64).sqrt();
            assert!((mean - jaccard).abs() < tolerance, "n {n}: mean {mean}, exact {jaccard}");
            // The sample variance of 1,000 trials has a standard error of 4.5 %.
            assert!(variance < 1.2 * binomial, "n {n}: variance {variance}, binomial {binomial}");
            assert!(variance > 0.2 * binomial, "n {n}: variance {variance}, binomial {binomial}");
        }
    }

    #[test]
    fn bands_collide_as_often_as_independent_minima_would() {
        let (bins, rows, trials) = (128, 4, 1500);
        let (n, shared) = (300, 200);
        let jaccard: f64 = 200.0 / 400.0;
        let (mut x, mut y) = (Vec::new(), Vec::new());
        let mut collisions = 0;
        for trial in 0..trials {
            let sketcher = Sketcher::new(bins, trial);
            let (a, b) = pair(trial, n, shared);
            sketcher.sign(&a, &mut x);
            sketcher.sign(&b, &mut y);
            collisions += x.chunks(rows).zip(y.chunks(rows)).filter(|(a, b)| a == b).count();
        }
        let expected = jaccard.powi(4) * (bins / rows) as f64 * trials as f64;
        let ratio = collisions as f64 / expected;
        assert!((0.9..1.1).contains(&ratio), "bands collide {ratio} times as often as they should");
    }

    #[test]
    fn signature_ignores_order_and_repeats() {
        let sketcher = Sketcher::new(64, 7);
        let (a, _) = pair(1, 50, 10);
        let mut shuffled: Vec<u64> = a.iter().rev().copied().collect();
        shuffled.extend_from_slice(&a);
        let (mut x, mut y) = (Vec::new(), Vec::new());
        sketcher.sign(&a, &mut x);
        sketcher.sign(&shuffled, &mut y);
        assert_eq!(x, y);
    }

    #[test]
    fn one_element_fills_every_bin() {
        let sketcher = Sketcher::new(128, 1);
        let mut signature = Vec::new();
        sketcher.sign(&[42], &mut signature);
        assert!(signature.iter().all(|&v| v != EMPTY));
    }
}
