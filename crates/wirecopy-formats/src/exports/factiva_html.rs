//! Reads Factiva exports in HTML: articles as tables with field codes, or as a column of lines without them.
//!
//! ```html
//! <div class="article enArticle"><table><tr><td><b>HD</b></td><td>…</td></tr>…</table></div>
//! <div class="article enArticle"><div id="hd"><span class="enHeadline">…</span></div><div class="author">…</div><div>512 words</div>
//! <div>29 December 2011</div>…<p class="articleParagraph enarticleParagraph">…</p>…<p>Document SAMPLE0020111229e7ct0001r</p></div>
//! ```

use std::io::BufRead;
use std::ops::ControlFlow;

use wirecopy_core::document::SkipKind;

use super::article::Article;
use super::factiva::{Fields, facts, has_facts, is_accession, is_number, is_offer, of_lines};
use super::input;
use super::markup::{Event, Events, Lines, Tag, has_class, is_block};
use crate::{Emit, Found, Limits};

/// Why an export yields nothing.
const NOTHING: &str = "no articles in this page of Factiva: save articles with their text, as HTML or RTF, rather than the list of headlines";

/// Reads an export in HTML.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let html = match input::text(input, limits) {
        Ok(html) => html,
        Err(refusal) => return emit(Found::Skip(refusal)),
    };
    let mut reader: Option<Open> = None;
    let mut found = false;
    let mut finish = |open: Option<Open>, emit: &mut Emit<'_>| match open.and_then(Open::article) {
        Some(article) => {
            found = true;
            emit(article.found(limits))
        }
        None => ControlFlow::Continue(()),
    };
    for event in Events::of(&html) {
        if let Event::Open(tag) = &event
            && let Some(language) = article_language(tag)
        {
            finish(reader.take(), emit)?;
            reader = Some(Open::of(Some(language)));
            continue;
        }
        // Around an article with a language, there may be another element, which then has nothing else in it.
        if let Event::Open(tag) = &event
            && is_numbered(tag)
        {
            finish(reader.take(), emit)?;
            reader = Some(Open::of(None));
            continue;
        }
        let Some(open) = &mut reader else { continue };
        if !open.read(event) {
            finish(reader.take(), emit)?;
        }
    }
    finish(reader.take(), emit)?;
    if found { ControlFlow::Continue(()) } else { emit(Found::Skip(SkipKind::Empty.because(NOTHING))) }
}

/// Returns the tag of the language if an element is an article: its classes are `article` and `enArticle`, say.
fn article_language(tag: &Tag<'_>) -> Option<String> {
    if tag.name != "div" {
        return None;
    }
    let classes = tag.classes();
    let of = |class: &str| {
        let language = class.strip_suffix("Article")?;
        (2..=5).contains(&language.len()).then(|| language.get(..2).map(str::to_ascii_lowercase)).flatten()
    };
    if !has_class(&classes, "article") {
        return None;
    }
    classes.split_whitespace().find_map(of)
}

/// Returns whether an element is an article by its number: `<div id="article-SAMPF00020050408dp1700iz8" class="article">`.
fn is_numbered(tag: &Tag<'_>) -> bool {
    tag.name == "div"
        && has_class(&tag.classes(), "article")
        && tag.attribute("id").is_some_and(|id| id.strip_prefix("article-").is_some_and(is_number))
}

/// Returns whether the start of a page is an export that lacks the usual classes: an article by its number, or one that is named
/// as such and has the facts of an article, or its number at the end.
pub(super) fn is_numbered_export(html: &str) -> bool {
    let (mut is_named, mut lines) = (false, Lines::default());
    for event in Events::of(html) {
        match event {
            Event::Open(tag) => {
                is_named |= tag.name == "div" && has_class(&tag.classes(), "article");
                if is_numbered(&tag) {
                    return true;
                }
                if is_block(&tag.name) || tag.name == "br" {
                    lines.end(false);
                }
            }
            Event::Close(name) if is_block(&name) => lines.end(false),
            Event::Text(text) => lines.text(&text),
            _ => {}
        }
    }
    let lines = lines.take();
    let of = || lines.iter().map(String::as_str);
    is_named && has_facts(of()) && (of().any(is_accession) || of().any(is_offer))
}

/// The place in an article that texts belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Above the headline, or between the facts.
    Facts,
    Headline,
    Author,
    Paragraph,
    /// The first cell of a row.
    Code,
    /// The second cell of a row.
    Value,
}

/// An article that is being read.
struct Open {
    language: Option<String>,
    /// The number of `<div>` around the current place, the article's own included.
    divs: usize,
    place: Place,
    /// The number of the cell in its row.
    cell: usize,
    lines: Lines,
    fields: Fields,
    title: Vec<String>,
    authors: Vec<String>,
    facts: Vec<String>,
    paragraphs: Vec<String>,
    /// All lines, and whether they are a headline.
    all: (Vec<String>, Vec<bool>),
}

impl Open {
    fn of(language: Option<String>) -> Self {
        Self {
            language,
            divs: 1,
            place: Place::Facts,
            cell: 0,
            lines: Lines::default(),
            fields: Fields::default(),
            title: Vec::new(),
            authors: Vec::new(),
            facts: Vec::new(),
            paragraphs: Vec::new(),
            all: (Vec::new(), Vec::new()),
        }
    }

    /// Reads a part of the article. Returns `false` at its end.
    fn read(&mut self, event: Event<'_>) -> bool {
        match event {
            Event::Text(text) => self.lines.text(&text),
            Event::Open(tag) => self.open(&tag),
            Event::Close(name) => {
                if is_block(&name) {
                    self.flush();
                }
                match name.as_str() {
                    "div" => {
                        self.place = Place::Facts;
                        self.divs -= 1;
                    }
                    "p" if self.cell == 0 => self.place = Place::Facts,
                    "table" => (self.place, self.cell) = (Place::Facts, 0),
                    _ => {}
                }
            }
            Event::Comment(_) => {}
        }
        self.divs > 0
    }

    fn open(&mut self, tag: &Tag<'_>) {
        if is_block(&tag.name) {
            self.flush();
        }
        match tag.name.as_str() {
            "br" => self.flush(),
            "tr" => (self.place, self.cell) = (Place::Facts, 0),
            "td" | "th" => {
                self.cell += 1;
                self.place = if self.cell == 1 { Place::Code } else { Place::Value };
            }
            "div" => {
                self.divs += 1;
                let is_headline = tag.attribute("id").is_some_and(|id| id.eq_ignore_ascii_case("hd"));
                self.place = if is_headline {
                    Place::Headline
                } else if has_class(&tag.classes(), "author") {
                    Place::Author
                } else {
                    Place::Facts
                };
            }
            "p" if self.cell == 0
                && tag.classes().split_whitespace().any(|class| class.ends_with("articleParagraph")) =>
            {
                self.place = Place::Paragraph;
            }
            "span" | "b" if self.place == Place::Facts && tag.classes().ends_with("Headline") => {
                self.place = Place::Headline;
            }
            _ => {}
        }
    }

    /// Ends a line.
    fn flush(&mut self) {
        self.lines.end(false);
        for line in self.lines.lines.drain(..) {
            self.all.0.push(line.clone());
            self.all.1.push(self.place == Place::Headline);
            match self.place {
                Place::Code => {
                    // A cell without a code continues the field above.
                    if !self.fields.open(&line) {
                        self.fields.add(&line);
                    }
                }
                Place::Value => self.fields.add(&line),
                Place::Headline => self.title.push(line),
                Place::Author => self.authors.push(line),
                Place::Paragraph => self.paragraphs.push(line),
                Place::Facts => self.facts.push(line),
            }
        }
    }

    /// Returns the article; `None` if there is nothing in it.
    fn article(mut self) -> Option<Article> {
        self.flush();
        let language = self.language;
        if !self.fields.is_empty() {
            let article = self.fields.article()?;
            return Some(Article { language: language.or(article.language.clone()), ..article });
        }
        // Without the classes of paragraphs, the order of the lines says what they are.
        if self.paragraphs.is_empty()
            && has_facts(self.all.0.iter().map(String::as_str))
            && let Some(article) = of_lines(&self.all.0, &self.all.1)
        {
            return Some(Article { language: language.or(article.language.clone()), ..article });
        }
        let mut article = Article {
            title: Some(self.title.join(" ")).filter(|title| !title.is_empty()),
            ..Article::default()
        };
        let lines: Vec<&str> = self.facts.iter().map(String::as_str).collect();
        // The section is above the headline; the number of words begins the facts.
        let start = lines.iter().position(|line| super::factiva::is_word_count(line));
        let start = start.or_else(|| lines.iter().position(|line| super::days::date_line(line).is_some()));
        facts(&mut article, lines.get(start.unwrap_or(0)..).unwrap_or_default());
        for author in &self.authors {
            article.byline(author);
        }
        for line in self.paragraphs.iter().filter(|line| !is_offer(line) && !is_accession(line)) {
            article.paragraph(line);
        }
        article.language = language.or(article.language);
        (article.title.is_some() || !article.body.is_empty()).then_some(article)
    }
}
