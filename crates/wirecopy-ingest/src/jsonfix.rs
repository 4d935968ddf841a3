//! JSON that writers get wrong and readers can mend without a guess.
//!
//! Half a surrogate pair (`\ud83d` alone) is no character: writers that cut strings by UTF-16 units leave them behind.
//! `NaN` and `Infinity` are what Python writes for numbers that are none. A line end or a tab within a string should
//! have been escaped. Asked for only where a record does not parse.
//!
//! Why this is hand-made: lenient parsers accept more than these faults, and the rest cannot be mended without a guess.

/// The record with these replaced: U+FFFD, `null`, an escape. `None` where there is nothing to mend.
pub(super) fn mended(json: &str) -> Option<String> {
    let mut mending = Mending { json, out: String::new(), copied: 0 };
    let bytes = json.as_bytes();
    let mut at = 0;
    let mut in_string = false;
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b'"' => {
                in_string = !in_string;
                at + 1
            }
            b'\\' if in_string => mending.escape(at),
            0..0x20 if in_string => mending.replace(at, at + 1, &format!("\\u{byte:04x}")),
            b'+' | b'-' | b'a'..=b'z' | b'A'..=b'Z' if !in_string => mending.word(at),
            b'0'..=b'9' if !in_string => {
                at + length(&bytes[at..], |b| b.is_ascii_alphanumeric() || b == b'.')
            }
            _ => at + 1,
        };
    }
    if mending.copied == 0 {
        return None;
    }
    mending.out.push_str(&json[mending.copied..]);
    Some(mending.out)
}

fn length(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| belongs(**byte)).count()
}

struct Mending<'a> {
    json: &'a str,
    out: String,
    copied: usize,
}

impl Mending<'_> {
    /// Where to go on.
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
            // What is escaped may be a character of several bytes, of which the rest says nothing.
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
    fn numbers_that_are_none_become_null_outside_of_strings() {
        let json = r#"{"a":NaN,"b":-Infinity,"c":[1e5,+Inf,-2.5E+3],"NaN":"NaN \" Infinity"}"#;
        let right = r#"{"a":null,"b":null,"c":[1e5,null,-2.5E+3],"NaN":"NaN \" Infinity"}"#;
        assert_eq!(mended(json).as_deref(), Some(right));
        assert_eq!(mended(r#"{"a":true,"b":null,"c":-1}"#), None);
    }

    #[test]
    fn raw_line_ends_in_strings_are_escaped() {
        assert_eq!(mended("{\"a\":\n\"b\n\tc\"}").as_deref(), Some("{\"a\":\n\"b\\u000a\\u0009c\"}"));
    }

    proptest! {
        #[test]
        fn what_parses_needs_no_mending_and_dirt_does_no_harm(json in "[{}\\[\\]\":,\\\\un0-9dDeEfF+. aNIié\n-]{0,60}") {
            let mended = mended(&json);
            if serde_json::from_str::<serde_json::Value>(&json).is_ok() {
                prop_assert_eq!(mended, None);
            }
        }
    }
}
