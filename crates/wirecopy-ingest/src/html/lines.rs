//! The lines of an article, once it is known where it is and what is not part of it.

use std::collections::{HashMap, HashSet};

use super::body::{ENOUGH, Found, Search};
use super::marks::Marks;
use super::outline::{Block, Element, PROSE, Tag};
use wirecopy_core::text::credit::names_agency;

/// Blocks before and behind the prose that may credit an agency, and their length in words.
const CREDITS: usize = 6;
const CREDIT: usize = 12;

/// Where the lines of an article are.
struct Span {
    /// The first block behind the headline, the first of the body, and the one behind its last.
    from: usize,
    body: usize,
    end: usize,
    /// Up to here, lines may credit an agency.
    reach: usize,
    /// The first and the last block of prose.
    first: usize,
    last: usize,
    /// In an article of a few lines every line counts.
    is_short: bool,
}

impl Search<'_> {
    /// Returns the text of the article that an element holds.
    pub(super) fn text(&self, root: usize) -> Found {
        let blocks = &self.outline.blocks;
        let span = self.span(root);
        // How much prose is directly in each element.
        let mut direct = HashMap::<usize, usize>::new();
        for at in (span.from..span.end).filter(|&at| self.prose[at] && !self.out[at]) {
            *direct.entry(self.lists[at]).or_default() += 1;
        }
        let mut found = Found { is_headed: self.headline.is_some(), ..Found::default() };
        let (mut heading, mut row) = (None, None);
        let mut seen = HashSet::new();
        for (at, block) in blocks.iter().enumerate().take(span.reach).skip(span.from) {
            if self.is_credit(at, &span) {
                push(&mut found.text, block, '\n');
                continue;
            }
            if at >= span.end || self.out[at] || block.words == 0 || self.is_title(block) {
                continue;
            }
            if self.is_heading(block) && !self.prose[at] {
                // Above the body, short headings are labels.
                let is_label = at < span.body && block.words < PROSE && !block.is_stopped;
                if !block.is_link() && !is_label {
                    heading = Some(block);
                }
                continue;
            }
            let among = direct.get(&self.lists[at]).copied().unwrap_or(0);
            if !self.is_line(at, among, &span) {
                continue;
            }
            let element = self.element(block.element);
            let may_repeat = block.words <= 4 || matches!(element.tag, Tag::Item | Tag::Cell);
            if !may_repeat && !seen.insert(&block.text) {
                continue;
            }
            if let Some(heading) = heading.take() {
                push(&mut found.text, heading, '\n');
            }
            // The cells of a row are a line, unless they are text.
            let is_cell = element.tag == Tag::Cell && !self.prose[at];
            let joins =
                is_cell && row.is_some_and(|(of, cell)| of == element.parent && cell != block.element);
            push(&mut found.text, block, if joins { ' ' } else { '\n' });
            row = is_cell.then_some((element.parent, block.element));
            found.prose += if self.prose[at] { block.words } else { 0 };
        }
        found
    }

    fn span(&self, root: usize) -> Span {
        let (Element { first, end, .. }, body) = (*self.element(root), *self.element(self.narrow(root)));
        let headline = self.headline.filter(|at| (first..end).contains(at));
        let from = headline.map_or(body.first, |at| at + 1);
        let mut prose = (from..body.end).filter(|&at| self.prose[at] && !self.out[at]);
        let first = prose.next().unwrap_or(from);
        let last = prose.next_back().unwrap_or(if first > from { first } else { body.end });
        Span {
            from,
            body: body.first,
            end: body.end,
            reach: body.end.max(end.min(last.saturating_add(CREDITS + 1))),
            first,
            last,
            is_short: headline.is_some() && self.prose_in(root) < ENOUGH,
        }
    }

    /// Whether a block is a line of the article; `among` is the prose beside it.
    fn is_line(&self, at: usize, among: usize, span: &Span) -> bool {
        let block = &self.outline.blocks[at];
        if self.prose[at] {
            return true;
        }
        // A word or two that are a link are a name or a source; more are the headline of another article.
        let tag = self.element(block.element).tag;
        let is_among = at >= span.body && at < span.last && among >= 2;
        let is_name = is_among && block.words <= 5 && !matches!(tag, Tag::Item | Tag::Cell);
        if block.is_link() && !is_name || block.has_time && block.words < 15 {
            return false;
        }
        let leads_on = block.words >= 3 && block.text.ends_with([':', '：', ')']);
        let is_inside = at < span.last || block.is_stopped || leads_on;
        if at >= span.body && is_inside && (among >= 2 || tag == Tag::Cell) {
            return true;
        }
        span.is_short && (block.is_stopped || block.words >= 5)
    }

    /// Whether a block credits an agency: a short line close to the prose, labelled as anything or nothing.
    fn is_credit(&self, at: usize, span: &Span) -> bool {
        let is_close = (span.last + 1..=span.last.saturating_add(CREDITS)).contains(&at)
            || at < span.first && at + CREDITS >= span.first;
        let block = &self.outline.blocks[at];
        if !is_close || self.prose[at] || block.is_link() || !(1..=CREDIT).contains(&block.words) {
            return false;
        }
        // A byline above the article is metadata.
        let allowed = if at > span.last { Marks::LABELS } else { Marks::NONE };
        let mut around = self.outline.around(block.element).map(|up| self.element(up));
        let is_label =
            |element: &Element| !element.marks.without(allowed).any() || self.has_headline(element);
        around.all(is_label) && names_agency(&block.text)
    }
}

fn push(text: &mut String, block: &Block, before: char) {
    if !text.is_empty() {
        text.push(before);
    }
    text.push_str(&block.text);
}
