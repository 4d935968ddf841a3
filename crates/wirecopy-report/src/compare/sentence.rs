//! The verdict in one sentence.

use super::{Comparison, Part, Reason, Side};
use wirecopy_core::score::{Feature, Sense};
use wirecopy_core::{Relation, Similarity};

/// Formats a share in percent. Only a share of 1 is shown as 100 %.
pub(super) fn percent(share: Similarity) -> String {
    let percent = 100.0 * share.get();
    match percent {
        p if p > 0.0 && p < 1.0 => "under 1 %".to_owned(),
        p if p < 100.0 => format!("{:.0} %", p.round().min(99.0)),
        _ => "100 %".to_owned(),
    }
}

impl Comparison {
    /// Returns yes or no and the main reason in one sentence, which calls the two documents A and B.
    pub fn sentence(&self) -> String {
        let score = format!("score {:.2}", self.score);
        match (self.relation, self.reason) {
            (Some(Relation::Identical), _) => {
                "Yes, identical: the same words in the same order, boilerplate aside."
                    .to_owned()
            }
            (Some(Relation::Copy), reason) => {
                format!(
                    "Yes, a copy{}: {} of the shingles of both texts are shared.",
                    of_one_item(reason),
                    percent(self.jaccard)
                )
            }
            (Some(Relation::Excerpt), reason) => {
                let (shorter, longer) = self.by_length();
                format!(
                    "Yes, an excerpt{}: {} of the shingles of {shorter}, the shorter one, are in {longer}.",
                    of_one_item(reason),
                    percent(self.containment)
                )
            }
            (Some(Relation::Version), Reason::SameItem) => {
                let (shorter, longer) = self.by_length();
                format!(
                    "Yes, two versions of one item, with the same identifier: {} of the shingles of {shorter}, the shorter one, are \
                     in {longer}.",
                    percent(self.containment)
                )
            }
            (Some(Relation::Version), _) => self.version(&score),
            (Some(Relation::Rewrite), _) => self.rewrite(&score),
            (Some(Relation::Partial), Reason::Apart) => {
                format!("No, two dispatches with passages in common: {}.", self.too_far_apart())
            }
            (_, Reason::Template) => {
                "No: one template, filled in twice. They differ only in names and numbers that replace each other.".to_owned()
            }
            (_, Reason::Openings) => {
                "No, two dispatches: they have passages in common, but no rare word from the opening of one occurs in the other."
                    .to_owned()
            }
            (Some(Relation::Partial), Reason::NotAsked) => {
                "No: they have passages in common, but neither is a copy or an excerpt of the other, and rewrites and versions \
                 are turned off."
                    .to_owned()
            }
            (Some(Relation::Partial), _) => format!(
                "No, two dispatches with passages in common ({score}): {}.",
                self.main_reason(-1.0).map_or("too little else matches", |part| part.explanation.as_str())
            ),
            (None, Reason::TooLittle) => "No: they have almost nothing in common.".to_owned(),
            (None, Reason::NotAsked) => {
                "No: neither is a copy or an excerpt of the other, and rewrites are turned off."
                    .to_owned()
            }
            (None, Reason::Apart) => format!("No: {}.", self.too_far_apart()),
            (None, _) => match self.main_reason(-1.0) {
                Some(part) => format!("No ({score}): {}.", part.explanation),
                None => format!("No ({score}): too little evidence."),
            },
        }
    }

    /// Returns the names of the two documents, the shorter first.
    fn by_length(&self) -> (&'static str, &'static str) {
        if self.a.tokens <= self.b.tokens { ("A", "B") } else { ("B", "A") }
    }

    fn version(&self, score: &str) -> String {
        let (shorter, longer) = self.by_length();
        let why = self.main_reason(1.0).map_or(String::new(), |part| format!("; {}", part.explanation));
        format!(
            "Yes, two versions of one running story ({score}): {} of the shingles of {shorter}, the shorter one, are in \
             {longer}{why}.",
            percent(self.containment)
        )
    }

    fn rewrite(&self, score: &str) -> String {
        let why =
            self.main_reason(1.0).map_or("no single feature stands out", |part| part.explanation.as_str());
        let ((matched_a, all_a), (matched_b, all_b)) = (matched(&self.a), matched(&self.b));
        if matched_a + matched_b == 0 {
            return format!(
                "Yes, a rewrite ({score}): {why}, although no sentence has a close match in the other."
            );
        }
        format!(
            "Yes, a rewrite ({score}): {why}; {matched_a} of {all_a} sentences of A and {matched_b} of {all_b} of B \
             have a match in the other."
        )
    }

    fn too_far_apart(&self) -> String {
        let days = self.seconds_apart.map_or(0.0, |seconds| seconds.unsigned_abs() as f64 / 86_400.0);
        format!(
            "they were published {days:.0} days apart, and the window for one dispatch is {} days",
            self.window
        )
    }

    /// Returns the feature that adds most for (1) or against (−1) one dispatch. Lengths only scale other features and are not
    /// reasons. For a yes, a feature that measures agreement is preferred to the absence of a conflict.
    fn main_reason(&self, sign: f64) -> Option<&Part> {
        let feature = |part: &Part| Feature::ALL.iter().find(|feature| feature.name() == part.feature);
        let is_reason = |part: &&Part| {
            !matches!(feature(part), Some(Feature::Length | Feature::LengthRatio)) && part.adds * sign > 0.0
        };
        // Parts are sorted by size.
        let parts = || self.weighed.iter().flat_map(|weighed| &weighed.parts).filter(is_reason);
        parts()
            .find(|part| sign < 0.0 || feature(part).is_some_and(|feature| feature.sense() == Sense::For))
            .or_else(|| parts().next())
    }
}

/// Says that the documents are versions of one item, if that is the reason.
fn of_one_item(reason: Reason) -> &'static str {
    if reason == Reason::SameItem { " (both are versions of one item)" } else { "" }
}

/// Counts the sentences that have a match in the other text, and all sentences.
fn matched(side: &Side) -> (usize, usize) {
    let prose = || side.pieces.iter().filter(|piece| !piece.boilerplate && !piece.words.is_empty());
    (prose().filter(|piece| piece.matched).count(), prose().count())
}
