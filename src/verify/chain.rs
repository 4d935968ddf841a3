//! Order: the heaviest chain of shared terms that runs in the same order through both texts.
//!
//! A re-wording keeps the order of a story's names and things over long stretches (94 % of anchors in the median);
//! two stories on one subject do not (`shared rare terms in order` in passim and in PAN's text alignment). A chain is
//! local, so a cut, a spliced story or furniture costs it nothing. Cost: a bounded look-back a point.

use super::profile::{Profile, Spot};

/// Tokens that two links of a chain may be apart, on either side.
const REACH: u32 = 80;
/// Points looked back on at most.
const LOOK_BACK: usize = 64;
/// What a token of difference between the two gaps costs, in weight.
const DRIFT: f32 = 0.02;

/// A term at one of its places in each text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    a: Spot,
    b: Spot,
    weight: f32,
    /// Weight of the best chain that ends here, less its drift.
    best: f32,
    /// The same within its two units.
    within: f32,
    /// Units in which that chain begins.
    start: (u16, u16),
}

impl Point {
    pub(super) fn new(a: Spot, b: Spot, weight: f32) -> Self {
        Self { a, b, weight, best: weight, within: weight, start: (a.unit, b.unit) }
    }
}

/// The best chain.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Chain {
    /// Summed weights of its terms, less its drift: 0 and up; seeds 300, stories on one subject 20.
    pub weight: f32,
    /// Summed weights of the best chain of each unit of the first text within one unit of the second: what is left of
    /// order where sentences were shuffled.
    pub sentences: f32,
    /// First and last unit in the first text.
    pub a: (u16, u16),
    /// First and last unit in the second.
    pub b: (u16, u16),
}

/// Finds the best chain; sorts `points`.
pub(super) fn chain(points: &mut [Point]) -> Chain {
    points.sort_unstable_by_key(|p| (p.a.token, p.b.token));
    let mut top = Chain::default();
    let mut sentences = 0.0;
    let (mut unit, mut its_best) = (u16::MAX, 0.0f32);
    for k in 0..points.len() {
        let (before, rest) = points.split_at_mut(k);
        let here = &mut rest[0];
        let mut best = here.weight;
        let mut within = here.weight;
        for p in before.iter().rev().take(LOOK_BACK) {
            let gap_a = here.a.token - p.a.token;
            if gap_a > REACH {
                break;
            }
            let gap_b = here.b.token.wrapping_sub(p.b.token);
            // Behind it or beside it wraps round to a gap far out of reach.
            if gap_a == 0 || gap_b == 0 || gap_b > REACH {
                continue;
            }
            let weight = p.best + here.weight - DRIFT * gap_a.abs_diff(gap_b) as f32;
            if weight > best {
                best = weight;
                here.start = p.start;
            }
            if p.a.unit == here.a.unit && p.b.unit == here.b.unit {
                within = within.max(p.within + here.weight);
            }
        }
        (here.best, here.within) = (best, within);
        if here.a.unit != unit {
            sentences += its_best;
            (unit, its_best) = (here.a.unit, 0.0);
        }
        its_best = its_best.max(within);
        if best > top.weight {
            let (from_a, from_b) = here.start;
            top = Chain { weight: best, a: (from_a, here.a.unit), b: (from_b, here.b.unit), sentences: 0.0 };
        }
    }
    top.sentences = sentences + its_best;
    top
}

/// Share of the terms that stand once in each text which are in the same order, 0 to 1: their longest increasing
/// subsequence (Schensted 1961) over their number, with three added for texts that share few.
///
/// `terms` are the tokens of each in the two texts; it is sorted. Cost: n log n.
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

/// Terms that stand once in each text and are worth a link, as tokens in the two.
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

    #[test]
    fn a_chain_follows_both_orders() {
        let best = chain(&mut points(&[(1, 101), (5, 105), (9, 103), (12, 112)]));
        assert!((best.weight - 12.0).abs() < 0.5, "{best:?}");
        assert_eq!((best.a, best.b), ((0, 1), (10, 11)));
    }

    #[test]
    fn a_chain_does_not_leap() {
        let best = chain(&mut points(&[(1, 1), (2, 2), (500, 500), (501, 501), (502, 502)]));
        assert!((best.weight - 12.0).abs() < 0.1);
        assert_eq!(best.a, (50, 50));
        assert_eq!(chain(&mut []), Chain::default());
    }

    #[test]
    fn one_place_is_linked_once() {
        assert!((chain(&mut points(&[(1, 1), (1, 2), (1, 3)])).weight - 4.0).abs() < 1e-6);
        assert!((chain(&mut points(&[(1, 1), (2, 1), (3, 1)])).weight - 4.0).abs() < 1e-6);
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
