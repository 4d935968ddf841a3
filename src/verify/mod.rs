//! Pair to score: whether two texts are one dispatch in other words.

pub mod background;
pub mod idf;
pub mod terms;
pub mod features;
pub mod profile;
