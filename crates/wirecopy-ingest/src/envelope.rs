//! Finds the records inside an envelope: an object that is not a document but holds a list of documents, such as
//! `{"status": "ok", "articles": [{…}, {…}]}`. Archive and search APIs answer like this, with varying field names.
//!
//! Tried only if a file is one object without a text field. Costs a second pass over that file.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{json, jsonfix};
use crate::config::FieldNames;

/// Depth to which nested objects are searched (`{"response": {"docs": […]}}`).
const DEPTH: usize = 3;
/// Records of a list that are tried before the list is rejected.
const TRIED: usize = 20;

/// Returns the records of all lists with a document among their first [`TRIED`] records. If no list has one, returns those of the
/// lists with an item of an agency, which is then a picture, or else of the only list of objects; `None` if there is no such list,
/// or more than one.
pub(super) fn records(object: &str, names: &FieldNames) -> Option<Vec<String>> {
    let repaired = jsonfix::repaired(object);
    let mut lists = Vec::new();
    lists_in(repaired.as_deref().unwrap_or(object), DEPTH, &mut lists);
    let is_text = |record: &str| json::record(record, names).is_ok();
    let is_item = |record: &str| json::item_format(record, names).is_some();
    let tried = |list: &Vec<&RawValue>, is: &dyn Fn(&str) -> bool| {
        list.iter().take(TRIED).any(|record| is(record.get()))
    };
    if lists.iter().any(|list| tried(list, &is_text)) {
        lists.retain(|list| tried(list, &is_text));
    } else if lists.iter().any(|list| tried(list, &is_item)) {
        lists.retain(|list| tried(list, &is_item));
    } else if let Some(item) = only_item(repaired.as_deref().unwrap_or(object), &is_item) {
        return Some(vec![item]);
    } else if lists.len() != 1 {
        return None;
    }
    Some(lists.into_iter().flatten().map(|record| record.get().to_owned()).collect())
}

/// Returns the only value of an object, if it is an item of an agency: `{"item": {…}}`.
fn only_item(object: &str, is_item: &dyn Fn(&str) -> bool) -> Option<String> {
    let Entries(values) = serde_json::from_str(object).ok()?;
    let [only] = values.as_slice() else { return None };
    is_item(only.get()).then(|| only.get().to_owned())
}

/// Collects the lists of objects within an object, in order.
fn lists_in<'j>(object: &'j str, depth: usize, lists: &mut Vec<Vec<&'j RawValue>>) {
    let Ok(Entries(values)) = serde_json::from_str(object) else { return };
    for value in values {
        let json = value.get();
        if json.starts_with('{') && depth > 1 {
            lists_in(json, depth - 1, lists);
        } else if let Some(inner) = json.strip_prefix('[')
            && inner.trim_ascii_start().starts_with('{')
            && let Ok(list) = serde_json::from_str(json)
        {
            lists.push(list);
        }
    }
}

/// The values of an object, in order.
struct Entries<'j>(Vec<&'j RawValue>);

impl<'de> serde::Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;
        impl<'de> Visitor<'de> for Values {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut values = Vec::new();
                while let Some((_, value)) = map.next_entry::<serde::de::IgnoredAny, &RawValue>()? {
                    values.push(value);
                }
                Ok(Entries(values))
            }
        }
        deserializer.deserialize_map(Values)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(object: &str) -> Option<Vec<String>> {
        records(object, &FieldNames::default())
    }

    #[test]
    fn records_are_found_under_any_name_and_in_nested_objects() {
        assert_eq!(
            found(r#"{"n": 1, "tags": ["a"], "x": [ {"text": "A"}, 7 ]}"#).unwrap(),
            [r#"{"text": "A"}"#, "7"]
        );
        assert_eq!(found(r#"{"response": {"docs": [{"text": "A"}]}}"#).unwrap(), [r#"{"text": "A"}"#]);
        assert_eq!(
            found(r#"{"score": NaN, "x": [{"text": "A", "v": NaN}]}"#).unwrap(),
            [r#"{"text": "A", "v": null}"#]
        );
    }

    #[test]
    fn lists_without_documents_are_ignored() {
        let object =
            r#"{"links": [{"href": "x"}], "items": [{"id": 1}, {"text": "A"}], "more": [{"text": "B"}]}"#;
        assert_eq!(found(object).unwrap(), [r#"{"id": 1}"#, r#"{"text": "A"}"#, r#"{"text": "B"}"#]);
        assert_eq!(found(r#"{"items": [{"body": "A"}]}"#).unwrap(), [r#"{"body": "A"}"#]);
        assert_eq!(found(r#"{"a": [{"body": "A"}], "b": [{"body": "B"}]}"#), None);
        assert_eq!(found(r#"{"a": ["A"], "b": []}"#), None);
        assert_eq!(found("{"), None);
    }

    #[cfg(feature = "wire")]
    #[test]
    fn items_of_agencies_are_records_even_if_none_is_a_text() {
        let picture = r#"{"uri": "urn:x:1", "type": "picture", "versioncreated": "2024"}"#;
        let object = format!(r#"{{"links": [{{"href": "x"}}], "item": [{picture}, {picture}]}}"#);
        assert_eq!(found(&object).unwrap(), [picture, picture]);
    }

    #[cfg(feature = "wire")]
    #[test]
    fn item_of_an_agency_may_be_the_only_field() {
        let item = r#"{"uri": "urn:x:1", "type": "text", "body_text": "A"}"#;
        assert_eq!(found(&format!(r#"{{"item": {item}}}"#)).unwrap(), [item]);
        assert_eq!(found(r#"{"item": {"uri": "urn:x:1"}}"#), None);
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(object in "[{}\\[\\]\":,a0 ]{0,60}") {
            let _ = found(&object);
        }
    }
}
