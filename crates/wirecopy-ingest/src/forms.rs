//! Reads the forms in which news is delivered and archived, as a stream of numbered results.
//!
//! The parsers are those of `wirecopy-formats`. What they return is turned into documents by the workers (`delivered`).

use std::cell::RefCell;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::rc::Rc;

use super::charset;
use super::decode::{self, Stream};
use super::input::Part;
use crate::config::IngestConfig;
use wirecopy_core::document::Refusal;
use wirecopy_formats::{Form, Found, Limits};

/// Bytes that are read at once.
const BUFFER: usize = 64 << 10;

/// Reads a file of this form and passes its results to `emit`.
pub(super) fn read(
    form: Form,
    stream: Stream,
    config: &IngestConfig,
    emit: &mut dyn FnMut(Part) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let limits = Limits { item_bytes: config.max_document_bytes, ..Limits::default() };
    let problem = Problem::default();
    let head = (!form.is_binary()).then(|| stream.head().to_vec());
    let watched = Watched { compressed: stream.compressed, inner: stream, problem: Rc::clone(&problem) };
    let input: Box<dyn Read> = match head {
        Some(head) => charset::utf8(watched, &head, form.is_markup()),
        None => Box::new(watched),
    };
    let mut results = Results { form, count: 0, first: None, emit };
    wirecopy_formats::read(form, &mut BufReader::with_capacity(BUFFER, input), limits, &mut |found| {
        // The reader of a form does not know why its input ends.
        match (found, problem.take()) {
            (Found::Skip(_), Some(refusal)) => results.add(Found::Skip(refusal)),
            (found, None) => results.add(found),
            (found, unreported) => {
                problem.replace(unreported);
                results.add(found)
            }
        }
    })?;
    if let Some(refusal) = problem.take() {
        results.add(Found::Skip(refusal))?;
    }
    results.finish()
}

/// Why a stream has failed, until it is reported.
type Problem = Rc<RefCell<Option<Refusal>>>;

/// A stream that notes why it fails.
struct Watched {
    inner: Stream,
    compressed: bool,
    problem: Problem,
}

impl Read for Watched {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.inner.read(out).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.problem.replace(Some(decode::broken(error, self.compressed)));
            }
        })
    }
}

/// Numbers the results of a file. The first is held back until a second one shows that it is not the only one.
struct Results<'e> {
    form: Form,
    count: u64,
    first: Option<Found>,
    emit: &'e mut dyn FnMut(Part) -> ControlFlow<()>,
}

impl Results<'_> {
    fn add(&mut self, result: Found) -> ControlFlow<()> {
        if let Found::Passed(passed) = result {
            return (self.emit)(Part::Passed(self.form, passed));
        }
        self.count += 1;
        if self.count == 1 {
            self.first = Some(result);
            return ControlFlow::Continue(());
        }
        if let Some(first) = self.first.take() {
            self.emit(Some(1), first)?;
        }
        self.emit(Some(self.count), result)
    }

    fn finish(&mut self) -> ControlFlow<()> {
        match self.first.take() {
            Some(only) => self.emit(None, only),
            None => ControlFlow::Continue(()),
        }
    }

    fn emit(&mut self, record: Option<u64>, result: Found) -> ControlFlow<()> {
        (self.emit)(Part::Delivered { form: self.form, record, result: Box::new(result) })
    }
}
