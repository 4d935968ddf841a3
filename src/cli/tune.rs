//! `wirecopy tune`: bands and rows for a threshold. Not among the verbs yet: the mathematics come with the candidates.

use clap::Args;

/// `wirecopy tune`.
#[derive(Clone, Copy, Debug, Args)]
pub struct TuneArgs {
    /// Similarity that is to be found
    #[arg(long, value_name = "SHARE")]
    pub threshold: Option<f64>,
    /// Share of the pairs at the threshold that may be missed
    #[arg(long, value_name = "SHARE")]
    pub misses: Option<f64>,
    /// Minima in a signature
    #[arg(long, value_name = "N")]
    pub signature: Option<u32>,
}
