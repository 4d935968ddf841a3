//! Runs without the interpreter's lock: progress goes to a callback, and Ctrl-C stops the run.

use std::panic;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;
use wirecopy::{Cancel, Progress, Stage};

use crate::raised;

/// How often signals are looked for.
const TICK: Duration = Duration::from_millis(50);

/// What a run reports.
enum Event {
    Begin(Stage, Option<u64>),
    Advance(u64),
    End(Stage),
}

/// Sends what a run reports to the thread that called it.
struct Channel(Mutex<Sender<Event>>);

impl Channel {
    fn send(&self, event: Event) {
        // The receiver lives as long as the run.
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).send(event);
    }
}

impl Progress for Channel {
    fn begin(&self, stage: Stage, total: Option<u64>) {
        self.send(Event::Begin(stage, total));
    }

    fn advance(&self, steps: u64, bytes: u64) {
        // The total of the first stage is in bytes.
        self.send(Event::Advance(if bytes > 0 { bytes } else { steps }));
    }

    fn end(&self, stage: Stage, _: u64, _: u64) {
        self.send(Event::End(stage));
    }
}

/// Where a run is.
struct At {
    callback: Option<Py<PyAny>>,
    stage: Stage,
    done: u64,
    total: Option<u64>,
}

impl At {
    fn see(&mut self, py: Python<'_>, event: Event) -> PyResult<()> {
        match event {
            Event::Begin(stage, total) => (self.stage, self.done, self.total) = (stage, 0, total),
            Event::Advance(more) => self.done += more,
            Event::End(stage) => {
                self.done = self.total.unwrap_or(self.done);
                self.stage = stage;
            }
        }
        match &self.callback {
            Some(callback) => callback.call1(py, (self.stage.name(), self.done, self.total)).map(drop),
            None => Ok(()),
        }
    }
}

/// Calls `work` on a thread of its own, and `callback` with the name of the stage, what is done of it, and its total.
///
/// # Errors
/// The error of the run, or the exception of the callback or of a signal's handler, which stop it.
pub fn run<T: Send>(
    py: Python<'_>,
    cancel: &Cancel,
    callback: Option<Py<PyAny>>,
    work: impl FnOnce(&dyn Progress) -> wirecopy::Result<T> + Send,
) -> PyResult<T> {
    let (sender, mut receiver) = mpsc::channel();
    let channel = Channel(Mutex::new(sender));
    let mut at = At { callback, stage: Stage::Read, done: 0, total: None };
    let mut stopped: Option<PyErr> = None;
    let result = thread::scope(|scope| {
        let worker = scope.spawn(move || work(&channel));
        loop {
            let (event, back) = py.detach(move || (receiver.recv_timeout(TICK), receiver));
            receiver = back;
            let seen = match event {
                Ok(event) if stopped.is_none() => at.see(py, event),
                Ok(_) | Err(RecvTimeoutError::Timeout) => Ok(()),
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if let (Err(error), None) = (seen.and_then(|()| py.check_signals()), &stopped) {
                cancel.cancel();
                stopped = Some(error);
            }
        }
        worker.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked))
    });
    match stopped {
        Some(error) => Err(error),
        None => result.map_err(raised),
    }
}
