//! Finds the ends of the values in a JSON array or in a sequence of objects, by counting brackets and skipping strings.
//!
//! The scan does not validate the values. Each one is parsed separately, so a bad value affects only itself, and an array of
//! many gigabytes is read in blocks, like lines.
//!
//! Why this is hand-made: JSON parsers stop at the first error, and the scan must continue after it.

use super::blocks::Scan;

/// Scans the content of an array (after its `[`) or a sequence of values.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// Whether the input is an array, which ends at its `]`.
    array: bool,
    closed: bool,
    depth: usize,
    in_string: bool,
    escaped: bool,
    in_scalar: bool,
}

impl Values {
    /// Creates a scan. With `array`, the input starts after the `[` of an array.
    pub(super) fn new(array: bool) -> Self {
        Self { array, ..Self::default() }
    }

    /// Returns the offset after the end of a string; `None` if the string continues after `bytes`.
    fn string_end(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        if self.escaped && at < bytes.len() {
            self.escaped = false;
            at += 1;
        }
        while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[at..]) {
            at += found + 1;
            if bytes[at - 1] == b'"' {
                self.in_string = false;
                return Some(at);
            }
            if at == bytes.len() {
                self.escaped = true;
            }
            at += 1;
            if at >= bytes.len() {
                return None;
            }
        }
        None
    }
}

impl Scan for Values {
    fn next_end(&mut self, fresh: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < fresh.len() && !self.closed {
            if self.in_string {
                at = self.string_end(fresh, at)?;
                if self.depth == 0 {
                    return Some(at);
                }
                continue;
            }
            let byte = fresh[at];
            if self.in_scalar {
                match byte {
                    b',' | b'\n' => {
                        self.in_scalar = false;
                        return Some(at + 1);
                    }
                    b'{' | b']' => {
                        self.in_scalar = false;
                        return Some(at);
                    }
                    _ => at += 1,
                }
                continue;
            }
            at += 1;
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b']' if self.depth == 0 && self.array => self.closed = true,
                b'}' | b']' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Some(at);
                    }
                }
                b',' | b' ' | b'\t' | b'\r' | b'\n' => {}
                _ => self.in_scalar = self.depth == 0,
            }
        }
        None
    }

    fn unfinished(&self) -> Option<&'static str> {
        (self.array && !self.closed).then_some("truncated: the array is not closed")
    }

    fn is_blank(&self, rest: &[u8]) -> bool {
        let rest = rest.trim_ascii_start();
        let rest = rest.trim_ascii_start_matches_commas();
        match rest.strip_prefix(b"]") {
            Some(behind) if self.closed => behind.trim_ascii().is_empty(),
            _ => rest.is_empty(),
        }
    }
}

/// Returns a record without the commas and white space around it; `None` if nothing is left.
pub(super) fn value(record: &[u8]) -> Option<&[u8]> {
    let record = record.trim_ascii_start_matches_commas();
    let record = record.trim_ascii_end();
    let record = record.strip_suffix(b",").unwrap_or(record);
    (!record.is_empty()).then_some(record)
}

trait TrimCommas {
    fn trim_ascii_start_matches_commas(&self) -> &Self;
}

impl TrimCommas for [u8] {
    fn trim_ascii_start_matches_commas(&self) -> &Self {
        let start = self.iter().position(|b| !matches!(b, b',' | b' ' | b'\t' | b'\r' | b'\n'));
        &self[start.unwrap_or(self.len())..]
    }
}

#[cfg(test)]
mod tests {
    use super::super::blocks::tests::all;
    use super::*;

    fn values(input: &str, array: bool, block: usize) -> Vec<String> {
        let records = all(input.as_bytes(), &mut Values::new(array), block, 1 << 20);
        records
            .iter()
            .filter_map(|(_, r)| value(r))
            .map(|r| String::from_utf8_lossy(r).into_owned())
            .collect()
    }

    #[test]
    fn elements_do_not_depend_on_the_block_size() {
        let input = r#" {"a": "}\"{,"} , {"b": [1, {"c": "\\"}]}, 7, "x,y", null ] "#;
        let expected = [r#"{"a": "}\"{,"}"#, r#"{"b": [1, {"c": "\\"}]}"#, "7", "\"x,y\"", "null"];
        for block in 1..80 {
            assert_eq!(values(input, true, block), expected, "block {block}");
        }
    }

    #[test]
    fn objects_in_a_sequence_are_split() {
        assert_eq!(values("{\n\"a\": 1\n}\n{\"b\":2}{}", false, 3), ["{\n\"a\": 1\n}", "{\"b\":2}", "{}"]);
    }

    #[test]
    fn unclosed_array_is_reported_as_truncated() {
        assert_eq!(values("{\"a\":1},\n", true, 5), ["{\"a\":1}", "!truncated: the array is not closed"]);
        assert_eq!(values("{\"a\":1},\n{\"b\": \"c", true, 5), ["{\"a\":1}", "{\"b\": \"c"]);
        assert_eq!(values("]", true, 5), Vec::<String>::new());
    }
}
