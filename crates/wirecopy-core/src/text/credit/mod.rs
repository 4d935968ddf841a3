//! Credits: the agencies that a text names as its source.
//!
//! The input is a text and its document's metadata (bylines, publisher). The output is [`Credit`]s, each with the
//! agency and its position. A credit is a claim about the origin of *this text*, made in a place that newsrooms
//! use for it:
//!
//! | form | examples | where |
//! |---|---|---|
//! | `dateline` | `PARIS, Sept 24 (AFP) -`, `新华社北京5月3日电`, `[ロンドン 3日 ロイター]` | the start of any line |
//! | `line` | `Source: Xinhua`, `By Jane Roe, AFP`, `France 24/AFP`, `(dpa)`, `© 2024 AFP` | short lines |
//! | `sign_off` | `… he said. (AFP)`, `(Reporting by …; Editing by …)` | the end of a paragraph, of the text |
//! | `lead` | `…, France Presse reports.`, `به گزارش ایرنا،` | the first sentence, when nothing else is found |
//! | `byline`, `source` | what the page or the record says | metadata |
//!
//! A mention is not a credit: "AFP reported that…" inside a story, "told Reuters", "according to AP", "AFP was
//! founded". Neither is a photo credit. `(with agencies)` is a credit without a name, listed as [`AGENCIES`] if no
//! name is found.
//!
//! The names (`data/agencies.tsv`, [`Agencies`]) and the words around them (`data/credit_words.tsv`) are data.
//! Cost: table lookups on the first 220 bytes of each line, on short lines and on the end of the text; some 2 µs a
//! dispatch.

mod agencies;
mod dateline;
mod items;
mod lines;
mod phrases;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::prose;
use crate::document::Metadata;
pub use agencies::Agencies;
pub(crate) use dateline::Datelines;
use lines::Place;

/// Name in the list of credits for agencies that are credited without a name.
pub const AGENCIES: &str = "agencies";

/// Most characters of a credit's `words`.
const WORDS_CHARS: usize = 60;
/// Number of lines at the start and at the end of a text among which short lines are examined.
const OUTER_LINES: usize = 40;

/// An agency that a document names as its source, with its position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Credit {
    /// The name used in reports, or [`AGENCIES`].
    pub agency: String,
    /// The form of the credit.
    pub form: Form,
    /// Line of the text, counted from 1 without the title; `None` for credits in the metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Byte range of the name in the text, or in the byline.
    pub span: (u32, u32),
    /// The words around the name, cut to 60 characters.
    pub words: String,
}

/// The form of a credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Form {
    /// Place, date and agency before the first sentence.
    Dateline,
    /// A line of its own, such as `Source: Reuters`.
    Line,
    /// A sign-off at the end of a paragraph or of the text.
    SignOff,
    /// A statement in the first sentence.
    Lead,
    /// The byline of the page or the record.
    Byline,
    /// The publisher of the page or the record.
    Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Agency(u16),
    Generic,
}

/// Names and their positions.
type Found = Vec<(Mark, Range<usize>)>;

/// Returns the agencies that a document credits, each once, at its first position: in the text, then in the
/// metadata.
pub fn credits(text: &str, meta: &Metadata, agencies: &Agencies) -> Vec<Credit> {
    credits_given(&Datelines::default(), text, meta, agencies)
}

/// Does the same, given the datelines of the text that are known.
pub(crate) fn credits_given(
    datelines: &Datelines,
    text: &str,
    meta: &Metadata,
    agencies: &Agencies,
) -> Vec<Credit> {
    let mut out = Collector { agencies, credits: Vec::new(), generic: None };
    let lines = lines(text);
    let is_prose: Vec<bool> = lines.iter().map(|line| is_prose(&text[line.clone()])).collect();
    let first = is_prose.iter().position(|&prose| prose);
    let last = is_prose.iter().rposition(|&prose| prose);
    for (at, line) in lines.iter().enumerate() {
        let number = at + 1;
        let outer = at < OUTER_LINES || at + OUTER_LINES >= lines.len();
        let trimmed = trimmed(text, line);
        if trimmed.is_empty() {
            continue;
        }
        if let Some(dateline) = datelines.of(text, trimmed.clone(), at == 0 || first == Some(at), agencies) {
            out.take(text, Form::Dateline, Some(number), dateline.found, &trimmed);
        }
        if is_prose[at] {
            out.take_sign_off(text, number, last == Some(at), &trimmed);
            continue;
        }
        if !outer || prose::is_longer(&text[trimmed.clone()], lines::LINE_CHARS) {
            continue;
        }
        let next = (at + 1..lines.len()).find(|&i| !text[lines[i].clone()].trim().is_empty());
        let place = match (first, last) {
            (Some(first), _) if at < first => Place::Head,
            (_, Some(last)) if at > last => Place::Tail,
            (Some(_), Some(_)) if next.is_none_or(|next| !is_prose[next]) => Place::Tail,
            (Some(_), _) => Place::Middle,
            // Without prose, the last line may be a sign-off and the others are before the text.
            (None, _) if next.is_none() => Place::Tail,
            (None, _) => Place::Head,
        };
        let found = lines::credit_line(text, trimmed.clone(), place, agencies);
        out.take(text, Form::Line, Some(number), found, &trimmed);
        if place == Place::Tail {
            out.take_sign_off(text, number, next.is_none(), &trimmed);
        }
    }
    if !out.has("Reuters")
        && let Some(range) = lines::reporting_and_editing(text)
    {
        let line = text[..range.start].matches('\n').count() + 1;
        out.push("Reuters", Form::SignOff, Some(line), &range, &text[range.clone()]);
    }
    for byline in &meta.bylines {
        let whole = 0..byline.len();
        let found = lines::credit_line(byline, whole.clone(), Place::Byline, agencies);
        out.take(byline, Form::Byline, None, found, &whole);
    }
    let credit = meta.delivery.as_ref().and_then(|delivery| delivery.credit.as_ref());
    // A credit line is there to name an agency, so that a name that is also a word counts.
    for (source, names_agency) in [(meta.source.as_ref(), false), (credit, true)] {
        if let Some(source) = source
            && let Some((end, name)) = agencies.phrases.at(source, 0)
            && end == source.len()
            && (names_agency || !name.weak)
        {
            out.take(source, Form::Source, None, vec![(Mark::Agency(name.agency), 0..end)], &(0..end));
        }
    }
    if out.credits.is_empty()
        && let Some(first) = first.map(|at| (at, trimmed(text, &lines[at])))
    {
        let (at, line) = first;
        out.take(text, Form::Lead, Some(at + 1), lines::lead(text, line.clone(), agencies), &line);
    }
    out.finish()
}

/// Returns whether a line on its own credits an agency.
pub fn names_agency(line: &str) -> bool {
    !credits(line, &Metadata::default(), Agencies::shipped_ref()).is_empty()
}

/// Returns whether a line before the first paragraph is a byline.
pub fn is_byline(line: &str) -> bool {
    lines::is_byline(line, Agencies::shipped_ref())
}

struct Collector<'a> {
    agencies: &'a Agencies,
    credits: Vec<Credit>,
    generic: Option<Credit>,
}

impl Collector<'_> {
    fn has(&self, agency: &str) -> bool {
        self.credits.iter().any(|credit| credit.agency == agency)
    }

    fn take(&mut self, text: &str, form: Form, line: Option<usize>, found: Found, around: &Range<usize>) {
        for (mark, span) in found {
            let words = around_name(text, around, &span);
            match mark {
                Mark::Agency(agency) => {
                    let agencies = self.agencies;
                    self.push(agencies.name(agency), form, line, &span, words);
                }
                Mark::Generic if self.generic.is_none() => {
                    self.generic = Some(credit(AGENCIES, form, line, &span, words));
                }
                Mark::Generic => {}
            }
        }
    }

    /// Adds the sign-off of a line, which may be the last of the text.
    fn take_sign_off(&mut self, text: &str, number: usize, closing: bool, line: &Range<usize>) {
        let found = lines::sign_off(text, line.clone(), closing, self.agencies);
        self.take(text, Form::SignOff, Some(number), found, line);
    }

    fn push(&mut self, agency: &str, form: Form, line: Option<usize>, span: &Range<usize>, words: &str) {
        if !self.has(agency) {
            self.credits.push(credit(agency, form, line, span, words));
        }
    }

    fn finish(mut self) -> Vec<Credit> {
        if self.credits.is_empty() {
            self.credits.extend(self.generic);
        }
        self.credits
    }
}

fn credit(agency: &str, form: Form, line: Option<usize>, span: &Range<usize>, words: &str) -> Credit {
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Credit {
        agency: agency.to_owned(),
        form,
        line: line.map(small),
        span: (small(span.start), small(span.end)),
        words: words.chars().take(WORDS_CHARS).collect(),
    }
}

/// Returns the words to show: from the start of the line, or a little before the name, to the end of the line.
fn around_name<'t>(text: &'t str, around: &Range<usize>, span: &Range<usize>) -> &'t str {
    let mut start = around.start.max(span.start.saturating_sub(WORDS_CHARS / 2));
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..around.end.max(span.end)]
}

/// Returns the lines of a text without their line ends, including blank lines.
fn lines(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1).chain([text.len()]);
    for end in ends {
        let line = &text[std::mem::replace(&mut start, end)..end];
        if !line.is_empty() {
            out.push(end - line.len()..end - line.len() + line.trim_end_matches(['\n', '\r']).len());
        }
    }
    out
}

fn trimmed(text: &str, line: &Range<usize>) -> Range<usize> {
    let bare = &text[line.clone()];
    let start = line.start + bare.len() - bare.trim_start().len();
    start..start.max(line.start + bare.trim_end().len())
}

/// Returns whether a line is prose rather than a few words: it is long, or ends like a sentence.
fn is_prose(line: &str) -> bool {
    let line = line.trim();
    if prose::is_longer(line, lines::LINE_CHARS) {
        return true;
    }
    let words = prose::items(line);
    // A line that breaks off is a teaser or a breadcrumb trail.
    let breaks_off = || line.trim_end_matches(super::script::closes).ends_with('…');
    words > lines::LINE_CHARS / 4
        || prose::is_prose(line, words, prose::SENTENCE, usize::MAX)
            && !breaks_off()
            && !starts_as_credit(line)
}

/// Returns whether a line begins like a long sign-off, which ends like a sentence but is not one.
fn starts_as_credit(line: &str) -> bool {
    line.starts_with(['(', '（', '©', '[', '【']) && !line.contains(['"', '“'])
}
