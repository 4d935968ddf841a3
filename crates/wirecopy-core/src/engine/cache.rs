//! A cache of recently computed values, limited by their size in bytes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Number of parts with separate locks, so that threads rarely wait for each other.
const PARTS: usize = 16;

/// Recently used values by number.
///
/// Each part has two generations. A value that is used is in the young generation or moves there. When the young
/// generation has half of the part's bytes, it replaces the old one, which is dropped. This approximates a least recently
/// used cache without a list.
#[derive(Debug)]
pub struct Cache<T> {
    parts: Vec<Mutex<Part<T>>>,
    /// Most bytes of one generation of a part.
    most: usize,
}

#[derive(Debug)]
struct Part<T> {
    young: HashMap<u32, (Arc<T>, usize)>,
    bytes: usize,
    old: HashMap<u32, (Arc<T>, usize)>,
}

impl<T> Cache<T> {
    /// Creates a cache for values of up to `bytes` in total.
    pub fn new(bytes: usize) -> Self {
        let part = || Mutex::new(Part { young: HashMap::new(), bytes: 0, old: HashMap::new() });
        Self { parts: std::iter::repeat_with(part).take(PARTS).collect(), most: bytes / 2 / PARTS }
    }

    /// Returns the value with this number, from the cache or from `make`, which also returns its size in bytes. Two threads
    /// may compute the same value at the same time.
    pub fn get(&self, number: u32, make: impl FnOnce() -> (T, usize)) -> Arc<T> {
        let part = &self.parts[number as usize % PARTS];
        let lock = || part.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let mut part = lock();
            if let Some((value, _)) = part.young.get(&number) {
                return Arc::clone(value);
            }
            if let Some((value, bytes)) = part.old.remove(&number) {
                part.keep(number, &value, bytes, self.most);
                return value;
            }
        }
        let (value, bytes) = make();
        let value = Arc::new(value);
        lock().keep(number, &value, bytes, self.most);
        value
    }
}

impl<T> Part<T> {
    fn keep(&mut self, number: u32, value: &Arc<T>, bytes: usize, most: usize) {
        if self.bytes + bytes > most {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        // A value larger than a generation would evict all others.
        if bytes <= most && self.young.insert(number, (Arc::clone(value), bytes)).is_none() {
            self.bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn recent_values_are_computed_once() {
        let recent = Cache::new(2 * PARTS * 100);
        let made = Cell::new(0);
        let get = |number: u32| {
            *recent.get(number, || {
                made.set(made.get() + 1);
                (number * 10, 40)
            })
        };
        // All values are in one part, and two fit into a generation.
        let number = |n: u32| n * PARTS as u32;
        for n in [0, 1, 0, 1, 2, 0] {
            assert_eq!(get(number(n)), number(n) * 10);
        }
        assert_eq!(made.get(), 3, "0 came back from the old generation");
        for n in 3..7 {
            get(number(n));
        }
        assert_eq!(made.get(), 7);
        get(number(0));
        assert_eq!(made.get(), 8, "0 was dropped meanwhile");
    }

    #[test]
    fn cache_stays_within_its_limit() {
        let recent = Cache::new(10_000);
        for number in 0..1000 {
            recent.get(number, || (number, 100));
        }
        recent.get(5000, || (5000, 1 << 30));
        let held: usize = recent
            .parts
            .iter()
            .map(|part| part.lock().unwrap())
            .flat_map(|part| {
                part.young.values().chain(part.old.values()).map(|&(_, bytes)| bytes).collect::<Vec<_>>()
            })
            .sum();
        assert!((5_000..=10_000).contains(&held), "{held}");
    }
}
