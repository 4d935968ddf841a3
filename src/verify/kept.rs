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
        // A sum of nothing is −0.
        inside.filter(|&(_, &kept)| !kept).fold(0.0, |sum, (&token, _)| sum + word_length(token))
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::text::tokenize;

    const STORY: &str = "The ferry from Skarvik left at noon with 140 passengers and arrived in Tolven after ninety minutes. \
        The harbour master said that 12 cars had to wait for the next crossing because the lower deck was full. A second \
        ship will sail from Monday and take the load off the line, the company said in a letter to the towns. Islanders \
        had asked for more crossings since the bakery of Marnes closed and bread had to be brought over by boat.";

    fn measured(x: &str, y: &str, k: usize, names: &[&str]) -> Kept {
        let names: HashSet<u32> = names.iter().map(|name| tokenize(name).as_slice()[0].stem()).collect();
        measured_tokens(&tokenize(x), &tokenize(y), k, &|term| names.contains(&term))
    }

    fn measured_tokens(x: &Tokens, y: &Tokens, k: usize, is_name: &dyn Fn(u32) -> bool) -> Kept {
        let mut shared = Shared::default();
        shared.hold(x.as_slice(), k);
        shared.overlap(y.as_slice(), k);
        KeptMeasure::default().measure((x, y), &shared, k, is_name)
    }

    /// Numbers are shares: equal but for rounding.
    fn near(one: f32, other: f32) -> bool {
        (one - other).abs() < 1e-3
    }

    #[test]
    fn the_same_text_is_kept_whole() {
        let kept = measured(STORY, STORY, 5, &["skarvik", "tolven"]);
        assert!(near(kept.opening, 1.0) && near(kept.end, 1.0), "{kept:?}");
        assert_eq!((kept.changes, kept.numbers_exchanged, kept.names_exchanged), (0, 0, 0));
        assert!(near(kept.inserted, 0.0) && near(kept.numbers, 0.5), "two numbers are few: {kept:?}");
    }

    #[test]
    fn texts_without_a_passage_in_common_keep_nothing() {
        assert_eq!(
            measured(STORY, "Wheat prices rose for a third week, traders said.", 5, &[]),
            Kept::default()
        );
        assert_eq!(measured(STORY, "", 5, &[]), Kept::default());
        assert_eq!(measured("", "", 5, &[]), Kept::default());
    }

    #[test]
    fn other_numbers_in_the_same_place_are_exchanged() {
        let kept = measured(STORY, &STORY.replace("140", "95").replace("12 cars", "31 cars"), 5, &[]);
        assert_eq!((kept.changes, kept.numbers_exchanged), (2, 2));
        assert!(near(kept.numbers, 0.0), "neither number stands in a passage");
        let in_words = measured(STORY, &STORY.replace("140", "many"), 5, &[]);
        assert_eq!((in_words.changes, in_words.numbers_exchanged), (1, 0), "a word for a number");
        let more = measured(STORY, &STORY.replace("140", "140 paying and 9 other"), 5, &[]);
        assert_eq!(more.numbers_exchanged, 0, "only one side has a number that the other lacks");
    }

    #[test]
    fn other_names_in_the_same_place_are_exchanged() {
        let names = ["skarvik", "tolven", "orlava"];
        let other = STORY.replace("in Tolven", "in Orlava");
        let kept = measured(STORY, &other, 5, &names);
        assert_eq!((kept.changes, kept.names_exchanged), (1, 1));
        let other = STORY.replace("the lower deck", "the upper deck");
        assert_eq!(measured(STORY, &other, 5, &names).names_exchanged, 0, "no names");
    }

    #[test]
    fn what_stands_on_one_side_only_is_no_change() {
        let longer = STORY.replace("The harbour master", "Nobody was hurt in the crush. The harbour master");
        let kept = measured(STORY, &longer, 5, &[]);
        assert_eq!(kept.changes, 0);
        assert!(near(kept.inserted, 6.0), "{kept:?}");
        let around = format!("Our reporter was there. {STORY} Read more in the paper.");
        let kept = measured(STORY, &around, 5, &[]);
        assert!(kept.changes == 0 && near(kept.inserted, 0.0), "outside of the passages: {kept:?}");
    }

    #[test]
    fn a_passage_in_place_of_another_is_no_change() {
        let of = |word: &str| {
            let others: Vec<String> =
                (0..45).map(|at| format!("{word}{}", "abcdefghi".repeat(at + 1))).collect();
            STORY.replace("because the lower deck was full", &others.join(" "))
        };
        assert_eq!(measured(&of("x"), &of("y"), 5, &[]).changes, 0);
    }

    #[test]
    fn opening_and_end_are_those_of_the_shorter_text() {
        let words = |prefix: &str, count: usize| -> Vec<String> {
            let letter = |at: usize| char::from(b'a' + (at % 26) as u8);
            (0..count).map(|at| format!("{prefix}{}{}", letter(at / 26), letter(at))).collect()
        };
        let (story, news, more) = (words("sto", 200), words("new", 30), words("mor", 50));
        let lead = format!("{} {}", news.join(" "), story[30..].join(" "));
        let whole = format!("{} {}", story.join(" "), more.join(" "));
        for kept in [measured(&lead, &whole, 5, &[]), measured(&whole, &lead, 5, &[])] {
            assert!(near(kept.opening, 0.5) && near(kept.end, 1.0), "{kept:?}");
        }
    }

    #[test]
    fn passages_that_stand_twice_mark_no_place() {
        let twice = format!("{STORY} {STORY}");
        let other = twice.replacen("140", "95", 1);
        assert_eq!(measured(&twice, &other, 5, &[]).changes, 0, "which of both was changed?");
    }

    /// The same by comparing everything with everything.
    fn slow(x: &[Token], y: &[Token], k: usize, is_name: &dyn Fn(u32) -> bool) -> Kept {
        fn shingles(tokens: &[Token], k: usize) -> Vec<&[Token]> {
            match tokens.len() {
                0 => Vec::new(),
                short if short < k => vec![tokens],
                _ => tokens.windows(k).collect(),
            }
        }
        let (of_x, of_y) = (shingles(x, k), shingles(y, k));
        let kept = |tokens: &[Token], own: &[&[Token]], other: &[&[Token]]| -> Vec<bool> {
            let covers =
                |at: usize, start: usize| other.contains(&own[start]) && (start..start + k).contains(&at);
            (0..tokens.len()).map(|at| (0..own.len()).any(|start| covers(at, start))).collect()
        };
        let (kept_x, kept_y) = (kept(x, &of_x, &of_y), kept(y, &of_y, &of_x));
        let end_of_gap =
            |kept: &[bool], start: usize| (start..kept.len()).find(|&at| kept[at]).unwrap_or(kept.len());
        let once = |all: &[&[Token]], one: &[Token]| all.iter().filter(|&&other| other == one).count() == 1;
        let mut out = Kept::default();
        for (i, &one) in of_x.iter().enumerate() {
            for (j, _) in of_y.iter().enumerate().filter(|&(_, &other)| other == one) {
                if !once(&of_x, one) || !once(&of_y, one) || i + k > x.len() || j + k > y.len() {
                    continue;
                }
                let (to_x, to_y) = (end_of_gap(&kept_x, i + k), end_of_gap(&kept_y, j + k));
                let (gap_x, gap_y) = (&x[i + k..to_x], &y[j + k..to_y]);
                let goes_on = to_x < of_x.len() && to_y < of_y.len() && of_x[to_x] == of_y[to_y];
                if gap_x.is_empty()
                    || gap_y.is_empty()
                    || !goes_on
                    || words(gap_x).max(words(gap_y)) > LONGEST_CHANGE
                {
                    continue;
                }
                let terms = |tokens: &[Token], counts: &dyn Fn(u32) -> bool| -> HashSet<u32> {
                    tokens.iter().map(|token| token.stem()).filter(|&stem| counts(stem)).collect()
                };
                let exchanged = |counts: &dyn Fn(u32) -> bool| {
                    let all = |tokens| terms(tokens, &|_| true);
                    !terms(gap_x, counts).is_subset(&all(gap_y))
                        && !terms(gap_y, counts).is_subset(&all(gap_x))
                };
                out.changes += 1;
                out.numbers_exchanged += u32::from(exchanged(&is_number));
                out.names_exchanged += u32::from(exchanged(is_name));
            }
        }
        let inside = |tokens: &[Token], kept: &[bool]| -> f32 {
            let within = |at: usize| !kept[at] && kept[..at].contains(&true) && kept[at..].contains(&true);
            (0..tokens.len()).filter(|&at| within(at)).map(|at| word_length(tokens[at])).sum()
        };
        out.inserted = inside(x, &kept_x).max(inside(y, &kept_y));
        let all = |tokens: &[Token], kept: Option<&[bool]>| {
            let places = (0..tokens.len()).filter(|&at| kept.is_none_or(|kept| kept[at]));
            places.map(|at| tokens[at].stem()).filter(|&stem| is_number(stem)).collect::<HashSet<u32>>().len()
        };
        out.numbers = all(x, Some(&kept_x)) as f32 / (all(x, None).min(all(y, None)) as f32 + 2.0);
        out
    }

    /// A text, and another of pieces of it and of other words.
    fn two_texts() -> impl Strategy<Value = (String, String)> {
        let word = prop::sample::select(vec![
            "harbour", "board", "of", "the", "17", "23", "1,400", "Ordu", "Rize", "ferry", "央行", "加息",
            "said", "ship",
        ]);
        let words = |most| prop::collection::vec(word.clone(), 0..most);
        let pieces = prop::collection::vec((0usize..60, 0usize..25, words(4)), 0..5);
        (words(60), pieces).prop_map(|(one, pieces)| {
            let mut other: Vec<&str> = Vec::new();
            for (from, length, new) in pieces {
                other.extend(one.iter().skip(from).take(length));
                other.extend(new);
            }
            (one.join(" "), other.join(" "))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]

        #[test]
        fn agrees_with_comparing_everything((x, y) in two_texts(), k in 1usize..6) {
            let (x, y) = (tokenize(&x), tokenize(&y));
            let ordu = tokenize("Ordu Rize");
            let is_name = |term: u32| ordu.as_slice().iter().any(|token| token.stem() == term);
            let kept = measured_tokens(&x, &y, k, &is_name);
            prop_assert_eq!(kept, measured_tokens(&y, &x, k, &is_name), "symmetric");
            let expected = slow(x.as_slice(), y.as_slice(), k, &is_name);
            prop_assert_eq!(
                (kept.changes, kept.numbers_exchanged, kept.names_exchanged),
                (expected.changes, expected.numbers_exchanged, expected.names_exchanged)
            );
            prop_assert!(near(kept.inserted, expected.inserted) && near(kept.numbers, expected.numbers));
            for share in [kept.opening, kept.end, kept.numbers] {
                prop_assert!((0.0..=1.0).contains(&share), "{:?}", kept);
            }
        }
    }
}
