//! Records how many items went into and came out of each stage, and how long it took.

use std::time::Instant;

use jiff::Timestamp;

use crate::Result;
use crate::progress::{Progress, Stage};
use crate::report::StageLine;

/// The counts and times of a run's stages.
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

    /// Runs one stage and announces it with `total` steps. `work` returns its result and the number of items that
    /// came out.
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

    /// Runs a stage like [`Account::stage`], for `work` that announces the stage itself and also returns the
    /// number of items that came in.
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

    /// Returns the stages, and the seconds since the run began.
    pub(super) fn close(self) -> (Vec<StageLine>, f64) {
        (self.stages, self.begun.elapsed().as_secs_f64())
    }
}
