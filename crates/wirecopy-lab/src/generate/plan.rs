//! The layout of a corpus: which documents belong together, and in what order they appear.
//!
//! The documents of a group have consecutive slots. A permutation maps a document's number to its slot, so that the members
//! of a family are scattered over the corpus, as in a real folder.

use super::Derivation;
use super::math::power;
use crate::perturb::rng::Rng;

/// Share of the groups with only one document.
const SINGLES: f64 = 0.75;
/// Share of the larger groups that are one template filled in several times.
const TEMPLATES: f64 = 0.15;
/// Power-law exponent of the sizes of larger groups. Most have two members, few have dozens.
const EXPONENT: f64 = 2.2;
/// Maximum size of a group. A group is also at most a tenth of the corpus.
const LARGEST: u32 = 200;

/// The layout of a corpus.
#[derive(Debug)]
pub(super) struct Plan {
    documents: u32,
    seed: u64,
    /// First slot of each group, ascending.
    starts: Vec<u32>,
}

/// Documents generated from one story or one template.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// First slot, which is that of the original.
    pub(super) start: u32,
    /// Whether its documents are one template filled in several times, rather than variants of one dispatch.
    pub(super) template: bool,
}

impl Plan {
    pub(super) fn new(documents: u32, seed: u64) -> Self {
        let mut rng = Rng::of(&[seed, 0x91a7]);
        let largest = LARGEST.min(documents / 10).max(2);
        let mut starts = Vec::new();
        let mut next = 0;
        while next < documents {
            starts.push(next);
            let size = if rng.chance(SINGLES) { 1 } else { larger(largest, &mut rng) };
            next = next.saturating_add(size);
        }
        Self { documents, seed, starts }
    }

    /// Returns the group of a slot, and the position in the group.
    pub(super) fn group(&self, slot: u32) -> (Group, u32) {
        let nth = self.starts.partition_point(|&start| start <= slot).saturating_sub(1);
        let start = self.starts.get(nth).copied().unwrap_or(0);
        let end = self.starts.get(nth + 1).copied().unwrap_or(self.documents);
        let template = end - start > 1 && Rng::of(&[self.seed, 0x7e41, u64::from(start)]).chance(TEMPLATES);
        (Group { start, template }, slot - start)
    }

    /// Returns the slot of a document: a permutation of `0..documents`.
    ///
    /// Uses a Feistel network of four rounds over the next even power of two, repeated until the result is in range (Black and
    /// Rogaway, "Ciphers with arbitrary finite domains", 2002). This needs fewer than four repetitions on average, and no table.
    pub(super) fn slot(&self, number: u32) -> u32 {
        if self.documents == 0 {
            return 0;
        }
        let bits = (u32::BITS - (self.documents - 1).leading_zeros()).max(2).div_ceil(2);
        let mask = (1u64 << bits) - 1;
        let mut at = u64::from(number % self.documents);
        loop {
            let (mut left, mut right) = (at >> bits, at & mask);
            for round in 0..4 {
                let mixed = wirecopy_core::text::mix(
                    right ^ wirecopy_core::text::mix(self.seed.wrapping_add(round + 1)),
                );
                (left, right) = (right, left ^ (mixed & mask));
            }
            at = left << bits | right;
            if at < u64::from(self.documents) {
                // `documents` is a `u32`, so the cast is exact.
                return at as u32;
            }
        }
    }
}

/// Draws a group size of at least two, with P(size ≥ n) falling as a power of n.
fn larger(largest: u32, rng: &mut Rng) -> u32 {
    let size = 2.0 * power(1.0 - rng.unit(), -1.0 / (EXPONENT - 1.0));
    (size as u32).clamp(2, largest)
}

/// Draws the relation of a further document to the original.
pub(super) fn relation(rng: &mut Rng) -> Derivation {
    match rng.below(100) {
        0..20 => Derivation::Identical,
        20..45 => Derivation::Copy,
        45..60 => Derivation::Excerpt,
        60..88 => Derivation::Rewrite,
        _ => Derivation::FollowUp,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn slots_are_a_permutation(documents in 1u32..3000, seed in any::<u64>()) {
            let plan = Plan::new(documents, seed);
            let mut slots: Vec<u32> = (0..documents).map(|number| plan.slot(number)).collect();
            slots.sort_unstable();
            prop_assert!(slots.into_iter().eq(0..documents));
        }

        #[test]
        fn every_slot_belongs_to_one_group(documents in 1u32..3000, seed in any::<u64>()) {
            let plan = Plan::new(documents, seed);
            let mut last = None;
            for slot in 0..documents {
                let (group, place) = plan.group(slot);
                prop_assert_eq!(group.start + place, slot);
                prop_assert!(place == 0 || last == Some((group.start, group.template)));
                last = Some((group.start, group.template));
            }
        }
    }

    #[test]
    fn members_are_scattered() {
        let plan = Plan::new(10_000, 3);
        let groups: Vec<u32> = (0..10_000).map(|number| plan.group(plan.slot(number)).0.start).collect();
        let neighbours = groups.windows(2).filter(|pair| pair[0] == pair[1]).count() as f64;
        // The number expected by chance.
        let sizes = plan.starts.windows(2).map(|pair| f64::from(pair[1] - pair[0]));
        let expected = sizes.map(|size| size * (size - 1.0)).sum::<f64>() / 10_000.0;
        assert!((neighbours - expected).abs() < 4.0 * expected.sqrt() + 3.0, "{neighbours} for {expected}");
    }

    #[test]
    fn sizes_follow_a_power_law() {
        let plan = Plan::new(200_000, 3);
        let sizes: Vec<u32> = plan.starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let share =
            |from: u32| sizes.iter().filter(|&&size| size >= from).count() as f64 / sizes.len() as f64;
        assert!((0.23..0.27).contains(&share(2)), "{}", share(2));
        assert!((0.05..0.15).contains(&share(4)) && share(20) > 0.005, "{} {}", share(4), share(20));
        assert!(sizes.iter().all(|&size| size <= LARGEST));
    }
}
