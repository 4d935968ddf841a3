//! What two documents share word for word: settles copies and excerpts before the scorer is asked.

use crate::config::MatchConfig;
use crate::report::Relation;

/// Shares of verbatim shingles; all from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Verbatim {
    /// Shingles in both over shingles in either.
    pub jaccard: f64,
    /// Share of the first document's shingles that stand in the second.
    pub containment_a: f64,
    /// Share of the second document's shingles that stand in the first.
    pub containment_b: f64,
}

impl Verbatim {
    /// Measures two documents, given their shingles as [`shingles`](crate::text::shingles) makes them. One merge.
    pub fn new(a: &[u64], b: &[u64]) -> Self {
        let (mut i, mut j, mut both) = (0, 0, 0usize);
        while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
            both += usize::from(x == y);
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        let share = |of: usize| if of == 0 { 0.0 } else { both as f64 / of as f64 };
        Self {
            jaccard: share(a.len() + b.len() - both),
            containment_a: share(a.len()),
            containment_b: share(b.len()),
        }
    }

    /// Whether this alone makes the pair a copy or an excerpt.
    pub fn relation(&self, config: &MatchConfig) -> Option<Relation> {
        if self.jaccard >= config.threshold {
            Some(Relation::Copy)
        } else if self.containment_a.max(self.containment_b) >= config.excerpt_containment {
            Some(Relation::Excerpt)
        } else {
            None
        }
    }

    /// How sure that is, on the scale of the scorer: 0.5 at the threshold, 1 for all shingles; 0 for neither.
    pub fn score(&self, config: &MatchConfig) -> f64 {
        let over = |value: f64, threshold: f64| {
            if value < threshold {
                return 0.0;
            }
            if threshold < 1.0 { 0.5 + 0.5 * (value - threshold) / (1.0 - threshold) } else { 1.0 }
        };
        let containment = self.containment_a.max(self.containment_b);
        over(self.jaccard, config.threshold).max(over(containment, config.excerpt_containment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_the_right_side() {
        let v = Verbatim::new(&[1, 2, 3, 4], &[3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!((v.jaccard, v.containment_a, v.containment_b), (0.2, 0.5, 0.25));
        assert_eq!(Verbatim::new(&[], &[]), Verbatim::default());
    }

    #[test]
    fn thresholds_settle() {
        let config = MatchConfig::default();
        let copy = Verbatim::new(&[1, 2, 3], &[1, 2, 3, 4]);
        assert_eq!(copy.relation(&config), Some(Relation::Copy));
        let excerpt = Verbatim::new(&[1, 2], &[1, 2, 3, 4, 5, 6]);
        assert_eq!(excerpt.relation(&config), Some(Relation::Excerpt));
        assert!((excerpt.score(&config) - 1.0).abs() < 1e-9);
        let none = Verbatim::new(&[1, 2, 9], &[1, 3, 4, 5]);
        assert_eq!(none.relation(&config), None);
        assert_eq!(none.score(&config), 0.0);
    }
}
