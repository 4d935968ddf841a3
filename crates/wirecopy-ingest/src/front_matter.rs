//! Reads front matter: the metadata that site generators keep above a text, as `key: value` between two `---` (YAML) or as
//! `key = value` between two `+++` (TOML). Nested values are ignored.
//!
//! Why this is hand-made: a YAML parser would reject the whole block for an error in a value that is not needed.

use wirecopy_core::document::Metadata;
use wirecopy_core::document::one_line;

/// Most lines of front matter.
const LINES: usize = 200;
/// Most characters of a key.
const KEY_CHARS: usize = 40;

/// Splits a source into the metadata of its front matter and the text below. Without front matter, returns the whole text. A
/// rule at the top, followed by prose and another rule, is not front matter.
pub(super) fn split(source: &str) -> (Metadata, &str) {
    parsed(source).unwrap_or_else(|| (Metadata::default(), source))
}

fn parsed(source: &str) -> Option<(Metadata, &str)> {
    let (fence, sign) = if source.starts_with("---") {
        ("---", ':')
    } else if source.starts_with("+++") {
        ("+++", '=')
    } else {
        return None;
    };
    let mut lines = source.split_inclusive(['\n', '\r']).take(LINES);
    let first = lines.next()?;
    if first.trim_end() != fence || first.len() == fence.len() {
        return None;
    }
    let mut at = first.len();
    let mut meta = Metadata::default();
    let mut keys = 0;
    // The closing sign of a value that spans lines.
    let mut open: Option<&str> = None;
    // Keys in a TOML table do not describe the document.
    let mut nested = false;
    for line in lines {
        at += line.len();
        let bare = line.trim();
        if let Some(end) = open {
            open = (!bare.ends_with(end)).then_some(end);
            continue;
        }
        if bare == fence || (bare == "..." && fence == "---") {
            return (keys > 0).then(|| (meta, source[at..].trim_start_matches(['\n', '\r'])));
        }
        if bare.is_empty() || bare.starts_with('#') || continues(line) {
            continue;
        }
        if sign == '=' && bare.starts_with('[') {
            nested = true;
            continue;
        }
        let (key, value) = pair(bare, sign)?;
        keys += 1;
        open = opened(value);
        if !nested && open.is_none() {
            set(&mut meta, &key.to_ascii_lowercase(), value);
        }
    }
    None
}

/// Returns whether a line belongs to the value above it: an indented line, a list item or the end of a list.
fn continues(line: &str) -> bool {
    line.starts_with([' ', '\t', ']', '}', '"', '\'']) || line.starts_with("- ") || line.trim_end() == "-"
}

fn pair(line: &str, sign: char) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(sign)?;
    let key = key.trim().trim_matches(['"', '\'']);
    let of_key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | ':' | '@');
    let separated = sign == '=' || value.is_empty() || value.starts_with([' ', '\t']);
    let is_key = !key.is_empty() && key.chars().count() <= KEY_CHARS && key.chars().all(of_key);
    (separated && is_key).then(|| (key, value.trim()))
}

/// Returns the sign that closes a value left open on its line.
fn opened(value: &str) -> Option<&'static str> {
    for quotes in ["\"\"\"", "'''"] {
        if let Some(rest) = value.strip_prefix(quotes) {
            return (!rest.ends_with(quotes)).then_some(quotes);
        }
    }
    (value.starts_with('[') && !value.contains(']')).then_some("]")
}

fn set(meta: &mut Metadata, key: &str, value: &str) {
    let value = value_of(value);
    match key {
        "title" => meta.title = value,
        "date" => meta.date = value,
        "source" => meta.source = value,
        "url" | "canonical" | "canonical_url" | "canonicalurl"
            if value.as_ref().is_some_and(|url| url.contains("://")) =>
        {
            meta.url = value;
        }
        "lang" | "language" => meta.language = value,
        "byline" | "author" | "agency" => meta.bylines.extend(value),
        _ => {}
    }
}

/// Returns a value without its quotes and without a trailing comment.
fn value_of(value: &str) -> Option<String> {
    for quote in ['"', '\''] {
        if let Some((inner, _)) = value.strip_prefix(quote).and_then(|rest| rest.rsplit_once(quote)) {
            return one_line(inner);
        }
    }
    one_line(value.split(" #").next().unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn yaml_and_toml_front_matter_is_parsed() {
        for source in [
            "---\ntitle: \"A: b\"\ndate: 2024-03-11\nsource: Agency # wire\ntags: [x]\nlist:\n- one\n  two\n---\n\nBody.\n",
            "+++\ntitle = \"A: b\"\ndate = 2024-03-11\nsource = 'Agency'\ntags = [\n\"x\",\n]\n[params]\ntitle = \"no\"\n+++\nBody.\n",
            "---\r\nTitle: 'A: b'\r\nDate: 2024-03-11\r\nsource: Agency\r\n...\r\nBody.\n",
            "+++\ntext = \"\"\"\nlong\nvalue\"\"\"\ntitle=\"A: b\"\ndate=2024-03-11\nsource = Agency\n+++\nBody.\n",
        ] {
            let (meta, body) = split(source);
            assert_eq!(meta.title.as_deref(), Some("A: b"), "{source}");
            assert_eq!(
                (meta.date.as_deref(), meta.source.as_deref()),
                (Some("2024-03-11"), Some("Agency")),
                "{source}"
            );
            assert_eq!(body, "Body.\n", "{source}");
        }
    }

    #[test]
    fn prose_between_rules_is_not_front_matter() {
        for source in [
            "---\n\nBody.\n",
            "---\nThe ferry sailed.\n---\nIt was late.\n",
            "---\nThe minister said: no.\nHe left.\n---\nMore.\n",
            "---\n---\nBody.\n",
            "+++\nThe ferry sailed.\n+++\nIt was late.\n",
            "---\ntitle: never closed\n",
            "---title: x\n---\n",
            "---",
        ] {
            assert_eq!(split(source), (Metadata::default(), source));
        }
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(source in "(---|\\+\\+\\+)?[\r\n+a:=\"'\\[\\] #é.-]{0,60}") {
            let (_, body) = split(&source);
            prop_assert!(source.ends_with(body));
        }
    }
}
