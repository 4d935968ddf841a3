//! Takes documents from a caller, and finds the copies among them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::ThreadPool;
use rayon::prelude::*;

use super::Pipeline;
use super::intake::Intake;
use super::read::{self, Keep};
use super::reader::{Reader, Ready};
use wirecopy_core::candidates::TableUse;
use wirecopy_core::engine::judge::Pairs;
use wirecopy_core::engine::{stages, thread_pool};
use wirecopy_core::score::Model;
use wirecopy_core::{Cancel, Document, NoProgress, Progress, Result, Skipped, Stage};
use wirecopy_ingest::{Fields, References, Root, settings_files};
use wirecopy_report::assemble::{self, Request, Wording};
use wirecopy_report::{Clock, Config, Run, Spooled, StageTimes};

/// Share of the table of rare features in use above which there is a warning.
const CROWDED: f64 = 0.6;
/// Number of documents that are prepared before they are stored.
const BATCH: usize = 1 << 10;

/// A run over documents that its caller has in memory: from a database, a queue, a test.
///
/// Documents are pushed, from any number of threads, and [`Engine::finish`] returns what was found. The result depends neither on
/// the order of the pushes nor on the number of threads. A [`Pipeline`](crate::Pipeline) is an engine that reads files.
///
/// ```
/// use wirecopy::{Config, Document, Engine};
///
/// let config = Config::default();
/// let engine = Engine::new(&config)?;
/// for (id, text) in [("a", "The ferry Meltem sank off Ordu on Wednesday."), ("b", "THE FERRY MELTEM SANK OFF ORDU ON WEDNESDAY.")] {
///     engine.push(Document { id: id.to_owned(), text: text.to_owned(), ..Document::default() })?;
/// }
/// let run = engine.finish()?;
/// assert_eq!(run.clusters[0].members.len(), 2);
/// # Ok::<(), wirecopy::Error>(())
/// ```
///
/// # Ids
/// Ids are the caller's. Of several documents that have one id, the longest keeps it; each other gets the path and number of its
/// record, or else the id followed by `~2`, `~3` and so on, and its line of the report says which id it had.
///
/// # Memory
/// As for a [`Pipeline`](crate::Pipeline). Texts, which the words of the evidence are taken from, are in a temporary file from
/// 16 MiB on.
pub struct Engine {
    config: Config,
    reader: Reader,
    model: Option<Model>,
    threads: ThreadPool,
    cancel: Cancel,
    clock: Clock,
    request: Request,
    intake: Mutex<Intake>,
}

impl Engine {
    /// Creates an engine that uses all cores and any amount of memory. [`Pipeline::engine`](crate::Pipeline::engine) creates one
    /// with other choices.
    ///
    /// # Errors
    /// Returns an error if a setting is out of range, or if a file that a setting names cannot be read.
    pub fn new(config: &Config) -> Result<Self> {
        Pipeline::new(config).engine()
    }

    /// Creates the engine of a pipeline.
    pub(super) fn of(pipeline: Pipeline<'_>) -> Result<Self> {
        let config = pipeline.config;
        config.validate()?;
        pipeline.budget.check()?;
        let matching = &config.matching;
        let model =
            matching.rewrites.then(|| settings_files::model(matching.model.as_deref())).transpose()?;
        Ok(Self {
            reader: Reader::new(config)?,
            model,
            threads: thread_pool(pipeline.threads)?,
            cancel: pipeline.cancel,
            clock: Clock::start(),
            request: Request {
                command: pipeline.command,
                passages: pipeline.passages,
                references: References::new(&pipeline.references)?,
                folder_sources: false,
                texts: pipeline.texts,
            },
            intake: Mutex::new(Intake::new(config, &pipeline.budget)),
            config: config.clone(),
        })
    }

    /// Adds a document. A date without [`published`](crate::Metadata::published) is parsed, a missing language is guessed. A
    /// document without words, or longer than `ingest.max_document_bytes`, is skipped, and the report says so.
    ///
    /// The calling thread prepares the document, and waits only while that of another thread is stored.
    ///
    /// # Errors
    /// Returns an error if the engine is full or cancelled, or if a temporary file cannot be written.
    pub fn push(&self, document: Document) -> Result<()> {
        self.cancel.check()?;
        let ready = self.reader.ready(document);
        self.store([ready])
    }

    /// Adds documents like [`Engine::push`], prepared on all threads of the engine.
    ///
    /// # Errors
    /// As for [`Engine::push`].
    pub fn push_all(&self, documents: Vec<Document>) -> Result<()> {
        self.each(documents, |document| self.reader.ready(document))
    }

    /// Adds records with these numbers as if they were read from JSON lines: blank values and placeholders count as missing,
    /// HTML becomes text, and an id that is missing is made of the number. Records without text are skipped.
    ///
    /// # Errors
    /// As for [`Engine::push`].
    pub fn push_records(&self, records: Vec<(u64, Fields)>) -> Result<()> {
        self.each(records, |(number, fields)| self.reader.ready_fields(number, fields))
    }

    /// Adds JSON objects with these numbers as if they were read from JSON lines; see `ingest.fields` for the names of their
    /// fields. Objects without text, and what is not a JSON object, are skipped.
    ///
    /// # Errors
    /// As for [`Engine::push`].
    pub fn push_json(&self, objects: Vec<(u64, String)>) -> Result<()> {
        self.each(objects, |(number, json)| self.reader.ready_json(number, &json))
    }

    /// Counts an input that is not a document.
    pub fn skip(&self, skipped: Skipped) {
        self.lock().skip(skipped);
    }

    /// Finds the copies among the documents.
    ///
    /// # Errors
    /// Returns an error if the engine was cancelled, or if a temporary file cannot be written or read.
    pub fn finish(self) -> Result<Run> {
        self.spool(&NoProgress)?.into_run()
    }

    /// Finishes like [`Engine::finish`], with a result that need not fit into memory. Reports the stages after reading to
    /// `progress`.
    ///
    /// # Errors
    /// As for [`Engine::finish`].
    pub fn spool(mut self, progress: &dyn Progress) -> Result<Spooled> {
        let intake = self.intake.get_mut().unwrap_or_else(PoisonError::into_inner);
        intake.settle(0)?;
        // The order of pushes does not matter, so that of ids replaces it.
        let by_place =
            |x: &Skipped, y: &Skipped| (&x.path, x.record, &x.reason).cmp(&(&y.path, y.record, &y.reason));
        intake.corpus.skipped.sort_by(by_place);
        self.run(progress, false)
    }

    /// Reads the documents below `roots`, and finds the copies among them.
    pub(super) fn read(mut self, roots: &[Root], progress: &dyn Progress) -> Result<Spooled> {
        let keep = if self.request.texts { Keep::All } else { Keep::unreadable(roots) };
        let Self { threads, config, reader, cancel, intake, .. } = &mut self;
        let intake = intake.get_mut().unwrap_or_else(PoisonError::into_inner);
        threads.install(|| {
            read::read(roots, &config.ingest, reader.preparer(), &keep, progress, cancel, intake)
        })?;
        self.run(progress, true)
    }

    fn lock(&self) -> MutexGuard<'_, Intake> {
        self.intake.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prepares `items` on all threads, and stores them in order.
    fn each<T: Send>(&self, items: Vec<T>, ready: impl Fn(T) -> Ready + Sync) -> Result<()> {
        let mut items = items.into_iter();
        loop {
            self.cancel.check()?;
            let some: Vec<T> = items.by_ref().take(BATCH).collect();
            if some.is_empty() {
                return Ok(());
            }
            let some: Vec<Ready> = self.threads.install(|| some.into_par_iter().map(&ready).collect());
            self.store(some)?;
        }
    }

    fn store(&self, ready: impl IntoIterator<Item = Ready>) -> Result<()> {
        let mut intake = self.lock();
        for one in ready {
            match one {
                Ok((header, read)) => intake.add_pushed(header, &read)?,
                Err(skipped) => intake.skip(skipped),
            }
        }
        Ok(())
    }

    /// Runs the stages after reading. Documents are reported in the order in which they were taken in if `in_order`, else in that
    /// of their ids.
    fn run(self, progress: &dyn Progress, in_order: bool) -> Result<Spooled> {
        let Self { config, model, threads, cancel, clock, mut request, intake, .. } = self;
        let Intake { mut corpus, inputs, .. } = intake.into_inner().unwrap_or_else(PoisonError::into_inner);
        let times = StageTimes::new(clock, progress);
        times.end(Stage::Read, inputs, corpus.len() as u64);
        threads.install(|| {
            corpus.renumber()?;
            if !in_order {
                corpus.forget_reading_order();
            }
            request.folder_sources = corpus.use_folders_as_sources()?;
            // Commands that read the documents again must use the same sources as this run.
            let mut config = config;
            if request.folder_sources {
                config.ingest.source_from = Some("folder".to_owned());
            }
            let (config, cancel) = (&config, &cancel);
            let matching = &config.matching;
            let publications = stages::publications(&corpus, matching);
            let groups = stages::copies(&corpus, &publications, matching, cancel, &times)?;
            let groups = stages::boilerplate(&mut corpus, groups, &publications, matching, cancel, &times)?;
            let scorer = stages::scorer(&corpus, &groups, model)?;
            let judge = Pairs::new(&corpus, matching, scorer, &publications);
            let checked = stages::join(&corpus, &groups, &judge, matching, cancel, &times)?;
            checked.table.iter().for_each(warn_of_crowded_table);
            let found = stages::cluster(&corpus, &groups, checked, &judge, cancel, &times)?;
            drop(groups);
            let wording = Wording::of(&found, &corpus, judge, config, request, &times, cancel)?;
            assemble::run(corpus, found, config, wording, times)
        })
    }
}

/// Warns if the table of rare features is so full that rewrites may be missed.
fn warn_of_crowded_table(table: &TableUse) {
    if table.used.get() > CROWDED {
        tracing::warn!(
            "the table of rare words is {:.0} % full, so some rewrites without common passages may be missed: run the \
             parts of the corpus on their own, for example year by year",
            100.0 * table.used.get()
        );
    }
}
