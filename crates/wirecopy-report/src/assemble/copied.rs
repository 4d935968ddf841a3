//! Measures how much of each member of a cluster occurs in the others, and where.
//!
//! Counts tokens in shared passages of at least a shingle's length, because single shared words prove nothing. The
//! input is the tokens of the members; the output is two shares for each member and, on request, the passages. The
//! shares cost a sort of the cluster's shingles, the passages a comparison for a few of the positions of each
//! shared shingle.

use wirecopy_core::classify::Edge;
use wirecopy_core::cluster::Cluster;
use wirecopy_core::engine::Corpus;
use wirecopy_core::hash::ByHash;
use wirecopy_core::text::{Token, Tokens, covered, in_order};
use wirecopy_core::{DocId, Similarity};

/// Most positions of a repeated shingle in one document that are tried to find the longest passage.
const PLACES: usize = 8;

/// What a member has in common with the others.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Copied {
    /// Share of its tokens in passages of the representative.
    pub(super) from_representative: Similarity,
    /// Share of its tokens in passages of any other member.
    pub(super) from_cluster: Similarity,
    /// The passages, in order and without overlaps. Their tokens are those that `from_cluster` counts.
    pub(super) passages: Vec<Passage>,
}

/// A passage that also occurs in another member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Passage {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Index of the other member.
    pub(super) from: usize,
    /// Index of its first token in the other member.
    pub(super) from_start: usize,
}

/// Measures the members of a cluster, in the order of their ids. Among members with the same words only one is measured, unless
/// passages are requested.
pub fn in_cluster(cluster: &Cluster, corpus: &Corpus, k: usize, with_passages: bool) -> Vec<Copied> {
    let mut reader = corpus.tokens.reader();
    let mut texts: Vec<Tokens> = Vec::new();
    let mut places: ByHash<u64, usize> = ByHash::default();
    let mut representative = 0;
    let mut place = |&(member, _): &(DocId, Option<Edge>)| {
        let next = texts.len();
        let place =
            if with_passages { next } else { *places.entry(corpus.text(member).words).or_insert(next) };
        if place == next {
            texts.push(reader.get(member));
        }
        if member == cluster.representative {
            representative = place;
        }
        place
    };
    let of_members: Vec<usize> = cluster.members.iter().map(&mut place).collect();
    let texts: Vec<&[Token]> = texts.iter().map(Tokens::as_slice).collect();
    let measured = copied(&texts, representative, k, with_passages);
    if with_passages { measured } else { for_each_member(&measured, &of_members) }
}

/// The members of a cluster that hold a shingle.
struct Holders {
    first: usize,
    /// Whether another member holds it, too.
    several: bool,
    /// Whether the representative holds it.
    representative: bool,
}

/// Measures `members`, which are in the order of their ids; `representative` is an index into them. Passages have `k`
/// tokens or more.
fn copied(members: &[&[Token]], representative: usize, k: usize, with_passages: bool) -> Vec<Copied> {
    if members.len() < 2 {
        return vec![Copied { from_representative: Similarity::ONE, ..Copied::default() }; members.len()];
    }
    let shingles: Vec<Vec<u64>> = members.iter().map(|tokens| in_order(tokens, k)).collect();
    let count = shingles.iter().map(Vec::len).sum();
    let mut holders: ByHash<u64, Holders> = ByHash::with_capacity_and_hasher(count, Default::default());
    for (member, shingles) in shingles.iter().enumerate() {
        let is_representative = member == representative;
        for &shingle in shingles {
            let known = holders.entry(shingle).or_insert(Holders {
                first: member,
                several: false,
                representative: false,
            });
            known.several |= known.first != member;
            known.representative |= is_representative;
        }
    }
    let elsewhere = |shingle: u64| holders.get(&shingle).is_some_and(|holders| holders.several);
    let mut places: ByHash<u64, Vec<(usize, usize)>> = ByHash::default();
    if with_passages {
        let others = (0..members.len()).filter(|&member| member != representative);
        for member in std::iter::once(representative).chain(others) {
            for (at, shingle) in shingles[member].iter().enumerate() {
                if elsewhere(*shingle) {
                    places.entry(*shingle).or_default().push((member, at));
                }
            }
        }
    }
    (0..members.len())
        .map(|member| {
            let length = members[member].len();
            let held: Vec<Option<&Holders>> =
                shingles[member].iter().map(|shingle| holders.get(shingle)).collect();
            let share = |is_shared: fn(&Holders) -> bool| {
                // Asked about each shingle in its order.
                let mut held = held.iter();
                let covered = covered(&shingles[member], length, k, |_| {
                    held.next().copied().flatten().is_some_and(is_shared)
                });
                Similarity::share(covered.into_iter().filter(|&covered| covered).count(), length)
            };
            Copied {
                from_representative: share(|holders| holders.representative),
                from_cluster: share(|holders| holders.several),
                passages: if with_passages {
                    passages(member, members, &shingles[member], k, &places)
                } else {
                    Vec::new()
                },
            }
        })
        .collect()
}

/// Returns the shares of all members, given those of the measured ones. `first` holds for each member the index of the
/// measured member with the same words. Members with the same words occur in each other completely.
fn for_each_member(measured: &[Copied], first: &[usize]) -> Vec<Copied> {
    let mut times = vec![0; measured.len()];
    for &first in first {
        times[first] += 1;
    }
    let of = |&first: &usize| {
        let from_cluster = if times[first] > 1 { Similarity::ONE } else { measured[first].from_cluster };
        Copied { from_cluster, ..measured[first].clone() }
    };
    first.iter().map(of).collect()
}

/// Returns the passages of a member that occur in others. At each shared shingle the longest is taken: from the
/// representative if it has one, else from the first member by id.
fn passages(
    member: usize,
    members: &[&[Token]],
    shingles: &[u64],
    k: usize,
    places: &ByHash<u64, Vec<(usize, usize)>>,
) -> Vec<Passage> {
    let tokens = members[member];
    let mut out: Vec<Passage> = Vec::new();
    let mut end = 0;
    for (at, shingle) in shingles.iter().enumerate() {
        if (at + k).min(tokens.len()) <= end {
            continue;
        }
        let Some(found) = places.get(shingle) else { continue };
        // The positions in one member are consecutive. Those in this member, which may be many, are skipped
        // together.
        let own = |&(other, _): &(usize, usize)| other == member;
        let skipped = if found.first().is_some_and(own) { found.partition_point(own) } else { 0 };
        let others = &found[skipped..];
        let Some(&(from, _)) = others.first() else { continue };
        let longest = others
            .iter()
            .take_while(|&&(other, _)| other == from)
            .take(PLACES)
            .map(|&(_, place)| (common(&tokens[at..], &members[from][place..]), place))
            .reduce(|best, next| if next.0 > best.0 { next } else { best });
        let Some((length, place)) = longest else { continue };
        // A passage that begins inside the one before continues at its end.
        let start = at.max(end);
        if at + length > start {
            out.push(Passage { start, end: at + length, from, from_start: place + (start - at) });
            end = at + length;
        }
    }
    out
}

/// Counts the tokens that two texts have in common at their beginnings.
fn common(a: &[Token], b: &[Token]) -> usize {
    a.iter().zip(b).take_while(|(x, y)| x == y).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use wirecopy_core::text::{Tokens, tokenize};

    fn measured(texts: &[&str], representative: usize) -> Vec<Copied> {
        let tokens: Vec<Tokens> = texts.iter().map(|text| tokenize(text)).collect();
        let members: Vec<&[Token]> = tokens.iter().map(Tokens::as_slice).collect();
        copied(&members, representative, 5, true)
    }

    #[test]
    fn shares_and_passages_of_an_example() {
        let out = measured(
            &[
                "one two three four five six seven eight nine ten",
                "alpha beta gamma delta two three four five six seven",
                "zero alpha beta gamma delta two nothing else here",
            ],
            0,
        );
        assert_eq!((out[0].from_representative.get(), out[0].from_cluster.get()), (1.0, 0.6));
        assert_eq!((out[1].from_representative.get(), out[1].from_cluster.get()), (0.6, 1.0));
        assert_eq!((out[2].from_representative.get(), out[2].from_cluster.get()), (0.0, 5.0 / 9.0));
        let passage = |start, end, from, from_start| Passage { start, end, from, from_start };
        assert_eq!(out[0].passages, [passage(1, 7, 1, 4)]);
        assert_eq!(out[1].passages, [passage(0, 5, 2, 1), passage(5, 10, 0, 2)]);
        assert_eq!(out[2].passages, [passage(1, 6, 1, 0)]);
    }

    #[test]
    fn repeats_within_a_text_are_not_copied() {
        let out = measured(&["la la la la la la la la", "one two three four five six"], 1);
        assert_eq!(out[0], Copied::default());
    }

    #[test]
    fn longest_of_several_passages_is_taken() {
        let out = measured(&["a b c d e x a b c d e f g h", "a b c d e f g h"], 0);
        assert_eq!(out[1].passages, [Passage { start: 0, end: 8, from: 0, from_start: 6 }]);
    }

    proptest! {
        #[test]
        fn members_of_the_same_words_are_measured_once(
            texts in prop::collection::vec(prop::collection::vec(0u8..4, 1..30), 2..5),
            first in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        ) {
            let tokens: Vec<Tokens> = texts
                .iter()
                .map(|words| tokenize(&words.iter().map(|w| format!("w{w} ")).collect::<String>()))
                .collect();
            let first: Vec<usize> =
                (0..texts.len()).chain(first.iter().map(|at| at.index(texts.len()))).collect();
            let firsts: Vec<&[Token]> = tokens.iter().map(Tokens::as_slice).collect();
            let all: Vec<&[Token]> = first.iter().map(|&at| firsts[at]).collect();
            prop_assert_eq!(for_each_member(&copied(&firsts, 0, 5, false), &first), copied(&all, 0, 5, false));
        }

        #[test]
        fn passages_match_and_add_up_to_the_share(
            texts in prop::collection::vec(prop::collection::vec(0u8..4, 0..60), 2..5),
            representative in 0usize..2,
        ) {
            let texts: Vec<String> =
                texts.iter().map(|words| words.iter().map(|w| format!("w{w} ")).collect()).collect();
            let tokens: Vec<Tokens> = texts.iter().map(|text| tokenize(text)).collect();
            let members: Vec<&[Token]> = tokens.iter().map(Tokens::as_slice).collect();
            for (member, measured) in copied(&members, representative, 5, true).iter().enumerate() {
                let mut end = 0;
                for p in &measured.passages {
                    prop_assert!(p.start >= end && p.end > p.start && p.from != member);
                    end = p.end;
                    let there = &members[p.from][p.from_start..p.from_start + (p.end - p.start)];
                    prop_assert_eq!(&members[member][p.start..p.end], there);
                }
                let words: usize = measured.passages.iter().map(|p| p.end - p.start).sum();
                let share = words as f64 / members[member].len().max(1) as f64;
                prop_assert!((share - measured.from_cluster.get()).abs() < 1e-9, "{} {}", share, measured.from_cluster);
                prop_assert!(member == representative || measured.from_representative <= measured.from_cluster);
            }
        }
    }
}
