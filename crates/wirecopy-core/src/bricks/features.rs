//! Counts of features over all documents, and the rare ones of each.

use super::damaged;
use crate::Result;
use crate::candidates::TableUse;
use crate::candidates::counters::{Counters, Within};
use crate::candidates::rare::{RANK_BITS, RAREST, Ranking, bits_for, each_feature};
use crate::text::Tokens;

/// Returns how many features a document is taken to have when the size of the table is chosen. They are added up over all documents.
pub fn feature_occurrences(tokens: usize) -> u64 {
    2 * tokens as u64
}

/// In how many documents each feature occurs, in a table of saturating counters.
///
/// Tables of one size are a commutative monoid: [`merge`](Self::merge) is associative and commutative, and the empty table changes
/// nothing. The counts of representatives, taken together in any way, are those of a run on one machine.
#[derive(Clone, Debug)]
pub struct FeatureCounts {
    counters: Counters,
    features: Vec<u64>,
}

impl FeatureCounts {
    /// Number of parts that a table can be cut into, so that its parts are added up on different machines.
    pub const PARTS: usize = Counters::PARTS;

    /// Returns the size of the table for documents with so many [occurrences of features](feature_occurrences): 2 to this power bytes,
    /// from 4 KiB to 1 GiB.
    pub fn bits_for(occurrences: u64) -> u32 {
        bits_for(usize::try_from(occurrences).unwrap_or(usize::MAX / 4))
    }

    /// Creates the table of no documents, with 2 to the power of `bits` counters.
    pub fn new(bits: u32) -> Self {
        Self { counters: Counters::empty(bits), features: Vec::new() }
    }

    /// Counts a document. Each of its features counts once.
    pub fn add(&mut self, tokens: &Tokens) {
        self.features.clear();
        each_feature(tokens.as_slice(), |feature| self.features.push(feature));
        self.counters.add(&mut self.features);
    }

    /// Adds the counts of another table.
    ///
    /// # Errors
    /// [`Error::Brick`](crate::Error::Brick) if the other table has another size.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        (0..Self::PARTS).try_for_each(|part| self.add_part(part, other.part(part)))
    }

    /// Returns the counters of a part as bytes.
    pub fn part(&self, part: usize) -> &[u8] {
        self.counters.part(part)
    }

    /// Adds the counters of a part of another table.
    ///
    /// # Errors
    /// [`Error::Brick`](crate::Error::Brick) if there is no such part, or if it has another size.
    pub fn add_part(&mut self, part: usize, counters: &[u8]) -> Result<()> {
        if part >= Self::PARTS || counters.len() != self.part(part).len() {
            return Err(damaged("counters of features: another size of the table"));
        }
        self.counters.add_part(part, counters);
        Ok(())
    }

    /// Adds the counters of a part to those of the same part of another table.
    ///
    /// # Errors
    /// [`Error::Brick`](crate::Error::Brick) if they have different sizes.
    pub fn merge_parts(counters: &mut [u8], more: &[u8]) -> Result<()> {
        if counters.len() != more.len() {
            return Err(damaged("counters of features: another size of the table"));
        }
        counters.iter_mut().zip(more).for_each(|(count, more)| *count = count.saturating_add(*more));
        Ok(())
    }

    /// Returns the size of the table as a power of two.
    pub fn bits(&self) -> u32 {
        self.counters.bits()
    }

    /// Returns the number of counters and the share of them in use.
    pub fn table_use(&self) -> TableUse {
        self.counters.table_use()
    }
}

/// The counts of all representatives, ready to choose the rare features of a document.
#[derive(Debug)]
pub struct RareFeatures {
    counters: Counters,
    rarest: Within,
    keys: usize,
    ranking: Ranking,
}

impl RareFeatures {
    /// Prepares counts for choosing `keys` features of each document
    /// ([`rare_features`](crate::config::MatchConfig::rare_features)).
    pub fn new(counts: FeatureCounts, keys: usize) -> Self {
        let rarest = counts.counters.within(&RAREST);
        Self { counters: counts.counters, rarest, keys, ranking: Ranking::default() }
    }

    /// Returns the keys of a document: its rarest features that other documents have, as few as there are. Documents that share at
    /// least [`rare_shared`](crate::config::MatchConfig::rare_shared) are candidates.
    pub fn keys(&mut self, tokens: &Tokens) -> Vec<u64> {
        let ranked = self.ranking.keys(tokens.as_slice(), (&self.counters, &self.rarest), self.keys);
        ranked.iter().map(|&ranked| ranked << RANK_BITS).collect()
    }
}
