//! Rows of Arrow data with named columns, whatever package they come from and whatever variant of a type it uses.

use arrow_array::builder::{Int64Builder, ListBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Float64Array, Int32Array, Int64Array, LargeBinaryArray,
    LargeStringArray, RecordBatch, StringArray,
};
use arrow_cast::cast;
use arrow_schema::DataType;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3_arrow::input::AnyRecordBatch;

use crate::Error;

/// Reads all batches of a record batch, a table or a reader.
pub fn batches(data: &Bound<'_, PyAny>) -> PyResult<Vec<RecordBatch>> {
    let reader = data.extract::<AnyRecordBatch>()?.into_reader()?;
    reader.map(|batch| batch.map_err(|error| Error::new_err(error.to_string()))).collect()
}

/// The columns of a batch by name.
pub struct Row<'b>(pub &'b RecordBatch);

impl<'b> Row<'b> {
    fn column(&self, name: &str, kind: &DataType) -> PyResult<ArrayRef> {
        let column = self
            .0
            .column_by_name(name)
            .ok_or_else(|| PyValueError::new_err(format!("the table has no column `{name}`")))?;
        if column.data_type() == kind {
            return Ok(column.clone());
        }
        cast(column, kind).map_err(|error| PyTypeError::new_err(format!("column `{name}`: {error}")))
    }

    /// Returns a column of integers.
    pub fn integers(&self, name: &str) -> PyResult<Int64Array> {
        Ok(self.column(name, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
    }

    /// Returns a column of numbers.
    pub fn floats(&self, name: &str) -> PyResult<Float64Array> {
        Ok(self.column(name, &DataType::Float64)?.as_primitive().clone())
    }

    /// Returns a column of truth values.
    pub fn flags(&self, name: &str) -> PyResult<BooleanArray> {
        Ok(self.column(name, &DataType::Boolean)?.as_boolean().clone())
    }

    /// Returns a column of bytes.
    pub fn bytes(&self, name: &str) -> PyResult<LargeBinaryArray> {
        Ok(self.column(name, &DataType::LargeBinary)?.as_binary().clone())
    }

    /// Returns a column of texts.
    pub fn texts(&self, name: &str) -> PyResult<LargeStringArray> {
        Ok(self.column(name, &DataType::LargeUtf8)?.as_string().clone())
    }

    /// Returns a column of lists; `item` is the type of their items.
    fn lists(&self, name: &str, item: DataType) -> PyResult<Vec<Option<ArrayRef>>> {
        let kind = DataType::new_list(item, true);
        let column = self.column(name, &kind)?;
        let lists = column.as_list::<i32>();
        Ok((0..lists.len()).map(|row| lists.is_valid(row).then(|| lists.value(row))).collect())
    }

    /// Returns a column of lists of integers; a missing list is empty.
    pub fn integer_lists(&self, name: &str) -> PyResult<Vec<Vec<i64>>> {
        let lists = self.lists(name, DataType::Int64)?.into_iter();
        let integers = |list: ArrayRef| list.as_primitive::<Int64Type>().iter().flatten().collect();
        Ok(lists.map(|list| list.map_or_else(Vec::new, integers)).collect())
    }

    /// Returns a column of lists of texts; a missing list is empty.
    pub fn text_lists(&self, name: &str) -> PyResult<Vec<Vec<String>>> {
        let lists = self.lists(name, DataType::Utf8)?.into_iter();
        let texts = |list: ArrayRef| list.as_string::<i32>().iter().flatten().map(str::to_owned).collect();
        Ok(lists.map(|list| list.map_or_else(Vec::new, texts)).collect())
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.0.num_rows()
    }
}

/// Makes a column of integers, signed because Spark has no others.
pub fn integers(values: impl IntoIterator<Item = Option<i64>>) -> ArrayRef {
    std::sync::Arc::new(values.into_iter().collect::<Int64Array>())
}

/// Makes a column of small integers.
pub fn small(values: impl IntoIterator<Item = Option<i32>>) -> ArrayRef {
    std::sync::Arc::new(values.into_iter().collect::<Int32Array>())
}

/// Makes a column of hashes: 64 bits as a signed integer.
pub fn hashes(values: impl IntoIterator<Item = u64>) -> ArrayRef {
    integers(values.into_iter().map(|value| Some(value.cast_signed())))
}

/// Makes a column of bytes.
pub fn bytes<T: AsRef<[u8]>>(values: impl IntoIterator<Item = Option<T>>) -> ArrayRef {
    std::sync::Arc::new(values.into_iter().collect::<BinaryArray>())
}

/// Makes a column of texts.
pub fn texts<T: AsRef<str>>(values: impl IntoIterator<Item = Option<T>>) -> ArrayRef {
    std::sync::Arc::new(values.into_iter().collect::<StringArray>())
}

/// Makes a column of lists of integers.
pub fn integer_lists<L: IntoIterator<Item = i64>>(rows: impl IntoIterator<Item = L>) -> ArrayRef {
    let mut lists = ListBuilder::new(Int64Builder::new());
    for row in rows {
        lists.values().extend(row.into_iter().map(Some));
        lists.append(true);
    }
    std::sync::Arc::new(lists.finish())
}
