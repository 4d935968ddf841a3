//! Finds the copies in a folder of news: identical texts, reprints, excerpts and rewrites of one dispatch.
//!
//! A [`Pipeline`] reads documents, signs their shingles with MinHash, verifies each candidate pair exactly and
//! clusters what belongs together. The result is a [`report::Run`].
//!
//! ```no_run
//! use wirecopy::{Config, Pipeline, Root};
//!
//! let config = Config::default();
//! let run = Pipeline::new(&config).threads(2).run(&[Root::from("corpus/")])?;
//! for cluster in &run.clusters {
//!     println!("{} ×{}", cluster.representative, cluster.members.len());
//! }
//! # Ok::<(), wirecopy::Error>(())
//! ```
//!
//! The library never prints, reads neither arguments nor the environment, and builds no global thread pool. The
//! same input and configuration give the same report with any number of threads.

#![forbid(unsafe_code)]

pub mod bench;
pub mod candidates;
pub mod classify;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod cluster;
pub mod compare;
pub mod config;
mod dates;
mod document;
mod error;
pub mod eval;
pub mod generate;
mod hash;
pub mod ingest;
pub mod keep;
pub mod perturb;
mod pipeline;
mod progress;
pub mod report;
pub mod sketch;
pub mod sources;
pub mod spill;
pub mod text;
pub mod verify;

pub use compare::{Comparison, compare};
pub use config::Config;
pub use document::{DateOrigin, DocId, Document, Header, Metadata, Skipped};
pub use error::{Error, Result};
pub use ingest::Root;
pub use pipeline::Pipeline;
pub use progress::{Cancel, NoProgress, Progress, Stage};
