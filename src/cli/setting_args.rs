//! The flags that set a value of `wirecopy.toml`, as typed.
//!
//! Each is listed in [`SETTINGS`]. Its help text gets the default and the name of the environment variable from there, so neither
//! can go stale.

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueHint};
use toml::Value;

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

pub(super) const INPUT: &str = "Input options";
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
