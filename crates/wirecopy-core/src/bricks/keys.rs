//! The keys of a document that depend on its own tokens.

use crate::candidates::contained::each_sampled;
use crate::config::MatchConfig;
use crate::engine::{Signer, SignerBuffer};
use crate::text::Tokens;

/// Computes keys with the settings of a run, on one thread.
pub struct Keys {
    signer: Signer,
    buffer: SignerBuffer,
    shingle: usize,
}

impl Keys {
    /// Returns keys for these settings.
    pub fn new(config: &MatchConfig) -> Self {
        Self { signer: Signer::new(config), buffer: SignerBuffer::default(), shingle: config.shingle }
    }

    /// Returns the key of each band of the document's signature: 48 of 64 bits by default. Documents that agree in any may be copies.
    ///
    /// Linear in the tokens.
    pub fn bands(&mut self, tokens: &Tokens) -> Vec<u64> {
        self.signer.keys(tokens, &mut self.buffer)
    }

    /// Returns the sample of the document's shingles, a quarter of them, repeats included. Documents that share a large part of
    /// either's may be excerpts.
    ///
    /// Linear in the tokens.
    pub fn sampled(&self, tokens: &Tokens) -> Vec<u64> {
        let mut sampled = Vec::new();
        each_sampled(tokens.as_slice(), self.shingle, |shingle| sampled.push(shingle));
        sampled
    }
}
