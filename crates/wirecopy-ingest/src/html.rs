//! Extracts the article of a web page: the text blocks around its headline, checked against the page's JSON-LD.
//!
//! If the blocks do not make up an article, the extractor tries the content of `<noscript>`, the data in scripts, and
//! readability (dom_smoothie). A page that is nested too deeply for a tree, or on which a parser panics, is read by `strip`
//! instead, so that no page aborts the run. Cost: about 3 ms a page, nearly all of it for building the tree.

mod body;
mod hints;
mod json_ld;
mod lines;
mod not_article;
mod outline;
mod scripts;

use std::panic::{self, AssertUnwindSafe};

use dom_query::Document as Tree;
use dom_smoothie::{Config, Readability, TextMode};

use body::Found;
use outline::Outline;

use super::extract::Extracted;
use super::{long_text, page, strip};
use wirecopy_core::document::{Metadata, Refusal, SkipKind, one_line};
use wirecopy_core::text::{NoArticle, no_article};

/// Deepest nesting for which a tree is built. Browsers stop at 512 too; the tree's walkers recurse, and a worker's stack is
/// 2 MiB.
const DEPTH: usize = 512;
/// Most attributes of an element for which a tree is built: the parser compares each attribute with all before it.
const ATTRIBUTES: usize = 512;
/// Most elements of a page on which readability is tried, because it takes more than linear time.
const ELEMENTS: usize = 100_000;
/// Words of prose from which a text is an article without further checks.
const ENOUGH: usize = 60;

/// Fewer words of prose than this count as none.
const NOTHING: usize = 15;
/// The reason for skipping a page whose text is loaded by a script.
const IN_SCRIPT: &str = "the text of the page is in a script that cannot be read";

/// Extracts the article and the metadata of a page.
///
/// # Errors
/// The reason for skipping it: there is no text, only a cookie notice, or only the shell of a web application.
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
    if !is_sure && not_article::is_consent(&text, meta.title.as_deref()) {
        return Err(SkipKind::NoArticle.because(NoArticle::Notice.reason()));
    }
    if has_script && is_shell(&text, meta.title.as_deref()) {
        return Err(SkipKind::NoArticle.because(IN_SCRIPT));
    }
    if text.is_empty() {
        return Err(SkipKind::Empty.because("no text on the page"));
    }
    Ok(Extracted { own_id: None, meta, text })
}

/// Returns whether a text is only the shell of a web application: its title, its menu, its notice for browsers without scripts.
fn is_shell(text: &str, title: Option<&str>) -> bool {
    let is_title = title.is_some_and(|title| page::letters(text) == page::letters(title));
    text.is_empty() || is_title || no_article(title, text) == Some(NoArticle::Shell)
}

/// The result of extracting an article from the tree of a page.
struct Article {
    meta: Metadata,
    /// Empty if no article was found.
    text: String,
    /// Whether it was found around the headline or in structured data about the article.
    is_sure: bool,
    /// Whether the page has little prose outside scripts, and some in a script.
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
        && let Some(body) = json_ld::body(&tree, &titles)
    {
        found = json_ld::better(found, body);
    }
    if outline.has_noscript(ENOUGH) || found.prose < ENOUGH {
        let shown = body::find(&outline, &titles, true);
        let is_longer = shown.prose > found.prose && json_ld::holds(&shown, &found);
        if is_longer || shown.is_headed && shown.prose > 2 * found.prose {
            found = shown;
        }
    }
    if found.prose >= ENOUGH {
        return Article { meta, text: found.text, is_sure: true, has_script: false };
    }
    if let Some(state) = scripts::body(&tree, &titles)
        && state.prose > found.prose
        && json_ld::holds(&state, &found)
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

/// Returns the titles that the page declares, without the name of its site.
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

/// Extracts the article with readability.
fn readable(source: &str, tree: Tree) -> Option<String> {
    let config = Config {
        // `Raw`, the default, joins words across tags.
        text_mode: TextMode::Formatted,
        max_elements_to_parse: ELEMENTS,
        disable_json_ld: true,
        ..Config::default()
    };
    long_text::split(source, &tree);
    let mut readability = Readability::with_document(tree, None, Some(config)).ok()?;
    readability.doc.select("figcaption").remove();
    readability.parse().ok().map(|article| paragraphs(&article.text_content))
}

/// Puts each paragraph on one line, with single spaces between words.
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

/// Removes a first line that repeats the headline, unless it is the only line.
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
