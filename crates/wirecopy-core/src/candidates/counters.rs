//! In how many documents a feature stands: a table of small saturating counters.
//!
//! In come the features of each document, each once; out comes a count that is too high at times, where two features share
//! a counter, and never too low (a counting Bloom filter of one hash; Fan et al. 2000). Features are collected by the part
//! of the table that they fall into and counted part by part: a part fits a cache, the table does not.

use std::ops::Range;
use std::sync::Mutex;

use rayon::prelude::*;

use crate::hash::Counts;

/// Counts from which "frequent" is all there is to know.
pub(crate) const SATURATED: u8 = Counts::MOST;
/// Parts of the table, as a power of two.
const PART_BITS: u32 = 8;
/// Documents whose features are collected before they are counted.
const CHUNK: usize = 1024;

/// Counters of features, one byte each, in parts by their first bits.
pub(crate) struct Counters {
    parts: Vec<Counts>,
    /// Bits of a feature that name its counter.
    bits: u32,
}

impl Counters {
    /// Counts the features of documents `0..documents` in a table of `2^bits` counters; `features` appends those of one,
    /// each once. Features are well-mixed hashes.
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
                    // A thread that panicked takes the run with it.
                    let mut counters = part.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    // Saturating, so the outcome does not hang on the order of the threads.
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

    /// Which counters lie in `range`. Linear in their number.
    pub(super) fn within(&self, range: &Range<u8>) -> Within {
        let byte = |counters: &[u8]| {
            (0..).zip(counters).fold(0, |byte, (at, count)| byte | u8::from(range.contains(count)) << at)
        };
        let parts: Vec<Vec<u8>> =
            self.parts.par_iter().map(|part| part.all().chunks(8).map(byte).collect()).collect();
        Within { bytes: parts.concat(), bits: self.bits }
    }

    /// In how many documents a feature stands, saturating.
    pub(crate) fn of(&self, feature: u64) -> u8 {
        let (part, place) = place(feature, self.bits);
        self.parts[part].all()[place as usize]
    }
}

/// For each counter of a table whether it lies in a range: a bit each, near where the table is far away.
pub(super) struct Within {
    bytes: Vec<u8>,
    bits: u32,
}

impl Within {
    /// Whether the count of a feature lies in the range: 1 or 0.
    pub(super) fn has(&self, feature: u64) -> u8 {
        let place = feature >> (64 - self.bits);
        self.bytes[(place / 8) as usize] >> (place % 8) & 1
    }
}

/// Where the counter of a feature stands.
fn place(feature: u64, bits: u32) -> (usize, u32) {
    let place = feature >> (64 - bits);
    let within = bits - PART_BITS;
    // At most 2^32 counters a part.
    ((place >> within) as usize, (place & ((1 << within) - 1)) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::mix;

    #[test]
    fn counts_are_of_documents_and_stop_at_the_end() {
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
