//! `wirecopy cluster`: runs the pipeline and writes its result.

use std::fs;
use std::io::{IsTerminal, Write, stdout};
use std::path::Path;

use anyhow::bail;

use super::args::{ClusterArgs, Format, GlobalArgs};
use super::bars::Bars;
use super::output::Output;
use super::protect::Protected;
use super::settings::Settings;
use super::{DUPLICATES, done, interrupt, list, terminal};
use crate::Pipeline;
use wirecopy_core::{Cancel, Error, Skipped};
use wirecopy_ingest::config::IngestConfig;
use wirecopy_ingest::{Root, settings_files};
use wirecopy_report::{Spooled, TableStyle, TextStyle};

/// Up to this many skipped inputs, all are named on standard error.
const NAMED: usize = 20;
/// Number of skipped inputs named if there are more. The report lists the others.
const NAMED_OF_MANY: usize = 5;

pub(super) const EXAMPLES: &str = "\
Examples:
  wirecopy cluster corpus/
      find the articles below corpus/ that are the same dispatch
  wirecopy cluster archive/2023 archive/2024 -o run.jsonl
      search two folders, and write everything found to a report
  zcat news.jsonl.gz | wirecopy cluster - --text-field body --date-field published
      read JSON lines whose fields have other names
  wirecopy cluster exports/ --list
      show which files would be read, as which format, and how many documents each has
  wirecopy cluster corpus/ --format csv -o clusters.csv -q
      write a table of the clustered documents, and print nothing
  wirecopy cluster incoming/ --exit-code -q
      only report by the exit code whether there are duplicates";

/// The checked arguments, with the outputs opened.
struct Plan {
    settings: Settings,
    roots: Vec<Root>,
    /// Output other than the text report, and its format.
    output: Option<(Output, Format)>,
    /// Output of the HTML page.
    page: Option<Output>,
    /// Style of a table.
    table: TableStyle,
    /// Output of the text report.
    text: Option<Output>,
}

/// Runs the command and returns the exit code.
pub(super) fn run(global: &GlobalArgs, args: &ClusterArgs, bars: &Bars) -> anyhow::Result<u8> {
    let mut plan = plan(global, args)?;
    let cancel = Cancel::default();
    interrupt::cancels(&cancel);
    if args.list {
        return list(global, args, plan, bars, &cancel);
    }
    let result = Pipeline::new(&plan.settings.config)
        .threads(plan.settings.program.threads)
        .progress(bars)
        .cancel(cancel.clone())
        .passages(args.evidence)
        .texts(args.with_texts)
        .references(args.reference.clone())
        .budget(plan.settings.program.budget())
        .command(super::arguments())
        .spool(&plan.roots);
    bars.clear();
    let run = result?;
    warn_of_skipped(&run.skipped, run.summary.skipped, plan.text.is_some() && stdout().is_terminal());
    if run.summary.documents == 0 && run.summary.skipped == 0 {
        warn_of_globs(&plan.settings.config.ingest);
    }
    cancel.check()?;
    if let Some((output, format)) = &mut plan.output {
        let format = *format;
        output.write(|out| write(&run, format, &TextStyle::default(), &plan.table, out))?;
    }
    if let Some(output) = &mut plan.text {
        let style = terminal::style(global);
        output.write(|out| write(&run, Format::Text, &style, &plan.table, out))?;
    }
    cancel.check()?;
    let code = exit_code(run.summary.skipped > 0, args.exit_code && !run.clusters.is_empty());
    match &mut plan.page {
        Some(page) => {
            let texts = run.kept_texts()?;
            Ok(super::report::write(&run.into_run()?, texts, page, &cancel)?.max(code))
        }
        None => Ok(code),
    }
}

/// Shows what would be read, and returns the exit code.
fn list(
    global: &GlobalArgs,
    args: &ClusterArgs,
    plan: Plan,
    bars: &Bars,
    cancel: &Cancel,
) -> anyhow::Result<u8> {
    let Plan { settings, roots, output, text, .. } = plan;
    let (mut output, format) = match output {
        Some((_, Format::Csv | Format::Parquet)) => bail!("--list writes text or JSON lines, not a table"),
        Some((output, format)) => (Some(output), format),
        None => (text, Format::Text),
    };
    let references = args.reference.iter().map(Root::from).filter(|root| !roots.contains(root));
    let request = list::Request {
        roots: roots.iter().cloned().chain(references).collect(),
        config: &settings.config.ingest,
        threads: settings.program.threads,
        format,
    };
    let skipped = list::write(&request, global, output.as_mut(), bars, cancel)?;
    cancel.check()?;
    Ok(done(skipped))
}

/// Checks everything that can be checked before the run starts.
fn plan(global: &GlobalArgs, args: &ClusterArgs) -> anyhow::Result<Plan> {
    let settings = Settings::load(global, &args.settings)?;
    if settings.config.matching.rewrites {
        settings_files::model(settings.config.matching.model.as_deref())?;
    }
    settings_files::agencies(settings.config.ingest.agencies.as_deref())?;
    let roots: Vec<Root> = args.paths.iter().map(Root::from).collect();
    if roots.iter().filter(|root| **root == Root::Stdin).count() > 1 {
        bail!("standard input (`-`) can be read only once");
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
            let output = inputs.open(path)?;
            Some((output, format.map_or_else(|| format_of(path), Ok)?))
        }
        (None, Some(Format::Text) | None) => None,
        (None, Some(format)) => Some((inputs.stdout()?, format)),
    };
    let mut table = TableStyle::default();
    (table.all, table.excel) = (args.all, args.csv_excel);
    let format = output.as_ref().map(|(_, format)| *format);
    if format == Some(Format::Parquet) && cfg!(not(feature = "parquet")) {
        bail!("built without the feature `parquet`: write .csv, or build with --features parquet");
    }
    if table.excel.is_some() && format != Some(Format::Csv) {
        bail!("--csv-excel applies to CSV only: add --format csv, or -o with a file name that ends in .csv");
    }
    if table.all && !matches!(format, Some(Format::Csv | Format::Parquet)) {
        bail!(
            "--all applies to CSV and Parquet only: add --format csv, or -o with a file name that ends in .csv"
        );
    }
    if args.with_texts && !matches!(output, Some((_, Format::Jsonl))) {
        bail!(
            "--with-texts applies to JSON lines only: add -o with a file name that ends in .jsonl, or --format jsonl"
        );
    }
    let page = args.html.as_deref().map(|path| inputs.open_page(path)).transpose()?;
    if let (Some((output, _)), Some(page)) = (&output, &page)
        && output.is_same_file(page)
    {
        bail!("--output and --html name the same file");
    }
    // Two formats on one stream could not be told apart.
    let on_stdout = [output.as_ref().map(|(output, _)| output), page.as_ref()];
    let on_stdout = on_stdout.into_iter().flatten().filter(|output| output.is_stdout()).count();
    if on_stdout > 1 {
        bail!("standard output can take the run or the page, but not both");
    }
    let stdout_taken = on_stdout > 0;
    let requested = args.output.is_none() && args.format == Some(Format::Text);
    let text = !stdout_taken && (requested || !global.quiet);
    let text = text.then(|| inputs.stdout()).transpose()?;
    Ok(Plan { settings, roots, output, page, table, text })
}

/// Returns the format that a file's extension stands for. An unknown extension is an error, since JSON lines in an `.xlsx`
/// file would help nobody.
fn format_of(path: &Path) -> anyhow::Result<Format> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("csv") => Ok(Format::Csv),
        Some("parquet") => Ok(Format::Parquet),
        Some("txt") => Ok(Format::Text),
        Some("jsonl" | "ndjson" | "json") | None => Ok(Format::Jsonl),
        Some("html" | "htm") => bail!("{}: use --html to write a page", path.display()),
        Some(other) => bail!(
            "{}: unknown extension .{other}: use .jsonl, .ndjson, .json, .csv, .parquet or .txt, or choose the format with --format",
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
        #[cfg(feature = "parquet")]
        Format::Parquet => run.write_parquet(out, table.all),
        // Refused with the other arguments.
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => Err(std::io::ErrorKind::Unsupported.into()),
    }
}

/// Names the first skipped inputs on standard error, unless a text report on the same terminal does.
fn warn_of_skipped(skipped: &[Skipped], total: u64, shown_in_report: bool) {
    if total == 0 || shown_in_report {
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
        let listed = if total == skipped.len() as u64 { "lists them all" } else { "counts them" };
        tracing::warn!("{more} more inputs were skipped; the report {listed}");
    }
}

/// Names the globs on standard error that left nothing to read.
fn warn_of_globs(config: &IngestConfig) {
    let named = |flag: &'static str, globs: &[String]| {
        globs.iter().map(|glob| format!("{flag} {}", wirecopy_report::clean(glob))).collect::<Vec<_>>()
    };
    let globs = [named("--include", &config.include), named("--exclude", &config.exclude)].concat();
    if !globs.is_empty() {
        tracing::warn!("nothing was found to read with {}", globs.join(" "));
    }
}

/// Returns the exit code. Skipped inputs take precedence over duplicates, because the user must know that the run was
/// incomplete.
fn exit_code(skipped: bool, duplicates: bool) -> u8 {
    if duplicates && !skipped { DUPLICATES } else { done(skipped) }
}

#[cfg(test)]
mod tests {
    use super::super::{DONE, SKIPPED};
    use super::*;

    #[test]
    fn format_follows_from_the_extension() {
        for (name, format) in [
            ("run.jsonl", Format::Jsonl),
            ("run.ndjson", Format::Jsonl),
            ("run.json", Format::Jsonl),
            ("run", Format::Jsonl),
            ("clusters.CSV", Format::Csv),
            ("clusters.parquet", Format::Parquet),
            ("report.txt", Format::Text),
        ] {
            assert_eq!(format_of(Path::new(name)).unwrap(), format, "{name}");
        }
        for name in ["x.xlsx", "run.jsonl.gz", "report.pdf", "page.html", "t.tsv"] {
            assert!(format_of(Path::new(name)).is_err(), "{name}");
        }
    }

    #[test]
    fn skipped_inputs_take_precedence_over_duplicates() {
        assert_eq!((exit_code(true, false), exit_code(true, true)), (SKIPPED, SKIPPED));
        assert_eq!((exit_code(false, false), exit_code(false, true)), (DONE, DUPLICATES));
    }
}
