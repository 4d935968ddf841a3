//! Takes in documents, and runs.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use arrow_array::RecordBatch;
use pyo3::prelude::*;
use pyo3::types::PyString;
use pyo3_arrow::input::AnyRecordBatch;
use wirecopy::{Cancel, Config, Root};

use crate::columns::Columns;
use crate::found::Found;
use crate::settings::{self, Options};
use crate::{Error, raised, running};

/// Number of rows that are converted before they are prepared.
const ROWS: usize = 1 << 10;

/// An engine; `None` once it is finished.
#[pyclass(module = "wirecopy._wirecopy", frozen)]
pub struct Engine {
    engine: RwLock<Option<wirecopy::Engine>>,
    config: Config,
    cancel: Cancel,
    /// The number of the last record.
    last: AtomicU64,
}

#[pymethods]
impl Engine {
    #[new]
    fn new(py: Python<'_>, settings: &str, options: Options) -> PyResult<Self> {
        let config = settings::config(settings)?;
        let cancel = Cancel::default();
        let engine = py.detach(|| options.pipeline(&config, cancel.clone()).engine()).map_err(raised)?;
        Ok(Self { engine: RwLock::new(Some(engine)), config, cancel, last: AtomicU64::new(0) })
    }

    /// Adds the rows of a record batch, a table, or a reader of record batches.
    fn push_arrow(&self, py: Python<'_>, data: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut reader = data.extract::<AnyRecordBatch>()?.into_reader()?;
        let columns = Columns::of(&reader.schema(), &self.config.ingest.fields)?;
        loop {
            // A reader may be written in Python; then it takes the lock of the interpreter itself.
            let (next, back) = py.detach(move || (reader.next(), reader));
            reader = back;
            let Some(batch) = next else { return Ok(()) };
            // The exception of a reader written in Python is only known by its text.
            let batch =
                batch.map_err(|error| Error::new_err(format!("the record batch reader failed: {error}")))?;
            self.push_batch(py, &columns, &batch)?;
        }
    }

    /// Adds JSON objects.
    fn push_json(&self, py: Python<'_>, objects: Vec<Bound<'_, PyString>>) -> PyResult<()> {
        let first = self.numbers(objects.len());
        // Half of a surrogate pair is not a character; its place is marked.
        let texts = objects.iter().map(|object| object.to_string_lossy().into_owned());
        let objects: Vec<(u64, String)> = (first..).zip(texts).collect();
        py.check_signals()?;
        py.detach(|| self.with(|engine| engine.push_json(objects)))
    }

    /// Finds the copies.
    #[pyo3(signature = (progress=None))]
    fn finish(&self, py: Python<'_>, progress: Option<Py<PyAny>>) -> PyResult<Found> {
        let engine = py.detach(|| self.engine.write().unwrap_or_else(PoisonError::into_inner).take());
        let engine = engine.ok_or_else(finished)?;
        let run = running::run(py, &self.cancel, progress, |progress| engine.spool(progress))?;
        Ok(Found::new(run))
    }
}

impl Engine {
    fn push_batch(&self, py: Python<'_>, columns: &Columns, batch: &RecordBatch) -> PyResult<()> {
        let first = self.numbers(batch.num_rows());
        let rows = columns.rows(batch)?;
        for start in (0..batch.num_rows()).step_by(ROWS) {
            py.check_signals()?;
            let end = batch.num_rows().min(start + ROWS);
            py.detach(|| {
                let records = (start..end).map(|row| (first + row as u64, rows.fields(row))).collect();
                self.with(|engine| engine.push_records(records))
            })?;
        }
        Ok(())
    }

    /// Returns the number of the first of so many records.
    fn numbers(&self, records: usize) -> u64 {
        self.last.fetch_add(records as u64, Ordering::Relaxed) + 1
    }

    fn with(&self, work: impl FnOnce(&wirecopy::Engine) -> wirecopy::Result<()>) -> PyResult<()> {
        let engine = self.engine.read().unwrap_or_else(PoisonError::into_inner);
        work(engine.as_ref().ok_or_else(finished)?).map_err(raised)
    }
}

fn finished() -> PyErr {
    Error::new_err("the engine is finished: create another")
}

/// Finds the copies among the documents below these paths.
#[pyfunction]
#[pyo3(signature = (settings, options, paths, progress=None))]
pub fn cluster_paths(
    py: Python<'_>,
    settings: &str,
    options: Options,
    paths: Vec<PathBuf>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Found> {
    let config = settings::config(settings)?;
    let cancel = Cancel::default();
    let roots: Vec<Root> = paths.into_iter().map(Root::Path).collect();
    let run = running::run(py, &cancel, progress, |progress| {
        options.pipeline(&config, cancel.clone()).progress(progress).spool(&roots)
    })?;
    Ok(Found::new(run))
}
