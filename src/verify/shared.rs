//! How many shingles two documents share: those of one in a table, those of the other looked up.
//!
//! Range: exact counts of distinct shingles. Cost: some ten instructions a token, a tenth of what sorting both sets costs; the
//! table of one document serves all that it is compared with.

use super::sets::Overlap;
use crate::text::{Token, each_shingle};

/// A set of hashes by open addressing; 0 is a free place.
#[derive(Debug, Default)]
struct Table {
    places: Vec<u64>,
    shift: u32,
}

impl Table {
    /// Forgets everything and makes room for `most` hashes, half of the places staying free.
    fn clear(&mut self, most: usize) {
        let size = (2 * most).next_power_of_two().max(2);
        self.shift = 64 - size.trailing_zeros();
        self.places.clear();
        self.places.resize(size, 0);
    }

    /// Where a hash stands, or would.
    fn place(&self, hash: u64) -> usize {
        let last = self.places.len() - 1;
        // Shingles are well mixed: their leading bits are a place.
        let mut at = (hash >> self.shift) as usize;
        while self.places[at] != 0 && self.places[at] != hash {
            at = (at + 1) & last;
        }
        at
    }

    /// Adds a hash; whether it was new.
    fn insert(&mut self, hash: u64) -> bool {
        let at = self.place(hash);
        std::mem::replace(&mut self.places[at], hash) == 0
    }
}

/// The distinct shingles of one document, ready to be compared with those of others.
#[derive(Debug, Default)]
pub struct Shared {
    held: Table,
    distinct: usize,
    /// The comparison that met each place of `held` last.
    met: Vec<u32>,
    comparison: u32,
    others: Table,
}

impl Shared {
    /// Takes the shingles of `k` tokens of a document, in place of those it held.
    pub fn hold(&mut self, tokens: &[Token], k: usize) {
        self.held.clear(tokens.len());
        self.distinct = 0;
        each_shingle(tokens, k, |shingle| self.distinct += usize::from(self.held.insert(shingle.max(1))));
        self.met.clear();
        self.met.resize(self.held.places.len(), 0);
        self.comparison = 0;
    }

    /// Whether the document that is held has a shingle.
    pub fn contain(&self, shingle: u64) -> bool {
        self.held.places[self.held.place(shingle.max(1))] != 0
    }

    /// Whether a shingle of the document that is held stands in the one that it was compared with last.
    pub fn met(&self, shingle: u64) -> bool {
        self.comparison > 0 && self.met[self.held.place(shingle.max(1))] == self.comparison
    }

    /// The overlap of the document that is held with another.
    pub fn overlap(&mut self, tokens: &[Token], k: usize) -> Overlap {
        self.comparison += 1;
        self.others.clear(tokens.len());
        let (mut shared, mut others) = (0, 0);
        each_shingle(tokens, k, |shingle| {
            let shingle = shingle.max(1);
            let at = self.held.place(shingle);
            if self.held.places[at] == 0 {
                others += usize::from(self.others.insert(shingle));
            } else if self.met[at] != self.comparison {
                self.met[at] = self.comparison;
                shared += 1;
            }
        });
        Overlap { a: self.distinct, b: shared + others, shared }
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
