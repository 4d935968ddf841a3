//! Pairs the passages of two texts that say the same: the scorer's sentence alignment, for people to read.
//!
//! The input is the tokens and profiles of two documents; the output is the units of each, in order, with their
//! counterparts. Cost: that of one full measurement, about twenty microseconds for two articles.

use std::ops::Range;

use super::align::{Alignment, Counterpart, related, share};
use super::overlap::overlap;
use super::profile::{Profile, unit_ranges};
use crate::text::Tokens;

/// Least share of the lighter unit's weight at which mutual counterparts are shown side by side even though they
/// are not related. A wrong neighbour harms a reader less than a missing one.
const SIDE_BY_SIDE: f32 = 0.12;

/// A unit of a text, usually a sentence, and its counterpart in the other text.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// Token range of the unit.
    pub tokens: Range<usize>,
    /// Index of the unit of the other text that holds most of this one's weight, unless that is by chance.
    pub counterpart: Option<usize>,
    /// Whether the scorer counts the two units as saying the same.
    pub is_related: bool,
    /// Share of the unit's weight that the counterpart holds, 0 to 1; 0 without a counterpart.
    pub share: f32,
    /// Whether the unit is a short line that occurs verbatim in both texts. Such lines are boilerplate and left
    /// out of every share.
    pub left_out: bool,
}

/// Returns the units of two texts with their counterparts.
pub fn passages(a: (&Tokens, &Profile), b: (&Tokens, &Profile)) -> (Vec<Passage>, Vec<Passage>) {
    let mut shared = Vec::new();
    overlap(a.1, b.1, &mut shared);
    let mut alignment = Alignment::default();
    alignment.fill(a.1, b.1, &shared);
    (side(a, b.1, &alignment.a, &alignment.b), side(b, a.1, &alignment.b, &alignment.a))
}

fn side(
    (tokens, own): (&Tokens, &Profile),
    other: &Profile,
    counterparts: &[Counterpart],
    back: &[Counterpart],
) -> Vec<Passage> {
    unit_ranges(tokens)
        .into_iter()
        .zip(own.units.iter().zip(counterparts))
        .enumerate()
        .map(|(number, (tokens, (unit, &counterpart)))| {
            let at = usize::from(counterpart.unit);
            let there = other.units.get(at).filter(|_| counterpart.mass > 0.0);
            let is_related = there.is_some_and(|there| related(counterpart, unit.mass, there.mass));
            let mutual = back.get(at).is_some_and(|counterpart| usize::from(counterpart.unit) == number);
            let beside = there
                .is_some_and(|there| mutual && share(counterpart, unit.mass.min(there.mass)) >= SIDE_BY_SIDE);
            let same_line = || {
                let earlier = own.units[..number].iter().filter(|before| before.line == unit.line).count();
                let same = other.units.iter().enumerate().filter(|(_, there)| there.line == unit.line);
                same.map(|(at, _)| at).nth(earlier)
            };
            Passage {
                tokens,
                counterpart: if counterpart.left_out {
                    same_line()
                } else {
                    (is_related || beside).then_some(at)
                },
                is_related,
                share: if is_related || beside { share(counterpart, unit.mass) } else { 0.0 },
                left_out: counterpart.left_out,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Idf, LanguageKey};
    use super::*;
    use crate::text::tokenize;

    fn aligned(a: &str, b: &str) -> (Vec<Passage>, Vec<Passage>) {
        let idf = Idf::background().unwrap();
        let weights = idf.of(LanguageKey::default());
        let (a, b) = (tokenize(a), tokenize(b));
        let (p, q) = (Profile::new(&a, weights), Profile::new(&b, weights));
        passages((&a, &p), (&b, &q))
    }

    #[test]
    fn sentences_find_their_counterparts_in_any_order() {
        let (a, b) = aligned(
            "The Meltem sank off Ordu with cement on board. Harbour master Leyla Aksoy ordered an inquiry.",
            "An inquiry was ordered by harbour master Aksoy. Wheat prices fell in Rotterdam. Off Ordu the Meltem, \
             which carried cement, sank.",
        );
        assert_eq!(a.iter().map(|p| p.counterpart).collect::<Vec<_>>(), [Some(2), Some(0)]);
        assert_eq!(b.iter().map(|p| p.counterpart).collect::<Vec<_>>(), [Some(1), None, Some(0)]);
        assert!(a.iter().all(|p| p.share > 0.3 && p.share <= 1.0));
    }

    #[test]
    fn units_cover_every_token_once_in_order() {
        let long = "word and another word of it, ".repeat(90);
        let (a, _) = aligned(&format!("One. Two three.\n{long}.\nFour"), "Nothing of it");
        let mut next = 0;
        for passage in &a {
            assert_eq!(passage.tokens.start, next);
            next = passage.tokens.end;
        }
        assert_eq!(next, tokenize(&format!("One. Two three.\n{long}.\nFour")).len());
        assert!(a.len() > 5);
    }
}
