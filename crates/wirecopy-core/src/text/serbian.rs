//! Compares Serbian texts in Cyrillic as the same texts in Latin script, because Serbian uses both alphabets.
//!
//! Serbian is recognised by its letters, since the tokens of a text must not depend on the language that its
//! record or page declares. Texts in other languages written in Cyrillic are not changed.
//!
//! Why this is hand-made: the letters are a table of thirty; most of the module distinguishes Serbian from other languages.

/// Bytes of a text that are examined, from its first letter with the byte [`LEAD`].
const SAMPLE: usize = 2000;
/// First byte of the Cyrillic letters that Russian lacks and of some that it has.
const LEAD: u8 = 0xd1;

/// Number of Cyrillic letters in a sample, by the alphabets that have them.
#[derive(Debug, Default)]
struct Letters {
    all: usize,
    /// The letters `ћ` and `ђ`.
    serbian: usize,
    /// The letters `ј`, `љ`, `њ` and `џ`, which Macedonian has too.
    shared: usize,
    /// The letters `ѓ`, `ќ` and `ѕ`.
    macedonian: usize,
    /// Letters of other languages, such as `щ`, `ы` and `ї`.
    other: usize,
}

impl Letters {
    fn of(sample: &[u8]) -> Self {
        let mut letters = Self::default();
        for pair in sample.windows(2) {
            let count = match (pair[0], pair[1]) {
                (0xd1, 0x92 | 0x9b) | (0xd0, 0x82 | 0x8b) => &mut letters.serbian,
                (0xd1, 0x98..=0x9a | 0x9f) | (0xd0, 0x88..=0x8a | 0x8f) => &mut letters.shared,
                (0xd1, 0x93 | 0x95 | 0x9c) | (0xd0, 0x83 | 0x85 | 0x8c) => &mut letters.macedonian,
                (0xd1, 0x89..=0x8f | 0x91 | 0x94 | 0x96 | 0x97 | 0x9e)
                | (0xd0, 0x81 | 0x84 | 0x86 | 0x87 | 0x8e | 0x99 | 0xa9..=0xaf | 0xb9) => &mut letters.other,
                (0xd0 | 0xd1, _) => {
                    letters.all += 1;
                    continue;
                }
                _ => continue,
            };
            *count += 1;
            letters.all += 1;
        }
        letters
    }
}

/// Returns whether a text is Serbian in Cyrillic. For ASCII this is a scan for one byte.
pub(super) fn is_cyrillic(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(start) = memchr::memchr(LEAD, bytes) else { return false };
    // Includes the letters before it in the same word.
    let start = start.saturating_sub(64);
    let sample = &bytes[start..bytes.len().min(start + SAMPLE)];
    let letters = Letters::of(sample);
    let own = letters.serbian + letters.shared;
    if own * 50 < letters.all || letters.other * 50 > letters.all || own == 0 {
        return false;
    }
    if letters.serbian > 0 || letters.macedonian > 0 {
        return letters.serbian > letters.macedonian;
    }
    // A short text may have none of these letters; then function words decide.
    let has = |word: &str| memchr::memmem::find(sample, word.as_bytes()).is_some();
    (has(" је ") || has(" су ")) && !has(" во ")
}

/// Replaces the Cyrillic letters of a folded word with Latin ones.
pub(super) fn to_latin(word: &mut String) {
    if word.is_ascii() {
        return;
    }
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        match latin(c) {
            Some(letters) => out.push_str(letters),
            None => out.push(c),
        }
    }
    *word = out;
}

fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'ђ' => "đ",
        'е' => "e",
        'ж' => "ž",
        'з' => "z",
        'и' => "i",
        'ј' => "j",
        'к' => "k",
        'л' => "l",
        'љ' => "lj",
        'м' => "m",
        'н' => "n",
        'њ' => "nj",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'ћ' => "ć",
        'у' => "u",
        'ф' => "f",
        'х' => "h",
        'ц' => "c",
        'ч' => "č",
        'џ' => "dž",
        'ш' => "š",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::tokenize;

    const CYRILLIC: &str = "Џиновски багер срушио се у луци Норвик, саопштила је лучка управа. Његов возач, рођен у \
        Чачку, пребачен је у клинику; узрок ће бити познат у четвртак, кажу из фирме „Љубић“. ЊУЈОРК ЋУТИ.";
    const LATIN: &str = "Džinovski bager srušio se u luci Norvik, saopštila je lučka uprava. Njegov vozač, rođen u \
        Čačku, prebačen je u kliniku; uzrok će biti poznat u četvrtak, kažu iz firme „Ljubić“. NJUJORK ĆUTI.";

    #[test]
    fn text_in_both_alphabets_has_the_same_tokens() {
        assert_eq!(tokenize(CYRILLIC).as_slice(), tokenize(LATIN).as_slice());
        let short = ("Мост је затворен у уторак.", "Most je zatvoren u utorak.");
        assert_eq!(tokenize(short.0).as_slice(), tokenize(short.1).as_slice());
    }

    #[test]
    fn other_languages_are_not_changed() {
        for text in [
            "Кран опрокинулся в порту Норвик, сообщило портовое управление; его построили в 1994 году.",
            "Кран впав у порту Норвік, повідомило управління; його збудували в 1994 році. У є ї.",
            "Кранът падна на пристанището, съобщи управлението; никой не е пострадал.",
            "Кранот падна во пристаништето, соопшти управата; ќе се работи до среда, рече Ѓорѓи.",
            "Кранот падна во пристаништето на Норвик. Никој не е повреден, има само штета на љубовта.",
            "Кран упаў у порце, паведаміла ўпраўленне; яго пабудавалі ў 1994 годзе.",
            "Кран портта құлады, деп хабарлады басқарма; ол 1994 жылы салынған.",
            "Dizalica se srušila u luci, saopštila je uprava; uzrok će biti poznat.",
            "Ένας γερανός κατέρρευσε.",
            "Русский текст о группе «Ђорђе Балашевић», которую любят; ещё объём, мы были там.",
        ] {
            assert!(!is_cyrillic(text), "{text}");
        }
        assert!(is_cyrillic(CYRILLIC));
    }

    proptest! {
        #[test]
        fn any_text_is_accepted(text in "\\PC{0,40}", letters in "[а-яјљњћђџ ]{0,40}") {
            let _ = (is_cyrillic(&text), is_cyrillic(&letters));
            let mut word = letters.replace(' ', "");
            to_latin(&mut word);
        }
    }
}
