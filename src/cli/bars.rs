//! Progress on a terminal: one bar for the running stage.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use wirecopy_core::{Progress, Stage};
use wirecopy_report::number;

/// Template for a known total. The text beside the bar leaves it some space in 80 columns.
const BAR: &str = "{stage:8} {wide_bar:.cyan/dim} {done} {speed}  {left}";
/// Template for an unknown total.
const SPINNER: &str = "{stage:8} {spinner:.cyan} {done} {speed}";

/// Draws progress bars, and logs the counts of each stage. Clones share their state.
#[derive(Clone)]
pub(super) struct Bars {
    multi: MultiProgress,
    running: Arc<Mutex<Option<Running>>>,
}

/// The running stage and its bar.
struct Running {
    stage: Stage,
    bar: ProgressBar,
    done: Arc<Done>,
    began: Instant,
}

/// Counts of the running stage. The bar itself has only one position: bytes while reading, since one file may hold a
/// million documents, and steps otherwise.
#[derive(Default)]
struct Done {
    steps: AtomicU64,
    bytes: AtomicU64,
}

impl Bars {
    /// Creates bars on standard error, or hidden ones.
    pub(super) fn new(visible: bool) -> Self {
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self { multi: MultiProgress::with_draw_target(target), running: Arc::default() }
    }

    /// Runs `write` while the bars are hidden.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.multi.suspend(write)
    }

    /// Removes the bar of a stage that did not end.
    pub(super) fn clear(&self) {
        if let Some(running) = self.take() {
            running.bar.finish_and_clear();
        }
    }

    fn take(&self) -> Option<Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Progress for Bars {
    fn begin(&self, stage: Stage, total: Option<u64>) {
        self.clear();
        let done = Arc::new(Done::default());
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        let bar = self.multi.add(bar.with_style(style(stage, total.is_some(), &done)));
        bar.enable_steady_tick(Duration::from_millis(200));
        let running = Running { stage, bar, done, began: Instant::now() };
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
    }

    fn advance(&self, steps: u64, bytes: u64) {
        if let Some(running) = self.running.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            running.done.steps.fetch_add(steps, Ordering::Relaxed);
            running.done.bytes.fetch_add(bytes, Ordering::Relaxed);
            running.bar.inc(if running.stage == Stage::Read { bytes } else { steps });
        }
    }

    fn end(&self, stage: Stage, came_in: u64, came_out: u64) {
        let Some(running) = self.take() else { return };
        running.bar.finish_and_clear();
        let seconds = running.began.elapsed().as_secs_f64();
        tracing::info!("{stage}: {} in, {} out, {seconds:.2} s", number(came_in), number(came_out));
    }
}

fn style(stage: Stage, has_total: bool, done: &Arc<Done>) -> ProgressStyle {
    let template = if has_total { BAR } else { SPINNER };
    let (for_done, for_speed) = (Arc::clone(done), Arc::clone(done));
    // Both templates are constants that a test parses.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    // The keys are written to a string, which cannot fail.
    style
        .progress_chars("━╸─")
        .with_key("stage", move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = out.write_str(stage.name());
        })
        .with_key("done", move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let steps = number(for_done.steps.load(Ordering::Relaxed));
            let _ = match (stage, state.len()) {
                (Stage::Read, _) => write!(out, "{steps} documents"),
                (_, Some(total)) => write!(out, "{steps}/{}", number(total)),
                (_, None) => write!(out, "{steps}"),
            };
        })
        .with_key("speed", move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = out.write_str(&speed(&for_speed, state.elapsed().as_secs_f64()));
        })
        .with_key("left", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let left = state.eta().as_secs();
            if state.pos() > 0 {
                let _ = write!(out, "{}:{:02} left", left / 60, left % 60);
            }
        })
}

/// Formats steps per second and, if the stage reads input, megabytes per second.
fn speed(done: &Done, seconds: f64) -> String {
    if seconds <= 0.0 {
        return String::new();
    }
    // Rates are not negative and far below 2^64.
    let mut text = format!("{}/s", number((done.steps.load(Ordering::Relaxed) as f64 / seconds) as u64));
    let bytes = done.bytes.load(Ordering::Relaxed);
    if bytes > 0 {
        let _ = write!(text, " {:.1} MB/s", bytes as f64 / seconds / 1e6);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_valid() {
        for template in [BAR, SPINNER] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }

    #[test]
    fn stages_may_begin_and_end_in_any_order() {
        let bars = Bars::new(false);
        bars.advance(1, 1);
        bars.begin(Stage::Read, None);
        bars.advance(10, 1000);
        bars.begin(Stage::Bands, Some(5));
        bars.end(Stage::Bands, 5, 2);
        bars.end(Stage::Cluster, 0, 0);
        bars.clear();
        assert_eq!(bars.aside(|| 3), 3);
    }
}
