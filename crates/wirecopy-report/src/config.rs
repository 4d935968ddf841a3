//! Every setting of a run.
//!
//! Help texts, the configuration dump and the documentation are made from these structs and their defaults.

use serde::{Deserialize, Serialize};
use wirecopy_core::Result;
use wirecopy_core::config::MatchConfig;
use wirecopy_ingest::config::IngestConfig;

/// The settings of a run. They are written to the report's `run` line and read from `wirecopy.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Which inputs are read, and how.
    pub ingest: IngestConfig,
    /// What counts as a copy or an excerpt, and how candidates are found.
    #[serde(rename = "match")]
    pub matching: MatchConfig,
}

impl Config {
    /// Checks every range.
    ///
    /// # Errors
    /// [`Error::Config`](wirecopy_core::Error::Config) names the first setting that is out of its range, and the range.
    pub fn validate(&self) -> Result<()> {
        self.matching.validate()?;
        self.ingest.validate()
    }
}
