//! Which documents hold which key: the inverted index behind every join of this room, and the pairs that meet in it.
//!
//! A posting is 64 bits: leading bits of a mixed hash, then the document. Postings and pairs are dealt into parts by their
//! leading bits while they are made, so that each part is sorted by itself, in a cache, on every thread: a distribution
//! sort without a map. Keys of equal leading bits fall together; with 6 bits for the part and 24 of 64 for the
//! document that is one pair of keys in 2⁴⁶, and costs a check that comes to nothing.

use rayon::prelude::*;

/// Parts, as a power of two.
const PART_BITS: u32 = 6;
const PARTS: usize = 1 << PART_BITS;
/// Documents that one task takes.
const CHUNK: usize = 4096;

/// Keys and the documents that hold them.
pub(super) struct Postings {
    /// By chunk of documents, then by part.
    chunks: Vec<Vec<Vec<u64>>>,
    /// Low bits that hold the document.
    bits: u32,
    documents: usize,
}

/// Takes the well-mixed hashes of one document's keys.
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
    /// Indexes documents `0..documents`; `keys` hands out the keys of one, with a scratch of its own for each task.
    pub(super) fn new<S: Default>(
        documents: usize,
        keys: impl Fn(usize, &mut S, &mut Sink<'_>) + Sync,
    ) -> Self {
        let bits = documents.next_power_of_two().trailing_zeros();
        let starts: Vec<usize> = (0..documents).step_by(CHUNK).collect();
        let chunks = starts
            .into_par_iter()
            .map_init(S::default, |scratch, start| {
                let mut parts = vec![Vec::new(); PARTS];
                for document in start..(start + CHUNK).min(documents) {
                    let mut sink = Sink { parts: &mut parts, document: document as u64, bits };
                    keys(document, scratch, &mut sink);
                }
                parts
            })
            .collect();
        Self { chunks, bits, documents }
    }

    /// Pairs of documents that meet under a key, with how many times they do. `meet` is given the documents of each key
    /// that two or more hold, ascending and each once, and says which of them meet.
    pub(super) fn meetings(mut self, meet: impl Fn(&[u32], &mut Pairs<'_>) + Sync) -> Meetings {
        let (bits, documents) = (self.bits, self.documents);
        let by_part: Vec<Vec<Vec<u64>>> = (0..PARTS)
            .map(|part| self.chunks.iter_mut().map(|chunk| std::mem::take(&mut chunk[part])).collect())
            .collect();
        let parts = by_part
            .into_par_iter()
            .map(|pieces| {
                let mut postings = pieces.concat();
                drop(pieces);
                postings.sort_unstable();
                let mut parts = vec![Vec::new(); PARTS];
                let mut pairs = Pairs { parts: &mut parts, documents: documents as u64 };
                let mut list: Vec<u32> = Vec::new();
                for run in postings.chunk_by(|a, b| a >> bits == b >> bits).filter(|run| run.len() > 1) {
                    list.clear();
                    // The low bits hold a document, of which there are fewer than 2^32.
                    list.extend(run.iter().map(|posting| (posting & ((1 << bits) - 1)) as u32));
                    list.dedup();
                    if list.len() > 1 {
                        meet(&list, &mut pairs);
                    }
                }
                parts
            })
            .collect();
        Meetings { parts }
    }
}

/// Takes pairs of documents.
pub(super) struct Pairs<'a> {
    parts: &'a mut [Vec<u64>],
    documents: u64,
}

impl Pairs<'_> {
    /// Adds a pair; `a` is the smaller.
    pub(super) fn push(&mut self, a: u32, b: u32) {
        let part = u64::from(a) * PARTS as u64 / self.documents;
        self.parts[part as usize].push(u64::from(a) << 32 | u64::from(b));
    }
}

/// Pairs that met, by the key under which they did, then by part.
pub(super) struct Meetings {
    parts: Vec<Vec<Vec<u64>>>,
}

impl Meetings {
    /// Every pair of which `keep` is true, given the two documents and how often they met; sorted, each once.
    pub(super) fn pairs<T: Send>(mut self, keep: impl Fn(u32, u32, usize) -> Option<T> + Sync) -> Vec<T> {
        let by_part: Vec<Vec<Vec<u64>>> = (0..PARTS)
            .map(|part| self.parts.iter_mut().map(|pieces| std::mem::take(&mut pieces[part])).collect())
            .collect();
        let parts: Vec<Vec<T>> = by_part
            .into_par_iter()
            .map(|pieces| {
                let mut pairs = pieces.concat();
                drop(pieces);
                pairs.sort_unstable();
                let met = |run: &[u64]| keep((run[0] >> 32) as u32, run[0] as u32, run.len());
                pairs.chunk_by(|a, b| a == b).filter_map(met).collect()
            })
            .collect();
        parts.into_iter().flatten().collect()
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
        fn pairs_are_those_that_share_keys(keys in prop::collection::vec(prop::collection::vec(0u64..12, 0..6), 0..40)) {
            let postings = Postings::new(keys.len(), |document, (): &mut (), sink| {
                for &key in &keys[document] {
                    sink.push(mix(key + 1));
                }
            });
            let met = postings.meetings(|list, pairs| {
                assert!(list.is_sorted_by(|a, b| a < b));
                for (at, &a) in list.iter().enumerate() {
                    for &b in &list[at + 1..] {
                        pairs.push(a, b);
                    }
                }
            });
            let mut expected = BTreeMap::new();
            for a in 0..keys.len() {
                for b in a + 1..keys.len() {
                    let shared = (0..12).filter(|key| keys[a].contains(key) && keys[b].contains(key)).count();
                    if shared > 0 {
                        expected.insert((a as u32, b as u32), shared);
                    }
                }
            }
            let found: Vec<((u32, u32), usize)> = met.pairs(|a, b, times| Some(((a, b), times)));
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
