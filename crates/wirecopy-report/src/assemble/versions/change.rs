//! Determines what a version changes from the one before.

use super::Sentence;
use super::texts::Text;
use wirecopy_core::DocId;
use wirecopy_core::text::{Tokens, words_in};

/// Fewest words of a sentence that serves as a sample of what changed.
const SAMPLE: usize = 5;

/// The text of a version, and a document that has it.
pub(super) struct Print<'a> {
    pub(super) document: DocId,
    pub(super) tokens: &'a Tokens,
    pub(super) text: &'a Text<'a>,
}

/// Numbers of words added and dropped, and the first sentence of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    pub words_added: usize,
    pub words_dropped: usize,
    pub added: Option<Sentence>,
    pub dropped: Option<Sentence>,
}

impl Change {
    /// Returns what the longest print of `after` has and no print of `before` has, and the reverse.
    pub(super) fn between(before: &[Print<'_>], after: &[Print<'_>], k: usize) -> Self {
        let (words_added, added) = own(after, before, k);
        let (words_dropped, dropped) = own(before, after, k);
        Self { words_added, words_dropped, added, dropped }
    }
}

/// Counts the words of the first print, which is the longest, that no print of `others` has, and finds the first
/// sentence that mostly consists of such words.
fn own(prints: &[Print<'_>], others: &[Print<'_>], k: usize) -> (usize, Option<Sentence>) {
    let Some(longest) = prints.first() else { return (0, None) };
    let others: Vec<&Text<'_>> = others.iter().map(|other| other.text).collect();
    let covered = longest.text.covered(&others, k);
    let tokens = longest.tokens.as_slice();
    let words = |range: std::ops::Range<usize>| {
        let own: Vec<_> = range.filter(|&at| !covered[at]).map(|at| tokens[at]).collect();
        words_in(&own)
    };
    let is_own = |range: &std::ops::Range<usize>| {
        let all = words_in(&tokens[range.clone()]);
        all >= SAMPLE && 2 * words(range.clone()) > all
    };
    let sentence = longest.tokens.segments().find(is_own);
    (words(0..tokens.len()), sentence.map(|range| (longest.document, range)))
}
