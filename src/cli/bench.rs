//! `wirecopy bench`: measures the speed of a run, stage by stage, and generates corpora to measure on.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, ValueHint};
use rayon::prelude::*;

use super::args::GlobalArgs;
use super::bars::Bars;
use super::eval::FiguresFormat;
use super::output::Output;
use super::setting_args::SettingArgs;
use super::settings::Settings;
use super::{DONE, done, interrupt};
use crate::Pipeline;
use wirecopy_core::{Cancel, Error};
use wirecopy_ingest::{Root, read_text};
use wirecopy_lab::bench::{Benchmark, measure};
use wirecopy_lab::generate::{Generated, Generator, GeneratorConfig};

/// Number of documents generated at a time.
const BATCH: u32 = 4096;
/// Minimum seconds of a stage for which a rate is shown.
const MIN_SECONDS: f64 = 0.0005;
/// Number of files per folder of a generated corpus.
const FILES_PER_FOLDER: u32 = 1000;

pub(super) const EXAMPLES: &str = "\
Examples:
  wirecopy bench incoming/ --repeat 5
      show medians of five runs, beside the floor of reading every byte
  wirecopy bench incoming/ --format json > before.json
  wirecopy bench incoming/ --compare before.json
      compare with an earlier benchmark
  wirecopy bench --generate 100000 --seed 7 -o generated.jsonl
  wirecopy cluster generated.jsonl -q -o run.jsonl
  wirecopy eval run.jsonl --gold generated.jsonl.gold.tsv
      generate a corpus with known families, and measure a run on it";

/// `wirecopy bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Folders and files to read
    #[arg(value_name = "PATH", required_unless_present = "generate", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Run N times and report medians
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub repeat: u32,
    /// Output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = FiguresFormat::Text)]
    pub format: FiguresFormat,
    /// Show ratios to an earlier benchmark, whose output of --format json is in FILE
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub compare: Option<PathBuf>,
    /// Do not measure, but generate a corpus of N documents with known families into --output
    #[arg(long, value_name = "N", requires = "output", conflicts_with_all = ["paths", "compare"])]
    pub generate: Option<u32>,
    /// Seed of the generated corpus
    #[arg(long, value_name = "S", default_value_t = 1, requires = "generate")]
    pub seed: u64,
    /// Write the generated corpus to a file of JSON lines or, if the name ends in `/`, to a folder of text files
    ///
    /// The families go to FILE.gold.tsv, or to gold.tsv in the folder, for `wirecopy eval --gold`.
    #[arg(short, long, value_name = "FILE|DIR/", requires = "generate", value_hint = ValueHint::AnyPath)]
    pub output: Option<PathBuf>,
    /// Settings of the run.
    #[command(flatten)]
    pub settings: SettingArgs,
}

/// Runs the command and returns the exit code.
pub(super) fn run(global: &GlobalArgs, args: &BenchArgs, bars: &Bars) -> anyhow::Result<u8> {
    let cancel = Cancel::default();
    interrupt::cancels(&cancel);
    if let (Some(documents), Some(output)) = (args.generate, &args.output) {
        generate(GeneratorConfig { documents, seed: args.seed }, output, &cancel)?;
        return Ok(DONE);
    }
    let settings = Settings::load(global, &args.settings)?;
    let roots: Vec<Root> = args.paths.iter().map(Root::from).collect();
    if roots.contains(&Root::Stdin) {
        bail!("standard input (`-`) can be read only once: save it to a file first");
    }
    let before = args.compare.as_deref().map(read_figures).transpose()?;
    let (config, threads) = (&settings.config, settings.program.threads);
    let measured = measure(&roots, &config.ingest, threads, args.repeat, &cancel, bars, |progress| {
        let pipeline = Pipeline::new(config).threads(threads).budget(settings.program.budget());
        Ok(pipeline.progress(progress).cancel(cancel.clone()).spool(&roots)?.summary)
    });
    bars.clear();
    let measured = measured?;
    let out = match args.format {
        FiguresFormat::Text => text(&measured, before.as_ref()),
        FiguresFormat::Json => format!("{}\n", serde_json::to_string(&measured)?),
    };
    super::print(out.as_bytes())?;
    Ok(done(measured.skipped > 0))
}

fn read_figures(path: &Path) -> anyhow::Result<Benchmark> {
    let name = path.display();
    let text = read_text(path).with_context(|| format!("cannot read {name}"))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{name} is not the output of `wirecopy bench --format json`"))
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Formats the figures as text. Writing to a string cannot fail.
fn text(b: &Benchmark, before: Option<&Benchmark>) -> String {
    let mut out = format!(
        "{} documents, {:.1} MB of text, from {} files of {:.1} MB; {}\n\n",
        b.documents,
        megabytes(b.text_bytes),
        b.files,
        megabytes(b.disk_bytes),
        if b.repeat == 1 { "one run".to_owned() } else { format!("medians of {} runs", b.repeat) }
    );
    let _ = write!(
        out,
        "{:<12} {:>10} {:>7} {:>12} {:>9} {:>6}",
        "stage", "seconds", "share", "documents/s", "MB/s", "cores"
    );
    let _ = writeln!(out, "{}", if before.is_some() { "   ratio" } else { "" });
    let mut row = |name: &str, seconds: f64, share: Option<f64>, cores: Option<f64>, old: Option<f64>| {
        // A stage without work has no rate.
        let rate = |amount: f64, digits: usize| match seconds >= MIN_SECONDS {
            true => format!("{:.digits$}", amount / seconds),
            false => "-".to_owned(),
        };
        let share = share.map_or(String::new(), |share| format!("{:.0} %", 100.0 * share));
        let cores = cores.map_or(String::new(), |cores| format!("{cores:.2}"));
        let (documents, megabytes) = (rate(b.documents as f64, 0), rate(megabytes(b.text_bytes), 1));
        let _ =
            write!(out, "{name:<12} {seconds:>10.3} {share:>7} {documents:>12} {megabytes:>9} {cores:>6}");
        let ratio = old.filter(|&old| old > 0.0).map(|old| format!("{:>8.2}", seconds / old));
        let _ = writeln!(out, "{}", ratio.unwrap_or_default());
    };
    for (at, line) in b.stages.iter().enumerate() {
        let cores = b.stage_cores.get(at).copied().flatten();
        let old = before.and_then(|before| before.stage_seconds(&line.stage));
        row(&line.stage, line.seconds, Some(line.seconds / b.seconds.max(1e-9)), cores, old);
    }
    row("all", b.seconds, Some(1.0), b.cores, before.map(|before| before.seconds));
    row("floor", b.floor_seconds, None, None, before.map(|before| before.floor_seconds));
    let _ = writeln!(
        out,
        "\n{:.1} times the floor (walking, reading and hashing every byte); {:.2} candidates and {:.2} edges per document",
        b.seconds / b.floor_seconds.max(1e-9),
        b.candidates_per_document,
        b.edges_per_document
    );
    let mut rest = Vec::new();
    rest.extend(b.peak_memory.map(|bytes| format!("peak memory {:.0} MB", megabytes(bytes))));
    if b.skipped > 0 {
        rest.push(format!("{} inputs skipped", b.skipped));
    }
    if !rest.is_empty() {
        let _ = writeln!(out, "{}", rest.join("; "));
    }
    out
}

/// Generates a corpus and its gold families.
fn generate(config: GeneratorConfig, output: &Path, cancel: &Cancel) -> anyhow::Result<()> {
    let generator = Generator::new(config);
    if output.as_os_str().to_string_lossy().ends_with('/') || output.is_dir() {
        return generate_folder(&generator, output, cancel);
    }
    let mut name = output.as_os_str().to_owned();
    name.push(".gold.tsv");
    let (mut documents, mut gold) = (Output::open(output)?, Output::open(Path::new(&name))?);
    let mut families = String::new();
    let mut complete = false;
    let written = documents.write(|out| {
        batches(&generator, cancel, |batch| {
            for one in batch {
                serde_json::to_writer(&mut *out, &one)?;
                out.write_all(b"\n")?;
                let _ = writeln!(families, "{}\t{}", one.id, one.family);
            }
            Ok(())
        })?;
        complete = true;
        Ok(())
    });
    cancel.check()?;
    written?;
    // If the reader of the documents stopped early, the families would not match what it got.
    if complete { gold.write(|out| out.write_all(families.as_bytes())) } else { Ok(()) }
}

/// Generates a folder of text files, with a folder per source. It must be empty, since nothing is ever overwritten.
fn generate_folder(generator: &Generator, folder: &Path, cancel: &Cancel) -> anyhow::Result<()> {
    let name = folder.display();
    fs::create_dir_all(folder).with_context(|| format!("cannot create {name}"))?;
    if fs::read_dir(folder).with_context(|| format!("cannot read {name}"))?.next().is_some() {
        bail!("{name} is not empty");
    }
    let mut families = String::new();
    let all = batches(generator, cancel, |batch| {
        let written: Vec<String> = batch
            .par_iter()
            .enumerate()
            .map(|(at, one)| {
                // Large folders are slow on some file systems.
                let number: u32 = one.id.trim_start_matches('d').parse().unwrap_or(at as u32);
                let below = format!("{}/{:04}", one.source, number / FILES_PER_FOLDER);
                let place = folder.join(&below);
                fs::create_dir_all(&place)?;
                let text = format!("{}\n\n{}\n\n{}\n", one.title, one.date, one.text);
                fs::write(place.join(format!("{}.txt", one.id)), text)?;
                Ok(format!("{below}/{}.txt\t{}\n", one.id, one.family))
            })
            .collect::<std::io::Result<_>>()?;
        families.extend(written);
        Ok(())
    });
    cancel.check()?;
    all.with_context(|| format!("cannot write to {name}"))?;
    // A run over the folder must not read the gold families as a document.
    fs::write(folder.join(".wirecopyignore"), "/gold.tsv\n")
        .and_then(|()| {
            let mut gold = BufWriter::new(fs::File::create(folder.join("gold.tsv"))?);
            gold.write_all(families.as_bytes())?;
            gold.flush()
        })
        .with_context(|| format!("cannot write to {name}"))?;
    Ok(())
}

/// Generates the documents on all threads, and passes them on in order.
fn batches(
    generator: &Generator,
    cancel: &Cancel,
    mut take: impl FnMut(Vec<Generated>) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut from = 0;
    while from < generator.len() {
        if cancel.is_cancelled() {
            // An error makes the output remove its partial file.
            return Err(std::io::Error::other(Error::Cancelled));
        }
        let to = from.saturating_add(BATCH).min(generator.len());
        take((from..to).into_par_iter().map(|number| generator.document(number)).collect())?;
        from = to;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(seconds: f64) -> Benchmark {
        Benchmark {
            version: "1".to_owned(),
            repeat: 3,
            threads: 2,
            documents: 1000,
            skipped: 0,
            files: 10,
            disk_bytes: 2_000_000,
            text_bytes: 3_000_000,
            floor_seconds: 0.1,
            seconds,
            cores: Some(1.9),
            peak_memory: None,
            candidates_per_document: 1.5,
            edges_per_document: 0.25,
            stages: vec![
                serde_json::from_value(
                    serde_json::json!({"stage": "read", "in": 1000, "out": 1000, "seconds": seconds / 2.0}),
                )
                .unwrap(),
            ],
            stage_cores: vec![Some(1.75)],
        }
    }

    #[test]
    fn table_shows_rates_shares_and_ratios() {
        let shown = text(&figures(2.0), Some(&figures(1.0)));
        assert!(shown.contains("medians of 3 runs"), "{shown}");
        let read = shown.lines().find(|line| line.starts_with("read")).expect("its row");
        let columns: Vec<&str> = read.split_whitespace().collect();
        assert_eq!(columns, ["read", "1.000", "50", "%", "1000", "3.0", "1.75", "2.00"]);
        assert!(shown.contains("20.0 times the floor"), "{shown}");
        assert!(shown.lines().all(|line| line.len() <= 110));
    }
}
