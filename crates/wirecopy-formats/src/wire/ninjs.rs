//! Reads ninjs, news in JSON: versions 1.x, 2.x and 3.x, and the variants of Superdesk and others.
//!
//! Version 1 has one field for each form of the text (`body_html`), later ones have lists of them. Version 3 writes names with
//! capitals (`versionCreated`); names are compared without regard to case. Specification: IPTC, ninjs 2.2 and 3.1.

use std::collections::HashMap;

use memchr::memmem;
use serde_json::{Map, Value};
use wirecopy_core::document::SkipKind::Empty;
use wirecopy_core::document::{Delivery, Metadata, Refusal, Status};

use super::body::{self, Said};
use super::clean::Repeats;
use super::fields;
use super::sign_off;
use super::words;
use crate::{Body, Item, Limits};

/// Names that are common in ninjs and rare elsewhere. An object needs an identifier and two of them, or one and a type.
const MARKS: &[&str] = &[
    "altids",
    "associations",
    "bodies",
    "body_html",
    "body_text",
    "body_xhtml",
    "copyrightholder",
    "copyrightnotice",
    "description_text",
    "ednote",
    "firstcreated",
    "headlines",
    "pubstatus",
    "renditions",
    "slugline",
    "usageterms",
    "versioncreated",
];
/// The types of items. In items without a text of their own there may be little else than a type.
const TYPES: &[&str] =
    &["audio", "component", "composite", "event", "graphic", "picture", "planning", "text", "video"];
/// Types of items that only refer to others.
const PACKAGES: &[&str] = &["composite", "package"];
/// A field of every version that text must contain to be worth parsing.
const IDENTIFIERS: &[&str] = &["\"uri\"", "\"guid\""];

/// Returns whether a JSON object is an item.
pub(super) fn is(json: &str) -> bool {
    object(json).is_some_and(|object| Fields::of(&object).is_ninjs())
}

/// Reads an item from a JSON object; `None` if the object is something else.
pub(super) fn item(json: &str) -> Option<Result<Item, Refusal>> {
    let object = object(json)?;
    let fields = Fields::of(&object);
    fields.is_ninjs().then(|| fields.item())
}

/// Parses an object that may be an item.
fn object(json: &str) -> Option<Map<String, Value>> {
    let bytes = json.as_bytes();
    IDENTIFIERS.iter().find(|name| memmem::find(bytes, name.as_bytes()).is_some())?;
    serde_json::from_str(json).ok()
}

/// The fields of an object by their names in lower case.
pub(super) struct Fields<'v>(HashMap<String, &'v Value>);

impl<'v> Fields<'v> {
    pub(super) fn of(object: &'v Map<String, Value>) -> Self {
        let mut fields = HashMap::new();
        for (name, value) in object {
            fields.entry(name.to_lowercase()).or_insert(value);
        }
        Self(fields)
    }

    pub(super) fn get(&self, name: &str) -> Option<&'v Value> {
        self.0.get(name).copied()
    }

    /// Returns the text or number of a field on one line.
    pub(super) fn line(&self, name: &str) -> Option<String> {
        self.get(name).and_then(line)
    }

    fn list(&self, name: &str) -> Vec<Fields<'v>> {
        let values = self.get(name).and_then(Value::as_array).into_iter().flatten();
        values.filter_map(Value::as_object).map(Fields::of).collect()
    }

    fn is_ninjs(&self) -> bool {
        let standard = self.get("standard").or_else(|| self.get("$standard")).and_then(Value::as_object);
        let name =
            standard.and_then(|standard| standard.get("name")).and_then(Value::as_str).unwrap_or_default();
        let has_id = self.line("uri").is_some() || self.line("guid").is_some();
        let has_type = self.line("type").is_some_and(|kind| TYPES.contains(&kind.as_str()));
        let marks = MARKS.iter().filter(|mark| self.0.contains_key(**mark)).count() + usize::from(has_type);
        has_id && (name.to_lowercase().contains("ninjs") || marks >= 2)
    }

    fn item(&self) -> Result<Item, Refusal> {
        let kind = self.line("type").unwrap_or_default();
        if let Some(refusal) = fields::not_text(&kind) {
            return Err(refusal);
        }
        let meta = self.metadata();
        let mut repeats = body::repeats(&meta);
        self.headlines().iter().for_each(|headline| repeats.heading(headline));
        let summaries = self.summaries();
        summaries.iter().for_each(|(_, summary)| repeats.teaser(summary));
        // Without a type, renditions are those of a picture, whose description is a caption.
        let is_text = kind == "text" || (kind.is_empty() && self.get("renditions").is_none());
        let bodies = self.bodies();
        let texts = bodies.iter().map(|(_, said, text)| (*said, *text));
        let texts = texts.chain(summaries.iter().filter(|_| is_text).map(|(said, text)| (*said, *text)));
        let is_canceled = meta.delivery.as_ref().is_some_and(|delivery| delivery.status == Status::Canceled);
        match article(texts, &repeats) {
            Some(body) => Ok(sign_off::item(meta, body)),
            None if PACKAGES.contains(&kind.as_str()) && !is_canceled => {
                Err(Empty.because("a package that only refers to other items"))
            }
            None => fields::without_text(meta),
        }
    }

    /// Returns the headlines, the main one first.
    fn headlines(&self) -> Vec<String> {
        let mut listed: Vec<(bool, String)> = self
            .list("headlines")
            .iter()
            .filter_map(|headline| {
                let role = headline.line("role").unwrap_or_default();
                let is_main = matches!(role.rsplit(':').next(), Some("" | "main" | "headline" | "title"));
                Some((!is_main, headline.line("value")?))
            })
            .collect();
        listed.sort_by_key(|(is_other, _)| *is_other);
        let single = ["headline", "headline_main", "title"].iter().find_map(|name| self.line(name));
        single
            .filter(|_| listed.is_empty())
            .into_iter()
            .chain(listed.into_iter().map(|(_, headline)| headline))
            .collect()
    }

    /// Returns the forms of the text, the best one first: HTML, NITF, plain text, others.
    fn bodies(&self) -> Vec<(u8, Said, &'v str)> {
        let mut found = Vec::new();
        for body in self.list("bodies") {
            let media_type =
                body.line("contenttype").or_else(|| body.line("mimetype")).unwrap_or_default().to_lowercase();
            let role = body.line("role").unwrap_or_default().to_lowercase();
            if let Some(text) = body.get("value").and_then(Value::as_str)
                && let Some((order, said)) = order(&media_type, &role)
            {
                found.push((order, said, text));
            }
        }
        let mut names: Vec<&String> = self.0.keys().filter(|name| name.starts_with("body_")).collect();
        // The fields of an object have no order of their own here.
        names.sort();
        for name in names {
            let role = name.trim_start_matches("body_");
            if let Some(text) = self.get(name).and_then(Value::as_str)
                && role != "footer"
                && let Some((order, said)) = order("", role)
            {
                found.push((order, said, text));
            }
        }
        found.sort_by_key(|(order, ..)| *order);
        found
    }

    /// Returns the descriptions, without captions.
    fn summaries(&self) -> Vec<(Said, &'v str)> {
        let is_caption =
            |description: &Fields<'_>| description.line("role").is_some_and(|role| role.contains("caption"));
        let listed = self.list("descriptions").into_iter().filter(|description| !is_caption(description));
        let listed = listed.filter_map(|description| description.get("value").and_then(Value::as_str));
        let single = ["description_text", "description_html", "description_xhtml"].iter();
        let single = single.filter_map(|name| self.get(name).and_then(Value::as_str));
        listed.chain(single).map(|text| (Said::Nothing, text)).collect()
    }

    fn metadata(&self) -> Metadata {
        let guid = self.line("uri").or_else(|| self.line("guid"));
        let address = |name: &str| fields::address(self.line(name).as_deref());
        let byline = self.line("byline").or_else(|| self.line("by"));
        let authors = self
            .list("authors")
            .into_iter()
            .filter(Fields::is_author)
            .filter_map(|author| author.line("name"));
        let delivery = Delivery {
            version: self.line("version"),
            status: self.line("pubstatus").map(|status| fields::status(&status)).unwrap_or_default(),
            embargo: fields::first_date([self.line("embargoed")]),
            signal: fields::signal(self.signals().iter().map(String::as_str)),
            slug: self.line("slugline"),
            dateline: self.line("dateline").or_else(|| self.name("located")),
            credit: self.line("creditline").or_else(|| self.line("credit")),
            created: fields::first_date([self.line("firstcreated")]),
            guid,
        };
        Metadata {
            title: self.headlines().into_iter().next(),
            date: fields::first_date(
                ["versioncreated", "contentmodified", "firstpublished", "contentcreated", "firstcreated"]
                    .map(|name| self.line(name)),
            ),
            source: self.source(),
            url: address("uri").or_else(|| address("url")).or_else(|| address("link")),
            bylines: byline.map_or_else(|| authors.collect(), |byline| vec![byline]),
            language: self.line("language"),
            delivery: fields::delivery(delivery),
            ..Metadata::default()
        }
    }

    /// Returns the name of a party or a place that is given as a text or an object.
    fn name(&self, name: &str) -> Option<String> {
        let value = self.get(name)?;
        let first = value.as_array().map_or(Some(value), |values| values.first())?;
        first.as_object().map_or_else(|| line(first), |object| Fields::of(object).line("name"))
    }

    fn source(&self) -> Option<String> {
        let names = ["provider", "copyrightholder", "infosource", "infosources"];
        self.name("source").or_else(|| names.iter().find_map(|name| self.name(name)))
    }

    fn signals(&self) -> Vec<String> {
        let values = ["signal", "signals"].iter().filter_map(|name| self.get(name));
        let values = values
            .flat_map(|value| value.as_array().map_or_else(|| vec![value], |values| values.iter().collect()));
        let of = |value: &Value| match value.as_object().map(Fields::of) {
            Some(object) => ["code", "qcode", "uri", "name"].iter().find_map(|name| object.line(name)),
            None => line(value),
        };
        values.filter_map(of).collect()
    }

    fn is_author(&self) -> bool {
        self.line("role").is_none_or(|role| matches!(role.as_str(), "writer" | "author" | "reporter"))
    }
}

/// Returns a text or a number on one line.
fn line(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => words::line(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Returns the place of a form of the text among others, and what is said of it; `None` if it cannot be read.
fn order(media_type: &str, role: &str) -> Option<(u8, Said)> {
    let has = |part: &str| media_type.contains(part) || role.contains(part);
    if media_type.contains("nitf") || role == "nitf" {
        Some((1, Said::Nothing))
    } else if has("html") {
        Some((0, Said::Html))
    } else if media_type.contains("xml") || media_type.contains("json") {
        None
    } else if role == "text" || media_type.starts_with("text/plain") {
        Some((2, Said::Nothing))
    } else {
        Some((3, Said::Nothing))
    }
}

fn article<'t>(texts: impl Iterator<Item = (Said, &'t str)>, repeats: &Repeats) -> Option<Body> {
    texts.into_iter().find_map(|(said, text)| body::of_string(text, said, repeats, Limits::default()))
}

#[cfg(test)]
#[path = "ninjs_tests.rs"]
mod tests;
