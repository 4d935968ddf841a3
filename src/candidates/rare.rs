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

use rayon::prelude::*;

use super::Candidate;
use super::counters::{Counters, SATURATED};
use super::postings::Postings;
use crate::spill::Budget;
use crate::text::{Class, Token, TokenStore, mix};
use crate::{DocId, Result};

/// Documents of a posting list that each of its documents is paired with: the ones that follow it. A word in more
/// documents than this is hardly rare, and a story told two hundred times is still chained together.
const WINDOW: usize = 32;
/// Counters a feature, as a power of two, repeats included: at two, one in five of the features that stand in
/// one document only meets another one and looks like two.
const SLOTS_PER_FEATURE: usize = 2;
/// Counters at least and at most, as powers of two.
const SLOT_BITS: std::ops::RangeInclusive<u32> = 12..=27;
/// Features that stand in fewer documents than twice this are equally rare; above, those of twice the frequency rank
/// behind.
const RELATIVES: u8 = 4;

/// The features of documents, counted and ranked.
pub struct RareJoin<'a> {
    documents: &'a [DocId],
    tokens: &'a TokenStore,
    counters: Counters,
    keys: usize,
    shared: usize,
}

/// Calls `each` with the hash of every feature of a document, repeats included.
pub fn each_feature(tokens: &[Token], mut each: impl FnMut(u64)) {
    let term = |token: &Token| u64::from(token.stem());
    let word = |token: &Token| mix(1 ^ term(token));
    let mut ahead = tokens.first().map_or(0, word);
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1);
        let this = std::mem::replace(&mut ahead, next.map_or(0, word));
        // Characters alone say nothing; their pairs (triples, for alphabets) are the words.
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
            let Some(run) = tokens.get(at..at + length) else { continue };
            each(run.iter().fold(length as u64, |hash, token| mix(hash ^ term(token))));
        }
    }
}

impl<'a> RareJoin<'a> {
    /// Counts in how many of `documents` each feature stands. They come in the order of reading, one a copy group.
    pub fn new(documents: &'a [DocId], tokens: &'a TokenStore, keys: usize, shared: usize) -> Self {
        let features: usize = documents.par_iter().map(|&document| 2 * tokens.len_of(document)).sum();
        let slots = (features * SLOTS_PER_FEATURE).next_power_of_two();
        let bits = slots.trailing_zeros().clamp(*SLOT_BITS.start(), *SLOT_BITS.end());
        let counters = Counters::new(documents.len(), bits, |document, distinct: &mut Distinct, out| {
            distinct.features(tokens.get(documents[document]).as_slice(), out);
        });
        Self { documents, tokens, counters, keys, shared }
    }

    /// How many features two documents share that stand in few enough documents to be a key. With fewer than the join
    /// asks for, no choice of keys could bring the two together.
    pub fn usable_overlap(&self, a: &[Token], b: &[Token]) -> usize {
        let mut distinct = Distinct::default();
        let (mut x, mut y) = (Vec::new(), Vec::new());
        distinct.features(a, &mut x);
        distinct.features(b, &mut y);
        y.sort_unstable();
        x.retain(|&feature| self.counters.of(feature) < SATURATED && y.binary_search(&feature).is_ok());
        x.len()
    }

    /// Pairs that share at least `shared` keys, sorted, each once.
    ///
    /// Linear by construction: at most `keys · WINDOW` meetings a document, whatever the corpus.
    ///
    /// # Errors
    /// [`Error::Spill`](crate::Error::Spill) when a temporary file, for what `budget` does not allow, cannot be read or
    /// written.
    pub fn candidates(&self, budget: &Budget) -> Result<Vec<Candidate>> {
        let postings =
            Postings::new(self.documents.len(), budget, |document, ranking: &mut Ranking, sink| {
                let tokens = self.tokens.get(self.documents[document]);
                for &(_, feature) in ranking.keys(tokens.as_slice(), &self.counters, self.keys) {
                    sink.push(feature);
                }
            })?;
        let met = postings.meetings(WINDOW, |_| ())?;
        let of = |document: u32| self.documents[document as usize];
        met.pairs(|a, b, shared| (shared >= self.shared).then(|| Candidate(of(a), of(b))))
    }
}

/// A thread's buffers for picking keys.
#[derive(Default)]
struct Ranking {
    distinct: Distinct,
    features: Vec<u64>,
    counts: Vec<u8>,
    ranked: Vec<(u32, u64)>,
}

impl Ranking {
    /// A document's keys: its rarest features that stand in at least one other document.
    fn keys(&mut self, tokens: &[Token], counters: &Counters, keys: usize) -> &[(u32, u64)] {
        let Self { distinct, features, counts, ranked } = self;
        features.clear();
        distinct.features(tokens, features);
        // A loop of its own: the counters are far away, and fetched many at a time.
        counts.clear();
        counts.extend(features.iter().map(|&feature| counters.of(feature)));
        ranked.clear();
        let usable = features.iter().zip(&*counts).filter(|&(_, count)| (2..SATURATED).contains(count));
        ranked.extend(usable.map(|(&feature, &count)| (rank(count), feature)));
        if ranked.len() > keys {
            ranked.select_nth_unstable(keys);
            ranked.truncate(keys);
        }
        ranked
    }
}

/// Leaves out what comes twice.
#[derive(Default)]
struct Distinct {
    /// Open addressing; 0 is a free place.
    table: Vec<u64>,
}

impl Distinct {
    /// Appends every feature of a document to `out`, once.
    fn features(&mut self, tokens: &[Token], out: &mut Vec<u64>) {
        // Two features a token at most, in a table that is half empty.
        let size = (4 * tokens.len()).next_power_of_two().max(16);
        let shift = 64 - size.trailing_zeros();
        self.table.clear();
        self.table.resize(size, 0);
        each_feature(tokens, |feature| {
            let feature = feature.max(1);
            let mut at = (feature.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> shift) as usize;
            loop {
                match self.table[at] {
                    0 => {
                        self.table[at] = feature;
                        out.push(feature);
                        return;
                    }
                    held if held == feature => return,
                    _ => at = (at + 1) & (size - 1),
                }
            }
        });
    }
}

/// Features of about the same frequency rank alike, and the hash decides among them, for all documents in the same way.
///
/// Were two documents rarer than three, a document with one close relative would spend all of its keys on it, and the
/// third version of the story, which shares what stands in all three, would never be met.
fn rank(count: u8) -> u32 {
    (count / RELATIVES).max(1).ilog2()
}

#[cfg(test)]
mod tests {
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
