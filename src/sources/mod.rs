//! What a run learns of its sources: the lines that a site adds to all its articles.
//!
//! Rules know share bars and "Read also" ([`furniture`](crate::text::furniture)); they do not know the name of a
//! newsletter, the cookie notice of one publisher or the box that an agency closes every dispatch with. A folder shows
//! them by itself: the same line under many stories of one source that have nothing else in common (the style trees of
//! Yi, Liu and Li 2003, on lines). In come the representatives of the copy groups, so that a story reprinted two hundred
//! times is one carrier, each with its source; out come the lines. Cost: a pass over the lines, and bounded work a line
//! that is carried often enough.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use crate::document::Header;
use crate::spill::{Budget, Partitions};
use crate::text::{TokenStore, Tokens, mix, sequence_hash, shingles};
use crate::verify::{Idf, Profile, unrelated};
use crate::{DocId, Result};

/// Stories that a line must stand under: three may be an event and its follow-ups.
const CARRIERS: usize = 4;
/// Share of a source's stories that a line must stand under. What fewer carry is a paragraph of background.
const SHARE: f64 = 0.05;
/// Longer lines are stories or parts of them.
const LINE_TOKENS: usize = 80;
/// Carriers that are compared with each other.
const COMPARED: usize = 8;
/// Share of the compared pairs that must have nothing in common but lines that others carry too.
const APART: f64 = 0.75;
/// Shingles of the shorter rest that may stand in the other's without making one story of two.
const COMMON_RUNS: f64 = 0.05;
/// Stories that are looked at between two lists of what they carry.
const BATCH: usize = 1 << 13;
/// Tokens of a run.
const RUN: usize = 5;

/// The source of a document: its `source` field, else the host of its address, else the folder or container it was
/// found in. A hash: sources are only ever compared.
pub fn source_key(header: &Header) -> u64 {
    let named = header.meta.source.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let name = named.or_else(|| host(header.meta.url.as_deref()?)).unwrap_or_else(|| {
        // A container is a source; a file belongs to its folder.
        if header.record.is_some() {
            &header.path
        } else {
            header.path.rsplit_once('/').map_or("", |(dir, _)| dir)
        }
    });
    xxhash_rust::xxh3::xxh3_64(name.to_lowercase().as_bytes())
}

/// `example.org` of `https://www.example.org:8080/a`.
pub(crate) fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let host = rest.split(['/', '?', '#', ':']).next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    (!host.is_empty()).then_some(host)
}

/// The lines that were learned, each for its source.
#[derive(Clone, Debug, Default)]
pub struct SourceFurniture {
    lines: HashSet<u64>,
}

impl SourceFurniture {
    /// Learns from the stories of a run: pairs of a source and a document, one of each copy group. `idf` weighs terms.
    ///
    /// Deterministic, whatever the threads, the order of the stories and the budget.
    ///
    /// # Errors
    /// Whatever `idf` returns, and [`Error::Spill`](crate::Error::Spill).
    pub fn learn(
        stories: &[(u64, DocId)],
        tokens: &TokenStore,
        budget: &Budget,
        idf: impl FnOnce() -> Result<Idf>,
    ) -> Result<Self> {
        let repeated = repeated_lines(stories, tokens, budget)?;
        if repeated.is_empty() {
            return Ok(Self::default());
        }
        let all: HashSet<u64> = repeated.iter().map(|line| line.key).collect();
        let compared: HashSet<u32> = repeated.iter().flat_map(|line| line.sample.iter().copied()).collect();
        let idf = idf()?;
        let rests: HashMap<u32, Rest> = compared
            .into_par_iter()
            .map(|at| {
                let (source, document) = stories[at as usize];
                (at, Rest::of((source, &tokens.get(document)), &all, &idf))
            })
            .collect();
        let lines =
            repeated.par_iter().filter(|line| is_furniture(line, &rests)).map(|line| line.key).collect();
        Ok(Self { lines })
    }

    /// Whether nothing was learned.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many lines were learned.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// The tokens of a document of `source` with the learned lines marked as furniture; `None` where it has none, or
    /// nothing else.
    pub fn marked(&self, source: u64, tokens: &Tokens) -> Option<Tokens> {
        tokens.without_lines(|line| self.lines.contains(&key(source, sequence_hash(line))))
    }
}

fn key(source: u64, line: u64) -> u64 {
    mix(source ^ line.rotate_left(1))
}

/// A line that is carried often, and some of the stories that carry it.
struct Repeated {
    key: u64,
    sample: Vec<u32>,
}

/// The lines that enough stories of a source carry, in no particular order.
fn repeated_lines(stories: &[(u64, DocId)], tokens: &TokenStore, budget: &Budget) -> Result<Vec<Repeated>> {
    let mut sizes: HashMap<u64, usize> = HashMap::new();
    for &(source, _) in stories {
        *sizes.entry(source).or_default() += 1;
    }
    let needed = |source: u64| {
        let size = sizes.get(&source).copied().unwrap_or(0);
        CARRIERS.max((SHARE * size as f64).ceil() as usize)
    };
    let keys_of = |source: u64, tokens: &Tokens| -> Vec<u64> {
        let lines = tokens.lines().filter(|line| line.len() <= LINE_TOKENS);
        let mut keys: Vec<u64> =
            lines.map(|line| key(source, sequence_hash(&tokens.as_slice()[line]))).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    };
    // Nearly every line stands under one story only: a small table of counts, in which lines may share a place, tells
    // which are worth a list.
    let places = (4 * stories.len()).next_power_of_two().max(1 << 12);
    let place = |key: u64| (key >> 20) as usize & (places - 1);
    let counts: Vec<std::sync::atomic::AtomicU8> =
        std::iter::repeat_with(Default::default).take(places).collect();
    let lively = |source: u64| sizes.get(&source).is_some_and(|&size| size >= CARRIERS);
    stories.par_iter().filter(|story| lively(story.0)).for_each_init(
        || tokens.reader(),
        |reader, &(source, document)| {
            for key in keys_of(source, &reader.get(document)) {
                let count = &counts[place(key)];
                // A count that two threads bring to its end at once may miss one; it stays far over any need.
                if count.load(std::sync::atomic::Ordering::Relaxed) < 200 {
                    count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
            }
        },
    );
    let bits = Partitions::<Carried>::bits_for(CARRIERS * stories.len(), 1, budget);
    let mut carried: Partitions<Carried> = Partitions::new(bits, budget);
    for (batch, stories) in stories.chunks(BATCH).enumerate() {
        let found: Vec<Vec<Carried>> = stories
            .par_iter()
            .enumerate()
            .map_init(
                || tokens.reader(),
                |reader, (at, &(source, document))| {
                    if !lively(source) {
                        return Vec::new();
                    }
                    let needed = needed(source).min(200);
                    let tokens = reader.get(document);
                    let rank = mix(tokens.digest() as u64);
                    let is_carried = |&key: &u64| {
                        usize::from(counts[place(key)].load(std::sync::atomic::Ordering::Relaxed)) >= needed
                    };
                    // Documents are numbered in 32 bits.
                    let at = (batch * BATCH + at) as u32;
                    keys_of(source, &tokens)
                        .into_iter()
                        .filter(is_carried)
                        .map(|key| (key, rank, at))
                        .collect()
                },
            )
            .collect();
        for one in found.into_iter().flatten() {
            carried.push(one.0, one)?;
        }
    }
    let mut repeated = Vec::new();
    for part in carried.finish()? {
        let mut carried = part.read()?;
        carried.par_sort_unstable();
        for run in carried.chunk_by(|a, b| a.0 == b.0) {
            let source = stories[run[0].2 as usize].0;
            if run.len() >= needed(source) {
                // The same stories for all lines of a source, as far as they carry them: each is prepared once.
                let sample = run.iter().take(COMPARED).map(|&(.., at)| at).collect();
                repeated.push(Repeated { key: run[0].0, sample });
            }
        }
    }
    Ok(repeated)
}

/// Key of a line, rank of a story among those that are compared, its place in the list of stories.
type Carried = (u64, u64, u32);

/// What is left of a story without the lines that others carry too.
struct Rest {
    terms: Profile,
    runs: Vec<u64>,
}

impl Rest {
    fn of((source, tokens): (u64, &Tokens), repeated: &HashSet<u64>, idf: &Idf) -> Self {
        let bare = tokens.without_lines(|line| repeated.contains(&key(source, sequence_hash(line))));
        let tokens = bare.as_ref().unwrap_or(tokens);
        let mut runs = Vec::new();
        shingles(tokens.as_slice(), RUN, &mut runs);
        Self { terms: Profile::new(tokens, idf), runs }
    }

    fn is_apart(&self, other: &Self) -> bool {
        let fewer = self.runs.len().min(other.runs.len()) as f64;
        let shared = crate::verify::sets::Overlap::of(&self.runs, &other.runs).shared as f64;
        shared <= COMMON_RUNS * fewer && unrelated(&self.terms, &other.terms)
    }
}

fn is_furniture(line: &Repeated, rests: &HashMap<u32, Rest>) -> bool {
    let (mut apart, mut pairs) = (0u32, 0u32);
    for (at, x) in line.sample.iter().enumerate() {
        for y in &line.sample[at + 1..] {
            let (Some(x), Some(y)) = (rests.get(x), rests.get(y)) else { continue };
            pairs += 1;
            apart += u32::from(x.is_apart(y));
        }
    }
    pairs > 0 && f64::from(apart) >= APART * f64::from(pairs)
}

#[cfg(test)]
mod tests;
