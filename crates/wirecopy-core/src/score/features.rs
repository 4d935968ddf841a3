//! The features of a pair: few numbers, each with its reason, range and sense.
//!
//! All are symmetric in the two texts. A feature whose effect has a known direction has a [`Sense`], which the fit
//! enforces.

use serde::{Deserialize, Serialize};

/// The direction in which a feature may influence the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sense {
    /// A higher value never lowers the score.
    For,
    /// A higher value never raises the score.
    Against,
    /// A higher value may do either; it sets the scale for other features.
    Either,
    /// The feature is ignored.
    None,
}

macro_rules! features {
    ($($(#[$doc:meta])* $variant:ident $name:literal $sense:ident;)*) => {
        /// A feature of a pair.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Feature { $($(#[$doc])* $variant,)* }

        impl Feature {
            /// Every feature, in the order of [`Features::values`].
            pub const ALL: &'static [Feature] = &[$(Feature::$variant,)*];

            /// Returns the feature's name in model files and explanations.
            pub fn name(self) -> &'static str {
                match self { $(Feature::$variant => $name,)* }
            }

            /// Returns the direction in which the feature may influence the score.
            pub fn sense(self) -> Sense {
                match self { $(Feature::$variant => Sense::$sense,)* }
            }
        }
    };
}

features! {
    /// Logarithm of the number of terms that occur once in each text, 0 or more: evidence in absolute terms, which
    /// boilerplate and spliced stories do not dilute. What a text repeats often is its subject.
    Singles "singles" For;
    /// Logarithm of the number of words of the shorter text: long texts share more by chance.
    Length "length" Against;
    /// Logarithm of the longer length over the shorter, 0 or more.
    LengthRatio "length_ratio" Either;
    /// Logarithm of the weight of the best chain, 0 to 5. Up to there it separates dispatches from subjects;
    /// above, it would measure length.
    Chain "chain" For;
    /// Logarithm of the weight of the best chain of rare terms only, 0 or more: names and things in the same
    /// order.
    RareChain "rare_chain" For;
    /// The larger of order (share of single terms in the same order) and complete coverage (both directions
    /// multiplied), 0 to 1. A shuffled text keeps the coverage, a shortened text the order.
    OrderOrCoverage "order_or_coverage" For;
    /// Complete coverage minus order, 0 to 1: everything is there, in another order. Templates keep their order.
    CoverageBeyondOrder "coverage_beyond_order" For;
    /// Share of the sentences of the text with fewer sentences that are the best counterpart of their own best
    /// counterpart, 0 to 1. A rewrite matches sentence by sentence, in any order and even when cut; another story
    /// on the same subject matches in a few.
    OneToOne "one_to_one" For;
    /// Logarithm of the weight of the chains of rare terms within single sentences and their counterparts, 0 or
    /// more: the order that remains after shuffling and cutting.
    SentenceChain "sentence_chain" For;
    /// Shares of the rare terms that both texts hold, multiplied, 0 to 1. At equal coverage and chains, common
    /// names indicate a common subject or a template filled in anew, rather than one dispatch.
    RareShared "rare_shared" Against;
    /// Square root of the share of verbatim five-word shingles in the shorter text, times the share that the
    /// larger direction leaves uncovered, 0 to 1. Copies and excerpts are decided earlier; verbatim text beside
    /// text without a counterpart means a template.
    VerbatimUncovered "verbatim_uncovered" Against;
    /// The same square root times the uncovered share of both openings, 0 to 1: a timeline or a background box,
    /// sent again under other news.
    VerbatimNewOpening "verbatim_new_opening" Against;
    /// Share of the numbers of the text with fewer numbers that the other lacks, 0 to 1, shrunk towards 0 for few
    /// numbers.
    NumbersMissing "numbers_missing" Against;
    /// Logarithm of the count of contradicting numbers in related sentences, 0 or more.
    NumberConflict "number_conflict" Against;
    /// The same within the openings.
    OpeningConflict "opening_conflict" Against;
    /// Logarithm of the count of related sentences that name different days of the week, 0 or more.
    DayConflict "day_conflict" Against;
    /// 1 if the opening of each text names a day of the week that the other text does not, although it names some;
    /// else 0.
    DayMissing "day_missing" Against;
    /// Days between the two publications beyond the first, 0 to 30; 0 if a date is unknown. Not measured on the
    /// texts.
    DaysApart "days_apart" Against;
    /// Similarity of the headlines: weight of the terms in both over that of the terms in either, 0 to 1; 0 if one
    /// text has no headline.
    Headline "headline" For;
    /// 1 if both sources are known and differ; else 0. Within one archive, long shared passages are more often the
    /// agency's own templates; between two outlets they are a reprint. Not measured on the texts: see
    /// `Features::with_circumstances`.
    OtherSource "other_source" Either;
    /// 1 if both sources are known and the same, and both texts have headlines; else 0. Selects the weights of texts that share passages and
    /// were published near each other, which in one source depend on the headlines. Measured as if the sources were the same, and completed
    /// with what is known of them.
    SameSource "same_source" Either;
    /// 1 if the texts share passages, which means at least [`PASSAGES`] shingles of five words; else 0, and then
    /// all features below are 0 too. They say what such passages mean. Selects the weights, as
    /// [`Near`](Self::Near) does.
    Passages "passages" Either;
    /// 1 if the texts share passages and were published within [`NEAR`] hours, when passages mean one running
    /// story; else 0.
    Near "near" Either;
    /// Containment of the shingles of the smaller set times `one_to_one`, 0 to 1: sentences match verbatim.
    VerbatimMatched "verbatim_matched" For;
    /// Share of the weight of the lighter text that occurs in the other, 0 to 1.
    WeightShared "weight_shared" For;
    /// Share of the weight of the heavier text that occurs in the other, 0 to 1.
    WeightSharedHeavier "weight_shared_heavier" For;
    /// Share of rare terms in a text's weight, the smaller of both, 0 to 1. It sets the scale of what is measured on
    /// rare terms: how many words of a text are rare depends on its language and its subject. Syllables of Vietnamese
    /// are seldom rare, and neither are the words of a market report.
    RareWeight "rare_weight" Either;
    /// Mean weight of a text's terms, the smaller of both, 0 or more: the scale of what is measured on all terms.
    MeanWeight "mean_weight" Either;
    /// 1 if the texts share passages and either is labelled as a periodically updated document (a fact box, a
    /// timeline); else 0. Not measured on the texts.
    Labelled "labelled" Against;
    /// The same if one is labelled and the other is not: a list of quotes beside the report.
    OneLabelled "one_labelled" Against;
    /// Share of the weight of an opening that has a counterpart in the other text, the smaller of both, 0 to 1. A new
    /// version keeps the news, and a follow-up begins with its own.
    OpeningShared "opening_shared" For;
    /// Weight of the terms in both openings over the weight of the heavier opening, 0 to 1, for texts that share passages; else 0. A report
    /// that absorbs an item has it further down.
    OpeningsAlike "openings_alike" For;
    /// 1 if the texts share passages and their headlines begin with the same term behind tags such as "UPDATE 2-", most often the one who acts;
    /// else 0.
    HeadlineStart "headline_start" For;
    /// 1 if the texts share passages and both openings name days of the week, but none that is the same; else 0.
    OpeningDays "opening_days" Against;
    /// Logarithm of the length of the later text over that of the earlier, for texts that share passages, are not known
    /// to be of two sources, and were published within [`NEAR`] hours; else 0. Versions grow; a side-bar is shorter. Measured in the
    /// order of the texts, and completed with what is known of their dates.
    Growth "growth" For;
    /// Hours between the publications beyond the first eight, as a share of the sixteen that follow, 0 to 1, under the same
    /// conditions; else 0. The next day brings news of its own, which a source puts on top of its report of the day before. Not
    /// measured on the texts.
    NextDay "next_day" Against;
}

impl Feature {
    /// Returns whether the feature describes shared passages and is 0 where there are none.
    pub fn is_of_passages(self) -> bool {
        self as usize >= Feature::Passages as usize
    }
}

/// Number of features.
pub const FEATURES: usize = Feature::ALL.len();

/// The values of all features of a pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Features {
    pub(super) values: [f64; FEATURES],
}

impl Features {
    /// Creates features from their values in the order of [`Feature::ALL`].
    pub(crate) fn of_values(values: &[f64; FEATURES]) -> Self {
        Self { values: *values }
    }

    /// Returns the values in the order of [`Feature::ALL`].
    pub fn values(&self) -> &[f64; FEATURES] {
        &self.values
    }

    /// Returns the features with what is known besides the texts added; the last step of measuring. Outlets print
    /// a dispatch within a day. A text that resembles one of last week is more often a follow-up or a template
    /// filled in anew.
    #[must_use]
    pub(crate) fn with_circumstances(mut self, circumstances: Circumstances) -> Self {
        let Circumstances { hours, same_source, labelled, one_labelled, second_is_later } = circumstances;
        let other_source = same_source == Some(false);
        let passages = self.get(Feature::Passages) > 0.0;
        let flag = |set: bool| f64::from(u8::from(set));
        let near = passages && hours.is_some_and(|hours| hours <= NEAR);
        let next_day = hours.map_or(0.0, |hours| ((hours - 8.0) / 16.0).clamp(0.0, 1.0));
        let growth = match second_is_later {
            Some(true) => self.get(Feature::Growth),
            Some(false) => 0.0 - self.get(Feature::Growth),
            None => 0.0,
        };
        for (feature, value) in [
            (Feature::DaysApart, hours.map_or(0.0, |hours| (hours / 24.0 - 1.0).clamp(0.0, 30.0))),
            (Feature::OtherSource, flag(other_source)),
            (Feature::SameSource, flag(same_source == Some(true)) * self.get(Feature::SameSource)),
            (Feature::Near, flag(near)),
            (Feature::Labelled, flag(passages && labelled)),
            (Feature::OneLabelled, flag(passages && one_labelled)),
            (Feature::Growth, if near && !other_source { growth } else { 0.0 }),
            (Feature::NextDay, if near && !other_source { next_day } else { 0.0 }),
        ] {
            self.values[feature as usize] = value;
        }
        self
    }

    /// Sets one value.
    #[cfg(test)]
    pub(super) fn set(&mut self, feature: Feature, value: f64) {
        self.values[feature as usize] = value;
    }

    /// Returns the value of one feature.
    pub fn get(&self, feature: Feature) -> f64 {
        self.values[feature as usize]
    }
}

/// Fewest shared five-word shingles of two texts that have passages in common.
pub const PASSAGES: usize = 10;
/// Most hours between two publications that are near each other.
pub const NEAR: f64 = 72.0;

/// What is known of a pair besides its texts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Circumstances {
    /// Hours between the two publications, if both dates are known.
    pub hours: Option<f64>,
    /// Whether the sources are the same, if both are known.
    pub same_source: Option<bool>,
    /// Whether either is labelled as a periodically updated document.
    pub labelled: bool,
    /// Whether one is, and the other is not.
    pub one_labelled: bool,
    /// Whether the second of the two documents was published later than the first, if both dates are known and differ.
    pub second_is_later: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    #[test]
    fn sources_and_hours_select_the_weights() {
        let of = |headlines: f64, same_source: Option<bool>, hours: Option<f64>, passages: f64| {
            let mut features = Features { values: [0.0; FEATURES] };
            features.set(Feature::Passages, passages);
            features.set(Feature::SameSource, headlines);
            features
                .with_circumstances(Circumstances { hours, same_source, ..Circumstances::default() })
                .kind()
        };
        let kind = |same_source, hours, passages| of(1.0, same_source, hours, passages);
        assert_eq!(kind(Some(true), Some(1.0), 1.0), Kind::OneSource);
        assert_eq!(of(0.0, Some(true), Some(1.0), 1.0), Kind::WithPassagesNear, "without headlines");
        assert_eq!(kind(Some(false), Some(1.0), 1.0), Kind::WithPassagesNear);
        assert_eq!(kind(None, Some(1.0), 1.0), Kind::WithPassagesNear);
        for hours in [None, Some(100.0)] {
            assert_eq!(kind(Some(true), hours, 1.0), Kind::WithPassages);
        }
        assert_eq!(kind(Some(true), Some(1.0), 0.0), Kind::WithoutPassages);
    }
}
