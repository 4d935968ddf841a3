//! Reads Nexis exports in plain text, as a stream: memory holds one article.

use std::io::BufRead;
use std::ops::ControlFlow;

use wirecopy_core::document::SkipKind;

use super::input;
use super::office::{Articles, Line};
use crate::{Emit, Limits};

/// Reads an export in plain text.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let mut articles = Articles::new(limits, true, emit);
    let mut bytes = Vec::new();
    loop {
        match input::line(input, limits.item_bytes, &mut bytes) {
            Ok(true) => {}
            Ok(false) => break,
            Err(refusal) => return articles.fail(refusal),
        }
        // Form feeds end pages.
        let text = String::from_utf8_lossy(&bytes).replace('\u{c}', "\n");
        for text in text.trim_end_matches(['\n', '\r']).split('\n') {
            articles.add(Line { text: text.trim_end().to_owned(), is_bold: false })?;
        }
    }
    articles.finish(SkipKind::Empty.because("no articles in this export of Nexis"))
}
