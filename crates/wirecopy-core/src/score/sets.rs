//! Computes the exact overlap of two sets of shingles or two bags of words.

/// Sizes of two sets and of their intersection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overlap {
    /// Size of the first set.
    pub a: usize,
    /// Size of the second set.
    pub b: usize,
    /// Size of the intersection.
    pub shared: usize,
}

impl Overlap {
    /// Merges two sorted slices in linear time. With repeats it computes the overlap of bags: an element counts as
    /// often as it occurs in both.
    pub fn of<T: Ord>(a: &[T], b: &[T]) -> Self {
        let (mut i, mut j, mut shared) = (0, 0, 0);
        while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
            // Branch-free, because the results of the comparisons are unpredictable.
            i += usize::from(x <= y);
            j += usize::from(y <= x);
            shared += usize::from(x == y);
        }
        Self { a: a.len(), b: b.len(), shared }
    }

    /// Returns |A ∩ B| / |A ∪ B|, or 0 for two empty sets.
    pub fn jaccard(&self) -> f64 {
        ratio(self.shared, self.a + self.b - self.shared)
    }

    /// Returns the share of the first set that occurs in the second.
    pub fn containment_a(&self) -> f64 {
        ratio(self.shared, self.a)
    }

    /// Returns the share of the second set that occurs in the first.
    pub fn containment_b(&self) -> f64 {
        ratio(self.shared, self.b)
    }

    /// Returns the larger of both containments, which is that of the smaller set.
    pub fn containment(&self) -> f64 {
        ratio(self.shared, self.a.min(self.b))
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn overlap_agrees_with_set_arithmetic(
            a in prop::collection::btree_set(0u64..60, 0..40),
            b in prop::collection::btree_set(0u64..60, 0..40),
        ) {
            let (x, y): (Vec<u64>, Vec<u64>) = (a.iter().copied().collect(), b.iter().copied().collect());
            let overlap = Overlap::of(&x, &y);
            let shared = a.intersection(&b).count();
            let union: BTreeSet<_> = a.union(&b).collect();
            prop_assert_eq!(overlap.shared, shared);
            let exact = shared as f64 / union.len().max(1) as f64;
            prop_assert!((overlap.jaccard() - exact).abs() < 1e-12);
        }
    }

    #[test]
    fn bags_count_repeats() {
        let overlap = Overlap::of(&[1, 1, 2], &[1, 1, 1, 3]);
        assert_eq!(overlap.shared, 2);
    }
}
