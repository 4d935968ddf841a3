//! Classifies characters: tokens of their own, parts of words, and characters to ignore.

use std::sync::LazyLock;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::Class;

/// The role of a character in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Belongs to a word.
    Letter,
    /// A decimal digit of any script.
    Digit,
    /// Belongs to the word before it; ignored without one.
    Mark,
    /// A token of its own, together with the marks that follow.
    Single(Class),
    /// Invisible: neither part of a word nor the end of one.
    Ignored,
    /// Ends a word.
    Other,
}

/// Scripts written without spaces, by Unicode block. The crate `unicode-script` would do the same at ten times the
/// size; blocks are stable and this list is complete.
const SINGLES: &[(u32, u32, Class)] = &[
    (0x0e00, 0x0e7f, Class::Unspaced),    // Thai
    (0x0e80, 0x0eff, Class::Unspaced),    // Lao
    (0x0f00, 0x0fff, Class::Unspaced),    // Tibetan
    (0x1000, 0x109f, Class::Unspaced),    // Burmese
    (0x1780, 0x17ff, Class::Unspaced),    // Khmer
    (0x1950, 0x19df, Class::Unspaced),    // Tai Le, New Tai Lue
    (0x1a20, 0x1aaf, Class::Unspaced),    // Tai Tham
    (0x2e80, 0x2fdf, Class::Ideograph),   // radicals
    (0x3005, 0x3007, Class::Ideograph),   // iteration mark, closing mark, zero
    (0x3021, 0x3029, Class::Ideograph),   // Hangzhou numerals
    (0x3040, 0x312f, Class::Ideograph),   // Hiragana, Katakana, Bopomofo
    (0x31a0, 0x31ff, Class::Ideograph),   // Bopomofo and Katakana extensions
    (0x3400, 0x4dbf, Class::Ideograph),   // Han extension A
    (0x4e00, 0x9fff, Class::Ideograph),   // Han
    (0xa000, 0xa4cf, Class::Ideograph),   // Yi
    (0xa9e0, 0xa9ff, Class::Unspaced),    // Burmese extended
    (0xaa60, 0xaadf, Class::Unspaced),    // Burmese extended, Tai Viet
    (0xf900, 0xfaff, Class::Ideograph),   // Han compatibility
    (0xff66, 0xff9d, Class::Ideograph),   // half-width Katakana
    (0x1b000, 0x1b16f, Class::Ideograph), // Kana supplement
    (0x20000, 0x3ffff, Class::Ideograph), // Han extensions
];

/// Half-width voicing marks, which are letters by category and marks by use.
const HALF_WIDTH_VOICING: std::ops::RangeInclusive<char> = '\u{ff9e}'..='\u{ff9f}';

/// End of the characters whose kinds are in a table: all widely used alphabets, their signs, and Kana.
const TABLE_END: usize = 0x3100;

/// Kinds of the characters below [`TABLE_END`]. A lookup in the Unicode tables is a search, and most text uses a
/// few hundred characters.
static KINDS: LazyLock<Box<[Kind]>> = LazyLock::new(|| {
    (0..TABLE_END as u32).map(|code| char::from_u32(code).map_or(Kind::Other, from_category)).collect()
});

/// Classifies a character that is not ASCII.
pub(super) fn kind(c: char) -> Kind {
    match c {
        '\u{4e00}'..='\u{9fff}' => Kind::Single(Class::Ideograph),
        '\u{ac00}'..='\u{d7a3}' => Kind::Letter,
        _ => KINDS.get(c as usize).copied().unwrap_or_else(|| from_category(c)),
    }
}

fn from_category(c: char) -> Kind {
    if is_ignored(c) {
        return Kind::Ignored;
    }
    if HALF_WIDTH_VOICING.contains(&c) {
        return Kind::Mark;
    }
    match c.general_category_group() {
        GeneralCategoryGroup::Mark => Kind::Mark,
        GeneralCategoryGroup::Number => {
            if single(c).is_some() {
                return if c.is_numeric() && is_decimal(c) {
                    Kind::Digit
                } else {
                    Kind::Single(Class::Ideograph)
                };
            }
            if is_decimal(c) { Kind::Digit } else { Kind::Letter }
        }
        GeneralCategoryGroup::Letter => single(c).map_or(Kind::Letter, Kind::Single),
        _ => Kind::Other,
    }
}

fn single(c: char) -> Option<Class> {
    let code = c as u32;
    let at = SINGLES.partition_point(|&(_, last, _)| last < code);
    SINGLES.get(at).filter(|&&(first, _, _)| first <= code).map(|&(_, _, class)| class)
}

fn is_decimal(c: char) -> bool {
    c.general_category() == unicode_properties::GeneralCategory::DecimalNumber
}

/// Returns whether a character is typography rather than text: joiners, soft hyphens, direction marks, byte order
/// marks, the Arabic tatweel. Texts that differ only in these are equal, and nobody can hide a copy by inserting
/// them.
fn is_ignored(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{640}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Returns whether a character ends a sentence on its own, without a space after it.
pub(super) fn ends_sentence_alone(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '｡' | '।' | '॥' | '۔' | '؟' | '။' | '។' | '៕' | '։' | '።' | '།' | '…')
}

/// Returns whether a character ends a sentence if white space or a closing quote follows.
pub(super) fn may_end_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?')
}

/// Returns whether a character ends sentences, on its own or before a space.
pub fn ends_any_sentence(c: char) -> bool {
    may_end_sentence(c) || ends_sentence_alone(c)
}

/// Returns whether a character belongs to a script written without spaces.
pub fn is_unspaced(c: char) -> bool {
    // There are none below Thai.
    c >= '\u{e00}' && single(c).is_some()
}

/// Returns whether a character is a quote or bracket that may be between the end of a sentence and the space after
/// it.
pub fn closes(c: char) -> bool {
    matches!(c, '"' | '\'' | ')' | ']' | '»' | '”' | '’' | '“' | '‘' | '›' | '」' | '』' | '）' | '】')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_agree_with_unicode_categories() {
        for c in ('\u{80}'..='\u{ffff}').chain(['\u{1b000}', '\u{20000}', '\u{1f600}']) {
            // The last code points of the Han block are not assigned in every version of Unicode; treating them as
            // Han is harmless.
            if !('\u{9ff0}'..='\u{9fff}').contains(&c) {
                assert_eq!(kind(c), from_category(c), "{c:?}");
            }
        }
    }
}
