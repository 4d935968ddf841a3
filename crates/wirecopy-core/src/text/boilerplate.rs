//! Finds the lines that a site added to an article, by their shape and their words.
//!
//! Boilerplate is marked, not deleted: it is left out of the tokens that are compared and counted separately. The
//! rules are few and reliable, because losing a line of a story is worse than keeping one of boilerplate: they
//! apply to short lines only, to phrases that no article begins a line with (`data/boilerplate.tsv`), and to
//! shapes that no sentence has.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::packed::{self, Searcher};

use super::credit::{self, Datelines};
use super::prose;
use crate::word_table;

/// Most characters of a line that the rules for phrases apply to. Longer lines are paragraphs.
const PHRASE_LINE_CHARS: usize = 200;
/// Fewest words of a line that is prose whatever its end.
const LONG: usize = 16;
/// Most words of a line before or after all prose that is boilerplate unless it ends like a sentence.
const TAIL_WORDS: usize = 8;

/// Most lines under a heading of boilerplate ("Most read", "You may also like") that can be its headlines.
const LIST_LINES: usize = 12;

/// Where in a line a rule's phrase must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Is,
    Label,
    Starts,
}

/// The position and the phrase of a rule.
type Rule = (How, &'static str);

/// The table, ready for lookups.
struct Rules {
    /// Rules by the first character of their phrase.
    by_first: HashMap<char, Vec<Rule>>,
    /// The ASCII letters among these characters, one bit each, so that most lines are rejected quickly.
    ascii: u128,
    /// Phrases that are searched for anywhere in a line.
    anywhere: Vec<&'static str>,
    /// Labels before the name of a photographer.
    photos: Vec<&'static str>,
}

static RULES: LazyLock<Rules> =
    LazyLock::new(|| word_table::shipped(read(include_str!("../../data/boilerplate.tsv"))));

fn read(table: &'static str) -> Result<Rules, String> {
    let mut rules = Rules { by_first: HashMap::new(), ascii: 0, anywhere: Vec::new(), photos: Vec::new() };
    let mut known = HashSet::new();
    for cells in word_table::rows(table) {
        let cells: Vec<&str> = cells.collect();
        let &[_, how, phrase] = &cells[..] else {
            return Err(format!("expected three cells, found {cells:?}"));
        };
        if !known.insert((how, phrase)) {
            return Err(format!("`{how}` and `{phrase}` stand there twice"));
        }
        if phrase.is_empty() || phrase.to_lowercase() != phrase {
            return Err(format!("`{phrase}` is not a phrase in lower case"));
        }
        let how = match how {
            "is" => How::Is,
            "label" => How::Label,
            "starts" => How::Starts,
            "contains" => {
                rules.anywhere.push(phrase);
                continue;
            }
            "before_name" => {
                rules.photos.push(phrase);
                continue;
            }
            other => return Err(format!("no rule is called `{other}`")),
        };
        for first in phrase.chars().take(1) {
            rules.by_first.entry(first).or_default().push((how, phrase));
            if first.is_ascii() {
                rules.ascii |= 1 << u32::from(first);
            }
        }
    }
    Ok(rules)
}

/// Finds the phrases and photo credit labels that may be anywhere in a line, in one pass over a text. Non-ASCII
/// letters are included in both cases; ASCII letters of the text must be in lower case.
static INSIDE: LazyLock<Option<Searcher>> = LazyLock::new(|| {
    let phrases = RULES.anywhere.iter().chain(&RULES.photos);
    // A set, because the searcher takes 64 phrases at most, and not every script has two cases.
    let in_any_case: BTreeSet<String> = phrases
        .flat_map(|phrase| {
            let mut rest = phrase.chars();
            let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
            let forms = [(*phrase).to_owned(), first + rest.as_str(), phrase.to_uppercase()];
            forms.map(|form| form.to_ascii_lowercase())
        })
        .collect();
    packed::Config::new().builder().extend(in_any_case).build()
});

/// Returns the byte ranges of `text` that are boilerplate, in order: whole lines, and the datelines at the start
/// of paragraphs. Empty if the whole text would be boilerplate, because then it is the text.
pub fn boilerplate(text: &str) -> Vec<Range<usize>> {
    boilerplate_in(text, text.to_ascii_lowercase().as_bytes(), &mut Datelines::default())
}

/// Does the same, given the bytes of the text with ASCII letters in lower case. Replaces `datelines` by those that it finds.
pub(super) fn boilerplate_in(text: &str, lower: &[u8], datelines: &mut Datelines) -> Vec<Range<usize>> {
    datelines.clear();
    let mut lines = shaped_lines(text, lower);
    let is_prose = |(_, shape): &(Range<usize>, Shape)| *shape == Shape::Prose;
    let (Some(first), Some(last)) = (lines.iter().position(is_prose), lines.iter().rposition(is_prose))
    else {
        return Vec::new();
    };
    let mut listed = 0;
    for (at, (range, shape)) in lines.iter_mut().enumerate() {
        let outside = at < first || at > last;
        let ahead = at < first;
        let byline = || {
            ahead
                && matches!(*shape, Shape::Unknown | Shape::Headline)
                && credit::is_byline(text[range.clone()].trim())
        };
        if (outside && *shape == Shape::Short) || (ahead && *shape == Shape::Dated) || byline() {
            *shape = Shape::Boilerplate;
        }
        match *shape {
            Shape::Heading => {
                *shape = Shape::Boilerplate;
                listed = LIST_LINES;
            }
            Shape::Short | Shape::Dated | Shape::Headline if listed > 0 => {
                *shape = Shape::Boilerplate;
                listed -= 1;
            }
            Shape::Prose | Shape::Unknown => listed = 0,
            Shape::Short | Shape::Dated | Shape::Headline | Shape::Boilerplate => {}
        }
    }
    let marked = |(at, (range, shape)): (usize, (Range<usize>, Shape))| match shape {
        Shape::Boilerplate => Some(range),
        Shape::Prose => {
            let line = &text[range.clone()];
            let start = range.start + line.len() - line.trim_start().len();
            datelines.end(text, start..start + line.trim().len(), at == first).map(|end| start..end)
        }
        _ => None,
    };
    lines.into_iter().enumerate().filter_map(marked).collect()
}

/// Returns the lines of a text that are not blank, with their shapes.
fn shaped_lines(text: &str, lower: &[u8]) -> Vec<(Range<usize>, Shape)> {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1).chain([text.len()]);
    let mut start = 0;
    let mut lines = Vec::new();
    for end in ends {
        let range = std::mem::replace(&mut start, end)..end;
        let line = text[range.clone()].trim();
        if !line.is_empty() {
            let is_paragraph = prose::is_longer(line, PHRASE_LINE_CHARS);
            // Unknown until it is classified below.
            lines.push((range, if is_paragraph { Shape::Prose } else { Shape::Unknown }));
        }
    }
    // Most text is in paragraphs, where phrases need not be searched for.
    for short in lines.chunk_by_mut(|(_, a), (_, b)| a == b).filter(|lines| lines[0].1 != Shape::Prose) {
        let end = short.last().map_or(0, |(range, _)| range.end);
        let from = |at: usize| {
            let found = |phrases: &Searcher| Some(phrases.find_in(lower, (at..end).into())?.start());
            // If the searcher is not available on this platform, every line is examined.
            INSIDE.as_ref().map_or(Some(at), found)
        };
        let mut next_inside = from(short[0].0.start);
        for (range, shape) in short {
            let inside = next_inside.is_some_and(|at| at < range.end);
            if inside {
                next_inside = from(range.end);
            }
            *shape = shape_of(text[range.clone()].trim(), inside);
        }
    }
    lines
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Sentences.
    Prose,
    /// A few words without the end of a sentence: a heading, or boilerplate if it is before or after all prose.
    Short,
    /// A line with numbers and without the end of a sentence: the line of author and time, if it is before the
    /// prose.
    Dated,
    /// Several words without the end of a sentence: a headline, or a heading of the article.
    Headline,
    Boilerplate,
    /// A phrase of the table and nothing else: boilerplate that headlines may follow.
    Heading,
    Unknown,
}

/// Classifies a line that is not a paragraph. `inside` is false if it contains no phrase that may be anywhere in a line.
fn shape_of(line: &str, inside: bool) -> Shape {
    if let Some(shape) = boilerplate_shape(line, inside) {
        return shape;
    }
    let words = prose::items(line);
    let sentence = prose::is_stopped(line);
    if prose::is_prose(line, words, prose::SENTENCE, LONG) {
        Shape::Prose
    } else if !sentence && words <= TAIL_WORDS && !line.chars().any(char::is_numeric) {
        Shape::Short
    } else if !sentence && numbers(line) >= 2 {
        Shape::Dated
    } else if !sentence {
        Shape::Headline
    } else {
        Shape::Unknown
    }
}

/// Counts the numbers in a line, each a sequence of digits.
fn numbers(line: &str) -> usize {
    line.split(|c: char| !c.is_numeric()).filter(|digits| !digits.is_empty()).count()
}

fn boilerplate_shape(line: &str, inside: bool) -> Option<Shape> {
    let bare = line.trim_start_matches(|c: char| !c.is_alphanumeric() && !"#©ⓒ(（【[".contains(c));
    // A bullet or an arrow is as good as a colon after the label.
    let pointed = bare.len() < line.len() && !line.starts_with(['"', '“', '„', '«', '\'', '‘', '—', '–']);
    let shaped = is_hashtags(bare)
        || is_address(bare)
        || is_lone_credit(bare)
        || is_menu(bare)
        || is_breadcrumb(bare)
        || (inside && holds_inside(bare));
    if shaped { Some(Shape::Boilerplate) } else { phrase_shape(bare, pointed) }
}

/// Returns whether a line contains a phrase that only occurs in boilerplate, or is a caption with a photo credit.
fn holds_inside(line: &str) -> bool {
    let lower = line.to_lowercase();
    RULES.anywhere.iter().any(|phrase| lower.contains(phrase)) || ends_with_photo_credit(&lower)
}

/// Returns the shape of a line that begins with a phrase of the table.
fn phrase_shape(line: &str, pointed: bool) -> Option<Shape> {
    let first = line.chars().next()?;
    if first.is_ascii() && RULES.ascii & (1 << u32::from(first.to_ascii_lowercase())) == 0 {
        return None;
    }
    let rules = RULES.by_first.get(&first.to_lowercase().next()?)?;
    rules.iter().find_map(|&(how, phrase)| {
        let rest = strip_lower_prefix(line, phrase)?.trim_start();
        let nothing = rest.trim_end_matches(|c: char| !c.is_alphanumeric()).is_empty();
        let holds = match how {
            How::Is => nothing,
            How::Label => {
                pointed
                    || rest.is_empty()
                    || rest.starts_with([':', '：', '-', '–', '—', '>', '»', '›', '→', '|', '…', '՝', '/'])
            }
            How::Starts => true,
        };
        holds.then_some(if nothing { Shape::Heading } else { Shape::Boilerplate })
    })
}

/// Returns the rest of `line` after `phrase`, which is in lower case and matches in any case.
fn strip_lower_prefix<'l>(line: &'l str, phrase: &str) -> Option<&'l str> {
    let head = line.as_bytes().iter().zip(phrase.as_bytes());
    let equal = head.take_while(|(found, wanted)| found.is_ascii() && found.to_ascii_lowercase() == **wanted);
    let ascii = equal.count();
    let mut rest = line.get(ascii..)?;
    for wanted in phrase.get(ascii..)?.chars() {
        let found = rest.chars().next()?;
        // No phrase contains letters that become two in lower case.
        if found.to_lowercase().next()? != wanted {
            return None;
        }
        rest = &rest[found.len_utf8()..];
    }
    Some(rest)
}

/// Returns whether a line consists of hashtags or has at least three.
fn is_hashtags(line: &str) -> bool {
    if memchr::memchr(b'#', line.as_bytes()).is_none() {
        return false;
    }
    let tags = line.split_whitespace().filter(|word| word.len() > 1 && word.starts_with('#')).count();
    tags > 0 && (tags >= 3 || tags == line.split_whitespace().count())
}

/// Returns whether a line is a web or mail address.
fn is_address(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let (Some(word), None) = (words.next(), words.next()) else { return false };
    word.contains("://") || word.starts_with("www.") || (word.contains('@') && word.contains('.'))
}

/// Returns whether a line is a few words in brackets: `(dpa)`, `（完）`, `[Reuters]`.
fn is_lone_credit(line: &str) -> bool {
    let pairs = [('(', ')'), ('（', '）'), ('[', ']'), ('【', '】')];
    let line = line.trim_end_matches('.');
    let inside = pairs.iter().find_map(|&(open, close)| line.strip_prefix(open)?.strip_suffix(close));
    inside.is_some_and(|inside| prose::items(inside) <= 4 && !inside.contains(['(', '（']))
}

/// Returns whether a line consists of short parts between bars: a menu, a share bar, a breadcrumb trail.
fn is_menu(line: &str) -> bool {
    if line.is_ascii() && memchr::memchr(b'|', line.as_bytes()).is_none() {
        return false;
    }
    let parts = line.split(['|', '›', '»', '·']).filter(|part| !part.trim().is_empty());
    let (count, longest) =
        parts.fold((0, 0), |(count, longest), part| (count + 1, prose::items(part).max(longest)));
    count >= 2 && longest <= 3 && !line.ends_with('.')
}

/// Returns whether a line is a path from the front page to the article that ends with its title: `World / Africa /
/// The title…`.
fn is_breadcrumb(line: &str) -> bool {
    if memchr::memchr2(b'/', b'>', line.as_bytes()).is_none()
        && (line.is_ascii() || !line.contains(['›', '»', '→']))
    {
        return false;
    }
    [" / ", " > ", " › ", " » ", " → "].iter().any(|bar| {
        let parts: Vec<&str> = line.split(bar).collect();
        parts.len() >= 3 && parts[..parts.len() - 1].iter().all(|part| prose::items(part) <= 3)
    })
}

/// Returns whether a line, in lower case, is a caption that ends with a photo credit.
fn ends_with_photo_credit(lower: &str) -> bool {
    RULES
        .photos
        .iter()
        .any(|label| lower.rfind(label).is_some_and(|at| prose::items(&lower[at + label.len()..]) <= 6))
}

#[cfg(test)]
#[path = "boilerplate_tests.rs"]
mod tests;
