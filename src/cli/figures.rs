//! Text tables of what `eval` and `calibrate` measure.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use wirecopy_lab::eval::{
    Bin, CandidateReport, Figures, GoldReport, GoldSet, Meetings, PairReport, PerturbedFigures,
    PerturbedReport,
};
use wirecopy_report::{Run, clean};

// Writing to a string cannot fail: the results of `writeln!` are dropped throughout.

/// Formats a share with three decimals, or as a dash if it is undefined.
fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
}

/// Formats the figures of all sets as a table, with the overall row first.
pub(super) fn table(overall: Option<&Figures>, sets: &BTreeMap<String, Figures>) -> String {
    let mut out = format!(
        "{:<22} {:>6} {:>6} {:>6} {:>6} {:>6} {:>7} {:>8}\n",
        "set", "pairs", "AUC", "prec.", "recall", "F1", "best F1", "R@P.99"
    );
    let rows =
        overall.map(|figures| ("all", figures)).into_iter().chain(sets.iter().map(|(n, f)| (n.as_str(), f)));
    for (name, f) in rows {
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

/// Formats a report on labelled pairs.
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
        let called = if error.same_dispatch { "missed: one dispatch" } else { "false match: two dispatches" };
        let _ = writeln!(
            out,
            "  {:.3} {called} ({})\n    {}: {}\n    {}: {}",
            error.score,
            error.set,
            clean(&error.a),
            clean(&error.first_line_a),
            clean(&error.b),
            clean(&error.first_line_b)
        );
    }
    out
}

/// Formats a report on perturbed pairs, with each perturbation followed by its sets if `by_set`.
pub(super) fn perturbed_text(report: &PerturbedReport, by_set: bool) -> String {
    let mut out = format!(
        "threshold {:.2}\n\n{:<22} {:>10} {:>7} {:>12} {:>8}\n",
        report.threshold, "one side altered", "true pairs", "recall", "both: false", "wrong"
    );
    let mut line = |name: &str, f: &PerturbedFigures| {
        let wrong = f.wrong.map_or_else(|| "-".to_owned(), |wrong| format!("{:.2} %", 100.0 * wrong));
        let _ = writeln!(
            out,
            "{name:<22} {:>10} {:>7} {:>12} {wrong:>8}",
            f.true_pairs,
            share(f.recall),
            f.false_pairs
        );
    };
    for row in &report.perturbations {
        line(&row.perturbation, &row.overall);
        for (set, figures) in row.sets.iter().filter(|_| by_set) {
            line(&format!("  {set}"), figures);
        }
    }
    out
}

/// Formats a report on the candidate stages.
pub(super) fn candidate_text(report: &CandidateReport) -> String {
    let mut out = format!(
        "{} documents, {} after copies are collapsed; {} candidates, {:.2} per document\n\n",
        report.documents, report.representatives, report.candidates, report.candidates_per_document
    );
    let _ = writeln!(
        out,
        "{:<22} {:>10} {:>7} {:>7} {:>13} {:>7}",
        "set", "true pairs", "found", "share", "with overlap", "share"
    );
    let rows = [("all", &report.overall)].into_iter().chain(report.sets.iter().map(|(n, f)| (n.as_str(), f)));
    for (name, Meetings { true_pairs, met, recall, usable, recall_of_usable }) in rows {
        let (recall, of_usable) = (share(*recall), share(*recall_of_usable));
        let _ = writeln!(out, "{name:<22} {true_pairs:>10} {met:>7} {recall:>7} {usable:>13} {of_usable:>7}");
    }
    if !report.missed.is_empty() {
        out.push_str("\nmissed despite shared features that could be keys\n");
    }
    for pair in &report.missed {
        let _ = writeln!(out, "  {:>4}  {}  {} ({})", pair.usable, clean(&pair.a), clean(&pair.b), pair.set);
    }
    out
}

/// Formats a report on gold families. `lines` holds first lines of documents by id; the title replaces a missing one.
pub(super) fn gold_text(
    report: &GoldReport,
    run: &Run,
    lines: &HashMap<String, String>,
    errors: usize,
    by_set: bool,
) -> String {
    let GoldSet { documents, listed, families, figures, intervals } = &report.overall;
    let mut out = format!("{documents} documents, {listed} of them in {families} families\n\n");
    for (name, value) in figures.named() {
        let interval = intervals.get(name).map(|i| format!("  [{:.4}, {:.4}]", i.low, i.high));
        let _ = writeln!(out, "{name:<22} {value:.4}{}", interval.unwrap_or_default());
    }
    if by_set && !report.sets.is_empty() {
        let _ = writeln!(
            out,
            "\n{:<10} {:>9} {:>8} {:>7} {:>7} {:>7} {:>7} {:>7} {:>12}",
            "language", "documents", "families", "prec.", "recall", "F1", "B3 F1", "ARI", "merges/1000"
        );
    }
    for (name, set) in report.sets.iter().filter(|_| by_set) {
        let f = &set.figures;
        let _ = writeln!(
            out,
            "{name:<10} {:>9} {:>8} {:>7.3} {:>7.3} {:>7.3} {:>7.3} {:>7.3} {:>12.2}",
            set.documents,
            set.families,
            f.pair_precision,
            f.pair_recall,
            f.pair_f1,
            f.bcubed_f1,
            f.ari,
            f.false_merges_per_1000
        );
    }
    let titles: HashMap<&str, &str> =
        run.documents.iter().map(|d| (d.id.as_str(), d.title.as_deref().unwrap_or(""))).collect();
    let merges = report.wrong_merges.iter().map(|merge| &merge.members);
    let splits = report.splits.iter().map(|split| &split.members);
    let lists: [(&str, Vec<&Vec<String>>); 2] = [
        ("several families in one cluster", merges.take(errors).collect()),
        ("one family split over several clusters or left out", splits.take(errors).collect()),
    ];
    for (heading, groups) in lists.iter().filter(|(_, groups)| !groups.is_empty()) {
        let _ = writeln!(out, "\n{heading}");
        for members in groups {
            for id in *members {
                let line = lines.get(id).map(String::as_str);
                let line = line.or_else(|| titles.get(id.as_str()).copied()).unwrap_or_default();
                let _ = writeln!(out, "  {}: {}", clean(id), clean(line));
            }
            out.push('\n');
        }
    }
    out
}
