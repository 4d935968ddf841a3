//! How many shingles two documents share: those of one in a table, those of the other looked up.
//!
//! Range: exact counts of distinct shingles. Cost: some ten instructions a token, a tenth of what sorting both sets costs; the
//! table of one document serves all that it is compared with.

use super::sets::Overlap;
use crate::hash::Hashes;
use crate::text::{Token, each_shingle};

/// The distinct shingles of one document, ready to be compared with those of others.
#[derive(Debug, Default)]
pub struct Shared {
    held: Hashes,
    distinct: usize,
    /// The comparison that met each place of `held` last.
    met: Vec<u32>,
    comparison: u32,
    others: Hashes,
}

impl Shared {
    /// Takes the shingles of `k` tokens of a document, in place of those it held.
    pub fn hold(&mut self, tokens: &[Token], k: usize) {
        self.held.clear(tokens.len());
        self.distinct = 0;
        each_shingle(tokens, k, |shingle| self.distinct += usize::from(self.held.insert(shingle)));
        self.met.clear();
        self.met.resize(self.held.places(), 0);
        self.comparison = 0;
    }

    /// Whether the document that is held has a shingle.
    pub fn contain(&self, shingle: u64) -> bool {
        self.held.place(shingle).1
    }

    /// Whether a shingle of the document that is held stands in the one that it was compared with last.
    pub fn met(&self, shingle: u64) -> bool {
        self.comparison > 0 && self.met[self.held.place(shingle).0] == self.comparison
    }

    /// The overlap of the document that is held with another.
    pub fn overlap(&mut self, tokens: &[Token], k: usize) -> Overlap {
        let mut seen = std::mem::take(&mut self.others);
        seen.clear(tokens.len());
        let mut others = 0;
        let shared = self.meet(tokens, k, |shingle| others += usize::from(seen.insert(shingle)));
        self.others = seen;
        Overlap { a: self.distinct, b: shared + others, shared }
    }

    /// Compares the document that is held with another, so that [`met`](Self::met) tells of it: how many shingles they
    /// share. `other` is given those that only the other one has, repeats included.
    pub fn meet(&mut self, tokens: &[Token], k: usize, mut other: impl FnMut(u64)) -> usize {
        self.comparison += 1;
        let mut shared = 0;
        each_shingle(tokens, k, |shingle| {
            let (at, held) = self.held.place(shingle);
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
        fn counts_are_those_of_sorted_sets(
            texts in prop::collection::vec(prop::collection::vec(0u8..5, 0..60), 2..5),
            k in 1usize..6,
        ) {
            let tokens: Vec<_> = texts
                .iter()
                .map(|words| tokenize(&words.iter().map(|w| format!("w{w} ")).collect::<String>()))
                .collect();
            let mut shared = Shared::default();
            shared.hold(tokens[0].as_slice(), k);
            let (mut a, mut b) = (Vec::new(), Vec::new());
            shingles(tokens[0].as_slice(), k, &mut a);
            for other in &tokens[1..] {
                shingles(other.as_slice(), k, &mut b);
                prop_assert_eq!(shared.overlap(other.as_slice(), k), Overlap::of(&a, &b));
                prop_assert!(a.iter().all(|run| shared.met(*run) == b.contains(run)));
                prop_assert!(b.iter().all(|run| shared.contain(*run) == a.contains(run)));
            }
        }
    }
}
