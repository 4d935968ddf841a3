//! Determines the language of a document: the declared one, else a guess from the start of the text.
//!
//! Why this is hand-made: counting function words identifies the language of most news in one or two microseconds. If it fails,
//! whatlang compares trigrams, which takes fifty times as long even for [`TRIGRAMS`] bytes; on whole texts it would be the most
//! expensive step of reading. The language labels reports and selects stop lists. It never excludes a pair from comparison.

use std::cell::OnceCell;
use std::sync::LazyLock;

use isolang::Language;
use whatlang::{Lang, Script};

use wirecopy_core::hash::ByHash;
use wirecopy_core::word_table;

/// Bytes of text in which function words are first counted.
const FIRST: usize = 400;
/// Bytes of text in which they are counted in addition, as long as there are too few.
const MORE: usize = 200;
/// Bytes of text whose trigrams are compared. Longer samples cost more and rarely change the result.
const TRIGRAMS: usize = 240;
/// Bytes of text in which function words are counted at most.
const SAMPLE: usize = 1600;

/// Converts a tag such as `de`, `de-AT` or `deu` to an ISO 639-3 code. Unknown tags of two or three letters are kept, others
/// dropped, and so are those that name no language.
pub(super) fn of_tag(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    // Maps the codes of one language to a single one, that of whatlang if it knows the language, so that declared and guessed
    // languages compare equal.
    let code = match primary.as_str() {
        // Undetermined, several, none, and one without a code.
        "und" | "mul" | "zxx" | "mis" => return None,
        "arb" => "ara",
        "fil" => "tgl",
        "zh" | "zho" | "chi" => "cmn",
        "fa" | "fas" | "per" => "pes",
        "no" | "nor" => "nob",
        // The codes of Hebrew, Indonesian and Yiddish until 1989.
        "iw" => "heb",
        "in" => "ind",
        "ji" => "yid",
        // Bibliographic codes of ISO 639-2.
        "ger" => "deu",
        "fre" => "fra",
        "dut" => "nld",
        "gre" => "ell",
        "cze" => "ces",
        "slo" => "slk",
        "rum" => "ron",
        "ice" => "isl",
        "mac" => "mkd",
        "may" | "zsm" => "msa",
        other => Language::from_639_1(other).map_or(other, |language| language.to_639_3()),
    };
    ((2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase())).then(|| code.to_owned())
}

/// A text, with its language guessed on first use.
pub(super) struct Guessed<'t> {
    pub text: &'t str,
    code: OnceCell<Option<String>>,
}

impl<'t> Guessed<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, code: OnceCell::new() }
    }

    /// Returns the code of the language as [`of_text`] does.
    pub(super) fn language(&self) -> Option<&str> {
        self.code.get_or_init(|| of_text(self.text)).as_deref()
    }
}

/// Guesses the language of a text from its start. Returns an ISO 639-3 code, or `None` if the guess is unreliable.
fn of_text(text: &str) -> Option<String> {
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

/// Languages with function words.
const LANGUAGES: usize = 12;

/// Longest function word, in bytes: a word fits a `u64`.
const WORD_BYTES: usize = 8;
/// The languages of a function word by index, each with a bit that identifies the word within the language.
type Uses = Vec<(usize, u32)>;

struct Table {
    codes: [&'static str; LANGUAGES],
    words: ByHash<u64, Uses>,
    /// The lowest bits of the hashes of the words, which most other words do not share.
    lowest: Box<[bool; 1 << LOWEST]>,
}

/// Number of these bits.
const LOWEST: u32 = 11;

impl Table {
    /// Returns the languages of a word, given as [`eight`] bytes.
    fn uses(&self, word: u64) -> &[(usize, u32)] {
        let hash = wirecopy_core::text::mix(word);
        if !self.lowest[lowest(hash)] {
            return &[];
        }
        self.words.get(&hash).map_or(&[], Vec::as_slice)
    }
}

fn lowest(hash: u64) -> usize {
    hash as usize % (1 << LOWEST)
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| word_table::shipped(read(include_str!("../data/function_words.tsv"))));

fn read(table: &'static str) -> Result<Table, String> {
    let mut words: ByHash<u64, Uses> = ByHash::default();
    let mut codes = Vec::new();
    for (language, mut cells) in word_table::rows(table).enumerate() {
        codes.extend(cells.next());
        for (kind, word) in (0..).zip(cells) {
            let key = eight(word.as_bytes()).filter(|_| kind < u32::BITS).ok_or_else(|| {
                format!("`{word}` is empty, longer than {WORD_BYTES} bytes, or the 33rd word of its language")
            })?;
            words.entry(wirecopy_core::text::mix(key)).or_default().push((language, 1 << kind));
        }
    }
    let mut lowest_of_words = Box::new([false; 1 << LOWEST]);
    words.keys().for_each(|&hash| lowest_of_words[lowest(hash)] = true);
    let codes =
        codes.try_into().map_err(|codes: Vec<_>| format!("{} languages, not {LANGUAGES}", codes.len()))?;
    Ok(Table { codes, words, lowest: lowest_of_words })
}

/// Returns the bytes of a word as a number, the first one lowest; `None` if there are none, or more than [`WORD_BYTES`].
fn eight(word: &[u8]) -> Option<u64> {
    let mut bytes = [0; WORD_BYTES];
    bytes.get_mut(..word.len()).filter(|bytes| !bytes.is_empty())?.copy_from_slice(word);
    Some(u64::from_le_bytes(bytes))
}

/// Returns the eight bytes from `at` on, the first one lowest, with zeros after the end of the text.
fn next_eight(bytes: &[u8], at: usize) -> u64 {
    match bytes[at..].first_chunk() {
        Some(&next) => u64::from_le_bytes(next),
        None => eight(&bytes[at..]).unwrap_or_default(),
    }
}

/// Returns how many of eight bytes are letters before the first that is not one. Bytes beyond ASCII count as letters.
fn letters(eight: u64) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let lower = (eight & (EACH * 0x7f)) | (EACH * 0x20);
    // The upper bit of a byte shows the result of each comparison. No sum exceeds a byte.
    let from_a = lower + EACH * u64::from(0x80 - b'a');
    let beyond_z = lower + EACH * u64::from(0x80 - b'z' - 1);
    let is_letter = (from_a & !beyond_z | eight) & EACH << 7;
    ((is_letter ^ EACH << 7).trailing_zeros() / u8::BITS) as usize
}

/// Returns where the word ends that goes on at `at` or ends there.
fn word_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        let more = letters(next_eight(bytes, at));
        at += more;
        if more < WORD_BYTES {
            break;
        }
    }
    at
}

/// Function words found in a text.
#[derive(Default)]
struct Counts {
    /// Number of hits by language.
    hits: [u32; LANGUAGES],
    /// The distinct words found, one bit each, by language.
    kinds: [u32; LANGUAGES],
}

impl Counts {
    fn add(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let next = next_eight(bytes, at);
            let length = letters(next);
            if length == 0 {
                at += 1;
                continue;
            }
            let is_longer = length == WORD_BYTES;
            let end = if is_longer { word_end(bytes, at + length) } else { at + length };
            // The bytes behind the word are cleared.
            let unused = 8 * (WORD_BYTES - length) as u32;
            let word = next << unused >> unused;
            if !bytes[at..end].is_ascii() {
                self.add_around_signs(&text[at..end]);
            } else if end == at + length {
                self.add_word(word);
            }
            // No word begins with the byte that ends one.
            at = end + 1;
        }
    }

    /// Counts a word with non-ASCII letters, or several words with non-ASCII quotes and dashes around them.
    fn add_around_signs(&mut self, text: &str) {
        let words = text.split(|c: char| !c.is_alphabetic()).map(str::as_bytes);
        words.filter_map(eight).for_each(|word| self.add_word(word));
    }

    /// Counts a word, given as [`eight`] bytes.
    fn add_word(&mut self, word: u64) {
        for &(language, kind) in TABLE.uses(word) {
            self.hits[language] += 1;
            self.kinds[language] |= kind;
        }
    }

    /// Returns the language with the most hits, if they are many, varied and at least three times those of any other language.
    fn clear(&self) -> Option<&'static str> {
        let (best, &most) = self.hits.iter().enumerate().max_by_key(|&(_, hits)| hits)?;
        let others = self.hits.iter().enumerate().filter(|&(language, _)| language != best);
        let second = others.map(|(_, &hits)| hits).max()?;
        let clear = most >= 8 && most >= 3 * second && self.kinds[best].count_ones() >= 4;
        clear.then_some(TABLE.codes[best])
    }
}

/// Identifies the language by the function words at the start of `text`, in as few parts of it as are needed.
fn by_function_words(text: &str) -> Option<&'static str> {
    let mut counts = Counts::default();
    let mut rest = beginning(text, SAMPLE);
    let mut bytes = FIRST;
    while !rest.is_empty() {
        let end = beginning(rest, bytes).len();
        // No word is cut in two.
        let end = rest[end..].find(char::is_whitespace).map_or(rest.len(), |more| end + more);
        let (part, after) = rest.split_at(end);
        counts.add(part);
        if let Some(code) = counts.clear() {
            return Some(code);
        }
        (rest, bytes) = (after, MORE);
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn language_tags_become_three_letter_codes() {
        assert_eq!(of_tag("en").as_deref(), Some("eng"));
        assert_eq!(of_tag("pt-BR").as_deref(), Some("por"));
        assert_eq!(of_tag("zh_Hant_TW").as_deref(), Some("cmn"));
        assert_eq!(of_tag("DEU").as_deref(), Some("deu"));
        assert_eq!(of_tag("zho").as_deref(), Some("cmn"));
        assert_eq!(of_tag("jv").as_deref(), Some("jav"));
        assert_eq!(of_tag("iw").as_deref(), Some("heb"));
        assert_eq!(of_tag("in-ID").as_deref(), Some("ind"));
        assert_eq!(of_tag("fil").as_deref(), Some("tgl"));
        assert_eq!(of_tag("arb").as_deref(), Some("ara"));
        assert_eq!(of_tag("ger").as_deref(), Some("deu"));
        assert!(["und", "mul", "zxx", "mis", "und-Latn"].iter().all(|tag| of_tag(tag).is_none()));
        assert_eq!(of_tag("english"), None);
        assert_eq!(of_tag(""), None);
    }

    #[test]
    fn declared_and_guessed_languages_compare_equal() {
        for language in Lang::all() {
            let short = Language::from_639_3(language.code()).and_then(|language| language.to_639_1());
            assert!(
                short.is_none_or(|short| of_tag(short).as_deref() == Some(language.code())),
                "{language:?}"
            );
        }
        for (tag, code) in [("zh", "cmn"), ("fa", "pes"), ("no", "nob")] {
            assert!(Lang::from_code(code).is_some() && of_tag(tag).as_deref() == Some(code));
        }
    }

    /// Returns the rows of the table: each language by its index, with its words.
    fn function_words() -> impl Iterator<Item = (usize, &'static str)> {
        let rows = word_table::rows(include_str!("../data/function_words.tsv"));
        rows.enumerate().flat_map(|(language, cells)| cells.skip(1).map(move |word| (language, word)))
    }

    /// Counts words that are cut byte by byte.
    fn counted_bytewise(text: &str) -> Counts {
        let mut counts = Counts::default();
        for word in text.split(|c: char| c.is_ascii() && !c.is_ascii_alphabetic()) {
            if word.is_ascii() {
                eight(word.as_bytes()).into_iter().for_each(|word| counts.add_word(word));
            } else {
                counts.add_around_signs(word);
            }
        }
        counts
    }

    fn any_words() -> impl Strategy<Value = String> {
        let known: Vec<&str> = function_words().map(|(_, word)| word).collect();
        let word = prop_oneof![
            3 => prop::sample::select(known).prop_map(str::to_owned),
            1 => "[a-z]{1,18}",
        ];
        let words = prop::collection::vec((word, "[ .]|[@`{\\[–“é’]{0,2}"), 0..20);
        words.prop_map(|words| words.into_iter().map(|(word, sign)| word + &sign).collect())
    }

    #[test]
    fn every_word_of_the_table_is_looked_up() {
        assert!(function_words().count() > 10 * LANGUAGES);
        for (language, word) in function_words() {
            let uses = TABLE.uses(eight(word.as_bytes()).unwrap());
            assert!(uses.iter().any(|&(own, _)| own == language), "{word}");
        }
    }

    proptest! {
        #[test]
        fn words_are_counted_as_by_a_bytewise_search(text in any_words()) {
            let mut counts = Counts::default();
            counts.add(&text);
            let expected = counted_bytewise(&text);
            prop_assert_eq!((counts.hits, counts.kinds), (expected.hits, expected.kinds));
        }

        #[test]
        fn words_are_found_as_by_a_bytewise_search(text in "([a-zA-Z]{0,10}[ -~é–]{0,2}){0,12}|([a-c@`{\\[]{7,10} ?){0,3}") {
            let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
            let bytes = text.as_bytes();
            for at in 0..bytes.len() {
                let length = bytes[at..].iter().take_while(|byte| is_letter(byte)).count();
                prop_assert_eq!(letters(next_eight(bytes, at)), length.min(WORD_BYTES));
                prop_assert_eq!(word_end(bytes, at), at + length);
            }
        }
    }

    #[test]
    fn malformed_table_is_an_error() {
        let rows = "eng\tthe\n".repeat(LANGUAGES);
        assert!(read(Box::leak(rows.clone().into())).is_ok());
        for broken in [
            "eng\tof".to_owned(),
            rows.clone() + "deu\tund",
            rows.replace("the", "notwithstanding"),
            rows.replace("the", ""),
        ] {
            assert!(read(Box::leak(broken.clone().into())).is_err(), "{broken}");
        }
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
