//! Which words of two documents stand in passages that both have word for word, and where.
//!
//! A *passage* is made of shingles that both documents have. Where passages stand and what surrounds them tells a cut
//! reprint or another state of a running story, which keep blocks with their figures and names, from a form that was filled
//! in anew, where the same words stand before and after other names. In come the tokens of both and the [`Shared`] table
//! that holds the shingles of the first; out come counts and shares. Only places of tokens count, whatever the script.
//! Cost: two look-ups a token, and a sort of the shingles that both have.

use super::shared::Shared;
use super::terms::is_number;
use crate::text::{Token, Tokens, each_shingle, word_length};

/// Words at the end of a text that are looked at for what was kept.
const END_WORDS: f32 = 60.0;
/// Most words on either side of a change; more are a passage put in the place of another.
const LONGEST_CHANGE: f32 = 40.0;

/// What two documents keep of each other word for word. Everything is symmetric in the two.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Kept {
    /// Share of the last words of the shorter text that stand in passages, 0 to 1.
    pub end: f32,
    /// Share of the first words of the shorter text that stand in passages, 0 to 1.
    pub opening: f32,
    /// Words between the first and the last passage that stand in none, of the text with more of them.
    pub inserted: f32,
    /// Changes: places where both go on with other words between passages that are the same.
    pub changes: u32,
    /// Changes with a number on each side that the other side does not have.
    pub numbers_exchanged: u32,
    /// Changes with a name on each side that the other side does not have.
    pub names_exchanged: u32,
    /// Share of the distinct numbers of the text with fewer that stand in passages, 0 to 1, shrunk for few.
    pub numbers: f32,
}

/// Measures what two documents keep of each other; holds buffers.
#[derive(Debug, Default)]
pub struct KeptMeasure {
    x: Side,
    y: Side,
}

#[derive(Debug, Default)]
struct Side {
    /// Its shingles in reading order.
    shingles: Vec<u64>,
    /// Those that both documents have and this one has once, with their places, ascending.
    single: Vec<(u64, usize)>,
    /// For each token, whether it stands in a passage.
    kept: Vec<bool>,
}

impl KeptMeasure {
    /// Measures `x` and `y`; `shared` holds the shingles of `k` tokens of `x` and was compared with `y` last. `is_name` says
    /// which terms are names.
    pub fn measure(
        &mut self,
        (x, y): (&Tokens, &Tokens),
        shared: &Shared,
        k: usize,
        is_name: &dyn Fn(u32) -> bool,
    ) -> Kept {
        self.x.fill(x.as_slice(), k, |shingle| shared.met(shingle));
        self.y.fill(y.as_slice(), k, |shingle| shared.contain(shingle));
        let (x, y) = (x.as_slice(), y.as_slice());
        let mut out = self.changes((x, y), k, is_name);
        let (shorter, side) = if (x.len(), x) <= (y.len(), y) { (x, &self.x) } else { (y, &self.y) };
        let pairs = || shorter.iter().copied().zip(side.kept.iter().copied());
        out.opening = share_of_first(pairs());
        out.end = share_of_first(pairs().rev());
        out.inserted = self.x.inserted(x).max(self.y.inserted(y));
        let (all_x, all_y) = (numbers(x, None), numbers(y, None));
        let kept = numbers(x, Some(&self.x.kept));
        out.numbers = kept as f32 / (all_x.min(all_y) as f32 + 2.0);
        out
    }

    /// Counts the places where the same shingle stands before and after, and other words between.
    fn changes(&self, (x, y): (&[Token], &[Token]), k: usize, is_name: &dyn Fn(u32) -> bool) -> Kept {
        let (mut i, mut j, mut out) = (0, 0, Kept::default());
        while let (Some(&(p, from_x)), Some(&(q, from_y))) = (self.x.single.get(i), self.y.single.get(j)) {
            if p == q
                && let Some((of_x, of_y)) = self.x.gap(from_x + k).zip(self.y.gap(from_y + k))
            {
                let (next_x, next_y) = (self.x.shingles.get(of_x.end), self.y.shingles.get(of_y.end));
                let (of_x, of_y) = (&x[of_x], &y[of_y]);
                if next_x.is_some() && next_x == next_y && words(of_x).max(words(of_y)) <= LONGEST_CHANGE {
                    out.changes += 1;
                    out.numbers_exchanged += u32::from(exchanged(of_x, of_y, is_number));
                    out.names_exchanged += u32::from(exchanged(of_x, of_y, is_name));
                }
            }
            i += usize::from(p <= q);
            j += usize::from(q <= p);
        }
        out
    }
}

impl Side {
    /// `both` says which shingles stand in the other document too.
    fn fill(&mut self, tokens: &[Token], k: usize, both: impl Fn(u64) -> bool) {
        self.shingles.clear();
        each_shingle(tokens, k, |shingle| self.shingles.push(shingle));
        self.kept.clear();
        self.kept.resize(tokens.len(), false);
        self.single.clear();
        let mut end = 0;
        for (at, &shingle) in self.shingles.iter().enumerate() {
            if both(shingle) {
                let from = end.max(at);
                end = (at + k).min(tokens.len());
                self.kept[from..end].fill(true);
                self.single.push((shingle, at));
            }
        }
        self.single.sort_unstable();
        // Of those that stand there several times, none is left.
        let mut left = 0;
        for at in 0..self.single.len() {
            let one = self.single[at];
            let repeats = |other: Option<&(u64, usize)>| other.is_some_and(|other| other.0 == one.0);
            let before = at.checked_sub(1).and_then(|before| self.single.get(before)).copied();
            if !repeats(before.as_ref()) && !repeats(self.single.get(at + 1)) {
                self.single[left] = one;
                left += 1;
            }
        }
        self.single.truncate(left);
    }

    /// The tokens outside of passages that begin at one; `None` where that stands in a passage.
    fn gap(&self, start: usize) -> Option<std::ops::Range<usize>> {
        let length = self.kept.get(start..)?.iter().take_while(|&&kept| !kept).count();
        (length > 0).then_some(start..start + length)
    }

    /// Words between the first and the last passage that stand in none.
    fn inserted(&self, tokens: &[Token]) -> f32 {
        let first = self.kept.iter().position(|&kept| kept);
        let last = self.kept.iter().rposition(|&kept| kept);
        let Some((first, last)) = first.zip(last) else { return 0.0 };
        let inside = tokens[first..=last].iter().zip(&self.kept[first..=last]);
        inside.filter(|&(_, &kept)| !kept).map(|(&token, _)| word_length(token)).sum()
    }
}

/// Share of the first [`END_WORDS`] words that stand in passages.
fn share_of_first(tokens: impl Iterator<Item = (Token, bool)>) -> f32 {
    let (mut all, mut kept) = (0.0f32, 0.0);
    for (token, is_kept) in tokens {
        let length = word_length(token);
        all += length;
        kept += if is_kept { length } else { 0.0 };
        if all >= END_WORDS {
            break;
        }
    }
    kept / all.max(1.0)
}

/// Whether each side has a term that counts and that the other lacks.
fn exchanged(x: &[Token], y: &[Token], counts: impl Fn(u32) -> bool) -> bool {
    let lacks = |own: &[Token], other: &[Token]| {
        own.iter().any(|token| counts(token.stem()) && other.iter().all(|other| other.stem() != token.stem()))
    };
    lacks(x, y) && lacks(y, x)
}

/// How many distinct numbers stand in a text, or in its passages.
fn numbers(tokens: &[Token], kept: Option<&[bool]>) -> usize {
    let counts = |at: usize| kept.is_none_or(|kept| kept[at]);
    let mut all: Vec<u32> = tokens
        .iter()
        .enumerate()
        .filter(|&(at, token)| is_number(token.stem()) && counts(at))
        .map(|(_, token)| token.stem())
        .collect();
    all.sort_unstable();
    all.dedup();
    all.len()
}

fn words(tokens: &[Token]) -> f32 {
    tokens.iter().map(|&token| word_length(token)).sum()
}
