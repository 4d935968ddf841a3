//! Recognises documents without an article: a scraper or a feed saved only captions, a page that did not load, a
//! notice, or a list of teasers.
//!
//! The input is a title and a text; the output is the reason. Two such documents of one site are often identical
//! without being copies of any dispatch. The phrases are data (`data/no_article.tsv`, 19 languages); everything
//! else is decided by the form of the lines. Unclear cases are articles: one sentence that could be news is
//! enough. Linear, and for most articles only a paragraph or two is read.

mod phrases;

use serde::{Deserialize, Serialize};

use super::prose::{self, is_stopped, words};
use super::script::{closes, ends_any_sentence, is_unspaced};
use phrases::{ADDRESS, AGE, BOILERPLATE, MORE, NOTICES, PHOTO, SHELLS, STAFF, find};

/// Number of words of uninterrupted prose, on at least two lines, that make an article.
const RUNNING: usize = 60;
/// Number of words on one line that make an article. Captions and the texts under videos are shorter.
const LONG_LINE: usize = 110;
/// Most words of a headline, which is a line without a full stop.
const HEADLINE: usize = 15;
/// Fewest words of a sentence that could be news.
const SENTENCE: usize = 4;
/// Most words of a notice. A longer one is treated as an article, perhaps about notices.
const NOTICE: usize = 400;
/// Number of bytes at the start of a long line that show whether it is prose.
const START: usize = 800;
/// Most words of a caption. A longer line with a credit is a short article with its photo.
const CAPTION: usize = 60;

/// The reason why a document holds no article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NoArticle {
    /// Only captions of photos or videos.
    Captions,
    /// A page that did not load or refused the reader, a menu, or a dialogue of the page.
    Shell,
    /// A notice on consent, cookies, registration or subscription.
    Notice,
    /// A list of headlines or teasers.
    Hub,
}

impl NoArticle {
    /// Returns the reason in plain English.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Captions => "only captions of photos or videos",
            Self::Shell => "only an error message, a menu or other page controls",
            Self::Notice => "only a notice on cookies, registration or subscription",
            Self::Hub => "only a list of headlines or teasers",
        }
    }
}

/// Returns why a document holds no article, or `None` for an article, however short.
pub fn no_article(title: Option<&str>, text: &str) -> Option<NoArticle> {
    let title = title.unwrap_or_default().trim();
    let mut tally = Tally { title, is_video: labels_video(title), ..Tally::default() };
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        tally.add(line);
        if tally.passage >= RUNNING && tally.passage_lines > 1 || tally.longest >= LONG_LINE {
            return None;
        }
    }
    tally.verdict()
}

/// Counts of a document's lines by what they are, in words unless stated otherwise.
#[derive(Default)]
struct Tally<'a> {
    title: &'a str,
    lines: usize,
    words: usize,
    menu: usize,
    notice: usize,
    shell: usize,
    shell_sentences: usize,
    address: usize,
    /// Words that could be news.
    prose: usize,
    /// Lines with words that could be news.
    prose_lines: usize,
    /// Whether a whole sentence could be news.
    has_sentence: bool,
    /// Number of the last line of prose.
    prose_at: usize,
    /// Words in the uninterrupted lines of prose up to that line.
    passage: usize,
    /// Number of these lines.
    passage_lines: usize,
    /// Words in the longest line of prose.
    longest: usize,
    caption_lines: usize,
    /// Number of counters in a gallery ("2 of 9").
    counters: usize,
    /// Number of pictures in the gallery.
    pictures: u32,
    /// Lines and words that follow a counter.
    in_gallery: (usize, usize),
    /// Whether the last line was a counter.
    is_counted: bool,
    caption: &'a str,
    /// Number of lines of prose with a credit on the next line.
    credited: usize,
    /// Lines in a list of teasers that are cut short or link to the rest.
    leads: usize,
    /// These lines, and lines that give the age of a story.
    signs: usize,
    opens_with_sentence: bool,
    is_video: bool,
    video_at: usize,
}

impl<'a> Tally<'a> {
    /// Counts a line, which must be trimmed and not empty.
    fn add(&mut self, line: &'a str) {
        self.lines += 1;
        let words = if is_code(line) || self.is_long_prose(line) { 0 } else { words(line) };
        if words == 0 {
            return;
        }
        self.words += if line == self.title { 0 } else { words };
        if let Some(of) = counter(line).filter(|&of| self.pictures == 0 || self.pictures == of) {
            self.pictures = of;
            self.counters += 1;
            self.is_counted = true;
        } else if words <= CAPTION && self.is_caption(line, words) {
        } else if words <= 8 && names_and_agency(line) {
            self.credited += usize::from(self.follows());
        } else {
            self.add_text(line, words);
        }
    }

    /// Counts a line as a caption if it is one, and returns whether it is.
    fn is_caption(&mut self, line: &'a str, words: usize) -> bool {
        // Galleries print a caption both shortened and in full.
        let start = self.caption.char_indices().nth(24).map(|(at, _)| &self.caption[..at]);
        let again = start.is_some_and(|start| line.starts_with(start));
        if again || self.is_counted && is_prose(line, words) {
            self.is_counted = false;
            self.caption = line;
            self.in_gallery = (self.in_gallery.0 + 1, self.in_gallery.1 + words);
            return true;
        }
        let has_credit = has_credit(line);
        self.caption_lines += usize::from(has_credit);
        has_credit
    }

    fn add_text(&mut self, line: &str, words: usize) {
        let (kinds, menu_words) = find(line);
        if words <= 5 {
            self.signs += usize::from(kinds & (AGE | MORE) != 0);
            self.leads += usize::from(kinds & MORE != 0);
        }
        if self.prose == 0 && words <= 4 {
            self.is_video |= labels_video(line);
            let is_playing = line.to_lowercase().starts_with("now playing");
            self.video_at = if is_playing { self.lines + 1 } else { self.video_at };
        }
        if menu_words * 2 > words && !is_stopped(line) {
            self.menu += menu_words;
            return;
        }
        let before = self.prose;
        // A long line is prose, even if it addresses the reader.
        let split_by = NOTICES | SHELLS | BOILERPLATE | if words < LONG_LINE { ADDRESS } else { 0 };
        if kinds & split_by == 0 {
            self.add_sentence(line, words, 0);
        } else {
            // This splits at abbreviations too, which loses only a few words of prose.
            for sentence in line.split_inclusive(ends_any_sentence) {
                self.add_sentence(sentence, prose::words(sentence), find(sentence).0);
            }
        }
        self.add_prose(line, self.prose - before);
    }

    fn add_sentence(&mut self, sentence: &str, words: usize, kinds: u16) {
        let is_quote = sentence.contains(['"', '“', '”', '„', '«', '「']);
        let is_headline = sentence == self.title && !is_stopped(sentence) && !is_flash(sentence);
        if kinds & SHELLS != 0 {
            self.shell += words;
            self.shell_sentences += 1;
        } else if kinds & NOTICES != 0 {
            self.notice += words;
        } else if kinds & ADDRESS != 0 && !is_quote {
            self.address += words;
        } else if kinds & BOILERPLATE == 0 && !is_headline && is_prose(sentence, words) {
            self.prose += words;
            self.has_sentence |= is_stopped(sentence);
        }
    }

    /// Returns whether the last line was prose.
    fn follows(&self) -> bool {
        self.prose_at > 0 && self.prose_at + 1 == self.lines
    }

    /// Returns whether the start of a long line, which is enough for most lines, is prose.
    fn is_long_prose(&mut self, line: &str) -> bool {
        let end = (START..START + 4).find(|&end| line.len() > 2 * START && line.is_char_boundary(end));
        let Some(start) = end.map(|end| &line[..end]) else { return false };
        let before = if self.follows() { self.passage + LONG_LINE - RUNNING } else { 0 };
        let is_prose =
            before + words(start) >= LONG_LINE && find(start).0 & (NOTICES | SHELLS | BOILERPLATE) == 0;
        self.longest = if is_prose { LONG_LINE } else { self.longest };
        is_prose
    }

    fn add_prose(&mut self, line: &str, words: usize) {
        if words == 0 {
            return;
        }
        (self.passage, self.passage_lines) =
            if self.follows() { (self.passage + words, self.passage_lines + 1) } else { (words, 1) };
        self.longest = self.longest.max(words);
        self.prose_at = self.lines;
        self.prose_lines += 1;
        self.is_video |= self.video_at == self.lines;
        if is_cut_short(line) {
            self.signs += 1;
            self.leads += 1;
            (self.passage, self.prose_at) = (0, 0);
        } else if self.signs == 0 {
            self.opens_with_sentence |= is_stopped(line);
        }
    }

    fn verdict(&self) -> Option<NoArticle> {
        let (mut captions, mut prose) = (self.caption_lines, self.prose);
        if self.counters >= 2 {
            captions += self.in_gallery.0;
        } else {
            prose += self.in_gallery.1;
        }
        if self.is_video && self.prose_lines == 1 && prose == self.prose && self.address == 0 {
            return Some(NoArticle::Captions);
        }
        // A few credits in a gallery may name no person.
        if self.credited >= 3 && self.credited * 4 >= self.prose_lines * 3 {
            captions += self.credited;
            prose = 0;
        }
        let asks = self.notice + self.shell;
        let is_notice = asks > 0 && self.address <= 2 * asks && self.words <= NOTICE;
        if prose == 0 && captions > 0 && (is_notice || self.address == 0) {
            return Some(NoArticle::Captions);
        }
        if prose == 0 && is_notice {
            return Some(if self.shell >= self.notice { NoArticle::Shell } else { NoArticle::Notice });
        }
        // The page's dialogues repeat the headline and the summary, which need not end with a full stop.
        let is_dialogue = self.shell_sentences >= 3 && !self.has_sentence && self.words <= NOTICE;
        let is_menu = prose == 0 && self.menu >= 4 && self.menu * 10 >= self.words * 6;
        if captions == 0 && (is_dialogue || is_menu) {
            return Some(NoArticle::Shell);
        }
        // A short article may precede the teasers of others.
        let enough = if self.opens_with_sentence { 20 } else { 5 };
        let is_hub = self.lines >= 12 && self.signs >= enough && self.signs * 6 >= self.lines;
        (is_hub && self.leads >= 3).then_some(NoArticle::Hub)
    }
}

fn is_cut_short(text: &str) -> bool {
    ["...", "…"].iter().any(|end| text.trim_end_matches(closes).ends_with(end))
}

fn is_prose(text: &str, words: usize) -> bool {
    prose::is_prose(text, words, SENTENCE, HEADLINE + 1) || words >= SENTENCE && is_flash(text)
}

/// Returns whether a line is in capitals, as agencies send the first line of urgent news.
fn is_flash(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

fn is_code(line: &str) -> bool {
    line.contains('{') && line.contains('}') && line.contains(';')
}

/// Returns whether a heading announces a video: "Halden News Videos", "WATCH LIVE: …".
fn labels_video(heading: &str) -> bool {
    let mut words = heading.split_whitespace().filter(|word| word.contains(char::is_alphanumeric));
    let is_label = matches!(words.clone().count(), 2..=4)
        && words.clone().all(|word| word.starts_with(char::is_uppercase))
        && words.next().is_some_and(|word| !["Watch", "Play", "More", "Related"].contains(&word))
        && words.next_back().is_some_and(|word| matches!(word, "Video" | "Videos"));
    is_label || heading.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("watch live"))
}

/// Returns the number of pictures from the counter of a gallery: "Image 2 of 9", "2 / 9".
fn counter(line: &str) -> Option<u32> {
    if line.len() > 40 {
        return None;
    }
    let mut parts = line.trim_end_matches(':').split_whitespace().peekable();
    parts.next_if(|part| part.chars().all(char::is_alphabetic));
    let at: u32 = parts.next()?.parse().ok()?;
    let between = parts.next()?;
    let of: u32 = parts.next()?.parse().ok()?;
    let is_of = between == "/" || between.len() <= 8 && between.chars().all(char::is_alphabetic);
    (is_of && (1..=of).contains(&at) && (2..500).contains(&of) && parts.next().is_none()).then_some(of)
}

/// Returns whether a line ends with a photo credit, in brackets or after the last sentence.
fn has_credit(line: &str) -> bool {
    let end = line.trim_end_matches(['.', '"', '”', ' ']);
    let in_brackets =
        end.strip_suffix([')', '）', ']']).and_then(|inner| inner.rsplit_once(['(', '（', '[']));
    let after_all = || line.rsplit_once(['.', '。', '?', '!', '|']).filter(|(_, tail)| tail.contains('/'));
    let Some((before, credit)) = in_brackets.or_else(after_all) else { return false };
    let kinds = find(credit).0;
    let is_long_enough = words(credit) > 1 || credit.contains(is_unspaced);
    kinds & PHOTO != 0
        && kinds & STAFF == 0
        && is_long_enough
        && words(credit) <= 20
        && words(before) >= SENTENCE
}

/// Returns whether a text is the name of a person and that of an agency or paper: "Ada Holm/Halden Press".
fn names_and_agency(text: &str) -> bool {
    let Some((name, agency)) = text.split_once('/') else { return false };
    let is_name = |word: &str| {
        word.starts_with(|c: char| c.is_uppercase()) && !word.contains(|c: char| c.is_numeric())
            || ["de", "van", "von", "of", "the", "via"].contains(&word)
    };
    text.len() <= 80
        && name.split_whitespace().count() >= 2
        && name.contains(char::is_lowercase)
        && !agency.trim().is_empty()
        && text.split(|c: char| c.is_whitespace() || c == '/').filter(|word| !word.is_empty()).all(is_name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::NoArticle::{Captions, Hub, Notice, Shell};
    use super::*;

    #[test]
    fn documents_without_an_article_are_recognised_and_short_articles_are_not() {
        let caption = "Sailors wave from the deck of the Astrid in Skarvik on Monday. (Photo by Ada Holm / Halden Press)";
        let gallery = "Image 1 of 2\nA crane lies on the quay. less\nA crane lies on ... more\nImage 2 of 2\nDivers look for the anchor.";
        let teasers = "Ferry runs aground off the island of ...\n5 hours ago\nRead more\nShare\n".repeat(4);
        for (title, text, expected) in [
            ("Ferry aground", "Ferry aground\nYou need to enable JavaScript to run this app.", Some(Shell)),
            ("", "Доступ запрещён\nПожалуйста, включите JavaScript и обновите страницу.", Some(Shell)),
            ("Ferry aground", "Home World Business Sport Weather\nContact us\nFerry aground", Some(Shell)),
            (
                "",
                "Wir verwenden Cookies. Bitte wählen Sie Ihre Einstellungen.\nAlle akzeptieren",
                Some(Notice),
            ),
            ("渡轮搁浅", "渡轮搁浅\n请先登录。您的订阅已经过期。", Some(Notice)),
            (
                "",
                "Ferry aground off Skarvik\nThis site uses cookies. You can change your settings.",
                Some(Notice),
            ),
            ("Ferry aground", caption, Some(Captions)),
            ("", &format!("{caption}\nShare\n{caption}\nThis site uses cookies."), Some(Captions)),
            ("", gallery, Some(Captions)),
            ("Halden News Videos", "A ferry ran aground off Skarvik on Monday.", Some(Captions)),
            ("", "Now Playing:\nA ferry ran aground off Skarvik.\nFrost in the valley", Some(Captions)),
            ("", &teasers, Some(Hub)),
            ("Ferry aground", "Ferry aground", None),
            ("", "A ferry ran aground off Skarvik on Monday.", None),
            ("", "A ferry ran aground on Monday.\nSubscribe now. This site uses cookies.", None),
            ("", "FERRY AGROUND OFF SKARVIK - COAST GUARD\nThis site uses cookies.", None),
            ("", "\"You have our word,\" the mayor of Skarvik said.\nThis site uses cookies.", None),
            ("", "A ferry ran aground off Skarvik. (Reporting by Ada Holm; photo desk 4711)", None),
            ("", "A ferry ran aground off Skarvik on Monday. (Ada Holm/Halden Press)", None),
            ("", &format!("{caption}\nThe ferry had run aground in fog."), None),
            ("", &format!("A ferry ran aground on Monday.\n{teasers}"), None),
            ("", "Home World Business Sport Weather\nA ferry ran aground off Skarvik.", None),
        ] {
            assert_eq!(no_article(Some(title), text), expected, "{title}\n{text}");
        }
    }

    proptest! {
        #[test]
        fn three_paragraphs_of_prose_make_any_text_an_article(
            title in ".{0,40}", parts in prop::collection::vec("\\PC{0,60}|\n|[0-9] / 9\n|This site uses cookies\\. |Now playing\n|Watch live", 0..12), at in 0_usize..13,
        ) {
            let prose = ["The ferry", "A crew of nine", "Later the mayor"].map(|start| format!("\n\n{start} left the harbour of Skarvik before dawn and met thick fog. Its captain told the harbour office by radio that the engine had stopped twice since midnight.\n\n"));
            let at = at.min(parts.len());
            no_article(Some(&title), &parts.concat());
            let text = [&parts[..at], &prose[..], &parts[at..]].concat().concat();
            prop_assert_eq!(no_article(Some(&title), &text), None);
        }
    }
}
