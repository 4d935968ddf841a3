//! What went into and came out of each stage, and when.

use std::time::Instant;

use jiff::Timestamp;

use crate::StageLine;
use wirecopy_core::Result;
use wirecopy_core::progress::{Progress, Stage};

/// The books of a run.
pub(super) struct Account<'a> {
    /// When the run began.
    pub(super) started: Timestamp,
    begun: Instant,
    progress: &'a dyn Progress,
    stages: Vec<StageLine>,
}

impl<'a> Account<'a> {
    pub(super) fn new(progress: &'a dyn Progress) -> Self {
        Self { started: Timestamp::now(), begun: Instant::now(), progress, stages: Vec::new() }
    }

    /// Runs one stage; `work` returns what it made and how many items came out. The stage begins for the listener
    /// here, with `total` steps to come.
    pub(super) fn stage<T>(
        &mut self,
        stage: Stage,
        came_in: u64,
        total: Option<u64>,
        work: impl FnOnce(&dyn Progress) -> Result<(T, u64)>,
    ) -> Result<T> {
        self.progress.begin(stage, total);
        self.measure(stage, |progress| work(progress).map(|(made, out)| (made, came_in, out)))
    }

    /// Like [`Account::stage`] for a stage that begins for the listener by itself, and learns what came in on the way.
    pub(super) fn measure<T>(
        &mut self,
        stage: Stage,
        work: impl FnOnce(&dyn Progress) -> Result<(T, u64, u64)>,
    ) -> Result<T> {
        let begun = Instant::now();
        let (made, came_in, came_out) = work(self.progress)?;
        self.progress.end(stage, came_in, came_out);
        let seconds = begun.elapsed().as_secs_f64();
        tracing::debug!(%stage, came_in, came_out, seconds, "stage done");
        self.stages.push(StageLine { stage: stage.name().to_owned(), came_in, came_out, seconds });
        Ok(made)
    }

    /// The stages so far, and the seconds since the run began.
    pub(super) fn close(self) -> (Vec<StageLine>, f64) {
        (self.stages, self.begun.elapsed().as_secs_f64())
    }
}
