//! Texts without markup: decodes entities, removes tags, joins lines that a sender wrapped.

use std::borrow::Cow;
use wirecopy_core::document::one_line;

use quick_xml::escape::resolve_html5_entity;

/// Longest name or number of an entity.
const ENTITY_BYTES: usize = 32;
/// By how many columns a first line of a paragraph is indented at least.
const INDENT: usize = 2;

/// Elements of HTML that stand within a line.
pub(super) const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "img", "ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span",
    "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];
/// Other elements of HTML.
pub(super) const BLOCK: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "caption",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Returns the text on one line, without tags and entities that it may contain; `None` if there is nothing left.
pub(super) fn line(text: &str) -> Option<String> {
    let text: Cow<'_, str> = if is_markup(text) { plain(text).into() } else { decoded(text) };
    one_line(&text)
}

/// Replaces entities of HTML by their characters. Unknown ones are left as written.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if let Some((length, character)) = entity(from) {
            out.push_str(&character);
            rest = from.get(length..).unwrap_or("");
        } else {
            out.push('&');
            rest = from.get(1..).unwrap_or("");
        }
    }
    if rest.len() == text.len() {
        return Cow::Borrowed(text);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Returns the length of the entity that a text begins with, and what it stands for.
fn entity(text: &str) -> Option<(usize, Cow<'static, str>)> {
    let end = text.bytes().take(ENTITY_BYTES).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let character = match name.strip_prefix('#') {
        None => Cow::Borrowed(resolve_html5_entity(name)?),
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| *c != '\0')?.to_string().into()
        }
    };
    Some((end + 1, character))
}

/// Returns whether a text contains an entity of HTML.
pub(super) fn has_entity(text: &str) -> bool {
    memchr::memchr_iter(b'&', text.as_bytes())
        .any(|at| text.get(at..).is_some_and(|from| entity(from).is_some()))
}

/// Returns whether a text has a letter or a digit.
pub(super) fn has_word(text: &str) -> bool {
    decoded(text).chars().any(char::is_alphanumeric)
}

/// Returns whether a text contains tags of HTML or NITF. "1 < 2", "<name@example.org>" and "the <b> tag" do not count.
pub(super) fn is_markup(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(last) = memchr::memrchr(b'>', bytes) else { return false };
    memchr::memchr_iter(b'<', bytes).take_while(|at| *at < last).any(|at| {
        let rest = bytes.get(at + 1..).unwrap_or_default();
        let (rest, closes) = rest.strip_prefix(b"/").map_or((rest, false), |rest| (rest, true));
        let length = rest.iter().take(ENTITY_BYTES).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let (name, after) = rest.split_at(length);
        let is_one_of =
            |names: &[&str]| names.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name));
        matches!(after.first(), Some(b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n'))
            && (is_one_of(BLOCK)
                || is_one_of(&["body", "html", "img", "nitf"])
                || (closes && is_one_of(INLINE)))
    })
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
    fn tags_are_told_from_text() {
        for text in ["<p>a", "a<br/>b", "a</i>", "<DIV class='x'>", "<nitf>"] {
            assert!(is_markup(text), "{text}");
        }
        for text in ["a < b", "the <b> tag", "<jane@example.org>", "<p", "a <pb> b"] {
            assert!(!is_markup(text), "{text}");
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
            let _ = (line(&text), plain(&text), reflowed(&text), is_markup(&text), has_entity(&text));
        }

        #[test]
        fn words_are_kept_when_lines_are_joined(text in "[ab \n\t]{0,60}") {
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&reflowed(&text)), words(&text));
        }
    }
}
