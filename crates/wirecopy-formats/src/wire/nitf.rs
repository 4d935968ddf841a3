//! Reads NITF 3.0 to 3.6, the News Industry Text Format.
//!
//! Agencies send it alone or inside NewsML and ninjs; newspapers keep their archives in it. Specification: IPTC, NITF 3.6.

use std::io::BufRead;
use std::ops::ControlFlow;

use wirecopy_core::document::{Delivery, Metadata, Refusal, Signal, Status, one_line};

use super::body::{self, Said};
use super::fields::{self, Out};
use super::sign_off;
use crate::xml::{Element, Node, Reader, local};
use crate::{Emit, Item, Limits};

/// Names of `<meta>` that hold the slug.
const SLUGS: &[&str] = &["slug", "slugline", "anpa-keyword"];

/// Reads all items of a file.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let mut reader = Reader::new(input, limits);
    let mut out = Out::new(emit);
    while let Some(nitf) = reader.next(&|_, name| local(name) == "nitf") {
        out.pass(nitf.and_then(|nitf| item(&nitf, limits)))?;
    }
    out.finish("no item of NITF in it")
}

fn item(nitf: &Element, limits: Limits) -> Result<Item, Refusal> {
    let header = Header::of(nitf);
    let meta = metadata(nitf, &header);
    let mut repeats = body::repeats(&meta);
    header.lines.iter().for_each(|line| repeats.heading(line));
    header.summary.iter().for_each(|summary| repeats.teaser(summary));
    let summary = || body::of_string(header.summary.as_deref()?, Said::Nothing, &repeats, limits);
    let Some(body) = body::of_element(nitf, &repeats, limits).or_else(summary) else {
        return fields::without_text(meta);
    };
    Ok(sign_off::item(meta, body))
}

/// Returns the article of NITF as markup: what is in `body.content`.
pub(super) fn content(nitf: &Element) -> String {
    // A note for editors in the head has a `body.content` of its own.
    let body = nitf.find("body");
    let of_body = body.and_then(|body| body.all("body.content").next());
    let Some(content) = of_body.or_else(|| nitf.find("body.content")).or(body) else { return String::new() };
    // Archives of newspapers hold the beginning of the text once more, in a block of its own.
    let is_full = |block: &&Element| block.attribute("class") == Some("full_text");
    let full: String = content.all("block").filter(is_full).map(Element::markup).collect();
    if full.is_empty() { content.markup() } else { full }
}

/// What the head of the body says.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub title: Option<String>,
    pub bylines: Vec<String>,
    /// Headlines other than the first.
    pub lines: Vec<String>,
    /// The abstract, paragraphs separated by newlines.
    pub summary: Option<String>,
}

impl Header {
    pub(super) fn of(nitf: &Element) -> Self {
        let Some(head) = nitf.find("body.head") else {
            return Self { title: nitf.at(&["head", "title"]).and_then(Element::line), ..Self::default() };
        };
        let mut headlines = Vec::new();
        for name in ["hl1", "hl2"] {
            let mut found = Vec::new();
            head.find_all(name, &mut found);
            headlines.extend(found.into_iter().filter_map(Element::line));
        }
        let first = head.find("hl1").and_then(Element::line);
        let untitled = || head.at(&["hedline"]).and_then(Element::line).filter(|_| headlines.is_empty());
        let title = first.or_else(|| nitf.at(&["head", "title"]).and_then(Element::line)).or_else(untitled);
        headlines.retain(|line| Some(line) != title.as_ref());
        // Archives of newspapers give the name of the author once more, sorted by surname.
        let is_byline = |byline: &&Element| byline.attribute("class") != Some("normalized_byline");
        Self {
            title,
            bylines: head.all("byline").filter(is_byline).filter_map(byline).collect(),
            lines: headlines,
            summary: head.at(&["abstract"]).and_then(summary),
        }
    }
}

/// Returns a byline with the title of the author after a comma.
fn byline(byline: &Element) -> Option<String> {
    let mut name = String::new();
    let mut titles = Vec::new();
    for child in &byline.children {
        match child {
            Node::Text(text) => name.push_str(text),
            Node::Element(element) if element.is("byttl") => titles.extend(element.line()),
            Node::Element(element) => {
                name.push(' ');
                name.push_str(&element.text());
            }
        }
    }
    let name = one_line(&name).unwrap_or_default();
    let name = name.trim_end_matches([',', ' ']).to_owned();
    titles.insert(0, name);
    titles.retain(|part| !part.is_empty());
    (!titles.is_empty()).then(|| titles.join(", "))
}

fn summary(element: &Element) -> Option<String> {
    let paragraphs: Vec<String> = element.all("p").filter_map(Element::line).collect();
    if !paragraphs.is_empty() {
        return Some(paragraphs.join("\n"));
    }
    if element.at(&["media"]).is_some() { None } else { element.line() }
}

fn metadata(nitf: &Element, header: &Header) -> Metadata {
    let empty = Element::default();
    let docdata = nitf.at(&["head", "docdata"]).unwrap_or(&empty);
    let pubdata = nitf.at(&["head", "pubdata"]).unwrap_or(&empty);
    let story = nitf.find("story.date").and_then(|date| date.attribute("norm")).and_then(one_line);
    let published = pubdata.attribute("date.publication").and_then(one_line);
    Metadata {
        title: header.title.clone(),
        date: fields::first_date([
            norm(docdata, "date.issue"),
            published,
            norm(docdata, "date.release"),
            story,
        ]),
        source: source(nitf, docdata, pubdata),
        url: fields::address(pubdata.attribute("ex-ref")),
        bylines: header.bylines.clone(),
        language: nitf.attribute("baselang").or_else(|| nitf.attribute("lang")).and_then(one_line),
        delivery: fields::delivery(delivery(nitf, docdata)),
        ..Metadata::default()
    }
}

/// Returns a date of the document in the form of ISO 8601.
fn norm(docdata: &Element, name: &str) -> Option<String> {
    docdata.at(&[name]).and_then(|date| date.attribute("norm")).and_then(one_line)
}

fn delivery(nitf: &Element, docdata: &Element) -> Delivery {
    let (issued, released) = (norm(docdata, "date.issue"), norm(docdata, "date.release"));
    let status = docdata.attribute("management-status").map(fields::status).unwrap_or_default();
    let (guid, version) = identity(docdata);
    let message = docdata.at(&["ed-msg"]).and_then(|message| message.attribute("msg-type"));
    let is_correction = docdata.at(&["correction"]).is_some();
    let is_held = status == Status::Withheld || released != issued;
    let metas = nitf.at(&["head"]).into_iter().flat_map(|head| head.all("meta"));
    let mut slugs = metas.filter(|meta| meta.attribute("name").is_some_and(|name| SLUGS.contains(&name)));
    Delivery {
        guid,
        version,
        status,
        embargo: released.filter(|date| is_held && fields::is_date(date)),
        signal: if is_correction { Some(Signal::Correction) } else { fields::signal(message) },
        slug: slugs.find_map(|meta| meta.attribute("content").and_then(one_line)),
        dateline: nitf.find("body.head").and_then(|head| head.at(&["dateline"])).and_then(dateline),
        ..Delivery::default()
    }
}

/// Returns the identifier that versions share, and the version.
///
/// `du-key` names a story of a day. If it has versions, its key is what they share. `doc-id` names a document.
fn identity(docdata: &Element) -> (Option<String>, Option<String>) {
    let id = docdata.at(&["doc-id"]).and_then(|id| id.attribute("id-string")).and_then(one_line);
    let Some(story) = docdata.at(&["du-key"]) else { return (id, None) };
    let key = story.attribute("key").and_then(one_line);
    match story.attribute("version").and_then(one_line) {
        Some(version) if key.is_some() => (key, Some(version)),
        _ => (id.or(key), None),
    }
}

fn source(nitf: &Element, docdata: &Element, pubdata: &Element) -> Option<String> {
    let attribute =
        |name: &str, key: &str| docdata.find(name).and_then(|e| e.attribute(key)).and_then(one_line);
    let head = nitf.find("body.head");
    head.and_then(|head| head.at(&["distributor"]))
        .and_then(Element::line)
        .or_else(|| pubdata.attribute("name").and_then(one_line))
        .or_else(|| attribute("doc.copyright", "holder"))
        .or_else(|| head?.at(&["rights", "rights.owner"])?.line())
        .or_else(|| attribute("from-src", "src-name"))
        .or_else(|| attribute("doc-id", "regsrc"))
}

/// Returns the dateline; `None` if it is a date in digits only.
fn dateline(dateline: &Element) -> Option<String> {
    let mut parts = Vec::new();
    add_texts(dateline, &mut parts);
    let has_marks = parts.iter().any(|part| part.starts_with([',', '(', '-', '–', '—']));
    let line = if has_marks { dateline.line()? } else { parts.join(", ") };
    line.chars().any(char::is_alphabetic).then_some(line).filter(|line| !fields::is_date(line))
}

fn add_texts(element: &Element, parts: &mut Vec<String>) {
    for child in &element.children {
        match child {
            Node::Text(text) => parts.extend(one_line(text)),
            Node::Element(date) if date.is("story.date") => {
                parts.extend(date.line().filter(|date| !fields::is_date(date)));
            }
            Node::Element(element) => add_texts(element, parts),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire::tests::{found, item_of, only};
    use crate::{Body, Form};

    const AGENCY: &str = r#"<?xml version="1.0" encoding="ISO-8859-1"?>
        <nitf baselang="nb-NO" version="-//IPTC//DTD NITF 3.4//EN">
         <head><title>Title</title><meta name="anpa-keyword" content="ferry-storm"/>
          <docdata management-status="usable">
           <doc-id regsrc="NPA" id-string="doc-17"/><du-key key="story-17" version="3"/>
           <date.issue norm="20240311T142000+0100"/><date.release norm="20240311T142000+0100"/>
           <ed-msg msg-type="Correction" info="Note to editors"/><doc.copyright holder="Northern"/>
          </docdata></head>
         <body><body.head>
          <hedline><hl1>Ferry sails again</hl1><hl2>After the storm</hl2></hedline>
          <byline>By JO ROE<byttl>Staff Writer</byttl></byline><distributor><org>Northern Press</org></distributor>
          <dateline><location><city>Ottawa</city><country>Canada</country></location><story.date norm="20240311"/></dateline>
          <abstract><p>Short.</p></abstract>
         </body.head><body.content>
          <hedline><hl1>Ferry sails again</hl1></hedline>
          <block><hl2>After the storm</hl2><p>The <org>Harbour</org> ferry sails.</p><hl2>Wind</hl2><note><p>Eds: check</p></note>
          <p>It blew.</p><media media-type="image"><media-caption>A ferry</media-caption></media></block>
         </body.content><body.end><tagline>End</tagline></body.end></body></nitf>"#;

    #[test]
    fn item_of_an_agency_is_read() {
        let item = item_of(Form::Nitf, AGENCY);
        let Body::Markup(body) = &item.body else { panic!("{:?}", item.body) };
        assert_eq!(
            body.split_whitespace().collect::<Vec<_>>().join(" "),
            "<div><p>The Harbour ferry sails.</p><h2>Wind</h2> <p>It blew.</p></div>"
        );
        let meta = item.meta;
        assert_eq!(meta.title.as_deref(), Some("Ferry sails again"));
        assert_eq!(meta.date.as_deref(), Some("20240311T142000+0100"));
        assert_eq!(meta.source.as_deref(), Some("Northern Press"));
        assert_eq!(meta.bylines, ["By JO ROE, Staff Writer"]);
        assert_eq!(meta.language.as_deref(), Some("nb-NO"));
        let expected = Delivery {
            guid: Some("story-17".to_owned()),
            version: Some("3".to_owned()),
            signal: Some(Signal::Correction),
            slug: Some("ferry-storm".to_owned()),
            dateline: Some("Ottawa, Canada".to_owned()),
            ..Delivery::default()
        };
        assert_eq!(meta.delivery.as_deref(), Some(&expected));
    }

    #[test]
    fn item_of_a_newspaper_is_read_once() {
        let item = item_of(
            Form::Nitf,
            r#"<nitf><head><title>Ferry</title><docdata><doc-id id-string="9"/></docdata>
             <pubdata date.publication="19870101T000000" ex-ref="http://paper.example/9" name="The Harbour Times"/></head>
             <body><body.head><byline class="print_byline">By JO ROE</byline>
             <byline class="normalized_byline">Roe, Jo</byline></body.head>
             <body.content><block class="lead_paragraph"><p>One.</p></block>
             <block class="full_text"><p>One.</p><p>Two.</p></block></body.content></body></nitf>"#,
        );
        assert_eq!(item.body, Body::Markup("<p>One.</p><p>Two.</p>".to_owned()));
        assert_eq!(item.meta.date.as_deref(), Some("19870101T000000"));
        assert_eq!(item.meta.source.as_deref(), Some("The Harbour Times"));
        assert_eq!(item.meta.url.as_deref(), Some("http://paper.example/9"));
        assert_eq!(item.meta.bylines, ["By JO ROE"]);
        assert_eq!(item.meta.delivery.unwrap().guid.as_deref(), Some("9"));
    }

    #[test]
    fn embargo_is_read() {
        let nitf = |status: &str, release: &str| {
            format!(
                "<nitf><head><docdata management-status='{status}'><date.issue norm='20240311'/><date.release norm='{release}'/>\
                 </docdata></head><body><body.content><p>A</p></body.content></body></nitf>"
            )
        };
        let of = |status, release| item_of(Form::Nitf, &nitf(status, release)).meta.delivery;
        let held = of("embargoed", "20240312").unwrap();
        assert_eq!((held.status, held.embargo.as_deref()), (Status::Withheld, Some("20240312")));
        assert_eq!(of("usable", "20240312").unwrap().status, Status::Usable);
        assert_eq!(of("canceled", "YYYYMMDD").unwrap().embargo, None);
        assert_eq!(of("usable", "20240311"), None);
    }

    #[test]
    fn datelines_are_read() {
        for (xml, expected) in [
            ("<dateline>Oslo</dateline>", Some("Oslo")),
            (
                "<dateline><location>OSLO</location>, <story.date>March 11</story.date> -</dateline>",
                Some("OSLO, March 11 -"),
            ),
            ("<dateline><story.date norm='20240311'>20240311T100000</story.date></dateline>", None),
        ] {
            let nitf = format!(
                "<nitf><body><body.head>{xml}</body.head><body.content><p>A</p></body.content></body></nitf>"
            );
            let delivery = item_of(Form::Nitf, &nitf).meta.delivery;
            assert_eq!(delivery.and_then(|delivery| delivery.dateline).as_deref(), expected);
        }
    }

    #[test]
    fn item_without_text_says_so() {
        let empty = "<nitf><body><body.head><hedline><hl1>Alert</hl1></hedline></body.head><body.content/></body></nitf>";
        assert_eq!(only(Form::Nitf, empty).unwrap_err(), "an item with a headline but without text");
        assert_eq!(only(Form::Nitf, "<x/>").unwrap_err(), "no item of NITF in it");
        assert!(only(Form::Nitf, "<nitf><body><body.content><p>A").unwrap_err().starts_with("truncated"));
    }

    #[test]
    fn abstract_stands_for_a_missing_text() {
        let nitf =
            "<nitf><body><body.head><abstract><p>One.</p><p>Two.</p></abstract></body.head></body></nitf>";
        assert_eq!(item_of(Form::Nitf, nitf).body, Body::Text("One.\nTwo.".to_owned()));
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(
            xml in "(<nitf>|</nitf>|<body.head>|</body.head>|<body.content>|<byline>|<dateline>|<p>|</p>|<|>|a|,| |&){0,20}",
        ) {
            let _ = found(Form::Nitf, &xml);
        }
    }
}
