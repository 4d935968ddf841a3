//! Reads Europresse exports in HTML, of today (`<article>`) and of before 2013 (tables).
//!
//! | part | today | before |
//! |---|---|---|
//! | paper | `.DocPublicationName` | the same |
//! | section, date, page | `.DocHeader` | the same, one for each |
//! | title | `.titreArticleVisu` | `.TitreArticleVisu` |
//! | author | `.docAuthors`, or `.sm-margin-bottomNews` below the title | the first line below the title, before a paragraph |
//! | text | `.docOcurrContainer`, or else `.DocText` | all below, up to the number of the document |

use std::io::BufRead;
use std::ops::ControlFlow;
use wirecopy_core::document::one_line;

use wirecopy_core::document::SkipKind;

use super::article::Article;
use super::markup::{Event, Events, Lines, Tag, has_class, is_block};
use super::{days, input};
use crate::{Emit, Found, Limits};

/// Why an export yields nothing.
const NOTHING: &str = "no articles in this page of Europresse: save the documents with their text, as HTML";
/// Deepest nesting that is followed.
const DEPTH: usize = 256;

/// Reads an export in HTML.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let html = match input::text(input, limits) {
        Ok(html) => html,
        Err(refusal) => return emit(Found::Skip(refusal)),
    };
    let mut open = Open::default();
    let mut found = false;
    for event in Events::of(&html) {
        if open.ends_before(&event)
            && let Some(article) = open.take()
        {
            found = true;
            emit(article.found(limits))?;
        }
        open.read(event);
    }
    if let Some(article) = open.take() {
        found = true;
        emit(article.found(limits))?;
    }
    if found { ControlFlow::Continue(()) } else { emit(Found::Skip(SkipKind::Empty.because(NOTHING))) }
}

/// The part of an article that an element holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Paper,
    Header,
    /// The title with what is around it: a heading above, a subtitle.
    TitleArea,
    Title,
    Subtitle,
    Author,
    /// The text with the marks of the search.
    Text,
    /// The text, and maybe more.
    AllText,
    /// Copyright, certificates, other sources.
    Nothing,
}

/// An article that is being read.
#[derive(Default)]
struct Open {
    /// Elements around the current place, with the part that they begin.
    stack: Vec<(String, Option<Part>)>,
    lines: Lines,
    /// Whether the article is an `<article>`.
    is_new: bool,
    /// Whether the number of the document, which ends an old article, was passed.
    is_over: bool,
    paper: Vec<String>,
    header: Vec<String>,
    area: Vec<String>,
    title: Vec<String>,
    subtitle: Vec<String>,
    authors: Vec<String>,
    text: Vec<String>,
    all_text: Vec<String>,
    /// Lines of a new article that are in no part.
    others: Vec<String>,
    url: Option<String>,
    /// The address of the link that is being read.
    link: Option<String>,
    /// Of an old article, whether a paragraph has begun below the title.
    has_paragraph: bool,
}

impl Open {
    /// Returns the part at the current place.
    fn part(&self) -> Option<Part> {
        let around = |wanted: Part| self.stack.iter().any(|(_, part)| *part == Some(wanted));
        if around(Part::Nothing) {
            return Some(Part::Nothing);
        }
        self.stack.iter().rev().find_map(|(_, part)| *part)
    }

    /// Returns whether a new article begins with an event.
    fn ends_before(&self, event: &Event<'_>) -> bool {
        let Event::Open(tag) = event else { return false };
        if tag.name == "article" {
            return true;
        }
        !self.is_new
            && has_class(&tag.classes(), "DocPublicationName")
            && (self.is_over || !self.title.is_empty())
    }

    fn read(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) => self.lines.text(&text),
            Event::Open(tag) => {
                let part = self.part_of(&tag);
                if is_block(&tag.name) || tag.name == "br" || part.is_some() {
                    self.flush(&tag.name);
                }
                match tag.name.as_str() {
                    "article" => self.is_new = true,
                    "a" => self.link = tag.attribute("href"),
                    "p" if !self.title.is_empty() => self.has_paragraph = true,
                    _ => {}
                }
                if !tag.is_void() && self.stack.len() < DEPTH {
                    self.stack.push((tag.name, part));
                }
            }
            Event::Close(name) => {
                let at = self.stack.iter().rposition(|(open, _)| *open == name);
                let ends_part =
                    at.is_some_and(|at| self.stack.iter().skip(at).any(|(_, part)| part.is_some()));
                if name == "a" {
                    self.close_link();
                }
                if is_block(&name) || ends_part {
                    self.flush(&name);
                }
                if let Some(at) = at {
                    self.stack.truncate(at);
                }
            }
            Event::Comment(_) => {}
        }
    }

    /// Returns the part that an element begins.
    fn part_of(&self, tag: &Tag<'_>) -> Option<Part> {
        if matches!(tag.name.as_str(), "aside" | "footer" | "head" | "button" | "select" | "figure") {
            return Some(Part::Nothing);
        }
        let classes = tag.classes();
        if classes.is_empty() {
            return None;
        }
        let has = |class: &str| has_class(&classes, class);
        let in_area = self.stack.iter().any(|(_, part)| *part == Some(Part::TitleArea));
        let part = if has("DocPublicationName") {
            Part::Paper
        } else if has("DocHeader") {
            Part::Header
        } else if has("titreArticleVisu") || has("rdp__articletitle") || has("grandTitre") {
            Part::Title
        } else if has("rdp__subtitle") {
            Part::Subtitle
        } else if has("titreArticle") {
            Part::TitleArea
        } else if has("docAuthors")
            || has("sm-margin-bottomNews") && !in_area && !self.area_or_title_is_missing()
        {
            Part::Author
        } else if has("docOcurrContainer") {
            Part::Text
        } else if has("DocText") {
            Part::AllText
        } else if has("apd-wrapper")
            || has("Doc-LegalInfo")
            || has("publiC-lblNodoc")
            || has("rdp__newsdoc")
            || has("txtCertificat")
        {
            Part::Nothing
        } else {
            return None;
        };
        Some(part)
    }

    fn area_or_title_is_missing(&self) -> bool {
        self.title.is_empty() && self.area.is_empty()
    }

    /// Ends a line because of an element.
    fn flush(&mut self, name: &str) {
        let part = self.part();
        self.lines.end(false);
        for line in std::mem::take(&mut self.lines.lines) {
            match part {
                Some(Part::Paper) => self.paper.push(line),
                Some(Part::Header) => self.header.push(line),
                Some(Part::TitleArea) => self.area.push(line),
                Some(Part::Title) => self.title.push(line),
                Some(Part::Subtitle) => self.subtitle.push(line),
                Some(Part::Author) => self.authors.push(line),
                Some(Part::Text) => self.text.push(line),
                Some(Part::AllText) => self.all_text.push(line),
                Some(Part::Nothing) => {}
                None => self.loose(line, name),
            }
        }
    }

    /// Reads a line of an old article that is in no part.
    fn loose(&mut self, line: String, name: &str) {
        if self.is_new {
            self.others.push(line);
            return;
        }
        if self.title.is_empty() || self.is_over {
            return;
        }
        if is_number(&line) {
            self.is_over = true;
            return;
        }
        let words = line.split_whitespace().count();
        let is_author = !self.has_paragraph
            && name == "br"
            && self.all_text.is_empty()
            && self.authors.is_empty()
            && words <= 10
            && !line.ends_with(['.', '!', '?', ':']);
        if is_author {
            self.authors.push(line);
        } else {
            self.all_text.push(line);
        }
    }

    fn close_link(&mut self) {
        const WHERE: [&str; 3] = ["cet article est paru dans", "this article appeared in", "voir l'article"];
        let text = self.lines.open().to_lowercase();
        if let Some(link) = self.link.take()
            && link.starts_with("http")
            && WHERE.iter().any(|words| text.contains(words))
        {
            self.url = Some(link);
        }
    }

    /// Returns the article read so far, and begins another one.
    fn take(&mut self) -> Option<Article> {
        self.flush("article");
        let stack = std::mem::take(&mut self.stack);
        let Self { paper, header, area, title, subtitle, authors, text, all_text, others, url, .. } =
            std::mem::replace(self, Self { stack, ..Self::default() });
        if paper.is_empty() && title.is_empty() && area.is_empty() {
            return None;
        }
        let title = if title.is_empty() { area } else { title };
        let header = header.join(" ");
        let date = days::date_in(&header).or_else(|| others.iter().find_map(|line| days::date_in(line)));
        let mut article = Article {
            title: one_line(&title.join(" ")),
            source: paper.first().map(|paper| without_issue(paper).to_owned()),
            date: date.map(str::to_owned),
            url,
            ..Article::default()
        };
        authors.iter().for_each(|author| article.byline(author));
        subtitle.iter().for_each(|line| article.paragraph(line));
        let text = if text.is_empty() { all_text } else { text };
        text.iter().filter(|line| !is_number(line)).for_each(|line| article.paragraph(line));
        article.drop_copyright();
        Some(article)
    }
}

/// Returns the name of a paper without the number of the issue: `Magazine, no. 5968`.
fn without_issue(paper: &str) -> &str {
    let is_issue = |rest: &str| {
        let rest = rest.trim_start().to_lowercase();
        let sign =
            ["no.", "no ", "n°", "nº", "vol.", "#", "numéro"].iter().any(|sign| rest.starts_with(sign));
        sign && rest.contains(|c: char| c.is_ascii_digit())
    };
    match paper.find(',') {
        Some(comma) if paper.get(comma + 1..).is_some_and(is_issue) => paper.get(..comma).unwrap_or(paper),
        _ => paper,
    }
}

/// Returns whether a line is the number of a document: `Numéro de document : news·20121004·PO·2040056000`.
fn is_number(line: &str) -> bool {
    const LABELS: [&str; 6] = [
        "numéro de document",
        "numero de document",
        "document number",
        "doc. number",
        "no. de document",
        "news·",
    ];
    let line = line.to_lowercase();
    let number = line.split_once(':').map_or(line.as_str(), |(_, number)| number).trim();
    let is_value = number.is_empty()
        || number.split_whitespace().count() <= 2 && number.contains(|c: char| c.is_ascii_digit());
    is_value && line.len() < 120 && LABELS.iter().any(|label| line.starts_with(label))
}
