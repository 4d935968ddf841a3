//! `wirecopy calibrate`: fits the scorer to a user's own labels.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::args::GlobalArgs;
use super::figures::{pair_text, table};
use super::protect::Protected;
use super::setting_args::SettingArgs;
use super::settings::Settings;
use super::{done, labels};
use wirecopy_ingest::Root;
use wirecopy_lab::eval::{CalibrationOptions, calibrate};

/// `wirecopy calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateArgs {
    /// Labelled pairs, one per line: id, id, 0 or 1, and the name of a set, separated by tabs; repeatable
    #[arg(long, value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    pub pairs: Vec<PathBuf>,
    /// Files and folders with the documents of the pairs, as for `wirecopy cluster`; repeatable
    #[arg(long, value_name = "PATH", required = true)]
    pub docs: Vec<PathBuf>,
    /// Write the model to FILE; without it, only print the figures
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Sets of reprints and versions, by name or prefix; their passages are not used to fit rewrites
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub reuse_sets: Vec<String>,
    /// Number of cross-validation folds; no family is split between folds
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(2..=20))]
    pub folds: u32,
    /// Number of worst errors to list
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub errors: usize,
    /// Flags that set values of the configuration.
    #[command(flatten)]
    pub settings: SettingArgs,
}

/// Runs the command and returns the exit code.
pub(super) fn run(global: &GlobalArgs, args: &CalibrateArgs) -> anyhow::Result<u8> {
    let settings = Settings::load(global, &args.settings)?;
    let mut inputs = Protected::default();
    inputs.run(args.docs.iter().map(Root::from), &settings.config);
    inputs.files(args.pairs.iter().chain(&settings.file));
    let mut output = args.output.as_deref().map(|path| inputs.open(path)).transpose()?;
    let mut pairs = Vec::new();
    for path in &args.pairs {
        pairs.extend(labels::pairs(path)?);
    }
    let (documents, skipped) = labels::documents(&args.docs, &settings)?;
    let options = CalibrationOptions {
        folds: args.folds as usize,
        errors: args.errors,
        reuse_sets: args.reuse_sets.clone(),
        ..CalibrationOptions::default()
    };
    let calibration = calibrate(&pairs, &documents, &settings.config.matching, &options)?;
    if let Some(output) = &mut output {
        let mut text = serde_json::to_string_pretty(&calibration.model)?;
        text.push('\n');
        output.write(|out| out.write_all(text.as_bytes()))?;
    }
    let mut text = format!("Cross-validated over {} folds, families never split\n\n", args.folds);
    text.push_str(&pair_text(&calibration.report));
    text.push_str("\nEach pair on its own, weighted by the background table only\n\n");
    text.push_str(&table(Some(&calibration.alone.overall), &calibration.alone.sets));
    text.push_str("\nBy perturbation\n\n");
    text.push_str(&table(None, &calibration.perturbed));
    super::print(text.as_bytes())?;
    Ok(done(skipped))
}
