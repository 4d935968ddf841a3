//! Counts the shingles that two documents share, by looking up those of one in a table of the other's.
//!
//! Counts distinct shingles exactly. Cost: some ten instructions a token, a tenth of what sorting both sets costs.
//! The table of one document serves all comparisons with it.

use super::filter::Filter;
use super::sets::Overlap;
use crate::hash::Hashes;
use crate::text::{Token, each_shingle};

/// The distinct shingles of one document, ready to be compared with those of others.
#[derive(Debug, Default)]
pub struct Shared {
    held: Hashes,
    /// Answers for most shingles that are not held, without a branch that the processor cannot predict.
    filter: Filter,
    distinct: usize,
    /// The number of the comparison in which each slot of `held` was last found. Numbers are not used again, so that nothing
    /// has to be cleared for another document.
    met: Vec<u64>,
    comparison: u64,
    others: Hashes,
}

impl Shared {
    /// Stores the shingles of `k` tokens of a document, replacing those of the document before.
    pub fn hold(&mut self, tokens: &[Token], k: usize) {
        self.held.clear(tokens.len());
        self.distinct = 0;
        self.filter.clear(tokens.len());
        each_shingle(tokens, k, |shingle| {
            self.filter.insert(shingle);
            self.distinct += usize::from(self.held.insert(shingle));
        });
        if self.met.len() < self.held.slots() {
            self.met.resize(self.held.slots(), 0);
        }
        // No slot was met in this one.
        self.comparison += 1;
    }

    /// Returns whether the stored document has a shingle.
    pub fn contain(&self, shingle: u64) -> bool {
        self.filter.may_contain(shingle) && self.held.slot(shingle).1
    }

    /// Returns whether a shingle of the stored document occurs in the document it was last compared with.
    pub fn met(&self, shingle: u64) -> bool {
        self.comparison > 0 && self.met[self.held.slot(shingle).0] == self.comparison
    }

    /// Computes the overlap of the stored document with another.
    pub fn overlap(&mut self, tokens: &[Token], k: usize) -> Overlap {
        let mut seen = std::mem::take(&mut self.others);
        seen.clear(tokens.len());
        let mut others = 0;
        let shared = self.meet(tokens, k, |shingle| others += usize::from(seen.insert(shingle)));
        self.others = seen;
        Overlap { a: self.distinct, b: shared + others, shared }
    }

    /// Compares the stored document with another, in preparation for [`met`](Self::met), and returns the number of
    /// distinct shingles that they share. Calls `other` with the shingles that only the other document has,
    /// including repeats.
    pub fn meet(&mut self, tokens: &[Token], k: usize, mut other: impl FnMut(u64)) -> usize {
        self.comparison += 1;
        let mut shared = 0;
        each_shingle(tokens, k, |shingle| {
            let (at, held) =
                if self.filter.may_contain(shingle) { self.held.slot(shingle) } else { (0, false) };
            if !held {
                other(shingle);
            } else if self.met[at] != self.comparison {
                self.met[at] = self.comparison;
                shared += 1;
            }
        });
        shared
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::{shingles, tokenize};

    proptest! {
        #[test]
        fn overlap_agrees_with_sorted_sets(
            texts in prop::collection::vec(prop::collection::vec(0u8..5, 0..60), 2..5),
            k in 1usize..6,
        ) {
            let tokens: Vec<_> = texts
                .iter()
                .map(|words| tokenize(&words.iter().map(|w| format!("w{w} ")).collect::<String>()))
                .collect();
            let mut shared = Shared::default();
            let (mut a, mut b) = (Vec::new(), Vec::new());
            // Documents of other lengths are held in turn, so that marks of those before would show.
            for (at, held) in tokens.iter().enumerate() {
                shared.hold(held.as_slice(), k);
                shingles(held.as_slice(), k, &mut a);
                prop_assert!(!a.iter().any(|shingle| shared.met(*shingle)));
                for (_, other) in tokens.iter().enumerate().filter(|&(other, _)| other != at) {
                    shingles(other.as_slice(), k, &mut b);
                    prop_assert_eq!(shared.overlap(other.as_slice(), k), Overlap::of(&a, &b));
                    prop_assert!(a.iter().all(|shingle| shared.met(*shingle) == b.contains(shingle)));
                    prop_assert!(b.iter().all(|shingle| shared.contain(*shingle) == a.contains(shingle)));
                }
            }
        }
    }
}
