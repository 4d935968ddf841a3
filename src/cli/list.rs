//! `wirecopy cluster --list`: shows what a run would read, without comparing anything.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::args::{Format, GlobalArgs};
use super::bars::Bars;
use super::output::Output;
use wirecopy_core::engine::thread_pool;
use wirecopy_core::{Cancel, Error, NoProgress, Progress, Skipped};
use wirecopy_ingest::config::IngestConfig;
use wirecopy_ingest::{Listed, Root};
use wirecopy_report::{clean, number};

/// Number of reasons shown for each file in the text form, unless more detail is requested.
const REASONS: usize = 3;

/// What to list, and how.
pub(super) struct Request<'a> {
    /// Folders and files.
    pub roots: Vec<Root>,
    /// How they are read.
    pub config: &'a IngestConfig,
    /// Number of threads; 0 is one for each core.
    pub threads: usize,
    /// Text or JSON lines.
    pub format: Format,
}

/// The sums over all files.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    files: u64,
    documents: u64,
    skipped: u64,
}

/// A file as a JSON line.
#[derive(Serialize)]
struct FileLine<'a> {
    r#type: &'static str,
    path: &'a str,
    format: Option<&'a str>,
    documents: u64,
    skipped: Vec<SkippedInput<'a>>,
    skipped_more: u64,
    /// What it holds besides documents: media types, and how many there are.
    passed_over: BTreeMap<&'a str, u64>,
}

/// A skipped input of a file.
#[derive(Serialize)]
struct SkippedInput<'a> {
    record: Option<u64>,
    kind: wirecopy_core::SkipKind,
    reason: &'a str,
}

/// The last JSON line.
#[derive(Serialize)]
struct SummaryLine {
    r#type: &'static str,
    files: u64,
    documents: u64,
    skipped: u64,
}

/// Writes the list to `output`, if there is one, and returns whether inputs would be skipped.
///
/// # Errors
/// As for reading, and if the list cannot be written.
pub(super) fn write(
    request: &Request<'_>,
    global: &GlobalArgs,
    output: Option<&mut Output>,
    bars: &Bars,
    cancel: &Cancel,
) -> anyhow::Result<bool> {
    // A bar among the lines of the list would be in the way, also if `less` or `head` prints them.
    let is_shown = output.as_ref().is_some_and(|output| output.is_stdout());
    let progress: &dyn Progress = if is_shown { &NoProgress } else { bars };
    let reasons = if global.verbose > 0 { usize::MAX } else { REASONS };
    let mut totals = Totals::default();
    let result = thread_pool(request.threads)?.install(|| match output {
        None => {
            let Request { roots, config, .. } = request;
            let counted = wirecopy_ingest::list(roots, config, progress, cancel, |file| {
                totals.add(&file);
                Ok(())
            });
            Ok(counted?)
        }
        Some(output) => {
            let mut failed = None;
            let written = output.write(|out| {
                fill(request, reasons, progress, cancel, &mut totals, out).map_err(|error| match error {
                    Error::Write(error) => error,
                    error => {
                        failed = Some(error);
                        io::ErrorKind::Other.into()
                    }
                })
            });
            match failed {
                Some(error) => Err(error.into()),
                None => written,
            }
        }
    });
    bars.clear();
    result?;
    Ok(totals.skipped > 0)
}

/// Writes the list, and adds up the totals.
fn fill(
    request: &Request<'_>,
    reasons: usize,
    progress: &dyn Progress,
    cancel: &Cancel,
    totals: &mut Totals,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let as_text = request.format == Format::Text;
    if as_text {
        writeln!(out, "{:>9}  {:<20}  file", "documents", "format").map_err(Error::Write)?;
    }
    wirecopy_ingest::list(&request.roots, request.config, progress, cancel, |file| {
        totals.add(&file);
        let written = if as_text { write_text(&file, reasons, out) } else { write_line(&file, out) };
        written.map_err(Error::Write)
    })?;
    let Totals { files, documents, skipped } = *totals;
    let written = if as_text {
        writeln!(out, "{}", totals.sentence())
    } else {
        json(&SummaryLine { r#type: "summary", files, documents, skipped }, out)
    };
    written.map_err(Error::Write)
}

impl Totals {
    fn add(&mut self, file: &Listed) {
        self.files += 1;
        self.documents += file.documents;
        self.skipped += file.skipped.len() as u64 + file.skipped_more;
    }

    fn sentence(self) -> String {
        let counted = |n: u64, what: &str| format!("{} {what}{}", number(n), if n == 1 { "" } else { "s" });
        let mut out = format!("{}, {}", counted(self.files, "file"), counted(self.documents, "document"));
        if self.skipped > 0 {
            out.push_str(&format!("; {} would be skipped", counted(self.skipped, "input")));
        }
        out
    }
}

fn write_text(file: &Listed, reasons: usize, out: &mut dyn Write) -> io::Result<()> {
    let format = file.format.unwrap_or("-");
    writeln!(out, "{:>9}  {format:<20}  {}", number(file.documents), clean(&file.path))?;
    for Skipped { record, reason, .. } in file.skipped.iter().take(reasons) {
        let record = record.map(|record| format!("record {record}: ")).unwrap_or_default();
        writeln!(out, "{:33}  {record}{}", "", clean(reason))?;
    }
    let more = file.skipped.len().saturating_sub(reasons) as u64 + file.skipped_more;
    if more > 0 {
        writeln!(out, "{:33}  and {} more", "", number(more))?;
    }
    if !file.passed.is_empty() {
        writeln!(out, "{:33}  passed over: {}", "", clean(&file.passed.to_string()))?;
    }
    Ok(())
}

fn write_line(file: &Listed, out: &mut dyn Write) -> io::Result<()> {
    let Listed { path, format, documents, skipped, skipped_more, passed, .. } = file;
    let skipped = skipped
        .iter()
        .map(|one| SkippedInput { record: one.record, kind: one.kind, reason: &one.reason })
        .collect();
    let line = FileLine {
        r#type: "file",
        path,
        format: *format,
        documents: *documents,
        skipped,
        skipped_more: *skipped_more,
        passed_over: passed.iter().collect(),
    };
    json(&line, out)
}

fn json(line: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
