//! Finds candidates for excerpts and rewrites: the rare-feature join.
//!
//! A document's features are its words and its pairs of neighbouring words (pairs and triples of characters in
//! scripts without spaces). Its *keys* are the rarest of those that occur in at least two documents, and documents
//! that share at least two keys are candidates. Rarity is graded by powers of two. This is a MinHash whose
//! permutation is "rarest first", or the prefix filter of set joins (Chaudhuri, Ganti and Kaushik 2006; Bayardo,
//! Ma and Srikant 2007) with a count instead of a bound. Overlap is not divided by the union, so that boilerplate,
//! cuts and splices do not dilute it.
//!
//! Document frequencies are counted over representatives. Counted over copies, a much-reprinted dispatch would
//! make its own words frequent and thereby hide itself.

use std::ops::Range;

use rayon::prelude::*;

use super::Candidate;
use super::counters::{Counters, SATURATED, TableUse, Within};
use super::postings::Postings;
use crate::text::{Class, Token, TokenReader, TokenStore, mix};
use crate::{DocId, Result};
use wirecopy_spill::Budget;

/// Number of following documents in a posting list that each document is paired with. A word in more documents
/// than this is hardly rare, and a story with two hundred versions is still connected as a chain.
pub(crate) const WINDOW: usize = 32;
/// Fewest counters, as a power of two.
const FEWEST_BITS: u32 = 12;
/// Number of counters, as a power of two, up to which there are two to four for each occurrence of a feature.
const FREE_BITS: u32 = 26;
/// Most counters, as a power of two.
const MOST_BITS: u32 = 30;
/// Features in fewer than twice this many documents are equally rare. Above that, each doubling of the frequency
/// is one rank lower.
const RARE_DOCUMENTS: u8 = 4;
/// Number of bits of a rank.
pub(crate) const RANK_BITS: u32 = 3;
/// Document frequencies of the first rank.
pub(crate) const RAREST: Range<u8> = 2..2 * RARE_DOCUMENTS;

/// The features of documents, counted, ready to be ranked and joined.
pub struct RareJoin<'a> {
    documents: &'a [DocId],
    tokens: &'a TokenStore,
    counters: Counters,
    keys: usize,
    shared: usize,
}

/// Returns the number of counters for texts with this many occurrences of features, as a power of two.
///
/// It depends on the texts alone, so that a memory limit does not change the result. Distinct features become rarer as texts
/// are added (Heaps 1978): fifty thousand dispatches of one agency have 52 million occurrences of some three million
/// features, and twice the dispatches have one and a half times as many. Beyond 2^[`FREE_BITS`] counters, the table
/// doubles with every 16 times the occurrences, and [`RareJoin::table_use`] shows how full it is.
pub(crate) fn bits_for(features: usize) -> u32 {
    // Two to four for each occurrence.
    let bits = (2 * features.max(1)).next_power_of_two().trailing_zeros();
    let beyond = bits.saturating_sub(FREE_BITS + 1);
    bits.min(FREE_BITS + beyond.div_ceil(4)).clamp(FEWEST_BITS, MOST_BITS)
}

/// Calls `each` with the hash of every feature of a document, repeats included.
pub fn each_feature(tokens: &[Token], mut each: impl FnMut(u64)) {
    let term = |token: &Token| u64::from(token.stem());
    let word = |token: &Token| mix(1 ^ term(token));
    let mut ahead = tokens.first().map_or(0, word);
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1);
        let this = std::mem::replace(&mut ahead, next.map_or(0, word));
        // Single characters carry little meaning; their pairs (triples, for alphabets) act as words.
        let lengths = match token.class() {
            Class::Word | Class::Number => {
                each(this);
                if next.is_some() {
                    each(mix(this.rotate_left(32) ^ ahead));
                }
                continue;
            }
            Class::Ideograph => [2, 3],
            Class::Unspaced => [3, 5],
        };
        for length in lengths {
            let Some(characters) = tokens.get(at..at + length) else { continue };
            each(characters.iter().fold(length as u64, |hash, token| mix(hash ^ term(token))));
        }
    }
}

impl<'a> RareJoin<'a> {
    /// Counts in how many of `documents` each feature occurs. `documents` holds one document of each copy group,
    /// in ascending order. Each gets up to `keys` keys, and candidates share at least `shared` of them.
    pub fn new(documents: &'a [DocId], tokens: &'a TokenStore, keys: usize, shared: usize) -> Self {
        let features: usize = documents.par_iter().map(|&document| 2 * tokens.len_of(document)).sum();
        let bits = bits_for(features);
        let count = |document: usize, reader: &mut TokenReader<'_>, out: &mut Vec<u64>| {
            each_feature(reader.slice(documents[document]), |feature| out.push(feature));
        };
        let counters = Counters::new(documents.len(), bits, || tokens.reader(), count);
        Self { documents, tokens, counters, keys, shared }
    }

    /// Returns the size and the use of the table of counters. Linear in its size.
    pub fn table_use(&self) -> TableUse {
        self.counters.table_use()
    }

    /// Counts the features that two documents share and that are rare enough to be keys. If these are fewer than
    /// the join requires, no choice of keys could make the two documents candidates.
    pub fn usable_overlap(&self, a: &[Token], b: &[Token]) -> usize {
        let (mut x, y) = (distinct_features(a), distinct_features(b));
        x.retain(|&feature| self.counters.of(feature) < SATURATED && y.binary_search(&feature).is_ok());
        x.len()
    }

    /// Returns the pairs that share enough keys, sorted and without duplicates.
    ///
    /// Linear by construction: at most `keys · WINDOW` pairs a document, whatever the corpus.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](crate::Error::Spill) if a temporary file, used beyond what `budget` allows, cannot
    /// be read or written.
    pub fn candidates(self, budget: &Budget) -> Result<Vec<Candidate>> {
        let rarest = self.counters.within(&RAREST);
        let scratch = || (Ranking::default(), self.tokens.reader());
        let postings = Postings::new(self.documents.len(), budget, scratch, |document, scratch, sink| {
            let (ranking, reader) = scratch;
            let tokens = reader.slice(self.documents[document]);
            for &ranked in ranking.keys(tokens, (&self.counters, &rarest), self.keys) {
                sink.push(ranked << RANK_BITS);
            }
        })?;
        // The keys are chosen, so the counters are freed before the pairs need memory.
        let (documents, enough) = (self.documents, self.shared);
        drop((self, rarest));
        let met = postings.meetings(WINDOW, |_| ())?;
        let of = |document: u32| documents[document as usize];
        met.pairs(|a, b, shared| (shared >= enough).then(|| Candidate(of(a), of(b))))
    }
}

/// A thread's buffers for choosing keys.
#[derive(Debug, Default)]
pub(crate) struct Ranking {
    /// Features up to a bound, at the start of a buffer for all features of the longest document.
    below: Vec<u64>,
    /// The features of the first rank, or all features.
    features: Vec<u64>,
    counts: Vec<u8>,
    /// If these are too few, each feature with its rank in the leading bits.
    ranked: Vec<u64>,
    /// Number of features that were looked up for the documents before, of which the latest count most.
    looked_up: f64,
    /// How many of them were of the first rank.
    rare: f64,
}

impl Ranking {
    /// Returns a document's keys: its rarest features that occur in at least one other document, each with its
    /// rank in front and without its last [`RANK_BITS`] bits.
    pub(crate) fn keys(
        &mut self,
        tokens: &[Token],
        (counters, rarest): (&Counters, &Within),
        keys: usize,
    ) -> &[u64] {
        // Most documents have enough features of the first rank, for which the small table suffices, and of these the smallest are
        // the keys: those up to a bound, if there are enough. The bound affects nothing but the time.
        let bound = self.bound(2 * tokens.len(), keys);
        if self.rarest_below(bound, tokens, rarest, keys) < keys && bound < u64::MAX {
            self.rarest_below(u64::MAX, tokens, rarest, keys);
        }
        let Self { features, counts, ranked, .. } = self;
        if features.len() == keys {
            return features;
        }
        features.clear();
        each_feature(tokens, |feature| features.push(feature));
        counts.clear();
        counts.extend(features.iter().map(|&feature| counters.of(feature)));
        ranked.clear();
        let usable = features.iter().zip(&*counts).filter(|&(_, count)| (2..SATURATED).contains(count));
        ranked
            .extend(usable.map(|(&feature, &count)| rank(count) << (64 - RANK_BITS) | feature >> RANK_BITS));
        keep_smallest(ranked, keys);
        ranked
    }

    /// Returns a bound of hashes up to which a document with `count` features probably has enough keys of the first rank.
    fn bound(&self, count: usize, keys: usize) -> u64 {
        // Twice as many as needed, because documents differ and have repeats.
        let share = 2.0 * keys as f64 * self.looked_up / (self.rare * count as f64);
        // Without documents before, the share is not a number.
        if share < 0.9 { (share * u64::MAX as f64) as u64 } else { u64::MAX }
    }

    /// Fills `features` with a document's smallest features of the first rank, up to `keys`, of those that are at most `bound`, and
    /// returns their number.
    fn rarest_below(&mut self, bound: u64, tokens: &[Token], rarest: &Within, keys: usize) -> usize {
        let Self { below, features, counts, looked_up, rare, .. } = self;
        // At most two features begin at a token.
        if below.len() < 2 * tokens.len() {
            below.resize(2 * tokens.len(), 0);
        }
        let mut count = 0;
        each_feature(tokens, |feature| {
            // Written unconditionally, because a branch on an unpredictable bit costs more.
            below[count] = feature;
            count += usize::from(feature <= bound);
        });
        // Lookups have a loop of their own so that many memory accesses overlap.
        counts.clear();
        counts.extend(below[..count].iter().map(|&feature| rarest.has(feature)));
        let mut found = 0;
        for (at, &stays) in counts.iter().enumerate() {
            // Never behind what is read.
            below[found] = below[at] >> RANK_BITS;
            found += usize::from(stays);
        }
        features.clear();
        features.extend_from_slice(&below[..found]);
        *looked_up = 0.9 * *looked_up + count as f64;
        *rare = 0.9 * *rare + found as f64;
        keep_smallest(features, keys);
        features.len()
    }
}

/// Reduces `numbers` to the `most` smallest ones, in ascending order without repeats.
fn keep_smallest(numbers: &mut Vec<u64>, most: usize) {
    // Repeats are few, so twice as many numbers are almost always enough.
    let some = 2 * most;
    if numbers.len() > some {
        let (smallest, ..) = numbers.select_nth_unstable(some);
        smallest.sort_unstable();
        if smallest.chunk_by(|a, b| a == b).count() >= most {
            numbers.truncate(some);
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers.truncate(most);
}

/// Returns the distinct features of a document, ascending.
fn distinct_features(tokens: &[Token]) -> Vec<u64> {
    let mut features = Vec::new();
    each_feature(tokens, |feature| features.push(feature));
    features.sort_unstable();
    features.dedup();
    features
}

/// Ranks a feature by its document frequency. Among features of one rank the hash decides, in the same way for all
/// documents.
///
/// If two documents ranked as rarer than three, a document with one close relative would spend all its keys on it
/// and never be paired with a third version of the story, which shares only what occurs in all three.
fn rank(count: u8) -> u64 {
    u64::from((count / RARE_DOCUMENTS).max(1).ilog2())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
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
        RareJoin::new(&documents, &tokens, 48, 2).candidates(&Budget::unlimited()).unwrap()
    }

    fn filler(seed: u64, words: u64) -> String {
        (0..words).map(|i| format!("w{} ", mix(seed * 1000 + i) % 300)).collect()
    }

    #[test]
    fn documents_with_shared_rare_words_are_paired() {
        let mut texts: Vec<String> = (0..100).map(|i| filler(i, 200)).collect();
        texts[20].push_str(" Okoro signed the Velmark accord");
        texts[70].push_str(" an accord at Velmark, said Okoro");
        assert!(join(&texts).contains(&Candidate(DocId(20), DocId(70))));
    }

    #[test]
    fn unspaced_scripts_are_paired_by_character_pairs() {
        let texts = [
            "央行周三宣布加息二十五个基点".to_owned(),
            "周三央行加息，二十五个基点".to_owned(),
            "港口工人罢工进入第三天".to_owned(),
        ];
        assert_eq!(join(&texts), [Candidate(DocId(0), DocId(1))]);
    }

    proptest! {
        #[test]
        fn keys_are_the_distinct_rarest_features(
            texts in prop::collection::vec(prop::collection::vec(0u8..30, 0..80), 1..12),
            keys in 1usize..20,
        ) {
            let texts: Vec<String> =
                texts.iter().map(|words| words.iter().map(|w| format!("w{w} ")).collect()).collect();
            let (documents, tokens) = stored(&texts);
            let join = RareJoin::new(&documents, &tokens, keys, 2);
            let (mut ranking, rarest) = (Ranking::default(), join.counters.within(&RAREST));
            for document in &documents {
                let tokens = tokens.get(*document);
                let mut expected = distinct_features(tokens.as_slice());
                expected.retain(|&feature| join.counters.of(feature) >= 2);
                expected.sort_unstable_by_key(|&feature| (rank(join.counters.of(feature)), feature));
                expected.truncate(keys);
                let found = ranking.keys(tokens.as_slice(), (&join.counters, &rarest), keys);
                let short = |feature: &u64| feature << RANK_BITS;
                prop_assert_eq!(
                    found.iter().map(short).collect::<Vec<_>>(),
                    expected.iter().map(|feature| feature >> RANK_BITS << RANK_BITS).collect::<Vec<_>>()
                );
            }
        }
    }

    #[test]
    fn versions_of_a_frequent_story_are_chained_with_bounded_work() {
        let texts: Vec<String> =
            (0..500).map(|i| format!("quorvan zelbith mirandole {}", filler(i, 30))).collect();
        let pairs = join(&texts);
        assert!(pairs.len() <= 500 * 48 * WINDOW);
        // 500 documents saturate the counters, and features that frequent are not keys.
        let fewer = join(&texts[..200]);
        assert!((0..199).all(|i| fewer.contains(&Candidate(DocId(i), DocId(i + 1)))));
    }

    #[test]
    fn close_relative_does_not_hide_distant_one() {
        // Two versions share eighty rare words, and the third has five of them.
        let rare = |range: Range<u64>| -> String { range.map(|i| format!("quorvan{i} ")).collect() };
        let texts = [rare(0..80), rare(0..80) + &filler(1, 40), rare(75..80) + &filler(2, 40)];
        let pairs = join(&texts);
        assert!(
            pairs.contains(&Candidate(DocId(0), DocId(2))) || pairs.contains(&Candidate(DocId(1), DocId(2)))
        );
    }

    #[test]
    fn frequent_features_are_not_usable_overlap() {
        let mut texts: Vec<String> = (0..300).map(|i| format!("the {}", filler(i, 3))).collect();
        texts[0] = "the Okoro accord".to_owned();
        texts[1] = "the Okoro treaty".to_owned();
        let (documents, tokens) = stored(&texts);
        let join = RareJoin::new(&documents, &tokens, 48, 2);
        // `Okoro` and `the Okoro` are usable; `the` is too frequent.
        assert_eq!(join.usable_overlap(tokens.get(DocId(0)).as_slice(), tokens.get(DocId(1)).as_slice()), 2);
    }

    #[test]
    fn table_grows_more_slowly_than_the_corpus() {
        let bits: Vec<u32> =
            [0, 1 << 11, 1 << 25, 1 << 26, 1 << 28, 1 << 30, 1 << 32, 1 << 40].map(bits_for).to_vec();
        assert_eq!(bits, [12, 12, 26, 26, 27, 27, 28, 30]);
    }

    #[test]
    fn lone_documents_have_no_candidates() {
        assert!(join(&["one text".to_owned()]).is_empty());
        assert!(join(&[]).is_empty());
    }
}
