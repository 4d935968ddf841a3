//! A web page to its article: readability (dom_smoothie) finds the text, the head of the page says the rest.
//!
//! Cost: some 5 ms a page, nearly all of it the tree. A page that is too deep for the tree, that readability finds no
//! article in, or on which it panics, is read by `strip` instead; no page ends the run.

use std::panic::{self, AssertUnwindSafe};

use dom_smoothie::{Config, Readability, TextMode};

use super::extract::Extracted;
use super::{long_text, page, strip};
use crate::document::Metadata;

/// Elements within elements, beyond which no tree is built. Browsers stop nesting at 512; the tree's walkers recurse,
/// and a worker's stack is 2 MiB.
const DEPTH: usize = 512;
/// Attributes of an element, beyond which no tree is built: its parser compares each with all before it.
const ATTRIBUTES: usize = 512;
/// Elements of a page, beyond which readability (not quite linear) is not tried.
const ELEMENTS: usize = 100_000;

/// Reads a page.
///
/// # Errors
/// A sentence when there are no words in it.
pub(super) fn extract(source: &str) -> Result<Extracted, String> {
    let shape = strip::shape(source);
    let found = if shape.depth > DEPTH || shape.attributes > ATTRIBUTES {
        None
    } else {
        panic::catch_unwind(AssertUnwindSafe(|| article(source))).ok()
    };
    let (meta, text) = found.unwrap_or_else(|| {
        let title = strip::title(source);
        (Metadata { title, ..Metadata::default() }, None)
    });
    let text = text.unwrap_or_else(|| strip::text(source));
    let text = without_title(text, meta.title.as_deref());
    if text.is_empty() {
        return Err("no text in the page".to_owned());
    }
    Ok(Extracted { own_id: None, meta, text })
}

/// The page's metadata, and its article's text where there is one.
fn article(source: &str) -> (Metadata, Option<String>) {
    let config = Config {
        // `Raw`, the default, joins words across tags.
        text_mode: TextMode::Formatted,
        max_elements_to_parse: ELEMENTS,
        disable_json_ld: true,
        ..Config::default()
    };
    let Ok(mut readability) = Readability::new(source, None, Some(config)) else {
        return (Metadata::default(), None);
    };
    let meta = page::read(&readability.doc);
    long_text::part(source, &readability.doc);
    readability.doc.select("figcaption").remove();
    let text = readability.parse().ok().map(|article| paragraphs(&article.text_content));
    (meta, text.filter(|text| !text.is_empty()))
}

/// One line a paragraph, blanks collapsed.
fn paragraphs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let Some(first) = words.next() else { continue };
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(first);
        for word in words {
            out.push(' ');
            out.push_str(word);
        }
    }
    out
}

/// The text without a first line that repeats the headline, unless it is all there is.
fn without_title(text: String, title: Option<&str>) -> String {
    let Some((first, rest)) = text.split_once('\n') else { return text };
    match title {
        Some(title) if page::letters(first) == page::letters(title) => rest.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
