//! Numbered slices of records.

use super::budget::Budget;
use super::file::Spool;
use super::record::{Record, put_all, take_all};
use crate::Result;

/// Number of records in a block in memory; a longer blob has a block of its own.
const BLOCK: usize = 1 << 20;
/// Bytes that are collected before writing, and read ahead when blobs are read in order.
const AHEAD: usize = 256 << 10;

/// An append-only store of slices ("blobs"), numbered from 0. They are in memory until the budget is used up, and
/// then all in one temporary file. Eight bytes a blob stay in memory either way.
///
/// Each thread needs a [`Reader`] of its own.
///
/// ```
/// use wirecopy::spill::{Blobs, Budget};
///
/// let mut words = Blobs::new(&Budget::unlimited());
/// words.push(b"one")?;
/// words.push(b"two")?;
/// assert_eq!(words.reader().get(1)?, b"two");
/// # Ok::<(), wirecopy::Error>(())
/// ```
#[derive(Debug)]
pub struct Blobs<R> {
    /// End of each blob, counted in records, in the order in which they were added.
    ends: Vec<u64>,
    /// For each number, the index of its blob in `ends`; empty while the two are equal.
    order: Vec<u32>,
    kept: Kept<R>,
    budget: Budget,
}

#[derive(Debug)]
enum Kept<R> {
    Memory(Vec<Block<R>>),
    File {
        spool: Spool,
        /// Records that are not yet written, and the position of the first of them.
        pending: Vec<R>,
        from: u64,
        buffer: Vec<u8>,
    },
}

/// Whole blobs, one after another.
#[derive(Debug)]
struct Block<R> {
    from: u64,
    records: Vec<R>,
}

impl<R: Record> Blobs<R> {
    /// Creates an empty store.
    pub fn new(budget: &Budget) -> Self {
        Self { ends: Vec::new(), order: Vec::new(), kept: Kept::Memory(Vec::new()), budget: budget.clone() }
    }

    /// Returns the number of blobs.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns whether the store is empty.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns whether the blobs are in a file.
    pub fn is_spilled(&self) -> bool {
        matches!(self.kept, Kept::File { .. })
    }

    /// Returns the number of records in blob `at`, which must be less than [`len`](Self::len).
    pub fn len_of(&self, at: usize) -> usize {
        let (start, end) = self.range(at);
        (end - start) as usize
    }

    /// Renumbers the blobs: blob `order[at]` becomes blob `at`.
    pub fn reorder(&mut self, order: &[u32]) {
        let added = |&at: &u32| self.order.get(at as usize).copied().unwrap_or(at);
        self.order = order.iter().map(added).collect();
    }

    fn range(&self, at: usize) -> (u64, u64) {
        let at = self.order.get(at).map_or(at, |&at| at as usize);
        (if at == 0 { 0 } else { self.ends[at - 1] }, self.ends[at])
    }

    /// Appends a blob; its number is the number of blobs before.
    ///
    /// # Errors
    /// Returns [`Error`](crate::Error) if the temporary file cannot be created or written.
    pub fn push(&mut self, blob: &[R]) -> Result<()> {
        let start = self.ends.last().copied().unwrap_or(0);
        let end = start + blob.len() as u64;
        let bytes = usize::try_from(end).unwrap_or(usize::MAX).saturating_mul(size_of::<R>());
        if !self.is_spilled() && self.budget.bytes().is_some_and(|limit| bytes > limit) {
            self.spill(start)?;
        }
        match &mut self.kept {
            Kept::Memory(blocks) => match blocks.last_mut() {
                Some(block) if block.records.capacity() - block.records.len() >= blob.len() => {
                    block.records.extend_from_slice(blob);
                }
                _ => {
                    // The first block is no larger than a small corpus needs; later ones waste at most one blob.
                    let size = if blocks.is_empty() { BLOCK / 64 } else { BLOCK };
                    let mut records = Vec::with_capacity(size.max(blob.len()));
                    records.extend_from_slice(blob);
                    blocks.push(Block { from: start, records });
                }
            },
            Kept::File { spool, pending, from, buffer } => {
                pending.extend_from_slice(blob);
                if pending.len() * R::BYTES >= AHEAD {
                    put_all(pending, buffer);
                    spool.append(buffer)?;
                    *from = end;
                    pending.clear();
                }
            }
        }
        self.ends.push(end);
        Ok(())
    }

    /// Overwrites the beginning of blob `at` with `records`. The length of the blob and the rest of it stay;
    /// records beyond its length are ignored.
    ///
    /// # Errors
    /// Returns [`Error`](crate::Error) if the temporary file cannot be written.
    pub fn overwrite(&mut self, at: usize, records: &[R]) -> Result<()> {
        let (start, _) = self.range(at);
        let records = &records[..records.len().min(self.len_of(at))];
        match &mut self.kept {
            Kept::Memory(blocks) => {
                let after = blocks.partition_point(|block| block.from <= start);
                if let Some(block) = blocks[..after].last_mut().filter(|_| !records.is_empty()) {
                    let first = (start - block.from) as usize;
                    block.records[first..first + records.len()].copy_from_slice(records);
                }
            }
            Kept::File { spool, pending, from, buffer } => {
                if start >= *from {
                    let first = (start - *from) as usize;
                    pending[first..first + records.len()].copy_from_slice(records);
                } else {
                    put_all(records, buffer);
                    spool.overwrite(start * R::BYTES as u64, buffer)?;
                }
            }
        }
        Ok(())
    }

    /// Moves all blobs to a file.
    fn spill(&mut self, end: u64) -> Result<()> {
        let Kept::Memory(blocks) = &mut self.kept else { return Ok(()) };
        let mut spool = self.budget.spool()?;
        let mut buffer = Vec::new();
        for block in blocks.drain(..) {
            for records in block.records.chunks(AHEAD / R::BYTES.max(1)) {
                put_all(records, &mut buffer);
                spool.append(&buffer)?;
            }
        }
        self.kept = Kept::File { spool, pending: Vec::new(), from: end, buffer };
        Ok(())
    }

    /// Returns a reader; each thread needs its own.
    pub fn reader(&self) -> Reader<'_, R> {
        Reader { blobs: self, records: Vec::new(), bytes: Vec::new(), window: 0, next: usize::MAX }
    }
}

impl Blobs<u8> {
    /// Returns the numbers of all blobs, sorted by the bytes of the blobs and then by number.
    ///
    /// A radix sort, most significant digit first, with digits of eight bytes that skips common prefixes. Each round reads
    /// the blobs in order, so that a file is read a few times rather than at random.
    ///
    /// # Errors
    /// Returns [`Error`](crate::Error) if the temporary file cannot be read.
    pub fn ascending(&self) -> Result<Vec<u32>> {
        // Only blobs of documents are sorted, and these have 32-bit numbers.
        let mut numbers: Vec<u32> = (0..self.len()).map(|at| at as u32).collect();
        let mut unsorted = vec![(0..numbers.len(), 0)];
        let mut keyed: Vec<(u64, u8, u32)> = Vec::new();
        while let Some((range, depth)) = unsorted.pop() {
            let group = &mut numbers[range.clone()];
            let mut reader = self.reader();
            let mut model = Vec::new();
            for (at, &number) in group.iter().enumerate() {
                let bytes = &reader.get(number as usize)?[depth..];
                if at == 0 {
                    model.extend_from_slice(bytes);
                }
                let common = model.iter().zip(bytes).take_while(|(x, y)| x == y).count();
                model.truncate(common);
            }
            let depth = depth + model.len();
            keyed.clear();
            for &number in group.iter() {
                let rest = &reader.get(number as usize)?[depth..];
                let mut key = [0; 8];
                let length = rest.len().min(8);
                key[..length].copy_from_slice(&rest[..length]);
                keyed.push((u64::from_be_bytes(key), rest.len().min(9) as u8, number));
            }
            keyed.sort_unstable();
            let mut start = range.start;
            for equal in keyed.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
                // Nine means more than eight bytes, of which the rest remains to be compared.
                if equal.len() > 1 && equal[0].1 == 9 {
                    unsorted.push((start..start + equal.len(), depth + 8));
                }
                start += equal.len();
            }
            for (number, &(_, _, sorted)) in group.iter_mut().zip(&keyed) {
                *number = sorted;
            }
        }
        Ok(numbers)
    }
}

/// Reads blobs of a store with a buffer of its own. Reads ahead if numbers ascend.
#[derive(Debug)]
pub struct Reader<'a, R> {
    blobs: &'a Blobs<R>,
    records: Vec<R>,
    bytes: Vec<u8>,
    /// Position in the file at which `bytes` begin.
    window: u64,
    /// The number after the last one read.
    next: usize,
}

impl<R: Record> Reader<'_, R> {
    /// Returns blob `at`, which must exist.
    ///
    /// # Errors
    /// Returns [`Error`](crate::Error) if the temporary file cannot be read.
    pub fn get(&mut self, at: usize) -> Result<&[R]> {
        let (start, end) = self.blobs.range(at);
        let length = (end - start) as usize;
        let (spool, pending, from) = match &self.blobs.kept {
            Kept::Memory(blocks) => {
                let after = blocks.partition_point(|block| block.from <= start);
                // Empty blobs have no position in a block.
                let Some(block) = blocks[..after].last().filter(|_| length > 0) else { return Ok(&[]) };
                let first = (start - block.from) as usize;
                return Ok(&block.records[first..first + length]);
            }
            Kept::File { spool, pending, from, .. } => (spool, pending, *from),
        };
        if start >= from {
            let first = (start - from) as usize;
            return Ok(&pending[first..first + length]);
        }
        let size = R::BYTES as u64;
        let (first, bytes) = (start * size, length * R::BYTES);
        let held = self.window..self.window + self.bytes.len() as u64;
        if !(held.contains(&first) && first + bytes as u64 <= held.end) {
            let ahead = if at == self.next { AHEAD } else { 0 };
            spool.read(first, bytes.max(ahead), &mut self.bytes)?;
            self.window = first;
        }
        self.next = at + 1;
        let first = (first - self.window) as usize;
        take_all(&self.bytes[first..first + bytes], &mut self.records);
        Ok(&self.records)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn blobs_are_sorted_by_their_bytes(
            blobs in prop::collection::vec("(news/2024/)?[ab\u{0}]{0,20}", 0..60),
            limit in prop::option::of(0usize..300),
        ) {
            let budget = limit.map_or_else(Budget::unlimited, |limit| Budget::new(limit, None));
            let mut stored = Blobs::new(&budget);
            for blob in &blobs {
                stored.push(blob.as_bytes()).unwrap();
            }
            let mut expected: Vec<u32> = (0..u32::try_from(blobs.len()).unwrap()).collect();
            expected.sort_by_key(|&at| &blobs[at as usize]);
            prop_assert_eq!(stored.ascending().unwrap(), expected);
        }

        #[test]
        fn blobs_are_the_same_for_any_limit_and_order(
            blobs in prop::collection::vec(prop::collection::vec(any::<u16>(), 0..40), 1..60),
            order in prop::collection::vec(any::<prop::sample::Index>(), 0..60),
            limit in 0usize..3000,
        ) {
            let mut free = Blobs::new(&Budget::unlimited());
            let mut limited = Blobs::new(&Budget::new(limit, None));
            for blob in &blobs {
                free.push(blob).unwrap();
                limited.push(blob).unwrap();
            }
            let bytes: usize = blobs.iter().map(|blob| 2 * blob.len()).sum();
            prop_assert!(!free.is_spilled());
            prop_assert_eq!(limited.is_spilled(), bytes > limit);
            prop_assert_eq!((free.len(), limited.len()), (blobs.len(), blobs.len()));
            let (mut a, mut b) = (free.reader(), limited.reader());
            for at in (0..blobs.len()).chain(order.iter().map(|at| at.index(blobs.len()))) {
                prop_assert_eq!(free.len_of(at), blobs[at].len());
                prop_assert_eq!(a.get(at).unwrap(), &blobs[at][..]);
                prop_assert_eq!(b.get(at).unwrap(), &blobs[at][..]);
            }
        }
    }

    #[test]
    fn beginning_of_a_blob_can_be_overwritten_in_memory_and_file() {
        for limit in [None, Some(0), Some(300)] {
            let budget = limit.map_or_else(Budget::unlimited, |limit| Budget::new(limit, None));
            let mut blobs = Blobs::new(&budget);
            let own = |at: u32| [at, at, at];
            // Enough blobs that some are written and some are pending.
            let many = AHEAD as u32 / 10;
            for at in 0..many {
                blobs.push(&own(at)).unwrap();
            }
            for at in [0, 5, many - 1] {
                blobs.overwrite(at as usize, &[7, 8]).unwrap();
                assert_eq!(blobs.reader().get(at as usize).unwrap(), [7, 8, at]);
            }
            assert_eq!(blobs.reader().get(6).unwrap(), own(6));
        }
    }

    #[test]
    fn blobs_may_be_longer_than_a_block_and_the_read_ahead() {
        let long: Vec<u32> = (0..3 * BLOCK as u32 / 2).collect();
        for budget in [Budget::unlimited(), Budget::new(1 << 20, None)] {
            let mut blobs = Blobs::new(&budget);
            for blob in [&long[..3], &long, &long[..0], &long[5..9], &long[1..]] {
                blobs.push(blob).unwrap();
            }
            let mut reader = blobs.reader();
            for (at, blob) in [&long[..3], &long, &long[..0], &long[5..9], &long[1..]].into_iter().enumerate()
            {
                assert_eq!(reader.get(at).unwrap(), blob, "{at}");
            }
        }
    }

    #[test]
    fn threads_can_read_concurrently() {
        use rayon::prelude::*;

        let mut blobs = Blobs::new(&Budget::new(1000, None));
        for at in 0..100_000_u64 {
            blobs.push(&[at, at + 1, at * 2]).unwrap();
        }
        let right = (0..100_000_usize)
            .into_par_iter()
            .map_init(|| blobs.reader(), |reader, at| reader.get(at).unwrap()[2] == at as u64 * 2)
            .all(|right| right);
        assert!(right);
    }
}
