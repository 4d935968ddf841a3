//! A web page to its article: the blocks around its headline, checked against what else the page says of itself.
//!
//! Cost: some 3 ms a page, nearly all of it the tree. Where the blocks do not make an article, it is looked for in the page's
//! scripts, in what is shown without scripts, and by readability (dom_smoothie). A page that is too deep for the tree, or
//! on which a reader panics, is read by `strip` instead; no page ends the run.

mod body;
mod lines;
mod linked;
mod marks;
mod others;
mod outline;
mod scripts;

use std::panic::{self, AssertUnwindSafe};

use dom_query::Document as Tree;
use dom_smoothie::{Config, Readability, TextMode};

use body::Found;
use outline::Outline;

use super::extract::{Extracted, one_line};
use super::{long_text, page, strip};
use wirecopy_core::document::{Metadata, Refusal, SkipKind};
use wirecopy_core::text::{NoArticle, no_article};

/// Elements within elements, beyond which no tree is built. Browsers stop nesting at 512; the tree's walkers recurse,
/// and a worker's stack is 2 MiB.
const DEPTH: usize = 512;
/// Attributes of an element, beyond which no tree is built: its parser compares each with all before it.
const ATTRIBUTES: usize = 512;
/// Elements of a page, beyond which readability (not quite linear) is not tried.
const ELEMENTS: usize = 100_000;
/// So many words of prose are an article without further questions.
const ENOUGH: usize = 60;

/// Fewer words of prose are as good as none.
const NOTHING: usize = 15;
/// What a page that holds nothing but its frame says of itself.
const IN_SCRIPT: &str = "the text of the page is in a script that cannot be read";

/// Reads a page.
///
/// # Errors
/// A sentence when there are no words in it, or none but those of an application that was to load its text.
pub(super) fn extract(source: &str) -> Result<Extracted, Refusal> {
    let shape = strip::shape(source);
    let found = if shape.depth > DEPTH || shape.attributes > ATTRIBUTES {
        None
    } else {
        panic::catch_unwind(AssertUnwindSafe(|| article(source))).ok()
    };
    let found = found.unwrap_or_else(|| Article {
        meta: Metadata { title: strip::title(source), ..Metadata::default() },
        text: String::new(),
        is_sure: false,
        has_script: false,
    });
    let Article { meta, text, is_sure, has_script } = found;
    let text = if text.is_empty() { strip::text(source) } else { text };
    let text = without_title(text, meta.title.as_deref());
    if !is_sure && others::is_consent(&text, meta.title.as_deref()) {
        return Err(SkipKind::NoArticle.because(NoArticle::Notice.reason()));
    }
    if has_script && is_frame(&text, meta.title.as_deref()) {
        return Err(SkipKind::NoArticle.because(IN_SCRIPT));
    }
    if text.is_empty() {
        return Err(SkipKind::Empty.because("no text in the page"));
    }
    Ok(Extracted { own_id: None, meta, text })
}

/// Whether a text is the frame of an application: its headline, its menu, what it says where no script runs.
fn is_frame(text: &str, title: Option<&str>) -> bool {
    let is_title = title.is_some_and(|title| page::letters(text) == page::letters(title));
    text.is_empty() || is_title || no_article(title, text) == Some(NoArticle::Shell)
}

/// What the tree of a page gives.
struct Article {
    meta: Metadata,
    /// Empty where no article was found.
    text: String,
    /// It was found around the headline or in data about the article.
    is_sure: bool,
    /// There is little prose on the page, and some in a script.
    has_script: bool,
}

fn article(source: &str) -> Article {
    let tree = Tree::from(source);
    let meta = page::read(&tree);
    let titles = titles(&tree, &meta);
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let outline = Outline::of(&tree, memchr::memmem::find(source.as_bytes(), b"S:0").is_some());
    let mut found = body::find(&outline, &titles, false);
    if memchr::memmem::find(source.as_bytes(), b"\"articleBody\"").is_some()
        && let Some(body) = linked::body(&tree, &titles)
    {
        found = linked::better(found, body);
    }
    if outline.has_noscript(ENOUGH) || found.prose < ENOUGH {
        let shown = body::find(&outline, &titles, true);
        let is_longer = shown.prose > found.prose && linked::holds(&shown, &found);
        if is_longer || shown.is_headed && shown.prose > 2 * found.prose {
            found = shown;
        }
    }
    if found.prose >= ENOUGH {
        return Article { meta, text: found.text, is_sure: true, has_script: false };
    }
    if let Some(state) = scripts::body(&tree, &titles)
        && state.prose > found.prose
        && linked::holds(&state, &found)
    {
        found = state;
    }
    let has_script = scripts::has_prose(&tree);
    if (found.prose < NOTHING || !found.is_headed)
        && let Some(text) = readable(source, tree)
        && outline::prose(&text) > found.prose
    {
        found = Found { text, prose: 0, is_headed: false };
    }
    Article { meta, text: found.text, is_sure: found.prose > 0 && found.is_headed, has_script }
}

/// The headlines that the page gives itself, without the name of its site.
fn titles(tree: &Tree, meta: &Metadata) -> Vec<String> {
    let mut titles: Vec<String> = meta.title.iter().cloned().collect();
    let mut sites: Vec<String> = meta.source.iter().map(|site| page::letters(site)).collect();
    for node in tree.head().iter().flat_map(|head| head.children_it(false)) {
        let name = node.attr("property").or_else(|| node.attr("name"));
        if node.has_name("title") || name.is_some_and(|name| &*name == "twitter:title") {
            let text = node.attr("content").unwrap_or_else(|| node.text());
            let Some(text) = one_line(&text) else { continue };
            let title = page::without_site(&text, None, true);
            sites.extend(page::letters(&text).strip_prefix(&page::letters(&title)).map(str::to_owned));
            titles.push(title);
        }
    }
    titles.dedup();
    titles.retain(|title| !sites.contains(&page::letters(title)));
    titles
}

/// The article as readability sees it.
fn readable(source: &str, tree: Tree) -> Option<String> {
    let config = Config {
        // `Raw`, the default, joins words across tags.
        text_mode: TextMode::Formatted,
        max_elements_to_parse: ELEMENTS,
        disable_json_ld: true,
        ..Config::default()
    };
    long_text::part(source, &tree);
    let mut readability = Readability::with_document(tree, None, Some(config)).ok()?;
    readability.doc.select("figcaption").remove();
    readability.parse().ok().map(|article| paragraphs(&article.text_content))
}

/// One line a paragraph, blanks collapsed.
fn paragraphs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let Some(first) = words.next() else { continue };
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(first);
        for word in words {
            out.push(' ');
            out.push_str(word);
        }
    }
    out
}

/// The text without a first line that repeats the headline, unless it is all there is.
fn without_title(text: String, title: Option<&str>) -> String {
    let Some((first, rest)) = text.split_once('\n') else { return text };
    match title {
        Some(title) if page::letters(first) == page::letters(title) => rest.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod page_tests;
#[cfg(test)]
mod tests;
