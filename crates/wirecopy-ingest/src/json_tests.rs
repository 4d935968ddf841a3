use proptest::prelude::*;

use super::*;
use wirecopy_core::document::{Metadata, Signal, Status};

fn read(json: &str) -> Result<Extracted, Refusal> {
    record(json, &FieldNames::default())
}

#[test]
fn fields_are_read_by_their_configured_names() {
    let names = FieldNames { text: "body".to_owned(), id: "nr".to_owned(), ..FieldNames::default() };
    let json = r#"{"nr": 17, "x": {"text": [1]}, "body": "Some\ntext", "date": 20240311, "title": " A \n b ", "lang": "de"}"#;
    let doc = record(json, &names).unwrap();
    assert_eq!(doc.own_id.as_deref(), Some("17"));
    assert_eq!(doc.text, "Some\ntext");
    assert_eq!(doc.meta.date.as_deref(), Some("20240311"));
    assert_eq!(doc.meta.title.as_deref(), Some("A b"));
    assert_eq!(doc.meta.language.as_deref(), Some("de"));
}

#[test]
fn invalid_records_are_skipped_with_a_reason() {
    let reason = |json: &str| read(json).unwrap_err().reason;
    assert_eq!(
        reason(r#"{"id": "a"}"#),
        "no field `text`: the record has `id`; choose the text field with --text-field"
    );
    assert_eq!(reason(r#"{"text": 12}"#), "field `text` is a number, not a string");
    assert_eq!(reason(r#"{"text": [1, null, {"x": "a"}]}"#), "field `text` is a list without text");
    assert_eq!(
        reason(r#"{"text": {"a": 1, "b": "c"}}"#),
        "field `text` is an object, not a string: it has `text.a`, `text.b`; choose one with --text-field"
    );
    assert_eq!(reason(r#"{"text": {}}"#), "field `text` is an object, not a string");
    assert_eq!(
        reason(r#"{"n": 1, "content": {"title": "x", "body": "y"}}"#),
        "no field `text`: the record has `n`, `content.title`, `content.body`; choose the text field with \
         --text-field"
    );
    assert!(reason(r#"{"articles": [{"text": "a"}]}"#).contains("the record has `articles[]`;"));
    assert_eq!(
        reason(r#"{"item": []}"#),
        "no field `text`: the record has only `item`, which is an empty list"
    );
    assert_eq!(reason("{}"), "no field `text`: the record has no fields");
    assert_eq!(reason(r#"{"text": null}"#), "empty text");
    assert_eq!(reason(r#"{"text": " \n"}"#), "empty text");
    assert_eq!(reason("[1]"), "a JSON array, not an object");
    assert_eq!(reason("null"), "`null`, not a JSON object");
    assert_eq!(reason(r#"{"text": "a"#), "truncated: the record ends inside a string (column 11)");
    assert_eq!(reason(r#"{"text": "a"} x"#), "not valid JSON: trailing characters (column 15)");
}

#[cfg(feature = "wire")]
#[test]
fn items_of_agencies_are_read_despite_faults_in_other_fields() {
    let deep = "[".repeat(150) + &"]".repeat(150);
    let item =
        r#"{"uri": "urn:x:1", "type": "text", "headline": "Ferry \ud83d", "body_text": "It sails.", "x": 1}"#;
    let doc = read(&item.replace("\"x\": 1", &format!("\"x\": {deep}"))).unwrap();
    assert_eq!((doc.text.as_str(), doc.meta.title.as_deref()), ("It sails.", Some("Ferry \u{fffd}")));
    assert_eq!(read(item).unwrap().text, "It sails.");
}

#[test]
fn optional_fields_of_the_wrong_type_are_ignored() {
    let doc = read(r#"{"text": "a", "title": ["x"], "id": true, "url": null, "source": {"n": 1}}"#).unwrap();
    assert_eq!(doc.meta, Metadata::default());
    assert_eq!(doc.own_id, None);
}

#[test]
fn deep_nesting_does_not_overflow_the_stack() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    assert_eq!(read(&format!(r#"{{"x": {deep}, "text": "a"}}"#)).unwrap().text, "a");
    assert_eq!(
        read(&format!(r#"{{"text": {deep}}}"#)).unwrap_err().reason,
        "field `text` is a list without text"
    );
}

#[test]
fn lone_surrogates_are_replaced() {
    assert_eq!(read(r#"{"text": "a\ud83d b"}"#).unwrap().text, "a\u{fffd} b");
    assert_eq!(read(r#"{"text": "\ud83d\ude00\udc00\\ud800"}"#).unwrap().text, "😀\u{fffd}\\ud800");
    assert_eq!(read(r#"{"text": "\ud83d\u0041"}"#).unwrap().text, "\u{fffd}A");
}

#[test]
fn dotted_name_is_a_path() {
    let names = FieldNames {
        text: "content.body".to_owned(),
        title: "content.head.line".to_owned(),
        url: "links.self".to_owned(),
        id: "meta.id".to_owned(),
        ..FieldNames::default()
    };
    let json = r#"{"meta": {"id": 7}, "content": {"body": "Text", "head": {"line": "T"}, "x": {"body": "no"}}, "links": "none"}"#;
    let doc = record(json, &names).unwrap();
    assert_eq!((doc.text.as_str(), doc.own_id.as_deref()), ("Text", Some("7")));
    assert_eq!((doc.meta.title.as_deref(), doc.meta.url), (Some("T"), None));
    // Flattened records use the dotted name as a key.
    assert_eq!(record(r#"{"content.body": "Flat"}"#, &names).unwrap().text, "Flat");
    let blocks = r#"{"content": [{"body": "One"}, {"image": 1}, {"body": ["Two", "Three"]}]}"#;
    assert_eq!(record(blocks, &names).unwrap().text, "One\n\nTwo\n\nThree");
}

#[test]
fn list_of_paragraphs_is_joined() {
    assert_eq!(
        read(r#"{"text": ["One", " ", null, ["Two"], "Three"]}"#).unwrap().text,
        "One\n\nTwo\n\nThree"
    );
    let blocks = r#"{"text": [{"type": "p", "text": "One"}, {"type": "image", "src": "x"}, {"content": [{"text": "Two"}]}]}"#;
    assert_eq!(read(blocks).unwrap().text, "One\n\nTwo");
}

#[test]
fn name_objects_yield_their_name_and_author_lists_are_bylines() {
    let json = r#"{"text": "a", "source": {"id": null, "name": "Post"}, "title": {"rendered": "Fish &amp; chips"}, "author": ["A", {"name": "B"}]}"#;
    let meta = read(json).unwrap().meta;
    assert_eq!((meta.source.as_deref(), meta.title.as_deref()), (Some("Post"), Some("Fish & chips")));
    assert_eq!(meta.bylines, ["A", "B"]);
}

#[test]
fn nan_and_infinity_empty_only_their_own_field() {
    let doc = read(r#"{"text": "a", "title": NaN, "score": -Infinity, "url": "u"}"#).unwrap();
    assert_eq!((doc.text.as_str(), doc.meta.title, doc.meta.url.as_deref()), ("a", None, Some("u")));
    assert_eq!(read(r#"{"text": NaN}"#).unwrap_err().reason, "empty text");
    assert!(read(r#"{"score": NaN, "text": "a"#).unwrap_err().reason.starts_with("truncated: "));
}

#[test]
fn delivery_is_read_from_records_that_keep_wrote() {
    let delivery = |json: &str| read(json).unwrap().meta.delivery;
    let kept = r#"{"id": "a", "path": "in/a.xml", "record": null, "cluster": null, "title": "T",
        "delivery": {"guid": "urn:x:1", "version": "2", "status": "canceled", "signal": "correction"}, "text": "a"}"#;
    let found = delivery(kept).unwrap();
    assert_eq!((found.guid.as_deref(), found.version.as_deref()), (Some("urn:x:1"), Some("2")));
    assert_eq!((found.status, found.signal), (Status::Canceled, Some(Signal::Correction)));
    for other in [
        kept.replace("\"cluster\": null,", ""),
        kept.replace("canceled", "on its way"),
        kept.replace("\"delivery\": {", "\"delivery\": 1, \"x\": {"),
        r#"{"text": "a", "delivery": {"status": "canceled"}}"#.to_owned(),
    ] {
        assert_eq!(delivery(&other), None, "{other}");
    }
}

#[cfg(feature = "wire")]
#[test]
fn items_of_agencies_say_why_they_cannot_be_read() {
    let picture = r#"{"guid": "tag:h.example,2024:1", "type": "picture", "versioncreated": "2024-03-11"}"#;
    assert_eq!(read(picture).unwrap_err().reason, "a picture item, not a text");
    let names = FieldNames::default();
    assert_eq!(item_format(picture, &names), Some("ninjs"));
    assert_eq!(item_format(&picture.replacen('{', r#"{"text": null, "x": NaN, "#, 1), &names), Some("ninjs"));
    assert_eq!(item_format(&picture.replacen('{', r#"{"text": "a", "#, 1), &names), None);
}

proptest! {
    #[test]
    fn any_record_is_handled_without_panic(json in "[{}\\[\\]\":,\\\\untexid.0-9 aN-]{0,60}", field in "[a.]{1,5}") {
        let names = FieldNames { text: field, ..FieldNames::default() };
        let _ = (record(&json, &names), read(&json), read(&format!("{{\"text\": {json}}}")));
    }
}
