//! Determines the layout of a table from its first bytes: the start of the header row, the delimiter, and the kind of quoting.
//!
//! In many countries, spreadsheets write `.csv` with `;` and declare it in a first line (`sep=;`). Exports start with a title
//! and a date. Databases write `\\"` for a quote within quotes. Most tab-separated tables have no quoting, so a quote at the
//! start of a field belongs to the text.
//!
//! Why this is hand-made: the csv crate must be given the layout.

use super::charset::without_byte_order_mark;
use super::json::Field;
use super::table::{columns_of, fields_of};
use crate::config::FieldNames;

/// Delimiters to try.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Most lines above the header row.
const LINES_ABOVE: usize = 20;

/// How fields are quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    /// A quoted field ends at the next quote; two quotes stand for one.
    Doubled,
    /// Like `Doubled`, and a backslash before a quote escapes it as well.
    Backslash,
    /// No quoting: a quote is an ordinary character.
    None,
}

/// The layout of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Bytes before the header row.
    pub skip: usize,
    pub delimiter: u8,
    pub quoting: Quoting,
}

impl Layout {
    /// Determines the layout of a table that starts with `head`, which is the whole table if `complete`. `promised` is the
    /// delimiter that the file name implies.
    pub(super) fn of(head: &[u8], complete: bool, promised: u8, names: &FieldNames) -> Self {
        let (line, promised) = separator_line(head).unwrap_or((0, promised));
        let body = &head[line..];
        let (above, delimiter) = header(body, promised, names);
        let quoting = quoting(&body[above..], complete, delimiter);
        Self { skip: line + above, delimiter, quoting }
    }

    /// Converts `\\"` and `\\` in the quoted fields of rows to standard quoting.
    pub(super) fn without_backslashes(self, rows: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(rows.len());
        let (mut quoted, mut starts) = (false, true);
        let mut bytes = rows.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            match (byte, bytes.peek()) {
                (b'\\', Some(b'"')) if quoted => {
                    bytes.next();
                    out.extend_from_slice(b"\"\"");
                    continue;
                }
                (b'\\', Some(b'\\')) if quoted => {
                    bytes.next();
                }
                (b'"', Some(b'"')) if quoted => {
                    bytes.next();
                    out.push(b'"');
                }
                (b'"', _) => quoted = starts && !quoted,
                _ => {}
            }
            starts = !quoted && (byte == self.delimiter || matches!(byte, b'\r' | b'\n'));
            out.push(byte);
        }
        out
    }
}

/// Parses the line `sep=;` that Excel reads and writes. Returns its length and the delimiter.
fn separator_line(head: &[u8]) -> Option<(usize, u8)> {
    let end = memchr::memchr2(b'\n', b'\r', head)?;
    let line = without_byte_order_mark(&head[..end]);
    let line = line.strip_prefix(b"\"").map_or(line, |line| line.strip_suffix(b"\"").unwrap_or(line));
    let (name, signs) = line.split_at_checked(4)?;
    let sign = *signs.first()?;
    // Programs that pad rows repeat the delimiter.
    let is_line =
        name.eq_ignore_ascii_case(b"sep=") && sign.is_ascii() && signs.iter().all(|other| *other == sign);
    let ends = if head[end..].starts_with(b"\r\n") { 2 } else { 1 };
    (is_line && !sign.is_ascii_alphanumeric()).then_some((end + ends, sign))
}

/// Returns the start of the header row and its delimiter.
///
/// The header is the first row if it names the text column, with the delimiter `promised` or with another one. Otherwise it is
/// a later row that names the text column and another field, and has more cells than all rows above it.
fn header(body: &[u8], promised: u8, names: &FieldNames) -> (usize, u8) {
    let delimiters =
        || std::iter::once(promised).chain(DELIMITERS.into_iter().filter(|other| *other != promised));
    let mut starts = Vec::new();
    let mut at = 0;
    while at < body.len() && starts.len() <= LINES_ABOVE {
        let end = memchr::memchr2(b'\n', b'\r', &body[at..]).map_or(body.len(), |end| at + end);
        if !trimmed(&body[at..end]).is_empty() {
            starts.push((at, &body[at..end]));
        }
        at = end + 1;
    }
    let Some(((_, first), later)) = starts.split_first() else { return (0, promised) };
    let named = |line: &[u8], delimiter: u8| {
        let fields = fields_of(&columns_of(trimmed(line), delimiter), names);
        fields.contains(&Some(Field::Text)).then(|| fields.iter().flatten().count())
    };
    if let Some(delimiter) = delimiters().find(|delimiter| named(first, *delimiter).is_some()) {
        return (0, delimiter);
    }
    let width = |line: &[u8], delimiter: u8| {
        columns_of(trimmed(line), delimiter).iter().filter(|cell| !cell.is_empty()).count()
    };
    for delimiter in delimiters() {
        let mut widest = width(first, delimiter);
        for (start, line) in later {
            let cells = width(line, delimiter);
            if cells > widest && named(line, delimiter).is_some_and(|fields| fields > 1) {
                return (*start, delimiter);
            }
            widest = widest.max(cells);
        }
    }
    // No text column: the delimiter that yields most columns gives the most useful message.
    let widest = delimiters().rev().max_by_key(|delimiter| columns_of(trimmed(first), *delimiter).len());
    (0, widest.unwrap_or(promised))
}

fn trimmed(line: &[u8]) -> &[u8] {
    without_byte_order_mark(line).trim_ascii()
}

/// Counts of quotes at the start of fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Quotes {
    /// Closed before a delimiter or a line end.
    closed: usize,
    /// Closed before something else, or never.
    open: usize,
    /// Open ones with a backslash before the next quote.
    escaped: usize,
}

fn quoting(body: &[u8], complete: bool, delimiter: u8) -> Quoting {
    let doubled = quotes(body, complete, delimiter, false);
    if doubled.escaped > 0 {
        let backslash = quotes(body, complete, delimiter, true);
        if backslash.open < doubled.open {
            return Quoting::Backslash;
        }
    }
    let letters = match delimiter {
        b'\t' => doubled.open > 0 || doubled.closed == 0,
        b',' => false,
        _ => doubled.open > 0 && doubled.closed == 0,
    };
    if letters { Quoting::None } else { Quoting::Doubled }
}

fn quotes(body: &[u8], complete: bool, delimiter: u8, backslash: bool) -> Quotes {
    let mut found = Quotes::default();
    let mut at = 0;
    while at < body.len() {
        if body[at] == b'"' {
            match closing(body, at + 1, backslash) {
                Some(close) => {
                    let within = &body[at + 1..close];
                    // A quoted field rarely contains both tabs and line ends: these are separate rows.
                    let rows = delimiter == b'\t' && within.contains(&b'\t') && within.contains(&b'\n');
                    let ends = match body.get(close + 1) {
                        Some(next) => *next == delimiter || matches!(next, b'\r' | b'\n'),
                        None => true,
                    };
                    if ends && !rows {
                        found.closed += 1;
                        at = close + 1;
                    } else {
                        found.open += 1;
                        found.escaped += usize::from(within.last() == Some(&b'\\'));
                    }
                }
                None => found.open += usize::from(complete),
            }
        }
        // Skips to the next field.
        let next = memchr::memchr3(delimiter, b'\n', b'\r', &body[at..]);
        at = next.map_or(body.len(), |next| at + next + 1);
    }
    found
}

/// Returns the position of the quote that closes a field whose content starts at `from`.
fn closing(body: &[u8], from: usize, backslash: bool) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr2(b'"', b'\\', &body[at..])?;
        match (body[at], body.get(at + 1)) {
            (b'"', Some(b'"')) => at += 2,
            (b'"', _) => return Some(at),
            _ if backslash => at = (at + 2).min(body.len()),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(head: &str, promised: u8) -> Layout {
        Layout::of(head.as_bytes(), true, promised, &FieldNames::default())
    }

    #[test]
    fn separator_line_is_skipped_and_followed() {
        for (head, skip, delimiter) in [
            ("sep=;\nid;text\n", 6, b';'),
            ("\u{feff}sep=;\r\nid;text\r\n", 10, b';'),
            ("\"sep=|\"\nid|text\n", 8, b'|'),
            ("SEP=\t\nid\ttext\n", 6, b'\t'),
            ("sep=^\nid^text\n", 6, b'^'),
            ("sep=;;;\nid;text\n", 8, b';'),
            ("sep=;\nid,text\n", 6, b','),
            ("sep=text,text\n", 0, b','),
        ] {
            let layout = of(head, b',');
            assert_eq!((layout.skip, layout.delimiter), (skip, delimiter), "{head:?}");
        }
    }

    #[test]
    fn titles_above_the_header_row_are_skipped() {
        let head = "Export of media monitoring 2024\nCreated: 2024-05-01,,,\n\nid,title,text,date\n1,a,b,c\n";
        assert_eq!(&head[of(head, b',').skip..][..8], "id,title");
        // Data rows are not skipped.
        for head in ["a,b,c\nid,text\n", "url,body\nid,text\n", "one\ntext\n", "nothing\n\nhere\n"] {
            assert_eq!(of(head, b',').skip, 0, "{head:?}");
        }
    }

    #[test]
    fn header_without_a_text_column_is_split_into_most_columns() {
        assert_eq!(of("url;headline;body, all of it\n", b',').delimiter, b';');
        assert_eq!(of("url\n", b'\t').delimiter, b'\t');
    }

    #[test]
    fn several_rows_are_not_one_quoted_field() {
        let swallowed = "id\ttext\n1\t\"We heard it.\n2\tHe said no.\"\n";
        assert_eq!(of(swallowed, b'\t').quoting, Quoting::None);
        assert_eq!(of("id;text\n1;\"We heard\n2;He\n", b',').quoting, Quoting::None);
        assert_eq!(of("id,text\n1,\"We \"heard\" it\"\n", b',').quoting, Quoting::Doubled);
        // A field cut off by the end of the sample is not evidence.
        let cut = Layout::of(b"id\ttext\n1\t\"a\"\n2\t\"b", false, b'\t', &FieldNames::default());
        assert_eq!(cut.quoting, Quoting::Doubled);
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(head in "[sep=;,\"\\\\\r\n\tidtext é]{0,60}", promised in prop::sample::select(vec![b',', b'\t'])) {
            let layout = of(&head, promised);
            prop_assert!(layout.skip <= head.len());
            let _ = layout.without_backslashes(head.as_bytes());
        }

        #[test]
        fn rows_without_backslashes_are_unchanged(rows in "[a\",\r\n]{0,40}") {
            let layout = Layout { skip: 0, delimiter: b',', quoting: Quoting::Backslash };
            prop_assert_eq!(layout.without_backslashes(rows.as_bytes()), rows.as_bytes());
        }
    }
}
