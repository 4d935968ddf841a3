//! Reads ProQuest exports in plain text, as a stream: memory holds one article.
//!
//! ```text
//! ____________________________________________________________
//!
//! Document 1 of 2
//!
//! The title
//!
//! Author: Roe, Jo
//!
//! Publication info: Daily Sample ; Leeds (UK) [Leeds]08 May 2010: AA.2.
//!
//! Full text: The first paragraph.
//!
//! The second one.
//!
//! Subject: Bridges
//!
//! Publication title: Daily Sample; Leeds (UK)
//! ____________________________________________________________
//! ```
//!
//! The labels below the text are found from the first one that no article has, upwards: words such as `Subject:` may also begin a
//! paragraph.

use std::io::BufRead;
use std::ops::{ControlFlow, Range};

use wirecopy_core::document::SkipKind;

use super::article::Article;
use super::labels::counter;
use super::proquest::{Field, Marks, NOTHING, Open, credit, field};
use super::{input, tail, wrap};
use crate::{Emit, Found, Limits};

/// Fewest signs in a line between articles.
const RULE: usize = 20;
/// Most bytes of a label.
const LABEL: usize = 80;
/// Most words of a label that is not known.
const WORDS: usize = 5;

/// Labels whose values may be texts of several paragraphs.
const SUMMARIES: [&str; 4] = ["abstract", "résumé", "resumen", "zusammenfassung"];

/// Reads an export in plain text.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let (mut bytes, mut lines, mut length, mut found) = (Vec::new(), Vec::new(), 0, false);
    loop {
        let goes_on = match input::line(input, limits.item_bytes, &mut bytes) {
            Ok(goes_on) => goes_on,
            // The article that is cut off is not passed on.
            Err(refusal) => return emit(Found::Skip(refusal)),
        };
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_start_matches('\u{feff}').trim();
        if !goes_on || is_rule(text) || counter(text).is_some() {
            let is_large = length > limits.item_bytes;
            let article = article(&std::mem::take(&mut lines));
            length = 0;
            if is_large {
                found = true;
                emit(Found::Skip(input::too_large(limits)))?;
            } else if let Some(article) = article {
                found = true;
                emit(article.found(limits))?;
            }
            if !goes_on {
                break;
            }
            continue;
        }
        length += bytes.len() as u64;
        if length > limits.item_bytes {
            // What is refused need not be kept.
            lines.clear();
        } else {
            lines.push(text.to_owned());
        }
    }
    if found { ControlFlow::Continue(()) } else { emit(Found::Skip(SkipKind::Empty.because(NOTHING))) }
}

/// Returns whether lines are of an export: several labels that only this service writes together, fewer of them where a line
/// between articles is. No line has blanks around it.
pub(super) fn is_export(lines: &[&str]) -> bool {
    let mut marks = Marks::default();
    for (label, _) in lines.iter().filter_map(|line| split(line)) {
        marks.add(label);
    }
    let is_divided = || lines.iter().any(|line| is_rule(line) || counter(line).is_some());
    marks.count() >= 4 || marks.count() >= 2 && is_divided()
}

/// Returns whether a line is one between articles.
fn is_rule(line: &str) -> bool {
    line.len() >= RULE && line.bytes().all(|byte| byte == b'_')
}

/// Splits a line after a label: a few words and a colon.
fn split(line: &str) -> Option<(&str, &str)> {
    // A colon further on is not looked for, because most lines are paragraphs without one.
    let head = line.as_bytes().get(..=LABEL).unwrap_or(line.as_bytes());
    // The second colon is that of East Asia: its first byte begins other characters, too.
    let (label, value) = memchr::memchr2_iter(b':', 0xef, head).find_map(|end| {
        let (label, rest) = line.split_at_checked(end)?;
        Some((label, rest.strip_prefix([':', '：'])?))
    })?;
    let is_apart = value.is_empty() || value.starts_with(char::is_whitespace) || line.contains('：');
    (!label.is_empty() && is_apart).then_some((label, value.trim()))
}

/// Returns what a line with a known label stands for, and its value.
fn labelled(line: &str) -> Option<(Field, &str)> {
    let (label, value) = split(line).filter(|_| credit(line).is_none())?;
    Some((field(label)?, value))
}

/// Returns whether a line begins with words that may be a label.
fn is_like_label(line: &str) -> bool {
    credit(line).is_none()
        && split(line).is_some_and(|(label, _)| {
            label.starts_with(char::is_uppercase) && label.split_whitespace().count() <= WORDS
        })
}

/// Returns the article of these lines; `None` if they are a cover, a list of contents or the notice at the end.
fn article(lines: &[String]) -> Option<Article> {
    let first = lines.iter().position(|line| labelled(line).is_some())?;
    let mut open = Open::default();
    let title: Vec<&str> = lines
        .iter()
        .take(first)
        .map(String::as_str)
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty())
        .collect();
    let is_text = |line: &String| matches!(labelled(line), Some((Field::Text, _)));
    let text = lines.iter().position(is_text).unwrap_or(lines.len());
    let end = end_of_text(lines, text);
    if !title.is_empty() {
        open.value(Field::Title, title.join(" "));
    }
    values(&mut open, lines.get(first..text).unwrap_or_default());
    values(&mut open, lines.get(end..).unwrap_or_default());
    let value = lines.get(text).and_then(|line| labelled(line)).map(|(_, value)| value.to_owned());
    let mut body: Vec<String> = value.into_iter().collect();
    body.extend(lines.get(text + 1..end).unwrap_or_default().iter().cloned());
    let width = wrap::width(body.iter().map(String::as_str));
    for block in body.split(String::is_empty) {
        for paragraph in wrap::paragraphs(block, width) {
            // The captions of pictures follow.
            if paragraph == "Illustration" {
                return open.take();
            }
            open.text(&paragraph);
        }
    }
    open.take()
}

/// Stores the values of the labels in these lines. A value may go on over lines.
fn values(open: &mut Open, lines: &[String]) {
    let mut field: Option<(Field, String)> = None;
    let mut store = |field: Option<(Field, String)>| {
        if let Some((field, value)) = field
            && !value.is_empty()
        {
            open.value(field, value);
        }
    };
    for line in lines {
        match (labelled(line), &mut field) {
            (Some((next, value)), before) => store(before.replace((next, value.to_owned()))),
            (None, Some((_, value))) if !line.is_empty() && !is_like_label(line) => {
                value.push(' ');
                value.push_str(line);
            }
            (None, _) => store(field.take()),
        }
    }
    store(field);
}

/// Returns the position of the first label below the text, which begins at `text`.
fn end_of_text(lines: &[String], text: usize) -> usize {
    let below = text + 1;
    let is_certain = |line: &String| {
        let kind = labelled(line).map(|(field, _)| field);
        matches!(kind, Some(Field::Source | Field::Date | Field::Info | Field::Address))
            || split(line).is_some_and(|(label, _)| label.eq_ignore_ascii_case("ProQuest document ID"))
    };
    // A text may quote labels: those count that no text follows, except for the summary.
    let prose = lines.iter().rposition(|line| tail::is_prose(line) && labelled(line).is_none());
    let prose = prose.filter(|prose| {
        let before = lines.iter().take(*prose).rev();
        let label = before.filter(|line| labelled(line).is_some()).find_map(|line| split(line));
        !label.is_some_and(|(label, _)| SUMMARIES.contains(&label.to_lowercase().as_str()))
    });
    let find = |from: usize| lines.iter().skip(from).position(is_certain).map(|at| from + at);
    let after = prose.map_or(below, |prose| below.max(prose + 1));
    let Some(certain) = find(after).or_else(|| find(below)) else {
        return lines.len();
    };
    let mut end = certain;
    for block in blocks(lines, below..certain).into_iter().rev() {
        let is_label =
            |at: &usize| lines.get(*at).is_some_and(|line| is_like_label(line) || labelled(line).is_some());
        // A block that begins with a label is its value; in another, the last lines may be labels.
        let from = if is_label(&block.start) {
            block.start
        } else {
            block.clone().rev().take_while(is_label).last().unwrap_or(block.end)
        };
        let known = |at: &usize| lines.get(*at).is_some_and(|line| labelled(line).is_some());
        end = (from..block.end).find(known).unwrap_or(end);
        if from != block.start {
            break;
        }
    }
    end
}

/// Returns the ranges of lines without blank ones between.
fn blocks(lines: &[String], within: Range<usize>) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    for at in within {
        if lines.get(at).is_none_or(String::is_empty) {
            continue;
        }
        match blocks.last_mut() {
            Some(block) if block.end == at => block.end = at + 1,
            _ => blocks.push(at..at + 1),
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn line_is_split_at_the_first_colon(line in "[a：:！é .]{0,6}a{70,84}[a：:！é .]{0,9}|[a：:！é .]{0,12}") {
            let first = line.char_indices().take_while(|&(at, _)| at <= LABEL).find(|&(_, c)| matches!(c, ':' | '：'));
            let is_apart = |value: &str| {
                value.is_empty() || value.starts_with(char::is_whitespace) || line.contains('：')
            };
            let expected = first
                .map(|(at, colon)| (&line[..at], &line[at + colon.len_utf8()..]))
                .filter(|(label, value)| !label.is_empty() && is_apart(value))
                .map(|(label, value)| (label, value.trim()));
            prop_assert_eq!(split(&line), expected);
        }
    }
}
