//! What was typed. Nothing here reads a file or checks more than the form of a value.
//!
//! A flag that sets a value of `wirecopy.toml` stands in `SETTINGS` once; its help text gets the default and the name
//! of the environment variable from there, so neither can go stale.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use toml::Value;

use super::bench::BenchArgs;
use super::calibrate::CalibrateArgs;
use super::compare::{self, CompareArgs};
use super::eval::EvalArgs;
use super::keep::KeepArgs;
use super::report::{self, ReportArgs};
use super::terminal;
use super::tune::TuneArgs;

const LONG_ABOUT: &str = "\
Finds the copies in a folder of news: identical texts, near-verbatim reprints, excerpts, and re-worded or \
re-translated versions of one wire dispatch.

Settings come from flags, then from WIRECOPY_… environment variables, then from wirecopy.toml in the current folder, \
then from the defaults; `wirecopy config` shows which.";

const EXIT_CODES: &str = "\
Exit codes:
  0    done, also when the reader of the output went away
  1    duplicates exist, and no input was skipped (only with --exit-code)
  2    usage error, missing input, or output that cannot be written
  3    done, but some inputs were skipped, or have changed since the run; comes before 1
  129, 130, 143
       ended by SIGHUP, Ctrl-C, SIGTERM";

const CLUSTER_EXAMPLES: &str = "\
Examples:
  wirecopy cluster corpus/
      which articles below corpus/ are the same dispatch
  wirecopy cluster archive/2023 archive/2024 -o run.jsonl
      the same over two folders, and everything that was found into a report
  zcat news.jsonl.gz | wirecopy cluster - --text-field body --date-field published
      JSON lines, with fields of other names
  wirecopy cluster corpus/ --format csv -o clusters.csv -q
      a table of the clustered documents, nothing on the terminal
  wirecopy cluster incoming/ --exit-code -q
      only say by the exit code whether there are duplicates";

const KEEP_EXAMPLES: &str = "\
Examples:
  wirecopy keep run.jsonl
      ids of the documents to keep: the earliest of each cluster, and whatever is in none
  wirecopy keep run.jsonl --policy longest --drop --paths
      paths of those that are not kept
  wirecopy keep run.jsonl --policy source=AFP,Reuters --format jsonl -o annotated.jsonl
      every document with its text, its cluster, and whether it is kept
  wirecopy keep run.jsonl --copy-to kept/
      the kept documents into a folder of their own";

const BENCH_EXAMPLES: &str = "\
Examples:
  wirecopy bench incoming/ --repeat 5
      medians of five runs, beside the floor of reading every byte
  wirecopy bench incoming/ --format json > before.json
  wirecopy bench incoming/ --compare before.json
      what a change to settings, machine or program made of it
  wirecopy bench --generate 100000 --seed 7 -o generated.jsonl
  wirecopy cluster generated.jsonl -q -o run.jsonl
  wirecopy eval run.jsonl --gold generated.jsonl.gold.tsv
      a corpus of any size with known families";

const TUNE_EXAMPLES: &str = "\
Examples:
  wirecopy tune
      the cut of the settings that hold here
  wirecopy tune --threshold 0.8 --misses 0.01
      copies of 0.8 and up, of which one in a hundred may be missed
  wirecopy tune --signature 64 --format json
      shorter signatures, for a program to read";

/// Finds the copies in a folder of news
#[derive(Debug, Parser)]
#[command(name = "wirecopy", version, long_about = LONG_ABOUT, after_help = EXIT_CODES)]
#[command(arg_required_else_help = true, subcommand_required = true, disable_help_subcommand = true)]
pub struct Cli {
    /// What holds for every verb.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Find which documents are copies, excerpts or rewrites of one another
    #[command(after_long_help = CLUSTER_EXAMPLES)]
    Cluster(ClusterArgs),
    /// Explain one pair: whether it is the same dispatch, why, and which passages tell the same
    #[command(after_long_help = compare::EXAMPLES)]
    Compare(CompareArgs),
    /// Make one self-contained page of a run: overview, clusters, pairs side by side
    #[command(after_long_help = report::EXAMPLES)]
    Report(ReportArgs),
    /// Say how well a run matches gold families, or the scorer labelled pairs
    Eval(EvalArgs),
    /// Say which document of each cluster to keep: list, annotate or copy them; never deletes
    #[command(after_long_help = KEEP_EXAMPLES)]
    Keep(KeepArgs),
    /// Fit the scorer of rewrites on labelled pairs of your own
    Calibrate(CalibrateArgs),
    /// Say how fast a run is, stage by stage; or write an invented corpus to measure on
    #[command(after_long_help = BENCH_EXAMPLES)]
    Bench(BenchArgs),
    /// Show what a threshold costs: bands, rows, and the pairs they miss or check in vain
    #[command(after_long_help = TUNE_EXAMPLES)]
    Tune(TuneArgs),
    /// Print the effective settings as TOML, each with where it comes from
    Config(ConfigArgs),
    /// Print the completion file of a shell
    Completions(CompletionsArgs),
    /// Print the manual page, of the program or of one verb
    Man(ManArgs),
}

/// What holds for every verb.
#[derive(Debug, Args)]
#[command(next_help_heading = "General options")]
pub struct GlobalArgs {
    /// Print no text report, no progress and no warnings
    ///
    /// Errors are printed all the same, and so is a report that was asked for with --output or --format.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more; twice for everything
    ///
    /// Shows more clusters and members in the text report, and a line a stage on standard error.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Colours in what is printed
    ///
    /// `auto` means on terminals, unless NO_COLOR is set, or wherever CLICOLOR_FORCE is set.
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
    /// Show no progress bars on standard error
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// Read settings from FILE instead of wirecopy.toml in the current folder
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Read no wirecopy.toml
    #[arg(long, global = true, conflicts_with = "config")]
    pub no_config: bool,
}

impl GlobalArgs {
    /// Whether bars may be drawn.
    pub(super) fn wants_progress(&self) -> bool {
        !self.quiet && !self.no_progress && terminal::stderr_is_terminal()
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On terminals.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The forms of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For reading: the largest clusters, what was skipped, seconds a stage
    Text,
    /// The whole run, one JSON object a line
    Jsonl,
    /// One row a clustered document
    Csv,
}

/// `wirecopy cluster`.
#[derive(Debug, Args)]
pub struct ClusterArgs {
    /// Folders and files to read; `-` reads JSON lines from standard input, `<(…)` what a command prints
    #[arg(value_name = "PATH", required = true, value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Write the run to FILE; `-` is standard output
    ///
    /// The file appears under its name when it is complete, never before. Its form is that of --format, else that of its
    /// ending: .csv is csv, .txt is text, .jsonl, .ndjson, .json or none is jsonl; other endings are refused without --format.
    /// The text report still goes to standard output.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output options")]
    pub output: Option<PathBuf>,
    /// Form of the output [default: text on standard output]
    #[arg(long, value_enum, help_heading = "Output options")]
    pub format: Option<Format>,
    /// In a table, give every document a row, not only those in clusters
    #[arg(long, help_heading = "Output options")]
    pub all: bool,
    /// Write a table that Excel opens by a double click, with SEP between fields [default: ;]
    ///
    /// Such a table begins with a byte order mark and has the line ends of Windows. Excel wants `;` where the comma is the
    /// decimal sign, and `,` elsewhere.
    #[arg(long, value_name = "SEP", num_args = 0..=1, require_equals = true, default_missing_value = ";",
        value_parser = separator, help_heading = "Output options")]
    pub csv_excel: Option<u8>,
    /// Write the run as a page to FILE: overview, clusters, pairs side by side
    ///
    /// One file that needs no other and asks nothing of any network; the texts of clustered documents are in it.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output options")]
    pub html: Option<PathBuf>,
    /// Exit with 1 when duplicates exist
    ///
    /// Where inputs were skipped the exit code is 3, duplicates or not: not everything was looked at.
    #[arg(long, help_heading = "Output options")]
    pub exit_code: bool,
    /// Tell in the report which runs of a member's words stand in other members
    #[arg(long, help_heading = "Output options")]
    pub evidence: bool,
    /// Read PATH too, and mark its documents as references, which `wirecopy keep` never proposes to remove; may be repeated
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath, help_heading = INPUT)]
    pub reference: Vec<PathBuf>,
    /// Settings of the run.
    #[command(flatten)]
    pub settings: SettingArgs,
}

/// `wirecopy config`.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Settings, as `wirecopy cluster` takes them.
    #[command(flatten)]
    pub settings: SettingArgs,
}

/// `wirecopy completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// `wirecopy man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The verb; without it the page of the program
    #[arg(value_parser = verbs())]
    pub verb: Option<String>,
}

fn verbs() -> PossibleValuesParser {
    PossibleValuesParser::new([
        "cluster",
        "compare",
        "report",
        "eval",
        "keep",
        "calibrate",
        "bench",
        "tune",
        "config",
        "completions",
        "man",
    ])
}

/// Flags that set a value of `wirecopy.toml`. None has a default here: what was not typed must not hide the file.
#[derive(Debug, Default, Args)]
pub struct SettingArgs {
    /// Worker threads; 0 is one a core
    #[arg(short = 'j', long, value_name = "N", help_heading = "General options")]
    pub threads: Option<u32>,
    /// Hold about SIZE of memory, such as 500M or 2G, and put what is over it into temporary files
    ///
    /// The result is the same. Without a limit everything is held in memory. A page (--html) is not bound by it: the texts of
    /// all clustered documents are on it.
    #[arg(long, value_name = "SIZE", value_parser = wirecopy_ingest::config::parse_size, help_heading = "General options")]
    pub memory: Option<u64>,
    /// Folder of the temporary files, in place of the system's
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "General options")]
    pub temp_dir: Option<String>,
    /// Jaccard similarity of shingles from which two documents are copies
    #[arg(long, value_name = "SHARE", help_heading = MATCHING)]
    pub threshold: Option<f64>,
    /// Tokens in a shingle
    #[arg(long, value_name = "K", help_heading = MATCHING)]
    pub shingle: Option<u32>,
    /// Share of the shorter document's shingles that the longer one must hold for an excerpt
    #[arg(long, value_name = "SHARE", help_heading = MATCHING)]
    pub containment: Option<f64>,
    /// Days that may lie between two documents of a dispatch where both dates are known; `off` for any number
    #[arg(long, value_name = "DAYS", value_parser = window, help_heading = MATCHING)]
    pub window: Option<u32>,
    /// Decide by the texts alone, as if no document had a date
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true, help_heading = MATCHING)]
    pub ignore_dates: Option<bool>,
    /// Report the versions of a running story as related, but do not group them
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true, help_heading = MATCHING)]
    pub no_versions: Option<bool>,
    /// Find identical texts, copies and excerpts only
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true, help_heading = MATCHING)]
    pub no_rewrites: Option<bool>,
    /// How sure the scorer must be of one dispatch: strict (few wrong groups), balanced, wide (few missed)
    #[arg(long, value_name = "LEVEL", value_parser = strictness(), hide_possible_values = true,
        help_heading = MATCHING)]
    pub strictness: Option<String>,
    /// Compare the boilerplate of sites too (share lines, "Read also", notices), rather than the articles alone
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true, help_heading = MATCHING)]
    pub keep_boilerplate: Option<bool>,
    /// Score pairs with the model in FILE rather than with the one that is built in
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = MATCHING)]
    pub model: Option<String>,
    /// Read only files whose path below the folder matches GLOB; may be repeated
    #[arg(long, value_name = "GLOB", help_heading = INPUT)]
    pub include: Vec<String>,
    /// Leave out files and folders that match GLOB; stronger than --include; may be repeated
    #[arg(long, value_name = "GLOB", help_heading = INPUT)]
    pub exclude: Vec<String>,
    /// Folders to descend; 1 is the files of the folder itself
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
    /// Skip documents that are longer, such as 64M
    #[arg(long, value_name = "SIZE", value_parser = wirecopy_ingest::config::parse_size, help_heading = INPUT)]
    pub max_document_bytes: Option<u64>,
    /// Read no further in a compressed file that has expanded to N times its size and to 64 MiB
    ///
    /// What was read before stays. A few kilobytes can be made to expand without end; news never does by that much.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = INPUT)]
    pub max_expansion: Option<u32>,
    /// Read no further in a compressed file that has expanded to SIZE, such as 256G
    #[arg(long, value_name = "SIZE", value_parser = wirecopy_ingest::config::parse_size, help_heading = INPUT)]
    pub max_expanded_bytes: Option<u64>,
    /// List N skipped inputs in the report and count the others
    #[arg(long, value_name = "N", help_heading = INPUT)]
    pub max_skipped: Option<u32>,
    /// Take the time of a file's last change for its date where nothing else tells one
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        hide_possible_values = true, help_heading = INPUT)]
    pub mtime: Option<bool>,
    /// Read times of publication without a zone as of ZONE: an offset (+01:00) or a name (Europe/Vienna); else UTC
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true, help_heading = INPUT)]
    pub timezone: Option<String>,
    /// Know the news agencies in FILE too: a name and its spellings a line, separated by tabs
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = INPUT)]
    pub agencies: Option<String>,
    /// Take the source of a document from its folder, the host of its address, or what REGEX finds in its path or id
    ///
    /// The first group of REGEX is the source, else the whole match. Where it finds nothing, the document's own source stays.
    #[arg(long, value_name = "folder|host|REGEX", help_heading = INPUT)]
    pub source_from: Option<String>,
    /// Field or column that holds the id; in JSON, as for the others, `a.b` is the field `b` of the object `a`
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
    /// Field or column that holds the address
    #[arg(long, value_name = "NAME", help_heading = FIELDS)]
    pub url_field: Option<String>,
}

const INPUT: &str = "Input options";
const FIELDS: &str = "Fields of JSON lines and CSV";
const MATCHING: &str = "Matching options";

fn strictness() -> PossibleValuesParser {
    PossibleValuesParser::new(["strict", "balanced", "wide"])
}

/// Each flag that sets a value of `wirecopy.toml`, by its name here, and the place of its value there.
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
    /// The value that was typed for a flag of [`SETTINGS`].
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
            // As text, since TOML's integers are signed.
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
            // As text, since TOML's integers are signed.
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

/// The sign between fields of a table.
fn separator(written: &str) -> Result<u8, String> {
    match written {
        "tab" | "\\t" => Ok(b'\t'),
        _ => match written.as_bytes() {
            [sign] if *sign == b'\t' || (sign.is_ascii_punctuation() && *sign != b'"') => Ok(*sign),
            _ => Err("expected one sign, such as `;`, `,` or `tab`".to_owned()),
        },
    }
}

/// A number of days, or `off`.
fn window(written: &str) -> Result<u32, String> {
    if written == "off" { Ok(0) } else { written.parse().map_err(|_| "expected days or `off`".to_owned()) }
}

#[cfg(test)]
mod tests {
    use clap::builder::TypedValueParser;

    use super::*;
    use wirecopy_core::config::Strictness;

    #[test]
    fn every_level_of_strictness_can_be_typed() {
        let known: Vec<_> =
            strictness().possible_values().unwrap().map(|v| v.get_name().to_owned()).collect();
        let levels = [Strictness::Strict, Strictness::Balanced, Strictness::Wide];
        assert_eq!(levels.map(|level| serde_json::to_value(level).unwrap()), *known);
    }
}
