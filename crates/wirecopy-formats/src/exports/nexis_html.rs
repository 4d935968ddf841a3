//! Reads Nexis exports in HTML: the text form with styles (`c0` to `c16`, whose meaning differs from file to file).

use std::io::BufRead;
use std::ops::ControlFlow;

use wirecopy_core::document::SkipKind;

use super::input;
use super::markup::{Event, Events, Lines, is_block};
use super::office::{Articles, Line};
use crate::{Emit, Found, Limits};

/// Reads an export in HTML.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let html = match input::text(input, limits) {
        Ok(html) => html,
        Err(refusal) => return emit(Found::Skip(refusal)),
    };
    let mut articles = Articles::new(limits, false, emit);
    let mut lines = Lines::default();
    // Whether the last line was a blank one.
    let mut is_blank = true;
    for event in Events::of(&html) {
        let is_end = match &event {
            Event::Text(text) => {
                lines.text(text);
                false
            }
            Event::Open(tag) if tag.name == "br" => {
                lines.end(true);
                false
            }
            Event::Open(tag) => is_block(&tag.name),
            Event::Close(name) => is_block(name),
            Event::Comment(_) => false,
        };
        if is_end {
            lines.end(false);
        }
        for text in lines.lines.drain(..) {
            is_blank = text.is_empty();
            articles.add(Line { text, is_bold: false })?;
        }
        // Paragraphs are set apart by blank lines.
        if is_end && !is_blank {
            is_blank = true;
            articles.add(Line::default())?;
        }
    }
    for text in lines.take() {
        articles.add(Line { text, is_bold: false })?;
    }
    articles.finish(SkipKind::Empty.because("no articles in this export of Nexis"))
}
