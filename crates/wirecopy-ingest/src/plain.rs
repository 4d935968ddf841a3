//! Extracts headline and date line from the top of a plain text.
//!
//! The rules use only the layout, so they work in every language: a headline is a short first line without a full stop, followed
//! by a blank line or a date line, and then by text. A byline is not a headline.

use super::date_line::is_date_line;
use super::extract::Extracted;
use super::front_matter;
use wirecopy_core::document::SkipKind::Empty;
use wirecopy_core::document::{Metadata, Refusal, one_line};
use wirecopy_core::text::credit::is_byline;

/// Longest headline, in characters.
const TITLE_CHARS: usize = 200;
/// Characters that end a sentence but not a headline. Question and exclamation marks may end a headline.
const FULL_STOPS: [char; 9] = ['.', '。', '．', '।', '۔', '։', '።', '།', '።'];

/// Extracts the document of a text file.
///
/// # Errors
/// The reason for skipping the file: there is no text.
pub(super) fn extract(text: String) -> Result<Extracted, Refusal> {
    if text.trim().is_empty() {
        return Err(Empty.because("empty text"));
    }
    let (mut meta, below) = front_matter::split(&text);
    let (title, date, body) = split(below);
    if body.trim().is_empty() {
        return Err(Empty.because("empty text"));
    }
    meta.title = meta.title.or(title);
    meta.date = meta.date.or(date);
    let text = if meta == Metadata::default() { text } else { body.to_owned() };
    Ok(Extracted { own_id: None, meta, text })
}

/// Returns the headline, the date line and the rest.
fn split(text: &str) -> (Option<String>, Option<String>, &str) {
    let mut date = None;
    let mut body = text.trim_start();
    if let Some((line, rest)) = first_line(body)
        && is_date_line(line)
        && !rest.trim().is_empty()
    {
        date = one_line(line);
        body = rest.trim_start();
    }
    let mut title = None;
    if let Some((line, rest)) = first_line(body)
        && may_be_title(line)
        && !rest.trim().is_empty()
    {
        let (next, behind) = first_line(rest).unwrap_or((rest, ""));
        // Returns, so that the line is not tested again below.
        if date.is_none() && !behind.trim().is_empty() && is_date_line(next) {
            title = one_line(line);
            date = one_line(next);
            return (title, date, behind.trim_start());
        }
        if next.trim().is_empty() {
            title = one_line(line);
            body = rest.trim_start();
        }
    }
    if title.is_some()
        && date.is_none()
        && let Some((line, rest)) = first_line(body)
        && is_date_line(line)
        && !rest.trim().is_empty()
    {
        date = one_line(line);
        body = rest.trim_start();
    }
    (title, date, body)
}

/// Returns the first line and what follows it; `None` for the last line. Accepts the line ends of all systems.
fn first_line(text: &str) -> Option<(&str, &str)> {
    let end = text.find(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])?;
    let rest = &text[end..];
    let mut chars = rest.chars();
    let step = if rest.starts_with("\r\n") { 2 } else { chars.next().map_or(0, char::len_utf8) };
    Some((&text[..end], &rest[step..]))
}

fn may_be_title(line: &str) -> bool {
    let line = line.trim();
    let bare = line.trim_end_matches(['"', '”', '»', '’', '\'', ')', '」']);
    !line.is_empty() && !bare.ends_with(FULL_STOPS) && line.chars().count() <= TITLE_CHARS && !is_byline(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(text: &str) -> (Option<String>, Option<String>, String) {
        let doc = extract(text.to_owned()).unwrap();
        (doc.meta.title, doc.meta.date, doc.text)
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn headline_and_date_line_are_separated() {
        let text = "Ferry sails again: what now?\n\n2023-09-24 13:05:49\n\nThe ferry sailed.\nIt was late.\n";
        let body = "The ferry sailed.\nIt was late.\n".to_owned();
        assert_eq!(
            parts(text),
            (some("Ferry sails again: what now?"), some("2023-09-24 13:05:49"), body.clone())
        );
        let windows = text.replace('\n', "\r\n");
        assert_eq!(parts(&windows).1, some("2023-09-24 13:05:49"));
        assert_eq!(
            parts("2023-09-24\n\nThe ferry sailed.\nIt was late.\n"),
            (None, some("2023-09-24"), body.clone())
        );
        assert_eq!(
            parts("Ferry sails\n24 September 2023\nThe ferry sailed.\nIt was late.\n"),
            (some("Ferry sails"), some("24 September 2023"), body)
        );
    }

    #[test]
    fn article_without_a_headline_keeps_its_first_line() {
        let text = "The ferry sailed on Monday, the harbour said.\n\nIt was late.\n";
        assert_eq!(parts(text), (None, None, text.to_owned()));
        let wrapped = "The ferry sailed on Monday\nand came back late\n\non Tuesday.";
        assert_eq!(parts(wrapped), (None, None, wrapped.to_owned()));
        let long = format!("{}\n\nIt was late.", "word ".repeat(60));
        assert_eq!(parts(&long).0, None);
    }

    #[test]
    fn byline_is_not_a_headline() {
        for byline in ["By Maren Okoro", "Von unserem Korrespondenten Nils Ahrend", "本报记者 方稚宁"]
        {
            let text = format!("{byline}\n\nThe ferry sailed.\nIt was late.\n");
            assert_eq!(parts(&text), (None, None, text));
        }
        let text = "Ferry sails again\n\nBy Maren Okoro\n\nThe ferry sailed.\n";
        assert_eq!(parts(text).0, some("Ferry sails again"));
        assert_eq!(
            parts("By the sea, a town waits\n\nThe ferry sailed.\n").0,
            some("By the sea, a town waits")
        );
    }

    #[test]
    fn headlines_in_other_scripts_are_found() {
        assert_eq!(
            parts("渡轮恢复航行\n\n2024年3月11日\n\n港务局表示。"),
            (some("渡轮恢复航行"), some("2024年3月11日"), "港务局表示。".to_owned())
        );
        assert_eq!(parts("港务局周一表示，渡轮恢复航行。\n\n船员说。").0, None);
    }

    #[test]
    fn front_matter_is_not_part_of_the_text() {
        let text = "---\ntitle: Ferry sails\ndate: 2023-09-24\n---\n\nThe ferry sailed.\nIt was late.\n";
        assert_eq!(
            parts(text),
            (some("Ferry sails"), some("2023-09-24"), "The ferry sailed.\nIt was late.\n".to_owned())
        );
        assert_eq!(parts("+++\nlayout = 1\n+++\nFerry sails\n\nIt was late.").0, some("Ferry sails"));
        assert_eq!(extract("---\ntitle: x\n---\n\n".to_owned()).unwrap_err().reason, "empty text");
    }

    proptest! {
        #[test]
        fn blanks_around_the_date_line_change_nothing(
            title in "Ferry sails|Top 10 of 2023|Ferry sails on 24 September",
            date in "2023-09-24|24 September 2023|Norvik, 24 September 2023, 13:05",
            blanks in prop::array::uniform2("[ \t\u{b}]{0,2}(\n|\r\n|\u{85}|\u{2028})"),
            body in "(The ferry sailed[.]\n)?It was late[.]",
        ) {
            let [above, below] = blanks;
            let tight = format!("{title}\n {date}{below}{body}");
            let loose = format!("{title}\n{above} {date}{below}\n{body}");
            prop_assert_eq!(split(&tight), split(&loose));
            prop_assert_eq!(split(&tight), (Some(title), Some(date), body.as_str()));
        }
    }

    #[test]
    fn single_line_is_the_text() {
        assert_eq!(parts("Ferry sails again\n\n"), (None, None, "Ferry sails again\n\n".to_owned()));
        assert_eq!(parts("2023-09-24"), (None, None, "2023-09-24".to_owned()));
        assert_eq!(extract(" \n\t".to_owned()).unwrap_err().reason, "empty text");
    }
}
