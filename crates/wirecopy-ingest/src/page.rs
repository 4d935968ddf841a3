//! Reads the metadata of a page: title, date, source, URL, language, bylines.

use dom_query::Document as Tree;

use super::page_date::json_ld::{JsonLd, string_at};
use super::page_date::{self, Page, PageDate};
use wirecopy_core::document::{Metadata, host, one_line};

/// Words by which pages say what an element holds, by kind.
pub(super) const WORDS: &str = include_str!("../data/page_words.tsv");

/// Separators between the headline and the name of the site in `<title>`.
const SEPARATORS: [&str; 8] = [" | ", " - ", " – ", " — ", " :: ", " » ", " · ", " • "];
/// Selectors of elements that hold an author or an agency.
const BYLINE_ELEMENTS: [&str; 4] = [
    "[rel='author']",
    "[itemprop='author']",
    "[class*='byline']",
    ".author, .autor, .source, .agency, .article-source",
];
/// Longest byline, in characters.
const BYLINE_CHARS: usize = 120;
/// Most bylines of a page. Teasers have bylines too, but those of the article come first.
const BYLINES: usize = 4;

/// Reads the metadata of a page.
pub(super) fn read(tree: &Tree) -> Metadata {
    let metas = metas(tree);
    let meta = |name: &str| metas.iter().find(|(key, _)| key == name).map(|(_, content)| content.clone());
    let heading_of_page = one_line(&tree.select_single("title").text());
    let linked = JsonLd::of(tree, meta("og:title").as_deref().or(heading_of_page.as_deref()));
    let of_linked = |path: &[&str]| linked.article().and_then(|value| string_at(value, path));
    let attribute = |selector: &str, name: &str| {
        tree.select(selector).iter().find_map(|node| node.attr(name).and_then(|value| one_line(&value)))
    };

    let is_absolute = |url: &String| url.starts_with("http") && host(url).is_some();
    let url = attribute("link[rel='canonical']", "href").filter(is_absolute);
    let url = url.or_else(|| meta("og:url").filter(is_absolute));
    let site = meta("og:site_name").or_else(|| of_linked(&["publisher", "name"]));
    let title = meta("og:title")
        .map(|title| without_site(&title, site.as_deref(), false))
        .or_else(|| of_linked(&["headline"]))
        .or_else(|| heading(tree))
        .or_else(|| Some(without_site(heading_of_page.as_deref()?, site.as_deref(), true)));
    let language = attribute("html", "lang");
    let page = Page {
        tree,
        metas: &metas,
        linked: &linked,
        title: title.as_deref(),
        language: language.as_deref(),
        url: url.as_deref(),
    };
    let PageDate { date, problem: date_problem } = page_date::find(&page);
    let source = site.or_else(|| url.as_deref().and_then(host).map(str::to_owned));
    let bylines = bylines(tree, meta("author").or_else(|| of_linked(&["author", "name"])));
    Metadata { title, date, date_problem, source, url, bylines, language, ..Metadata::default() }
}

/// Returns the distinct short lines that name an author or an agency: from metadata, from elements marked by their class, and
/// from the line with the time of publication, where many sites put the byline.
fn bylines(tree: &Tree, author: Option<String>) -> Vec<String> {
    let mut out: Vec<String> = author.into_iter().collect();
    let mut add = |line: Option<String>| {
        if let Some(line) = line
            && line.chars().count() <= BYLINE_CHARS
            && out.len() < BYLINES
            && !out.contains(&line)
        {
            out.push(line);
        }
    };
    for selector in BYLINE_ELEMENTS {
        for node in &tree.select(selector) {
            add(one_line(&node.text()));
        }
    }
    for time in tree.select("time[datetime]").nodes().iter().take(2) {
        add(time.parent().and_then(|line| one_line(&line.text())));
    }
    out
}

fn metas(tree: &Tree) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for node in &tree.select("meta[content]") {
        let Some(content) = node.attr("content").and_then(|content| one_line(&content)) else { continue };
        for name in ["property", "name", "itemprop"] {
            if let Some(key) = node.attr(name) {
                out.push((key.trim().to_ascii_lowercase(), content.clone()));
            }
        }
    }
    out
}

/// Returns the page's only `<h1>`, preferably that of the article.
fn heading(tree: &Tree) -> Option<String> {
    for selector in ["article h1", "main h1", "h1"] {
        let found = tree.select(selector);
        if found.length() == 1 {
            return one_line(&found.text());
        }
    }
    None
}

/// Removes the site's name from the end of a title. If the name is unknown and `guess` is set, removes a short last part.
pub(super) fn without_site(title: &str, site: Option<&str>, guess: bool) -> String {
    let last = SEPARATORS.iter().filter_map(|s| title.rfind(s).map(|at| (at, s.len()))).max();
    let Some((at, length)) = last else { return title.to_owned() };
    let (head, tail) = (title[..at].trim(), title[at + length..].trim());
    let named = site.is_some_and(|site| {
        let (site, tail) = (letters(site), letters(tail));
        !tail.is_empty() && (site.contains(&tail) || tail.contains(&site))
    });
    let words = |text: &str| text.split_whitespace().count();
    let guessed = guess && words(tail) <= 4 && words(head) > words(tail);
    if head.is_empty() || !(named || guessed) { title.to_owned() } else { head.to_owned() }
}

/// Reduces a text to its letters and digits in lower case, for comparison.
pub(super) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_has_the_kinds_in_use() {
        assert_eq!(
            wirecopy_core::word_table::kinds(WORDS),
            [
                "picture",
                "around",
                "others",
                "comments",
                "consent",
                "labels",
                "caption",
                "offer",
                "part of other",
                "part of aside",
                "part of date",
                "part of published",
                "part of modified",
                "consent text"
            ]
        );
    }

    #[test]
    fn site_name_is_removed_from_the_title() {
        assert_eq!(
            without_site("Ferry sails - The Harbour Post", Some("Harbour Post"), false),
            "Ferry sails"
        );
        assert_eq!(
            without_site("Ferry sails - at last", Some("Harbour Post"), false),
            "Ferry sails - at last"
        );
        assert_eq!(without_site("The ferry sails again | Post", None, true), "The ferry sails again");
        assert_eq!(without_site("Post", Some("Post"), true), "Post");
        assert_eq!(
            without_site("Ferry – a long story told in many words", None, true),
            "Ferry – a long story told in many words"
        );
    }
}
