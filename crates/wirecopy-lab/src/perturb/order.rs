//! Perturbations that keep the words but cut, shuffle or splice the text.

use super::rng::Rng;
use super::sentences::{Sentence, join, paragraphs, sentences, separator, words};

/// Returns the beginning of `text` with a share `keep` of its words, up to the nearest end of a sentence. If even the first
/// sentence is at least twice too long, it is cut within the sentence.
pub(super) fn truncate(text: &str, keep: f64) -> String {
    let words = words(text);
    let target = (words.len() as f64 * keep).round() as usize;
    if target == words.len() {
        return text.to_owned();
    }
    let Some(last) = words.get(target.saturating_sub(1)) else {
        return String::new();
    };
    let count = |end: usize| words.partition_point(|word| word.end <= end);
    let nearest =
        sentences(text).into_iter().map(|s| s.range.end).min_by_key(|&end| count(end).abs_diff(target));
    let end = nearest.filter(|&end| count(end) > 0 && count(end).abs_diff(target) < target.max(1));
    text[..end.unwrap_or(last.end)].to_owned()
}

/// Removes the sentences that begin in the middle third of `text`, or its words if there are fewer than three sentences.
pub(super) fn middle_cut(text: &str) -> String {
    let words = words(text);
    let (Some(from), Some(to)) = (words.get(words.len() / 3), words.get(words.len() - words.len() / 3))
    else {
        return text.to_owned();
    };
    let starts: Vec<usize> = sentences(text).into_iter().map(|s| s.range.start).collect();
    let (mut from, mut to) = (from.start, to.start);
    if starts.len() >= 3 {
        // The first and the last sentence are always kept.
        let first = starts.partition_point(|&start| start < from).clamp(1, starts.len() - 1);
        let end = starts.partition_point(|&start| start < to).clamp(first, starts.len() - 1);
        (from, to) = (starts[first], starts[end]);
    }
    format!("{}{}", &text[..from], &text[to.max(from)..])
}

/// Shuffles the sentences of `text`, with the same number of sentences per paragraph. No sentence is lost or added.
pub(super) fn shuffle_sentences(text: &str, rng: &mut Rng) -> String {
    let found = sentences(text);
    let order = shuffled(found.len(), rng);
    let places = found.iter().map(|s| s.paragraph);
    lay_out(text, order.iter().map(|&i| &found[i]).zip(places))
}

/// Shuffles the paragraphs of `text`, or groups of sentences if it has only one.
pub(super) fn shuffle_paragraphs(text: &str, rng: &mut Rng) -> String {
    let blocks = paragraphs(text);
    if blocks.len() > 1 {
        let order = shuffled(blocks.len(), rng);
        let moved: Vec<&str> = order.iter().map(|&i| &text[blocks[i].clone()]).collect();
        return moved.join(separator(text));
    }
    const GROUP: usize = 3;
    let found = sentences(text);
    let groups: Vec<&[Sentence]> = found.chunks(GROUP).collect();
    let order = shuffled(groups.len(), rng);
    lay_out(text, order.iter().flat_map(|&i| groups[i]).map(|s| (s, 0)))
}

/// Combines `text` with as many words of `other`, before or after it, or inside it at the end of a paragraph or sentence.
pub(super) fn splice(text: &str, other: &str, rng: &mut Rng) -> String {
    let own = words(text).len();
    let others = words(other).len();
    let guest = truncate(other.trim(), if others > own { own as f64 / others as f64 } else { 1.0 });
    if guest.is_empty() || own == 0 {
        return text.to_owned();
    }
    let gap = separator(text);
    match rng.below(3) {
        0 => format!("{guest}{gap}{text}"),
        1 => format!("{}{gap}{guest}", text.trim_end()),
        _ => {
            let mut ends: Vec<usize> = paragraphs(text).into_iter().map(|p| p.end).collect();
            if ends.len() < 2 {
                ends = sentences(text).into_iter().map(|s| s.range.end).collect();
            }
            let at = ends[ends.len().saturating_sub(1) / 2];
            format!("{}{gap}{guest}{gap}{}", &text[..at], text[at..].trim())
        }
    }
}

/// Returns a random order of `len` items that differs from the original order.
fn shuffled(len: usize, rng: &mut Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    rng.shuffle(&mut order);
    if order.is_sorted() {
        order.rotate_left(len.min(1));
    }
    order
}

/// Joins sentences, each with the number of its paragraph.
fn lay_out<'a>(text: &str, placed: impl Iterator<Item = (&'a Sentence, usize)>) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut last: Option<(&str, usize)> = None;
    for (sentence, paragraph) in placed {
        let words = &text[sentence.range.clone()];
        match last {
            Some((previous, same)) if same == paragraph => join(&mut out, previous, words),
            Some(_) => {
                out.push_str(separator(text));
                out.push_str(words);
            }
            None => out.push_str(words),
        }
        last = Some((words, paragraph));
    }
    out
}
