//! Explains the scorer's features in plain words.

use wirecopy_core::score::Feature;

/// The explanation of a feature's value.
#[derive(Clone, Debug, PartialEq)]
pub struct Plain {
    /// Explanation if the value is above that of an average pair.
    pub much: &'static str,
    /// Explanation otherwise.
    pub little: &'static str,
    /// The value for display; empty if it adds nothing to the explanation.
    pub value: String,
}

impl Plain {
    /// Returns the explanation for a value that differs from the average by `difference`.
    pub fn explanation(&self, difference: f64) -> &'static str {
        if difference > 0.0 { self.much } else { self.little }
    }
}

/// Returns the explanation of a feature's value. A feature without an explanation does not compile.
pub fn plain(feature: Feature, value: f64) -> Plain {
    // Adding 0 removes the sign of a negative zero.
    let percent = |share: f64| format!("{:.0} %", 100.0 * share.clamp(0.0, 1.0) + 0.0);
    // Most features are the logarithm of one plus what they measure.
    let weight = || format!("weight {:.0}", value.exp() - 1.0);
    let count = || format!("{:.1}", value.exp() - 1.0).trim_end_matches(".0").to_owned();
    let words = |much, little, value| Plain { much, little, value };
    match feature {
        Feature::DaysApart => words(
            "they were published more than a day apart",
            "they were published within a day of each other, or a date is not known",
            if value > 0.0 { format!("{:.1} days", value + 1.0) } else { String::new() },
        ),
        Feature::Headline => {
            words("their headlines are alike", "their headlines differ, or one has none", percent(value))
        }
        Feature::Passages => words(
            "they have verbatim passages in common",
            "they have no verbatim passages in common",
            String::new(),
        ),
        Feature::OtherSource => words(
            "they come from different outlets",
            "they come from one outlet, or an outlet is not known",
            String::new(),
        ),
        Feature::SameSource => words(
            "they come from one outlet, with headlines",
            "they come from different outlets, or an outlet or a headline is not known",
            String::new(),
        ),
        Feature::Near => words(
            "they were published within three days of each other",
            "they were published days apart, or a date is not known",
            String::new(),
        ),
        Feature::VerbatimMatched => words(
            "many matching sentences are verbatim",
            "few matching sentences are verbatim",
            percent(value),
        ),
        Feature::WeightShared => words(
            "most of the lighter text, by weight, is in the other",
            "the lighter text has much that the other lacks",
            percent(value),
        ),
        Feature::WeightSharedHeavier => words(
            "most of the heavier text, by weight, is in the other",
            "the heavier text has much that the other lacks",
            percent(value),
        ),
        Feature::Labelled => words(
            "one is labelled as periodically updated, such as a fact box",
            "neither is labelled as periodically updated",
            String::new(),
        ),
        Feature::OneLabelled => words(
            "only one is labelled as periodically updated, such as a fact box",
            "both are labelled as periodically updated, or neither is",
            String::new(),
        ),
        Feature::OpeningShared => words(
            "what each begins with is in the other too",
            "one begins with what the other lacks",
            percent(value),
        ),
        Feature::OpeningsAlike => {
            words("they begin with the same news", "they begin with other news", percent(value))
        }
        Feature::HeadlineStart => words(
            "their headlines begin with the same word",
            "their headlines begin with other words, or one has none",
            String::new(),
        ),
        Feature::OpeningDays => words(
            "they begin with different days of the week",
            "they do not begin with different days of the week",
            String::new(),
        ),
        Feature::Growth => words(
            "the later one is longer, as versions are",
            "no outlet sent a much longer text later, within three days",
            String::new(),
        ),
        Feature::NextDay => words(
            "they were published many hours apart",
            "they were published within hours, or not by one outlet in three days",
            String::new(),
        ),
        Feature::Singles => words(
            "they share many distinctive words that occur once in each",
            "they share few distinctive words that occur once in each",
            count(),
        ),
        Feature::Length => words(
            "both are long, and long texts share more by chance",
            "one is short, and short texts share less by chance",
            format!("{:.0} words", value.exp() - 1.0),
        ),
        Feature::LengthRatio => words(
            "one is much longer than the other",
            "they are of similar length",
            format!("{:.1} times", value.exp()),
        ),
        Feature::Chain => words(
            "shared words come in the same order over a long stretch",
            "shared words come in the same order over short stretches only",
            if value >= 5.0 { "weight 147 or more".to_owned() } else { weight() },
        ),
        Feature::RareChain => words(
            "names and rare words come in the same order over a long stretch",
            "few names and rare words come in the same order",
            weight(),
        ),
        Feature::OrderOrCoverage => words(
            "shared words come in the same order, or nearly all words are shared",
            "shared words come in another order, and many are in one text only",
            percent(value),
        ),
        Feature::CoverageBeyondOrder => words(
            "nearly all words are shared, though in another order",
            "few words are shared beyond those in the same order",
            percent(value),
        ),
        Feature::OneToOne => words(
            "sentences match one to one",
            "few sentences have a counterpart of their own",
            percent(value),
        ),
        Feature::SentenceChain => words(
            "matching sentences have their names in the same order",
            "few matching sentences have their names in the same order",
            weight(),
        ),
        Feature::RareShared => words(
            "most rare words are shared, as in stories on one subject",
            "each has rare words that the other lacks",
            percent(value),
        ),
        Feature::RareWeight => words(
            "rare words make up much of both texts",
            "rare words make up little of a text, as in some languages",
            percent(value),
        ),
        Feature::MeanWeight => words(
            "the words of both texts are rare on average",
            "the words of a text are common on average",
            format!("weight {value:.1}"),
        ),
        Feature::VerbatimUncovered => words(
            "more verbatim text than usual in otherwise different texts",
            "little verbatim text in otherwise different texts",
            percent(value),
        ),
        Feature::VerbatimNewOpening => words(
            "more verbatim text than usual under a new opening",
            "little verbatim text under a new opening",
            percent(value),
        ),
        Feature::NumbersMissing => words(
            "numbers in one text are missing from the other",
            "the numbers in one text also occur in the other",
            format!("{} missing", percent(value)),
        ),
        Feature::NumberConflict => words(
            "matching sentences give different numbers",
            "matching sentences give much the same numbers",
            count(),
        ),
        Feature::OpeningConflict => {
            words("the openings give different numbers", "the openings give much the same numbers", count())
        }
        Feature::DayConflict => words(
            "matching sentences name different days of the week",
            "matching sentences do not name different days of the week",
            count(),
        ),
        Feature::DayMissing => words(
            "one opening names a day of the week that the other text lacks",
            "neither opening names a day of the week that the other lacks",
            String::new(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_feature_has_its_own_explanations() {
        let mut known = HashSet::new();
        for &feature in Feature::ALL {
            let words = plain(feature, 0.5);
            assert!(known.insert(words.much) && known.insert(words.little), "{}", feature.name());
            for text in [words.much, words.little] {
                assert!(!text.contains(feature.name()) || !feature.name().contains('_'));
                assert!(text.len() > 15 && text.len() < 76 && !text.ends_with('.'), "{text}");
            }
        }
    }

    #[test]
    fn values_are_shown_in_their_own_unit() {
        assert_eq!(plain(Feature::Length, 300f64.ln_1p()).value, "300 words");
        assert_eq!(plain(Feature::VerbatimUncovered, 0.09).value, "9 %");
        assert_eq!(plain(Feature::NumberConflict, 3f64.ln()).value, "2");
    }
}
