//! Splits a line into numbers, words and punctuation marks. Digits of all scripts are recognised.

use super::words::{self, Meaning};

/// Tokens of a line that are kept; a date line has far fewer.
const MAX_TOKENS: usize = 120;

/// Tokens of most date lines, at most.
const TOKENS: usize = 16;

/// The kind of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The value and the number of digits it was written with.
    Number(u64, usize),
    Word(Word),
    Mark(char),
}

/// A word with its meaning in dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// The folded word; see [`fold`](super::fold).
    pub(crate) text: String,
    pub(crate) meaning: Meaning,
    /// Whether it was written in capitals only. True for scripts without case.
    pub(crate) capitals: bool,
}

/// A token of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// Whether it follows a space.
    pub(crate) spaced: bool,
}

impl Token {
    pub(crate) fn number(&self) -> Option<(u64, usize)> {
        if let Kind::Number(value, digits) = self.kind { Some((value, digits)) } else { None }
    }

    pub(crate) fn word(&self) -> Option<&Word> {
        if let Kind::Word(word) = &self.kind { Some(word) } else { None }
    }

    pub(crate) fn mark(&self) -> Option<char> {
        if let Kind::Mark(mark) = self.kind { Some(mark) } else { None }
    }

    pub(crate) fn is_mark(&self, marks: &[char]) -> bool {
        self.mark().is_some_and(|mark| marks.contains(&mark))
    }

    /// Returns whether it is one of the folded words `texts`.
    pub(crate) fn is(&self, texts: &[&str]) -> bool {
        self.word().is_some_and(|word| texts.contains(&word.text.as_str()))
    }
}

/// Character classes; a token consists of characters of one class.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Digit,
    /// Letters and combining marks.
    Letter,
    /// Han characters that serve as units ("年", "月"); each is a token.
    Unit,
    Space,
    Mark,
    /// Format characters: direction marks, joiners.
    Invisible,
}

/// Splits a line into at most [`MAX_TOKENS`] tokens. Linear in the line.
pub(super) fn cut(line: &str) -> Vec<Token> {
    let mut characters: Vec<char> = Vec::with_capacity(line.len());
    characters.extend(line.chars().map(plain));
    let mut out: Vec<Token> = Vec::with_capacity(TOKENS);
    let mut spaced = false;
    let mut at = 0;
    while at < characters.len() && out.len() < MAX_TOKENS {
        let first = characters[at];
        match class(first) {
            Class::Space => spaced = true,
            Class::Invisible => {}
            Class::Mark => out.push(Token { kind: Kind::Mark(first), spaced: std::mem::take(&mut spaced) }),
            Class::Unit => {
                let word = words::word(&first.to_string());
                out.push(Token { kind: Kind::Word(word), spaced: std::mem::take(&mut spaced) });
            }
            kind @ (Class::Digit | Class::Letter) => {
                let end = end_of(&characters, at, kind);
                // A number too long for 64 bits is not part of a date.
                let number = if kind == Class::Digit { value(&characters[at..end]) } else { None };
                let kind = number.map_or_else(
                    || {
                        let visible = characters[at..end].iter().filter(|c| class(**c) != Class::Invisible);
                        let mut written = String::with_capacity(end - at);
                        written.extend(visible);
                        Kind::Word(words::word(&written))
                    },
                    |number| Kind::Number(number, end - at),
                );
                out.push(Token { kind, spaced: std::mem::take(&mut spaced) });
                at = end;
                continue;
            }
        }
        at += 1;
    }
    joined(out)
}

/// Returns the value of ASCII digits; `None` if it does not fit in 64 bits.
fn value(digits: &[char]) -> Option<u64> {
    digits
        .iter()
        .try_fold(0_u64, |value, digit| value.checked_mul(10)?.checked_add(u64::from(digit.to_digit(10)?)))
}

fn end_of(characters: &[char], start: usize, kind: Class) -> usize {
    let mut end = start + 1;
    while let Some(&c) = characters.get(end) {
        let same = class(c) == kind || class(c) == Class::Invisible && kind == Class::Letter;
        // Abbreviated Thai and Lao months: "มี.ค.".
        let dotted = kind == Class::Letter
            && c == '.'
            && is_thai(characters[end - 1])
            && characters.get(end + 1).is_some_and(|next| is_thai(*next));
        if !same && !dotted {
            break;
        }
        end += 1;
    }
    end
}

/// Joins pairs of single letters with full stops into one word: "p.m.", "a. m.", "E.T.", "μ.μ.".
fn joined(tokens: Vec<Token>) -> Vec<Token> {
    if !tokens.iter().any(|token| token.is_mark(&['.'])) {
        return tokens;
    }
    let letter = |token: Option<&Token>| {
        token.and_then(Token::word).is_some_and(|word| word.text.chars().count() == 1)
    };
    let dot = |token: Option<&Token>| token.is_some_and(|token| token.is_mark(&['.']) && !token.spaced);
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let pair = letter(tokens.get(at)) && dot(tokens.get(at + 1)) && letter(tokens.get(at + 2));
        let (true, Some(first), Some(second)) =
            (pair, tokens[at].word(), tokens.get(at + 2).and_then(Token::word))
        else {
            out.push(tokens[at].clone());
            at += 1;
            continue;
        };
        let mut word = words::word(&format!("{}{}", first.text, second.text));
        word.capitals = first.capitals && second.capitals;
        out.push(Token { kind: Kind::Word(word), spaced: tokens[at].spaced });
        at += 3 + usize::from(dot(tokens.get(at + 3)));
    }
    out
}

/// Maps digits of all scripts to ASCII and equivalent punctuation marks to one.
fn plain(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    if let Some(digit) = words::digit(c) {
        return digit;
    }
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' | '\u{fe63}' => '-',
        '\u{ff1a}' | '\u{2236}' | '\u{fe55}' => ':',
        '\u{ff0f}' | '\u{2215}' | '\u{2044}' => '/',
        '\u{ff0e}' | '\u{3002}' | '\u{2024}' => '.',
        '\u{ff0c}' | '\u{3001}' | '\u{60c}' | '\u{66b}' => ',',
        '\u{ff08}' => '(',
        '\u{ff09}' => ')',
        '\u{ff0b}' => '+',
        '\u{ff5c}' | '\u{2223}' => '|',
        '\u{2019}' | '\u{2bc}' | '\u{2bb}' => '\'',
        // Full-width Latin letters.
        '\u{ff41}'..='\u{ff5a}' | '\u{ff21}'..='\u{ff3a}' => {
            char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
        }
        _ => c,
    }
}

fn class(c: char) -> Class {
    use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};
    match c {
        _ if c.is_ascii_digit() => Class::Digit,
        _ if c.is_ascii_alphabetic() => Class::Letter,
        _ if c.is_whitespace() => Class::Space,
        _ if c.is_ascii() => Class::Mark,
        '年' | '月' | '日' | '号' | '號' | '時' | '时' | '点' | '點' | '分' | '秒' => Class::Unit,
        '년' | '월' | '일' | '시' | '초' => Class::Letter,
        _ if c.is_alphanumeric() || c.general_category_group() == GeneralCategoryGroup::Mark => Class::Letter,
        _ if c.general_category() == GeneralCategory::Format => Class::Invisible,
        _ => Class::Mark,
    }
}

fn is_thai(c: char) -> bool {
    ('\u{e00}'..='\u{eff}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_64_bits() {
        let value = |digits: &str| value(&digits.chars().collect::<Vec<char>>());
        assert_eq!(value("18446744073709551615"), Some(u64::MAX));
        assert_eq!(value("18446744073709551616"), None);
        assert_eq!(value("20000000000000000000"), None);
        assert_eq!(value("99999999999999999999999"), None);
        assert_eq!(value("00000000000000000002026"), Some(2026));
        assert_eq!(value("0"), Some(0));
    }

    #[test]
    fn number_that_does_not_fit_is_a_word() {
        let tokens = cut("18446744073709551616 00000000000000000002026 ٢٠");
        assert_eq!(tokens[0].word().map(|word| word.text.as_str()), Some("18446744073709551616"));
        assert_eq!((tokens[1].number(), tokens[2].number()), (Some((2026, 23)), Some((20, 2))));
    }
}
