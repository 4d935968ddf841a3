//! Candidates for excerpts: a sample of shingles in common.
//!
//! In come the representatives, out go pairs of which one may hold most of the other's shingles. One shingle in
//! `SAMPLE` is kept, by its hash, hence the same ones in every document (Broder 1997; FracMinHash): the share of the
//! smaller sample that stands in the other estimates containment without bias, whatever the lengths. A sample of three
//! shingles, that of the shortest excerpt, misses a containment of 0.7 once in a hundred times.
//!
//! Cost: a hash a token, a sort of a quarter as many postings, and at most `WINDOW` meetings a posting.

use std::sync::atomic::{AtomicU32, Ordering};

use super::Candidate;
use super::postings::Postings;
use crate::text::{TokenStore, each_shingle};
use crate::{DocId, Result};
use wirecopy_spill::Budget;

/// One shingle in so many is kept.
const SAMPLE: u64 = 4;
/// Share of the smaller sample that must stand in the other: half of the containment that is looked for, so that chance
/// loses one pair in a thousand.
const SHARE: f64 = 0.35;
/// Shingles in common that are looked at whatever their share where one of the two may be a digest.
const QUOTED: usize = 5;
/// Share of a sample that stands in other documents, from which on a document may be a digest: it consists of what it quotes.
const ELSEWHERE: f64 = 0.3;
/// Documents of a posting list that each is paired with: the ones that follow it. A shingle in more of them is a phrase of the
/// trade or of a site.
const WINDOW: usize = 16;

/// Pairs of `documents` of which one may be an excerpt of the other, sorted, and with `quotes` also those of which one may
/// be a digest that quotes the other. Documents come in ascending order, one a copy group; shingles are of `k`
/// tokens.
///
/// # Errors
/// [`Error::Spill`](crate::Error::Spill) when a temporary file, for what `budget` does not allow, cannot be read or
/// written.
pub fn candidates(
    documents: &[DocId],
    tokens: &TokenStore,
    k: usize,
    quotes: bool,
    budget: &Budget,
) -> Result<Vec<Candidate>> {
    let counts = || -> Vec<AtomicU32> { documents.iter().map(|_| AtomicU32::new(0)).collect() };
    let (sizes, elsewhere) = (counts(), counts());
    let postings = Postings::new(documents.len(), budget, |document, (): &mut (), sink| {
        let mut size = 0;
        each_shingle(tokens.get(documents[document]).as_slice(), k, |shingle| {
            if shingle.is_multiple_of(SAMPLE) {
                size += 1;
                sink.push(shingle);
            }
        });
        sizes[document].store(size, Ordering::Relaxed);
    })?;
    let met = postings.meetings(WINDOW, |list| {
        for &document in list {
            // Sums hang on no order.
            elsewhere[document as usize].fetch_add(1, Ordering::Relaxed);
        }
    })?;
    let of =
        |counts: &[AtomicU32], document: u32| f64::from(counts[document as usize].load(Ordering::Relaxed));
    let digest = |document: u32| of(&elsewhere, document) >= ELSEWHERE * of(&sizes, document);
    met.pairs(|a, b, shared| {
        let smaller = of(&sizes, a).min(of(&sizes, b));
        let excerpt = shared as f64 >= (SHARE * smaller).floor();
        let quote = || quotes && shared >= QUOTED && (digest(a) || digest(b));
        (excerpt || quote()).then(|| Candidate(documents[a as usize], documents[b as usize]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{mix, tokenize};

    fn text(seed: u64, words: u64) -> String {
        (0..words).map(|i| format!("w{} ", mix(seed * 1000 + i) % 300)).collect()
    }

    fn found(texts: &[String]) -> Vec<Candidate> {
        let mut tokens = TokenStore::new(&Budget::unlimited());
        for text in texts {
            tokens.push(&tokenize(text)).unwrap();
        }
        let documents: Vec<DocId> = (0..).map(DocId).take(texts.len()).collect();
        candidates(&documents, &tokens, 5, true, &Budget::unlimited()).unwrap()
    }

    #[test]
    fn an_excerpt_meets_its_story_and_nothing_else() {
        let story = text(1, 900);
        let words: Vec<&str> = story.split(' ').collect();
        let texts = [text(2, 400), story.clone(), text(3, 50), words[400..440].join(" "), text(4, 400)];
        assert_eq!(found(&texts), [Candidate(DocId(1), DocId(3))]);
    }

    #[test]
    fn a_few_shared_runs_among_many_are_no_candidates() {
        let shared = text(9, 12);
        let texts = [text(1, 400) + &shared, text(2, 400) + &shared];
        assert!(found(&texts).is_empty());
    }

    #[test]
    fn a_digest_meets_what_it_quotes() {
        let stories = [text(1, 300), text(2, 300)];
        let quote = |story: &str| story.split(' ').take(60).collect::<Vec<_>>().join(" ");
        let digest = format!("{} {} {}", quote(&stories[0]), quote(&stories[1]), text(3, 200));
        let [a, b] = stories;
        assert_eq!(found(&[a, b, digest]), [Candidate(DocId(0), DocId(2)), Candidate(DocId(1), DocId(2))]);
    }
}
