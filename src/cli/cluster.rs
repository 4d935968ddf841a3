//! `wirecopy cluster`: the main job.

use std::fs;
use std::io::{IsTerminal, Write, stdout};
use std::path::Path;

use anyhow::bail;

use super::args::{ClusterArgs, Format, GlobalArgs};
use super::bars::Bars;
use super::output::Output;
use super::protect::Protected;
use super::settings::Settings;
use super::{DONE, DUPLICATES, SKIPPED, interrupt, terminal};
use crate::Pipeline;
use wirecopy_core::{Cancel, Error, Skipped};
use wirecopy_ingest::{Root, settings_files};
use wirecopy_report::{Spooled, TableStyle, TextStyle, peak_memory};

/// Skipped inputs that are named on standard error, as long as there are not more.
const NAMED: usize = 20;
/// Skipped inputs that are named where there are more: the report has them all.
const NAMED_OF_MANY: usize = 5;

/// What was typed, as it will be done.
struct Plan {
    settings: Settings,
    roots: Vec<Root>,
    /// Where a form other than the text on the terminal goes.
    output: Option<(Output, Format)>,
    /// Where the page goes.
    page: Option<Output>,
    /// The form of a table.
    table: TableStyle,
    /// The text on standard output.
    text: Option<Output>,
}

/// Runs the verb and gives the exit code.
pub(super) fn run(global: &GlobalArgs, args: &ClusterArgs, bars: &Bars) -> anyhow::Result<u8> {
    let mut plan = plan(global, args)?;
    let cancel = Cancel::default();
    interrupt::cancels(&cancel);
    let result = Pipeline::new(&plan.settings.config)
        .threads(plan.settings.program.threads)
        .progress(bars)
        .cancel(cancel.clone())
        .passages(args.evidence)
        .references(args.reference.clone())
        .budget(plan.settings.program.budget())
        .command(std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect())
        .spool(&plan.roots);
    bars.clear();
    let mut run = result?;
    run.summary.peak_memory = run.summary.peak_memory.or_else(peak_memory);
    warn_of_skipped(&run.skipped, run.summary.skipped, plan.text.is_some() && stdout().is_terminal());
    cancel.check()?;
    if let Some((output, format)) = &mut plan.output {
        let format = *format;
        output.write(|out| write(&run, format, &TextStyle::default(), &plan.table, out))?;
    }
    if let Some(output) = &mut plan.text {
        let mut style = TextStyle::default();
        style.width = terminal::columns();
        style.color = terminal::color_on_stdout(global.color);
        style.verbosity = global.verbose;
        output.write(|out| write(&run, Format::Text, &style, &plan.table, out))?;
    }
    cancel.check()?;
    let code = exit_code(run.summary.skipped > 0, args.exit_code && !run.clusters.is_empty());
    match &mut plan.page {
        Some(page) => Ok(super::report::write(&run.into_run()?, page, &cancel)?.max(code)),
        None => Ok(code),
    }
}

/// Checks everything that can be checked before the run begins.
fn plan(global: &GlobalArgs, args: &ClusterArgs) -> anyhow::Result<Plan> {
    let settings = Settings::load(global, &args.settings)?;
    if settings.config.matching.rewrites {
        settings_files::model(settings.config.matching.model.as_deref())?;
    }
    settings_files::agencies(settings.config.ingest.agencies.as_deref())?;
    let roots: Vec<Root> = args.paths.iter().map(Root::from).collect();
    if roots.iter().filter(|root| **root == Root::Stdin).count() > 1 {
        bail!("standard input (`-`) can be read once only");
    }
    let references: Vec<Root> = args.reference.iter().map(Root::from).collect();
    if references.contains(&Root::Stdin) {
        bail!("--reference takes folders and files, not standard input");
    }
    for root in roots.iter().chain(&references) {
        if let Root::Path(path) = root {
            fs::metadata(path).map_err(|source| Error::Root { path: path.clone(), source })?;
        }
    }
    let mut inputs = Protected::default();
    inputs.run(roots.iter().chain(&references).cloned(), &settings.config);
    inputs.files(&settings.file);
    let output = match (&args.output, args.format) {
        (Some(path), format) => {
            let format = format.map_or_else(|| format_of(path), Ok)?;
            Some((inputs.open(path)?, format))
        }
        (None, Some(Format::Text) | None) => None,
        (None, Some(format)) => Some((inputs.stdout()?, format)),
    };
    let mut table = TableStyle::default();
    (table.all, table.excel) = (args.all, args.csv_excel);
    if table != TableStyle::default() && !matches!(output, Some((_, Format::Csv))) {
        bail!(
            "--all and --csv-excel are of a table: name a file that ends in .csv with -o, or write --format csv"
        );
    }
    let page = args.html.as_deref().map(|path| inputs.open(path)).transpose()?;
    if let (Some((output, _)), Some(page)) = (&output, &page)
        && output.is_same_file(page)
    {
        bail!("--output and --html name the same file");
    }
    // Two forms on one stream would be of use to nobody.
    let on_stdout = [output.as_ref().map(|(output, _)| output), page.as_ref()];
    let on_stdout = on_stdout.into_iter().flatten().filter(|output| output.is_stdout()).count();
    if on_stdout > 1 {
        bail!("standard output can take the run or the page, not both");
    }
    let stdout_taken = on_stdout > 0;
    let asked = args.output.is_none() && args.format == Some(Format::Text);
    let text = !stdout_taken && (asked || !global.quiet);
    let text = text.then(|| inputs.stdout()).transpose()?;
    Ok(Plan { settings, roots, output, page, table, text })
}

/// The form that a file's ending asks for. One that no form has is refused: nobody wants JSON lines in a spreadsheet's file.
fn format_of(path: &Path) -> anyhow::Result<Format> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("csv") => Ok(Format::Csv),
        Some("txt") => Ok(Format::Text),
        Some("jsonl" | "ndjson" | "json") | None => Ok(Format::Jsonl),
        Some("html" | "htm") => bail!("{}: a page is written with --html", path.display()),
        Some(other) => bail!(
            "{}: no form has the ending .{other}: known are .jsonl, .ndjson, .json, .csv and .txt; or name the form with --format",
            path.display()
        ),
    }
}

fn write(
    run: &Spooled,
    format: Format,
    style: &TextStyle,
    table: &TableStyle,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    match format {
        Format::Text => run.write_text(out, style),
        Format::Jsonl => run.write_jsonl(out),
        Format::Csv => run.write_csv(out, table),
    }
}

/// Names the first skipped inputs on standard error, unless the text report beside it does.
fn warn_of_skipped(skipped: &[Skipped], total: u64, in_view: bool) {
    if total == 0 || in_view {
        return;
    }
    let named = if skipped.len() > NAMED { NAMED_OF_MANY } else { skipped.len() };
    for one in &skipped[..named] {
        let record = one.record.map(|record| format!(":{record}")).unwrap_or_default();
        tracing::warn!(
            "{}{record}: {}",
            wirecopy_report::clean(&one.path),
            wirecopy_report::clean(&one.reason)
        );
    }
    let more = total - named as u64;
    if more > 0 {
        let listed = if total == skipped.len() as u64 { "has them all" } else { "counts them" };
        tracing::warn!("{more} more inputs were skipped: the report {listed}");
    }
}

/// Skipped inputs weigh more than duplicates: whoever asks whether there are any must know that not all was looked at.
fn exit_code(skipped: bool, duplicates: bool) -> u8 {
    match (skipped, duplicates) {
        (true, _) => SKIPPED,
        (false, true) => DUPLICATES,
        (false, false) => DONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_names_the_form() {
        for (name, format) in [
            ("run.jsonl", Format::Jsonl),
            ("run.ndjson", Format::Jsonl),
            ("run.json", Format::Jsonl),
            ("run", Format::Jsonl),
            ("clusters.CSV", Format::Csv),
            ("report.txt", Format::Text),
        ] {
            assert_eq!(format_of(Path::new(name)).unwrap(), format, "{name}");
        }
        for name in ["x.xlsx", "run.jsonl.gz", "report.pdf", "page.html", "t.tsv"] {
            assert!(format_of(Path::new(name)).is_err(), "{name}");
        }
    }

    #[test]
    fn exit_codes() {
        assert_eq!((exit_code(true, false), exit_code(true, true)), (SKIPPED, SKIPPED));
        assert_eq!((exit_code(false, false), exit_code(false, true)), (DONE, DUPLICATES));
    }
}
