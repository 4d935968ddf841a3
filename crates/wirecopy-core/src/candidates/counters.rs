//! Counts the documents that hold each feature, in a table of small saturating counters.
//!
//! The input is the features of each document. A count is the number of documents that hold a feature of its counter. It is
//! never too low, and too high where features of different documents share a counter (a counting Bloom filter with one
//! hash; Fan et al. 2000). Features are collected by the part of the table that they fall into and counted part by part,
//! because a part fits a CPU cache and the table does not.
//!
//! Why this is hand-made: it is an array of bytes with a saturating addition; the effort is in filling it part by part.

use std::ops::Range;
use std::sync::Mutex;

use rayon::prelude::*;

use crate::Similarity;
use crate::bits::{BLOCK, gather};
use crate::hash::{Counts, Firsts};

/// Largest count, which stands for "frequent".
pub(crate) const SATURATED: u8 = Counts::MOST;
/// Number of parts of the table, as a power of two.
const PART_BITS: u32 = 8;
/// Number of features of a document above which they are sorted to find repeats, so that the table of those that it has stays small.
const MANY: usize = 1 << 13;
/// Number of documents whose features are collected before they are counted.
const CHUNK: usize = 1024;
/// Most such chunks of a task, which needs buffers of its own.
const TOGETHER: usize = 4;

/// The size of a table of counters, and how much of it is in use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TableUse {
    /// Number of counters.
    pub counters: u64,
    /// Share of the counters that features of the documents use: the probability that a feature of only one document
    /// shares its counter with another and seems to occur in more documents.
    pub used: Similarity,
}

/// Counters of features, one byte each, in parts by their leading bits.
#[derive(Clone, Debug)]
pub(crate) struct Counters {
    parts: Vec<Counts>,
    /// Number of leading bits of a feature that select its counter.
    bits: u32,
}

impl Counters {
    /// Number of parts of every table.
    pub(crate) const PARTS: usize = 1 << PART_BITS;

    /// Creates a table of `2^bits` counters of no documents.
    pub(crate) fn empty(bits: u32) -> Self {
        let bits = bits.max(PART_BITS);
        Self { parts: vec![Counts::new(bits - PART_BITS); Self::PARTS], bits }
    }

    /// Returns the size of the table as a power of two.
    pub(crate) fn bits(&self) -> u32 {
        self.bits
    }

    /// Counts the features of a document, which may have repeats. Leaves the buffer in disorder.
    pub(crate) fn add(&mut self, features: &mut Vec<u64>) {
        let bits = self.bits;
        features.iter_mut().for_each(|feature| *feature >>= 64 - bits);
        features.sort_unstable();
        features.dedup();
        for place in features {
            let (part, place) = place_of(*place, bits);
            self.parts[part].add_at(place as usize);
        }
    }

    /// Returns the counters of a part.
    pub(crate) fn part(&self, part: usize) -> &[u8] {
        self.parts[part].all()
    }

    /// Adds the counters of a part of another table of the same size.
    pub(crate) fn add_part(&mut self, part: usize, counters: &[u8]) {
        self.parts[part].add_all(counters);
    }

    /// Counts the features of documents `0..documents` in a table of `2^bits` counters. `features` puts the features of one
    /// document, which are well-mixed hashes, into an empty vector, with the `scratch` of its thread. Repeats within a document
    /// count once.
    pub(crate) fn new<S>(
        documents: usize,
        bits: u32,
        scratch: impl Fn() -> S + Send + Sync,
        features: impl Fn(usize, &mut S, &mut Vec<u64>) + Sync,
    ) -> Self {
        let bits = bits.max(PART_BITS);
        let parts: Vec<Mutex<Counts>> = std::iter::repeat_with(|| Mutex::new(Counts::new(bits - PART_BITS)))
            .take(1 << PART_BITS)
            .collect();
        let starts: Vec<usize> = (0..documents).step_by(CHUNK).collect();
        starts.into_par_iter().with_max_len(TOGETHER).for_each_init(
            || (scratch(), Vec::new(), Firsts::default(), vec![Vec::new(); 1 << PART_BITS]),
            |(scratch, found, seen, collected): &mut (S, Vec<u64>, Firsts, Vec<Vec<u32>>), start| {
                for document in start..(start + CHUNK).min(documents) {
                    found.clear();
                    features(document, scratch, found);
                    found.iter_mut().for_each(|feature| *feature >>= 64 - bits);
                    let mut collect = |counter: u64| {
                        let (part, place) = place_of(counter, bits);
                        collected[part].push(place);
                    };
                    if found.len() > MANY {
                        found.sort_unstable();
                        found.dedup();
                        found.iter().for_each(|&counter| collect(counter));
                    } else {
                        seen.begin(found.len());
                        // Lossless: a table has at most 2^32 counters.
                        let first = |counter: &&u64| seen.is_first(**counter as u32);
                        found.iter().filter(first).for_each(|&counter| collect(counter));
                    }
                }
                for (part, collected) in parts.iter().zip(collected) {
                    // If a thread panicked, the whole run ends.
                    let mut counters = part.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    // Counters saturate, so the result does not depend on the order of the threads.
                    collected.drain(..).for_each(|place| counters.add_at(place as usize));
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
    pub(crate) fn within(&self, range: &Range<u8>) -> Within {
        // One comparison, which compilers turn into vector instructions.
        let (start, length) = (range.start, range.end.saturating_sub(range.start));
        let block = |counters: &[u8; BLOCK]| {
            gather(&counters.map(|count| u8::from(count.wrapping_sub(start) < length)), 1)
        };
        let blocks = |counters: &[u8]| -> Vec<u64> { counters.as_chunks().0.iter().map(block).collect() };
        // The parts of a small table have less than a block of counters.
        let together = BLOCK.div_ceil(self.parts[0].all().len());
        let group = |group: &[Counts]| match group {
            [part] => blocks(part.all()),
            parts => blocks(&parts.iter().flat_map(Counts::all).copied().collect::<Vec<u8>>()),
        };
        let groups: Vec<Vec<u64>> = self.parts.par_chunks(together).map(group).collect();
        Within { blocks: groups.concat(), bits: self.bits }
    }

    /// Returns the size and the use of the table. Linear in the number of counters.
    pub(crate) fn table_use(&self) -> TableUse {
        // Sums of few are bytes, of which compilers add many at a time.
        let of_few = |few: &[u8]| usize::from(few.iter().map(|&count| u8::from(count > 0)).sum::<u8>());
        let used = |part: &Counts| part.all().chunks(BLOCK).map(of_few).sum::<usize>();
        let used: usize = self.parts.par_iter().map(used).sum();
        let all: usize = self.parts.iter().map(|part| part.all().len()).sum();
        TableUse { counters: all as u64, used: Similarity::share(used, all) }
    }

    /// Returns the number of documents that hold a feature, saturating.
    pub(crate) fn of(&self, feature: u64) -> u8 {
        let (part, place) = place(feature, self.bits);
        self.parts[part].all()[place as usize]
    }
}

/// One bit for each counter of a table: whether its value lies in a range. Small enough for a CPU cache, unlike
/// the table.
#[derive(Debug)]
pub(crate) struct Within {
    blocks: Vec<u64>,
    bits: u32,
}

impl Within {
    /// Returns 1 if the count of a feature lies in the range, else 0.
    pub(super) fn has(&self, feature: u64) -> u8 {
        let place = (feature >> (64 - self.bits)) as usize;
        // One bit.
        (self.blocks[place / BLOCK] >> (place % BLOCK) & 1) as u8
    }
}

/// Returns the part and the index of a feature's counter.
fn place(feature: u64, bits: u32) -> (usize, u32) {
    place_of(feature >> (64 - bits), bits)
}

/// Returns the part of a counter and its index in it.
fn place_of(place: u64, bits: u32) -> (usize, u32) {
    let within = bits - PART_BITS;
    // A part has at most 2^32 counters.
    ((place >> within) as usize, (place & ((1 << within) - 1)) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::mix;

    #[test]
    fn repeats_in_a_document_count_once_however_many_features_it_has() {
        for distinct in [3, 2 * MANY as u64] {
            let counters = Counters::new(
                2,
                24,
                || (),
                |document, (), out| {
                    out.extend((0..distinct).map(mix));
                    out.extend((0..2 - document as u64).map(mix));
                },
            );
            let counts: Vec<u8> = (0..3).map(|feature| counters.of(mix(feature))).collect();
            assert_eq!(counts, [2, 2, 2], "{distinct}");
        }
    }

    #[test]
    fn documents_are_counted_and_counts_saturate() {
        let counters = Counters::new(
            300,
            16,
            || (),
            |document, (), out| {
                out.push(mix(1));
                if document % 3 == 0 {
                    out.push(mix(2));
                }
            },
        );
        assert_eq!((counters.of(mix(1)), counters.of(mix(2)), counters.of(mix(3))), (SATURATED, 100, 0));
        let table = TableUse { counters: 1 << 16, used: Similarity::share(2, 1 << 16) };
        assert_eq!(counters.table_use(), table);
        let hundred = counters.within(&(100..101));
        assert_eq!((hundred.has(mix(1)), hundred.has(mix(2)), hundred.has(mix(3))), (0, 1, 0));
        assert!((0..1000).map(mix).all(|f| (hundred.has(f) == 1) == (counters.of(f) == 100)));
    }
}
