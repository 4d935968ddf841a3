//! What two documents have in common at all: one merge of their sorted terms.
//!
//! Range: masses are sums of weights, 0 and up. Cost: one step a distinct term, about a microsecond for two articles;
//! it doubles as the early exit, since a pair with little in common is no rewrite whatever the order of its words.

use super::features::RARE_IDF;
use super::profile::Profile;
use super::terms::is_number;

/// The outcome of the merge.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Overlap {
    /// Summed weights of the terms in both.
    pub mass: f32,
    /// Summed weights of the rare ones among them.
    pub rare: f32,
    /// Numbers in both.
    pub numbers: u32,
}

/// Merges the terms; fills `shared` with the places of the common ones in both lists, in order of terms.
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

/// How many elements two ascending lists without repeats have in common.
pub(super) fn common(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut n) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        n += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    n
}

#[cfg(test)]
mod tests {
    use super::super::Idf;
    use super::*;
    use crate::text::tokenize;

    #[test]
    fn only_common_terms_count() {
        let idf = Idf::background();
        let a = Profile::new(&tokenize("Ferry captain rescued 17 sailors"), &idf);
        let b = Profile::new(&tokenize("The captain of the ferry saved 17 men"), &idf);
        let mut shared = Vec::new();
        let both = overlap(&a, &b, &mut shared);
        assert_eq!(shared.len(), 3);
        assert_eq!(both.numbers, 1);
        assert!(both.mass > 0.0 && both.mass < a.mass.min(b.mass));
        assert_eq!(both.mass, overlap(&b, &a, &mut shared).mass);
    }

    #[test]
    fn common_counts_equals() {
        assert_eq!(common(&[1, 3, 5, 9], &[3, 4, 9, 10]), 2);
        assert_eq!(common(&[], &[1]), 0);
    }
}
