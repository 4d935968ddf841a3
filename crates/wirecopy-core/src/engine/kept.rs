//! What was measured on related pairs, kept so that a report can explain them without measuring them again.
//!
//! A pair takes some 200 bytes: of its features those that are not 0, as 32-bit numbers, and its rarest shared terms. Once the limit is
//! reached, no more pairs are kept; the others are measured again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::DocId;
use crate::score::{FEATURES, Features};

/// Number of parts with separate locks, so that threads rarely wait for each other.
const PARTS: usize = 16;
/// Bytes of a record besides its numbers: its key, its address and length, and its share of free slots.
const OVERHEAD: usize = 48;

// A record begins with a bit for each feature, in two numbers.
const _: () = assert!(FEATURES <= u64::BITS as usize);

/// Measurements by pair.
#[derive(Debug)]
pub(super) struct Kept {
    parts: Vec<Mutex<Part>>,
    /// Most bytes of a part.
    most: usize,
}

#[derive(Debug, Default)]
struct Part {
    /// For each pair the features that are not 0, as bits, then their values, then terms.
    records: HashMap<(DocId, DocId), Box<[u32]>>,
    bytes: usize,
}

impl Kept {
    /// Creates a collection of up to `bytes`.
    pub(super) fn new(bytes: usize) -> Self {
        Self { parts: std::iter::repeat_with(Mutex::default).take(PARTS).collect(), most: bytes / PARTS }
    }

    /// Keeps the features and terms of a pair, unless the limit is reached.
    pub(super) fn keep(&self, a: DocId, b: DocId, features: &Features, terms: &[u32]) {
        let mut set = 0_u64;
        let mut record = vec![0, 0];
        for (at, &value) in features.values().iter().enumerate() {
            let short = value as f32;
            if f64::from(short).to_bits() != value.to_bits() {
                return;
            }
            if short.to_bits() != 0 {
                set |= 1 << at;
                record.push(short.to_bits());
            }
        }
        (record[0], record[1]) = (set as u32, (set >> 32) as u32);
        record.extend_from_slice(terms);
        let bytes = OVERHEAD + size_of_val(record.as_slice());
        let mut part = self.part(a, b);
        if part.bytes + bytes <= self.most && part.records.insert((a, b), record.into()).is_none() {
            part.bytes += bytes;
        }
    }

    /// Returns the features of a pair, if they were kept.
    pub(super) fn features(&self, a: DocId, b: DocId) -> Option<Features> {
        let part = self.part(a, b);
        let (set, values, _) = split(part.records.get(&(a, b))?)?;
        let mut values = values.iter();
        let value = |at: usize| match set >> at & 1 {
            0 => 0.0,
            _ => values.next().map_or(0.0, |&bits| f64::from(f32::from_bits(bits))),
        };
        Some(Features::of_values(&std::array::from_fn(value)))
    }

    /// Returns the terms of a pair, if they were kept.
    pub(super) fn terms(&self, a: DocId, b: DocId) -> Option<Vec<u32>> {
        let part = self.part(a, b);
        let (.., terms) = split(part.records.get(&(a, b))?)?;
        Some(terms.to_vec())
    }

    fn part(&self, a: DocId, b: DocId) -> MutexGuard<'_, Part> {
        self.parts[(a.0 ^ b.0) as usize % PARTS].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Splits a record into the bits of the features that are not 0, their values, and the terms.
fn split(record: &[u32]) -> Option<(u64, &[u32], &[u32])> {
    let (&[low, high], rest) = record.split_first_chunk()?;
    let set = u64::from(low) | u64::from(high) << 32;
    let (values, terms) = rest.split_at_checked(set.count_ones() as usize)?;
    Some((set, values, terms))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_kept_comes_back(
            values in prop::collection::vec(prop::option::of(any::<f32>()), FEATURES),
            terms in prop::collection::vec(any::<u32>(), 0..9),
        ) {
            let values: Vec<f64> =
                values.into_iter().map(|value| f64::from(value.filter(|v| !v.is_nan()).unwrap_or(0.0))).collect();
            let features = Features::of_values(&values.try_into().unwrap());
            let kept = Kept::new(1 << 20);
            kept.keep(DocId(3), DocId(9), &features, &terms);
            prop_assert_eq!(kept.features(DocId(3), DocId(9)), Some(features));
            prop_assert_eq!(kept.terms(DocId(3), DocId(9)), Some(terms));
            prop_assert_eq!(kept.features(DocId(9), DocId(3)), None);
            prop_assert_eq!(kept.terms(DocId(9), DocId(3)), None);
        }
    }

    #[test]
    fn limit_is_kept_and_so_is_precision() {
        let kept = Kept::new(PARTS * 300);
        let features = Features::of_values(&[0.0; FEATURES]);
        (0..1000).for_each(|b| kept.keep(DocId(0), DocId(b), &features, &[1, 2]));
        let held = (0..1000).filter(|&b| kept.features(DocId(0), DocId(b)).is_some()).count();
        assert_eq!(held, PARTS * (300 / (OVERHEAD + 16)));
        let kept = Kept::new(1 << 20);
        kept.keep(DocId(0), DocId(1), &Features::of_values(&[0.1; FEATURES]), &[]);
        assert_eq!(kept.features(DocId(0), DocId(1)), None, "0.1 has more bits than are kept");
    }
}
