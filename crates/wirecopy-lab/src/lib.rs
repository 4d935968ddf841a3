//! Measurements of wirecopy, for its developers: evaluation against labels, calibration of the model, perturbed texts,
//! generated corpora, benchmarks.

#![forbid(unsafe_code)]

pub mod bench;
pub mod eval;
pub mod generate;
pub mod perturb;
