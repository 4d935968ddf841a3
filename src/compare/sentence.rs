//! The verdict in one sentence.

use super::{Comparison, Part, Reason, Side};
use crate::report::Relation;
use crate::verify::{Feature, Sense};

/// A share as a person reads it; what is not all is never 100 %.
pub(super) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    match percent {
        p if p > 0.0 && p < 1.0 => "under 1 %".to_owned(),
        p if p < 100.0 => format!("{:.0} %", p.round().min(99.0)),
        _ => "100 %".to_owned(),
    }
}

impl Comparison {
    /// Yes or no, and the main reason, in one sentence. It calls the two documents A and B.
    pub fn sentence(&self) -> String {
        let score = format!("score {:.2}", self.score);
        match (self.relation, self.reason) {
            (Some(Relation::Identical), _) => {
                "Yes, identical: the same words in the same order, once the site's furniture is off."
                    .to_owned()
            }
            (Some(Relation::Copy), _) => format!(
                "Yes, a copy: {} of all runs of words in the two texts stand in both.",
                percent(self.jaccard)
            ),
            (Some(Relation::Excerpt), reason) => {
                let (shorter, longer) = if self.a.tokens <= self.b.tokens { ("A", "B") } else { ("B", "A") };
                let share = match reason {
                    Reason::Contained(share) => share,
                    _ => self.containment_a.max(self.containment_b),
                };
                format!(
                    "Yes, an excerpt: {} of the runs of words of {shorter}, the shorter one, stand in {longer}.",
                    percent(share)
                )
            }
            (Some(Relation::Rewrite), _) => {
                let why = self.main(1.0).map_or("the scorer says so", |part| part.said.as_str());
                let ((told_a, all_a), (told_b, all_b)) = (told(&self.a), told(&self.b));
                if told_a + told_b == 0 {
                    return format!(
                        "Yes, a rewrite ({score}): {why}, though no sentence is told outright in the other."
                    );
                }
                format!(
                    "Yes, a rewrite ({score}): {why}; {told_a} of {all_a} sentences of A and {told_b} of {all_b} of B \
                     are told in the other."
                )
            }
            (None, Reason::Nothing) => "No: they have next to nothing in common.".to_owned(),
            (None, Reason::Editions) => format!(
                "No: {} of all runs of words in the two texts stand in both, but each has news of its own where the other \
                 has other words: two editions of a document that is kept up to date.",
                percent(self.jaccard)
            ),
            (None, Reason::LabelledEditions) => format!(
                "No: {} of all runs of words in the two texts stand in both, but both say that they are kept up to date, as boxes of \
                 facts and timelines are, and one was changed: two editions.",
                percent(self.jaccard)
            ),
            (None, Reason::NotAsked) => {
                "No: neither is a copy or an excerpt of the other, and rewrites were not asked for."
                    .to_owned()
            }
            (None, Reason::Apart(days, window)) => format!(
                "No: they lie {days:.0} days apart, and a rewrite stands within {window} days of its dispatch; \
                 their texts alone would score {:.2}.",
                self.score
            ),
            (None, _) => match self.main(-1.0) {
                Some(part) => format!("No ({score}): {}.", part.said),
                None => format!("No ({score}): too little speaks for it."),
            },
        }
    }

    /// What speaks most for (1) or against (−1) one dispatch. Lengths set the scale of others and are no reason; nor is
    /// it one for a yes that something against it is missing, where there is a better one.
    fn main(&self, sign: f64) -> Option<&Part> {
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

/// Sentences that are told in the other text, and all.
fn told(side: &Side) -> (usize, usize) {
    let prose = || side.pieces.iter().filter(|piece| !piece.furniture && !piece.words.is_empty());
    (prose().filter(|piece| piece.told).count(), prose().count())
}
