//! Measurements of wirecopy, for its developers: evaluation against labels, calibration of the model, perturbed texts,
//! generated corpora, benchmarks.
//!
//! The stable interface is the crate `wirecopy`; this one may change with every version.

#![forbid(unsafe_code)]

pub mod bench;
pub mod eval;
pub mod generate;
pub mod perturb;
