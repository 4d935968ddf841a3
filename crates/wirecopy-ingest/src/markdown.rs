//! Converts Markdown to text: front matter to metadata, the first heading to the title, the rest to plain text.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::extract::Extracted;
use super::front_matter;
use wirecopy_core::document::SkipKind::Empty;
use wirecopy_core::document::{Metadata, Refusal, one_line};

/// Converts a Markdown document.
///
/// # Errors
/// The reason for skipping the document: there is no text.
pub(super) fn extract(source: &str) -> Result<Extracted, Refusal> {
    let (mut meta, body) = front_matter::split(source);
    let (title, text) = words(body);
    meta.title = meta.title.or(title.clone());
    if text.is_empty() {
        // With only a heading, the heading is the text.
        let text = title.ok_or_else(|| Empty.because("empty text"))?;
        return Ok(Extracted { own_id: None, meta: Metadata { title: None, ..meta }, text });
    }
    Ok(Extracted { own_id: None, meta, text })
}

/// Returns a first-level heading that opens the document, and the text below it.
fn words(body: &str) -> (Option<String>, String) {
    let mut out = String::with_capacity(body.len());
    let mut title = None;
    let mut in_title = None;
    // Depth within elements whose text is not the article's: images, raw HTML, footnotes.
    let mut silent = 0_usize;
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    for event in Parser::new_ext(body, options) {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. })
                if title.is_none() && out.is_empty() =>
            {
                in_title = Some(out.len());
            }
            Event::End(TagEnd::Heading(_)) if in_title.is_some() => {
                title = one_line(&out);
                out.clear();
                in_title = None;
            }
            Event::Start(Tag::Image { .. } | Tag::HtmlBlock | Tag::FootnoteDefinition(_)) => silent += 1,
            Event::End(TagEnd::Image | TagEnd::HtmlBlock | TagEnd::FootnoteDefinition) => {
                silent = silent.saturating_sub(1);
            }
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::Item
                | TagEnd::CodeBlock
                | TagEnd::TableRow
                | TagEnd::TableHead
                | TagEnd::BlockQuote(_),
            ) => end_line(&mut out),
            Event::Start(Tag::List(_)) => end_line(&mut out),
            Event::End(TagEnd::TableCell) => out.push(' '),
            Event::Text(text) | Event::Code(text) if silent == 0 => out.push_str(&text),
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            _ => {}
        }
    }
    out.truncate(out.trim_end().len());
    (title, out)
}

fn end_line(out: &mut String) {
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn formatting_is_removed_and_text_is_kept() {
        let doc = extract("# Ferry *sails* again\n\nThe **ferry** [sails](http://x) `today`,\nsaid the crew.\n\n- one\n- two\n\n![alt](p.png)\n\n<div>raw</div>\n\n> quote\n").unwrap();
        assert_eq!(doc.meta.title.as_deref(), Some("Ferry sails again"));
        assert_eq!(doc.text, "The ferry sails today, said the crew.\none\ntwo\nquote");
    }

    #[test]
    fn front_matter_is_read() {
        let doc =
            extract("---\ntitle: \"A: b\"\ndate: 2024-03-11\nsource: Agency\ntags: [x]\n---\n\nBody.\n")
                .unwrap();
        assert_eq!(doc.meta.title.as_deref(), Some("A: b"));
        assert_eq!(doc.meta.date.as_deref(), Some("2024-03-11"));
        assert_eq!(doc.meta.source.as_deref(), Some("Agency"));
        assert_eq!(doc.text, "Body.");
    }

    #[test]
    fn rule_at_the_top_is_not_front_matter() {
        assert_eq!(extract("---\n\nBody.\n").unwrap().text, "Body.");
    }

    #[test]
    fn empty_document_is_skipped_and_a_heading_alone_is_text() {
        assert_eq!(extract("\n\n").unwrap_err().reason, "empty text");
        assert_eq!(extract("# Only this\n").unwrap().text, "Only this");
    }
}
