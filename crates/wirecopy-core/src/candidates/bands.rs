//! Finds candidates for copies: documents whose signatures agree in a whole band.

use std::collections::hash_map::Entry;

use rayon::prelude::*;

use super::params::Bands;
use super::{Candidate, moved};
use crate::hash::ByHash;
use crate::{DocId, Result};
use wirecopy_spill::{Blobs, Budget};

/// Number of neighbours by length that each member of a bucket is paired with. Copies have similar lengths, and
/// the chain of neighbours keeps a bucket connected; pairing all members would be quadratic.
const NEIGHBOURS: usize = 3;

/// Appends the 64-bit keys of a signature's bands to `out`. The band's number salts its key, so that equal rows in
/// different bands do not collide.
pub fn band_keys(signature: &[u64], cut: Bands, out: &mut Vec<u64>) {
    for (band, rows) in signature.chunks_exact(cut.rows).take(cut.bands).enumerate() {
        let salt = crate::text::mix(band as u64 + 1);
        out.push(rows.iter().fold(salt, |key, &row| crate::text::mix(key ^ row)));
    }
}

/// Number of bands that are processed before duplicate pairs are removed.
const TOGETHER: usize = 8;

/// What the bands need to know of a document.
#[derive(Clone, Copy, Debug)]
pub struct Keyed<'a> {
    /// A hash that documents share if they are copies of the same documents.
    pub text: u64,
    /// Length in tokens.
    pub tokens: u32,
    /// Keys of the document's bands.
    pub keys: &'a [u64],
}

/// The band keys of many documents.
#[derive(Debug)]
pub struct BandKeys {
    keys: Keys,
    bands: usize,
    /// For each document, the hash of its text.
    texts: Vec<u64>,
    /// For each document, its length in tokens.
    lengths: Vec<u32>,
    budget: Budget,
}

#[derive(Debug)]
enum Keys {
    /// In memory, by band, then by document.
    Held(Vec<Vec<u64>>),
    /// In a temporary file, by document.
    Stored(Blobs<u64>),
}

impl BandKeys {
    /// Creates an empty store for documents with `bands` keys each, within the memory that `budget` allows.
    pub fn new(bands: usize, budget: &Budget) -> Self {
        let keys = if budget.is_limited() {
            Keys::Stored(Blobs::new(&budget.part(1, 2)))
        } else {
            Keys::Held(vec![Vec::new(); bands])
        };
        Self { keys, bands, texts: Vec::new(), lengths: Vec::new(), budget: budget.part(1, 2) }
    }

    /// Adds a document; its number is the number of documents before.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill) if the temporary file cannot be written.
    pub fn push(&mut self, Keyed { text, tokens, keys }: Keyed<'_>) -> Result<()> {
        debug_assert_eq!(keys.len(), self.bands);
        self.texts.push(text);
        self.lengths.push(tokens);
        match &mut self.keys {
            Keys::Held(bands) => {
                for (band, &key) in bands.iter_mut().zip(keys) {
                    band.push(key);
                }
                Ok(())
            }
            Keys::Stored(blobs) => Ok(blobs.push(keys)?),
        }
    }

    /// Renumbers the documents: document `order[at]` becomes document `at`.
    pub fn reorder(&mut self, order: &[u32]) {
        moved(&mut self.texts, order);
        moved(&mut self.lengths, order);
        match &mut self.keys {
            Keys::Held(bands) => bands.par_iter_mut().for_each(|keys| moved(keys, order)),
            Keys::Stored(blobs) => blobs.reorder(order),
        }
    }

    /// Replaces what is known of a document.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill) if the temporary file cannot be written.
    pub fn replace(&mut self, document: DocId, Keyed { text, tokens, keys }: Keyed<'_>) -> Result<()> {
        debug_assert_eq!(keys.len(), self.bands);
        let at = document.index();
        (self.texts[at], self.lengths[at]) = (text, tokens);
        match &mut self.keys {
            Keys::Held(bands) => {
                for (band, &key) in bands.iter_mut().zip(keys) {
                    band[at] = key;
                }
                Ok(())
            }
            Keys::Stored(blobs) => Ok(blobs.overwrite(at, keys)?),
        }
    }

    /// Splits the `wanted` documents into the first of each text, and pairs of it with each other document of that
    /// text.
    fn by_text(&self, wanted: impl Fn(DocId) -> bool) -> (Vec<u32>, Vec<Candidate>) {
        let mut first: ByHash<u64, u32> = ByHash::default();
        let (mut firsts, mut others) = (Vec::new(), Vec::new());
        for (&text, at) in self.texts.iter().zip(0..).filter(|&(_, at)| wanted(DocId(at))) {
            match first.entry(text) {
                Entry::Occupied(first) => others.push(Candidate(DocId(*first.get()), DocId(at))),
                Entry::Vacant(place) => firsts.push(*place.insert(at)),
            }
        }
        (firsts, others)
    }

    /// Returns all pairs of `wanted` documents that agree in at least one band, sorted and without duplicates.
    ///
    /// Documents of one text are paired with the first of them, and only that one is paired with others. So a text that
    /// occurs a thousand times leaves room for its neighbours in a bucket.
    ///
    /// Sorts and scans one band at a time on every thread, in O(bands · n log n). Returns at most `bands ·
    /// (NEIGHBOURS + 1) · n` pairs, however large a bucket is: members of a bucket are ordered by length, and each
    /// is paired with its neighbours and with the bucket's first. Keys are cut to the bits that a document's
    /// number leaves of 64: 40 for 16 million documents. With a memory limit, as many bands as it allows are
    /// processed at a time.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill) if the temporary file cannot be read.
    pub fn candidates(&self, wanted: impl Fn(DocId) -> bool) -> Result<Vec<Candidate>> {
        let (kept, mut pairs) = self.by_text(wanted);
        // Sorting needs a second copy of a band.
        let band_bytes = 16 * self.lengths.len().max(1);
        let together = self.budget.bytes().map_or(TOGETHER, |bytes| (bytes / band_bytes).clamp(1, TOGETHER));
        let bands: Vec<usize> = (0..self.bands).collect();
        for bands in bands.chunks(together) {
            let found: Vec<Vec<Candidate>> = match &self.keys {
                Keys::Held(keys) => bands.par_iter().map(|&band| self.pairs_of(&keys[band], &kept)).collect(),
                Keys::Stored(blobs) => {
                    let mut keys = vec![Vec::with_capacity(self.lengths.len()); bands.len()];
                    let mut reader = blobs.reader();
                    for at in 0..self.lengths.len() {
                        let own = reader.get(at)?;
                        for (keys, &band) in keys.iter_mut().zip(bands) {
                            keys.push(own[band]);
                        }
                    }
                    keys.par_iter().map(|keys| self.pairs_of(keys, &kept)).collect()
                }
            };
            found.into_iter().for_each(|found| pairs.extend(found));
            pairs.par_sort_unstable();
            pairs.dedup();
        }
        Ok(pairs)
    }

    /// Returns the pairs of the documents at the indices `kept` that agree in a band, given the key of each
    /// document in it.
    fn pairs_of(&self, keys: &[u64], kept: &[u32]) -> Vec<Candidate> {
        let bits = kept.len().next_power_of_two().trailing_zeros();
        let key = |(&place, at): (&u32, u64)| keys[place as usize] >> bits << bits | at;
        let mut entries: Vec<u64> = kept.iter().zip(0..).map(key).collect();
        entries.sort_unstable();
        let mut pairs = Vec::new();
        let mut bucket: Vec<(u32, DocId)> = Vec::new();
        for group in entries.chunk_by(|a, b| a >> bits == b >> bits).filter(|group| group.len() > 1) {
            bucket.clear();
            bucket.extend(group.iter().map(|entry| {
                let place = kept[(entry & ((1 << bits) - 1)) as usize];
                (self.lengths[place as usize], DocId(place))
            }));
            bucket.sort_unstable();
            pair_up(&bucket, &mut pairs);
        }
        pairs
    }
}

fn pair_up(bucket: &[(u32, DocId)], pairs: &mut Vec<Candidate>) {
    let Some((&(_, first), rest)) = bucket.split_first() else { return };
    pairs.extend(rest.iter().filter_map(|&(_, document)| Candidate::new(first, document)));
    for (at, &(_, document)) in rest.iter().enumerate() {
        let neighbours = rest[at + 1..].iter().take(NEIGHBOURS);
        pairs.extend(neighbours.filter_map(|&(_, other)| Candidate::new(document, other)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys_of(documents: &[&[u64]]) -> BandKeys {
        let mut keys = BandKeys::new(documents[0].len(), &Budget::unlimited());
        for (document, text) in documents.iter().zip(0..) {
            keys.push(Keyed { text, tokens: 100, keys: document }).unwrap();
        }
        keys
    }

    #[test]
    fn memory_limit_does_not_change_pairs() {
        let documents: Vec<Vec<u64>> = (0..300)
            .map(|d| (0..12).map(|band| (crate::text::mix(d * 7 + band) % 90) << 40).collect())
            .collect();
        let found = |budget: &Budget| {
            let mut keys = BandKeys::new(12, budget);
            for (own, at) in documents.iter().zip(0..) {
                keys.push(Keyed { text: at, tokens: (at % 17) as u32, keys: own }).unwrap();
            }
            keys.replace(DocId(5), Keyed { text: 5, tokens: 3, keys: &documents[6] }).unwrap();
            keys.candidates(|_| true).unwrap()
        };
        let free = found(&Budget::unlimited());
        assert!(free.len() > 300);
        for bytes in [100, 30_000] {
            assert_eq!(found(&Budget::new(bytes, None)), free);
        }
    }

    #[test]
    fn one_shared_band_makes_a_candidate() {
        let pairs = keys_of(&[&[1, 2], &[3, 2], &[4, 5]]).candidates(|_| true).unwrap();
        assert_eq!(pairs, [Candidate(DocId(0), DocId(1))]);
    }

    #[test]
    fn unwanted_documents_are_not_paired() {
        // Keys differ in their leading bits, as real keys do, because the last bits are cut.
        let [one, two, three, four, five] = [1, 2, 3, 4, 5].map(|key: u64| key << 32);
        let keys = keys_of(&[&[one, two], &[three, two], &[four, five], &[one, five]]);
        let pairs = keys.candidates(|document| document != DocId(0)).unwrap();
        assert_eq!(pairs, [Candidate(DocId(2), DocId(3))]);
    }

    #[test]
    fn frequent_text_leaves_its_neighbours_in_the_bucket() {
        // A hundred documents of one text between two other texts of the same length, which are not the first of the bucket.
        let mut keys = BandKeys::new(1, &Budget::unlimited());
        let texts = [1, 2].into_iter().chain([3; 100]).chain([4]);
        for text in texts {
            keys.push(Keyed { text, tokens: 100, keys: &[7] }).unwrap();
        }
        let pairs = keys.candidates(|_| true).unwrap();
        assert!(pairs.contains(&Candidate(DocId(1), DocId(102))), "{pairs:?}");
        let of_text: Vec<Candidate> = (3..102).map(|at| Candidate(DocId(2), DocId(at))).collect();
        assert!(of_text.iter().all(|pair| pairs.contains(pair)));
        // All pairs of the four texts, and the star of the frequent one.
        assert_eq!(pairs.len(), 6 + of_text.len());
    }

    #[test]
    fn pairs_of_a_bucket_are_linear_and_connected() {
        let one = [7u64];
        let documents: Vec<&[u64]> = (0..1000).map(|_| one.as_slice()).collect();
        let pairs = keys_of(&documents).candidates(|_| true).unwrap();
        assert!(pairs.len() <= (NEIGHBOURS + 1) * 1000);
        assert!((1..1000).all(|d| pairs.contains(&Candidate(DocId(0), DocId(d)))));
    }

    #[test]
    fn equal_rows_in_different_bands_have_different_keys() {
        let mut keys = Vec::new();
        band_keys(&[9, 9, 9, 9], Bands { bands: 2, rows: 2 }, &mut keys);
        assert_ne!(keys[0], keys[1]);
    }
}
