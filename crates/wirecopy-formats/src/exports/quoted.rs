//! Tells an export in plain text from an article that quotes one.

use std::ops::ControlFlow;

use super::{reader, tail};
use crate::{Body, Form, Found, Item, Limits};

/// Fewest words of a text that can contradict its marks, and of an article that confirms them.
const TEXT: usize = 40;
/// Fewest words of a line of text, on average. Labelled values above an article have fewer.
const LINE: usize = 5;

/// Returns whether `head`, the start of a file with the marks of `form`, may be an export of that form.
///
/// An article about a service quotes its marks too, but read as an export it gives no item with a headline and a date or a paper,
/// and most of its text is in none. Reads the head once more.
pub(super) fn may_be_export(form: Form, head: &str) -> bool {
    let words = prose_words(head);
    if words < TEXT {
        return true;
    }
    let Some(read) = reader(form) else { return true };
    let (mut kept, mut is_article) = (0, false);
    let mut input = head.as_bytes();
    let _ = read(&mut input, Limits::default(), &mut |found| {
        if let Found::Item(item) = found {
            kept += body_words(&item);
            is_article |= is_whole(&item);
        }
        if is_article { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    is_article || 2 * kept >= words
}

/// Returns the number of words in paragraphs that are certainly text. Blank lines separate them, as lines may be wrapped.
fn prose_words(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines
        .split(|line| line.is_empty())
        .filter(|lines| tail::is_prose(&lines.join(" ")))
        .map(|paragraph| (paragraph.len(), paragraph.iter().map(|line| tail::words(line)).sum()))
        .filter(|(lines, words): &(usize, usize)| *words >= LINE * lines)
        .map(|(_, words)| words)
        .sum()
}

/// Returns the number of words of an article.
fn body_words(item: &Item) -> usize {
    match &item.body {
        Body::Text(text) | Body::Markup(text) => tail::words(text),
    }
}

/// Returns whether an item has a headline, a date or a paper, and a text.
fn is_whole(item: &Item) -> bool {
    let meta = &item.meta;
    meta.title.is_some() && (meta.date.is_some() || meta.source.is_some()) && body_words(item) >= TEXT
}
