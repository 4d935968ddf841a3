//! Recognises lines at the start of a text that give the publication date and little else.
//!
//! Headlines have numbers too, and the date in a first line may be that of a quoted post, a photograph, an event or a birth.
//! So every other part of the line must be recognised: a weekday, a time, a label such as "Published", a place or a source
//! before the date, an author.

use std::sync::LazyLock;

use crate::dates::{Dated, Kind, Label, Line, Problem, Token, WORDS};
use wirecopy_core::word_table::{self, Words};

/// Longest date line, in characters.
const LINE_CHARS: usize = 100;
/// Fewest digits of a date of which no part is missing: `1/2/3`. Beside the name of a month, a day has at least one digit and a
/// year two.
const DIGITS: usize = 3;
/// Earliest year of a publication date. A first line with an earlier date is about history.
const FIRST_YEAR: i16 = 1900;
/// Most words beside a date that is labelled as the publication date.
const LABELLED_WORDS: usize = 10;
/// Most unknown words between two separators.
const PART_WORDS: usize = 4;
/// Folded words before a date that carry no information.
static FILLERS: Words = LazyLock::new(|| word_table::words(WORDS, "filler"));
/// Folded words that start a byline.
static BY: Words = LazyLock::new(|| word_table::words(WORDS, "author"));

/// Returns whether `line` is a date with so little else that it is not part of the text.
pub(super) fn is_date_line(line: &str) -> bool {
    const UNKNOWN: usize = 3;
    let Some(read) = dated_line(line, None) else { return false };
    let words = other_tokens(&read).filter(|token| token.word().is_some() && !known(token));
    words.count() <= UNKNOWN && !other_tokens(&read).next().is_some_and(|token| token.is(&BY))
}

/// Returns whether `line` gives the publication date, alone or with an author, a place or a source. `language` is the tag of
/// the text's language, if known.
pub(super) fn gives_date(line: &str, language: Option<&str>) -> bool {
    dated_line(line, language).is_some()
}

/// Returns what is in a line that gives the publication date; `None` for other lines.
fn dated_line(line: &str, language: Option<&str>) -> Option<Line> {
    let line = line.trim();
    let is_long = line.len() > LINE_CHARS && line.chars().count() > LINE_CHARS;
    // Most lines are text or headlines, which these quick tests reject.
    if is_long || !has_digits(line) || is_quoted(line) {
        return None;
    }
    let read = Line::of(line, language);
    gives_publication(&read).then_some(read)
}

/// Returns whether a line has as many digits as a date has at least.
fn has_digits(line: &str) -> bool {
    line.chars().filter(|c| c.is_numeric()).take(DIGITS).count() == DIGITS
}

/// Returns whether a line has characters of posts and notices. A dash before a name ends a quotation.
fn is_quoted(line: &str) -> bool {
    line.contains(['@', '©', '#', '?', '!', '"', '“', '„', '«']) || line.starts_with(['—', '–', '-', '~'])
}

fn gives_publication(read: &Line) -> bool {
    let other = |dated: &Dated| matches!(dated.label, Some(Label::Other | Label::Modified));
    let Some(dated) = read.dates.iter().filter(|dated| is_whole(dated)).find(|dated| !other(dated)) else {
        return false;
    };
    let history = dated.published.is_ok_and(|published| published.date.year() < FIRST_YEAR);
    if history || dated.published == Err(Problem::TooEarly) || read.label() == Some(Label::Other) {
        return false;
    }
    let words = || other_tokens(read).filter(|token| token.word().is_some()).count();
    if dated.label == Some(Label::Published) && words() <= LABELLED_WORDS {
        return true;
    }
    before(read, dated) && after(read, dated)
}

/// Returns whether no part of a date is missing. A date that is not usable counts too: the report then says why it is not used.
fn is_whole(dated: &Dated) -> bool {
    !matches!(dated.published, Err(Problem::NoDay | Problem::NoYear))
}

/// Returns the tokens outside dates and times.
fn other_tokens(line: &Line) -> impl Iterator<Item = &Token> {
    let dated = |at: usize| line.dates.iter().any(|date| (date.start..date.end).contains(&at));
    let timed = |at: usize| line.times.iter().any(|(start, end)| (*start..*end).contains(&at));
    line.tokens.iter().enumerate().filter(move |(at, _)| !dated(*at) && !timed(*at)).map(|(_, token)| token)
}

fn known(token: &Token) -> bool {
    let Some(word) = token.word() else { return false };
    let meaning = word.meaning;
    FILLERS.contains(&word.text.as_str())
        || meaning.pm.is_some()
        || matches!(meaning.label, Some(Label::Published | Label::Modified))
        || crate::dates::is_weekday(&word.text)
}

fn separator(token: &Token) -> bool {
    token.is_mark(&['|', '·', '•', '/', '-', ',', '∙', '»', '(', ')', ';'])
}

/// Returns whether the date line may start like this: known words, one word and a colon, a place or a source and a separator,
/// or an author.
fn before(line: &Line, dated: &Dated) -> bool {
    let tokens: Vec<&Token> = line.tokens[..dated.start].iter().collect();
    let timed = |at: usize| line.times.iter().any(|(start, end)| (*start..*end).contains(&at));
    let unknown: Vec<usize> = (0..tokens.len())
        .filter(|&at| !timed(at) && !separator(tokens[at]) && !known(tokens[at]))
        .filter(|&at| !tokens[at].is_mark(&['.', ':', '[', '\'']))
        .collect();
    if unknown.is_empty() {
        return true;
    }
    if unknown.iter().any(|&at| matches!(tokens[at].kind, Kind::Number(..) | Kind::Mark(_))) {
        return false;
    }
    let by = tokens.first().is_some_and(|token| token.is(&BY));
    let last = *unknown.last().unwrap_or(&0);
    let separated = tokens[last + 1..].iter().any(|token| separator(token));
    let colon = tokens[last + 1..].iter().any(|token| token.is_mark(&[':']));
    (by && separated && unknown.len() <= PART_WORDS + 2)
        || separated && unknown.len() <= PART_WORDS
        || colon && unknown.len() == 1
}

/// Returns whether the date line may end like this: times, zones and a few short words, or parts after separators.
fn after(line: &Line, dated: &Dated) -> bool {
    let tokens = &line.tokens[dated.end..];
    let timed = |at: usize| {
        let at = at + dated.end;
        line.times.iter().any(|(start, end)| (*start..*end).contains(&at))
            || line.dates.iter().any(|date| (date.start..date.end).contains(&at))
    };
    let (mut words, mut parts) = (0, 0);
    for (at, token) in tokens.iter().enumerate() {
        if timed(at) {
            continue;
        }
        match &token.kind {
            Kind::Mark('|' | '·' | '•' | ',' | '-' | '(' | '/') => (words, parts) = (0, parts + 1),
            Kind::Mark('.' | ')' | '+' | '[' | ']' | ';') => {}
            Kind::Mark(_) => return false,
            // "3 min read", "1 comment", a page number.
            Kind::Number(_, digits) => {
                if *digits > 4 || parts == 0 {
                    return false;
                }
            }
            Kind::Word(_) if known(token) => {}
            Kind::Word(word) => {
                words += 1;
                let most = if parts > 0 { PART_WORDS } else { 2 };
                if words > most || word.text.chars().count() > 10 && parts == 0 {
                    return false;
                }
            }
        }
    }
    parts <= 4
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn date_lines_of_many_forms_are_recognised() {
        for line in [
            "2023-09-24",
            "2023-09-24 13:05:49",
            "2023-09-24T13:05:49+02:00",
            "2023-09-24T13:05:49.123456Z",
            "24 September 2023",
            "Sunday, 24 September 2023",
            "Sept. 24, 2023, 13:05 GMT",
            "Thu Oct 1, 2009 8:38am EDT",
            "Published: March 11th 2024 at 5:07 p.m.",
            "24.09.2023",
            "24.09.2023, 13:05 Uhr",
            "9/24/23",
            "24 de septiembre de 2023",
            "24. září 2023",
            "11. März 2024",
            "2024年3月11日",
            "2024年3月11日 15:04",
            "2024년 3월 11일",
            "24 сентября 2023 г., 13:05",
            "11 มีนาคม 2567",
            "11 मार्च 2024",
            "2023. szeptember 24.",
            "13:05, 24 September 2023",
            "24/09/2023 - 13:05",
            "Posted by admin on April 12, 2024 in News",
            "By A. Person | April 12, 2024",
            "April 12, 2024 | By A. Person | 3 min read",
            "Published: 2024-04-12 07:20:00 +0200",
            "Norvik, 12 April 2024",
            "Halden Press | 12 April 2024",
            "Publié le 12 avril 2024 à 15h05",
            "Publicado el 12 de abril de 2024 por A. Persona",
            "Опубликовано 12 апреля 2024, 15:05",
            "نشر في 12 أبريل 2024",
            "発行日：2024年4月12日",
            "Published 12 April 2024, updated 13 April 2024",
            "12 April 2024 (updated 13 April 2024)",
        ] {
            assert!(gives_date(line, None), "{line}");
        }
    }

    #[test]
    fn dates_of_other_things_are_not_publication_dates() {
        for line in [
            "— Halden FC (@haldenfc) June 1, 2017",
            "Halden FC (@haldenfc) June 1, 2017",
            "— Emil Sorgaard, 1 June 2017",
            "On this day: 11 March 1985",
            "March 15, 1848",
            "15 March 1848: The day the revolution began",
            "15 March 1948: The day the revolution began",
            "Photo taken on 12 May 2011",
            "Foto: A. Person, 12. Mai 2011",
            "Copyright 2019-2024 Halden Press",
            "© 12 May 2011 Halden Press",
            "Last updated: 5 January 2015",
            "Zuletzt aktualisiert: 5. Januar 2015",
            "Mis à jour le 5 janvier 2015",
            "Обновлено 5 января 2015",
            "آخر تحديث: 5 يناير 2015",
            "Valid until 31.12.2030",
            "Gültig bis 31.12.2030",
            "Born 4 May 1952 in Norvik",
            "Geboren am 4. Mai 1952",
            "Né le 4 mai 1952",
            "Deadline: 4 May 2024",
            "Retrieved 4 May 2024",
        ] {
            assert!(!gives_date(line, None), "{line}");
        }
    }

    #[test]
    fn byline_with_a_date_gives_the_date_and_stays_in_the_text() {
        for line in
            ["By A. Person | April 12, 2024", "Posted by the Halden news desk on April 12, 2024 in Ports"]
        {
            assert!(gives_date(line, None) && !is_date_line(line), "{line}");
        }
        for line in ["April 12, 2024", "Published: 12 April 2024, 15:05 CET", "Norvik, 12 April 2024"] {
            assert!(is_date_line(line), "{line}");
        }
    }

    #[test]
    fn headlines_with_numbers_are_not_date_lines() {
        for line in [
            "",
            "Top 10 of 2023",
            "The 12 best books 2024",
            "2023",
            "In 2023, 12 ferries sailed",
            "Ferry sails again on 24 September 2023 with crew of 40 aboard",
            "September 24, 2023: the day the ferry sailed again",
            "24 ferries",
            "1-0 in 2023",
            "Tel. 030 12 34 56",
            "Budget 2024/25",
            "No date here",
            "Rebuilding better after Covid-19, part 1",
            "Ferry sank on 24 September 2023",
        ] {
            assert!(!gives_date(line, None), "{line}");
        }
    }

    /// Generates lines of parts of dates.
    fn parts_of_dates() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            "[0-9]{1,4}",
            "[0-9]{8,14}",
            "[٢०๓３²Ⅷ]{1,4}",
            "[-/.,:年月日 ]",
            prop::sample::select(vec![
                "Jan",
                "March",
                "Mai",
                "11th",
                "W",
                "T",
                "Z",
                "pm",
                "tháng",
                "năm",
                "de",
                "März",
                "มี.ค.",
                "मार्च",
                "月",
                "آذار",
            ])
            .prop_map(str::to_owned),
        ];
        prop::collection::vec((part, "[ ]?"), 1..9)
            .prop_map(|parts| parts.into_iter().map(|(part, space)| part + &space).collect())
    }

    proptest! {
        #[test]
        fn line_with_a_whole_date_has_digits(line in parts_of_dates()) {
            prop_assert!(has_digits(&line) || !Line::of(&line, None).dates.iter().any(is_whole), "{}", line);
        }

        #[test]
        fn any_line_is_handled_without_panic(line in "\\PC{0,60}") {
            is_date_line(&line);
        }
    }
}
