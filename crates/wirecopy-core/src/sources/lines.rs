//! Finds lines that enough stories of a source carry.

use std::collections::HashMap;

use rayon::prelude::*;

use super::{CARRIERS, COMPARED, Repeated};
use crate::candidates::counters::{Counters, SATURATED};
use crate::text::{SourceLines, TokenReader, TokenStore, mix};
use crate::{DocId, Result};
use wirecopy_spill::{Budget, Partitions};

/// Share of a source's stories that must carry a line. A line under fewer stories is a paragraph of background.
const SHARE: f64 = 0.05;
/// Most tokens of a line. Longer lines are stories or parts of stories.
const LINE_TOKENS: usize = 80;
/// Number of stories in a batch, whose lines are held in memory before they are written out.
const BATCH: usize = 1 << 13;

/// The result of a pass over the lines.
pub(super) struct Found {
    /// The lines, in no particular order.
    pub(super) lines: Vec<Repeated>,
    /// For each story a number that depends on its text only and by which stories are sampled; 0 if its source has
    /// too few stories to learn from.
    pub(super) ranks: Vec<u64>,
}

/// Finds the lines that enough stories of a source carry.
pub(super) fn repeated(stories: &[(u64, DocId)], tokens: &TokenStore, budget: &Budget) -> Result<Found> {
    let mut sizes: HashMap<u64, usize> = HashMap::new();
    for &(source, _) in stories {
        *sizes.entry(source).or_default() += 1;
    }
    let needed = |source: u64| {
        let size = sizes.get(&source).copied().unwrap_or(0);
        CARRIERS.max((SHARE * size as f64).ceil() as usize)
    };
    // Replaces `keys` by the distinct keys of a document's lines, and returns its digest.
    let keys_of = |(source, document): (u64, DocId), reader: &mut TokenReader<'_>, keys: &mut Vec<u64>| {
        keys.clear();
        let digest = reader.each_line(document, |line| {
            if line.len() <= LINE_TOKENS {
                keys.push(SourceLines::key(source, line));
            }
        });
        keys.sort_unstable();
        keys.dedup();
        digest
    };
    let is_large_enough = |source: u64| sizes.get(&source).is_some_and(|&size| size >= CARRIERS);
    // Nearly every line occurs in one story only. A small table of counters, which lines may share, shows which are worth
    // listing.
    let places = (4 * stories.len()).next_power_of_two().max(1 << 12);
    let count = |at: usize, reader: &mut TokenReader<'_>, keys: &mut Vec<u64>| {
        if is_large_enough(stories[at].0) {
            keys_of(stories[at], reader, keys);
        }
    };
    let counters = Counters::new(stories.len(), places.trailing_zeros(), || tokens.reader(), count);
    let bits = Partitions::<Carried>::bits_for(CARRIERS * stories.len(), 1, budget);
    let mut carried: Partitions<Carried> = Partitions::new(bits, budget);
    let mut ranks: Vec<u64> = Vec::with_capacity(stories.len());
    for (batch, stories) in stories.chunks(BATCH).enumerate() {
        let found: Vec<(u64, Vec<Carried>)> = stories
            .par_iter()
            .enumerate()
            .map_init(
                || (tokens.reader(), Vec::new()),
                |(reader, keys), (at, &(source, document))| {
                    if !is_large_enough(source) {
                        return (0, Vec::new());
                    }
                    let needed = needed(source).min(usize::from(SATURATED));
                    let rank = mix(keys_of((source, document), reader, keys) as u64);
                    let is_carried = |&key: &u64| usize::from(counters.of(key)) >= needed;
                    // Documents have 32-bit numbers.
                    let at = (batch * BATCH + at) as u32;
                    let carried = keys.iter().copied().filter(is_carried);
                    (rank, carried.map(|key| (key, rank, at)).collect())
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
        for group in carried.chunk_by(|a, b| a.0 == b.0) {
            let source = stories[group[0].2 as usize].0;
            if group.len() >= needed(source) {
                // Samples by rank choose the same stories for as many lines of a source as possible, so that each
                // story is prepared once.
                let sample = group.iter().take(COMPARED).map(|&(.., at)| at).collect();
                lines.push(Repeated { key: group[0].0, sample, others: Vec::new() });
            }
        }
    }
    Ok(Found { lines, ranks })
}

/// Key of a line, rank of a story, and the story's index in the list of stories.
type Carried = (u64, u64, u32);
