//! The labels that Nexis and ProQuest put before parts of an article, and the names of languages, in the languages in which
//! users download: the words are in `labels.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use wirecopy_core::word_table::{self, Words};

/// What a label of Nexis stands before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Headline,
    Byline,
    Section,
    /// The number of words: the last label before the text, mostly.
    Length,
    Dateline,
    /// A summary that the paper printed.
    Deck,
    /// Something else before the text.
    Before,
    Body,
    Language,
    Url,
    /// Something after the text, and nowhere else.
    After,
    /// Something after the text, but the word may also begin a paragraph.
    MaybeAfter,
    /// The date of the last change, after the text. The word may also begin a paragraph.
    Update,
}

/// The labels, by the language-independent names of their kinds.
const TABLE: &str = include_str!("labels.tsv");

const KINDS: [(&str, Label); 13] = [
    ("nexis headline", Label::Headline),
    ("nexis byline", Label::Byline),
    ("nexis section", Label::Section),
    ("nexis length", Label::Length),
    ("nexis dateline", Label::Dateline),
    ("nexis deck", Label::Deck),
    ("nexis before", Label::Before),
    ("nexis body", Label::Body),
    ("nexis language", Label::Language),
    ("nexis url", Label::Url),
    ("nexis after", Label::After),
    ("nexis maybe after", Label::MaybeAfter),
    ("nexis update", Label::Update),
];

static LABELS: LazyLock<HashMap<&str, Label>> = LazyLock::new(|| by_word(&KINDS));
static BODY_HEADINGS: Words = LazyLock::new(|| words("nexis heading"));
static AFTER_HEADINGS: Words = LazyLock::new(|| words("nexis below"));
static END: Words = LazyLock::new(|| words("nexis end"));
static PAGES: Words = LazyLock::new(|| words("page"));
static RIGHTS: Words = LazyLock::new(|| words("rights"));
static LANGUAGES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let mut tags = HashMap::new();
    for mut cells in word_table::rows(TABLE) {
        if let Some(tag) = cells.next().and_then(|kind| kind.strip_prefix("language ")) {
            tags.extend(cells.map(|name| (name, tag)));
        }
    }
    tags
});

/// Returns the words of a kind.
pub(super) fn words(kind: &str) -> Vec<&'static str> {
    word_table::words(TABLE, kind)
}

/// Returns a map from the words of several kinds to what they mean.
pub(super) fn by_word<T: Copy>(kinds: &[(&str, T)]) -> HashMap<&'static str, T> {
    kinds.iter().flat_map(|(kind, value)| words(kind).into_iter().map(|word| (word, *value))).collect()
}

/// Returns the label of Nexis at the start of a line, and the text after it. Labels are in capitals or, as in Word documents, in
/// small letters before a space that does not break.
pub(super) fn label(line: &str) -> Option<(Label, &str)> {
    let line = line.trim_start();
    let (name, rest) = line.split_once(':')?;
    if name.len() > 30 || name.is_empty() {
        return None;
    }
    let name = name.trim_end();
    let is_capital = !name.chars().any(char::is_lowercase);
    let upper = name.to_uppercase();
    let label = *LABELS.get(upper.as_str())?;
    let is_certain = rest.starts_with('\u{a0}') || label == Label::After && upper.contains(['-', ' ']);
    let is_value = match label {
        Label::Length => true,
        // The text begins on the next line; the word alone may begin a paragraph.
        Label::Body => rest.trim().is_empty(),
        // A time or an address is not a value.
        _ => !rest.starts_with(|c: char| c == '/' || c.is_ascii_digit()),
    };
    if !(is_capital || is_certain) || !is_value {
        return None;
    }
    Some((label, rest.trim()))
}

/// Returns the label of Nexis Uni at the start of a line above the text, and the text after it. There, a label in small letters
/// counts also before an ordinary space, to which many programs turn the one that does not break.
pub(super) fn label_above(line: &str) -> Option<(Label, &str)> {
    label(line).or_else(|| {
        let (name, rest) = line.trim_start().split_once(':')?;
        let label = *LABELS.get(name.trim_end().to_uppercase().as_str())?;
        (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some((label, rest.trim()))
    })
}

/// Returns whether a line only counts pages: `Page 1 of 4`.
pub(super) fn is_page_number(line: &str) -> bool {
    let line = line.trim();
    if line.len() > 40 {
        return false;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let [page, at, of, count] = words[..] else { return false };
    let (at, count) = (at.parse::<u32>().ok(), count.parse::<u32>().ok());
    PAGES.contains(&page.to_lowercase().as_str())
        && (OF.contains(&of.to_lowercase().as_str()) || matches!(of, "sur" | "/"))
        && at.zip(count).is_some_and(|(at, count)| (1..=count).contains(&at))
}

/// Returns whether a line begins with a word or two in capitals and a colon, as unknown labels do.
pub(super) fn is_like_label(line: &str) -> bool {
    let Some((name, rest)) = line.trim_start().split_once(':') else { return false };
    let is_sign = |c: char| c.is_uppercase() || matches!(c, '-' | ' ' | '/');
    (3..=30).contains(&name.len())
        && name.chars().all(is_sign)
        && (rest.is_empty() || rest.starts_with([' ', '\u{a0}']))
}

/// Returns whether a line is the heading of the text in an article of Nexis Uni.
pub(super) fn is_body_heading(line: &str) -> bool {
    BODY_HEADINGS.contains(&line.trim())
}

/// Returns whether a line is a heading after the text in an article of Nexis Uni.
pub(super) fn is_after_heading(line: &str) -> bool {
    AFTER_HEADINGS.contains(&line.trim())
}

/// Returns whether a line ends an article of Nexis Uni.
pub(super) fn is_end(line: &str) -> bool {
    let line = line.trim();
    line.len() <= 30 && END.contains(&line.to_lowercase().as_str())
}

/// Words between a position and a number.
const OF: [&str; 7] = ["of", "von", "de", "van", "di", "av", "af"];

/// Returns the position and the number of documents in a line such as `3 of 10 DOCUMENTS`, `Dokument 3 von 10`.
pub(super) fn counter(line: &str) -> Option<(u32, u32)> {
    let line = line.trim();
    let line = line.strip_prefix("FOCUS - ").unwrap_or(line);
    if line.len() > 60 || !line.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut words = line.split_whitespace();
    let (a, b, c, d) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if words.next().is_some() {
        return None;
    }
    let is_document = |word: &str| {
        let word = word.to_lowercase();
        word.starts_with("document") || word.starts_with("dokument")
    };
    let number = |word: &str| word.replace([',', '.', '\u{a0}'], "").parse::<u32>().ok();
    let (position, of, count) = if is_document(d) { (a, b, c) } else { (b, c, d) };
    if !is_document(d) && !is_document(a) || !OF.contains(&of.to_lowercase().as_str()) {
        return None;
    }
    Some((number(position)?, number(count)?))
}

/// Returns whether a line is a notice of copyright.
pub(super) fn is_copyright(line: &str) -> bool {
    let line = line.trim_start();
    let starts =
        |prefix: &str| line.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let is_dated = line.chars().filter(char::is_ascii_digit).count() >= 4;
    let is_marked =
        line.starts_with('©') || (starts("(c)") || starts("copyright")) && (is_dated || line.contains('©'));
    is_marked && !goes_on_as_sentence(line)
}

/// Returns whether words in small letters follow the year of a notice, where the name of an owner is expected: `Copyright 1999 was
/// stamped on it`.
fn goes_on_as_sentence(line: &str) -> bool {
    const BEFORE_NAMES: [&str; 10] = ["by", "the", "of", "par", "von", "der", "die", "das", "le", "la"];
    let is_year = |word: &str| word.bytes().filter(u8::is_ascii_digit).count() == 4;
    let mut words = line.split_whitespace().skip_while(|word| !is_year(word)).skip(1);
    let mut is_small = || {
        words.next().is_some_and(|word| {
            word.starts_with(char::is_lowercase)
                && !word.chars().any(char::is_uppercase)
                && !BEFORE_NAMES.contains(&word)
        })
    };
    is_small() && is_small()
}

/// Returns whether a line reserves all rights.
pub(super) fn reserves_rights(line: &str) -> bool {
    let line = line.to_lowercase();
    RIGHTS.iter().any(|rights| line.contains(rights))
}

/// Returns the tag of a language by its name: `de` for `GERMAN; DEUTSCH`. The first name that is known counts.
pub(super) fn language(names: &str) -> Option<String> {
    let known = |name: &str| {
        let name = name.trim().to_lowercase();
        LANGUAGES.get(name.as_str()).map(|tag| (*tag).to_owned())
    };
    known(names).or_else(|| names.split([';', ',', '/', '(', ')']).find_map(known))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_kind_of_the_table_is_in_use() {
        let is_known = |kind: &str| {
            KINDS.iter().any(|(known, _)| kind == *known)
                || [
                    "nexis heading",
                    "nexis below",
                    "nexis end",
                    "nexis contents",
                    "nexis cover",
                    "page",
                    "rights",
                ]
                .contains(&kind)
                || kind.starts_with("proquest ")
                || kind.starts_with("language ")
        };
        let unknown: Vec<&str> =
            word_table::kinds(TABLE).into_iter().filter(|kind| !is_known(kind)).collect();
        assert_eq!(unknown, [""; 0]);
        assert!(LABELS.len() > 90 && LANGUAGES.len() > 200 && RIGHTS.len() > 5 && END.len() > 5);
    }

    #[test]
    fn no_word_is_of_two_kinds() {
        for prefix in ["nexis ", "proquest ", "language "] {
            let mut kinds = HashMap::new();
            for mut cells in word_table::rows(TABLE) {
                let kind = cells.next().unwrap_or_default();
                let is_list = ["nexis heading", "nexis contents", "nexis cover"].contains(&kind);
                for word in cells.filter(|_| kind.starts_with(prefix) && !is_list) {
                    assert_eq!(kinds.insert(word, kind), None, "{kind}: {word}");
                }
            }
        }
    }

    #[test]
    fn labels_are_in_capitals_or_before_a_space_that_does_not_break() {
        assert_eq!(label("BYLINE: Ann Example"), Some((Label::Byline, "Ann Example")));
        assert_eq!(label("LÄNGE: 512 Wörter"), Some((Label::Length, "512 Wörter")));
        assert_eq!(label(" BODY:"), Some((Label::Body, "")));
        assert_eq!(label("Load-Date:\u{a0}July 4, 2019"), Some((Label::After, "July 4, 2019")));
        assert_eq!(label("Load-Date: July 4, 2019"), Some((Label::After, "July 4, 2019")));
        assert_eq!(label("Byline:\u{a0}Ann"), Some((Label::Byline, "Ann")));
        for line in ["Byline: Ann", "Section: one", "EU: no", "TEXT:12", "Language: all of it", ""] {
            assert_eq!(label(line), None, "{line}");
        }
        assert!(is_like_label("ACC-NO: 12") && is_like_label("KÜRZEL:") && !is_like_label("Who: me"));
    }

    #[test]
    fn counters_are_read_in_several_languages() {
        for line in [
            "     3 of 10 DOCUMENTS",
            "3 of 10 DOCUMENT",
            "Dokument 3 von 10",
            "Document 3 de 10",
            "FOCUS - 3 of 10 DOCUMENTS",
            "Documento 3 di 10",
            "3 van 10 DOCUMENTEN",
            "Document 3 van 10",
        ] {
            assert_eq!(counter(line), Some((3, 10)), "{line}");
        }
        assert_eq!(counter("1,001 of 2,146 DOCUMENTS"), Some((1001, 2146)));
        for line in
            ["3 of 10 people", "Document de 10 pages", "one of 10 documents", "3 of 10 DOCUMENTS were found"]
        {
            assert_eq!(counter(line), None, "{line}");
        }
    }

    #[test]
    fn labels_above_a_text_may_be_before_an_ordinary_space() {
        assert_eq!(label_above("Byline: Ann Example"), Some((Label::Byline, "Ann Example")));
        assert_eq!(label_above("Length:\u{a0}512 words"), Some((Label::Length, "512 words")));
        assert_eq!(label_above("Section:"), Some((Label::Section, "")));
        for line in ["Section:12", "The byline: Ann", "Byline", ""] {
            assert_eq!(label_above(line), None, "{line}");
        }
    }

    #[test]
    fn numbers_of_pages_are_recognised() {
        for line in ["Page 1 of 4", " Seite 12 von 12", "page 1 sur 3", "Página 2 de 3", "Pagina 1 / 2"] {
            assert!(is_page_number(line), "{line}");
        }
        for line in [
            "Page 5 of 4",
            "Page 1 of the report",
            "Page 1 of 4 is missing",
            "Stage 1 of 4",
            "Page 0 of 4",
            "1 of 4",
        ] {
            assert!(!is_page_number(line), "{line}");
        }
    }

    #[test]
    fn languages_are_read_in_several_languages() {
        for (names, tag) in [
            ("ENGLISH", "en"),
            ("GERMAN; DEUTSCH", "de"),
            ("Français", "fr"),
            ("Englisch", "en"),
            ("英文", "en"),
            ("SPANISH; ESPAÑOL", "es"),
            ("Dutch; Flemish", "nl"),
        ] {
            assert_eq!(language(names).as_deref(), Some(tag), "{names}");
        }
        assert_eq!(language("Klingon"), None);
    }

    #[test]
    fn notices_of_copyright_are_recognised() {
        assert!(
            is_copyright("Copyright 2010 Daily Sample")
                && is_copyright("© 2012 Le Jour.")
                && is_copyright("(c) 2002 Test company.")
        );
        assert!(!is_copyright("Copyright law is changing") && !is_copyright("(c) the third point"));
        for line in ["Copyright 1999 was stamped on the letter", "© 2012 disait l'affiche."] {
            assert!(!is_copyright(line), "{line}");
        }
        assert!(is_copyright("© 2012 by the owners") && is_copyright("(c) 2024 dpa"));
        assert!(reserves_rights("ALL RIGHTS RESERVED") && !reserves_rights("All rights are equal"));
    }

    proptest! {
        #[test]
        fn line_with_a_counter_has_four_words_and_digits(
            words in prop::collection::vec("[0-9]{1,2}|[1-9][.,]?[0-9]{0,3}|of|VON|de|documents?|DOKUMENTEN?|x", 3..6),
        ) {
            let line = words.join(" ");
            if counter(&line).is_some() {
                prop_assert_eq!(words.len(), 4);
                prop_assert!(line.bytes().filter(u8::is_ascii_digit).count() >= 2);
            }
            let numbers: Vec<u32> = words.iter().filter_map(|word| word.replace([',', '.'], "").parse().ok()).collect();
            let is = |word: usize, kinds: &[&str]| kinds.iter().any(|kind| words[word].to_lowercase().starts_with(kind));
            let is_document = |word| is(word, &["document", "dokument"]);
            let is_number = |word: usize| words[word].starts_with(|c: char| c.is_ascii_digit());
            let of = ["of", "von", "de"];
            if words.len() == 4 && is_number(0) && is(1, &of) && is_number(2) && is_document(3) {
                prop_assert_eq!(counter(&line), Some((numbers[0], numbers[1])));
            }
        }

        #[test]
        fn any_line_is_handled_without_panic(line in "\\PC{0,50}") {
            let _ = (label(&line), is_like_label(&line), is_page_number(&line), label_above(&line), counter(&line), is_end(&line), language(&line), is_copyright(&line));
        }
    }
}
