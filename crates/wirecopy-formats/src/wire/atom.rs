//! Reads Atom 1.0 (RFC 4287) and 0.3.

use std::io::BufRead;
use std::ops::ControlFlow;

use wirecopy_core::document::SkipKind::Empty;
use wirecopy_core::document::{Delivery, Metadata, Refusal, one_line};

use super::body::{self, Said};
use super::feed::Post;
use super::fields::{self, Out};
use super::words;
use crate::xml::{Element, Reader, local};
use crate::{Emit, Item, Limits};

/// What a feed says of itself.
#[derive(Debug, Default)]
struct Feed {
    title: Option<String>,
    authors: Vec<String>,
}

/// Reads all entries of a file.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let mut reader = Reader::new(input, limits);
    let mut out = Out::new(emit);
    let mut feed = Feed::default();
    while let Some(element) = reader.next(&is_wanted) {
        match element {
            Ok(element) if element.is("entry") => out.pass(entry(&element, &feed, limits))?,
            Ok(element) if element.is("title") => feed.title = feed.title.or_else(|| text(&element)),
            Ok(element) => feed.authors.extend(author(&element)),
            Err(refusal) => out.pass(Err(refusal))?,
        }
    }
    out.finish("a feed without entries")
}

fn is_wanted(open: &[String], name: &str) -> bool {
    let is_of_feed = open.last().is_some_and(|parent| {
        // The same prefix as the feed: `media:title` is something else.
        local(parent) == "feed" && parent.len() - "feed".len() == name.len() - local(name).len()
    });
    local(name) == "entry" || (is_of_feed && matches!(local(name), "title" | "author"))
}

fn entry(entry: &Element, feed: &Feed, limits: Limits) -> Result<Item, Refusal> {
    let meta = metadata(entry, feed);
    let repeats = body::repeats(&meta);
    let post = Post { title: meta.title.as_deref(), url: meta.url.as_deref(), site: feed.title.as_deref() };
    let article = |element: &Element| {
        let kind = element.attribute("type").unwrap_or_default();
        let said = if kind.contains("html") { Said::Html } else { Said::Nothing };
        post.article(element, said, &repeats, limits)
    };
    let mut texts =
        ["content", "summary"].into_iter().flat_map(|name| children(entry, name).collect::<Vec<_>>());
    match texts.find_map(article) {
        Some(body) => Ok(Item { meta, body }),
        None => Err(Empty.because("an entry of a feed without text")),
    }
}

/// Returns the children with this name that have the prefix of the entry, not one of an extension.
fn children<'e>(entry: &'e Element, name: &'e str) -> impl Iterator<Item = &'e Element> {
    let prefix = entry.name.len() - local(&entry.name).len();
    entry.all(name).filter(move |child| child.name.len() - name.len() == prefix)
}

fn child<'e>(entry: &'e Element, name: &'e str) -> Option<&'e Element> {
    children(entry, name).next()
}

fn text(element: &Element) -> Option<String> {
    words::line(&element.text())
}

fn author(author: &Element) -> Option<String> {
    author.at(&["name"]).and_then(text)
}

fn metadata(entry: &Element, feed: &Feed) -> Metadata {
    let date = |name: &str| child(entry, name).and_then(Element::line);
    let (published, updated) =
        (date("published").or_else(|| date("issued")), date("updated").or_else(|| date("modified")));
    let source = child(entry, "source");
    let mut authors: Vec<String> = children(entry, "author").filter_map(author).collect();
    if authors.is_empty() {
        let of_source = source.into_iter().flat_map(|source| source.all("author")).filter_map(author);
        authors = of_source.collect();
    }
    if authors.is_empty() {
        authors.clone_from(&feed.authors);
    }
    let guid = child(entry, "id").and_then(Element::line);
    let original =
        entry.elements().find(|element| element.name == "feedburner:origLink").and_then(Element::line);
    let content = child(entry, "content").and_then(|content| content.attribute("lang"));
    Metadata {
        title: child(entry, "title").and_then(text),
        date: published.or(updated),
        source: source.and_then(|source| source.at(&["title"])).and_then(text).or_else(|| feed.title.clone()),
        url: original.or_else(|| link(entry)).or_else(|| fields::address(guid.as_deref())),
        bylines: authors,
        language: content.or_else(|| entry.attribute("lang")).and_then(one_line),
        delivery: fields::delivery(Delivery { guid, ..Delivery::default() }),
        ..Metadata::default()
    }
}

/// Returns the address of the page of an entry.
fn link(entry: &Element) -> Option<String> {
    let links =
        || children(entry, "link").filter(|link| matches!(link.attribute("rel"), None | Some("alternate")));
    let is_page = |link: &&Element| link.attribute("type").is_none_or(|kind| kind.contains("html"));
    let page = links().find(is_page).or_else(|| links().next())?;
    fields::address(page.attribute("href").map(str::trim))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::Body;
    use crate::Form::Atom;
    use crate::wire::tests::{found, item_of, only};

    fn feed(entry: &str) -> String {
        format!(
            "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en-US'><title type='html'>Harbour &amp;amp; Coast</title>\
             <author><name>The Editors</name></author>{entry}</feed>"
        )
    }

    #[test]
    fn fields_are_read() {
        let item = item_of(
            Atom,
            &feed(
                "<entry><id>tag:h.example,2024:1</id><title>Ferry sails</title><media:title>No</media:title>\
                 <link rel='self' href='https://h.example/1.xml'/><link rel='alternate' type='text/html' href='https://h.example/1'/>\
                 <published>2024-03-11T14:20:00Z</published><updated>2024-03-12T00:00:00Z</updated>\
                 <author><name>Jo Roe</name><email>jo@h.example</email></author><summary>Short.</summary>\
                 <content type='html'>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</content></entry>",
            ),
        );
        let meta = item.meta;
        assert_eq!(meta.title.as_deref(), Some("Ferry sails"));
        assert_eq!(meta.date.as_deref(), Some("2024-03-11T14:20:00Z"));
        assert_eq!(meta.source.as_deref(), Some("Harbour & Coast"));
        assert_eq!(meta.url.as_deref(), Some("https://h.example/1"));
        assert_eq!(meta.bylines, ["Jo Roe"]);
        assert_eq!(meta.language.as_deref(), Some("en-US"));
        assert_eq!(meta.delivery.unwrap().guid.as_deref(), Some("tag:h.example,2024:1"));
        assert_eq!(item.body, Body::Markup("<p>One.</p><p>Two.</p>".to_owned()));
    }

    #[test]
    fn content_is_read_in_any_type() {
        for (xml, expected) in [
            ("<content>One</content>", Body::Text("One".to_owned())),
            ("<content type='text'>1 &lt; 2</content>", Body::Text("1 < 2".to_owned())),
            (
                "<content type='xhtml'><div xmlns='x'><p>One</p><p>two</p></div></content>",
                Body::Markup("<div><p>One</p><p>two</p></div>".to_owned()),
            ),
            ("<content src='a.mp3' type='audio/mpeg'/><summary>One</summary>", Body::Text("One".to_owned())),
        ] {
            assert_eq!(item_of(Atom, &feed(&format!("<entry>{xml}</entry>"))).body, expected, "{xml}");
        }
        assert_eq!(
            only(Atom, &feed("<entry><title>A</title></entry>")).unwrap_err(),
            "an entry of a feed without text"
        );
        assert_eq!(only(Atom, &feed("")).unwrap_err(), "a feed without entries");
    }

    #[test]
    fn entry_of_another_feed_names_it() {
        let xml = "<entry xml:lang='nb'><updated>2024-03-11</updated><source><title>Coast</title><author><name>Al</name></author></source>\
            <summary>One</summary></entry><entry><summary>Two</summary></entry>";
        let found = found(Atom, &feed(xml));
        let first = &found[0].as_ref().unwrap().meta;
        assert_eq!((first.source.as_deref(), first.language.as_deref()), (Some("Coast"), Some("nb")));
        assert_eq!((&first.bylines[..], first.date.as_deref()), (&["Al".to_owned()][..], Some("2024-03-11")));
        assert_eq!(found[1].as_ref().unwrap().meta.bylines, ["The Editors"]);
    }

    #[test]
    fn prefixed_names_are_read() {
        let xml = "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:title>H</a:title><a:entry><a:title>T</a:title><a:content>One</a:content>\
            </a:entry></a:feed>";
        let meta = item_of(Atom, xml).meta;
        assert_eq!((meta.title.as_deref(), meta.source.as_deref()), (Some("T"), Some("H")));
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(
            xml in "(<feed>|<entry>|</entry>|<a:title>|<title>|</title>|<content type='html'>|<author>|<link/>|<|&|a| ){0,20}",
        ) {
            let _ = found(Atom, &xml);
        }
    }
}
