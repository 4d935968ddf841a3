//! Brings words into their normal form: NFKC, case folding, one spelling of Arabic script, and the stem.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use super::arabic;
use super::script::{self, Kind};

/// Number of letters in a stem. Six letters distinguish most words of most spaced scripts and drop most endings
/// (`docs/quality.md` compares other lengths).
pub(super) const STEM_LETTERS: usize = 6;
/// Number of syllables in the stem of a Hangul word, whose particles follow as further syllables. Most nouns have
/// two.
const STEM_SYLLABLES: usize = 2;

/// End of the characters whose normal forms are in a table: Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic.
const TABLE_END: usize = 0x700;
/// Marks a character in the table whose normal form is not a single letter.
const NONE: char = '\0';

/// Normal forms of characters that map to one character: folded, and as a letter of a stem.
static LETTERS: LazyLock<Box<[(char, char)]>> = LazyLock::new(|| {
    let of = |code: u32| {
        let c = char::from_u32(code)
            .filter(|&c| matches!(script::kind(c), Kind::Letter | Kind::Digit) && !arabic::is_optional(c))?;
        let mut text = String::new();
        fold_any(c.encode_utf8(&mut [0; 4]), &mut text);
        let folded = one(text.chars())?;
        Some((folded, one(letters(&text)).unwrap_or(NONE)))
    };
    (0..TABLE_END as u32).map(|code| of(code).unwrap_or((NONE, NONE))).collect()
});

/// Returns the only item of an iterator; `None` if there are more or none.
fn one<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    items.next().filter(|_| items.next().is_none())
}

/// Appends the NFKC, case-folded form of `word` to `out`, in one spelling if it is in Arabic script.
///
/// Folding takes the lower case of the upper case, which equals Unicode's full case folding except for a few
/// Cherokee letters. It maps `ß` to `ss`, final sigma to sigma, and dotless `ı` to `i`.
pub(super) fn fold(word: &str, out: &mut String) {
    let start = out.len();
    for c in word.chars() {
        // Letters without combining marks neither compose nor are reordered, so each can be folded on its own.
        match LETTERS.get(c as usize) {
            Some(&(folded, _)) if folded != NONE => out.push(folded),
            _ => {
                out.truncate(start);
                return fold_any(word, out);
            }
        }
    }
}

fn fold_any(word: &str, out: &mut String) {
    let start = out.len();
    let mut has_arabic = false;
    for c in word.nfkc() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
            continue;
        }
        for upper in c.to_uppercase() {
            out.extend(upper.to_lowercase().filter(|&c| c != '\u{307}'));
        }
        has_arabic |= arabic::is_arabic(c);
    }
    if has_arabic {
        arabic::unify(out, start);
    }
}

/// Appends the stem of a folded word to `out`: its first letters, without diacritics.
///
/// A prefix is the only stemmer that needs no knowledge of the language. On re-translated news it does as well as
/// a rule-based stemmer, and it works for any language.
pub(super) fn stem(folded: &str, out: &mut String) {
    if folded.is_ascii() {
        out.push_str(&folded[..folded.len().min(STEM_LETTERS)]);
        return;
    }
    let first = folded.chars().next().unwrap_or(' ');
    if ('\u{ac00}'..='\u{d7a3}').contains(&first) {
        out.extend(folded.chars().take(STEM_SYLLABLES));
        return;
    }
    let start = out.len();
    for c in folded.chars().take(STEM_LETTERS) {
        match LETTERS.get(c as usize) {
            Some(&(_, letter)) if letter != NONE => out.push(letter),
            _ => {
                out.truncate(start);
                return out.extend(letters(folded).take(STEM_LETTERS));
            }
        }
    }
}

/// Returns the letters of a folded word without diacritics.
fn letters(folded: &str) -> impl Iterator<Item = char> + '_ {
    folded.nfd().filter(|&c| !is_optional_mark(c)).map(plain_letter)
}

/// Returns whether a mark may be left out without changing the word: Latin, Greek and Cyrillic accents, and Hebrew
/// vowels. Folding has removed those of Arabic.
fn is_optional_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}')
}

/// Maps letters with a stroke, which have no decomposition, to their base form.
fn plain_letter(c: char) -> char {
    match c {
        'ł' => 'l',
        'đ' | 'ð' => 'd',
        'ø' => 'o',
        'ħ' => 'h',
        'ŧ' => 't',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(word: &str) -> String {
        let mut out = String::new();
        fold(word, &mut out);
        out
    }

    fn stemmed(word: &str) -> String {
        let mut out = String::new();
        stem(&folded(word), &mut out);
        out
    }

    #[test]
    fn folding_is_unicode_case_folding() {
        assert_eq!(folded("STRASSE"), folded("Straße"));
        assert_eq!(folded("ΟΔΥΣΣΕΥΣ"), folded("Οδυσσευς"));
        assert_eq!(folded("İSTANBUL"), folded("istanbul"));
        assert_eq!(folded("ISPARTA"), folded("ısparta"));
    }

    #[test]
    fn compatibility_forms_fold_together() {
        assert_eq!(folded("ﬁnance"), "finance");
        assert_eq!(folded("ＡＦＰ"), "afp");
        assert_eq!(folded("e\u{301}tat"), folded("état"));
    }

    #[test]
    fn stems_drop_endings_and_diacritics() {
        assert_eq!(stemmed("alliances"), stemmed("alliance"));
        assert_eq!(stemmed("république"), stemmed("republique"));
        assert_eq!(stemmed("министерства"), stemmed("министерство"));
        assert_eq!(stemmed("정부는"), stemmed("정부가"));
        assert_ne!(stemmed("minister"), stemmed("minimum"));
    }

    /// Generates words of letters with a normal form in the table, marks that compose with them, and others.
    fn word() -> impl Strategy<Value = String> {
        let c = prop_oneof![
            8 => prop::char::range('a', '\u{6ff}'),
            2 => prop::sample::select(vec!['\u{301}', '\u{307}', '\u{345}', '\u{653}', '\u{64e}', 'ﬁ', 'ক', 'ộ', '한', 'ß', 'İ', 'ŉ']),
        ];
        prop::collection::vec(c, 1..9).prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #[test]
        fn table_agrees_with_unicode_normalization(word in word()) {
            let (mut quick, mut plain) = (String::new(), String::new());
            fold(&word, &mut quick);
            fold_any(&word, &mut plain);
            prop_assert_eq!(&quick, &plain);
            let first = plain.chars().next().unwrap_or(' ');
            if !plain.is_ascii() && !('\u{ac00}'..='\u{d7a3}').contains(&first) {
                let (mut stemmed, long) = (String::new(), letters(&plain).take(STEM_LETTERS).collect::<String>());
                stem(&plain, &mut stemmed);
                prop_assert_eq!(stemmed, long);
            }
        }
    }

    #[test]
    fn spellings_of_arabic_script_fold_together() {
        for (one, other) in [
            ("مسؤولية", "مسوولیه"),
            ("دباؤ", "دبائو"),
            ("کیریئر", "كيرير"),
            ("علماء", "علما"),
            ("جدًا", "جدا"),
            ("أإآٱ", "اااا"),
            ("و\u{654}", "ؤ"),
            ("ہفتۂ", "هفته"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
        assert_eq!(folded("ء"), "ء", "a word does not vanish");
        assert_ne!(folded("بہت"), folded("بھت"));
    }

    #[test]
    fn devanagari_vowel_signs_are_kept() {
        assert_ne!(stemmed("कमल"), stemmed("कमाल"));
    }
}
