//! How much of each text has a counterpart in the other.
//!
//! The strongest single sign of a re-translation (two independent studies, `docs/quality.md`): a dispatch
//! re-told keeps nearly all its sentences, a template or follow-up a few. The larger direction holds when one side was
//! cut or had a story spliced on, the smaller tells a follow-up from a re-telling. Units without a counterpart in lines
//! of a few words leave the denominator: pair-local furniture. Cost: one step a unit.

use super::align::{Counterpart, covered, share};
use super::profile::{Profile, Unit};

/// Weight that is taken for uncovered beyond what is, so that tiny texts are never wholly covered.
const PRIOR: f32 = 3.0;
/// A unit is covered outright from this share on.
const OUTRIGHT: f32 = 0.42;

/// Coverage of one text by the other; all from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Coverage {
    /// Share of weight in units that are covered outright.
    pub outright: f32,
    /// The same by degrees.
    pub graded: f32,
    /// By degrees, of the opening: what happened stands there, and it is where follow-ups differ.
    pub lead: f32,
}

/// Coverage of the units of a text, given their counterparts.
pub(super) fn coverage(text: &Profile, counterparts: &[Counterpart]) -> Coverage {
    let (mut all, mut outright, mut graded, mut lead_all, mut lead) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (unit, &counterpart) in text.units.iter().zip(counterparts) {
        if counterpart.left_out {
            continue;
        }
        let degree = covered(counterpart, unit.mass);
        let weight = unit.mass * (degree + (1.0 - degree) * unit.prose);
        all += weight;
        graded += weight * degree;
        if share(counterpart, unit.mass) >= OUTRIGHT {
            outright += weight;
        }
        if unit.lead {
            lead_all += unit.mass;
            lead += degree * unit.mass;
        }
    }
    Coverage {
        outright: outright / (all + PRIOR),
        graded: graded / (all + PRIOR),
        lead: lead / (lead_all + PRIOR),
    }
}

/// Share of the weight between two units that is covered, 0 to 1.
pub(super) fn density(units: &[Unit], counterparts: &[Counterpart], from: u16, to: u16) -> f32 {
    let range = usize::from(from)..=usize::from(to);
    let (mut all, mut inside) = (0.0, 0.0);
    for (unit, &counterpart) in units[range.clone()].iter().zip(&counterparts[range]) {
        all += unit.mass;
        inside += unit.mass * covered(counterpart, unit.mass);
    }
    inside / (all + PRIOR)
}
