//! Sizes of parallel tasks.
//!
//! rayon splits a list into about twice as many tasks as there are threads, and splits a task again only before it starts. Where items
//! differ in cost, as clusters and parts of an index do, the last task then keeps one thread busy while the others wait. These are values
//! for [`with_max_len`](rayon::iter::IndexedParallelIterator::with_max_len).

/// Most items of a task if each item takes a tenth of a millisecond or more.
pub const HEAVY: usize = 1;
/// Most items of a task if an item takes some microseconds.
pub const LIGHT: usize = 256;
