//! Groups texts into versions of a running story.
//!
//! Two prints of one version differ by cuts and by a line or two that the outlet added. Two versions differ by a
//! new lead and new passages. A shortened print may consist of passages that several versions share. So texts are
//! never joined transitively: each joins the version with whose texts it agrees best. Cost: a merge of two sorted
//! sets of shingles for each pair of texts, or for more than [`ALL_PAIRS`] texts, for each text and version.

use std::cell::RefCell;

use wirecopy_core::score::sets::Overlap;
use wirecopy_core::text::{Shingles, Token, covered, in_order, shingles, words_in};

/// Most texts of a cluster for which all pairs are compared. In larger clusters, only copies are grouped.
pub(super) const ALL_PAIRS: usize = 200;
/// Most versions of a cluster with more than [`ALL_PAIRS`] texts.
const MOST: usize = 32;
/// Least Jaccard similarity of shingles of two texts that print one version.
const COPY: f64 = 0.5;
/// Least share of the shorter text's shingles in the longer one for it to be a shortened print.
const CUT: f64 = 0.7;
/// Fewest words of a passage that only a different version adds.
const OWN: usize = 25;
/// Least share of the shorter text's shingles in the longer one for two versions of one running story.
const LINKED: f64 = 0.15;
/// Fewest words of the passage that two such versions must share. Common phrases are shorter.
const PASSAGE: usize = 12;

/// A text that one or more members print.
pub(super) struct Text<'a> {
    pub(super) tokens: &'a [Token],
    /// Identifies the text independently of the order of the members.
    pub(super) digest: u128,
    /// Number of members that print it.
    pub(super) members: usize,
    /// The highest number in the tags of their headlines: 0 without a tag.
    pub(super) revision: u32,
    shingles: Shingles,
}

impl<'a> Text<'a> {
    pub(super) fn new(tokens: &'a [Token], digest: u128, members: usize, revision: u32, k: usize) -> Self {
        let mut distinct = Shingles::with_capacity(tokens.len());
        shingles(tokens, k, &mut distinct);
        Self { tokens, digest, members, revision, shingles: distinct }
    }

    pub(super) fn overlap(&self, other: &Self) -> Overlap {
        Overlap::of(&self.shingles, &other.shingles)
    }

    /// Returns for each token whether it is in a passage of `k` tokens or more that one of the others holds.
    pub(super) fn covered(&self, others: &[&Text<'_>], k: usize) -> Vec<bool> {
        let is_held = |shingle| others.iter().any(|other| other.shingles.binary_search(&shingle).is_ok());
        covered(&in_order(self.tokens, k), self.tokens.len(), k, is_held)
    }

    /// Returns the number of words in the longest passage that `other` holds too, or lacks if `held` is false.
    fn longest(&self, other: &Self, held: bool, k: usize) -> usize {
        let covered = self.covered(&[other], k);
        let mut start = 0;
        let mut longest = 0;
        for group in covered.chunk_by(|x, y| x == y) {
            let end = start + group.len();
            if group[0] == held {
                longest = longest.max(words_in(&self.tokens[start..end]));
            }
            start = end;
        }
        longest
    }

    /// Returns whether the tags of their headlines have different numbers. A tag without a number counts as the
    /// first, which is not evidence, because sites mark any version as updated.
    fn is_tagged_apart(&self, other: &Self) -> bool {
        self.revision != other.revision && self.revision > 1 && other.revision > 1
    }
}

/// Compares the texts of a cluster, each pair at most once.
struct Comparisons<'t, 'a> {
    texts: &'t [Text<'a>],
    /// Number of tokens in a shingle.
    k: usize,
    /// The overlap of each pair that has been compared, by the smaller index, then by the other.
    known: RefCell<Vec<Option<Overlap>>>,
}

impl<'t, 'a> Comparisons<'t, 'a> {
    fn new(texts: &'t [Text<'a>], k: usize) -> Self {
        Self { texts, k, known: RefCell::new(vec![None; texts.len() * texts.len()]) }
    }

    /// Returns the overlap of the texts at two indices, the smaller one first.
    fn overlap(&self, a: usize, b: usize) -> Overlap {
        let (a, b) = (a.min(b), a.max(b));
        *self.known.borrow_mut()[a * self.texts.len() + b]
            .get_or_insert_with(|| self.texts[a].overlap(&self.texts[b]))
    }

    /// Returns whether two texts are of one running story.
    fn are_linked(&self, a: usize, b: usize) -> bool {
        self.overlap(a, b).containment() >= LINKED
            && self.texts[a].longest(&self.texts[b], true, self.k) >= PASSAGE
    }

    /// Returns whether two texts are copies of one version.
    fn are_copies(&self, a: usize, b: usize) -> bool {
        !self.texts[a].is_tagged_apart(&self.texts[b]) && self.overlap(a, b).jaccard() >= COPY
    }

    /// Returns how well two texts agree as prints of one version, one of which may be shortened; `None` if they
    /// are not.
    fn agreement(&self, a: usize, b: usize) -> Option<f64> {
        let (x, y) = (&self.texts[a], &self.texts[b]);
        if x.is_tagged_apart(y) {
            return None;
        }
        let overlap = self.overlap(a, b);
        let (shorter, longer) = if x.shingles.len() <= y.shingles.len() { (x, y) } else { (y, x) };
        let is_cut = || overlap.containment() >= CUT && shorter.longest(longer, false, self.k) < OWN;
        // The similarity decides if a shortened print fits several versions, or a page that quotes them all.
        (overlap.jaccard() >= COPY || is_cut())
            .then(|| overlap.containment().get() + overlap.jaccard().get() / 2.0)
    }
}

/// Groups texts by the version that they print. The longest text of each group comes first. Texts without passages
/// in common with the running story are in no group. The groups do not depend on the order of the texts, which
/// must be distinct.
///
/// `is_rewrite` returns whether two texts are rewrites of one dispatch. Then shared quotes do not make them
/// versions of one story.
pub(super) fn grouped(
    texts: &[Text<'_>],
    k: usize,
    is_rewrite: impl Fn(usize, usize) -> bool,
) -> Vec<Vec<usize>> {
    // Longest first, so that a shortened print finds the version that it was cut from.
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse(texts[at].tokens.len()), texts[at].digest));
    if texts.len() > ALL_PAIRS {
        return copies(texts, &order);
    }
    let comparisons = Comparisons::new(texts, k);
    // Copies first, because a page that quotes several versions contains all of them but is a copy of none.
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for at in order {
        let copies =
            |group: &Vec<usize>| group.iter().filter(|&&other| comparisons.are_copies(at, other)).count();
        match groups.iter_mut().find(|group| 2 * copies(group) >= group.len()) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    let linked = |a: usize, b: usize| comparisons.are_linked(a, b) && !is_rewrite(a, b);
    story(with_cuts(groups, &comparisons), texts, linked)
}

/// Adds each text that is not a copy of another to the version that it was cut from, longest first.
fn with_cuts(groups: Vec<Vec<usize>>, comparisons: &Comparisons<'_, '_>) -> Vec<Vec<usize>> {
    let texts = comparisons.texts;
    let (alone, mut groups): (Vec<Vec<usize>>, Vec<Vec<usize>>) =
        groups.into_iter().partition(|group| group.len() == 1);
    for at in alone.into_iter().flatten() {
        let fit = |group: &Vec<usize>| {
            let agreements: Vec<f64> =
                group.iter().filter_map(|&other| comparisons.agreement(at, other)).collect();
            let mean = agreements.iter().sum::<f64>() / agreements.len().max(1) as f64;
            (2 * agreements.len() >= group.len()).then_some(mean)
        };
        let agreeing: Vec<(usize, f64)> =
            (0..groups.len()).filter_map(|group| Some((group, fit(&groups[group])?))).collect();
        let is_longer = |group: &Vec<usize>| {
            group.iter().all(|&other| texts[other].tokens.len() < texts[at].tokens.len())
        };
        // A page that quotes several versions prints none of them.
        let quoted = agreeing.iter().filter(|&&(group, _)| is_longer(&groups[group])).count();
        let best = agreeing.into_iter().reduce(|best, next| if next.1 > best.1 { next } else { best });
        match best.filter(|_| quoted < 2) {
            Some((group, _)) => groups[group].push(at),
            None => groups.push(vec![at]),
        }
    }
    // The longest text of a version represents it.
    for group in &mut groups {
        group.sort_by_key(|&at| (std::cmp::Reverse(texts[at].tokens.len()), texts[at].digest));
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(texts[group[0]].tokens.len()), texts[group[0]].digest));
    groups
}

/// Returns the versions of a large cluster: copies of one text each. Texts that are not a copy of any are left
/// out.
fn copies(texts: &[Text<'_>], order: &[usize]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for &at in order {
        let copy = groups.iter().position(|group| texts[at].overlap(&texts[group[0]]).jaccard() >= COPY);
        match copy {
            Some(group) => groups[group].push(at),
            None if groups.len() < MOST => groups.push(vec![at]),
            None => {}
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// Returns the groups of the running story with most members: groups with passages in common, directly or through
/// others.
fn story(
    groups: Vec<Vec<usize>>,
    texts: &[Text<'_>],
    linked: impl Fn(usize, usize) -> bool,
) -> Vec<Vec<usize>> {
    let linked = |x: &[usize], y: &[usize]| x.iter().any(|&a| y.iter().any(|&b| linked(a, b)));
    let mut left: Vec<Vec<usize>> = groups;
    let mut stories: Vec<Vec<Vec<usize>>> = Vec::new();
    while !left.is_empty() {
        let mut story = vec![left.remove(0)];
        let mut at = 0;
        while at < story.len() {
            let (found, rest): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|group| linked(&story[at], group));
            story.extend(found);
            left = rest;
            at += 1;
        }
        stories.push(story);
    }
    let members =
        |story: &Vec<Vec<usize>>| -> usize { story.iter().flatten().map(|&at| texts[at].members).sum() };
    // Among equals, the one with the longest text, which comes first.
    let best = stories
        .into_iter()
        .filter(|story| story.len() > 1)
        .reduce(|best, next| if members(&next) > members(&best) { next } else { best });
    best.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use wirecopy_core::text::{Tokens, tokenize};

    /// Returns the words of a range of a text without repeats.
    fn words(range: std::ops::Range<usize>) -> String {
        range.map(|n| format!("w{n} ")).collect()
    }

    fn groups(texts: &[(String, u32)]) -> Vec<Vec<usize>> {
        let tokens: Vec<Tokens> = texts.iter().map(|(text, _)| tokenize(text)).collect();
        let texts: Vec<Text<'_>> = tokens
            .iter()
            .zip(texts)
            .map(|(tokens, &(_, revision))| Text::new(tokens.as_slice(), tokens.digest(), 1, revision, 5))
            .collect();
        let mut groups = grouped(&texts, 5, |_, _| false);
        groups.iter_mut().for_each(|group| group.sort_unstable());
        groups.sort();
        groups
    }

    fn plain(texts: &[String]) -> Vec<Vec<usize>> {
        groups(&texts.iter().map(|text| (text.clone(), 0)).collect::<Vec<_>>())
    }

    #[test]
    fn copies_and_cuts_print_one_version() {
        let first = words(0..200);
        let second = words(1000..1080) + &words(0..120);
        let cut = words(1000..1070);
        let touched = words(0..90) + "of its own " + &words(90..200);
        assert_eq!(plain(&[first, second, cut, touched]), [vec![0, 3], vec![1, 2]]);
    }

    #[test]
    fn long_new_passage_makes_a_version() {
        let first = words(0..120);
        let with_own = |own: usize| words(2000..2000 + own) + &words(0..70);
        assert_eq!(plain(&[first.clone(), with_own(OWN - 1)]), [[0, 1]; 0]);
        let second = words(1000..1100) + &words(80..120);
        assert_eq!(plain(&[first.clone(), second.clone(), with_own(OWN - 2)]), [vec![0, 2], vec![1]]);
        assert_eq!(plain(&[first, second, with_own(OWN + 3)]).len(), 3);
    }

    #[test]
    fn shortened_print_of_shared_text_does_not_join_versions() {
        let first = words(0..200);
        let second = words(1000..1120) + &words(0..80);
        let shared = words(0..70);
        let found = plain(&[first, second, shared]);
        assert_eq!(found.len(), 2);
        assert!(found.iter().flatten().count() == 3);
    }

    #[test]
    fn page_that_quotes_all_versions_does_not_join_them() {
        let first = words(0..200);
        let second = words(1000..1120) + &words(0..80);
        let all = format!("{first} {second} {}", words(3000..3300));
        assert_eq!(plain(&[first, second, words(0..190), words(1005..1120) + &words(0..80), all]).len(), 3);
    }

    #[test]
    fn tags_with_different_numbers_separate_versions() {
        let (text, corrected) = (words(0..200), words(0..197) + "x y z");
        assert_eq!(groups(&[(text.clone(), 3), (corrected.clone(), 2)]), [[0], [1]]);
        assert_eq!(groups(&[(text, 1), (corrected, 2)]), [[0, 1]; 0]);
    }

    #[test]
    fn rewritten_text_is_not_a_version() {
        let texts = [words(0..100), words(1000..1080) + &words(0..60), words(5000..5100)];
        assert_eq!(plain(&texts), [[0], [1]]);
        // A common phrase does not make them one story.
        assert_eq!(plain(&[words(0..100), words(1000..1030) + &words(30..29 + PASSAGE)]), [[0; 0]; 0]);
        assert_eq!(plain(&[words(0..100), words(1000..1030) + &words(30..30 + PASSAGE)]), [[0], [1]]);
    }

    #[test]
    fn large_cluster_is_grouped_by_copies() {
        let texts: Vec<String> = (0..ALL_PAIRS + 20)
            .map(|n| words(1000 * (n % 2)..1000 * (n % 2) + 90) + &words(9000 + n..9001 + n))
            .collect();
        let found = plain(&texts);
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [110, 110]);
    }

    proptest! {
        #[test]
        fn groups_do_not_depend_on_the_order(
            cuts in prop::collection::vec((0usize..4, 0usize..60, 20usize..120), 1..8),
            seed in any::<prop::sample::Index>(),
        ) {
            // Versions that each hold half of the one before.
            let texts: Vec<(String, u32)> = cuts
                .iter()
                .map(|&(version, from, length)| (words(version * 60 + from..version * 60 + from + length), 0))
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect();
            let turn = seed.index(texts.len());
            let mut turned = texts.clone();
            turned.rotate_left(turn);
            turned.reverse();
            let name = |texts: &[(String, u32)], found: Vec<Vec<usize>>| {
                let named = |group: Vec<usize>| {
                    let mut names: Vec<String> = group.into_iter().map(|at| texts[at].0.clone()).collect();
                    names.sort();
                    names
                };
                let mut named: Vec<Vec<String>> = found.into_iter().map(named).collect();
                named.sort();
                named
            };
            prop_assert_eq!(name(&texts, groups(&texts)), name(&turned, groups(&turned)));
        }
    }
}
