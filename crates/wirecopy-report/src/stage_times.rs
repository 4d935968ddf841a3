//! The items into and out of each stage of a run, and its seconds.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use jiff::Timestamp;
use wirecopy_core::{Progress, Stage};

use crate::StageLine;

/// When a run began.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Timestamp,
    begun: Instant,
}

impl Clock {
    /// Starts the clock.
    pub fn start() -> Self {
        Self { started: Timestamp::now(), begun: Instant::now() }
    }
}

/// Records every stage that ends, and passes all progress on to another listener.
///
/// The seconds of a stage are those since the end of the stage before, so that they add up to those of the run.
pub struct StageTimes<'a> {
    clock: Clock,
    listener: &'a dyn Progress,
    ended: Mutex<(Instant, Vec<StageLine>)>,
}

impl<'a> StageTimes<'a> {
    /// Records the stages of a run that began when `clock` was started.
    pub fn new(clock: Clock, listener: &'a dyn Progress) -> Self {
        Self { clock, listener, ended: Mutex::new((clock.begun, Vec::new())) }
    }

    /// Returns when the run began.
    pub fn started(&self) -> Timestamp {
        self.clock.started
    }

    /// Returns the stages in order, and the seconds since the run began.
    pub fn close(self) -> (Vec<StageLine>, f64) {
        let (_, stages) = self.ended.into_inner().unwrap_or_else(PoisonError::into_inner);
        (stages, self.clock.begun.elapsed().as_secs_f64())
    }
}

impl Progress for StageTimes<'_> {
    fn begin(&self, stage: Stage, total: Option<u64>) {
        self.listener.begin(stage, total);
    }

    fn advance(&self, steps: u64, bytes: u64) {
        self.listener.advance(steps, bytes);
    }

    fn end(&self, stage: Stage, came_in: u64, came_out: u64) {
        self.listener.end(stage, came_in, came_out);
        let now = Instant::now();
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = now.duration_since(ended.0).as_secs_f64();
        ended.0 = now;
        ended.1.push(StageLine { stage: stage.name().to_owned(), came_in, came_out, seconds });
    }
}
