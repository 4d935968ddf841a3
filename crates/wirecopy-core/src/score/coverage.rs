//! Measures how much of each text has a counterpart in the other.
//!
//! This is the strongest single feature for re-translations (two independent studies, `docs/quality.md`): a
//! rewrite keeps nearly all sentences of a dispatch, a template or follow-up only a few. The larger of the two
//! directions stays high if one text was cut or had a story spliced on; the smaller separates a follow-up from a
//! rewrite. Short lines without a counterpart count less: they are boilerplate of one of the two. Cost: one step
//! for each unit.

use super::align::{Counterpart, covered};
use super::profile::Profile;

/// Weight added to the total as uncovered, so that tiny texts are never completely covered.
const PRIOR: f32 = 3.0;
/// Coverage of one text by the other; all values are from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Coverage {
    /// Share of weight in covered units, where units may be covered in part.
    pub graded: f32,
    /// The same for the opening, which says what happened and is where follow-ups differ.
    pub lead: f32,
}

/// Bounds the coverage of a text's units from above, given counterparts with at least the weight that theirs have. Lines are not left
/// out.
pub(super) fn most_covered(text: &Profile, counterparts: impl Iterator<Item = Counterpart>) -> Coverage {
    let (mut graded, mut rest) = (0.0, 0.0);
    for (unit, counterpart) in text.units.iter().zip(counterparts) {
        let degree = covered(counterpart, unit.mass);
        let weight = unit.mass * (degree + (1.0 - degree) * unit.prose);
        graded += weight * degree;
        // The uncovered weight rises and then falls with the degree, so that it is least at one of the ends.
        rest += (weight * (1.0 - degree)).min(unit.mass * unit.prose);
    }
    Coverage { graded: graded / (graded + rest + PRIOR), lead: 1.0 }
}

/// Computes the coverage of a text's units, given their counterparts in the other text.
pub(super) fn coverage(text: &Profile, counterparts: &[Counterpart]) -> Coverage {
    let (mut all, mut graded, mut lead_all, mut lead) = (0.0, 0.0, 0.0, 0.0);
    for (unit, &counterpart) in text.units.iter().zip(counterparts) {
        if counterpart.left_out {
            continue;
        }
        let degree = covered(counterpart, unit.mass);
        let weight = unit.mass * (degree + (1.0 - degree) * unit.prose);
        all += weight;
        graded += weight * degree;
        if unit.lead {
            lead_all += unit.mass;
            lead += degree * unit.mass;
        }
    }
    Coverage { graded: graded / (all + PRIOR), lead: lead / (lead_all + PRIOR) }
}
