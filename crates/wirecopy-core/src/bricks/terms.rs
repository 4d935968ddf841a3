//! Counts of terms over all documents, and the weights that follow from them.

use std::collections::BTreeMap;

use super::{Bytes, damaged};
use crate::Result;
use crate::score::{Frequencies, Idf, LanguageKey, Profile};
use crate::text::Tokens;

/// In how many documents of each language each term occurs.
///
/// A commutative monoid, like [`FeatureCounts`](super::FeatureCounts).
#[derive(Clone, Debug, Default)]
pub struct TermCounts {
    languages: BTreeMap<LanguageKey, Frequencies>,
}

impl TermCounts {
    /// Counts a document. Each of its terms counts once.
    pub fn add(&mut self, language: LanguageKey, tokens: &Tokens) {
        self.languages.entry(language).or_default().add(&Profile::distinct_terms(tokens));
    }

    /// Adds the counts of other documents.
    pub fn merge(&mut self, other: Self) {
        for (language, frequencies) in other.languages {
            self.languages.entry(language).or_default().merge(frequencies);
        }
    }

    /// Creates counts from rows: for each language the number of its documents, and for each of its terms the number of documents that
    /// have it. Rows that come several times are added up.
    pub fn of_rows(
        documents: impl IntoIterator<Item = (LanguageKey, u32)>,
        terms: impl IntoIterator<Item = (LanguageKey, u32, u32)>,
    ) -> Self {
        let mut counts: BTreeMap<LanguageKey, (u32, Vec<(u32, u32)>)> = BTreeMap::new();
        for (language, documents) in documents {
            counts.entry(language).or_default().0 += documents;
        }
        for (language, term, count) in terms.into_iter().filter(|&(.., count)| count > 0) {
            counts.entry(language).or_default().1.push((term, count));
        }
        let of = |(language, (documents, terms))| (language, Frequencies::of(documents, terms));
        Self { languages: counts.into_iter().map(of).collect() }
    }

    /// Returns the languages with the numbers of their documents.
    pub fn documents(&self) -> impl Iterator<Item = (LanguageKey, u32)> {
        self.languages.iter().map(|(&language, frequencies)| (language, frequencies.documents()))
    }

    /// Returns the terms of each language with the numbers of documents that have them, in order.
    pub fn terms(&self) -> impl Iterator<Item = (LanguageKey, u32, u32)> {
        let of = |(&language, frequencies): (&LanguageKey, &Frequencies)| {
            frequencies.sorted().into_iter().map(move |(term, count)| (language, term, count))
        };
        self.languages.iter().flat_map(of)
    }

    /// Leaves out the terms whose counts make no difference to their weights. What remains is all that [`TermCounts::weights`]
    /// needs. It is small whatever the number of documents: among many, a term stays only if at least one document in some 8,000 has it.
    #[must_use]
    pub fn decisive(self) -> Self {
        let decisive =
            |(language, frequencies): (LanguageKey, Frequencies)| (language, frequencies.decisive(language));
        Self { languages: self.languages.into_iter().map(decisive).collect() }
    }

    /// Returns the weights of terms. The counts must be those of all representatives.
    pub fn weights(self) -> Idf {
        Idf::new(self.languages)
    }

    /// Returns the counts as bytes: 8 for each term.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (language, frequencies) in &self.languages {
            let terms = frequencies.sorted();
            // There are fewer than 2^32 terms.
            for number in [language.number(), frequencies.documents(), terms.len() as u32] {
                out.extend(number.to_le_bytes());
            }
            out.extend(terms.iter().flat_map(|&(term, count)| [term, count]).flat_map(u32::to_le_bytes));
        }
        out
    }

    /// Returns the counts that [`TermCounts::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`Error::Brick`](crate::Error::Brick) for other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut bytes = Bytes(bytes);
        let mut counts = Self::default();
        while !bytes.0.is_empty() {
            let (language, frequencies) = language(&mut bytes).ok_or_else(|| damaged("counts of terms"))?;
            counts.languages.insert(language, frequencies);
        }
        Ok(counts)
    }
}

fn language(bytes: &mut Bytes<'_>) -> Option<(LanguageKey, Frequencies)> {
    let language = LanguageKey::of_number(bytes.u32()?);
    let documents = bytes.u32()?;
    let terms = bytes.u32()?;
    let terms = (0..terms).map(|_| Some((bytes.u32()?, bytes.u32()?)));
    let terms: Vec<(u32, u32)> = terms.collect::<Option<_>>()?;
    terms.iter().all(|&(_, count)| count > 0).then(|| (language, Frequencies::of(documents, terms)))
}
