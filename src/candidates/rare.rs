//! Candidates for excerpts and rewrites: the rare-feature join.
//!
//! A document's features are its words and its pairs of neighbouring words (pairs and triples of characters in scripts
//! without spaces). Its rarest ones, among those that stand in at least two documents, are its *keys*; documents that
//! share at least two keys are candidates. Rarity is taken by powers of two. It is a MinHash whose permutation is "rarest first", or the prefix filter
//! of set joins (Chaudhuri, Ganti and Kaushik 2006; Bayardo, Ma and Srikant 2007) with a count instead of a bound:
//! overlap is not divided by the union, so that furniture, cuts and splices do not dilute it.
//!
//! Document frequencies are those of representatives: counted over copies, a much-reprinted dispatch would make its
//! own words frequent and hide itself.

use std::sync::atomic::{AtomicU8, Ordering};

use rayon::prelude::*;

use super::Candidate;
use crate::DocId;
use crate::text::{Class, Token, TokenStore, mix};

/// Documents of a posting list that each of its documents is paired with: the ones that follow it. A word in more
/// documents than this is hardly rare, and a story told two hundred times is still chained together.
const WINDOW: usize = 32;
/// Counters a feature, as a power of two: at four slots an expected feature, one in five of the features that stand in
/// one document only meets another one and looks like two.
const SLOTS_PER_FEATURE: usize = 4;
/// Features that stand in fewer documents than twice this are equally rare; above, those of twice the frequency rank
/// behind.
const RELATIVES: u8 = 4;
/// Counts from which "frequent" is all there is to know.
const SATURATED: u8 = u8::MAX;

/// The features of documents, counted and ranked.
pub struct RareJoin<'a> {
    documents: &'a [DocId],
    tokens: &'a TokenStore,
    counts: Vec<AtomicU8>,
    keys: usize,
    shared: usize,
}

/// Calls `each` with the hash of every feature of a document, repeats included.
pub fn each_feature(tokens: &[Token], mut each: impl FnMut(u64)) {
    let term = |token: &Token| u64::from(token.stem());
    for (at, token) in tokens.iter().enumerate() {
        // Characters alone say nothing; their pairs (triples, for alphabets) are the words.
        let (word, pair) = match token.class() {
            Class::Word | Class::Number => (1, 2),
            Class::Ideograph => (2, 3),
            Class::Unspaced => (3, 5),
        };
        for length in [word, pair] {
            let Some(run) = tokens.get(at..at + length) else { continue };
            let hash = run.iter().fold(length as u64, |hash, token| mix(hash ^ term(token)));
            each(hash);
        }
    }
}

impl<'a> RareJoin<'a> {
    /// Counts in how many of `documents` each feature stands. They come in the order of reading, one a copy group.
    pub fn new(documents: &'a [DocId], tokens: &'a TokenStore, keys: usize, shared: usize) -> Self {
        let features: usize = documents.par_iter().map(|&document| 2 * tokens.len_of(document)).sum();
        let slots = (features * SLOTS_PER_FEATURE).next_power_of_two().clamp(1 << 12, 1 << 28);
        let counts: Vec<AtomicU8> = std::iter::repeat_with(|| AtomicU8::new(0)).take(slots).collect();
        let join = Self { documents, tokens, counts, keys, shared };
        documents.par_iter().for_each_init(
            || (tokens.reader(), Vec::new()),
            |(reader, features), &document| {
                distinct_features(reader.get(document).as_slice(), features);
                for &feature in &*features {
                    join.count_up(feature);
                }
            },
        );
        join
    }

    fn slot(&self, feature: u64) -> &AtomicU8 {
        // A power of two fits the mask; the feature is mixed already.
        &self.counts[(feature >> 20) as usize & (self.counts.len() - 1)]
    }

    fn count_up(&self, feature: u64) {
        // Saturating, so the outcome does not hang on the order of the threads.
        let up = |count: u8| (count < SATURATED).then(|| count + 1);
        let _saturated = self.slot(feature).fetch_update(Ordering::Relaxed, Ordering::Relaxed, up);
    }

    /// In how many documents a feature stands, saturating; collisions of the counters make it too high at times,
    /// never too low.
    fn frequency(&self, feature: u64) -> u8 {
        self.slot(feature).load(Ordering::Relaxed)
    }

    /// How many features two documents share that stand in few enough documents to be a key. With fewer than the join
    /// asks for, no choice of keys could bring the two together.
    pub fn usable_overlap(&self, a: &[Token], b: &[Token]) -> usize {
        let (mut x, mut y) = (Vec::new(), Vec::new());
        distinct_features(a, &mut x);
        distinct_features(b, &mut y);
        x.retain(|&feature| self.frequency(feature) < SATURATED && y.binary_search(&feature).is_ok());
        x.len()
    }

    /// A document's keys: its rarest features that stand in at least one other document, sorted by hash.
    fn keys_of(&self, tokens: &[Token], scratch: &mut Vec<u64>) -> Vec<u64> {
        distinct_features(tokens, scratch);
        let mut ranked: Vec<(u32, u64)> = scratch
            .iter()
            .map(|&feature| (self.frequency(feature), feature))
            .filter(|&(count, _)| (2..SATURATED).contains(&count))
            .map(|(count, feature)| (rank(count), feature))
            .collect();
        if ranked.len() > self.keys {
            ranked.select_nth_unstable(self.keys);
            ranked.truncate(self.keys);
        }
        let mut keys: Vec<u64> = ranked.into_iter().map(|(_, feature)| feature).collect();
        keys.sort_unstable();
        keys
    }

    /// Pairs that share at least `shared` keys, sorted, each once.
    ///
    /// Linear by construction: at most `keys · WINDOW` meetings a document, whatever the corpus.
    pub fn candidates(&self) -> Vec<Candidate> {
        let keys: Vec<Vec<u64>> = self
            .documents
            .par_iter()
            .map_init(
                || (self.tokens.reader(), Vec::new()),
                |(reader, scratch), &document| self.keys_of(reader.get(document).as_slice(), scratch),
            )
            .collect();
        let mut postings: Vec<(u64, u32)> = Vec::with_capacity(keys.iter().map(Vec::len).sum());
        for (keys, document) in keys.iter().zip(0u32..) {
            postings.extend(keys.iter().map(|&key| (key, document)));
        }
        postings.par_sort_unstable();
        // Where a document's entry stands in each of its posting lists, by document then key.
        let mut places: Vec<(u32, u32)> =
            postings.iter().zip(0..).map(|(&(_, document), at)| (document, at)).collect();
        places.par_sort_unstable();
        let starts = starts(&places, self.documents.len());
        let mut pairs: Vec<Candidate> = (0..self.documents.len())
            .into_par_iter()
            .flat_map_iter(|document| {
                let mut met: Vec<u32> = Vec::new();
                for &(_, at) in &places[starts[document]..starts[document + 1]] {
                    let at = at as usize;
                    let key = postings[at].0;
                    let list = postings[at + 1..].iter().take(WINDOW).take_while(|&&(other, _)| other == key);
                    met.extend(list.map(|&(_, other)| other));
                }
                met.sort_unstable();
                let shared = self.shared;
                let others: Vec<u32> =
                    met.chunk_by(|a, b| a == b).filter(|run| run.len() >= shared).map(|run| run[0]).collect();
                let this = self.documents[document];
                others
                    .into_iter()
                    .filter_map(move |other| Candidate::new(this, self.documents[other as usize]))
            })
            .collect();
        pairs.par_sort_unstable();
        pairs
    }
}

/// Features of about the same frequency rank alike, and the hash decides among them, for all documents in the same way.
///
/// Were two documents rarer than three, a document with one close relative would spend all of its keys on it, and the
/// third version of the story, which shares what stands in all three, would never be met.
fn rank(count: u8) -> u32 {
    (count / RELATIVES).max(1).ilog2()
}

fn distinct_features(tokens: &[Token], out: &mut Vec<u64>) {
    out.clear();
    each_feature(tokens, |feature| out.push(feature));
    out.sort_unstable();
    out.dedup();
}

/// Index of each document's first entry in `places`, and one past the last.
fn starts(places: &[(u32, u32)], documents: usize) -> Vec<usize> {
    let mut starts = vec![0; documents + 1];
    for &(document, _) in places {
        starts[document as usize + 1] += 1;
    }
    for at in 0..documents {
        starts[at + 1] += starts[at];
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spill::Budget;
    use crate::text::tokenize;

    fn stored(texts: &[String]) -> (Vec<DocId>, TokenStore) {
        let mut tokens = TokenStore::new(&Budget::unlimited());
        for text in texts {
            tokens.push(&tokenize(text)).unwrap();
        }
        ((0..).map(DocId).take(texts.len()).collect(), tokens)
    }

    fn join(texts: &[String]) -> Vec<Candidate> {
        let (documents, tokens) = stored(texts);
        RareJoin::new(&documents, &tokens, 48, 2).candidates()
    }

    fn filler(seed: u64, words: u64) -> String {
        (0..words).map(|i| format!("w{} ", mix(seed * 1000 + i) % 300)).collect()
    }

    #[test]
    fn two_rare_words_meet_among_common_ones() {
        let mut texts: Vec<String> = (0..100).map(|i| filler(i, 200)).collect();
        texts[20].push_str(" Okoro signed the Velmark accord");
        texts[70].push_str(" an accord at Velmark, said Okoro");
        assert!(join(&texts).contains(&Candidate(DocId(20), DocId(70))));
    }

    #[test]
    fn scripts_without_spaces_meet_by_their_character_pairs() {
        let texts = [
            "央行周三宣布加息二十五个基点".to_owned(),
            "周三央行加息，二十五个基点".to_owned(),
            "港口工人罢工进入第三天".to_owned(),
        ];
        assert_eq!(join(&texts), [Candidate(DocId(0), DocId(1))]);
    }

    #[test]
    fn a_story_told_many_times_is_chained_with_bounded_work() {
        let texts: Vec<String> =
            (0..500).map(|i| format!("quorvan zelbith mirandole {}", filler(i, 30))).collect();
        let pairs = join(&texts);
        assert!(pairs.len() <= 500 * 48 * WINDOW);
        // 500 documents saturate the counters: nothing that frequent is a key.
        let fewer = join(&texts[..200]);
        assert!((0..199).all(|i| fewer.contains(&Candidate(DocId(i), DocId(i + 1)))));
    }

    #[test]
    fn a_close_relative_hides_no_distant_one() {
        // Two versions share eighty rare words, of which the third has five.
        let rare =
            |range: std::ops::Range<u64>| -> String { range.map(|i| format!("quorvan{i} ")).collect() };
        let texts = [rare(0..80), rare(0..80) + &filler(1, 40), rare(75..80) + &filler(2, 40)];
        let pairs = join(&texts);
        assert!(
            pairs.contains(&Candidate(DocId(0), DocId(2))) || pairs.contains(&Candidate(DocId(1), DocId(2)))
        );
    }

    #[test]
    fn frequent_features_are_no_usable_overlap() {
        let mut texts: Vec<String> = (0..300).map(|i| format!("the {}", filler(i, 3))).collect();
        texts[0] = "the Okoro accord".to_owned();
        texts[1] = "the Okoro treaty".to_owned();
        let (documents, tokens) = stored(&texts);
        let join = RareJoin::new(&documents, &tokens, 48, 2);
        // `Okoro`, and `the Okoro`; `the` is everywhere.
        assert_eq!(join.usable_overlap(tokens.get(DocId(0)).as_slice(), tokens.get(DocId(1)).as_slice()), 2);
    }

    #[test]
    fn lone_documents_have_no_candidates() {
        assert!(join(&["one text".to_owned()]).is_empty());
        assert!(join(&[]).is_empty());
    }
}
