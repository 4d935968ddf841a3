//! Finds the articles in a document of paragraphs: a text, or the content of a Word or RTF document.

use std::ops::ControlFlow;

use wirecopy_core::document::{Refusal, SkipKind};
use wirecopy_core::text::credit::is_byline;

use super::nexis::{self, BREAK};
use super::{article::Article, factiva, input, labels, wrap};
use crate::{Emit, Found, Limits};

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

/// Collects the lines of one article and passes it on when it ends.
pub(super) struct Articles<'a, 'e> {
    limits: Limits,
    emit: &'a mut Emit<'e>,
    /// Whether lines were wrapped to a width.
    is_wrapped: bool,
    kind: Kind,
    lines: Vec<String>,
    is_bold: Vec<bool>,
    bytes: u64,
    found: bool,
}

impl<'a, 'e> Articles<'a, 'e> {
    pub(super) fn new(limits: Limits, is_wrapped: bool, emit: &'a mut Emit<'e>) -> Self {
        Self {
            limits,
            emit,
            is_wrapped,
            kind: Kind::Open,
            lines: Vec::new(),
            is_bold: Vec::new(),
            bytes: 0,
            found: false,
        }
    }

    /// Adds a line.
    pub(super) fn add(&mut self, line: Line) -> ControlFlow<()> {
        if labels::is_page_number(&line.text) {
            return ControlFlow::Continue(());
        }
        if labels::counter(&line.text).is_some() {
            // What comes before the first counter is the cover page.
            if self.kind == Kind::Open {
                self.forget();
            }
            self.close()?;
            self.kind = Kind::Old;
            return ControlFlow::Continue(());
        }
        if self.kind == Kind::Open && (labels::is_end(&line.text) || factiva::is_accession(&line.text)) {
            self.push(line);
            return self.close();
        }
        self.push(line);
        ControlFlow::Continue(())
    }

    fn push(&mut self, line: Line) {
        self.bytes += line.text.len() as u64 + 1;
        if self.bytes > self.limits.item_bytes {
            // What is refused need not be kept.
            self.lines.clear();
            self.is_bold.clear();
            return;
        }
        self.lines.push(line.text);
        self.is_bold.push(line.is_bold);
    }

    /// Ends an article and passes it on.
    fn close(&mut self) -> ControlFlow<()> {
        let is_large = self.bytes > self.limits.item_bytes;
        self.bytes = 0;
        let (lines, is_bold) = (std::mem::take(&mut self.lines), std::mem::take(&mut self.is_bold));
        if is_large {
            self.found = true;
            return (self.emit)(Found::Skip(input::too_large(self.limits)));
        }
        let Some(article) = self.article(&lines, &is_bold) else { return ControlFlow::Continue(()) };
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
        (self.lines, self.is_bold, self.bytes) = (Vec::new(), Vec::new(), 0);
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
        if self.kind == Kind::Open && self.bytes > self.limits.item_bytes {
            self.bytes = 0;
        }
        self.close()
    }

    /// Ends the document early, because the rest cannot be read. The article that is cut off is not passed on.
    pub(super) fn fail(self, refusal: Refusal) -> ControlFlow<()> {
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
