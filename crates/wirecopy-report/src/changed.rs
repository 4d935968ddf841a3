//! Determines whether a document that is read again is still as a run read it.
//!
//! In: the line of a document in a report, and the document as it is now. Out: whether its words have changed, by the digest of
//! the compared words and by the counts of all. Spacing, punctuation and case do not count. Cost: splitting the text into words.

use super::{DocumentLine, Run};
use wirecopy_core::document::Document;
use wirecopy_core::sources::source_key;
use wirecopy_core::text::{Tokenizer, Tokens};

/// Compares documents with their lines in a report.
#[derive(Clone, Debug)]
pub struct Changes {
    tokenizer: Tokenizer,
}

impl Changes {
    /// Prepares the comparison with the settings and the learned boilerplate of a run.
    pub fn since(run: &Run) -> Self {
        Self { tokenizer: Tokenizer::new(&run.header.config.matching).with_learned(run.learned()) }
    }

    /// Returns whether a document has other words than when the run wrote `line`.
    pub fn is_changed(&self, line: &DocumentLine, document: &Document) -> bool {
        let source = source_key(&document.path, document.record, &document.meta);
        differs(&self.tokenizer.clone().placed(&document.text, source).tokens, line)
    }
}

/// Returns whether these are other tokens than those of which a run wrote `line`. Reports of earlier versions have no digest.
pub(crate) fn differs(tokens: &Tokens, line: &DocumentLine) -> bool {
    let boilerplate = tokens.boilerplate_len();
    let all = tokens.len() as u64 + u64::from(boilerplate);
    all != u64::from(line.tokens)
        || boilerplate != line.boilerplate_tokens
        || line.digest.as_ref().is_some_and(|digest| *digest != written(tokens.fingerprint()))
}

/// Formats a fingerprint for a report.
pub(crate) fn written(fingerprint: u64) -> String {
    format!("{fingerprint:016x}")
}
