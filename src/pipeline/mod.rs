//! Composes the stages; the only module that uses all of them.
//!
//! One pass over the input keeps the header, the tokens and the band keys of each document (`intake`), which is read from files
//! (`read`) or pushed by the caller. Copies are found and collapse to representatives. From these, the boilerplate of each source
//! is learned, and the joins propose candidates among them. Copies and checked candidates are the edges from which clusters are
//! built (`engine`).

mod engine;
mod intake;
mod read;
mod reader;
mod survey;

use std::path::PathBuf;

use wirecopy_core::Result;
use wirecopy_core::candidates::Survey;
use wirecopy_core::engine::thread_pool;
use wirecopy_core::{Cancel, NoProgress, Progress};
use wirecopy_ingest::Root;
use wirecopy_report::{Config, Run, Spooled};
use wirecopy_spill::Budget;

pub use engine::Engine;
pub use reader::Reader;

/// A run to be started: configuration, threads, progress and cancellation.
pub struct Pipeline<'a> {
    config: &'a Config,
    threads: usize,
    progress: &'a dyn Progress,
    cancel: Cancel,
    command: Vec<String>,
    passages: bool,
    texts: bool,
    references: Vec<PathBuf>,
    budget: Budget,
}

impl<'a> Pipeline<'a> {
    /// Creates a pipeline that uses all cores, reports no progress and cannot be cancelled.
    pub fn new(config: &'a Config) -> Self {
        Self {
            config,
            threads: 0,
            progress: &NoProgress,
            cancel: Cancel::default(),
            command: Vec::new(),
            passages: false,
            texts: false,
            references: Vec::new(),
            budget: Budget::unlimited(),
        }
    }

    /// Uses `threads` threads of its own pool; 0, the default, uses one for each core.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Reports every stage to `progress`.
    #[must_use]
    pub fn progress(mut self, progress: &'a dyn Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Stops with [`Error::Cancelled`](crate::Error::Cancelled) soon after `cancel` is raised.
    #[must_use]
    pub fn cancel(mut self, cancel: Cancel) -> Self {
        self.cancel = cancel;
        self
    }

    /// Records the command line that started this run in its report.
    #[must_use]
    pub fn command(mut self, command: Vec<String>) -> Self {
        self.command = command;
        self
    }

    /// Reports for each member of a cluster which of its passages occur in other members.
    #[must_use]
    pub fn passages(mut self, passages: bool) -> Self {
        self.passages = passages;
        self
    }

    /// Keeps the texts of the documents in the report, so that later commands need not read them again.
    #[must_use]
    pub fn texts(mut self, texts: bool) -> Self {
        self.texts = texts;
        self
    }

    /// Reads these paths after the roots and marks their documents, and all other documents below them, as
    /// references. References are matched like other documents but are never selected for removal.
    #[must_use]
    pub fn references(mut self, references: Vec<PathBuf>) -> Self {
        self.references = references;
        self
    }

    /// Limits the memory to about `budget`; what exceeds it goes to temporary files. The result is the same.
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Runs all stages over the documents below `roots`.
    ///
    /// The result is in memory whatever the budget; [`Pipeline::spool`] returns one that respects it.
    ///
    /// # Input
    /// Folders, files, or JSON lines on standard input; see [`wirecopy_ingest`].
    ///
    /// # Output
    /// The same run for the same input and configuration with any number of threads, except for its timings.
    ///
    /// # Performance
    /// Linear in the text, except for sorts. Memory holds two to three bytes a token and eight bytes a band for
    /// each document, and no text.
    ///
    /// # Errors
    /// Returns an error if a setting is out of range, a root does not exist, the run is cancelled, or a temporary
    /// file cannot be written. Unreadable documents are part of the result.
    pub fn run(self, roots: &[Root]) -> Result<Run> {
        self.spool(roots)?.into_run()
    }

    /// Runs like [`Pipeline::run`], with a result whose documents and edges need not fit into memory.
    ///
    /// # Errors
    /// As for [`Pipeline::run`].
    pub fn spool(self, roots: &[Root]) -> Result<Spooled> {
        let (roots, progress) = (self.with_references(roots), self.progress);
        self.engine()?.read(&roots, progress)
    }

    /// Returns an engine with these choices, for documents that the caller has in memory.
    ///
    /// # Errors
    /// Returns an error if a setting is out of range, a reference does not exist, or a file that a setting names cannot be read.
    pub fn engine(self) -> Result<Engine> {
        Engine::of(self)
    }

    #[doc(hidden)]
    /// Runs the stages up to the candidates, and reports what they did with `pairs` of ids.
    ///
    /// Each of `roots` is read on its own, so that its ids are those of a run over it alone. The documents of
    /// `among` only enlarge the corpus.
    ///
    /// # Errors
    /// As for [`Pipeline::run`], and [`Error::Pairs`](crate::Error::Pairs) for an id that no document below `roots`
    /// has.
    pub fn survey(self, roots: &[Root], among: &[Root], pairs: &[(&str, &str)]) -> Result<Survey> {
        self.config.validate()?;
        thread_pool(self.threads)?
            .install(|| survey::survey(roots, among, pairs, self.config, self.progress, &self.cancel))
    }

    /// Returns the roots, followed by the references that are not among them.
    fn with_references(&self, roots: &[Root]) -> Vec<Root> {
        let references = self.references.iter().map(|path| Root::Path(path.clone()));
        let more: Vec<Root> = references.filter(|root| !roots.contains(root)).collect();
        roots.iter().cloned().chain(more).collect()
    }
}
