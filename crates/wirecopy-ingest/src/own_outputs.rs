//! Recognises files that this program wrote. In a folder of news they are not inputs.
//!
//! They are recognised by their first bytes, not by their names.

use super::charset::without_byte_order_mark;
use super::detect::is_html;

/// The kinds of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Own {
    /// The run report.
    Report,
    /// The table of clusters.
    Table,
    /// The text form of a run.
    Text,
    /// The page.
    Page,
    /// Documents with the decision to keep them or not, as written by `keep --format jsonl`.
    Annotated,
    /// A scorer's model.
    Model,
    /// The list of what would be read, as written by `cluster --list`.
    List,
}

/// The first columns of the table of clusters.
const COLUMNS: [&str; 7] = ["cluster", "id", "path", "record", "relation", "score", "representative"];
/// Bytes at the start of a page that are searched for the name of its generator.
const PAGE_HEAD: usize = 4096;
/// Fields of a JSON object that are examined.
const FIELDS: usize = 16;

impl Own {
    /// Recognises output from the start of a file, decompressed and in UTF-8. `None` if the file may be news.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        let start = without_byte_order_mark(head);
        match start.first()? {
            b'{' => json(start),
            b'<' => {
                let named = memchr::memmem::find(
                    &start[..start.len().min(PAGE_HEAD)],
                    b"<meta name=\"generator\" content=\"wirecopy ",
                );
                (named.is_some() && is_html(start)).then_some(Self::Page)
            }
            b'c' | b'"' => is_table(start).then_some(Self::Table),
            b'0'..=b'9' => is_text(start).then_some(Self::Text),
            _ => None,
        }
    }

    /// Returns the name used in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Report => "a wirecopy run report",
            Self::Table => "a wirecopy table of clusters",
            Self::Text => "a wirecopy run in text form",
            Self::Page => "a wirecopy page",
            Self::Annotated => "documents annotated by `wirecopy keep`",
            Self::Model => "a wirecopy model",
            Self::List => "a wirecopy list of files",
        }
    }

    /// Returns whether it holds news and is read if the user names the file.
    pub(crate) fn holds_news(self) -> bool {
        self == Self::Annotated
    }
}

fn json(start: &[u8]) -> Option<Own> {
    let fields = fields(start);
    let begins = |names: &[&str]| {
        fields.len() >= names.len()
            && names.iter().zip(&fields).all(|(name, field)| name.as_bytes() == *field)
    };
    let has = |name: &str| fields.contains(&name.as_bytes());
    if start.starts_with(b"{\"type\":\"run\",\"schema\":") {
        Some(Own::Report)
    } else if begins(&["id", "path", "record"]) && ["cluster", "keep", "kept_instead"].into_iter().all(has) {
        Some(Own::Annotated)
    } else if begins(&["type", "path", "format", "documents", "skipped", "skipped_more"]) {
        Some(Own::List)
    } else {
        begins(&["format", "fitted_on", "without_passages"]).then_some(Own::Model)
    }
}

/// Returns the names of the first fields of the JSON object at the start, which may be incomplete.
fn fields(start: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let (mut depth, mut at) = (0_usize, 0);
    let mut names = true;
    while let Some(&byte) = start.get(at) {
        match byte {
            b'"' => {
                let Some(length) = string(&start[at + 1..]) else { break };
                if depth == 1 && names {
                    found.push(&start[at + 1..at + 1 + length]);
                    if found.len() == FIELDS {
                        break;
                    }
                }
                at += length + 1;
            }
            b':' if depth == 1 => names = false,
            b',' if depth == 1 => names = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Returns the length of a JSON string, from after its opening quote.
fn string(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', &bytes[at..])?;
        if bytes[at] == b'"' {
            return Some(at);
        }
        at += 2;
        if at >= bytes.len() {
            return None;
        }
    }
}

fn first_line(start: &[u8]) -> &[u8] {
    start[..memchr::memchr(b'\n', start).unwrap_or(start.len())].trim_ascii_end()
}

/// Recognises the table of clusters, also with the separators and quotes of a spreadsheet.
fn is_table(start: &[u8]) -> bool {
    let columns = first_line(start).split(|byte| matches!(byte, b',' | b';' | b'\t'));
    let plain = columns
        .map(|column| column.strip_prefix(b"\"").and_then(|c| c.strip_suffix(b"\"")).unwrap_or(column));
    plain.take(COLUMNS.len()).eq(COLUMNS.map(str::as_bytes))
}

/// Recognises the first line of the text form: `4 documents, 1 distinct story: 3 are copies of another (75 %)`, or
/// `4 documents: no copies found`.
fn is_text(start: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(first_line(start)) else { return false };
    let counted = line.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | ' '));
    let Some(rest) = counted.strip_prefix("document") else { return false };
    let rest = rest.strip_prefix('s').unwrap_or(rest);
    let copies = rest.starts_with(", ") && rest.contains(" distinct stor") && rest.contains(" of another (");
    copies || matches!(rest, ": no copies found" | ": no other to compare it with")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_output_is_recognised_by_its_first_bytes() {
        let annotated = r#"{"id":"a","path":"in/a","record":null,"cluster":null,"keep":true,"kept_instead":null,"text":"x"#;
        for (head, own) in [
            ("{\"type\":\"run\",\"schema\":1", Own::Report),
            ("cluster,id,path,record,relation,score,representative,title,date\n", Own::Table),
            (
                "\u{feff}\"cluster\";\"id\";\"path\";\"record\";\"relation\";\"score\";\"representative\"\r\n1",
                Own::Table,
            ),
            ("12,345 documents, 2 distinct stories: 12,343 are copies of another (99 %)\n", Own::Text),
            ("1 document: no other to compare it with\n", Own::Text),
            ("<!DOCTYPE html>\n<html><head>\n<meta name=\"generator\" content=\"wirecopy 1.2\">", Own::Page),
            (annotated, Own::Annotated),
            (&annotated.replace("null,\"text", "\"a \\\"b\\\\\",\"text"), Own::Annotated),
            (
                r#"{"type":"file","path":"a","format":null,"documents":0,"skipped":[],"skipped_more":0}"#,
                Own::List,
            ),
            ("{\n  \"format\": 3,\n  \"fitted_on\": {\"a\": [1]},\n  \"without_passages\": {", Own::Model),
        ] {
            assert_eq!(Own::of(head.as_bytes()), Some(own), "{head}");
        }
    }

    #[test]
    fn news_is_not_mistaken_for_own_output() {
        for head in [
            "",
            "{",
            "{\"",
            r#"{"id":"a","path":"in/a","record":null,"text":"cluster, keep and kept_instead"}"#,
            r#"{"id":"a","path":"in/a","record":null,"meta":{"cluster":1,"keep":1,"kept_instead":1}}"#,
            r#"{"id":"a","text":"x","cluster":"b","keep":true,"kept_instead":null}"#,
            r#"{"type":"article","schema":1}"#,
            "cluster,id,text\n1,2,three",
            "cluster bombs,id,path,record,relation,score,representative",
            "4 documents, 1 distinct story, were found in the mayor's safe.",
            "12 documents leaked from the ministry on Tuesday.",
            "<!DOCTYPE html><html><head><meta name=\"generator\" content=\"WordPress 6\"></head><p>wirecopy 1</p>",
        ] {
            assert_eq!(Own::of(head.as_bytes()), None, "{head}");
        }
    }
}
