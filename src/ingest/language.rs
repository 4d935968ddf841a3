//! Which language a document is in: as it declares, else a guess from its beginning.
//!
//! A guess costs what whatlang costs for [`SAMPLE`] bytes; the whole text would make it the dearest step of the
//! read. It labels reports and picks stop lists, and is never a key on which pairs are refused.

use whatlang::{Lang, Script};

/// Bytes of text that the guess looks at. Longer samples cost more and hardly decide otherwise.
const SAMPLE: usize = 400;

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

/// The language of a text, when its beginning makes it reliable.
pub(super) fn of_text(text: &str) -> Option<String> {
    let text = text.trim_start();
    let end = (0..=SAMPLE.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    let sample = &text[..end.unwrap_or(0)];
    let info = whatlang::detect(sample)?;
    // Scripts of one language need no reliability: whatlang gives them 1 by itself, but for Han it may be Japanese.
    let sure =
        info.is_reliable() || matches!(info.script(), Script::Hangul | Script::Thai | Script::Mandarin);
    (sure && info.lang() != Lang::Epo).then(|| info.lang().code().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_three_letters() {
        assert_eq!(of_tag("en").as_deref(), Some("eng"));
        assert_eq!(of_tag("pt-BR").as_deref(), Some("por"));
        assert_eq!(of_tag("zh_Hant_TW").as_deref(), Some("cmn"));
        assert_eq!(of_tag("DEU").as_deref(), Some("deu"));
        assert_eq!(of_tag("zho").as_deref(), Some("cmn"));
        assert_eq!(of_tag("english"), None);
        assert_eq!(of_tag(""), None);
    }

    #[test]
    fn texts_are_recognised_or_left_alone() {
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
}
