//! Finds the pairs of representatives to check after copies have collapsed.

use super::corpus::Corpus;
use crate::candidates::rare::RareJoin;
use crate::candidates::{Candidate, TableUse, contained, pairs_of_versions};
use crate::config::MatchConfig;
use crate::progress::Cancel;
use crate::{DocId, Result};

/// A candidate, and whether it may contain verbatim passages.
pub type ToCheck = (Candidate, bool);

/// The pairs to check.
pub struct Proposed {
    /// The pairs, sorted and without duplicates.
    pub pairs: Vec<ToCheck>,
    /// The table of rare features, if rewrites are looked for.
    pub table: Option<TableUse>,
}

/// Joins the representatives on a sample of their shingles, which finds excerpts, and on their rare features,
/// which finds rewrites. The versions of a delivered item are pairs whatever they share.
pub fn proposed(
    corpus: &Corpus,
    leaders: &[DocId],
    config: &MatchConfig,
    cancel: &Cancel,
) -> Result<Proposed> {
    cancel.check()?;
    // Without the scorer, it is not possible to tell that the stories in a digest are unrelated.
    let quotes = config.rewrites;
    let budget = corpus.budget.part(1, 4);
    let verbatim = contained::candidates(leaders, &corpus.tokens, config.shingle, quotes, &budget)?;
    let verbatim = with_versions(verbatim, corpus);
    if !config.rewrites {
        return Ok(Proposed { pairs: to_check(&verbatim, &[]), table: None });
    }
    cancel.check()?;
    let join = RareJoin::new(leaders, &corpus.tokens, config.rare_features, config.rare_shared);
    cancel.check()?;
    let table = Some(join.table_use());
    let rare = join.candidates(&budget)?;
    Ok(Proposed { pairs: to_check(&verbatim, &rare), table })
}

/// Adds each version of a delivered item with the next one by id, representatives or not.
fn with_versions(mut pairs: Vec<Candidate>, corpus: &Corpus) -> Vec<Candidate> {
    if corpus.items.is_empty() {
        return pairs;
    }
    let items = corpus.items.iter().map(|(&document, &item)| (document, item));
    pairs.extend(pairs_of_versions(items).into_iter().map(|(a, b)| Candidate(a, b)));
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Merges two sorted lists without duplicates; pairs of the first may contain verbatim passages.
fn to_check(verbatim: &[Candidate], rare: &[Candidate]) -> Vec<ToCheck> {
    let mut all = Vec::with_capacity(verbatim.len() + rare.len());
    let mut rare = rare.iter().peekable();
    for pair in verbatim {
        while let Some(other) = rare.next_if(|other| *other < pair) {
            all.push((*other, false));
        }
        rare.next_if_eq(&pair);
        all.push((*pair, true));
    }
    all.extend(rare.map(|&other| (other, false)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pair_of_both_joins_is_checked_once_and_may_be_verbatim() {
        let pairs = |list: &[(u32, u32)]| -> Vec<Candidate> {
            list.iter().map(|&(a, b)| Candidate(DocId(a), DocId(b))).collect()
        };
        let checked = to_check(&pairs(&[(0, 2), (1, 3)]), &pairs(&[(0, 1), (0, 2), (1, 2), (4, 5)]));
        let expected = pairs(&[(0, 1), (0, 2), (1, 2), (1, 3), (4, 5)]);
        assert_eq!(checked.iter().map(|&(pair, _)| pair).collect::<Vec<_>>(), expected);
        assert_eq!(
            checked.iter().map(|&(_, verbatim)| verbatim).collect::<Vec<_>>(),
            [false, true, false, true, false]
        );
    }
}
