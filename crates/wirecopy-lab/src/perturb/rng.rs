//! Random numbers for the perturbations and the corpus generator.
//!
//! SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014). Not a crate, because a crate
//! may change the numbers of a seed with a new version, and then measured figures could not be reproduced.

/// A stream of random numbers that depends on its seed alone.
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Rng {
    /// Creates the stream of `seed`. Neighbouring seeds give unrelated streams.
    pub(crate) fn new(seed: u64) -> Self {
        Self(finish(seed.wrapping_add(GOLDEN)))
    }

    /// Creates the stream of several numbers, such as seed, document and purpose.
    pub(crate) fn of(parts: &[u64]) -> Self {
        Self::new(parts.iter().fold(0, |sum: u64, &part| finish((sum ^ part).wrapping_add(GOLDEN))))
    }

    /// Returns the next 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        finish(self.0)
    }

    /// Returns a number below `end`; 0 if `end` is 0. The bias of the multiplication is below 2⁻³² for all lengths used here.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.bits()) * end as u128) >> 64) as usize
    }

    /// Returns a number in 0..1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Returns true with probability `share`.
    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// Returns one of `items`, or `fallback` if there are none.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T], fallback: T) -> T {
        items.get(self.below(items.len())).copied().unwrap_or(fallback)
    }

    /// Shuffles `items` (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

fn finish(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stream_never_changes() {
        let mut rng = Rng::new(7);
        let first = [rng.bits(), rng.bits()];
        assert_eq!(
            first,
            [Rng::new(7).bits(), {
                let mut r = Rng::new(7);
                r.bits();
                r.bits()
            }]
        );
        assert_eq!(Rng(0).bits(), 0xe220_a839_7b1d_cdaf, "the published first value of seed 0");
    }

    #[test]
    fn numbers_are_uniform_and_in_range() {
        let mut rng = Rng::of(&[1, 2]);
        let mut seen = [0u32; 10];
        for _ in 0..10_000 {
            seen[rng.below(10)] += 1;
        }
        assert!(seen.iter().all(|&n| (850..1150).contains(&n)), "{seen:?}");
        assert_eq!(rng.below(0), 0);
        assert!((0..1000).all(|_| (0.0..1.0).contains(&rng.unit())));
    }
}
