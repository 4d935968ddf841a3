//! Collects the lines of an article after its element and the excluded blocks have been determined.

use std::collections::{HashMap, HashSet};

use super::body::{ENOUGH, Found, Search};
use super::hints::Marks;
use super::outline::{Block, Element, PROSE, Tag};
use wirecopy_core::text::credit::names_agency;

/// Blocks before and after the prose in which an agency may be credited.
const CREDIT_REACH: usize = 6;
/// Most words of a block that credits an agency.
const CREDIT_WORDS: usize = 12;

/// Positions of the parts of an article, as block indices.
struct Span {
    /// The first block after the headline.
    from: usize,
    /// The first block of the body.
    body: usize,
    /// The end of the body.
    end: usize,
    /// The end of the blocks that may credit an agency.
    reach: usize,
    /// The first block of prose.
    first: usize,
    /// The last block of prose.
    last: usize,
    /// Whether the article is so short that all its lines are taken.
    is_short: bool,
}

impl Search<'_> {
    /// Returns the text of the article in an element.
    pub(super) fn text(&self, root: usize) -> Found {
        let blocks = &self.outline.blocks;
        let span = self.span(root);
        // The number of prose blocks in each list of paragraphs.
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
                // Short headings above the body are labels.
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
            // The cells of a table row form one line, unless they are prose.
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
            reach: body.end.max(end.min(last.saturating_add(CREDIT_REACH + 1))),
            first,
            last,
            is_short: headline.is_some() && self.prose_in(root) < ENOUGH,
        }
    }

    /// Returns whether a block is a line of the article. `among` is the number of prose blocks in the same list.
    fn is_line(&self, at: usize, among: usize, span: &Span) -> bool {
        let block = &self.outline.blocks[at];
        if self.prose[at] {
            return true;
        }
        // A short link is a name or a source. A longer one is the headline of another article.
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

    /// Returns whether a block credits an agency: a short line close to the prose that names one.
    fn is_credit(&self, at: usize, span: &Span) -> bool {
        let is_close = (span.last + 1..=span.last.saturating_add(CREDIT_REACH)).contains(&at)
            || at < span.first && at + CREDIT_REACH >= span.first;
        let block = &self.outline.blocks[at];
        if !is_close || self.prose[at] || block.is_link() || !(1..=CREDIT_WORDS).contains(&block.words) {
            return false;
        }
        // Labels are allowed only after the article. Above it, a byline is metadata.
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
