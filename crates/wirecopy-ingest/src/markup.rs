//! Extracts the text of HTML in the fields of records.
//!
//! Exports of content management systems contain articles as HTML fragments, sometimes as whole pages, sometimes escaped once
//! more. In: the value of a field. Out: its text. For plain text the cost is a search for two characters.

use std::borrow::Cow;

use wirecopy_core::document::SkipKind::Empty;
use wirecopy_core::document::{Metadata, Refusal};
use wirecopy_formats::markup::{decoded, is_markup};

/// Most passes of decoding: one for HTML, and one more if it was escaped.
const PASSES: usize = 2;

/// Returns the text of a field and, if the field holds a whole page, the metadata of that page.
///
/// # Errors
/// The reason for skipping the record: there is markup without text.
pub(super) fn text_of(value: String) -> Result<(String, Metadata), Refusal> {
    let mut text = value;
    for _ in 0..PASSES {
        if let Some(inner) = within_cdata(&text) {
            text = inner.to_owned();
        }
        if is_markup(&text) {
            if super::detect::is_html(text.trim_start().as_bytes()) {
                return page(&text);
            }
            text = super::strip::fragment(&text);
            if text.is_empty() {
                return Err(Empty.because("empty text: markup without words"));
            }
            break;
        }
        match without_entities(&text) {
            Some(decoded) => text = decoded,
            None => break,
        }
    }
    Ok((text, Metadata::default()))
}

#[cfg(feature = "html")]
fn page(source: &str) -> Result<(String, Metadata), Refusal> {
    super::html::extract(source).map(|page| (page.text, page.meta))
}

/// Returns all text of a page, because the article finder is not compiled in.
#[cfg(not(feature = "html"))]
fn page(source: &str) -> Result<(String, Metadata), Refusal> {
    let text = super::strip::text(source);
    if text.is_empty() {
        return Err(Empty.because("no text on the page"));
    }
    Ok((text, Metadata { title: super::strip::title(source), ..Metadata::default() }))
}

/// Returns the text of markup that holds an article and nothing else: a fragment or a page.
///
/// # Errors
/// The reason for skipping it: there is no text.
pub(super) fn article_of(markup: &str) -> Result<String, Refusal> {
    let markup = within_cdata(markup).unwrap_or(markup);
    let mut text = super::strip::fragment(markup);
    if is_markup(&text) {
        // Feeds escape markup twice, and agencies the code that embeds a picture or a post.
        text = if is_markup(markup) { without_code(&text) } else { super::strip::fragment(&text) };
    }
    let text = without_entities(&text).unwrap_or(text);
    if text.is_empty() { Err(Empty.because("empty text: markup without words")) } else { Ok(text) }
}

/// Removes lines that are nothing but markup.
fn without_code(text: &str) -> String {
    let is_code = |line: &str| line.starts_with('<') && line.ends_with('>') && is_markup(line);
    let lines = text
        .lines()
        .map(|line| if is_code(line) { super::strip::fragment(line).into() } else { Cow::Borrowed(line) });
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Removes tags and entities from a headline or a name.
pub(super) fn line_of(value: String) -> String {
    if is_markup(&value) {
        return super::strip::fragment(&value);
    }
    without_entities(&value).unwrap_or(value)
}

/// Returns the content of a CDATA section that makes up the whole text.
fn within_cdata(text: &str) -> Option<&str> {
    text.trim().strip_prefix("<![CDATA[")?.strip_suffix("]]>")
}

fn without_entities(text: &str) -> Option<String> {
    match decoded(text) {
        Cow::Owned(decoded) => Some(decoded),
        Cow::Borrowed(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(value: &str) -> String {
        text_of(value.to_owned()).unwrap().0
    }

    #[test]
    fn html_fragments_are_converted_to_text() {
        let marked = "<p class=\"x\" id='p0'>The <strong><em>ferry</em></strong> sails <a href=\"https://e.example/?a=1&b=2\">again</a>.</p>\n\
            <figure><img src=\"a.jpg\" alt=\"Photo\"/><figcaption>Photo: X</figcaption></figure><!-- wp:p --><p>It was late&nbsp;&#8211; very.</p>";
        assert_eq!(text(marked), "The ferry sails again.\nIt was late – very.");
        assert_eq!(text("One<br />Two<br>Three"), "One\nTwo\nThree");
        assert_eq!(text("<![CDATA[<p>One</p>]]>"), "One");
    }

    #[test]
    fn line_ends_are_kept_without_block_elements() {
        assert_eq!(text("The <b>ferry</b> sails.\n\nIt was\nlate."), "The ferry sails.\nIt was\nlate.");
        assert_eq!(
            text("<h2>Ferry</h2>\nThe ferry\nsails.\n\nIt was late."),
            "Ferry\nThe ferry sails.\nIt was late."
        );
    }

    #[test]
    fn escaped_markup_and_entities_are_decoded() {
        assert_eq!(
            text("&lt;p&gt;Fish &amp;amp; chips&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;"),
            "Fish & chips\nTwo"
        );
        assert_eq!(
            text("Kvernes &amp; Co said it&#8217;s late.\n\nTwo"),
            "Kvernes & Co said it’s late.\n\nTwo"
        );
        assert_eq!(line_of("Fish &amp; <i>chips</i>".to_owned()), "Fish & chips");
    }

    #[cfg(feature = "html")]
    #[test]
    fn whole_page_in_a_field_is_read_as_a_page() {
        let page = format!(
            "<!DOCTYPE html><html lang='de'><head><title>Die Fähre fährt wieder | Post</title></head><body><nav>Start</nav>\
             <article><p>{}</p></article></body></html>",
            "The ferry sails again from Thursday, the harbour said. ".repeat(12)
        );
        let (text, meta) = text_of(page).unwrap();
        assert!(text.starts_with("The ferry sails") && !text.contains("Start"), "{text}");
        assert_eq!(meta.language.as_deref(), Some("de"));
    }

    #[test]
    fn article_is_all_of_the_markup() {
        let article = |markup: &str| article_of(markup).unwrap();
        let page = "<?xml version='1.0'?><html><head><title>Post</title></head><body><p>The ferry</p><p>sails.</p></body></html>";
        assert_eq!(article(page), "The ferry\nsails.");
        assert_eq!(article("<![CDATA[<p>1 &lt; 2</p>]]>"), "1 < 2");
        assert_eq!(
            article("&lt;p&gt;The&amp;nbsp;ferry&lt;/p&gt;&lt;p&gt;sails.&lt;/p&gt;"),
            "The ferry\nsails."
        );
        assert_eq!(article("<p>The tag &lt;br&gt;</p>"), "The tag <br>");
        assert_eq!(
            article(
                "<p>One</p><p>&lt;div id='x'&gt;&lt;/div&gt;&lt;script src='y'&gt;&lt;/script&gt;</p><p>Two</p>"
            ),
            "One\nTwo"
        );
        assert_eq!(article("<p>It&amp;#39;s R&amp;amp;D</p>"), "It's R&D");
        assert_eq!(article_of("<p><img src='a.jpg'></p>").unwrap_err().kind, Empty);
    }

    #[test]
    fn plain_text_is_unchanged() {
        for plain in [
            "If 1 < 2 and 3 > 2, then\nwrite to <desk@example.org> or see <https://example.org/a>.",
            "The <b> tag, said the <unk>, is old.\n\n  Indented.",
            "R&D and Q&A; AT&T",
            "<laughs> He left. <p",
        ] {
            assert_eq!(text(plain), plain);
        }
    }

    #[test]
    fn markup_without_words_is_skipped() {
        assert_eq!(
            text_of("<p><img src='a.jpg'></p>".to_owned()).unwrap_err().reason,
            "empty text: markup without words"
        );
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(value in "[<>/!a-cp\"'= &;#x0-9\n\\[\\]-]{0,60}") {
            let _ = (text_of(value.clone()), line_of(value));
        }

        #[test]
        fn text_without_markup_characters_is_unchanged(value in "[a-zà-ÿ .,\n]{0,60}") {
            prop_assert_eq!(text(&value), value);
        }
    }
}
