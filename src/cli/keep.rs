//! `wirecopy keep`: chooses which document of each cluster to keep, and writes a list, annotated documents or a folder.
//!
//! It never removes anything. It first checks that the inputs of the run have not changed, since a list made from an outdated
//! report would name the wrong documents.

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
use wirecopy_core::document::Delivery;
use wirecopy_core::{Cancel, Document, Error};
use wirecopy_ingest::{References, path_of};
use wirecopy_report::keep::{Decision, Plan, Policy};
use wirecopy_report::{Changes, DocumentLine, Run, clean};

/// Maximum number of inputs that a message names.
const NAMED: usize = 5;

pub(super) const EXAMPLES: &str = "\
Examples:
  wirecopy keep run.jsonl
      list the ids to keep: the earliest of each cluster, and documents in no cluster
  wirecopy keep run.jsonl --policy longest --drop --paths
      list the paths of the documents that are not kept
  wirecopy keep run.jsonl --policy source=AFP,Reuters --format jsonl -o annotated.jsonl
      write every document with its text, its cluster, and whether it is kept
  wirecopy keep run.jsonl --copy-to kept/
      copy the kept documents to a folder";

/// `wirecopy keep`.
#[derive(Debug, Args)]
pub struct KeepArgs {
    /// Run report, as written by `wirecopy cluster -o`
    #[arg(value_name = "RUN", value_hint = ValueHint::FilePath)]
    pub run: PathBuf,
    /// Which document of each cluster to keep: earliest, latest, longest, representative, or source=A,B,C
    ///
    /// `earliest` is the document that the report names as earliest, else the first by date. `latest` is the last by date and,
    /// among versions, the last version. `longest` is the one with the most words, without boilerplate. `source=A,B,C` is a
    /// document of the first of these publishers that has one; the publisher is the source of a document or, if it has none, a
    /// folder on its path. Ties go to the representative, then to the first by id. Documents in no cluster are always
    /// kept.
    #[arg(long, value_name = "POLICY", default_value = "earliest", value_parser = str::parse::<Policy>)]
    pub policy: Policy,
    /// Treat documents below PATH as references, which are always kept; repeatable
    ///
    /// If a cluster contains references, its other documents are not kept. References must be part of the run. Those marked by
    /// `wirecopy cluster --reference` need not be named again.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub reference: Vec<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = KeepFormat::List)]
    pub format: KeepFormat,
    /// List the documents that are not kept, instead of those that are
    #[arg(long, conflicts_with = "copy_to")]
    pub drop: bool,
    /// List paths instead of ids; records of a container as `path#number`
    #[arg(long, conflicts_with = "copy_to")]
    pub paths: bool,
    /// End each entry with a NUL byte instead of a newline, for `xargs -0`
    #[arg(short = '0', long, conflicts_with = "copy_to")]
    pub null: bool,
    /// Write the list or the documents to FILE; `-` is standard output
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "copy_to")]
    pub output: Option<PathBuf>,
    /// Copy the kept documents to the folder DIR: files named by their ids, records as JSON lines
    ///
    /// Nothing is overwritten, and no link in DIR is followed. Complete copies from an earlier run are left as they are, so an
    /// interrupted command can be repeated. References are not copied.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "format")]
    pub copy_to: Option<PathBuf>,
    /// Only show what would be kept, cluster by cluster
    #[arg(long)]
    pub dry_run: bool,
}

/// Output formats of `keep`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KeepFormat {
    /// One id per line
    List,
    /// One JSON object per document, kept or not: metadata, text, `cluster`, `keep` and `kept_instead`
    Jsonl,
}

/// Runs the command and returns the exit code.
pub(super) fn run(global: &GlobalArgs, args: &KeepArgs) -> anyhow::Result<u8> {
    if args.format == KeepFormat::Jsonl && (args.drop || args.paths || args.null) {
        bail!("--drop, --paths and --null apply to --format list only");
    }
    let run = Run::read_jsonl(&args.run)?;
    let mut references = References::new(&args.reference)?;
    let plan = Plan::new(&run, &args.policy, |document| references.hold(&document.path));
    check_inputs(&run)?;
    if args.dry_run {
        return super::print(preview(&plan).as_bytes());
    }
    match (&args.copy_to, args.format) {
        (Some(folder), _) => copy_to::copy(&run, &plan, folder)?,
        (None, KeepFormat::List) => output(&run, args)?.write(|out| out.write_all(&list(&plan, args)))?,
        (None, KeepFormat::Jsonl) => annotate(&run, &plan, args)?,
    }
    if !global.quiet {
        warn_of_withdrawn(&plan);
        let mut counts = counts(&plan);
        if run.summary.skipped > 0 {
            let _ = write!(counts, "; {} inputs of the run were skipped", run.summary.skipped);
        }
        // If standard error is closed, the counts are lost.
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

/// Names the documents that are kept although they may not be published, because nothing else has their story.
fn warn_of_withdrawn(plan: &Plan<'_>) {
    let kept = plan.kept().filter(|decision| decision.withdrawn);
    let kept: Vec<&str> = kept.map(|decision| decision.document.id.as_str()).collect();
    if !kept.is_empty() {
        tracing::warn!("kept, but canceled or withheld by the sender: {}", named(&kept));
    }
}

/// Formats the first of these ids or paths, and the number of others.
fn named(names: &[impl AsRef<str>]) -> String {
    let first: Vec<String> = names.iter().take(NAMED).map(|name| clean(name.as_ref())).collect();
    let more = if names.len() > NAMED { format!(" and {} more", names.len() - NAMED) } else { String::new() };
    format!("{}{more}", first.join(", "))
}

/// Fails if an input of the run is missing or has changed since. Only files that were modified since the run are read again.
fn check_inputs(run: &Run) -> anyhow::Result<()> {
    let started: Option<SystemTime> = run.header.started.parse::<jiff::Timestamp>().ok().map(Into::into);
    let paths: BTreeSet<&str> = run.documents.iter().map(|document| document.path.as_str()).collect();
    let now = SystemTime::now();
    let (mut gone, mut modified, mut other) = (Vec::new(), BTreeSet::new(), Vec::new());
    for path in paths.into_iter().filter(|&path| path != "-") {
        match fs::metadata(path_of(path)) {
            Ok(found) if found.is_file() => {
                // A date in the future cannot be the time of the last change.
                let written = found.modified().ok().filter(|written| *written <= now);
                if written.zip(started).is_some_and(|(written, started)| written > started) {
                    modified.insert(path);
                }
            }
            Ok(_) => other.push(path),
            Err(_) => gone.push(path),
        }
    }
    refuse(&gone, "not found from the current folder")?;
    refuse(&other, "not a regular file, so it cannot be read again")?;
    let lines: HashMap<&str, &DocumentLine> =
        run.documents.iter().map(|line| (line.id.as_str(), line)).collect();
    let is_modified = |id: &&str| lines.get(id).is_some_and(|line| modified.contains(line.path.as_str()));
    let mut unseen: BTreeSet<&str> = lines.keys().copied().filter(is_modified).collect();
    // A text in the report says nothing about the file, which then counts as changed.
    let is_in_file = |id: &str| is_modified(&id) && lines.get(id).is_some_and(|line| line.text.is_none());
    let mut changed: BTreeSet<&str> = BTreeSet::new();
    let changes = Changes::since(run);
    run.each_text(
        is_in_file,
        &Cancel::default(),
        |line, document| changes.is_changed(line, document),
        |id, is_changed| {
            unseen.remove(id);
            changed.extend(lines.get(id).filter(|_| is_changed).map(|line| line.path.as_str()));
            Ok(())
        },
    )?;
    changed.extend(unseen.iter().filter_map(|id| lines.get(id)).map(|line| line.path.as_str()));
    refuse(&changed.into_iter().collect::<Vec<_>>(), "changed since the run")
}

/// Fails if there are such inputs, and names the first of them.
fn refuse(paths: &[impl AsRef<str>], what: &str) -> anyhow::Result<()> {
    if paths.is_empty() {
        return Ok(());
    }
    bail!("{}: {what}; run `wirecopy cluster` again", named(paths))
}

fn list(plan: &Plan<'_>, args: &KeepArgs) -> Vec<u8> {
    let end = if args.null { b'\0' } else { b'\n' };
    let mut out = Vec::new();
    let mut add = |decision: &Decision<'_>| {
        let DocumentLine { id, path, record, .. } = decision.document;
        if args.paths {
            // Paths are written with their original bytes, also if they are not UTF-8.
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

/// Formats what would be done, by cluster in the order of reading.
fn preview(plan: &Plan<'_>) -> String {
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
                (_, false) => "drop",
            };
            let note = if decision.withdrawn { "  (canceled or withheld)" } else { "" };
            let _ = writeln!(out, "  {what:<9}  {}{note}", clean(&decision.document.id));
        }
    }
    let _ = writeln!(out, "{}", counts(plan));
    out
}

/// What the JSON line of a document contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Also whether the document is kept, as for `--format jsonl`.
    Annotated,
    /// Only the document: every copied one is kept. A run reads such lines as documents, but skips annotated ones.
    Copied,
}

/// A document as a JSON line. The fields that mark an annotated line come early, since ingest detects formats by the first
/// bytes of a file.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    path: &'a str,
    record: Option<u64>,
    cluster: Option<&'a str>,
    #[serde(flatten)]
    verdict: Option<Verdict<'a>>,
    title: Option<&'a str>,
    date: Option<&'a str>,
    source: Option<&'a str>,
    url: Option<&'a str>,
    language: Option<&'a str>,
    /// What the delivery says of the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<&'a Delivery>,
    text: &'a str,
}

/// Whether a document is kept.
#[derive(Serialize)]
struct Verdict<'a> {
    keep: bool,
    kept_instead: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    reference: bool,
}

fn row(decision: &Decision<'_>, document: &Document, form: Form) -> serde_json::Result<Vec<u8>> {
    let line = decision.document;
    let Decision { keep, kept_instead, reference, .. } = *decision;
    let verdict = || Verdict { keep, kept_instead, reference };
    let mut out = serde_json::to_vec(&Row {
        id: &line.id,
        path: &line.path,
        record: line.record,
        cluster: decision.cluster,
        verdict: (form == Form::Annotated).then(verdict),
        title: line.title.as_deref(),
        date: line.date.as_deref(),
        source: line.source.as_deref(),
        url: document.meta.url.as_deref(),
        language: line.language.as_deref(),
        delivery: line.delivery.as_deref(),
        text: &document.text,
    })?;
    out.push(b'\n');
    Ok(out)
}

/// Calls `each` for every wanted decision, with its document as a JSON line, in the order of reading.
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
    if decisions.values().any(|decision| decision.document.path == "-" && decision.document.text.is_none()) {
        bail!(
            "the run read standard input, which cannot be read again: only --format list works, unless the run keeps texts (--with-texts)"
        );
    }
    let changes = Changes::since(run);
    let mut changed: Vec<String> = Vec::new();
    let mut missing: BTreeSet<&str> = decisions.keys().copied().collect();
    let make = |line: &DocumentLine, document: &Document| {
        let made = decisions.get(line.id.as_str()).map(|decision| row(decision, document, form));
        (changes.is_changed(line, document), made)
    };
    run.each_text(
        |id| decisions.contains_key(id),
        &Cancel::default(),
        make,
        |id, (is_changed, made)| {
            if is_changed {
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
    refuse(&missing.into_iter().collect::<Vec<_>>(), "no longer holds what the run read")?;
    refuse(&changed, "changed since the run")
}

/// Writes every document with its cluster and whether it is kept.
fn annotate(run: &Run, plan: &Plan<'_>, args: &KeepArgs) -> anyhow::Result<()> {
    let mut failed = None;
    let written = output(run, args)?.write(|out| {
        lines(run, plan, Form::Annotated, |_| true, |_, line| out.write_all(line)).map_err(|error| {
            let io = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
            failed = Some(error);
            io::Error::from(io.unwrap_or(io::ErrorKind::Other))
        })
    });
    written.map_err(|error| failed.unwrap_or(error))
}
