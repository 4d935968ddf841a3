//! Storage for what does not fit into memory: records by key and blobs by number, kept in memory as long as they
//! fit and then in a temporary file.
//!
//! A [`Budget`] limits the memory and names the folder for temporary files; without a limit, nothing is ever
//! written. [`Partitions`] is for data to be sorted: records are distributed to partitions by the leading bits of
//! a key and returned partition by partition, so that each can be sorted and scanned on its own (a radix
//! partition, as in external sorting; Knuth, *Sorting and Searching*, 5.4.9). [`Blobs`] is for data to be looked
//! up: numbered slices that many threads can read at once and that can be sorted by their bytes. Both return the same data, spilled or not.
//!
//! Where the system allows it, temporary files have no name, so that nothing remains however the process ends;
//! elsewhere they are removed when they are closed. If a file cannot be created, written or read, the error is
//! [`Error`] with its folder.
//!
//! Cost: a push is a push to a vector. A spilled record is written once and read once. A spilled blob takes one
//! read of the file, or less if blobs are read in order.
//!
//! The stable interface is the crate `wirecopy`; this one may change with every version.

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
