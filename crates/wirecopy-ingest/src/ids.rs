//! One id, one document: settles who keeps an id that two documents claim.

use std::collections::HashSet;
use std::mem;

use xxhash_rust::xxh3::xxh3_128;

use wirecopy_core::document::Header;

/// The ids given out so far.
///
/// Holds 128-bit hashes, not strings: a run may have millions of ids, and they live in the report already.
#[derive(Debug, Default)]
pub(super) struct Ids {
    taken: HashSet<u128>,
}

impl Ids {
    /// Leaves `header.id` as it is when nobody had it before; else gives it `fallback` (a record's `path#number`), or
    /// the first of `fallback~2`, `fallback~3`, … that is free, and notes what it asked for.
    pub(super) fn settle(&mut self, header: &mut Header, fallback: &str) {
        if self.take(&header.id) {
            return;
        }
        let mut given = fallback.to_owned();
        let mut copy = 2_u64;
        while !self.take(&given) {
            given = format!("{fallback}~{copy}");
            copy += 1;
        }
        header.duplicate_id = Some(mem::replace(&mut header.id, given));
    }

    fn take(&mut self, id: &str) -> bool {
        self.taken.insert(xxh3_128(id.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(ids: &mut Ids, id: &str, fallback: &str) -> (String, Option<String>) {
        let mut header = Header { id: id.to_owned(), ..Header::default() };
        ids.settle(&mut header, fallback);
        (header.id, header.duplicate_id)
    }

    #[test]
    fn the_first_claim_wins_and_the_others_say_what_they_asked_for() {
        let mut ids = Ids::default();
        assert_eq!(given(&mut ids, "7", "a.jsonl#1"), ("7".to_owned(), None));
        assert_eq!(given(&mut ids, "7", "a.jsonl#2"), ("a.jsonl#2".to_owned(), Some("7".to_owned())));
        assert_eq!(given(&mut ids, "a.txt", "a.txt"), ("a.txt".to_owned(), None));
        assert_eq!(given(&mut ids, "a.txt", "a.txt"), ("a.txt~2".to_owned(), Some("a.txt".to_owned())));
        assert_eq!(given(&mut ids, "a.txt", "a.txt"), ("a.txt~3".to_owned(), Some("a.txt".to_owned())));
    }

    #[test]
    fn a_fallback_that_somebody_claimed_as_its_own_id_moves_on() {
        let mut ids = Ids::default();
        given(&mut ids, "a.jsonl#2", "a.jsonl#1");
        given(&mut ids, "x", "a.jsonl#3");
        assert_eq!(given(&mut ids, "x", "a.jsonl#2").0, "a.jsonl#2~2");
    }
}
