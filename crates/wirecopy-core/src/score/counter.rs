//! Terms of a folder, counted by sorting.

use super::idf::Frequencies;
use crate::Result;
use crate::hash;
use wirecopy_spill::{Budget, Partitions};

/// Terms that are collected before they are counted, unless the counts are more than that.
const PENDING: usize = 1 << 20;
/// Partitions of the counts that do not fit into memory, as a power of two.
const PARTITION_BITS: u32 = 6;

/// Counts in how many documents each term stands, without a limit to the number of terms: they are sorted and counted some
/// at a time. Memory holds eight bytes a distinct term, twice while two lists are merged;
/// what is over the budget goes to a temporary file.
#[derive(Debug)]
pub struct TermCounter {
    documents: u32,
    pending: Vec<u32>,
    /// Terms with their counts, ascending.
    counted: Vec<(u32, u32)>,
    /// Lists that did not fit.
    spilled: Partitions<(u32, u32)>,
    /// Terms that `counted` may have.
    most: usize,
}

impl TermCounter {
    /// No documents yet.
    pub fn new(budget: &Budget) -> Self {
        let quarter = budget.part(1, 4);
        Self {
            documents: 0,
            pending: Vec::new(),
            counted: Vec::new(),
            spilled: Partitions::new(PARTITION_BITS, &quarter),
            most: quarter.bytes().map_or(usize::MAX, |bytes| bytes / size_of::<(u32, u32)>()),
        }
    }

    /// Counts one document, given its terms, each once.
    ///
    /// # Errors
    /// [`Error::Spill`](crate::Error::Spill) when a temporary file cannot be written.
    pub fn add(&mut self, terms: &[u32]) -> Result<()> {
        self.documents += 1;
        self.pending.extend_from_slice(terms);
        // As many as there are counts already, so that merging stays linear in all.
        if self.pending.len() < PENDING.max(self.counted.len().min(self.most)) {
            Ok(())
        } else {
            self.count()
        }
    }

    fn count(&mut self) -> Result<()> {
        hash::sort(&mut self.pending);
        let fresh = self.pending.chunk_by(|a, b| a == b).map(|run| (run[0], length(run)));
        self.counted = merge(&self.counted, fresh);
        self.pending.clear();
        if self.counted.len() > self.most {
            self.spill()?;
        }
        Ok(())
    }

    fn spill(&mut self) -> Result<()> {
        for (term, count) in std::mem::take(&mut self.counted) {
            self.spilled.push(u64::from(term) << 32, (term, count))?;
        }
        Ok(())
    }

    /// What was counted, of terms that stand in three documents or more: no others are asked for.
    ///
    /// # Errors
    /// [`Error::Spill`](crate::Error::Spill) when a temporary file cannot be written or read.
    pub fn finish(self) -> Result<Frequencies> {
        let documents = self.documents;
        Ok(Frequencies::of(documents, self.more_than(2)?))
    }

    /// The terms of more than `least` documents, ascending, with their counts.
    fn more_than(mut self, least: u32) -> Result<Vec<(u32, u32)>> {
        self.count()?;
        if self.spilled.is_empty() {
            self.counted.retain(|&(_, count)| count > least);
            self.counted.shrink_to_fit();
            return Ok(self.counted);
        }
        self.spill()?;
        let mut all = Vec::new();
        for part in self.spilled.finish()? {
            let mut counts = part.read()?;
            counts.sort_unstable();
            let summed = counts
                .chunk_by(|a, b| a.0 == b.0)
                .map(|run| (run[0].0, run.iter().map(|&(_, count)| count).sum()));
            all.extend(summed.filter(|&(_, count)| count > least));
        }
        Ok(all)
    }
}

fn length(run: &[u32]) -> u32 {
    // Documents are numbered in 32 bits.
    u32::try_from(run.len()).unwrap_or(u32::MAX)
}

/// Adds two ascending lists of counts.
fn merge(a: &[(u32, u32)], b: impl Iterator<Item = (u32, u32)>) -> Vec<(u32, u32)> {
    let mut out = Vec::with_capacity(a.len() + a.len() / 8);
    let mut rest = a;
    for (term, count) in b {
        let before = rest.iter().take_while(|&&(other, _)| other < term).count();
        out.extend_from_slice(&rest[..before]);
        rest = &rest[before..];
        match rest.split_first() {
            Some((&(other, more), after)) if other == term => {
                out.push((term, count + more));
                rest = after;
            }
            _ => out.push((term, count)),
        }
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counts_are_those_of_a_map_for_any_limit(
            documents in prop::collection::vec(prop::collection::btree_set(0u32..60, 0..30), 0..40),
            limit in prop::option::of(1usize..1000),
            every in 1usize..5,
        ) {
            let mut expected: BTreeMap<u32, u32> = BTreeMap::new();
            let budget = limit.map_or_else(Budget::unlimited, |limit| Budget::new(limit, None));
            let mut all = TermCounter::new(&budget);
            for (at, terms) in documents.iter().enumerate() {
                // All over the range, so that every partition has some.
                let terms: Vec<u32> = terms.iter().map(|term| term << 26).collect();
                all.add(&terms).unwrap();
                if at % every == 0 {
                    all.count().unwrap();
                }
                for term in terms {
                    *expected.entry(term).or_default() += 1;
                }
            }
            prop_assert_eq!(all.documents as usize, documents.len());
            expected.retain(|_, count| *count > 2);
            prop_assert_eq!(all.more_than(2).unwrap(), expected.into_iter().collect::<Vec<_>>());
        }
    }
}
