//! Computes MinHash signatures from shingles.

mod minhash;

pub(crate) use minhash::fold_multiply;
pub use minhash::{Parameters, Signature, Sketcher};
