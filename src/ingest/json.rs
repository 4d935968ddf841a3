//! One JSON object to one document.
//!
//! Only the wanted fields are built; everything else is stepped over without recursion, so that depth cannot
//! overflow the stack.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::extract::{Extracted, one_line};
use crate::config::FieldNames;
use crate::document::Metadata;

/// Reads one record.
///
/// # Errors
/// A sentence on what is wrong with it.
pub(super) fn record(json: &str, names: &FieldNames) -> Result<Extracted, String> {
    match json.trim_ascii_start().as_bytes().first() {
        Some(b'{') => {}
        Some(b'[') => return Err("a JSON array, not an object".to_owned()),
        Some(b'"') => return Err("a JSON string, not an object".to_owned()),
        Some(b'0'..=b'9' | b'-') => return Err("a number, not a JSON object".to_owned()),
        Some(b'n' | b't' | b'f') if matches!(json.trim_ascii(), "null" | "true" | "false") => {
            return Err(format!("`{}`, not a JSON object", json.trim_ascii()));
        }
        _ => return Err(format!("not JSON: begins with `{}`", beginning(json))),
    }
    let fields = match fields(json, names) {
        Err(error) if json.contains("\\u") => {
            fields(&without_lone_surrogates(json), names).map_err(|_| error)
        }
        other => other,
    };
    document(fields.map_err(|e| in_words(&e))?, names)
}

fn beginning(text: &str) -> String {
    text.trim_start().chars().take(12).collect()
}

/// serde's message; its "at line 1" means nothing for a record that has a number of its own.
fn in_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let message = text.rfind(" at line ").map_or(text.as_str(), |end| &text[..end]);
    let place = if error.line() > 1 {
        format!("line {} column {}", error.line(), error.column())
    } else {
        format!("column {}", error.column())
    };
    format!("not valid JSON: {message} ({place})")
}

fn document(fields: Fields, names: &FieldNames) -> Result<Extracted, String> {
    let text = match fields.text {
        Some(Value::Text(text)) if !text.trim().is_empty() => text,
        Some(Value::Text(_) | Value::Null) => return Err("empty text".to_owned()),
        Some(other) => return Err(format!("field `{}` is {}, not a string", names.text, other.kind())),
        None => return Err(format!("no field `{}`", names.text)),
    };
    let line = |value: Option<Value>| value.and_then(Value::into_text).and_then(|text| one_line(&text));
    Ok(Extracted {
        own_id: fields.id.and_then(Value::into_text).filter(|id| !id.trim().is_empty()),
        meta: Metadata {
            title: line(fields.title),
            date: line(fields.date),
            published: None,
            date_origin: None,
            date_problem: None,
            source: line(fields.source),
            url: line(fields.url),
            bylines: fields.bylines.into_iter().filter_map(|value| line(Some(value))).collect(),
            language: line(fields.language),
        },
        text,
    })
}

fn fields(json: &str, names: &FieldNames) -> Result<Fields, serde_json::Error> {
    let mut parser = serde_json::Deserializer::from_str(json);
    let fields = Record(names).deserialize(&mut parser)?;
    parser.end()?;
    Ok(fields)
}

/// The value of a wanted field.
#[derive(Debug)]
enum Value {
    Text(String),
    Number(String),
    Bool,
    Null,
    List,
    Object,
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "a string",
            Value::Number(_) => "a number",
            Value::Bool => "true or false",
            Value::Null => "null",
            Value::List => "a list",
            Value::Object => "an object",
        }
    }

    /// Strings, and numbers as they are written: ids and dates come as both.
    fn into_text(self) -> Option<String> {
        match self {
            Value::Text(text) | Value::Number(text) => Some(text),
            _ => None,
        }
    }
}

#[derive(Debug, Default)]
struct Fields {
    id: Option<Value>,
    text: Option<Value>,
    title: Option<Value>,
    date: Option<Value>,
    source: Option<Value>,
    url: Option<Value>,
    language: Option<Value>,
    bylines: Vec<Value>,
}

/// The names are known at run time only, so serde's derive cannot do this.
struct Record<'n>(&'n FieldNames);

impl<'de> DeserializeSeed<'de> for Record<'_> {
    type Value = Fields;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Fields, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Record<'_> {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        while let Some(key) = map.next_key_seed(Key(self.0))? {
            let slot = match key {
                Some(Field::Id) => &mut fields.id,
                Some(Field::Text) => &mut fields.text,
                Some(Field::Title) => &mut fields.title,
                Some(Field::Date) => &mut fields.date,
                Some(Field::Source) => &mut fields.source,
                Some(Field::Url) => &mut fields.url,
                Some(Field::Language) => &mut fields.language,
                Some(Field::Byline) => {
                    fields.bylines.push(map.next_value_seed(Wanted)?);
                    continue;
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *slot = Some(map.next_value_seed(Wanted)?);
        }
        Ok(fields)
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
    /// The field that goes by `name`. Languages and bylines have no setting: the names in use are known.
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

struct Key<'n>(&'n FieldNames);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<Field>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<Field>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Field::of(name, self.0))
    }
}

struct Wanted;

impl<'de> DeserializeSeed<'de> for Wanted {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Wanted {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Bool)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Object)
    }
}

/// Half a surrogate pair (`\ud83d` alone) is no character; writers that cut strings by UTF-16 units leave them
/// behind. They become U+FFFD.
fn without_lone_surrogates(json: &str) -> Cow<'_, str> {
    let bytes = json.as_bytes();
    let unit = |at: usize| -> Option<u16> {
        let hex = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(hex, 16).ok()
    };
    let mut out = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = memchr::memchr(b'\\', &bytes[at..]) {
        at += found;
        match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                out.push_str(&json[copied..at]);
                out.push_str("\\ufffd");
                at += 6;
                copied = at;
            }
            _ => at += 2,
        }
        if at >= bytes.len() {
            break;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    out.push_str(&json[copied..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {

    use super::*;

    fn read(json: &str) -> Result<Extracted, String> {
        record(json, &FieldNames::default())
    }

    #[test]
    fn fields_are_found_by_their_configured_names() {
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
    fn what_is_wrong_is_said_in_a_sentence() {
        let reason = |json: &str| read(json).unwrap_err();
        assert_eq!(reason(r#"{"id": "a"}"#), "no field `text`");
        assert_eq!(reason(r#"{"text": 12}"#), "field `text` is a number, not a string");
        assert_eq!(reason(r#"{"text": ["a"]}"#), "field `text` is a list, not a string");
        assert_eq!(reason(r#"{"text": {"a": 1}}"#), "field `text` is an object, not a string");
        assert_eq!(reason(r#"{"text": null}"#), "empty text");
        assert_eq!(reason(r#"{"text": " \n"}"#), "empty text");
        assert_eq!(reason("[1]"), "a JSON array, not an object");
        assert_eq!(reason("null"), "`null`, not a JSON object");
        assert_eq!(reason(r#"{"text": "a"#), "not valid JSON: EOF while parsing a string (column 11)");
        assert_eq!(reason(r#"{"text": "a"} x"#), "not valid JSON: trailing characters (column 15)");
    }

    #[test]
    fn wrong_types_beside_the_text_are_left_out() {
        let doc =
            read(r#"{"text": "a", "title": ["x"], "id": true, "url": null, "source": {"n": 1}}"#).unwrap();
        assert_eq!(doc.meta, Metadata::default());
        assert_eq!(doc.own_id, None);
    }

    #[test]
    fn depth_does_not_overflow_the_stack() {
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        assert_eq!(read(&format!(r#"{{"x": {deep}, "text": "a"}}"#)).unwrap().text, "a");
        assert_eq!(
            read(&format!(r#"{{"text": {deep}}}"#)).unwrap_err(),
            "field `text` is a list, not a string"
        );
    }

    #[test]
    fn half_a_surrogate_pair_is_replaced() {
        assert_eq!(read(r#"{"text": "a\ud83d b"}"#).unwrap().text, "a\u{fffd} b");
        assert_eq!(read(r#"{"text": "\ud83d\ude00\udc00\\ud800"}"#).unwrap().text, "😀\u{fffd}\\ud800");
        assert_eq!(read(r#"{"text": "\ud83d\u0041"}"#).unwrap().text, "\u{fffd}A");
    }
}
