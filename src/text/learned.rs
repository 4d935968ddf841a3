//! Lines that a source adds to its texts and no rule knows.
//!
//! [`sources`](crate::sources) learns them from a run. A line is known by its tokens and its source: of another source
//! the same words are text.

use std::collections::HashSet;

use super::{Token, Tokens, mix, sequence_hash};

/// Learned lines, each of its source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceLines {
    keys: HashSet<u64>,
}

impl SourceLines {
    /// The key of a line, by its tokens, as one of a source (see [`source_key`](crate::sources::source_key)).
    pub fn key(source: u64, line: &[Token]) -> u64 {
        mix(source ^ sequence_hash(line).rotate_left(1))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether the line is one of them.
    pub fn hold(&self, source: u64, line: &[Token]) -> bool {
        self.keys.contains(&Self::key(source, line))
    }

    /// The keys of those that stand in a document of `source`, in order, each once.
    pub fn of(&self, source: u64, tokens: &Tokens) -> Vec<u64> {
        let mut out = Vec::new();
        for line in tokens.lines() {
            let key = Self::key(source, &tokens.as_slice()[line]);
            if self.keys.contains(&key) && !out.contains(&key) {
                out.push(key);
            }
        }
        out
    }

    /// The tokens of a document of `source` with these lines counted as furniture; `None` where it has none of them, or
    /// nothing else.
    pub fn marked(&self, source: u64, tokens: &Tokens) -> Option<Tokens> {
        if self.is_empty() {
            return None;
        }
        tokens.without_lines(|line| self.hold(source, line))
    }
}

impl FromIterator<u64> for SourceLines {
    /// Lines by their keys.
    fn from_iter<I: IntoIterator<Item = u64>>(keys: I) -> Self {
        Self { keys: keys.into_iter().collect() }
    }
}
