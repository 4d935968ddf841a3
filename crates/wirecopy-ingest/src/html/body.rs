//! Decides which blocks of a page are its article.
//!
//! In: the outline of a page and its titles. Out: the text of the article. The article is the element around the headline
//! that is marked as an article or has paragraphs beside the headline. Menus, captions and links to other articles inside it
//! are excluded.

use std::collections::HashSet;

use super::hints::Marks;
use super::outline::{Block, Element, LONG, Outline, PROSE, Tag};
use crate::page::letters;

/// Fewest words for a heading, or for a paragraph without a full stop, to count as prose.
const LEAD: usize = 16;
/// Words of prose that make an article.
pub(super) const ENOUGH: usize = 40;

/// The article, as far as it was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub text: String,
    /// Words of prose in it.
    pub prose: usize,
    /// Whether it was found around the page's headline.
    pub is_headed: bool,
}

/// Finds the article of a page. `noscript` includes the content of `<noscript>`.
pub(super) fn find(outline: &Outline, titles: &[&str], noscript: bool) -> Found {
    if outline.blocks.is_empty() {
        return Found::default();
    }
    let mut search = Search::new(outline, titles, noscript);
    let root = search.root();
    search.exclude_not_article(root);
    search.text(root)
}

/// The state of the search for the article.
pub(super) struct Search<'a> {
    pub(super) outline: &'a Outline,
    /// Whether each block is prose.
    pub(super) prose: Vec<bool>,
    /// Whether each block is excluded.
    pub(super) out: Vec<bool>,
    /// Words of prose in the blocks before each block, excluded ones not counted.
    pub(super) sums: Vec<usize>,
    /// The block of the headline.
    pub(super) headline: Option<usize>,
    /// The titles of the page, reduced to letters and digits.
    titles: Vec<String>,
    /// For each block, the element whose children are its sibling paragraphs.
    pub(super) lists: Vec<usize>,
}

fn is_prose(block: &Block, element: &Element) -> bool {
    let is_text = block.words >= PROSE && block.is_stopped || block.words >= LONG;
    match element.tag {
        // Some sites mark the lead as a heading.
        Tag::Heading(_) => !block.is_link() && is_text && block.words >= LEAD,
        // "By Ada Holm, 5 March, 2.30 p.m." ends like a sentence.
        Tag::Other | Tag::Item if block.has_time && block.words < 15 => false,
        _ if block.is_link() => block.words >= 12 && block.is_stopped && element.tag != Tag::Item,
        Tag::Paragraph => is_text || block.words >= LEAD,
        _ => is_text,
    }
}

impl<'a> Search<'a> {
    fn new(outline: &'a Outline, titles: &[&str], noscript: bool) -> Self {
        let blocks = &outline.blocks;
        let prose = blocks.iter().map(|block| is_prose(block, &outline.elements[block.element])).collect();
        let titles = titles.iter().map(|title| letters(title)).filter(|title| !title.is_empty()).collect();
        let mut search = Self {
            outline,
            prose,
            out: vec![false; blocks.len()],
            sums: Vec::new(),
            headline: None,
            titles,
            lists: Vec::new(),
        };
        search.lists = (0..blocks.len()).map(|at| search.list_of(at)).collect();
        let (repeats, first) = search.find_headlines();
        search.headline = repeats.or(first);
        search.mark(noscript);
        // If only the whole page encloses a repetition of the title, it is a link or belongs to another article.
        if let (Some(repeats), Some(first)) = (repeats, first)
            && first < repeats
            && outline.elements[search.root()].first <= first
        {
            search.headline = Some(first);
            search.mark(noscript);
        }
        search
    }

    /// Excludes blocks by the marks of their elements.
    fn mark(&mut self, noscript: bool) {
        self.out.fill(false);
        self.sum();
        self.out = self.marked(noscript, false);
        self.exclude_consent();
        let all = self.prose_in(0);
        self.sum();
        if self.prose_in(0) < ENOUGH.min(all) {
            let marked = self.marked(noscript, true);
            self.out = marked;
            self.sum();
        }
    }

    pub(super) fn sum(&mut self) {
        let mut sum = 0;
        self.sums.clear();
        self.sums.push(0);
        for (at, block) in self.outline.blocks.iter().enumerate() {
            sum += if self.prose[at] && !self.out[at] { block.words } else { 0 };
            self.sums.push(sum);
        }
    }

    pub(super) fn element(&self, at: usize) -> &'a Element {
        &self.outline.elements[at]
    }

    /// Returns whether an element contains the headline.
    pub(super) fn has_headline(&self, element: &Element) -> bool {
        self.headline.is_some_and(|at| (element.first..element.end).contains(&at))
    }

    pub(super) fn is_heading(&self, block: &Block) -> bool {
        matches!(self.element(block.element).tag, Tag::Heading(_))
    }

    /// Counts the words of prose in an element, excluded blocks not counted.
    pub(super) fn prose_in(&self, element: usize) -> usize {
        let Element { first, end, .. } = *self.element(element);
        self.sums[end] - self.sums[first]
    }

    /// Returns whether a block repeats a title of the page, or is a heading of which a title is the larger part, or the reverse.
    pub(super) fn is_title(&self, block: &Block) -> bool {
        let is_heading = self.is_heading(block);
        // A cheap test that most blocks fail by their length.
        let may_be = |title: &String| {
            let (least, most) = (title.len() / 2, title.len() * 3 + 20);
            (least..most).contains(&block.text.len())
        };
        if !self.titles.iter().any(may_be) {
            return false;
        }
        let text = letters(&block.text);
        self.titles.iter().any(|title| {
            let (long, short) = if title.len() > text.len() { (title, &text) } else { (&text, title) };
            long == short
                || is_heading
                    && short.len() * 2 > long.len()
                    && (long.starts_with(&**short) || long.ends_with(&**short))
        })
    }

    /// Returns the block that repeats the page's title, preferably a heading, and the only `<h1>`.
    fn find_headlines(&self) -> (Option<usize>, Option<usize>) {
        let heading = |at: usize| match self.element(self.outline.blocks[at].element).tag {
            Tag::Heading(level) => level,
            _ => 4,
        };
        let blocks = self.outline.blocks.iter().enumerate();
        let repeats = blocks
            .clone()
            .filter(|(at, block)| heading(*at) < 4 || block.words > 1 && !block.is_link())
            .filter(|(_, block)| self.is_title(block))
            .map(|(at, _)| at)
            .min_by_key(|&at| heading(at));
        let mut firsts =
            blocks.filter(|(at, block)| heading(*at) == 1 && block.words > 1 && !block.is_link());
        let first = firsts.next().map(|(at, _)| at).filter(|_| firsts.next().is_none());
        (repeats, first)
    }

    /// Returns for each block whether it is excluded by a mark. Most marks are ignored on elements that hold most of the page's
    /// prose. `lenient` ignores all marks but those for comments, consent and `<noscript>`.
    fn marked(&self, noscript: bool, lenient: bool) -> Vec<bool> {
        let outline = self.outline;
        let all = self.prose_in(0);
        let mut out = vec![false; outline.blocks.len()];
        let mut within: Vec<bool> = Vec::with_capacity(outline.elements.len());
        for (at, element) in outline.elements.iter().enumerate() {
            let mut marks = element.marks;
            if noscript {
                marks = marks.without(Marks::NOSCRIPT);
            }
            if lenient {
                marks = marks.only(Marks::COMMENTS.with(Marks::CONSENT).with(Marks::NOSCRIPT));
            }
            let holds = self.prose_in(at);
            let is_most = holds * 2 > all && holds > 0;
            let never = marks.has(Marks::CONSENT.with(Marks::NOSCRIPT).with(Marks::COMMENTS));
            let is_lifted = element.is_body || is_most && !never || self.has_headline(element);
            let is_within = at > 0 && within[element.parent];
            let is_out = is_within || marks.any() && !is_lifted;
            within.push(is_out);
            if is_out && !is_within {
                out[element.first..element.end].fill(true);
            }
        }
        out
    }

    /// Returns the element that holds the article.
    fn root(&self) -> usize {
        let all = self.prose_in(0);
        let Some(headline) = self.headline else { return 0 };
        let mut root = self.outline.blocks[headline].element;
        // The third paragraph after the headline in the same list of paragraphs.
        let beside = |&at: &usize| self.prose[at] && !self.out[at] && self.lists[at] == self.lists[headline];
        let third = (headline..self.outline.blocks.len()).filter(beside).nth(2);
        loop {
            let element = self.element(root);
            let holds = self.sums[element.end] - self.sums[headline.max(element.first)];
            let is_enough = holds >= ENOUGH && self.is_article_like(root, headline, third)
                || self.is_short(root, headline);
            if is_enough || holds >= all || element.parent == root {
                break;
            }
            root = element.parent;
        }
        if self.prose_in(root) * 5 < all && self.prose_in(root) < ENOUGH { 0 } else { root }
    }

    /// Returns whether an element is marked as an article and holds a few lines after the headline.
    fn is_short(&self, root: usize, headline: usize) -> bool {
        let element = self.element(root);
        if !matches!(element.tag, Tag::Article | Tag::Main) {
            return false;
        }
        let lines = (headline + 1..element.end)
            .filter(|&at| !self.out[at] && !self.outline.blocks[at].is_link())
            .map(|at| self.outline.blocks[at].words);
        lines.sum::<usize>() >= 20
    }

    /// Returns whether the prose after the headline is more than a summary above the article.
    fn is_article_like(&self, root: usize, headline: usize, third: Option<usize>) -> bool {
        let element = self.element(root);
        let holds = self.sums[element.end] - self.sums[headline];
        // The element is marked as an article, or has paragraphs beside the headline, or holds most of the prose around it.
        let holds_paragraphs = third.is_some_and(|third| third < element.end);
        if holds >= 100 && (element.tag == Tag::Article || holds_paragraphs) {
            return true;
        }
        let around = self.outline.around(root).skip(1).take(4);
        around.map(|at| self.prose_in(at)).max().is_none_or(|more| more < 3 * holds)
    }

    /// Descends to the innermost element that holds nearly all of an element's prose, stopping at one with its own paragraphs.
    pub(super) fn narrow(&self, root: usize) -> usize {
        let holds = self.prose_in(root);
        let Element { first, end, .. } = *self.element(root);
        let lists: HashSet<usize> =
            (first..end).filter(|&at| self.prose[at] && !self.out[at]).map(|at| self.lists[at]).collect();
        let mut at = root;
        while let Some(inner) = self.children(at).find(|&child| self.prose_in(child) * 10 >= holds * 9) {
            let own = lists.contains(&at);
            if holds == 0 || own {
                break;
            }
            at = inner;
        }
        at
    }

    pub(super) fn children(&self, of: usize) -> impl Iterator<Item = usize> {
        let last = self.element(of).last;
        let mut at = of + 1;
        std::iter::from_fn(move || {
            (at <= last).then(|| {
                let child = at;
                at = self.outline.elements[child].last + 1;
                child
            })
        })
    }

    /// Returns the element whose children are the sibling paragraphs of a block.
    fn list_of(&self, index: usize) -> usize {
        let mut at = self.outline.blocks[index].element;
        loop {
            let element = self.element(at);
            if is_table(element.tag) && !self.prose[index] {
                at = element.parent;
                continue;
            }
            let is_alone =
                element.end - element.first == 1 && !matches!(element.tag, Tag::Article | Tag::Main);
            if element.tag == Tag::Item {
                at = element.parent;
            } else if !is_alone || element.parent == at {
                return at;
            }
            at = self.element(at).parent;
        }
    }
}

fn is_table(tag: Tag) -> bool {
    matches!(tag, Tag::Cell | Tag::Table)
}
