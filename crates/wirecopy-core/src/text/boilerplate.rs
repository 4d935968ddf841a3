//! Which lines a site added to an article, told by their shape and their words.
//!
//! Boilerplate is marked, not deleted: it leaves the tokens that are compared and is counted apart. Rules are few and
//! sure, because a line lost from a story is worse than a line kept: short lines only, phrases that no article opens a
//! line with (`data/boilerplate.tsv`), and shapes that no sentence has.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::packed::{self, Searcher};

use super::{credit, prose};

/// Longer lines are paragraphs: a rule for phrases does not judge them.
const PHRASE_LINE_CHARS: usize = 200;
/// A line of at least this many words is prose, whatever its end.
const LONG: usize = 16;
/// A closing line of at most this many words, without the end of a sentence, is boilerplate when prose stands before it.
const TAIL_WORDS: usize = 8;

/// Lines under a heading of boilerplate ("Most read", "You may also like") that can be its headlines.
const LIST_LINES: usize = 12;

/// How a rule's phrase stands in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Is,
    Label,
    Starts,
}

/// A rule's way and its phrase.
type Rule = (How, &'static str);

/// The table, ready for looking up.
struct Rules {
    /// Rules by the first character of their phrase.
    by_first: HashMap<char, Vec<Rule>>,
    /// The ASCII letters among those, one bit each, for the quick no.
    ascii: u128,
    /// Phrases that are looked for inside a line.
    anywhere: Vec<&'static str>,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let mut rules = Rules { by_first: HashMap::new(), ascii: 0, anywhere: Vec::new() };
    for line in include_str!("../../../../data/boilerplate.tsv").lines().filter(|line| !line.starts_with('#'))
    {
        let mut columns = line.split('\t').skip(1);
        let (Some(how), Some(phrase)) = (columns.next(), columns.next()) else { continue };
        let how = match how {
            "is" => How::Is,
            "label" => How::Label,
            "contains" => {
                rules.anywhere.push(phrase);
                continue;
            }
            _ => How::Starts,
        };
        let Some(first) = phrase.chars().next() else { continue };
        rules.by_first.entry(first).or_default().push((how, phrase));
        if first.is_ascii() {
            rules.ascii |= 1 << u32::from(first);
        }
    }
    rules
});

/// What may stand anywhere in a line, in one pass over a text: its phrases and the labels of photo credits. Letters beyond
/// ASCII stand in both cases; those of ASCII are in lower case already.
static INSIDE: LazyLock<Option<Searcher>> = LazyLock::new(|| {
    let mut phrases = packed::Config::new().builder();
    for phrase in RULES.anywhere.iter().chain(PHOTO_LABELS) {
        phrases.add(phrase);
        if !phrase.is_ascii() {
            let mut rest = phrase.chars();
            let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
            phrases.add(first + rest.as_str());
            phrases.add(phrase.to_uppercase().to_ascii_lowercase());
        }
    }
    phrases.build()
});

/// Byte ranges of `text` that are boilerplate, in order: whole lines, and the datelines that paragraphs begin with. Empty
/// when all of the text would be boilerplate: then it is the text.
pub fn boilerplate(text: &str) -> Vec<Range<usize>> {
    boilerplate_in(text, text.to_ascii_lowercase().as_bytes())
}

/// The same for a text whose ASCII letters are in lower case in `lower`.
pub(super) fn boilerplate_in(text: &str, lower: &[u8]) -> Vec<Range<usize>> {
    let mut lines: Vec<(Range<usize>, Shape)> = Vec::new();
    // Without the search in this build every line is looked at.
    let inside = INSIDE.as_ref().is_none_or(|phrases| phrases.find(lower).is_some());
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1).chain([text.len()]);
    let mut start = 0;
    for end in ends {
        let range = std::mem::replace(&mut start, end)..end;
        let line = text[range.clone()].trim();
        if !line.is_empty() {
            lines.push((range, shape(line, inside)));
        }
    }
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
            credit::dateline_len(line.trim(), at == first).map(|length| start..start + length)
        }
        _ => None,
    };
    lines.into_iter().enumerate().filter_map(marked).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Sentences.
    Prose,
    /// A few words without the end of a sentence: a heading, or boilerplate when it stands before or behind all prose.
    Short,
    /// A line of figures without the end of a sentence: before the prose, the line of the author and the time.
    Dated,
    /// Some more words without the end of a sentence: a headline, or a heading of the article.
    Headline,
    Boilerplate,
    /// Boilerplate that headlines may follow: a phrase of the table, and nothing else.
    Heading,
    Unknown,
}

/// `inside` is false where no line of the text holds a phrase that may stand anywhere in one.
fn shape(line: &str, inside: bool) -> Shape {
    // Bytes bound characters from above: most paragraphs are told apart without counting.
    if line.len() > PHRASE_LINE_CHARS && line.chars().nth(PHRASE_LINE_CHARS).is_some() {
        return Shape::Prose;
    }
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

/// Runs of digits in a line.
fn numbers(line: &str) -> usize {
    line.split(|c: char| !c.is_numeric()).filter(|run| !run.is_empty()).count()
}

fn boilerplate_shape(line: &str, inside: bool) -> Option<Shape> {
    let bare = line.trim_start_matches(|c: char| !c.is_alphanumeric() && !"#©ⓒ(（【[".contains(c));
    // A bullet or an arrow says as much as the colon behind a label.
    let pointed = bare.len() < line.len() && !line.starts_with(['"', '“', '„', '«', '\'', '‘', '—', '–']);
    let shaped = is_hashtags(bare)
        || is_address(bare)
        || is_lone_credit(bare)
        || is_menu(bare)
        || is_breadcrumb(bare)
        || (inside && holds_inside(bare));
    if shaped { Some(Shape::Boilerplate) } else { phrase_shape(bare, pointed) }
}

/// Whether a line holds a phrase that stands in boilerplate only, or is a caption that says who took the picture.
fn holds_inside(line: &str) -> bool {
    let lower = line.to_lowercase();
    RULES.anywhere.iter().any(|phrase| lower.contains(phrase)) || ends_with_photo_credit(&lower)
}

/// What the table says of a line.
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

/// What follows `phrase`, which is in lower case, at the start of `line` in any case.
fn strip_lower_prefix<'l>(line: &'l str, phrase: &str) -> Option<&'l str> {
    let head = line.as_bytes().iter().zip(phrase.as_bytes());
    let equal = head.take_while(|(found, wanted)| found.is_ascii() && found.to_ascii_lowercase() == **wanted);
    let ascii = equal.count();
    let mut rest = line.get(ascii..)?;
    for wanted in phrase.get(ascii..)?.chars() {
        let found = rest.chars().next()?;
        // Letters that become two in lower case are in no phrase.
        if found.to_lowercase().next()? != wanted {
            return None;
        }
        rest = &rest[found.len_utf8()..];
    }
    Some(rest)
}

/// Nothing but tags, or three and more of them.
fn is_hashtags(line: &str) -> bool {
    if memchr::memchr(b'#', line.as_bytes()).is_none() {
        return false;
    }
    let tags = line.split_whitespace().filter(|word| word.len() > 1 && word.starts_with('#')).count();
    tags > 0 && (tags >= 3 || tags == line.split_whitespace().count())
}

/// A lone web or mail address.
fn is_address(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let (Some(word), None) = (words.next(), words.next()) else { return false };
    word.contains("://") || word.starts_with("www.") || (word.contains('@') && word.contains('.'))
}

/// A few words in brackets and nothing else: `(dpa)`, `（完）`, `[Reuters]`.
fn is_lone_credit(line: &str) -> bool {
    let pairs = [('(', ')'), ('（', '）'), ('[', ']'), ('【', '】')];
    let line = line.trim_end_matches('.');
    let inside = pairs.iter().find_map(|&(open, close)| line.strip_prefix(open)?.strip_suffix(close));
    inside.is_some_and(|inside| prose::items(inside) <= 4 && !inside.contains(['(', '（']))
}

/// Short parts between bars: a menu, a share bar, a breadcrumb.
fn is_menu(line: &str) -> bool {
    if line.is_ascii() && memchr::memchr(b'|', line.as_bytes()).is_none() {
        return false;
    }
    let parts = line.split(['|', '›', '»', '·']).filter(|part| !part.trim().is_empty());
    let (count, longest) =
        parts.fold((0, 0), |(count, longest), part| (count + 1, prose::items(part).max(longest)));
    count >= 2 && longest <= 3 && !line.ends_with('.')
}

/// A path from the front page to the article, whose last part is its title: `World / Africa / The title…`.
fn is_breadcrumb(line: &str) -> bool {
    if line.is_ascii() && memchr::memchr2(b'/', b'>', line.as_bytes()).is_none() {
        return false;
    }
    [" / ", " > ", " › ", " » ", " → "].iter().any(|bar| {
        let parts: Vec<&str> = line.split(bar).collect();
        parts.len() >= 3 && parts[..parts.len() - 1].iter().all(|part| prose::items(part) <= 3)
    })
}

/// Stand before the name of who took a picture, in lower case.
const PHOTO_LABELS: &[&str] = &[
    "photo:",
    "photo by ",
    "foto:",
    "fotos:",
    "image:",
    "picture:",
    "photograph:",
    "фото:",
    "(photo ",
    "photo/",
    "(foto ",
    "φωτογραφία:",
    "صورة:",
    "عکس:",
    "צילום:",
    "写真:",
    "사진=",
    "图:",
    "फोटो:",
];

/// A caption: a sentence or two, then who took the picture; `lower` in lower case.
fn ends_with_photo_credit(lower: &str) -> bool {
    PHOTO_LABELS
        .iter()
        .any(|label| lower.rfind(label).is_some_and(|at| prose::items(&lower[at + label.len()..]) <= 6))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROSE: &str =
        "The council of Velmark voted on Monday to rebuild the old bridge before the winter sets in.";

    fn marked(text: &str) -> Vec<String> {
        boilerplate(text).into_iter().map(|range| text[range].trim().to_owned()).collect()
    }

    #[test]
    fn phrases_of_many_languages_are_known() {
        for line in [
            "Read more: Ferry fares to rise",
            "• Read also Ferries: what changes in May",
            "Lire aussi : les prix montent",
            "Читайте также: цены растут",
            "相关阅读：油价上涨",
            "#ferry #strike #islands",
            "© 2024 The Gazette",
            "(dpa)",
            "Share on Facebook | Share on X | Print",
            "https://gazette.example/story",
            "Photo: City of Velmark",
            "The bridge before the flood. Photo: Velmark City Archive",
            "Front page / World / Velmark to rebuild its old bridge before the wi…",
        ] {
            let text = format!("{PROSE}\n\n{line}\n\n{PROSE}");
            assert_eq!(marked(&text), [line], "{line}");
        }
    }

    #[test]
    fn sentences_that_begin_alike_are_kept() {
        for line in [
            "Related charges were filed against two men on Tuesday.",
            "Source material for the film was found in an attic, the director said.",
            "Watch makers in the valley fear for their trade.",
            "Photographs of the bridge were sold at auction.",
            "Comments by the minister drew applause from the benches.",
            "Image rights were the sticking point of the contract.",
        ] {
            assert!(marked(&format!("{PROSE}\n{line}\n{PROSE}")).is_empty(), "{line}");
        }
    }

    #[test]
    fn short_lines_around_the_prose_are_boilerplate_and_headings_inside_are_not() {
        let text = format!("World\n{PROSE}\nA heading\n{PROSE}\nGazette Velmark\nTop stories");
        assert_eq!(marked(&text), ["World", "Gazette Velmark", "Top stories"]);
    }

    #[test]
    fn headlines_under_a_heading_of_boilerplate_are_boilerplate() {
        let list = "Most read\nMayor of Velmark answers 32 questions about the new bridge and its cost\nFog on the coast";
        assert_eq!(marked(&format!("{PROSE}\n{list}\n{PROSE}")).len(), 3);
        let heading = "What is known of the new bridge and of those who pay for it";
        assert!(marked(&format!("{PROSE}\n{heading}\n{PROSE}")).is_empty());
        let after_prose = format!("{PROSE}\nMost read\n{PROSE}\n{heading}\n{PROSE}");
        assert_eq!(marked(&after_prose), ["Most read"]);
    }

    #[test]
    fn the_line_of_the_author_and_the_time_is_boilerplate_before_the_prose_only() {
        let line = "The Velmark Press | 15 October 2024, 08:02 | Views: 814";
        assert_eq!(marked(&format!("{line}\n{PROSE}")), [line]);
        assert!(marked(&format!("{PROSE}\nGold 1,240 Silver 31\n{PROSE}")).is_empty());
    }

    #[test]
    fn datelines_and_bylines_are_boilerplate_and_the_first_sentence_is_not() {
        for line in [
            "PARIS, Sept 24 (AFP) – ",
            "LONDON (AP) — ",
            "МОСКВА, 12 марта. /ТАСС/. ",
            "新华社北京5月3日电 ",
            "(ANSA) - CUNEO, 18 GIU - ",
            "TOKYO – ",
        ] {
            assert_eq!(marked(&format!("{line}{PROSE}\n{PROSE}")), [line.trim()], "{line}");
        }
        for line in
            ["By Jane Roe and John Doe in Velmark and Rik Storm in Paris 2", "Von unserem Korrespondenten"]
        {
            assert_eq!(marked(&format!("{line}\n{PROSE}")), [line]);
        }
        for opening in ["The agency AFP (Agence) said that ", "In 2020 – ", "Velmark, a town – "] {
            assert!(marked(&format!("{opening}{PROSE}")).is_empty(), "{opening}");
        }
    }

    #[test]
    fn a_text_of_nothing_else_is_the_text() {
        assert!(marked("Share this article\nLeave a comment").is_empty());
    }

    #[test]
    fn the_table_is_well_formed() {
        for line in
            include_str!("../../../../data/boilerplate.tsv").lines().filter(|line| !line.starts_with('#'))
        {
            let columns: Vec<&str> = line.split('\t').collect();
            assert_eq!(columns.len(), 3, "{line}");
            assert!(["is", "label", "starts", "contains"].contains(&columns[1]), "{line}");
            assert_eq!(columns[2].to_lowercase(), columns[2], "{line}");
        }
    }
}
