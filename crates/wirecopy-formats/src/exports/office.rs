//! Finds the articles in a document of paragraphs: a text, or the content of a Word or RTF document.

use std::ops::ControlFlow;

use wirecopy_core::document::{Refusal, SkipKind};
use wirecopy_core::text::credit::is_byline;

use super::nexis::{self, BREAK};
use super::{article::Article, days, factiva, input, labels, tail, wrap};
use crate::{Emit, Found, Limits};

/// Lines below a counter in which the date of an article is expected.
const HEADER: usize = 40;

/// A paragraph, or a line of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub text: String,
    /// Whether all of it is bold.
    pub is_bold: bool,
}

/// Which export an article is from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Not known before the article ends.
    Open,
    /// Nexis, with counters above the articles.
    Old,
}

/// Lines of an article, or of a part of one.
#[derive(Default)]
struct Lines {
    lines: Vec<String>,
    is_bold: Vec<bool>,
    bytes: u64,
}

impl Lines {
    /// Adds lines, unless they are too many: what is refused need not be kept.
    fn append(&mut self, mut more: Self, limits: Limits) {
        self.bytes += more.bytes;
        if self.bytes > limits.item_bytes {
            (self.lines, self.is_bold) = (Vec::new(), Vec::new());
        } else {
            self.lines.append(&mut more.lines);
            self.is_bold.append(&mut more.is_bold);
        }
    }
}

/// Collects the lines of one article and passes it on when the next one ends: what seemed to end it may have been quoted in it.
pub(super) struct Articles<'a, 'e> {
    limits: Limits,
    emit: &'a mut Emit<'e>,
    /// Whether lines were wrapped to a width.
    is_wrapped: bool,
    kind: Kind,
    open: Lines,
    /// The last article, with its lines.
    held: Option<(Lines, Option<Article>)>,
    /// Position and number of documents in the last counter.
    counted: Option<(u32, u32)>,
    /// Whether the open lines are below a counter that does not follow from the one before.
    is_doubtful: bool,
    found: bool,
}

impl<'a, 'e> Articles<'a, 'e> {
    pub(super) fn new(limits: Limits, is_wrapped: bool, emit: &'a mut Emit<'e>) -> Self {
        Self {
            limits,
            emit,
            is_wrapped,
            kind: Kind::Open,
            open: Lines::default(),
            held: None,
            counted: None,
            is_doubtful: false,
            found: false,
        }
    }

    /// Adds a line.
    pub(super) fn add(&mut self, line: Line) -> ControlFlow<()> {
        if labels::is_page_number(&line.text) {
            return ControlFlow::Continue(());
        }
        if let Some((position, count)) = labels::counter(&line.text) {
            // What comes before the first counter is the cover page.
            if self.kind == Kind::Open {
                self.forget();
            }
            self.close(true)?;
            self.kind = Kind::Old;
            let follows = self
                .counted
                .is_none_or(|(last, of)| count == of || position == 1 || position == last.saturating_add(1));
            self.is_doubtful = !follows;
            if follows {
                self.counted = Some((position, count));
            } else {
                self.push(line);
            }
            return ControlFlow::Continue(());
        }
        if self.kind == Kind::Open && (labels::is_end(&line.text) || factiva::is_accession(&line.text)) {
            self.push(line);
            return self.close(true);
        }
        self.push(line);
        ControlFlow::Continue(())
    }

    fn push(&mut self, line: Line) {
        let bytes = line.text.len() as u64 + 1;
        self.open.append(Lines { lines: vec![line.text], is_bold: vec![line.is_bold], bytes }, self.limits);
    }

    /// Ends an article, of which the last line is there if `has_end`, and passes the one before on.
    fn close(&mut self, has_end: bool) -> ControlFlow<()> {
        let lines = std::mem::take(&mut self.open);
        let goes_on = matches!(self.held, Some((_, Some(_)))) && self.is_rest(&lines.lines, has_end);
        if let Some((mut held, _)) = self.held.take_if(|_| goes_on) {
            held.append(lines, self.limits);
            let article = self.article(&held.lines, &held.is_bold);
            self.held = Some((held, article));
            return ControlFlow::Continue(());
        }
        self.release()?;
        let article = self.article(&lines.lines, &lines.is_bold);
        self.held = Some((lines, article));
        ControlFlow::Continue(())
    }

    /// Returns whether lines are the rest of an article whose end was only quoted: text that has nothing of what is above a text.
    fn is_rest(&self, lines: &[String], has_end: bool) -> bool {
        let all = || lines.iter().map(String::as_str);
        let has_label = || {
            all().filter_map(labels::label_above).any(|(label, _)| {
                matches!(
                    label,
                    labels::Label::Length
                        | labels::Label::Byline
                        | labels::Label::Section
                        | labels::Label::Headline
                )
            })
        };
        if self.kind == Kind::Old {
            let has_date = || all().take(HEADER).any(|line| days::date_line(line).is_some());
            return self.is_doubtful && !has_label() && !has_date();
        }
        has_end
            && lines.split(|line| line.trim().is_empty()).any(|block| tail::is_prose(&block.join(" ")))
            && !all().any(labels::is_body_heading)
            && !has_label()
            && !all().any(|line| factiva::is_word_count(line) || labels::is_copyright(line))
            && !all().any(|line| factiva::code(line).is_some_and(|(code, _)| code == "HD"))
    }

    /// Passes the last article on.
    fn release(&mut self) -> ControlFlow<()> {
        let Some((lines, article)) = self.held.take() else { return ControlFlow::Continue(()) };
        if lines.bytes > self.limits.item_bytes {
            self.found = true;
            return (self.emit)(Found::Skip(input::too_large(self.limits)));
        }
        let Some(article) = article else { return ControlFlow::Continue(()) };
        self.found = true;
        (self.emit)(article.found(self.limits))
    }

    fn article(&self, lines: &[String], is_bold: &[bool]) -> Option<Article> {
        if self.kind == Kind::Old {
            let is_blank = lines.iter().all(|line| line.trim().is_empty() || line.trim() == BREAK);
            return (!is_blank).then(|| nexis::old(lines, self.is_wrapped));
        }
        let joined = self.is_wrapped.then(|| unwrapped(lines));
        let (lines, is_bold) = joined.as_ref().map_or((lines, is_bold), |joined| (joined.as_slice(), &[]));
        let all = || lines.iter().map(String::as_str);
        let last = all().next_back().unwrap_or_default();
        if labels::is_end(last) || nexis::is_uni(all()) {
            return nexis::uni(lines);
        }
        // The last article may be cut off before its number.
        let is_factiva = factiva::is_accession(last) || factiva::is_export(all());
        is_factiva.then(|| factiva::of_lines(lines, is_bold)).flatten()
    }

    /// Drops the current article, because part of it cannot be read.
    pub(super) fn forget(&mut self) {
        self.open = Lines::default();
    }

    /// Ends the document. A document without an article is passed on as `other`.
    pub(super) fn finish(mut self, other: Refusal) -> ControlFlow<()> {
        self.end()?;
        if self.found { ControlFlow::Continue(()) } else { (self.emit)(Found::Skip(other)) }
    }

    /// Ends a document of which a part could not be read.
    pub(super) fn finish_with(mut self, problem: Refusal) -> ControlFlow<()> {
        self.end()?;
        (self.emit)(Found::Skip(problem))
    }

    fn end(&mut self) -> ControlFlow<()> {
        // A large document that is not an export is not an article that is too large.
        if self.kind == Kind::Open && self.open.bytes > self.limits.item_bytes {
            self.forget();
        }
        self.close(false)?;
        self.release()
    }

    /// Ends the document early, because the rest cannot be read. The article that is cut off is not passed on.
    pub(super) fn fail(mut self, refusal: Refusal) -> ControlFlow<()> {
        self.release()?;
        (self.emit)(Found::Skip(refusal))
    }
}

/// Returns the lines of a text without the breaks at its width: each paragraph is one line. A line of facts begins a paragraph.
fn unwrapped(lines: &[String]) -> Vec<String> {
    let width = wrap::width(lines.iter().map(String::as_str));
    let (mut out, mut block) = (Vec::new(), Vec::new());
    // A line of the text may begin like the name of an author.
    let mut is_above = true;
    for line in lines {
        is_above &= !factiva::is_word_count(line);
        let is_fact = is_above && is_byline(line)
            || labels::label_above(line).is_some()
            || labels::is_body_heading(line)
            || labels::is_after_heading(line)
            || labels::is_end(line)
            || factiva::is_word_count(line)
            || factiva::is_accession(line)
            || factiva::code(line).is_some();
        if line.trim().is_empty() || is_fact {
            out.append(&mut wrap::paragraphs(&std::mem::take(&mut block), width));
        }
        if line.trim().is_empty() {
            out.push(String::new());
        } else {
            block.push(line.clone());
        }
    }
    out.append(&mut wrap::paragraphs(&block, width));
    out
}

/// Which exports are read.
pub(super) const READ: &str = "Exports are read in these formats: TXT, HTML, DOCX, RTF (Nexis), TXT, HTML, RTF, XML (Factiva), \
    HTML (Europresse), TXT, HTML (ProQuest)";

/// Returns why a document is not read.
pub(super) fn not_an_export(what: &str) -> Refusal {
    SkipKind::Unsupported
        .because(format!("{what} that is not an export of Nexis or Factiva; save it as text or HTML. {READ}"))
}
