//! The scorer's features in words that need no knowledge of it.

use crate::verify::Feature;

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
            "the order of what they share is the same, or both are told in full",
            "the order of what they share differs, and neither is told in full",
            percent(value),
        ),
        Feature::CoverageBeyondOrder => words(
            "nearly all is told in both, though in another order",
            "no more is told in both than stands in the same order",
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
            "blocks kept word for word stand in otherwise different texts",
            "no blocks kept word for word stand in otherwise different texts",
            percent(value),
        ),
        Feature::VerbatimNewOpening => words(
            "blocks kept word for word stand under a new opening",
            "no blocks kept word for word stand under a new opening",
            percent(value),
        ),
        Feature::NumbersMissing => words(
            "numbers of the one are missing from the other",
            "the numbers of the one stand in the other",
            format!("{} missing", percent(value)),
        ),
        Feature::NumberConflict => words(
            "sentences that tell the same give other numbers",
            "sentences that tell the same hardly differ in their numbers",
            count(),
        ),
        Feature::OpeningConflict => words(
            "the openings give other numbers for the same",
            "the openings hardly differ in their numbers",
            count(),
        ),
        Feature::DayConflict => words(
            "sentences that tell the same name other days of the week",
            "sentences that tell the same name no other days of the week",
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
