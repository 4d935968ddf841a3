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

use unicode_normalization::UnicodeNormalization;

use super::arabic::is_arabic;

/// In which pieces words are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pieces {
    /// Vietnamese: syllables between spaces.
    Syllables,
    /// Urdu: groups of joined letters, with or without spaces between them.
    Ligatures,
}

/// Bytes of a part of a line that is judged by itself. A page in two languages is cut as each of them is, and so are copies of its
/// parts.
const PART: usize = 400;
/// Bytes of a part that is too short to be judged if it has no letter of its own; it is taken to be as the part after it.
const SHORT: usize = 100;
/// One in this many bytes of a part in Vietnamese begins a letter or mark that hardly any other language has, in a word that does
/// not begin with a capital: so it is in each of 1,381 parts of real texts. Names in other languages begin with capitals.
const VIETNAMESE: usize = 120;
/// One in this many Arabic letters of Urdu is a letter that Arabic and Persian lack; in real texts one in six to 25 is.
const URDU: usize = 40;

impl Pieces {
    /// Returns in which pieces the words of a language are cut, by its two-letter code; `None` if they are not.
    pub(super) fn of_language(code: &str) -> Option<Self> {
        match code {
            "vi" => Some(Self::Syllables),
            "ur" => Some(Self::Ligatures),
            _ => None,
        }
    }

    /// Fills `parts` with the byte ranges of a text whose words are cut in pieces, in order. For other texts this is a scan for a
    /// few bytes.
    pub(super) fn find(text: &str, parts: &mut Vec<(Range<usize>, Self)>) {
        parts.clear();
        if text.is_ascii() {
            return;
        }
        let bytes = text.as_bytes();
        let may_be_urdu =
            || memchr::memchr3(0xd9, 0xda, 0xdb, bytes).is_some() || memchr::memchr(0xef, bytes).is_some();
        if !may_be_vietnamese(bytes) && !may_be_urdu() {
            return;
        }
        // Short parts without letters of their own, up to the next part that is judged.
        let mut open: Option<usize> = None;
        for part in parts_of(text) {
            let own = &text[part.clone()];
            let judged = Self::of_part(own);
            if judged.is_none() && own.len() < SHORT {
                open.get_or_insert(part.start);
                continue;
            }
            let start = open.take().unwrap_or(part.start);
            if let Some(pieces) = judged {
                match parts.last_mut() {
                    Some((last, same)) if last.end == start && *same == pieces => last.end = part.end,
                    _ => parts.push((start..part.end, pieces)),
                }
            }
        }
        // The last lines are as those before them.
        if let (Some(start), Some((last, _))) = (open, parts.last_mut())
            && last.end == start
        {
            last.end = text.len();
        }
    }

    /// Judges a part of a text by its letters.
    fn of_part(part: &str) -> Option<Self> {
        let bytes = part.as_bytes();
        // The first byte of each letter.
        let arabic = bytes.iter().filter(|byte| matches!(byte, 0xd8..=0xdb | 0xef)).count();
        if arabic > 0 && count(bytes, is_urdu) * URDU >= arabic {
            return Some(Self::Ligatures);
        }
        if !may_be_vietnamese(bytes) {
            return None;
        }
        let words = part.split_whitespace().filter(|word| !word.starts_with(char::is_uppercase));
        let own: usize = words.map(|word| count(word.as_bytes(), is_vietnamese)).sum();
        (own * VIETNAMESE >= part.len()).then_some(Self::Syllables)
    }
}

/// Returns whether a text has a byte that begins a letter of Vietnamese.
fn may_be_vietnamese(text: &[u8]) -> bool {
    memchr::memchr3(0xe1, 0xc6, 0xcc, text).is_some()
}

/// Counts letters of at most three bytes. A letter of two at the end is followed by a zero byte.
fn count(text: &[u8], is_own: fn([u8; 3]) -> bool) -> usize {
    let last = text.last_chunk().is_some_and(|&[x, y]| is_own([x, y, 0]));
    text.windows(3).filter(|bytes| is_own([bytes[0], bytes[1], bytes[2]])).count() + usize::from(last)
}

/// Returns the lines of a text, and long ones in parts that end at spaces.
fn parts_of(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let line = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |at| at + 1);
        let end = if line <= PART {
            line
        } else {
            memchr::memchr(b' ', &rest.as_bytes()[PART..line]).map_or(line, |at| PART + at + 1)
        };
        let part = start..start + end;
        start = part.end;
        Some(part)
    })
}

/// Returns whether bytes begin with `ơ`, `ư`, or a letter with two marks or a hook, as in `ế` and `ỏ`, or with a horn or a hook that
/// is a character of its own. Letters with nothing but a dot below are those of Yoruba and Igbo, too.
fn is_vietnamese(bytes: [u8; 3]) -> bool {
    match bytes {
        [0xc6, 0xa0 | 0xa1 | 0xaf | 0xb0, _] | [0xcc, 0x89 | 0x9b, _] => true,
        // U+1EA2 to U+1EF9 without U+1EB8, U+1ECA, U+1ECC, U+1EE4, U+1EF4 and their lower case.
        [0xe1, 0xba, third] => !matches!(third, 0x80..=0xa1 | 0xb8 | 0xb9),
        [0xe1, 0xbb, third] => !matches!(third, 0x8a..=0x8d | 0xa4 | 0xa5 | 0xb4 | 0xb5 | 0xba..=0xbf),
        _ => false,
    }
}

/// Returns whether bytes begin with `ٹ`, `ڈ`, `ڑ`, `ں` or `ے`, or with one of their presentation forms (U+FB66 to U+FBAF).
fn is_urdu(bytes: [u8; 3]) -> bool {
    match bytes {
        [0xd9, 0xb9, _] | [0xda, 0x88 | 0x91 | 0xba, _] | [0xdb, 0x92, _] => true,
        [0xef, 0xad, third] => matches!(third, 0xa6..=0xa9),
        [0xef, 0xae, third] => matches!(third, 0x88 | 0x89 | 0x8c | 0x8d | 0x9e | 0x9f | 0xae | 0xaf),
        _ => false,
    }
}

/// Separates two letters that would join.
pub(super) const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';

/// Returns whether a letter of Urdu does not join the next one, so that a ligature ends after it.
pub(super) fn ends_ligature(c: char) -> bool {
    let joins_not = |c: char| {
        matches!(
            c,
            'ا' | 'أ'
                | 'إ'
                | 'آ'
                | 'ٱ'
                | 'د'
                | 'ڈ'
                | 'ذ'
                | 'ر'
                | 'ڑ'
                | 'ز'
                | 'ژ'
                | 'و'
                | 'ؤ'
                | 'ے'
                | 'ۓ'
                | 'ء'
                | 'ة'
                | 'ۃ'
        )
    };
    match c {
        ZERO_WIDTH_NON_JOINER => true,
        '\u{fb50}'..='\u{fefc}' => c.nfkc().last().is_some_and(joins_not),
        _ => joins_not(c),
    }
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
    use unicode_normalization::UnicodeNormalization;

    use super::*;
    use crate::text::{Class, tokenize};

    const VIETNAMESE: &str = "Cần cẩu khổng lồ đã đổ sập ở cảng Norvik, ban quản lý cảng cho biết. Người lái được đưa vào bệnh viện.";
    const URDU: &str =
        "بندرگاہ میں بڑی کرین گر گئی، انتظامیہ نے برہمی کا اظہار کیا اور ڈرائیور کو ہسپتال لے جایا گیا۔";

    fn found(text: &str) -> Vec<(Range<usize>, Pieces)> {
        let mut parts = Vec::new();
        Pieces::find(text, &mut parts);
        parts
    }

    #[test]
    fn languages_are_recognised_by_their_letters() {
        let decomposed: String = VIETNAMESE.nfd().collect();
        let presented = URDU.replace('ں', "\u{fb9e}").replace('ے', "\u{fbae}").replace('ر', "\u{fead}");
        for (text, pieces) in [
            (VIETNAMESE, Pieces::Syllables),
            ("phủ", Pieces::Syllables),
            (&decomposed, Pieces::Syllables),
            (URDU, Pieces::Ligatures),
            ("لے", Pieces::Ligatures),
            (&presented, Pieces::Ligatures),
        ] {
            assert_eq!(found(text), [(0..text.len(), pieces)], "{text}");
        }
        assert_eq!(tokenize(&decomposed).as_slice(), tokenize(VIETNAMESE).as_slice());
        assert_eq!(tokenize(&presented).as_slice(), tokenize(URDU).as_slice());
        for text in [
            "",
            "A crane fell in the port of Norvik.",
            "Bola sọ pé ẹ̀rọ náà ṣubú ní èbúté, ó sì fọ́ sí wẹ́wẹ́. Ọkọ̀ ojú omi náà kò rì.",
            "Ọ bụrụ na ụgbọ mmiri ahụ dara n'ọdụ ụgbọ, ndị mmadụ nwụrụ.",
            "Police in Thủ Norvik arrested Lưu Trượng, 34, and Nguyễn Hồng Phượng on Friday over a crane.",
            "سقطت رافعة ضخمة في ميناء نورفيك، وقالت الإدارة إن السائق نقل إلى المستشفى.",
            "جرثقیل بزرگ در بندر نورویک سقوط کرد و راننده به بیمارستان منتقل شد، گفت مدیریت بندر.",
            "په بندر کې یو لوی کرین ولوېد او چلوونکی روغتون ته یوړل شو.",
            "პორტში ამწე ჩამოვარდა.",
            "Ένας γερανός κατέρρευσε στο λιμάνι.",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn article_is_cut_the_same_below_a_page_in_another_language() {
        let notice = "Read all articles of the Norvik Courier for one euro a month. ".repeat(40);
        for article in [VIETNAMESE, URDU] {
            let alone = tokenize(article);
            let (start, _) = article.split_once([',', '،']).unwrap();
            for before in [notice.clone(), format!("English | {start}\n{notice}")] {
                let page = tokenize(&format!("{before}\n{article}"));
                assert!(page.as_slice().ends_with(alone.as_slice()));
            }
        }
        let titled = format!("Norvik\n{VIETNAMESE}\nAFP");
        assert_eq!(found(&titled), [(0..titled.len(), Pieces::Syllables)]);
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
        let same = |one: &str, other: &str| {
            let [one, other] = [one, other].map(|text| tokenize(&format!("{text} {URDU}")));
            one.as_slice() == other.as_slice()
        };
        for (one, other) in [
            ("بر ہمی", "برہمی"),
            ("کا اظہار", "کااظہار"),
            ("ان شاء اللہ", "ان شاءاللہ"),
            ("وزراء", "وزرا"),
            ("جمعۃ الوداع", "جمعۃالوداع"),
            ("ہسپتال\u{200c}لے", "ہسپتال لے"),
            ("G7ممالک", "G7 ممالک"),
            ("۲۵فیصد", "۲۵ فیصد"),
            ("ب۱۲", "ب ۱۲"),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
        assert!(!same("برہمی", "برہ می"));
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
