//! Test helpers: runs the program in a temporary folder, and reads what it writes.

#[cfg(unix)]
use std::ffi::OsStr;
use std::fs;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use assert_cmd::cargo::CommandCargoExt;
use serde_json::Value;
use wirecopy::Relation;
use wirecopy::report::Run;

/// A story.
pub const HARBOUR: &str = "The council of Aldmoor voted on Tuesday to close the harbour for repairs. Engineers had found \
    cracks in two of the seven piers. Ferries to Tolven will leave from the fishing dock until the spring, the mayor \
    said. Traders fear for their summer, and the union of dockers wants pay for 214 idle days.";
/// Another story.
pub const FERRY: &str = "The ferry between Lund Pier and the islands will not sail before Friday, its owner said. A storm \
    had torn two of the four mooring lines on Sunday night. Some 340 islanders are stranded on the mainland, and the \
    council has opened the sports hall for them. Engineers expect the new lines from Orsted on Wednesday.";

/// A temporary folder with two articles, in which the program runs without settings from the environment.
pub struct Desk(tempfile::TempDir);

impl Desk {
    pub fn new() -> Self {
        let desk = Desk(tempfile::tempdir().unwrap());
        fs::create_dir(desk.path().join("corpus")).unwrap();
        desk.file(
            "corpus/a.txt",
            "The council of Aldmoor voted on Tuesday to close the harbour for repairs.\n",
        );
        desk.file(
            "corpus/b.txt",
            "A heron was seen on the roof of the town hall, to the delight of children.\n",
        );
        desk
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn file(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    pub fn names(&self) -> Vec<String> {
        let names = fs::read_dir(self.path()).unwrap();
        let mut names: Vec<String> = names.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Returns the JSON lines of a file.
    pub fn lines(&self, name: &str) -> Vec<Value> {
        lines(&self.read(name))
    }

    /// Returns the lines of one type of a report.
    pub fn of_type(&self, report: &str, kind: &str) -> Vec<Value> {
        self.lines(report).into_iter().filter(|line| line["type"] == kind).collect()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::cargo_bin("wirecopy").unwrap();
        command.args(args);
        prepared(command, self.path())
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Returns a command for a line of the shell, which finds the program as `wirecopy`.
    #[cfg(unix)]
    pub fn shell(&self, line: &str) -> Command {
        shell(self.path(), line)
    }

    /// Starts a command, with pipes, and waits until it handles signals.
    #[cfg(unix)]
    pub fn started(&self, args: &[&str]) -> Child {
        let mut command = with_signals("wirecopy".as_ref());
        command.args(args);
        started(found(command, self.path()))
    }

    /// Runs the program, checks that it exits with 0, and returns standard output.
    pub fn out(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs the program, checks that it exits with 0, and returns standard output as JSON.
    pub fn json(&self, args: &[&str]) -> Value {
        json(&self.out(args))
    }

    /// Runs the program, checks that it exits with 2 and an empty standard output, and returns standard error.
    pub fn trouble(&self, args: &[&str]) -> String {
        trouble(&mut self.command(args))
    }
}

/// Runs a command, checks that it exits with 2 and an empty standard output, and returns standard error.
pub fn trouble(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{command:?}: {stderr}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{command:?}");
    stderr
}

/// Sets the folder of a command, and removes what would change its output from its environment.
fn prepared(mut command: Command, folder: &Path) -> Command {
    command.current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WIRECOPY_") {
            command.env_remove(name);
        }
    }
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    command
}

/// Returns a command for a line of the shell in a folder, which finds the program as `wirecopy`.
#[cfg(unix)]
pub fn shell(folder: &Path, line: &str) -> Command {
    let mut shell = with_signals("sh".as_ref());
    shell.args(["-c", line]);
    found(shell, folder)
}

/// Prepares a command that finds the program as `wirecopy`.
#[cfg(unix)]
fn found(mut command: Command, folder: &Path) -> Command {
    let program = assert_cmd::cargo::cargo_bin("wirecopy");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(program.parent().unwrap().to_owned()).chain(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(folders).unwrap());
    prepared(command, folder)
}

/// Returns a command that no signal is ignored for, even if the tests run in the background or under `nohup`.
#[cfg(unix)]
fn with_signals(program: &OsStr) -> Command {
    if cfg!(not(target_os = "linux")) {
        return Command::new(program);
    }
    let mut command = Command::new("env");
    command.arg("--default-signal=HUP,INT,TERM").arg(program);
    command
}

/// Starts a command, with pipes, and waits until it handles signals.
#[cfg(unix)]
pub fn started(mut command: Command) -> Child {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begin = Instant::now();
    while !watches(child.id()) {
        assert!(begin.elapsed() < Duration::from_secs(60), "no handler");
        sleep(Duration::from_millis(10));
    }
    child
}

/// Returns whether a process handles SIGTERM, signal 15.
#[cfg(target_os = "linux")]
fn watches(id: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    caught.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).unwrap() >> 14 & 1 == 1)
}

#[cfg(all(unix, not(target_os = "linux")))]
fn watches(_: u32) -> bool {
    sleep(Duration::from_secs(1));
    true
}

/// Sends a signal, such as `-INT`, and gives the process time to receive it.
#[cfg(unix)]
pub fn send(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    sleep(Duration::from_millis(200));
}

pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Parses JSON lines.
pub fn lines(text: &str) -> Vec<Value> {
    text.lines().map(json).collect()
}

/// Reads a table of fields separated by tabs, without comments.
pub fn table<const COLUMNS: usize>(path: &Path) -> Vec<[String; COLUMNS]> {
    let text = fs::read_to_string(path).unwrap();
    let row = |line: &str| -> [String; COLUMNS] {
        let fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
        fields.try_into().unwrap_or_else(|fields| panic!("{}: {fields:?}", path.display()))
    };
    text.lines().filter(|line| !line.starts_with('#')).map(row).collect()
}

/// Returns the relation of two documents in a run, by their ids.
pub fn relation(run: &Run, a: &str, b: &str) -> Option<Relation> {
    let edge = run.edges.iter().find(|edge| (edge.a == a && edge.b == b) || (edge.a == b && edge.b == a))?;
    Some(edge.relation)
}

/// Returns the items in an order that depends on the seed alone.
pub fn shuffled<T>(items: Vec<T>, seed: u64) -> Vec<T> {
    let key = |at: u64| BuildHasherDefault::<DefaultHasher>::default().hash_one((seed, at));
    let mut items: Vec<(u64, T)> = (0..).zip(items).map(|(at, item)| (key(at), item)).collect();
    items.sort_by_key(|&(key, _)| key);
    items.into_iter().map(|(_, item)| item).collect()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(bytes, 1).unwrap()
}

pub fn unbase64(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => u32::from(c - b'A'),
        b'a'..=b'z' => u32::from(c - b'a') + 26,
        b'0'..=b'9' => u32::from(c - b'0') + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    for group in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = group.iter().fold(0, |n, &c| n << 6 | value(c)) << (6 * (4 - group.len()));
        out.extend(&bits.to_be_bytes()[1..group.len()]);
    }
    out
}
