//! `wirecopy keep`: which document of each cluster to keep, as a list, as annotated documents, or as a folder.
//!
//! It looks at the inputs of the run before it says anything: a list made from a report that the files have moved on
//! from would name the wrong ones. It never removes anything.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::bail;
use clap::{Args, ValueEnum, ValueHint};
use serde::Serialize;

use super::args::GlobalArgs;
use super::output::Output;
use super::{DONE, copy_to, inputs};
use wirecopy_core::text::tokenize;
use wirecopy_core::{Document, Error};
use wirecopy_ingest::{References, path_of};
use wirecopy_report::keep::{Decision, Plan, Policy};
use wirecopy_report::{DocumentLine, Run, clean};

/// Inputs that are named in a message.
const NAMED: usize = 5;

/// `wirecopy keep`.
#[derive(Debug, Args)]
pub struct KeepArgs {
    /// Run report, as `wirecopy cluster -o` writes it
    #[arg(value_name = "RUN", value_hint = ValueHint::FilePath)]
    pub run: PathBuf,
    /// Which document of a cluster is kept: earliest, latest, longest, representative, or source=A,B,C
    ///
    /// `earliest` is the one that the report has as such, else the first by date; `latest` the last by date, and of
    /// versions the last; `longest` the one of most words, boilerplate left out. `source=A,B,C` is the first of these
    /// publishers that has one, by the source of a document or, where it has none, a folder on its path. Ties go to the
    /// representative, then to the first by id. A document in no cluster is always kept.
    #[arg(long, value_name = "POLICY", default_value = "earliest", value_parser = str::parse::<Policy>)]
    pub policy: Policy,
    /// Documents below PATH count as kept, and are never proposed for removal; may be repeated
    ///
    /// Where a cluster holds such documents, everything else in it is not kept. They must have been part of the run; those that
    /// `wirecopy cluster --reference` marked need not be named again.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub reference: Vec<PathBuf>,
    /// Form of the output
    #[arg(long, value_name = "FORM", value_enum, default_value_t = KeepFormat::List)]
    pub format: KeepFormat,
    /// List the documents that are not kept instead
    #[arg(long, conflicts_with = "copy_to")]
    pub drop: bool,
    /// List paths instead of ids; a record of a container is `path#number`
    #[arg(long, conflicts_with = "copy_to")]
    pub paths: bool,
    /// End each name with a zero byte instead of a line break, for `xargs -0`
    #[arg(short = '0', long, conflicts_with = "copy_to")]
    pub null: bool,
    /// Write the list or the documents to FILE; `-` is standard output
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "copy_to")]
    pub output: Option<PathBuf>,
    /// Copy the kept documents into the folder DIR: files under their ids, records as JSON lines
    ///
    /// Nothing is ever overwritten, and no link in DIR is followed. What is there already as it should be is left, so that a copy
    /// that was not finished can be made again. References are not copied.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "format")]
    pub copy_to: Option<PathBuf>,
    /// Only say what would be kept, and what not, cluster by cluster
    #[arg(long)]
    pub dry_run: bool,
}

/// The forms of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KeepFormat {
    /// One id a line
    List,
    /// One JSON object a document, kept or not: what is known of it, its text, `cluster`, `keep`, `kept_instead`
    Jsonl,
}

/// Runs the verb and gives the exit code.
pub(super) fn run(global: &GlobalArgs, args: &KeepArgs) -> anyhow::Result<u8> {
    if args.format == KeepFormat::Jsonl && (args.drop || args.paths || args.null) {
        bail!("--drop, --paths and --null are of the list, not of --format jsonl");
    }
    let run = Run::read_jsonl(&args.run)?;
    let mut references = References::new(&args.reference)?;
    let plan = Plan::new(&run, &args.policy, |document| references.hold(&document.path));
    check_inputs(&run)?;
    if args.dry_run {
        return super::print(rehearsal(&plan).as_bytes());
    }
    match (&args.copy_to, args.format) {
        (Some(folder), _) => copy_to::copy(&run, &plan, folder)?,
        (None, KeepFormat::List) => output(&run, args)?.write(|out| out.write_all(&list(&plan, args)))?,
        (None, KeepFormat::Jsonl) => annotate(&run, &plan, args)?,
    }
    if !global.quiet {
        let mut counts = counts(&plan);
        if run.summary.skipped > 0 {
            let _ = write!(counts, "; {} inputs of the run gave no document", run.summary.skipped);
        }
        // Where standard error is closed there is nobody to tell.
        let _ = writeln!(io::stderr().lock(), "{counts}");
    }
    Ok(DONE)
}

fn output(run: &Run, args: &KeepArgs) -> anyhow::Result<Output> {
    let inputs = inputs::protected(&args.run, run);
    args.output.as_deref().map_or_else(|| inputs.stdout(), |path| inputs.open(path))
}

fn counts(plan: &Plan<'_>) -> String {
    let (kept, dropped) = (plan.kept().count(), plan.dropped().count());
    let references = plan.references().count();
    let mut out = format!("{} documents: {kept} to keep, {dropped} not", plan.decisions.len());
    if references > 0 {
        let _ = write!(out, ", {references} reference{}", if references == 1 { "" } else { "s" });
    }
    out
}

/// Refuses a report whose inputs are gone or have been written to since.
fn check_inputs(run: &Run) -> anyhow::Result<()> {
    let started: Option<SystemTime> = run.header.started.parse::<jiff::Timestamp>().ok().map(Into::into);
    let paths: BTreeSet<&str> = run.documents.iter().map(|document| document.path.as_str()).collect();
    let now = SystemTime::now();
    let (mut gone, mut changed) = (Vec::new(), Vec::new());
    for path in paths.into_iter().filter(|&path| path != "-") {
        match fs::metadata(path_of(path)) {
            Ok(found) if found.is_file() => {
                // A date in the future says nothing of when the file was written.
                let written = found.modified().ok().filter(|written| *written <= now);
                if written.zip(started).is_some_and(|(written, started)| written > started) {
                    changed.push(path);
                }
            }
            _ => gone.push(path),
        }
    }
    refuse(&gone, "no longer there, as seen from this folder")?;
    refuse(&changed, "changed since the run")
}

/// Ends the verb when there are such inputs, naming the first of them.
fn refuse(paths: &[impl AsRef<str>], what: &str) -> anyhow::Result<()> {
    if paths.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = paths.iter().take(NAMED).map(|path| clean(path.as_ref())).collect();
    let more = if paths.len() > NAMED { format!(" and {} more", paths.len() - NAMED) } else { String::new() };
    bail!("{}{more}: {what}; run `wirecopy cluster` again", named.join(", "))
}

fn list(plan: &Plan<'_>, args: &KeepArgs) -> Vec<u8> {
    let end = if args.null { b'\0' } else { b'\n' };
    let mut out = Vec::new();
    let mut add = |decision: &Decision<'_>| {
        let DocumentLine { id, path, record, .. } = decision.document;
        if args.paths {
            // Names are those of the files, whatever bytes they have.
            out.extend_from_slice(path_of(path).as_os_str().as_encoded_bytes());
            out.extend(record.iter().flat_map(|record| format!("#{record}").into_bytes()));
        } else {
            out.extend_from_slice(id.as_bytes());
        }
        out.push(end);
    };
    if args.drop {
        plan.dropped().for_each(&mut add);
    } else {
        plan.kept().for_each(&mut add);
    }
    out
}

/// What would be done, by cluster in the order of reading.
fn rehearsal(plan: &Plan<'_>) -> String {
    let mut clusters: Vec<(&str, Vec<&Decision<'_>>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for decision in &plan.decisions {
        let Some(cluster) = decision.cluster else { continue };
        let place = *places.entry(cluster).or_insert_with(|| {
            clusters.push((cluster, Vec::new()));
            clusters.len() - 1
        });
        clusters[place].1.push(decision);
    }
    let mut out = String::new();
    for (cluster, mut members) in clusters {
        members.sort_by_key(|decision| !decision.keep);
        let _ = writeln!(out, "{cluster}");
        for decision in members {
            let what = match (decision.reference, decision.keep) {
                (true, _) => "reference",
                (_, true) => "keep",
                (_, false) => "not",
            };
            let _ = writeln!(out, "  {what:<9}  {}", clean(&decision.document.id));
        }
    }
    let _ = writeln!(out, "{}", counts(plan));
    out
}

/// What is said of a document in its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Whether it is kept, as `--format jsonl` has it.
    Annotated,
    /// Nothing: all that are copied are kept. A run over the copies reads them as news, and passes over annotated ones.
    Copied,
}

/// A document as a JSON line. What tells an annotated one comes early: files are known by their first bytes.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    path: &'a str,
    record: Option<u64>,
    cluster: Option<&'a str>,
    #[serde(flatten)]
    fate: Option<Fate<'a>>,
    title: Option<&'a str>,
    date: Option<&'a str>,
    source: Option<&'a str>,
    url: Option<&'a str>,
    language: Option<&'a str>,
    text: &'a str,
}

/// What is to become of a document.
#[derive(Serialize)]
struct Fate<'a> {
    keep: bool,
    kept_instead: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    reference: bool,
}

fn row(decision: &Decision<'_>, document: &Document, form: Form) -> serde_json::Result<Vec<u8>> {
    let line = decision.document;
    let fate =
        || Fate { keep: decision.keep, kept_instead: decision.kept_instead, reference: decision.reference };
    let mut out = serde_json::to_vec(&Row {
        id: &line.id,
        path: &line.path,
        record: line.record,
        cluster: decision.cluster,
        fate: (form == Form::Annotated).then(fate),
        title: line.title.as_deref(),
        date: line.date.as_deref(),
        source: line.source.as_deref(),
        url: document.meta.url.as_deref(),
        language: line.language.as_deref(),
        text: &document.text,
    })?;
    out.push(b'\n');
    Ok(out)
}

/// Whether a document still has as many tokens as the run counted.
fn is_as_it_was(line: &DocumentLine, document: &Document) -> bool {
    let tokens = tokenize(&document.text);
    tokens.len() as u64 + u64::from(tokens.boilerplate_len()) == u64::from(line.tokens)
}

/// Calls `each` with every wanted decision and its document as a JSON line, in the order of reading.
pub(super) fn lines(
    run: &Run,
    plan: &Plan<'_>,
    form: Form,
    wanted: impl Fn(&Decision<'_>) -> bool,
    mut each: impl FnMut(&Decision<'_>, &[u8]) -> io::Result<()>,
) -> anyhow::Result<()> {
    let decisions: HashMap<&str, &Decision<'_>> = plan
        .decisions
        .iter()
        .filter(|decision| wanted(decision))
        .map(|decision| (decision.document.id.as_str(), decision))
        .collect();
    if decisions.values().any(|decision| decision.document.path == "-") {
        bail!("the run read standard input, which cannot be read again: only a list can be made of it");
    }
    let mut changed: Vec<String> = Vec::new();
    let mut missing: BTreeSet<&str> = decisions.keys().copied().collect();
    let make = |line: &DocumentLine, document: &Document| {
        let made = decisions.get(line.id.as_str()).map(|decision| row(decision, document, form));
        (is_as_it_was(line, document), made)
    };
    inputs::each(
        run,
        |id| decisions.contains_key(id),
        make,
        |id, (as_it_was, made)| {
            if !as_it_was {
                changed.push(id.to_owned());
            }
            missing.remove(id);
            match (made, decisions.get(id)) {
                (Some(Ok(line)), Some(decision)) => each(decision, &line).map_err(Error::Write),
                (Some(Err(error)), _) => Err(Error::Write(error.into())),
                _ => Ok(()),
            }
        },
    )?;
    refuse(&missing.into_iter().collect::<Vec<_>>(), "no longer what the run read")?;
    refuse(&changed, "changed since the run")
}

/// Writes every document with its cluster and its fate.
fn annotate(run: &Run, plan: &Plan<'_>, args: &KeepArgs) -> anyhow::Result<()> {
    let mut failed = None;
    let written = output(run, args)?.write(|out| {
        lines(run, plan, Form::Annotated, |_| true, |_, line| out.write_all(line)).map_err(|error| {
            let io = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
            failed = Some(error);
            io::Error::from(io.unwrap_or(io::ErrorKind::Other))
        })
    });
    match failed {
        Some(error) => Err(error),
        None => written,
    }
}
