//! `wirecopy keep`: which document of each cluster to keep, as a list, as annotated documents, or as a folder.
//!
//! It looks at the inputs of the run before it says anything: a list made from a report that the files have moved on
//! from would name the wrong ones. It never removes anything.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum, ValueHint};
use serde::Serialize;

use super::args::GlobalArgs;
use super::output::Output;
use super::{DONE, inputs};
use crate::ingest::References;
use crate::keep::{Decision, Plan, Policy};
use crate::report::{DocumentLine, Run, clean};
use crate::text::tokenize;
use crate::{Document, Error};

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
    /// versions the last; `longest` the one of most words, furniture left out. `source=A,B,C` is the first of these
    /// publishers that has one, by the source of a document or, where it has none, a folder on its path. Ties go to the
    /// representative, then to the document read first. A document in no cluster is always kept.
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
    /// Nothing is ever overwritten. References are not copied.
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
        (Some(folder), _) => copy(&run, &plan, folder)?,
        (None, KeepFormat::List) => output(args)?.write(|out| out.write_all(list(&plan, args).as_bytes()))?,
        (None, KeepFormat::Jsonl) => annotate(&run, &plan, args)?,
    }
    if !global.quiet {
        let mut counts = counts(&plan);
        if !run.skipped.is_empty() {
            let _ = write!(counts, "; {} inputs of the run gave no document", run.skipped.len());
        }
        // Where standard error is closed there is nobody to tell.
        let _ = writeln!(io::stderr().lock(), "{counts}");
    }
    Ok(DONE)
}

fn output(args: &KeepArgs) -> anyhow::Result<Output> {
    args.output.as_deref().map_or_else(|| Ok(Output::stdout()), Output::open)
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
    let (mut gone, mut changed) = (Vec::new(), Vec::new());
    for path in paths.into_iter().filter(|&path| path != "-") {
        match fs::metadata(path) {
            Err(_) => gone.push(path),
            Ok(found) => {
                let written = found.modified().ok();
                if written.zip(started).is_some_and(|(written, started)| written > started) {
                    changed.push(path);
                }
            }
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

fn list(plan: &Plan<'_>, args: &KeepArgs) -> String {
    let end = if args.null { '\0' } else { '\n' };
    let mut out = String::new();
    let mut add = |decision: &Decision<'_>| {
        let DocumentLine { id, path, record, .. } = decision.document;
        match record {
            _ if !args.paths => out.push_str(id),
            None => out.push_str(path),
            Some(record) => {
                let _ = write!(out, "{path}#{record}");
            }
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

/// A document as `--format jsonl` has it.
#[derive(Serialize)]
struct Annotated<'a> {
    id: &'a str,
    path: &'a str,
    record: Option<u64>,
    title: Option<&'a str>,
    date: Option<&'a str>,
    source: Option<&'a str>,
    url: Option<&'a str>,
    language: Option<&'a str>,
    text: &'a str,
    cluster: Option<&'a str>,
    keep: bool,
    kept_instead: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    reference: bool,
}

fn annotated(decision: &Decision<'_>, document: &Document) -> serde_json::Result<Vec<u8>> {
    let line = decision.document;
    let mut out = serde_json::to_vec(&Annotated {
        id: &line.id,
        path: &line.path,
        record: line.record,
        title: line.title.as_deref(),
        date: line.date.as_deref(),
        source: line.source.as_deref(),
        url: document.meta.url.as_deref(),
        language: line.language.as_deref(),
        text: &document.text,
        cluster: decision.cluster,
        keep: decision.keep,
        kept_instead: decision.kept_instead,
        reference: decision.reference,
    })?;
    out.push(b'\n');
    Ok(out)
}

/// Whether a document still has as many tokens as the run counted.
fn is_as_it_was(line: &DocumentLine, document: &Document) -> bool {
    let tokens = tokenize(&document.text);
    tokens.len() as u64 + u64::from(tokens.furniture_len()) == u64::from(line.tokens)
}

/// Calls `each` with every wanted decision and its document as a JSON line, in the order of reading.
fn lines(
    run: &Run,
    plan: &Plan<'_>,
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
        let made = decisions.get(line.id.as_str()).map(|decision| annotated(decision, document));
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
    let written = output(args)?.write(|out| {
        lines(run, plan, |_| true, |_, line| out.write_all(line)).map_err(|error| {
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

/// Copies what is kept. Every target is looked at before the first is written.
fn copy(run: &Run, plan: &Plan<'_>, folder: &Path) -> anyhow::Result<()> {
    let mut files: Vec<(&str, PathBuf)> = Vec::new();
    let mut containers: HashMap<&str, PathBuf> = HashMap::new();
    let mut taken: BTreeSet<PathBuf> = BTreeSet::new();
    for Decision { document, .. } in plan.kept() {
        match document.record {
            None => {
                let target = free(&mut taken, &folder.join(inside(&document.id)));
                files.push((&document.path, target));
            }
            Some(_) if containers.contains_key(document.path.as_str()) => {}
            Some(_) => {
                let target = free(&mut taken, &folder.join(container_name(&document.path)));
                containers.insert(&document.path, target);
            }
        }
    }
    if let Some(there) = taken.iter().find(|target| target.symlink_metadata().is_ok()) {
        bail!("{}: there is a file already, and nothing is overwritten", there.display());
    }
    let mut records: HashMap<String, Vec<u8>> = HashMap::new();
    let is_record =
        |decision: &Decision<'_>| decision.keep && !decision.reference && decision.document.record.is_some();
    lines(run, plan, is_record, |decision, line| {
        records.entry(decision.document.path.clone()).or_default().extend_from_slice(line);
        Ok(())
    })?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for (from, to) in &files {
        new_file(to, |out| io::copy(&mut fs::File::open(from)?, out).map(drop))
            .with_context(|| format!("cannot copy {from} to {}", to.display()))?;
    }
    let mut containers: Vec<(&str, PathBuf)> = containers.into_iter().collect();
    containers.sort_unstable();
    for (from, to) in &containers {
        let lines = records.get(*from).map_or(&[][..], Vec::as_slice);
        new_file(to, |out| out.write_all(lines)).with_context(|| format!("cannot write {}", to.display()))?;
    }
    Ok(())
}

/// An id as a path that stays inside of a folder.
fn inside(id: &str) -> PathBuf {
    let parts = Path::new(id).components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("_".into()),
        _ => None,
    });
    parts.collect()
}

/// The file for the records of a container: its name, with the ending of JSON lines.
fn container_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = name.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("records");
    format!("{stem}.jsonl")
}

/// `wanted`, or beside it a name that no other document has.
fn free(taken: &mut BTreeSet<PathBuf>, wanted: &Path) -> PathBuf {
    let mut target = wanted.to_owned();
    let mut copy = 2;
    while !taken.insert(target.clone()) {
        let stem = wanted.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let ending = wanted.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
        target = wanted.with_file_name(format!("{stem}~{copy}{ending}"));
        copy += 1;
    }
    target
}

/// A file that was not there before, or none at all.
fn new_file(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    fill(&mut file).inspect_err(|_| {
        // The half file is ours; that it cannot be removed either is told by the error before.
        let _ = fs::remove_file(path);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_stay_inside_of_the_folder() {
        for (id, path) in
            [("a/b.txt", "a/b.txt"), ("/etc/x", "etc/x"), ("../../x", "_/_/x"), ("./a", "a"), ("a//b", "a/b")]
        {
            assert_eq!(inside(id), Path::new(path), "{id}");
        }
        assert_eq!(container_name("feeds/day.jsonl.gz"), "day.jsonl");
        assert_eq!(container_name("feeds/.x"), "records.jsonl");
        let mut taken = BTreeSet::new();
        let names = ["x/day.jsonl", "x/day.jsonl", "x/day.jsonl"].map(|n| free(&mut taken, Path::new(n)));
        assert_eq!(names, ["x/day.jsonl", "x/day~2.jsonl", "x/day~3.jsonl"].map(PathBuf::from));
    }
}
