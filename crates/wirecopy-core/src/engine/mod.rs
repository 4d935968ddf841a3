//! The stages over a whole corpus, each from the results of the one before.

mod cache;
mod corpus;
mod folders;
mod headers;
mod headlines;
pub mod joins;
pub mod judge;
mod learned;
mod prepare;
mod renumber;
mod scorer;
pub mod stages;

pub use corpus::{BATCH, Corpus};
pub use learned::{Marked, MarkedBy};
pub use prepare::{Preparer, Read};
pub use scorer::RunScorer;
