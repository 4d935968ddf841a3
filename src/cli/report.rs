//! `wirecopy report`: a run as an HTML page.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::output::Output;
use super::protect::Protected;
use super::{done, inputs, interrupt};
use wirecopy_core::Cancel;
use wirecopy_report::{Absent, Run, Texts, clean};

/// Maximum number of documents that are named in warnings.
const NAMED: usize = 5;

pub(super) const EXAMPLES: &str = "\
Examples:
  wirecopy report run.jsonl -o report.html
      write the page of an earlier run
  wirecopy cluster corpus/ --html report.html
      run and write the page in one step";

/// `wirecopy report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Run report, as written by `wirecopy cluster -o`
    #[arg(value_name = "RUN", value_hint = ValueHint::FilePath)]
    pub run: PathBuf,
    /// Write the page to FILE; `-` is standard output
    ///
    /// The page is one self-contained file that makes no network requests. It contains the texts of clustered documents, which
    /// are read again from the files of the run.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, required = true)]
    pub output: PathBuf,
}

/// Runs the command and returns the exit code.
pub(super) fn run(args: &ReportArgs) -> anyhow::Result<u8> {
    let cancel = Cancel::default();
    interrupt::cancels(&cancel);
    // Fails before a large report is read if the page cannot be written.
    Protected::default().open_page(&args.output)?;
    let run = Run::read_jsonl(&args.run)?;
    let mut output = inputs::protected(&args.run, &run).open_page(&args.output)?;
    write(&run, Texts::new(), &mut output, &cancel)
}

/// Reads the texts again, except for those that are known, and writes the page. Missing and changed texts are logged as warnings
/// and change the exit code.
pub(super) fn write(run: &Run, mut texts: Texts, output: &mut Output, cancel: &Cancel) -> anyhow::Result<u8> {
    let mut unknown = run.ids_of_page();
    unknown.retain(|id| !texts.contains_key(*id));
    texts.extend(run.texts(&unknown, cancel)?);
    let mut absent = Absent::default();
    output.write(|out| {
        absent = run.write_page(&texts, out)?;
        Ok(())
    })?;
    cancel.check()?;
    warn(&absent.missing, "cannot be read again: the page lacks its text");
    warn(&absent.changed, "changed since the run: the page shows its current text");
    Ok(done(absent != Absent::default()))
}

fn warn(ids: &[String], what: &str) {
    for id in ids.iter().take(NAMED) {
        tracing::warn!("{}: {what}", clean(id));
    }
    if ids.len() > NAMED {
        tracing::warn!("the same holds for {} more documents", ids.len() - NAMED);
    }
}
