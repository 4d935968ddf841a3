//! Measurements of wirecopy, not for users of the library: evaluation against labels, calibration of the model, perturbed
//! texts, invented corpora, benchmarks.

#![forbid(unsafe_code)]

pub mod bench;
pub mod eval;
pub mod generate;
pub mod perturb;
