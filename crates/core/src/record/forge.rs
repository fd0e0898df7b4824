//! What is said to forges and heard from them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::catalog::RepositoryName;
use crate::digest::Digest;
use crate::ids::{DecisionId, EnvironmentName};

/// How a commit stands, as forges say it. There is no word here that lets a commit pass although
/// nothing was decided: `neutral` and `skipped` satisfy a required check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatusState {
    /// Something is awaited.
    Pending,
    /// It may enter.
    Success,
    /// It may not.
    Failure,
    /// It cannot be judged, and that is ours.
    Error,
}

impl StatusState {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for StatusState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What is said of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitStatus {
    /// The repository.
    pub repository: RepositoryName,
    /// The commit, by full object id.
    pub commit: String,
    /// Under which name: `plimsoll/production`.
    pub context: String,
    /// How it stands.
    pub state: StatusState,
    /// Why, in as many words as the forge takes.
    pub description: String,
    /// Where more is to be seen.
    pub url: Option<String>,
    /// What it was made from (the decisions): the same is not said twice, in whatever words.
    pub of: Digest,
}

/// Why a forge was not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgeFault {
    /// Of which kind.
    pub kind: ForgeFaultKind,
    /// In words, without secrets.
    pub words: String,
    /// Not before, where the forge has said so.
    pub not_before: Option<Timestamp>,
}

/// Why a forge was not told: what follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForgeFaultKind {
    /// It does not answer, or with an error of its own: nothing else is said to it now either.
    Away,
    /// It wants to be asked less: likewise.
    Limited,
    /// It does not accept who asks: likewise, until somebody has done something about it.
    NotAllowed,
    /// It does not take this one: a commit or repository that is not there.
    Refused,
}

impl ForgeFaultKind {
    /// Whether it would meet whatever is said next.
    #[must_use]
    pub const fn stops_all(self) -> bool {
        match self {
            Self::Away | Self::Limited | Self::NotAllowed => true,
            Self::Refused => false,
        }
    }

    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::Limited => "limited",
            Self::NotAllowed => "not allowed",
            Self::Refused => "refused",
        }
    }
}

/// A webhook whose signature was right. It says where to look again, and nothing that is believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The forge's number for it; the same one is not taken twice.
    pub id: String,
    /// The digest of its body, which is signed where the number is not: nor is the same body.
    pub body: Digest,
    /// What it is about: `push`.
    pub event: String,
    /// In which repository.
    pub repository: RepositoryName,
    /// The commit to look at, by full object id.
    pub commit: String,
    /// The deployment that waits for an answer, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<RuleRequest>,
}

/// A deployment that waits for the answer of a protection rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRequest {
    /// The environment that it wants to enter.
    pub environment: EnvironmentName,
    /// The workflow run that waits.
    pub run: u64,
}

/// What is answered to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleAnswer {
    /// Yes, no, or not yet.
    pub verdict: RuleVerdict,
    /// Why, as the forge shows it.
    pub comment: String,
    /// The decisions that it stands on.
    pub decisions: Vec<DecisionId>,
    /// What it was made from: the same is not reported twice.
    pub of: Digest,
}

/// Yes, no, or not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleVerdict {
    /// It may. Only an allowing decision of each gate says so.
    Approved,
    /// It may not.
    Rejected,
    /// It cannot be decided yet.
    Waiting,
}

impl RuleVerdict {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Waiting => "waiting",
        }
    }
}
