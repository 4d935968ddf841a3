//! Inverse document frequencies: those of the input, blended with the background.
//!
//! Two articles show nothing about how common a word is. Many show more, including the stock phrases of their agency,
//! which no background has. The blend treats the background as [`PSEUDO_DOCUMENTS`] documents and adds the real ones to
//! it, as at most [`MOST_INPUT_DOCUMENTS`] where the table has the language, so that the scores of a pair hardly depend on
//! what else lies in the folder.

use std::collections::HashMap;

use super::background::{self, Background, UNSEEN_IDF};
use super::measure::RARE_IDF;
use super::openings::NAMED_IDF;
use super::profile::CONTENT_IDF;
use super::term_map::TermMap;

/// Number of documents that the background table stands for.
const PSEUDO_DOCUMENTS: f32 = 1000.0;
/// Most documents that the input counts as in a language that the background table covers. Without such a limit, pairs of
/// web pages are scored differently beside an archive of another year.
const MOST_INPUT_DOCUMENTS: f32 = 200.0;
/// Share of the documents above which a term that the table lacks counts in full. It is most likely a function word of a
/// language that was guessed wrong.
const EVERYWHERE: f32 = 0.25;
/// Least difference that the counts of the input must make to the weight of a term. Terms with a smaller one are left out: most terms of
/// a large input occur in a few of its documents.
const NOTICEABLE: f32 = 0.01;
/// Largest inverse document frequency, whatever the size of the input, so that scores are comparable. If it changes,
/// the model has to be fitted anew.
pub const LARGEST_IDF: f32 = 7.0;

// A term that no table and no document has must reach every threshold of rarity, and stay below the cap.
const _: () = assert!(
    CONTENT_IDF < NAMED_IDF && NAMED_IDF < RARE_IDF && RARE_IDF < UNSEEN_IDF && UNSEEN_IDF < LARGEST_IDF
);

/// Counts in how many documents each term occurs. Should count one representative of each copy group, or a
/// much-reprinted dispatch makes its own words frequent.
#[derive(Clone, Debug, Default)]
pub struct Frequencies {
    documents: u32,
    counts: TermMap,
}

impl Frequencies {
    /// Creates the frequencies from terms with their counts in `documents` documents.
    pub(crate) fn of(documents: u32, counts: Vec<(u32, u32)>) -> Self {
        let mut map = TermMap::with_capacity(counts.len());
        for (term, count) in counts {
            map.add(term, count);
        }
        Self { documents, counts: map }
    }

    /// Counts one document, given its distinct terms.
    pub fn add(&mut self, terms: &[u32]) {
        self.documents += 1;
        for &term in terms {
            self.counts.add(term, 1);
        }
    }

    /// Adds the counts of another set of documents.
    pub fn merge(&mut self, other: Frequencies) {
        self.documents += other.documents;
        let (mut most, few) = (std::mem::take(&mut self.counts), other.counts);
        let few = if most.len() < few.len() { std::mem::replace(&mut most, few) } else { few };
        for (term, count) in few.iter() {
            most.add(term, count);
        }
        self.counts = most;
    }

    /// Returns the number of documents counted.
    pub fn documents(&self) -> u32 {
        self.documents
    }

    /// Returns the terms with their counts, ascending.
    pub(crate) fn sorted(&self) -> Vec<(u32, u32)> {
        let mut counts: Vec<(u32, u32)> = self.counts.iter().collect();
        counts.sort_unstable();
        counts
    }

    /// Leaves out the terms whose counts make no difference to their weight in `language`.
    #[must_use]
    pub(crate) fn decisive(self, language: LanguageKey) -> Self {
        let weights = Weights::new(self.clone(), language.coverage());
        let decides = |term: u32| weights.seen.get(term) != 0;
        let counts = self.sorted().into_iter().filter(|&(term, _)| decides(term)).collect();
        Self::of(self.documents, counts)
    }
}

/// Number of documents that stand for the background in a language without a table. Nothing is known about its
/// words, so none is treated as rare before the input shows it.
const PSEUDO_WITHOUT_TABLE: f32 = 20.0;

/// What the background table knows of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coverage {
    /// It has the language.
    Full,
    /// Nobody knows which language it is. Most documents of unknown language are just short, so the table counts; others are in
    /// a language without a table, so the input counts in full.
    Guess,
    /// It does not have the language.
    None,
}

/// The language of a document as a key: its ISO 639-3 code, or none if unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LanguageKey(u32);

impl LanguageKey {
    /// Returns the key of a code of up to four letters; longer codes are cut.
    pub fn of(code: Option<&str>) -> Self {
        let bytes = code.unwrap_or_default().bytes().take(4);
        Self(bytes.fold(0, |key, byte| key << 8 | u32::from(byte.to_ascii_lowercase())))
    }

    /// Returns the key as a number.
    pub fn number(self) -> u32 {
        self.0
    }

    /// Returns the key with this number.
    pub fn of_number(number: u32) -> Self {
        Self(number)
    }

    /// Returns whether the background table has the language, so that its weights suffice without counts.
    pub(crate) fn is_covered(self) -> bool {
        self.coverage() == Coverage::Full
    }

    fn coverage(self) -> Coverage {
        if self == Self::default() {
            Coverage::Guess
        } else if background::LANGUAGES.iter().any(|code| Self::of(Some(code)) == self) {
            Coverage::Full
        } else {
            Coverage::None
        }
    }
}

/// Inverse document frequencies for one run, by language.
///
/// The words of a minority language are rare in the whole input, however common they are in their language. So
/// each language is counted on its own. One that the background table has relies mostly on the table.
#[derive(Clone, Debug)]
pub struct Idf {
    languages: HashMap<LanguageKey, Weights>,
    /// Weights for languages without documents: one that the table covers, and one that it does not.
    others: [Weights; 2],
}

/// Inverse document frequencies of the terms of one language.
#[derive(Clone, Debug)]
pub struct Weights {
    background: &'static Background,
    /// Weights of the terms that only the background has, by its levels.
    unseen: [f32; background::LEVELS_AND_NONE],
    /// Bits of the weight, plus one, of each term whose counts lower its weight by more than [`NOTICEABLE`].
    seen: TermMap,
}

impl Idf {
    /// Creates weights from the background only, as for two documents.
    pub fn background() -> Self {
        Self::new([])
    }

    /// Creates weights from the background and from the documents counted in each language.
    pub fn new(counted: impl IntoIterator<Item = (LanguageKey, Frequencies)>) -> Self {
        let mut by_language: HashMap<LanguageKey, Frequencies> = HashMap::new();
        for (language, frequencies) in counted {
            by_language.entry(language).or_default().merge(frequencies);
        }
        let languages = by_language
            .into_iter()
            .map(|(language, frequencies)| (language, Weights::new(frequencies, language.coverage())))
            .collect();
        let other = |coverage| Weights::new(Frequencies::default(), coverage);
        Self { languages, others: [other(Coverage::Full), other(Coverage::None)] }
    }

    /// Leaves out what was counted in languages that the background covers, so that they have its weights.
    #[must_use]
    pub(crate) fn without_counts_of_covered(mut self) -> Self {
        self.languages.retain(|language, _| !language.is_covered());
        self
    }

    /// Returns the weights of the terms of a language.
    pub fn of(&self, language: LanguageKey) -> &Weights {
        let [with_table, without_table] = &self.others;
        self.languages.get(&language).unwrap_or_else(|| match language.coverage() {
            Coverage::Full | Coverage::Guess => with_table,
            Coverage::None => without_table,
        })
    }
}

impl Weights {
    /// Blends background and input. Keeps the terms whose counts make a difference, at 16 to 32 bytes each.
    fn new(frequencies: Frequencies, coverage: Coverage) -> Self {
        let Frequencies { documents, counts } = frequencies;
        let background = Background::get();
        let (pseudo, most, least_expected) = match coverage {
            Coverage::Full => (PSEUDO_DOCUMENTS, MOST_INPUT_DOCUMENTS, 0.0),
            Coverage::Guess => (PSEUDO_DOCUMENTS, f32::INFINITY, 0.0),
            Coverage::None => (PSEUDO_WITHOUT_TABLE, f32::INFINITY, 1.0),
        };
        // The two documents being compared say nothing about how common a term is.
        let others = documents.saturating_sub(2) as f32;
        // How much each of them counts.
        let share = (most / others.max(1.0)).min(1.0);
        let weight = |background: f32, seen: u32| {
            let seen = seen as f32;
            let is_unlisted = background >= UNSEEN_IDF;
            let share = if is_unlisted && seen > EVERYWHERE * others { 1.0 } else { share };
            let expected = (pseudo * (-background).exp()).max(least_expected);
            ((pseudo + share * others) / (expected + share * seen)).ln().clamp(0.0, LARGEST_IDF)
        };
        let unseen = background::each_level(|idf| weight(idf, 0));
        let counted = |(term, count): (u32, u32)| {
            let counted = weight(background.idf(term), count.saturating_sub(2));
            (unseen[background.level(term)] - counted > NOTICEABLE).then_some((term, counted))
        };
        let mut seen = TermMap::with_capacity(counts.iter().filter_map(counted).count());
        for (term, weight) in counts.iter().filter_map(counted) {
            *seen.value_mut(term) = weight.to_bits() + 1;
        }
        Self { background, unseen, seen }
    }

    /// Returns whether a term carries meaning of its own, unlike function words.
    pub fn is_content(&self, term: u32) -> bool {
        self.idf(term) >= CONTENT_IDF
    }

    /// Returns the weight of a term, 0 to [`LARGEST_IDF`]: the natural logarithm of the number of documents over the
    /// number that hold it.
    ///
    /// Constant time: two lookups and no arithmetic.
    pub fn idf(&self, term: u32) -> f32 {
        match self.seen.get(term) {
            0 => self.unseen[self.background.level(term)],
            bits => f32::from_bits(bits - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frequencies(documents: u32, holding: u32, term: u32) -> Frequencies {
        let mut all = Frequencies::default();
        for i in 0..documents {
            all.add(if i < holding { std::slice::from_ref(&term) } else { &[] });
        }
        all
    }

    fn english(documents: u32, holding: u32) -> Weights {
        Weights::new(frequencies(documents, holding, 77), Coverage::Full)
    }

    #[test]
    fn two_documents_do_not_change_the_background() {
        let (alone, two) = (english(0, 0), english(2, 2));
        assert_eq!(alone.idf(77), two.idf(77));
        assert!((alone.idf(77) - alone.background.idf(77)).abs() < 1e-4);
    }

    #[test]
    fn stock_words_of_an_agency_weigh_less() {
        let idf = english(20_000, 2_000);
        // The table stands for two of its thousand documents with the term, and the input, as two hundred, has twenty.
        assert!((idf.idf(77) - (1200_f32 / 22.0).ln()).abs() < 0.05, "{}", idf.idf(77));
        assert!(idf.idf(78) > UNSEEN_IDF);
    }

    #[test]
    fn unlisted_terms_of_many_documents_count_in_full() {
        assert!(english(20_000, 15_000).idf(77) < 0.5);
        assert!(english(20_000, 4_000).is_content(77));
    }

    #[test]
    fn weights_hardly_depend_on_the_size_of_a_large_input() {
        let [some, many] = [10_000, 1_000_000].map(|documents| {
            let idf = english(documents, documents / 100);
            [idf.idf(77), idf.idf(78)]
        });
        assert!(some.iter().zip(many).all(|(some, many)| (some - many).abs() < 0.01), "{some:?} {many:?}");
    }

    #[test]
    fn weights_fall_as_document_frequencies_rise() {
        let weights: Vec<f32> =
            [0, 10, 100, 1000, 1300, 5000].iter().map(|&n| english(5000, n).idf(77)).collect();
        assert!(weights.windows(2).all(|w| w[0] > w[1]), "{weights:?}");
        assert!(weights.iter().all(|w| (0.0..=LARGEST_IDF).contains(w)));
    }

    #[test]
    fn counts_that_make_no_difference_are_left_out() {
        // The documents with the term that the table stands for, and what one document of the input counts as.
        let unlisted = PSEUDO_DOCUMENTS * (-UNSEEN_IDF).exp();
        let one = MOST_INPUT_DOCUMENTS / 50_000.0;
        let enough = 3 + (unlisted * (NOTICEABLE.exp() - 1.0) / one) as u32;
        for (holding, is_kept) in [(enough - 2, false), (enough + 2, true)] {
            let counted = frequencies(50_000, holding, 77).decisive(LanguageKey::of(Some("eng")));
            assert_eq!(counted.counts.get(77) > 0, is_kept, "{holding}");
            let (all, few) = (english(50_000, holding), Weights::new(counted, Coverage::Full));
            assert_eq!(all.idf(77).to_bits(), few.idf(77).to_bits());
        }
    }

    #[test]
    fn merge_adds_counts() {
        let mut a = frequencies(10, 5, 1);
        a.merge(frequencies(20, 7, 1));
        assert_eq!(a.documents(), 30);
        assert_eq!(a.counts.get(1), 12);
    }

    fn key(code: &str) -> LanguageKey {
        LanguageKey::of(Some(code))
    }

    #[test]
    fn languages_have_distinct_keys() {
        assert_eq!(key("ENG"), key("eng"));
        assert_eq!(LanguageKey::of(None), key(""));
        let mut keys: Vec<LanguageKey> = background::LANGUAGES.iter().map(|code| key(code)).collect();
        keys.push(LanguageKey::default());
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), background::LANGUAGES.len() + 1);
        assert!(keys.iter().all(|key| key.coverage() != Coverage::None));
        assert!(key("fin").is_covered() && !key("eus").is_covered() && !key("").is_covered());
    }

    #[test]
    fn common_words_of_a_minority_language_are_common() {
        let counted = [("eng", 0), ("fin", 2700), ("eus", 2700), ("", 2700)];
        let idf = Idf::new(counted.map(|(code, holding)| (key(code), frequencies(3000, holding, 77))));
        for code in ["fin", "eus", ""] {
            assert!(
                !idf.of(key(code)).is_content(77),
                "nine of ten documents of the language have it: {code}"
            );
        }
        assert!(idf.of(key("eng")).idf(77) > UNSEEN_IDF, "no document of the large language has it");
        let background = Idf::background();
        let of_german = |idf: &Idf| idf.of(key("deu")).idf(77);
        assert_eq!(of_german(&idf), of_german(&background), "a language without documents");
    }

    #[test]
    fn large_input_of_unknown_language_overrules_the_background() {
        let idf = Idf::new(["", "eng"].map(|code| (key(code), frequencies(20_000, 2_000, 77))));
        let [unknown, english] = ["", "eng"].map(|code| idf.of(key(code)).idf(77));
        assert!((unknown - 10_f32.ln()).abs() < 0.1 && english > unknown + 1.0, "{unknown} {english}");
        let without = idf.without_counts_of_covered();
        assert_eq!(without.of(key("")).idf(77), unknown);
        assert_eq!(without.of(key("eng")).idf(77), Idf::background().of(key("eng")).idf(77));
    }

    #[test]
    fn language_without_a_table_has_no_very_rare_words_in_a_small_input() {
        let idf = Idf::new([(key("eus"), frequencies(12, 0, 77))]);
        let (counted, absent) = (idf.of(key("eus")), idf.of(key("swa")));
        for term in 0..2000 {
            assert!(counted.idf(term) < 4.0 && absent.idf(term) < 4.0, "term {term}");
        }
        let large = Idf::new([(key("eus"), frequencies(20_000, 4, 77))]);
        assert!(large.of(key("eus")).idf(77) > UNSEEN_IDF, "a large input shows which words are rare");
        let (unknown, english) = (idf.of(LanguageKey::of(None)), Idf::background());
        let english = english.of(key("eng"));
        assert!((0..2000).all(|term| unknown.idf(term) == english.idf(term)), "treated as a known language");
    }

    #[test]
    fn counts_of_one_language_are_added() {
        let halves = Idf::new([(key("fin"), frequencies(50, 40, 77)), (key("fin"), frequencies(50, 30, 77))]);
        let whole = Idf::new([(key("fin"), frequencies(100, 70, 77))]);
        assert_eq!(halves.of(key("fin")).idf(77), whole.of(key("fin")).idf(77));
    }
}
