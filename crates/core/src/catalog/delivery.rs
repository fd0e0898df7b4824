//! How things are deployed and observed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::units::Period;

use super::{PathPattern, Template};

/// A platform: how a release gets onto its targets, and how what runs there is observed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Platform {
    /// How a release is put on a target.
    pub deploy: DeployKind,
    /// How the version that really runs is found out (OQ.2).
    pub observe: Observe,
    /// The time limit of one deployment.
    pub within: Period,
}

/// How a release is put on a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeployKind {
    /// Commands of the user's.
    Command(CommandDeploy),
    /// A directory artifact, unpacked and switched to by a symbolic link.
    Files(FilesDeploy),
}

/// A program and its arguments; never through a shell unless the user names one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Argv {
    /// The program and its arguments. *Checked*: at least the program.
    pub argv: Vec<Template>,
    /// Environment variables, beside what the caller has and `PLIMSOLL_*`.
    pub env: BTreeMap<String, Template>,
    /// The working directory, relative to the configuration; its folder when absent.
    pub dir: Option<String>,
}

/// Commands of the user's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandDeploy {
    /// Puts `{{ release.version }}` on `{{ target.name }}`.
    pub deploy: Argv,
    /// Takes the target back to `{{ release.version }}`; `deploy` serves when absent.
    pub roll_back: Option<Argv>,
    /// Exits 0 when everything that is needed to go (back) to `{{ release.version }}` is there.
    pub prove: Option<Argv>,
    /// Prints the name of the target it would act on (`service/environment/target`, or what
    /// `{{ target.vars.identity }}` says), so that a wrong aim is refused before anything moves.
    pub aim: Option<Argv>,
}

/// A directory artifact, unpacked and switched to by a symbolic link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesDeploy {
    /// The directory that holds `releases/` and the link.
    pub root: Template,
    /// The name of the link, `current` by default.
    pub link: String,
    /// Which artifact of the release is unpacked; its only directory when absent.
    pub artifact: Option<String>,
    /// How many old release directories stay on the target.
    pub keep: u32,
    /// What the site itself writes into what is served. Everything else must stay as deployed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mutable: Vec<PathPattern>,
    /// Run after the switch (reload a server); the switch is undone when it fails.
    pub after: Option<Argv>,
}

/// How the version that really runs is found out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observe {
    /// What is asked.
    pub kind: ObserveKind,
    /// How the version is found in the answer.
    pub version: VersionFrom,
    /// The time limit of one observation.
    pub within: Period,
}

/// What is asked for the running version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObserveKind {
    /// A path on the target's URL, or a whole URL.
    Http {
        /// Appended to the target's URL.
        path: Template,
        /// Headers to send.
        headers: BTreeMap<String, Template>,
    },
    /// The standard output of a command.
    Command(Argv),
    /// The text of a file.
    File(Template),
    /// Where the link of the `files` deployer points.
    Link,
}

/// How the version is found in an answer. White space around it is removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VersionFrom {
    /// The whole text.
    Text,
    /// A JSON pointer (RFC 6901).
    Json(String),
    /// The first group of a regular expression, or the whole match. *Checked*: it compiles.
    Regex(String),
    /// A response header.
    Header(String),
}

/// What a platform can do for its targets, each in a few words. A promotion plans with it, and
/// people see it before they need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// How it deploys.
    pub deploys: &'static str,
    /// How it knows what runs.
    pub observes: &'static str,
    /// How it proves that a way back is there.
    pub proves: &'static str,
    /// How it goes back.
    pub rolls_back: &'static str,
    /// Whether a wrong aim is found before anything moves.
    pub aims: &'static str,
}

impl Platform {
    /// What this platform can do.
    #[must_use]
    pub const fn abilities(&self) -> Abilities {
        let observes = match self.observe.kind {
            ObserveKind::Http { .. } => "by http",
            ObserveKind::Command(_) => "by a command",
            ObserveKind::File(_) => "from a file",
            ObserveKind::Link => "where the link points",
        };
        match &self.deploy {
            DeployKind::Files(_) => Abilities {
                deploys: "switches a link to an unpacked directory",
                observes,
                proves: "hashes what is kept, on the target or here",
                rolls_back: "switches back, unpacks again if it must",
                aims: "its directory is its aim",
            },
            DeployKind::Command(command) => Abilities {
                deploys: "runs a command",
                observes,
                proves: match command.prove {
                    Some(_) => "asks a command",
                    None => "hashes kept artifacts; cannot for others (prove:)",
                },
                rolls_back: match command.roll_back {
                    Some(_) => "runs a command of its own",
                    None => "deploys the older release",
                },
                aims: match command.aim {
                    Some(_) => "asked before anything moves",
                    None => "cannot be asked before (aim:)",
                },
            },
        }
    }
}
