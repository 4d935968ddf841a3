//! From keys to pairs of documents.
//!
//! Each function takes rows of whole groups: all rows of a key, of any number of keys, in any order. It sorts them and makes pairs
//! with bounded work for each row, however many documents have a key.

use crate::candidates::bands::pair_up;
use crate::candidates::contained::{self, Sampled};
use crate::candidates::postings::in_window;
use crate::candidates::rare;
use crate::cluster::UnionFind;

/// A document's key in a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BandKey {
    /// The number of the band.
    pub band: u16,
    /// The key, cut by [`KeyCut::of_band`](super::KeyCut::of_band).
    pub key: u64,
    /// The number of tokens of the document.
    pub length: u32,
    /// The document.
    pub uid: u64,
}

/// A document's key in a join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct JoinKey {
    /// The key, cut by [`KeyCut::of_join`](super::KeyCut::of_join).
    pub key: u64,
    /// The document.
    pub uid: u64,
}

/// A join, which determines how many documents of a key are paired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// By a sample of shingles, for excerpts.
    Excerpts,
    /// By rare features, for rewrites.
    Rewrites,
}

/// Pairs of documents, the lower uid first.
pub type Pairs = Vec<(u64, u64)>;

/// The result of a join over some keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// Pairs that share keys, each with the number of keys, ascending. The numbers of all groups are added up.
    pub pairs: Vec<((u64, u64), u32)>,
    /// Documents that share keys with others, each with the number of these keys, ascending. They are added up, too.
    pub listed: Vec<(u64, u32)>,
    /// The number of documents of the most frequent key.
    pub largest: usize,
}

/// Returns the pairs of documents that agree in a band, ascending and without repeats, and the number of documents of the most frequent
/// key. At most four pairs for each row.
pub fn pairs_of_bands(mut rows: Vec<BandKey>) -> (Pairs, usize) {
    rows.sort_unstable();
    rows.dedup();
    let (mut pairs, mut largest) = (Pairs::new(), 0);
    let mut bucket: Vec<(u32, u64)> = Vec::new();
    for group in rows.chunk_by(|x, y| (x.band, x.key) == (y.band, y.key)) {
        largest = largest.max(group.len());
        bucket.clear();
        bucket.extend(group.iter().map(|row| (row.length, row.uid)));
        pair_up(&bucket, |a, b| pairs.push((a.min(b), a.max(b))));
    }
    pairs.sort_unstable();
    pairs.dedup();
    (pairs, largest)
}

/// Finds the pairs of documents that share keys. At most 16 pairs for each row of a join for excerpts, 32 for rewrites.
pub fn meetings(mut rows: Vec<JoinKey>, join: Join) -> Met {
    let window = match join {
        Join::Excerpts => contained::WINDOW,
        Join::Rewrites => rare::WINDOW,
    };
    rows.sort_unstable();
    rows.dedup();
    let (mut pairs, mut listed, mut largest) = (Pairs::new(), Vec::new(), 0);
    let mut list: Vec<u64> = Vec::new();
    for group in rows.chunk_by(|x, y| x.key == y.key) {
        largest = largest.max(group.len());
        if group.len() < 2 {
            continue;
        }
        list.clear();
        list.extend(group.iter().map(|row| row.uid));
        listed.extend_from_slice(&list);
        in_window(&list, window, |a, met| pairs.extend(met.iter().map(|&b| (a, b))));
    }
    Met { pairs: counted(pairs), listed: counted(listed), largest }
}

/// Counts equal values.
fn counted<T: Copy + Ord>(mut values: Vec<T>) -> Vec<(T, u32)> {
    values.sort_unstable();
    // Keys have 32-bit numbers in any one document.
    values.chunk_by(|x, y| x == y).map(|group| (group[0], group.len() as u32)).collect()
}

/// Returns whether two documents that share `shared` keys of a join for excerpts are candidates. `sizes` are the lengths of their
/// [samples](super::Keys::sampled), `elsewhere` their counts in [`Met::listed`]. With `rewrites`, digests are looked for, too.
pub fn is_excerpt_candidate(shared: u32, sizes: (u32, u32), elsewhere: (u32, u32), rewrites: bool) -> bool {
    let a = Sampled { size: sizes.0, elsewhere: elsewhere.0 };
    let b = Sampled { size: sizes.1, elsewhere: elsewhere.1 };
    contained::is_candidate(a, b, shared as usize, rewrites)
}

/// Returns the connected components of pairs in memory: each document with the lowest of its component, ascending. For graphs that
/// fit into one machine; 40 bytes for each pair.
pub fn components(pairs: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut nodes: Vec<u64> = pairs.iter().flat_map(|&(a, b)| [a, b]).collect();
    nodes.sort_unstable();
    nodes.dedup();
    // A uid that is not among the nodes cannot occur.
    let place = |uid: u64| nodes.binary_search(&uid).unwrap_or_default() as u32;
    let mut sets = UnionFind::new(nodes.len());
    for &(a, b) in pairs {
        sets.union(place(a), place(b));
    }
    let mut lowest: Vec<Option<u64>> = vec![None; nodes.len()];
    let named = nodes.iter().zip(0u32..).map(|(&uid, at)| {
        let root = sets.find(at) as usize;
        (uid, *lowest[root].get_or_insert(uid))
    });
    named.collect()
}
