//! The command line as typed. Nothing here reads a file, and values are checked for syntax only.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};

use super::bench::{self, BenchArgs};
use super::calibrate::CalibrateArgs;
use super::cluster;
use super::compare::{self, CompareArgs};
use super::eval::EvalArgs;
use super::formats::{self, FormatsArgs};
use super::keep::{self, KeepArgs};
use super::report::{self, ReportArgs};
use super::setting_args::{INPUT, SettingArgs};
use super::terminal;
use super::tune::{self, TuneArgs};

const LONG_ABOUT: &str = "\
Finds the copies in a folder of news: identical texts, near-verbatim reprints, excerpts, and reworded or \
retranslated versions of one wire dispatch.

Flags take precedence over WIRECOPY_… environment variables, then wirecopy.toml in the current folder, then the \
defaults. `wirecopy config` shows the effective settings and where each comes from.";

const EXIT_CODES: &str = "\
Exit codes:
  0    done, even if the reader closed the output early
  1    duplicates exist, and no input was skipped (only with --exit-code)
  2    not done: usage error, missing input, or output that cannot be written;
       for keep, also an input that has changed since the run
  3    done, but some inputs were skipped, or could not be read again, or have
       changed since the run; takes precedence over 1
  129, 130, 143
       ended by SIGHUP, Ctrl-C, SIGTERM";

/// Finds the copies in a folder of news
#[derive(Debug, Parser)]
#[command(name = "wirecopy", version, long_about = LONG_ABOUT, after_help = EXIT_CODES)]
#[command(arg_required_else_help = true, subcommand_required = true, disable_help_subcommand = true)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find documents that are copies, excerpts or rewrites of one another
    #[command(after_long_help = cluster::EXAMPLES)]
    Cluster(ClusterArgs),
    /// Explain one pair: whether it is the same dispatch, why, and which passages match
    #[command(after_long_help = compare::EXAMPLES)]
    Compare(CompareArgs),
    /// Write a run as one self-contained HTML page: overview, clusters, pairs side by side
    #[command(after_long_help = report::EXAMPLES)]
    Report(ReportArgs),
    /// Measure a run against gold families, or the scorer against labelled pairs
    Eval(EvalArgs),
    /// Choose which document of each cluster to keep: list, annotate or copy them; never deletes
    #[command(after_long_help = keep::EXAMPLES)]
    Keep(KeepArgs),
    /// Fit the rewrite scorer to labelled pairs of your own
    Calibrate(CalibrateArgs),
    /// Measure the speed of a run, stage by stage, or generate a corpus to measure on
    #[command(after_long_help = bench::EXAMPLES)]
    Bench(BenchArgs),
    /// Show what a copy threshold costs: bands, rows, missed pairs and needless checks
    #[command(after_long_help = tune::EXAMPLES)]
    Tune(TuneArgs),
    /// Show which formats are read, and what each provides
    #[command(after_long_help = formats::EXAMPLES)]
    Formats(FormatsArgs),
    /// Print the effective settings as TOML, each with its origin
    Config(ConfigArgs),
    /// Print the completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page of the program or of one command
    Man(ManArgs),
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "General options")]
pub struct GlobalArgs {
    /// Suppress the text report, progress and warnings
    ///
    /// Errors are still printed, and so is output requested with --output or --format.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Show more detail; -vv shows everything
    ///
    /// Lists more clusters and members in the text report, and logs one line per stage to standard error.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// When to use colours
    ///
    /// `auto` uses them on terminals. NO_COLOR turns them off, CLICOLOR_FORCE turns them on.
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
    /// Hide progress bars
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// Read settings from FILE instead of wirecopy.toml in the current folder
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Ignore wirecopy.toml
    #[arg(long, global = true, conflicts_with = "config")]
    pub no_config: bool,
}

impl GlobalArgs {
    /// Returns whether progress bars may be drawn.
    pub(super) fn wants_progress(&self) -> bool {
        !self.quiet && !self.no_progress && terminal::stderr_is_terminal()
    }
}

/// When output is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On terminals.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Output formats of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Summary for reading: largest clusters, skipped inputs, seconds per stage
    Text,
    /// Complete run report, one JSON object per line
    Jsonl,
    /// Table with one row per clustered document
    Csv,
    /// The same table as Parquet, with typed columns, for DuckDB, Spark and pandas; needs a build with the feature `parquet`
    Parquet,
}

/// `wirecopy cluster`.
#[derive(Debug, Args)]
pub struct ClusterArgs {
    /// Folders and files to read; `-` reads JSON lines from standard input
    #[arg(value_name = "PATH", required = true, value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Write the run to FILE; `-` is standard output
    ///
    /// Without --format, the extension selects the format: .csv for csv, .parquet for parquet, .txt for text, and .jsonl, .ndjson, .json or no
    /// extension for jsonl. Other extensions need --format. The text report is still printed to standard output. The file is
    /// written atomically.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output options")]
    pub output: Option<PathBuf>,
    /// Output format [default: text on standard output]
    #[arg(long, value_enum, help_heading = "Output options")]
    pub format: Option<Format>,
    /// With CSV or Parquet output, include documents that are in no cluster
    #[arg(long, help_heading = "Output options")]
    pub all: bool,
    /// Write CSV that Excel opens directly, with SEP between fields [default: ;]
    ///
    /// Adds a byte order mark and uses Windows line endings. Excel expects `;` in locales with a decimal comma and `,` in
    /// others.
    #[arg(long, value_name = "SEP", num_args = 0..=1, require_equals = true, default_missing_value = ";",
        value_parser = separator, help_heading = "Output options")]
    pub csv_excel: Option<u8>,
    /// Also write the run as an HTML page to FILE: overview, clusters, pairs side by side
    ///
    /// The page is one self-contained file that makes no network requests. It contains the texts of clustered documents.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output options")]
    pub html: Option<PathBuf>,
    /// Show what would be read, file by file, without comparing anything
    ///
    /// Lists the format and the number of documents of each file, and the reasons for skipping inputs (-v shows all of them).
    /// --output and --format apply to the list. As JSON lines it has one object per file, then the totals. The exit code is that
    /// of a run.
    #[arg(long, conflicts_with_all = ["html", "exit_code", "evidence", "with_texts", "all", "csv_excel"],
        help_heading = "Output options")]
    pub list: bool,
    /// Exit with status 1 if duplicates exist
    ///
    /// If inputs were skipped the exit code is 3 in either case, because not everything was examined.
    #[arg(long, help_heading = "Output options")]
    pub exit_code: bool,
    /// Record in the report which passages of each member occur in other members
    #[arg(long, help_heading = "Output options")]
    pub evidence: bool,
    /// Keep the texts of the documents in the report, for commands that cannot read them again
    ///
    /// `compare --run`, `report` and `keep` need the texts, which they otherwise read from the files of the run. Applies to JSON
    /// lines, and makes them as large as the input.
    #[arg(long, help_heading = "Output options")]
    pub with_texts: bool,
    /// Also read PATH, and mark its documents as references, which `wirecopy keep` always keeps; repeatable
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath, help_heading = INPUT)]
    pub reference: Vec<PathBuf>,
    /// Settings of the run.
    #[command(flatten)]
    pub settings: SettingArgs,
}

/// `wirecopy config`.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Settings, as for `wirecopy cluster`.
    #[command(flatten)]
    pub settings: SettingArgs,
}

/// `wirecopy completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Shell to write the script for
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// `wirecopy man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Command to describe; without it, the program as a whole
    #[arg(value_parser = commands())]
    pub command: Option<String>,
}

fn commands() -> PossibleValuesParser {
    PossibleValuesParser::new([
        "cluster",
        "compare",
        "report",
        "eval",
        "keep",
        "calibrate",
        "bench",
        "tune",
        "formats",
        "config",
        "completions",
        "man",
    ])
}

/// Parses the field separator of a table.
fn separator(written: &str) -> Result<u8, String> {
    match written {
        "tab" | "\\t" => Ok(b'\t'),
        _ => match written.as_bytes() {
            [byte] if *byte == b'\t' || (byte.is_ascii_punctuation() && *byte != b'"') => Ok(*byte),
            _ => Err("expected one punctuation character, such as `;` or `,`, or `tab`".to_owned()),
        },
    }
}
