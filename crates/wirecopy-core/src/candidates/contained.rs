//! Finds candidates for excerpts by a sample of shared shingles.
//!
//! The input is the representatives; the output is the pairs of which one may contain most of the other's
//! shingles. One shingle in `SAMPLE` is kept, selected by its hash and therefore the same in every document
//! (Broder 1997; FracMinHash). The share of the smaller sample that occurs in the other is an unbiased estimate of
//! containment, whatever the lengths. A sample of three shingles, as the shortest excerpt has, misses a
//! containment of 0.7 once in a hundred times.
//!
//! Cost: one hash a token, a sort of a quarter as many postings, and at most `WINDOW` pairs a posting.

use std::sync::atomic::{AtomicU32, Ordering};

use super::Candidate;
use super::postings::Postings;
use crate::text::{Token, TokenStore, each_shingle};
use crate::{DocId, Result};
use wirecopy_spill::Budget;

/// One shingle in this many is kept.
const SAMPLE: u64 = 4;
/// Number of sampled shingles that are passed on together.
const SELECTED: usize = 64;
/// Share of the smaller sample that must occur in the other document. At half the containment that is searched
/// for, chance loses one pair in a thousand.
const SHARE: f64 = 0.35;
/// Number of shared shingles that suffice, whatever their share, if one of the two documents may be a digest.
const QUOTED: usize = 5;
/// Share of a document's sample that must occur in other documents for it to be a possible digest, which consists
/// of quoted stories.
const ELSEWHERE: f64 = 0.3;
/// Number of following documents in a posting list that each document is paired with. A shingle in more documents
/// is a stock phrase of the trade or of a site.
pub(crate) const WINDOW: usize = 16;

/// Returns the pairs of `documents` of which one may be an excerpt of the other, sorted. With `quotes`, also
/// returns pairs of which one may be a digest that quotes the other. `documents` holds one document of each copy
/// group, in ascending order; shingles have `k` tokens.
///
/// # Errors
/// Returns [`Error::Spill`](crate::Error::Spill) if a temporary file, used beyond what `budget` allows, cannot be
/// read or written.
pub fn candidates(
    documents: &[DocId],
    tokens: &TokenStore,
    k: usize,
    quotes: bool,
    budget: &Budget,
) -> Result<Vec<Candidate>> {
    let counts = || -> Vec<AtomicU32> { documents.iter().map(|_| AtomicU32::new(0)).collect() };
    let (sizes, elsewhere) = (counts(), counts());
    let postings = Postings::new(
        documents.len(),
        budget,
        || tokens.reader(),
        |document, reader, sink| {
            let mut size = 0;
            each_sampled(reader.slice(documents[document]), k, |shingle| {
                size += 1;
                sink.push(shingle);
            });
            sizes[document].store(size, Ordering::Relaxed);
        },
    )?;
    let met = postings.meetings(WINDOW, |list| {
        for &document in list {
            // Sums do not depend on the order of the threads.
            elsewhere[document as usize].fetch_add(1, Ordering::Relaxed);
        }
    })?;
    let of = |counts: &[AtomicU32], document: u32| counts[document as usize].load(Ordering::Relaxed);
    let sampled = |document| Sampled { size: of(&sizes, document), elsewhere: of(&elsewhere, document) };
    met.pairs(|a, b, shared| {
        let is_candidate = is_candidate(sampled(a), sampled(b), shared, quotes);
        is_candidate.then(|| Candidate(documents[a as usize], documents[b as usize]))
    })
}

/// Calls `each` with the sampled shingles of a document, repeats included.
#[inline]
pub(crate) fn each_sampled(tokens: &[Token], k: usize, mut each: impl FnMut(u64)) {
    // Selected without a branch that the processor cannot predict, and passed on many at a time.
    let mut selected = [0; SELECTED];
    let mut count = 0;
    each_shingle(tokens, k, |shingle| {
        selected[count] = shingle;
        count += usize::from(shingle.is_multiple_of(SAMPLE));
        if count == SELECTED {
            selected.iter().for_each(|&shingle| each(shingle));
            count = 0;
        }
    });
    selected[..count].iter().for_each(|&shingle| each(shingle));
}

/// The sample of a document's shingles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampled {
    /// Number of shingles in the sample.
    pub size: u32,
    /// Number of those, without repeats, that occur in other documents.
    pub elsewhere: u32,
}

/// Returns whether one of two documents whose samples have `shared` shingles in common may be an excerpt of the other or, with
/// `quotes`, a digest that quotes it.
pub fn is_candidate(a: Sampled, b: Sampled, shared: usize, quotes: bool) -> bool {
    let may_be_digest = |one: Sampled| f64::from(one.elsewhere) >= ELSEWHERE * f64::from(one.size);
    let excerpt = shared as f64 >= (SHARE * f64::from(a.size.min(b.size))).floor();
    excerpt || quotes && shared >= QUOTED && (may_be_digest(a) || may_be_digest(b))
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
    fn excerpt_is_paired_with_its_story_only() {
        let story = text(1, 900);
        let words: Vec<&str> = story.split(' ').collect();
        let texts = [text(2, 400), story.clone(), text(3, 50), words[400..440].join(" "), text(4, 400)];
        assert_eq!(found(&texts), [Candidate(DocId(1), DocId(3))]);
    }

    #[test]
    fn few_shared_shingles_make_no_candidate() {
        let shared = text(9, 12);
        let texts = [text(1, 400) + &shared, text(2, 400) + &shared];
        assert!(found(&texts).is_empty());
    }

    #[test]
    fn digest_is_paired_with_the_stories_it_quotes() {
        let stories = [text(1, 300), text(2, 300)];
        let quote = |story: &str| story.split(' ').take(60).collect::<Vec<_>>().join(" ");
        let digest = format!("{} {} {}", quote(&stories[0]), quote(&stories[1]), text(3, 200));
        let [a, b] = stories;
        assert_eq!(found(&[a, b, digest]), [Candidate(DocId(0), DocId(2)), Candidate(DocId(1), DocId(2))]);
    }
}
