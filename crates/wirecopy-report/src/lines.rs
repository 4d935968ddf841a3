//! Lines of a report as the JSON that it is made of: made on all threads, and less than the values it tells of.

use std::borrow::Cow;
use std::io::{self, Write};
use std::marker::PhantomData;

use serde::Deserialize;

use super::jsonl::LineRef;
use super::{DocumentLine, EdgeLine, Line};
use wirecopy_core::Result;
use wirecopy_spill::{Blobs, Budget};

/// A line of which a report has many.
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

/// Lines of one type, in order, as the JSON that a report is made of: in memory, or under a limit in a temporary file as far
/// as they do not fit.
#[derive(Debug)]
pub struct Lines<T> {
    /// Each with its end.
    json: Blobs<u8>,
    of: PhantomData<T>,
}

/// Some lines that follow each other, put into JSON on any thread.
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

    /// Adds lines behind those that are there.
    pub(crate) fn append(&mut self, lines: &JsonLines) -> Result<()> {
        let mut start = 0;
        for &end in &lines.ends {
            self.json.push(&lines.bytes[start..end])?;
            start = end;
        }
        Ok(())
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.json.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All lines, one after the other. Each may fail where they are in a temporary file that cannot be read.
    pub fn iter(&self) -> impl Iterator<Item = Result<T>> {
        (0..self.len()).map(self.getter())
    }

    /// Gives the line with a number, which must be that of one; quickest in ascending order.
    pub(super) fn getter(&self) -> impl FnMut(usize) -> Result<T> {
        let mut reader = self.json.reader();
        move |at| {
            let line = serde_json::from_slice(reader.get(at)?).map_err(io::Error::from)?;
            T::of_line(line).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData).into())
        }
    }

    /// The ids that are `wanted`, each with the number of its line: little else of a line is looked at.
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

    /// All lines in memory.
    ///
    /// # Errors
    /// [`Error::Spill`](wirecopy_core::Error::Spill) when they are in a temporary file that cannot be read.
    pub fn into_vec(self) -> Result<Vec<T>> {
        self.iter().collect()
    }

    /// Writes the lines as a report has them.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut reader = self.json.reader();
        (0..self.len()).try_for_each(|at| out.write_all(reader.get(at).map_err(io::Error::other)?))
    }
}
