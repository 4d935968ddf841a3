//! A set, a map, counters and a sort for keys that are well-mixed hashes: a key is its own place.
//!
//! Most of what a run compares is hashes. A general hash map mixes them once more, and a general sort compares what its
//! leading bits would put in order: either costs several times the work that is done with the outcome.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use rayon::prelude::*;

/// A map by keys that hash to themselves.
pub(crate) type ByHash<K, V> = HashMap<K, V, BuildHasherDefault<Itself>>;

/// A set of such keys, where it is to be copied or compared; [`Hashes`] is quicker.
pub(crate) type SetByHash<K> = HashSet<K, BuildHasherDefault<Itself>>;

/// Takes a key of 64 bits for its hash.
#[derive(Default)]
pub(crate) struct Itself(u64);

impl Hasher for Itself {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // Of Fowler, Noll and Vo; keys of 64 bits do not come here.
        self.0 =
            bytes.iter().fold(self.0, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// A set of hashes by open addressing, half of its places free. The hash 0 counts as 1.
#[derive(Debug, Default)]
pub(crate) struct Hashes {
    /// 0 is a free place.
    places: Vec<u64>,
    shift: u32,
}

impl Hashes {
    /// Forgets everything and makes room for `most` hashes.
    pub(crate) fn clear(&mut self, most: usize) {
        let size = (2 * most).next_power_of_two().max(2);
        self.shift = 64 - size.trailing_zeros();
        self.places.clear();
        self.places.resize(size, 0);
    }

    /// Number of places.
    pub(crate) fn places(&self) -> usize {
        self.places.len()
    }

    /// Where a hash stands, or would, and whether it does.
    #[inline]
    pub(crate) fn place(&self, hash: u64) -> (usize, bool) {
        let hash = hash.max(1);
        let last = self.places.len() - 1;
        let mut at = (hash >> self.shift) as usize;
        loop {
            match self.places[at] {
                0 => return (at, false),
                held if held == hash => return (at, true),
                _ => at = (at + 1) & last,
            }
        }
    }

    /// Adds a hash; whether it was new.
    #[inline]
    pub(crate) fn insert(&mut self, hash: u64) -> bool {
        let (at, held) = self.place(hash);
        if !held {
            self.places[at] = hash.max(1);
        }
        !held
    }
}

/// Saturating counters of hashes, one byte each: a count is too high where two hashes share a counter, and never too low.
pub(crate) struct Counts {
    counts: Box<[u8]>,
    shift: u32,
}

impl Counts {
    /// The highest count.
    pub(crate) const MOST: u8 = u8::MAX;

    /// Returns `2^bits` counters, of two or more.
    pub(crate) fn new(bits: u32) -> Self {
        Self { counts: vec![0; 1 << bits].into(), shift: u64::BITS - bits }
    }

    /// Returns two to four counters for each of so many hashes.
    pub(crate) fn for_hashes(hashes: usize) -> Self {
        Self::new(hashes.max(1).ilog2() + 2)
    }

    /// Returns all counters.
    pub(crate) fn all(&self) -> &[u8] {
        &self.counts
    }

    /// Counts a hash by the place of its counter, the first bits of the hash.
    pub(crate) fn add_at(&mut self, place: usize) {
        self.counts[place] = self.counts[place].saturating_add(1);
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

/// A record whose leading bits are those of a hash.
pub(crate) trait Hashed: Copy + Ord + Send {
    /// Its leading 64 bits; they ascend with the record.
    fn leading(self) -> u64;
}

impl Hashed for u64 {
    fn leading(self) -> u64 {
        self
    }
}

impl Hashed for u32 {
    fn leading(self) -> u64 {
        u64::from(self) << 32
    }
}

/// Records under which a general sort is as good.
const FEW: usize = 64;
/// Records over which they are parted first, so that each part is sorted in a cache.
const MANY: usize = 1 << 14;
/// Parts of many, as a power of two.
const PART_BITS: u32 = 8;
/// Places that records are dealt to at most, as a power of two.
const PLACE_BITS: u32 = 16;
/// Places that a record is moved by on average, over which the leading bits are no hashes.
const MOVES: usize = 16;

/// Sorts records whose leading bits are hashes: they are dealt by them to one place each, and then few have to be moved.
/// Linear, half of the time of a general sort; where the leading bits are no hashes, as dear as one. Many are
/// sorted on all threads.
pub(crate) fn sort<T: Hashed>(records: &mut [T]) {
    // Counts are of 32 bits.
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

/// What dealing needs.
struct Buffers<T> {
    dealt: Vec<T>,
    /// Where the records of each place end.
    ends: Vec<u32>,
}

impl<T> Default for Buffers<T> {
    fn default() -> Self {
        Self { dealt: Vec::new(), ends: Vec::new() }
    }
}

/// Sorts records that agree in their `known` first bits.
fn sort_from<T: Hashed>(records: &mut [T], known: u32, buffers: &mut Buffers<T>) {
    if records.len() < FEW {
        return records.sort_unstable();
    }
    // Terms and tokens begin with two bits for their class, and most are of one: bits that all share are no place, and
    // there are two to four places a record.
    let first = records[0].leading();
    let differing = records.iter().fold(0, |bits, record| bits | (record.leading() ^ first));
    let bits = (records.len().ilog2() + 2).min(PLACE_BITS);
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

/// Puts records in the order of the `bits` bits behind their `known` first ones, those of equal bits as they were.
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
        fn a_set_is_a_set(hashes in prop::collection::vec(0u64..300, 0..200), spread in any::<bool>()) {
            let mut set = Hashes::default();
            set.clear(hashes.len());
            let mut expected = HashSet::new();
            for hash in hashes {
                // All in the first places, or anywhere.
                let hash = if spread { mix(hash + 1) } else { hash + 1 };
                prop_assert_eq!(set.place(hash).1, expected.contains(&hash));
                prop_assert_eq!(set.insert(hash), expected.insert(hash));
            }
        }

        #[test]
        fn sorted_is_as_a_general_sort_has_it(
            seeds in prop::collection::vec(0u64..500, 0..700),
            times in 1usize..60,
            // Shifted far enough, all records have the same leading bits.
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
