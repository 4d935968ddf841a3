//! Finds shingles within lines that enough stories of a source carry.
//!
//! A source of many stories is judged by a sample, because what all its pages carry, any few hundred of them carry.
//! This bounds the time and the memory for a source, whatever its size.

use std::cell::RefCell;
use std::collections::HashMap;

use rayon::prelude::*;

use super::{CARRIERS, COMPARED, Repeated};
use crate::DocId;
use crate::hash::{self, ByHash, Counts};
use crate::score::LanguageKey;
use crate::tasks::HEAVY;
use crate::text::{Known, SourceLines, Token, TokenStore, Tokens};

/// Share of a source's stories in the carriers' languages that must carry a shingle.
const SHARE: f64 = 0.02;
/// One in this many carriers makes its most frequent word one of the languages.
const LANGUAGE: usize = 4;
/// Most stories of a source that are examined.
const STORIES: usize = 1 << 10;
/// Most of them that are detected to be in one language, so that those in a rare language are not crowded out.
const OF_LANGUAGE: usize = 1 << 9;
/// Most tokens in these stories.
const TOKENS: usize = 1 << 20;
/// Number of places by which tokens are counted.
const PLACES: usize = 1 << 8;
/// Number of places that are searched for the most frequent token.
const ROUNDS: usize = 8;
/// Number of values of the lowest bits of a token, by which nearly all words that are not the most frequent of any text are passed
/// over.
const LOWEST: usize = 1 << 12;

/// Finds the shingles that occur in boilerplate passages (see [`SourceLines`]) in enough stories of a source, in
/// no particular order. `ranks` are the ranks of the stories; the `lines` are left out.
pub(super) fn repeated(
    stories: &[(u64, DocId)],
    ranks: &[u64],
    tokens: &TokenStore,
    lines: &SourceLines,
    language: impl Fn(DocId) -> LanguageKey + Sync,
) -> Vec<Repeated> {
    let mut by_source: HashMap<u64, Vec<u32>> = HashMap::new();
    for (at, &(source, _)) in (0..).zip(stories) {
        by_source.entry(source).or_default().push(at);
    }
    let sources: Vec<(u64, Vec<u32>)> =
        by_source.into_iter().filter(|(_, stories)| stories.len() >= CARRIERS).collect();
    let of_source = |(source, mut own): (u64, Vec<u32>)| {
        own.sort_unstable_by_key(|&at| (ranks[at as usize], at));
        sample(&mut own, |at| language(stories[at as usize].1));
        let mut left = TOKENS;
        let mut reader = tokens.reader();
        let texts: Vec<(u32, Tokens)> = own
            .into_iter()
            .map_while(|at| {
                let document = stories[at as usize].1;
                left = left.checked_sub(tokens.len_of(document))?;
                let tokens = reader.get(document);
                Some((at, lines.marked(source, &tokens).unwrap_or(tokens)))
            })
            .collect();
        of_texts(source, &texts)
    };
    sources.into_par_iter().with_max_len(HEAVY).flat_map_iter(of_source).collect()
}

/// Reduces stories to the first [`OF_LANGUAGE`] in each language, and to [`STORIES`] in all. Those whose language is unknown may be in
/// many.
fn sample(stories: &mut Vec<u32>, language: impl Fn(u32) -> LanguageKey) {
    let mut of_languages: HashMap<LanguageKey, usize> = HashMap::new();
    stories.retain(|&at| {
        let language = language(at);
        let before = of_languages.entry(language).or_default();
        *before += 1;
        *before <= OF_LANGUAGE || language == LanguageKey::default()
    });
    stories.truncate(STORIES);
}

/// Finds the shingles of one source; `texts` are ordered by rank.
fn of_texts(source: u64, texts: &[(u32, Tokens)]) -> Vec<Repeated> {
    let languages = Languages::of(texts);
    let shingles: Vec<Vec<u64>> =
        texts.par_iter().map(|(_, tokens)| SourceLines::shingles_of(tokens)).collect();
    let all = carried(&shingles, &languages);
    if all.is_empty() {
        return Vec::new();
    }
    // These include phrases within sentences. Only those that occur in boilerplate passages often enough remain.
    let often = SourceLines::new([], all.into_iter().map(|(shingle, _)| shingle));
    let in_passages = |((_, tokens), shingles): (&(u32, Tokens), &Vec<u64>)| -> Vec<u64> {
        let shingles = often.passages(tokens, shingles).into_iter().map(|piece| match piece.known {
            Known::Shingles(shingles) => shingles,
            Known::Line(_) => Vec::new(),
        });
        shingles.flatten().map(|(_, shingle)| shingle).collect()
    };
    let in_passages: Vec<Vec<u64>> = texts.par_iter().zip(&shingles).map(in_passages).collect();
    let in_passages = carried(&in_passages, &languages);
    let story = |at: u32| texts[at as usize].0;
    let repeated = |(shingle, carriers): (u64, Vec<u32>)| Repeated {
        key: SourceLines::shingle_key(source, shingle),
        sample: carriers.iter().take(COMPARED).map(|&at| story(at)).collect(),
        others: languages.others(&carriers).into_iter().map(story).collect(),
    };
    in_passages.into_iter().map(repeated).collect()
}

/// Returns the shingles that enough texts hold, given the shingles of each, with the indices of these texts, ascending.
fn carried(shingles: &[Vec<u64>], languages: &Languages) -> Vec<(u64, Vec<u32>)> {
    // Nearly all shingles occur in one text only. A small table of counts removes them before sorting.
    let mut counts = Counts::for_hashes(shingles.iter().map(Vec::len).sum());
    shingles.iter().flatten().for_each(|&shingle| counts.add(shingle));
    // There are at most `STORIES` texts.
    let with_text = shingles.par_iter().zip(0..shingles.len() as u32);
    let mut all: Vec<(u64, u32)> = with_text
        .flat_map_iter(|(shingles, at)| {
            let is_frequent = |shingle: &&u64| usize::from(counts.of(**shingle)) >= CARRIERS;
            shingles.iter().filter(is_frequent).map(move |&shingle| (shingle, at))
        })
        .collect();
    hash::sort(&mut all);
    // A text may hold a shingle several times.
    all.dedup();
    let often = all.chunk_by(|x, y| x.0 == y.0).filter(|group| group.len() >= CARRIERS);
    often
        .map(|group| (group[0].0, group.iter().map(|&(_, at)| at).collect::<Vec<u32>>()))
        .filter(|(_, carriers)| carriers.len() as f64 >= SHARE * languages.stories(carriers) as f64)
        .collect()
}

/// Finds the most frequent tokens of texts. It holds buffers, so reuse one for each thread.
#[derive(Default)]
struct Tally {
    /// Number of tokens by their lowest bits.
    counts: Vec<u32>,
    /// The tokens of one place, or all.
    some: Vec<u64>,
}

impl Tally {
    /// Returns the bits of the most frequent token, of equals the highest; 0 if there is none.
    fn most_frequent(&mut self, tokens: &[Token]) -> u64 {
        let Self { counts, some } = self;
        let place = |token: u64| token as usize % PLACES;
        counts.clear();
        counts.resize(PLACES, 0);
        for token in tokens {
            counts[place(token.bits())] += 1;
        }
        // Of the tokens in the fullest places, which include the most frequent one, nearly always in the first.
        let mut most = (0, 0);
        for _ in 0..ROUNDS {
            let fullest = counts.iter().copied().max().unwrap_or_default();
            if fullest == 0 || fullest < most.0 {
                return most.1;
            }
            let at = counts.iter().position(|&count| count == fullest).unwrap_or_default();
            counts[at] = 0;
            some.clear();
            some.extend(tokens.iter().map(|token| token.bits()).filter(|&token| place(token) == at));
            most = most.max(most_frequent_of(some));
        }
        // The places are about equally full: in a text in which hardly a word occurs twice.
        some.clear();
        some.extend(tokens.iter().map(|token| token.bits()));
        most_frequent_of(some).1
    }
}

/// Returns the most frequent of some tokens, of equals the highest, behind its count. Sorts them.
fn most_frequent_of(tokens: &mut [u64]) -> (u32, u64) {
    tokens.sort_unstable();
    // A document holds fewer than 2^30 tokens.
    let counted = tokens.chunk_by(|x, y| x == y).map(|group| (group.len() as u32, group[0]));
    counted.max().unwrap_or_default()
}

/// The languages of texts, as indicated by the most frequent word of each. A site in six languages writes its
/// notices in each, for the stories in that language.
struct Languages {
    /// For each text, the number of its most frequent word.
    commonest: Vec<u32>,
    /// For each text, the numbers of all such words that it contains, ascending.
    words: Vec<Vec<u32>>,
    /// Cached counts of the texts that contain any of a set of words.
    texts: RefCell<HashMap<Vec<u32>, usize>>,
}

impl Languages {
    fn of(texts: &[(u32, Tokens)]) -> Self {
        let most_of = |tally: &mut Tally, (_, tokens): &(u32, Tokens)| tally.most_frequent(tokens.as_slice());
        let most: Vec<u64> = texts.par_iter().map_init(Tally::default, most_of).collect();
        let mut numbers: ByHash<u64, u32> = ByHash::default();
        let number = |&word: &u64| {
            let next = numbers.len() as u32;
            *numbers.entry(word).or_insert(next)
        };
        let commonest = most.iter().map(number).collect();
        // A few words are the most frequent ones of all texts, and hardly any other has their lowest bits.
        let mut lowest = [false; LOWEST];
        let place = |word: u64| word as usize % LOWEST;
        numbers.keys().for_each(|&word| lowest[place(word)] = true);
        let words_of = |(_, tokens): &(u32, Tokens)| {
            let word = |token: &Token| Some(token.bits()).filter(|&word| lowest[place(word)]);
            let known = |token: &Token| numbers.get(&word(token)?).copied();
            let mut words: Vec<u32> = tokens.as_slice().iter().filter_map(known).collect();
            words.sort_unstable();
            words.dedup();
            words
        };
        Self { commonest, words: texts.par_iter().map(words_of).collect(), texts: RefCell::default() }
    }

    /// Returns the words that stand for the languages of the carriers, ascending.
    fn of_carriers(&self, carriers: &[u32]) -> Vec<u32> {
        let mut words: Vec<u32> = carriers.iter().map(|&at| self.commonest[at as usize]).collect();
        words.sort_unstable();
        let groups = || words.chunk_by(|x, y| x == y);
        let most = groups().map(<[u32]>::len).max().unwrap_or_default();
        // A single carrier in another language does not add all stories in that language.
        let own = groups().filter(|group| {
            group.len() == most || LANGUAGE * group.len() >= carriers.len().max(LANGUAGE + 1)
        });
        own.map(|group| group[0]).collect()
    }

    /// Returns the texts that contain any of some words, ascending.
    fn with(&self, own: &[u32]) -> impl Iterator<Item = u32> {
        let texts = (0..).zip(&self.words);
        texts.filter(|(_, words)| words.iter().any(|word| own.binary_search(word).is_ok())).map(|(at, _)| at)
    }

    /// Counts the texts in the languages of the carriers.
    fn stories(&self, carriers: &[u32]) -> usize {
        let own = self.of_carriers(carriers);
        if let Some(&texts) = self.texts.borrow().get(&own) {
            return texts;
        }
        let texts = self.with(&own).count();
        self.texts.borrow_mut().insert(own, texts);
        texts
    }

    /// Returns a sample of the texts in the languages of the carriers that are not carriers, ascending.
    fn others(&self, carriers: &[u32]) -> Vec<u32> {
        let own = self.of_carriers(carriers);
        // Texts in other languages may contain one of these words, but have nothing in common with the carriers.
        let is_of = |at: &u32| own.binary_search(&self.commonest[*at as usize]).is_ok();
        self.with(&own).filter(|at| is_of(at) && carriers.binary_search(at).is_err()).take(COMPARED).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::tokenize;

    #[test]
    fn shingle_that_one_text_repeats_is_not_carried() {
        let (repeated, shared) = (1_u64 << 63, 1_u64);
        let shingles: Vec<Vec<u64>> =
            (0..CARRIERS)
                .map(|at| {
                    if at == 1 { [vec![repeated; CARRIERS], vec![shared; 2]].concat() } else { vec![shared] }
                })
                .collect();
        let languages = Languages {
            commonest: vec![0; CARRIERS],
            words: vec![vec![0]; CARRIERS],
            texts: RefCell::default(),
        };
        assert_eq!(carried(&shingles, &languages), [(shared, (0..CARRIERS as u32).collect())]);
    }

    #[test]
    fn sample_holds_all_stories_in_rare_languages() {
        let language = |at: u32| LanguageKey::of(Some(if at.is_multiple_of(100) { "tur" } else { "eng" }));
        let mut stories: Vec<u32> = (0..2_000).rev().collect();
        sample(&mut stories, language);
        assert_eq!(stories.iter().filter(|at| at.is_multiple_of(100)).count(), 20);
        assert_eq!(stories.len(), 20 + OF_LANGUAGE);
        assert!(stories.is_sorted_by(|x, y| x > y));
        let mut unknown: Vec<u32> = (0..900).collect();
        sample(&mut unknown, |_| LanguageKey::default());
        assert_eq!(unknown.len(), 900);
        let mut many: Vec<u32> = (0..5_000).collect();
        sample(&mut many, |at| LanguageKey::of_number(1 + at / 500));
        assert_eq!(many, (0..STORIES as u32).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn most_frequent_token_is_found(text in "([a-e]|[a-z]{2,3})( ([a-e]|[a-z]{2,3})){0,60}", copies in 1..400_usize) {
            let mut tally = Tally::default();
            for text in [text.clone(), text.repeat(copies.min(1 + 8_000 / text.len()))] {
                let tokens = tokenize(&text);
                let mut counts: HashMap<u64, usize> = HashMap::new();
                tokens.as_slice().iter().for_each(|token| *counts.entry(token.bits()).or_default() += 1);
                let most = counts.into_iter().max_by_key(|&(bits, count)| (count, bits)).map_or(0, |(bits, _)| bits);
                prop_assert_eq!(tally.most_frequent(tokens.as_slice()), most);
            }
        }
    }

    #[test]
    fn most_frequent_token_is_found_among_many_that_are_as_frequent() {
        let words =
            |times: usize| (0..2000).map(move |at| format!("w{at} ").repeat(times)).collect::<String>();
        let highest = |text: &str| tokenize(text).as_slice().iter().map(|token| token.bits()).max();
        let mut tally = Tally::default();
        for (text, most) in [
            (words(1), highest(&words(1))),
            (words(3), highest(&words(3))),
            (words(1) + "w7", highest("w7")),
            (String::new(), Some(0)),
        ] {
            assert_eq!(Some(tally.most_frequent(tokenize(&text).as_slice())), most);
        }
    }
}
