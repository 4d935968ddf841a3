//! Takes apart one article of Factiva: with field codes (`HD`, `LP`, `TD`), or without, as lines in a fixed order.

use super::article::Article;
use super::days;
use super::labels::{is_copyright, language};
use wirecopy_core::document::one_line;
use wirecopy_core::text::credit::is_byline;

/// The codes of fields.
const CODES: [&str; 44] = [
    "HD", "BY", "CR", "WC", "PD", "ET", "SN", "SC", "NGC", "GC", "ED", "PG", "VOL", "LA", "CY", "LP", "TD",
    "CT", "RF", "CO", "IN", "NS", "RE", "IPC", "IPD", "PUB", "AN", "SE", "CLM", "ART", "CX", "DLN", "RST",
    "HLP", "AT", "AU", "BN", "HL", "HDL", "MF", "RBBCM", "WBM", "SO", "DT",
];
/// Fewest different codes in a text that is an export.
const FEWEST_CODES: usize = 5;
/// Most lines from the date to the language or the copyright.
const FACTS: usize = 8;
/// The start of a line that sells the article.
const OFFER: &str = "License this article from Dow Jones";

/// Fields of an article by their codes, in order.
#[derive(Debug, Default)]
pub(super) struct Fields {
    fields: Vec<(String, Vec<String>)>,
}

impl Fields {
    /// Begins a field. Returns `false` if the text is not the code of one.
    pub(super) fn open(&mut self, code: &str) -> bool {
        let code = code.trim();
        let is_code = CODES.contains(&code);
        if is_code {
            self.fields.push((code.to_owned(), Vec::new()));
        }
        is_code
    }

    /// Adds a paragraph to the last field.
    pub(super) fn add(&mut self, text: &str) {
        if let (Some((_, lines)), Some(text)) = (self.fields.last_mut(), one_line(text)) {
            lines.push(text);
        }
    }

    /// Returns the bytes in the fields.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Returns the value of a field on one line.
    fn line(&self, code: &str) -> Option<String> {
        self.fields
            .iter()
            .find(|(of, lines)| of == code && !lines.is_empty())
            .map(|(_, lines)| lines.join(" "))
    }

    /// Returns the article; `None` if there is neither a headline nor text.
    pub(super) fn article(self) -> Option<Article> {
        let mut article = Article {
            title: self.line("HD"),
            source: self.line("SN"),
            date: self.line("PD").map(|day| match self.line("ET").filter(|time| days::is_time(time)) {
                Some(time) => format!("{day} {time}"),
                None => day,
            }),
            language: self.line("LA").and_then(|name| language(&name)),
            dateline: self.line("DLN"),
            credit: self.line("CR"),
            bylines: self.line("BY").into_iter().collect(),
            ..Article::default()
        };
        for (code, lines) in &self.fields {
            if code == "LP" || code == "TD" {
                lines.iter().filter(|line| !is_offer(line)).for_each(|line| article.paragraph(line));
            }
        }
        (article.title.is_some() || !article.body.is_empty()).then_some(article)
    }
}

/// Returns the code of a field at the start of a line, and its value on the same line.
pub(super) fn code(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let end = line.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(line.len());
    let (code, rest) = line.split_at_checked(end)?;
    let is_apart = rest.trim().is_empty() || rest.starts_with(['\t', '\u{a0}']) || rest.starts_with("  ");
    (is_apart && CODES.contains(&code)).then_some((code, rest.trim()))
}

/// Returns whether a line is the accession number that ends an article: `Document SAMPLE0020111229e7ct0001r`.
pub(super) fn is_accession(line: &str) -> bool {
    let line = match code(line) {
        Some(("AN", value)) => value,
        _ => line.trim(),
    };
    if line.len() > 80 {
        return false;
    }
    let mut words = line.split_whitespace();
    let Some(number) = words.next_back() else { return false };
    let label = words.next().unwrap_or_default();
    is_number(number) && words.next().is_none() && !label.is_empty() && label.chars().all(char::is_alphabetic)
}

/// Returns whether a word is an accession number: letters, the day, more letters and digits.
pub(super) fn is_number(word: &str) -> bool {
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    let digits = word.bytes().skip(letters).take_while(u8::is_ascii_digit).count();
    (15..=40).contains(&word.len())
        && (1..=12).contains(&letters)
        && digits >= 8
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Returns whether a line counts the words of an article: `1,210 words`, `65 mots`, `1210 字`.
pub(super) fn is_word_count(line: &str) -> bool {
    let line = line.trim();
    let digits = line.find(|c: char| !(c.is_ascii_digit() || matches!(c, ',' | '.' | '\u{a0}' | '\u{202f}')));
    let Some(digits) = digits.filter(|digits| (1..=9).contains(digits)) else { return false };
    let unit = line.get(digits..).unwrap_or_default().trim();
    line.starts_with(|c: char| c.is_ascii_digit())
        && (1..=24).contains(&unit.len())
        && unit.split_whitespace().count() == 1
        && unit.chars().all(char::is_alphabetic)
}

/// Returns whether a line sells the article.
pub(super) fn is_offer(line: &str) -> bool {
    line.trim_start_matches(['[', ' ']).starts_with(OFFER)
}

/// Returns whether lines are from an export: the facts below a headline, in their order, or fields with codes.
pub(super) fn is_export<'a>(lines: impl Iterator<Item = &'a str> + Clone) -> bool {
    has_facts(lines.clone()) || has_codes(lines)
}

/// Returns whether lines have the facts of an article in their order: the number of words, the date, and soon after it the code of
/// the paper, and the language or the copyright.
pub(super) fn has_facts<'a>(lines: impl Iterator<Item = &'a str>) -> bool {
    let lines: Vec<&str> = lines.map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.iter().enumerate().any(|(at, line)| {
        let mut below = lines.iter().skip(at + 1);
        is_word_count(line) && below.next().is_some_and(|line| days::date_line(line).is_some()) && {
            let facts = || below.clone().take(FACTS);
            facts().any(|line| is_paper_code(line))
                && facts().any(|line| language(line).is_some() || is_notice(line))
        }
    })
}

/// Returns whether a line is the code of a paper: `SAMPF`.
fn is_paper_code(line: &str) -> bool {
    (2..=10).contains(&line.len())
        && line.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && line.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn has_codes<'a>(lines: impl Iterator<Item = &'a str>) -> bool {
    let mut codes: Vec<&str> = lines.filter_map(|line| code(line).map(|(code, _)| code)).collect();
    codes.sort_unstable();
    codes.dedup();
    let has = |some: &[&str]| some.iter().any(|code| codes.contains(code));
    codes.len() >= FEWEST_CODES && has(&["HD"]) && has(&["LP", "TD"]) && has(&["PD", "WC"])
}

fn is_notice(line: &str) -> bool {
    let starts =
        |prefix: &str| line.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    is_copyright(line) || starts("(c)") || starts("copyright")
}

/// Reads the lines below the headline of an article without codes: author, words, date, time, paper, its code, edition, page,
/// language, copyright. Returns the number of lines.
pub(super) fn facts(article: &mut Article, lines: &[&str]) -> usize {
    let count = lines.iter().position(|line| is_word_count(line));
    let dated = lines.iter().position(|line| days::date_line(line).is_some());
    let Some(date) = dated else { return count.map_or(0, |count| count + 1) };
    let authors = count.filter(|count| *count < date).unwrap_or(date);
    for line in lines.iter().take(authors) {
        article.byline(line);
    }
    let mut read = date + 1;
    let day = lines.get(date).map_or("", |line| line.trim());
    article.date = Some(match lines.get(read).filter(|line| days::is_time(line)) {
        Some(time) => {
            read += 1;
            format!("{day} {}", time.trim())
        }
        None => day.to_owned(),
    });
    article.source = lines.get(read).and_then(|line| one_line(line));
    read += 1;
    // The language is the last line, except for the copyright; the lines between are codes, editions and pages.
    let last = lines.iter().skip(read).take(9).position(|line| is_notice(line)).map(|at| read + at);
    let named = lines.iter().enumerate().skip(read).take(last.map_or(9, |last| last - read));
    let named = named.filter_map(|(at, line)| language(line).map(|tag| (at, tag))).next_back();
    if let Some((at, tag)) = named {
        article.language = Some(tag);
        read = at + 1;
    }
    last.map_or(read, |last| last + 1)
}

/// Returns whether a line only names authors, below a headline that is not shorter: `Jo Roe; Ann Example`.
fn is_name_below(title: &str, name: &str) -> bool {
    let count = |text: &str| text.split_whitespace().count();
    let names = || name.split([';', ',']).flat_map(|part| part.split(" and ")).map(str::trim);
    let is_name = |name: &str| {
        (2..=5).contains(&count(name))
            && name.split_whitespace().all(|word| word.starts_with(char::is_uppercase))
            && name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '.' | '\'' | '’'))
    };
    // With a name of the same kind above it, the line may as well be the headline below that of a section.
    names().all(is_name)
        && names().next().is_some_and(|name| count(title) >= count(name))
        && !title.contains(';')
}

/// Returns an article of lines, with codes or without; `None` if it is not one. `is_bold` says which lines are bold throughout.
pub(super) fn of_lines(lines: &[String], is_bold: &[bool]) -> Option<Article> {
    if lines.iter().any(|line| code(line).is_some_and(|(code, _)| code == "HD")) {
        let mut fields = Fields::default();
        for line in lines {
            match code(line) {
                Some((code, value)) => {
                    fields.open(code);
                    fields.add(value);
                }
                None => fields.add(line),
            }
        }
        return fields.article();
    }
    let kept: Vec<(usize, &str)> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| (at, line.trim()))
        .filter(|(_, line)| !line.is_empty())
        .collect();
    let bold =
        |at: usize| kept.get(at).is_some_and(|(line, _)| is_bold.get(*line).copied().unwrap_or_default());
    let count = kept.iter().position(|(_, line)| is_word_count(line))?;
    // The headline is the bold line above, or else the line directly above the number of words or the author.
    let near = count.saturating_sub(6);
    let is_author = |at: usize| kept.get(at).is_some_and(|(_, line)| is_byline(line));
    let above_author = (near + 1..count).rev().take_while(|at| is_author(*at)).last().unwrap_or_else(|| {
        let above = |lines: usize| count.checked_sub(lines).and_then(|at| kept.get(at));
        let named = above(2).zip(above(1)).is_some_and(|((_, title), (_, name))| is_name_below(title, name));
        if named { count - 1 } else { count }
    });
    let is_title = |at: &usize| bold(*at) && !is_author(*at);
    let title_end = (near..count).rev().find(is_title).map_or(above_author, |at| at + 1);
    let title_start =
        (near..title_end).rev().take_while(|at| bold(*at)).last().unwrap_or(title_end.checked_sub(1)?);
    let text = |range: std::ops::Range<usize>| -> Vec<&str> {
        kept.get(range).unwrap_or_default().iter().map(|(_, line)| *line).collect()
    };
    let mut article =
        Article { title: one_line(&text(title_start..title_end).join(" ")), ..Article::default() };
    let below = text(title_end..kept.len());
    let read = facts(&mut article, &below);
    article.date.as_ref()?;
    // The number ends the article; one above it is quoted.
    let end = below.len() - usize::from(below.last().is_some_and(|line| is_accession(line)));
    for line in below.iter().take(end).skip(read).filter(|line| !is_offer(line)) {
        article.paragraph(line);
    }
    Some(article)
}
