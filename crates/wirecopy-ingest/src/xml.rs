//! Finds the root element of XML.

/// Longest name of an element in a message, in characters.
const NAME_CHARS: usize = 40;

/// Returns the name of the root element of XML that begins with `start`, with its prefix; an empty name if there is none. `None`
/// if this is not XML: without a declaration, it is XML only if that is `expected`.
pub(super) fn root(start: &[u8], expected: bool) -> Option<String> {
    let mut rest = start;
    let mut is_xml = expected;
    loop {
        rest = rest.trim_ascii_start();
        let behind = if rest.starts_with(b"<?") {
            is_xml |= rest.starts_with(b"<?xml");
            after(rest, b"?>")
        } else if rest.starts_with(b"<!--") {
            after(rest, b"-->")
        } else if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"<!doctype")) {
            is_xml = true;
            after_type(rest)
        } else {
            break;
        };
        match behind {
            Some(behind) => rest = behind,
            None => return is_xml.then(String::new),
        }
    }
    let inner = rest.strip_prefix(b"<").filter(|inner| is_xml && inner.first().is_some_and(is_first))?;
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
    let name = inner.get(..inner.iter().position(ends).unwrap_or(inner.len()))?;
    Some(String::from_utf8_lossy(name).chars().take(NAME_CHARS).collect())
}

fn is_first(byte: &u8) -> bool {
    byte.is_ascii_alphabetic() || *byte == b'_' || !byte.is_ascii()
}

fn after<'a>(bytes: &'a [u8], end: &[u8]) -> Option<&'a [u8]> {
    bytes.get(memchr::memmem::find(bytes, end)? + end.len()..)
}

/// Returns what follows a document type declaration, which may hold others in brackets.
fn after_type(bytes: &[u8]) -> Option<&[u8]> {
    let end = memchr::memchr(b'>', bytes)?;
    let bracket = memchr::memchr(b'[', bytes).filter(|at| *at < end);
    let rest = match bracket {
        Some(at) => after(bytes.get(at..)?, b"]")?,
        None => return bytes.get(end + 1..),
    };
    after(rest, b">")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(start: &str, expected: bool) -> Option<String> {
        root(start.as_bytes(), expected)
    }

    #[test]
    fn root_follows_declarations_and_comments() {
        for start in [
            "<?xml version=\"1.0\"?><a:b c='d'>",
            "<?xml version=\"1.0\"?>\n<!-- <c> -->\n<?style x?><a:b>",
            "<!DOCTYPE a [<!ENTITY x \"<y>\">\n]><a:b/>",
            "<!DOCTYPE a SYSTEM \"a.dtd\">\n<a:b\n>",
        ] {
            assert_eq!(found(start, false).as_deref(), Some("a:b"), "{start}");
        }
        assert_eq!(found("<a>x</a>", true).as_deref(), Some("a"));
        assert_eq!(found("<?xml version=\"1.0\"?><!-- long", false).as_deref(), Some(""));
    }

    #[test]
    fn text_is_not_xml() {
        for start in ["<laughs> He left.", "The ferry <a>", "", "<", "< a", "<?php echo 1 ?><p>"] {
            assert_eq!(found(start, false), None, "{start}");
        }
        assert_eq!(found("The ferry sails.", true), None);
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(start in "[<>?!a\\[\\]\"x -]{0,40}", expected: bool) {
            let _ = root(start.as_bytes(), expected);
        }
    }
}
