//! Reads ProQuest exports in HTML, alone or in a mail: paragraphs that begin with a label, such as `Publication date:`, in bold.
//!
//! An article begins at an anchor `DocID_…` or a line `Document 3 of 10`. Its title is the first line; its text follows the label
//! `Full text:`, mostly in an element `<text>`, in which other labels do not count. `proquest_text` reads the same in plain text.

use std::collections::HashMap;
use std::io::BufRead;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use wirecopy_core::document::SkipKind;
use wirecopy_core::text::credit::is_byline;

use super::article::Article;
use super::labels::{self, counter, language};
use super::markup::{Event, Events, Lines, is_block};
use super::{days, input};
use crate::{Emit, Found, Limits};

/// Why an export yields nothing.
pub(super) const NOTHING: &str =
    "no articles in this export of ProQuest: save the documents with their full text, as HTML or text";
/// Different labels from which a page without other marks is an export.
const LABELS: usize = 3;

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
    has("name=\"DocID_")
        || has("<title>ProQuest Export</title>")
        || has("ProQuest document link</a>")
        || has("roQuest") && has_labels(html)
}

/// Returns whether a page has as many labels in bold as only an export has.
fn has_labels(html: &str) -> bool {
    let mut open = Open::default();
    let (mut marks, mut bold) = (Marks::default(), String::new());
    for event in Events::of(html) {
        if open.in_label && matches!(&event, Event::Close(name) if matches!(name.as_str(), "strong" | "b")) {
            open.lines.open().clone_into(&mut bold);
        }
        let before = open.label;
        let _ = open.read(event);
        if before.is_none() && open.label.is_some() {
            marks.add(bold.trim());
        }
        if marks.count() >= LABELS {
            return true;
        }
    }
    false
}

/// Labels that only this service writes together, as far as they were seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks([bool; 6]);

impl Marks {
    /// Notes a label.
    pub(super) fn add(&mut self, label: &str) {
        let label = label.trim_end_matches([':', '：', ' ', '\u{a0}']);
        let at = match field(label) {
            Some(Field::Source) => 0,
            Some(Field::Date) => 1,
            Some(Field::Info) => 2,
            Some(Field::Address) => 3,
            Some(Field::Text) => 4,
            _ if label.eq_ignore_ascii_case("ProQuest document ID") => 5,
            _ => return,
        };
        if let Some(mark) = self.0.get_mut(at) {
            *mark = true;
        }
    }

    /// Returns the number of different labels.
    pub(super) fn count(self) -> usize {
        self.0.into_iter().filter(|mark| *mark).count()
    }
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
pub(super) enum Field {
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
pub(super) fn field(label: &str) -> Option<Field> {
    let label = label.to_lowercase();
    let label = label.trim_end_matches([':', '：', ' ', '\u{a0}']).trim();
    FIELDS.get(label).copied()
}

/// An article that is being read.
#[derive(Default)]
pub(super) struct Open {
    lines: Lines,
    /// Whether the line began in bold, and is still in it.
    in_label: bool,
    /// A label in bold whose colon may follow it.
    before_colon: Option<Field>,
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
        let before_colon = self.before_colon.take();
        match event {
            Event::Text(text) => match text.trim_start().strip_prefix([':', '：']) {
                Some(value) if before_colon.is_some() => {
                    self.begin_field(before_colon.unwrap_or_default());
                    self.lines.text(value);
                }
                _ => self.lines.text(&text),
            },
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
                } else if name == "title" {
                    // That of the page, rather than of an article.
                    self.lines.clear();
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
        if text.len() > 80 {
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
        if text.ends_with([':', '：']) {
            self.begin_field(field);
        } else {
            self.before_colon = Some(field);
        }
    }

    /// Begins the value of a label, which is the line so far.
    fn begin_field(&mut self, field: Field) {
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
        match label {
            Some(field) => self.value(field, line),
            None if self.section == Field::Text => self.text(&line),
            None if !self.has_label && self.article.title.is_none() => self.article.title = Some(line),
            None => {}
        }
        None
    }

    /// Stores the value of a label.
    pub(super) fn value(&mut self, field: Field, line: String) {
        self.has_label = true;
        let article = &mut self.article;
        match field {
            Field::Author => {
                line.split(';').for_each(|author| article.byline(author));
            }
            Field::Title => article.title = Some(line),
            Field::Source => article.source = Some(paper(&line).to_owned()),
            Field::Date => article.date = Some(line),
            Field::Info => self.info = Some(line),
            Field::Language => article.language = language(&line),
            Field::Address => {
                article.url =
                    line.split_whitespace().find(|word| word.starts_with("http")).map(str::to_owned);
            }
            Field::Text => self.text(&line),
            Field::Other => {}
        }
    }

    /// Adds a line of the text.
    pub(super) fn text(&mut self, line: &str) {
        // A tag whose first sign is lost, and the name of a button.
        if matches!(line, "html>" | "Enlarge this image." | "Enlarge this image") {
            return;
        }
        // The captions of pictures follow.
        if line == "Illustration" && self.in_text {
            self.section = Field::Other;
            return;
        }
        match credit(line) {
            // Papers also name their own authors there.
            Some(credit) if is_byline(credit) || is_sentence(credit) => {
                if self.article.bylines.is_empty() {
                    self.article.byline(credit);
                }
            }
            Some(credit) => self.article.credit = Some(credit.to_owned()),
            None => self.article.paragraph(line),
        }
    }

    /// Returns the article read so far; `None` if there is not one.
    pub(super) fn take(&mut self) -> Option<Article> {
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

/// Returns the value of a line below the text that names an agency or a person.
pub(super) fn credit(line: &str) -> Option<&str> {
    let value = line.strip_prefix("Credit: ").or_else(|| line.strip_prefix("CREDIT: "))?;
    (value.len() < 200).then_some(value)
}

/// Returns whether a credit says what its authors are: `Roe and Doe are staff writers.`
fn is_sentence(credit: &str) -> bool {
    let says = |word: &str| matches!(word, "is" | "are" | "was" | "were");
    credit.ends_with('.') && credit.split_whitespace().skip(1).any(says)
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
