//! Measures what two documents have in common, by one merge of their sorted terms.
//!
//! Masses are sums of weights, 0 or more. Cost: one step a distinct term, about a microsecond for two articles. It
//! is also the early exit, since a pair with little in common is not a rewrite, whatever the order of its words.

use super::measure::{RARE_IDF, TWO_RARE};
use super::profile::Profile;
use super::terms::is_number;

/// The result of the merge.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Overlap {
    /// Summed weights of the terms in both documents.
    pub mass: f32,
    /// Summed weights of the rare terms in both documents.
    pub rare: f32,
    /// Count of numbers in both documents.
    pub numbers: u32,
}

/// Merges the terms and fills `shared` with the indices of the common ones in both lists, in the order of the
/// terms.
pub(super) fn overlap(a: &Profile, b: &Profile, shared: &mut Vec<(u32, u32)>) -> Overlap {
    shared.clear();
    let mut out = Overlap::default();
    let (mut i, mut j) = (0, 0);
    while let (Some(&x), Some(&y)) = (a.terms.get(i), b.terms.get(j)) {
        if x == y {
            // Documents hold fewer than 2^30 tokens.
            shared.push((i as u32, j as u32));
            let weight = a.idf[i].min(b.idf[j]);
            out.mass += weight;
            if weight >= RARE_IDF {
                out.rare += weight;
            }
            out.numbers += u32::from(is_number(x));
        }
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    out
}

/// Counts the elements that two ascending lists without repeats have in common.
pub(super) fn common<T: Ord>(a: &[T], b: &[T]) -> usize {
    let (mut i, mut j, mut n) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        n += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    n
}

/// Share of the lighter text's weight below which two texts are unrelated, unless [`RELATED_RARE_MASS`] is
/// reached.
const RELATED_SHARE: f32 = 0.15;
/// Weight of rare common terms at or above which two texts are related, however little else they share.
const RELATED_RARE_MASS: f32 = TWO_RARE;

/// Most shared terms that are the evidence of a pair.
const EVIDENCE: usize = 8;

/// What two texts have in common, by weight.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InCommon {
    /// Weight of all common terms.
    pub(crate) mass: f32,
    /// Weight of the rare common terms.
    pub(crate) rare: f32,
    /// Weight of all terms of the lighter text.
    pub(crate) lighter: f32,
}

/// Measures what two texts have in common.
pub(crate) fn in_common(a: &Profile, b: &Profile) -> InCommon {
    let both = overlap(a, b, &mut Vec::new());
    InCommon { mass: both.mass, rare: both.rare, lighter: a.mass.min(b.mass) }
}

/// Returns whether two texts are about different things: no common names, and hardly a common word of any weight.
pub fn unrelated(a: &Profile, b: &Profile) -> bool {
    let both = in_common(a, b);
    both.mass < RELATED_SHARE * both.lighter && both.rare < RELATED_RARE_MASS
}

/// Returns the rarest terms that two texts share, rarest first, at most [`EVIDENCE`] of them.
pub(crate) fn rarest_shared(a: &Profile, b: &Profile) -> Vec<u32> {
    let mut shared = Vec::new();
    overlap(a, b, &mut shared);
    rarest(a, shared.iter().map(|&(at, _)| at))
}

/// Returns the rarest of the terms at these indices of a text, rarest first, at most [`EVIDENCE`] of them.
pub(super) fn rarest(text: &Profile, terms: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut rarest: Vec<(f32, u32)> =
        terms.map(|at| (text.idf[at as usize], text.terms[at as usize])).collect();
    rarest.sort_unstable_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
    rarest.into_iter().take(EVIDENCE).map(|(_, term)| term).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Idf, LanguageKey};
    use super::*;
    use crate::text::tokenize;

    #[test]
    fn only_shared_terms_count() {
        let idf = Idf::background();
        let idf = idf.of(LanguageKey::default());
        let a = Profile::new(&tokenize("Ferry captain rescued 17 sailors"), idf);
        let b = Profile::new(&tokenize("The captain of the ferry saved 17 men"), idf);
        let mut shared = Vec::new();
        let both = overlap(&a, &b, &mut shared);
        assert_eq!(shared.len(), 3);
        assert_eq!(both.numbers, 1);
        assert!(both.mass > 0.0 && both.mass < a.mass.min(b.mass));
        assert_eq!(both.mass, overlap(&b, &a, &mut shared).mass);
    }

    #[test]
    fn common_counts_equal_elements() {
        assert_eq!(common(&[1, 3, 5, 9], &[3, 4, 9, 10]), 2);
        assert_eq!(common(&[], &[1]), 0);
    }
}
