//! Bounds the features of a pair from its shared terms alone, before sentences are aligned.
//!
//! What a unit shares with its counterpart is at most what it shares with the whole other text, and a chain holds each position of a
//! term once. Features with a [`Sense`](super::Sense) follow in one direction, so that a model's score of the bounds is at least that
//! of the pair. Most candidates are rejected by it. Cost: one step for each position of a shared term, a tenth of an alignment.

use super::align::{CHAIN_IDF, Counterpart, MATCHING, MAX_POINTS, share};
use super::coverage::{Coverage, most_covered};
use super::measure::RARE_IDF;
use super::overlap::common;
use super::profile::{CONTENT_IDF, Profile};

/// Factor for what rounding may add.
const ROUNDING: f32 = 1.001;

/// Weights of the best chains of all terms, of rare terms, and of rare terms within sentences.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Chains {
    pub all: f32,
    pub rare: f32,
    pub sentences: f32,
}

/// Returns weights that no chains of the shared terms exceed.
pub(super) fn heaviest_chains(a: &Profile, b: &Profile, shared: &[(u32, u32)]) -> Chains {
    let mut most = Chains::default();
    for &(i, j) in shared {
        let weight = a.idf[i as usize].min(b.idf[j as usize]);
        let (x, y) = (a.spots_of(i).len(), b.spots_of(j).len());
        if weight < CHAIN_IDF || x * y > MAX_POINTS {
            continue;
        }
        most.all += weight * x.min(y) as f32;
        if weight >= RARE_IDF {
            most.rare += weight * x.min(y) as f32;
            // A sentence of one text may be the counterpart of several of the other.
            most.sentences += weight * x.max(y) as f32;
        }
    }
    let Chains { all, rare, sentences } = most;
    Chains { all: ROUNDING * all, rare: ROUNDING * rare, sentences: ROUNDING * sentences }
}

/// Upper bounds of what an alignment finds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Aligned {
    pub one_to_one: f32,
    pub sides: (Coverage, Coverage),
}

/// Returns upper bounds of what an alignment of two texts would find, or `None` if lines are left out of it. `masses` is a buffer.
pub(super) fn best_alignment(
    a: &Profile,
    b: &Profile,
    shared: &[(u32, u32)],
    masses: &mut [Vec<f32>; 2],
) -> Option<Aligned> {
    if common(&a.short_lines, &b.short_lines) > 0 {
        return None;
    }
    let [of_a, of_b] = masses;
    shared_masses(a, shared, |&(i, j)| (i, a.idf[i as usize].min(b.idf[j as usize])), of_a);
    shared_masses(b, shared, |&(i, j)| (j, a.idf[i as usize].min(b.idf[j as usize])), of_b);
    // Of two counterparts that match, the one with less weight has enough in common with the other text.
    let may_match = |text: &Profile, masses: &[f32]| {
        let units = text.units.iter().zip(masses);
        units.filter(|&(unit, &mass)| share(at_most(mass), unit.mass) > MATCHING).count()
    };
    let fewer = a.units.len().min(b.units.len());
    let matching = (may_match(a, of_a) + may_match(b, of_b)).min(fewer);
    let covered = |text: &Profile, masses: &[f32]| {
        let Coverage { graded, lead } = most_covered(text, masses.iter().map(|&mass| at_most(mass)));
        Coverage { graded: ROUNDING * graded, lead }
    };
    Some(Aligned {
        one_to_one: matching as f32 / (fewer as f32 + 1.0),
        sides: (covered(a, of_a), covered(b, of_b)),
    })
}

fn at_most(mass: f32) -> Counterpart {
    Counterpart { mass, ..Counterpart::default() }
}

/// Computes for each unit of a text the summed weights of its content terms that the other text has too, in the order in which an
/// alignment adds them up. `term` returns the index of a shared term in the text, and its weight.
fn shared_masses(
    text: &Profile,
    shared: &[(u32, u32)],
    term: impl Fn(&(u32, u32)) -> (u32, f32),
    masses: &mut Vec<f32>,
) {
    masses.clear();
    masses.resize(text.units.len(), 0.0);
    for (index, weight) in shared.iter().map(term) {
        if weight < CONTENT_IDF {
            continue;
        }
        let mut last = u16::MAX;
        for spot in text.spots_of(index) {
            if std::mem::replace(&mut last, spot.unit) != spot.unit {
                masses[usize::from(spot.unit)] += weight;
            }
        }
    }
}
