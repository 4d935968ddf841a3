//! The scorer's features in words that need no knowledge of it.

use wirecopy_core::score::Feature;

/// What is said of a feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Plain {
    /// Said where the value is over the average pair's.
    pub much: &'static str,
    /// Said where it is not.
    pub little: &'static str,
    /// The value as a person reads it; empty where it says no more than the words.
    pub value: String,
}

impl Plain {
    /// The words for a value that differs from the average's by `difference`.
    pub fn said(&self, difference: f64) -> &'static str {
        if difference > 0.0 { self.much } else { self.little }
    }
}

/// The feature's words for a value. A feature without words does not compile.
pub fn plain(feature: Feature, value: f64) -> Plain {
    let percent = |share: f64| format!("{:.0} %", 100.0 * share.clamp(0.0, 1.0));
    // Most features are logarithms of one and what they measure.
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
            "they have passages in common word for word",
            "they have no passages in common word for word",
            String::new(),
        ),
        Feature::OtherSource => words(
            "they come from different outlets",
            "they come from one outlet, or an outlet is not known",
            String::new(),
        ),
        Feature::Near => words(
            "they were published within three days of each other",
            "they were published days apart, or a date is not known",
            String::new(),
        ),
        Feature::VerbatimMatched => words(
            "sentence answers to sentence word for word",
            "few sentences answer each other word for word",
            percent(value),
        ),
        Feature::WeightShared => words(
            "most of what the one says, by weight, is in the other",
            "the lighter text has much that the other lacks",
            percent(value),
        ),
        Feature::WeightSharedHeavier => words(
            "most of what the heavier text says is in the other",
            "the heavier text has much that the other lacks",
            percent(value),
        ),
        Feature::Labelled => words(
            "one is labelled as updated periodically, such as a fact box",
            "neither is labelled as updated periodically",
            String::new(),
        ),
        Feature::Singles => words(
            "they have many words of weight in common, said once in each",
            "they have few words of weight in common, said once in each",
            count(),
        ),
        Feature::Length => words(
            "both are long, and long texts share more by chance",
            "one is short, and short texts share little by chance",
            format!("{:.0} words", value.exp() - 1.0),
        ),
        Feature::LengthRatio => words(
            "one is much longer than the other",
            "they are of similar length",
            format!("{:.1} times", value.exp()),
        ),
        Feature::Chain => words(
            "what they share comes in the same order over a long stretch",
            "what they share comes in the same order over short stretches only",
            if value >= 5.0 { "weight 147 or more".to_owned() } else { weight() },
        ),
        Feature::RareChain => words(
            "names and rare words come in the same order over a long stretch",
            "few names and rare words come in the same order",
            weight(),
        ),
        Feature::OrderOrCoverage => words(
            "what they share comes in the same order, or all of it is in both",
            "what they share comes in another order, and much is in one only",
            percent(value),
        ),
        Feature::CoverageBeyondOrder => words(
            "nearly all is in both, though in another order",
            "no more is in both than what comes in the same order",
            percent(value),
        ),
        Feature::OneToOne => words(
            "sentence answers to sentence, one to one",
            "few sentences have a counterpart of their own",
            percent(value),
        ),
        Feature::SentenceChain => words(
            "sentences that answer each other have their names in the same order",
            "few sentences have names in the same order as their counterparts",
            weight(),
        ),
        Feature::RareShared => words(
            "most rare words of both are the same, as in stories on one subject",
            "beside those in common each has rare words of its own",
            percent(value),
        ),
        Feature::VerbatimUncovered => words(
            "long verbatim blocks in otherwise different texts",
            "no long verbatim blocks in otherwise different texts",
            percent(value),
        ),
        Feature::VerbatimNewOpening => words(
            "long verbatim blocks under a new opening",
            "no long verbatim blocks under a new opening",
            percent(value),
        ),
        Feature::NumbersMissing => words(
            "numbers of the one are missing from the other",
            "the numbers of the one are in the other",
            format!("{} missing", percent(value)),
        ),
        Feature::NumberConflict => words(
            "matching sentences give different numbers",
            "matching sentences hardly differ in their numbers",
            count(),
        ),
        Feature::OpeningConflict => words(
            "the openings give different numbers",
            "the openings hardly differ in their numbers",
            count(),
        ),
        Feature::DayConflict => words(
            "matching sentences name different days of the week",
            "matching sentences name no different days of the week",
            count(),
        ),
        Feature::DayMissing => words(
            "an opening names a day of the week that the other text does not",
            "no opening names a day of the week that the other text lacks",
            String::new(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_feature_has_words_of_its_own() {
        let mut said = HashSet::new();
        for &feature in Feature::ALL {
            let words = plain(feature, 0.5);
            assert!(said.insert(words.much) && said.insert(words.little), "{}", feature.name());
            for text in [words.much, words.little] {
                assert!(!text.contains(feature.name()) || !feature.name().contains('_'));
                assert!(text.len() > 15 && text.len() < 76 && !text.ends_with('.'), "{text}");
            }
        }
    }

    #[test]
    fn values_are_told_in_their_own_measure() {
        assert_eq!(plain(Feature::Length, 300f64.ln_1p()).value, "300 words");
        assert_eq!(plain(Feature::VerbatimUncovered, 0.09).value, "9 %");
        assert_eq!(plain(Feature::NumberConflict, 3f64.ln()).value, "2");
    }
}
