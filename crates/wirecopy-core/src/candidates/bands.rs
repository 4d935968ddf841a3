//! Finds candidates for copies: documents whose signatures agree in a whole band.

use rayon::prelude::*;

use super::params::Bands;
use super::{Candidate, KeyCut, moved};
use crate::hash::{self, ByHash};
use crate::tasks::HEAVY;
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

/// Identifies the text of a document by hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// A hash of its words.
    pub words: u64,
    /// A hash of its words and its date. Documents that share it are copies of the same documents.
    pub dated: u64,
}

impl Text {
    /// Returns the hashes of a text, given that of its words and its [`stamp`].
    pub fn new(words: u64, stamp: u64) -> Self {
        Self { words, dated: crate::text::mix(words ^ stamp) }
    }
}

/// Returns a number for what identifies a document besides its words: its publication time and the delivered item that it is a
/// version of, where known.
pub fn stamp(published: Option<i64>, item: Option<u64>) -> u64 {
    published.map_or(0, |at| at as u64 | 1 << 63) ^ item.unwrap_or_default()
}

/// Splits documents, given in order, into the first of each text, and pairs of it with each other document of that text. The
/// first documents of texts with the same words are paired, too.
pub fn by_text<D: Copy + Ord>(documents: impl IntoIterator<Item = (D, Text)>) -> (Vec<D>, Vec<(D, D)>) {
    let (mut first, mut first_of_words) = (ByHash::default(), ByHash::default());
    let (mut firsts, mut pairs) = (Vec::new(), Vec::new());
    for (at, text) in documents {
        let before = *first.entry(text.dated).or_insert(at);
        if before == at {
            firsts.push(at);
            let before = *first_of_words.entry(text.words).or_insert(at);
            if before != at {
                pairs.push((before, at));
            }
        } else {
            pairs.push((before, at));
        }
    }
    (firsts, pairs)
}

/// The band keys of many documents.
#[derive(Debug)]
pub struct BandKeys {
    keys: Keys,
    bands: usize,
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
        Self { keys, bands, lengths: Vec::new(), budget: budget.part(1, 2) }
    }

    /// Adds a document of `tokens` tokens with its keys; its number is the number of documents before.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill) if the temporary file cannot be written.
    pub fn push(&mut self, tokens: u32, keys: &[u64]) -> Result<()> {
        debug_assert_eq!(keys.len(), self.bands);
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
        moved(&mut self.lengths, order);
        match &mut self.keys {
            Keys::Held(bands) => bands.par_iter_mut().for_each(|keys| moved(keys, order)),
            Keys::Stored(blobs) => blobs.reorder(order),
        }
    }

    /// Gives a document another length and other keys.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill) if the temporary file cannot be written.
    pub fn replace(&mut self, document: DocId, tokens: u32, keys: &[u64]) -> Result<()> {
        debug_assert_eq!(keys.len(), self.bands);
        let at = document.index();
        self.lengths[at] = tokens;
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

    /// Returns the first document of each text among those that have a `text`, and the pairs of [`by_text`].
    fn by_text(&self, text: impl Fn(DocId) -> Option<Text>) -> (Vec<u32>, Vec<Candidate>) {
        let documents = (0..).take(self.lengths.len());
        let (firsts, pairs) = by_text(documents.filter_map(|at| Some((at, text(DocId(at))?))));
        (firsts, pairs.into_iter().map(|(a, b)| Candidate(DocId(a), DocId(b))).collect())
    }

    /// Returns all pairs of documents that agree in at least one band, sorted and without duplicates. `text` returns
    /// `None` for a document that takes no part.
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
    pub fn candidates(&self, text: impl Fn(DocId) -> Option<Text>) -> Result<Vec<Candidate>> {
        let (kept, mut pairs) = self.by_text(text);
        // Sorting needs a second copy of a band.
        let band_bytes = 16 * self.lengths.len().max(1);
        let together = self.budget.bytes().map_or(TOGETHER, |bytes| (bytes / band_bytes).clamp(1, TOGETHER));
        let bands: Vec<usize> = (0..self.bands).collect();
        for bands in bands.chunks(together) {
            let found: Vec<Vec<Candidate>> = match &self.keys {
                Keys::Held(keys) => bands
                    .par_iter()
                    .with_max_len(HEAVY)
                    .map(|&band| self.pairs_of(&keys[band], &kept))
                    .collect(),
                Keys::Stored(blobs) => {
                    let mut keys = vec![Vec::with_capacity(self.lengths.len()); bands.len()];
                    let mut reader = blobs.reader();
                    for at in 0..self.lengths.len() {
                        let own = reader.get(at)?;
                        for (keys, &band) in keys.iter_mut().zip(bands) {
                            keys.push(own[band]);
                        }
                    }
                    keys.par_iter().with_max_len(HEAVY).map(|keys| self.pairs_of(keys, &kept)).collect()
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
        let bits = KeyCut::for_documents(kept.len()).bits();
        let key = |(&place, at): (&u32, u64)| keys[place as usize] >> bits << bits | at;
        let mut entries: Vec<u64> = kept.iter().zip(0..).map(key).collect();
        hash::sort(&mut entries);
        let mut pairs = Vec::new();
        let mut bucket: Vec<(u32, DocId)> = Vec::new();
        for group in entries.chunk_by(|a, b| a >> bits == b >> bits).filter(|group| group.len() > 1) {
            bucket.clear();
            bucket.extend(group.iter().map(|entry| {
                let place = kept[(entry & ((1 << bits) - 1)) as usize];
                (self.lengths[place as usize], DocId(place))
            }));
            bucket.sort_unstable();
            pair_up(&bucket, |a, b| pairs.extend(Candidate::new(a, b)));
        }
        pairs
    }
}

/// Pairs the documents of a bucket, which are ordered by length, then by number: each with its neighbours and with the first.
pub(crate) fn pair_up<D: Copy>(bucket: &[(u32, D)], mut pair: impl FnMut(D, D)) {
    let Some((&(_, first), rest)) = bucket.split_first() else { return };
    rest.iter().for_each(|&(_, document)| pair(first, document));
    for (at, &(_, document)) in rest.iter().enumerate() {
        rest[at + 1..].iter().take(NEIGHBOURS).for_each(|&(_, other)| pair(document, other));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys_of(documents: &[&[u64]]) -> BandKeys {
        let mut keys = BandKeys::new(documents[0].len(), &Budget::unlimited());
        for document in documents {
            keys.push(100, document).unwrap();
        }
        keys
    }

    /// Every document has a text of its own.
    fn own(document: DocId) -> Option<Text> {
        let text = document.0.into();
        Some(Text { words: text, dated: text })
    }

    #[test]
    fn memory_limit_does_not_change_pairs() {
        let documents: Vec<Vec<u64>> = (0..300)
            .map(|d| (0..12).map(|band| (crate::text::mix(d * 7 + band) % 90) << 40).collect())
            .collect();
        let found = |budget: &Budget| {
            let mut keys = BandKeys::new(12, budget);
            for (document, at) in documents.iter().zip(0..) {
                keys.push(at % 17, document).unwrap();
            }
            keys.replace(DocId(5), 3, &documents[6]).unwrap();
            keys.candidates(own).unwrap()
        };
        let free = found(&Budget::unlimited());
        assert!(free.len() > 300);
        for bytes in [100, 30_000] {
            assert_eq!(found(&Budget::new(bytes, None)), free);
        }
    }

    #[test]
    fn one_shared_band_makes_a_candidate() {
        let pairs = keys_of(&[&[1, 2], &[3, 2], &[4, 5]]).candidates(own).unwrap();
        assert_eq!(pairs, [Candidate(DocId(0), DocId(1))]);
    }

    #[test]
    fn unwanted_documents_are_not_paired() {
        // Keys differ in their leading bits, as real keys do, because the last bits are cut.
        let [one, two, three, four, five] = [1, 2, 3, 4, 5].map(|key: u64| key << 32);
        let keys = keys_of(&[&[one, two], &[three, two], &[four, five], &[one, five]]);
        let pairs = keys.candidates(|document| own(document).filter(|_| document != DocId(0))).unwrap();
        assert_eq!(pairs, [Candidate(DocId(2), DocId(3))]);
    }

    #[test]
    fn frequent_text_leaves_its_neighbours_in_the_bucket() {
        // A hundred documents of one text between two other texts of the same length, which are not the first of the bucket.
        let keys = keys_of(&[[7].as_slice(); 103]);
        let text = |document: DocId| own(if (2..102).contains(&document.0) { DocId(2) } else { document });
        let pairs = keys.candidates(text).unwrap();
        assert!(pairs.contains(&Candidate(DocId(1), DocId(102))), "{pairs:?}");
        let of_text: Vec<Candidate> = (3..102).map(|at| Candidate(DocId(2), DocId(at))).collect();
        assert!(of_text.iter().all(|pair| pairs.contains(pair)));
        // All pairs of the four texts, and the star of the frequent one.
        assert_eq!(pairs.len(), 6 + of_text.len());
    }

    #[test]
    fn same_words_of_two_dates_are_paired() {
        // The last has the words of the second; in the bucket, others of their length are between them.
        let keys = keys_of(&[[7].as_slice(); 9]);
        let text = |document: DocId| {
            let own = own(document)?;
            Some(if document == DocId(8) { Text { words: 1, ..own } } else { own })
        };
        let pairs = keys.candidates(text).unwrap();
        assert!(pairs.contains(&Candidate(DocId(1), DocId(8))), "{pairs:?}");
    }

    #[test]
    fn pairs_of_a_bucket_are_linear_and_connected() {
        let one = [7u64];
        let documents: Vec<&[u64]> = (0..1000).map(|_| one.as_slice()).collect();
        let pairs = keys_of(&documents).candidates(own).unwrap();
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
