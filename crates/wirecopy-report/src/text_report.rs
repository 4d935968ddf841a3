//! The text summary of a run: number of stories, largest clusters, skipped inputs, and time per stage.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};

use super::terminal_text::{bytes, clean, count, cut, number, pad, seconds, width, wrap};
use super::text_cluster::ClusterBlock;
use super::{ClusterLine, DocumentLine, Relation, Run, SummaryLine};
use wirecopy_core::document::Skipped;

/// Number of clusters shown at each level of [`TextStyle::verbosity`].
const CLUSTERS: [usize; 3] = [10, 50, usize::MAX];
/// Number of members per cluster shown at each level of [`TextStyle::verbosity`].
const MEMBERS: [usize; 3] = [5, 20, usize::MAX];
/// Maximum number of skipped inputs, or of reasons for skipping, that are shown.
const SKIPPED: usize = 10;
/// Maximum number of agencies named above the clusters, most clusters first.
const AGENCIES: usize = 3;
/// Minimum width of the layout. On a narrower terminal, lines are longer than the terminal.
const MIN_WIDTH: usize = 40;

/// Options of text output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextStyle {
    /// Width in columns.
    pub width: usize,
    /// Whether escape sequences for colours may be used.
    pub color: bool,
    /// 0 shows ten clusters with five members each, 1 shows more of both, 2 shows everything.
    pub verbosity: u8,
}

impl Default for TextStyle {
    /// Returns 80 columns, no colour, verbosity 0.
    fn default() -> Self {
        Self { width: 80, color: false, verbosity: 0 }
    }
}

/// Text styles.
#[derive(Clone, Copy)]
pub(crate) enum Ink {
    /// Counts and titles.
    Bold,
    /// Ids and other details.
    Dim,
    /// Words that occur in one text only.
    Own,
    /// The colour of a relation.
    Relation(Relation),
}

impl TextStyle {
    pub(crate) fn paint(self, ink: Ink, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Bold => "1",
            Ink::Dim => "2",
            Ink::Own => "4",
            Ink::Relation(Relation::Identical) => "31",
            Ink::Relation(Relation::Copy) => "33",
            Ink::Relation(Relation::Excerpt) => "36",
            Ink::Relation(Relation::Version) => "32",
            Ink::Relation(Relation::Rewrite) => "35",
            Ink::Relation(Relation::Partial) => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    fn limit(self, limits: [usize; 3]) -> usize {
        limits[usize::from(self.verbosity.min(2))]
    }
}

/// The parts of a run that the text summary shows.
pub(super) struct TextReport<'a> {
    pub(super) summary: &'a SummaryLine,
    pub(super) clusters: &'a [ClusterLine],
    pub(super) skipped: &'a [Skipped],
}

impl Run {
    /// Writes a summary for reading, in `style.width` columns.
    ///
    /// Titles, ids and reasons come from the input. Control characters in them are replaced.
    ///
    /// # Errors
    /// Fails if `out` fails.
    pub fn write_text(&self, out: impl Write, style: &TextStyle) -> io::Result<()> {
        let report = TextReport { summary: &self.summary, clusters: &self.clusters, skipped: &self.skipped };
        report.write(out, style, |wanted| {
            let documents = self.documents.iter().filter(|document| wanted.contains(document.id.as_str()));
            Ok(documents.map(|document| (document.id.clone(), Cow::Borrowed(document))).collect())
        })
    }
}

/// Documents by their ids.
type Documents<'a> = BTreeMap<String, Cow<'a, DocumentLine>>;

impl TextReport<'_> {
    /// Writes the summary. `find` looks up documents by id.
    pub(super) fn write<'d>(
        &self,
        mut out: impl Write,
        style: &TextStyle,
        find: impl FnOnce(&BTreeSet<&str>) -> io::Result<Documents<'d>>,
    ) -> io::Result<()> {
        let style = TextStyle { width: style.width.max(MIN_WIDTH), ..*style };
        self.write_headline(&mut out, style)?;
        self.write_clusters(&mut out, style, find)?;
        write_skipped(&mut out, self.skipped, self.summary, style)?;
        write_without_article(&mut out, self.summary.without_article, style)?;
        if self.summary.folder_sources {
            writeln!(out, "\nNo document names its source, so the folder of each is used as its source")?;
        }
        self.write_stages(&mut out, style)?;
        out.flush()
    }

    /// Writes the result in one sentence, the number of pairs by relation, and the credited agencies.
    fn write_headline(&self, out: &mut impl Write, style: TextStyle) -> io::Result<()> {
        let summary = self.summary;
        let (documents, skipped) = (summary.documents, summary.skipped);
        let bold = |text: String| style.paint(Ink::Bold, &text);
        if documents == 0 {
            return match skipped {
                0 => writeln!(out, "No documents: nothing was found to read"),
                1 => writeln!(out, "No documents: the only input was skipped"),
                _ => writeln!(out, "No documents: all {} inputs were skipped", bold(number(skipped))),
            };
        }
        let copies = summary.clustered_documents.saturating_sub(summary.clusters);
        if copies == 0 {
            let what = if documents == 1 { "nothing to compare it with" } else { "no copies found" };
            return writeln!(out, "{}: {what}", bold(count(documents, "document", "documents")));
        }
        writeln!(
            out,
            "{}, {}: {} {} of another ({})",
            bold(count(documents, "document", "documents")),
            bold(count(documents - copies.min(documents), "distinct story", "distinct stories")),
            bold(number(copies)),
            if copies == 1 { "is a copy" } else { "are copies" },
            percent(copies, documents),
        )?;
        let pairs = |relation| {
            let (one, many) = match relation {
                Relation::Identical => ("identical", "identical"),
                Relation::Copy => ("copy", "copies"),
                Relation::Excerpt => ("excerpt", "excerpts"),
                Relation::Version => ("version", "versions"),
                Relation::Rewrite => ("rewrite", "rewrites"),
                Relation::Partial => ("partial match", "partial matches"),
            };
            let n = summary.edges.of(relation);
            (n > 0).then(|| style.paint(Ink::Relation(relation), &count(n, one, many)))
        };
        let listed: Vec<String> = Relation::ALL.into_iter().filter_map(pairs).collect();
        if !listed.is_empty() {
            writeln!(out, "Pairs: {}", listed.join(", "))?;
        }
        match self.agency_copy() {
            Some(line) => writeln!(out, "{line}"),
            None => Ok(()),
        }
    }

    /// Formats the agencies that are credited in the most clusters, and how many documents of such clusters lack a credit;
    /// `None` if no agency is credited.
    fn agency_copy(&self) -> Option<String> {
        let mut agencies: BTreeMap<&str, u64> = BTreeMap::new();
        for credit in self.clusters.iter().flat_map(|cluster| &cluster.credits) {
            *agencies.entry(credit).or_default() += 1;
        }
        let mut agencies: Vec<(&str, u64)> = agencies.into_iter().collect();
        agencies.sort_by_key(|&(name, clusters)| (Reverse(clusters), name));
        let named: Vec<String> = agencies
            .iter()
            .take(AGENCIES)
            .enumerate()
            .map(|(at, &(name, n))| match at {
                0 => format!("{} in {}", clean(name), count(n, "cluster", "clusters")),
                _ => format!("{} in {}", clean(name), number(n)),
            })
            .collect();
        if named.is_empty() {
            return None;
        }
        let others = agencies.len() - named.len();
        let others = if others > 0 { format!(" and {others} more") } else { String::new() };
        let uncredited = self.clusters.iter().map(|cluster| cluster.uncredited.len() as u64).sum::<u64>();
        let uncredited = match uncredited {
            0 => String::new(),
            n => format!("; {} it without credit", count(n, "document uses", "documents use")),
        };
        Some(format!("Agency copy: {}{others}{uncredited}", named.join(", ")))
    }

    fn write_clusters<'d>(
        &self,
        out: &mut impl Write,
        style: TextStyle,
        find: impl FnOnce(&BTreeSet<&str>) -> io::Result<Documents<'d>>,
    ) -> io::Result<()> {
        let shown = &self.clusters[..self.clusters.len().min(style.limit(CLUSTERS))];
        if shown.is_empty() {
            return Ok(());
        }
        // Only documents of the clusters shown are looked up, since a run may contain millions.
        let wanted: BTreeSet<&str> =
            shown.iter().flat_map(|cluster| &cluster.members).map(|member| member.id.as_str()).collect();
        let found = find(&wanted)?;
        let documents: HashMap<&str, &DocumentLine> =
            found.iter().map(|(id, document)| (id.as_str(), &**document)).collect();
        let all = self.clusters.len();
        match (shown.len(), all) {
            (1, 1) => writeln!(out, "\n1 cluster")?,
            (n, all) if n == all => writeln!(out, "\nAll {} clusters", number(all as u64))?,
            (n, all) => writeln!(out, "\nThe {n} largest of {} clusters", number(all as u64))?,
        }
        for (at, cluster) in shown.iter().enumerate() {
            ClusterBlock {
                rank: at + 1,
                ranks: shown.len(),
                cluster,
                documents: &documents,
                members: style.limit(MEMBERS),
                style,
            }
            .write(out)?;
        }
        Ok(())
    }

    /// Writes the counts and seconds of each stage, and the rates of the whole run.
    fn write_stages(&self, out: &mut impl Write, style: TextStyle) -> io::Result<()> {
        let summary = self.summary;
        if !summary.stages.is_empty() {
            writeln!(out)?;
            let name =
                summary.stages.iter().map(|stage| width(&clean(&stage.stage))).max().unwrap_or(0).max(5);
            let head = format!("{}  {:>13}  {:>13}  {:>9}", pad("stage", name), "in", "out", "time");
            writeln!(out, "{}", style.paint(Ink::Dim, &head))?;
            for stage in &summary.stages {
                let time = seconds(stage.seconds);
                let (came_in, came_out) = (number(stage.came_in), number(stage.came_out));
                writeln!(
                    out,
                    "{}  {came_in:>13}  {came_out:>13}  {time:>9}",
                    pad(&clean(&stage.stage), name)
                )?;
            }
        }
        let mut facts = Vec::new();
        if summary.seconds > 0.0 {
            facts.push(seconds(summary.seconds));
            if summary.documents > 0 {
                facts.push(rate(summary.documents as f64 / summary.seconds));
                facts.push(format!("{}/s", bytes(summary.bytes as f64 / summary.seconds)));
            }
        }
        if let Some(peak) = summary.peak_memory {
            facts.push(format!("peak memory {}", bytes(peak as f64)));
        }
        if facts.is_empty() { Ok(()) } else { writeln!(out, "\n{}", facts.join(", ")) }
    }
}

fn percent(part: u64, whole: u64) -> String {
    let share = 100.0 * part as f64 / whole as f64;
    if share < 1.0 { "under 1 %".to_owned() } else { format!("{share:.0} %") }
}

fn rate(documents_per_second: f64) -> String {
    if documents_per_second < 10.0 {
        return format!("{documents_per_second:.1} documents/s");
    }
    // Rates are not negative and far below 2^64.
    format!("{} documents/s", number(documents_per_second as u64))
}

fn write_without_article(out: &mut impl Write, documents: u64, style: TextStyle) -> io::Result<()> {
    if documents == 0 {
        return Ok(());
    }
    let total = style.paint(Ink::Bold, &count(documents, "document", "documents"));
    let (contains, is) = if documents == 1 { ("contains", "is") } else { ("contain", "are") };
    writeln!(
        out,
        "\n{total} {contains} no article (captions, a notice, an empty page, a list of teasers) and {is} not grouped"
    )
}

fn write_skipped(
    out: &mut impl Write,
    skipped: &[Skipped],
    summary: &SummaryLine,
    style: TextStyle,
) -> io::Result<()> {
    if summary.skipped == 0 {
        return Ok(());
    }
    let total = count(summary.skipped, "input", "inputs");
    writeln!(out, "\n{} skipped", style.paint(Ink::Bold, &total))?;
    write_reasons(out, skipped, style)?;
    match summary.skipped_unlisted {
        0 => Ok(()),
        more => writeln!(out, "  … and {} more, which are not listed (--max-skipped)", number(more)),
    }
}

/// Writes up to ten inputs with their reasons or, if there are more inputs, up to ten reasons with the number of inputs.
fn write_reasons(out: &mut impl Write, skipped: &[Skipped], style: TextStyle) -> io::Result<()> {
    if skipped.len() <= SKIPPED {
        for one in skipped {
            write_labelled(out, &place(one), &clean(&one.reason), style)?;
        }
        return Ok(());
    }
    let mut reasons: BTreeMap<&str, Vec<&Skipped>> = BTreeMap::new();
    for one in skipped {
        reasons.entry(&one.reason).or_default().push(one);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    // The sort is stable, so reasons with equal counts stay in alphabetical order.
    reasons.sort_by_key(|(_, inputs)| Reverse(inputs.len()));
    for (reason, inputs) in reasons.iter().take(SKIPPED) {
        let reason = clean(reason);
        let example = inputs.first().map(|one| place(one)).unwrap_or_default();
        match inputs.len() {
            1 => write_labelled(out, &example, &reason, style)?,
            n => write_labelled(
                out,
                &format!("{} inputs", number(n as u64)),
                &format!("{reason} (such as {example})"),
                style,
            )?,
        }
    }
    let rest: usize = reasons.iter().skip(SKIPPED).map(|(_, inputs)| inputs.len()).sum();
    if rest > 0 {
        writeln!(out, "  … and {} for other reasons", number(rest as u64))?;
    }
    Ok(())
}

/// Formats an input as `path` or `path:record`.
fn place(skipped: &Skipped) -> String {
    match skipped.record {
        Some(record) => format!("{}:{record}", clean(&skipped.path)),
        None => clean(&skipped.path),
    }
}

/// Writes `label: text` on one line if it fits, else the wrapped text below the label.
fn write_labelled(out: &mut impl Write, label: &str, text: &str, style: TextStyle) -> io::Result<()> {
    if 2 + width(label) + 2 + width(text) <= style.width {
        return writeln!(out, "  {}: {text}", style.paint(Ink::Dim, label));
    }
    writeln!(out, "  {}:", style.paint(Ink::Dim, &super::terminal_text::cut_middle(label, style.width - 3)))?;
    for line in wrap(text, style.width - 4).into_iter().take(3) {
        writeln!(out, "    {}", cut(&line, style.width - 4))?;
    }
    Ok(())
}
