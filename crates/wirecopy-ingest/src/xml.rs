//! Finds the root element of XML.

use wirecopy_formats::Prolog;

/// Longest name of an element in a message, in characters.
const NAME_CHARS: usize = 40;

/// Returns the name of the root element of XML that begins with `start`, with its prefix; an empty name if there is none. `None`
/// if this is not XML: without a declaration, it is XML only if that is `expected`.
pub(super) fn root(start: &[u8], expected: bool) -> Option<String> {
    let prolog = Prolog::of(start);
    if !(expected || prolog.is_declared) {
        return None;
    }
    match prolog.rest {
        None => Some(String::new()),
        // There is nothing but a declaration or comments.
        Some([]) if !start.is_empty() => Some(String::new()),
        Some(_) => Some(String::from_utf8_lossy(prolog.root()?).chars().take(NAME_CHARS).collect()),
    }
}

/// Returns whether XML breaks off before its root element.
pub(super) fn is_cut(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    start.trim_ascii_start().starts_with(b"<") && Prolog::of(start).rest.is_none_or(<[u8]>::is_empty)
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
    fn declarations_and_comments_alone_are_xml_without_a_root() {
        for start in ["<?xml version=\"1.0\"?>", "<?xml version=\"1.0\"?><!-- c -->\n", "<!DOCTYPE a>"] {
            assert_eq!(found(start, false).as_deref(), Some(""), "{start}");
        }
        assert_eq!(found("<!-- c -->", true).as_deref(), Some(""));
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
