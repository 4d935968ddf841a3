//! Measures order: the heaviest chain of shared terms that occur in the same order in both texts.
//!
//! A rewrite keeps the order of a story's names and things over long passages (94 % of anchors in the median); two
//! stories on one subject do not (compare shared rare terms in order in passim and in PAN's text alignment). A
//! chain is local, so that cuts, spliced stories and boilerplate do not break it. Cost: a bounded look-back for
//! each point.

use super::align::Counterpart;
use super::profile::{Profile, Spot};

/// Most tokens between two links of a chain, in either text.
const REACH: u32 = 80;
/// Most earlier points that are examined for each point.
const LOOK_BACK: usize = 64;
/// Weight lost for each token by which the two gaps of a link differ.
const DRIFT: f32 = 0.02;

/// A term at one of its positions in each text. Kept small, because sorting the points is half of the work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    /// Token index in the first text (high bits) and in the second (low bits): the order in which chains are
    /// built.
    key: u64,
    weight: f32,
    /// The units that the term occurs in.
    pub units: (u16, u16),
}

impl Point {
    pub(super) fn new(a: Spot, b: Spot, weight: f32) -> Self {
        Self { key: u64::from(a.token) << 32 | u64::from(b.token), weight, units: (a.unit, b.unit) }
    }

    /// Returns the weight of the point's term.
    pub(super) fn weight(&self) -> f32 {
        self.weight
    }
}

/// The state of a point after its predecessors have been examined.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    a: u32,
    b: u32,
    /// Weight of the best chain that ends here, less its drift.
    best: f32,
    /// The largest `best` of this point and all before it.
    highest: f32,
}

/// Returns the summed weight of the terms of the best chain, less its drift: about 300 for a re-translated
/// article, 20 for two stories on one subject.
///
/// Sorts `points` and uses `states` as a buffer.
pub(super) fn chain(points: &mut [Point], states: &mut Vec<State>) -> f32 {
    points.sort_unstable_by_key(|p| p.key);
    states.clear();
    for point in points.iter() {
        // Lossless: the two halves of the key.
        let (a, b) = ((point.key >> 32) as u32, point.key as u32);
        let weight = point.weight;
        let mut here = State { a, b, best: weight, highest: weight };
        for p in states.iter().rev().take(LOOK_BACK) {
            let gap_a = a - p.a;
            // No earlier point can do better.
            if gap_a > REACH || p.highest + weight <= here.best {
                break;
            }
            let gap_b = b.wrapping_sub(p.b);
            // For a point after or beside this one, the difference wraps to a gap far out of reach.
            if gap_a == 0 || gap_b == 0 || gap_b > REACH {
                continue;
            }
            here.best = here.best.max(p.best + weight - DRIFT * gap_a.abs_diff(gap_b) as f32);
        }
        here.highest = states.last().map_or(here.best, |p| p.highest.max(here.best));
        states.push(here);
    }
    states.last().map_or(0.0, |last| last.highest)
}

/// Returns the summed weight of the chains within single sentences and their counterparts, the larger of both
/// directions.
///
/// This is the order that remains when sentences are shuffled, cut or moved. A single link has no order and does
/// not count. `points` must be sorted; `inside` and `states` are buffers.
pub(super) fn sentence_chains(
    points: &[Point],
    (of_a, of_b): (&[Counterpart], &[Counterpart]),
    inside: &mut Vec<Point>,
    states: &mut Vec<State>,
) -> f32 {
    let is_counterpart = |of: &[Counterpart], own: u16, other: u16| {
        let counterpart = of[usize::from(own)];
        counterpart.mass > 0.0 && counterpart.unit == other
    };
    let (mut sum_a, mut sum_b) = (0.0, 0.0);
    for sentence in points.chunk_by(|p, q| p.units.0 == q.units.0) {
        if sentence.len() < 2 {
            continue;
        }
        for (at, first) in sentence.iter().enumerate() {
            let (x, y) = first.units;
            if sentence[..at].iter().any(|p| p.units.1 == y) {
                continue;
            }
            let (there, back) = (is_counterpart(of_a, x, y), is_counterpart(of_b, y, x));
            if !there && !back {
                continue;
            }
            inside.clear();
            inside.extend(sentence[at..].iter().filter(|p| p.units.1 == y));
            let heaviest = inside.iter().map(|p| p.weight).fold(0.0, f32::max);
            let best = chain(inside, states);
            if best > heaviest {
                sum_a += if there { best } else { 0.0 };
                sum_b += if back { best } else { 0.0 };
            }
        }
    }
    sum_a.max(sum_b)
}

/// Returns the share of `terms` that are in the same order in both texts, 0 to 1: the length of their longest
/// increasing subsequence (Schensted 1961) over their number, with three added to that number because few terms
/// are weak evidence.
///
/// `terms` are the token indices in the two texts of terms that occur once in each; they are sorted in place.
/// Cost: O(n log n).
pub(super) fn in_order(terms: &mut [(u32, u32)], tails: &mut Vec<u32>) -> f32 {
    terms.sort_unstable();
    tails.clear();
    for &(_, b) in terms.iter() {
        let at = tails.partition_point(|&tail| tail < b);
        match tails.get_mut(at) {
            Some(tail) => *tail = b,
            None => tails.push(b),
        }
    }
    tails.len() as f32 / (terms.len() as f32 + 3.0)
}

/// Collects the terms that occur once in each text and weigh enough for a chain, as token indices in the two
/// texts.
pub(super) fn singles(a: &Profile, b: &Profile, shared: &[(u32, u32)], out: &mut Vec<(u32, u32)>) {
    out.clear();
    for &(i, j) in shared {
        if a.idf[i as usize].min(b.idf[j as usize]) < super::align::CHAIN_IDF {
            continue;
        }
        if let ([p], [q]) = (a.spots_of(i), b.spots_of(j)) {
            out.push((p.token, q.token));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(places: &[(u32, u32)]) -> Vec<Point> {
        let spot = |token| Spot { token, unit: (token / 10) as u16 };
        places.iter().map(|&(a, b)| Point::new(spot(a), spot(b), 4.0)).collect()
    }

    fn found(places: &[(u32, u32)]) -> f32 {
        chain(&mut points(places), &mut Vec::new())
    }

    #[test]
    fn chain_follows_the_order_of_both_texts() {
        let best = found(&[(1, 101), (5, 105), (9, 103), (12, 112)]);
        assert!((best - 12.0).abs() < 0.5, "{best}");
    }

    #[test]
    fn chain_does_not_bridge_long_gaps() {
        let best = found(&[(1, 1), (2, 2), (500, 500), (501, 501), (502, 502)]);
        assert!((best - 12.0).abs() < 0.1);
        assert!(found(&[]).abs() < 1e-9);
    }

    #[test]
    fn position_is_linked_once() {
        assert!((found(&[(1, 1), (1, 2), (1, 3)]) - 4.0).abs() < 1e-6);
        assert!((found(&[(1, 1), (2, 1), (3, 1)]) - 4.0).abs() < 1e-6);
    }

    #[test]
    fn sentence_chains_ignore_the_order_of_sentences() {
        let counterpart = |unit| Counterpart { mass: 20.0, unit, left_out: false };
        let found = |places: &[(u32, u32)], counterparts: &[u16]| {
            let of: Vec<Counterpart> = counterparts.iter().map(|&unit| counterpart(unit)).collect();
            let mut all = points(places);
            chain(&mut all, &mut Vec::new());
            sentence_chains(&all, (&of, &of), &mut Vec::new(), &mut Vec::new())
        };
        // Units of ten tokens; the first is the counterpart of the second, and the reverse.
        let swapped = [(1, 11), (4, 14), (6, 16), (11, 1), (14, 4)];
        assert!((found(&swapped, &[1, 0]) - 20.0).abs() < 0.2);
        assert!(found(&swapped, &[0, 1]).abs() < 1e-6, "no term occurs in the counterpart");
        assert!(found(&[(1, 11), (11, 1)], &[1, 0]).abs() < 1e-6, "one link has no order");
        assert!(found(&[(1, 14), (4, 11)], &[1, 0]).abs() < 1e-6, "nor have two crossed links");
        assert!(found(&[], &[]).abs() < 1e-6);
    }

    #[test]
    fn order_is_one_forwards_and_low_backwards() {
        let mut tails = Vec::new();
        let mut forwards: Vec<(u32, u32)> = (0..97).map(|i| (i, 2 * i)).collect();
        assert!((in_order(&mut forwards, &mut tails) - 0.97).abs() < 1e-6);
        let mut backwards: Vec<(u32, u32)> = (0..97).map(|i| (i, 200 - i)).collect();
        assert!(in_order(&mut backwards, &mut tails) < 0.02);
        assert!(in_order(&mut [], &mut tails).abs() < 1e-6);
    }
}
