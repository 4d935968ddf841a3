//! The inverted index behind every join of this module: which documents hold which key, and which pairs of
//! documents share keys.
//!
//! A posting is 64 bits: the leading bits of a mixed hash, then the document. Postings and pairs are distributed
//! into parts by their leading bits as they are made, so that each part can be sorted on its own, in cache, on any
//! thread. Keys with equal leading bits are treated as one. With 6 bits for the part and 24 of 64 for the
//! document, that affects one pair of keys in 2⁴⁶ and costs one needless check.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::Result;
use crate::hash;
use crate::tasks::HEAVY;
use wirecopy_spill::{Budget, Part, Partitions};

/// Number of parts, as a power of two.
const PART_BITS: u32 = 6;
const PARTS: usize = 1 << PART_BITS;
/// Number of documents in one task.
const CHUNK: usize = 2048;

/// Number of tasks that are completed before their records are written out, where memory is limited.
const TASKS: usize = 16;

/// The records that one task has made, by part. One list for all parts, because many small ones would grow one by one.
struct Parts {
    records: Vec<u64>,
    /// The end of each part's records.
    ends: Vec<usize>,
}

impl Parts {
    /// Returns the records of a part.
    fn of(&self, part: usize) -> &[u64] {
        let start = part.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.records[start..self.ends[part]]
    }
}

/// The records that a task is making, in the order in which they are made, each with its part.
#[derive(Default)]
struct Made {
    records: Vec<u64>,
    parts: Vec<u8>,
}

impl Made {
    fn push(&mut self, part: usize, record: u64) {
        self.records.push(record);
        // Lossless: there are fewer than 256 parts.
        self.parts.push(part as u8);
    }

    /// Distributes the records into parts, stably.
    fn deal(self) -> Parts {
        let mut ends = vec![0; PARTS];
        for &part in &self.parts {
            ends[usize::from(part)] += 1;
        }
        let mut before = 0;
        for end in &mut ends {
            (*end, before) = (before, before + *end);
        }
        let mut records = vec![0; self.records.len()];
        for (&record, &part) in self.records.iter().zip(&self.parts) {
            let end = &mut ends[usize::from(part)];
            records[*end] = record;
            *end += 1;
        }
        Parts { records, ends }
    }
}

/// Records in parts: in memory, by the task that made them, or in one temporary file.
enum Dealt {
    Held(Vec<Parts>),
    /// Parts, each until it is read.
    Stored(Vec<Mutex<Option<Part<u64>>>>),
}

impl Dealt {
    /// Runs tasks `0..tasks` on all threads, each of which makes records with their parts. Where memory is limited, runs `together`
    /// tasks at a time.
    fn new(
        tasks: usize,
        together: usize,
        budget: &Budget,
        task: impl Fn(usize) -> Result<Made> + Sync,
    ) -> Result<Self> {
        let task = |at: usize| task(at).map(Made::deal);
        if !budget.is_limited() {
            let tasks = (0..tasks).into_par_iter().with_max_len(HEAVY);
            return Ok(Self::Held(tasks.map(&task).collect::<Result<_>>()?));
        }
        let mut stored = Partitions::new(PART_BITS, budget);
        let tasks: Vec<usize> = (0..tasks).collect();
        for some in tasks.chunks(together) {
            let made: Vec<Parts> =
                some.par_iter().with_max_len(HEAVY).map(|&at| task(at)).collect::<Result<_>>()?;
            for (parts, part) in made.iter().flat_map(|parts| (0..PARTS).map(move |part| (parts, part))) {
                for &record in parts.of(part) {
                    stored.push((part as u64) << (64 - PART_BITS), record)?;
                }
            }
        }
        Ok(Self::Stored(stored.finish()?.into_iter().map(|part| Mutex::new(Some(part))).collect()))
    }

    /// Returns the number of parts.
    fn len(&self) -> usize {
        match self {
            Self::Held(_) => PARTS,
            Self::Stored(parts) => parts.len(),
        }
    }

    /// Returns the records of a part, once.
    fn records(&self, part: usize) -> Result<Vec<u64>> {
        match self {
            Self::Held(tasks) => {
                let pieces: Vec<&[u64]> = tasks.iter().map(|task| task.of(part)).collect();
                Ok(pieces.concat())
            }
            Self::Stored(parts) => {
                let part = parts[part].lock().unwrap_or_else(PoisonError::into_inner).take();
                Ok(part.map_or_else(|| Ok(Vec::new()), Part::read)?)
            }
        }
    }
}

/// How keys are shortened, so that a key and the number of a document fit into 64 bits. It depends on the number of documents, and
/// runs agree exactly only if they shorten keys in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyCut(u32);

impl KeyCut {
    /// Returns the cut for a search among this many documents.
    pub fn for_documents(documents: usize) -> Self {
        Self(documents.next_power_of_two().trailing_zeros())
    }

    /// Returns the number of bits that hold a document.
    pub(crate) fn bits(self) -> u32 {
        self.0
    }

    /// Returns what remains of the key of a band.
    pub fn of_band(self, key: u64) -> u64 {
        key >> self.0
    }

    /// Returns what remains of the key of a join, whose leading bits select a part.
    pub fn of_join(self, key: u64) -> u64 {
        key >> self.0.saturating_sub(PART_BITS)
    }
}

/// Calls `pair` with each document of a list and the `window` that follow it.
pub(crate) fn in_window<D: Copy>(list: &[D], window: usize, mut pair: impl FnMut(D, &[D])) {
    for (at, &document) in list.iter().enumerate() {
        let after = &list[at + 1..];
        pair(document, &after[..after.len().min(window)]);
    }
}

/// Keys and the documents that hold them.
pub(super) struct Postings {
    dealt: Dealt,
    /// Number of low bits that hold the document.
    bits: u32,
    documents: usize,
    budget: Budget,
}

/// Receives the well-mixed hashes of one document's keys.
pub(super) struct Sink<'a> {
    made: &'a mut Made,
    document: u64,
    bits: u32,
}

impl Sink<'_> {
    pub(super) fn push(&mut self, hash: u64) {
        let part = (hash >> (64 - PART_BITS)) as usize;
        let key = (hash << PART_BITS) >> self.bits << self.bits;
        self.made.push(part, key | self.document);
    }
}

impl Postings {
    /// Indexes documents `0..documents`. `keys` passes the keys of one document to the sink, with the `scratch` that
    /// each task has for itself.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill) if the temporary file cannot be written.
    pub(super) fn new<S>(
        documents: usize,
        budget: &Budget,
        scratch: impl Fn() -> S + Sync,
        keys: impl Fn(usize, &mut S, &mut Sink<'_>) + Sync,
    ) -> Result<Self> {
        let bits = KeyCut::for_documents(documents).bits();
        let chunk = if budget.is_limited() { CHUNK / 4 } else { CHUNK };
        let dealt = Dealt::new(documents.div_ceil(chunk), TASKS, budget, |at| {
            let mut scratch = scratch();
            let mut made = Made::default();
            for document in at * chunk..((at + 1) * chunk).min(documents) {
                let mut sink = Sink { made: &mut made, document: document as u64, bits };
                keys(document, &mut scratch, &mut sink);
            }
            Ok(made)
        })?;
        Ok(Self { dealt, bits, documents, budget: budget.clone() })
    }

    /// Finds the pairs of documents that share keys, with the number of keys they share. Of the documents that
    /// hold a key, each is paired with the `window` that follow it, so that the work is linear however many there
    /// are. `listed` is called with the documents of each key that two or more hold, in ascending order without
    /// repeats.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill) if the temporary file cannot be read or written.
    pub(super) fn meetings(self, window: usize, listed: impl Fn(&[u32]) + Sync) -> Result<Meetings> {
        let (bits, documents) = (self.bits, self.documents as u64);
        // The pairs of one part may take several times the memory of its postings.
        let together = rayon::current_num_threads();
        let dealt = Dealt::new(self.dealt.len(), together, &self.budget, |at| {
            let mut postings = self.dealt.records(at)?;
            hash::sort(&mut postings);
            let mut made = Made::default();
            let mut list: Vec<u32> = Vec::new();
            for group in postings.chunk_by(|a, b| a >> bits == b >> bits).filter(|group| group.len() > 1) {
                list.clear();
                // The low bits hold a document, of which there are fewer than 2^32.
                list.extend(group.iter().map(|posting| (posting & ((1 << bits) - 1)) as u32));
                list.dedup();
                if list.len() < 2 {
                    continue;
                }
                listed(&list);
                in_window(&list, window, |a, met| {
                    let part = (u64::from(a) * PARTS as u64 / documents) as usize;
                    for &b in met {
                        made.push(part, u64::from(a) << 32 | u64::from(b));
                    }
                });
            }
            Ok(made)
        })?;
        Ok(Meetings { dealt })
    }
}

/// Pairs of documents that share keys, once for each shared key.
pub(super) struct Meetings {
    dealt: Dealt,
}

impl Meetings {
    /// Calls `keep` with each pair and the number of keys it shares, and returns the results in the order of the
    /// pairs.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill) if the temporary file cannot be read.
    pub(super) fn pairs<T: Send>(self, keep: impl Fn(u32, u32, usize) -> Option<T> + Sync) -> Result<Vec<T>> {
        let parts: Vec<Vec<T>> = (0..self.dealt.len())
            .into_par_iter()
            .with_max_len(HEAVY)
            .map(|part| {
                let mut pairs = self.dealt.records(part)?;
                pairs.sort_unstable();
                let met = |group: &[u64]| keep((group[0] >> 32) as u32, group[0] as u32, group.len());
                Ok(pairs.chunk_by(|a, b| a == b).filter_map(met).collect())
            })
            .collect::<Result<_>>()?;
        Ok(parts.into_iter().flatten().collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::text::mix;

    proptest! {
        #[test]
        fn pairs_are_those_that_share_keys(
            keys in prop::collection::vec(prop::collection::vec(0u64..12, 0..6), 0..40),
            limit in prop::option::of(16usize..600),
            window in 1usize..40,
        ) {
            let budget = limit.map_or_else(Budget::unlimited, |bytes| Budget::new(bytes, None));
            let postings = Postings::new(keys.len(), &budget, || (), |document, (), sink| {
                for &key in &keys[document] {
                    sink.push(mix(key + 1));
                }
            })
            .unwrap();
            let met = postings.meetings(window, |list| assert!(list.is_sorted_by(|a, b| a < b))).unwrap();
            let mut expected = BTreeMap::new();
            for key in 0..12 {
                let list: Vec<u32> = (0..).zip(&keys).filter(|(_, of)| of.contains(&key)).map(|(at, _)| at).collect();
                for (at, &a) in list.iter().enumerate() {
                    for &b in list[at + 1..].iter().take(window) {
                        *expected.entry((a, b)).or_insert(0) += 1;
                    }
                }
            }
            let found: Vec<((u32, u32), usize)> = met.pairs(|a, b, times| Some(((a, b), times))).unwrap();
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
