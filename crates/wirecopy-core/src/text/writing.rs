//! Recognises texts whose words have to be cut in another way than at spaces.
//!
//! Vietnamese puts a space after each syllable. A word is two syllables as a rule (`Việt Nam`, `thủ tướng`), and most
//! syllables occur in many words. Urdu has spaces between words, but where a letter does not join the next one a space makes
//! no difference to the eye, and may stand within a word or lack between two (`بر ہمی` is `برہمی`). What is certain are the groups of
//! joined letters, its ligatures, of which a word has about two. Either piece says as little as a Chinese character does, and
//! is a token of the same class: two neighbours are a term.
//!
//! Languages are recognised by their letters, since the tokens of a text must not depend on the language that its record or page
//! declares.

use std::ops::Range;

use super::arabic::is_arabic;
use super::serbian;

/// How the words of a text are cut and spelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Writing {
    /// In words between spaces, and in characters of scripts without spaces.
    #[default]
    Words,
    /// Serbian in Cyrillic, which is compared as Latin script.
    Serbian,
    /// Vietnamese: syllables between spaces.
    Syllables,
    /// Urdu: groups of joined letters, with or without spaces between them.
    Ligatures,
}

/// Bytes of a text that are examined, from the first one that a language needs.
const SAMPLE: usize = 2000;
/// One in this many bytes of Vietnamese begins a letter that hardly any other language has; in real texts one in ten to 21
/// does. Reports in other languages that spell the names of Vietnam have fewer.
const VIETNAMESE: usize = 30;
/// The same for Urdu; in real texts one in 15 to 61 does.
const URDU: usize = 80;

impl Writing {
    /// Returns how a language is written whose words are cut in pieces, by its two-letter code.
    pub(super) fn of_language(code: &str) -> Option<Self> {
        match code {
            "vi" => Some(Self::Syllables),
            "ur" => Some(Self::Ligatures),
            _ => None,
        }
    }

    /// Recognises how a text is written. For other texts than those named this is a scan for a few bytes.
    pub(super) fn of(text: &str) -> Self {
        if text.is_ascii() {
            Self::Words
        } else if has_letters(text, [0xe1, 0xc6, 0xc6], VIETNAMESE, is_vietnamese) {
            Self::Syllables
        } else if has_letters(text, [0xd9, 0xda, 0xdb], URDU, is_urdu) {
            Self::Ligatures
        } else if serbian::is_cyrillic(text) {
            Self::Serbian
        } else {
            Self::Words
        }
    }
}

/// Returns whether one in `bytes_a_letter` bytes of a text begins a letter of one language. Each of them begins with one of the
/// `leading` bytes.
fn has_letters(text: &str, leading: [u8; 3], bytes_a_letter: usize, is_own: fn([u8; 3]) -> bool) -> bool {
    let bytes = text.as_bytes();
    let [a, b, c] = leading;
    let Some(first) = memchr::memchr3(a, b, c, bytes) else { return false };
    // Includes what is before it in a short text.
    let start = first.saturating_sub(bytes_a_letter);
    let sample = &bytes[start..bytes.len().min(start + SAMPLE)];
    // The last letter may be of two bytes.
    let own = sample.windows(3).filter(|bytes| is_own([bytes[0], bytes[1], bytes[2]])).count()
        + usize::from(sample.last_chunk().is_some_and(|&[x, y]| is_own([x, y, 0])));
    own * bytes_a_letter >= sample.len()
}

/// Returns whether bytes begin with `ơ`, `ư`, or a letter with two marks or a hook, as in `ế` and `ỏ`. Letters with nothing but
/// a dot below are those of Yoruba and Igbo, too.
fn is_vietnamese(bytes: [u8; 3]) -> bool {
    match bytes {
        [0xc6, 0xa0 | 0xa1 | 0xaf | 0xb0, _] => true,
        // U+1EA2 to U+1EF9 without U+1EB8, U+1ECA, U+1ECC, U+1EE4, U+1EF4 and their lower case.
        [0xe1, 0xba, third] => !matches!(third, 0x80..=0xa1 | 0xb8 | 0xb9),
        [0xe1, 0xbb, third] => !matches!(third, 0x8a..=0x8d | 0xa4 | 0xa5 | 0xb4 | 0xb5 | 0xba..=0xbf),
        _ => false,
    }
}

/// Returns whether bytes begin with `ٹ`, `ڈ`, `ڑ`, `ں` or `ے`.
fn is_urdu(bytes: [u8; 3]) -> bool {
    matches!(bytes, [0xd9, 0xb9, _] | [0xda, 0x88 | 0x91 | 0xba, _] | [0xdb, 0x92, _])
}

/// Returns whether a letter of Urdu does not join the next one, so that a ligature ends after it.
pub(super) fn ends_ligature(c: char) -> bool {
    matches!(c, 'ا' | 'أ' | 'إ' | 'آ' | 'ٱ' | 'د' | 'ڈ' | 'ذ' | 'ر' | 'ڑ' | 'ز' | 'ژ' | 'و' | 'ؤ' | 'ے' | 'ۓ')
}

/// Most letters of a word that [`whole_words`] adds on either side.
const LETTERS: usize = 30;

/// Extends the range of a term to the words of Arabic script that it begins or ends in, for people to read.
pub fn whole_words(text: &str, term: Range<usize>) -> Range<usize> {
    let is_letter = |c: &char| is_arabic(*c) && c.is_alphabetic();
    let length = |letters: &mut dyn Iterator<Item = char>| -> usize {
        letters.take(LETTERS).take_while(is_letter).map(char::len_utf8).sum()
    };
    let mut range = term.clone();
    if text[term.clone()].starts_with(|c| is_letter(&c)) {
        range.start -= length(&mut text[..term.start].chars().rev());
    }
    if text[term.clone()].ends_with(|c| is_letter(&c)) {
        range.end += length(&mut text[term.end..].chars());
    }
    range
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::{Class, tokenize};

    const VIETNAMESE: &str = "Cần cẩu khổng lồ đã đổ sập ở cảng Norvik, ban quản lý cảng cho biết. Người lái được đưa vào bệnh viện.";
    const URDU: &str =
        "بندرگاہ میں بڑی کرین گر گئی، انتظامیہ نے برہمی کا اظہار کیا اور ڈرائیور کو ہسپتال لے جایا گیا۔";

    #[test]
    fn languages_are_recognised_by_their_letters() {
        assert_eq!(Writing::of(VIETNAMESE), Writing::Syllables);
        assert_eq!(Writing::of("Thủ tướng"), Writing::Syllables);
        assert_eq!(Writing::of(URDU), Writing::Ligatures);
        assert_eq!(Writing::of("لے"), Writing::Ligatures);
        for text in [
            "",
            "A crane fell in the port of Norvik.",
            "Bola sọ pé ẹ̀rọ náà ṣubú ní èbúté, ó sì fọ́ sí wẹ́wẹ́. Ọkọ̀ ojú omi náà kò rì.",
            "Ọ bụrụ na ụgbọ mmiri ahụ dara n'ọdụ ụgbọ, ndị mmadụ nwụrụ.",
            "Vụ cranes of Mr Nguyen stood idle for a week in the port of Norvik, said the board, which had leased both of them.",
            "سقطت رافعة ضخمة في ميناء نورفيك، وقالت الإدارة إن السائق نقل إلى المستشفى.",
            "جرثقیل بزرگ در بندر نورویک سقوط کرد و راننده به بیمارستان منتقل شد، گفت مدیریت بندر.",
            "په بندر کې یو لوی کرین ولوېد او چلوونکی روغتون ته یوړل شو.",
            "პორტში ამწე ჩამოვარდა.",
            "Ένας γερανός κατέρρευσε στο λιμάνι.",
        ] {
            assert_eq!(Writing::of(text), Writing::Words, "{text}");
        }
    }

    #[test]
    fn syllables_and_ligatures_are_tokens_of_which_two_are_a_term() {
        let classes = |text: &str| -> Vec<Class> {
            tokenize(text).as_slice().iter().map(|token| token.class()).collect()
        };
        assert_eq!(
            classes("Thủ tướng Nguyen 3"),
            [Class::Ideograph, Class::Ideograph, Class::Ideograph, Class::Number]
        );
        assert_eq!(classes("برہمی ہے"), [Class::Ideograph; 3]);
        assert_eq!(tokenize(VIETNAMESE).len(), 23);
    }

    #[test]
    fn spaces_between_ligatures_make_no_difference() {
        assert_eq!(
            tokenize(URDU).as_slice(),
            tokenize(&URDU.replace("برہمی", "بر ہمی").replace("کا اظہار", "کااظہار")).as_slice()
        );
        assert_ne!(tokenize(URDU).as_slice(), tokenize(&URDU.replace("برہمی", "برہ می")).as_slice());
    }

    #[test]
    fn terms_are_shown_as_whole_words() {
        let shown = |text: &str, term: &str| {
            let start = text.find(term).unwrap();
            text[whole_words(text, start..start + term.len())].to_owned()
        };
        assert_eq!(shown(URDU, "ہمی کا"), "برہمی کا");
        assert_eq!(shown(URDU, "ڈرا"), "ڈرائیور");
        assert_eq!(shown(VIETNAMESE, "cảng Norv"), "cảng Norv");
    }

    proptest! {
        #[test]
        fn any_text_is_accepted(text in "\\PC{0,60}", urdu in "[ٹڈڑںےادرو ئ\u{64b}\u{200c}a1]{0,40}") {
            for text in [text, urdu] {
                let mut end = 0;
                crate::text::Tokenizer::default().words(&text, |_, _, range| {
                    assert!(end <= range.start && range.start < range.end, "{range:?} after {end}");
                    end = range.end;
                });
                prop_assert!(end <= text.len());
            }
        }
    }
}
