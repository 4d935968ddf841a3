//! What two texts contradict each other in: numbers, and days of the week, in sentences that tell the same.
//!
//! "Applications fell 3.6 percent in the week to July 20" and "rose 2.9 percent in the week to May 9" cover each other
//! and run in the same order; only the facts differ. Shared numbers and names are evidence of the subject, not of the
//! dispatch; it is the contradiction that tells. Counts, 0 and up, so that one slip of a translator weighs little
//! and ten in a table much. Cost: one step a unit.

use super::align::{Alignment, Counterpart, related};
use super::overlap::common;
use super::profile::Profile;

/// Contradictions in related sentences.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Conflict {
    /// Numbers that the counterpart does not have, where it has numbers: the fewer of both sides, summed.
    pub numbers: f32,
    /// The same of sentences in the openings.
    pub opening: f32,
    /// Pairs of sentences that name different days.
    pub days: f32,
}

/// Counts contradictions, from the side of `a` and of `b`, and takes the mean.
pub(super) fn conflict(a: &Profile, b: &Profile, alignment: &Alignment) -> Conflict {
    let x = one_way(a, b, &alignment.a);
    let y = one_way(b, a, &alignment.b);
    Conflict {
        numbers: f32::midpoint(x.numbers, y.numbers),
        opening: f32::midpoint(x.opening, y.opening),
        days: f32::midpoint(x.days, y.days),
    }
}

fn one_way(a: &Profile, b: &Profile, counterparts: &[Counterpart]) -> Conflict {
    let mut out = Conflict::default();
    for (x, (unit, &counterpart)) in a.units.iter().zip(counterparts).enumerate() {
        if counterpart.mass <= 0.0 {
            continue;
        }
        let y = usize::from(counterpart.unit);
        let other = &b.units[y];
        if !related(counterpart, unit.mass, other.mass) {
            continue;
        }
        let (p, q) = (a.numbers_of(x), b.numbers_of(y));
        if !p.is_empty() && !q.is_empty() {
            let contradicting = (p.len().min(q.len()) - common(p, q)) as f32;
            out.numbers += contradicting;
            if unit.lead {
                out.opening += contradicting;
            }
        }
        if unit.days != 0 && other.days != 0 && unit.days & other.days == 0 {
            out.days += 1.0;
        }
    }
    out
}
