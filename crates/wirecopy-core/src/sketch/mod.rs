//! Computes MinHash signatures from shingles.

mod minhash;

pub use minhash::{Parameters, Signature, Sketcher};
