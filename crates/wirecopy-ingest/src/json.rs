//! Converts a JSON object to a document.
//!
//! Only configured fields are deserialised. A name such as `content.body` is the path to the field `body` in the object, or
//! in each object of the list, `content`. Everything else is skipped without recursion, so that deep nesting cannot overflow
//! the stack.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::extract::Extracted;
use super::jsonfix;
use super::jsonvalue::{TEXT_DEPTH, Value, Wanted};
use super::record::{Fields, listed};
use crate::config::FieldNames;
use wirecopy_core::document::SkipKind::{Malformed, NoTextField};
use wirecopy_core::document::{Delivery, Refusal};

/// Converts one record to a document. Broken JSON is repaired if that takes no guess. A record without the text field may be an
/// item of ninjs or of dpa's digitalwires.
///
/// # Errors
/// The reason for skipping the record.
pub(super) fn record(json: &str, names: &FieldNames) -> Result<Extracted, Refusal> {
    match json.trim_ascii_start().as_bytes().first() {
        Some(b'{') => {}
        Some(b'[') => return Err(Malformed.because("a JSON array, not an object")),
        Some(b'"') => return Err(Malformed.because("a JSON string, not an object")),
        Some(b'0'..=b'9' | b'-') => return Err(Malformed.because("a number, not a JSON object")),
        Some(b'n' | b't' | b'f') if matches!(json.trim_ascii(), "null" | "true" | "false") => {
            return Err(Malformed.because(format!("`{}`, not a JSON object", json.trim_ascii())));
        }
        _ => return Err(Malformed.because(format!("not JSON: begins with `{}`", beginning(json)))),
    }
    match fields(json, names) {
        Ok(fields) => document(fields, json, names),
        Err(error) => match jsonfix::repaired(json) {
            Some(repaired) => document(fields(&repaired, names).map_err(|e| in_words(&e))?, &repaired, names),
            None => Err(in_words(&error)),
        },
    }
}

fn beginning(text: &str) -> String {
    text.trim_start().chars().take(12).collect()
}

/// Converts a serde error. Its "at line 1" is dropped, because the record has a number of its own.
fn in_words(error: &serde_json::Error) -> Refusal {
    let text = error.to_string();
    let message = text.rfind(" at line ").map_or(text.as_str(), |end| &text[..end]);
    let place = if error.line() > 1 {
        format!("line {} column {}", error.line(), error.column())
    } else {
        format!("column {}", error.column())
    };
    if error.is_eof() {
        let within = message.strip_prefix("EOF while parsing ").unwrap_or("a value");
        return Malformed.because(format!("truncated: the record ends inside {within} ({place})"));
    }
    Malformed.because(format!("not valid JSON: {message} ({place})"))
}

/// Makes a document of the fields read from `json`.
fn document(fields: Members, json: &str, names: &FieldNames) -> Result<Extracted, Refusal> {
    let text = match fields.text {
        Some(Value::Text(text)) => Some(text),
        Some(Value::Null) => None,
        Some(list @ Value::List(_)) => match list.paragraphs(&names.text) {
            Some(text) => Some(text),
            None => return Err(NoTextField.because(format!("field `{}` is a list without text", names.text))),
        },
        Some(Value::Object(entries)) if !entries.is_empty() => {
            let inner: Vec<String> = entries.iter().map(|(key, _)| format!("{}.{key}", names.text)).collect();
            return Err(NoTextField.because(format!(
                "field `{}` is an object, not a string: it has {}; choose one with --text-field",
                names.text,
                listed(&inner)
            )));
        }
        Some(other) => {
            let reason = format!("field `{}` is {}, not a string", names.text, other.kind());
            return Err(NoTextField.because(reason));
        }
        None => {
            return delivered(json).unwrap_or_else(|| Err(NoTextField.because(missing(json, names))));
        }
    };
    let line = |value: Option<Value>| value.and_then(Value::into_line);
    Fields {
        id: line(fields.id),
        text,
        title: line(fields.title),
        date: line(fields.date),
        source: line(fields.source),
        url: line(fields.url),
        language: line(fields.language),
        bylines: fields.bylines.into_iter().flat_map(Value::into_lines).collect(),
        delivery: kept_delivery(json),
    }
    .document()
}

/// A record as `keep` writes it.
#[derive(Deserialize)]
struct Kept {
    #[serde(rename = "path")]
    _path: String,
    #[serde(rename = "record")]
    _record: IgnoredAny,
    #[serde(rename = "cluster")]
    _cluster: IgnoredAny,
    delivery: Box<Delivery>,
}

/// Returns what the form of an item said of it, from a record that `keep` wrote. A field of this name in other records is
/// something else.
fn kept_delivery(json: &str) -> Option<Box<Delivery>> {
    // Most records have no such field, and are not parsed once more.
    memchr::memmem::find(json.as_bytes(), b"\"delivery\"")?;
    let Kept { delivery, .. } = serde_json::from_str(json).ok()?;
    Some(delivery)
}

/// Returns the document of an item of ninjs or of digitalwires; `None` if the object is something else.
#[cfg(feature = "wire")]
fn delivered(json: &str) -> Option<Result<Extracted, Refusal>> {
    let item = wirecopy_formats::json_item(json).or_else(|| wirecopy_formats::json_item(&readable(json)?))?;
    Some(item.and_then(|item| super::delivered::item(item, u64::MAX)))
}

/// Returns a record without what keeps its other fields from being read; `None` if there is no such thing.
#[cfg(feature = "wire")]
fn readable(json: &str) -> Option<String> {
    let repaired = jsonfix::repaired(json);
    jsonfix::shallow(repaired.as_deref().unwrap_or(json)).or(repaired)
}

#[cfg(not(feature = "wire"))]
fn delivered(_: &str) -> Option<Result<Extracted, Refusal>> {
    None
}

/// Returns the name of the format of a record that is an item of ninjs or of digitalwires, readable or not; `None` if it is
/// something else, or has the text field.
#[cfg(feature = "wire")]
pub(super) fn item_format(json: &str, names: &FieldNames) -> Option<&'static str> {
    let readable = readable(json);
    let json = readable.as_deref().unwrap_or(json);
    let format = wirecopy_formats::json_format(json)?;
    let text = fields(json, names).ok()?.text;
    matches!(text, None | Some(Value::Null)).then_some(format)
}

#[cfg(not(feature = "wire"))]
pub(super) fn item_format(_: &str, _: &FieldNames) -> Option<&'static str> {
    None
}

/// Returns the message for a record without a text field. It lists the fields of the record.
fn missing(json: &str, names: &FieldNames) -> String {
    let mut found = Vec::new();
    let mut parser = serde_json::Deserializer::from_str(json);
    // The record was parsed before, so it parses again.
    let _ = Keys { found: &mut found }.deserialize(&mut parser);
    if let [only] = found.as_slice()
        && serde_json::from_str::<HashMap<String, [(); 0]>>(json).is_ok()
    {
        return format!("no field `{}`: the record has only `{only}`, which is an empty list", names.text);
    }
    if found.is_empty() {
        return format!("no field `{}`: the record has no fields", names.text);
    }
    format!(
        "no field `{}`: the record has {}; choose the text field with --text-field",
        names.text,
        listed(&found)
    )
}

fn fields(json: &str, names: &FieldNames) -> Result<Members, serde_json::Error> {
    let mut parser = serde_json::Deserializer::from_str(json);
    let mut fields = Members::default();
    Record { names, prefix: "", fields: &mut fields }.deserialize(&mut parser)?;
    parser.end()?;
    Ok(fields)
}

#[derive(Debug, Default)]
struct Members {
    id: Option<Value>,
    text: Option<Value>,
    title: Option<Value>,
    date: Option<Value>,
    source: Option<Value>,
    url: Option<Value>,
    language: Option<Value>,
    bylines: Vec<Value>,
}

impl Members {
    fn slot(&mut self, field: Field) -> Option<&mut Option<Value>> {
        Some(match field {
            Field::Id => &mut self.id,
            Field::Text => &mut self.text,
            Field::Title => &mut self.title,
            Field::Date => &mut self.date,
            Field::Source => &mut self.source,
            Field::Url => &mut self.url,
            Field::Language => &mut self.language,
            Field::Byline => return None,
        })
    }
}

/// Deserialises the configured fields of an object: of the record itself, or of an object on the path of a field name
/// (`content` of `content.body`). The names are only known at run time, so serde's derive cannot be used.
struct Record<'n, 'f> {
    names: &'n FieldNames,
    /// The path to this object with a trailing dot; empty for the record itself.
    prefix: &'n str,
    fields: &'f mut Members,
}

impl<'de> DeserializeSeed<'de> for Record<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.prefix.is_empty() {
            deserializer.deserialize_map(self)
        } else {
            deserializer.deserialize_any(self)
        }
    }
}

impl<'de> Visitor<'de> for Record<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { names, prefix, fields } = self;
        while let Some(key) = map.next_key_seed(Key { names, prefix })? {
            match key {
                Place::Field(field) => {
                    let value = map.next_value_seed(Wanted { depth: TEXT_DEPTH })?;
                    match fields.slot(field) {
                        None => fields.bylines.push(value),
                        // The objects of a list share a path.
                        Some(slot) if !prefix.is_empty() => Value::join(slot, value),
                        Some(slot) => *slot = Some(value),
                    }
                }
                Place::Within(path) => {
                    map.next_value_seed(Record { names, prefix: &path, fields: &mut *fields })?;
                }
                Place::Elsewhere => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { names, prefix, fields } = self;
        while seq.next_element_seed(Record { names, prefix, fields: &mut *fields })?.is_some() {}
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Id,
    Text,
    Title,
    Date,
    Source,
    Url,
    Language,
    Byline,
}

impl Field {
    /// Returns the field configured under `name`. The names for languages and bylines are fixed.
    pub(super) fn of(name: &str, names: &FieldNames) -> Option<Self> {
        Some(match name {
            _ if name == names.text => Self::Text,
            _ if name == names.id => Self::Id,
            _ if name == names.title => Self::Title,
            _ if name == names.date => Self::Date,
            _ if name == names.source => Self::Source,
            _ if name == names.url => Self::Url,
            "language" | "lang" => Self::Language,
            "byline" | "author" | "agency" => Self::Byline,
            _ => return None,
        })
    }
}

/// What to do with the value of a key.
enum Place {
    Field(Field),
    /// The value may contain configured fields. Holds its path with a trailing dot.
    Within(String),
    Elsewhere,
}

struct Key<'n> {
    names: &'n FieldNames,
    prefix: &'n str,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Place;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Place, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Place;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, name: &str) -> Result<Place, E> {
        let Self { names, prefix } = self;
        if prefix.is_empty() {
            if let Some(field) = Field::of(name, names) {
                return Ok(Place::Field(field));
            }
        } else if let Some(field) = Field::of(&format!("{prefix}{name}"), names) {
            return Ok(Place::Field(field));
        }
        let leads = |path: &String| {
            let rest = path.strip_prefix(prefix).and_then(|rest| rest.strip_prefix(name));
            rest.is_some_and(|rest| rest.starts_with('.'))
        };
        let FieldNames { id, text, title, date, source, url } = names;
        if [id, text, title, date, source, url].into_iter().any(leads) {
            return Ok(Place::Within(format!("{prefix}{name}.")));
        }
        Ok(Place::Elsewhere)
    }
}

/// Collects field names: paths for the fields of nested objects, a name with brackets for a list of objects.
struct Keys<'k> {
    found: &'k mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match map.next_value_seed(Wanted { depth: 1 })? {
                Value::Object(entries) if !entries.is_empty() => {
                    self.found.extend(entries.iter().map(|(name, _)| format!("{key}.{name}")));
                }
                // The brackets hint that the list may hold the records.
                Value::List(values) if matches!(values.first(), Some(Value::Object(_))) => {
                    self.found.push(format!("{key}[]"));
                }
                _ => self.found.push(key),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
