//! An article of an export on its way to an [`Item`].

use wirecopy_core::document::{Delivery, Metadata, SkipKind, one_line};

use crate::{Body, Found, Item, Limits};

use super::input::too_large;

/// Words from which a paragraph below a notice of copyright is text.
const PROSE: usize = 12;

/// What an export says of an article.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Article {
    pub title: Option<String>,
    /// The paper.
    pub source: Option<String>,
    /// The date of publication as written.
    pub date: Option<String>,
    pub bylines: Vec<String>,
    pub url: Option<String>,
    /// The tag of the language.
    pub language: Option<String>,
    pub dateline: Option<String>,
    /// The agency or person to be named.
    pub credit: Option<String>,
    /// Paragraphs.
    pub body: Vec<String>,
}

impl Article {
    /// Adds a line that names authors, if it names any.
    pub(super) fn byline(&mut self, line: &str) {
        if let Some(line) = one_line(line) {
            self.bylines.push(line);
        }
    }

    /// Adds a paragraph, if it has text.
    pub(super) fn paragraph(&mut self, text: &str) {
        if let Some(text) = one_line(text) {
            self.body.push(text);
        }
    }

    /// Removes notices of copyright from the end of the text.
    pub(super) fn drop_copyright(&mut self) {
        let first = self.body.len().saturating_sub(4);
        let is_notice = |text: &String| {
            text.len() < 300 && (super::labels::is_copyright(text) || super::labels::reserves_rights(text))
        };
        if let Some(at) = self.body[first..].iter().position(is_notice) {
            let rest = &self.body[first + at..];
            let is_short = |text: &String| text.len() < 300 && super::tail::words(text) < PROSE;
            if rest.iter().all(|text| is_notice(text) || is_short(text)) {
                self.body.truncate(first + at);
            }
        }
    }

    /// Returns the item, or why there is not one.
    pub(super) fn found(self, limits: Limits) -> Found {
        let text = self.body.join("\n");
        if text.len() as u64 > limits.item_bytes {
            return Found::Skip(too_large(limits));
        }
        let title = self.title.as_deref().and_then(one_line);
        if text.is_empty() {
            let reason = match title {
                Some(title) => format!("no text in the article “{}”", shortened(&title)),
                None => "no text in an article of the export".to_owned(),
            };
            return Found::Skip(SkipKind::Empty.because(reason));
        }
        let (dateline, credit) = (self.dateline, self.credit);
        let delivery = (dateline.is_some() || credit.is_some())
            .then(|| Box::new(Delivery { dateline, credit, ..Delivery::default() }));
        let meta = Metadata {
            title,
            date: self.date,
            source: self.source.as_deref().and_then(one_line),
            url: self.url,
            bylines: self.bylines,
            language: self.language,
            delivery,
            ..Metadata::default()
        };
        Found::Item(Box::new(Item { meta, body: Body::Text(text) }))
    }
}

/// Returns the start of a title.
fn shortened(title: &str) -> String {
    let mut short: String = title.chars().take(60).collect();
    if short.len() < title.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn article_becomes_an_item() {
        let mut article = Article { title: Some(" A\n title ".to_owned()), ..Article::default() };
        article.byline(" Ann  Example ");
        article.byline(" ");
        article.paragraph("One\ntwo");
        article.paragraph("Three");
        let Found::Item(item) = article.clone().found(Limits::default()) else { panic!() };
        assert_eq!(item.meta.title.as_deref(), Some("A title"));
        assert_eq!(item.meta.bylines, ["Ann Example"]);
        assert_eq!(item.body, Body::Text("One two\nThree".to_owned()));
        assert_eq!(item.meta.delivery, None);
        let small = Limits { item_bytes: 5, depth: 9 };
        assert_eq!(article.found(small), Found::Skip(too_large(small)));
    }

    #[test]
    fn article_without_text_is_skipped_by_its_title() {
        let article = Article { title: Some("A photograph".to_owned()), ..Article::default() };
        let Found::Skip(refusal) = article.found(Limits::default()) else { panic!() };
        assert_eq!(refusal, SkipKind::Empty.because("no text in the article “A photograph”"));
    }

    #[test]
    fn copyright_is_removed_from_the_end_only() {
        let mut article = Article::default();
        for text in [
            "Copyright 2010 is in the first line.",
            "b",
            "c",
            "d",
            "e",
            "© 2012 Paper. All rights reserved.",
            "Web",
        ] {
            article.paragraph(text);
        }
        article.drop_copyright();
        assert_eq!(article.body.len(), 5);
    }
}
