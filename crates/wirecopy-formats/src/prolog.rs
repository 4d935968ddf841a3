//! Steps over what comes before the root element of XML.

use memchr::memmem;

/// What comes before the root element of XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prolog<'b> {
    /// Whether there is an XML declaration or a document type.
    pub is_declared: bool,
    /// What follows: a root element, if this is XML. `None` if the prolog does not end within the bytes.
    pub rest: Option<&'b [u8]>,
}

impl<'b> Prolog<'b> {
    /// Reads the prolog of XML that begins with `start`: blanks, processing instructions, comments and a document type. Linear.
    pub fn of(start: &'b [u8]) -> Self {
        let (mut rest, mut is_declared) = (start, false);
        loop {
            rest = rest.trim_ascii_start();
            let behind = if rest.starts_with(b"<?") {
                is_declared |= rest.starts_with(b"<?xml");
                after(rest, b"?>")
            } else if rest.starts_with(b"<!--") {
                after(rest, b"-->")
            } else if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"<!doctype")) {
                is_declared = true;
                after_type(rest)
            } else {
                return Self { is_declared, rest: Some(rest) };
            };
            match behind {
                Some(behind) => rest = behind,
                None => return Self { is_declared, rest: None },
            }
        }
    }

    /// Returns the name of the root element, with its prefix; `None` if no element follows. A name may be cut off by the end of
    /// the bytes.
    pub fn root(self) -> Option<&'b [u8]> {
        let inner = self.rest?.strip_prefix(b"<")?;
        let is_first = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_' || !byte.is_ascii();
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
        inner.first().filter(|first| is_first(first))?;
        inner.get(..inner.iter().position(ends).unwrap_or(inner.len()))
    }
}

fn after<'b>(bytes: &'b [u8], end: &[u8]) -> Option<&'b [u8]> {
    bytes.get(memmem::find(bytes, end)? + end.len()..)
}

/// Returns what follows the declaration of a document type, which may hold others in brackets.
fn after_type(bytes: &[u8]) -> Option<&[u8]> {
    let mut open = 0_usize;
    let end = bytes.iter().position(|byte| {
        match byte {
            b'[' => open += 1,
            b']' => open = open.saturating_sub(1),
            _ => {}
        }
        *byte == b'>' && open == 0
    })?;
    bytes.get(end + 1..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn root_follows_declarations_and_comments() {
        for (start, is_declared) in [
            ("<?xml version=\"1.0\"?>\n<!-- <c> -->\n<?style x?><a:b>", true),
            ("<!DOCTYPE a [<!ENTITY x \"<y>\">\n]><a:b/>", true),
            ("<!doctype a [<!ATTLIST c d [e]>]>\n<a:b\n>", true),
            (" <!-- c --><a:b", false),
        ] {
            let prolog = Prolog::of(start.as_bytes());
            assert_eq!((prolog.root(), prolog.is_declared), (Some(&b"a:b"[..]), is_declared), "{start}");
        }
        assert_eq!(Prolog::of(b"<?xml version=\"1.0\"?><!-- long"), Prolog { is_declared: true, rest: None });
        for start in ["", "a", "<", "< a", "<?xml?>", "<!ELEMENT a>"] {
            assert_eq!(Prolog::of(start.as_bytes()).root(), None, "{start}");
        }
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(start in "[<>?!a\\[\\]\"xdoctype -]{0,40}") {
            let _ = Prolog::of(start.as_bytes()).root();
        }
    }
}
