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
const CHUNK: usize = 1024;

/// Number of tasks that are completed before their records are written out, where memory is limited.
const TASKS: usize = 16;

/// Records in parts: in memory, by the task that made them, or in one temporary file.
enum Dealt {
    Held(Vec<Vec<Vec<u64>>>),
    Stored(Vec<Part<u64>>),
}

/// The records that one task has made, by part.
type Parts = Vec<Vec<u64>>;

impl Dealt {
    /// Runs tasks `0..tasks` on all threads, each of which distributes its records into parts. Where memory is
    /// limited, runs `together` tasks at a time.
    fn new(
        tasks: usize,
        together: usize,
        budget: &Budget,
        task: impl Fn(usize) -> Result<Parts> + Sync,
    ) -> Result<Self> {
        if !budget.is_limited() {
            let tasks = (0..tasks).into_par_iter().with_max_len(HEAVY);
            return Ok(Self::Held(tasks.map(&task).collect::<Result<_>>()?));
        }
        let mut stored = Partitions::new(PART_BITS, budget);
        let tasks: Vec<usize> = (0..tasks).collect();
        for some in tasks.chunks(together) {
            let made: Vec<Parts> =
                some.par_iter().with_max_len(HEAVY).map(|&at| task(at)).collect::<Result<_>>()?;
            for (part, records) in made.iter().flat_map(|parts| (0..).zip(parts)) {
                for &record in records {
                    stored.push(part << (64 - PART_BITS), record)?;
                }
            }
        }
        Ok(Self::Stored(stored.finish()?))
    }

    /// Returns the records of each part, to be read on any thread.
    fn parts(self) -> Vec<OnePart> {
        match self {
            Self::Stored(parts) => parts.into_iter().map(OnePart::Stored).collect(),
            Self::Held(mut tasks) => (0..PARTS)
                .map(|part| {
                    OnePart::Held(tasks.iter_mut().map(|own| std::mem::take(&mut own[part])).collect())
                })
                .collect(),
        }
    }
}

enum OnePart {
    Held(Vec<Vec<u64>>),
    Stored(Part<u64>),
}

impl OnePart {
    fn records(self) -> Result<Vec<u64>> {
        match self {
            Self::Held(pieces) => Ok(pieces.concat()),
            Self::Stored(part) => Ok(part.read()?),
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
    parts: &'a mut [Vec<u64>],
    document: u64,
    bits: u32,
}

impl Sink<'_> {
    pub(super) fn push(&mut self, hash: u64) {
        let part = (hash >> (64 - PART_BITS)) as usize;
        let key = (hash << PART_BITS) >> self.bits << self.bits;
        self.parts[part].push(key | self.document);
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
        let chunk = if budget.is_limited() { CHUNK / 2 } else { CHUNK };
        let dealt = Dealt::new(documents.div_ceil(chunk), TASKS, budget, |at| {
            let mut scratch = scratch();
            let mut parts = vec![Vec::new(); PARTS];
            for document in at * chunk..((at + 1) * chunk).min(documents) {
                let mut sink = Sink { parts: &mut parts, document: document as u64, bits };
                keys(document, &mut scratch, &mut sink);
            }
            Ok(parts)
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
        let postings: Vec<Mutex<Option<OnePart>>> =
            self.dealt.parts().into_iter().map(|part| Mutex::new(Some(part))).collect();
        let take = |at: usize| postings[at].lock().unwrap_or_else(PoisonError::into_inner).take();
        // The pairs of one part may take several times the memory of its postings.
        let together = rayon::current_num_threads();
        let dealt = Dealt::new(postings.len(), together, &self.budget, |at| {
            let mut postings = take(at).map_or(Ok(Vec::new()), OnePart::records)?;
            hash::sort(&mut postings);
            let mut parts = vec![Vec::new(); PARTS];
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
                    let pairs = &mut parts[(u64::from(a) * PARTS as u64 / documents) as usize];
                    pairs.extend(met.iter().map(|&b| u64::from(a) << 32 | u64::from(b)));
                });
            }
            Ok(parts)
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
        let parts: Vec<Vec<T>> = self
            .dealt
            .parts()
            .into_par_iter()
            .with_max_len(HEAVY)
            .map(|part| {
                let mut pairs = part.records()?;
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
