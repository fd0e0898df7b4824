//! The small world that a scenario happens in: a folder with a configuration, releases, targets, and
//! the binary itself.

mod line;
mod nginx;
mod run;
mod server;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

pub use line::{Line, line, promotion};
pub use nginx::Nginx;
pub use run::{Output, Running, wait_until};
pub use server::{Answer, Server};

/// A project in a folder of its own, which is deleted at the end.
pub struct Bed {
    dir: TempDir,
    ledger: Option<String>,
}

impl Bed {
    /// A folder with this configuration.
    pub fn new(configuration: &str) -> Self {
        let dir =
            tempfile::Builder::new().prefix("plimsoll-scenario-").tempdir().expect("a folder");
        let bed = Self { dir, ledger: None };
        bed.write("plimsoll.yaml", configuration);
        bed
    }

    /// Another project with the same files, ledger and targets, to try something else from here.
    pub fn copy(&self) -> Self {
        let dir =
            tempfile::Builder::new().prefix("plimsoll-scenario-").tempdir().expect("a folder");
        let from = self.root().join(".");
        let copied =
            Command::new("cp").arg("-a").arg(from).arg(dir.path()).status().expect("cp runs");
        assert!(copied.success());
        Self { dir, ledger: self.ledger.clone() }
    }

    /// From now on every command gets this `--ledger` (through its environment).
    pub fn use_ledger(&mut self, ledger: impl Into<String>) {
        self.ledger = Some(ledger.into());
    }

    /// The project's folder.
    pub fn root(&self) -> &Path {
        self.dir.path()
    }

    /// A path in it.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root().join(relative)
    }

    /// Writes a file, and the folders that lead to it.
    pub fn write(&self, relative: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().expect("it is inside the project"))
            .expect("folders can be made");
        fs::write(&path, content).expect("the file can be written");
        path
    }

    /// Writes a program for `/bin/sh`.
    pub fn script(&self, relative: &str, body: &str) -> PathBuf {
        // Written by another process: a test that forks while a program is open for writing would
        // make it "text file busy" for a moment.
        let path = self.write(&format!("{relative}.new"), format!("#!/bin/sh\n{body}"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
            .expect("it can be made executable");
        let done = self.path(relative);
        let copied = Command::new("cp").arg("-p").arg(&path).arg(&done).status().expect("cp runs");
        assert!(copied.success());
        fs::remove_file(&path).expect("it was just written");
        done
    }

    /// The text of a file; empty when it is not there.
    pub fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap_or_default()
    }

    /// Adds `SERVICE@VERSION`, made of a directory with these files.
    pub fn add(&self, release: &str, files: &[(&str, &str)]) -> Output {
        let dir = format!("rel/{}", release.replace('@', "-"));
        for (name, text) in files {
            self.write(&format!("{dir}/{name}"), text);
        }
        self.run(&["release", "add", release, &dir])
    }

    /// The binary with arguments, in the project's folder and with an environment of its own.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command.args(args).current_dir(self.root()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
            .env("USER", "tester")
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .env("HOME", self.root());
        if let Some(ledger) = &self.ledger {
            command.env("PLIMSOLL_LEDGER", ledger);
        }
        command
    }

    /// Runs it to its end, with no input and a time limit.
    pub fn run(&self, args: &[&str]) -> Output {
        self.spawn(args).wait()
    }

    /// Runs it; it must answer 0.
    pub fn ok(&self, args: &[&str]) -> Output {
        self.run(args).expect(0)
    }

    /// Runs it with variables of the environment.
    pub fn run_with(&self, env: &[(&str, &str)], args: &[&str]) -> Output {
        let mut command = self.command(args);
        command.envs(env.iter().copied());
        Running::start(command, args).wait()
    }

    /// Starts it and lets it run.
    pub fn spawn(&self, args: &[&str]) -> Running {
        Running::start(self.command(args), args)
    }

    /// Every event of the ledger, as exported.
    pub fn events(&self) -> Vec<Value> {
        let exported = self.ok(&["ledger", "export"]).stdout;
        exported
            .lines()
            .map(|line| serde_json::from_str(line).expect("each line is an event"))
            .collect()
    }

    /// The kinds of all events, in order: `promotion-started` and the like.
    pub fn kinds(&self) -> Vec<String> {
        let name =
            |event: &Value| event["kind"].as_object().and_then(|kind| kind.keys().next().cloned());
        self.events().iter().filter_map(name).collect()
    }

    /// The number of the promotion that is under way anywhere.
    pub fn under_way(&self) -> Option<String> {
        let mut open = None;
        for event in self.events() {
            if event["kind"].get("promotion-started").is_some() {
                open = Some(format!("p-{}", event["seq"]));
            } else if event["kind"].get("promotion-finished").is_some() {
                open = None;
            }
        }
        open
    }

    /// The ledger must be whole.
    pub fn verify_ledger(&self) {
        self.ok(&["ledger", "verify"]);
    }
}
