//! Recognises lines that name only the source, and sign-offs at the end of the last sentence.
//!
//! `Source: Reuters`, `By Jane Roe, AFP in Paris`, `France 24/AFP`, `(dpa)`, `© 2024 AFP`, `Фото/текст: РИА
//! Новости`. Photo credits are recognised by their words and never count.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;

use super::agencies::Agencies;
use super::dateline::bracket;
use super::items::{Case, Item, What, dated, each_item, items, kind};
use super::{Found, Mark};
use crate::word_table::{self, Pairs};

const FORMS: &str = include_str!("../../../data/credit_forms.tsv");
/// Words for who reported, and parts of words for who edited, by language.
static SIGN_OFFS: Pairs = LazyLock::new(|| word_table::pairs(FORMS, "sign-off"));

/// Most characters of a credit line.
pub(super) const LINE_CHARS: usize = 120;
/// Most bytes at the end of a text or paragraph that a sign-off may take.
const TAIL: usize = 240;
/// Most words beside the label and the names.
const OTHER_WORDS: usize = 8;
/// Most words of the publication or author before a slash or comma and the agency.
const BEFORE_WORDS: usize = 5;
const ITEMS: usize = 64;
/// Most names and places of a byline.
const BYLINE_WORDS: usize = 12;
/// Most bytes of a clause that only says that an agency reports.
const CLAUSE: usize = 120;
/// Number of sentences of the lead that may contain this clause.
const LEAD_SENTENCES: usize = 2;

/// The position of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Before the first paragraph.
    Head,
    /// Between paragraphs.
    Middle,
    /// After the last paragraph.
    Tail,
    /// Given as the byline by the page or the record.
    Byline,
}

/// Returns the agencies that a short line credits; empty if it is not a credit.
pub(super) fn credit_line(text: &str, line: Range<usize>, place: Place, agencies: &Agencies) -> Found {
    let all = items(text, line, agencies, ITEMS);
    let mut found = Found::new();
    // In menus and lines of facts, each part is judged on its own.
    let bars = all.iter().filter(|item| item.is_sign("|")).count();
    if bars > 0 {
        let parts: Vec<&[Item]> = all.split(|item| item.is_sign("|")).collect();
        // Three or more names in a row are a menu of agencies, not a credit.
        if parts.iter().filter(|part| part.iter().any(|i| i.agency().is_some())).count() <= 2 {
            found = parts.into_iter().flat_map(|part| credit_part(text, part, place)).collect();
        }
    } else {
        found = credit_part(text, &all, place);
    }
    found
}

fn credit_part(text: &str, part: &[Item], place: Place) -> Found {
    let Some(part) = without_photo(part) else { return Found::new() };
    let start =
        part.iter().position(|item| !matches!(item.what, What::Sign(sign) if sign != '©')).unwrap_or(0);
    let mut part = &part[start..];
    while part.last().is_some_and(|item| item.is_sign(".,-*_")) {
        part = &part[..part.len() - 1];
    }
    let found = names(part);
    if found.is_empty() || part.iter().any(|item| item.is_sign("?!\"“„«")) {
        return Found::new();
    }
    // Everything in brackets: `(dpa)`, `（编译自法新社报道）`, `(From material by TASS)`.
    if let [first, inner @ .., last] = part
        && first.what == What::Open
        && last.what == What::Close
        && !inner.iter().any(|item| matches!(item.what, What::Open | What::Close))
    {
        return bracket(inner).unwrap_or_default();
    }
    let facts = Facts::of(part);
    let named = found.iter().any(|(mark, _)| matches!(mark, Mark::Agency(_)));
    let weak = part.iter().filter_map(Item::agency).all(|name| name.weak);
    let slashed = part.first().is_some_and(|i| i.is_sign("/")) || text[..part[0].range.start].ends_with('/');
    let label = part[0].is_kind(kind::LABEL | kind::WITH) || part[0].is_sign("©");
    let colon = part.iter().take(4).any(|item| item.is_sign(":"));
    if label && facts.lower <= 1 && facts.words <= OTHER_WORDS && (colon || facts.near) && !facts.reports {
        // A lone "© AFP" beside a picture credits the picture.
        let picture = part[0].is_sign("©") && !facts.digits && matches!(place, Place::Head | Place::Middle);
        let sentence = place == Place::Middle && !colon && facts.words > 2;
        return if picture || sentence { Found::new() } else { found };
    }
    if place == Place::Middle || facts.reports {
        return Found::new();
    }
    if facts.words == 0 && facts.lower == 0 {
        let joined = part.windows(2).any(|pair| pair[0].is_sign("/") && pair[1].agency().is_some());
        return if (named && !weak) || slashed || joined || place == Place::Byline {
            found
        } else {
            Found::new()
        };
    }
    if place == Place::Byline && facts.words + facts.lower <= OTHER_WORDS {
        return if facts.joined { found } else { Found::new() };
    }
    // `France 24/AFP`, `Jane Roe, AFP`, `Le Phare avec AFP`.
    // Publications may write their own names in lower case: `tagesschau/dpa`.
    let small = facts.lower == 0 || (facts.slash && facts.lower == 1 && facts.before == 1);
    let short = facts.before <= BEFORE_WORDS && facts.after <= 2 && small;
    let slash_in_head = facts.slash && place == Place::Head;
    if short && facts.joined && !slash_in_head && !weak { found } else { Found::new() }
}

/// Returns the part before a photo credit; `None` if the photo credit comes first or the line is about a
/// photographer.
fn without_photo(part: &[Item]) -> Option<&[Item]> {
    let is_photo = |item: &Item| item.is_kind(kind::PHOTO);
    let Some(at) = part.iter().position(is_photo) else { return Some(part) };
    let text = part.iter().take(at + 4).any(|item| item.is_kind(kind::TEXT) && !item.is_kind(kind::PHOTO));
    if text {
        return Some(part);
    }
    let cut = at > 0 && matches!(part[at - 1].what, What::Sign(_) | What::Close | What::Open);
    let named = cut && part[..at - 1].iter().any(|item| item.agency().is_some());
    // In "AFP/Getty" the slash joins rather than separates.
    let separates = cut && !part[at - 1].is_sign("/=");
    (named && separates).then(|| &part[..at - 1])
}

/// Returns the agencies and the generic words of a line.
fn names(part: &[Item]) -> Found {
    let mut found = Found::new();
    for item in part {
        match item.what {
            What::Agency(name) => found.push((Mark::Agency(name.agency), item.range.clone())),
            _ if item.is_kind(kind::GENERIC) => found.push((Mark::Generic, item.range.clone())),
            _ => {}
        }
    }
    found
}

/// Counts of what a line contains besides its names.
#[derive(Default)]
struct Facts {
    /// Words without a meaning here that do not begin with a lower-case letter.
    words: usize,
    /// Words without a meaning here that begin with a lower-case letter.
    lower: usize,
    /// Words before the first name.
    before: usize,
    /// Words after the last name.
    after: usize,
    digits: bool,
    reports: bool,
    /// Whether the first name follows a sign, a label or a word like "with", or begins the line.
    joined: bool,
    /// Whether that sign is a slash.
    slash: bool,
    /// Whether only names and words with a meaning, or a comma, precede the first agency.
    near: bool,
}

impl Facts {
    fn of(part: &[Item]) -> Self {
        let mut facts = Facts::default();
        let is_name = |item: &Item| item.agency().is_some() || item.is_kind(kind::GENERIC);
        let first = part.iter().position(is_name).unwrap_or(0);
        let last = part.iter().rposition(is_name).unwrap_or(0);
        let mut unspaced = [0_usize; 3];
        for (at, item) in part.iter().enumerate() {
            let side = if at < first { 0 } else { 1 + usize::from(at > last) };
            match item.what {
                What::Number => facts.digits = true,
                What::Word { kinds, .. } if kinds & kind::REPORT != 0 && kinds & !kind::REPORT == 0 => {
                    facts.reports = true;
                }
                What::Word { kinds: 0, case } => {
                    if dated(part, at) {
                        continue;
                    }
                    match case {
                        Case::Unspaced => {
                            unspaced[side] += 1;
                            continue;
                        }
                        Case::Lower => facts.lower += 1,
                        _ => facts.words += 1,
                    }
                    match side {
                        0 => facts.before += 1,
                        2 => facts.after += 1,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        facts.words += unspaced.iter().sum::<usize>() / 2;
        facts.before += unspaced[0] / 2;
        facts.after += unspaced[2] / 2;
        if first == 0 {
            let next = part.get(last + 1);
            facts.joined = next.is_none_or(|i| !matches!(i.what, What::Word { kinds: 0, .. }));
        } else {
            let before = &part[first - 1];
            facts.joined = matches!(before.what, What::Sign(_) | What::Open | What::Close)
                || before.is_kind(kind::LABEL | kind::WITH)
                || (before.is_kind(kind::FILLER)
                    && part[..first].iter().any(|i| i.is_kind(kind::LABEL | kind::WITH)));
            facts.slash = before.is_sign("/");
        }
        facts.near = facts.before == 0
            || (first > 0 && matches!(part[first - 1].what, What::Sign(_) | What::Open))
            || (first > 0 && part[first - 1].is_kind(kind::LABEL | kind::WITH | kind::FILLER));
        facts
    }
}

/// Returns whether a line before the first paragraph names the author: `By Jane Roe and John Doe in London`, `Von
/// unserem Korrespondenten`, `本报特派记者 方稚宁`.
pub(super) fn is_byline(line: &str, agencies: &Agencies) -> bool {
    if ends_sentence(line) {
        return false;
    }
    let Some(items) = byline_items(line, agencies) else { return false };
    let facts = Facts::of(&items);
    let opens = items.first().is_some_and(|item| item.is_kind(kind::BY));
    let reporter = items.iter().any(|item| item.is_kind(kind::REPORTER));
    let sentence = items.iter().any(|item| item.is_sign("?!\"“„«"));
    let words = facts.words + facts.lower;
    !sentence
        && words <= BYLINE_WORDS
        && facts.lower <= usize::from(reporter)
        && words > 0
        && (opens || reporter)
}

/// Returns the items of a line that may be a byline; `None` as soon as it has two words in small letters, which no byline has.
fn byline_items(line: &str, agencies: &Agencies) -> Option<Vec<Item>> {
    let (mut items, mut lower) = (Vec::with_capacity(16), 0);
    for item in each_item(line, 0..line.len(), agencies).take(ITEMS) {
        items.push(item);
        // The name of a month does not count. Two items further on, it is known whether the word is one.
        if let Some(at) = items.len().checked_sub(3)
            && matches!(items[at].what, What::Word { kinds: 0, case: Case::Lower })
            && !dated(&items, at)
        {
            lower += 1;
            if lower > 1 {
                return None;
            }
        }
    }
    Some(items)
}

/// Returns the credit at the end of a paragraph: `… he said. (dpa)`, `…述べた。（共同）`, and at the end of the text `… he
/// said. AFP`.
pub(super) fn sign_off(text: &str, line: Range<usize>, closing: bool, agencies: &Agencies) -> Found {
    let trimmed = text[line.clone()].trim_end().trim_end_matches(['.', '*', '_', '/']);
    let end = line.start + trimmed.len();
    let mut start = line.start.max(end.saturating_sub(TAIL));
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let tail = &text[start..end];
    if tail.ends_with([')', '）', ']', '】']) {
        let Some(open) = tail.rfind(['(', '（', '[', '【']) else { return Found::new() };
        let before = text[line.start..start + open].trim_end();
        let after_sentence = ends_sentence(before)
            || (closing && before.chars().next_back().is_some_and(super::super::script::is_unspaced));
        if !after_sentence {
            return Found::new();
        }
        let inner = items(text, start + open..end, agencies, ITEMS);
        let Some((_, inner)) = inner.split_first() else { return Found::new() };
        return inner.split_last().and_then(|(_, inner)| bracket(inner)).unwrap_or_default();
    }
    if !closing {
        return Found::new();
    }
    // The words after the last full stop, if they are only a name.
    let cut = tail.char_indices().rev().find(|&(at, c)| {
        super::super::script::ends_any_sentence(c)
            && tail[at + c.len_utf8()..].starts_with(|c: char| {
                c.is_whitespace()
                    || super::super::script::closes(c)
                    || matches!(c, '-' | '–' | '—' | '/' | '©')
                    || super::super::script::is_unspaced(c)
            })
    });
    let Some((at, c)) = cut else { return Found::new() };
    let behind = start + at + c.len_utf8();
    let behind =
        behind + (end - behind - text[behind..end].trim_start_matches(super::super::script::closes).len());
    if end - behind > CLAUSE {
        return Found::new();
    }
    let is_plain = |item: &Item| match item.what {
        What::Agency(_) | What::Number | What::Open | What::Close => true,
        What::Sign(sign) => "-/©,|:".contains(sign),
        What::Word { kinds, .. } => kinds & (kind::LABEL | kind::WITH) != 0,
    };
    // Most texts end with a sentence, whose first word decides.
    let rest = each_item(text, behind..end, agencies).take(12);
    let rest: Option<Vec<Item>> = rest.map(|item| is_plain(&item).then_some(item)).collect();
    let Some(rest) = rest else { return Found::new() };
    let weak = rest.iter().filter_map(Item::agency).all(|name| name.weak);
    if weak { Found::new() } else { names(&rest) }
}

/// Returns whether `text` ends with a sentence, ignoring quotes and brackets after it.
fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(super::super::script::closes)
        .ends_with(|c| super::super::script::ends_any_sentence(c) || matches!(c, '»' | '”'))
        || text.ends_with(['"', '”', '»', '」'])
}

/// Returns the range of `(Reporting by …; Editing by …)`, the form in which Reuters credits its reporters and
/// editors.
pub(super) fn reporting_and_editing(text: &str) -> Option<Range<usize>> {
    let mut start = text.len().saturating_sub(800);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let tail = &text[start..];
    // Each form contains a word for editing, which most texts do not have near their end.
    if ["dit", "diç"].iter().all(|word| memmem::find(tail.as_bytes(), word.as_bytes()).is_none()) {
        return None;
    }
    SIGN_OFFS.iter().find_map(|(reporting, editing)| {
        let at = reporting.split_terminator('|').filter_map(|words| tail.find(words)).min()?;
        let behind = &tail[at..];
        let edits = editing.split_terminator('|').filter_map(|words| behind.find(words)).min()?;
        // Both must be in one bracket or line, not in two sentences of a story.
        let between = &behind[..edits];
        (edits <= 300 && !between.contains('\n')).then(|| start + at..start + at + edits)
    })
}

/// Returns the agency that the lead gives as its source: a first sentence that ends with "…, AFP reports.", or a
/// text that begins with "به گزارش ایرنا،", "据新华社报道，", "สำนักข่าวเอเอฟพีรายงานว่า".
pub(super) fn lead(text: &str, line: Range<usize>, agencies: &Agencies) -> Found {
    if let Some(found) = opens(text, line.clone(), agencies) {
        return found;
    }
    let body = &text[line.clone()];
    let (mut from, mut sentences) = (0, 0);
    for (at, c) in body.char_indices() {
        let ends = super::super::script::ends_sentence_alone(c)
            || (super::super::script::may_end_sentence(c) && ends_behind(body, at, c));
        if !ends {
            continue;
        }
        let found = closing_clause(text, line.start + from..line.start + at, agencies);
        sentences += 1;
        if !found.is_empty() || sentences == LEAD_SENTENCES {
            return found;
        }
        from = at + c.len_utf8();
    }
    closing_clause(text, line.start + from..line.end, agencies)
}

/// Returns whether a full stop at `at` ends a sentence: white space or a closing sign follows, and no single
/// capital or short title precedes it.
fn ends_behind(body: &str, at: usize, stop: char) -> bool {
    const INITIAL: usize = 2;
    let letters = body[..at].chars().rev().take(INITIAL + 1).take_while(|c| c.is_alphanumeric()).count();
    letters > INITIAL
        && body[at + stop.len_utf8()..]
            .chars()
            .next()
            .is_none_or(|c| c.is_whitespace() || super::super::script::closes(c))
}

/// Returns the agencies in the clause after the last comma or dash of a sentence, if it only says that an agency
/// reports.
fn closing_clause(text: &str, range: Range<usize>, agencies: &Agencies) -> Found {
    let sentence = &text[range.clone()];
    let Some((at, c)) = sentence.char_indices().rev().find(|&(at, c)| {
        matches!(c, ',' | '،' | '，' | '—' | '–' | '"' | '”' | '»') || sentence[at..].starts_with("- ")
    }) else {
        return Found::new();
    };
    let start = range.start + at + c.len_utf8();
    if range.end - start > CLAUSE {
        return Found::new();
    }
    let clause = items(text, start..range.end, agencies, ITEMS);
    let reports = clause.iter().any(|item| item.is_kind(kind::REPORT));
    let others = clause.iter().filter(|item| matches!(item.what, What::Word { kinds: 0, .. })).count();
    let strong = clause.iter().filter_map(Item::agency).any(|name| !name.weak);
    if reports && strong && others <= 2 { names(&clause) } else { Found::new() }
}

/// Formulas at the start of a dispatch, in languages that have them: words before the agency, and words after it.
static OPENINGS: Pairs = LazyLock::new(|| word_table::pairs(FORMS, "opening"));

fn opens(text: &str, line: Range<usize>, agencies: &Agencies) -> Option<Found> {
    let body = &text[line.clone()];
    let trimmed = body.trim_start();
    let start = line.start + body.len() - trimmed.len();
    let (word, closing) = OPENINGS.iter().find_map(|(words, closing)| {
        Some((words.split('|').find(|word| trimmed.starts_with(*word))?, closing))
    })?;
    let items = items(text, start + word.len()..line.end, agencies, 8);
    let at = items.iter().position(|item| item.agency().is_some())?;
    let between = items[..at].iter().all(|item| item.is_kind(kind::FILLER | kind::LABEL));
    let behind = text[items[at].range.end..line.end].trim_start();
    let closed = closing.split('|').any(|word| behind.starts_with(word));
    (between && closed).then(|| names(&items[at..=at]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn table_has_exactly_the_kinds_in_use() {
        assert_eq!(word_table::kinds(FORMS), ["sign-off", "opening"]);
        assert!(SIGN_OFFS.len() + OPENINGS.len() == 8);
    }

    #[test]
    fn trailing_space_of_a_phrase_is_significant() {
        assert!(reporting_and_editing("Por Rui Vaz; Edição de Ana Melo").is_some());
        assert!(reporting_and_editing("Portugal venceu na edição de ontem").is_none());
    }

    proptest! {
        #[test]
        fn no_byline_has_two_words_in_small_letters(
            words in prop::collection::vec("By|by|Jane|Roe|in|London|correspondent|reporter|ferry|sails|mars|März|[0-9]{1,2}|[.,/]", 0..9),
        ) {
            let line = words.join(" ");
            let agencies = Agencies::shipped_ref();
            let all = items(&line, 0..line.len(), agencies, ITEMS);
            match byline_items(&line, agencies) {
                Some(items) => prop_assert_eq!(items, all),
                None => prop_assert!(Facts::of(&all).lower > 1, "{}", line),
            }
        }
    }
}
