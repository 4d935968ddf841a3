//! Composes the stages; the only module that sees them all.
//!
//! One pass over the input leaves of each document its header, its tokens and the keys of its bands. Copies are found
//! and collapse to representatives; these tell what their sources add to every story; the rare-feature join looks among those; clusters are built from both.

mod read;
mod survey;

use std::path::PathBuf;

use rayon::{ThreadPool, ThreadPoolBuilder};

use wirecopy_core::candidates::Survey;
use wirecopy_core::engine::judge::Pairs;
use wirecopy_core::engine::stages;
use wirecopy_core::score::background::Background;
use wirecopy_core::{Cancel, NoProgress, Progress};
use wirecopy_core::{Error, Result};
use wirecopy_ingest::config::IngestConfig;
use wirecopy_ingest::{References, Root};
use wirecopy_report::Config;
use wirecopy_report::assemble::{self, Request, Wording};
use wirecopy_report::{Account, Run, Spooled};
use wirecopy_spill::Budget;

/// A run to be: configuration, threads, progress, cancellation.
pub struct Pipeline<'a> {
    config: &'a Config,
    threads: usize,
    progress: &'a dyn Progress,
    cancel: Cancel,
    command: Vec<String>,
    passages: bool,
    references: Vec<PathBuf>,
    budget: Budget,
}

impl<'a> Pipeline<'a> {
    /// A pipeline with all cores, no progress and no way to cancel it.
    pub fn new(config: &'a Config) -> Self {
        Self {
            config,
            threads: 0,
            progress: &NoProgress,
            cancel: Cancel::default(),
            command: Vec::new(),
            passages: false,
            references: Vec::new(),
            budget: Budget::unlimited(),
        }
    }

    /// Runs on `threads` threads of its own pool (0 or unset: one a core).
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Tells `progress` about every stage.
    #[must_use]
    pub fn progress(mut self, progress: &'a dyn Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Stops with [`Error::Cancelled`] soon after `cancel` was raised.
    #[must_use]
    pub fn cancel(mut self, cancel: Cancel) -> Self {
        self.cancel = cancel;
        self
    }

    /// Records the command line that led to this run in its report.
    #[must_use]
    pub fn command(mut self, command: Vec<String>) -> Self {
        self.command = command;
        self
    }

    /// Tells of each member of a cluster which runs of its words stand in other members.
    #[must_use]
    pub fn passages(mut self, passages: bool) -> Self {
        self.passages = passages;
        self
    }

    /// Reads these paths after the roots and marks their documents, and any other document below them, as references:
    /// they count for matching and are nobody's to remove.
    #[must_use]
    pub fn references(mut self, references: Vec<PathBuf>) -> Self {
        self.references = references;
        self
    }

    /// Holds about as much memory as `budget` says, and puts what is over it into temporary files. The result is the same.
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Runs every stage over the documents below `roots`.
    ///
    /// The result is in memory whatever the budget; [`Pipeline::spool`] gives one that is bound by it.
    ///
    /// # Input
    /// Folders, files, or JSON lines on standard input; see [`wirecopy_ingest`].
    ///
    /// # Output
    /// The same run for the same input and configuration, whatever the number of threads, save for its timings.
    ///
    /// # Performance
    /// Linear in the text, save for sorts. Memory holds two to three bytes a token and eight a band for each document,
    /// and no text.
    ///
    /// # Errors
    /// A setting out of range, a root that does not exist, cancellation, a temporary file that cannot be written.
    /// Unreadable documents are part of the result.
    pub fn run(self, roots: &[Root]) -> Result<Run> {
        self.spool(roots)?.into_run()
    }

    /// The same with a result whose documents and edges need not fit into memory.
    ///
    /// # Errors
    /// As for [`Pipeline::run`].
    pub fn spool(self, roots: &[Root]) -> Result<Spooled> {
        self.config.validate()?;
        self.budget.check()?;
        self.pool()?.install(|| self.run_here(roots))
    }

    /// Runs the stages up to the candidates, and says what they did with `pairs` of ids.
    ///
    /// Each of `roots` is read by itself, so that its ids are those of a run over it alone. The documents of `among`
    /// only fill the corpus.
    ///
    /// # Errors
    /// As for [`Pipeline::run`], and [`Error::Pairs`] for an id that no document below `roots` has.
    pub fn survey(self, roots: &[Root], among: &[Root], pairs: &[(&str, &str)]) -> Result<Survey> {
        self.config.validate()?;
        self.pool()?.install(|| survey::survey(roots, among, pairs, self.config, self.progress, &self.cancel))
    }

    fn pool(&self) -> Result<ThreadPool> {
        // All measures lean on this table: without it a run ends before it begins.
        Background::get()?;
        ThreadPoolBuilder::new()
            .num_threads(self.threads)
            .thread_name(|n| format!("wirecopy-{n}"))
            .build()
            .map_err(|error| Error::Threads(error.to_string()))
    }

    fn run_here(self, roots: &[Root]) -> Result<Spooled> {
        let account = Account::new(self.progress);
        let roots = self.with_references(roots);
        let references = References::new(&self.references)?;
        let (config, cancel) = (self.config, &self.cancel);
        let mut corpus = read::read(&roots, config, &self.budget, &account, cancel)?;
        let folder_sources = corpus.take_folders()?;
        // What reads the documents again does as this run did.
        let with_folders = folder_sources.then(|| {
            let ingest = IngestConfig { source_from: Some("folder".to_owned()), ..config.ingest.clone() };
            Config { ingest, ..config.clone() }
        });
        let config = with_folders.as_ref().unwrap_or(config);
        let matching = &config.matching;
        let publications = stages::publications(&corpus, matching);
        let groups = stages::copies(&corpus, &publications, matching, cancel, &account)?;
        let groups = stages::boilerplate(&mut corpus, groups, &publications, matching, cancel, &account)?;
        let scorer = stages::scorer(&corpus, &groups, matching)?;
        let judge = Pairs::new(&corpus, matching, scorer, &publications);
        let checked = stages::join(&corpus, &groups, &judge, matching, cancel, &account)?;
        let found = stages::cluster(&corpus, &groups, checked, &judge, cancel, &account)?;
        drop(groups);
        let request = Request { command: self.command, passages: self.passages, references, folder_sources };
        let wording = Wording::of(&found, &corpus, judge, config, request, &account, cancel)?;
        assemble::run(corpus, found, config, wording, account)
    }

    /// The roots, and the references that are not among them.
    fn with_references(&self, roots: &[Root]) -> Vec<Root> {
        let references = self.references.iter().map(|path| Root::Path(path.clone()));
        let more: Vec<Root> = references.filter(|root| !roots.contains(root)).collect();
        roots.iter().cloned().chain(more).collect()
    }
}
