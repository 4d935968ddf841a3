//! How much of each text has a counterpart in the other.
//!
//! The strongest single sign of a re-translation (two independent studies, `docs/quality.md`): a dispatch
//! re-told keeps nearly all its sentences, a template or follow-up a few. The larger direction holds when one side was
//! cut or had a story spliced on, the smaller tells a follow-up from a re-telling. Units without a counterpart in lines
//! of a few words leave the denominator: pair-local furniture. Cost: one step a unit.

use super::align::{Counterpart, covered};
use super::profile::Profile;

/// Weight that is taken for uncovered beyond what is, so that tiny texts are never wholly covered.
const PRIOR: f32 = 3.0;
/// A unit answers to its counterpart when it is covered to more than this degree.
const ANSWERS: f32 = 0.25;

/// Coverage of one text by the other; all from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Coverage {
    /// Share of weight in units that are covered, by degrees.
    pub graded: f32,
    /// The same of the opening: what happened stands there, and it is where follow-ups differ.
    pub lead: f32,
    /// Different counterparts over covered units, and one more.
    pub distinct: f32,
}

/// Coverage of the units of a text by those of the other, given their counterparts; `met` is a buffer.
pub(super) fn coverage(
    text: &Profile,
    counterparts: &[Counterpart],
    other: &Profile,
    met: &mut Vec<bool>,
) -> Coverage {
    met.clear();
    met.resize(other.units.len(), false);
    let (mut all, mut graded, mut lead_all, mut lead) = (0.0, 0.0, 0.0, 0.0);
    let (mut answering, mut different) = (0.0, 0.0);
    for (unit, &counterpart) in text.units.iter().zip(counterparts) {
        if counterpart.left_out {
            continue;
        }
        let degree = covered(counterpart, unit.mass);
        let weight = unit.mass * (degree + (1.0 - degree) * unit.prose);
        all += weight;
        graded += weight * degree;
        if degree > ANSWERS {
            answering += 1.0;
            let known = std::mem::replace(&mut met[usize::from(counterpart.unit)], true);
            different += f32::from(u8::from(!known));
        }
        if unit.lead {
            lead_all += unit.mass;
            lead += degree * unit.mass;
        }
    }
    Coverage {
        graded: graded / (all + PRIOR),
        lead: lead / (lead_all + PRIOR),
        distinct: different / (answering + 1.0),
    }
}
