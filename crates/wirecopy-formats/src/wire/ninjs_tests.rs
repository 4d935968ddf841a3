use proptest::prelude::*;
use wirecopy_core::document::{Signal, Status};

use super::*;
use crate::{json_format, json_item};

fn read(json: &str) -> Item {
    json_item(json).unwrap().unwrap()
}

fn reason(json: &str) -> String {
    json_item(json).unwrap().unwrap_err().reason
}

const FIRST: &str = r#"{"guid": "urn:newsml:h:1", "version": "2", "type": "text", "versioncreated": "2024-03-11T14:20:00+0000",
    "firstcreated": "2024-03-10T14:20:00+0000", "pubstatus": "withheld", "embargoed": "2024-03-12T00:00:00Z", "language": "en",
    "headline": "Ferry &amp; sails", "slugline": "FERRY", "byline": "By Jo Roe", "located": "Oslo", "source": "Northern Press",
    "copyrightholder": "Other", "ednote": "For editors", "description_text": "Short.", "signal": "sig:correction",
    "authors": [{"name": "Al Poe", "role": "writer"}], "creditline": "NPA",
    "associations": {"featuremedia": {"type": "picture", "guid": "2", "headline": "A ferry"}},
    "body_text": "Plain.", "body_html": "<h1>Ferry & sails</h1><p>One.</p><figure><figcaption>No</figcaption></figure><p>Two.</p>"}"#;

#[test]
fn first_version_is_read() {
    let item = read(FIRST);
    assert_eq!(item.body, Body::Markup("<p>One.</p><p>Two.</p>".to_owned()));
    let meta = item.meta;
    assert_eq!(meta.title.as_deref(), Some("Ferry & sails"));
    assert_eq!(meta.date.as_deref(), Some("2024-03-11T14:20:00+0000"));
    assert_eq!(meta.source.as_deref(), Some("Northern Press"));
    assert_eq!((meta.url, meta.language.as_deref()), (None, Some("en")));
    assert_eq!(meta.bylines, ["By Jo Roe"]);
    let expected = Delivery {
        guid: Some("urn:newsml:h:1".to_owned()),
        version: Some("2".to_owned()),
        status: Status::Withheld,
        embargo: Some("2024-03-12T00:00:00Z".to_owned()),
        signal: Some(Signal::Correction),
        slug: Some("FERRY".to_owned()),
        dateline: Some("Oslo".to_owned()),
        credit: Some("NPA".to_owned()),
        created: Some("2024-03-10T14:20:00+0000".to_owned()),
    };
    assert_eq!(meta.delivery.as_deref(), Some(&expected));
}

#[test]
fn later_versions_are_read() {
    let second = r#"{"uri": "https://h.example/1", "type": "text", "version": 3, "versioncreated": "2024-03-11", "by": "Jo Roe",
        "copyrightholder": "NPA", "pubstatus": "canceled",
        "headlines": [{"role": "short", "value": "Ferry"}, {"role": "main", "value": "Ferry sails"}],
        "bodies": [{"role": "text", "contenttype": "text/plain", "value": "Plain."},
                   {"role": "x", "contenttype": "application/xml", "value": "<X>no</X>"},
                   {"role": "html5", "contenttype": "text/html", "value": "<html><body><h1>Ferry sails</h1><p>One.</p><p>Two.</p></body></html>"}]}"#;
    let third = second.replace("versioncreated", "versionCreated").replace("contenttype", "contentType");
    for json in [second, &third] {
        let item = read(json);
        assert_eq!(item.body, Body::Markup("<p>One.</p><p>Two.</p>".to_owned()));
        let meta = item.meta;
        assert_eq!((meta.title.as_deref(), meta.date.as_deref()), (Some("Ferry sails"), Some("2024-03-11")));
        assert_eq!((meta.source.as_deref(), meta.url.as_deref()), (Some("NPA"), Some("https://h.example/1")));
        assert_eq!(meta.bylines, ["Jo Roe"]);
        let delivery = meta.delivery.unwrap();
        assert_eq!((delivery.version.as_deref(), delivery.status), (Some("3"), Status::Canceled));
    }
}

#[test]
fn one_text_in_two_versions_is_the_same() {
    let text = r"\n   One\n   two. ";
    let first =
        format!(r#"{{"uri": "a", "headline": "H", "versioncreated": "2024", "body_xhtml": "{text}"}}"#);
    let second = format!(
        r#"{{"uri": "a", "headlines": [{{"value": "H"}}], "bodies": [{{"role": "xhtml", "contenttype": "text/html", "value": "{text}"}}]}}"#
    );
    assert_eq!(read(&first).body, Body::Text("One two.".to_owned()));
    assert_eq!(read(&first).body, read(&second).body);
}

#[test]
fn text_is_found_in_any_form() {
    let body = |fields: &str| {
        read(&format!(r#"{{"uri": "a", "versioncreated": "2024", "ednote": "x", {fields}}}"#)).body
    };
    let text = |text: &str| Body::Text(text.to_owned());
    assert_eq!(body(r#""body_html": "", "body_text": "One\ntwo""#), text("One\ntwo"));
    assert_eq!(
        body(
            r#""body_nitf": "<nitf><body><body.content><p>One</p></body.content></body></nitf>", "body_text": "x""#
        ),
        text("One")
    );
    assert_eq!(body(r#""body_story": "One""#), text("One"));
    assert_eq!(
        body(r#""descriptions": [{"role": "caption", "value": "No"}, {"value": "Yes"}]"#),
        text("Yes")
    );
    assert_eq!(body(r#""authors": [{"name": "A", "role": "editor"}], "body_text": "One""#), text("One"));
}

#[test]
fn authors_stand_for_a_missing_byline() {
    let json = FIRST.replace("By Jo Roe", "");
    assert_eq!(read(&json).meta.bylines, ["Al Poe"]);
}

#[test]
fn items_without_text_say_why() {
    assert_eq!(reason(&FIRST.replacen("\"text\"", "\"picture\"", 1)), "a picture item, not a text");
    assert_eq!(
        reason(
            r#"{"uri": "a", "type": "text", "versioncreated": "x", "headline": "H", "pubstatus": "usable"}"#
        ),
        "an item with a headline but without text"
    );
    assert_eq!(
        reason(
            r#"{"uri": "a", "type": "composite", "altids": {}, "pubstatus": "canceled", "description_text": "x"}"#
        ),
        "the sender has withdrawn the item, and sent no text"
    );
}

#[test]
fn items_that_say_little_say_why() {
    let of =
        |fields: &str| reason(&format!(r#"{{"guid": "tag:h.example,2024:1", "headline": "H", {fields}}}"#));
    assert_eq!(of(r#""type": "picture", "versioncreated": "2024-03-11""#), "a picture item, not a text");
    assert_eq!(of(r#""type": "video", "renditions": {}"#), "a video item, not a text");
    assert_eq!(of(r#""type": "text", "pubstatus": "usable""#), "an item with a headline but without text");
    assert_eq!(
        of(r#""type": "composite", "associations": [{"type": "text"}], "description_text": "Two stories.""#),
        "a package that only refers to other items"
    );
    // What has renditions and no type has a caption for a description.
    assert_eq!(
        of(r#""renditions": {"a": {}}, "versioncreated": "2024", "description_text": "A ferry.""#),
        "an item with a headline but without text"
    );
}

#[test]
fn format_is_named() {
    assert_eq!(json_format(FIRST), Some("ninjs"));
    assert_eq!(json_format(&FIRST.replacen("\"text\"", "\"picture\"", 1)), Some("ninjs"));
    assert_eq!(
        json_format(r#"{"format": "digitalwires@1", "uri": "a", "versioncreated": 1, "pubstatus": ""}"#),
        Some("digitalwires")
    );
    assert_eq!(json_format(r#"{"id": 1, "text": "A"}"#), None);
}

#[test]
fn other_objects_are_not_taken() {
    for json in [
        r#"{"id": 1, "text": "A"}"#,
        r#"{"uri": "a", "text": "A", "headline": "B"}"#,
        r#"{"guid": "a", "title": "A", "description": "B", "link": "https://a.example"}"#,
        r#"{"uri": "a", "type": "text", "headline": "B"}"#,
        r#"{"uri": "", "versioncreated": "2024", "pubstatus": "usable"}"#,
        r#"["uri", "guid"]"#,
        r#"{"uri": "a""#,
        "",
    ] {
        assert!(json_item(json).is_none(), "{json}");
    }
    let standard = r#"{"uri": "a", "$standard": {"name": "ninjs", "version": "1.4"}, "body_text": "One"}"#;
    assert_eq!(read(standard).body, Body::Text("One".to_owned()));
}

proptest! {
    #[test]
    fn any_input_is_handled_without_panic(
        json in "\\{\"uri\": \"a\", \"versioncreated\": 1, (\"bodies\"|\"headlines\"|\"source\"|\"signals\"|\"located\"|\"body_html\"): (\\[|\\{|\"a\"|null|1|\\]|\\}|\"value\": ){0,6}\\}",
    ) {
        let _ = json_item(&json);
    }
}
