//! Maps the columns of an Arrow table to the fields of documents, and turns its rows into field values.
//!
//! A column is named as in CSV: by its name, or, inside a struct, by its path (`content.body`). Values become text as CSV would
//! have them; times are in ISO 8601, with the offset of their zone. A list of strings is paragraphs of the text, or several
//! bylines. Nulls are missing values.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Date32Type, Date64Type, Decimal128Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field as Column, Fields as ArrowFields, Schema, TimeUnit};
use jiff::Timestamp;

use super::decode::too_long;
use super::json::Field;
use super::record::{Fields, listed};
use super::table::fields_of;
use crate::config::FieldNames;
use crate::dates::Zone;
use wirecopy_core::document::Refusal;
use wirecopy_core::document::SkipKind::{Damaged, NoTextField};

/// Structs within structs that are searched for columns.
const DEPTH: usize = 8;
/// Most rows that are decoded or passed on at once.
pub(super) const ROWS: usize = 1000;

/// A row: its number, counted from 1, and its values or the reason for skipping it.
pub(super) type Row = (u64, Result<Fields, Refusal>);

/// The columns that hold fields of documents.
#[derive(Debug)]
pub(super) struct Columns {
    wanted: Vec<Wanted>,
}

/// A column that holds a field.
#[derive(Debug)]
struct Wanted {
    field: Field,
    /// The names of the column and of the structs that it is in, outermost first.
    path: Vec<String>,
    /// The zone of its times.
    zone: Option<Zone>,
}

impl Columns {
    /// Maps the columns of a table to fields.
    ///
    /// # Errors
    /// The reason for skipping the file: no column holds the text.
    pub(super) fn of_schema(schema: &Schema, names: &FieldNames) -> Result<Self, Refusal> {
        let mut all = Vec::new();
        columns_below(schema.fields(), &[], &mut all);
        let dotted: Vec<String> = all.iter().map(|(path, _)| path.join(".").trim().to_owned()).collect();
        let mut wanted = Vec::new();
        let mut text = None;
        for ((path, kind), field) in all.into_iter().zip(fields_of(&dotted, names)) {
            let Some(field) = field else { continue };
            let readable = is_readable(kind);
            if field == Field::Text {
                text = Some((readable, kind));
            }
            if readable {
                wanted.push(Wanted { field, zone: zone_of(kind), path });
            } else if field != Field::Text {
                tracing::debug!(column = path.join("."), %kind, "column not used");
            }
        }
        let reason = match text {
            Some((true, _)) => return Ok(Self { wanted }),
            Some((false, kind @ DataType::Struct(_))) => format!(
                "column `{}` is a struct: choose one of {} with --text-field",
                names.text,
                listed(&names_within(kind, &names.text))
            ),
            Some((false, kind)) => format!(
                "column `{}` holds {}, not text; choose the text column with --text-field",
                names.text,
                kind_in_words(kind)
            ),
            None if dotted.is_empty() => format!("no column `{}`: the table has no columns", names.text),
            None => format!(
                "no column `{}`: the table has {}; choose the text column with --text-field",
                names.text,
                listed(&dotted)
            ),
        };
        Err(NoTextField.because(reason))
    }

    /// Returns the paths of the columns, with dots between the names.
    pub(super) fn paths(&self) -> impl Iterator<Item = String> {
        self.wanted.iter().map(|wanted| wanted.path.join("."))
    }

    /// Returns the indices of the columns of `schema` that are read or hold such columns, in ascending order.
    pub(super) fn indices(&self, schema: &Schema) -> Vec<usize> {
        let mut indices: Vec<usize> =
            self.wanted.iter().filter_map(|wanted| schema.index_of(wanted.path.first()?).ok()).collect();
        indices.sort_unstable();
        indices.dedup();
        indices
    }

    /// Passes the rows of a batch to `emit`, of which the first has the number `first`, in groups of about `block` bytes. A row
    /// of more than `limit` bytes is refused before its values are copied.
    pub(super) fn rows(
        &self,
        batch: &RecordBatch,
        first: u64,
        (block, limit): (usize, u64),
        emit: &mut dyn FnMut(Vec<Row>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let arrays: Vec<_> =
            self.wanted.iter().filter_map(|wanted| Some((wanted, array_of(batch, &wanted.path)?))).collect();
        let (mut rows, mut bytes) = (Vec::new(), 0);
        for (number, row) in (first..).zip(0..batch.num_rows()) {
            let mut fields = Fields::default();
            let mut used = 0;
            let fits = arrays.iter().all(|(wanted, (structs, array))| {
                let is_null = structs.iter().any(|parent| parent.is_null(row));
                let values =
                    if is_null { Some(Vec::new()) } else { values(array, row, wanted, limit - used) };
                let Some(values) = values else { return false };
                used += values.iter().map(|value| value.len() as u64).sum::<u64>();
                set(&mut fields, wanted.field, values);
                used <= limit
            });
            rows.push((number, if fits { Ok(fields) } else { Err(too_long(limit)) }));
            bytes += used as usize;
            if bytes >= block || rows.len() >= ROWS {
                bytes = 0;
                emit(std::mem::take(&mut rows))?;
            }
        }
        if rows.is_empty() { ControlFlow::Continue(()) } else { emit(rows) }
    }
}

/// Returns the size of a row's values, for the weight of a part.
pub(super) fn weight(rows: &[Row]) -> usize {
    rows.iter()
        .map(|(_, row)| row.as_ref().map_or(0, |fields| fields.text.as_ref().map_or(0, String::len)))
        .sum()
}

/// Returns the rows of a range in words: `the rows 3 to 5`.
pub(super) fn in_numbers(rows: &std::ops::Range<u64>) -> String {
    let last = rows.end.saturating_sub(1);
    if last > rows.start {
        format!("the rows {} to {last}", rows.start)
    } else {
        format!("the row {}", rows.start)
    }
}

/// Returns the message of a decoder as part of a sentence.
fn first_line(error: &dyn std::fmt::Display) -> String {
    const CHARS: usize = 160;
    let message = error.to_string();
    message.lines().next().unwrap_or_default().trim_end_matches('.').chars().take(CHARS).collect()
}

/// Returns the result of a decoder of the crates `parquet` and `arrow-ipc`.
///
/// They panic on some damaged input, where a count or an offset contradicts another. Such a decoder is not used again, or, if it
/// is one of Arrow, has changed nothing, since it reads a batch by itself.
pub(super) fn decoded<T, E: std::fmt::Display>(decode: impl FnOnce() -> Result<T, E>) -> Result<T, Refusal> {
    match panic::catch_unwind(AssertUnwindSafe(decode)) {
        Ok(result) => result.map_err(|error| Damaged.because(first_line(&error))),
        Err(_) => Err(Damaged.because("the data contradicts its description")),
    }
}

/// Adds the columns below these to `all`, outer ones first.
fn columns_below<'s>(fields: &'s ArrowFields, outer: &[String], all: &mut Vec<(Vec<String>, &'s DataType)>) {
    let path = |column: &Column| outer.iter().cloned().chain([column.name().clone()]).collect::<Vec<_>>();
    all.extend(fields.iter().map(|column| (path(column), column.data_type())));
    if outer.len() + 1 == DEPTH {
        return;
    }
    for column in fields {
        if let DataType::Struct(inner) = column.data_type() {
            columns_below(inner, &path(column), all);
        }
    }
}

/// Returns the paths of the columns in a struct.
fn names_within(kind: &DataType, outer: &str) -> Vec<String> {
    match kind {
        DataType::Struct(fields) => fields.iter().map(|inner| format!("{outer}.{}", inner.name())).collect(),
        _ => Vec::new(),
    }
}

/// Returns whether values of a type become text.
fn is_readable(kind: &DataType) -> bool {
    let is_value = |kind: &DataType| {
        let is_plain = |kind: &DataType| {
            kind.is_string()
                || kind.is_binary() && !matches!(kind, DataType::FixedSizeBinary(_))
                || kind.is_integer()
                || matches!(
                    kind,
                    DataType::Boolean
                        | DataType::Float32
                        | DataType::Float64
                        | DataType::Decimal128(..)
                        | DataType::Date32
                        | DataType::Date64
                        | DataType::Timestamp(..)
                )
        };
        match kind {
            DataType::Dictionary(_, value) => is_plain(value),
            kind => is_plain(kind),
        }
    };
    match kind {
        DataType::List(item) | DataType::LargeList(item) => is_value(item.data_type()),
        kind => is_value(kind),
    }
}

fn kind_in_words(kind: &DataType) -> Cow<'static, str> {
    Cow::Borrowed(match kind {
        DataType::Null => "nothing but nulls",
        DataType::List(_) | DataType::LargeList(_) => "lists of other values than strings",
        other => return Cow::Owned(format!("values of type {other}").chars().take(80).collect()),
    })
}

fn zone_of(kind: &DataType) -> Option<Zone> {
    match kind {
        // A name that this system does not know leaves the times in UTC, which is as true.
        DataType::Timestamp(_, Some(zone)) => Zone::named(zone).or_else(|_| Zone::named("UTC")).ok(),
        _ => None,
    }
}

/// Returns the array at a path, and the structs that it is in.
fn array_of<'b>(batch: &'b RecordBatch, path: &[String]) -> Option<(Vec<&'b dyn Array>, &'b ArrayRef)> {
    let (first, inner) = path.split_first()?;
    let mut array = batch.column_by_name(first)?;
    let mut structs: Vec<&dyn Array> = Vec::new();
    for name in inner {
        let parent = array.as_struct_opt()?;
        structs.push(parent);
        array = parent.column_by_name(name)?;
    }
    Some((structs, array))
}

/// Returns the values of a cell: those of a list, or one, or none. `None` if they are longer than `limit` bytes.
fn values(array: &dyn Array, row: usize, wanted: &Wanted, limit: u64) -> Option<Vec<String>> {
    let items = if array.is_null(row) {
        None
    } else if let Some(list) = array.as_list_opt::<i32>() {
        Some(list.value(row))
    } else {
        array.as_list_opt::<i64>().map(|list| list.value(row))
    };
    let Some(items) = items else {
        let value = value(array, row, wanted.zone.as_ref());
        let fits = value.as_ref().is_none_or(|value| value.len() as u64 <= limit);
        return fits.then(|| value.into_iter().map(Cow::into_owned).collect());
    };
    let (mut out, mut used) = (Vec::new(), 0);
    for item in 0..items.len() {
        let Some(value) = value(&items, item, None) else { continue };
        used += value.len() as u64;
        if used > limit {
            return None;
        }
        out.push(value.into_owned());
    }
    Some(out)
}

/// Sets a field to the values of a cell.
fn set(fields: &mut Fields, field: Field, values: Vec<String>) {
    if field == Field::Byline {
        fields.bylines.extend(values);
        return;
    }
    let value = if field == Field::Text && values.len() > 1 {
        let paragraphs: Vec<String> = values.into_iter().filter(|value| !value.trim().is_empty()).collect();
        Some(paragraphs.join("\n\n"))
    } else {
        values.into_iter().next()
    };
    match field {
        Field::Text => fields.text = value,
        Field::Id => fields.id = value,
        Field::Title => fields.title = value,
        Field::Date => fields.date = value,
        Field::Source => fields.source = value,
        Field::Url => fields.url = value,
        Field::Language => fields.language = value,
        Field::Byline => {}
    }
}

/// Returns a value as text; `None` for a null.
fn value<'a>(array: &'a dyn Array, row: usize, zone: Option<&Zone>) -> Option<Cow<'a, str>> {
    if let DataType::Dictionary(key, _) = array.data_type() {
        let (values, key) = entry(array, key, row)?;
        return plain(values, key, zone);
    }
    plain(array, row, zone)
}

/// Returns the values of a dictionary and the place of a row's value in them.
fn entry<'a>(array: &'a dyn Array, key: &DataType, row: usize) -> Option<(&'a dyn Array, usize)> {
    fn of<K: ArrowDictionaryKeyType>(array: &dyn Array, row: usize) -> Option<(&dyn Array, usize)> {
        let dictionary = array.as_dictionary_opt::<K>()?;
        let values: &dyn Array = dictionary.values();
        dictionary.key(row).filter(|&key| key < values.len()).map(|key| (values, key))
    }
    match key {
        DataType::Int8 => of::<Int8Type>(array, row),
        DataType::Int16 => of::<Int16Type>(array, row),
        DataType::Int32 => of::<Int32Type>(array, row),
        DataType::Int64 => of::<Int64Type>(array, row),
        DataType::UInt8 => of::<UInt8Type>(array, row),
        DataType::UInt16 => of::<UInt16Type>(array, row),
        DataType::UInt32 => of::<UInt32Type>(array, row),
        DataType::UInt64 => of::<UInt64Type>(array, row),
        _ => None,
    }
}

/// Returns a value of an array without a dictionary as text; `None` for a null.
fn plain<'a>(array: &'a dyn Array, row: usize, zone: Option<&Zone>) -> Option<Cow<'a, str>> {
    if array.is_null(row) {
        return None;
    }
    /// Formats a number as CSV has it.
    macro_rules! number {
        ($type:ty) => {
            array.as_primitive_opt::<$type>()?.value(row).to_string()
        };
    }
    Some(Cow::Owned(match array.data_type() {
        DataType::Utf8 => return Some(array.as_string_opt::<i32>()?.value(row).into()),
        DataType::LargeUtf8 => return Some(array.as_string_opt::<i64>()?.value(row).into()),
        DataType::Utf8View => return Some(array.as_string_view_opt()?.value(row).into()),
        // Older programs write strings as bytes.
        DataType::Binary => return Some(String::from_utf8_lossy(array.as_binary_opt::<i32>()?.value(row))),
        DataType::LargeBinary => {
            return Some(String::from_utf8_lossy(array.as_binary_opt::<i64>()?.value(row)));
        }
        DataType::BinaryView => {
            return Some(String::from_utf8_lossy(array.as_binary_view_opt()?.value(row)));
        }
        DataType::Boolean => array.as_boolean_opt()?.value(row).to_string(),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float32 => number!(Float32Type),
        DataType::Float64 => number!(Float64Type),
        DataType::Decimal128(..) => array.as_primitive_opt::<Decimal128Type>()?.value_as_string(row),
        _ => time(array, row, zone)?,
    }))
}

/// Returns a date or a time in ISO 8601. One that no calendar has is the number that stands for it.
fn time(array: &dyn Array, row: usize, zone: Option<&Zone>) -> Option<String> {
    const DAY: i64 = 24 * 60 * 60;
    let (count, per_second) = match array.data_type() {
        DataType::Date32 => {
            let days = i64::from(array.as_primitive_opt::<Date32Type>()?.value(row));
            let day = days.checked_mul(DAY).and_then(|seconds| Timestamp::from_second(seconds).ok());
            return Some(day.map_or_else(|| days.to_string(), |day| day.strftime("%F").to_string()));
        }
        DataType::Date64 => {
            let milliseconds = array.as_primitive_opt::<Date64Type>()?.value(row);
            let day = Timestamp::from_millisecond(milliseconds).ok();
            return Some(day.map_or_else(|| milliseconds.to_string(), |day| day.strftime("%F").to_string()));
        }
        DataType::Timestamp(TimeUnit::Second, _) => {
            (array.as_primitive_opt::<TimestampSecondType>()?.value(row), 1)
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            (array.as_primitive_opt::<TimestampMillisecondType>()?.value(row), 1000)
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            (array.as_primitive_opt::<TimestampMicrosecondType>()?.value(row), 1_000_000)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            (array.as_primitive_opt::<TimestampNanosecondType>()?.value(row), 1_000_000_000)
        }
        _ => return None,
    };
    // Publication times have no fractions of a second.
    let Ok(instant) = Timestamp::from_second(count.div_euclid(per_second)) else {
        return Some(count.to_string());
    };
    Some(zone.map_or_else(|| instant.strftime("%FT%T").to_string(), |zone| zone.shown(instant)))
}
