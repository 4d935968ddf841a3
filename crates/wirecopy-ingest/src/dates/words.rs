//! Looks up the words of dates: months, weekdays, labels, a.m. and p.m. markers.
//!
//! The tables are data: `data/months.tsv`, `data/date_labels.tsv` and [`WEEKDAYS`].

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::line::Label;
use super::tokens::Word;
use wirecopy_core::score::WEEKDAYS;
use wirecopy_core::word_table;

static MONTHS: &str = include_str!("../../data/months.tsv");
static LABELS: &str = include_str!("../../data/date_labels.tsv");

/// The meaning of a word in a date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// The months it can name, one bit each; January is the lowest.
    pub(crate) months: u16,
    /// The month of the Solar Hijri calendar, 1 to 12.
    pub(crate) solar: Option<u8>,
    pub(crate) label: Option<Label>,
    /// `true` for a p.m. marker, `false` for an a.m. marker.
    pub(crate) pm: Option<bool>,
}

impl Meaning {
    /// Returns whether the word names a month of any calendar.
    pub(crate) fn is_month(self) -> bool {
        self.months != 0 || self.solar.is_some()
    }

    fn is_none(self) -> bool {
        self == Self::default()
    }
}

struct Table {
    words: HashMap<String, Meaning>,
    /// Labels and a.m./p.m. markers in Han, Kana and Hangul, which occur inside longer words.
    substrings: Vec<(String, Meaning)>,
    /// Languages, words and months, for the words on which languages differ.
    by_language: Vec<(&'static str, String, u8)>,
}

/// Folds a word and looks up its meaning.
pub(super) fn word(written: &str) -> Word {
    let text = fold(written);
    let capitals = written.chars().all(|c| !c.is_alphabetic() || c.is_uppercase());
    Word { meaning: meaning(&text), text, capitals }
}

fn meaning(text: &str) -> Meaning {
    let table = table();
    if let Some(meaning) = table.words.get(text) {
        return *meaning;
    }
    // Hebrew prefixes the month with the letter for "in".
    if let Some(meaning) = text.strip_prefix('ב').and_then(|rest| table.words.get(rest))
        && meaning.is_month()
    {
        return *meaning;
    }
    if text.starts_with(|c: char| c >= '\u{3040}') {
        let contained = table.substrings.iter().filter(|(word, _)| text.contains(word.as_str()));
        let mut found = Meaning::default();
        for (_, meaning) in contained {
            found.label = found.label.or(meaning.label);
            found.pm = found.pm.or(meaning.pm);
        }
        return found;
    }
    Meaning::default()
}

/// Looks up a phrase of folded words joined by spaces ("تشرين الثاني", "mise à jour").
pub(super) fn phrase(text: &str) -> Option<Meaning> {
    table().words.get(text).copied().filter(|meaning| !meaning.is_none())
}

/// Returns the month that a word names in a language, given by its tag: "listopad" is October in Croatian, November in
/// Polish. `None` for words on which languages agree.
pub(super) fn month_in(text: &str, language: &str) -> Option<u8> {
    let tag = language.split(['-', '_']).next()?.to_ascii_lowercase();
    let short = match tag.as_str() {
        "hrv" => "hr",
        "pol" => "pl",
        "ces" | "cze" => "cs",
        short => short,
    };
    let (.., month) = table().by_language.iter().find(|(tag, word, _)| *tag == short && word == text)?;
    Some(*month)
}

/// Returns whether a folded word is a weekday or an abbreviation of one ("Mon", "пн").
pub(crate) fn is_weekday(text: &str) -> bool {
    static NAMES: OnceLock<BTreeSet<String>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let cells = word_table::rows(WEEKDAYS).flat_map(|cells| cells.skip(1));
        let names =
            cells.flat_map(|cell| cell.split([',', ' '])).map(fold).filter(|name| name.chars().count() > 1);
        names.collect()
    });
    let next = names.range(text.to_owned()..).next();
    text.chars().nth(1).is_some() && next.is_some_and(|name| name.starts_with(text))
}

/// Folds a text for comparison: lower case, compatibility normal form, without accents, vowel points and joiners.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let accent = |c: &char| {
        matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}')
            || matches!(
                c,
                '\u{93c}' | '\u{9bc}' | '\u{a3c}' | '\u{b3c}' | '\u{cbc}' | '\u{200c}' | '\u{200d}'
            )
    };
    text.to_lowercase().nfkd().filter(|c| !accent(c)).nfc().collect()
}

/// Returns the ASCII digit for a non-ASCII decimal digit of any script.
pub(super) fn digit(c: char) -> Option<char> {
    if c.is_ascii() || c.general_category() != GeneralCategory::DecimalNumber {
        return None;
    }
    // The ten digits of a script have consecutive code points, so the first one is its zero. Some scripts have several sets
    // in a row, hence the remainder.
    let mut zero = c as u32;
    let is_digit =
        |at: u32| char::from_u32(at).is_some_and(|c| c.general_category() == GeneralCategory::DecimalNumber);
    while is_digit(zero - 1) {
        zero -= 1;
    }
    char::from_digit((c as u32 - zero) % 10, 10)
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| word_table::shipped(read(MONTHS, LABELS)))
}

fn read(months: &'static str, labels: &str) -> Result<Table, String> {
    let mut table = Table { words: HashMap::new(), substrings: Vec::new(), by_language: Vec::new() };
    for cells in word_table::rows(months) {
        let cells: Vec<&str> = cells.collect();
        let [tag, names @ ..] = &cells[..] else { continue };
        if names.len() != 12 {
            return Err(format!("`{tag}` has {} months", names.len()));
        }
        let solar = tag.ends_with("-solar");
        for (month, names) in (1_u8..).zip(names) {
            for name in names.split(',').map(fold) {
                let meaning = table.words.entry(name.clone()).or_default();
                if solar {
                    meaning.solar = Some(month);
                } else {
                    meaning.months |= 1 << (month - 1);
                    table.by_language.push((tag, name, month));
                }
            }
        }
    }
    let months = &table.words;
    table.by_language.retain(|(_, name, _)| months.get(name).is_some_and(|m| m.months.count_ones() > 1));
    for mut cells in word_table::rows(labels) {
        let meaning = match cells.next().unwrap_or_default() {
            "published" => Meaning { label: Some(Label::Published), ..Meaning::default() },
            "modified" => Meaning { label: Some(Label::Modified), ..Meaning::default() },
            "other" => Meaning { label: Some(Label::Other), ..Meaning::default() },
            half @ ("am" | "pm") => Meaning { pm: Some(half == "pm"), ..Meaning::default() },
            other => return Err(format!("no label is called `{other}`")),
        };
        let words = cells.next().ok_or("a label without words")?;
        for word in words.split(' ').map(|word| fold(&word.replace('_', " "))) {
            let known = table.words.entry(word.clone()).or_default();
            known.label = known.label.or(meaning.label);
            known.pm = known.pm.or(meaning.pm);
            if word.starts_with(|c: char| c >= '\u{3040}') {
                table.substrings.push((word, meaning));
            }
        }
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_row_is_an_error() {
        for (months, labels) in [("en\tjan\tfeb", ""), ("", "printed\ton"), ("", "published")] {
            assert!(read(months, labels).is_err(), "{months} {labels}");
        }
    }

    #[test]
    fn digits_of_all_scripts_are_mapped_to_ascii() {
        for (digits, value) in [
            ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
            ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),
            ("०१२३४५६७८९", "0123456789"),
            ("০১২৩৪৫৬৭৮৯", "0123456789"),
            ("๐๑๒๓๔๕๖๗๘๙", "0123456789"),
            ("၀၁၂၃၄၅၆၇၈၉", "0123456789"),
            ("០១២៣៤៥៦៧៨៩", "0123456789"),
            ("０１２３４５６７８９", "0123456789"),
        ] {
            assert_eq!(digits.chars().filter_map(digit).collect::<String>(), value, "{digits}");
        }
        assert_eq!("½²〇a".chars().filter_map(digit).count(), 0);
    }

    #[test]
    fn every_month_name_in_the_table_is_found() {
        for mut cells in word_table::rows(MONTHS) {
            let tag = cells.next().unwrap();
            let months: Vec<&str> = cells.collect();
            assert_eq!(months.len(), 12, "{tag}");
            for (month, name) in
                months.iter().enumerate().flat_map(|(at, cell)| cell.split(',').map(move |n| (at, n)))
            {
                let found = phrase(&fold(name)).unwrap_or_else(|| panic!("{name}"));
                if tag.ends_with("-solar") {
                    assert_eq!(found.solar, u8::try_from(month + 1).ok(), "{name}");
                } else {
                    assert_ne!(found.months & 1 << month, 0, "{tag} {name}");
                }
            }
        }
    }

    #[test]
    fn language_decides_between_months_of_the_same_name() {
        let mut several: Vec<&str> = table()
            .words
            .iter()
            .filter(|(_, m)| m.months.count_ones() > 1)
            .map(|(w, _)| w.as_str())
            .collect();
        several.sort_unstable();
        assert_eq!(several, ["lip", "lis", "listopad", "listopada", "mae", "srp"]);
        assert_eq!(month_in("listopad", "hr"), Some(10));
        assert_eq!(month_in("listopada", "pol"), Some(11));
        assert_eq!(month_in("listopad", "en"), None);
    }
}
