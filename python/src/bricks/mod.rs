//! The functions of `wirecopy::bricks` over Arrow tables, for engines that run on many machines.
//!
//! Each takes rows and returns a table. Hashes and uids are signed integers of 64 bits, because Spark has no others. The package
//! `wirecopy.spark` composes them; their columns are described there.

mod components;
mod documents;
mod input;
mod keys;
mod lines;

pub use components::Weights;
pub use documents::Learned;
pub use keys::{Features, Rare, Terms};

use std::sync::PoisonError;

use pyo3::prelude::*;
use wirecopy::Config;
use wirecopy::bricks::{Keys, Reader, Solver};

use crate::{raised, settings};

/// The functions with the settings of one run. Each worker has its own.
#[pyclass(module = "wirecopy._wirecopy", frozen)]
pub struct Bricks {
    config: Config,
    reader: Reader,
    solver: Solver,
    keys: std::sync::Mutex<Vec<Keys>>,
}

impl Bricks {
    /// Calls `work` with keys, which have buffers of their own for each thread.
    fn with_keys<T>(&self, work: impl FnOnce(&mut Keys) -> T) -> T {
        let pool = || self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let mut keys = pool().pop().unwrap_or_else(|| Keys::new(&self.config.matching));
        let made = work(&mut keys);
        pool().push(keys);
        made
    }
}

#[pymethods]
impl Bricks {
    #[new]
    #[pyo3(signature = (settings, passages=false))]
    fn new(settings: &str, passages: bool) -> PyResult<Self> {
        let config = settings::config(settings)?;
        Ok(Self {
            reader: Reader::new(&config).map_err(raised)?,
            solver: Solver::new(&config).map_err(raised)?.passages(passages),
            keys: std::sync::Mutex::default(),
            config,
        })
    }

    /// The settings that the job itself needs, by name.
    #[getter]
    fn matching(&self) -> PyResult<String> {
        serde_json::to_string(&self.config.matching).map_err(|error| crate::Error::new_err(error.to_string()))
    }
}

/// Adds the functions to the module.
pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Bricks>()?;
    module.add_class::<Features>()?;
    module.add_class::<Rare>()?;
    module.add_class::<Terms>()?;
    module.add_class::<Weights>()?;
    module.add_class::<Learned>()?;
    module.add_function(wrap_pyfunction!(keys::key_bits, module)?)?;
    module.add_function(wrap_pyfunction!(keys::table_bits, module)?)?;
    module.add_function(wrap_pyfunction!(keys::copy_pairs, module)?)?;
    module.add_function(wrap_pyfunction!(keys::meetings, module)?)?;
    module.add_function(wrap_pyfunction!(keys::merge_features, module)?)?;
    module.add_function(wrap_pyfunction!(keys::decisive_terms, module)?)?;
    module.add_function(wrap_pyfunction!(keys::term_bytes, module)?)?;
    module.add_function(wrap_pyfunction!(components::components, module)?)?;
    module.add_function(wrap_pyfunction!(documents::count_marked, module)?)?;
    module.add_function(wrap_pyfunction!(lines::edge_table, module)?)?;
    module.add_function(wrap_pyfunction!(lines::cluster_table, module)?)?;
    module.add_function(wrap_pyfunction!(lines::member_table, module)?)?;
    module.add_function(wrap_pyfunction!(lines::document_table, module)?)?;
    module.add_function(wrap_pyfunction!(lines::skipped_table, module)?)?;
    module.add_function(wrap_pyfunction!(keys::band_keys, module)?)?;
    module.add_function(wrap_pyfunction!(keys::sampled_keys, module)?)?;
    module.add_function(wrap_pyfunction!(keys::excerpts, module)?)?;
    module.add_function(wrap_pyfunction!(keys::rare, module)?)?;
    module.add_function(wrap_pyfunction!(documents::read, module)?)?;
    module.add_function(wrap_pyfunction!(documents::row_keys, module)?)?;
    module.add_function(wrap_pyfunction!(documents::settle, module)?)?;
    module.add_function(wrap_pyfunction!(documents::learn, module)?)?;
    module.add_function(wrap_pyfunction!(components::collapse, module)?)?;
    module.add_function(wrap_pyfunction!(components::verify, module)?)?;
    module.add_function(wrap_pyfunction!(components::solve, module)?)?;
    module.add_function(wrap_pyfunction!(lines::document_lines, module)?)?;
    module.add_function(wrap_pyfunction!(lines::edge_lines, module)?)?;
    module.add_function(wrap_pyfunction!(lines::cluster_lines, module)?)?;
    module.add_function(wrap_pyfunction!(lines::spell, module)?)?;
    module.add_function(wrap_pyfunction!(lines::boilerplate_lines, module)?)?;
    Ok(())
}
