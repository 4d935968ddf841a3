//! Checks that what a document costs grows with its length and no faster, whatever fills it.
//!
//! ```sh
//! cargo build && cargo run --example linear -- check target/debug/wirecopy          # every filler in every format
//! cargo run --example linear -- check --short target/debug/wirecopy                 # one filler of each group
//! cargo run --example linear -- check --only quotes target/debug/wirecopy           # those of that name
//! cargo run --example linear -- write quotes html 100000 FOLDER                     # the input itself
//! ```
//!
//! Each filler is put into a document of each format, at two lengths. The program reads both under `valgrind
//! --tool=callgrind`, which counts instructions and so gives the same answer on a busy machine. Four times the length may
//! cost six times the instructions, those of a run over a short document left aside.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod fillers;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use fillers::{FILLERS, Filler, Kind};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Bytes of the shorter document; the longer one has four times as many.
const BYTES: usize = 16 << 10;
/// How much more the longer one may cost.
const FACTOR: f64 = 6.0;
/// Instructions of the shorter document below which nothing can be said: the noise of a run.
const NOISE: f64 = 2e6;

const PROSE: &str =
    "The council of Velmark voted on Monday to rebuild the old bridge before the winter sets in.";

/// Formats that a text is put into. `bare` is the filler alone, `fields` has it in every field of two records, `pair` is two
/// documents that differ in a sentence each and the page of their run, `compare` is the two compared.
const FORMATS: [&str; 10] = ["bare", "txt", "md", "html", "json", "fields", "csv", "tsv", "pair", "compare"];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["list"] => {
            for (filler, format) in cases() {
                println!("{}\t{format}\t{}", filler.name, filler.short);
            }
            Ok(true)
        }
        ["write", name, format, bytes, folder] => write_named(name, format, bytes, Path::new(folder)),
        ["check", program] => check(Path::new(program), |_, _| true),
        ["check", "--short", program] => check(Path::new(program), in_short),
        ["check", "--only", name, program] => {
            check(Path::new(program), |filler, _| filler.name.contains(name))
        }
        _ => Err(
            "usage: linear list | write FILLER FORMAT BYTES FOLDER | check [--short | --only NAME] PROGRAM"
                .into(),
        ),
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

/// Every filler with every format that it is for.
fn cases() -> impl Iterator<Item = (&'static Filler, &'static str)> {
    FILLERS.iter().flat_map(|filler| {
        let formats: Vec<&str> = match filler.kind {
            Kind::Text => FORMATS.to_vec(),
            Kind::File(ending) => vec![ending],
        };
        formats.into_iter().map(move |format| (filler, format))
    })
}

/// The short check: a filler of each group, each in some formats, and in all formats together.
fn in_short(filler: &Filler, format: &str) -> bool {
    let at = FILLERS.iter().filter(|filler| filler.short).position(|one| one.name == filler.name);
    at.is_some_and(|at| {
        matches!(filler.kind, Kind::File(_)) || FORMATS[at % FORMATS.len()] == format || format == "bare"
    })
}

fn write_named(name: &str, format: &str, bytes: &str, folder: &Path) -> Result<bool> {
    let filler = FILLERS.iter().find(|filler| filler.name == name).ok_or("no filler of that name")?;
    let arguments = write(filler, format, bytes.parse()?, folder)?;
    println!("{}", arguments.join("\n"));
    Ok(true)
}

/// Writes the documents of a case below `folder`; returns the arguments of the program.
fn write(filler: &Filler, format: &str, bytes: usize, folder: &Path) -> Result<Vec<String>> {
    let input = folder.join("in");
    fs::create_dir_all(&input)?;
    let text = filler.make(bytes);
    let put = |name: &str, text: String| -> Result<()> { Ok(fs::write(input.join(name), text)?) };
    if let Kind::File(ending) = filler.kind {
        put(&format!("a.{ending}"), text)?;
        return Ok(cluster(folder));
    }
    let framed = || format!("Bridge of Velmark\n\n{PROSE}\n{text}\n{PROSE}\n");
    match format {
        "bare" => put("a.txt", text)?,
        "txt" => put("a.txt", framed())?,
        "md" => put("a.md", format!("# Bridge of Velmark\n\n{PROSE}\n\n{text}\n\n{PROSE}\n"))?,
        "html" => put(
            "a.html",
            format!(
                "<html><head><title>Bridge of Velmark</title></head><body><article><p>{PROSE}</p>\
                 <p>{text}</p><p>{PROSE}</p></article></body></html>"
            ),
        )?,
        "json" => put("a.json", format!("{{\"title\":\"Bridge\",\"text\":{}}}\n", in_json(&framed())))?,
        "fields" => {
            let field = in_json(&text);
            let names = ["title", "date", "source", "url", "language", "author", "agency"];
            let fields: Vec<String> = names.iter().map(|name| format!("\"{name}\":{field}")).collect();
            let record = |text: &str| format!("{{{},\"text\":{}}}\n", fields.join(","), in_json(text));
            put("a.jsonl", record(PROSE) + &record(&format!("{PROSE} He said so twice.")))?;
        }
        "csv" => put("a.csv", format!("title,text\nBridge,\"{}\"\n", framed().replace('"', "\"\"")))?,
        "tsv" => {
            put("a.tsv", format!("title\ttext\nBridge\t{}\n", framed().replace(['\t', '\n', '\r'], " ")))?;
        }
        _ => {
            put("a.txt", framed())?;
            put(
                "b.txt",
                format!("Velmark's bridge\n\nHe said on Sunday that it is old.\n{text}\nIt rained.\n"),
            )?;
        }
    }
    let path = |name: &str| input.join(name).to_string_lossy().into_owned();
    if format == "compare" {
        return Ok(vec!["compare".to_owned(), path("a.txt"), path("b.txt")]);
    }
    let mut arguments = cluster(folder);
    if format == "pair" {
        arguments.extend(["--evidence", "--html"].map(str::to_owned));
        arguments.push(folder.join("page.html").to_string_lossy().into_owned());
    }
    Ok(arguments)
}

fn cluster(folder: &Path) -> Vec<String> {
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let words = ["cluster", "-j", "1", "--output"].map(str::to_owned);
    words.into_iter().chain([path("run.jsonl"), path("in")]).collect()
}

/// A string of JSON.
fn in_json(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Counts every case at both lengths; tells those that grow too fast. False if there are some.
fn check(program: &Path, wanted: impl Fn(&Filler, &str) -> bool) -> Result<bool> {
    if !program.is_file() {
        return Err(format!("{} is not there: build it first", program.display()).into());
    }
    let cases: Vec<_> = cases().filter(|(filler, format)| wanted(filler, format)).collect();
    let scratch = std::env::temp_dir().join(format!("wirecopy-linear-{}", std::process::id()));
    // What a run costs that has next to nothing to read, by format.
    let mut starts = HashMap::new();
    for &(filler, format) in &cases {
        if !starts.contains_key(format) {
            starts.insert(format, cost(program, filler, format, 32, &scratch)?);
        }
    }
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(&(filler, format)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let told = match grows(program, filler, format, starts[format], &scratch) {
                Ok(growth) if growth <= FACTOR => continue,
                Ok(growth) => format!("{} in {format}: {growth:.1} times the cost", filler.name),
                Err(error) => format!("{} in {format}: {error}", filler.name),
            };
            println!("{told}");
            failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(told);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let _ = fs::remove_dir_all(&scratch);
    let failed = failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).len();
    println!(
        "{} cases, of which {failed} cost more than {FACTOR} times as much at four times the length",
        cases.len()
    );
    Ok(failed == 0)
}

/// How many times as much the longer document of a case costs, `start` left aside.
fn grows(program: &Path, filler: &Filler, format: &str, start: f64, scratch: &Path) -> Result<f64> {
    let short = cost(program, filler, format, BYTES, scratch)?;
    let long = cost(program, filler, format, 4 * BYTES, scratch)?;
    let growth = (long - start) / (short - start).max(NOISE);
    if growth <= FACTOR {
        return Ok(growth);
    }
    // A short document may cost something once that longer ones do not, such as a table that is made when it is first
    // asked for. What a quarter costs tells the two apart: of a square the steps grow by 16.
    let quarter = cost(program, filler, format, BYTES / 4, scratch)?;
    Ok((long - short) / (short - quarter).max(NOISE))
}

/// Instructions that documents of so many bytes cost.
fn cost(program: &Path, filler: &Filler, format: &str, bytes: usize, scratch: &Path) -> Result<f64> {
    let name = format!("{}-{format}-{bytes}", filler.name).replace(' ', "_");
    let folder: PathBuf = scratch.join(name);
    let arguments = write(filler, format, bytes, &folder)?;
    let instructions = instructions(program, &arguments)?;
    fs::remove_dir_all(&folder)?;
    Ok(instructions)
}

/// Instructions of a run of the program.
fn instructions(program: &Path, arguments: &[String]) -> Result<f64> {
    let out = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(arguments)
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    // 2: an input was skipped, which some of these are.
    if !matches!(out.status.code(), Some(0 | 2)) {
        return Err(format!("{}: {}", out.status, String::from_utf8_lossy(&out.stderr)).into());
    }
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    let counted = said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    counted.ok_or_else(|| format!("callgrind counted nothing: {said}").into())
}
