//! The engine of wirecopy: turns documents in memory into clusters of one dispatch.
//!
//! | module | from → to |
//! |---|---|
//! | [`document`] | what ingest hands over: a document, its metadata, or the reason why an input gave none |
//! | [`text`] | a text → tokens and shingles, with the boilerplate marked; the agencies it credits |
//! | [`sketch`] | shingles → a MinHash signature |
//! | [`candidates`] | signatures and tokens → the pairs worth checking |
//! | [`score`] | a pair → overlaps, features, and the score of the model |
//! | [`classify`] | measurements of a pair → its relation and score: the one decision |
//! | [`cluster`] | edges → clusters |
//! | [`sources`] | the texts of a source → the boilerplate that it adds to them |
//! | [`engine`] | composes these stages over a whole corpus |
//! | [`bricks`] | the same stages as functions over batches, for engines that run on many machines |
//!
//! This crate reads no clock, prints nothing, and accesses no files except through [`wirecopy_spill`].
//! The stable interface is the crate `wirecopy`; this one may change with every version.

#![forbid(unsafe_code)]

mod bits;
pub mod bricks;
pub mod candidates;
pub mod classify;
pub mod cluster;
pub mod config;
pub mod document;
pub mod engine;
mod error;
pub mod hash;
pub mod ids;
mod progress;
pub mod published;
mod relation;
pub mod score;
pub mod similarity;
pub mod sketch;
pub mod sources;
pub mod tasks;
pub mod text;
pub mod word_table;

pub use document::{DateOrigin, DocId, Document, Header, Metadata, SkipKind, Skipped};
pub use error::{Error, Result};
pub use progress::{Cancel, NoProgress, Progress, Stage};
pub use relation::Relation;
pub use similarity::Similarity;
