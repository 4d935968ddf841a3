//! Makes document ids unique within a run.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::mem;

use xxhash_rust::xxh3::xxh3_128;

use crate::document::{Header, Metadata};
use crate::text::Tokens;
use crate::text::credit::Credit;

/// The ids assigned so far.
///
/// Holds 128-bit hashes instead of strings, because a run may have millions of ids and the report holds them already.
#[derive(Debug, Default)]
pub struct Ids {
    taken: HashSet<u128>,
}

impl Ids {
    /// Keeps `header.id` if it is still free. Otherwise replaces it by `header.fallback` (a record's `path#number`) or the first
    /// free one of `fallback~2`, `fallback~3`, …, and records the original in `duplicate_id`.
    pub fn settle(&mut self, header: &mut Header) {
        if self.take(&header.id) {
            return;
        }
        let given = self.free(&header.fallback);
        header.duplicate_id = Some(mem::replace(&mut header.id, given));
    }

    /// Assigns and returns `fallback`, or the first free one of `fallback~2`, `fallback~3`, ….
    pub fn free(&mut self, fallback: &str) -> String {
        let mut given = fallback.to_owned();
        let mut copy = 2_u64;
        while !self.take(&given) {
            given = format!("{fallback}~{copy}");
            copy += 1;
        }
        given
    }

    /// Assigns an id and returns whether it was free.
    pub fn take(&mut self, id: &str) -> bool {
        self.taken.insert(xxh3_128(id.as_bytes()))
    }

    /// Resolves ids that several documents request: the first by [`Rank`] keeps the id, and the others get their fallback ids.
    /// Returns these others with their new ids. All requested ids must be taken.
    pub fn resolve<D: Copy + Ord>(&mut self, mut claims: Vec<Claim<D>>) -> Vec<(D, String)> {
        claims.sort_unstable();
        let claims_of_ids = claims.chunk_by(|x, y| x.id == y.id);
        let others = claims_of_ids.flat_map(|claims| &claims[1..]);
        others.map(|claim| (claim.document, self.free(&claim.fallback))).collect()
    }
}

/// A document's request for an id that others request too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim<D> {
    /// The requested id.
    pub id: String,
    /// The rank of the document among those that request the id.
    pub rank: Rank,
    /// The id to use if another document gets the requested one.
    pub fallback: String,
    /// The document.
    pub document: D,
}

/// The rank of a document among those that request one id: the longest is first, among equally long ones the one whose content
/// sorts first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    length: Reverse<usize>,
    digest: u128,
    meta: [Option<String>; 4],
    agencies: Vec<String>,
}

impl Rank {
    /// Returns the rank of a document with these tokens and credits.
    pub fn of(tokens: &Tokens, meta: Metadata, credits: Vec<Credit>) -> Self {
        let Metadata { title, date, source, url, .. } = meta;
        Self {
            length: Reverse(tokens.len()),
            digest: tokens.digest(),
            meta: [title, date, source, url],
            agencies: credits.into_iter().map(|credit| credit.agency).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(ids: &mut Ids, id: &str, fallback: &str) -> (String, Option<String>) {
        let mut header = Header { id: id.to_owned(), fallback: fallback.to_owned(), ..Header::default() };
        ids.settle(&mut header);
        (header.id, header.duplicate_id)
    }

    #[test]
    fn first_document_keeps_its_id_and_later_ones_record_theirs() {
        let mut ids = Ids::default();
        assert_eq!(given(&mut ids, "7", "a.jsonl#1"), ("7".to_owned(), None));
        assert_eq!(given(&mut ids, "7", "a.jsonl#2"), ("a.jsonl#2".to_owned(), Some("7".to_owned())));
        assert_eq!(given(&mut ids, "a.txt", "a.txt"), ("a.txt".to_owned(), None));
        assert_eq!(given(&mut ids, "a.txt", "a.txt"), ("a.txt~2".to_owned(), Some("a.txt".to_owned())));
        assert_eq!(given(&mut ids, "a.txt", "a.txt"), ("a.txt~3".to_owned(), Some("a.txt".to_owned())));
    }

    #[test]
    fn fallback_that_is_already_taken_gets_a_suffix() {
        let mut ids = Ids::default();
        given(&mut ids, "a.jsonl#2", "a.jsonl#1");
        given(&mut ids, "x", "a.jsonl#3");
        assert_eq!(given(&mut ids, "x", "a.jsonl#2").0, "a.jsonl#2~2");
    }
}
