//! Takes apart one article of Nexis: its lines are the same in all forms of export, old (`3 of 10 DOCUMENTS`) and new (Nexis Uni).
//!
//! In the old ones, the paper comes first, then the date and the title in either order, then labels, then the text, then
//! labels again, and a notice of copyright above or below. In the new ones, the title comes first, then the paper and the date,
//! labels in small letters, and the text below the heading `Body`.

use std::sync::LazyLock;
use wirecopy_core::document::one_line;

use wirecopy_core::word_table::Words;

use super::article::Article;
use super::labels::{
    self, Label, is_after_heading, is_body_heading, is_copyright, is_like_label, label, label_above, language,
};
use super::{days, tail, wrap};

/// A mark for a new section or page, as a line of its own.
pub(super) const BREAK: &str = "\u{c}";
/// Blocks after the start of an article in which the labels above the text are expected.
const HEADER: usize = 30;
/// Words from which a line that could be a title is rather a paragraph.
const LONG_TITLE: usize = 50;

/// Lines without blank ones between.
type Block = Vec<String>;

/// Returns an article of an old export. `is_wrapped`: lines are those of a text wrapped to a width, not paragraphs.
pub(super) fn old(lines: &[String], is_wrapped: bool) -> Article {
    let blocks = blocks(lines);
    let mut header = Header::default();
    let body = header.read(&blocks);
    let rest = blocks.get(body..).unwrap_or_default();
    let declared = blocks.iter().take(body).flatten().find_map(|line| declared(label(line)));
    let end = end_of_body(rest, declared);
    let mut article = header.article;
    let text = rest.get(..end).unwrap_or_default();
    // Decks come before the text in the paper.
    for deck in header.decks {
        article.paragraph(&deck);
    }
    for paragraph in header.rest {
        article.paragraph(&paragraph);
    }
    let width = if is_wrapped { wrap::width(text.iter().flatten().map(String::as_str)) } else { None };
    for block in text {
        for paragraph in wrap::paragraphs(block, width) {
            article.paragraph(&paragraph);
        }
    }
    article.drop_copyright();
    drop_abstract(&mut article.body);
    for block in rest.get(end..).unwrap_or_default() {
        after_text(&mut article, block);
    }
    article
}

/// Returns an article of Nexis Uni, from the end of the one before to its own; `None` if the lines are not one.
pub(super) fn uni(lines: &[String]) -> Option<Article> {
    // An article without the heading has no text: a picture.
    let body = lines.iter().position(|line| is_body_heading(line)).unwrap_or(lines.len());
    let (above, below) = (lines.get(..body)?, lines.get(body + 1..).unwrap_or_default());
    if !below.iter().any(|line| label(line).is_some())
        && !above.iter().any(|line| label_above(line).is_some())
    {
        return None;
    }
    let mut article = Article::default();
    let mut decks = Vec::new();
    let first_label = |line: &String| label(line).is_some() || is_copyright(line);
    // The labels directly above the text; others belong to the list of contents before the first article.
    let date = above
        .iter()
        .rposition(|line| days::date_line(line).is_some() && line.split_whitespace().count() <= 14);
    let labels = match date {
        Some(date) => date + 1,
        None => above.iter().position(first_label).unwrap_or(above.len()),
    };
    let start = above.get(..labels)?.iter().rposition(|line| line.trim() == BREAK).map_or(0, |at| at + 1);
    let mut named: Vec<&str> = above.get(start..date.unwrap_or(labels))?.iter().map(String::as_str).collect();
    named.retain(|line| !line.trim().is_empty() && !is_cover(line));
    // The title at the top of the page comes before that of the article.
    named.dedup_by_key(|line| line.trim());
    // Without a break after the list of contents, only the last two lines are sure.
    let has_cover = above.get(..labels)?.iter().any(|line| is_cover(line)) && start == 0;
    let from = if has_cover { named.len().saturating_sub(2) } else { 0 };
    let mut named = named.into_iter().skip(from);
    article.title = named.next().and_then(one_line);
    article.source = named.next().and_then(one_line);
    article.date = match date.and_then(|at| above.get(at)) {
        Some(line) => days::date_line(line).map(str::to_owned),
        None => named.find(|line| days::is_month(line)).map(|line| line.trim().to_owned()),
    };
    for line in above.get(labels..).unwrap_or_default() {
        if let Some((label, value)) = label_above(line) {
            set(&mut article, &mut decks, label, value);
        }
    }
    for deck in decks {
        article.paragraph(&deck);
    }
    let ends = |line: &String| is_after_heading(line) || labels::is_end(line) || ends_text(line);
    let marks: Vec<usize> =
        below.iter().enumerate().filter(|(_, line)| ends(line)).map(|(at, _)| at).collect();
    let declared = above.iter().skip(labels).find_map(|line| declared(label_above(line)));
    let end = tail::end(below, &marks, declared).unwrap_or(below.len());
    let title = article.title.clone().unwrap_or_default();
    let is_text = |line: &&String| line.trim() != BREAK && line.trim() != title;
    for line in below.iter().take(end).filter(is_text) {
        article.paragraph(line);
    }
    article.drop_copyright();
    drop_abstract(&mut article.body);
    for line in below.iter().skip(end) {
        if let Some((label @ (Label::Language | Label::Url), value)) = label_above(line) {
            set(&mut article, &mut Vec::new(), label, value);
        }
    }
    Some(article)
}

/// Returns whether lines are an article of Nexis Uni although its last line is missing: a heading of the text, and above it a label
/// in the form of Word documents, or else the number of words and a date or a notice of copyright.
pub(super) fn is_uni<'a>(lines: impl Iterator<Item = &'a str>) -> bool {
    let is_certain = |line: &&str| line.contains(":\u{a0}") && label(line).is_some();
    let is_length = |line: &&str| {
        let number = label_above(line).filter(|(label, _)| *label == Label::Length);
        number.is_some_and(|(_, value)| value.starts_with(|c: char| c.is_ascii_digit()))
    };
    let is_other = |line: &&str| is_copyright(line) || days::date_line(line).is_some();
    let mut above = Vec::new();
    for line in lines {
        if !is_body_heading(line) {
            above.push(line);
            continue;
        }
        let has = |is: &dyn Fn(&&str) -> bool| above.iter().any(is);
        if has(&is_certain) || has(&is_length) && has(&is_other) {
            return true;
        }
        above.clear();
    }
    false
}

/// Returns whether a line is part of the cover page or of the list of contents of a download.
pub(super) fn is_cover(line: &str) -> bool {
    static LABELS: Words = LazyLock::new(|| labels::words("nexis contents"));
    let line = line.trim();
    LABELS.iter().any(|label| line.starts_with(label))
}

/// Groups lines into blocks.
fn blocks(lines: &[String]) -> Vec<Block> {
    let mut blocks = vec![Block::new()];
    for line in lines {
        let is_blank = line.trim().is_empty();
        match blocks.last_mut() {
            Some(last) if !is_blank => last.push(line.replace(BREAK, "")),
            Some(last) if last.is_empty() => {}
            _ => blocks.push(Block::new()),
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

/// What comes before the text of an old article.
#[derive(Default)]
struct Header {
    article: Article,
    decks: Vec<String>,
    /// The start of the text, if it is in a block with a label.
    rest: Vec<String>,
    has_label: bool,
    /// Whether a full date is given, so that a month is not one.
    has_date: bool,
}

impl Header {
    /// Reads the header. Returns the position of the first block of the text.
    fn read(&mut self, blocks: &[Block]) -> usize {
        let labelled = |wanted: Label| {
            let is_wanted = |block: &Block| {
                block.iter().any(|line| label(line).is_some_and(|(label, _)| label == wanted))
            };
            blocks.iter().take(HEADER).position(is_wanted)
        };
        let last = labelled(Label::Body).or_else(|| labelled(Label::Length));
        let mut above = blocks.iter().take(last.unwrap_or(4)).flatten();
        self.has_date = above.any(|line| days::date_line(line).is_some());
        for (at, block) in blocks.iter().enumerate() {
            let first = block.first().map_or("", String::as_str);
            let label = label(first);
            let is_header = match (label, last) {
                (Some((Label::After | Label::Update | Label::MaybeAfter, _)), last) => {
                    last.is_some_and(|last| at <= last)
                }
                (Some(_), _) => true,
                (None, Some(last)) => at <= last,
                (None, None) => !self.has_label && self.expects(block),
            };
            if !is_header {
                return at;
            }
            if label.is_some() {
                let is_body = self.labelled(block);
                if is_body {
                    return at + 1;
                }
            } else {
                self.unlabelled(block);
            }
        }
        blocks.len()
    }

    /// Returns whether paper, date or title are still missing, and a block may be one of them.
    fn expects(&self, block: &Block) -> bool {
        let is_short = block.iter().flat_map(|line| line.split_whitespace()).count() < LONG_TITLE;
        is_short
            && (self.article.source.is_none() || self.article.title.is_none() || self.article.date.is_none())
            || block.first().is_some_and(|line| is_copyright(line))
    }

    /// Reads a block that begins with a label. Returns whether the text begins in it.
    fn labelled(&mut self, block: &[String]) -> bool {
        self.has_label = true;
        let mut open: Option<(Label, String)> = None;
        for line in block {
            match label(line) {
                // A value goes on over lines, also if one looks like a label.
                Some((label, value)) if !open.as_ref().is_some_and(|(open, _)| *open == Label::Body) => {
                    self.close(open.take());
                    open = Some((label, value.to_owned()));
                }
                _ => {
                    if let Some((_, value)) = &mut open {
                        value.push(' ');
                        value.push_str(line.trim());
                    }
                }
            }
        }
        let is_body = open.as_ref().is_some_and(|(label, _)| *label == Label::Body);
        self.close(open);
        is_body
    }

    fn close(&mut self, field: Option<(Label, String)>) {
        match field {
            Some((Label::Body, text)) => self.rest.push(text),
            Some((label, value)) => set(&mut self.article, &mut self.decks, label, &value),
            None => {}
        }
    }

    /// Reads a block without a label: the notice of copyright, the paper, the date with its edition, or the title.
    fn unlabelled(&mut self, block: &[String]) {
        let rights = block.iter().rposition(|line| labels::reserves_rights(line));
        let is_notice = block.first().is_some_and(|line| is_copyright(line));
        let lines = match rights {
            Some(rights) => block.get(rights + 1..).unwrap_or_default(),
            None if is_notice => return,
            None => block,
        };
        if lines.is_empty() {
            return;
        }
        let dated = lines.iter().position(|line| days::date_line(line).is_some());
        let is_month =
            !self.has_date && self.article.source.is_some() && lines.iter().any(|line| days::is_month(line));
        let article = &mut self.article;
        if article.date.is_none()
            && let Some(at) = dated.or(is_month.then_some(0))
        {
            let line = lines.get(at).map_or("", String::as_str);
            article.date = Some(days::date_line(line).unwrap_or(line.trim()).to_owned());
            if article.source.is_none() {
                article.source = one_line(&lines.get(..at).unwrap_or_default().join(" "));
            }
            return;
        }
        let text = one_line(&lines.join(" "));
        if article.source.is_none() {
            article.source = text;
        } else if article.title.is_none() {
            article.title = text;
        } else {
            self.decks.extend(text);
        }
    }
}

/// Stores the value of a label.
fn set(article: &mut Article, decks: &mut Vec<String>, label: Label, value: &str) {
    let Some(value) = one_line(value) else { return };
    match label {
        Label::Headline => article.title = Some(value),
        Label::Byline => article.bylines.push(value),
        Label::Dateline => article.dateline = Some(value),
        Label::Deck => decks.push(value),
        Label::Language => article.language = language(&value),
        Label::Url if value.starts_with("http") => article.url = Some(value),
        _ => {}
    }
}

/// Reads a block after the text: only language and address are wanted.
fn after_text(article: &mut Article, block: &[String]) {
    for line in block {
        if let Some((label @ (Label::Language | Label::Url), value)) = label(line) {
            set(article, &mut Vec::new(), label, value);
        }
    }
}

/// Returns the number of words that a label declares.
fn declared(label: Option<(Label, &str)>) -> Option<usize> {
    label.filter(|(label, _)| *label == Label::Length).and_then(|(_, value)| tail::number(value))
}

/// Returns the position of the first block after the text, which has about as many words as declared.
fn end_of_body(blocks: &[Block], declared: Option<usize>) -> usize {
    let first = |block: &Block| block.first().map_or("", String::as_str).to_owned();
    let is_maybe = |block: &Block| {
        let first = first(block);
        // The value of a label that is not known is short, and not a sentence.
        let is_unknown =
            is_like_label(&first) && first.split_whitespace().count() <= 8 && !first.ends_with('.');
        is_unknown || matches!(label(&first), Some((Label::MaybeAfter | Label::Url, _)))
    };
    let marks: Vec<usize> =
        blocks.iter().enumerate().filter(|(_, block)| ends_text(&first(block))).map(|(at, _)| at).collect();
    let paragraphs: Vec<String> = blocks.iter().map(|block| block.join(" ")).collect();
    if let Some(mut end) = tail::end(&paragraphs, &marks, declared) {
        while end > 0 && blocks.get(end - 1).is_some_and(is_maybe) {
            end -= 1;
        }
        return end;
    }
    // Nothing is certain: labels at the very end.
    let is_last = |block: &Block| {
        is_maybe(block) || is_copyright(&first(block)) || labels::reserves_rights(&first(block))
    };
    blocks.iter().rposition(|block| !is_last(block)).map_or(0, |last| last + 1)
}

/// Returns whether a line follows the text, for certain.
fn ends_text(line: &str) -> bool {
    match label(line) {
        Some((Label::After | Label::Language, _)) => true,
        Some((Label::Update, value)) => days::date_in(value).is_some(),
        _ => false,
    }
}

/// Removes an abstract before the full text, and the headings of both.
fn drop_abstract(body: &mut Vec<String>) {
    let heading = |text: &str| matches!(text.trim_end_matches(':'), "FULL TEXT" | "Full Text");
    if body.first().is_some_and(|text| text.trim_end_matches(':').eq_ignore_ascii_case("abstract"))
        && let Some(full) = body.iter().position(|text| heading(text))
    {
        body.drain(..=full);
    }
}
