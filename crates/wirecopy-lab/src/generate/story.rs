//! A story as a tree, so that it can be reworded.

/// A part of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A word form of the language.
    Word(u32),
    /// First name and surname of a person.
    Person(u32),
    /// Surname of a person.
    Surname(u32),
    /// A town or a country.
    Place(u32),
    /// An organisation with a name of two words.
    Organisation(u32),
    /// A number and how it is written.
    Number(u32, Figure),
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    /// `1,200`
    Count,
    /// `3.5%`
    Percent,
    /// `$4.2 million`
    Money,
    /// `2019`
    Year,
}

/// A sentence of clauses, separated by commas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sentence {
    pub(super) clauses: Vec<Vec<Part>>,
    /// For a quote, the speaker and the verb.
    pub(super) quote: Option<(u32, u32)>,
}

/// A story, as written by one desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Story {
    pub(super) title: Vec<Part>,
    /// Place and agency before the first sentence.
    pub(super) dateline: Option<(u32, u32)>,
    pub(super) paragraphs: Vec<Vec<Sentence>>,
}

impl Sentence {
    pub(super) fn len(&self) -> usize {
        self.clauses.iter().map(Vec::len).sum()
    }
}

impl Story {
    /// Returns the number of parts, which is about the number of words.
    pub(super) fn len(&self) -> usize {
        self.paragraphs.iter().flatten().map(Sentence::len).sum()
    }
}
