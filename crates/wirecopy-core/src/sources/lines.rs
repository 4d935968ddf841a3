//! Lines that enough stories of a source carry.

use std::collections::HashMap;

use rayon::prelude::*;

use super::{CARRIERS, COMPARED, Repeated};
use crate::candidates::counters::{Counters, SATURATED};
use crate::text::{SourceLines, TokenStore, Tokens, mix};
use crate::{DocId, Result};
use wirecopy_spill::{Budget, Partitions};

/// Share of a source's stories that a line must stand under. What fewer carry is a paragraph of background.
const SHARE: f64 = 0.05;
/// Longer lines are stories or parts of them.
const LINE_TOKENS: usize = 80;
/// Stories that are looked at between two lists of what they carry.
const BATCH: usize = 1 << 13;

/// What a pass over the lines finds.
pub(super) struct Found {
    /// The lines, in no particular order.
    pub(super) lines: Vec<Repeated>,
    /// Of each story a number that hangs on its text alone, by which some of many are chosen; 0 where its source has too
    /// few stories to learn from.
    pub(super) ranks: Vec<u64>,
}

/// The lines that enough stories of a source carry.
pub(super) fn repeated(stories: &[(u64, DocId)], tokens: &TokenStore, budget: &Budget) -> Result<Found> {
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
            lines.map(|line| SourceLines::key(source, &tokens.as_slice()[line])).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    };
    let lively = |source: u64| sizes.get(&source).is_some_and(|&size| size >= CARRIERS);
    // Nearly every line stands under one story only: small counters, which lines may share, tell which are worth a list.
    let places = (4 * stories.len()).next_power_of_two().max(1 << 12);
    let counters = Counters::new(stories.len(), places.trailing_zeros(), |at, (): &mut (), keys| {
        let (source, document) = stories[at];
        if lively(source) {
            keys.extend(keys_of(source, &tokens.get(document)));
        }
    });
    let bits = Partitions::<Carried>::bits_for(CARRIERS * stories.len(), 1, budget);
    let mut carried: Partitions<Carried> = Partitions::new(bits, budget);
    let mut ranks: Vec<u64> = Vec::with_capacity(stories.len());
    for (batch, stories) in stories.chunks(BATCH).enumerate() {
        let found: Vec<(u64, Vec<Carried>)> = stories
            .par_iter()
            .enumerate()
            .map_init(
                || tokens.reader(),
                |reader, (at, &(source, document))| {
                    if !lively(source) {
                        return (0, Vec::new());
                    }
                    let needed = needed(source).min(usize::from(SATURATED));
                    let tokens = reader.get(document);
                    let is_carried = |&key: &u64| usize::from(counters.of(key)) >= needed;
                    // Documents are numbered in 32 bits.
                    let at = (batch * BATCH + at) as u32;
                    let rank = mix(tokens.digest() as u64);
                    let keys = keys_of(source, &tokens).into_iter().filter(is_carried);
                    (rank, keys.map(|key| (key, rank, at)).collect())
                },
            )
            .collect();
        for (rank, found) in found {
            ranks.push(rank);
            for one in found {
                carried.push(one.0, one)?;
            }
        }
    }
    let mut lines = Vec::new();
    for part in carried.finish()? {
        let mut carried = part.read()?;
        carried.par_sort_unstable();
        for run in carried.chunk_by(|a, b| a.0 == b.0) {
            let source = stories[run[0].2 as usize].0;
            if run.len() >= needed(source) {
                // The same stories for all lines of a source, as far as they carry them: each is prepared once.
                let sample = run.iter().take(COMPARED).map(|&(.., at)| at).collect();
                lines.push(Repeated { key: run[0].0, sample, others: Vec::new() });
            }
        }
    }
    Ok(Found { lines, ranks })
}

/// Key of a line, rank of a story among those that are compared, its place in the list of stories.
type Carried = (u64, u64, u32);
