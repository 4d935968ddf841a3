//! Candidates for excerpts: a sample of shingles in common.
//!
//! In come the representatives, out go pairs of which one may hold most of the other's shingles. One shingle in
//! [`SAMPLE`] is kept, by its hash, hence the same ones in every document (Broder 1997; FracMinHash): the share of the
//! smaller sample that stands in the other estimates containment without bias, whatever the lengths. A sample of three
//! shingles, that of the shortest excerpt, misses a containment of 0.7 once in a hundred times.
//!
//! Cost: a hash a token, a sort of a quarter as many postings, and at most [`WINDOW`] meetings a posting.

use std::sync::atomic::{AtomicU32, Ordering};

use super::Candidate;
use super::postings::Postings;
use crate::DocId;
use crate::text::{Token, each_shingle};

/// One shingle in so many is kept.
const SAMPLE: u64 = 4;
/// Share of the smaller sample that must stand in the other: half of the containment that is looked for, so that chance
/// loses one pair in a thousand.
const SHARE: f64 = 0.35;
/// Shingles in common that are looked at whatever their share: quotes, by which a digest is known.
const QUOTED: usize = 5;
/// Documents of a posting list that each is paired with: the ones that follow it. A shingle in more of them is a phrase of the
/// trade or of a site.
const WINDOW: usize = 16;

/// Pairs of `documents` of which one may be an excerpt of the other, sorted. They come in the order of reading, one a
/// copy group; shingles are of `k` tokens.
pub fn candidates(documents: &[(DocId, &[Token])], k: usize) -> Vec<Candidate> {
    let sampled = |shingle: u64| shingle.is_multiple_of(SAMPLE);
    let sizes: Vec<AtomicU32> = documents.iter().map(|_| AtomicU32::new(0)).collect();
    let postings = Postings::new(documents.len(), |document, (): &mut (), sink| {
        let mut size = 0;
        each_shingle(documents[document].1, k, |shingle| {
            if sampled(shingle) {
                size += 1;
                sink.push(shingle);
            }
        });
        sizes[document].store(size, Ordering::Relaxed);
    });
    let size = |document: u32| sizes[document as usize].load(Ordering::Relaxed);
    let met = postings.meetings(|list, pairs| {
        for (at, &a) in list.iter().enumerate() {
            for &b in list[at + 1..].iter().take(WINDOW) {
                pairs.push(a, b);
            }
        }
    });
    met.pairs(|a, b, shared| {
        let smaller = f64::from(size(a).min(size(b)));
        let enough = shared >= QUOTED || shared as f64 >= (SHARE * smaller).floor();
        enough.then(|| Candidate(documents[a as usize].0, documents[b as usize].0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Tokens, mix, tokenize};

    fn text(seed: u64, words: u64) -> String {
        (0..words).map(|i| format!("w{} ", mix(seed * 1000 + i) % 300)).collect()
    }

    fn found(texts: &[String]) -> Vec<Candidate> {
        let tokens: Vec<Tokens> = texts.iter().map(|text| tokenize(text)).collect();
        let documents: Vec<(DocId, &[Token])> =
            tokens.iter().zip(0..).map(|(t, i)| (DocId(i), t.as_slice())).collect();
        candidates(&documents, 5)
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
