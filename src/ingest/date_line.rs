//! Whether a line is a date, or a date and a time, and nothing else.
//!
//! The date is kept as it stands and understood later; this only has to know a date line from a headline. Numbers
//! carry the decision. A month's name between them must begin like one where the script is Latin, because headlines
//! have numbers too; in other scripts any word in that place will do.

/// Longest date line, in characters.
const LINE_CHARS: usize = 60;

/// The first three letters of month names, without accents, in languages of Latin script: English, German, French,
/// Spanish, Portuguese, Italian, Dutch, the Scandinavian and Baltic ones, Finnish, Estonian, Hungarian, Polish,
/// Czech, Slovak, Croatian, Slovene, Romanian, Turkish, Albanian, Indonesian, Swahili, Vietnamese.
const MONTHS: &str = " jan feb mar apr may jun jul aug sep oct nov dec jän mär mai okt dez fév avr juin aoû déc fev \
    ene abr ago dic mag giu lug set ott gen mei mrt maj des sau vas kov bal geg bir lie rgp rug spa lap gru mie \
    tam hel maa huh tou kes hei elo syy lok mar jou jaa vee juu jul det nov ápr máj jún júl aug sze már feb \
    sty lut kwi cze lip sie wrz paź lis led úno bře dub kvě čer srp zář říj pro sij velj vel ožu tra svi kol \
    ruj stu ian iun iul noi oca şub nis haz tem ağu eyl eki kas ara pri shk qer kor gus sht tet nën dhj agu \
    mac tháng ";

/// Whether `line` is a date and nothing else, apart from a weekday, a time, a zone, or a word like "Published".
pub(super) fn is_date_line(line: &str) -> bool {
    let line = line.trim();
    if line.is_empty() || !line.contains(char::is_numeric) || line.chars().count() > LINE_CHARS {
        return false;
    }
    let tokens = tokens(line);
    if tokens.len() > 16 {
        return false;
    }
    // A first date somewhere, few words before it, only a time and a zone behind it.
    let mut before = 0;
    for at in 0..tokens.len() {
        if let Some(length) = date_at(&tokens[at..]) {
            return before <= 3 && time_and_zone(&tokens[at + length..]);
        }
        match tokens[at] {
            Token::Word(_) => before += 1,
            Token::Mark(_) => {}
            // A time may come first.
            Token::Number(..) => {
                if !matches!(tokens.get(at + 1), Some(Token::Mark(':')))
                    && !matches!(at.checked_sub(1).and_then(|i| tokens.get(i)), Some(Token::Mark(':')))
                {
                    return false;
                }
            }
        }
    }
    false
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    /// Its value, and how many digits it was written with.
    Number(u64, usize),
    Word(&'a str),
    Mark(char),
}

fn tokens(line: &str) -> Vec<Token<'_>> {
    let class = |c: char| match c {
        _ if c.is_ascii_digit() => 0,
        _ if c.is_alphanumeric() || is_mark(c) => 1,
        _ => 2,
    };
    let mut out = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let kind = class(first);
        if kind == 2 {
            if !first.is_whitespace() {
                out.push(Token::Mark(first));
            }
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let end = rest.find(|c| class(c) != kind).unwrap_or(rest.len());
        let (token, behind) = rest.split_at(end);
        out.push(match (kind, token.parse()) {
            (0, Ok(number)) => Token::Number(number, token.len()),
            _ => Token::Word(token),
        });
        rest = behind;
    }
    out
}

/// Combining marks stay with their letters (Devanagari, Thai).
fn is_mark(c: char) -> bool {
    use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
    c.general_category_group() == GeneralCategoryGroup::Mark
}

/// How many tokens a date takes that begins with the first one.
fn date_at(tokens: &[Token<'_>]) -> Option<usize> {
    let no_marks: Vec<(usize, Token<'_>)> =
        tokens.iter().copied().enumerate().filter(|(_, t)| !matches!(t, Token::Mark(_))).take(7).collect();
    if no_marks.first().map(|(at, _)| *at) != Some(0) {
        return None;
    }
    let part = |i: usize| no_marks.get(i).map(|(_, token)| *token);
    let end = |i: usize| no_marks.get(i).map(|(at, _)| at + 1);
    let (a, b, c) = (part(0)?, part(1)?, part(2));
    // 20230924T130549
    if let Token::Number(number, 8) = a
        && year(number / 10_000)
        && (1..=12).contains(&(number / 100 % 100))
        && (1..=31).contains(&(number % 100))
    {
        return end(0);
    }
    match (a, b, c?) {
        // 2023-09-24, 24.09.2023, 9/24/23
        (Token::Number(x, xd), Token::Number(y, _), Token::Number(z, zd)) => {
            let joined = matches!(tokens.get(1), Some(Token::Mark('-' | '.' | '/' | '‐' | '–')));
            let year_first = xd == 4 && year(x) && day_and_month(y, z);
            let year_last = (zd == 4 && year(z) || zd == 2) && day_and_month(x, y);
            (joined && (year_first || year_last)).then(|| end(2))?
        }
        // 2024年3月11日
        (Token::Number(x, 4), Token::Word(_), Token::Number(m, _)) if year(x) && (1..=12).contains(&m) => {
            match (part(3), part(4), part(5)) {
                (Some(Token::Word(w)), Some(Token::Number(d, _)), Some(Token::Word(_)))
                    if (1..=31).contains(&d) && !w.is_ascii() =>
                {
                    end(5)
                }
                _ => None,
            }
        }
        // 24 September 2023, 24 de septiembre de 2023, 24th of September, 2023
        (Token::Number(d, _), Token::Word(_), _) if (1..=31).contains(&d) => (1..=3).find_map(|month| {
            let Some(Token::Word(name)) = part(month) else { return None };
            let fillers =
                (1..month).all(|i| matches!(part(i), Some(Token::Word(w)) if w.chars().count() <= 3));
            if !fillers || !month_name(name) {
                return None;
            }
            match (part(month + 1), part(month + 2)) {
                (Some(Token::Number(y, 4)), _) if year(y) => end(month + 1),
                (Some(Token::Word(w)), Some(Token::Number(y, 4))) if year(y) && w.chars().count() <= 3 => {
                    end(month + 2)
                }
                _ => None,
            }
        }),
        // Sept. 24, 2023 and 24th
        (Token::Word(name), Token::Number(d, _), third) if month_name(name) && (1..=31).contains(&d) => {
            match (third, part(3)) {
                (Token::Number(y, 4), _) if year(y) => end(2),
                (Token::Word("st" | "nd" | "rd" | "th"), Some(Token::Number(y, 4))) if year(y) => end(3),
                _ => None,
            }
        }
        // 2023. szeptember 24.
        (Token::Number(y, 4), Token::Word(name), Token::Number(d, _))
            if year(y) && month_name(name) && (1..=31).contains(&d) =>
        {
            end(2)
        }
        _ => None,
    }
}

/// Gregorian, or the Buddhist era of Thailand.
fn year(number: u64) -> bool {
    (1800..=2100).contains(&number) || (2400..=2643).contains(&number)
}

fn day_and_month(x: u64, y: u64) -> bool {
    (1..=31).contains(&x) && (1..=31).contains(&y) && (x <= 12 || y <= 12)
}

fn month_name(word: &str) -> bool {
    if word.chars().count() < 3 {
        return !word.is_ascii();
    }
    let Some(first) = word.chars().next() else { return false };
    // Latin and its accented letters.
    if first > '\u{24f}' {
        return true;
    }
    let prefix: String = word.chars().take(3).flat_map(char::to_lowercase).collect();
    MONTHS.contains(&format!(" {prefix} ")) || word.to_lowercase() == "tháng"
}

/// Numbers shaped like a time, and a few short words (a zone, "Uhr", "PM", "г.").
fn time_and_zone(tokens: &[Token<'_>]) -> bool {
    let mut words = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Number(number, digits) => {
                let plausible = *digits <= 4 && *number <= 2400 || *digits >= 6 && at > 0;
                if !plausible {
                    return false;
                }
            }
            Token::Word(word) => {
                words += 1;
                if word.chars().count() > 10 || words > 4 {
                    return false;
                }
            }
            Token::Mark(mark) => {
                if !matches!(
                    mark,
                    ':' | '.' | ',' | '-' | '+' | '(' | ')' | '/' | '|' | '–' | '—' | '·' | '−'
                ) {
                    return false;
                }
            }
        }
    }
    // Words need a number beside them: behind the date alone stands a short zone or the mark of a year.
    let timed = tokens.iter().any(|token| matches!(token, Token::Number(..)));
    timed || words <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_many_shapes_are_seen() {
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
        ] {
            assert!(is_date_line(line), "{line}");
        }
    }

    #[test]
    fn headlines_with_numbers_are_not_dates() {
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
        ] {
            assert!(!is_date_line(line), "{line}");
        }
    }
}
