//! The integration tests, in one crate so that the program is linked once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod any_order;
mod bad_cases;
mod bad_input;
mod bad_input_cli;
mod bench_cli;
mod boilerplate;
mod browser;
mod cli;
mod compare;
mod copy_to;
mod corpus;
mod credits;
mod dates_cli;
mod delivery;
mod desk;
mod determinism;
mod docs;
mod engine;
mod eval_cli;
mod exit_codes;
mod file_names;
#[cfg(all(feature = "html", feature = "wire", feature = "exports"))]
mod form_samples;
#[cfg(all(feature = "html", feature = "wire", feature = "exports"))]
mod formats;
mod fresh_run;
mod keep_cli;
mod limits_cli;
mod memory_cli;
mod outputs;
mod page;
#[cfg(feature = "parquet")]
mod parquet_cli;
mod periodically_updated;
mod records_cli;
mod renamed;
mod schema_1;
