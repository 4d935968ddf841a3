//! Counts the documents that hold each feature, in a table of small saturating counters.
//!
//! The input is the features of each document, without repeats. A count is never too low, and too high where two
//! features share a counter (a counting Bloom filter with one hash; Fan et al. 2000). Features are collected by
//! the part of the table that they fall into and counted part by part, because a part fits a CPU cache and the
//! table does not.
//!
//! Why this is hand-made: it is an array of bytes with a saturating addition; the effort is in filling it part by part.

use std::ops::Range;
use std::sync::Mutex;

use rayon::prelude::*;

use crate::hash::Counts;

/// Largest count, which stands for "frequent".
pub(crate) const SATURATED: u8 = Counts::MOST;
/// Number of parts of the table, as a power of two.
const PART_BITS: u32 = 8;
/// Number of documents whose features are collected before they are counted.
const CHUNK: usize = 1024;

/// Counters of features, one byte each, in parts by their leading bits.
pub(crate) struct Counters {
    parts: Vec<Counts>,
    /// Number of leading bits of a feature that select its counter.
    bits: u32,
}

impl Counters {
    /// Counts the features of documents `0..documents` in a table of `2^bits` counters. `features` appends the
    /// features of one document, without repeats. Features are well-mixed hashes.
    pub(crate) fn new<S: Default>(
        documents: usize,
        bits: u32,
        features: impl Fn(usize, &mut S, &mut Vec<u64>) + Sync,
    ) -> Self {
        let bits = bits.max(PART_BITS);
        let parts: Vec<Mutex<Counts>> = std::iter::repeat_with(|| Mutex::new(Counts::new(bits - PART_BITS)))
            .take(1 << PART_BITS)
            .collect();
        let starts: Vec<usize> = (0..documents).step_by(CHUNK).collect();
        starts.into_par_iter().for_each_init(
            || (S::default(), Vec::new(), vec![Vec::new(); 1 << PART_BITS]),
            |(scratch, found, collected): &mut (S, Vec<u64>, Vec<Vec<u32>>), start| {
                for document in start..(start + CHUNK).min(documents) {
                    found.clear();
                    features(document, scratch, found);
                    for &feature in &*found {
                        let (part, place) = place(feature, bits);
                        collected[part].push(place);
                    }
                }
                for (part, places) in parts.iter().zip(collected) {
                    // If a thread panicked, the whole run ends.
                    let mut counters = part.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    // Counters saturate, so the result does not depend on the order of the threads.
                    places.drain(..).for_each(|place| counters.add_at(place as usize));
                }
            },
        );
        let parts = parts
            .into_iter()
            .map(|part| part.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
            .collect();
        Self { parts, bits }
    }

    /// Marks the counters whose value lies in `range`. Linear in the number of counters.
    pub(super) fn within(&self, range: &Range<u8>) -> Within {
        let byte = |counters: &[u8]| {
            (0..).zip(counters).fold(0, |byte, (at, count)| byte | u8::from(range.contains(count)) << at)
        };
        let parts: Vec<Vec<u8>> =
            self.parts.par_iter().map(|part| part.all().chunks(8).map(byte).collect()).collect();
        Within { bytes: parts.concat(), bits: self.bits }
    }

    /// Returns the number of documents that hold a feature, saturating.
    pub(crate) fn of(&self, feature: u64) -> u8 {
        let (part, place) = place(feature, self.bits);
        self.parts[part].all()[place as usize]
    }
}

/// One bit for each counter of a table: whether its value lies in a range. Small enough for a CPU cache, unlike
/// the table.
pub(super) struct Within {
    bytes: Vec<u8>,
    bits: u32,
}

impl Within {
    /// Returns 1 if the count of a feature lies in the range, else 0.
    pub(super) fn has(&self, feature: u64) -> u8 {
        let place = feature >> (64 - self.bits);
        self.bytes[(place / 8) as usize] >> (place % 8) & 1
    }
}

/// Returns the part and the index of a feature's counter.
fn place(feature: u64, bits: u32) -> (usize, u32) {
    let place = feature >> (64 - bits);
    let within = bits - PART_BITS;
    // A part has at most 2^32 counters.
    ((place >> within) as usize, (place & ((1 << within) - 1)) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::mix;

    #[test]
    fn documents_are_counted_and_counts_saturate() {
        let counters = Counters::new(300, 16, |document, (): &mut (), out| {
            out.push(mix(1));
            if document % 3 == 0 {
                out.push(mix(2));
            }
        });
        assert_eq!((counters.of(mix(1)), counters.of(mix(2)), counters.of(mix(3))), (SATURATED, 100, 0));
        let hundred = counters.within(&(100..101));
        assert_eq!((hundred.has(mix(1)), hundred.has(mix(2)), hundred.has(mix(3))), (0, 1, 0));
        assert!((0..1000).map(mix).all(|f| (hundred.has(f) == 1) == (counters.of(f) == 100)));
    }
}
