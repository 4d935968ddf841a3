//! Reads RSS 0.9 to 2.0 and RSS 1.0, which is RDF.
//!
//! Sites put the article in `content:encoded` or in elements of Yandex, or else a summary or the article in `description`.

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

/// Elements that hold the article, the fullest first.
const TEXTS: &[&str] = &[
    "content:encoded",
    "yandex:full-text",
    "full-text",
    "turbo:content",
    "xhtml:body",
    "body",
    "atom:content",
    "fulltext",
    "description",
    "rss:description",
    "atom:summary",
    "dc:description",
    "itunes:summary",
];

/// What a feed says of itself.
#[derive(Debug, Default)]
pub(super) struct Channel {
    pub title: Option<String>,
    pub language: Option<String>,
}

impl Channel {
    /// Returns whether an element says something of the feed, given the names of the elements around it and its own.
    pub(super) fn has(open: &[String], name: &str) -> bool {
        open.last().is_some_and(|parent| local(parent) == "channel")
            && matches!(name, "title" | "rss:title" | "language" | "dc:language" | "rss:language")
    }

    /// Remembers the first of each.
    pub(super) fn add(&mut self, element: &Element) {
        let field = if element.is("title") { &mut self.title } else { &mut self.language };
        if field.is_none() {
            *field = words::line(&element.text());
        }
    }
}

/// Reads all items of a file.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let mut reader = Reader::new(input, limits);
    let mut out = Out::new(emit);
    let mut channel = Channel::default();
    while let Some(element) = reader.next(&|open, name| local(name) == "item" || Channel::has(open, name)) {
        match element {
            Ok(element) if element.is("item") => out.pass(item(&element, &channel, limits))?,
            Ok(element) => channel.add(&element),
            Err(refusal) => out.pass(Err(refusal))?,
        }
    }
    out.finish("a feed without items")
}

fn item(item: &Element, channel: &Channel, limits: Limits) -> Result<Item, Refusal> {
    let meta = metadata(item, channel);
    let repeats = body::repeats(&meta);
    let post =
        Post { title: meta.title.as_deref(), url: meta.url.as_deref(), site: channel.title.as_deref() };
    let mut elements = TEXTS.iter().filter_map(|name| named(item, name));
    let body = elements.find_map(|element| post.article(element, Said::Nothing, &repeats, limits));
    match body {
        Some(body) => Ok(Item { meta, body }),
        None => Err(Empty.because("an item of a feed without text")),
    }
}

/// Returns the child with this name, prefix included.
pub(super) fn named<'e>(element: &'e Element, name: &str) -> Option<&'e Element> {
    element.elements().find(|child| child.name == name)
}

/// Returns the first child with one of these names that has words, on one line.
pub(super) fn line(element: &Element, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| words::line(&named(element, name)?.text()))
}

/// Returns the fields of an item that all feeds of RSS have.
pub(super) fn metadata(item: &Element, channel: &Channel) -> Metadata {
    let guid = named(item, "guid").and_then(Element::line);
    let link = line(item, &["feedburner:origLink", "link", "rss:link"])
        .or_else(|| named(item, "atom:link").and_then(|link| link.attribute("href")).and_then(one_line));
    let about = item.attribute("about").and_then(one_line);
    let date = line(
        item,
        &["pubDate", "dc:date", "dcterms:issued", "dcterms:created", "atom:published", "atom:updated"],
    );
    let delivery = Delivery { guid: guid.clone().or_else(|| about.clone()), ..Delivery::default() };
    Metadata {
        title: line(item, &["title", "rss:title", "dc:title"]),
        date: date.map(|date| with_century(&date)),
        source: line(item, &["source"]).or_else(|| channel.title.clone()),
        url: [link, guid, about].iter().find_map(|address| fields::address(address.as_deref())),
        bylines: bylines(item),
        language: line(item, &["dc:language"])
            .or_else(|| item.attribute("xml:lang").or_else(|| item.attribute("lang")).and_then(one_line))
            .or_else(|| channel.language.clone()),
        delivery: fields::delivery(delivery),
        ..Metadata::default()
    }
}

fn bylines(item: &Element) -> Vec<String> {
    let of = |name: &'static str| {
        let elements = item.elements().filter(move |element| element.name == name);
        elements.filter_map(|element| author(&words::line(&element.text())?)).collect::<Vec<_>>()
    };
    let names = ["dc:creator", "author", "atom:author", "itunes:author"];
    names.into_iter().map(of).find(|names| !names.is_empty()).unwrap_or_default()
}

/// Returns the name of an author who is given as `jo@paper.example (Jo Roe)` or `Jo Roe`; `None` for an address alone.
fn author(author: &str) -> Option<String> {
    if !author.contains('@') {
        return Some(author.to_owned());
    }
    let (_, name) = author.strip_suffix(')')?.split_once('(')?;
    one_line(name)
}

/// Returns a date of RFC 822 with four digits of the year: that standard has two, of 1950 to 2049.
fn with_century(date: &str) -> String {
    let mut parts: Vec<&str> = date.split(' ').collect();
    let day =
        parts.iter().position(|part| part.starts_with(|c: char| c.is_ascii_digit())).filter(|day| *day <= 1);
    let full = day.and_then(|day| {
        let month = parts.get(day + 1)?;
        let year = parts.get(day + 2).filter(|year| year.len() == 2)?;
        let number: u16 = year.parse().ok()?;
        let is_month = month.chars().all(char::is_alphabetic) && parts.get(day + 3)?.contains(':');
        is_month.then(|| (day + 2, if number < 50 { 2000 + number } else { 1900 + number }.to_string()))
    });
    let Some((at, year)) = &full else { return date.to_owned() };
    if let Some(part) = parts.get_mut(*at) {
        *part = year;
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Body;
    use crate::Form::Rss;
    use crate::wire::tests::{found, item_of, only};

    fn feed(item: &str) -> String {
        format!(
            "<?xml version='1.0'?><rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>\
             <title>Harbour &amp;amp; Coast</title><link>https://h.example</link><language>en-GB</language>\
             <image><title>Logo</title></image>{item}</channel></rss>"
        )
    }

    #[test]
    fn fields_are_read() {
        let item = item_of(
            Rss,
            &feed(
                "<item><title>Ferry &amp;#8211; sails</title><link> https://h.example/ferry </link>\
                 <guid isPermaLink='false'>https://h.example/?p=1</guid><pubDate>Mon, 11 Mar 2024 14:20:00 +0000</pubDate>\
                 <dc:creator><![CDATA[Jo Roe]]></dc:creator><dc:creator>Al Poe</dc:creator><description>Short.</description>\
                 <media:title>No</media:title><content:encoded><![CDATA[<h1>Ferry – sails</h1><p>One.</p><p>Two.</p>]]></content:encoded>\
                 </item>",
            ),
        );
        let meta = item.meta;
        assert_eq!(meta.title.as_deref(), Some("Ferry – sails"));
        assert_eq!(meta.date.as_deref(), Some("Mon, 11 Mar 2024 14:20:00 +0000"));
        assert_eq!(meta.source.as_deref(), Some("Harbour & Coast"));
        assert_eq!(meta.url.as_deref(), Some("https://h.example/ferry"));
        assert_eq!(meta.bylines, ["Jo Roe", "Al Poe"]);
        assert_eq!(meta.language.as_deref(), Some("en-GB"));
        assert_eq!(meta.delivery.unwrap().guid.as_deref(), Some("https://h.example/?p=1"));
        assert_eq!(item.body, Body::Markup("<p>One.</p><p>Two.</p>".to_owned()));
    }

    #[test]
    fn text_is_found_in_any_element() {
        for (xml, expected) in [
            ("<description>One &amp;amp; two</description>", "One & two"),
            (
                "<content:encoded> <![CDATA[<img src='a'>]]></content:encoded><description>One</description>",
                "One",
            ),
            ("<description>One</description><yandex:full-text>All</yandex:full-text>", "All"),
            ("<description><p>One</p></description>", "One"),
            ("<media:description>No</media:description><description>Yes</description>", "Yes"),
        ] {
            let item = item_of(Rss, &feed(&format!("<item>{xml}</item>")));
            assert_eq!(item.body, Body::Text(expected.to_owned()), "{xml}");
        }
        let empty = feed("<item><title>A</title><link>https://h.example/a</link></item>");
        assert_eq!(only(Rss, &empty).unwrap_err(), "an item of a feed without text");
        assert_eq!(only(Rss, &feed("")).unwrap_err(), "a feed without items");
    }

    #[test]
    fn links_at_the_end_are_not_text() {
        let item = item_of(
            Rss,
            &feed(
                "<item><title>Ferry sails</title><link>https://h.example/ferry/</link><description><![CDATA[<p>One.</p><p>Two. \
                 <a href='https://h.example/ferry/#more-1' class='more-link'>Weiterlesen</a></p>\n<p>Der Beitrag \
                 <a href='https://h.example/ferry/'>Ferry sails</a> erschien zuerst auf <a href='https://h.example'>Harbour &amp; \
                 Coast</a>.</p>]]></description></item>",
            ),
        );
        assert_eq!(item.body, Body::Markup("<p>One.</p><p>Two.</p>".to_owned()));
    }

    #[test]
    fn rdf_is_read() {
        let item = item_of(
            Rss,
            "<rdf:RDF xmlns:rdf='r' xmlns='http://purl.org/rss/1.0/'><channel rdf:about='x'><title>Harbour</title>\
             <dc:language>no</dc:language></channel><item rdf:about='https://h.example/1'><title>A</title>\
             <description>One</description><dc:date>2024-03-11T14:20:00Z</dc:date></item></rdf:RDF>",
        );
        let meta = item.meta;
        assert_eq!((meta.source.as_deref(), meta.language.as_deref()), (Some("Harbour"), Some("no")));
        assert_eq!(
            (meta.url.as_deref(), meta.date.as_deref()),
            (Some("https://h.example/1"), Some("2024-03-11T14:20:00Z"))
        );
        assert_eq!(meta.delivery.unwrap().guid.as_deref(), Some("https://h.example/1"));
    }

    #[test]
    fn source_and_authors_of_an_item_are_read() {
        let meta = |xml: &str| {
            item_of(Rss, &feed(&format!("<item>{xml}<description>One</description></item>"))).meta
        };
        assert_eq!(meta("<source url='x'>Coast</source>").source.as_deref(), Some("Coast"));
        assert_eq!(meta("<author>jo@h.example (Jo Roe)</author>").bylines, ["Jo Roe"]);
        assert!(meta("<author>jo@h.example</author>").bylines.is_empty());
        assert_eq!(meta("<guid>https://h.example/2</guid>").url.as_deref(), Some("https://h.example/2"));
        assert_eq!(meta("").delivery, None);
    }

    #[test]
    fn two_digits_of_a_year_are_completed() {
        for (written, expected) in [
            ("Sun, 24 Sep 23 13:05:00 GMT", "Sun, 24 Sep 2023 13:05:00 GMT"),
            ("24 Sep 98 13:05 GMT", "24 Sep 1998 13:05 GMT"),
            ("Sun, 24 Sep 2023 13:05:00 GMT", "Sun, 24 Sep 2023 13:05:00 GMT"),
            ("24.09.23", "24.09.23"),
            ("2024-03-11T14:20:00Z", "2024-03-11T14:20:00Z"),
        ] {
            assert_eq!(with_century(written), expected);
        }
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(
            xml in "(<channel>|</channel>|<item>|</item>|<title>|</title>|<pubDate>|<description>|<author>|@|\\(|1 a 23 |<|&|a| ){0,20}",
        ) {
            let _ = found(Rss, &xml);
        }
    }
}
