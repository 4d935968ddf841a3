//! Reads dpa's digitalwires: one JSON object for each item.

use memchr::memmem;
use serde_json::{Map, Value};
use wirecopy_core::document::{Delivery, Metadata, Refusal};

use super::body::{self, Said};
use super::fields;
use super::ninjs::Fields;
use super::sign_off;
use crate::{Item, Limits};

/// Returns whether a JSON object is an item.
pub(super) fn is(json: &str) -> bool {
    object(json).is_some_and(|object| is_item(&Fields::of(&object)))
}

/// Reads an item from a JSON object; `None` if the object is something else.
pub(super) fn item(json: &str) -> Option<Result<Item, Refusal>> {
    let object = object(json)?;
    let fields = Fields::of(&object);
    is_item(&fields).then(|| read(&fields))
}

/// Parses an object that may be an item.
fn object(json: &str) -> Option<Map<String, Value>> {
    memmem::find(json.as_bytes(), b"\"digitalwires")?;
    serde_json::from_str(json).ok()
}

fn is_item(fields: &Fields<'_>) -> bool {
    fields.line("format").is_some_and(|format| format.starts_with("digitalwires"))
}

fn read(fields: &Fields<'_>) -> Result<Item, Refusal> {
    let html = |name: &str| fields.get(name).and_then(Value::as_str).filter(|html| !html.trim().is_empty());
    let meta = metadata(fields);
    let Some(article) = html("article_html") else { return without_article(fields, meta) };
    let mut text = with_dateline(article, html("dateline"));
    text.push_str(html("infobox_html").unwrap_or_default());
    let repeats = body::repeats(&meta);
    match body::of_string(&text, Said::Html, &repeats, Limits::default()) {
        Some(body) => Ok(sign_off::item(meta, body)),
        None => without_article(fields, meta),
    }
}

fn without_article(fields: &Fields<'_>, meta: Metadata) -> Result<Item, Refusal> {
    let media =
        fields.get("associations").and_then(Value::as_array).and_then(|associations| associations.first());
    let kind = media.and_then(|media| media.get("type")).and_then(Value::as_str).unwrap_or_default();
    fields::not_text(kind).map_or_else(|| fields::without_text(meta), Err)
}

/// Returns the article with its dateline. The sender leaves it to the receiver to put it before the first paragraph, unless the
/// article has it already.
fn with_dateline(article: &str, dateline: Option<&str>) -> String {
    let paragraph = article.find("<p>").map(|at| at + "<p>".len());
    match (dateline, paragraph) {
        (Some(dateline), Some(at)) if !article.contains("class=\"dateline\"") => {
            let (before, after) = article.split_at(at);
            format!("{before}{}{after}", body::escaped(dateline))
        }
        _ => article.to_owned(),
    }
}

fn metadata(fields: &Fields<'_>) -> Metadata {
    let category = |kind: &str| {
        let categories = fields.get("categories").and_then(Value::as_array).into_iter().flatten();
        let of_kind = |category: &&Value| category.get("type").and_then(Value::as_str) == Some(kind);
        let name = categories.into_iter().find(of_kind)?.get("name").and_then(Value::as_str)?;
        Some(name.to_owned())
    };
    let delivery = Delivery {
        guid: fields.line("urn"),
        version: fields.line("version"),
        status: fields.line("pubstatus").map(|status| fields::status(&status)).unwrap_or_default(),
        embargo: fields::first_date([fields.line("embargoed")]),
        signal: fields::signal(fields.line("signal").as_deref()),
        dateline: fields.line("dateline"),
        credit: fields.line("creditline"),
        ..Delivery::default()
    };
    Metadata {
        title: fields.line("headline"),
        date: fields::first_date([fields.line("version_created"), fields.line("updated")]),
        source: category("dnltype:provider").or_else(|| fields.line("creditline")),
        bylines: fields.line("byline").into_iter().collect(),
        language: fields.line("language"),
        delivery: fields::delivery(delivery),
        ..Metadata::default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wirecopy_core::document::{Signal, Status};

    use super::*;
    use crate::{Body, json_item};

    const ITEM: &str = r#"{"format": "digitalwires@0.9.1", "type": "composite", "urn": "urn:newsml:dpa.com:20090101:1", "version": 2,
        "version_created": "2024-03-11T15:20:00+01:00", "pubstatus": "usable", "signal": "sig:update", "embargoed": "2024-03-12T00:00:00Z",
        "language": "de", "headline": "Fähre fährt", "teaser": "Kurz.", "byline": "Von Jo Roe, dpa", "dateline": "Oslo (dpa) - ",
        "article_html": "<section class=\"main\"><h2>A</h2><p>Eins.</p><p>Zwei.</p></section>",
        "infobox_html": "<section class=\"infobox\"><h2>Links</h2></section>", "linkbox_html": "<ul><li>No</li></ul>",
        "creditline": "dpa", "notepad": {"public_html": "<p>No</p>"}, "ednotes": [{"ednote": "No"}], "associations": [],
        "categories": [{"type": "dnltype:desk", "name": "wi"}, {"type": "dnltype:provider", "name": "dpa"}]}"#;

    #[test]
    fn item_is_read() {
        let item = json_item(ITEM).unwrap().unwrap();
        let body = "<section class=\"main\"><h2>A</h2><p>Oslo (dpa) - Eins.</p><p>Zwei.</p></section><section class=\"infobox\"><h2>Links</h2></section>";
        assert_eq!(item.body, Body::Markup(body.to_owned()));
        let meta = item.meta;
        assert_eq!(meta.title.as_deref(), Some("Fähre fährt"));
        assert_eq!(meta.date.as_deref(), Some("2024-03-11T15:20:00+01:00"));
        assert_eq!((meta.source.as_deref(), meta.language.as_deref()), (Some("dpa"), Some("de")));
        assert_eq!(meta.bylines, ["Von Jo Roe, dpa"]);
        let expected = Delivery {
            guid: Some("urn:newsml:dpa.com:20090101:1".to_owned()),
            version: Some("2".to_owned()),
            status: Status::Usable,
            embargo: Some("2024-03-12T00:00:00Z".to_owned()),
            signal: Some(Signal::Update),
            dateline: Some("Oslo (dpa) -".to_owned()),
            credit: Some("dpa".to_owned()),
            ..Delivery::default()
        };
        assert_eq!(meta.delivery.as_deref(), Some(&expected));
    }

    #[test]
    fn dateline_of_the_article_is_not_doubled() {
        let article = "<p><span class=\"dateline\">Oslo (dpa) - </span>Eins.</p>";
        assert_eq!(with_dateline(article, Some("Oslo (dpa) - ")), article);
        assert_eq!(with_dateline("<ul></ul>", Some("Oslo")), "<ul></ul>");
    }

    #[test]
    fn picture_is_skipped() {
        let picture = r#"{"format": "digitalwires@0.9.1", "urn": "a", "headline": "A", "article_html": null, "associations": [{"type": "image"}]}"#;
        assert_eq!(json_item(picture).unwrap().unwrap_err().reason, "a picture item, not a text");
        let empty = r#"{"format": "digitalwires@0.9.1", "article_html": "<p> </p>"}"#;
        assert_eq!(json_item(empty).unwrap().unwrap_err().reason, "an item without text");
        assert!(json_item(r#"{"format": "x", "a": "digitalwires"}"#).is_none());
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(
            json in "\\{\"format\": \"digitalwires\", \"(article_html|categories|associations|dateline)\": (\\[|\\{|\"<p>\"|null|1|\\]|\\}){0,4}\\}",
        ) {
            let _ = json_item(&json);
        }
    }
}
