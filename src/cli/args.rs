//! The command line as typed. Nothing here reads a file, and values are checked for syntax only.
//!
//! A flag that sets a value of `wirecopy.toml` is listed in `SETTINGS`. Its help text gets the default and the name of
//! the environment variable from there, so neither can go stale.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use toml::Value;

use super::bench::{self, BenchArgs};
use super::calibrate::CalibrateArgs;
use super::cluster;
use super::compare::{self, CompareArgs};
use super::eval::EvalArgs;
use super::formats::{self, FormatsArgs};
use super::keep::{self, KeepArgs};
use super::report::{self, ReportArgs};
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

/// Flags that set a value of `wirecopy.toml`. None has a default here: a flag that was not typed must not override the file.
#[derive(Debug, Default, Args)]
pub struct SettingArgs {
    /// Number of worker threads; 0 uses one per core
    #[arg(short = 'j', long, value_name = "N", help_heading = "General options")]
    pub threads: Option<u32>,
    /// Limit memory to about SIZE, such as 500M or 2G, and move the rest to temporary files
    ///
    /// The result does not change. Without a limit, everything stays in memory. Writing a page (--html) may exceed the limit,
    /// since it holds the texts of all clustered documents.
    #[arg(long, value_name = "SIZE", value_parser = wirecopy_ingest::config::parse_size, help_heading = "General options")]
    pub memory: Option<u64>,
    /// Folder for temporary files, instead of the system's
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "General options")]
    pub temp_dir: Option<String>,
    /// Minimum Jaccard similarity of the shingles of two copies
    #[arg(long, value_name = "SHARE", help_heading = MATCHING)]
    pub threshold: Option<f64>,
    /// Tokens per shingle
    #[arg(long, value_name = "K", help_heading = MATCHING)]
    pub shingle: Option<u32>,
    /// Minimum share of the shorter document's shingles that the longer one must contain for an excerpt
    #[arg(long, value_name = "SHARE", help_heading = MATCHING)]
    pub containment: Option<f64>,
    /// Maximum days between two documents of one dispatch, if both dates are known; `off` for no limit
    #[arg(long, value_name = "DAYS", value_parser = window, help_heading = MATCHING)]
    pub window: Option<u32>,
    /// Ignore dates: decide by the texts alone
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true, help_heading = MATCHING)]
    pub ignore_dates: Option<bool>,
    /// Do not group versions of a running story: report them as `version`, which is then, like `partial`, never grouped
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true, help_heading = MATCHING)]
    pub no_versions: Option<bool>,
    /// Do not look for rewrites: find identical texts, copies and excerpts only
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true, help_heading = MATCHING)]
    pub no_rewrites: Option<bool>,
    /// How certain the scorer must be: strict (few false matches), balanced, or wide (few missed matches)
    #[arg(long, value_name = "LEVEL", value_parser = strictness(), hide_possible_values = true,
        help_heading = MATCHING)]
    pub strictness: Option<String>,
    /// Compare site boilerplate (share lines, "Read also", notices) too, not only the articles
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true, help_heading = MATCHING)]
    pub keep_boilerplate: Option<bool>,
    /// Score pairs with the model in FILE instead of the built-in one
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = MATCHING)]
    pub model: Option<String>,
    /// Read only files whose path below the folder matches GLOB; repeatable
    #[arg(long, value_name = "GLOB", help_heading = INPUT)]
    pub include: Vec<String>,
    /// Skip files and folders that match GLOB; overrides --include; repeatable
    #[arg(long, value_name = "GLOB", help_heading = INPUT)]
    pub exclude: Vec<String>,
    /// Descend at most N levels; 1 reads only the files of the folder itself
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = INPUT)]
    pub max_depth: Option<u32>,
    /// Follow symbolic links
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true, help_heading = INPUT)]
    pub follow: Option<bool>,
    /// Read hidden files and folders
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true, help_heading = INPUT)]
    pub hidden: Option<bool>,
    /// Skip documents longer than SIZE, such as 64M
    #[arg(long, value_name = "SIZE", value_parser = wirecopy_ingest::config::parse_size, help_heading = INPUT)]
    pub max_document_bytes: Option<u64>,
    /// Stop reading a compressed file at N times its size, once it exceeds 64 MiB
    ///
    /// Documents read up to that point are used. The limit guards against decompression bombs; news never compresses that well.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = INPUT)]
    pub max_expansion: Option<u32>,
    /// Stop reading a compressed file once it has expanded to SIZE, such as 256G
    #[arg(long, value_name = "SIZE", value_parser = wirecopy_ingest::config::parse_size, help_heading = INPUT)]
    pub max_expanded_bytes: Option<u64>,
    /// List at most N skipped inputs in the report, and only count the rest
    #[arg(long, value_name = "N", help_heading = INPUT)]
    pub max_skipped: Option<u32>,
    /// Use a file's modification time as its date if no other date is found
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true, help_heading = INPUT)]
    pub mtime: Option<bool>,
    /// Time zone of dates that state none: an offset (+01:00) or a name (Europe/Vienna); otherwise UTC
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true, help_heading = INPUT)]
    pub timezone: Option<String>,
    /// Recognise the news agencies in FILE too: one per line, its name and spellings separated by tabs
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = INPUT)]
    pub agencies: Option<String>,
    /// Take the source of a document from its folder, the host of its URL, or a REGEX match in its path or id
    ///
    /// The source is the first capture group of REGEX, or the whole match if there is no group. Without a match, the document
    /// keeps its own source.
    #[arg(long, value_name = "folder|host|REGEX", help_heading = INPUT)]
    pub source_from: Option<String>,
    /// Field or column that holds the id; in JSON, `a.b` is the field `b` of the object `a`, here and below
    #[arg(long, value_name = "NAME", help_heading = FIELDS)]
    pub id_field: Option<String>,
    /// Field or column that holds the text
    #[arg(long, value_name = "NAME", help_heading = FIELDS)]
    pub text_field: Option<String>,
    /// Field or column that holds the headline
    #[arg(long, value_name = "NAME", help_heading = FIELDS)]
    pub title_field: Option<String>,
    /// Field or column that holds the publication date
    #[arg(long, value_name = "NAME", help_heading = FIELDS)]
    pub date_field: Option<String>,
    /// Field or column that holds the publisher
    #[arg(long, value_name = "NAME", help_heading = FIELDS)]
    pub source_field: Option<String>,
    /// Field or column that holds the URL
    #[arg(long, value_name = "NAME", help_heading = FIELDS)]
    pub url_field: Option<String>,
}

const INPUT: &str = "Input options";
const FIELDS: &str = "Fields of JSON lines and CSV";
const MATCHING: &str = "Matching options";

fn strictness() -> PossibleValuesParser {
    PossibleValuesParser::new(["strict", "balanced", "wide"])
}

/// Maps each flag that sets a value of `wirecopy.toml` to the path of that value.
pub(super) const SETTINGS: [(&str, &str); 34] = [
    ("threads", "threads"),
    ("memory", "memory"),
    ("temp_dir", "temp_dir"),
    ("threshold", "match.threshold"),
    ("shingle", "match.shingle"),
    ("containment", "match.excerpt_containment"),
    ("window", "match.window"),
    ("signature", "match.signature"),
    ("misses", "match.misses"),
    ("ignore_dates", "match.ignore_dates"),
    ("no_versions", "match.versions"),
    ("no_rewrites", "match.rewrites"),
    ("strictness", "match.strictness"),
    ("keep_boilerplate", "match.keep_boilerplate"),
    ("model", "match.model"),
    ("include", "ingest.include"),
    ("exclude", "ingest.exclude"),
    ("max_depth", "ingest.max_depth"),
    ("follow", "ingest.follow"),
    ("hidden", "ingest.hidden"),
    ("max_document_bytes", "ingest.max_document_bytes"),
    ("max_expansion", "ingest.max_expansion"),
    ("max_expanded_bytes", "ingest.max_expanded_bytes"),
    ("max_skipped", "ingest.max_skipped"),
    ("mtime", "ingest.mtime"),
    ("timezone", "ingest.timezone"),
    ("agencies", "ingest.agencies"),
    ("source_from", "ingest.source_from"),
    ("id_field", "ingest.fields.id"),
    ("text_field", "ingest.fields.text"),
    ("title_field", "ingest.fields.title"),
    ("date_field", "ingest.fields.date"),
    ("source_field", "ingest.fields.source"),
    ("url_field", "ingest.fields.url"),
];

/// Flags that set values of `wirecopy.toml`.
pub(super) trait Typed {
    /// Returns the value that was typed for a flag of [`SETTINGS`].
    fn typed(&self, name: &str) -> Option<Value>;
}

impl Typed for SettingArgs {
    fn typed(&self, name: &str) -> Option<Value> {
        let integer = |value: Option<u32>| value.map(|n| Value::Integer(n.into()));
        let text = |value: &Option<String>| value.clone().map(Value::String);
        let list = |values: &[String]| {
            (!values.is_empty()).then(|| Value::Array(values.iter().cloned().map(Value::String).collect()))
        };
        match name {
            "threads" => integer(self.threads),
            // As text, because TOML's integers are signed.
            "memory" => self.memory.map(|n| Value::String(n.to_string())),
            "temp_dir" => text(&self.temp_dir),
            "threshold" => self.threshold.map(Value::Float),
            "shingle" => integer(self.shingle),
            "containment" => self.containment.map(Value::Float),
            "window" => integer(self.window),
            "ignore_dates" => self.ignore_dates.map(Value::Boolean),
            "no_versions" => self.no_versions.map(|no| Value::Boolean(!no)),
            "no_rewrites" => self.no_rewrites.map(|no| Value::Boolean(!no)),
            "strictness" => text(&self.strictness),
            "keep_boilerplate" => self.keep_boilerplate.map(Value::Boolean),
            "model" => text(&self.model),
            "include" => list(&self.include),
            "exclude" => list(&self.exclude),
            "max_depth" => integer(self.max_depth),
            "follow" => self.follow.map(Value::Boolean),
            "hidden" => self.hidden.map(Value::Boolean),
            // As text, because TOML's integers are signed.
            "max_document_bytes" => self.max_document_bytes.map(|n| Value::String(n.to_string())),
            "max_expansion" => integer(self.max_expansion),
            "max_expanded_bytes" => self.max_expanded_bytes.map(|n| Value::String(n.to_string())),
            "max_skipped" => integer(self.max_skipped),
            "mtime" => self.mtime.map(Value::Boolean),
            "timezone" => text(&self.timezone),
            "agencies" => text(&self.agencies),
            "source_from" => text(&self.source_from),
            "id_field" => text(&self.id_field),
            "text_field" => text(&self.text_field),
            "title_field" => text(&self.title_field),
            "date_field" => text(&self.date_field),
            "source_field" => text(&self.source_field),
            "url_field" => text(&self.url_field),
            _ => None,
        }
    }
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

/// Parses a number of days, or `off`.
fn window(written: &str) -> Result<u32, String> {
    if written == "off" {
        Ok(0)
    } else {
        written.parse().map_err(|_| "expected a number of days or `off`".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::builder::TypedValueParser;

    use super::*;
    use wirecopy_core::config::Strictness;

    #[test]
    fn strictness_flag_accepts_every_level() {
        let known: Vec<_> =
            strictness().possible_values().unwrap().map(|v| v.get_name().to_owned()).collect();
        let levels = [Strictness::Strict, Strictness::Balanced, Strictness::Wide];
        assert_eq!(levels.map(|level| serde_json::to_value(level).unwrap()), *known);
    }
}
