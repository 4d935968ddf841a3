//! `wirecopy compare`: one pair explained.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueEnum, ValueHint};

use super::args::{GlobalArgs, SettingArgs};
use super::output::Output;
use super::settings::Settings;
use super::{DONE, SKIPPED, terminal};
use wirecopy_core::{Cancel, Document, Error, NoProgress};
use wirecopy_ingest::Root;
use wirecopy_ingest::{Outcome, again, path_of, shown};
use wirecopy_report::Config;
use wirecopy_report::compare::{Comparer, Comparison};
use wirecopy_report::{DocumentLine, Run, TextStyle, clean};

/// Records of a container that a message names.
const NAMED: usize = 3;

pub(super) const EXAMPLES: &str = "\
Examples:
  wirecopy compare a.txt b.html
      are these the same dispatch, and why
  wirecopy compare 'feed.jsonl#12' 'feed.jsonl#reuters-0042'
      two records of a container, by number or by id
  wirecopy compare --run run.jsonl corpus/a.txt wire-0007
      two documents of a run, by their ids, as the run saw them";

/// `wirecopy compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The one: a file, or FILE#RECORD with the number or the id of a record; with --run an id
    #[arg(value_name = "A", value_hint = ValueHint::FilePath, value_parser = operand())]
    pub a: String,
    /// The other
    #[arg(value_name = "B", value_hint = ValueHint::FilePath, value_parser = operand())]
    pub b: String,
    /// Take A and B for ids of this run's documents, and its settings for those that hold
    ///
    /// The documents are read again from the files that the report names. Relation and score are the run's where it has
    /// an edge between the two.
    #[arg(long, value_name = "RUN", value_hint = ValueHint::FilePath)]
    pub run: Option<PathBuf>,
    /// Form of the explanation
    #[arg(long, value_name = "FORM", value_enum, default_value_t = CompareFormat::Text, help_heading = "Output options")]
    pub format: CompareFormat,
    /// Settings.
    #[command(flatten)]
    pub settings: SettingArgs,
}

/// Takes any name of a file; one that is not UTF-8 as reports have it.
fn operand() -> impl TypedValueParser<Value = String> {
    OsStringValueParser::new().map(|name| name.into_string().unwrap_or_else(|name| shown(Path::new(&name))))
}

/// The forms of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    /// For reading: verdict, reasons, passages side by side
    Text,
    /// One JSON object
    Json,
}

/// Runs the verb and gives the exit code.
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
            let color = terminal::color_on_stdout(global.color);
            let mut style = TextStyle::default();
            (style.width, style.color, style.verbosity) = (terminal::columns(), color, global.verbose);
            out.write(|out| comparison.write_text(out, &style))?;
        }
    }
    Ok(code)
}

/// The document that an operand names.
fn document(operand: &str, config: &Config) -> anyhow::Result<Document> {
    // As it is typed, or as a report has it.
    let file =
        |name: &str| Some(PathBuf::from(name)).filter(|path| path.exists()).unwrap_or_else(|| path_of(name));
    let whole = file(operand);
    let (path, record) = match operand.rsplit_once('#') {
        Some((path, record)) if !whole.exists() => (file(path), Some(record)),
        _ => (whole, None),
    };
    let path = path.as_path();
    if path.is_dir() {
        bail!("{} is a folder: name a file in it", path.display());
    }
    let mut found = read(path, config)?;
    let Some(record) = record else {
        return match found.len() {
            1 => Ok(found.remove(0)),
            n => {
                let ids: Vec<String> = found.iter().take(NAMED).map(|d| clean(&d.id)).collect();
                bail!(
                    "{operand} holds {n} documents: name one as {operand}#NUMBER or {operand}#ID ({}{})",
                    ids.join(", "),
                    if n > NAMED { ", …" } else { "" }
                )
            }
        };
    };
    let number: Option<u64> = record.parse().ok();
    // A number is a place; where nothing stands there it may still be an id.
    let at = found
        .iter()
        .position(|document| number.is_some() && document.record == number)
        .or_else(|| found.iter().position(|document| document.id == record));
    match at {
        Some(at) => Ok(found.swap_remove(at)),
        None => bail!("{} holds no record with the number or the id {record}", path.display()),
    }
}

/// Every document of a file.
fn read(path: &Path, config: &Config) -> anyhow::Result<Vec<Document>> {
    let mut found = Vec::new();
    let mut reason = None;
    let root = [Root::Path(path.to_owned())];
    wirecopy_ingest::read(
        &root,
        &config.ingest,
        &NoProgress,
        &Cancel::default(),
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
        bail!("{}: {}", path.display(), reason.unwrap_or_else(|| "no document in it".to_owned()));
    }
    Ok(found)
}

/// Two documents of a run, as it saw them.
fn of_run(path: &Path, a: &str, b: &str) -> anyhow::Result<(Comparison, u8)> {
    let run = Run::read_jsonl(path)?;
    let line = |id: &str| -> anyhow::Result<&DocumentLine> {
        let found = run.documents.iter().find(|document| document.id == id);
        found.ok_or_else(|| anyhow!("{}: no document has the id {}", path.display(), clean(id)))
    };
    let (line_a, line_b) = (line(a)?, line(b)?);
    let place = |line: &DocumentLine| (line.path.clone(), line.record);
    let places: HashSet<_> = [place(line_a), place(line_b)].into();
    let found = again(&places, &run.header.config.ingest, &Cancel::default())?;
    let comparer = Comparer::new(&run.header.config)?.with_learned(run.learned());
    let mut code = DONE;
    let mut ready = |line: &DocumentLine| -> anyhow::Result<wirecopy_report::compare::Ready> {
        let document = found.get(&place(line)).ok_or_else(|| {
            let source = std::io::Error::from(std::io::ErrorKind::NotFound);
            match line.path.as_str() {
                "-" => anyhow!("{} came from standard input, which cannot be read again", clean(&line.id)),
                path => Error::Io { path: path.into(), source }.into(),
            }
        })?;
        let mut ready = comparer.ready(document);
        ready.side.take_over(line);
        if let Some(kind) = line.no_article {
            let (path, reason) = (clean(&line.path), kind.reason());
            tracing::warn!("{path}: holds no article, {reason}: the run grouped it with nothing");
        }
        if ready.changed_since(line) {
            tracing::warn!("{}: changed since the run", clean(&line.path));
            code = SKIPPED;
        }
        Ok(ready)
    };
    let (x, y) = (ready(line_a)?, ready(line_b)?);
    let edge = run.edges.iter().find(|edge| {
        (edge.a == line_a.id && edge.b == line_b.id) || (edge.a == line_b.id && edge.b == line_a.id)
    });
    Ok((comparer.compare(&x, &y).as_in_run(edge, run.header.model.as_ref()), code))
}
