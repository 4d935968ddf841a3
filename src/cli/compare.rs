//! `wirecopy compare`: explains one pair.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueEnum, ValueHint};

use super::args::GlobalArgs;
use super::output::Output;
use super::setting_args::SettingArgs;
use super::settings::Settings;
use super::{DONE, done, terminal};
use wirecopy_core::{Cancel, Document, Error, NoProgress};
use wirecopy_ingest::Root;
use wirecopy_ingest::{Outcome, Wanted, path_of, shown};
use wirecopy_report::Config;
use wirecopy_report::compare::{Comparer, Comparison};
use wirecopy_report::{DocumentLine, Run, clean};

/// Maximum number of records of a container that a message names.
const NAMED: usize = 3;

pub(super) const EXAMPLES: &str = "\
Examples:
  wirecopy compare a.txt b.html
      explain whether these are the same dispatch
  wirecopy compare 'feed.jsonl#12' 'feed.jsonl#reuters-0042'
      compare two records of a container, by number or id
  wirecopy compare --run run.jsonl corpus/a.txt wire-0007
      compare two documents of a run by their ids, with the run's settings";

/// `wirecopy compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// First document: FILE, or FILE#RECORD with the number or id of a record; with --run, an id
    #[arg(value_name = "A", value_hint = ValueHint::FilePath, value_parser = operand())]
    pub a: String,
    /// Second document
    #[arg(value_name = "B", value_hint = ValueHint::FilePath, value_parser = operand())]
    pub b: String,
    /// Treat A and B as ids of documents of this run, and use the run's settings
    ///
    /// The documents are read again from their original files. Relation and score are those of the run if it has an edge
    /// between the two.
    #[arg(long, value_name = "RUN", value_hint = ValueHint::FilePath)]
    pub run: Option<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = CompareFormat::Text, help_heading = "Output options")]
    pub format: CompareFormat,
    /// Settings of the comparison.
    #[command(flatten)]
    pub settings: SettingArgs,
}

/// Parses any file name. Names that are not UTF-8 are escaped as in reports.
fn operand() -> impl TypedValueParser<Value = String> {
    OsStringValueParser::new().map(|name| name.into_string().unwrap_or_else(|name| shown(Path::new(&name))))
}

/// Output formats of `compare`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    /// Verdict, reasons and passages side by side, for reading
    Text,
    /// One JSON object
    Json,
}

/// Runs the command and returns the exit code.
pub(super) fn run(global: &GlobalArgs, args: &CompareArgs) -> anyhow::Result<u8> {
    let (comparison, code) = match &args.run {
        Some(path) => of_run(path, &args.a, &args.b)?,
        None => {
            let config = Settings::load(global, &args.settings)?.config;
            let (a, b) = (document(&args.a, &config)?, document(&args.b, &config)?);
            let comparer = Comparer::new(&config)?;
            (comparer.compare(&comparer.ready(&a), &comparer.ready(&b)), DONE)
        }
    };
    let mut out = Output::stdout()?;
    match args.format {
        CompareFormat::Json => {
            let json = comparison.to_json()?;
            out.write(|out| out.write_all(json.as_bytes()))?;
        }
        CompareFormat::Text => {
            out.write(|out| comparison.write_text(out, &terminal::style(global)))?;
        }
    }
    Ok(code)
}

/// Reads the document that an operand names.
fn document(operand: &str, config: &Config) -> anyhow::Result<Document> {
    // The name as typed, or as escaped in a report.
    let file =
        |name: &str| Some(PathBuf::from(name)).filter(|path| path.exists()).unwrap_or_else(|| path_of(name));
    let whole = file(operand);
    let (path, record) = match operand.rsplit_once('#') {
        Some((path, record)) if !whole.exists() => (file(path), Some(record)),
        _ => (whole, None),
    };
    let path = path.as_path();
    if path.is_dir() {
        bail!("{} is a folder, expected a file", path.display());
    }
    // Of a large container, only the record is kept.
    if let Some(number) = record.and_then(|record| record.parse().ok())
        && let Ok(mut found) = read(path, config, &|record| record == Some(number))
        && found.len() == 1
    {
        return Ok(found.remove(0));
    }
    let mut found = read(path, config, &|_| true)?;
    let Some(record) = record else {
        return match found.len() {
            1 => Ok(found.remove(0)),
            n => {
                let ids: Vec<String> = found.iter().take(NAMED).map(|d| clean(&d.id)).collect();
                bail!(
                    "{operand} contains {n} documents: choose one as {operand}#NUMBER or {operand}#ID ({}{})",
                    ids.join(", "),
                    if n > NAMED { ", …" } else { "" }
                )
            }
        };
    };
    let number: Option<u64> = record.parse().ok();
    // A number is a position; if no record has it, it may still be an id.
    let at = found
        .iter()
        .position(|document| number.is_some() && document.record == number)
        .or_else(|| found.iter().position(|document| document.id == record));
    match at {
        Some(at) => Ok(found.swap_remove(at)),
        None => bail!("{} contains no record with the number or id {record}", path.display()),
    }
}

/// Reads the documents of a file whose record numbers are wanted.
fn read(
    path: &Path,
    config: &Config,
    is_wanted: &(dyn Fn(Option<u64>) -> bool + Sync),
) -> anyhow::Result<Vec<Document>> {
    let mut found = Vec::new();
    let mut reason = None;
    let root = [Root::Path(path.to_owned())];
    let wanted = Wanted { is: &|_, record| is_wanted(record), settled: true };
    wirecopy_ingest::read_wanted(
        &root,
        &config.ingest,
        &NoProgress,
        &Cancel::default(),
        &wanted,
        Document::clone,
        |outcome| {
            match outcome {
                Outcome::Read(header, document) => found.push(Document { id: header.id, ..document }),
                Outcome::Skipped(skipped) => reason = reason.take().or(Some(skipped.reason)),
                Outcome::SkippedMore(_) => {}
            }
            Ok(())
        },
    )?;
    if found.is_empty() {
        bail!("{}: {}", path.display(), reason.unwrap_or_else(|| "contains no document".to_owned()));
    }
    Ok(found)
}

/// Returns why a document of a run was not found again.
fn gone(line: &DocumentLine) -> anyhow::Error {
    if line.path == "-" {
        return anyhow!(
            "{} came from standard input, which cannot be read again: keep the texts of a run with --with-texts",
            clean(&line.id)
        );
    }
    match std::fs::metadata(path_of(&line.path)) {
        Ok(found) if found.is_file() => anyhow!("{}: no longer holds what the run read", clean(&line.path)),
        Ok(_) => anyhow!("{}: not a regular file, so it cannot be read again", clean(&line.path)),
        Err(source) => Error::Io { path: line.path.as_str().into(), source }.into(),
    }
}

/// Compares two documents of a run, and takes relation and score from its edge if there is one.
fn of_run(path: &Path, a: &str, b: &str) -> anyhow::Result<(Comparison, u8)> {
    let run = Run::read_jsonl(path)?;
    let line = |id: &str| -> anyhow::Result<&DocumentLine> {
        let found = run.documents.iter().find(|document| document.id == id);
        found.ok_or_else(|| anyhow!("{} contains no document with the id {}", path.display(), clean(id)))
    };
    let (line_a, line_b) = (line(a)?, line(b)?);
    let found = run.texts(&[a, b].into(), &Cancel::default())?;
    let comparer = Comparer::new(&run.header.config)?.with_learned(run.learned());
    let mut changed = false;
    let mut ready = |line: &DocumentLine| -> anyhow::Result<wirecopy_report::compare::Ready> {
        let document = found.get(&line.id).ok_or_else(|| gone(line))?;
        let mut ready = comparer.ready(document);
        ready.side.take_over(line);
        if let Some(kind) = line.no_article {
            let (path, reason) = (clean(&line.path), kind.reason());
            tracing::warn!("{path}: contains no article ({reason}), so the run did not group it");
        }
        if ready.changed_since(line) {
            tracing::warn!("{}: changed since the run", clean(&line.path));
            changed = true;
        }
        Ok(ready)
    };
    let (x, y) = (ready(line_a)?, ready(line_b)?);
    let edge = run.edges.iter().find(|edge| {
        (edge.a == line_a.id && edge.b == line_b.id) || (edge.a == line_b.id && edge.b == line_a.id)
    });
    Ok((comparer.compare(&x, &y).as_in_run(edge, run.header.model.as_ref()), done(changed)))
}
