//! Settings: a flat JSON object with the configuration's names.

use std::path::PathBuf;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use serde_json::{Map, Value};
use wirecopy::{Budget, Cancel, Config, Pipeline};

/// The tables of a configuration.
const TABLES: [&str; 2] = ["match", "ingest"];

/// Returns the default of every setting as a flat JSON object.
#[pyfunction]
pub fn defaults() -> PyResult<String> {
    let tables = tables()?;
    let flat: Map<String, Value> =
        TABLES.iter().filter_map(|table| tables[*table].as_object().cloned()).flatten().collect();
    Ok(Value::Object(flat).to_string())
}

fn tables() -> PyResult<Value> {
    serde_json::to_value(Config::default()).map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Returns the configuration with these settings.
pub fn config(settings: &str) -> PyResult<Config> {
    let invalid = |error: serde_json::Error| PyValueError::new_err(error.to_string());
    let settings: Map<String, Value> = serde_json::from_str(settings).map_err(invalid)?;
    let mut tables = tables()?;
    let mut config = Config::default();
    for (name, value) in settings {
        let Some(table) = TABLES.iter().find(|table| tables[**table].get(&name).is_some()) else {
            return Err(PyTypeError::new_err(format!("there is no setting {name:?}")));
        };
        let slot = &mut tables[*table][&name];
        match (slot.as_object_mut(), value) {
            // Names of fields that are not given keep their defaults.
            (Some(slot), Value::Object(value)) => slot.extend(value),
            (_, value) => *slot = value,
        }
        // Each on its own, so that the message names it.
        config = serde_json::from_value(tables.clone())
            .map_err(|error| PyValueError::new_err(format!("{table}.{name}: {error}")))?;
    }
    config.validate().map_err(crate::raised)?;
    Ok(config)
}

/// How a run is made, besides its settings.
#[derive(FromPyObject)]
pub struct Options {
    #[pyo3(item)]
    threads: usize,
    #[pyo3(item)]
    memory: Option<usize>,
    #[pyo3(item)]
    temp_dir: Option<PathBuf>,
    #[pyo3(item)]
    passages: bool,
    #[pyo3(item)]
    with_texts: bool,
    #[pyo3(item)]
    command: Vec<String>,
}

impl Options {
    /// Returns a pipeline with these options.
    pub fn pipeline(self, config: &Config, cancel: Cancel) -> Pipeline<'_> {
        let budget = self.memory.map_or_else(Budget::unlimited, |bytes| Budget::new(bytes, None));
        let budget = budget.in_folder(self.temp_dir);
        Pipeline::new(config)
            .threads(self.threads)
            .budget(budget)
            .passages(self.passages)
            .texts(self.with_texts)
            .command(self.command)
            .cancel(cancel)
    }
}
