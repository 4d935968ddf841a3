//! Progress on a terminal: one bar for the stage that runs.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::report::number;
use crate::{Progress, Stage};

/// With a known total. The widths leave room for the rates in 80 columns.
const BAR: &str = "{stage:8} {wide_bar:.cyan/dim} {done} {speed}  {left}";
/// Without one.
const SPINNER: &str = "{stage:8} {spinner:.cyan} {done} {speed}";

/// Draws the bars; without a terminal it only hands the account of each stage to the log. Clones share their state.
#[derive(Clone)]
pub(super) struct Bars {
    multi: MultiProgress,
    running: Arc<Mutex<Option<Running>>>,
}

/// The stage that runs.
struct Running {
    bar: ProgressBar,
    bytes: Arc<AtomicU64>,
    began: Instant,
}

impl Bars {
    /// Bars on standard error, or none.
    pub(super) fn new(visible: bool) -> Self {
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self { multi: MultiProgress::with_draw_target(target), running: Arc::default() }
    }

    /// Runs `write` with the bars out of the way.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.multi.suspend(write)
    }

    /// Takes away the bar of a stage that was cut short.
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
        let bytes = Arc::new(AtomicU64::new(0));
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        let bar = self.multi.add(bar.with_style(style(stage, total.is_some(), Arc::clone(&bytes))));
        bar.enable_steady_tick(Duration::from_millis(200));
        let running = Running { bar, bytes, began: Instant::now() };
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
    }

    fn advance(&self, steps: u64, bytes: u64) {
        if let Some(running) = self.running.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            running.bytes.fetch_add(bytes, Ordering::Relaxed);
            running.bar.inc(steps);
        }
    }

    fn end(&self, stage: Stage, came_in: u64, came_out: u64) {
        let Some(running) = self.take() else { return };
        running.bar.finish_and_clear();
        let seconds = running.began.elapsed().as_secs_f64();
        tracing::info!("{stage}: {} in, {} out, {seconds:.2} s", number(came_in), number(came_out));
    }
}

fn style(stage: Stage, has_total: bool, bytes: Arc<AtomicU64>) -> ProgressStyle {
    let template = if has_total { BAR } else { SPINNER };
    // Both templates are constants, tried by a test.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style
        .progress_chars("━╸ ")
        .with_key("stage", move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = out.write_str(stage.name());
        })
        .with_key("done", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = match state.len() {
                Some(total) => write!(out, "{}/{}", number(state.pos()), number(total)),
                None => write!(out, "{}", number(state.pos())),
            };
        })
        .with_key("speed", move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = out.write_str(&speed(state, &bytes));
        })
        .with_key("left", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let left = state.eta().as_secs();
            if state.pos() > 0 {
                let _ = write!(out, "{}:{:02} left", left / 60, left % 60);
            }
        })
}

/// Steps a second, and megabytes where the stage reads any.
fn speed(state: &ProgressState, bytes: &AtomicU64) -> String {
    // A rate is not negative and far below 2^64.
    let mut text = format!("{}/s", number(state.per_sec() as u64));
    let bytes = bytes.load(Ordering::Relaxed) as f64;
    let seconds = state.elapsed().as_secs_f64();
    if bytes > 0.0 && seconds > 0.0 {
        // Writing to a string cannot fail.
        let _ = write!(text, " {:.1} MB/s", bytes / seconds / 1e6);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_understood() {
        for template in [BAR, SPINNER] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }

    #[test]
    fn stages_come_and_go_in_any_order() {
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
