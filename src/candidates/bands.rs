//! Candidates for copies: signatures that agree in a whole band.

use rayon::prelude::*;

use super::Candidate;
use super::params::Bands;
use crate::DocId;

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

/// The keys of many documents.
#[derive(Clone, Debug, Default)]
pub struct BandKeys {
    /// By band, then by document.
    keys: Vec<Vec<u64>>,
    /// Document and its length in tokens, in the order of the keys.
    documents: Vec<(DocId, u32)>,
}

impl BandKeys {
    /// Room for documents with `bands` keys each.
    pub fn new(bands: usize) -> Self {
        Self { keys: vec![Vec::new(); bands], documents: Vec::new() }
    }

    /// Adds a document of `tokens` tokens with its keys.
    pub fn push(&mut self, document: DocId, tokens: u32, keys: &[u64]) {
        debug_assert_eq!(keys.len(), self.keys.len());
        for (band, &key) in self.keys.iter_mut().zip(keys) {
            band.push(key);
        }
        self.documents.push((document, tokens));
    }

    /// Gives the document that was added as number `at`, from 0, another length and other keys.
    pub fn replace(&mut self, at: usize, tokens: u32, keys: &[u64]) {
        debug_assert_eq!(keys.len(), self.keys.len());
        for (band, &key) in self.keys.iter_mut().zip(keys) {
            band[at] = key;
        }
        self.documents[at].1 = tokens;
    }

    /// Pairs that agree in at least one band, sorted, each once.
    ///
    /// Sort and scan, one band at a time on every thread: O(bands · n log n) time, and at most
    /// `bands · (NEIGHBOURS + 1) · n` pairs, however large a bucket is. Within a bucket members are ordered by length, each
    /// is paired with its neighbours and with the bucket's first. Keys are cut to what a document's number leaves of 64
    /// bits: 40 for 16 million documents.
    pub fn candidates(&self) -> Vec<Candidate> {
        let bits = self.documents.len().next_power_of_two().trailing_zeros();
        let mut pairs: Vec<Candidate> = self
            .keys
            .par_iter()
            .flat_map_iter(|keys| {
                let mut entries: Vec<u64> =
                    keys.iter().zip(0..).map(|(key, at)| key >> bits << bits | at).collect();
                entries.sort_unstable();
                let mut pairs = Vec::new();
                let mut bucket: Vec<(u32, DocId)> = Vec::new();
                for run in entries.chunk_by(|a, b| a >> bits == b >> bits).filter(|run| run.len() > 1) {
                    bucket.clear();
                    bucket.extend(run.iter().map(|entry| {
                        let (document, tokens) = self.documents[(entry & ((1 << bits) - 1)) as usize];
                        (tokens, document)
                    }));
                    bucket.sort_unstable();
                    pair_up(&bucket, &mut pairs);
                }
                pairs
            })
            .collect();
        pairs.par_sort_unstable();
        pairs.dedup();
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
        let mut keys = BandKeys::new(documents[0].len());
        for (i, document) in documents.iter().enumerate() {
            keys.push(DocId(u32::try_from(i).unwrap()), 100, document);
        }
        keys
    }

    #[test]
    fn one_band_in_common_is_enough_and_none_is_not() {
        let pairs = keys_of(&[&[1, 2], &[3, 2], &[4, 5]]).candidates();
        assert_eq!(pairs, [Candidate(DocId(0), DocId(1))]);
    }

    #[test]
    fn a_bucket_is_linear_and_connected() {
        let one = [7u64];
        let documents: Vec<&[u64]> = (0..1000).map(|_| one.as_slice()).collect();
        let pairs = keys_of(&documents).candidates();
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
