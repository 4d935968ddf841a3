//! `wirecopy formats`: prints the table of the formats that are read.

use std::fmt::Write;

use clap::Args;
use serde::Serialize;

use super::eval::FiguresFormat;
use wirecopy_formats::{FORMATS, Format};

pub(super) const EXAMPLES: &str = "\
Examples:
  wirecopy formats
      show which formats are read, and what each provides
  wirecopy cluster archive/ --list
      show which files below archive/ would be read, and as which format";

/// `wirecopy formats`.
#[derive(Debug, Args)]
pub struct FormatsArgs {
    /// Output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = FiguresFormat::Text)]
    pub format: FiguresFormat,
}

/// The table as a JSON object.
#[derive(Serialize)]
struct Rows {
    formats: Vec<Row>,
}

/// A format as a JSON object.
#[derive(Serialize)]
struct Row {
    name: &'static str,
    files: &'static [&'static str],
    provides: Vec<&'static str>,
    feature: Option<&'static str>,
    built: bool,
    tested_on_real_files: bool,
}

/// Runs the command and returns the exit code.
pub(super) fn run(args: &FormatsArgs) -> anyhow::Result<u8> {
    match args.format {
        FiguresFormat::Text => super::print(text().as_bytes()),
        FiguresFormat::Json => {
            let formats = FORMATS.iter().map(row).collect();
            let mut json = serde_json::to_vec_pretty(&Rows { formats })?;
            json.push(b'\n');
            super::print(&json)
        }
    }
}

fn row(format: &Format) -> Row {
    Row {
        name: format.name,
        files: format.files,
        provides: format.provides.iter().map(|provided| provided.name()).collect(),
        feature: format.feature,
        built: is_built(format),
        tested_on_real_files: format.tested,
    }
}

/// Returns whether this build reads a format.
fn is_built(format: &Format) -> bool {
    const FEATURES: [(&str, bool); 4] = [
        ("html", cfg!(feature = "html")),
        ("wire", cfg!(feature = "wire")),
        ("exports", cfg!(feature = "exports")),
        ("parquet", cfg!(feature = "parquet")),
    ];
    format.feature.is_none_or(|feature| FEATURES.contains(&(feature, true)))
}

/// Returns what is to be said of a format besides what it provides.
fn remark(format: &Format) -> String {
    let mut out = Vec::new();
    if !is_built(format) {
        out.extend(format.feature.map(|feature| format!("not read: built without the feature `{feature}`")));
    }
    if !format.tested {
        out.push("from the specification".to_owned());
    }
    out.join("; ")
}

fn text() -> String {
    let mut out = String::new();
    let names = FORMATS.iter().map(|format| format.name.len()).max().unwrap_or(0);
    let files = FORMATS.iter().map(|format| format.files.join(" ").len()).max().unwrap_or(0);
    let mut line = |name: &str, ends: &str, provides: &str| {
        let line = format!("{name:names$}  {ends:files$}  {provides}");
        let _ = writeln!(out, "{}", line.trim_end());
    };
    line("format", "file names", "provides, besides the text");
    for format in &FORMATS {
        let provides: Vec<&str> = format.provides.iter().map(|provided| provided.name()).collect();
        let remark = remark(format);
        let remark = if remark.is_empty() { remark } else { format!(" ({remark})") };
        line(format.name, &format.files.join(" "), &format!("{}{remark}", provides.join(", ")));
    }
    out
}
