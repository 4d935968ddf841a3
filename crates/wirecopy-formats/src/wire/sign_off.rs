//! Removes the initials that agencies put under an article: of those who wrote, edited and sent it.

use wirecopy_core::document::Metadata;

use super::transmission;
use super::words::{has_word, plain};
use crate::{Body, Item};

/// Most characters of a line of initials.
const INITIALS_CHARS: usize = 40;
/// What a last line begins with in markup.
const LINES: [&str; 2] = ["<p", "<br"];

/// Returns whether a line is nothing but initials: `AR/XX/`, `ar/xx`. Names of agencies are not: they are a credit.
pub(super) fn is_initials(line: &str) -> bool {
    let line = line.trim();
    if !line.contains('/') || line.len() > INITIALS_CHARS {
        return false;
    }
    let is_short = |part: &str| (2..=4).contains(&part.len());
    let is_upper = line.bytes().all(|byte| byte == b'/' || byte.is_ascii_uppercase());
    let is_lower = line.bytes().all(|byte| byte == b'/' || byte.is_ascii_lowercase());
    let mut parts = line.trim_end_matches('/').split('/');
    (is_upper || is_lower)
        && parts.clone().all(is_short)
        && !parts.any(|part| transmission::is_agency(&part.to_uppercase()))
}

/// Returns an item of an agency without initials in its byline and under its text.
pub(super) fn item(mut meta: Metadata, body: Body) -> Item {
    meta.bylines.retain(|byline| !is_initials(byline));
    let body = match body {
        Body::Text(mut text) => {
            if let Some(length) = shorter_text(&text).map(str::len) {
                text.truncate(length);
            }
            Body::Text(text)
        }
        Body::Markup(markup) => Body::Markup(shorter_markup(&markup).unwrap_or(markup)),
    };
    Item { meta, body }
}

/// Returns a text without initials in its last line; `None` if there are none there.
fn shorter_text(text: &str) -> Option<&str> {
    let (rest, last) = text.trim_end().rsplit_once('\n')?;
    (is_initials(last) && has_word(rest)).then(|| rest.trim_end())
}

/// Returns markup without initials in its last line; `None` if there are none there.
fn shorter_markup(markup: &str) -> Option<String> {
    let at = LINES.iter().filter_map(|tag| markup.rfind(tag)).max()?;
    let line = markup.get(at..)?;
    // Longer ones need not be converted to text.
    let is_short = line.len() <= 8 * INITIALS_CHARS;
    if !(is_short && is_initials(&plain(line)) && has_word(&plain(markup.get(..at)?))) {
        return None;
    }
    let end = match line.find("</p>") {
        Some(length) if line.starts_with("<p") => at + length + "</p>".len(),
        // What ends here began before the line.
        _ => at + line.find("</").unwrap_or(line.len()),
    };
    Some([markup.get(..at)?, markup.get(end..)?].concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> Body {
        item(Metadata::default(), Body::Text(text.to_owned())).body
    }

    fn markup(markup: &str) -> Body {
        item(Metadata::default(), Body::Markup(markup.to_owned())).body
    }

    #[test]
    fn initials_are_told_from_words() {
        for line in ["hh/ph/ts/hd", "AR/XX/", " ar/xx "] {
            assert!(is_initials(line), "{line}");
        }
        for line in
            ["AP/AFP", "dpa/ar", "Ar/xx", "ar xx", "either/or else", "a/b", "2/3", "/", "", "arrive/leave"]
        {
            assert!(!is_initials(line), "{line}");
        }
    }

    #[test]
    fn initials_under_a_text_are_removed() {
        assert_eq!(text("One.\nTwo.\n\nab/cde\n"), Body::Text("One.\nTwo.".to_owned()));
        for (written, expected) in [
            ("<div><p>One.</p><p class='x'>ab/cde</p>\n</div>", "<div><p>One.</p>\n</div>"),
            ("<p>One.<br/>ab/cde</p>", "<p>One.</p>"),
            ("<p>One.</p><p><i>ab/cde</i></p>", "<p>One.</p>"),
            ("<p>One.</p><p>ab/cde", "<p>One.</p>"),
        ] {
            assert_eq!(markup(written), Body::Markup(expected.to_owned()), "{written}");
        }
    }

    #[test]
    fn other_last_lines_remain() {
        for written in ["ab/cde", "One.\nAP/AFP", "One ab/cde", "ab/cde\nOne."] {
            assert_eq!(text(written), Body::Text(written.to_owned()), "{written}");
        }
        for written in ["<p>ab/cde</p>", "<p>One.</p><p>Two.</p>", "<p>ab/cde</p><p>One.</p>", "One"] {
            assert_eq!(markup(written), Body::Markup(written.to_owned()), "{written}");
        }
    }

    #[test]
    fn byline_of_initials_is_not_a_name() {
        let meta = Metadata { bylines: vec!["gr/bp".to_owned(), "Jo Roe".to_owned()], ..Metadata::default() };
        assert_eq!(item(meta, Body::default()).meta.bylines, ["Jo Roe"]);
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(written in "(<p>|</p>|<br>|ab/cd|/|x|é|\n| ){0,12}") {
            let _ = (text(&written), markup(&written));
        }
    }
}
