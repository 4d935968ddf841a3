//! Finds visible dates of a page: a line or a `<time>` near the headline.
//!
//! One walk in text order inspects every line, and every element whose class or id suggests a date. Each date found gets points
//! for its label, its markup and its distance from the headline. The date with most points is used.

use std::sync::LazyLock;
use wirecopy_core::document::one_line;

use dom_query::NodeRef;

use super::Page;
use crate::dates::{self, Kind, Label, Line};
use crate::page::{WORDS, letters};
use wirecopy_core::published::Published;
use wirecopy_core::word_table::{self, Words};

/// Longest date line, in characters. A longer line is prose.
const LINE_CHARS: usize = 160;
/// Most words beside the date in a line of author and time.
const OTHER_WORDS: usize = 12;
/// Fewest points of a date that is used.
const ENOUGH: i32 = 10;
/// Number of the headline's ancestors whose content belongs to it.
const NEAR: usize = 4;
/// Points from which a date is certain.
const SURE: i32 = 30;
/// Most elements of a page that are inspected.
const ELEMENTS: usize = 60_000;

/// Elements that hold no article.
const APART: [&str; 8] = ["aside", "nav", "footer", "form", "select", "blockquote", "figure", "figcaption"];
/// Elements whose text is not visible.
const INVISIBLE: [&str; 8] = ["script", "style", "noscript", "template", "svg", "iframe", "head", "textarea"];
/// Elements that do not end a line.
const INLINE: [&str; 22] = [
    "a", "span", "b", "i", "em", "strong", "small", "time", "abbr", "font", "u", "s", "sub", "sup", "mark",
    "label", "cite", "q", "code", "bdi", "ins", "big",
];
/// Parts of the class or id of elements outside the article.
static APART_NAMES: Words = LazyLock::new(|| word_table::words(WORDS, "part of other"));
/// Parts of the class or id of elements that are probably outside the article; some sites use them inside.
static ASIDE_NAMES: Words = LazyLock::new(|| word_table::words(WORDS, "part of aside"));
/// Parts of the class or id of elements with a date.
static DATE_NAMES: Words = LazyLock::new(|| word_table::words(WORDS, "part of date"));
/// Parts of the class or id of elements with a publication date.
static PUBLISHED_NAMES: Words = LazyLock::new(|| word_table::words(WORDS, "part of published"));
/// Parts of the class or id of elements with the date of a change.
static MODIFIED_NAMES: Words = LazyLock::new(|| word_table::words(WORDS, "part of modified"));

/// A visible date with its points.
struct Seen {
    written: String,
    published: Published,
    /// Number of its line on the page.
    line: usize,
    points: i32,
    /// Whether it is labelled as the publication date.
    labelled: bool,
    /// Whether it is inside one of the nearest ancestors of the headline.
    near: bool,
}

/// The best visible date of a page.
pub(super) struct Best {
    pub(super) written: String,
    pub(super) published: Published,
    /// Whether markup, or a label near the headline, makes it certain.
    pub(super) sure: bool,
}

/// Returns the visible date with most points, if they are enough.
pub(super) fn best(page: &Page<'_>) -> Option<Best> {
    let body = page.tree.body()?;
    let headline = headline(page, &body);
    let around: Vec<_> = headline.iter().flat_map(|node| node.ancestors(None)).map(|node| node.id).collect();
    let mut walk = Walk {
        page,
        around: &around,
        headline: headline.as_ref().map(|node| node.id),
        line: String::new(),
        lines: 0,
        headline_line: None,
        seen: Vec::new(),
    };
    walk.all(body);
    let Walk { seen, headline_line, .. } = walk;
    let points = |seen: &Seen| seen.points - far(seen, headline_line);
    let best = seen.iter().map(points).max().filter(|most| *most >= ENOUGH)?;
    let first = seen.into_iter().find(|seen| points(seen) == best)?;
    Some(Best { written: first.written, published: first.published, sure: best >= SURE })
}

/// Returns the points deducted for the distance from the headline. Most dates are below the headline or directly above it; a
/// labelled publication date may also be at the end of the article.
fn far(seen: &Seen, headline: Option<usize>) -> i32 {
    let lines = |from: usize, to: usize| i32::try_from(to.saturating_sub(from)).unwrap_or(i32::MAX).min(60);
    let line = seen.line;
    let cost = match headline {
        Some(headline) if line >= headline => lines(headline, line),
        Some(headline) if seen.near => 3 + lines(line, headline),
        Some(headline) => 10 + 3 * lines(line, headline),
        None => 10 + lines(0, line) / 4,
    };
    if seen.labelled { cost / 3 } else { cost }
}

/// Returns the heading most similar to the page's title, else the only `<h1>`.
fn headline<'a>(page: &Page<'a>, body: &NodeRef<'a>) -> Option<NodeRef<'a>> {
    const LEVELS: [&str; 4] = ["h1", "h2", "h3", "h4"];
    // Decodes titles that were escaped twice.
    let titles: Vec<String> = page
        .title
        .map(|title| html_escape::decode_html_entities(title).into_owned())
        .into_iter()
        .chain(std::iter::once(page.tree.select_single("title").text().to_string()))
        .map(|title| letters(&title))
        .filter(|title| title.chars().count() > 3)
        .collect();
    let mut best: Option<(usize, NodeRef<'a>)> = None;
    let mut firsts: Vec<NodeRef<'a>> = Vec::new();
    for node in body.descendants_it().take(ELEMENTS) {
        let Some(name) = node.node_name() else { continue };
        let heading = LEVELS.contains(&&*name);
        if !heading && node.attr("itemprop").is_none_or(|value| &*value != "headline") {
            continue;
        }
        let text = letters(&node.text());
        // The length of the shorter as a share of the longer, in thousandths.
        let alike = |title: &String| {
            let within = title.contains(&text) || text.contains(title.as_str());
            within.then(|| text.len().min(title.len()) * 1000 / text.len().max(title.len()))
        };
        if text.chars().count() > 3
            && let Some(alike) = titles.iter().filter_map(alike).max()
            && best.as_ref().is_none_or(|(most, _)| alike > *most)
        {
            best = Some((alike, node));
        }
        if node.has_name("h1") && !text.is_empty() {
            firsts.push(node);
        }
    }
    match best {
        Some((_, node)) => Some(node),
        None if firsts.len() == 1 => firsts.pop(),
        None => None,
    }
}

/// Returns whether an element is in a part of the page outside the article. A part that contains headings is not one.
pub(super) fn is_apart(node: &NodeRef<'_>) -> bool {
    let holds_heading = |node: &NodeRef<'_>| {
        node.descendants_it().take(ELEMENTS).any(|inner| inner.has_name("h1") || inner.has_name("h2"))
    };
    std::iter::once(*node).chain(node.ancestors(None)).any(|node| apart(&node) && !holds_heading(&node))
}

fn apart(node: &NodeRef<'_>) -> bool {
    node.node_name().is_some_and(|name| apart_by(&name, &names(node)))
}

/// Returns whether an element is outside the article, by its tag, class and id.
fn apart_by(name: &str, names: &str) -> bool {
    match name {
        "body" | "html" | "main" | "article" => false,
        _ => APART.contains(&name) || says(names, &APART_NAMES),
    }
}

/// Returns class and id in lower case.
fn names(node: &NodeRef<'_>) -> String {
    let mut names = String::new();
    for attribute in ["class", "id"] {
        if let Some(value) = node.attr(attribute) {
            names.push(' ');
            names.push_str(&value);
        }
    }
    names.make_ascii_lowercase();
    names
}

fn says(names: &str, parts: &[&str]) -> bool {
    !names.is_empty() && parts.iter().any(|part| names.contains(part))
}

/// Properties of a text given by the elements around it.
#[derive(Clone, Copy, Default)]
struct Inside {
    /// Whether it is outside the article.
    apart: bool,
    /// Whether it is probably outside the article.
    aside: bool,
    /// Whether it is in an `<article>` that contains the headline.
    article: bool,
    /// Whether it is in one of the nearest ancestors of the headline.
    near: bool,
    /// Whether it is marked as a date.
    dated: bool,
    /// Whether it is marked as a publication date.
    published: bool,
    /// Whether it is marked as the date of a change.
    modified: bool,
}

struct Walk<'a, 'b> {
    page: &'b Page<'a>,
    /// Ancestors of the headline, which belong to the article whatever their names.
    around: &'b [dom_query::NodeId],
    headline: Option<dom_query::NodeId>,
    /// Text of the current line so far.
    line: String,
    lines: usize,
    headline_line: Option<usize>,
    seen: Vec<Seen>,
}

enum Step<'a> {
    Enter(NodeRef<'a>, Inside),
    EndLine(Inside),
}

impl<'a> Walk<'a, '_> {
    fn all(&mut self, body: NodeRef<'a>) {
        let mut steps = vec![Step::Enter(body, Inside::default())];
        let mut left = ELEMENTS;
        while let Some(step) = steps.pop() {
            match step {
                Step::EndLine(inside) => self.end_line(inside),
                Step::Enter(node, inside) => {
                    if node.is_text() {
                        self.line.push_str(&node.text());
                    } else if node.is_element() && left > 0 {
                        left -= 1;
                        self.enter(node, inside, &mut steps);
                    }
                }
            }
        }
        self.end_line(Inside::default());
    }

    fn enter(&mut self, node: NodeRef<'a>, outer: Inside, steps: &mut Vec<Step<'a>>) {
        let Some(name) = node.node_name() else { return };
        if INVISIBLE.contains(&&*name) {
            return;
        }
        let mut inside = outer;
        let own = self.around.contains(&node.id);
        let names = names(&node);
        let says = |parts: &[&str]| says(&names, parts);
        inside.article |= own && &*name == "article";
        inside.near |= self.around.iter().take(NEAR).any(|near| *near == node.id);
        // Inside the article's own element, a "sidebar" holds its date and author.
        let comments = names.contains("comment");
        let elsewhere = !own && apart_by(&name, &names);
        inside.apart |= elsewhere && (comments || !inside.article);
        inside.aside |= elsewhere;
        if !own {
            inside.aside |= says(&ASIDE_NAMES);
            inside.dated |= says(&DATE_NAMES);
            inside.published |= says(&PUBLISHED_NAMES);
            inside.modified |=
                says(&MODIFIED_NAMES) || node.attr("itemprop").is_some_and(|p| &*p == "dateModified");
        }
        let time = &*name == "time";
        let inline = !inside.dated && INLINE.contains(&&*name);
        if &*name == "br" || !inline {
            self.end_line(outer);
        }
        if self.headline == Some(node.id) {
            self.headline_line = Some(self.lines);
        }
        if time || inside.dated {
            self.attributes(&node, inside, time);
        }
        if !inline {
            steps.push(Step::EndLine(inside));
        }
        let children: Vec<_> = node.children_it(true).map(|child| Step::Enter(child, inside)).collect();
        steps.extend(children);
    }

    /// Reads the date in the attributes of a `<time>`, or of an element marked as a date.
    fn attributes(&mut self, node: &NodeRef<'a>, inside: Inside, time: bool) {
        for name in
            ["datetime", "data-timestamp", "data-time", "data-date", "data-published", "title", "content"]
        {
            let Some(value) = node.attr(name).and_then(|value| one_line(&value)) else { continue };
            if let Ok(published) = dates::parse_in(&value, self.page.language) {
                // The text of the element may label the date as a change, and it has priority if its date differs.
                let text = one_line(&node.text()).filter(|text| text.chars().count() <= LINE_CHARS);
                let line = text.map(|text| Line::of(&text, self.page.language));
                let differs = line
                    .as_ref()
                    .and_then(|line| line.published().ok())
                    .is_some_and(|seen| seen.date != published.date);
                let before = if self.line.len() <= LINE_CHARS { last_label(&self.line) } else { None };
                let label = line.as_ref().and_then(Line::label).or(before);
                if !(differs && label == Some(Label::Published)) {
                    self.add(value, published, label, inside, 25 + 10 * i32::from(time));
                }
                return;
            }
        }
    }

    fn end_line(&mut self, inside: Inside) {
        let line = std::mem::take(&mut self.line);
        let Some(text) = one_line(&line) else { return };
        self.lines += 1;
        // On old pages the headline is an ordinary line.
        if self.headline.is_none()
            && self.headline_line.is_none()
            && self.page.title.is_some_and(|title| title == text)
        {
            self.headline_line = Some(self.lines);
        }
        if !text.contains(char::is_numeric) || text.chars().count() > LINE_CHARS {
            return;
        }
        let read = Line::of(&text, self.page.language);
        let words = read.tokens.iter().enumerate().filter(|(at, token)| {
            matches!(token.kind, Kind::Word(_)) && !read.dates.iter().any(|d| (d.start..d.end).contains(at))
        });
        let words = words.count();
        for (at, date) in read.dates.iter().enumerate() {
            let Ok(published) = date.published else { continue };
            let label = date.label.or_else(|| if at == 0 { read.label() } else { None });
            // In prose, "published on" may refer to a study or a book.
            if words > OTHER_WORDS && !inside.dated {
                continue;
            }
            let bare = match words {
                0..=3 => 25,
                4..=7 => 18,
                _ => 12,
            };
            self.add(text.clone(), published, label, inside, bare);
        }
    }

    fn add(
        &mut self,
        written: String,
        published: Published,
        label: Option<Label>,
        inside: Inside,
        points: i32,
    ) {
        if inside.apart || label == Some(Label::Other) || label == Some(Label::Modified) {
            return;
        }
        let mut points = points + 15 * i32::from(inside.dated) + 15 * i32::from(inside.published);
        points -= 20 * i32::from(inside.aside);
        // Probably today's date in the header of the site.
        points -= 20 * i32::from(self.headline.is_some() && self.headline_line.is_none() && !inside.near);
        if label == Some(Label::Published) {
            points += 25;
        } else if inside.modified {
            points -= 15;
        }
        // If the line has several dates, only the chosen one is kept.
        let written = match dates::parse_in(&written, self.page.language) {
            Ok(same) if same == published => written,
            _ => published.to_string(),
        };
        let labelled = label == Some(Label::Published);
        self.seen.push(Seen { written, published, line: self.lines, points, labelled, near: inside.near });
    }
}

/// Returns the last label of a text, which applies to what follows it.
fn last_label(text: &str) -> Option<Label> {
    Line::of(text, None)
        .tokens
        .iter()
        .rev()
        .find_map(|token| token.word().and_then(|word| word.meaning.label))
}
