//! Determines the language of a document: the declared one, else a guess from the start of the text.
//!
//! Counting function words identifies the language of most news in one or two microseconds. If it fails, whatlang compares
//! trigrams, which takes fifty times as long even for [`TRIGRAMS`] bytes; on whole texts it would be the most expensive step
//! of reading. The language labels reports and selects stop lists. It never excludes a pair from comparison.

use std::sync::LazyLock;

use whatlang::{Lang, Script};

/// Bytes of text in which function words are first counted.
const SAMPLE: usize = 400;
/// Bytes of text whose trigrams are compared. Longer samples cost more and rarely change the result.
const TRIGRAMS: usize = 240;
/// Bytes of text in which function words are counted if [`SAMPLE`] bytes hold too few.
const LONG_SAMPLE: usize = 1600;

/// Two-letter codes of ISO 639-1 and their ISO 639-3 codes, individual languages for macrolanguages where whatlang
/// has them, so that a declared and a guessed language compare equal.
const CODES: &[(&str, &str)] = &[
    ("af", "afr"),
    ("am", "amh"),
    ("ar", "ara"),
    ("az", "aze"),
    ("be", "bel"),
    ("bg", "bul"),
    ("bn", "ben"),
    ("bs", "bos"),
    ("ca", "cat"),
    ("cs", "ces"),
    ("cy", "cym"),
    ("da", "dan"),
    ("de", "deu"),
    ("el", "ell"),
    ("en", "eng"),
    ("eo", "epo"),
    ("es", "spa"),
    ("et", "est"),
    ("eu", "eus"),
    ("fa", "pes"),
    ("fi", "fin"),
    ("fr", "fra"),
    ("ga", "gle"),
    ("gl", "glg"),
    ("gu", "guj"),
    ("ha", "hau"),
    ("he", "heb"),
    ("iw", "heb"),
    ("hi", "hin"),
    ("hr", "hrv"),
    ("hu", "hun"),
    ("hy", "hye"),
    ("id", "ind"),
    ("is", "isl"),
    ("it", "ita"),
    ("ja", "jpn"),
    ("ka", "kat"),
    ("kk", "kaz"),
    ("km", "khm"),
    ("kn", "kan"),
    ("ko", "kor"),
    ("ky", "kir"),
    ("la", "lat"),
    ("lo", "lao"),
    ("lt", "lit"),
    ("lv", "lav"),
    ("mk", "mkd"),
    ("ml", "mal"),
    ("mn", "mon"),
    ("mr", "mar"),
    ("ms", "msa"),
    ("mt", "mlt"),
    ("my", "mya"),
    ("nb", "nob"),
    ("no", "nob"),
    ("ne", "nep"),
    ("nl", "nld"),
    ("nn", "nno"),
    ("pa", "pan"),
    ("pl", "pol"),
    ("ps", "pus"),
    ("pt", "por"),
    ("ro", "ron"),
    ("ru", "rus"),
    ("si", "sin"),
    ("sk", "slk"),
    ("sl", "slv"),
    ("so", "som"),
    ("sq", "sqi"),
    ("sr", "srp"),
    ("sv", "swe"),
    ("sw", "swa"),
    ("ta", "tam"),
    ("te", "tel"),
    ("tg", "tgk"),
    ("th", "tha"),
    ("tk", "tuk"),
    ("tl", "tgl"),
    ("tr", "tur"),
    ("uk", "ukr"),
    ("ur", "urd"),
    ("uz", "uzb"),
    ("vi", "vie"),
    ("zh", "cmn"),
    ("zu", "zul"),
];

/// `de`, `de-AT` or `deu` as `deu`. A tag that is not known is kept where it may be a code, else dropped.
pub(super) fn of_tag(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    if let Some((_, code)) = CODES.iter().find(|(short, _)| *short == primary) {
        return Some((*code).to_owned());
    }
    // Macrolanguage codes that whatlang names by their main language.
    let code = match primary.as_str() {
        "zho" | "chi" => "cmn",
        "fas" | "per" => "pes",
        "nor" => "nob",
        other => other,
    };
    ((2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase())).then(|| code.to_owned())
}

/// Guesses the language of a text from its start. Returns an ISO 639-3 code, or `None` if the guess is unreliable.
pub(super) fn of_text(text: &str) -> Option<String> {
    let text = text.trim_start();
    if let Some(code) = by_function_words(text) {
        return Some(code.to_owned());
    }
    let info = whatlang::detect(beginning(text, TRIGRAMS))?;
    // For a script used by one language the script itself is sufficient evidence.
    let sure =
        info.is_reliable() || matches!(info.script(), Script::Hangul | Script::Thai | Script::Mandarin);
    (sure && info.lang() != Lang::Epo).then(|| info.lang().code().to_owned())
}

/// Returns the start of a text: at most `bytes` bytes, ending at a character boundary.
pub(super) fn beginning(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

/// Frequent words that near relatives do not share (Galician has no `uma`, Afrikaans no `een`, Catalan no `y`).
const FUNCTION_WORDS: [(&str, &[&str]); 12] = [
    (
        "eng",
        &["the", "of", "and", "to", "is", "was", "that", "with", "said", "by", "has", "from", "it", "which"],
    ),
    (
        "deu",
        &[
            "der", "die", "und", "das", "ist", "nicht", "mit", "dem", "ein", "eine", "auf", "für", "sich",
            "wurde",
        ],
    ),
    (
        "fra",
        &["les", "des", "est", "dans", "une", "pour", "qui", "sur", "du", "au", "été", "pas", "par", "et"],
    ),
    (
        "spa",
        &["el", "los", "las", "por", "con", "para", "y", "como", "pero", "más", "su", "ha", "fue", "este"],
    ),
    (
        "por",
        &["uma", "um", "não", "em", "pelo", "pela", "são", "foi", "mais", "também", "os", "as", "dos", "ao"],
    ),
    (
        "ita",
        &["il", "di", "che", "della", "per", "sono", "nel", "gli", "dei", "alla", "è", "anche", "più", "dal"],
    ),
    (
        "nld",
        &[
            "het", "een", "van", "zijn", "voor", "niet", "dat", "aan", "ook", "werd", "wordt", "bij", "naar",
            "is",
        ],
    ),
    ("swe", &["och", "att", "är", "inte", "från", "även", "också", "säger", "någon", "där", "när", "över"]),
    ("pol", &["się", "nie", "jest", "że", "przez", "oraz", "który", "która", "które", "jego", "dla", "są"]),
    ("tur", &["ve", "için", "ile", "olarak", "çok", "gibi", "ancak", "değil", "kadar", "göre", "ise", "bir"]),
    ("ron", &["și", "în", "să", "pentru", "care", "din", "mai", "sunt", "după", "fost", "cele", "acest"]),
    ("hun", &["és", "hogy", "nem", "egy", "az", "volt", "meg", "szerint", "csak", "már", "mint", "után"]),
];

/// Longest function word, in bytes: a word fits a `u64`.
const WORD_BYTES: usize = 8;
/// Places of the table of function words, a power of two and sparse.
const PLACES: usize = 512;

/// A function word as a number, its language, and which of the language's words it is. Several languages may have it.
#[derive(Clone, Copy, Default)]
struct Entry {
    word: u64,
    language: u8,
    kind: u8,
}

static TABLE: LazyLock<[Entry; PLACES]> = LazyLock::new(|| {
    let mut table = [Entry::default(); PLACES];
    for (language, (_, words)) in (0..).zip(FUNCTION_WORDS) {
        for (kind, word) in (0..).zip(words) {
            let word = packed(word.as_bytes());
            let mut at = place(word);
            while table[at].word != 0 {
                at = (at + 1) % PLACES;
            }
            table[at] = Entry { word, language, kind };
        }
    }
    table
});

/// The bytes of a word of at most [`WORD_BYTES`] as a number; 0 for none.
fn packed(word: &[u8]) -> u64 {
    let mut bytes = [0; WORD_BYTES];
    bytes[..word.len()].copy_from_slice(word);
    u64::from_le_bytes(bytes)
}

fn place(word: u64) -> usize {
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 55) as usize % PLACES
}

/// Function words found in a text.
#[derive(Default)]
struct Counts {
    /// Number of hits by language.
    hits: [u32; FUNCTION_WORDS.len()],
    /// The distinct words found, one bit each, by language.
    kinds: [u32; FUNCTION_WORDS.len()],
}

impl Counts {
    fn add(&mut self, text: &str) {
        let mut rest = text.as_bytes();
        while let Some(start) = rest.iter().position(|&byte| is_of_word(byte)) {
            let length = rest[start..].iter().take_while(|&&byte| is_of_word(byte)).count();
            let (bytes, after) = rest[start..].split_at(length);
            rest = after;
            if bytes.is_ascii() {
                self.add_word(bytes);
            } else if let Ok(text) = std::str::from_utf8(bytes) {
                // Removes non-ASCII quotes and dashes around words.
                text.split(|c: char| !c.is_alphabetic()).for_each(|word| self.add_word(word.as_bytes()));
            }
        }
    }

    fn add_word(&mut self, word: &[u8]) {
        if !(1..=WORD_BYTES).contains(&word.len()) {
            return;
        }
        let word = packed(word);
        let table = &*TABLE;
        let mut at = place(word);
        while table[at].word != 0 {
            let Entry { word: known, language, kind } = table[at];
            if known == word {
                self.hits[usize::from(language)] += 1;
                self.kinds[usize::from(language)] |= 1 << kind;
            }
            at = (at + 1) % PLACES;
        }
    }

    /// Returns the language with the most hits, if they are many, varied and at least three times those of any other language.
    fn clear(&self) -> Option<&'static str> {
        let (best, &most) = self.hits.iter().enumerate().max_by_key(|&(_, hits)| hits)?;
        let others = self.hits.iter().enumerate().filter(|&(language, _)| language != best);
        let second = others.map(|(_, &hits)| hits).max()?;
        let clear = most >= 8 && most >= 3 * second && self.kinds[best].count_ones() >= 4;
        clear.then_some(FUNCTION_WORDS[best].0)
    }
}

/// Returns whether a byte is an ASCII letter or part of a non-ASCII character.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

/// Identifies the language by function words in a short sample of `text`, or in a longer one if those are too few.
fn by_function_words(text: &str) -> Option<&'static str> {
    let mut counts = Counts::default();
    let short = beginning(text, SAMPLE);
    counts.add(short);
    counts.clear().or_else(|| {
        counts.add(&beginning(text, LONG_SAMPLE)[short.len()..]);
        counts.clear()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_tags_become_three_letter_codes() {
        assert_eq!(of_tag("en").as_deref(), Some("eng"));
        assert_eq!(of_tag("pt-BR").as_deref(), Some("por"));
        assert_eq!(of_tag("zh_Hant_TW").as_deref(), Some("cmn"));
        assert_eq!(of_tag("DEU").as_deref(), Some("deu"));
        assert_eq!(of_tag("zho").as_deref(), Some("cmn"));
        assert_eq!(of_tag("english"), None);
        assert_eq!(of_tag(""), None);
    }

    #[test]
    fn language_is_guessed_only_from_sufficient_text() {
        let guess = |text: &str| of_text(text);
        assert_eq!(guess("The harbour authority said on Monday that the ferry would sail again once the storm had passed and the crew was rested.").as_deref(), Some("eng"));
        assert_eq!(guess("Die Hafenbehörde teilte am Montag mit, dass die Fähre wieder fahren werde, sobald der Sturm vorüber sei.").as_deref(), Some("deu"));
        assert_eq!(guess("港务局周一表示，风暴过后渡轮将恢复航行。").as_deref(), Some("cmn"));
        assert_eq!(
            guess("항만청은 월요일 폭풍이 지나가면 여객선이 다시 운항할 것이라고 밝혔다.").as_deref(),
            Some("kor")
        );
        assert_eq!(guess("12 34"), None);
    }

    #[test]
    fn function_words_agree_with_trigrams() {
        for (code, text) in [
            (
                "eng",
                "The ferry of the harbour was said to have been with the crew and it has sailed from the quay that was built by the town.",
            ),
            (
                "deu",
                "Die Fähre ist mit dem Schiff und der Besatzung auf eine Insel gefahren, das wurde nicht für möglich gehalten, und ein Lotse hat sich gemeldet.",
            ),
            (
                "fra",
                "Les équipages des bateaux ont été dans une tempête pour la nuit, et le port qui est sur la côte du nord a été fermé par les autorités, et pas au sud.",
            ),
            (
                "swe",
                "Färjan är försenad och hamnen säger att den inte går från ön, även om stormen är över och lotsen är där, när och om någon åker är oklart.",
            ),
            (
                "pol",
                "Prom jest opóźniony, który nie wypłynął przez sztorm, oraz kapitan mówi, że są obawy i że nie jest jasne, które dla wyspy jest ważne, a jego załoga się boi.",
            ),
            (
                "tur",
                "Feribot fırtına için ve liman ile ada için çok geç kaldı, ancak kaptan bir gün kadar gibi olarak değil, göre ise bir hata ve bir arıza.",
            ),
            (
                "ron",
                "Feribotul care a fost în port și după furtună nu pleacă, pentru ca să fie sunt mai multe cauze din zonă, iar în larg și pentru insulă e mai greu după noapte.",
            ),
            (
                "hun",
                "A komp már nem indul, és az a kikötő szerint volt, hogy egy vihar után csak később, mint az gondolta, és nem egy hajó az, hogy meg ne várja.",
            ),
        ] {
            assert_eq!(by_function_words(text), Some(code));
            assert_eq!(whatlang::detect(text).map(|info| info.lang().code()), Some(code));
        }
        // Close relatives share function words: Danish with English and Swedish, Catalan with Spanish, Slovak with Polish, Azerbaijani with Turkish.
        for text in [
            "Færgen for øen er blevet forsinket, at det var for stormen, og den har for lidt at sejle for.",
            "El port de la ciutat ha dit que el vaixell sortirà per la tarda amb els passatgers i el correu.",
            "Prístav nie je otvorený pre lode, ale kapitán povedal, že na druhý deň sa nič nestane a nie sú obavy.",
            "Liman bir gün sonra açılacaq və gəmi çox adam ilə yola düşəcək, kapitan dedi ki, bir daha gözləmək lazım deyil.",
        ] {
            assert_eq!(by_function_words(text), None, "{text}");
        }
    }
}
