//! Recognises the dateline: place, date and agency before the first sentence of a dispatch.
//!
//! `PARIS, Sept 24 (AFP) - `, `Lima, 9 abr (EFE).- `, `МОСКВА, 12 марта. /ТАСС/. `, `新华社上海6月12日电`,
//! `[ロンドン 3日 ロイター] - `, `(서울=연합뉴스) `. A bracket counts if the text before it looks like a place and a date (capitals, numbers, no
//! sentence) and a separator or a capital follows. "The agency (AFP) was founded" satisfies neither.

use std::ops::Range;

use super::agencies::Agencies;
use super::items::{Case, Item, What, dated, items, kind};
use super::{Found, Mark};

/// Most bytes of a line that are examined.
const WINDOW: usize = 220;
/// Most items of a line that are examined. A character of a script without spaces is an item.
const ITEMS: usize = 48;
/// Agencies with longer names that are written in lower case outside brackets.
const LOWER_CASE_AGENCIES: [&str; 1] = ["askanews"];
/// Most words before the agency.
const PLACE_WORDS: usize = 10;
/// Most words beside an agency in its brackets.
const BRACKET_WORDS: usize = 5;

/// A recognised dateline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dateline {
    /// Byte offset of the text after it.
    pub(super) end: usize,
    /// The agencies in it; empty for a dateline with only a place.
    pub(super) found: Found,
}

/// The datelines of a text, as far as they were looked for with the built-in agencies, so that none is looked for twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Datelines {
    /// Where each line starts, ascending, whether it was taken for the first, and its dateline.
    lines: Vec<(usize, bool, Option<Dateline>)>,
}

impl Datelines {
    /// Forgets all datelines, before those of another text.
    pub(in super::super) fn clear(&mut self) {
        self.lines.clear();
    }

    /// Finds the dateline of a line after all lines before, and returns where it ends. Uses only the built-in table, so that
    /// tokens do not depend on the settings.
    pub(in super::super) fn end(&mut self, text: &str, line: Range<usize>, first: bool) -> Option<usize> {
        let start = line.start;
        let found = dateline(text, line, first, Agencies::shipped_ref());
        let end = found.as_ref().map(|dateline| dateline.end);
        self.lines.push((start, first, found));
        end
    }

    /// Returns the dateline of a line, which is looked for if it is not known.
    pub(super) fn of(
        &self,
        text: &str,
        line: Range<usize>,
        first: bool,
        agencies: &Agencies,
    ) -> Option<Dateline> {
        let is_built_in = std::ptr::eq(agencies, Agencies::shipped_ref());
        let at = self.lines.binary_search_by_key(&line.start, |&(start, ..)| start).ok();
        match at.filter(|_| is_built_in).map(|at| &self.lines[at]) {
            Some((_, as_first, known)) if *as_first == first => known.clone(),
            _ => dateline(text, line, first, agencies),
        }
    }
}

/// Finds the dateline at the start of `text[line]`. `first` says whether this is the first line of the text, where
/// the rules are less strict.
pub(super) fn dateline(text: &str, line: Range<usize>, first: bool, agencies: &Agencies) -> Option<Dateline> {
    let mut end = line.end.min(line.start + WINDOW);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    // Every form has one of these signs. Most lines are prose and have none so early.
    let end = reach(text, line.start, end);
    if !text[line.start..end].chars().any(is_mark) {
        return None;
    }
    let items = items(text, line.start..end, agencies, ITEMS);
    let line = Line { text, items: &items };
    let (found, after) = line
        .bracket_first()
        .or_else(|| line.bracket_behind_place())
        .or_else(|| line.between_signs())
        .or_else(|| line.agency_first(first))
        .or_else(|| line.place_alone(first))?;
    // A line with nothing after it is a credit line, not a dateline.
    let next = items.get(after)?;
    Some(Dateline { end: next.range.start, found })
}

fn is_mark(c: char) -> bool {
    matches!(
        c,
        '(' | '['
            | '/'
            | '-'
            | '.'
            | ':'
            | '='
            | '（'
            | '［'
            | '【'
            | '〔'
            | '–'
            | '—'
            | '։'
            | '电'
            | '電'
            | '讯'
            | '訊'
    )
}

/// Returns how far a dateline can extend: to the end of the first lower-case word that does not occur in places
/// and dates. In prose that is the second or third word, so that little of a line is examined.
fn reach(text: &str, start: usize, end: usize) -> usize {
    let bytes = &text.as_bytes()[..end];
    let (mut at, mut depth, mut digit) = (start, 0_u32, None);
    while at < end {
        match bytes[at] {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'0'..=b'9' => digit = Some(at),
            b'a'..=b'z'
                if at == start || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] >= 0x80) =>
            {
                let length = bytes[at..].iter().take_while(|byte| byte.is_ascii_lowercase()).count();
                let next = at + length;
                let dated = digit.is_some_and(|digit| digit + 8 > at)
                    || bytes[next..].iter().take(3).any(u8::is_ascii_digit);
                let whole = bytes.get(next).is_none_or(|&byte| byte == b' ' || byte == b',');
                if length > 3
                    && whole
                    && depth == 0
                    && !dated
                    && !LOWER_CASE_AGENCIES.contains(&&text[at..next])
                {
                    return next;
                }
                at = next;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    end
}

struct Line<'a> {
    text: &'a str,
    items: &'a [Item],
}

/// The agencies, and the index of the first item after the dateline.
type Match = (Found, usize);

impl Line<'_> {
    /// Matches `(ANSA) - ROMA, 3 MAG - `, `【モスクワ共同】`, `(서울=연합뉴스) 홍길동 기자 = `.
    fn bracket_first(&self) -> Option<Match> {
        if self.items.first()?.what != What::Open {
            return None;
        }
        let close = self.close(0)?;
        let found = bracket(&self.items[1..close])?;
        Some((found, self.place_behind(close + 1)))
    }

    /// Matches `LONDON (AP) — `, `नयी दिल्ली, 18 जुलाई (भाषा) `.
    fn bracket_behind_place(&self) -> Option<Match> {
        let mut from = 0;
        // A region may be in brackets of its own before the agency's.
        for _ in 0..2 {
            let open = (from..self.items.len()).find(|&i| match self.items[i].what {
                What::Open => true,
                What::Sign('/') => self.slashes(i).is_some(),
                _ => false,
            })?;
            let place = Place::of(&self.items[..open])?;
            let close = match self.items[open].what {
                What::Open => self.close(open)?,
                _ => self.slashes(open)?,
            };
            if let Some(found) = bracket(&self.items[open + 1..close]) {
                let bare = self.items[open].what != What::Open && !self.items.get(close + 1)?.is_sign("-:=.");
                if bare && !place.digits {
                    return None;
                }
                return self.follows(close + 1, &place).map(|after| (found, after));
            }
            from = close + 1;
        }
        None
    }

    /// Matches `Karaganda, 6 February, Interfax. `, `МОСКВА, 3 мая — РИА Новости/ТАСС. `, `KIEV/AFP: `.
    fn between_signs(&self) -> Option<Match> {
        let at = self.items.iter().position(|item| item.agency().is_some()).filter(|&at| at >= 2)?;
        if !self.items[at - 1].is_sign(",.-/:") {
            return None;
        }
        let place = Place::of(&self.items[..at - 1])?;
        let (found, mut after) = self.chain(at);
        // The author may follow the agency.
        if self.items.get(after)?.is_sign(",") {
            after += 1;
            after += self.items[after..].iter().take(3).take_while(|item| is_capital(item)).count();
        }
        let weak = self.items[at].agency().is_some_and(|name| name.weak);
        let sure = place.digits || (place.upper && !weak);
        let next = self.items.get(after)?;
        let dash = next.is_sign("-=") && !self.is_lower(after + 1) && !weak;
        if (sure && next.is_sign(".:-=")) || dash { Some((found, self.signs(after))) } else { None }
    }

    /// Matches `新华社北京5月3日电 `, `AFP - Le gouvernement…`.
    fn agency_first(&self, first: bool) -> Option<Match> {
        // Chinese papers open a dispatch of Xinhua with "according to Xinhua", followed by the same place and
        // date.
        let start = usize::from(self.items.first()?.is_kind(kind::LABEL | kind::WITH));
        let name = self.items.get(start)?.agency()?;
        let (found, mut at) = self.chain(start);
        let wired = (at..self.items.len().min(at + 24))
            .find(|&i| ["电", "電", "讯", "訊"].contains(&&self.text[self.items[i].range.clone()]));
        if let Some(wired) = wired
            && self.items[at..wired].iter().any(|item| item.what == What::Number)
            && !self.items[at..wired].iter().any(|item| item.is_sign(".,"))
        {
            return Some((found, self.signs(wired + 1)));
        }
        if !first || start > 0 || name.weak {
            return None;
        }
        if self.items.get(at)?.is_sign(",") {
            at += 1;
            let words = self.items[at..].iter().take_while(|item| is_capital(item)).count();
            if words == 0 || words > 3 {
                return None;
            }
            at += words;
        }
        let spaced = self.items.get(at)?.is_sign("-") && self.is_spaced(at);
        (spaced && !self.is_lower(at + 1)).then(|| (found, self.signs(at)))
    }

    /// Matches `TOKYO – `, `PARIS, Sept 24 — `: no agency, but not part of the story either.
    fn place_alone(&self, first: bool) -> Option<Match> {
        let dash = self.items.iter().position(|item| item.is_sign("-"))?;
        let place = Place::of(&self.items[..dash])?;
        let sure = place.upper && (first || place.digits) && self.is_spaced(dash) && !self.is_lower(dash + 1);
        let plain =
            self.items[..dash].iter().all(|item| !matches!(item.what, What::Word { case: Case::Lower, .. }));
        (sure && plain).then(|| (Found::new(), self.signs(dash)))
    }

    /// Returns the index of the bracket that closes the one at `open`.
    fn close(&self, open: usize) -> Option<usize> {
        let length =
            self.items[open + 1..].iter().position(|i| matches!(i.what, What::Open | What::Close))?;
        let close = open + 1 + length;
        (self.items[close].what == What::Close).then_some(close)
    }

    /// Returns the index of the slash that closes the one at `open`, if an agency is between the two: `/ТАСС/`.
    fn slashes(&self, open: usize) -> Option<usize> {
        self.items.get(open + 1)?.agency()?;
        (open + 2..self.items.len().min(open + 6)).find(|&i| self.items[i].is_sign("/"))
    }

    /// Returns the agencies that signs join, and the index of the item after them.
    fn chain(&self, at: usize) -> Match {
        let mut found = Found::new();
        let mut next = at;
        while let Some(name) = self.items.get(next).and_then(Item::agency) {
            found.push((Mark::Agency(name.agency), self.items[next].range.clone()));
            let joined = self.items.get(next + 1).is_some_and(|sign| sign.is_sign("/=-,"));
            if !joined || self.items.get(next + 2).and_then(Item::agency).is_none() {
                return (found, next + 1);
            }
            next += 2;
        }
        (found, next)
    }

    /// Returns the start of the dispatch after the bracket that ends before `at`, if a dispatch begins there.
    fn follows(&self, at: usize, place: &Place) -> Option<usize> {
        let next = self.items.get(at)?;
        if next.is_sign("-:=.") {
            return Some(self.signs(at));
        }
        let begins = match next.what {
            What::Word { case: Case::Capital | Case::Upper, .. } => place.words <= 3 && place.capitals,
            What::Word { case: Case::None, .. } => place.comma,
            What::Sign('"' | '“' | '«' | '„' | '「') => true,
            _ => false,
        };
        (place.digits || place.upper || begins).then_some(at)
    }

    /// Skips the place and date between the bracket and the dash after it, if any.
    fn place_behind(&self, at: usize) -> usize {
        let at = self.signs(at);
        let dash = (at..self.items.len().min(at + 12)).find(|&i| self.items[i].is_sign("-="));
        if let Some(dash) = dash
            && let Some(place) = Place::of(&self.items[at..dash])
            && (place.digits || place.upper || self.items[dash].is_sign("="))
            && place.words <= 6
        {
            return self.signs(dash);
        }
        at
    }

    /// Returns the first index from `at` on whose item is not a separator.
    fn signs(&self, at: usize) -> usize {
        at + self.items[at.min(self.items.len())..].iter().take_while(|item| item.is_sign("-:=.,|")).count()
    }

    fn is_lower(&self, at: usize) -> bool {
        self.items.get(at).is_some_and(|i| matches!(i.what, What::Word { case: Case::Lower, .. }))
    }

    fn is_spaced(&self, at: usize) -> bool {
        let range = &self.items[at].range;
        self.text[range.end..].starts_with(char::is_whitespace)
            || (self.text[..range.start].ends_with(char::is_whitespace)
                && self.text[range.end..].starts_with(['-', '–', '—']))
    }
}

fn is_capital(item: &Item) -> bool {
    matches!(item.what, What::Word { case: Case::Capital | Case::Upper | Case::None | Case::Unspaced, .. })
}

/// The text before an agency, if it looks like places and dates.
struct Place {
    digits: bool,
    /// Whether there is a place with something after a comma.
    comma: bool,
    /// Whether the first word is in capitals.
    upper: bool,
    /// Whether no word begins with a lower-case letter.
    capitals: bool,
    words: usize,
}

impl Place {
    fn of(items: &[Item]) -> Option<Self> {
        let mut place = Place { digits: false, comma: false, upper: false, capitals: true, words: 0 };
        let mut unspaced = 0;
        for (at, item) in items.iter().enumerate() {
            match item.what {
                What::Number => place.digits = true,
                What::Word { kinds, case } => {
                    if kinds & kind::PHOTO != 0 && case != Case::None {
                        return None;
                    }
                    if case == Case::Unspaced {
                        unspaced += 1;
                    } else {
                        place.words += 1;
                    }
                    let length = item.range.len();
                    if at == 0 {
                        place.upper = case == Case::Upper && length >= 3;
                    }
                    if case == Case::Lower {
                        let beside = dated(items, at);
                        if at == 0 || (length > 3 && !beside) {
                            return None;
                        }
                        place.capitals &= beside;
                    }
                }
                What::Sign(',') => place.comma = at > 0,
                What::Sign('.' | '-' | '/' | '|' | '\'' | '’') | What::Open | What::Close => {}
                What::Sign(':') if at + 1 == items.len() => {}
                What::Agency(_) | What::Sign(_) => return None,
            }
        }
        place.words += unspaced / 2;
        let any = place.words > 0 || unspaced > 0 || place.digits;
        (any && place.words <= PLACE_WORDS).then_some(place)
    }
}

/// Returns the agencies that a bracket credits, if any: it holds names, places, dates and initials, but no
/// sentence.
pub(super) fn bracket(inner: &[Item]) -> Option<Found> {
    let mut found = Found::new();
    let (mut words, mut unspaced) = (0, 0);
    for (at, item) in inner.iter().enumerate() {
        match item.what {
            What::Agency(name) => found.push((Mark::Agency(name.agency), item.range.clone())),
            What::Word { kinds, .. } if kinds & kind::PHOTO != 0 => return None,
            What::Word { kinds, .. } if kinds & kind::GENERIC != 0 => {
                found.push((Mark::Generic, item.range.clone()));
            }
            What::Word { kinds: 0, case } => match case {
                Case::Unspaced => unspaced += 1,
                Case::Lower => {
                    let beside = |i: Option<&Item>| i.is_some_and(|i| i.is_sign("/,"));
                    let signed = beside(inner.get(at + 1)) || (at > 0 && beside(inner.get(at - 1)));
                    let initials = item.range.len() <= 4 && signed;
                    if !dated(inner, at) && !initials {
                        return None;
                    }
                }
                _ => words += 1,
            },
            What::Sign('?' | '"' | '“' | '«' | '„') => return None,
            _ => {}
        }
    }
    (!found.is_empty() && words <= BRACKET_WORDS && unspaced <= 3 * BRACKET_WORDS).then_some(found)
}
