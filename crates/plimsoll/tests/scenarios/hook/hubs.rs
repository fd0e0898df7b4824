//! Two hubs in one git repository, each deployed from its own folder: a bare repository with the
//! hook, a clone to work in, and a plimsoll that has both on staging and in production.

use std::path::Path;
use std::process::Command;

use crate::bed::{Bed, Output, Running};

const CONFIGURATION: &str = r#"
branches: { staging: staging, production: production }
not-deployed: [docs/**, "*.md"]
services:
  hub: &hub
    paths: hub/**
    environments:
      staging: { targets: { nl: {} } }
      production: { after: staging, targets: { nl: {} } }
    platforms:
      vm:
        deploy: { command: [./deploy] }
        observe: { file: "world/{{ service.name }}-{{ environment.name }}", within: 1s }
    checks: { home: { command: [./look] } }
    gates: { production: [ { evidence: { max-age: 24h } } ] }
    promotion: { soak: 0s }
  data8: { <<: *hub, paths: data8/** }
"#;

const DEPLOY: &str = r#"
mkdir -p world
printf %s "$PLIMSOLL_RELEASE" > "world/$PLIMSOLL_SERVICE-$PLIMSOLL_ENVIRONMENT"
"#;

/// Red where a file `broken-SERVICE` is, and where git of the caller reached it.
const LOOK: &str = r#"
[ -z "$GIT_DIR$GIT_QUARANTINE_PATH" ] || { echo "git of somebody else is here"; exit 1; }
[ ! -e "broken-$PLIMSOLL_SERVICE" ] || { echo "it is broken"; exit 1; }
"#;

/// The two hubs.
pub struct Hubs {
    /// Where plimsoll is, and everything else below it.
    pub bed: Bed,
}

impl Hubs {
    /// Release 1 of both is everywhere, verified good, and on both branches; the hook is there.
    pub fn running() -> Self {
        let hubs = Self::without_hook();
        hubs.bed.ok(&["hook", "install", "repo.git"]).says("Written");
        hubs
    }

    /// The same before the hook is installed.
    pub fn without_hook() -> Self {
        let bed = Bed::new(CONFIGURATION);
        bed.script("deploy", DEPLOY);
        bed.script("look", LOOK);
        let hubs = Self { bed };
        hubs.git(&["init", "--quiet", "--bare", "--initial-branch=staging", "repo.git"]);
        hubs.git(&["clone", "--quiet", &hubs.url(), "work"]);
        hubs.change(&[("hub/values", "1"), ("data8/values", "1"), ("README.md", "two hubs")]);
        hubs.work(&["branch", "production"]);
        hubs.work(&["push", "--quiet", "origin", "staging", "production"]);
        for service in ["hub", "data8"] {
            hubs.bed.write(&format!("world/{service}-production"), "1");
            hubs.released(service, "1", "staging");
            hubs.bed.ok(&["adopt", &format!("{service}@1"), "--on", "production"]);
        }
        hubs
    }

    /// The bare repository, as the clone sees it.
    pub fn url(&self) -> String {
        format!("file://{}", self.bed.path("repo.git").display())
    }

    /// Commits files in the clone; gives the commit.
    pub fn change(&self, files: &[(&str, &str)]) -> String {
        for (name, text) in files {
            self.bed.write(&format!("work/{name}"), text);
        }
        self.work(&["add", "--all"]);
        self.work(&["commit", "--quiet", "--message=a change"]);
        self.work(&["rev-parse", "HEAD"])
    }

    /// Names a release of a revision of the clone, and takes it to staging, where it passes.
    pub fn released(&self, service: &str, version: &str, revision: &str) {
        let release = format!("{service}@{version}");
        self.bed.ok(&["release", "add", &release, &format!("code=git:work@{revision}")]);
        self.bed.ok(&["deploy", &release, "--to", "staging"]);
        self.bed.ok(&["verify", &release, "--on", "staging"]);
    }

    /// Runs git in the clone; it must succeed.
    pub fn work(&self, args: &[&str]) -> String {
        self.git(&[&["-C", "work"], args].concat())
    }

    /// Runs git in the bed's folder; it must succeed.
    pub fn git(&self, args: &[&str]) -> String {
        let output = self.try_git(args).expect(0);
        output.stdout.trim().to_owned()
    }

    /// Pushes from the clone; gives what came of it.
    pub fn push(&self, args: &[&str]) -> Output {
        self.push_with(&[], args)
    }

    /// Pushes from another clone.
    pub fn push_from(&self, clone: &str, args: &[&str]) -> Output {
        self.try_git(&[&["-C", clone, "push"], args].concat())
    }

    /// Pushes with variables of the environment.
    pub fn push_with(&self, env: &[(&str, &str)], args: &[&str]) -> Output {
        let args = [&["-C", "work", "push"], args].concat();
        let mut command = self.git_command(&args);
        command.envs(env.iter().copied());
        Running::start(command, &args).wait()
    }

    fn try_git(&self, args: &[&str]) -> Output {
        Running::start(self.git_command(args), args).wait()
    }

    fn git_command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.args(args).current_dir(self.bed.root()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
            .env("HOME", self.bed.root())
            .env("USER", "tester")
            .env("LANG", "C.UTF-8")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "tester")
            .env("GIT_AUTHOR_EMAIL", "tester@example.org")
            .env("GIT_COMMITTER_NAME", "tester")
            .env("GIT_COMMITTER_EMAIL", "tester@example.org");
        command
    }

    /// Where a ref of the bare repository stands; nothing when it is not there.
    pub fn at(&self, name: &str) -> Option<String> {
        let output = self.try_git(&["-C", "repo.git", "rev-parse", "--verify", "--quiet", name]);
        (output.code == Some(0)).then(|| output.stdout.trim().to_owned())
    }

    /// What happened to pushes, as the ledger has it.
    pub fn forced(&self) -> Vec<serde_json::Value> {
        let kind = |event: &serde_json::Value| event["kind"].get("push-forced").cloned();
        self.bed.events().iter().filter_map(kind).collect()
    }

    /// Whether a file is in the bed.
    pub fn has(&self, path: &str) -> bool {
        Path::exists(&self.bed.path(path))
    }
}

/// The lines that reach the one who pushes, without what git puts around them.
pub fn remote(output: &Output) -> Vec<String> {
    let lines = output.stderr.lines().filter_map(|line| line.strip_prefix("remote: "));
    lines.map(|line| line.trim_end().to_owned()).collect()
}
