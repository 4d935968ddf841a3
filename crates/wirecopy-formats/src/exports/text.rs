//! Reads exports of Nexis and Factiva in plain text, as a stream: memory holds two articles.

use std::io::BufRead;
use std::ops::ControlFlow;

use wirecopy_core::document::SkipKind;

use super::input;
use super::office::{Articles, Line};
use crate::{Emit, Limits};

/// Reads an export of Nexis.
pub(super) fn read_nexis(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    read(input, limits, emit, "no articles in this export of Nexis")
}

/// Reads an export of Factiva.
pub(super) fn read_factiva(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    read(
        input,
        limits,
        emit,
        "no articles in this text of Factiva: save articles with their text, as text, HTML or RTF",
    )
}

/// Reads an export. One without any article is passed on as `nothing`.
fn read(
    input: &mut dyn BufRead,
    limits: Limits,
    emit: &mut Emit<'_>,
    nothing: &'static str,
) -> ControlFlow<()> {
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
        for text in text.trim_end_matches(['\n', '\r']).split(['\n', '\r']) {
            articles.add(Line { text: text.trim_end().to_owned(), is_bold: false })?;
        }
    }
    articles.finish(SkipKind::Empty.because(nothing))
}
