//! An object that is no document itself but holds a list of them: `{"status": "ok", "articles": [{…}, {…}]}`, as the
//! interfaces of archives and search engines answer, under whatever name.
//!
//! Looked for where a file is one object without a text. Costs a second pass over that file.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{json, jsonfix};
use crate::config::FieldNames;

/// Objects within objects that are looked into (`{"response": {"docs": […]}}`).
const DEPTH: usize = 3;
/// Records of a list that are tried before it is said to hold none.
const TRIED: usize = 20;

/// The records of all lists whose objects have a text; where there are none, those of the only list of objects. `None`
/// where that is not one.
pub(super) fn records(object: &str, names: &FieldNames) -> Option<Vec<String>> {
    let mended = jsonfix::mended(object);
    let mut lists = Vec::new();
    lists_in(mended.as_deref().unwrap_or(object), DEPTH, &mut lists);
    let has_text = |list: &Vec<&RawValue>| {
        list.iter().take(TRIED).any(|record| json::record(record.get(), names).is_ok())
    };
    let some_text = lists.iter().any(has_text);
    if some_text {
        lists.retain(has_text);
    } else if lists.len() != 1 {
        return None;
    }
    Some(lists.into_iter().flatten().map(|record| record.get().to_owned()).collect())
}

/// Adds the lists of objects within an object, in order.
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

/// The values of an object in their order.
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
    fn the_list_of_records_is_found_under_any_name_and_within_objects() {
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
    fn lists_of_other_things_are_passed_over() {
        let object =
            r#"{"links": [{"href": "x"}], "items": [{"id": 1}, {"text": "A"}], "more": [{"text": "B"}]}"#;
        assert_eq!(found(object).unwrap(), [r#"{"id": 1}"#, r#"{"text": "A"}"#, r#"{"text": "B"}"#]);
        assert_eq!(found(r#"{"items": [{"body": "A"}]}"#).unwrap(), [r#"{"body": "A"}"#]);
        assert_eq!(found(r#"{"a": [{"body": "A"}], "b": [{"body": "B"}]}"#), None);
        assert_eq!(found(r#"{"a": ["A"], "b": []}"#), None);
        assert_eq!(found("{"), None);
    }

    proptest! {
        #[test]
        fn dirt_does_no_harm(object in "[{}\\[\\]\":,a0 ]{0,60}") {
            let _ = found(&object);
        }
    }
}
