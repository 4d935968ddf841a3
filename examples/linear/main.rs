//! Checks that the cost of a document is linear in its length, whatever it contains.
//!
//! ```sh
//! cargo run --release --example linear -- check                      # every filler in every format
//! cargo run --example linear -- check --short                        # one filler of each group
//! cargo run --release --example linear -- check --only quotes        # fillers whose name contains this
//! cargo run --example linear -- write quotes html 100000 FOLDER      # only write the input
//! ```
//!
//! Each filler is written to a document of each format, at two lengths. Both are read and clustered (or compared), and the
//! report is written, under `valgrind --tool=callgrind`. It counts instructions, so the result does not depend on other load
//! on the machine. Four times the length may cost at most six times the instructions.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod documents;
mod files;
mod fillers;
mod texts;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use wirecopy::report::TextStyle;
use wirecopy::{Cancel, Config, Document, NoProgress, Pipeline, Root, compare};
use wirecopy_ingest::Outcome;

use documents::{FORMATS, formats, write};
use fillers::{FILLERS, Filler, Kind};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Bytes of the shorter document; the longer one has four times as many.
const BYTES: usize = 16 << 10;
/// Maximum ratio of the costs of the longer and the shorter document.
const FACTOR: f64 = 6.0;
/// Minimum cost assumed for the shorter document, in instructions. Below it, the fixed cost of a run dominates.
const MIN_COST: f64 = 3e6;
/// Number of fillers measured by one process, since starting it takes longer than measuring one.
const FILLERS_PER_PROCESS: usize = 4;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["write", name, format, bytes, folder] => named(name).and_then(|filler| {
            write(filler, format, bytes.parse()?, Path::new(folder))?;
            Ok(true)
        }),
        ["check"] => check(|_, _| true),
        ["check", "--short"] => check(in_short),
        ["check", "--only", name] => check(|filler, _| filler.name.contains(name)),
        ["measure", folder, ref cases @ ..] => measure(Path::new(folder), cases).map(|()| true),
        _ => Err("usage: linear check [--short | --only NAME] | write FILLER FORMAT BYTES FOLDER".into()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("linear: {error}");
            ExitCode::from(2)
        }
    }
}

fn named(name: &str) -> Result<&'static Filler> {
    Ok(FILLERS.iter().find(|filler| filler.name == name).ok_or("unknown filler")?)
}

/// Returns whether the short check includes a case: one filler of each group, alone and in one format, so that all formats
/// occur.
fn in_short(filler: &Filler, format: &str) -> bool {
    let at = FILLERS.iter().filter(|filler| filler.short).position(|one| one.name == filler.name);
    at.is_some_and(|at| {
        matches!(filler.kind, Kind::File(_)) || FORMATS[at % FORMATS.len()] == format || format == "bare"
    })
}

/// A filler and a format.
type Case = (&'static Filler, &'static str);

/// Measures every case at both lengths, and prints those whose cost grows too fast. Returns whether there are none.
fn check(wanted: impl Fn(&Filler, &str) -> bool) -> Result<bool> {
    let of_filler = |filler: &'static Filler| -> Vec<Case> {
        let all = formats(filler).into_iter().filter(|format| wanted(filler, format));
        all.map(|format| (filler, format)).collect()
    };
    let fillers: Vec<Vec<Case>> =
        FILLERS.iter().map(of_filler).filter(|cases: &Vec<Case>| !cases.is_empty()).collect();
    let jobs: Vec<Vec<Case>> = fillers.chunks(FILLERS_PER_PROCESS).map(<[_]>::concat).collect();
    let scratch = std::env::temp_dir().join(format!("wirecopy-linear-{}", std::process::id()));
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(0));
    let fail = |what: String| {
        println!("{what}");
        *failed.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    };
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(cases) = jobs.get(at) else { return };
            match measured_apart(&scratch.join(at.to_string()), cases) {
                Ok(growths) => {
                    for ((filler, format), growth) in cases.iter().zip(growths) {
                        if growth > FACTOR {
                            fail(format!(
                                "{} in {format}: {growth:.1} times the cost for four times the length",
                                filler.name
                            ));
                        }
                    }
                }
                Err(error) => fail(format!("{} and the fillers after it: {error}", cases[0].0.name)),
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let _ = fs::remove_dir_all(&scratch);
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    let count: usize = jobs.iter().map(Vec::len).sum();
    println!("{count} cases, {failed} failed (limit: {FACTOR} times the cost for four times the length)");
    Ok(failed == 0 && count > 0)
}

/// Measures cases in a separate process, and returns the ratio of the costs of the longer and the shorter document.
fn measured_apart(folder: &Path, cases: &[Case]) -> Result<Vec<f64>> {
    fs::create_dir_all(folder)?;
    let counts = folder.join("counts");
    let out = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", counts.display()))
        .args(["--zero-before=linear::measured", "--dump-after=linear::measured"])
        .arg(std::env::current_exe()?)
        .args([Path::new("measure"), folder])
        .args(cases.iter().flat_map(|(filler, format)| [filler.name, format]))
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    if !out.status.success() {
        return Err(format!("{}: {}", out.status, String::from_utf8_lossy(&out.stderr)).into());
    }
    let cost = |part: usize| -> Result<f64> {
        let counts = fs::read_to_string(counts.with_extension(part.to_string()))?;
        let total = counts.lines().find_map(|line| line.strip_prefix("summary: ")?.trim().parse().ok());
        Ok(total.ok_or("callgrind counted nothing")?)
    };
    let growths = (0..cases.len())
        .map(|case| Ok(cost(2 * case + 2)? / cost(2 * case + 1)?.max(MIN_COST)))
        .collect::<Result<Vec<f64>>>()?;
    fs::remove_dir_all(folder)?;
    Ok(growths)
}

/// Runs each case at both lengths, for use under valgrind. A short document first initialises static tables.
fn measure(folder: &Path, cases: &[&str]) -> Result<()> {
    for case in cases.chunks_exact(2) {
        let (filler, format) = (named(case[0])?, case[1]);
        for (bytes, run) in
            [(1 << 10, read as fn(&Path, &str) -> Result<()>), (BYTES, measured), (4 * BYTES, measured)]
        {
            let input: PathBuf = folder.join("in");
            write(filler, format, bytes, &input)?;
            run(&input, format)?;
            fs::remove_dir_all(&input)?;
        }
    }
    Ok(())
}

/// Calls [`read`], under a name that is passed to callgrind.
#[inline(never)]
fn measured(folder: &Path, format: &str) -> Result<()> {
    // `black_box` keeps the compiler from merging the two functions.
    std::hint::black_box(read(folder, format))
}

/// Processes the documents of a folder as the program does.
#[inline(never)]
fn read(folder: &Path, format: &str) -> Result<()> {
    let config = Config::default();
    let cancel = Cancel::default();
    let style = TextStyle::default();
    let roots = [Root::from(folder)];
    if format == "compare" {
        let mut found = Vec::new();
        wirecopy_ingest::read(&roots, &config.ingest, &NoProgress, &cancel, Document::clone, |outcome| {
            if let Outcome::Read(_, document) = outcome {
                found.push(document);
            }
            Ok(())
        })?;
        if let [a, b] = &found[..] {
            compare(a, b, &config)?.write_text(io::sink(), &style)?;
        }
        return Ok(());
    }
    let run = Pipeline::new(&config).threads(1).passages(format == "pair").spool(&roots)?;
    run.write_jsonl(io::sink())?;
    run.write_text(io::sink(), &style)?;
    if format == "pair" {
        let run = run.into_run()?;
        let texts = run.texts(&run.ids_of_page(), &cancel)?;
        run.write_page(&texts, io::sink())?;
    }
    Ok(())
}
