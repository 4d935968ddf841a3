use proptest::prelude::*;
use wirecopy_core::document::{Signal, Status};

use super::*;
use crate::Form::NewsMlG2;
use crate::wire::tests::{found, item_of, only};

/// Returns a news item in a message.
fn message(item_meta: &str, content_meta: &str, content: &str) -> String {
    format!(
        "<?xml version='1.0'?><newsMessage xmlns='http://iptc.org/std/nar/2006-10-01/'><header><sent>2024</sent></header>\
         <itemSet><newsItem guid='urn:newsml:npa.example:20240311:ferry' version='2' xml:lang='en-GB'>\
         <rightsInfo><copyrightHolder literal='Northern Press Agency'/></rightsInfo>\
         <itemMeta><itemClass qcode='ninat:text'/>{item_meta}</itemMeta><contentMeta>{content_meta}</contentMeta>\
         <contentSet>{content}</contentSet></newsItem></itemSet></newsMessage>"
    )
}

fn read_one(item_meta: &str, content_meta: &str, content: &str) -> Item {
    item_of(NewsMlG2, &message(item_meta, content_meta, content))
}

#[test]
fn item_in_an_envelope_of_a_web_service_is_read() {
    let item = message("", "<headline>Ferry sails</headline>", PAGE);
    let item = item.strip_prefix("<?xml version='1.0'?>").unwrap();
    let soap = format!(
        "<?xml version='1.0'?><s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header/><s:Body>{item}</s:Body></s:Envelope>"
    );
    assert_eq!(crate::Form::of_content(soap.as_bytes()), Some(NewsMlG2));
    assert_eq!(item_of(NewsMlG2, &soap).meta.title.as_deref(), Some("Ferry sails"));
}

const PAGE: &str = "<inlineXML contenttype='application/xhtml+xml'><html xmlns='http://www.w3.org/1999/xhtml'>\
    <head><title>T</title></head><body><header><time>11.03.2024</time><h1>Ferry sails</h1><h3>Storm</h3></header>\
    <section><p class='teaser'>In short.</p><p>The ferry sails.</p><h2>Wind</h2><p>It blew.</p></section></body></html></inlineXML>";

#[test]
fn fields_are_read() {
    let item = read_one(
        "<provider literal='npa.example'/><versionCreated>2024-03-11T15:00:00Z</versionCreated>\
         <firstCreated>2024-03-11T14:00:00Z</firstCreated><embargoed>2024-03-12T00:00:00Z</embargoed>\
         <pubStatus qcode='stat:withheld'/><edNote>For editors</edNote><signal qcode='sig:update'/>\
         <link rel='x:canonical' href='https://npa.example/ferry'/>",
        "<infoSource literal='NPA'/><language tag='en'/><slugline>FERRY</slugline>\
         <headline rank='3'>Storm</headline><headline rank='1'>Ferry &amp;amp; sails</headline>\
         <headline role='hld:subHeadline'>After the storm</headline><dateline>OSLO (NPA) -</dateline>\
         <by>By Jo Roe</by><creditline>NPA–</creditline><description role='drol:teaser'>In short.</description>",
        PAGE,
    );
    let meta = item.meta;
    assert_eq!(meta.title.as_deref(), Some("Ferry & sails"));
    assert_eq!(meta.date.as_deref(), Some("2024-03-11T15:00:00Z"));
    assert_eq!(meta.source.as_deref(), Some("NPA"));
    assert_eq!(meta.url.as_deref(), Some("https://npa.example/ferry"));
    assert_eq!(meta.bylines, ["By Jo Roe"]);
    assert_eq!(meta.language.as_deref(), Some("en"));
    let expected = Delivery {
        guid: Some("urn:newsml:npa.example:20240311:ferry".to_owned()),
        version: Some("2".to_owned()),
        status: Status::Withheld,
        embargo: Some("2024-03-12T00:00:00Z".to_owned()),
        signal: Some(Signal::Update),
        slug: Some("FERRY".to_owned()),
        dateline: Some("OSLO (NPA) -".to_owned()),
        credit: Some("NPA".to_owned()),
        created: Some("2024-03-11T14:00:00Z".to_owned()),
    };
    assert_eq!(meta.delivery.as_deref(), Some(&expected));
    let body = "<section><p>The ferry sails.</p><h2>Wind</h2><p>It blew.</p></section>";
    assert_eq!(item.body, Body::Markup(body.to_owned()));
}

#[test]
fn encoded_text_is_read() {
    let data = |attributes: &str, data: &str| {
        let content = format!("<inlineData {attributes}>{data}</inlineData>");
        only(NewsMlG2, &message("", "<headline>Ferry sails</headline>", &content)).map(|item| item.body)
    };
    // "Ferry sails", "One é.", "Two."
    let html = "PGgxPkZlcnJ5IHNhaWxzPC9oMT48cD5P\n  bmUgw6kuPC9wPjxwPlR3by48L3A+";
    let body = Body::Markup("<p>One é.</p><p>Two.</p>".to_owned());
    for attributes in [
        "contenttype='text/html' encoding='encd:base64'",
        "contenttype='application/xhtml+xml' encoding='http://cv.iptc.org/newscodes/encoding/base64'",
        "contenttype='text/html; charset=utf-8' encoding='Base64'",
    ] {
        assert_eq!(data(attributes, html).unwrap(), body, "{attributes}");
    }
    assert_eq!(
        data("contenttype='text/plain' encoding='base64'", "T25lLg==").unwrap(),
        Body::Text("One.".to_owned())
    );
    assert_eq!(
        data("contenttype='text/plain' encoding='base64'", "The ferry sails.").unwrap_err(),
        "its text is declared as base64 and is something else"
    );
    for attributes in ["contenttype='application/pdf' encoding='base64'", "contenttype='application/pdf'"] {
        assert_eq!(
            data(attributes, "T25lLg==").unwrap_err(),
            "its content is `application/pdf`, not a text",
            "{attributes}"
        );
    }
    // A form that needs no decoding comes first.
    let both = "<inlineData contenttype='text/plain' encoding='base64'>!</inlineData><inlineData>Plain.</inlineData>";
    assert_eq!(read_one("", "", both).body, Body::Text("Plain.".to_owned()));
}

#[test]
fn initials_are_not_text() {
    let content = "<inlineXML><html><body><p>One.</p><p>Two.</p><p>hh/ph</p></body></html></inlineXML>";
    assert_eq!(read_one("", "", content).body, Body::Markup("<p>One.</p><p>Two.</p>".to_owned()));
}

#[test]
fn suppliers_are_named() {
    for (provider, expected) in [
        ("<provider qcode='nprov:NPA'><name>Northern Press</name></provider>", "Northern Press"),
        ("<provider literal='STT'/>", "STT"),
        ("<provider literal='northernpress.example'/>", "Northern Press Agency"),
        ("<provider uri='https://www.northernpress.example/about'/>", "Northern Press Agency"),
        ("<provider qcode='prov:z1'/>", "Northern Press Agency"),
        ("", "Northern Press Agency"),
    ] {
        assert_eq!(read_one(provider, "", PAGE).meta.source.as_deref(), Some(expected), "{provider}");
    }
}

#[test]
fn authors_stand_for_missing_bylines() {
    let creators = "<creator><name>roe.jo</name></creator><creator qcode='a:1'><name>Jo Roe</name></creator>";
    assert_eq!(read_one("", creators, PAGE).meta.bylines, ["Jo Roe"]);
    let nitf = "<inlineXML><nitf><body><body.head><hedline><hl1>Ferry</hl1></hedline><byline>By Al Poe</byline></body.head>\
        <body.content><p>One.</p><p>Two.</p></body.content></body></nitf></inlineXML>";
    let item = read_one("", creators, nitf);
    assert_eq!(
        (item.meta.title.as_deref(), &item.meta.bylines[..]),
        (Some("Ferry"), &["By Al Poe".to_owned()][..])
    );
    assert_eq!(item.body, Body::Markup("<p>One.</p><p>Two.</p>".to_owned()));
}

#[test]
fn content_is_read_in_any_form() {
    for (content, expected) in [
        ("<inlineData contenttype='text/plain'><![CDATA[One.\nTwo.]]></inlineData>", "One.\nTwo."),
        (
            "<inlineData contenttype='text/plain'><![CDATA[<p>\n   One\nis long.\n   Two.</p>]]></inlineData>",
            "One is long.\nTwo.",
        ),
        (
            "<inlineData contenttype='text/html'>&lt;p&gt;One &amp;amp; two&lt;/p&gt;</inlineData>",
            "One & two",
        ),
        ("<inlineXML><html><body dir='ltr'>One\ntwo</body></html></inlineXML>", "One\ntwo"),
        ("<remoteContent href='a.jpg' contenttype='image/jpeg'/><inlineData>One</inlineData>", "One"),
        (
            "<inlineData contenttype='text/plain'>Plain</inlineData><inlineXML><html><body>Page</body></html></inlineXML>",
            "Page",
        ),
        (
            "<inlineXML><idf><group type='body'><element type='body'>One</element></group></idf></inlineXML>",
            "One",
        ),
    ] {
        assert_eq!(read_one("", "", content).body, Body::Text(expected.to_owned()), "{content}");
    }
}

#[test]
fn items_without_text_say_why() {
    let reason = |item_meta: &str, content_meta: &str, content: &str| {
        only(NewsMlG2, &message(item_meta, content_meta, content)).unwrap_err()
    };
    assert_eq!(
        reason("<itemClass qcode='x'/>", "<headline>Alert</headline>", ""),
        "an item with a headline but without text"
    );
    let canceled = message("<pubStatus qcode='stat:canceled'/>", "", "");
    let name = "urn:newsml:npa.example:20240311:ferry";
    assert_eq!(item_of(NewsMlG2, &canceled).body, Body::Text(name.to_owned()));
    let canceled =
        message("<pubStatus qcode='stat:canceled'/>", "<headline>KILL: Ferry sails</headline>", "");
    assert_eq!(item_of(NewsMlG2, &canceled).body, Body::Text("KILL: Ferry sails".to_owned()));
    let sport = "<inlineXML><sports-content><name>Team</name></sports-content></inlineXML>";
    assert_eq!(reason("", "", sport), "its content is <sports-content>, not a text");
    let picture = message("", "", PAGE).replace("ninat:text", "ninat:picture");
    assert_eq!(only(NewsMlG2, &picture).unwrap_err(), "a picture item, not a text");
    let summary = "<description role='drol:caption'>No.</description><description role='drol:summary'>Yes.</description>";
    assert_eq!(read_one("", summary, "").body, Body::Text("Yes.".to_owned()));
}

#[test]
fn second_headline_stands_for_a_missing_text() {
    let page =
        "<inlineXML><html><body><h1>Ferry sails</h1><h2>After the storm</h2></body></html></inlineXML>";
    let headlines = "<headline>Ferry sails</headline><headline>After the storm</headline>";
    assert_eq!(read_one("", headlines, page).body, Body::Text("After the storm".to_owned()));
}

#[test]
fn items_of_a_message_are_read_in_order() {
    let item = |guid: &str, text: &str| {
        format!("<newsItem guid='{guid}'><contentSet><inlineData>{text}</inlineData></contentSet></newsItem>")
    };
    let package =
        "<packageItem guid='p'><groupSet><group><itemRef residref='a'/></group></groupSet></packageItem>";
    let message = format!(
        "<newsMessage><itemSet><conceptItem guid='c'/>{package}{}<newsItem guid='x'><contentSet></newsItem>{}</itemSet></newsMessage>",
        item("a", "One"),
        item("b", "Two")
    );
    let found = found(NewsMlG2, &message);
    assert_eq!(found.len(), 3);
    assert_eq!(found[0].as_ref().unwrap().body, Body::Text("One".to_owned()));
    assert!(found[1].as_ref().unwrap_err().contains("not well-formed"));
    assert_eq!(found[2].as_ref().unwrap().meta.delivery.as_ref().unwrap().guid.as_deref(), Some("b"));
    let package = format!("<newsMessage>{package}</newsMessage>");
    assert_eq!(only(NewsMlG2, &package).unwrap_err(), "a package that only refers to items elsewhere");
    assert_eq!(only(NewsMlG2, "<newsMessage/>").unwrap_err(), "no news item in it");
}

proptest! {
    #[test]
    fn any_input_is_handled_without_panic(
        xml in "(<newsItem>|</newsItem>|<itemMeta>|</itemMeta>|<contentMeta>|<contentSet>|<inlineXML>|<html>|<body>|<p>|</p>|<by>|a|<|&){0,20}",
    ) {
        let _ = found(NewsMlG2, &xml);
    }
}
