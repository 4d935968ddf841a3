//! Reads ProQuest exports in HTML, alone or in a mail: paragraphs that begin with a label, such as `Publication date:`, in bold.
//!
//! An article begins at an anchor `DocID_…` or a line `Document 3 of 10`. Its title is the first line; its text follows the label
//! `Full text:`, mostly in an element `<text>`, in which other labels do not count.

use std::collections::HashMap;
use std::io::BufRead;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use wirecopy_core::document::SkipKind;

use super::article::Article;
use super::labels::{self, counter, language};
use super::markup::{Event, Events, Lines, is_block};
use super::{days, input};
use crate::{Emit, Found, Limits};

/// Why an export yields nothing.
const NOTHING: &str =
    "no articles in this export of ProQuest: save the documents with their full text, as HTML";

/// Reads an export in HTML.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    match input::text(input, limits) {
        Ok(html) => articles(&html, limits, emit),
        Err(refusal) => emit(Found::Skip(refusal)),
    }
}

/// Returns whether a page is an export, from its start or as a whole.
pub(super) fn is_export(html: &str) -> bool {
    let has = |sign: &str| memchr::memmem::find(html.as_bytes(), sign.as_bytes()).is_some();
    has("name=\"DocID_") || has("<title>ProQuest Export</title>") || has("ProQuest document link</a>")
}

/// Reads the articles of a page.
pub(super) fn articles(html: &str, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let mut open = Open::default();
    let mut found = false;
    for event in Events::of(html) {
        if let Some(article) = open.read(event) {
            found = true;
            emit(article.found(limits))?;
        }
    }
    open.flush();
    if let Some(article) = open.take() {
        found = true;
        emit(article.found(limits))?;
    }
    if found { ControlFlow::Continue(()) } else { emit(Found::Skip(SkipKind::Empty.because(NOTHING))) }
}

/// What a label stands before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Field {
    Title,
    Author,
    Source,
    Date,
    /// Paper, place, date and page in one.
    Info,
    Language,
    Address,
    Text,
    #[default]
    Other,
}

const KINDS: [(&str, Field); 9] = [
    ("proquest title", Field::Title),
    ("proquest author", Field::Author),
    ("proquest source", Field::Source),
    ("proquest date", Field::Date),
    ("proquest info", Field::Info),
    ("proquest language", Field::Language),
    ("proquest address", Field::Address),
    ("proquest text", Field::Text),
    ("proquest other", Field::Other),
];

static FIELDS: LazyLock<HashMap<&str, Field>> = LazyLock::new(|| labels::by_word(&KINDS));

/// Returns what a label stands before; `None` if it is not known.
fn field(label: &str) -> Option<Field> {
    let label = label.to_lowercase();
    let label = label.trim_end_matches([':', '：', ' ', '\u{a0}']).trim();
    FIELDS.get(label).copied()
}

/// An article that is being read.
#[derive(Default)]
struct Open {
    lines: Lines,
    /// Whether the line began in bold, and is still in it.
    in_label: bool,
    /// The label of the line.
    label: Option<Field>,
    /// What lines without a label belong to.
    section: Field,
    /// Whether the text is in an element of its own.
    in_text: bool,
    has_label: bool,
    article: Article,
    info: Option<String>,
}

impl Open {
    /// Reads a part of the page. Returns an article that ends before it.
    fn read(&mut self, event: Event<'_>) -> Option<Article> {
        match event {
            Event::Text(text) => self.lines.text(&text),
            Event::Open(tag) => {
                if is_block(&tag.name) || tag.name == "br" {
                    let done = self.flush();
                    if done.is_some() {
                        return done;
                    }
                }
                match tag.name.as_str() {
                    "strong" | "b" => self.in_label = self.lines.open().is_empty(),
                    "text" => (self.in_text, self.section) = (true, Field::Text),
                    "a" if tag.attribute("name").is_some_and(|name| name.starts_with("DocID_")) => {
                        return self.begin();
                    }
                    _ => {}
                }
            }
            Event::Close(name) => {
                if matches!(name.as_str(), "strong" | "b") {
                    self.end_label();
                } else if is_block(&name) {
                    let done = self.flush();
                    if done.is_some() {
                        return done;
                    }
                }
                if name == "text" {
                    (self.in_text, self.section) = (false, Field::Other);
                }
            }
            Event::Comment(_) => {}
        }
        None
    }

    /// Begins an article. Returns the one before.
    fn begin(&mut self) -> Option<Article> {
        self.lines.clear();
        let before = self.take();
        *self = Self::default();
        before
    }

    /// Ends a text in bold: it is a label if a colon ends it and it is known, or follows other labels.
    fn end_label(&mut self) {
        if !std::mem::take(&mut self.in_label) {
            return;
        }
        let text = self.lines.open().trim_end();
        if !text.ends_with([':', '：']) || text.len() > 80 {
            return;
        }
        let field = match field(text) {
            // Inside the text, only labels that no article has.
            Some(field) if self.in_text => match field {
                Field::Source | Field::Date | Field::Address | Field::Info => field,
                _ => return,
            },
            Some(field) => field,
            None if self.has_label && !self.in_text && self.section != Field::Text => Field::Other,
            None => return,
        };
        self.lines.clear();
        (self.has_label, self.in_text) = (true, false);
        (self.label, self.section) = (Some(field), field);
    }

    /// Ends a line. Returns an article that ends before it.
    fn flush(&mut self) -> Option<Article> {
        self.lines.end(false);
        let line = std::mem::take(&mut self.lines.lines).pop();
        self.in_label = false;
        let label = self.label.take();
        let line = line?;
        if label.is_none() && !self.in_text && counter(&line).is_some() {
            let before = self.take();
            *self = Self::default();
            return before;
        }
        let article = &mut self.article;
        match label {
            Some(Field::Author) => {
                line.split(';').for_each(|author| article.byline(author));
            }
            Some(Field::Title) => article.title = Some(line),
            Some(Field::Source) => article.source = Some(paper(&line).to_owned()),
            Some(Field::Date) => article.date = Some(line),
            Some(Field::Info) => self.info = Some(line),
            Some(Field::Language) => article.language = language(&line),
            Some(Field::Address) => {
                article.url =
                    line.split_whitespace().find(|word| word.starts_with("http")).map(str::to_owned);
            }
            Some(Field::Other) => {}
            Some(Field::Text) => self.text(&line),
            None if self.section == Field::Text => self.text(&line),
            None if !self.has_label && article.title.is_none() => article.title = Some(line),
            None => {}
        }
        None
    }

    /// Adds a line of the text.
    fn text(&mut self, line: &str) {
        // A tag whose first sign is lost, and the name of a button.
        if matches!(line, "html>" | "Enlarge this image." | "Enlarge this image") {
            return;
        }
        // The captions of pictures follow.
        if line == "Illustration" && self.in_text {
            self.section = Field::Other;
            return;
        }
        match line.strip_prefix("Credit: ") {
            Some(credit) if credit.len() < 200 => self.article.credit = Some(credit.to_owned()),
            _ => self.article.paragraph(line),
        }
    }

    /// Returns the article read so far; `None` if there is not one.
    fn take(&mut self) -> Option<Article> {
        let mut article = std::mem::take(&mut self.article);
        let info = self.info.take();
        if !self.has_label {
            return None;
        }
        if let Some(info) = info {
            article.date = article.date.or_else(|| days::date_in(&info).map(str::to_owned));
            article.source = article.source.or_else(|| Some(paper(&info).to_owned()));
        }
        article.title = article.title.map(|title| without_edition(&title).to_owned());
        article.drop_copyright();
        Some(article)
    }
}

/// Returns the name of a paper without its place: `Daily Sample; London (UK)`.
fn paper(value: &str) -> &str {
    value.split([';', '[']).next().unwrap_or(value).trim()
}

/// Returns a title without the edition that the service adds: `A title: [Final Edition]`.
fn without_edition(title: &str) -> &str {
    match title.rsplit_once('[') {
        Some((before, edition)) if edition.trim_end().ends_with("Edition]") && !before.trim().is_empty() => {
            before.trim_end().trim_end_matches(':').trim_end()
        }
        _ => title,
    }
}
