//! Prepares the lines of a mail for the parser, which is slow on long headers and strict about the ends of lines and parts.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::line_ends::with_line_feeds;

/// Most bytes of a line of a header that are read. RFC 5322 allows 998. The time to decode a line grows with the square of it.
const HEADER_LINE: usize = 4 << 10;
/// Most bytes of a boundary that are compared. RFC 2046 allows 70.
const BOUNDARY: usize = 256;

/// Returns a mail whose lines end with line feeds and whose headers have no very long lines. Lines of the text that merely begin like a
/// boundary are indented. Linear; makes a copy only if there is something to change.
pub(super) fn prepared(bytes: &[u8]) -> Cow<'_, [u8]> {
    let bytes = with_line_feeds(bytes);
    let edits = edits(&bytes);
    if edits.is_empty() {
        return bytes;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for edit in edits {
        let (until, next) = match edit {
            Edit::Cut { from, until } => (from, until),
            Edit::Indent { at } => (at, at),
        };
        out.extend_from_slice(bytes.get(from..until).unwrap_or_default());
        if matches!(edit, Edit::Indent { .. }) {
            out.push(b' ');
        }
        from = next;
    }
    out.extend_from_slice(bytes.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

/// A change to a mail.
enum Edit {
    Cut { from: usize, until: usize },
    Indent { at: usize },
}

fn edits(bytes: &[u8]) -> Vec<Edit> {
    let boundaries = boundaries(bytes);
    let (mut edits, mut at, mut is_header) = (Vec::new(), 0, true);
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let line = rest.get(..length).unwrap_or_default().trim_ascii_end();
        let is = line.strip_prefix(b"--").map_or(Boundary::No, |text| Boundary::of(text, &boundaries));
        if is == Boundary::Alike {
            edits.push(Edit::Indent { at });
        } else if is == Boundary::Yes {
            // A part begins with headers.
            is_header = true;
        } else if line.is_empty() {
            is_header = false;
        } else if is_header && line.len() > HEADER_LINE {
            let kept = line.get(..HEADER_LINE).unwrap_or_default();
            // Encoded words are separated by spaces.
            let kept = kept.iter().rposition(|byte| *byte == b' ').unwrap_or(HEADER_LINE);
            edits.push(Edit::Cut { from: at + kept, until: at + line.len() });
        }
        at += length;
    }
    edits
}

/// Whether a line is a boundary.
#[derive(PartialEq, Eq)]
enum Boundary {
    Yes,
    No,
    /// It begins like one.
    Alike,
}

impl Boundary {
    /// Tells what `text` is, which follows two hyphens.
    fn of(text: &[u8], boundaries: &HashSet<&[u8]>) -> Self {
        let is = |text: &[u8]| boundaries.contains(text);
        if is(text) || text.strip_suffix(b"--").is_some_and(is) {
            return Self::Yes;
        }
        let begins = !boundaries.is_empty()
            && (1..text.len().min(BOUNDARY)).any(|end| text.get(..end).is_some_and(is));
        if begins { Self::Alike } else { Self::No }
    }
}

/// Returns the boundaries that a mail and its parts name.
fn boundaries(bytes: &[u8]) -> HashSet<&[u8]> {
    const NAME: &[u8] = b"boundary";
    let mut found = HashSet::new();
    for equals in memchr::memchr_iter(b'=', bytes) {
        let (before, after) = bytes.split_at(equals);
        let is_named = before.len().checked_sub(NAME.len()).and_then(|start| before.get(start..));
        if !is_named.is_some_and(|name| name.eq_ignore_ascii_case(NAME)) {
            continue;
        }
        let value = after.get(1..(BOUNDARY + 3).min(after.len())).unwrap_or_default();
        let boundary = match value.strip_prefix(b"\"") {
            Some(quoted) => quoted.split(|byte| *byte == b'"').next(),
            None => value.split(|byte| byte.is_ascii_whitespace() || *byte == b';').next(),
        };
        found.extend(boundary.filter(|boundary| !boundary.is_empty()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(mail: &str) -> String {
        String::from_utf8(prepared(mail.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn ordinary_mail_is_not_copied() {
        let mail =
            "Subject: S\r\nContent-Type: multipart/mixed; boundary=ab\r\n\r\n--ab\r\n\r\nText\r\n--ab--\r\n";
        assert!(matches!(prepared(mail.as_bytes()), Cow::Borrowed(_)));
    }

    #[test]
    fn only_long_lines_of_headers_are_cut() {
        let long = "word ".repeat(2000);
        let mail = text(&format!("Subject: {long}\nTo: a\n\n{long}\n"));
        let (head, body) = mail.split_once("\n\n").unwrap();
        assert!(head.len() < HEADER_LINE + 10 && head.ends_with("word \nTo: a"), "{}", head.len());
        assert_eq!(body.trim_end(), long.trim_end());
    }

    #[test]
    fn line_that_begins_like_a_boundary_is_indented() {
        let mail = "Content-Type: multipart/mixed; BOUNDARY=\"ab\"\n\n--ab\nContent-Type: multipart/mixed; boundary=abc; x=y\n\n--abc\n\nText\n--abd\n--abc--\n--ab--\n";
        assert_eq!(text(mail), mail.replace("--abd", " --abd"));
    }
}
