//! What is between the codes for the beginning and the end of the text: entries at the top, paragraphs below.

use super::super::transmission::{self, Mark};
use super::{BYLINES, CYCLES, ENTRY_LINES, NOTES};

/// Spaces at the beginning of a line that begin a paragraph, where it is not a tab.
const INDENT: &str = "   ";
/// Most characters of the second line of a byline.
const AUTHOR_CHARS: usize = 60;
/// Fewest letters and digits by which an entry is recognised as the keyword.
const KEYWORD_CHARS: usize = 4;

/// A line by its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `^…<`.
    Entry,
    /// Behind a tab or spaces.
    Paragraph,
    Plain,
    Empty,
}

#[derive(Clone, Copy, Debug)]
struct Line<'a> {
    kind: Kind,
    text: &'a str,
    /// Whether a sign ends it.
    is_closed: bool,
    /// Whether that sign is `=`.
    is_author: bool,
}

impl<'a> Line<'a> {
    fn new(kind: Kind, text: &'a str) -> Self {
        let text = text.trim();
        let bare = text.trim_end_matches(['<', '@', ' ']);
        let is_closed = bare.len() < text.len();
        if kind != Kind::Entry {
            return Self { kind, text: bare, is_closed, is_author: false };
        }
        let is_author = bare.ends_with('=');
        let bare = bare.trim_end_matches(['=', '+', ' ']);
        Self { kind, text: bare, is_closed: bare.len() < text.len(), is_author }
    }
}

fn lines_of<'a>(body: &[&'a str]) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for line in body {
        let text = line.trim();
        if text.is_empty() {
            lines.push(Line::new(Kind::Empty, ""));
        } else if line.starts_with('\t') || line.starts_with(INDENT) {
            lines.push(Line::new(Kind::Paragraph, text.trim_start_matches('^')));
        } else if let Some(entry) = text.strip_prefix('^') {
            // Two entries can share a line.
            let mut entry = entry;
            while let Some((at, next)) = entry
                .match_indices('<')
                .find_map(|(at, _)| Some((at, entry.get(at + 1..)?.trim_start().strip_prefix('^')?)))
            {
                lines.push(Line::new(Kind::Entry, entry.get(..=at).unwrap_or_default()));
                entry = next;
            }
            lines.push(Line::new(Kind::Entry, entry));
        } else {
            lines.push(Line::new(Kind::Plain, text));
        }
    }
    lines
}

/// An entry of the top, its lines joined.
#[derive(Debug)]
struct Entry {
    text: String,
    is_marked: bool,
    is_author: bool,
}

/// The parts of a text.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub title: Option<String>,
    pub slug: Option<String>,
    pub bylines: Vec<String>,
    pub mark: Mark,
    /// The time before which it may not be published, as written.
    pub embargo: Option<String>,
    /// Paragraphs, one a line.
    pub text: String,
    /// What is at the top besides: a summary, or all of a list.
    rest: Vec<String>,
}

impl Content {
    /// Returns the parts of a text. `keyword` is that of the header.
    pub(super) fn of(body: &[&str], keyword: &str, is_table: bool) -> Self {
        let lines = lines_of(body);
        let mut content = Self::default();
        let is_bare = lines.iter().all(|line| matches!(line.kind, Kind::Plain | Kind::Empty));
        if is_bare {
            content.read_bare(body, keyword);
            return content;
        }
        let start = lines.iter().position(|line| line.kind == Kind::Paragraph).unwrap_or(lines.len());
        let (top, below) = lines.split_at(start);
        for entry in entries(top) {
            content.add(entry, keyword);
        }
        let mut paragraphs = content.paragraphs(below, is_table);
        if paragraphs.is_empty() {
            paragraphs = std::mem::take(&mut content.rest);
        }
        content.text = in_lines(paragraphs);
        content
    }

    /// Reads a text without marks: keyword and headline above wrapped lines.
    fn read_bare(&mut self, body: &[&str], keyword: &str) {
        let mut lines: Vec<&str> = body.to_vec();
        let top: Vec<usize> = lines
            .iter()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(at, _)| at)
            .take(2)
            .collect();
        let is_keyword = |at: &usize| lines.get(*at).is_some_and(|line| is_keyword(line, keyword));
        if let [first, second] = top.as_slice()
            && (is_keyword(first) || is_keyword(second))
        {
            let title = if is_keyword(first) { second } else { first };
            self.title = lines.get(*title).map(|line| plain_signs(line.trim().trim_end_matches(['+', '<'])));
            lines.drain(..=*second);
        }
        self.text = in_lines(transmission::paragraphs(lines).split('\n').map(str::to_owned).collect());
    }

    fn add(&mut self, entry: Entry, keyword: &str) {
        let Entry { text, is_marked, is_author } = entry;
        let lower = text.to_lowercase();
        let is_code = text.strip_prefix('*').is_some_and(|code| code.bytes().all(|b| b.is_ascii_digit()));
        if is_code || text.is_empty() {
            return;
        }
        if self.slug.is_none() && self.bylines.is_empty() && is_slug(&text, keyword) {
            let mut parts = text.split(',').map(str::trim);
            self.slug = parts.next().map(str::to_owned);
            parts.for_each(|part| self.mark.add(Mark::of(part)));
        } else if let Some(title) = lower.strip_prefix("hl:").and_then(|_| text.get(3..)) {
            self.title = Some(plain_signs(title.trim()));
        } else if NOTES.iter().any(|note| lower.starts_with(note)) {
            self.note(&text);
        } else if lower.starts_with("by ")
            || (is_author && self.title.is_some())
            || self.is_second_byline(&text, is_marked)
        {
            self.bylines.push(plain_signs(&text));
        } else if self.title.is_none() {
            self.title = Some(plain_signs(&text));
        } else {
            self.rest.push(text);
        }
    }

    /// Reads a note to editors.
    fn note(&mut self, text: &str) {
        self.mark.add(Mark::of(text));
        self.embargo = self.embargo.take().or_else(|| transmission::embargo(text));
    }

    /// Returns whether an entry below a byline says whose author it is.
    fn is_second_byline(&self, text: &str, is_marked: bool) -> bool {
        is_marked && (1..BYLINES).contains(&self.bylines.len()) && text.chars().count() <= AUTHOR_CHARS
    }

    fn paragraphs(&mut self, lines: &[Line<'_>], is_table: bool) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        let mut is_open = false;
        for line in lines {
            match (line.kind, out.last_mut()) {
                (Kind::Empty, _) => is_open = false,
                (Kind::Entry, _) if NOTES.iter().any(|note| line.text.to_lowercase().starts_with(note)) => {
                    self.note(line.text);
                    is_open = false;
                }
                (Kind::Plain, Some(last)) if is_open && !is_table => {
                    last.push(' ');
                    last.push_str(line.text);
                    is_open = !line.is_closed;
                }
                _ => {
                    out.push(line.text.to_owned());
                    is_open = !line.is_closed;
                }
            }
        }
        out
    }
}

/// Returns the entries of the top.
fn entries(lines: &[Line<'_>]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    // Number of lines of an entry that no sign has ended.
    let mut open = 0;
    for line in lines {
        match (line.kind, entries.last_mut()) {
            (Kind::Empty, _) => open = 0,
            (Kind::Plain, Some(last)) if (1..ENTRY_LINES).contains(&open) => {
                last.text.push(' ');
                last.text.push_str(line.text);
                open = if line.is_closed { 0 } else { open + 1 };
            }
            (kind, _) => {
                let is_marked = kind == Kind::Entry;
                let text = line.text.trim_end_matches('+').trim_end().to_owned();
                entries.push(Entry { text, is_marked, is_author: line.is_author });
                open = usize::from(is_marked && !line.is_closed);
            }
        }
    }
    entries
}

/// Returns whether an entry is the keyword of the story: `BC-EU--Velmark-Locks, 1st Ld,466`.
fn is_slug(text: &str, keyword: &str) -> bool {
    let has_cycle = CYCLES.iter().any(|cycle| {
        text.get(..cycle.len()).is_some_and(|start| start.eq_ignore_ascii_case(cycle))
            && !text.starts_with(|c: char| c.is_lowercase())
    });
    let first = text.split(',').next().unwrap_or_default();
    let has_length =
        text.rsplit_once(',').is_some_and(|(_, words)| transmission::number(words.trim()).is_some());
    is_keyword(first, keyword)
        || ((has_cycle || has_length) && first.contains('-') && first.split_whitespace().count() <= 4)
}

/// Returns whether a line repeats the keyword of the header, which is cut off.
fn is_keyword(line: &str, keyword: &str) -> bool {
    let folded = |text: &str| -> String {
        super::without_cycle(text)
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let (line, keyword) = (folded(line.trim()), folded(keyword));
    line.len() >= KEYWORD_CHARS
        && keyword.len() >= KEYWORD_CHARS
        && (line.starts_with(&keyword) || keyword.starts_with(&line))
}

/// Returns paragraphs as lines, without rules.
fn in_lines(paragraphs: Vec<String>) -> String {
    let is_text =
        |text: &String| text.chars().any(|c| !matches!(c, '_' | '-' | '=' | '*' | '<' | ' ' | '\t'));
    let lines: Vec<String> = paragraphs.into_iter().filter(is_text).map(|text| plain_signs(&text)).collect();
    lines.join("\n")
}

/// Returns a text with the usual signs for quotations and dashes.
fn plain_signs(text: &str) -> String {
    let text =
        text.trim().replace("``", "\"").replace("''", "\"").replace('`', "'").replace(" _ ", " \u{2014} ");
    match text.strip_prefix("_ ") {
        Some(item) => format!("\u{2014} {item}"),
        None => text,
    }
}
