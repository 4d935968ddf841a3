//! How many numbers were exchanged between two texts that are the same before and after them.
//!
//! A reprint or a correction changes a number or two; a form that was filled in anew (a match, a quake, an obituary) has other
//! numbers in most of its places. In come the tokens of both and the [`Shared`] table that holds the shingles of the first;
//! out comes a count. Only the places of tokens count, whatever the script. Cost: two look-ups a token, and a sort of the
//! shingles that both have.

use super::shared::Shared;
use super::terms::is_number;
use crate::text::{Token, Tokens, covered, in_order};

/// Most tokens on either side of a change; more are a passage put in the place of another.
const LONGEST_CHANGE: usize = 40;

/// Counts exchanged numbers; holds buffers.
#[derive(Debug, Default)]
pub struct Exchanges {
    x: Side,
    y: Side,
}

#[derive(Debug, Default)]
struct Side {
    /// Its shingles in reading order.
    shingles: Vec<u64>,
    /// Those that both documents have and this one has once, with their places, ascending.
    single: Vec<(u64, usize)>,
    /// For each token, whether it is in a shingle that both documents have.
    kept: Vec<bool>,
}

impl Exchanges {
    /// Returns the number of places where the same shingle of `k` tokens stands before and after, and between them each side has
    /// a number that the other side lacks. `shared` holds the shingles of `x` and was compared with `y` last. Symmetric in
    /// `x` and `y`.
    pub fn numbers(&mut self, (x, y): (&Tokens, &Tokens), shared: &Shared, k: usize) -> u32 {
        self.x.fill(x.as_slice(), k, |shingle| shared.met(shingle));
        self.y.fill(y.as_slice(), k, |shingle| shared.contain(shingle));
        let (x, y) = (x.as_slice(), y.as_slice());
        let (mut i, mut j, mut count) = (0, 0, 0);
        while let (Some(&(p, from_x)), Some(&(q, from_y))) = (self.x.single.get(i), self.y.single.get(j)) {
            if p == q
                && let Some((of_x, of_y)) = self.x.gap(from_x + k).zip(self.y.gap(from_y + k))
            {
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
    /// `both` says which shingles the other document has too.
    fn fill(&mut self, tokens: &[Token], k: usize, both: impl Fn(u64) -> bool) {
        self.shingles = in_order(tokens, k);
        self.single.clear();
        let mut at = 0;
        self.kept = covered(&self.shingles, tokens.len(), k, |shingle| {
            let both = both(shingle);
            if both {
                self.single.push((shingle, at));
            }
            at += 1;
            both
        });
        self.single.sort_unstable();
        // Of a shingle that is there several times, nothing is left.
        let groups = self.single.chunk_by(|a, b| a.0 == b.0);
        let single: Vec<(u64, usize)> =
            groups.filter(|group| group.len() == 1).map(|group| group[0]).collect();
        self.single = single;
    }

    /// The tokens outside of shared shingles that begin at one; `None` where that is in one.
    fn gap(&self, start: usize) -> Option<std::ops::Range<usize>> {
        let length = self.kept.get(start..)?.iter().take_while(|&&kept| !kept).count();
        (length > 0).then_some(start..start + length)
    }
}

/// Whether each side has a number that the other lacks.
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
    fn other_numbers_in_the_same_place_are_exchanged() {
        assert_eq!(exchanged(STORY, STORY, 5), 0);
        assert_eq!(exchanged(STORY, &STORY.replace("140", "95").replace("12 cars", "31 cars"), 5), 2);
        assert_eq!(exchanged(STORY, &STORY.replace("140", "many"), 5), 0, "a word for a number");
        assert_eq!(exchanged(STORY, &STORY.replace("140", "140 paying and 9 other"), 5), 0, "one side only");
        assert_eq!(exchanged(STORY, &STORY.replace("lower", "upper"), 5), 0, "no numbers");
    }

    #[test]
    fn what_stands_on_one_side_only_is_not_exchanged() {
        let longer = STORY.replace("The harbour master", "Some 7 were hurt in the crush. The harbour master");
        assert_eq!(exchanged(STORY, &longer, 5), 0);
        assert_eq!(exchanged(STORY, &format!("On May 3: {STORY} Page 9."), 5), 0);
    }

    #[test]
    fn passages_that_stand_twice_mark_no_place() {
        let twice = format!("{STORY} {STORY}");
        assert_eq!(exchanged(&twice, &twice.replacen("140", "95", 1), 5), 0, "which of both was changed?");
    }

    proptest! {
        #[test]
        fn the_order_of_the_two_does_not_matter(
            x in prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "17", "23", "4"]), 0..60),
            y in prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "17", "23", "4"]), 0..60),
            k in 1usize..5,
        ) {
            let (x, y) = (x.join(" "), y.join(" "));
            prop_assert_eq!(exchanged(&x, &y, k), exchanged(&y, &x, k));
        }
    }
}
