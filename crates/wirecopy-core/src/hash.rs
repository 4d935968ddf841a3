//! A set, a map, counters and a sort for keys that are well-mixed 64-bit hashes and so need no further hashing.
//!
//! Why this is hand-made: most of what a run compares is hashes. A general hash map would hash them again, and a general sort would
//! compare keys whose leading bits already give their position. Both cost several times as much as the work done
//! with the result.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use rayon::prelude::*;

/// A map whose keys are used as their own hash.
pub type ByHash<K, V> = HashMap<K, V, BuildHasherDefault<IdentityHasher>>;

/// A set whose keys are used as their own hash. It can be copied and compared; [`Hashes`] is faster.
pub(crate) type SetByHash<K> = HashSet<K, BuildHasherDefault<IdentityHasher>>;

/// Uses a 64-bit key as its own hash.
#[derive(Default)]
pub struct IdentityHasher(u64);

impl Hasher for IdentityHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // FNV-1a, for keys that are not 64 bits wide.
        self.0 =
            bytes.iter().fold(self.0, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// A set of hashes with open addressing, at most half full. The hash 0 is stored as 1.
#[derive(Debug, Default)]
pub(crate) struct Hashes {
    /// The slots; 0 marks a free one.
    slots: Vec<u64>,
    shift: u32,
}

impl Hashes {
    /// Empties the set and reserves space for `most` hashes.
    pub(crate) fn clear(&mut self, most: usize) {
        let size = (2 * most).next_power_of_two().max(2);
        self.shift = 64 - size.trailing_zeros();
        self.slots.clear();
        self.slots.resize(size, 0);
    }

    /// Returns the number of slots.
    pub(crate) fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Finds the slot that holds a hash, or the one where it would be inserted, and returns whether it is present.
    #[inline]
    pub(crate) fn slot(&self, hash: u64) -> (usize, bool) {
        let hash = hash.max(1);
        let last = self.slots.len() - 1;
        let mut at = (hash >> self.shift) as usize;
        loop {
            match self.slots[at] {
                0 => return (at, false),
                held if held == hash => return (at, true),
                _ => at = (at + 1) & last,
            }
        }
    }

    /// Adds a hash and returns whether it was new.
    #[inline]
    pub(crate) fn insert(&mut self, hash: u64) -> bool {
        let (at, held) = self.slot(hash);
        if !held {
            self.slots[at] = hash.max(1);
        }
        !held
    }
}

/// Finds repeats among the numbers of one document after the other: a table with open addressing that is not cleared in between, because
/// each entry names its document. The low bits of the numbers must be well mixed.
#[derive(Debug, Default)]
pub(crate) struct Firsts {
    /// The number of a document, from 1, in the upper half, and one of its numbers in the lower. At most three quarters are of one
    /// document.
    entries: Vec<u64>,
    document: u32,
}

impl Firsts {
    /// Begins with the next document, of `most` numbers.
    pub(crate) fn begin(&mut self, most: usize) {
        self.document = self.document.wrapping_add(1);
        if self.document == 0 || 4 * most > 3 * self.entries.len() {
            let size = (4 * most / 3 + 1).next_power_of_two().max(self.entries.len());
            self.entries.clear();
            self.entries.resize(size, 0);
            self.document = 1;
        }
    }

    /// Returns whether a number comes for the first time in its document.
    #[inline]
    pub(crate) fn is_first(&mut self, number: u32) -> bool {
        let entry = u64::from(self.document) << 32 | u64::from(number);
        let last = self.entries.len() - 1;
        let mut at = number as usize & last;
        loop {
            let held = &mut self.entries[at];
            if *held == entry {
                return false;
            }
            if *held >> 32 != entry >> 32 {
                *held = entry;
                return true;
            }
            at = (at + 1) & last;
        }
    }
}

/// Saturating counters of hashes, one byte each. A count is never too low, and too high where two hashes share a counter.
#[derive(Clone, Debug)]
pub(crate) struct Counts {
    counts: Box<[u8]>,
    shift: u32,
}

impl Counts {
    /// The highest count.
    pub(crate) const MOST: u8 = u8::MAX;

    /// Creates `2^bits` counters, at least two.
    pub(crate) fn new(bits: u32) -> Self {
        Self { counts: vec![0; 1 << bits].into(), shift: u64::BITS - bits }
    }

    /// Creates two to four counters for each of `hashes` hashes.
    pub(crate) fn for_hashes(hashes: usize) -> Self {
        Self::new(hashes.max(1).ilog2() + 2)
    }

    /// Returns all counters.
    pub(crate) fn all(&self) -> &[u8] {
        &self.counts
    }

    /// Counts a hash, given its leading bits.
    pub(crate) fn add_at(&mut self, place: usize) {
        self.counts[place] = self.counts[place].saturating_add(1);
    }

    /// Adds the counts of another table of the same size.
    pub(crate) fn add_all(&mut self, other: &[u8]) {
        for (count, more) in self.counts.iter_mut().zip(other) {
            *count = count.saturating_add(*more);
        }
    }

    /// Counts a hash.
    pub(crate) fn add(&mut self, hash: u64) {
        self.add_at((hash >> self.shift) as usize);
    }

    /// Returns the count of a hash.
    pub(crate) fn of(&self, hash: u64) -> u8 {
        self.counts[(hash >> self.shift) as usize]
    }
}

/// A record whose leading bits are a hash.
pub trait Hashed: Copy + Ord + Send {
    /// Returns the leading 64 bits; their order is that of the records.
    fn leading(self) -> u64;
}

impl Hashed for u64 {
    fn leading(self) -> u64 {
        self
    }
}

impl Hashed for (u64, u32) {
    fn leading(self) -> u64 {
        self.0
    }
}

impl Hashed for u32 {
    fn leading(self) -> u64 {
        u64::from(self) << 32
    }
}

/// Below this many records, a general sort is as fast.
const FEW: usize = 64;
/// Above this many records, they are first split into parts that each fit a CPU cache.
const MANY: usize = 1 << 14;
/// Number of parts, as a power of two.
const PART_BITS: u32 = 8;
/// Most slots that records are distributed to, as a power of two.
const PLACE_BITS: u32 = 16;
/// Average number of positions that a record may be moved. Beyond it, the leading bits are not hashes.
const MOVES: usize = 16;

/// Sorts records whose leading bits are hashes.
///
/// Distributes the records by these bits to about one slot each and finishes with an insertion sort that moves few
/// of them. Linear, and half the time of a general sort. Where the leading bits are not hashes, it falls back on a
/// general sort. Large inputs are sorted on all threads.
pub fn sort<T: Hashed>(records: &mut [T]) {
    // Offsets are 32 bits wide.
    if u32::try_from(records.len()).is_err() {
        return records.sort_unstable();
    }
    if records.len() <= MANY {
        return sort_from(records, 0, &mut Buffers::default());
    }
    let mut buffers = Buffers::default();
    deal(records, 0, PART_BITS, &mut buffers);
    let mut parts = Vec::with_capacity(1 << PART_BITS);
    let (mut rest, mut start) = (records, 0);
    for &end in &buffers.ends {
        let (part, behind) = rest.split_at_mut((end - start) as usize);
        parts.push(part);
        (rest, start) = (behind, end);
    }
    parts
        .into_par_iter()
        .for_each_init(Buffers::default, |buffers, part| sort_from(part, PART_BITS, buffers));
}

/// Working memory of [`deal`].
struct Buffers<T> {
    dealt: Vec<T>,
    /// End of each slot's records.
    ends: Vec<u32>,
}

impl<T> Default for Buffers<T> {
    fn default() -> Self {
        Self { dealt: Vec::new(), ends: Vec::new() }
    }
}

/// Sorts records whose first `known` bits are equal.
fn sort_from<T: Hashed>(records: &mut [T], known: u32, buffers: &mut Buffers<T>) {
    if records.len() < FEW {
        return records.sort_unstable();
    }
    // Most terms and tokens begin with the same two class bits. Bits that all records share do not separate them,
    // so they are skipped. This leaves one to four slots a record; with more, going through the slots costs more than it saves.
    let first = records[0].leading();
    let differing = records.iter().fold(0, |bits, record| bits | (record.leading() ^ first));
    let bits = (records.len().ilog2() + 1).min(PLACE_BITS);
    deal(records, differing.leading_zeros().min(64 - PLACE_BITS).max(known), bits, buffers);
    let mut moves = MOVES * records.len();
    for at in 1..records.len() {
        let record = records[at];
        let mut to = at;
        while to > 0 && records[to - 1] > record {
            records[to] = records[to - 1];
            to -= 1;
        }
        records[to] = record;
        match moves.checked_sub(at - to) {
            Some(left) => moves = left,
            None => return records.sort_unstable(),
        }
    }
}

/// Distributes records stably by the `bits` bits that follow their first `known` ones.
fn deal<T: Hashed>(records: &mut [T], known: u32, bits: u32, buffers: &mut Buffers<T>) {
    let Buffers { dealt, ends } = buffers;
    let place = |record: T| (record.leading() << known >> (64 - bits)) as usize;
    ends.clear();
    ends.resize(1 << bits, 0);
    for &record in &*records {
        ends[place(record)] += 1;
    }
    let mut before = 0;
    for end in ends.iter_mut() {
        (*end, before) = (before, before + *end);
    }
    dealt.clear();
    dealt.extend_from_slice(records);
    for &record in &*dealt {
        let end = &mut ends[place(record)];
        records[*end as usize] = record;
        *end += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::mix;

    proptest! {
        #[test]
        fn inserts_and_lookups_agree_with_the_standard_set(hashes in prop::collection::vec(0u64..300, 0..200), spread in any::<bool>()) {
            let mut set = Hashes::default();
            set.clear(hashes.len());
            let mut expected = HashSet::new();
            for hash in hashes {
                // Either all hashes compete for the first slots, or they are spread over the table.
                let hash = if spread { mix(hash + 1) } else { hash + 1 };
                prop_assert_eq!(set.slot(hash).1, expected.contains(&hash));
                prop_assert_eq!(set.insert(hash), expected.insert(hash));
            }
        }

        #[test]
        fn numbers_of_a_document_are_first_once(
            documents in prop::collection::vec(prop::collection::vec(0u32..60, 0..90), 0..20),
            spread in any::<bool>(),
            begun in prop::sample::select(vec![0, u32::MAX - 3]),
        ) {
            let mut firsts = Firsts { entries: vec![7; 4], document: begun };
            for document in documents {
                firsts.begin(document.len());
                let mut seen = HashSet::new();
                for number in document {
                    // Either all numbers compete for the same entries, or they are spread over the table.
                    let number = if spread { number } else { number << 8 };
                    prop_assert_eq!(firsts.is_first(number), seen.insert(number));
                }
            }
        }

        #[test]
        fn sort_agrees_with_a_general_sort(
            seeds in prop::collection::vec(0u64..500, 0..700),
            times in 1usize..60,
            // Shifted far enough, all records share their leading bits.
            shift in prop::sample::select(vec![0u32, 2, 30, 60]),
        ) {
            let mut records: Vec<u64> = (0..times as u64)
                .flat_map(|time| seeds.iter().map(move |&seed| mix(seed + time * 1000) >> shift))
                .collect();
            let mut halves: Vec<u32> = records.iter().map(|&record| (record >> 32) as u32).collect();
            let (mut expected, mut expected_halves) = (records.clone(), halves.clone());
            expected.sort_unstable();
            expected_halves.sort_unstable();
            sort(&mut records);
            sort(&mut halves);
            prop_assert!(records == expected && halves == expected_halves);
        }
    }
}
