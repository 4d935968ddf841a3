//! `wirecopy report`: a run as a page to look at.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::output::Output;
use super::{DONE, SKIPPED, inputs, interrupt};
use wirecopy_core::Cancel;
use wirecopy_report::{Absent, Run, clean};

/// Documents that a warning names.
const NAMED: usize = 5;

pub(super) const EXAMPLES: &str = "\
Examples:
  wirecopy report run.jsonl -o report.html
      the page of a run made earlier
  wirecopy cluster corpus/ --html report.html
      the run and its page in one";

/// `wirecopy report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Run report that `wirecopy cluster -o` wrote
    #[arg(value_name = "RUN", value_hint = ValueHint::FilePath)]
    pub run: PathBuf,
    /// Write the page to FILE; `-` is standard output
    ///
    /// One file that needs no other and asks nothing of any network. The texts of clustered documents are in it: they are
    /// read again from the files that the run names.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, required = true)]
    pub output: PathBuf,
}

/// Runs the verb and gives the exit code.
pub(super) fn run(args: &ReportArgs) -> anyhow::Result<u8> {
    let cancel = Cancel::default();
    interrupt::cancels(&cancel);
    // A page that cannot be written is told before a large report is read.
    Output::open(&args.output)?;
    let run = Run::read_jsonl(&args.run)?;
    let mut output = inputs::protected(&args.run, &run).open(&args.output)?;
    write(&run, &mut output, &cancel)
}

/// Reads the texts again and writes the page; texts that are gone or altered are warned of and make it exit 3.
pub(super) fn write(run: &Run, output: &mut Output, cancel: &Cancel) -> anyhow::Result<u8> {
    let texts = wirecopy_ingest::again(&run.places_of_page(), &run.header.config.ingest, cancel)?;
    let mut absent = Absent::default();
    output.write(|out| {
        absent = run.write_page(&texts, out)?;
        Ok(())
    })?;
    cancel.check()?;
    warn(&absent.missing, "could not be read again: on the page without its text");
    warn(&absent.changed, "changed since the run: the page shows it as it is now");
    Ok(if absent == Absent::default() { DONE } else { SKIPPED })
}

fn warn(ids: &[String], what: &str) {
    for id in ids.iter().take(NAMED) {
        tracing::warn!("{}: {what}", clean(id));
    }
    if ids.len() > NAMED {
        tracing::warn!("and so for {} more documents", ids.len() - NAMED);
    }
}
