//! Deserialises the JSON values that a document can use: strings, names, lists of paragraphs.

use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Depth to which lists and objects are searched for text: blocks, their paragraphs, their spans.
pub(super) const TEXT_DEPTH: usize = 4;
/// Keys for the text of an object in a list of paragraphs, after the name of the text field.
const PARAGRAPH_KEYS: [&str; 7] = ["text", "content", "body", "value", "html", "paragraph", "p"];
/// Keys for the text of an object that represents a name or a headline.
const NAME_KEYS: [&str; 2] = ["name", "rendered"];

/// The value of a configured field.
#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    Number(String),
    Bool,
    Null,
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
}

impl Value {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "a string",
            Value::Number(_) => "a number",
            Value::Bool => "true or false",
            Value::Null => "null",
            Value::List(_) => "a list",
            Value::Object(_) => "an object",
        }
    }

    /// Returns a string, a number as written (ids and dates occur as both), or the name in an object.
    pub(super) fn into_line(self) -> Option<String> {
        match self {
            Value::Text(text) | Value::Number(text) => Some(text),
            Value::Object(entries) => entries.into_iter().find_map(|(key, value)| match value {
                Value::Text(text) if NAME_KEYS.contains(&key.as_str()) => Some(text),
                _ => None,
            }),
            _ => None,
        }
    }

    /// Returns the lines of a list's items, or the line of a single value, as [`Value::into_line`].
    pub(super) fn into_lines(self) -> Vec<String> {
        match self {
            Value::List(values) => values.into_iter().filter_map(Value::into_line).collect(),
            other => other.into_line().into_iter().collect(),
        }
    }

    /// Joins the texts of a list of paragraphs with blank lines. `field` is the name of the text field. `None` if there is no text.
    pub(super) fn paragraphs(self, field: &str) -> Option<String> {
        let key = field.rsplit('.').next().unwrap_or(field);
        let mut out = String::new();
        self.add_paragraphs(key, &mut out);
        (!out.is_empty()).then_some(out)
    }

    fn add_paragraphs(self, field: &str, out: &mut String) {
        match self {
            Value::Text(text) if !text.trim().is_empty() => {
                if !out.is_empty() {
                    out.push_str("\n\n");
                }
                out.push_str(&text);
            }
            Value::List(values) => values.into_iter().for_each(|value| value.add_paragraphs(field, out)),
            Value::Object(mut entries) => {
                let keys = std::iter::once(field).chain(PARAGRAPH_KEYS);
                let holds = |value: &Value| matches!(value, Value::Text(_) | Value::List(_));
                let found = keys
                    .filter_map(|key| entries.iter().position(|(name, value)| name == key && holds(value)))
                    .next();
                if let Some(at) = found {
                    entries.swap_remove(at).1.add_paragraphs(field, out);
                }
            }
            _ => {}
        }
    }

    /// Adds a value found at the same path, making a list of several values.
    pub(super) fn join(slot: &mut Option<Value>, value: Value) {
        *slot = Some(match slot.take() {
            None => value,
            Some(Value::List(mut values)) => {
                values.push(value);
                Value::List(values)
            }
            Some(first) => Value::List(vec![first, value]),
        });
    }
}

/// Deserialises any value. The content of lists and objects below `depth` is dropped, so that nesting cannot overflow the
/// stack.
pub(super) struct Wanted {
    pub depth: usize,
}

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
        let mut values = Vec::new();
        let Some(depth) = self.depth.checked_sub(1) else {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Value::List(values));
        };
        while let Some(value) = seq.next_element_seed(Wanted { depth })? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        let Some(depth) = self.depth.checked_sub(1) else {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Value::Object(entries));
        };
        while let Some(key) = map.next_key::<String>()? {
            entries.push((key, map.next_value_seed(Wanted { depth })?));
        }
        Ok(Value::Object(entries))
    }
}
