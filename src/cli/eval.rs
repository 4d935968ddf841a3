//! `wirecopy eval`: how well a run matches gold families, or the scorer labelled pairs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};

use super::args::{GlobalArgs, SettingArgs};
use super::labels;
use super::settings::Settings;
use crate::eval::{Bin, Figures, GoldReport, PairReport, gold_report, pair_report, parse_gold, score_pairs};
use crate::report::Run;
use crate::verify::Model;

/// `wirecopy eval`.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// Run report to judge by gold families
    #[arg(value_name = "RUN", requires = "gold", conflicts_with = "pairs")]
    pub run: Option<PathBuf>,
    /// Families of a run's documents: lines of id and family, separated by a tab
    #[arg(long, value_name = "FILE", requires = "run")]
    pub gold: Option<PathBuf>,
    /// Labelled pairs: lines of id, id, 0 or 1, and the name of a set, separated by tabs
    #[arg(long, value_name = "FILE", requires = "docs", required_unless_present = "run")]
    pub pairs: Option<PathBuf>,
    /// Documents of the pairs: a file or folder as for `wirecopy cluster`
    #[arg(long, value_name = "PATH")]
    pub docs: Option<PathBuf>,
    /// Form of the figures
    #[arg(long, value_name = "FORM", value_enum, default_value_t = FiguresFormat::Text)]
    pub format: FiguresFormat,
    /// Worst errors that are listed
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub errors: usize,
    /// Flags that set values of the configuration.
    #[command(flatten)]
    pub settings: SettingArgs,
}

/// The forms of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FiguresFormat {
    /// Tables for reading
    Text,
    /// One JSON object
    Json,
}

/// Runs the verb and gives the exit code.
pub(super) fn run(global: &GlobalArgs, args: &EvalArgs) -> anyhow::Result<u8> {
    let settings = Settings::load(global, &args.settings)?;
    let text = match (&args.run, &args.gold, &args.pairs, &args.docs) {
        (Some(run), Some(gold), ..) => {
            let run = Run::read_jsonl(run)?;
            let families = parse_gold(&labels::read(gold)?, gold)?;
            let clusters: Vec<Vec<String>> =
                run.clusters.iter().map(|c| c.members.iter().map(|m| m.id.clone()).collect()).collect();
            let documents: Vec<String> = run.documents.iter().map(|d| d.id.clone()).collect();
            let report = gold_report(&clusters, &documents, &families);
            match args.format {
                FiguresFormat::Text => gold_text(&report, &run, args.errors),
                FiguresFormat::Json => json(&report)?,
            }
        }
        (_, _, Some(pairs), Some(docs)) => {
            let pairs = labels::pairs(pairs)?;
            let texts = labels::texts(docs, &settings)?;
            let matching = &settings.config.matching;
            let model = matching.model.as_deref().map_or_else(Model::shipped, Model::read)?;
            let scores = score_pairs(&pairs, &texts, &model, matching)?;
            let report = pair_report(&pairs, &scores, &texts, matching.strictness.threshold(), args.errors);
            match args.format {
                FiguresFormat::Text => pair_text(&report),
                FiguresFormat::Json => json(&report)?,
            }
        }
        _ => bail!("name a run and --gold, or --pairs and --docs"),
    };
    super::print(text.as_bytes())
}

fn json(report: &impl serde::Serialize) -> anyhow::Result<String> {
    let mut text = serde_json::to_string_pretty(report).context("figures")?;
    text.push('\n');
    Ok(text)
}

/// A share with three decimals, or a dash where it has no meaning.
pub(super) fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
}

/// The figures of sets as a table, the overall row first.
pub(super) fn table(overall: Option<&Figures>, sets: &BTreeMap<String, Figures>) -> String {
    let mut out = format!(
        "{:<22} {:>6} {:>6} {:>6} {:>6} {:>6} {:>7} {:>8}\n",
        "set", "pairs", "AUC", "prec.", "recall", "F1", "best F1", "R@P.99"
    );
    let rows =
        overall.map(|figures| ("all", figures)).into_iter().chain(sets.iter().map(|(n, f)| (n.as_str(), f)));
    for (name, f) in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{name:<22} {:>6} {:>6} {:>6} {:>6} {:>6} {:>7} {:>8}{}",
            f.n,
            share(f.auc),
            share(f.precision),
            share(f.recall),
            share(f.f1),
            share(f.best_f1),
            share(f.recall_at_precision_99),
            if f.positives == 0 { format!("  wrong {:.2} %", 100.0 * f.wrong) } else { String::new() }
        );
    }
    out
}

/// A report over labelled pairs, for reading.
pub(super) fn pair_text(report: &PairReport) -> String {
    let mut out =
        format!("threshold {:.2}\n\n{}", report.threshold, table(Some(&report.overall), &report.sets));
    out.push_str("\nscore          pairs   mean score   share true\n");
    for Bin { from, to, n, mean_score, share_true } in &report.reliability {
        let _ = writeln!(
            out,
            "{from:.1} to {to:.1} {n:>8} {:>12} {:>12}",
            share(Some(*mean_score)),
            share(Some(*share_true))
        );
    }
    if !report.errors.is_empty() {
        out.push_str("\nworst errors\n");
    }
    for error in &report.errors {
        let called =
            if error.same_dispatch { "one dispatch, called two" } else { "two dispatches, called one" };
        let _ = writeln!(
            out,
            "  {:.3} {called} ({})\n    {}: {}\n    {}: {}",
            error.score,
            error.set,
            crate::report::clean(&error.a),
            crate::report::clean(&error.first_line_a),
            crate::report::clean(&error.b),
            crate::report::clean(&error.first_line_b)
        );
    }
    out
}

fn gold_text(report: &GoldReport, run: &Run, errors: usize) -> String {
    let f = &report.figures;
    let mut out = format!(
        "{} documents, {} of them in {} families\n\n",
        report.documents, report.listed, report.families
    );
    let rows = [
        ("pair_precision", f.pair_precision),
        ("pair_recall", f.pair_recall),
        ("pair_f1", f.pair_f1),
        ("bcubed_precision", f.bcubed_precision),
        ("bcubed_recall", f.bcubed_recall),
        ("bcubed_f1", f.bcubed_f1),
        ("ari", report.ari),
    ];
    for (name, value) in rows {
        let interval = report.intervals.get(name).map(|i| format!("  [{:.4}, {:.4}]", i.low, i.high));
        let _ = writeln!(out, "{name:<18} {value:.4}{}", interval.unwrap_or_default());
    }
    let _ = writeln!(out, "{:<18} {:.3}", "false merges/1000", report.false_merges_per_1000);
    let titles: BTreeMap<&str, &str> =
        run.documents.iter().map(|d| (d.id.as_str(), d.title.as_deref().unwrap_or(""))).collect();
    if !report.wrong_merges.is_empty() {
        out.push_str("\nclusters of several families\n");
    }
    for merge in report.wrong_merges.iter().take(errors) {
        for id in &merge.members {
            let title = titles.get(id.as_str()).copied().unwrap_or_default();
            let _ = writeln!(out, "  {}  {}", crate::report::clean(id), crate::report::clean(title));
        }
        out.push('\n');
    }
    out
}
