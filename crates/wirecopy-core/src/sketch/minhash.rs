//! MinHash by fast similarity sketching.
//!
//! Dahlgaard, Knudsen and Thorup, *Fast Similarity Sketching* (FOCS 2017): `t` bins are filled in rounds. In round
//! `i` every element falls into one bin with the value `i + r`, where `r` is random in [0, 1), and a bin keeps its
//! minimum. Rounds end once every bin is filled, after two or three for a news story. From round `t` on, each
//! round sends all elements to one bin, so that even a set of one element fills every bin. Two sets agree in a bin
//! with a probability of exactly their Jaccard similarity. Bins are practically independent, and the variance is
//! *below* that of `t` independent permutations, with O(n + t log t) instead of O(n·t) hash values.

use std::borrow::Cow;

use crate::{Error, Result, Similarity};

/// The minima of a document, with the parameters of the [`Sketcher`] that computed them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    minima: Vec<u64>,
    seed: u64,
}

impl Signature {
    /// Returns the minima, as many as the sketcher has bins.
    pub fn minima(&self) -> &[u64] {
        &self.minima
    }

    /// Returns the parameters that two signatures must have in common to be comparable.
    pub fn parameters(&self) -> Parameters {
        Parameters { bins: self.minima.len(), seed: self.seed }
    }

    /// Estimates the Jaccard similarity of two sets as the share of minima in which their signatures agree. The
    /// estimate is unbiased, with a variance of at most `J (1 − J) / bins`.
    ///
    /// # Errors
    /// Returns [`Error::Signatures`] if the other signature was made with other parameters.
    pub fn similarity(&self, other: &Self) -> Result<Similarity> {
        let (expected, found) = (self.parameters(), other.parameters());
        if expected != found {
            return Err(Error::Signatures { expected, found });
        }
        let agree = self.minima.iter().zip(&other.minima).filter(|(a, b)| a == b).count();
        Ok(Similarity::share(agree, expected.bins))
    }
}

/// The parameters of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameters {
    /// Number of minima.
    pub bins: usize,
    /// Seed of the hash functions.
    pub seed: u64,
}

impl std::fmt::Display for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} minima with the seed {}", self.bins, self.seed)
    }
}

/// Computes the signatures of sets of shingles.
#[derive(Clone, Debug)]
pub struct Sketcher {
    /// One salt for each of the `2 × bins` rounds.
    salts: Vec<u64>,
    bins: usize,
    seed: u64,
}

/// Number of low bits of a value that hold its random part; the round is in the bits above.
const FRACTION_BITS: u32 = 48;
const EMPTY: u64 = u64::MAX;
/// Number of rounds after which repeats are removed from a set.
const MANY_ROUNDS: usize = 4;

impl Sketcher {
    /// Creates a sketcher for signatures of `bins` minima; `seed` selects the hash functions.
    pub fn new(bins: usize, seed: u64) -> Self {
        let salts = (0..2 * bins as u64)
            .map(|round| crate::text::mix(seed.wrapping_add(round + 1) << 1 | 1))
            .collect();
        Self { salts, bins, seed }
    }

    /// Returns the number of minima in a signature.
    pub fn bins(&self) -> usize {
        self.bins
    }

    /// Computes the signature of a set of well-mixed 64-bit hashes and stores it in `out`. Repeated elements are
    /// allowed. The signature of an empty set agrees with that of every other empty set, so callers must leave
    /// those out.
    pub fn sign(&self, set: &[u64], out: &mut Signature) {
        out.seed = self.seed;
        let out = &mut out.minima;
        out.clear();
        out.resize(self.bins, EMPTY);
        if set.is_empty() {
            return;
        }
        let bins = self.bins as u64;
        let bin = |hash: u64| (((hash >> 48) * bins) >> 16) as usize;
        let mut set = Cow::Borrowed(set);
        for (round, &salt) in self.salts.iter().enumerate() {
            // Nearly all sets of more elements than bins have filled them by now. Others consist of repeats, which change nothing.
            if round == MANY_ROUNDS && set.len() > self.bins {
                let mut distinct = set.into_owned();
                distinct.sort_unstable();
                distinct.dedup();
                set = Cow::Owned(distinct);
            }
            let prefix = (round as u64) << FRACTION_BITS;
            let value = |hash: u64| prefix | (hash & ((1 << FRACTION_BITS) - 1));
            let hashes = set.iter().map(|&element| fold_multiply(element ^ salt));
            if let Some(forced) = round.checked_sub(self.bins) {
                // Each of the last rounds sends everything to one bin, for sets smaller than the signature.
                out[forced] = hashes.map(value).fold(out[forced], u64::min);
            } else if round == 0 {
                // Without a branch: every other element or so lowers a minimum, which the processor cannot predict.
                for hash in hashes {
                    let slot = &mut out[bin(hash)];
                    *slot = value(hash).min(*slot);
                }
            } else {
                // Nearly all bins are filled with smaller values, so that the branch can be predicted.
                for hash in hashes {
                    let (slot, value) = (&mut out[bin(hash)], value(hash));
                    if value < *slot {
                        *slot = value;
                    }
                }
            }
            if !out.contains(&EMPTY) {
                return;
            }
        }
    }
}

/// Folds a 64 × 64 → 128 bit product. That mixes enough for inputs that are hashes already, and for the places of a table.
pub(crate) fn fold_multiply(x: u64) -> u64 {
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
        let (mut x, mut y) = (Signature::default(), Signature::default());
        (0..trials)
            .map(|trial| {
                let sketcher = Sketcher::new(bins, trial);
                let (a, b) = pair(trial, n, shared);
                sketcher.sign(&a, &mut x);
                sketcher.sign(&b, &mut y);
                x.similarity(&y).unwrap().get()
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
        let (mut x, mut y) = (Signature::default(), Signature::default());
        let mut collisions = 0;
        for trial in 0..trials {
            let sketcher = Sketcher::new(bins, trial);
            let (a, b) = pair(trial, n, shared);
            sketcher.sign(&a, &mut x);
            sketcher.sign(&b, &mut y);
            collisions += x.minima.chunks(rows).zip(y.minima.chunks(rows)).filter(|(a, b)| a == b).count();
        }
        let expected = jaccard.powi(4) * (bins / rows) as f64 * trials as f64;
        let ratio = collisions as f64 / expected;
        assert!((0.9..1.1).contains(&ratio), "bands collide {ratio} times as often as they should");
    }

    /// Computes a signature as it is defined: each value lowers the minimum of its bin.
    fn by_definition(sketcher: &Sketcher, set: &[u64]) -> Vec<u64> {
        let bins = sketcher.bins;
        let mut minima = vec![EMPTY; bins];
        for (round, salt) in sketcher.salts.iter().enumerate() {
            for element in set {
                let hash = fold_multiply(element ^ salt);
                let bin = round.checked_sub(bins).unwrap_or((((hash >> 48) * bins as u64) >> 16) as usize);
                minima[bin] =
                    minima[bin].min((round as u64) << FRACTION_BITS | hash & ((1 << FRACTION_BITS) - 1));
            }
            if set.is_empty() || !minima.contains(&EMPTY) {
                break;
            }
        }
        minima
    }

    #[test]
    fn signatures_are_those_of_the_definition() {
        for (bins, n) in [(1, 1), (16, 1), (16, 3), (16, 40), (128, 2), (128, 100), (128, 500), (128, 0)] {
            let sketcher = Sketcher::new(bins, 3);
            let (set, _) = pair(9, n, 0);
            let mut signature = Signature::default();
            sketcher.sign(&set, &mut signature);
            assert_eq!(signature.minima(), by_definition(&sketcher, &set), "{n} in {bins}");
            let repeated = set.repeat(300);
            sketcher.sign(&repeated, &mut signature);
            assert_eq!(signature.minima(), by_definition(&sketcher, &set), "{n} in {bins}, repeated");
        }
    }

    #[test]
    fn signature_ignores_order_and_repeats() {
        let sketcher = Sketcher::new(64, 7);
        let (a, _) = pair(1, 50, 10);
        let mut shuffled: Vec<u64> = a.iter().rev().copied().collect();
        shuffled.extend_from_slice(&a);
        let (mut x, mut y) = (Signature::default(), Signature::default());
        sketcher.sign(&a, &mut x);
        sketcher.sign(&shuffled, &mut y);
        assert_eq!(x, y);
    }

    #[test]
    fn one_element_fills_every_bin() {
        let sketcher = Sketcher::new(128, 1);
        let mut signature = Signature::default();
        sketcher.sign(&[42], &mut signature);
        assert!(signature.minima.iter().all(|&v| v != EMPTY));
    }

    #[test]
    fn signatures_of_other_parameters_are_not_compared() {
        let signature = |bins, seed| {
            let mut signature = Signature::default();
            Sketcher::new(bins, seed).sign(&[1, 2, 3], &mut signature);
            signature
        };
        let own = signature(64, 7);
        assert_eq!(own.similarity(&signature(64, 7)).unwrap(), 1.0);
        for (bins, seed) in [(128, 7), (64, 8)] {
            let error = own.similarity(&signature(bins, seed)).unwrap_err();
            let (expected, found) = (Parameters { bins: 64, seed: 7 }, Parameters { bins, seed });
            assert!(
                matches!(error, Error::Signatures { expected: e, found: f } if (e, f) == (expected, found)),
                "{error}"
            );
        }
    }
}
