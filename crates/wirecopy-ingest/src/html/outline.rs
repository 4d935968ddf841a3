//! Reduces a page to its blocks of text, each with the elements around it.
//!
//! In: the tree. Out: an [`Outline`]. One walk, without recursion. Scripts and styles are omitted. Text hidden by a style is
//! kept, because sites hide articles until a script shows them.

use std::collections::HashMap;

use dom_query::{Document as Tree, NodeData, NodeId, NodeRef};

use super::hints::{self, Marks, Visit};
pub(super) use wirecopy_core::text::{SENTENCE as PROSE, is_stopped, words};

/// Words from which a block is prose even without a full stop.
pub(super) const LONG: usize = 25;

/// The kinds of elements that the search for the article distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Article,
    Main,
    /// A heading and its level.
    Heading(u8),
    Paragraph,
    Item,
    Cell,
    /// A table, a section of one, or a row.
    Table,
    Quote,
    Other,
}

/// An element that holds blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element {
    /// Index of the parent; the root is its own parent.
    pub parent: usize,
    pub tag: Tag,
    pub marks: Marks,
    /// Whether it is marked as `articleBody`.
    pub is_body: bool,
    /// Index of its first block.
    pub first: usize,
    /// Index after its last block.
    pub end: usize,
    /// Index of its last descendant, or its own. The descendants directly follow it in the list of elements.
    pub last: usize,
}

/// A piece of text with no block element inside.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    /// The text, on one line except for `<br>`.
    pub text: String,
    /// The innermost element around it.
    pub element: usize,
    /// Number of words, as counted by [`words`].
    pub words: usize,
    /// Number of words within links.
    pub linked: usize,
    /// Whether it contains a `<time>`.
    pub has_time: bool,
    /// Whether it ends like a sentence.
    pub is_stopped: bool,
}

impl Block {
    /// Returns whether at least four fifths of its words are links.
    pub(super) fn is_link(&self) -> bool {
        self.linked * 5 >= self.words * 4
    }
}

/// Elements and blocks in the order of the page.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub elements: Vec<Element>,
    pub blocks: Vec<Block>,
}

impl Outline {
    /// Builds the outline of a page's body. Content that React streams after the page (`<div hidden id="S:1">`) is read at its
    /// placeholder (`<template id="B:1">` or `"P:1"`) if `is_streamed`.
    pub(super) fn of(tree: &Tree, is_streamed: bool) -> Self {
        let mut walker = Walker::default();
        let selected = is_streamed.then(|| tree.select("[hidden][id^='S:']"));
        for node in selected.iter().flat_map(dom_query::Selection::nodes) {
            if let Some(id) = node.id_attr().filter(|id| is_placed(tree, id)) {
                walker.streamed.insert(id[1..].to_owned(), Some(node.id));
            }
        }
        if let Some(body) = tree.body() {
            walker.walk(body);
        }
        walker.outline
    }

    /// Returns whether `<noscript>` elements hold at least `least` words.
    pub(super) fn has_noscript(&self, least: usize) -> bool {
        let noscript = self.elements.iter().filter(|element| element.marks.has(Marks::NOSCRIPT));
        let words = |element: &Element| {
            self.blocks[element.first..element.end].iter().map(|block| block.words).sum::<usize>()
        };
        noscript.map(words).sum::<usize>() >= least
    }

    /// Iterates over an element and its ancestors, innermost first.
    pub(super) fn around(&self, element: usize) -> impl Iterator<Item = usize> {
        let parent = |&at: &usize| Some(self.elements[at].parent).filter(|&parent| parent != at);
        std::iter::successors(Some(element), parent)
    }
}

/// What to close after the children of a node.
enum Close {
    Inline,
    Link,
    Block(usize),
}

/// Returns whether the page has a placeholder for streamed content.
fn is_placed(tree: &Tree, id: &str) -> bool {
    let is_number = id.len() > 2 && id[2..].bytes().all(|byte| byte.is_ascii_hexdigit());
    is_number
        && ["B", "P"]
            .iter()
            .any(|place| tree.select_single(&format!("template[id='{place}{}']", &id[1..])).exists())
}

#[derive(Default)]
struct Walker {
    /// Streamed content by the end of its id; `None` once it has been read.
    streamed: HashMap<String, Option<NodeId>>,
    outline: Outline,
    open: Vec<usize>,
    links: usize,
    /// The block that is being read.
    block: Block,
    blank: bool,
    breaks: usize,
}

impl Walker {
    fn walk(&mut self, body: NodeRef<'_>) {
        self.open_block(Element {
            parent: 0,
            tag: Tag::Other,
            marks: Marks::NONE,
            is_body: false,
            first: 0,
            end: 0,
            last: 0,
        });
        // The next sibling to visit at each level, and what to close after the last one.
        let mut open: Vec<(Option<NodeRef<'_>>, Close)> = vec![(body.first_child(), Close::Block(0))];
        while let Some((next, _)) = open.last_mut() {
            let Some(node) = next.take() else {
                if let Some((_, close)) = open.pop() {
                    self.close(&close);
                }
                continue;
            };
            *next = node.next_sibling();
            if let Some(entered) = self.visit(&node) {
                open.push(entered);
            }
        }
    }

    fn visit<'a>(&mut self, node: &NodeRef<'a>) -> Option<(Option<NodeRef<'a>>, Close)> {
        if let Some(children) = self.streamed(node) {
            return children.map(|node| (node.first_child(), Close::Inline));
        }
        let mut shadow = None;
        let visit = node.query(|inner| match &inner.data {
            NodeData::Text { contents } => {
                self.add(contents);
                None
            }
            NodeData::Element(element) => {
                let visit = hints::visit(element);
                shadow = element.template_contents;
                Some(visit)
            }
            _ => None,
        })??;
        let children = match shadow {
            Some(contents) => NodeRef::new(contents, node.tree).first_child(),
            None => node.first_child(),
        };
        match visit {
            Visit::Skip => None,
            Visit::Break => {
                self.line_break();
                None
            }
            Visit::Inline => Some((children, Close::Inline)),
            Visit::Time => {
                self.block.has_time = true;
                Some((children, Close::Inline))
            }
            Visit::Link => {
                self.links += 1;
                Some((children, Close::Link))
            }
            Visit::Block(element) => {
                let at = self.open_block(element);
                Some((children, Close::Block(at)))
            }
        }
    }

    /// Returns the streamed content to read in place of a node, if the node is such content or a placeholder. The content is
    /// returned once; after that the inner `None` means that nothing is read.
    fn streamed<'a>(&mut self, node: &NodeRef<'a>) -> Option<Option<NodeRef<'a>>> {
        if self.streamed.is_empty() {
            return None;
        }
        let id = node.id_attr()?;
        let end = id.strip_prefix(['S', 'B', 'P'])?;
        let streamed = self.streamed.get_mut(end)?;
        let is_place = node.has_name("template");
        (is_place || id.starts_with('S')).then(|| streamed.take().map(|id| NodeRef::new(id, node.tree)))
    }

    fn close(&mut self, close: &Close) {
        match *close {
            Close::Inline => {}
            Close::Link => self.links -= 1,
            Close::Block(at) => {
                self.flush();
                self.open.pop();
                let (blocks, elements) = (self.outline.blocks.len(), self.outline.elements.len());
                let element = &mut self.outline.elements[at];
                (element.end, element.last) = (blocks, elements - 1);
            }
        }
    }

    fn open_block(&mut self, mut element: Element) -> usize {
        self.flush();
        let at = self.outline.elements.len();
        element.parent = self.open.last().copied().unwrap_or(at);
        element.first = self.outline.blocks.len();
        self.outline.elements.push(element);
        self.open.push(at);
        at
    }

    /// Handles `<br>`: one ends a line, two end a paragraph.
    fn line_break(&mut self) {
        self.breaks += 1;
        if self.breaks > 1 {
            self.flush();
        }
    }

    fn add(&mut self, text: &str) {
        for word in (Words { rest: text }) {
            let Some(word) = word else {
                self.blank = true;
                continue;
            };
            if !self.block.text.is_empty() {
                if self.breaks > 0 {
                    self.block.text.push('\n');
                } else if self.blank {
                    self.block.text.push(' ');
                }
            }
            (self.blank, self.breaks) = (false, 0);
            self.block.text.push_str(word);
            if self.links > 0 {
                self.block.linked += word.len();
            }
        }
    }

    fn flush(&mut self) {
        (self.blank, self.breaks) = (false, 0);
        if self.block.text.is_empty() {
            self.block.has_time = false;
            return;
        }
        let mut block = std::mem::take(&mut self.block);
        block.words = words(&block.text);
        let letters = block.text.len() - block.text.bytes().filter(u8::is_ascii_whitespace).count();
        // Converts linked bytes to a number of words.
        block.linked = (block.linked * block.words).div_ceil(letters.max(1));
        block.is_stopped = is_stopped(&block.text);
        block.element = self.open.last().copied().unwrap_or(0);
        self.outline.blocks.push(block);
    }
}

/// Counts the words in the lines that are prose.
pub(super) fn prose(text: &str) -> usize {
    text.lines().map(|line| if is_prose(line) { words(line) } else { 0 }).sum()
}

/// Returns whether a line is long enough for prose and ends like a sentence, or is longer than any label.
pub(super) fn is_prose(line: &str) -> bool {
    wirecopy_core::text::is_prose(line, words(line), PROSE, LONG)
}

/// Iterates over the words of a text, with `None` for the white space between them.
struct Words<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Words<'a> {
    type Item = Option<&'a str>;

    fn next(&mut self) -> Option<Self::Item> {
        // U+FEFF is a stray byte order mark.
        let is_blank = |c: char| c.is_whitespace() || c == '\u{feff}';
        let first = self.rest.chars().next()?;
        if is_blank(first) {
            self.rest = self.rest.trim_start_matches(is_blank);
            return Some(None);
        }
        let end = self.rest.find(is_blank).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(Some(word))
    }
}
