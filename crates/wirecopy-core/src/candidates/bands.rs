//! Candidates for copies: signatures that agree in a whole band.

use rayon::prelude::*;

use super::Candidate;
use super::params::Bands;
use crate::{DocId, Result};
use wirecopy_spill::{Blobs, Budget};

/// Members of a bucket that each member is paired with: its neighbours by length. Copies are of like length, and the
/// chain of neighbours holds a bucket together; all pairs of a bucket would be quadratic.
const NEIGHBOURS: usize = 3;

/// The 64-bit keys of a signature's bands, appended to `out`. The band's number salts its key, so that agreeing rows
/// in different bands do not meet.
pub fn band_keys(signature: &[u64], cut: Bands, out: &mut Vec<u64>) {
    for (band, rows) in signature.chunks_exact(cut.rows).take(cut.bands).enumerate() {
        let salt = crate::text::mix(band as u64 + 1);
        out.push(rows.iter().fold(salt, |key, &row| crate::text::mix(key ^ row)));
    }
}

/// Bands that are looked at before their pairs are counted once each.
const TOGETHER: usize = 8;

/// The keys of many documents.
#[derive(Debug)]
pub struct BandKeys {
    keys: Keys,
    bands: usize,
    /// Document and its length in tokens, in the order of the keys.
    documents: Vec<(DocId, u32)>,
    /// Their places in that order, in ascending order of the documents.
    ascending: Vec<u32>,
    budget: Budget,
}

#[derive(Debug)]
enum Keys {
    /// By band, then by document.
    Held(Vec<Vec<u64>>),
    /// By document.
    Stored(Blobs<u64>),
}

impl BandKeys {
    /// Room for documents with `bands` keys each, in the memory that `budget` allows.
    pub fn new(bands: usize, budget: &Budget) -> Self {
        let keys = if budget.is_limited() {
            Keys::Stored(Blobs::new(&budget.part(1, 2)))
        } else {
            Keys::Held(vec![Vec::new(); bands])
        };
        Self { keys, bands, documents: Vec::new(), ascending: Vec::new(), budget: budget.part(1, 2) }
    }

    /// Adds a document of `tokens` tokens, of a higher number than those before, with its keys.
    ///
    /// # Errors
    /// [`Error::Spill`](crate::Error::Spill) when the temporary file cannot be written.
    pub fn push(&mut self, document: DocId, tokens: u32, keys: &[u64]) -> Result<()> {
        debug_assert_eq!(keys.len(), self.bands);
        self.ascending.push(length_of(&self.documents));
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

    /// The keys of a document; none of one that was not added.
    ///
    /// # Errors
    /// [`Error::Spill`](crate::Error::Spill) when the temporary file cannot be read.
    pub fn of(&self, document: DocId) -> Result<Vec<u64>> {
        let Some(at) = self.place(document) else { return Ok(Vec::new()) };
        match &self.keys {
            Keys::Held(bands) => Ok(bands.iter().map(|band| band[at]).collect()),
            Keys::Stored(blobs) => Ok(blobs.reader().get(at)?.to_vec()),
        }
    }

    fn place(&self, document: DocId) -> Option<usize> {
        let found = self.ascending.binary_search_by_key(&document, |&at| self.documents[at as usize].0);
        found.ok().map(|at| self.ascending[at] as usize)
    }

    /// Gives the documents other numbers: each that of `numbers` at its old one.
    pub fn renumber(&mut self, numbers: &[DocId]) {
        for (document, _) in &mut self.documents {
            *document = numbers[document.index()];
        }
        self.ascending.sort_unstable_by_key(|&at| self.documents[at as usize].0);
    }

    /// Gives a document that was added another length and other keys.
    ///
    /// # Errors
    /// [`Error::Spill`](crate::Error::Spill) when the temporary file cannot be written.
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

    /// Pairs of the documents that are `wanted` that agree in at least one band, sorted, each once.
    ///
    /// Sort and scan, one band at a time on every thread: O(bands · n log n) time, and at most
    /// `bands · (NEIGHBOURS + 1) · n` pairs, however large a bucket is. Within a bucket members are ordered by length, each
    /// is paired with its neighbours and with the bucket's first. Keys are cut to what a document's number leaves of 64
    /// bits: 40 for 16 million documents. With a limit, as many bands as it allows are read at a time.
    ///
    /// # Errors
    /// [`Error::Spill`](crate::Error::Spill) when the temporary file cannot be read.
    pub fn candidates(&self, wanted: impl Fn(DocId) -> bool) -> Result<Vec<Candidate>> {
        let documents = self.documents.iter().zip(0..);
        let kept: Vec<u32> =
            documents.filter(|&(&(document, _), _)| wanted(document)).map(|(_, at)| at).collect();
        // A band is held twice while it is sorted.
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

    /// Pairs of the documents at the places `kept` that agree in a band, given the key of each document in it.
    fn pairs_of(&self, keys: &[u64], kept: &[u32]) -> Vec<Candidate> {
        let bits = kept.len().next_power_of_two().trailing_zeros();
        let key = |(&place, at): (&u32, u64)| keys[place as usize] >> bits << bits | at;
        let mut entries: Vec<u64> = kept.iter().zip(0..).map(key).collect();
        entries.sort_unstable();
        let mut pairs = Vec::new();
        let mut bucket: Vec<(u32, DocId)> = Vec::new();
        for run in entries.chunk_by(|a, b| a >> bits == b >> bits).filter(|run| run.len() > 1) {
            bucket.clear();
            bucket.extend(run.iter().map(|entry| {
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

/// Documents are numbered by 32 bits.
fn length_of(documents: &[(DocId, u32)]) -> u32 {
    u32::try_from(documents.len()).unwrap_or(u32::MAX)
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
    fn a_limit_changes_no_pair() {
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
    fn one_band_in_common_is_enough_and_none_is_not() {
        let pairs = keys_of(&[&[1, 2], &[3, 2], &[4, 5]]).candidates(|_| true).unwrap();
        assert_eq!(pairs, [Candidate(DocId(0), DocId(1))]);
    }

    #[test]
    fn documents_that_are_not_wanted_meet_nobody() {
        // Apart in their leading bits, as keys are: the last ones are cut.
        let [one, two, three, four, five] = [1, 2, 3, 4, 5].map(|key: u64| key << 32);
        let keys = keys_of(&[&[one, two], &[three, two], &[four, five], &[one, five]]);
        let pairs = keys.candidates(|document| document != DocId(0)).unwrap();
        assert_eq!(pairs, [Candidate(DocId(2), DocId(3))]);
        assert_eq!(keys.of(DocId(1)).unwrap(), [three, two]);
        assert!(keys.of(DocId(4)).unwrap().is_empty());
    }

    #[test]
    fn a_bucket_is_linear_and_connected() {
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
