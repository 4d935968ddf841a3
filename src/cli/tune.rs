//! `wirecopy tune`: shows how signatures are divided into bands for a threshold, and which pairs that misses or checks
//! needlessly.

use std::fmt::Write;

use clap::Args;
use serde::Serialize;
use toml::Value;

use super::args::GlobalArgs;
use super::eval::FiguresFormat;
use super::setting_args::Typed;
use super::settings::Settings;
use super::terminal;
use wirecopy_core::candidates::params::Bands;
use wirecopy_core::config::MatchConfig;

/// The S-curve is shown at 0, 1/20, … 20/20.
const STEPS: u32 = 20;
/// Columns to the left of the bars.
const LEFT_COLUMNS: usize = 24;
/// Maximum width of the bars: wider ones would show no more detail.
const MAX_BAR: usize = 50;
/// Minimum width of the bars, however narrow the terminal.
const MIN_BAR: usize = 10;

pub(super) const EXAMPLES: &str = "\
Examples:
  wirecopy tune
      show the bands for the current settings
  wirecopy tune --threshold 0.8 --misses 0.01
      show the bands that find 99 % of the pairs with a similarity of 0.8
  wirecopy tune --signature 64 --format json
      show the bands for shorter signatures, as JSON";

/// `wirecopy tune`. Its flags have the names used in `setting_args::SETTINGS`.
#[derive(Debug, Args)]
pub struct TuneArgs {
    /// Minimum Jaccard similarity of the shingles of two copies
    #[arg(long, value_name = "SHARE")]
    pub threshold: Option<f64>,
    /// Maximum share of the pairs exactly at the threshold that may be missed
    #[arg(long, value_name = "SHARE")]
    pub misses: Option<f64>,
    /// Number of minima in a signature
    #[arg(long, value_name = "N")]
    pub signature: Option<u32>,
    /// Output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = FiguresFormat::Text)]
    pub format: FiguresFormat,
}

impl Typed for TuneArgs {
    fn typed(&self, name: &str) -> Option<Value> {
        match name {
            "threshold" => self.threshold.map(Value::Float),
            "misses" => self.misses.map(Value::Float),
            "signature" => self.signature.map(|n| Value::Integer(n.into())),
            _ => None,
        }
    }
}

/// Runs the command and returns the exit code.
pub(super) fn run(global: &GlobalArgs, args: &TuneArgs) -> anyhow::Result<u8> {
    let settings = Settings::load(global, args)?;
    let tuning = Tuning::of(&settings.config.matching);
    let mut out = match args.format {
        FiguresFormat::Text => tuning.text(terminal::columns())?,
        FiguresFormat::Json => serde_json::to_string(&tuning)?,
    };
    out.push_str(if args.format == FiguresFormat::Json { "\n" } else { "" });
    super::print(out.as_bytes())
}

/// A division into bands and its cost.
#[derive(Debug, Serialize)]
struct Tuning {
    /// Minimum similarity of copies.
    threshold: f64,
    /// Maximum share of the pairs at the threshold that may be missed.
    misses: f64,
    /// Number of minima in a signature.
    signature: usize,
    #[serde(flatten)]
    cut: Bands,
    /// Similarity at which half of the pairs become candidates.
    midpoint: f64,
    /// Share of the pairs at the threshold that are missed.
    missed_at_threshold: f64,
    /// Share of the pairs that are missed, for pairs spread evenly from the threshold to 1.
    missed_above: f64,
    /// Share of the pairs that are checked needlessly, for pairs spread evenly from 0 to the threshold.
    extra_below: f64,
    curve: Vec<Point>,
}

/// A point of the S-curve.
#[derive(Clone, Copy, Debug, Serialize)]
struct Point {
    similarity: f64,
    /// Probability that a pair of this similarity becomes a candidate.
    probability: f64,
}

impl Tuning {
    fn of(config: &MatchConfig) -> Self {
        let &MatchConfig { threshold, misses, signature, .. } = config;
        let cut = Bands::for_config(config);
        let point = |step| {
            let similarity = f64::from(step) / f64::from(STEPS);
            Point { similarity, probability: cut.probability(similarity) }
        };
        Self {
            threshold,
            misses,
            signature,
            cut,
            midpoint: cut.midpoint(),
            missed_at_threshold: 1.0 - cut.probability(threshold),
            missed_above: cut.expected_misses(threshold),
            extra_below: cut.expected_extra(threshold),
            curve: (0..=STEPS).map(point).collect(),
        }
    }

    fn text(&self, columns: usize) -> Result<String, std::fmt::Error> {
        let mut out = String::new();
        let Bands { bands, rows } = self.cut;
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        let misses = percent(self.misses);
        writeln!(out, "threshold {}, at most {misses} missed there", self.threshold)?;
        writeln!(out, "{bands} band{} of {rows} row{}", plural(bands), plural(rows))?;
        let unused = self.signature - bands * rows;
        let unused = if unused == 0 { String::new() } else { format!(", {unused} of them unused") };
        writeln!(out, "from signatures of {} minima{unused}\n", self.signature)?;
        let rows = [
            (self.midpoint, false, "is the similarity at which half of the pairs become candidates"),
            (self.missed_at_threshold, true, "of the pairs at the threshold are missed"),
            (self.missed_above, true, "of the pairs from the threshold to 1 are missed"),
            (self.extra_below, true, "of the pairs from 0 to the threshold are checked needlessly"),
        ];
        for (value, is_share, what) in rows {
            let value = if is_share { percent(value) } else { format!("{value:.2}  ") };
            writeln!(out, "{value:>9}  {what}")?;
        }
        if self.missed_at_threshold > self.misses {
            writeln!(out, "\nNo bands miss as few as {}: use a longer signature", percent(self.misses))?;
        }
        writeln!(out, "\nsimilarity  candidates")?;
        let longest = columns.saturating_sub(LEFT_COLUMNS).clamp(MIN_BAR, MAX_BAR);
        let threshold = self.curve.iter().position(|point| point.similarity + 1e-9 >= self.threshold);
        for (nth, point) in self.curve.iter().enumerate() {
            let mark = if threshold == Some(nth) { '>' } else { ' ' };
            let (probability, bar) = (percent(point.probability), bar(point.probability, longest));
            let line = format!("{mark}     {:.2}  {probability:>9}  {bar}", point.similarity);
            writeln!(out, "{}", line.trim_end())?;
        }
        writeln!(out, "\n> marks the threshold, or the next step above it. Shares are of pairs")?;
        writeln!(out, "spread evenly over all similarities; most real pairs are near 0.")?;
        Ok(out)
    }
}

/// Formats a share in percent, with enough digits to tell it from 0 % and from 100 %.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let rounded = format!("{percent:.1}");
    match rounded.as_str() {
        "0.0" if percent > 1e-4 => format!("{percent:.4} %"),
        "100.0" if percent < 100.0 - 1e-4 => format!("{percent:.4} %"),
        _ => format!("{rounded} %"),
    }
}

/// Draws a bar of at most `longest` columns, in steps of an eighth of a column.
fn bar(share: f64, longest: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * longest as f64 * 8.0).round() as usize;
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    #[test]
    fn figures_agree_with_the_bands() {
        let tuning = Tuning::of(&MatchConfig::default());
        assert_eq!(tuning.cut, Bands::for_config(&MatchConfig::default()));
        assert!(
            tuning.missed_above < tuning.missed_at_threshold && tuning.missed_at_threshold <= tuning.misses
        );
        assert_eq!(tuning.curve.len(), 21);
        assert!(tuning.curve.windows(2).all(|pair| pair[0].probability <= pair[1].probability));
        assert_eq!(tuning.curve[10].similarity, 0.5);
    }

    fn settings(threshold: f64, misses: f64, signature: usize) -> MatchConfig {
        let mut config = MatchConfig::default();
        (config.threshold, config.misses, config.signature) = (threshold, misses, signature);
        config
    }

    #[test]
    fn text_fits_80_columns() {
        for config in [MatchConfig::default(), settings(0.001, 0.000_001, 1024), settings(1.0, 0.999, 1024)] {
            let text = Tuning::of(&config).text(80).unwrap();
            assert!(text.lines().all(|line| line.width() <= 80), "{text}");
            assert_eq!(text.lines().filter(|line| line.starts_with("> ") && line.contains('%')).count(), 1);
        }
    }

    #[test]
    fn bars_and_shares_are_rounded() {
        assert_eq!((bar(0.0, 10).as_str(), bar(1.0, 3).as_str(), bar(0.5, 3).as_str()), ("", "███", "█▌"));
        assert_eq!(percent(0.0), "0.0 %");
        assert_eq!(percent(1.0), "100.0 %");
        assert_eq!(percent(0.0001), "0.0100 %");
        assert_eq!(percent(0.99999), "99.9990 %");
        assert_eq!(percent(0.9548), "95.5 %");
    }

    #[test]
    fn unreachable_misses_are_reported() {
        let text = Tuning::of(&settings(0.01, 0.001, 16)).text(80).unwrap();
        assert!(text.contains("\n16 bands of 1 row\n") && text.contains("No bands miss as few"), "{text}");
    }
}
