//! How much of each text has a counterpart in the other.
//!
//! The strongest single sign of a re-translation (two independent studies, `docs/quality.md`): a dispatch
//! re-told keeps nearly all its sentences, a template or follow-up a few. The larger direction holds when one side was
//! cut or had a story spliced on, the smaller tells a follow-up from a re-telling. Units without a counterpart in lines
//! of a few words leave the denominator: pair-local boilerplate. Cost: one step a unit.

use super::align::{Counterpart, covered};
use super::profile::Profile;

/// Weight that is taken for uncovered beyond what is, so that tiny texts are never wholly covered.
const PRIOR: f32 = 3.0;
/// Coverage of one text by the other; all from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Coverage {
    /// Share of weight in units that are covered, by degrees.
    pub graded: f32,
    /// The same of the opening: what happened stands there, and it is where follow-ups differ.
    pub lead: f32,
}

/// Coverage of the units of a text by those of the other, given their counterparts.
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
