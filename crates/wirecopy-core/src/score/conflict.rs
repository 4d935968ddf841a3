//! Counts contradictions between two texts: different numbers or days of the week in sentences that say the same.
//!
//! "Applications fell 3.6 percent in the week to July 20" and "rose 2.9 percent in the week to May 9" cover each
//! other in the same order; only the facts differ. Shared numbers and names are evidence of the subject, not of
//! the dispatch; contradictions separate dispatches. They are counted rather than averaged, so that one slip of a
//! translator weighs little and ten in a table weigh much. Cost: one step for each unit.

use super::align::{Alignment, Counterpart, related};
use super::overlap::common;
use super::profile::Profile;

/// Contradictions in related sentences.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Conflict {
    /// Numbers that the counterpart lacks although it has numbers, summed over sentences; the side with fewer
    /// numbers counts.
    pub numbers: f32,
    /// The same for sentences in the openings.
    pub opening: f32,
    /// Number of pairs of sentences that name different days.
    pub days: f32,
}

/// Counts contradictions from the side of `a` and from that of `b`, and returns the mean.
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
