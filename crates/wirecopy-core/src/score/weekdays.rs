//! Recognises days of the week in 83 languages: the clearest sign that two similar dispatches are of
//! different days.
//!
//! Agencies write "said on Wednesday" in the first sentence, and every rewrite and translation keeps the day. A
//! template filled in anew, or a follow-up, names another day six times out of seven. The names are from the
//! Unicode CLDR (see `docs/data.md`). A language that is not listed only lacks this one feature.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::background::Background;
use super::term_map::TermMap;
use super::terms::each_term;
use crate::text::Tokenizer;
use crate::word_table;

/// Least background weight of a word that is only a part of a name. A lighter word, which occurs in more than a third of
/// all texts, names no day: `is` of Maltese `is-sibt` is English, and `l` of `l-erbgħa` is French.
const PART_IDF: f32 = 1.0;

/// The table: the code of a language, then its names of the days from Monday.
pub static NAMES: &str = include_str!("../../data/weekdays.tsv");

/// A map from terms to the days that they name.
#[derive(Debug)]
pub(super) struct Weekdays(TermMap);

impl Weekdays {
    /// Returns the table that is compiled into the program.
    pub(super) fn get() -> &'static Self {
        static DAYS: OnceLock<Weekdays> = OnceLock::new();
        DAYS.get_or_init(|| {
            let days = word_table::shipped(read(NAMES));
            let mut map = TermMap::with_capacity(days.len());
            for (term, days) in days {
                map.add(term, u32::from(days));
            }
            Self(map)
        })
    }

    /// Returns the days that a term names, one bit each with Monday the lowest; 0 for nearly all terms. Constant
    /// time.
    pub(super) fn days(&self, term: u32) -> u8 {
        // Values have seven bits.
        self.0.get(term) as u8
    }
}

fn read(table: &str) -> Result<HashMap<u32, u8>, String> {
    let mut tokenizer = Tokenizer::default();
    let mut all: HashMap<u32, u8> = HashMap::new();
    for cells in word_table::rows(table) {
        let days: Vec<&str> = cells.skip(1).collect();
        if days.len() != 7 || days.contains(&"") {
            return Err(format!("expected the names of seven days, found {days:?}"));
        }
        // A word shared by the names of several days of one language ("feira", "星期") names none of them.
        let mut own: HashMap<u32, u8> = HashMap::new();
        for (day, names) in days.into_iter().enumerate() {
            for name in names.split(',') {
                let tokens = tokenizer.tokens(name);
                let is_one_word = tokens.len() == 1;
                each_term(&tokens, 0..tokens.len(), |p| {
                    if is_one_word || Background::get().idf(p.term) >= PART_IDF {
                        *own.entry(p.term).or_default() |= 1 << day;
                    }
                });
            }
        }
        for (term, days) in own {
            if days.count_ones() == 1 {
                *all.entry(term).or_default() |= days;
            }
        }
    }
    // A name for different days in different languages names none of them.
    all.retain(|_, days| days.count_ones() == 1);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenize;

    fn named(text: &str) -> u8 {
        let tokens = tokenize(text);
        let mut all = 0;
        each_term(&tokens, 0..tokens.len(), |p| all |= Weekdays::get().days(p.term));
        all
    }

    #[test]
    fn days_are_known_in_many_languages() {
        let wednesdays = [
            "on Wednesday",
            "am Mittwoch",
            "в среду",
            "mercredi",
            "周三",
            "星期三",
            "水曜日",
            "수요일에",
            "बुधवार को",
            "الأربعاء",
            "miércoles",
            "ve středu",
            "u srijedu",
            "Laraba",
            "miðvikudaginn",
            "у середу",
            "บ่ายวันพุธ",
        ];
        for text in wednesdays {
            assert_eq!(named(text), 1 << 2, "{text}");
        }
    }

    #[test]
    fn common_words_in_names_of_several_words_name_no_day() {
        for text in ["the minister is ill", "l'accord", "năm 2016", "Việt Nam", "ba hai tư sáu bảy chủ"]
        {
            assert_eq!(named(text), 0, "{text}");
        }
        assert_eq!(named("na segunda-feira"), 1);
    }

    #[test]
    fn names_of_a_language_are_in_one_script() {
        // Alphabets by their blocks in Unicode; letters that modify others belong to any.
        let script = |c: char| match u32::from(c) {
            0..0x2b0 | 0x1e00..0x1f00 => Some(0),
            0x2b0..0x370 => None,
            0x4e00..0xa000 => Some(0x4e),
            0xac00..0xd7a4 => Some(0xac),
            code => Some(code >> 8),
        };
        for row in word_table::rows(NAMES) {
            let cells: Vec<&str> = row.collect();
            let letters = cells[1..].iter().flat_map(|cell| cell.chars()).filter(|c| c.is_alphabetic());
            let scripts: std::collections::BTreeSet<u32> = letters.filter_map(script).collect();
            assert_eq!(scripts.len(), 1, "{cells:?}");
        }
    }

    #[test]
    fn row_without_seven_days_is_an_error() {
        for table in ["en\tMonday\tTuesday", "en\ta\tb\tc\td\te\tf\t"] {
            assert!(read(table).is_err(), "{table}");
        }
    }

    #[test]
    fn other_words_name_no_day() {
        for text in ["the minister of finance said", "星期", "feira", "may march", "sun sat"] {
            assert_eq!(named(text), 0, "{text}");
        }
    }
}
