//! Report lines kept as serialised JSON, which takes less memory than the values and can be produced on all threads.

use std::borrow::Cow;
use std::io::{self, Write};
use std::marker::PhantomData;

use serde::Deserialize;

use super::jsonl::LineRef;
use super::{DocumentLine, EdgeLine, Line};
use wirecopy_core::Result;
use wirecopy_spill::{Blobs, Budget};

/// A type of line that a report may contain millions of.
pub trait ReportLine: Sized {
    #[doc(hidden)]
    fn as_line(&self) -> LineRef<'_>;
    #[doc(hidden)]
    fn of_line(line: Line) -> Option<Self>;
}

impl ReportLine for DocumentLine {
    fn as_line(&self) -> LineRef<'_> {
        LineRef::Document(self)
    }

    fn of_line(line: Line) -> Option<Self> {
        if let Line::Document(line) = line { Some(line) } else { None }
    }
}

impl ReportLine for EdgeLine {
    fn as_line(&self) -> LineRef<'_> {
        LineRef::Edge(self)
    }

    fn of_line(line: Line) -> Option<Self> {
        if let Line::Edge(line) = line { Some(line) } else { None }
    }
}

/// Report lines of one type, in order, as serialised JSON. Under a memory limit, what does not fit goes to a temporary file.
#[derive(Debug)]
pub struct Lines<T> {
    /// Each line including its newline.
    json: Blobs<u8>,
    of: PhantomData<T>,
}

/// Consecutive lines, serialised on any thread.
#[derive(Debug, Default)]
pub(crate) struct JsonLines {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl JsonLines {
    /// Adds a line.
    pub(crate) fn push(&mut self, line: &impl ReportLine) -> Result<()> {
        serde_json::to_writer(&mut self.bytes, &line.as_line()).map_err(io::Error::from)?;
        self.bytes.push(b'\n');
        self.ends.push(self.bytes.len());
        Ok(())
    }
}

impl<T: ReportLine> Lines<T> {
    /// Creates an empty store.
    pub(crate) fn new(budget: &Budget) -> Self {
        Self { json: Blobs::new(budget), of: PhantomData }
    }

    /// Appends lines.
    pub(crate) fn append(&mut self, lines: &JsonLines) -> Result<()> {
        let mut start = 0;
        for &end in &lines.ends {
            self.json.push(&lines.bytes[start..end])?;
            start = end;
        }
        Ok(())
    }

    /// Returns the number of lines.
    pub fn len(&self) -> usize {
        self.json.len()
    }

    /// Returns whether there are no lines.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Iterates over all lines. An item is an error if it cannot be read from the temporary file.
    pub fn iter(&self) -> impl Iterator<Item = Result<T>> {
        (0..self.len()).map(self.getter())
    }

    /// Returns a function that reads a line by its index, which must exist. Ascending access is fastest.
    pub(super) fn getter(&self) -> impl FnMut(usize) -> Result<T> {
        let mut reader = self.json.reader();
        move |at| {
            let line = serde_json::from_slice(reader.get(at)?).map_err(io::Error::from)?;
            T::of_line(line).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData).into())
        }
    }

    /// Returns the `wanted` ids with the indices of their lines, without parsing the other fields.
    pub(super) fn with_id(&self, wanted: impl Fn(&str) -> bool) -> Result<Vec<(String, usize)>> {
        #[derive(Deserialize)]
        struct Named<'a> {
            #[serde(borrow)]
            id: Cow<'a, str>,
        }
        let mut reader = self.json.reader();
        let mut found = Vec::new();
        for at in 0..self.len() {
            let line: Named<'_> = serde_json::from_slice(reader.get(at)?).map_err(io::Error::from)?;
            if wanted(&line.id) {
                found.push((line.id.into_owned(), at));
            }
        }
        Ok(found)
    }

    /// Reads all lines into memory.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](wirecopy_core::Error::Spill) if the temporary file cannot be read.
    pub fn into_vec(self) -> Result<Vec<T>> {
        self.iter().collect()
    }

    /// Writes the lines in the format of a report.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut reader = self.json.reader();
        (0..self.len()).try_for_each(|at| out.write_all(reader.get(at).map_err(io::Error::other)?))
    }
}
