//! Arrow tables that Python packages take without a copy, through the Arrow PyCapsule interface.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, UInt32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use pyo3_arrow::PyTable;

use crate::Error;

/// A table. `pyarrow.table(t)`, `polars.DataFrame(t)` and others take it as it is.
#[pyclass(module = "wirecopy._wirecopy", frozen)]
pub struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// Returns the table with these columns.
    pub fn new(columns: Vec<(&'static str, ArrayRef)>) -> PyResult<Self> {
        // A column may lack values in any table.
        let columns = columns.into_iter().map(|(name, column)| (name, column, true));
        let batch = RecordBatch::try_from_iter_with_nullable(columns).map_err(failed)?;
        Ok(Self { schema: batch.schema(), batches: vec![batch] })
    }
}

fn failed(error: ArrowError) -> PyErr {
    Error::new_err(error.to_string())
}

#[pymethods]
impl Table {
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__(&self, py: Python<'_>, requested_schema: Option<Py<PyAny>>) -> PyResult<Py<PyAny>> {
        let table = Py::new(py, PyTable::try_new(self.batches.clone(), self.schema.clone())?)?;
        table.call_method1(py, "__arrow_c_stream__", (requested_schema,))
    }

    fn __arrow_c_schema__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let table = Py::new(py, PyTable::try_new(self.batches.clone(), self.schema.clone())?)?;
        table.call_method0(py, "__arrow_c_schema__")
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The number of rows.
    #[getter]
    fn num_rows(&self) -> usize {
        self.__len__()
    }

    /// The names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    fn __repr__(&self) -> String {
        format!("<wirecopy.Table: {} rows of {}>", self.__len__(), self.column_names().join(", "))
    }

    /// Returns the rows as a list of dicts.
    fn to_pylist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let rows = PyList::empty(py);
        for batch in &self.batches {
            for row in 0..batch.num_rows() {
                let values = PyDict::new(py);
                for (field, column) in self.schema.fields().iter().zip(batch.columns()) {
                    values.set_item(field.name(), value(py, column, row)?)?;
                }
                rows.append(values)?;
            }
        }
        Ok(rows)
    }
}

/// Returns a value of one of the types that the tables of this package have.
fn value(py: Python<'_>, column: &ArrayRef, row: usize) -> PyResult<Py<PyAny>> {
    if column.is_null(row) {
        return Ok(py.None());
    }
    let value = match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).into_pyobject(py)?.into_any(),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(row).into_pyobject(py)?.into_any(),
        DataType::UInt32 => column.as_primitive::<UInt32Type>().value(row).into_pyobject(py)?.into_any(),
        DataType::UInt64 => column.as_primitive::<UInt64Type>().value(row).into_pyobject(py)?.into_any(),
        DataType::Boolean => column.as_boolean().value(row).into_pyobject(py)?.to_owned().into_any(),
        DataType::List(_) => {
            let items = column.as_list::<i32>().value(row);
            let items: Vec<Option<&str>> = items.as_string::<i32>().iter().collect();
            items.into_pyobject(py)?.into_any()
        }
        other => return Err(Error::new_err(format!("a column of type {other}"))),
    };
    Ok(value.unbind())
}

/// Returns a column of lists of texts.
pub fn lists<'a, L: IntoIterator<Item = &'a String>>(rows: impl IntoIterator<Item = L>) -> ArrayRef {
    let mut lists = ListBuilder::new(StringBuilder::new());
    for row in rows {
        for text in row {
            lists.values().append_value(text);
        }
        lists.append(true);
    }
    Arc::new(lists.finish())
}
