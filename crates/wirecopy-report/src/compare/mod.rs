//! Explains a pair of documents: how they are related, why, and which of their passages match.
//!
//! In: two documents and the settings. Out: a [`Comparison`], which explains a *no* as well as a *yes*. It uses the same code
//! as a run. However, two documents do not show how common a word is, so terms are weighted by the background table alone,
//! and the score may differ from that of a run over a large folder. [`Comparison::as_in_run`] replaces relation, score and
//! measurements by those of a run.
//!
//! Cost: tokenising, and one full measurement of about twenty microseconds for two articles.
//!
//! ```
//! use wirecopy_core::{Document, Relation};
//! use wirecopy_report::{Config, compare};
//!
//! let document = |text: &str| Document { text: text.to_owned(), ..Document::default() };
//! let a = document("The ferry captain was praised for saving 17 sailors off the coast of Ordu.");
//! let b = document("The ferry captain was praised for saving 17 sailors off the coast of Rize.");
//! let why = compare(&a, &b, &Config::default())?;
//! assert_eq!(why.relation, Some(Relation::Copy));
//! println!("{}", why.sentence());
//! # Ok::<(), wirecopy_core::Error>(())
//! ```

mod feature_words;
mod json;
mod layout;
mod marks;
mod rows;
mod sentence;
mod text;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

pub use feature_words::Plain;
pub use marks::{Mark, Word};
pub use rows::Row;

use crate::Config;
use crate::changed::differs;
use crate::{DocumentLine, EdgeLine, ModelLine};
use wirecopy_core::Relation;
pub use wirecopy_core::classify::Reason;
use wirecopy_core::classify::{self, Decision, Prepared};
use wirecopy_core::document::Document;
use wirecopy_core::score::{Feature, Features, Idf, LanguageKey, Model, passages};
use wirecopy_core::sources::source_key;
use wirecopy_core::text::credit::{Agencies, credits};
use wirecopy_core::text::{Placed, SourceLines, Tokenizer, words_in};
use wirecopy_core::{DocId, Result, Similarity};
use wirecopy_ingest::settings_files;

/// Compares two documents.
///
/// # Errors
/// Fails if a setting is out of range, or if the file of a model or of agencies cannot be read.
pub fn compare(a: &Document, b: &Document, config: &Config) -> Result<Comparison> {
    let comparer = Comparer::new(config)?;
    Ok(comparer.compare(&comparer.ready(a), &comparer.ready(b)))
}

/// Compares many pairs with the same settings.
pub struct Comparer<'a> {
    config: &'a Config,
    model: Model,
    idf: Idf,
    agencies: Arc<Agencies>,
    tokenizer: Tokenizer,
}

/// A document prepared for comparisons.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Ready {
    /// Metadata and text of the document.
    pub side: Side,
    placed: Placed,
    ready: classify::Ready,
    language: LanguageKey,
}

impl Ready {
    /// Returns whether the document has other words than when a run wrote `line`.
    pub fn changed_since(&self, line: &DocumentLine) -> bool {
        differs(&self.placed.tokens, line)
    }
}

impl Side {
    /// Takes id and credits from the document's line in a run report.
    pub fn take_over(&mut self, line: &DocumentLine) {
        self.id.clone_from(&line.id);
        self.credits.clone_from(&line.credits);
    }
}

/// How two documents are related, and why.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Comparison {
    /// How they are related; `None` if they are not.
    pub relation: Option<Relation>,
    /// The main reason.
    pub reason: Reason,
    /// Maximum days between two documents of one dispatch; 0 for no limit.
    pub window: u32,
    /// Probability of one dispatch.
    pub score: Similarity,
    /// Score at or above which two documents are of one dispatch.
    pub threshold: f64,
    /// Share of the shorter one's shingles that occur in the longer one.
    pub containment: Similarity,
    /// Exact Jaccard similarity of their shingles.
    pub jaccard: Similarity,
    /// Share of the first one's words that occur in the second.
    pub containment_a: Similarity,
    /// Share of the second one's words that occur in the first.
    pub containment_b: Similarity,
    /// Seconds from the first one's date to the second one's, if both are known.
    pub seconds_apart: Option<i64>,
    /// The score broken down by feature; `None` if they have too little in common to be measured.
    pub weighed: Option<Weighed>,
    /// Whether relation and score are those of a run.
    pub origin: Origin,
    /// The first document.
    pub a: Side,
    /// The second document.
    pub b: Side,
    /// Their pieces, arranged side by side.
    pub rows: Vec<Row>,
}

/// Where relation and score come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// The two documents alone.
    Alone,
    /// An edge of a run.
    Edge,
    /// A run without an edge between the two; the comparison is of the two documents alone.
    NoEdge,
}

/// A score of the scorer, broken down by feature.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Weighed {
    /// Log-odds of an average pair.
    pub baseline: f64,
    /// What each feature adds, largest absolute value first.
    pub parts: Vec<Part>,
}

impl Weighed {
    /// Returns the sum, as log-odds.
    pub fn log_odds(&self) -> f64 {
        self.baseline + self.parts.iter().map(|part| part.adds).sum::<f64>()
    }
}

/// What one feature adds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Part {
    /// The feature's name.
    pub feature: String,
    /// What was measured.
    pub value: f64,
    /// What the value adds to the log-odds, compared with an average pair.
    pub adds: f64,
    /// The measurement in plain words.
    pub explanation: String,
    /// The value for display; may be empty.
    pub shown: String,
}

/// One of the two documents.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Side {
    /// Its id.
    pub id: String,
    /// Its headline.
    pub title: Option<String>,
    /// Publication date as found.
    pub date: Option<String>,
    /// The same in ISO 8601 with its original precision, if it can be parsed.
    pub published: Option<String>,
    /// Publisher.
    pub source: Option<String>,
    /// Agencies that it names as its source.
    pub credits: Vec<String>,
    /// Tokens that are compared.
    pub tokens: usize,
    /// Length in words: of two tokens in Chinese, Vietnamese and the like, where a token is a piece of a word.
    pub length: usize,
    /// Tokens of boilerplate.
    pub boilerplate_tokens: u32,
    /// Its text.
    pub text: String,
    /// The text split into passages and boilerplate. Every byte belongs to exactly one piece.
    pub pieces: Vec<Piece>,
    /// The words that are compared, in order, each with its match in the other text.
    pub words: Vec<Word>,
}

/// A part of a text, usually a sentence.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Piece {
    /// Its byte range.
    pub bytes: Range<usize>,
    /// Its words, as indices of [`Side::words`].
    pub words: Range<usize>,
    /// Whether it is boilerplate, or a short line that occurs in both texts.
    pub boilerplate: bool,
    /// Whether it begins a line.
    pub starts_line: bool,
    /// Index of the piece of the other text that has most in common with it.
    pub counterpart: Option<usize>,
    /// Whether the scorer counts the two as a match.
    pub matched: bool,
    /// Share of its weight that occurs in the counterpart.
    pub share: Similarity,
}

impl<'a> Comparer<'a> {
    /// Creates a comparer with these settings.
    ///
    /// # Errors
    /// Fails if a setting is out of range, or if the file of a model or of agencies cannot be read.
    pub fn new(config: &'a Config) -> Result<Self> {
        config.validate()?;
        let model = settings_files::model(config.matching.model.as_deref())?;
        let agencies = settings_files::agencies(config.ingest.agencies.as_deref())?;
        let tokenizer = Tokenizer::new(&config.matching);
        Ok(Self { config, model, idf: Idf::background(), agencies, tokenizer })
    }

    /// Also treats lines as boilerplate that a run learned from its sources; see
    /// [`Run::learned`](crate::Run::learned).
    #[must_use]
    pub fn with_learned(self, learned: SourceLines) -> Self {
        Self { tokenizer: self.tokenizer.with_learned(learned), ..self }
    }

    /// Prepares a document for comparisons.
    pub fn ready(&self, document: &Document) -> Ready {
        let source = source_key(&document.path, document.record, &document.meta);
        let placed = self.tokenizer.clone().placed(&document.text, source);
        let named = credits(&document.text, &document.meta, &self.agencies);
        let side = Side {
            id: document.id.clone(),
            title: document.meta.title.clone(),
            date: document.meta.date.clone(),
            published: document.meta.published.clone(),
            source: document.meta.source.clone(),
            credits: named.into_iter().map(|credit| credit.agency).collect(),
            tokens: placed.tokens.len(),
            length: words_in(placed.tokens.as_slice()),
            boilerplate_tokens: placed.tokens.boilerplate_len(),
            text: document.text.clone(),
            ..Side::default()
        };
        let ready = classify::Ready::new(placed.tokens.clone(), &document.text, &document.meta, &self.idf);
        Ready { side, ready, placed, language: LanguageKey::of(document.meta.language.as_deref()) }
    }

    /// Compares two prepared documents.
    pub fn compare(&self, a: &Ready, b: &Ready) -> Comparison {
        let matching = &self.config.matching;
        let documents = vec![a.ready.clone(), b.ready.clone()];
        let prepared = Prepared::new(documents, matching, &self.model);
        let (x, y) = (DocId(0), DocId(1));
        let mut examiner = prepared.examiner();
        let evidence = examiner.evidence(x, y);
        let Decision { relation, score, reason, .. } = classify::classify(&evidence, matching);
        let overlaps = examiner.overlaps(x, y);
        let seconds_apart = a.ready.published.zip(b.ready.published).map(|(a, b)| b - a);
        let mut comparison = Comparison {
            relation,
            reason,
            window: matching.window,
            score,
            threshold: matching.strictness.threshold(),
            jaccard: overlaps.jaccard,
            containment: evidence.shingles.containment(),
            containment_a: overlaps.containment_a,
            containment_b: overlaps.containment_b,
            seconds_apart,
            weighed: examiner.features(x, y).map(|features| self.weigh(&features)),
            origin: Origin::Alone,
            a: a.side.clone(),
            b: b.side.clone(),
            rows: Vec::new(),
        };
        self.lay_out(&mut comparison, a, b);
        comparison
    }

    /// Splits both texts into pieces, arranges them side by side, and marks their words.
    fn lay_out(&self, comparison: &mut Comparison, a: &Ready, b: &Ready) {
        let (of_a, of_b) =
            passages((&a.placed.tokens, &a.ready.profile), (&b.placed.tokens, &b.ready.profile));
        let cut = |ready: &Ready, passages: &[wirecopy_core::score::Passage]| {
            let ranges = passages.iter().map(|passage| passage.tokens.clone());
            layout::stretches(&ready.side.text, &ready.placed, ranges)
        };
        let (cut_a, cut_b) = (cut(a, &of_a), cut(b, &of_b));
        comparison.a.pieces = pieces(&cut_a, &of_a, &a.placed.words, &cut_b);
        comparison.b.pieces = pieces(&cut_b, &of_b, &b.placed.words, &cut_a);
        pair_boilerplate(comparison);
        comparison.rows = rows::rows(&comparison.a.pieces, &comparison.b.pieces);
        let (marks_a, marks_b) =
            marks::marks((a, &comparison.a.pieces), (b, &comparison.b.pieces), &comparison.rows, &self.idf);
        comparison.a.words = marks_a;
        comparison.b.words = marks_b;
    }

    fn weigh(&self, features: &Features) -> Weighed {
        let values: Vec<f64> =
            self.model.counting().into_iter().map(|feature| features.get(feature)).collect();
        weigh(&ModelLine::of(&self.model), &values)
    }
}

/// Breaks a score down by feature. Features that this version does not know are shown by name.
fn weigh(model: &ModelLine, values: &[f64]) -> Weighed {
    let sum = model.sum_of(values);
    let mut parts: Vec<Part> = sum
        .features
        .iter()
        .zip(values.iter().copied())
        .filter(|(addend, _)| addend.weight != 0.0)
        .map(|(addend, value)| {
            let known = Feature::ALL.iter().find(|feature| feature.name() == addend.feature);
            let words = known.map(|&feature| feature_words::plain(feature, value));
            Part {
                feature: addend.feature.clone(),
                value,
                adds: addend.adds(value),
                explanation: words.as_ref().map_or_else(
                    || addend.feature.clone(),
                    |words| words.explanation(value - addend.mean).to_owned(),
                ),
                shown: words.map_or_else(|| format!("{value:.2}"), |words| words.value),
            }
        })
        .collect();
    parts.sort_by(|x, y| y.adds.abs().total_cmp(&x.adds.abs()));
    Weighed { baseline: sum.intercept, parts }
}

/// Converts the stretches of a text to pieces with their counterparts. A passage is represented by its first stretch.
fn pieces(
    own: &[layout::Stretch],
    passages: &[wirecopy_core::score::Passage],
    words: &[Range<usize>],
    other: &[layout::Stretch],
) -> Vec<Piece> {
    let place_of = |passage: usize| other.iter().position(|stretch| stretch.passage == Some(passage));
    own.iter()
        .map(|stretch| {
            let passage = stretch.passage.and_then(|number| passages.get(number));
            let inside = |at: usize| words.partition_point(|word| word.start < at);
            Piece {
                bytes: stretch.bytes.clone(),
                words: inside(stretch.bytes.start)..inside(stretch.bytes.end),
                boilerplate: passage.is_none_or(|passage| passage.left_out),
                starts_line: stretch.starts_line,
                counterpart: passage.and_then(|passage| passage.counterpart).and_then(place_of),
                matched: passage.is_some_and(|passage| passage.is_related),
                share: Similarity::clamped(passage.map_or(0.0, |passage| f64::from(passage.share))),
            }
        })
        .collect()
}

/// Makes equal lines of boilerplate counterparts of each other.
fn pair_boilerplate(comparison: &mut Comparison) {
    let Comparison { a, b, .. } = comparison;
    let mut lines: HashMap<&str, usize> = HashMap::new();
    for (at, piece) in a.pieces.iter().enumerate().filter(|(_, p)| p.boilerplate && p.counterpart.is_none()) {
        lines.entry(a.text[piece.bytes.clone()].trim()).or_insert(at);
    }
    for (at, piece) in
        b.pieces.iter_mut().enumerate().filter(|(_, p)| p.boilerplate && p.counterpart.is_none())
    {
        if let Some(own) = lines.remove(b.text[piece.bytes.clone()].trim()) {
            piece.counterpart = Some(own);
            a.pieces[own].counterpart = Some(at);
        }
    }
}

impl Comparison {
    /// Returns whether both dates include a time of day.
    fn dates_have_times(&self) -> bool {
        [&self.a, &self.b].iter().all(|side| side.published.as_deref().is_some_and(|date| date.contains('T')))
    }

    /// Replaces relation, score and measurements by those of the run's edge between the two, if it has one.
    #[must_use]
    pub fn as_in_run(mut self, edge: Option<&EdgeLine>, model: Option<&ModelLine>) -> Self {
        let Some(edge) = edge else {
            self.origin = Origin::NoEdge;
            return self;
        };
        self.origin = Origin::Edge;
        if self.relation != Some(edge.relation) && self.reason != Reason::SameItem {
            self.reason = match edge.relation {
                Relation::Identical => Reason::SameWords,
                Relation::Copy => Reason::Shingles,
                Relation::Excerpt | Relation::Version | Relation::Rewrite | Relation::Partial => {
                    Reason::Scored
                }
            };
        }
        self.relation = Some(edge.relation);
        self.score = edge.score;
        self.jaccard = edge.jaccard;
        if let Some(model) = model.filter(|_| !edge.features.is_empty()) {
            self.weighed = Some(weigh(model, &edge.features));
        }
        self
    }
}

#[cfg(test)]
mod tests;
