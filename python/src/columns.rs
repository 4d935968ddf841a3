//! The columns of Arrow record batches that hold the fields of documents.

use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, LargeStringArray, RecordBatch, StringArray, StringViewArray, StructArray,
};
use arrow_cast::cast;
use arrow_schema::{DataType, Schema};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use serde_json::{Map, Value};
use wirecopy::{FieldNames, Fields};

/// Which columns hold which fields. The names of those for languages and bylines are fixed, as for records of other formats.
pub struct Columns {
    /// Nothing is read of a frame without columns.
    empty: bool,
    text: Option<usize>,
    id: Option<usize>,
    title: Option<usize>,
    date: Option<usize>,
    source: Option<usize>,
    url: Option<usize>,
    language: Option<usize>,
    bylines: Vec<usize>,
    /// The columns of `wirecopy keep` for its paths, and for what a form says of an item.
    delivery: Option<(usize, usize)>,
}

impl Columns {
    /// Finds the columns.
    ///
    /// # Errors
    /// `ValueError` if there is no column for texts, `TypeError` if a column cannot hold its field.
    pub fn of(schema: &Schema, names: &FieldNames) -> PyResult<Self> {
        let find = |name: &str| schema.fields().iter().position(|field| field.name() == name);
        let columns = Self {
            empty: schema.fields().is_empty(),
            text: find(&names.text),
            id: find(&names.id),
            title: find(&names.title),
            date: find(&names.date),
            source: find(&names.source),
            url: find(&names.url),
            language: find("language").or_else(|| find("lang")),
            bylines: ["byline", "author", "agency"].into_iter().filter_map(find).collect(),
            delivery: delivery_of(schema),
        };
        match columns.text {
            None if !columns.empty => {
                let found: Vec<String> =
                    schema.fields().iter().map(|field| format!("`{}`", field.name())).collect();
                return Err(PyValueError::new_err(format!(
                    "no column `{}`: the table has {}; choose the text column with fields={{\"text\": …}}",
                    names.text,
                    found.join(", ")
                )));
            }
            Some(at) if !is_text(schema.field(at).data_type()) => return Err(wrong(schema, at, "text")),
            _ => {}
        }
        let others = [columns.id, columns.title, columns.date, columns.source, columns.url, columns.language];
        for at in others.into_iter().flatten().chain(columns.bylines.iter().copied()) {
            let kind = schema.field(at).data_type();
            if kind.is_nested()
                || matches!(kind, DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
            {
                return Err(wrong(schema, at, "a text, a number or a date"));
            }
        }
        Ok(columns)
    }

    /// Returns the rows of a batch.
    ///
    /// # Errors
    /// `TypeError` if a column cannot be converted.
    pub fn rows(&self, batch: &RecordBatch) -> PyResult<Rows> {
        let texts = |at: Option<usize>| at.map_or(Ok(Texts::None), |at| Texts::of(batch.column(at)));
        Ok(Rows {
            text: texts(self.text)?,
            id: texts(self.id)?,
            title: texts(self.title)?,
            date: texts(self.date)?,
            source: texts(self.source)?,
            url: texts(self.url)?,
            language: texts(self.language)?,
            bylines: self.bylines.iter().map(|&at| texts(Some(at))).collect::<PyResult<_>>()?,
            delivery: match self.delivery {
                Some((path, at)) => Some(Deliveries::of(batch.column(path), batch.column(at).as_struct())?),
                None => None,
            },
        })
    }
}

fn wrong(schema: &Schema, at: usize, wanted: &str) -> PyErr {
    let field = schema.field(at);
    PyTypeError::new_err(format!("column `{}` is of type {}, not {wanted}", field.name(), field.data_type()))
}

/// Returns the columns for paths and deliveries of records that `wirecopy keep` wrote. A column with the name of the latter in
/// other tables is something else, as it is in other records.
fn delivery_of(schema: &Schema) -> Option<(usize, usize)> {
    let find =
        |name: &str| Some((schema.index_of(name).ok()?, schema.field_with_name(name).ok()?.data_type()));
    let ((path, of_path), (at, kind)) = (find("path")?, find("delivery")?);
    find("record").and(find("cluster"))?;
    (is_text(of_path) && matches!(kind, DataType::Struct(_))).then_some((path, at))
}

/// Returns whether a type holds texts. A column of nothing but missing values may have any type.
fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// The fields of a batch's rows.
pub struct Rows {
    text: Texts,
    id: Texts,
    title: Texts,
    date: Texts,
    source: Texts,
    url: Texts,
    language: Texts,
    bylines: Vec<Texts>,
    delivery: Option<Deliveries>,
}

impl Rows {
    /// Returns the fields of a row.
    pub fn fields(&self, row: usize) -> Fields {
        let mut fields = Fields::default();
        fields.id = self.id.get(row);
        fields.text = self.text.get(row);
        fields.title = self.title.get(row);
        fields.date = self.date.get(row);
        fields.source = self.source.get(row);
        fields.url = self.url.get(row);
        fields.language = self.language.get(row);
        fields.bylines = self.bylines.iter().filter_map(|column| column.get(row)).collect();
        // A value that is not a delivery is ignored, as in a record.
        let delivery = self.delivery.as_ref().and_then(|column| column.get(row));
        fields.delivery = delivery.and_then(|delivery| serde_json::from_value(delivery).ok());
        fields
    }
}

/// What forms say of items.
struct Deliveries {
    paths: Texts,
    structs: StructArray,
    members: Vec<(String, Texts)>,
}

impl Deliveries {
    fn of(paths: &ArrayRef, structs: &StructArray) -> PyResult<Self> {
        let mut members = Vec::new();
        for (field, column) in structs.fields().iter().zip(structs.columns()) {
            // A form has only texts.
            if !field.data_type().is_nested() {
                members.push((field.name().clone(), Texts::of(column)?));
            }
        }
        Ok(Self { paths: Texts::of(paths)?, structs: structs.clone(), members })
    }

    /// Returns the members of a row that it has; `None` if there is no delivery.
    fn get(&self, row: usize) -> Option<Value> {
        self.paths.get(row).filter(|_| self.structs.is_valid(row))?;
        let has = |(name, texts): &(String, Texts)| Some((name.clone(), Value::String(texts.get(row)?)));
        Some(Value::Object(self.members.iter().filter_map(has).collect::<Map<_, _>>()))
    }
}

/// A column as texts.
enum Texts {
    None,
    Small(StringArray),
    Large(LargeStringArray),
    Views(StringViewArray),
}

impl Texts {
    fn of(column: &ArrayRef) -> PyResult<Self> {
        Ok(match column.data_type() {
            DataType::Null => Self::None,
            DataType::Utf8 => Self::Small(column.as_string().clone()),
            DataType::LargeUtf8 => Self::Large(column.as_string().clone()),
            DataType::Utf8View => Self::Views(column.as_string_view().clone()),
            _ => {
                let texts = cast(column, &DataType::LargeUtf8)
                    .map_err(|error| PyTypeError::new_err(error.to_string()))?;
                Self::Large(texts.as_string().clone())
            }
        })
    }

    fn get(&self, row: usize) -> Option<String> {
        match self {
            Self::None => None,
            Self::Small(texts) => texts.is_valid(row).then(|| texts.value(row).to_owned()),
            Self::Large(texts) => texts.is_valid(row).then(|| texts.value(row).to_owned()),
            Self::Views(texts) => texts.is_valid(row).then(|| texts.value(row).to_owned()),
        }
    }
}
