//! Runs of tokens, within lines, that enough stories of a source carry.
//!
//! A source of many stories is judged by some of them: what all its pages carry, any thousand of them do. So the work and the
//! memory of a source are bounded, whatever its size.

use std::cell::RefCell;
use std::collections::HashMap;

use rayon::prelude::*;

use super::{CARRIERS, COMPARED, Repeated};
use crate::DocId;
use crate::hash::{ByHash, Counts};
use crate::text::{Known, SourceLines, Token, TokenStore, Tokens};

/// Share of a source's stories in the languages of the carriers that must carry a run.
const SHARE: f64 = 0.02;
/// One in so many carriers makes their commonest word one of the languages.
const LANGUAGE: usize = 4;
/// Stories of a source that are looked at.
const STORIES: usize = 1 << 10;
/// Tokens of them, at most.
const TOKENS: usize = 1 << 20;

/// The runs that stand in stretches of boilerplate (see [`SourceLines`]) in enough stories of a source, in no particular order;
/// `ranks` are those of the stories, and `lines` are left out.
pub(super) fn repeated(
    stories: &[(u64, DocId)],
    ranks: &[u64],
    tokens: &TokenStore,
    lines: &SourceLines,
) -> Vec<Repeated> {
    let mut by_source: HashMap<u64, Vec<u32>> = HashMap::new();
    for (at, &(source, _)) in (0..).zip(stories) {
        by_source.entry(source).or_default().push(at);
    }
    let sources: Vec<(u64, Vec<u32>)> =
        by_source.into_iter().filter(|(_, stories)| stories.len() >= CARRIERS).collect();
    let of_source = |(source, mut own): (u64, Vec<u32>)| {
        own.sort_unstable_by_key(|&at| (ranks[at as usize], at));
        own.truncate(STORIES);
        let mut room = TOKENS;
        let mut reader = tokens.reader();
        let texts: Vec<(u32, Tokens)> = own
            .into_iter()
            .map_while(|at| {
                let document = stories[at as usize].1;
                room = room.checked_sub(tokens.len_of(document))?;
                let tokens = reader.get(document);
                Some((at, lines.marked(source, &tokens).unwrap_or(tokens)))
            })
            .collect();
        of_texts(source, &texts)
    };
    sources.into_par_iter().flat_map_iter(of_source).collect()
}

/// The runs of one source; `texts` come by their ranks.
fn of_texts(source: u64, texts: &[(u32, Tokens)]) -> Vec<Repeated> {
    let languages = Languages::of(texts);
    let all = carried(texts, &languages, |tokens, out| {
        let mut own = Vec::new();
        for line in tokens.lines() {
            SourceLines::run_keys(source, &tokens.as_slice()[line], &mut own);
            out.extend(&own);
        }
    });
    if all.is_empty() {
        return Vec::new();
    }
    // Phrases of sentences are among them; what is left are those that stand in stretches often enough.
    let often = SourceLines::new([], all.into_iter().map(|(key, _)| key));
    let in_stretches = carried(texts, &languages, |tokens, out| {
        for piece in often.pieces(source, tokens) {
            if let Known::Runs(runs) = piece.known {
                out.extend(runs.iter().map(|&(_, key)| key));
            }
        }
    });
    let story = |at: u32| texts[at as usize].0;
    let repeated = |(key, carriers): (u64, Vec<u32>)| Repeated {
        key,
        sample: carriers.iter().take(COMPARED).map(|&at| story(at)).collect(),
        others: languages.others(&carriers).into_iter().map(story).collect(),
    };
    in_stretches.into_iter().map(repeated).collect()
}

/// The keys that enough of the texts have, each with the places of these, ascending.
fn carried(
    texts: &[(u32, Tokens)],
    languages: &Languages,
    keys_of: impl Fn(&Tokens, &mut Vec<u64>) + Sync,
) -> Vec<(u64, Vec<u32>)> {
    let of_text = |(_, tokens): &(u32, Tokens)| {
        let mut keys = Vec::new();
        keys_of(tokens, &mut keys);
        keys
    };
    let keys: Vec<Vec<u64>> = texts.par_iter().map(of_text).collect();
    // Nearly all are of one text alone: they are told by a small count and need not be sorted.
    let mut counts = Counts::for_hashes(keys.iter().map(Vec::len).sum());
    keys.iter().flatten().for_each(|&key| counts.add(key));
    let with_text = |(at, mut keys): (usize, Vec<u64>)| {
        keys.retain(|&key| usize::from(counts.of(key)) >= CARRIERS);
        keys.sort_unstable();
        keys.dedup();
        // There are no more than `STORIES`.
        keys.into_iter().map(move |key| (key, at as u32))
    };
    let mut all: Vec<(u64, u32)> = keys.into_par_iter().enumerate().flat_map_iter(with_text).collect();
    all.par_sort_unstable();
    let often = all.chunk_by(|x, y| x.0 == y.0).filter(|run| run.len() >= CARRIERS);
    often
        .map(|run| (run[0].0, run.iter().map(|&(_, at)| at).collect::<Vec<u32>>()))
        .filter(|(_, carriers)| carriers.len() as f64 >= SHARE * languages.stories(carriers) as f64)
        .collect()
}

/// The languages of some texts, as far as the words that texts use most tell them: a site in six languages writes its notices
/// in each for the stories in it.
struct Languages {
    /// By text, the number of the word that it uses most.
    commonest: Vec<u32>,
    /// By text, the numbers of all such words that it has, ascending.
    words: Vec<Vec<u32>>,
    /// Texts that have one of some words, as far as somebody has asked.
    texts: RefCell<HashMap<Vec<u32>, usize>>,
}

impl Languages {
    fn of(texts: &[(u32, Tokens)]) -> Self {
        let most = |(_, tokens): &(u32, Tokens)| {
            let mut bits: Vec<u64> = tokens.as_slice().iter().map(|token| token.bits()).collect();
            bits.sort_unstable();
            let runs = bits.chunk_by(|x, y| x == y);
            runs.max_by_key(|run| (run.len(), run[0])).map_or(0, |run| run[0])
        };
        let most: Vec<u64> = texts.par_iter().map(most).collect();
        let mut numbers: ByHash<u64, u32> = ByHash::default();
        let number = |&word: &u64| {
            let next = numbers.len() as u32;
            *numbers.entry(word).or_insert(next)
        };
        let commonest = most.iter().map(number).collect();
        let words_of = |(_, tokens): &(u32, Tokens)| {
            let known = |token: &Token| numbers.get(&token.bits()).copied();
            let mut words: Vec<u32> = tokens.as_slice().iter().filter_map(known).collect();
            words.sort_unstable();
            words.dedup();
            words
        };
        Self { commonest, words: texts.par_iter().map(words_of).collect(), texts: RefCell::default() }
    }

    /// The words of the languages of the carriers, ascending.
    fn of_carriers(&self, carriers: &[u32]) -> Vec<u32> {
        let mut words: Vec<u32> = carriers.iter().map(|&at| self.commonest[at as usize]).collect();
        words.sort_unstable();
        let runs = || words.chunk_by(|x, y| x == y);
        let most = runs().map(<[u32]>::len).max().unwrap_or_default();
        // A stray one of another language does not bring in all of its stories.
        let own = runs()
            .filter(|run| run.len() == most || LANGUAGE * run.len() >= carriers.len().max(LANGUAGE + 1));
        own.map(|run| run[0]).collect()
    }

    /// The texts that have one of some words, ascending.
    fn with(&self, own: &[u32]) -> impl Iterator<Item = u32> {
        let texts = (0..).zip(&self.words);
        texts.filter(|(_, words)| words.iter().any(|word| own.binary_search(word).is_ok())).map(|(at, _)| at)
    }

    /// How many of the texts are in the languages of the carriers.
    fn stories(&self, carriers: &[u32]) -> usize {
        let own = self.of_carriers(carriers);
        if let Some(&texts) = self.texts.borrow().get(&own) {
            return texts;
        }
        let texts = self.with(&own).count();
        self.texts.borrow_mut().insert(own, texts);
        texts
    }

    /// Some of the texts in the languages of the carriers that are not among them, ascending.
    fn others(&self, carriers: &[u32]) -> Vec<u32> {
        let own = self.of_carriers(carriers);
        // Texts of other languages have a word of these at times, and nothing in common.
        let is_of = |at: &u32| own.binary_search(&self.commonest[*at as usize]).is_ok();
        self.with(&own).filter(|at| is_of(at) && carriers.binary_search(at).is_err()).take(COMPARED).collect()
    }
}
