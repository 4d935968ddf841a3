//! Records of fixed length, distributed to partitions by their keys.

use std::sync::Arc;

use super::budget::Budget;
use super::file::Spool;
use super::record::{Record, put_all, take_all};
use crate::Result;

/// Most leading bits of a key that select a partition.
const MOST_BITS: u32 = 16;

/// Records that are pushed with a 64-bit key and returned partition by partition.
///
/// A partition holds the records whose keys begin with its bits, in the order of pushing, and partitions are in
/// the order of those bits. So records of equal keys come back together, and sorted partitions make a sorted
/// whole. The result does not depend on the budget.
///
/// Memory holds at most the budget's bytes, and a whole partition while it is read: choose the bits so that one
/// fits ([`Partitions::bits_for`]), and mix keys beforehand, or one partition may receive them all.
///
/// ```
/// use wirecopy::spill::{Budget, Partitions};
///
/// let mut records = Partitions::new(4, &Budget::unlimited());
/// for (key, document) in [(7_u64 << 60, 1_u32), (2 << 60, 2), (7 << 60, 3)] {
///     records.push(key, (key, document))?;
/// }
/// let parts: Vec<Vec<(u64, u32)>> =
///     records.finish()?.into_iter().map(|part| part.read()).collect::<Result<_, _>>()?;
/// assert_eq!(parts[7], [(7 << 60, 1), (7 << 60, 3)]);
/// # Ok::<(), wirecopy::Error>(())
/// ```
#[derive(Debug)]
pub struct Partitions<R> {
    bits: u32,
    parts: Vec<Pending<R>>,
    /// Number of records that may be pushed before the budget is used up.
    left: usize,
    /// Number of records that memory may hold.
    capacity: usize,
    budget: Budget,
    spool: Option<Spool>,
    buffer: Vec<u8>,
    len: usize,
}

#[derive(Debug)]
struct Pending<R> {
    held: Vec<R>,
    chunks: Vec<Chunk>,
}

/// A contiguous chunk of one partition's records in the file.
#[derive(Clone, Copy, Debug)]
struct Chunk {
    at: u64,
    bytes: usize,
}

impl<R: Record> Partitions<R> {
    /// Creates 2^`bits` empty partitions; with 0 bits there is one, which is a plain vector.
    pub fn new(bits: u32, budget: &Budget) -> Self {
        let bits = bits.min(MOST_BITS);
        let parts: Vec<Pending<R>> =
            std::iter::repeat_with(|| Pending { held: Vec::new(), chunks: Vec::new() })
                .take(1 << bits)
                .collect();
        // Vectors may have a capacity of twice their length.
        let capacity = budget.bytes().map_or(usize::MAX, |bytes| (bytes / 2 / size_of::<R>().max(1)).max(1));
        Self {
            bits,
            parts,
            left: capacity,
            capacity,
            budget: budget.clone(),
            spool: None,
            buffer: Vec::new(),
            len: 0,
        }
    }

    /// Returns the number of bits with which `records` records with evenly distributed keys make partitions of
    /// which `readers` fit the budget at a time; 0 without a limit.
    pub fn bits_for(records: usize, readers: usize, budget: &Budget) -> u32 {
        let Some(bytes) = budget.bytes() else { return 0 };
        let one = (bytes / readers.max(1)).max(1);
        let parts = records.saturating_mul(size_of::<R>()).div_ceil(one).min(1 << MOST_BITS);
        parts.next_power_of_two().ilog2()
    }

    /// Adds a record to the partition selected by the leading bits of its key.
    ///
    /// # Errors
    /// Returns [`Error`](crate::Error) if the temporary file cannot be created or written.
    #[inline]
    pub fn push(&mut self, key: u64, record: R) -> Result<()> {
        // Two shifts, because a shift by all 64 bits would overflow.
        let part = ((key >> 1) >> (63 - self.bits)) as usize;
        self.parts[part].held.push(record);
        self.left -= 1;
        if self.left == 0 { self.spill() } else { Ok(()) }
    }

    /// Returns the number of records pushed so far.
    pub fn len(&self) -> usize {
        self.len + (self.capacity - self.left)
    }

    /// Returns whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns whether any records are in a file.
    pub fn is_spilled(&self) -> bool {
        self.spool.is_some()
    }

    #[cold]
    fn spill(&mut self) -> Result<()> {
        self.len = self.len();
        self.left = self.capacity;
        let spool = match &mut self.spool {
            Some(spool) => spool,
            none => none.insert(self.budget.spool()?),
        };
        for part in self.parts.iter_mut().filter(|part| !part.held.is_empty()) {
            put_all(&part.held, &mut self.buffer);
            part.chunks.push(Chunk { at: spool.append(&self.buffer)?, bytes: self.buffer.len() });
            part.held.clear();
        }
        Ok(())
    }

    /// Returns the partitions, in the order of their bits. Each can be read on its own, on any thread.
    ///
    /// # Errors
    /// Returns [`Error`](crate::Error) if the temporary file cannot be written.
    pub fn finish(mut self) -> Result<Vec<Part<R>>> {
        // Frees memory for the partitions that are read back.
        if self.spool.is_some() {
            self.spill()?;
        }
        let spool = self.spool.map(Arc::new);
        let parts = self.parts.into_iter().map(|part| match &spool {
            Some(spool) => Part(Kept::File(Arc::clone(spool), part.chunks)),
            None => Part(Kept::Memory(part.held)),
        });
        Ok(parts.collect())
    }
}

/// A finished partition.
#[derive(Debug)]
pub struct Part<R>(Kept<R>);

#[derive(Debug)]
enum Kept<R> {
    Memory(Vec<R>),
    File(Arc<Spool>, Vec<Chunk>),
}

impl<R: Record> Part<R> {
    /// Returns the records, in the order of pushing.
    ///
    /// # Errors
    /// Returns [`Error`](crate::Error) if the temporary file cannot be read.
    pub fn read(self) -> Result<Vec<R>> {
        let (spool, chunks) = match self.0 {
            Kept::Memory(held) => return Ok(held),
            Kept::File(spool, chunks) => (spool, chunks),
        };
        let bytes: usize = chunks.iter().map(|chunk| chunk.bytes).sum();
        let mut all = Vec::with_capacity(bytes / R::BYTES.max(1));
        let (mut bytes, mut records) = (Vec::new(), Vec::new());
        for chunk in chunks {
            spool.read(chunk.at, chunk.bytes, &mut bytes)?;
            take_all(&bytes, &mut records);
            all.extend_from_slice(&records);
        }
        Ok(all)
    }

    /// Returns the number of records.
    pub fn len(&self) -> usize {
        match &self.0 {
            Kept::Memory(held) => held.len(),
            Kept::File(_, chunks) => chunks.iter().map(|chunk| chunk.bytes).sum::<usize>() / R::BYTES.max(1),
        }
    }

    /// Returns whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Error;

    fn read(partitions: Partitions<(u64, u32)>) -> Vec<Vec<(u64, u32)>> {
        partitions.finish().unwrap().into_iter().map(|part| part.read().unwrap()).collect()
    }

    proptest! {
        #[test]
        fn partitions_agree_with_a_stable_sort_for_any_limit(
            records in prop::collection::vec((any::<u64>(), 0u32..9), 0..300),
            bits in 0u32..6,
            limit in 1usize..3000,
        ) {
            let mut free = Partitions::new(bits, &Budget::unlimited());
            let mut limited = Partitions::new(bits, &Budget::new(limit, None));
            for &record in &records {
                free.push(record.0, record).unwrap();
                limited.push(record.0, record).unwrap();
            }
            prop_assert_eq!((free.len(), limited.len()), (records.len(), records.len()));
            prop_assert!(!free.is_spilled());
            prop_assert_eq!(limited.is_spilled(), records.len() >= (limit / 2 / 16).max(1));
            let parts = read(free);
            prop_assert_eq!(parts.len(), 1 << bits);
            prop_assert_eq!(&parts, &read(limited));
            let mut sorted = records;
            sorted.sort_by_key(|record| if bits == 0 { 0 } else { record.0 >> (64 - bits) });
            prop_assert_eq!(parts.concat(), sorted);
        }
    }

    #[test]
    fn lengths_are_known_without_reading() {
        let mut partitions = Partitions::new(1, &Budget::new(100, None));
        for at in 0..50_u32 {
            partitions.push(u64::from(at < 20) << 63, at).unwrap();
        }
        let parts = partitions.finish().unwrap();
        assert_eq!(parts.iter().map(Part::len).collect::<Vec<_>>(), [30, 20]);
    }

    #[test]
    fn bits_for_makes_partitions_that_fit() {
        let bits = |records, limit| Partitions::<(u64, u32)>::bits_for(records, 2, &Budget::new(limit, None));
        assert_eq!((bits(1000, 32_000), bits(1000, 31_999), bits(1000, 8_000)), (0, 1, 2));
        assert_eq!((bits(usize::MAX, 1), bits(0, 0)), (MOST_BITS, 0));
        assert_eq!(Partitions::<u8>::bits_for(1 << 40, 2, &Budget::unlimited()), 0);
    }

    #[test]
    fn push_fails_if_the_folder_is_missing() {
        let mut partitions = Partitions::new(0, &Budget::new(40, Some("/no/such/folder".into())));
        let outcomes: Vec<bool> = (0..5_u64).map(|at| partitions.push(at, at).is_ok()).collect();
        assert_eq!(outcomes, [true, false, true, false, true]);
        assert!(matches!(partitions.push(0, 0), Err(Error { .. })));
    }
}
