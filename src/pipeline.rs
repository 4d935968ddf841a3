//! Composes the stages; the only module that sees them all.

use crate::Result;
use crate::config::Config;
use crate::ingest::Root;
use crate::progress::{Cancel, NoProgress, Progress};
use crate::report::{Run, RunLine, SCHEMA, SummaryLine};

/// A run to be: configuration, threads, progress, cancellation.
pub struct Pipeline<'a> {
    config: &'a Config,
    threads: Option<usize>,
    progress: &'a dyn Progress,
    cancel: Cancel,
    command: Vec<String>,
}

impl<'a> Pipeline<'a> {
    /// A pipeline with all cores, no progress and no way to cancel it.
    pub fn new(config: &'a Config) -> Self {
        Self { config, threads: None, progress: &NoProgress, cancel: Cancel::default(), command: Vec::new() }
    }

    /// Runs on `threads` threads of its own pool (0 or unset: one a core).
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = (threads > 0).then_some(threads);
        self
    }

    /// Tells `progress` about every stage.
    pub fn progress(mut self, progress: &'a dyn Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Stops with [`Error::Cancelled`](crate::Error::Cancelled) soon after `cancel` was raised.
    pub fn cancel(mut self, cancel: Cancel) -> Self {
        self.cancel = cancel;
        self
    }

    /// Records the command line that led to this run in its report.
    pub fn command(mut self, command: Vec<String>) -> Self {
        self.command = command;
        self
    }

    /// Runs every stage over the documents below `roots`.
    ///
    /// # Errors
    /// A setting out of range, a root that does not exist, cancellation. Unreadable documents are part of the result.
    pub fn run(self, roots: &[Root]) -> Result<Run> {
        self.config.validate()?;
        let _ = (roots, self.threads, self.progress, &self.cancel);
        Ok(Run {
            header: RunLine {
                schema: SCHEMA,
                version: env!("CARGO_PKG_VERSION").to_owned(),
                command: self.command,
                started: String::new(),
                config: self.config.clone(),
            },
            documents: Vec::new(),
            skipped: Vec::new(),
            edges: Vec::new(),
            clusters: Vec::new(),
            summary: SummaryLine::default(),
        })
    }
}
