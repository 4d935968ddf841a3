//! What a page says about its article, in the places where news sites say it.

use dom_query::Document as Tree;
use serde_json::Value;

use super::extract::one_line;
use crate::document::Metadata;

/// Between a headline and the name of the site in `<title>`.
const SEPARATORS: [&str; 8] = [" | ", " - ", " – ", " — ", " :: ", " » ", " · ", " • "];
/// Names of `<meta>` that hold the day of publication, best first.
const DATES: [&str; 16] = [
    "date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "datepublished",
    "dc.date",
    "dc.date.issued",
    "dcterms.date",
    "dcterms.created",
    "sailthru.date",
    "parsely-pub-date",
    "cxenseparse:recs:publishtime",
    "article.published",
    "og:published_time",
];

/// Elements that hold author or agency.
const BYLINE_ELEMENTS: [&str; 4] = [
    "[rel='author']",
    "[itemprop='author']",
    "[class*='byline']",
    ".author, .autor, .source, .agency, .article-source",
];
/// A longer text is no byline.
const BYLINE_CHARS: usize = 120;
/// Teasers have bylines too; those of the article come first.
const BYLINES: usize = 4;

/// Reads the metadata of a page.
pub(super) fn read(tree: &Tree) -> Metadata {
    let metas = metas(tree);
    let meta = |name: &str| metas.iter().find(|(key, _)| key == name).map(|(_, content)| content.clone());
    let linked = linked_data(tree);
    let of_linked = |path: &[&str]| linked.as_ref().and_then(|value| string_at(value, path));
    let attribute = |selector: &str, name: &str| {
        tree.select(selector).iter().find_map(|node| node.attr(name).and_then(|value| one_line(&value)))
    };

    let url = attribute("link[rel='canonical']", "href").filter(|url| host(url).is_some());
    let url = url.or_else(|| meta("og:url").filter(|url| host(url).is_some()));
    let site = meta("og:site_name").or_else(|| of_linked(&["publisher", "name"]));
    let title = meta("og:title")
        .map(|title| without_site(&title, site.as_deref(), false))
        .or_else(|| of_linked(&["headline"]))
        .or_else(|| heading(tree))
        .or_else(|| {
            let title = one_line(&tree.select_single("title").text())?;
            Some(without_site(&title, site.as_deref(), true))
        });
    let date = meta("article:published_time")
        .or_else(|| of_linked(&["datePublished"]))
        .or_else(|| attribute("article time[datetime]", "datetime"))
        .or_else(|| attribute("time[datetime]", "datetime"))
        .or_else(|| DATES.iter().find_map(|name| meta(name)));
    let source = site.or_else(|| url.as_deref().and_then(host).map(str::to_owned));
    let bylines = bylines(tree, meta("author").or_else(|| of_linked(&["author", "name"])));
    Metadata { title, date, source, url, bylines, language: attribute("html", "lang"), ..Metadata::default() }
}

/// The lines that name author or agency: metadata, elements that say by their class what they are, and the line that
/// the time of publication stands in, where sites put the byline. Each once, short ones only.
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

/// The page's one heading of the first level, that of the article first.
fn heading(tree: &Tree) -> Option<String> {
    for selector in ["article h1", "main h1", "h1"] {
        let found = tree.select(selector);
        if found.length() == 1 {
            return one_line(&found.text());
        }
    }
    None
}

/// The first object of JSON-LD that describes an article.
fn linked_data(tree: &Tree) -> Option<Value> {
    tree.select("script[type='application/ld+json']").iter().find_map(|script| {
        let text = script.text();
        let text = text.trim().trim_start_matches("<!--").trim_start_matches("//<![CDATA[");
        let text = text.trim_end_matches("-->").trim_end_matches("//]]>");
        article_in(serde_json::from_str(text.trim()).ok()?)
    })
}

fn article_in(value: Value) -> Option<Value> {
    match value {
        Value::Array(values) => values.into_iter().find_map(article_in),
        Value::Object(mut object) => {
            if let Some(graph) = object.remove("@graph") {
                return article_in(graph);
            }
            let is_article = object.contains_key("headline") || object.contains_key("datePublished");
            is_article.then_some(Value::Object(object))
        }
        _ => None,
    }
}

/// The string at a path; lists stand for their first element, as JSON-LD allows them everywhere.
fn string_at(value: &Value, path: &[&str]) -> Option<String> {
    match (value, path) {
        (Value::Array(values), _) => string_at(values.first()?, path),
        (Value::Object(object), [key, rest @ ..]) => string_at(object.get(*key)?, rest),
        (Value::String(text), []) => one_line(&html_escape::decode_html_entities(text)),
        _ => None,
    }
}

/// The host of an absolute address, without `www.`.
fn host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    let host = &rest[..end];
    let host = host.strip_prefix("www.").unwrap_or(host);
    (!host.is_empty()).then_some(host)
}

/// Takes the site's name off a headline: where it is known, whatever separates it; where `guess` allows, a short
/// last part.
fn without_site(title: &str, site: Option<&str>, guess: bool) -> String {
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

/// Letters and digits only, in lower case, for comparing names.
pub(super) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sites_name_comes_off_the_headline() {
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

    #[test]
    fn hosts_are_read_off_addresses() {
        assert_eq!(host("https://www.example.org/a?b"), Some("example.org"));
        assert_eq!(host("http://example.org:80/"), Some("example.org"));
        assert_eq!(host("/relative"), None);
    }
}
