//! Groups texts into versions of a running story.
//!
//! Two prints of one version differ by cuts and by a line or two of the outlet's own; two versions differ by a new lead
//! and new passages. A print that was cut may lie in the passages that several versions share, so that texts are never
//! joined through one another: each joins the version with most of whose texts it agrees. Costs a merge of two sorted
//! sets of shingles for each pair of texts; above [`ALL_PAIRS`] texts, one for each text and version.

use wirecopy_core::score::sets::Overlap;
use wirecopy_core::text::{Shingles, Token, covered, in_order, shingles, words_in};

/// Texts of a cluster up to which all pairs are compared; of more, copies alone are looked for.
pub(super) const ALL_PAIRS: usize = 200;
/// Versions that are kept apart in a cluster of more than [`ALL_PAIRS`] texts.
const MOST: usize = 32;
/// Jaccard similarity of shingles at which two texts print one version.
const COPY: f64 = 0.5;
/// Share of the shorter text's shingles in the longer one at which it may be a cut print of it.
const CUT: f64 = 0.7;
/// Words of a passage that no print of the same version adds by itself.
const OWN: usize = 25;
/// Share of the shorter text's shingles in the longer one at which two versions are of one running story.
const LINKED: f64 = 0.15;
/// Words of the passage that they then have in common at least: turns of phrase are shorter.
const PASSAGE: usize = 12;

/// A text that one or several members print.
pub(super) struct Text<'a> {
    pub(super) tokens: &'a [Token],
    /// Identifies the text, whatever the order of the members.
    pub(super) digest: u128,
    /// Members that print it.
    pub(super) members: usize,
    /// The number that the tags of their headlines have: 0 without.
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

    /// Which of the tokens lie in passages of `k` tokens or more that one of the others holds.
    pub(super) fn covered(&self, others: &[&Text<'_>], k: usize) -> Vec<bool> {
        let is_held = |shingle| others.iter().any(|other| other.shingles.binary_search(&shingle).is_ok());
        covered(&in_order(self.tokens, k), self.tokens.len(), k, is_held)
    }

    /// Words of the longest passage that `other` holds too, or that it lacks.
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

    /// Whether two texts are of one running story.
    fn is_linked(&self, other: &Self, k: usize) -> bool {
        self.overlap(other).containment() >= LINKED && self.longest(other, true, k) >= PASSAGE
    }

    /// Whether two texts are copies of one version.
    fn is_copy(&self, other: &Self) -> bool {
        !self.is_tagged_apart(other) && self.overlap(other).jaccard() >= COPY
    }

    /// How well two texts agree as prints of one version, of which one may be cut; `None` where they are not.
    fn agreement(&self, other: &Self, k: usize) -> Option<f64> {
        if self.is_tagged_apart(other) {
            return None;
        }
        let overlap = self.overlap(other);
        let (shorter, longer) = if overlap.a <= overlap.b { (self, other) } else { (other, self) };
        let is_cut = || overlap.containment() >= CUT && shorter.longest(longer, false, k) < OWN;
        // The similarity decides where a cut print lies in several versions, or in a page that quotes them all.
        (overlap.jaccard() >= COPY || is_cut()).then(|| overlap.containment() + overlap.jaccard() / 2.0)
    }

    /// Whether the tags of their headlines have different numbers. A tag without one counts as the first, which says
    /// nothing: sites mark any version as updated.
    fn is_tagged_apart(&self, other: &Self) -> bool {
        self.revision != other.revision && self.revision > 1 && other.revision > 1
    }
}

/// Groups texts by the version that they print. Each group holds its longest text first; a text that shares no passages
/// with the running story is in none. The groups are the same for every order of the texts, which must differ.
///
/// `is_rewrite` says of two texts whether they are one dispatch in other words: then the quotes that they share make no
/// story of them.
pub(super) fn grouped(
    texts: &[Text<'_>],
    k: usize,
    is_rewrite: impl Fn(usize, usize) -> bool,
) -> Vec<Vec<usize>> {
    // Longest first: a cut print finds the version that it was cut from.
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse(texts[at].tokens.len()), texts[at].digest));
    if texts.len() > ALL_PAIRS {
        return copies(texts, &order);
    }
    // Copies first: a page that quotes several versions holds all of them, and none is a copy of it.
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for at in order {
        let copies =
            |group: &Vec<usize>| group.iter().filter(|&&other| texts[at].is_copy(&texts[other])).count();
        match groups.iter_mut().find(|group| 2 * copies(group) >= group.len()) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    let linked = |a: usize, b: usize| texts[a].is_linked(&texts[b], k) && !is_rewrite(a, b);
    story(with_cuts(groups, texts, k), texts, linked)
}

/// Puts each text that is a copy of no other to the version that it was cut from, longest first.
fn with_cuts(groups: Vec<Vec<usize>>, texts: &[Text<'_>], k: usize) -> Vec<Vec<usize>> {
    let (alone, mut groups): (Vec<Vec<usize>>, Vec<Vec<usize>>) =
        groups.into_iter().partition(|group| group.len() == 1);
    for at in alone.into_iter().flatten() {
        let fit = |group: &Vec<usize>| {
            let agreements = || group.iter().filter_map(|&other| texts[at].agreement(&texts[other], k));
            let agreeing = agreements().count();
            let mean = agreements().sum::<f64>() / agreeing.max(1) as f64;
            (2 * agreeing >= group.len()).then_some(mean)
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
    // The longest text of a version stands for it.
    for group in &mut groups {
        group.sort_by_key(|&at| (std::cmp::Reverse(texts[at].tokens.len()), texts[at].digest));
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(texts[group[0]].tokens.len()), texts[group[0]].digest));
    groups
}

/// The versions of a large cluster: copies of one text each. What is no copy of any of them is in none.
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

/// The groups of the running story of most members: those with passages in common, directly or through others.
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
    // Of equals the one with the longest text, which comes first.
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

    /// Words `from..to` of a text without repeats.
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
    fn a_passage_of_its_own_makes_a_version() {
        let first = words(0..120);
        let with_own = |own: usize| words(2000..2000 + own) + &words(0..70);
        assert_eq!(plain(&[first.clone(), with_own(OWN - 1)]), [[0, 1]; 0]);
        let second = words(1000..1100) + &words(80..120);
        assert_eq!(plain(&[first.clone(), second.clone(), with_own(OWN - 2)]), [vec![0, 2], vec![1]]);
        assert_eq!(plain(&[first, second, with_own(OWN + 3)]).len(), 3);
    }

    #[test]
    fn a_cut_of_what_two_versions_share_does_not_join_them() {
        let first = words(0..200);
        let second = words(1000..1120) + &words(0..80);
        let shared = words(0..70);
        let found = plain(&[first, second, shared]);
        assert_eq!(found.len(), 2);
        assert!(found.iter().flatten().count() == 3);
    }

    #[test]
    fn a_page_that_quotes_all_versions_does_not_join_them() {
        let first = words(0..200);
        let second = words(1000..1120) + &words(0..80);
        let all = format!("{first} {second} {}", words(3000..3300));
        assert_eq!(plain(&[first, second, words(0..190), words(1005..1120) + &words(0..80), all]).len(), 3);
    }

    #[test]
    fn tags_with_other_numbers_are_other_versions() {
        let (text, corrected) = (words(0..200), words(0..197) + "x y z");
        assert_eq!(groups(&[(text.clone(), 3), (corrected.clone(), 2)]), [[0], [1]]);
        assert_eq!(groups(&[(text, 1), (corrected, 2)]), [[0, 1]; 0]);
    }

    #[test]
    fn a_text_in_other_words_prints_no_version() {
        let texts = [words(0..100), words(1000..1080) + &words(0..60), words(5000..5100)];
        assert_eq!(plain(&texts), [[0], [1]]);
        // A turn of phrase in both makes no story of them.
        assert_eq!(plain(&[words(0..100), words(1000..1030) + &words(30..29 + PASSAGE)]), [[0; 0]; 0]);
        assert_eq!(plain(&[words(0..100), words(1000..1030) + &words(30..30 + PASSAGE)]), [[0], [1]]);
    }

    #[test]
    fn a_large_cluster_is_grouped_by_copies() {
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
            // Versions of which each holds half of the one before.
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
