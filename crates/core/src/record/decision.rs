//! Decisions: what the gate answered, requirement by requirement.
//!
//! A requirement says *why* as data. Words are made from it in [`crate::say`], the same for
//! terminal, page, commit status and API.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::catalog::RuleName;
use crate::digest::Digest;
use crate::ids::{
    CheckName, CheckRunId, DeploymentId, EnvironmentName, PersonName, ReleaseId, Seq, TargetId,
    WindowName,
};

use super::{Cause, Outcome, Unclear, Why};

/// What the gate answered, complete: it can be made again from the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Who asks to enter.
    pub release: ReleaseId,
    /// Where.
    pub to: EnvironmentName,
    /// As of when.
    pub at: Timestamp,
    /// The answer.
    pub verdict: Verdict,
    /// Every requirement, unmet ones first, in the order of [`State`]. Never empty.
    pub requirements: Vec<Requirement>,
    /// The freeze windows that are on or come next.
    pub freezes: Vec<FreezeStatus>,
    /// The policy it was made under.
    pub policy: Digest,
    /// The last ledger event it knew of.
    pub ledger: Seq,
    /// How long an allowing answer holds if nothing changes: the first moment at which a result
    /// grows stale, a waiver ends or a window begins.
    pub good_until: Option<Timestamp>,
}

/// The answer of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It may enter.
    Allowed,
    /// It may not.
    Refused,
}

/// A rule applied to a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Requirement {
    /// Which rule.
    pub rule: RuleName,
    /// Where; the release as a whole when absent.
    pub target: Option<TargetId>,
    /// Which check, for evidence.
    pub check: Option<CheckName>,
    /// How it stands.
    pub state: State,
    /// Why it stands so.
    pub why: Why,
    /// What was looked at.
    pub evidence: Option<EvidenceRef>,
    /// The state it would have without the waiver or known failure that covers it.
    pub without: Option<Box<(State, Why)>>,
    /// The last waiver that covered it and is over, where it is unmet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapsed: Option<Box<Lapsed>>,
    /// Why a red check is red, where control runs have found it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Box<Cause>>,
    /// Who reports the check, where plimsoll does not run it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_by: Option<String>,
    /// Whether only a JUnit file is a result of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reported_as_junit: bool,
}

impl Requirement {
    /// What is the release's fault comes before what may be, and that before what is not.
    #[must_use]
    pub fn blame(&self) -> u8 {
        let unknown = Cause::Unclear { reason: Unclear::NothingToCompare };
        self.cause.as_deref().unwrap_or(&unknown).rank()
    }
}

/// A waiver that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lapsed {
    /// Who gave it.
    pub by: PersonName,
    /// Why, then.
    pub reason: String,
    /// When it ended.
    pub until: Timestamp,
}

/// How a requirement stands, worst first: the order in which states are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The release's fault.
    Failed,
    /// Asked for and not so.
    Unmet,
    /// Red, then green.
    Flaky,
    /// Ours.
    Errored,
    /// Nothing stands for it.
    Uncovered,
    /// No result.
    NotRun,
    /// On its way.
    Running,
    /// Too old, or of another deployment or definition.
    Stale,
    /// Another version than the candidate.
    WrongVersion,
    /// Put off, with ticket and end.
    KnownFailure,
    /// Accepted by a person.
    Waived,
    /// Not asked of this release.
    NotApplicable,
    /// As asked.
    Satisfied,
}

impl State {
    /// All of them, worst first.
    pub const ALL: [Self; 13] = [
        Self::Failed,
        Self::Unmet,
        Self::Flaky,
        Self::Errored,
        Self::Uncovered,
        Self::NotRun,
        Self::Running,
        Self::Stale,
        Self::WrongVersion,
        Self::KnownFailure,
        Self::Waived,
        Self::NotApplicable,
        Self::Satisfied,
    ];

    /// Whether the release may pass as far as this requirement goes.
    #[must_use]
    pub const fn lets_pass(self) -> bool {
        match self {
            Self::KnownFailure | Self::Waived | Self::NotApplicable | Self::Satisfied => true,
            Self::Failed
            | Self::Unmet
            | Self::Flaky
            | Self::Errored
            | Self::Uncovered
            | Self::NotRun
            | Self::Running
            | Self::Stale
            | Self::WrongVersion => false,
        }
    }

    /// The word for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Unmet => "unmet",
            Self::Flaky => "flaky",
            Self::Errored => "errored",
            Self::Uncovered => "uncovered",
            Self::NotRun => "not run",
            Self::Running => "running",
            Self::Stale => "stale",
            Self::WrongVersion => "wrong version",
            Self::KnownFailure => "known failure",
            Self::Waived => "waived",
            Self::NotApplicable => "not applicable",
            Self::Satisfied => "satisfied",
        }
    }
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceRef {
    /// A check run.
    Run(CheckRunId),
    /// An event of the ledger (a waiver, a sign-off, a rehearsal).
    Event(Seq),
    /// A deployment.
    Deployment(DeploymentId),
}

/// Why a release did not stay where it had been promoted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackCause {
    /// It got worse under the release.
    Failed,
    /// What went wrong was ours, and says nothing about the release.
    Errored,
    /// A person wanted it back.
    Asked,
}

/// At which moment something was observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// Just before the check.
    Before,
    /// Just after the check.
    After,
    /// Now, at the time of the decision.
    Now,
}

/// Who can do what next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextStep {
    /// Who: a role, a person, `developers`, `anyone`, `nobody`.
    pub who: String,
    /// What, as a sentence or a command.
    pub what: String,
}

/// A freeze window and when it is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreezeStatus {
    /// Its name.
    pub window: WindowName,
    /// Whether it is on.
    pub on: bool,
    /// When that changes next.
    pub changes_at: Option<Timestamp>,
}

impl Decision {
    /// The requirements that keep the release out.
    pub fn unmet(&self) -> impl Iterator<Item = &Requirement> {
        self.requirements.iter().filter(|requirement| !requirement.state.lets_pass())
    }
}

impl From<Outcome> for State {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Satisfied,
            Outcome::Failed => Self::Failed,
            Outcome::Errored => Self::Errored,
            Outcome::NotRun => Self::NotRun,
        }
    }
}
