//! Lines of a report: as values where memory has no limit, else as the JSON that the report is made of.

use std::borrow::Cow;
use std::io::{self, Write};

use super::jsonl::LineRef;
use super::{DocumentLine, EdgeLine, Line};
use crate::Result;
use crate::spill::{Blobs, Budget};

/// A line of which a report has many.
pub trait ReportLine: Clone {
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

/// Lines of one type, in order.
#[derive(Debug)]
pub struct Lines<T>(Kept<T>);

#[derive(Debug)]
enum Kept<T> {
    Values(Vec<T>),
    Json(Blobs<u8>),
}

impl<T: ReportLine> Lines<T> {
    /// None yet, with room for `count`; under a limit they are kept as JSON, and go to a temporary file where they do not fit.
    pub(crate) fn new(budget: &Budget, count: usize) -> Self {
        Self(if budget.is_limited() {
            Kept::Json(Blobs::new(budget))
        } else {
            Kept::Values(Vec::with_capacity(count))
        })
    }

    /// Adds a line.
    pub(crate) fn push(&mut self, line: T) -> Result<()> {
        match &mut self.0 {
            Kept::Values(lines) => {
                lines.push(line);
                Ok(())
            }
            Kept::Json(blobs) => blobs.push(&serde_json::to_vec(&line.as_line()).map_err(io::Error::from)?),
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        match &self.0 {
            Kept::Values(lines) => lines.len(),
            Kept::Json(blobs) => blobs.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All lines, one after the other. Each may fail where they are in a temporary file that cannot be read.
    pub fn iter<'a>(&'a self) -> impl Iterator<Item = Result<Cow<'a, T>>> {
        (0..self.len()).map(self.getter())
    }

    /// Gives the line with a number, which must be that of one; quickest in ascending order.
    pub(super) fn getter<'a>(&'a self) -> impl FnMut(usize) -> Result<Cow<'a, T>> {
        let mut reader = match &self.0 {
            Kept::Values(_) => None,
            Kept::Json(blobs) => Some(blobs.reader()),
        };
        move |at| match (&self.0, &mut reader) {
            (Kept::Values(lines), _) => Ok(Cow::Borrowed(&lines[at])),
            (Kept::Json(_), Some(reader)) => {
                let line = serde_json::from_slice(reader.get(at)?).map_err(io::Error::from)?;
                T::of_line(line)
                    .map(Cow::Owned)
                    .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData).into())
            }
            // There is a reader wherever there is JSON.
            (Kept::Json(_), None) => Err(io::Error::from(io::ErrorKind::InvalidData).into()),
        }
    }

    /// Calls `each` with every line as a report has it, without its end.
    pub(super) fn each_json(&self, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        match &self.0 {
            Kept::Values(lines) => {
                let mut json = Vec::new();
                for line in lines {
                    json.clear();
                    serde_json::to_writer(&mut json, &line.as_line())?;
                    each(&json)?;
                }
            }
            Kept::Json(blobs) => {
                let mut reader = blobs.reader();
                for at in 0..blobs.len() {
                    each(reader.get(at).map_err(io::Error::other)?)?;
                }
            }
        }
        Ok(())
    }

    /// All lines in memory.
    ///
    /// # Errors
    /// [`Error::Spill`](crate::Error::Spill) when they are in a temporary file that cannot be read.
    pub fn into_vec(self) -> Result<Vec<T>> {
        match self.0 {
            Kept::Values(lines) => Ok(lines),
            Kept::Json(_) => self.iter().map(|line| line.map(Cow::into_owned)).collect(),
        }
    }
}

/// Writes the lines of a report.
pub(super) fn write_lines<T: ReportLine>(lines: &Lines<T>, out: &mut impl Write) -> io::Result<()> {
    lines.each_json(|line| {
        out.write_all(line)?;
        out.write_all(b"\n")
    })
}
