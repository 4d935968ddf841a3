//! Repairs invalid JSON where the repair takes no guess. Used only for records that do not parse.
//!
//! - Lone surrogates (`\ud83d` by itself), left by writers that cut strings between UTF-16 units.
//! - `NaN` and `Infinity`, which Python writes.
//! - Unescaped line ends, tabs and other control characters within strings.
//!
//! Why this is hand-made: lenient parsers accept more than these faults, and the rest cannot be repaired without a guess.

/// Depth of objects and lists to which [`shallow`] leaves them; the parser reads 127.
#[cfg(any(test, feature = "wire"))]
const DEPTH: usize = 100;

/// Replaces lone surrogates by U+FFFD, `NaN` and infinities by `null`, and control characters in strings by escapes. `None` if
/// there is nothing to repair.
pub(super) fn repaired(json: &str) -> Option<String> {
    let mut repair = Repair { json, out: String::new(), copied: 0 };
    let bytes = json.as_bytes();
    let mut at = 0;
    let mut in_string = false;
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b'"' => {
                in_string = !in_string;
                at + 1
            }
            b'\\' if in_string => repair.escape(at),
            0..0x20 if in_string => repair.replace(at, at + 1, &format!("\\u{byte:04x}")),
            b'+' | b'-' | b'a'..=b'z' | b'A'..=b'Z' if !in_string => repair.word(at),
            b'0'..=b'9' if !in_string => {
                at + length(&bytes[at..], |b| b.is_ascii_alphanumeric() || b == b'.')
            }
            _ => at + 1,
        };
    }
    if repair.copied == 0 {
        return None;
    }
    repair.out.push_str(&json[repair.copied..]);
    Some(repair.out)
}

/// Replaces what is nested too deep for a parser by `null`. `None` if nothing is.
#[cfg(any(test, feature = "wire"))]
pub(super) fn shallow(json: &str) -> Option<String> {
    let (mut out, mut copied, mut depth, mut from) = (String::new(), 0, 0_usize, 0);
    let (mut in_string, mut at) = (false, 0);
    let bytes = json.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => at += 1,
            b'{' | b'[' if !in_string => {
                if depth == DEPTH {
                    from = at;
                }
                depth += 1;
            }
            b'}' | b']' if !in_string => {
                depth = depth.saturating_sub(1);
                if depth == DEPTH {
                    out.push_str(&json[copied..from]);
                    out.push_str("null");
                    copied = at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    if copied == 0 {
        return None;
    }
    out.push_str(&json[copied..]);
    Some(out)
}

fn length(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| belongs(**byte)).count()
}

struct Repair<'a> {
    json: &'a str,
    out: String,
    copied: usize,
}

impl Repair<'_> {
    /// Writes `by` in place of `from..to` and returns `to`.
    fn replace(&mut self, from: usize, to: usize, by: &str) -> usize {
        self.out.push_str(&self.json[self.copied..from]);
        self.out.push_str(by);
        self.copied = to;
        to
    }

    fn unit(&self, at: usize) -> Option<u16> {
        let hex = self.json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(hex, 16).ok()
    }

    fn escape(&mut self, at: usize) -> usize {
        match self.unit(at) {
            Some(0xd800..=0xdbff) if matches!(self.unit(at + 6), Some(0xdc00..=0xdfff)) => at + 12,
            Some(0xd800..=0xdfff) => self.replace(at, at + 6, "\\ufffd"),
            // The escaped character may have several bytes; those after the first two are skipped like any other.
            _ => at + 2,
        }
    }

    fn word(&mut self, at: usize) -> usize {
        let rest = &self.json.as_bytes()[at..];
        let sign = usize::from(matches!(rest[0], b'+' | b'-'));
        let end = sign + length(&rest[sign..], |byte| byte.is_ascii_alphanumeric());
        let is = |name: &str| rest[sign..end].eq_ignore_ascii_case(name.as_bytes());
        if is("nan") || is("infinity") || is("inf") {
            return self.replace(at, at + end, "null");
        }
        at + end.max(1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nan_and_infinity_become_null_outside_strings() {
        let json = r#"{"a":NaN,"b":-Infinity,"c":[1e5,+Inf,-2.5E+3],"NaN":"NaN \" Infinity"}"#;
        let right = r#"{"a":null,"b":null,"c":[1e5,null,-2.5E+3],"NaN":"NaN \" Infinity"}"#;
        assert_eq!(repaired(json).as_deref(), Some(right));
        assert_eq!(repaired(r#"{"a":true,"b":null,"c":-1}"#), None);
    }

    #[test]
    fn control_characters_in_strings_are_escaped() {
        assert_eq!(repaired("{\"a\":\n\"b\n\tc\"}").as_deref(), Some("{\"a\":\n\"b\\u000a\\u0009c\"}"));
    }

    #[test]
    fn only_what_is_nested_deep_becomes_null() {
        let nested = |depth: usize| format!("{}\"]\\\"\"{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(shallow(&nested(DEPTH)), None);
        let json = format!(r#"{{"a": {}, "b": "é"}}"#, nested(DEPTH));
        let expected =
            format!(r#"{{"a": {}null{}, "b": "é"}}"#, "[".repeat(DEPTH - 1), "]".repeat(DEPTH - 1));
        assert_eq!(shallow(&json), Some(expected));
    }

    proptest! {
        #[test]
        fn text_of_any_depth_is_handled_without_panic(json in "[{}\\[\\]\",\\\\é]{0,60}") {
            prop_assert_eq!(shallow(&json), None);
            let _ = shallow(&("[".repeat(DEPTH) + &json));
        }

        #[test]
        fn valid_json_is_unchanged_and_any_input_is_handled(json in "[{}\\[\\]\":,\\\\un0-9dDeEfF+. aNIié\n-]{0,60}") {
            let repaired = repaired(&json);
            if serde_json::from_str::<serde_json::Value>(&json).is_ok() {
                prop_assert_eq!(repaired, None);
            }
        }
    }
}
