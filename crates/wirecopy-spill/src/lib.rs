//! What does not fit into memory: fixed records by key, and blobs by number, in memory as long as they fit and in a
//! temporary file from then on.
//!
//! A [`Budget`] says how much may be held and where temporary files go; without a limit nothing is ever written.
//! [`Partitions`] is for what is sorted: records are spread over partitions by the leading bits of a key and come back
//! partition by partition, so that each can be sorted and scanned by itself (a radix partition, as in external sorting;
//! Knuth, *Sorting and Searching*, 5.4.9). [`Blobs`] is for what is looked up: slices with numbers, readable from many
//! threads at once. Both give back the same, spilled or not.
//!
//! Files have no name where the system allows that, so that nothing of them is left however the process ends; elsewhere
//! they are removed when they are closed. A file that cannot be made, written or read is an
//! [`Error`] with its folder.
//!
//! Cost: a push is a push to a vector; a spilled record is written once and read once, a spilled blob is one read of the
//! file, or less where blobs are asked for one after the other.

#![forbid(unsafe_code)]

mod blobs;
mod budget;
mod error;
mod failure;
mod file;
mod partitions;
mod record;

pub use blobs::{Blobs, Reader};
pub use budget::Budget;
pub use error::{Error, Result};
pub use failure::Failure;
pub use partitions::{Part, Partitions};
pub use record::Record;
