//! Candidate pairs to edges: exact, from the tokens, never from a signature.

pub mod overlap;
mod relation;

pub use relation::{Edge, Verifier};
