//! Tokens to signatures.

mod minhash;

pub use minhash::{Signature, Sketcher, estimate};
