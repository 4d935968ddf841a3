//! Test helper: runs the program in a temporary folder.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::CommandCargoExt;

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

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::cargo_bin("wirecopy").unwrap();
        command.current_dir(self.path()).args(args).stdin(Stdio::null());
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

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Returns a command for a line of the shell, which finds the program as `wirecopy`.
    #[cfg(unix)]
    pub fn shell(&self, line: &str) -> Command {
        let command = self.command(&[]);
        let mut shell = Command::new("sh");
        shell.current_dir(self.path()).args(["-c", line]).stdin(Stdio::null());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let folder = Path::new(command.get_program()).parent().unwrap();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
        shell.env("PATH", std::env::join_paths(folders).unwrap());
        shell
    }

    /// Runs the program, checks that it exits with 0, and returns standard output.
    pub fn out(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
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
