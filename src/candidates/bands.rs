//! Finds candidates for copies: documents whose signatures agree in a whole band.

use rayon::prelude::*;

use super::Candidate;
use super::params::Bands;
use crate::spill::{Blobs, Budget};
use crate::{DocId, Result};

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

/// The band keys of many documents.
#[derive(Debug)]
pub struct BandKeys {
    keys: Keys,
    bands: usize,
    /// Each document with its length in tokens, in the order of the keys.
    documents: Vec<(DocId, u32)>,
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
        Self { keys, bands, documents: Vec::new(), budget: budget.part(1, 2) }
    }

    /// Adds a document of `tokens` tokens with its keys. Its number must be higher than those of the documents
    /// before.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill) if the temporary file cannot be written.
    pub fn push(&mut self, document: DocId, tokens: u32, keys: &[u64]) -> Result<()> {
        debug_assert_eq!(keys.len(), self.bands);
        self.documents.push((document, tokens));
        match &mut self.keys {
            Keys::Held(bands) => {
                for (band, &key) in bands.iter_mut().zip(keys) {
                    band.push(key);
                }
                Ok(())
            }
            Keys::Stored(blobs) => blobs.push(keys),
        }
    }

    /// Returns the keys of a document, or nothing for a document that was not added.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill) if the temporary file cannot be read.
    pub fn of(&self, document: DocId) -> Result<Vec<u64>> {
        let Some(at) = self.place(document) else { return Ok(Vec::new()) };
        match &self.keys {
            Keys::Held(bands) => Ok(bands.iter().map(|band| band[at]).collect()),
            Keys::Stored(blobs) => Ok(blobs.reader().get(at)?.to_vec()),
        }
    }

    /// Finds the index of a document. Documents are added in ascending order.
    fn place(&self, document: DocId) -> Option<usize> {
        self.documents.binary_search_by_key(&document, |&(document, _)| document).ok()
    }

    /// Replaces the length and the keys of a document that was added before.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill) if the temporary file cannot be written.
    pub fn replace(&mut self, document: DocId, tokens: u32, keys: &[u64]) -> Result<()> {
        debug_assert_eq!(keys.len(), self.bands);
        let Some(at) = self.place(document) else { return Ok(()) };
        self.documents[at].1 = tokens;
        match &mut self.keys {
            Keys::Held(bands) => {
                for (band, &key) in bands.iter_mut().zip(keys) {
                    band[at] = key;
                }
                Ok(())
            }
            Keys::Stored(blobs) => blobs.overwrite(at, keys),
        }
    }

    /// Returns all pairs of `wanted` documents that agree in at least one band, sorted and without duplicates.
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
        let documents = self.documents.iter().zip(0..);
        let kept: Vec<u32> =
            documents.filter(|&(&(document, _), _)| wanted(document)).map(|(_, at)| at).collect();
        // Sorting needs a second copy of a band.
        let band_bytes = 16 * self.documents.len().max(1);
        let together = self.budget.bytes().map_or(TOGETHER, |bytes| (bytes / band_bytes).clamp(1, TOGETHER));
        let mut pairs: Vec<Candidate> = Vec::new();
        let bands: Vec<usize> = (0..self.bands).collect();
        for bands in bands.chunks(together) {
            let found: Vec<Vec<Candidate>> = match &self.keys {
                Keys::Held(keys) => bands.par_iter().map(|&band| self.pairs_of(&keys[band], &kept)).collect(),
                Keys::Stored(blobs) => {
                    let mut keys = vec![Vec::with_capacity(self.documents.len()); bands.len()];
                    let mut reader = blobs.reader();
                    for at in 0..self.documents.len() {
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
                let (document, tokens) = self.documents[place as usize];
                (tokens, document)
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
        for (i, document) in documents.iter().enumerate() {
            keys.push(DocId(u32::try_from(i).unwrap()), 100, document).unwrap();
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
                keys.push(DocId(at), at % 17, own).unwrap();
            }
            keys.replace(DocId(5), 3, &documents[6]).unwrap();
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
        assert_eq!(keys.of(DocId(1)).unwrap(), [three, two]);
        assert!(keys.of(DocId(4)).unwrap().is_empty());
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
