//! Tells HTML from plain text, and decodes its entities. Serves the readers of forms and those of fields in records.
//!
//! For text without `<` and `&` the cost is a search for these. On any input it is linear.

use std::borrow::Cow;

/// Elements of HTML that stand within a line.
pub const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "img", "ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span",
    "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];
/// Other elements of HTML that hold text.
pub const BLOCK: &[&str] = &[
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
/// Elements of HTML and NITF whose start tag alone shows that a text is markup. Names that are words of a text in angle
/// brackets, such as `<caption>` or `<menu>`, need an end tag.
const ALONE: &[&str] = &[
    "article",
    "blockquote",
    "body",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "hr",
    "html",
    "iframe",
    "img",
    "li",
    "main",
    "nitf",
    "ol",
    "p",
    "picture",
    "script",
    "section",
    "style",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
    "ul",
];
/// Elements without text of the article, whose end tag shows that a text is markup.
const OTHERS: &[&str] = &["figcaption", "title", "video"];
/// Longest of these names.
const NAME_BYTES: usize = 10;
/// Longest entity: `&CounterClockwiseContourIntegral;`.
const ENTITY_BYTES: usize = 33;

/// Returns whether a text contains tags of HTML or NITF. `1 < 2`, `<name@example.org>` and `the <b> tag` do not count.
pub fn is_markup(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Tags have to end. Searching for the end of each would take quadratic time.
    let Some(last) = memchr::memrchr(b'>', bytes) else { return false };
    memchr::memchr_iter(b'<', bytes).take_while(|at| *at < last).any(|at| {
        let rest = bytes.get(at + 1..).unwrap_or_default();
        let (rest, closes) = rest.strip_prefix(b"/").map_or((rest, false), |rest| (rest, true));
        let length = rest.iter().take(NAME_BYTES + 1).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let (name, after) = rest.split_at(length);
        let is_one_of =
            |names: &[&str]| names.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name));
        matches!(after.first(), Some(b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n'))
            && (is_one_of(ALONE) || (closes && [INLINE, BLOCK, OTHERS].into_iter().any(is_one_of)))
    })
}

/// Replaces entities of HTML by their characters. Unknown ones are left as written. Borrows the text if nothing changes.
pub fn decoded(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    // What has been looked at in `rest` and is not an entity.
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes().get(from..).unwrap_or_default()) {
        from += at;
        let Some((length, character)) = rest.get(from..).and_then(entity) else {
            from += 1;
            continue;
        };
        out.push_str(rest.get(..from).unwrap_or_default());
        out.push_str(&character);
        rest = rest.get(from + length..).unwrap_or_default();
        from = 0;
    }
    if rest.len() == text.len() {
        return Cow::Borrowed(text);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Returns whether a text contains an entity of HTML.
pub fn has_entity(text: &str) -> bool {
    memchr::memchr_iter(b'&', text.as_bytes())
        .any(|at| text.get(at..).is_some_and(|from| entity(from).is_some()))
}

/// Returns the length of the entity that a text begins with, and what it stands for.
fn entity(text: &str) -> Option<(usize, Cow<'_, str>)> {
    let end = text.bytes().take(ENTITY_BYTES).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let character = match name.strip_prefix('#') {
        None => {
            let written = text.get(..=end)?;
            let character = html_escape::decode_html_entities(written);
            (character != written).then_some(character)?
        }
        Some(number) => numbered(number)?.to_string().into(),
    };
    Some((end + 1, character))
}

/// Returns the character with a number, as `160` or `xA0`.
fn numbered(number: &str) -> Option<char> {
    let (digits, radix) = number.strip_prefix(['x', 'X']).map_or((number, 10), |digits| (digits, 16));
    // A sign would be parsed.
    let code = u32::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+'))?;
    if let Ok(byte @ 0x80..=0x9f) = u8::try_from(code) {
        // Browsers read these as Windows-1252, and producers mean that.
        return encoding_rs::WINDOWS_1252.decode(&[byte]).0.chars().next();
    }
    char::from_u32(code).filter(|c| !c.is_ascii_control() || c.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_are_told_from_text() {
        for text in
            ["<p>a", "a<br/>b", "a</i>", "<DIV class='x'>", "<nitf>", "<caption>a</caption>", "a</title>"]
        {
            assert!(is_markup(text), "{text}");
        }
        for text in [
            "a < b",
            "the <b> tag",
            "<jane@example.org>",
            "<p",
            "a <pb> b",
            "> <p",
            "the <menu> key",
            "<>",
            "",
        ] {
            assert!(!is_markup(text), "{text}");
        }
    }

    #[test]
    fn longest_name_is_known() {
        let longest = [ALONE, INLINE, BLOCK, OTHERS].into_iter().flatten().map(|name| name.len()).max();
        assert_eq!(longest, Some(NAME_BYTES));
    }

    #[test]
    fn entities_are_decoded() {
        for (written, expected) in [
            ("A &amp; B", "A & B"),
            ("&eacute;&#233;&#xE9;&#Xe9;", "éééé"),
            ("It&#146;s &#150; &#8211;", "It’s – –"),
            ("&CounterClockwiseContourIntegral;", "∳"),
            ("&amp;amp; &&lt;", "&amp; &<"),
        ] {
            assert_eq!(decoded(written), expected, "{written}");
            assert!(has_entity(written), "{written}");
        }
        for text in ["R&D; Q&A", "&unknown; &#0; &#xD800; &#+65; &#; &;", "&", "&amp", "&é;"] {
            assert!(matches!(decoded(text), Cow::Borrowed(same) if same == text), "{text}");
            assert!(!has_entity(text), "{text}");
        }
    }

    #[test]
    fn tags_and_entities_without_an_end_take_linear_time() {
        // In quadratic time each of these would take hours.
        for part in ["<p ", "</i ", "<", "&", "&#", "&amp"] {
            let text = part.repeat(1_000_000);
            assert!(!is_markup(&text), "{part}");
            assert_eq!(decoded(&text).len(), text.len(), "{part}");
        }
        assert!(!is_markup(&format!("{}>", "<b ".repeat(1_000_000))));
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(text in "[<>/!&;#x0-9a-c\"'= \r\n\té]{0,60}") {
            prop_assert_eq!(has_entity(&text), matches!(decoded(&text), Cow::Owned(_)));
            let _ = is_markup(&text);
        }
    }
}
