//! Inverse document frequencies: those of the input, blended with the background.
//!
//! Two articles show nothing about how common a word is. Many show more, including the stock phrases of their agency,
//! which no background has. The blend treats the background as [`PSEUDO_DOCUMENTS`] documents and adds the real ones to
//! it, as at most [`MOST_INPUT_DOCUMENTS`], so that the scores of a pair hardly depend on what else lies in the folder.

use std::collections::HashMap;

use super::background::{self, Background, UNSEEN_IDF};
use super::measure::RARE_IDF;
use super::openings::NAMED_IDF;
use super::profile::CONTENT_IDF;
use super::term_map::TermMap;

/// Number of documents that the background table stands for.
const PSEUDO_DOCUMENTS: f32 = 3000.0;
/// Number of documents that a larger input counts as, in a language that the background table covers: a seventh of the
/// whole. Without such a limit, pairs of web pages are scored differently beside an archive of another year.
const MOST_INPUT_DOCUMENTS: f32 = 500.0;
/// Least difference between the weights of a term with and without the counts of the input. Smaller ones are left out, for most
/// terms of a large input occur in a few of its documents.
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

    /// Leaves out the terms whose weight in `language` is the same without their counts.
    #[must_use]
    pub(crate) fn decisive(self, language: LanguageKey) -> Self {
        let weights = Weights::new(self.clone(), language.has_table());
        let decides = |term: u32| weights.seen.get(term) != 0;
        let counts = self.sorted().into_iter().filter(|&(term, _)| decides(term)).collect();
        Self::of(self.documents, counts)
    }
}

/// Number of documents that stand for the background in a language without a table. Nothing is known about its
/// words, so none is treated as rare before the input shows it.
const UNKNOWN_PSEUDO_DOCUMENTS: f32 = 20.0;

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

    /// Returns whether the background table covers the language. An unknown language is treated as covered,
    /// because most documents of unknown language are just short.
    fn has_table(self) -> bool {
        self == Self::default() || background::LANGUAGES.iter().any(|code| Self::of(Some(code)) == self)
    }
}

/// Inverse document frequencies for one run, by language.
///
/// The words of a minority language are rare in the whole input, however common they are in their language. So
/// each language is counted on its own; one with few documents relies on the background table.
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
    /// Bits of the weight, plus one, of each term whose counts make a difference: it occurs in three documents or more, because the two
    /// being compared are no evidence that a term is common, and in a large input in more.
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
            .map(|(language, frequencies)| (language, Weights::new(frequencies, language.has_table())))
            .collect();
        let other = |known| Weights::new(Frequencies::default(), known);
        Self { languages, others: [other(true), other(false)] }
    }

    /// Returns the weights of the terms of a language.
    pub fn of(&self, language: LanguageKey) -> &Weights {
        let [known, unknown] = &self.others;
        self.languages.get(&language).unwrap_or(if language.has_table() { known } else { unknown })
    }
}

impl Weights {
    /// Blends background and input. Keeps the terms whose counts make a difference, at 16 to 32 bytes each.
    /// `has_table` says whether the background covers the language.
    fn new(frequencies: Frequencies, has_table: bool) -> Self {
        let Frequencies { documents, counts } = frequencies;
        let background = Background::get();
        let (pseudo, most) = if has_table {
            (PSEUDO_DOCUMENTS, MOST_INPUT_DOCUMENTS)
        } else {
            (UNKNOWN_PSEUDO_DOCUMENTS, f32::INFINITY)
        };
        // The two documents being compared say nothing about how common a term is.
        let others = documents.saturating_sub(2) as f32;
        // How much each of them counts.
        let share = if others > most { most / others } else { 1.0 };
        let log_total = (pseudo + share * others).ln();
        let weight = |background: f32, seen: u32| {
            let expected = pseudo * (-background).exp();
            let expected = if has_table { expected } else { expected.max(1.0) };
            (log_total - (expected + share * seen as f32).ln()).clamp(0.0, LARGEST_IDF)
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

    /// Returns the weight that a term has if its counts make no difference.
    fn without_counts(&self, term: u32) -> f32 {
        self.unseen[self.background.level(term)]
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
            0 => self.without_counts(term),
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

    #[test]
    fn two_documents_do_not_change_the_background() {
        let alone = Weights::new(Frequencies::default(), true);
        let two = Weights::new(frequencies(2, 2, 77), true);
        assert_eq!(alone.idf(77), two.idf(77));
        assert!((alone.idf(77) - alone.background.idf(77)).abs() < 1e-4);
    }

    #[test]
    fn stock_words_of_a_large_input_weigh_less() {
        let idf = Weights::new(frequencies(20_000, 15_000, 77), true);
        assert!(idf.idf(77) < NAMED_IDF, "a stock word of the agency, whatever the background says");
        assert!(idf.idf(78) > UNSEEN_IDF);
    }

    #[test]
    fn weights_hardly_depend_on_the_size_of_a_large_input() {
        let [some, many] = [10_000, 1_000_000].map(|documents| {
            let idf = Weights::new(frequencies(documents, documents / 100, 77), true);
            [idf.idf(77), idf.idf(78)]
        });
        assert!(some.iter().zip(many).all(|(some, many)| (some - many).abs() < 0.01), "{some:?} {many:?}");
    }

    #[test]
    fn weights_fall_as_document_frequencies_rise() {
        let weights: Vec<f32> = [0, 10, 100, 1000]
            .iter()
            .map(|&n| Weights::new(frequencies(5000, n, 77), true).idf(77))
            .collect();
        assert!(weights.windows(2).all(|w| w[0] >= w[1]), "{weights:?}");
        assert!(weights.iter().all(|w| (0.0..=LARGEST_IDF).contains(w)));
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
        assert!(keys.iter().all(|key| key.has_table()) && !key("eus").has_table());
    }

    #[test]
    fn common_words_of_a_minority_language_are_common() {
        let counted = [("eng", 0), ("fin", 2700), ("eus", 2700)];
        let idf = Idf::new(counted.map(|(code, holding)| (key(code), frequencies(3000, holding, 77))));
        assert!(!idf.of(key("eus")).is_content(77), "nine of ten documents of the language have it");
        assert!(idf.of(key("fin")).idf(77) < NAMED_IDF, "they do in a language with a table");
        assert!(idf.of(key("eng")).idf(77) > UNSEEN_IDF, "no document of the large language has it");
        assert_eq!(
            idf.of(key("deu")).idf(77),
            Idf::background().of(key("deu")).idf(77),
            "a language without documents"
        );
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
