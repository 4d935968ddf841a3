//! Texts without markup: removes tags, joins lines that a sender wrapped.

use std::borrow::Cow;

use wirecopy_core::document::one_line;

use crate::markup::{decoded, is_markup};

/// By how many columns a first line of a paragraph is indented at least.
const INDENT: usize = 2;

/// Returns the text on one line, without tags and entities that it may contain; `None` if there is nothing left.
pub(super) fn line(text: &str) -> Option<String> {
    let text: Cow<'_, str> = if is_markup(text) { plain(text).into() } else { decoded(text) };
    one_line(&text)
}

/// Returns whether a text has a letter or a digit.
pub(super) fn has_word(text: &str) -> bool {
    decoded(text).chars().any(char::is_alphanumeric)
}

/// Returns the letters and digits of a text in lower case; `None` if it has none.
pub(super) fn key(text: &str) -> Option<String> {
    let key: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    (!key.is_empty()).then_some(key)
}

/// Returns the text of markup, with line ends as they are.
pub(super) fn plain(markup: &str) -> String {
    let mut out = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if let Some(comment) = from.strip_prefix("<!--") {
            rest = comment.find("-->").and_then(|end| comment.get(end + 3..)).unwrap_or("");
        } else if from
            .as_bytes()
            .get(1)
            .is_some_and(|byte| byte.is_ascii_alphabetic() || b"/!?".contains(byte))
        {
            rest = from.get(tag_end(from)..).unwrap_or("");
        } else {
            out.push('<');
            rest = from.get(1..).unwrap_or("");
        }
    }
    out.push_str(rest);
    match decoded(&out) {
        Cow::Owned(decoded) => decoded,
        Cow::Borrowed(_) => out,
    }
}

/// Returns the length of the tag that a text begins with, up to a `>` outside quotation marks, or else of the whole text.
pub(super) fn tag_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    // The last byte that is not white space, to know whether a quotation mark opens a value.
    let mut last = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'>' => return at,
            b'"' | b'\'' if last == b'=' => match memchr::memchr(byte, bytes.get(at..).unwrap_or_default()) {
                Some(close) => at += close + 1,
                None => return text.len(),
            },
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
    }
    text.len()
}

/// Returns the value of an attribute of a tag. `name` is in lower case.
pub(super) fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let begins = |at: &usize| {
        let before = tag.get(..*at).and_then(|before| before.chars().next_back());
        before.is_some_and(|before| before.is_ascii_whitespace() || matches!(before, '"' | '\''))
    };
    let at = memchr::memmem::find_iter(tag.as_bytes(), name.as_bytes()).filter(begins).find_map(|at| {
        let after = tag.get(at + name.len()..)?.trim_ascii_start().strip_prefix('=')?;
        Some(tag.len() - after.trim_ascii_start().len())
    })?;
    let value = tag.get(at..)?;
    match value.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        Some(quote) => value.get(1..)?.split(quote).next(),
        None => value.split(|c: char| c.is_ascii_whitespace() || c == '>').next(),
    }
}

/// Joins the lines of a text that a sender or an indented file has wrapped, so that each paragraph is one line.
///
/// In a wrapped text the first line of a paragraph is indented more than the others, or follows an empty line. Lines that are
/// all indented alike are one paragraph of a file that is written neatly. Other lines remain.
pub(super) fn reflowed(text: &str) -> String {
    let text = text.trim();
    let lines = || text.lines().flat_map(|line| line.split('\r'));
    let indents = || lines().skip(1).filter(|line| !line.trim().is_empty()).map(indent);
    let Some(least) = indents().min() else { return one_line(text).unwrap_or_default() };
    let is_wrapped = is_wrapped(text);
    let has_gaps = lines().any(|line| line.trim().is_empty());
    let mut out = String::with_capacity(text.len());
    let mut gap = true;
    for (number, line) in lines().enumerate() {
        let Some(words) = one_line(line) else {
            gap = true;
            continue;
        };
        let is_first = if is_wrapped {
            gap || (number > 0 && indent(line) >= least + INDENT)
        } else {
            gap || (!has_gaps && least == 0)
        };
        if !out.is_empty() {
            out.push(if is_first { '\n' } else { ' ' });
        }
        out.push_str(&words);
        gap = false;
    }
    out
}

/// Returns whether the first lines of paragraphs are indented more than other lines.
pub(super) fn is_wrapped(text: &str) -> bool {
    let text = text.trim();
    let indents = || text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(indent);
    let least = indents().min().unwrap_or(0);
    indents().max().is_some_and(|most| most >= least + INDENT)
}

fn indent(line: &str) -> usize {
    line.bytes()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .map(|byte| if byte == b'\t' { 8 } else { 1 })
        .sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_freed_from_tags_and_entities() {
        for (written, expected) in [
            ("A &amp; B", Some("A & B")),
            (" A\n  B ", Some("A B")),
            ("<b>A</b> &eacute;&#233;&#xE9;", Some("A ééé")),
            ("1 < 2 & 3", Some("1 < 2 & 3")),
            ("&unknown; &#0; &#xD800;", Some("&unknown; &#0; &#xD800;")),
            ("<p> </p>", None),
        ] {
            assert_eq!(line(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn attributes_are_found() {
        for (tag, expected) in [
            ("<a href='x y' class=\"b\">", Some("x y")),
            ("<a data-href='no' href = \"y\">", Some("y")),
            ("<a title='a'href=z>", Some("z")),
            ("<a hrefs='x'>", None),
            ("<a href", None),
            ("<a href=", Some("")),
        ] {
            assert_eq!(attribute(tag, "href"), expected, "{tag}");
        }
    }

    #[test]
    fn tags_with_quoted_ends_are_removed() {
        assert_eq!(plain("a<a title='1 > 2' href=x>b</a><!-- > -->d < e &lt;p&gt;"), "abd < e <p>");
        assert_eq!(plain("a<b title=\"c"), "a");
    }

    #[test]
    fn wrapped_lines_are_joined() {
        for (text, expected) in [
            (
                "(Adds)\n    One is a long\nline.\n    Two is\nalso.",
                "(Adds)\nOne is a long line.\nTwo is also.",
            ),
            ("\n   One\n   is\n   indented.\n ", "One is indented."),
            ("One is\nlong.\n\nTwo.", "One is long.\nTwo."),
            ("A  1\nB  2", "A 1\nB 2"),
            ("  One  ", "One"),
            ("", ""),
            ("One\r\n\r\nTwo", "One\nTwo"),
        ] {
            assert_eq!(reflowed(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(text in "[<>/!&;#x0-9a-c\"'= \r\n\té]{0,60}") {
            let _ = (line(&text), plain(&text), reflowed(&text), attribute(&text, "a"));
        }

        #[test]
        fn words_are_kept_when_lines_are_joined(text in "[ab \n\t]{0,60}") {
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&reflowed(&text)), words(&text));
        }
    }
}
