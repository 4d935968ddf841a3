//! Finds the pairs that are worth an exact check.
//!
//! There are three generators. [`bands`] finds copies: documents whose signatures agree in a whole band (Indyk and
//! Motwani 1998). [`contained`] finds excerpts by a sample of their shingles. [`rare`] finds rewrites, whose
//! Jaccard similarity is far too low for banding, as documents that share several of their rarest words and word
//! pairs.

pub mod bands;
pub mod contained;
pub(crate) mod counters;
pub mod params;
pub(crate) mod postings;
pub mod rare;

pub use counters::TableUse;
pub use postings::KeyCut;

use crate::DocId;

/// Two documents worth an exact check, the one with the lower number first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Candidate(pub DocId, pub DocId);

impl Candidate {
    /// Orders a pair. Returns `None` for a document paired with itself.
    pub fn new(a: DocId, b: DocId) -> Option<Self> {
        match a.cmp(&b) {
            std::cmp::Ordering::Less => Some(Self(a, b)),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(Self(b, a)),
        }
    }
}

/// Pairs each version of a delivered item with the next one, given documents and their items. Such versions are candidates
/// whatever they share.
pub fn pairs_of_versions<D: Copy + Ord>(items: impl IntoIterator<Item = (D, u64)>) -> Vec<(D, D)> {
    let mut versions: Vec<(u64, D)> = items.into_iter().map(|(document, item)| (item, document)).collect();
    versions.sort_unstable();
    versions.windows(2).filter(|two| two[0].0 == two[1].0).map(|two| (two[0].1, two[1].1)).collect()
}

/// Pairs the copies that differ from their leaders with other leaders, given pairs of leaders that are related, but not surely, and these
/// copies behind their leaders. Returns the pairs in order, each once and with the lower document first.
pub fn pairs_of_copies<D: Copy + Ord>(
    leaders: impl IntoIterator<Item = (D, D)>,
    copies: &[(D, D)],
) -> Vec<(D, D)> {
    debug_assert!(copies.is_sorted());
    let copies_of = |leader: D| {
        let from = copies.partition_point(|copy| copy.0 < leader);
        copies[from..].iter().take_while(move |copy| copy.0 == leader).map(|copy| copy.1)
    };
    let with_copies = |(a, b): (D, D)| {
        copies_of(a).map(move |copy| (copy, b)).chain(copies_of(b).map(move |copy| (copy, a)))
    };
    let pairs = leaders.into_iter().flat_map(with_copies);
    let mut pairs: Vec<(D, D)> = pairs.map(|(copy, leader)| (copy.min(leader), copy.max(leader))).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Counts from the stages before verification, and the fate of labelled pairs in them: see
/// `Pipeline::survey`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Number of documents.
    pub documents: usize,
    /// Number of skipped inputs.
    pub skipped: u64,
    /// Number of documents that remain after copies have collapsed.
    pub representatives: usize,
    /// Number of pairs of representatives that the joins propose.
    pub candidates: usize,
    /// The result for each requested pair, in the order of the request.
    pub meetings: Vec<Meeting>,
}

/// What the stages before verification do with a pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meeting {
    /// Whether the pair is verified: as copies of one representative, or as a candidate through their
    /// representatives.
    pub met: bool,
    /// Number of features that both documents hold and that are rare enough for the join; 0 if rewrites are not
    /// searched for.
    pub usable: usize,
}

/// Reorders `values`: the value at `order[at]` moves to `at`.
pub(crate) fn moved<T: Copy>(values: &mut Vec<T>, order: &[u32]) {
    *values = order.iter().map(|&at| values[at as usize]).collect();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_paired_with_the_next_of_their_item() {
        assert_eq!(pairs_of_versions([(5, 1), (2, 9), (3, 1), (8, 1), (4, 2)]), [(3, 5), (5, 8)]);
        assert!(pairs_of_versions::<u64>([]).is_empty());
    }

    #[test]
    fn copies_are_paired_with_the_other_leader() {
        let copies = [(2, 7), (2, 8), (5, 1)];
        assert_eq!(
            pairs_of_copies([(2, 5), (2, 9), (3, 4)], &copies),
            [(1, 2), (5, 7), (5, 8), (7, 9), (8, 9)]
        );
        assert_eq!(pairs_of_copies([(2, 5), (5, 2)], &copies[2..]), [(1, 2)]);
        assert!(pairs_of_copies([], &copies).is_empty());
    }
}
