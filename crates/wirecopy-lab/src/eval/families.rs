//! Groups documents that must not be split between the data that a model is fitted on and the data it is measured on.

use std::collections::HashMap;

use super::pairs::LabelledPair;
use wirecopy_core::cluster::UnionFind;

/// Documents by family. Families are the connected components of the true pairs, together with those false pairs of which
/// one document is in no true pair.
#[derive(Clone, Debug)]
pub struct Families {
    rank: HashMap<String, usize>,
}

impl Families {
    /// Finds the families of labelled pairs. They are ranked by the hash of their first member's id, so that the result does
    /// not depend on the order of the pairs.
    pub fn new(pairs: &[LabelledPair]) -> Self {
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut names: Vec<&str> = Vec::new();
        let mut ends = Vec::with_capacity(pairs.len());
        for pair in pairs {
            let mut number = |id| {
                *numbers.entry(id).or_insert_with(|| {
                    names.push(id);
                    // Lists of pairs are far shorter than 2^32.
                    names.len() as u32 - 1
                })
            };
            ends.push((number(pair.a.as_str()), number(pair.b.as_str())));
        }
        let mut related = vec![false; names.len()];
        for (pair, &(a, b)) in pairs.iter().zip(&ends) {
            related[a as usize] |= pair.same;
            related[b as usize] |= pair.same;
        }
        let mut sets = UnionFind::new(names.len());
        for (pair, &(a, b)) in pairs.iter().zip(&ends) {
            if pair.same || !related[a as usize] || !related[b as usize] {
                sets.union(a, b);
            }
        }
        let mut first: HashMap<u32, &str> = HashMap::new();
        for (number, &name) in (0..).zip(&names) {
            let least = first.entry(sets.find(number)).or_insert(name);
            *least = name.min(least);
        }
        let keys: Vec<(u64, u32)> = (0..names.len() as u32)
            .map(|number| {
                let family = sets.find(number);
                let first = first.get(&family).copied().unwrap_or_default();
                (xxhash_rust::xxh3::xxh3_64(first.as_bytes()), family)
            })
            .collect();
        let mut ranked = keys.clone();
        ranked.sort_unstable();
        ranked.dedup();
        let rank = names
            .iter()
            .zip(&keys)
            .map(|(&name, key)| (name.to_owned(), ranked.binary_search(key).unwrap_or_default()))
            .collect();
        Self { rank }
    }

    /// Returns the number of a document's family, from 0; `None` for an id that no pair names.
    pub fn rank(&self, id: &str) -> Option<usize> {
        self.rank.get(id).copied()
    }

    /// Returns the fold of a document's family. All `folds` have the same number of families. Documents in no pair are in
    /// fold 0.
    pub fn fold(&self, id: &str, folds: usize) -> usize {
        self.rank.get(id).map_or(0, |rank| rank % folds.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(a: &str, b: &str, same: bool) -> LabelledPair {
        LabelledPair { a: a.to_owned(), b: b.to_owned(), same, set: String::new() }
    }

    #[test]
    fn families_stay_together_and_false_pairs_do_not_join_them() {
        let mut pairs = vec![pair("x", "y", false), pair("y", "z", false)];
        for i in 0..40 {
            pairs.push(pair(&format!("a{i}"), &format!("b{i}"), true));
            pairs.push(pair(&format!("b{i}"), &format!("a{}", (i + 1) % 40), false));
        }
        let families = Families::new(&pairs);
        let fold = |id: &str| families.fold(id, 2);
        assert!((0..40).all(|i| fold(&format!("a{i}")) == fold(&format!("b{i}"))));
        assert!((0..40).any(|i| fold(&format!("a{i}")) == 0) && (0..40).any(|i| fold(&format!("a{i}")) == 1));
        assert!(fold("x") == fold("y") && fold("y") == fold("z"));
        pairs.reverse();
        let again = Families::new(&pairs);
        assert!((0..40).all(|i| fold(&format!("a{i}")) == again.fold(&format!("a{i}"), 2)));
    }
}
