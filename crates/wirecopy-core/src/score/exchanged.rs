//! Counts the numbers that differ between two texts whose surrounding text is the same.
//!
//! A reprint or a correction changes a number or two. A template filled in anew (a match, an earthquake, an
//! obituary) has different numbers in most of its fields. The input is the tokens of both texts and the [`Shared`]
//! table that holds the shingles of the first; the output is a count. Only the positions of tokens matter, in any
//! script. Cost: two lookups a token, and a sort of the places where the texts begin to differ.

use super::shared::Shared;
use super::terms::is_number;
use crate::text::{Token, Tokens, covered, in_order};

/// Most tokens on either side of a change. Longer ones are passages that replace each other.
const LONGEST_CHANGE: usize = 40;

/// Counts exchanged numbers; reuses its buffers.
#[derive(Debug, Default)]
pub struct Exchanges {
    x: Side,
    y: Side,
}

#[derive(Debug, Default)]
struct Side {
    /// The text's shingles in reading order.
    shingles: Vec<u64>,
    /// The shingles directly before the passages that only this document has, with the starts of these passages,
    /// ascending. Each of the shingles occurs once in this document.
    anchors: Vec<(u64, usize)>,
    /// For each token, whether it is part of a shingle that both documents have.
    kept: Vec<bool>,
}

impl Exchanges {
    /// Counts the positions where the same shingle of `k` tokens occurs before and after, and between them each
    /// side has a number that the other side lacks. `shared` must hold the shingles of `x` and have been compared
    /// with `y` last. Symmetric in `x` and `y`.
    pub fn numbers(&mut self, (x, y): (&Tokens, &Tokens), shared: &Shared, k: usize) -> u32 {
        let (x, y) = (x.as_slice(), y.as_slice());
        self.x.fill(x, k, |shingle| shared.met(shingle));
        // Most copies replace no number, and one side shows it.
        if !self.x.has_numbers_of_its_own(x) {
            return 0;
        }
        self.y.fill(y, k, |shingle| shared.contain(shingle));
        let (mut i, mut j, mut count) = (0, 0, 0);
        while let (Some(&(p, from_x)), Some(&(q, from_y))) = (self.x.anchors.get(i), self.y.anchors.get(j)) {
            if p == q {
                let (of_x, of_y) = (self.x.gap(from_x), self.y.gap(from_y));
                let (next_x, next_y) = (self.x.shingles.get(of_x.end), self.y.shingles.get(of_y.end));
                let is_change = next_x.is_some() && next_x == next_y;
                if is_change && of_x.len().max(of_y.len()) <= LONGEST_CHANGE {
                    count += u32::from(exchanged(&x[of_x], &y[of_y]));
                }
            }
            i += usize::from(p <= q);
            j += usize::from(q <= p);
        }
        count
    }
}

impl Side {
    /// Fills the fields; `both` says whether the other document has a shingle too.
    fn fill(&mut self, tokens: &[Token], k: usize, both: impl Fn(u64) -> bool) {
        self.shingles = in_order(tokens, k);
        self.kept = covered(&self.shingles, tokens.len(), k, both);
        // A passage that follows kept text follows a kept shingle.
        let starts = (k..tokens.len()).filter(|&at| self.kept[at - 1] && !self.kept[at]);
        let mut anchors: Vec<(u64, usize)> = starts.map(|at| (self.shingles[at - k], at)).collect();
        anchors.sort_unstable();
        // Shingles that occur several times are dropped, because their position is ambiguous. One bit for some of the
        // anchors rejects nearly all other shingles.
        let bit = |shingle: u64| 1_u64 << (shingle >> 58);
        let bits = anchors.iter().fold(0, |bits, &(shingle, _)| bits | bit(shingle));
        let mut times = vec![0; anchors.len()];
        for &shingle in self.shingles.iter().filter(|&&shingle| bits & bit(shingle) != 0) {
            let first = anchors.partition_point(|anchor| anchor.0 < shingle);
            if anchors.get(first).is_some_and(|anchor| anchor.0 == shingle) {
                times[first] += 1;
            }
        }
        // Of anchors with the same shingle, only the first was counted.
        let single = anchors.iter().zip(times).filter(|&(_, times)| times == 1);
        self.anchors = single.map(|(&anchor, _)| anchor).collect();
    }

    /// Returns whether a passage that only this document has contains a number.
    fn has_numbers_of_its_own(&self, tokens: &[Token]) -> bool {
        let has_number = |&(_, from)| tokens[self.gap(from)].iter().any(|token| is_number(token.stem()));
        self.anchors.iter().any(has_number)
    }

    /// Returns the range of tokens outside shared shingles that begins at `start`.
    fn gap(&self, start: usize) -> std::ops::Range<usize> {
        let length = self.kept[start..].iter().take_while(|&&kept| !kept).count();
        start..start + length
    }
}

/// Returns whether each side has a number that the other lacks.
fn exchanged(x: &[Token], y: &[Token]) -> bool {
    let lacks = |own: &[Token], other: &[Token]| {
        let mut numbers = own.iter().filter(|token| is_number(token.stem()));
        numbers.any(|number| other.iter().all(|token| token.stem() != number.stem()))
    };
    lacks(x, y) && lacks(y, x)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::tokenize;

    const STORY: &str = "The ferry from Skarvik left at noon with 140 passengers and arrived in Tolven after ninety minutes. \
        The harbour master said that 12 cars had to wait for the next crossing because the lower deck was full. A second \
        ship will sail from Monday and take the load off the line, the company said in a letter to the towns.";

    fn exchanged(x: &str, y: &str, k: usize) -> u32 {
        let (x, y) = (tokenize(x), tokenize(y));
        let mut shared = Shared::default();
        shared.hold(x.as_slice(), k);
        shared.overlap(y.as_slice(), k);
        Exchanges::default().numbers((&x, &y), &shared, k)
    }

    #[test]
    fn different_numbers_in_the_same_place_are_counted() {
        assert_eq!(exchanged(STORY, STORY, 5), 0);
        assert_eq!(exchanged(STORY, &STORY.replace("140", "95").replace("12 cars", "31 cars"), 5), 2);
        assert_eq!(exchanged(STORY, &STORY.replace("140", "many"), 5), 0, "a word in place of a number");
        assert_eq!(
            exchanged(STORY, &STORY.replace("140", "140 paying and 9 other"), 5),
            0,
            "a number on one side only"
        );
        assert_eq!(exchanged(STORY, &STORY.replace("lower", "upper"), 5), 0, "no numbers");
    }

    #[test]
    fn insertions_on_one_side_are_not_counted() {
        let longer = STORY.replace("The harbour master", "Some 7 were hurt in the crush. The harbour master");
        assert_eq!(exchanged(STORY, &longer, 5), 0);
        assert_eq!(exchanged(STORY, &format!("On May 3: {STORY} Page 9."), 5), 0);
    }

    #[test]
    fn repeated_passages_are_not_anchors() {
        let twice = format!("{STORY} {STORY}");
        assert_eq!(
            exchanged(&twice, &twice.replacen("140", "95", 1), 5),
            0,
            "it is unclear which of the two was changed"
        );
    }

    proptest! {
        #[test]
        fn count_is_symmetric(
            x in prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "17", "23", "4"]), 0..60),
            y in prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "17", "23", "4"]), 0..60),
            k in 1usize..5,
        ) {
            let (x, y) = (x.join(" "), y.join(" "));
            prop_assert_eq!(exchanged(&x, &y, k), exchanged(&y, &x, k));
        }
    }
}
