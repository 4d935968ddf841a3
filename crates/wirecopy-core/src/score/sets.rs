//! Exact overlap of two sets of shingles and of two bags of words.

/// Sizes of two sets and of their intersection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overlap {
    /// Elements of the first.
    pub a: usize,
    /// Elements of the second.
    pub b: usize,
    /// Elements of both.
    pub shared: usize,
}

impl Overlap {
    /// Merges two sorted slices; linear. With repeats it is the overlap of bags: an element counts as often as it
    /// stands in both.
    pub fn of<T: Ord>(a: &[T], b: &[T]) -> Self {
        let (mut i, mut j, mut shared) = (0, 0, 0);
        while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
            // Without branches on the order: the outcome of each comparison is as good as random.
            i += usize::from(x <= y);
            j += usize::from(y <= x);
            shared += usize::from(x == y);
        }
        Self { a: a.len(), b: b.len(), shared }
    }

    /// |A ∩ B| / |A ∪ B|, 0 for two empty sets.
    pub fn jaccard(&self) -> f64 {
        ratio(self.shared, self.a + self.b - self.shared)
    }

    /// Share of the first that stands in the second.
    pub fn containment_a(&self) -> f64 {
        ratio(self.shared, self.a)
    }

    /// Share of the second that stands in the first.
    pub fn containment_b(&self) -> f64 {
        ratio(self.shared, self.b)
    }

    /// The larger of both containments: that of the smaller set.
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
        fn agrees_with_set_arithmetic(
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
