//! Computes MinHash signatures from shingles.

mod minhash;

pub use minhash::{Signature, Sketcher, estimate};
