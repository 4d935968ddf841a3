//! `wirecopy eval`: measures a run against gold families, or the scorer and the candidate stages against labelled pairs.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum, ValueHint};

use super::args::GlobalArgs;
use super::setting_args::SettingArgs;
use super::settings::Settings;
use super::{done, figures, labels, renamed};
use crate::Pipeline;
use wirecopy_core::Cancel;
use wirecopy_ingest::Root;
use wirecopy_ingest::settings_files;
use wirecopy_lab::eval::{
    GoldReport, LabelledPair, Weighting, candidate_report, decide_pairs, first_line, gold_report,
    pair_report, parse_gold, perturbed,
};
use wirecopy_lab::perturb::Perturbation;
use wirecopy_report::Run;

/// ISO 639-3 code for an undetermined language, used as a set of its own.
const UNDETERMINED: &str = "und";

/// `wirecopy eval`.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// Run report to measure against gold families
    #[arg(value_name = "RUN", requires = "gold", conflicts_with = "pairs")]
    pub run: Option<PathBuf>,
    /// Gold families of the run's documents, one per line: id and family, separated by a tab
    #[arg(long, value_name = "FILE", requires = "run", value_hint = ValueHint::FilePath)]
    pub gold: Option<PathBuf>,
    /// Labelled pairs, one per line: id, id, 0 or 1, and the name of a set, separated by tabs; repeatable
    #[arg(long, value_name = "FILE", requires = "docs", required_unless_present = "run",
        value_hint = ValueHint::FilePath)]
    pub pairs: Vec<PathBuf>,
    /// Files and folders with the documents of the pairs, as for `wirecopy cluster`; repeatable
    #[arg(long, value_name = "PATH", requires = "pairs", value_hint = ValueHint::AnyPath)]
    pub docs: Vec<PathBuf>,
    /// Weight terms by the background table only, as if each pair were the whole corpus
    #[arg(long, requires = "pairs")]
    pub alone: bool,
    /// Score perturbed pairs, such as `ocr_2,truncate_50`; `all` applies the standard suite
    ///
    /// Alters one side of each true pair and both sides of each false pair. With -v, figures are also listed by set.
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        requires = "pairs",
        conflicts_with = "candidates"
    )]
    pub perturb: Vec<String>,
    /// Measure which true pairs become candidates, instead of how pairs are scored
    #[arg(long, requires = "pairs", conflicts_with = "alone")]
    pub candidates: bool,
    /// With --candidates, further documents of the corpus; repeatable
    #[arg(long, value_name = "PATH", requires = "candidates", value_hint = ValueHint::AnyPath)]
    pub among: Vec<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = FiguresFormat::Text)]
    pub format: FiguresFormat,
    /// Number of worst errors to list
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub errors: usize,
    /// Flags that set values of the configuration.
    #[command(flatten)]
    pub settings: SettingArgs,
}

/// Output formats of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FiguresFormat {
    /// Tables for reading
    Text,
    /// One JSON object
    Json,
}

/// Runs the command and returns the exit code.
pub(super) fn run(global: &GlobalArgs, args: &EvalArgs) -> anyhow::Result<u8> {
    let settings = Settings::load(global, &args.settings)?;
    let by_set = global.verbose > 0;
    let (text, skipped) = match (&args.run, &args.gold) {
        (Some(run), Some(gold)) => (families(run, gold, args, by_set)?, false),
        _ => labelled(args, &settings, by_set)?,
    };
    super::print(text.as_bytes())?;
    Ok(done(skipped))
}

/// Measures a run against gold families.
fn families(run: &Path, gold: &Path, args: &EvalArgs, by_set: bool) -> anyhow::Result<String> {
    let run = Run::read_jsonl(run)?;
    let families = parse_gold(&labels::read(gold)?, gold)?;
    if families.is_empty() {
        bail!(
            "{}: no document is listed: expected lines of id and family, separated by a tab",
            gold.display()
        );
    }
    let clusters: Vec<Vec<String>> =
        run.clusters.iter().map(|c| c.members.iter().map(|m| m.id.clone()).collect()).collect();
    let documents: Vec<(&str, &str)> = run
        .documents
        .iter()
        .map(|d| (d.id.as_str(), d.language.as_deref().unwrap_or(UNDETERMINED)))
        .collect();
    let report = gold_report(&clusters, &documents, &families);
    if report.overall.listed == 0 {
        bail!("{}: none of the ids occurs in the run", gold.display());
    }
    shown(args.format, &report, || {
        let lines = first_lines(&run, &report, args.errors)?;
        Ok(figures::gold_text(&report, &run, &lines, args.errors, by_set))
    })
}

/// Reads the first lines of the documents that the list of errors names.
fn first_lines(run: &Run, report: &GoldReport, errors: usize) -> anyhow::Result<HashMap<String, String>> {
    let merges = report.wrong_merges.iter().take(errors).flat_map(|merge| &merge.members);
    let splits = report.splits.iter().take(errors).flat_map(|split| &split.members);
    let named: BTreeSet<&str> = merges.chain(splits).map(String::as_str).collect();
    let texts = run.texts(&named, &Cancel::default())?;
    Ok(texts.into_iter().map(|(id, document)| (id, first_line(&document.text))).collect())
}

/// Measures the scorer or the candidate stages against labelled pairs. Also returns whether any input was skipped.
fn labelled(args: &EvalArgs, settings: &Settings, by_set: bool) -> anyhow::Result<(String, bool)> {
    let mut pairs = Vec::new();
    for path in &args.pairs {
        pairs.extend(labels::pairs(path)?);
    }
    if args.candidates {
        return candidates(&pairs, args, settings);
    }
    let perturbations = perturbations(&args.perturb)?;
    let (documents, skipped) = labels::documents(&args.docs, settings)?;
    let matching = &settings.config.matching;
    let model = settings_files::model(matching.model.as_deref())?;
    let weighting = if args.alone { Weighting::Alone } else { Weighting::Folder };
    if !perturbations.is_empty() {
        let report = perturbed(&pairs, &documents, &perturbations, &model, matching, weighting)?;
        let text = shown(args.format, &report, || Ok(figures::perturbed_text(&report, by_set)))?;
        return Ok((text, skipped));
    }
    let decided = decide_pairs(&pairs, &documents, &model, matching, weighting)?;
    let scores: Vec<f64> = decided.iter().map(|decision| decision.score.get()).collect();
    let report = pair_report(&pairs, &scores, &documents, matching.strictness.threshold(), args.errors);
    Ok((shown(args.format, &report, || Ok(figures::pair_text(&report)))?, skipped))
}

fn candidates(
    pairs: &[LabelledPair],
    args: &EvalArgs,
    settings: &Settings,
) -> anyhow::Result<(String, bool)> {
    let pairs: Vec<&LabelledPair> = pairs.iter().filter(|pair| pair.same).collect();
    let roots: Vec<Root> = args.docs.iter().map(Root::from).collect();
    let among: Vec<Root> = args.among.iter().map(Root::from).collect();
    let ids: Vec<(&str, &str)> = pairs.iter().map(|pair| (pair.a.as_str(), pair.b.as_str())).collect();
    let survey =
        Pipeline::new(&settings.config).threads(settings.program.threads).survey(&roots, &among, &ids)?;
    let report = candidate_report(&pairs, &survey, settings.config.matching.rare_shared, args.errors);
    Ok((shown(args.format, &report, || Ok(figures::candidate_text(&report)))?, survey.skipped > 0))
}

/// Parses the names of perturbations, without repetitions.
fn perturbations(names: &[String]) -> anyhow::Result<Vec<Perturbation>> {
    let mut out: Vec<Perturbation> = Vec::new();
    for name in names {
        let named = match name.as_str() {
            "all" => Perturbation::ALL.to_vec(),
            name => vec![renamed::perturbation(name).parse().with_context(|| {
                let all: Vec<String> = Perturbation::ALL.iter().map(Perturbation::name).collect();
                format!("--perturb accepts `all` or any of {}", all.join(", "))
            })?],
        };
        for perturbation in named {
            if !out.contains(&perturbation) {
                out.push(perturbation);
            }
        }
    }
    Ok(out)
}

/// Formats a report as `text` does, or as JSON.
fn shown(
    format: FiguresFormat,
    report: &impl serde::Serialize,
    text: impl FnOnce() -> anyhow::Result<String>,
) -> anyhow::Result<String> {
    match format {
        FiguresFormat::Text => text(),
        FiguresFormat::Json => Ok(serde_json::to_string_pretty(report).context("figures")? + "\n"),
    }
}
