//! The Python module `wirecopy._wirecopy`, which the package `wirecopy` (`../wirecopy/`) gives its public face.
//!
//! | module | does |
//! |---|---|
//! | `settings` | settings as JSON → a configuration |
//! | `bricks` | the functions of distributed runs over Arrow tables |
//! | `engine` | takes in documents, and runs |
//! | `columns` | Arrow record batches → the fields of records |
//! | `running` | runs without the interpreter's lock; progress, Ctrl-C |
//! | `found` | the result, its tables, its files |
//! | `table` | Arrow tables that Python packages take without a copy |

mod bricks;
mod columns;
mod engine;
mod found;
mod running;
mod settings;
mod table;

use std::ffi::OsString;

use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyKeyboardInterrupt, PyMemoryError, PyValueError};
use pyo3::prelude::*;
use wirecopy::compare::Comparer;
use wirecopy::{Completer, Document, Refusal};

/// Short-lived texts by the thousand on every thread are a tenth of a run with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

create_exception!(
    wirecopy,
    Error,
    PyException,
    "An error that ends a run. Documents that cannot be used are skipped instead."
);

/// Converts an error of the library.
fn raised(error: wirecopy::Error) -> PyErr {
    match error {
        wirecopy::Error::Config { .. } => PyValueError::new_err(error.to_string()),
        wirecopy::Error::Cancelled => PyKeyboardInterrupt::new_err(()),
        wirecopy::Error::TooManyDocuments { .. } => PyMemoryError::new_err(error.to_string()),
        wirecopy::Error::Root { path, source } | wirecopy::Error::Io { path, source } => {
            let number = source.raw_os_error();
            // With a number and a path, Python chooses the class: FileNotFoundError, PermissionError.
            match number {
                Some(number) => {
                    let text = source.to_string();
                    let text = text.split(" (os error").next().unwrap_or_default().to_owned();
                    pyo3::exceptions::PyOSError::new_err((number, text, path))
                }
                None => Error::new_err(format!("{}: {source}", path.display())),
            }
        }
        other => Error::new_err(other.to_string()),
    }
}

/// Explains how two documents, given as JSON objects, are related. Returns a JSON object.
#[pyfunction]
fn compare(py: Python<'_>, settings: &str, a: String, b: String) -> PyResult<String> {
    let config = settings::config(settings)?;
    py.detach(|| {
        let completer = Completer::new(&config.ingest).map_err(raised)?;
        let document = |name: &str, json: &str| -> PyResult<Document> {
            let refused = |refusal: Refusal| PyValueError::new_err(format!("{name}: {}", refusal.reason));
            completer.of_json(json, 1).map_err(refused)
        };
        let (a, b) = (document("the first document", &a)?, document("the second document", &b)?);
        let comparer = Comparer::new(&config).map_err(raised)?;
        let comparison = comparer.compare(&comparer.ready(&a), &comparer.ready(&b));
        comparison.to_json().map_err(|error| Error::new_err(error.to_string()))
    })
}

/// Runs the program with these arguments, the first of which is its name, and returns the exit code.
#[pyfunction]
fn main(py: Python<'_>, arguments: Vec<OsString>, closed: bool) -> u8 {
    py.detach(|| wirecopy::cli::main_of(arguments, closed))
}

/// The compiled part of the package.
#[pymodule]
fn _wirecopy(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("Error", module.py().get_type::<Error>())?;
    bricks::add(module)?;
    module.add_class::<engine::Engine>()?;
    module.add_class::<found::Found>()?;
    module.add_class::<table::Table>()?;
    module.add_function(wrap_pyfunction!(settings::defaults, module)?)?;
    module.add_function(wrap_pyfunction!(engine::cluster_paths, module)?)?;
    module.add_function(wrap_pyfunction!(compare, module)?)?;
    module.add_function(wrap_pyfunction!(main, module)?)?;
    Ok(())
}
