//! Orders the versions of a running story.
//!
//! A page shows when its site printed a version, which may be hours after the agency sent it. So dates are only
//! one of several hints. Others are tags of headlines, outlets that printed two versions one after the other,
//! growth, and shared passages: a story gains and loses each passage once, so that neighbouring versions have most
//! in common. The result is the order with the highest sum of hints, exact for up to [`EXACT`] versions.

use std::cmp::Ordering;

/// Most versions for which all orders are compared.
const EXACT: usize = 13;
/// Weight of tags with different numbers, which are explicit.
const TAGS: f64 = 4.0;
/// Weight of a tag on only one of two versions. It is low because outlets drop tags.
const TAGGED: f64 = 0.2;
/// Weight of an outlet that printed one version after the other, because no newsroom returns to an older one.
const OUTLET: f64 = 2.0;
/// Weight of the dates of the first prints if they are at least [`APART`] apart; proportionally less if they are
/// closer.
const DATES: f64 = 1.5;
/// Seconds between two dates at which they have their full weight.
const APART: f64 = 7_200.0;
/// Weight of the difference in length, as a share of the longer length, because stories grow.
const GROWTH: f64 = 1.0;
/// Weight of the share of text that two neighbours have in common.
const NEIGHBOURS: f64 = 3.0;
/// Weight of the order of first prints, undated ones last. It decides only if nothing else does.
const PRINTED: f64 = 0.001;
/// Largest difference between equal sums, so that rounding does not decide.
const EQUAL: f64 = 1e-9;

/// What is known of a version's position.
#[derive(Clone, Debug, Default)]
pub(super) struct Version {
    /// Identifies the version independently of the input order.
    pub(super) digest: u128,
    /// Time of the first print in seconds since 1970; for a date without a time, the end of that day.
    pub(super) first: Option<i64>,
    /// The highest number in its tags: 0 without a tag.
    pub(super) revision: u32,
    /// Outlets with the time of their first print of this version, without repeats.
    pub(super) prints: Vec<(String, i64)>,
    /// Number of tokens of its longest text.
    pub(super) length: usize,
}

/// Returns the versions from first to last. `common` returns the share of the shorter of two versions that the
/// other holds.
pub(super) fn in_order(versions: &[Version], common: impl Fn(usize, usize) -> f64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..versions.len()).collect();
    // Among equally good orders, the one by date is chosen, whatever the input order.
    order.sort_by_key(|&at| (versions[at].first.is_none(), versions[at].first, versions[at].digest));
    let count = versions.len();
    let hints =
        table(count, |x, y| hint(&versions[order[x]], &versions[order[y]]) + PRINTED * sign(x.cmp(&y)));
    let hint = |x: usize, y: usize| hints[x * count + y];
    let found = if count <= EXACT {
        let shares = table(count, |x, y| NEIGHBOURS * common(order[x], order[y]));
        exact(count, hint, |x, y| shares[x * count + y])
    } else {
        by_wins(count, hint)
    };
    found.into_iter().map(|at| order[at]).collect()
}

/// Computes the values of all pairs.
fn table(count: usize, value: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    (0..count * count).map(|at| value(at / count, at % count)).collect()
}

/// Returns how likely `x` is before `y`; negative if the opposite is more likely.
fn hint(x: &Version, y: &Version) -> f64 {
    let tags = match (x.revision, y.revision) {
        (0, 0) => 0.0,
        (0, _) => TAGGED,
        (_, 0) => -TAGGED,
        (x, y) => TAGS * sign(x.cmp(&y)),
    };
    let both = x.prints.iter().filter_map(|(outlet, at)| {
        y.prints.iter().find(|(other, _)| other == outlet).map(|(_, other)| OUTLET * sign(at.cmp(other)))
    });
    let outlets: f64 = both.sum();
    let dates = x.first.zip(y.first).map_or(0.0, |(x, y)| DATES * ((y - x) as f64 / APART).clamp(-1.0, 1.0));
    let longer = x.length.max(y.length).max(1) as f64;
    let growth = GROWTH * (y.length as f64 - x.length as f64) / longer;
    tags + outlets + dates + growth
}

/// Returns 1 for less, −1 for greater and 0 for equal.
fn sign(order: Ordering) -> f64 {
    match order {
        Ordering::Less => 1.0,
        Ordering::Equal => 0.0,
        Ordering::Greater => -1.0,
    }
}

/// Finds the best of all orders by dynamic programming over the set of placed versions and the last of them, in n²
/// · 2ⁿ steps.
fn exact(
    count: usize,
    hint: impl Fn(usize, usize) -> f64,
    common: impl Fn(usize, usize) -> f64,
) -> Vec<usize> {
    if count == 0 {
        return Vec::new();
    }
    let sets = 1usize << count;
    // For each set and last version: the best sum, and the version before the last.
    let mut best: Vec<Option<(f64, usize)>> = vec![None; sets * count];
    for last in 0..count {
        best[(1 << last) * count + last] = Some((0.0, last));
    }
    for set in 1..sets {
        for next in (0..count).filter(|next| set >> next & 1 == 0) {
            let placed: f64 = (0..count).filter(|at| set >> at & 1 == 1).map(|at| hint(at, next)).sum();
            let onto = (set | 1 << next) * count + next;
            for last in 0..count {
                let Some((sum, _)) = best[set * count + last] else { continue };
                let sum = sum + placed + common(last, next);
                if best[onto].is_none_or(|(known, _)| sum > known + EQUAL) {
                    best[onto] = Some((sum, last));
                }
            }
        }
    }
    let value = |at: usize| best[(sets - 1) * count + at].map_or(f64::MIN, |(sum, _)| sum);
    let mut last = (1..count).fold(0, |last, at| if value(at) > value(last) + EQUAL { at } else { last });
    let (mut set, mut order) = (sets - 1, vec![last]);
    while order.len() < count {
        let Some((_, before)) = best[set * count + last] else { break };
        set &= !(1 << last);
        last = before;
        order.push(last);
    }
    order.reverse();
    order
}

/// Orders the versions by the sum of the hints for and against each.
fn by_wins(count: usize, hint: impl Fn(usize, usize) -> f64) -> Vec<usize> {
    let wins: Vec<f64> = (0..count)
        .map(|x| (0..count).filter(|&y| y != x).map(|y| hint(x, y).clamp(-1.0, 1.0)).sum())
        .collect();
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&x, &y| wins[y].total_cmp(&wins[x]));
    order
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn version(digest: u128, first: Option<i64>) -> Version {
        Version { digest, first, length: 100, ..Version::default() }
    }

    #[test]
    fn dates_order_versions_without_other_hints() {
        let versions = [version(1, Some(9_000)), version(2, None), version(3, Some(100))];
        assert_eq!(in_order(&versions, |_, _| 0.0), [2, 0, 1]);
    }

    #[test]
    fn tags_and_outlets_win_over_dates() {
        let tagged = |first, revision| Version { revision, ..version(revision.into(), Some(first)) };
        assert_eq!(in_order(&[tagged(0, 3), tagged(9_000, 2)], |_, _| 0.0), [1, 0]);
        let printed = |first, at| Version {
            prints: vec![("post".to_owned(), at)],
            ..version(first as u128, Some(first))
        };
        assert_eq!(in_order(&[printed(0, 20_000), printed(9_000, 10_000)], |_, _| 0.0), [1, 0]);
    }

    #[test]
    fn longer_of_two_undated_versions_is_later() {
        let long = Version { length: 300, ..version(1, None) };
        assert_eq!(in_order(&[long, version(2, None)], |_, _| 0.5), [1, 0]);
    }

    #[test]
    fn neighbours_have_most_in_common() {
        let versions: Vec<Version> =
            [0, 3_000, 2_000, 5_000].map(|at| version(at as u128, Some(at))).to_vec();
        let common = |x: usize, y: usize| 1.0 - 0.3 * x.abs_diff(y) as f64;
        assert_eq!(in_order(&versions, common), [0, 1, 2, 3]);
    }

    #[test]
    fn many_versions_are_ordered_too() {
        let versions: Vec<Version> = (0..20).map(|n| version(n as u128, Some(n * 4_000 % 68_000))).collect();
        let order = in_order(&versions, |_, _| 0.0);
        assert!(order.windows(2).all(|pair| versions[pair[0]].first <= versions[pair[1]].first));
    }

    proptest! {
        #[test]
        fn result_does_not_depend_on_input_order(
            known in prop::collection::vec((prop::option::of(0i64..20_000), 0u32..3, 50usize..60), 1..14),
            turn in any::<prop::sample::Index>(),
        ) {
            let versions: Vec<Version> = known
                .iter()
                .enumerate()
                .map(|(at, &(first, revision, length))| Version {
                    revision,
                    length,
                    ..version(at as u128, first)
                })
                .collect();
            let mut turned = versions.clone();
            turned.rotate_left(turn.index(versions.len()));
            let names = |versions: &[Version]| -> Vec<u128> {
                let common = |x: usize, y: usize| {
                    1.0 / (1 + versions[x].digest.abs_diff(versions[y].digest)) as f64
                };
                in_order(versions, common).into_iter().map(|at| versions[at].digest).collect()
            };
            let found = names(&versions);
            let mut sorted = found.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..versions.len() as u128).collect::<Vec<_>>());
            prop_assert_eq!(found, names(&turned));
        }
    }
}
