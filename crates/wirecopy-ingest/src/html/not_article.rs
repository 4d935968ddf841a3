//! Excludes blocks in and around an article that do not belong to it: cookie notices, teasers, comments, other articles.
//!
//! Unlike [`super::hints`], which uses class names, these rules use the structure and the text of the page.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::body::{ENOUGH, Search};
use super::outline::{Element, Tag, prose};
use crate::page::WORDS;
use wirecopy_core::word_table::{self, Words};

/// Most blocks of a teaser or a comment.
const CARD: usize = 12;
/// Parts of words that cookie notices contain, without a first letter that may be a capital.
static COOKIES: Words = LazyLock::new(|| word_table::words(WORDS, "consent text"));

/// Returns whether a text mentions cookies.
fn mentions_cookies(text: &str) -> bool {
    COOKIES.iter().any(|word| text.contains(word))
}

/// Returns whether most of the prose of a text is a cookie notice, and the title is about something else.
pub(super) fn is_consent(text: &str, title: Option<&str>) -> bool {
    let consent = |line: &&str| mentions_cookies(line);
    let words: usize = text.lines().filter(consent).map(prose).sum();
    words > 0 && words * 2 >= prose(text) && !title.is_some_and(mentions_cookies)
}

impl Search<'_> {
    /// Excludes elements without the headline whose prose is mostly about cookies.
    pub(super) fn exclude_consent(&mut self) {
        let Some(headline) = self.headline else { return };
        let blocks = &self.outline.blocks;
        if mentions_cookies(&blocks[headline].text) {
            return;
        }
        let mut sums = Vec::with_capacity(blocks.len() + 1);
        let mut sum = 0;
        for (at, block) in blocks.iter().enumerate() {
            sums.push(sum);
            let is_consent = self.prose[at] && mentions_cookies(&block.text);
            sum += if is_consent { block.words } else { 0 };
        }
        if sum == 0 {
            return;
        }
        sums.push(sum);
        for &Element { first, end, .. } in &self.outline.elements {
            let (consent, all) = (sums[end] - sums[first], self.sums[end] - self.sums[first]);
            if consent > 0 && consent * 2 >= all && !(first..end).contains(&headline) {
                self.out[first..end].fill(true);
            }
        }
    }

    /// Excludes other articles within the root: teasers, nested articles, further articles of an infinite-scroll page.
    pub(super) fn exclude_not_article(&mut self, root: usize) {
        let last = self.element(root).last;
        let holds = self.prose_in(root);
        let mut nested = Vec::new();
        let mut at = root + 1;
        while at <= last {
            let element = self.element(at);
            if element.tag == Tag::Article && !self.has_headline(element) {
                nested.push(at);
                at = element.last;
            }
            at += 1;
        }
        let in_nested: usize = nested.iter().map(|&at| self.prose_in(at)).sum();
        if (holds - in_nested) * 2 >= in_nested && holds - in_nested >= ENOUGH {
            for at in nested {
                let Element { first, end, .. } = *self.element(at);
                self.out[first..end].fill(true);
            }
        }
        self.sum();
        self.exclude_teasers(root);
        self.sum();
        self.exclude_comments(root);
        self.exclude_next_articles(root);
        self.sum();
    }

    /// Excludes comments at the end: five or more similar elements, each a short label and a text, without headings.
    fn exclude_comments(&mut self, root: usize) {
        let Element { first, end, last, .. } = *self.element(root);
        let start = self.headline.filter(|at| (first..end).contains(at)).unwrap_or(first);
        for list in root + 1..=last {
            let element = *self.element(list);
            let before = self.sums[element.first].saturating_sub(self.sums[start]);
            if element.first <= start || before < ENOUGH || self.sums[end] > self.sums[element.end] {
                continue;
            }
            let (mut names, mut alike, mut others) = (HashSet::new(), 0, 0);
            for child in self.children(list) {
                if self.prose_in(child) == 0 {
                    continue;
                }
                if self.is_comment(child) {
                    names.insert(&self.outline.blocks[self.element(child).first].text);
                    alike += 1;
                } else {
                    others += 1;
                }
            }
            if alike >= 5 && others == 0 && names.len() * 2 > alike {
                self.out[element.first..element.end].fill(true);
                return;
            }
        }
    }

    /// Returns whether an element consists of a short label and a text.
    fn is_comment(&self, element: usize) -> bool {
        let Element { first, end, .. } = *self.element(element);
        let blocks = &self.outline.blocks[first..end];
        let Some(label) = blocks.first() else { return false };
        let is_label = label.words <= 6 && !self.prose[first] && !label.is_stopped;
        (2..=CARD).contains(&blocks.len()) && is_label && !blocks.iter().any(|block| self.is_heading(block))
    }

    /// Excludes teasers: a link to another article and a sentence or two about it.
    fn exclude_teasers(&mut self, root: usize) {
        let Element { first, end, .. } = *self.element(root);
        let holds = self.prose_in(root);
        for at in first..end {
            let block = &self.outline.blocks[at];
            if self.out[at] || !block.is_link() || block.words < 3 || block.is_stopped && self.prose[at] {
                continue;
            }
            let (words, sentences) = if self.is_heading(block) { (80, 2) } else { (50, 1) };
            let is_card = |&up: &usize| {
                let element = self.element(up);
                let prose = self.prose_in(up);
                let before = self.sums[at] - self.sums[element.first];
                let is_small = element.end - element.first <= CARD && prose <= words && prose * 4 < holds;
                up != root && is_small && before == 0 && !self.has_headline(element)
            };
            let Some(card) = self.outline.around(block.element).take_while(is_card).last() else { continue };
            let Element { first, end, .. } = *self.element(card);
            let count = (first..end).filter(|&at| self.prose[at] && !self.out[at]).count();
            if (1..=sentences).contains(&count) {
                self.out[first..end].fill(true);
            }
        }
    }

    /// Excludes everything from another headline of the same level on, if an article follows it.
    fn exclude_next_articles(&mut self, root: usize) {
        let Some(headline) = self.headline else { return };
        let end = self.element(root).end;
        let tag = self.element(self.outline.blocks[headline].element).tag;
        if !self.is_heading(&self.outline.blocks[headline]) {
            return;
        }
        for at in headline + 1..end {
            let block = &self.outline.blocks[at];
            if self.element(block.element).tag != tag || self.is_title(block) || self.out[at] {
                continue;
            }
            let around = self.outline.around(block.element);
            let own = around.take_while(|&up| up != root && !self.has_headline(self.element(up))).last();
            let Some(own) = own else { continue };
            let element = self.element(own);
            let before = self.sums[element.first] - self.sums[headline];
            let behind = self.sums[element.end] - self.sums[at + 1];
            if at < element.first + 4 && behind >= ENOUGH && before >= ENOUGH {
                self.out[element.first..end].fill(true);
                return;
            }
        }
    }
}
