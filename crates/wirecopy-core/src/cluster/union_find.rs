//! Disjoint sets.

/// Disjoint sets over `0..n`, by union by size and path halving (Tarjan and van Leeuwen 1984).
#[derive(Clone, Debug)]
pub struct UnionFind {
    parent: Vec<u32>,
    size: Vec<u32>,
}

impl UnionFind {
    /// Creates `n` sets of one element.
    pub fn new(n: usize) -> Self {
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        Self { parent: (0..n).collect(), size: vec![1; n as usize] }
    }

    /// Returns the number of elements.
    pub fn len(&self) -> usize {
        self.parent.len()
    }

    /// Returns whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.parent.is_empty()
    }

    /// Returns the set of `x`, named by one of its elements.
    pub fn find(&mut self, x: u32) -> u32 {
        let mut x = x;
        while self.parent[x as usize] != x {
            let grandparent = self.parent[self.parent[x as usize] as usize];
            self.parent[x as usize] = grandparent;
            x = grandparent;
        }
        x
    }

    /// Joins two sets and returns whether they were different.
    pub fn union(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return false;
        }
        let (large, small) = if self.size[a as usize] >= self.size[b as usize] { (a, b) } else { (b, a) };
        self.parent[small as usize] = large;
        self.size[large as usize] += self.size[small as usize];
        true
    }

    /// Returns the sets of two or more elements, each sorted, in the order of their least elements.
    pub fn groups(&mut self) -> Vec<Vec<u32>> {
        let n = u32::try_from(self.parent.len()).unwrap_or(u32::MAX);
        let mut by_root: Vec<(u32, u32)> = (0..n).map(|x| (self.find(x), x)).collect();
        by_root.retain(|&(root, _)| self.size[root as usize] > 1);
        by_root.sort_unstable();
        let mut groups: Vec<Vec<u32>> = by_root
            .chunk_by(|a, b| a.0 == b.0)
            .map(|group| group.iter().map(|&(_, x)| x).collect())
            .collect();
        groups.sort_unstable();
        groups
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sets_agree_with_reachability(edges in prop::collection::vec((0u32..30, 0u32..30), 0..40)) {
            let mut sets = UnionFind::new(30);
            let mut label: Vec<u32> = (0..30).collect();
            for &(a, b) in &edges {
                sets.union(a, b);
                let (from, to) = (label[a as usize], label[b as usize]);
                for l in &mut label {
                    if *l == from { *l = to; }
                }
            }
            for a in 0..30u32 {
                for b in 0..30u32 {
                    prop_assert_eq!(sets.find(a) == sets.find(b), label[a as usize] == label[b as usize]);
                }
            }
            prop_assert!(sets.groups().iter().all(|g| g.len() > 1 && g.is_sorted()));
        }
    }
}
