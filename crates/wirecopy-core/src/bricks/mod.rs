//! The stages of a run as functions over batches, for engines that run on many machines.
//!
//! The functions are pure: what they return depends on their arguments alone. A run on many machines is made of them and of the
//! joins, groupings and sums that every such engine has; it finds what one run over the same documents finds. They are the code
//! that a run on one machine executes, which keeps its documents in a [`Corpus`](crate::engine::Corpus) instead of in tables.
//!
//! | function | from → to | needs of all documents |
//! |---|---|---|
//! | [`Described`], [`Tokens::to_bytes`](crate::text::Tokens::to_bytes) | document → header and tokens as bytes | |
//! | [`by_text`](crate::candidates::bands::by_text) | texts → the first of each, pairs with it | |
//! | [`Keys::bands`], [`pairs_of_bands`] | tokens → keys; keys → candidates for copies | [`KeyCut`] |
//! | [`Component::collapse`] | a component of these → leaders, stories to learn from, and copies that differ | |
//! | [`TermCounts`] | tokens → counts that are added; counts → the weights of terms | |
//! | [`learn`], [`mark`], [`count_marked`] | the stories of a source → its boilerplate, which is removed and counted | weights |
//! | [`Keys::sampled`], [`meetings`], [`is_excerpt_candidate`] | tokens → keys; keys → candidates for excerpts | [`KeyCut`] |
//! | [`FeatureCounts`], [`RareFeatures`], [`meetings`] | tokens → counts that are added; tokens → keys; keys → candidates for rewrites | counts, [`KeyCut`] |
//! | [`Component::verify`] | candidates and their documents → edges | weights |
//! | [`pairs_of_copies`](crate::candidates::pairs_of_copies) | edges of leaders, copies that differ → more candidates | |
//! | [`Component::solve`] | a component of edges → clusters, composites, more edges | weights |
//!
//! # Documents
//! Each has a number, its *uid*, that is in the order of the ids: ties are broken by it, windows follow it, and "first" means the
//! lowest. Numbers need not be without gaps.
//!
//! # Components
//! Copies are found among the documents that candidates for copies connect, and clusters among those that edges and copies connect: no stage looks
//! further. So a connected component is a unit of work, never a result: several of them can be solved together, which gives the same.
//! Candidates of the joins are checked one by one before, because these connect nearly all documents of an agency. So are
//! [`pairs_of_versions`](crate::candidates::pairs_of_versions), whether they lead their copies or not.
//!
//! # State of the whole corpus
//! Three things depend on all documents. The weights of terms, of which only those matter that are not the same without counts; the
//! counters of rare features, at most a gibibyte and in practice a few mebibytes; and the learned boilerplate. In addition, keys are cut by the
//! number of documents ([`KeyCut`]). The first two are sums ([`TermCounts::merge`] and [`FeatureCounts::merge`] are associative and
//! commutative), the third is the union over sources.

mod boilerplate;
mod component;
mod described;
mod features;
mod keys;
mod pairs;
mod terms;

pub use boilerplate::{CountedBoilerplate, Learnt, Story, count_marked, learn, mark};
pub use component::{Component, Grouped, Member, Verified};
pub use described::{Described, Facts, settle};
pub use features::{FeatureCounts, RareFeatures, feature_occurrences};
pub use keys::Keys;
pub use pairs::{
    BandKey, Join, JoinKey, Met, Pairs, components, is_excerpt_candidate, meetings, pairs_of_bands,
};
pub use terms::TermCounts;

pub use crate::candidates::KeyCut;

use crate::Error;

/// Returns the error for bytes that no function of this module wrote.
fn damaged(what: &str) -> Error {
    Error::Brick(format!("damaged bytes of {what}"))
}

/// Reads numbers and lists from bytes.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn u32(&mut self) -> Option<u32> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*bytes))
    }

    /// Reads the length of a list, then its 64-bit numbers.
    fn list(&mut self) -> Option<Vec<u64>> {
        let length = self.u32()? as usize;
        let (bytes, rest) = self.0.split_at_checked(length.checked_mul(8)?)?;
        self.0 = rest;
        Some(bytes.as_chunks().0.iter().map(|&bytes| u64::from_le_bytes(bytes)).collect())
    }

    /// Returns `value` if all bytes were read.
    fn end<T>(self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }
}

/// Writes a list of 64-bit numbers after its length.
fn put_list(out: &mut Vec<u8>, list: &[u64]) {
    // No list of these has 2^32 entries.
    out.extend((list.len() as u32).to_le_bytes());
    out.extend(list.iter().flat_map(|number| number.to_le_bytes()));
}

#[cfg(test)]
mod tests;
