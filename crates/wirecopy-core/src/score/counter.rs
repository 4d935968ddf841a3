//! Counts document frequencies by sorting.

use super::idf::Frequencies;
use crate::Result;
use crate::hash;
use wirecopy_spill::{Budget, Partitions};

/// Number of terms that are collected before they are counted, unless there are more distinct terms than this.
const PENDING: usize = 1 << 20;
/// Number of partitions of the counts that do not fit into memory, as a power of two.
const PARTITION_BITS: u32 = 6;

/// Counts in how many documents each term occurs, with no limit on the number of terms: batches of terms are
/// sorted, counted and merged. Memory holds eight bytes for each distinct term, twice while two lists are merged;
/// what exceeds the budget goes to a temporary file.
#[derive(Debug)]
pub struct TermCounter {
    documents: u32,
    pending: Vec<u32>,
    /// Terms with their counts, ascending.
    counted: Vec<(u32, u32)>,
    /// Lists that did not fit into memory.
    spilled: Partitions<(u32, u32)>,
    /// Most terms that `counted` may hold.
    most: usize,
}

impl TermCounter {
    /// Creates a counter without documents.
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

    /// Counts one document, given its distinct terms.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill) if a temporary file cannot be written.
    pub fn add(&mut self, terms: &[u32]) -> Result<()> {
        self.documents += 1;
        self.pending.extend_from_slice(terms);
        // A batch is as large as the list of counts, so that the total cost of merging stays linear.
        if self.pending.len() < PENDING.max(self.counted.len().min(self.most)) {
            Ok(())
        } else {
            self.count()
        }
    }

    fn count(&mut self) -> Result<()> {
        hash::sort(&mut self.pending);
        let fresh = self.pending.chunk_by(|a, b| a == b).map(|group| (group[0], length(group)));
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

    /// Returns the frequencies of the terms that occur in three documents or more; no others are needed.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill) if a temporary file cannot be written or read.
    pub fn finish(self) -> Result<Frequencies> {
        let documents = self.documents;
        Ok(Frequencies::of(documents, self.more_than(2)?))
    }

    /// Returns the terms of more than `least` documents with their counts, ascending.
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
                .map(|group| (group[0].0, group.iter().map(|&(_, count)| count).sum()));
            all.extend(summed.filter(|&(_, count)| count > least));
        }
        Ok(all)
    }
}

fn length(group: &[u32]) -> u32 {
    // Documents have 32-bit numbers.
    u32::try_from(group.len()).unwrap_or(u32::MAX)
}

/// Adds up two ascending lists of counts.
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
        fn counts_agree_with_a_map_under_any_memory_limit(
            documents in prop::collection::vec(prop::collection::btree_set(0u32..60, 0..30), 0..40),
            limit in prop::option::of(1usize..1000),
            every in 1usize..5,
        ) {
            let mut expected: BTreeMap<u32, u32> = BTreeMap::new();
            let budget = limit.map_or_else(Budget::unlimited, |limit| Budget::new(limit, None));
            let mut all = TermCounter::new(&budget);
            for (at, terms) in documents.iter().enumerate() {
                // Spread over the whole range, so that every partition holds some terms.
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
