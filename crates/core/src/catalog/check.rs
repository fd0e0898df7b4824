//! What is looked at on a target.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::ids::{ArtifactName, EnvironmentName, PlatformName, SiteName, TargetName};
use crate::units::Period;

use super::{
    Argv, PageCheck, PageStep, ProcessCheck, ProcessSource, ReportedCheck, Target, Template,
    TwinPair,
};

/// A check: what is done, where, and within which limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What is done.
    pub kind: CheckKind,
    /// Where it is expected.
    pub only: Scope,
    /// The time limit of one attempt.
    pub within: Period,
    /// How often a red attempt is tried again; a pass on a later try is *flaky*, not passed.
    pub retries: u32,
    /// How many runs of this check go at once; unlimited when absent.
    pub at_once: Option<u32>,
    /// How many control runs a red result gets.
    #[serde(default = "usual_control_runs")]
    pub control_runs: u32,
    /// Whether it may be run in production for comparison, beside what is read-only by its nature.
    #[serde(default)]
    pub safe_on_production: bool,
}

/// Once again, where the last good version runs, as it was before; or four times again, to count.
const fn usual_control_runs() -> u32 {
    Check::CONTROL_RUNS
}

/// What a check does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckKind {
    /// Asks one HTTP question.
    Http(HttpCheck),
    /// Looks at a page in a browser.
    Page(Box<PageCheck>),
    /// Runs a command.
    Command(CommandCheck),
    /// Compares what changed in twins.
    Twins(Box<TwinsCheck>),
    /// Watches a process.
    Process(Box<ProcessCheck>),
    /// Waits for a result that others report.
    Reported(ReportedCheck),
}

/// On which targets a check is expected; an empty set does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Environments.
    pub environments: BTreeSet<EnvironmentName>,
    /// Sites.
    pub sites: BTreeSet<SiteName>,
    /// Platforms.
    pub platforms: BTreeSet<PlatformName>,
    /// Targets by name.
    pub targets: BTreeSet<TargetName>,
}

/// One HTTP question and what its answer must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HttpCheck {
    /// Appended to the target's URL, or a whole URL.
    pub path: Template,
    /// The method, `GET` by default.
    pub method: String,
    /// Headers to send.
    pub headers: BTreeMap<String, Template>,
    /// A body to send.
    pub body: Option<Template>,
    /// The statuses that pass; any 2xx when empty.
    pub status: BTreeSet<u16>,
    /// Redirects that are followed; 0 looks at the redirect itself.
    pub redirects: u32,
    /// Response headers and what they must be.
    pub expect_headers: BTreeMap<String, HttpMatch>,
    /// What the body must be; all of them.
    pub expect_body: Vec<HttpMatch>,
    /// Values in a JSON body.
    pub expect_json: Vec<JsonExpectation>,
    /// What the certificate must be; an `https` URL is always checked for names, chain and dates.
    pub tls: TlsExpectation,
    /// The body is read up to this many bytes; a longer one fails.
    pub max_body_bytes: u64,
}

/// What a text must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HttpMatch {
    /// Equal.
    Equals(String),
    /// Contains.
    Contains(String),
    /// Does not contain.
    Lacks(String),
    /// Matches the regular expression (syntax of the `regex` crate). *Checked*: it compiles.
    Matches(String),
}

/// A value in a JSON body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JsonExpectation {
    /// A JSON pointer (RFC 6901): `/status`, `/items/0/name`.
    pub pointer: String,
    /// What it must equal; only present when `None`.
    pub equals: Option<serde_json::Value>,
}

/// What the certificate of an `https` target must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsExpectation {
    /// Days the certificate must still be valid.
    pub min_days_left: u32,
    /// A PEM file with the roots to trust instead of the system's.
    pub ca_file: Option<String>,
    /// A declared self-signed certificate: the SHA-256 fingerprint of its DER, which is then all
    /// that is compared besides its dates.
    pub pinned_sha256: Option<String>,
}

impl Default for TlsExpectation {
    fn default() -> Self {
        Self { min_days_left: 14, ca_file: None, pinned_sha256: None }
    }
}

/// Twins: whether what the release changes in one part of a pair has its equal in the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwinsCheck {
    /// The folder of the repository, relative to the configuration.
    pub repository: String,
    /// What the release is compared with.
    pub base: TwinsBase,
    /// The artifact of the release that is the commit; its only git artifact when absent.
    pub artifact: Option<ArtifactName>,
    /// The artifact that is the commit of the other repositories, where the right parts are in
    /// ones of their own.
    pub right_artifact: Option<ArtifactName>,
    /// The pairs of the service.
    pub pairs: Vec<TwinPair>,
}

/// What a release is compared with by its twins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TwinsBase {
    /// The release that was last verified good where this one is going.
    LastVerifiedGood,
    /// A revision of the repository.
    Revision(String),
}

/// A command whose exit code, or JUnit files, are the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommandCheck {
    /// What to run.
    pub run: Argv,
    /// Its results, if it writes JUnit files.
    pub junit: Option<JunitExpectation>,
    /// The exit codes that say *errored* (ours), not *failed* (the release's).
    pub errored_exit_codes: BTreeSet<i32>,
}

/// Where the JUnit files are and what they must hold (OQ.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JunitExpectation {
    /// A path, with `*` in its last part, inside `{{ out }}` or the working directory.
    pub path: Template,
    /// Tests that must have been executed, by name as in the file: `class.name` or `name`.
    pub required_tests: BTreeSet<String>,
    /// Old name of a required or known test to its new name.
    pub renamed: BTreeMap<String, String>,
    /// How many tests must have been executed at least.
    pub min_tests: u32,
}

impl Check {
    /// How many control runs a red result gets where nothing else is said.
    pub const CONTROL_RUNS: u32 = 4;

    /// The digest that binds evidence to this very definition (not to retries and limits on how
    /// many run at once, which say nothing about what is looked at).
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.definition())
    }

    /// The definition as it is kept beside the evidence, by its digest.
    ///
    /// # Panics
    /// Never: words of core are always JSON.
    #[must_use]
    pub fn definition(&self) -> Vec<u8> {
        serde_json::to_vec(&(&self.kind, self.within)).expect("words of core are always JSON")
    }

    /// This check with a definition that was kept; `None` for one that this version cannot read.
    #[must_use]
    pub fn as_defined(&self, definition: &[u8]) -> Option<Self> {
        let (kind, within) = serde_json::from_slice(definition).ok()?;
        Some(Self { kind, within, ..self.clone() })
    }

    /// Whether running it changes nothing, by its nature: a question that only reads, a page that
    /// is only looked at. Nobody knows what a command does.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        match &self.kind {
            CheckKind::Http(http) => {
                matches!(http.method.as_str(), "GET" | "HEAD" | "OPTIONS") && http.body.is_none()
            }
            CheckKind::Page(page) => page.steps.iter().all(PageStep::only_looks),
            CheckKind::Command(_) => false,
            CheckKind::Twins(_) => true,
            CheckKind::Process(process) => match process.source {
                ProcessSource::PidFile(_) | ProcessSource::Unit(_) => true,
                ProcessSource::Command(_) => false,
            },
            // Nothing is run.
            CheckKind::Reported(_) => false,
        }
    }

    /// What is waited for, if it is a check that others run.
    #[must_use]
    pub const fn reported(&self) -> Option<&ReportedCheck> {
        match &self.kind {
            CheckKind::Reported(reported) => Some(reported),
            CheckKind::Http(_)
            | CheckKind::Page(_)
            | CheckKind::Command(_)
            | CheckKind::Twins(_)
            | CheckKind::Process(_) => None,
        }
    }
}

impl Scope {
    /// Whether the check is expected on this target.
    #[must_use]
    pub fn covers(
        &self,
        environment: &EnvironmentName,
        name: &TargetName,
        target: &Target,
    ) -> bool {
        fn allows<T: Ord>(set: &BTreeSet<T>, item: &T) -> bool {
            set.is_empty() || set.contains(item)
        }
        allows(&self.environments, environment)
            && allows(&self.sites, &target.site)
            && allows(&self.platforms, &target.platform)
            && allows(&self.targets, name)
    }
}
