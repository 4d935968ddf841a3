//! Inverse document frequencies: what the folder says, blended with the background.
//!
//! A folder of two articles says nothing of how common a word is; a folder of a million says all there is to know,
//! and knows the house words of its agency, which no background does. The blend takes the background for a folder of
//! [`PSEUDO_DOCUMENTS`] documents and adds the real one to it.

use std::collections::HashMap;

use super::background::Background;

/// Documents that the background table counts for. At this size folder and background weigh the same.
pub const PSEUDO_DOCUMENTS: f32 = 1000.0;
/// Inverse document frequencies are cut here, whatever the folder's size, so that scores mean the same in all.
pub const LARGEST: f32 = 7.0;

/// In how many documents each term stands. Fill it with one representative of each group of copies, or a
/// much-reprinted dispatch hides itself.
#[derive(Clone, Debug, Default)]
pub struct Frequencies {
    documents: u32,
    counts: HashMap<u32, u32>,
}

impl Frequencies {
    /// Those of so many documents that were counted already.
    pub(super) fn of(documents: u32, counts: Vec<(u32, u32)>) -> Self {
        Self { documents, counts: counts.into_iter().collect() }
    }

    /// Counts one document, given its terms, each once.
    pub fn add(&mut self, terms: &[u32]) {
        self.documents += 1;
        for &term in terms {
            *self.counts.entry(term).or_default() += 1;
        }
    }

    /// Adds the counts of another set of documents.
    pub fn merge(&mut self, other: Frequencies) {
        self.documents += other.documents;
        if self.counts.is_empty() {
            self.counts = other.counts;
            return;
        }
        for (term, count) in other.counts {
            *self.counts.entry(term).or_default() += count;
        }
    }

    /// Documents counted.
    pub fn documents(&self) -> u32 {
        self.documents
    }
}

/// Inverse document frequency of terms, for one run.
#[derive(Clone, Debug)]
pub struct Idf {
    background: &'static Background,
    /// Natural logarithm of pseudo-documents and documents.
    log_total: f32,
    /// Terms that stand in three documents or more; the two at hand are no evidence that a term is common.
    counts: HashMap<u32, u32>,
}

impl Idf {
    /// The background alone: for two documents.
    pub fn background() -> Self {
        Self::new(Frequencies::default())
    }

    /// Background and folder. Keeps the terms of three documents or more: about 12 bytes each.
    pub fn new(frequencies: Frequencies) -> Self {
        let mut counts = frequencies.counts;
        counts.retain(|_, count| *count > 2);
        counts.shrink_to_fit();
        let log_total = (PSEUDO_DOCUMENTS + frequencies.documents as f32).ln();
        Self { background: Background::get(), log_total, counts }
    }

    /// Whether a term says something of its own, as little words do not.
    pub fn is_content(&self, term: u32) -> bool {
        self.idf(term) >= super::profile::CONTENT_IDF
    }

    /// The weight of a term, 0 to [`LARGEST`]: the natural logarithm of documents over documents that hold it.
    pub fn idf(&self, term: u32) -> f32 {
        let background = self.background.idf(term);
        let expected = PSEUDO_DOCUMENTS * (-background).exp();
        let seen = self.counts.get(&term).map_or(0, |&count| count - 2);
        (self.log_total - (expected + seen as f32).ln()).clamp(0.0, LARGEST)
    }
}

impl Default for Idf {
    fn default() -> Self {
        Self::background()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frequencies(documents: u32, holding: u32, term: u32) -> Frequencies {
        let mut all = Frequencies::default();
        for i in 0..documents {
            all.add(if i < holding { std::slice::from_ref(&term) } else { &[] });
        }
        all
    }

    #[test]
    fn two_documents_leave_the_background_alone() {
        let alone = Idf::background();
        let two = Idf::new(frequencies(2, 2, 77));
        assert!((alone.idf(77) - two.idf(77)).abs() < 0.01);
        assert!((alone.idf(77) - alone.background.idf(77)).abs() < 1e-4);
    }

    #[test]
    fn a_large_folder_overrules_the_background() {
        let idf = Idf::new(frequencies(20_000, 15_000, 77));
        assert!(idf.idf(77) < 0.5, "a house word of the folder is common, whatever the background says");
        assert!(idf.idf(78) > 6.0);
    }

    #[test]
    fn weights_fall_with_every_document_that_holds_the_term() {
        let weights: Vec<f32> =
            [0, 10, 100, 1000].iter().map(|&n| Idf::new(frequencies(5000, n, 77)).idf(77)).collect();
        assert!(weights.windows(2).all(|w| w[0] >= w[1]), "{weights:?}");
        assert!(weights.iter().all(|w| (0.0..=LARGEST).contains(w)));
    }

    #[test]
    fn merging_counts_adds_them() {
        let mut a = frequencies(10, 5, 1);
        a.merge(frequencies(20, 7, 1));
        assert_eq!(a.documents(), 30);
        assert_eq!(a.counts[&1], 12);
    }
}
