//! Finds the article in an element or a string, and whether it is plain text or markup.

use memchr::memmem;
use wirecopy_core::document::Metadata;

use super::clean::{Repeats, cleaned};
use super::{nitf, words};
use crate::markup::{has_entity, is_markup};
use crate::xml::{Element, Reader, local};
use crate::{Body, Limits};

/// Bytes within which NITF begins in a string, after declarations.
const HEAD_BYTES: usize = 1024;

/// What a form says of the content of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Html,
    Nothing,
}

/// Returns what the text of an item need not repeat of its header.
pub(super) fn repeats(meta: &Metadata) -> Repeats {
    let mut repeats = Repeats::default();
    meta.title.iter().for_each(|title| repeats.title(title));
    for byline in &meta.bylines {
        repeats.line(byline);
    }
    meta.delivery.iter().filter_map(|delivery| delivery.slug.as_deref()).for_each(|slug| repeats.line(slug));
    repeats
}

/// Returns the article in a string; `None` if it has no words.
pub(super) fn of_string(text: &str, said: Said, repeats: &Repeats, limits: Limits) -> Option<Body> {
    let trimmed = text.trim();
    let trimmed =
        trimmed.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>")).unwrap_or(trimmed);
    if let Some(nitf) = embedded_nitf(trimmed, limits) {
        return of_element(&nitf, repeats, limits);
    }
    if said == Said::Html || is_markup(trimmed) || has_entity(trimmed) {
        return of_markup(trimmed, repeats);
    }
    of_plain(trimmed, repeats)
}

/// Returns the article in an element; `None` if it has no words. The element holds NITF, a page of XHTML, parts of one, or a
/// string.
pub(super) fn of_element(container: &Element, repeats: &Repeats, limits: Limits) -> Option<Body> {
    if container.is("nitf") {
        return of_markup(&nitf::content(container), repeats);
    }
    if let Some(nitf) = container.find("nitf") {
        return of_markup(&nitf::content(nitf), repeats);
    }
    if container.elements().next().is_none() {
        return of_string(&container.text(), Said::Nothing, repeats, limits);
    }
    let article = container.at(&["html", "body"]).or_else(|| container.at(&["body"])).unwrap_or(container);
    of_markup(&article.markup(), repeats)
}

/// Joins parts of one article.
pub(super) fn joined(parts: &[Body]) -> Option<Body> {
    let is_text = parts.iter().all(|part| matches!(part, Body::Text(_)));
    let mut out = String::new();
    for part in parts {
        match part {
            Body::Text(text) if is_text => {
                if !out.is_empty() {
                    out.push('\n');
                }
                out.push_str(text);
            }
            Body::Text(text) => out.extend(text.lines().map(|line| format!("<p>{}</p>", escaped(line)))),
            Body::Markup(markup) => out.push_str(markup),
        }
    }
    (!parts.is_empty()).then_some(if is_text { Body::Text(out) } else { Body::Markup(out) })
}

/// Returns text as HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Returns NITF that is given as a string.
fn embedded_nitf(text: &str, limits: Limits) -> Option<Element> {
    let head = text.as_bytes().get(..HEAD_BYTES).unwrap_or(text.as_bytes());
    let has = |mark: &str| memmem::find(head, mark.as_bytes()).is_some();
    if !text.starts_with('<') || !(has("<nitf") || has(":nitf")) {
        return None;
    }
    let mut input = text.as_bytes();
    Reader::new(&mut input, limits).next(&|_, name| local(name) == "nitf")?.ok()
}

fn of_markup(markup: &str, repeats: &Repeats) -> Option<Body> {
    let article = cleaned(markup, repeats);
    // An alert may have a second headline for its text.
    let article = if article.has_words { article } else { cleaned(markup, &repeats.lines_only()) };
    article.has_words.then(|| {
        if article.has_blocks {
            Body::Markup(article.html)
        } else {
            // Line ends are the only structure that a single paragraph can have.
            Body::Text(words::reflowed(&words::plain(&article.html)))
        }
    })
}

fn of_plain(text: &str, repeats: &Repeats) -> Option<Body> {
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n')
        && (line.trim().is_empty() || repeats.has_line(line))
    {
        rest = after;
    }
    if !words::has_word(rest) || (!rest.contains('\n') && repeats.has_line(rest)) {
        return None;
    }
    Some(Body::Text(if words::is_wrapped(rest) { words::reflowed(rest) } else { normalised(rest) }))
}

fn normalised(text: &str) -> String {
    text.trim().replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &str) -> Option<Body> {
        let meta = Metadata { title: Some("Ferry sails".to_owned()), ..Metadata::default() };
        of_string(text, Said::Nothing, &repeats(&meta), Limits::default())
    }

    fn text(text: &str) -> Option<Body> {
        Some(Body::Text(text.to_owned()))
    }

    fn markup(text: &str) -> Option<Body> {
        Some(Body::Markup(text.to_owned()))
    }

    #[test]
    fn strings_are_read_as_what_they_are() {
        assert_eq!(string("One\r\ntwo"), text("One\ntwo"));
        assert_eq!(string("Ferry sails\n\nOne\n\ntwo"), text("One\n\ntwo"));
        assert_eq!(string("Ferry sails"), None);
        assert_eq!(string("One &amp; two"), text("One & two"));
        assert_eq!(string("<![CDATA[<p>One</p><p>two</p>]]>"), markup("<p>One</p><p>two</p>"));
        assert_eq!(string("<p>\n  One\n  two </p>"), text("One two"));
        assert_eq!(
            string(
                "<?xml version='1.0'?><nitf><body><body.content><p>A</p><hl2>B</hl2></body.content></body></nitf>"
            ),
            markup("<p>A</p><h2>B</h2>")
        );
        assert_eq!(string("<p> </p>"), None);
        assert_eq!(string("<nitf"), text("<nitf"));
    }

    #[test]
    fn parts_are_joined() {
        assert_eq!(joined(&[Body::Text("A".to_owned()), Body::Text("B".to_owned())]), text("A\nB"));
        assert_eq!(
            joined(&[Body::Text("A & b\nc".to_owned()), Body::Markup("<p>D</p>".to_owned())]),
            markup("<p>A &amp; b</p><p>c</p><p>D</p>")
        );
        assert_eq!(joined(&[]), None);
    }
}
